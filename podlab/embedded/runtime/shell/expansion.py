"""How a shell makes fields of words: parameters, substitutions, arithmetic, splitting, file names."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace

from podlab.embedded.runtime.expressions import globs
from podlab.embedded.runtime.shell import beside
from podlab.embedded.runtime.shell.grammar.syntax import (
    Arithmetic,
    Beside,
    Command,
    Parameter,
    Part,
    Sequence,
    Simple,
    Substitution,
    Text,
    Word,
)
from podlab.embedded.runtime.shell.parameters import array_of, held, joint, modified, parameter, positional
from podlab.embedded.runtime.shell.reckoning import indexed, reckon
from podlab.embedded.runtime.shell.state import Exit, Shell, failed

MOST_NAMES = 20_000
"""File names that one pattern may become."""
RANGE = re.compile(r"(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(\d{1,9}))?|([A-Za-z])\.\.([A-Za-z])(?:\.\.(\d{1,3}))?")
OUTER = re.compile(r"\{((?:[^{}\s]|\{[^{}\s]*\})*)\}")


@dataclass(slots=True)
class _Fields:
    """Fields as they grow: each a list of (text, whether quoted)."""

    ifs: str
    done: list[list[tuple[str, bool]]] = field(default_factory=list)
    current: list[tuple[str, bool]] | None = None

    def add(self, text: str, *, quoted: bool) -> None:
        if quoted or text:
            self.current = [*(self.current or []), (text, quoted)]

    def end(self) -> None:
        if self.current is not None:
            self.done.append(self.current)
        self.current = None

    def split(self, text: str) -> None:
        """Add what an unquoted expansion gave, in as many fields as it has."""
        blanks = "".join(char for char in self.ifs if char in " \t\n")
        marks = "".join(char for char in self.ifs if char not in " \t\n")
        buffer: list[str] = []
        for at, char in enumerate(text):
            if char in marks:
                self.add("".join(buffer), quoted=False)
                self.current = self.current or []
                buffer = []
                self.end()
            elif char in blanks:
                if buffer or (at == 0 and self.current is not None):
                    self.add("".join(buffer), quoted=False)
                    self._pause(text, at, marks, blanks)
                buffer = []
            else:
                buffer.append(char)
        self.add("".join(buffer), quoted=False)

    def _pause(self, text: str, at: int, marks: str, blanks: str) -> None:
        """A blank ends a field, unless it only stands before a mark that does."""
        rest = text[at : at + 64].lstrip(blanks)
        if not rest or rest[0] not in marks:
            self.end()


async def fields(shell: Shell, words: tuple[Word, ...]) -> list[str]:
    """Words expanded, split, and with file names in place of patterns."""
    found: list[str] = []
    for word in words:
        plain = word.plain
        if (
            plain is not None
            and not globs.magic(plain, extended="extglob" in shell.options)
            and plain[:1] != "~"
            and "{" not in plain
        ):
            found.append(plain)
            continue
        for one in _braces(shell, word):
            found.extend(await _word(shell, one))
    return found


async def _word(shell: Shell, word: Word) -> list[str]:
    growing = _Fields(shell.variables.get("IFS", " \t\n"))
    await _parts(shell, _tilde(shell, word).parts, growing)
    growing.end()
    found: list[str] = []
    for pieces in growing.done:
        pattern = "".join(globs.escape(text) if quoted else text for text, quoted in pieces)
        extended = "extglob" in shell.options
        unquoted = any(not quoted for _, quoted in pieces)
        if "f" not in shell.options and unquoted and globs.magic(pattern, extended=extended):
            found.extend(_names(shell, pattern) or [_literal(pieces)] * ("nullglob" not in shell.options))
        else:
            found.append("".join(text for text, _ in pieces))
    return found


def _literal(pieces: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in pieces)


async def _parts(shell: Shell, parts: tuple[Part, ...], growing: _Fields) -> None:
    for part in parts:
        if isinstance(part, Text):
            growing.add(part.text, quoted=part.quoted)
        elif isinstance(part, Parameter) and part.name in ("@", "*") and not part.operator:
            _arguments(shell, part, growing)
        elif isinstance(part, Parameter) and (array := await _array(shell, part)) is not None:
            for at, text in enumerate(array):
                if at:
                    growing.end()
                if part.quoted:
                    growing.add(text, quoted=True)
                else:
                    growing.split(text)
        elif isinstance(part, Parameter) and not part.quoted and part.operator.lstrip(":") in ("-", "+") and part.word:
            await _alternative(shell, part, growing)
        else:
            text = await _value(shell, part)
            if part.quoted:
                growing.add(text, quoted=True)
            else:
                growing.split(text)


async def _array(shell: Shell, part: Parameter) -> list[str] | None:
    """The elements that bash's `"${name[@]}"`, `"${!name[@]}"` or `"${@:2}"` stands for, each changed as it says."""
    name, _, index = part.name.partition("[")
    if part.name in ("@", "*") and part.operator == ":" and part.word:
        found = _sliced(shell, list(enumerate([shell.name, *shell.arguments])), await text(shell, part.word))
        return found if part.name == "@" or not part.quoted else [joint(shell).join(found)]
    if index != "@]" and index != "*]":
        return None
    if index == "*]" and part.quoted:
        each = await _array(shell, replace(part, name=f"{name}[@]"))
        return None if each is None or name.startswith("!") else [joint(shell).join(each)]
    if name.startswith("!"):
        return array_of(shell, name[1:]).keys()
    array = array_of(shell, name)
    found = array.values()
    if not part.operator or part.operator in ("length",) or part.operator[-1] in "-=+?":
        return found if not part.operator else None
    if part.operator == ":" and part.word:
        numbers = range(len(found)) if array.named else map(int, array.keys())
        return _sliced(shell, list(zip(numbers, found, strict=True)), await text(shell, part.word))
    changed, before = [], shell.variables.get(" one")
    for one in found:
        shell.variables[" one"] = one
        changed.append(await _value(shell, replace(part, name=" one")))
    shell.restore({" one": before})
    return changed


def _sliced(shell: Shell, found: list[tuple[int, str]], bounds: str) -> list[str]:
    """The elements from a number on, so many; what is missing between them is not counted."""
    first, _, second = bounds.partition(":")
    begin = reckon(shell, first)
    begin = begin if begin >= 0 else max((at for at, _ in found), default=-1) + 1 + begin
    rest = [one for at, one in found if at >= begin]
    return rest[: reckon(shell, second)] if second.strip() else rest


async def _alternative(shell: Shell, part: Parameter, growing: _Fields) -> None:
    """`${name:-word}`: the word's own parts where the variable does not stand in."""
    current = held(shell, await indexed(shell, part.name, text))
    present = current is not None and (current != "" or part.operator[0] != ":")
    if present == (part.operator[-1] == "-"):
        if part.operator[-1] == "-":
            growing.split(current or "")
        return
    if part.word:
        await _parts(shell, part.word.parts, growing)


def _arguments(shell: Shell, part: Parameter, growing: _Fields) -> None:
    if part.quoted and part.name == "*":
        growing.add(positional(shell), quoted=True)
        return
    for at, argument in enumerate(shell.arguments):
        if at:
            growing.end()
        if part.quoted:
            growing.add(argument, quoted=True)
        else:
            growing.split(argument)


async def text(shell: Shell, word: Word) -> str:
    """A word's value, neither split nor matched with file names."""
    parts = _tilde(shell, word).parts
    return "".join([part.text if isinstance(part, Text) else await _value(shell, part) for part in parts])


async def pattern(shell: Shell, word: Word) -> str:
    """A word as a pattern: what is quoted in it stands for itself."""
    out = []
    for part in _tilde(shell, word).parts:
        if isinstance(part, Text):
            out.append(globs.escape(part.text) if part.quoted else part.text)
        else:
            found = await _value(shell, part)
            out.append(globs.escape(found) if part.quoted else found)
    return "".join(out)


async def expression(shell: Shell, word: Word) -> str:
    """A word as a regular expression: what is quoted in it stands for itself."""
    out = []
    for part in word.parts:
        found = part.text if isinstance(part, Text) else await _value(shell, part)
        out.append(re.sub(r"[.\[\]*^$+?{}()|\\]", r"\\\g<0>", found) if part.quoted else found)
    return "".join(out)


async def _value(shell: Shell, part: Part) -> str:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Substitution):
        return await _substitute(shell, part)
    if isinstance(part, Beside):
        return beside.begin(shell, part)
    if isinstance(part, Arithmetic):
        return str(await calculate(shell, part.word))
    part = replace(part, name=await indexed(shell, part.name, text))
    if part.operator == "bad":
        shell.fail(f"{part.name}: bad substitution")
        raise failed(shell.dialect, 2)
    if not part.operator:
        found = parameter(shell, part.name)
        if found is None and "u" in shell.options and part.name not in ("@", "*"):
            sign = "$" * (shell.dialect.name == "bash" and part.name.isdigit())
            shell.fail(shell.dialect.unset.format(sign + part.name))
            raise Exit(shell.unset_code)
        return found or ""
    if part.operator in ("#", "##", "%", "%%") and part.word:
        word = await pattern(shell, part.word)
        value = parameter(shell, part.name) or ""
        return globs.trimmed(value, word, part.operator, extended="extglob" in shell.options)
    return await modified(shell, part, text, pattern)


async def calculate(shell: Shell, word: Word, said: str = "") -> int:
    """The value of an arithmetic expression; one that has none ends the shell or, in bash, its line. Raises Exit."""
    return reckon(shell, (await text(shell, word)).removeprefix("$((").removesuffix("))"), said)


async def _substitute(shell: Shell, part: Substitution) -> str:
    buffer, bash = shell.io.pipe(), shell.dialect.name == "bash"
    inner = shell.copy(io=replace(shell.io, out=buffer.feed))
    if shell.dialect.name != "dash" and "inherit_errexit" not in shell.options:
        inner.options.discard("e")
    inner.tested, inner.deeper = shell.tested * bash, shell.deeper + bash
    try:
        shell.substituted = await inner.run(inner, _file(part.body) if bash else part.body)
    except Exit as done:
        shell.substituted = done.code
    if bash:
        shell.status = shell.substituted
    buffer.close()
    return (await buffer.rest()).replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")


def _file(body: Command) -> Command:
    """bash's `$(<FILE)`: what is in a file."""
    command = body.items[0].command if isinstance(body, Sequence) and len(body.items) == 1 else body
    if not isinstance(command, Simple) or command.words or command.assignments or command.arrays:
        return body
    only = command.redirects[0] if len(command.redirects) == 1 else None
    if only is None or only.operator != "<" or only.number > 0:
        return body
    return replace(command, words=(Word((Text("cat"),), "cat"),))


def _tilde(shell: Shell, word: Word) -> Word:
    first = word.parts[0] if word.parts else None
    if (
        not isinstance(first, Text)
        or first.quoted
        or first.text[:1] != "~"
        or (name := first.text[1:].partition("/")[0]).startswith("$")
    ):
        return word
    home = shell.variables.get("HOME", "/root") if not name else _home(shell, name)
    if name in ("+", "-") and shell.dialect.name == "bash":
        home = shell.variables.get("PWD" if name == "+" else "OLDPWD")
    if home is None or (len(word.parts) > 1 and "/" not in first.text):
        return word
    return replace(word, parts=(Text(home, quoted=True), Text(first.text[1 + len(name) :]), *word.parts[1:]))


def _home(shell: Shell, user: str) -> str | None:
    """A user's home as /etc/passwd has it."""
    files = shell.process.machine.files
    text = files.read("/etc/passwd").decode(errors="replace") if files.exists("/etc/passwd") else ""
    rows = (line.split(":") for line in text.splitlines())
    return next((row[5] for row in rows if len(row) > 5 and row[0] == user), None)


def _braces(shell: Shell, word: Word) -> list[Word]:
    """bash's `a{b,c}d` and `{1..3}`: as many words."""
    if "braces" not in shell.dialect.features or "{" not in word.source:
        return [word]
    for index, part in enumerate(word.parts):
        if not isinstance(part, Text) or part.quoted or not (found := OUTER.search(part.text)):
            continue
        choices = _choices(found[1])
        if len(choices) < 2:
            continue
        before, after = part.text[: found.start()], part.text[found.end() :]
        made = []
        for choice in choices[:MOST_NAMES]:
            parts = (*word.parts[:index], Text(before + choice + after), *word.parts[index + 1 :])
            made.extend(_braces(shell, replace(word, parts=parts)))
        return made[:MOST_NAMES]
    return [word]


def _choices(inside: str) -> list[str]:
    if "," in re.sub(r"\{[^{}]*\}", "", inside):
        return re.findall(r"((?:[^,{}]|\{[^{}]*\})*)(?:,|$)", inside)[: inside.count(",") + 1 - _inner(inside)]
    found = RANGE.fullmatch(inside)
    if not found:
        return []
    if found[4]:
        first, last, step = ord(found[4]), ord(found[5]), int(found[6] or 1) or 1
    else:
        first, last, step = int(found[1]), int(found[2]), int(found[3] or 1) or 1
    reach = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    padded = any(re.match(r"-?0\d", text or "") for text in (found[1], found[2]))
    width = max(len(found[1]), len(found[2])) if padded else 0
    return [chr(number) if found[4] else f"{number:0{width}}" for number in reach[:MOST_NAMES]]


def _inner(inside: str) -> int:
    """Commas within braces of their own."""
    return sum(found.count(",") for found in re.findall(r"\{[^{}]*\}", inside))


def _names(shell: Shell, wanted: str) -> list[str]:
    """The files that a pattern fits, sorted."""
    files, cwd = shell.process.machine.files, shell.process.cwd
    found = ["/"] if wanted.startswith("/") else [""]
    parts = [part for part in wanted.split("/") if part]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        following = []
        for folder in found[:MOST_NAMES]:
            path = posixpath.normpath(posixpath.join(cwd, folder))
            if part == "**" and "globstar" in shell.options:
                following += _below(shell, folder, last=last and not wanted.endswith("/"))
            elif not globs.magic(part, extended="extglob" in shell.options):
                name = posixpath.join(folder, globs.literal(part))
                if files.named(posixpath.normpath(posixpath.join(cwd, name))):
                    following.append(name)
            elif files.is_directory(path):
                names = [*files.list(path), *([".", ".."] if shell.dialect.name != "bash" else [])]
                following += [posixpath.join(folder, name) for name in names if _visible(shell, name, part)]
        found = [
            name
            for name in following
            if (last and wanted[-1:] != "/") or files.is_directory(posixpath.normpath(posixpath.join(cwd, name)))
        ]
    return sorted({f"{name}/" if wanted.endswith("/") else name for name in found if name})


def _below(shell: Shell, folder: str, *, last: bool) -> list[str]:
    """bash's `**`: a folder and all folders below it, at the `last` place files too; links are not followed."""
    files, found = shell.process.machine.files, [folder] if not last else [f"{folder}/"] * bool(folder)
    path = posixpath.normpath(posixpath.join(shell.process.cwd, folder))
    for name in files.list(path) if files.is_directory(path) else ():
        inner, below = posixpath.join(folder, name), posixpath.join(path, name)
        if not _visible(shell, name, "*"):
            continue
        if files.is_directory(below) and files.link(below) is None:
            found += _below(shell, inner, last=False) if not last else [inner, *_below(shell, inner, last=True)[1:]]
        elif last:
            found.append(inner)
    return found[:MOST_NAMES]


def _visible(shell: Shell, name: str, wanted: str) -> bool:
    if "nocaseglob" in shell.options:
        name, wanted = name.lower(), wanted.lower()
    hidden = name.startswith(".") and ("dotglob" not in shell.options or name in (".", ".."))
    fits = globs.matches(name, wanted, extended="extglob" in shell.options)
    return (not hidden or wanted.startswith(".")) and fits
