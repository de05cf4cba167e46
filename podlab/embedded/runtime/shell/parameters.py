"""The values of a shell's parameters, and what `${name operator word}` makes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping

from podlab.embedded.runtime.commands.text.printing import unescaped
from podlab.embedded.runtime.expressions import globs
from podlab.embedded.runtime.expressions.arithmetic import ArithmeticProblem, value
from podlab.embedded.runtime.expressions.octets import narrow, widen
from podlab.embedded.runtime.shell import arrays
from podlab.embedded.runtime.shell.arrays import Array
from podlab.embedded.runtime.shell.dialect import LONG_OPTIONS
from podlab.embedded.runtime.shell.grammar.syntax import Parameter, Text, Word
from podlab.embedded.runtime.shell.state import Exit, Shell

Expand = Callable[[Shell, Word], Awaitable[str]]
SHOWN = {"ash": "ubaCvxcnsmife", "dash": "ubaCvxnsmife", "bash": "abefhkmnptuvxBCEHPTcs"}
"""The letters of `$-` in each shell's order."""


class Values(MutableMapping[str, str]):
    """A shell's parameters as arithmetic reads and sets them, elements of arrays too."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def __getitem__(self, name: str) -> str:
        found = parameter(self.shell, name)
        if found is None:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, value: str) -> None:
        self.shell.assign(name, value)

    def __delitem__(self, name: str) -> None:
        self.shell.variables.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.shell.variables)

    def __len__(self) -> int:
        return len(self.shell.variables)


def joint(shell: Shell) -> str:
    """What joins the elements of `"$*"`."""
    return shell.variables.get("IFS", " ")[:1]


def positional(shell: Shell) -> str:
    """`"$*"`"""
    return joint(shell).join(shell.arguments)


def parameter(shell: Shell, name: str) -> str | None:
    """The value of a variable or of a special parameter; None where it has none."""
    if name.isdigit():
        index = int(name[:9])
        if index == 0:
            return shell.name
        return shell.arguments[index - 1] if index <= len(shell.arguments) else None
    if name.startswith("!") and len(name) > 1:
        return _indirect(shell, name[1:])
    if name in ("@", "*"):
        return positional(shell) if shell.arguments else None
    special = {"?": str(shell.status), "#": str(len(shell.arguments)), "$": str(shell.pid), "!": shell.latest}
    if name in special:
        return special[name]
    if name == "-":
        always = {"ash": "c" * shell.inline, "bash": "hBc" if shell.inline else "hB"}.get(shell.dialect.name, "")
        letters = shell.options | set(always)
        return "".join(letter for letter in SHOWN[shell.dialect.name] if letter in letters)
    name = shell.target(name)
    if "[" in name:
        return _element(shell, name)
    if name in shell.variables:
        return shell.variables[name]
    if name in shell.arrays:
        return shell.arrays[name].items.get("0")
    return _computed(shell, name)


def held(shell: Shell, name: str) -> str | None:
    """The same, but None for the elements of an array that has none."""
    empty = name.endswith(("[@]", "[*]")) and not name.startswith("!") and not array_of(shell, name[:-3]).items
    return None if empty else parameter(shell, name)


def stands(shell: Shell, operator: str, name: str) -> bool:
    """What bash's `[[ -v NAME ]]`, `-R NAME` and `-o OPTION` ask of the shell."""
    if operator == "-o":
        return LONG_OPTIONS.get(name, "") in shell.options
    return name in shell.references if operator == "-R" else parameter(shell, name) is not None


def _indirect(shell: Shell, name: str) -> str | None:
    """bash's `${!name}`, `${!prefix*}` and `${!array[@]}`."""
    if name.endswith(("[@]", "[*]")):
        return " ".join(array_of(shell, name[:-3]).keys())
    if name == "#":
        return parameter(shell, str(len(shell.arguments)))
    if name.endswith(("*", "@")):
        return " ".join(sorted(known for known in (*shell.variables, *shell.arrays) if known.startswith(name[:-1])))
    if name in shell.references:
        return shell.references[name]
    return parameter(shell, parameter(shell, name) or "")


def _computed(shell: Shell, name: str) -> str | None:
    if name == "RANDOM" and "RANDOM" in shell.dialect.features:
        shell.process.steps += 1
        return str((int(shell.process.time * 1000) + shell.process.steps * 12345) * 1103515245 // 7 % 32768)
    if name == "LINENO":
        return str(shell.shown_line)
    if name == "SECONDS" and shell.dialect.name == "bash":
        return str(int(shell.process.time) % 1000)
    if name in ("EPOCHSECONDS", "EPOCHREALTIME") and shell.dialect.name == "bash":
        return str(int(shell.process.time)) if name == "EPOCHSECONDS" else f"{shell.process.time:.6f}"
    if name == "HOSTNAME" and shell.dialect.name == "bash":
        return shell.process.machine.hostname
    if name == "BASHPID" and shell.dialect.name == "bash":
        return str(shell.process.pid + (shell.level if shell.process.pid == shell.pid else 0))
    table = {"UID": str(shell.process.machine.user.uid), "EUID": str(shell.process.machine.user.uid)}
    if name in STACKS and shell.dialect.name == "bash":
        return next(iter(_stack(shell, name)), None)
    table |= {"BASH": "/usr/bin/bash", "OSTYPE": "linux-gnu"}
    table |= {"BASH_SUBSHELL": str(shell.level), "BASH_COMMAND": shell.current, "HOSTTYPE": "x86_64"}
    table |= {
        "MACHTYPE": "x86_64-pc-linux-gnu",
        "BASH_VERSINFO": "5",
        "BASH_VERSION": "5.2.15(1)-release",
        "BASH": "/usr/bin/bash",
        "OSTYPE": "linux-gnu",
    }
    return table.get(name) if shell.dialect.name == "bash" else None


def _element(shell: Shell, name: str) -> str | None:
    name, _, index = name.removesuffix("]").partition("[")
    array = array_of(shell, name)
    if index in ("@", "*"):
        return (joint(shell) if index == "*" else " ").join(array.values())
    key = array.key(index, Values(shell))
    return None if key is None else array.items.get(key)


def array_of(shell: Shell, name: str) -> Array:
    """The array of a name; of a variable that is none, one with its value."""
    if name == "PIPESTATUS" and shell.dialect.name == "bash":
        return arrays.of(list(map(str, shell.statuses)))
    if name == "BASH_VERSINFO" and shell.dialect.name == "bash":
        return arrays.of(["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"])
    if name in STACKS and shell.dialect.name == "bash" and name not in shell.arrays:
        return arrays.of(_stack(shell, name))
    name = shell.target(name)
    if name in shell.arrays:
        return shell.arrays[name]
    return arrays.of([shell.variables[name]] if name in shell.variables else [])


STACKS = frozenset(["FUNCNAME", "BASH_SOURCE", "BASH_LINENO", "DIRSTACK"])


def _stack(shell: Shell, name: str) -> list[str]:
    """bash's arrays about the functions that run, the innermost first, and about folders."""
    if name == "DIRSTACK":
        return [shell.process.cwd, *shell.folders]
    if name == "FUNCNAME":
        return [*shell.calls, *(["main"] if not shell.inline and shell.calls else [])]
    if name == "BASH_SOURCE":
        return [shell.file] * (len(shell.calls) + (not shell.inline))
    return [*map(str, shell.lines), *(["0"] if not shell.inline else [])]


async def modified(shell: Shell, part: Parameter, text: Expand, pattern: Expand) -> str:
    """`${name operator word}`, but for trimming. Raises Exit."""
    operator, current = part.operator, held(shell, part.name)
    if operator == "length":
        name, _, index = part.name.partition("[")
        if index in ("@]", "*]"):
            return str(len(array_of(shell, name).items))
        return str(len(shell.arguments) if part.name in ("@", "*") else len(narrow(current or "")))
    word = part.word or Word(())
    present = current is not None and (current != "" or operator[0] != ":" or len(operator) == 1)
    if operator[-1] in "-=?+" and operator != ":":
        return await _conditional(shell, part, current or "", word, text, present=present)
    if ("slices" if operator in (":", "/", "//") else "cases") not in shell.dialect.features:
        shell.fail("Bad substitution" if shell.dialect.name == "dash" else "syntax error: bad substitution")
        raise Exit(2)
    if operator == ":":
        return _slice(shell, current or "", await text(shell, word))
    if operator in ("/", "//"):
        wanted, replacement = _halves(word)
        anchor = wanted.parts[0] if wanted.parts else None
        if (
            operator == "/"
            and isinstance(anchor, Text)
            and anchor.text[:1] in ("#", "%")
            and anchor.quoted <= part.quoted
        ):
            if shell.dialect.name != "bash":
                return current or ""
            if anchor.text[1:] == "" and len(wanted.parts) == 1:
                given = await text(shell, replacement)
                return given + (current or "") if anchor.text == "#" else (current or "") + given
        fitted = await pattern(shell, wanted)
        given, extended = await text(shell, replacement), "extglob" in shell.options
        return globs.replaced(current or "", fitted, given, everywhere=operator == "//", extended=extended)
    if operator[0] == "@":
        return _transformed(part.name, current, operator[1])
    return _cased(current or "", operator, await pattern(shell, word) if word.parts else "?")


def _transformed(name: str, current: str | None, kind: str) -> str:
    """bash's `${name@Q}` and its kin."""
    if current is None:
        return ""
    if kind in "AQ":
        quoted = "'" + current.replace("'", "'\\''") + "'"
        return f"{name}={quoted}" if kind == "A" else quoted
    if kind == "u":
        return current[:1].upper() + current[1:]
    return current.upper() if kind == "U" else current.lower() if kind == "L" else unescaped(current)


async def _conditional(shell: Shell, part: Parameter, current: str, word: Word, text: Expand, *, present: bool) -> str:
    kind = part.operator[-1]
    if kind == "+":
        return await text(shell, word) if present else ""
    if present:
        return current
    given = await text(shell, word)
    if kind == "=":
        shell.assign(part.name, given)
    if kind == "?":
        null = part.operator[0] == ":"
        bash = "parameter null or not set" if null else "parameter not set"
        unset = bash if shell.dialect.name == "bash" else f"parameter not set{' or null' * null}"
        shell.fail(f"{part.name}: {given or unset}")
        raise Exit(shell.unset_code)
    return given


def _slice(shell: Shell, text: str, bounds: str) -> str:
    first, _, second = bounds.partition(":")
    current = narrow(text)
    try:
        begin = value(first, Values(shell))
        begin = max(0, begin + len(current)) if begin < 0 else begin
        if not second.strip():
            return widen(current[begin:])
        length = value(second, Values(shell))
    except ArithmeticProblem:
        return ""
    return widen(current[begin : length if length < 0 else begin + length])


def _halves(word: Word) -> tuple[Word, Word]:
    """The pattern and the replacement of `${name/pattern/replacement}`."""
    for index, part in enumerate(word.parts):
        if isinstance(part, Text) and "/" in part.text and not (index == 0 and part.text == "/"):
            at = part.text.index("/", 1 if index == 0 and part.text[0] == "/" else 0)
            before = Text(part.text[:at], part.quoted)
            after = Text(part.text[at + 1 :], part.quoted)
            kept = word.parts[:index] if index and not before.text else (*word.parts[:index], before)
            return Word(kept), Word((after, *word.parts[index + 1 :]))
    return word, Word(())


def _cased(current: str, operator: str, wanted: str) -> str:
    """`${name^}` and its kin: the first letter, or each one, that fits."""
    change = {"^": str.upper, ",": str.lower, "~": str.swapcase}[operator[0]]
    if len(operator) == 1:
        return (change(current[:1]) if globs.matches(current[:1], wanted) else current[:1]) + current[1:]
    return "".join(change(char) if wanted == "?" or globs.matches(char, wanted) else char for char in current)
