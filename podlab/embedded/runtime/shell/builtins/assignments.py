"""Builtins that set variables: export, readonly, local, unset, read, getopts, let."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from podlab.embedded.runtime.commands.text import printing
from podlab.embedded.runtime.expressions.arithmetic import ArithmeticProblem, value
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.shell import arrays
from podlab.embedded.runtime.shell.dialect import quoted
from podlab.embedded.runtime.shell.grammar import printed
from podlab.embedded.runtime.shell.parameters import Values
from podlab.embedded.runtime.shell.reckoning import complaint
from podlab.embedded.runtime.shell.state import Exit, Shell
from podlab.embedded.runtime.streams import Input


def _each(shell: Shell, words: list[str], command: str) -> list[str]:
    """Assign what `name=value` words say; the names."""
    names = []
    for word in words:
        name, equals, given = word.partition("=")
        if not name.isidentifier():
            if shell.dialect.name == "bash":
                shell.refuse(command, f"`{word}': not a valid identifier", 1)
                continue
            shell.refuse(command, f"{name}: bad variable name")
            raise Exit(2)
        if equals and shell.dialect.name == "bash":
            shell.trace(f"{name}={quoted(shell.dialect, given)}")
        if equals:
            shell.assign(name, given)
        names.append(name)
    return names


def _shown(shell: Shell, word: str, names: set[str]) -> None:
    for name in sorted(name for name in names if "%" not in name):
        text = shell.variables.get(name)
        if shell.dialect.name == "bash":
            given = f"={arrays.quoted(text)}" if text is not None else ""
            shell.io.say(f"declare -{'x' if word == 'export' else 'r'} {name}{given}")
        else:
            quoted = "" if text is None else "='" + text.replace("'", "'\"'\"'") + "'"
            shell.io.say(f"{word} {name}{quoted}")


async def export(shell: Shell, words: list[str]) -> int:
    """`export [-p] [-n] [NAME[=VALUE]…]`, in bash with -f of functions"""
    if "-f" in words and shell.dialect.name == "bash":
        return _functions(shell, [word for word in words if not word.startswith("-")])
    names = _each(shell, [word for word in words if not word.startswith("-")], "export")
    if "-n" in words:
        shell.exported -= set(names)
    elif names or any(not word.startswith("-") for word in words):
        shell.exported |= set(names)
        return int(len(names) < sum(not word.startswith("-") for word in words))
    else:
        _shown(shell, "export", shell.exported)
    return 0


def _functions(shell: Shell, names: list[str]) -> int:
    """Tell functions to the shells that are started."""
    code = 0
    for name in names:
        if name not in shell.functions:
            code = shell.refuse("export", f"{name}: not a function", 1)
            continue
        body = printed.function(name, shell.functions[name]).partition("() \n{ \n")[2]
        narrow = re.sub(r"(?m)^( {4})+", lambda found: " " * (len(found[0]) // 4), body)
        shell.variables[f"BASH_FUNC_{name}%%"] = f"() {{ {narrow}"
        shell.exported.add(f"BASH_FUNC_{name}%%")
    return code


async def readonly(shell: Shell, words: list[str]) -> int:
    """`readonly`: assign, and refuse every later assignment; without names list them."""
    names = _each(shell, [word for word in words if not word.startswith("-")], "readonly")
    if not names:
        _shown(shell, "readonly", shell.fixed)
    shell.fixed |= set(names)
    return 0


def valid(name: str) -> bool:
    """Whether a name may be a variable's, or an element's of an array."""
    return bool(re.fullmatch(r"[A-Za-z_]\w*(\[.*\])?", name, re.ASCII))


async def printed_into(shell: Shell, io: Io, name: str, words: list[str]) -> int:
    """bash's `printf -v NAME FORMAT [VALUE]…`"""
    written = bytearray()
    code = await printing.printf(replace(io, out=written.extend), words)
    shell.assign(name, written.decode("utf-8", "surrogateescape"))
    return code


async def unset(shell: Shell, words: list[str]) -> int:
    """`unset`: variables and arrays, with -f functions. Raises Exit for one that is readonly."""
    functions = "-f" in words
    for name in [word for word in words if word not in ("-f", "-v", "-n")]:
        if "-n" in words and shell.dialect.name == "bash":
            shell.references.pop(name, None)
            continue
        name = name if functions else shell.target(name)
        if functions:
            shell.functions.pop(name, None)
            continue
        if name in shell.fixed and shell.dialect.name == "bash":
            shell.refuse("unset", f"{name}: cannot unset: readonly variable", 1)
            return 1
        if name in shell.fixed:
            shell.refuse("unset", shell.dialect.read_only.format(name))
            raise Exit(2)
        if shell.dialect.name == "bash" and name in shell.functions and name not in (*shell.variables, *shell.arrays):
            del shell.functions[name]
            continue
        array, _, index = name.removesuffix("]").partition("[")
        if index and array in shell.arrays:
            shell.arrays[array].items.pop(shell.arrays[array].key(index, shell.variables) or "", None)
            continue
        shell.variables.pop(name, None)
        shell.arrays.pop(name, None)
        shell.exported.discard(name)
    return 0


async def read(shell: Shell, words: list[str]) -> int:
    """`read [-r] [-p PROMPT] [-n COUNT] [-t SECONDS] [-s] [NAME…]`: no prompt, since no terminal is read."""
    flags, values, names = _options(words, "pntduaNi")
    known = {"dash": "rp", "ash": "rsdpntu", "bash": "rsdpntuaeEiN"}[shell.dialect.name]
    if wrong := sorted((flags | set(values)) - set(known)):
        illegal = "illegal" if shell.dialect.name == "ash" else "Illegal"
        bash = f"-{wrong[0]}: invalid option\nread: usage: {READ_USAGE}"
        return shell.refuse("read", bash if shell.dialect.name == "bash" else f"{illegal} option -{wrong[0]}", 2)
    if wrong_name := next((name for name in names if not valid(name)), ""):
        return _unnamed(shell, wrong_name)
    stdin = shell.io.stream(int(values["u"])) if values.get("u", "").isdecimal() else shell.io.stdin
    if not isinstance(stdin, Input):
        return shell.refuse("read", f"{values['u']}: invalid file descriptor: Bad file descriptor", 1)
    if "t" in values and not await _arrives(shell, stdin, values["t"]):
        for name in names:
            shell.assign(name, "")
        return 142 if shell.dialect.name == "bash" and values["t"] != "0" else 1
    if "d" in values:
        return await _delimited(shell, stdin, values["d"][:1], names or ["REPLY"])
    count = values.get("n", values.get("N", ""))
    data = await _characters(stdin, int(count[:6]), whole="N" in values) if count.isdecimal() else await stdin.line()
    while "r" not in flags and data.endswith(b"\\\n"):
        data = data[:-2] + await stdin.line()
    text = data.decode("utf-8", "surrogateescape").removesuffix("\n")
    if "r" not in flags:
        text = text.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    if "a" in values:
        shell.arrays[shell.target(values["a"])] = arrays.of(_fields(text, shell.variables.get("IFS", " \t\n")))
        return 0 if data.endswith(b"\n") else 1
    given = _split(text, shell.variables.get("IFS", " \t\n"), len(names or ["REPLY"]))
    for name, word in zip(names or ["REPLY"], given, strict=True):
        shell.assign(name, text if not names else word)
    return 0 if data.endswith(b"\n") or (data and count) else 1


async def _arrives(shell: Shell, stdin: Input, limit: str) -> bool:
    """Whether something can be read within so many seconds."""
    if not re.fullmatch(r"\d{0,9}(\.\d*)?", limit) or stdin.waiting() or float(limit or 0) == 0:
        return stdin.waiting() or float(limit or 0) > 0
    data = asyncio.ensure_future(stdin.arrival())
    pause = asyncio.ensure_future(shell.process.sleep(float(limit)))
    try:
        await asyncio.wait((data, pause), return_when=asyncio.FIRST_COMPLETED)
    finally:
        data.cancel()
        pause.cancel()
    return stdin.waiting()


def _unnamed(shell: Shell, name: str) -> int:
    """What `read` says of a name that no variable can have."""
    if shell.dialect.name == "ash":
        return shell.fail(f"read: '{name}': bad variable name", 1)
    bash = shell.dialect.name == "bash"
    return shell.refuse("read", f"`{name}': not a valid identifier" if bash else f"{name}: bad variable name", 2 - bash)


async def _characters(stdin: Input, count: int, *, whole: bool) -> bytes:
    """So many characters, or fewer where a line ends before; its end is read, and is none of them."""
    found = bytearray()
    while len(found) < count and (char := await stdin.take(1)):
        found += char
        if char == b"\n" and not whole:
            break
    return bytes(found)


async def _delimited(shell: Shell, stdin: Input, end: str, names: list[str]) -> int:
    """`read -d END`: up to another character than a line's end."""
    found, char = bytearray(), b""
    while (char := await stdin.take(1)) and char != (end.encode() or b"\0"):
        found += char
    given = _split(found.decode("utf-8", "surrogateescape"), shell.variables.get("IFS", " \t\n"), len(names))
    for name, word in zip(names, given, strict=True):
        shell.assign(name, word)
    return int(not char)


READ_USAGE = (
    "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]"
)


def _fields(text: str, ifs: str) -> list[str]:
    """All fields of a line."""
    found = _split(text, ifs, text.count(ifs[:1]) + len(text) + 1) if text and ifs else [text] * bool(text)
    while found and not found[-1]:
        found.pop()
    return found


def _split(text: str, ifs: str, count: int) -> list[str]:
    """A line in so many fields, the last with all the rest."""
    blanks = "".join(char for char in ifs if char in " \t\n")
    found: list[str] = []
    text = text.strip(blanks) if blanks else text
    while len(found) < count - 1:
        end = next((at for at, char in enumerate(text) if char in ifs), len(text))
        found.append(text[:end])
        mark = text[end : end + 1]
        text = text[end:].lstrip(blanks) if mark and mark in blanks else text[end + 1 :].lstrip(blanks)
        if mark and mark in blanks and text[:1] in ifs and text[:1] not in blanks and text:
            text = text[1:].lstrip(blanks)
    return [*found, text]


def _options(words: list[str], valued: str) -> tuple[set[str], dict[str, str], list[str]]:
    flags: set[str] = set()
    values: dict[str, str] = {}
    words = list(words)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)[1:]
        if word == "-":
            break
        for at, letter in enumerate(word):
            if letter in valued:
                rest = word[at + 1 :]
                values[letter] = rest or (words.pop(0) if words else "")
                break
            flags.add(letter)
    return flags, values, words


MAPFILE_USAGE = "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]"


async def mapfile(shell: Shell, words: list[str]) -> int:
    """bash's `mapfile [-t] [-d END] [-n COUNT] [-O ORIGIN] [-s COUNT] [-u FD] [NAME]`"""
    flags, values, names = _options(words, "dnOsuCc")
    if unknown := sorted(flags - {"t"}):
        return shell.refuse("mapfile", f"-{unknown[0]}: invalid option\nmapfile: usage: {MAPFILE_USAGE}", 2)
    if "C" in values:
        return shell.refuse("mapfile", "podlab does not simulate mapfile -C", 2)
    for letter, what in (("n", "line count"), ("O", "array origin"), ("s", "line count")):
        if not values.get(letter, "0").isdecimal():
            return shell.refuse("mapfile", f"{values[letter]}: invalid {what}", 1)
    stdin = shell.io.stream(int(values["u"])) if values.get("u", "").isdecimal() else shell.io.stdin
    if not isinstance(stdin, Input):
        return shell.refuse("mapfile", f"{values['u']}: invalid file descriptor: Bad file descriptor", 1)
    end = values.get("d", "\n")[:1] or "\0"
    text = (await stdin.rest()).decode("utf-8", "surrogateescape")
    lines = [f"{line}{end}" for line in text.split(end)]
    lines[-1] = lines[-1].removesuffix(end)
    skipped, count = int(values.get("s", "0")[:9]), int(values.get("n", "0")[:9])
    taken = [line for line in lines if line][skipped : skipped + count if count else None]
    taken = [line.removesuffix(end) for line in taken] if "t" in flags else [line.replace("\0", "") for line in taken]
    name = shell.target(names[0] if names else "MAPFILE")
    array = shell.arrays.get(name) if "O" in values else None
    array, origin = array or arrays.Array(), int(values.get("O", "0")[:9])
    array.items |= {str(origin + at): line for at, line in enumerate(taken)}
    shell.variables.pop(name, None)
    shell.arrays[name] = array
    return 0


async def let(shell: Shell, words: list[str]) -> int:
    """`let`: arithmetic; 1 where the last value is 0."""
    found, ash = 0, shell.dialect.name == "ash"
    if not words:
        return shell.refuse("let", "expression expected", 2 if ash else 1)
    for word in words:
        try:
            found = value(word, Values(shell))
        except ArithmeticProblem as problem:
            wrong = complaint(shell.dialect, problem, word)
            return shell.refuse("let", wrong, 2 if ash else 1)
    return int(found == 0)


async def getopts(shell: Shell, words: list[str]) -> int:
    """`getopts OPTIONS NAME [ARGUMENT…]`: the next option, in NAME and OPTARG."""
    if len(words) < 2:
        usage = {"dash": "Usage: getopts optstring var [arg...]", "bash": "usage: getopts optstring name [arg ...]"}
        return shell.refuse("getopts", usage.get(shell.dialect.name, "usage: getopts optstring var [arg]"), 2)
    known, name, given = words[0], words[1], words[2:] or list(shell.arguments)
    place, inside = shell.option_place
    place, inside = (place, inside) if place else (1, 0)
    asked = shell.variables.get("OPTIND", "1")
    if asked.isdecimal() and asked != shell.option_told:
        place, inside = int(asked), 0
    word = given[place - 1] if 0 < place <= len(given) else ""
    if len(word) < 2 or word[0] != "-" or word == "--":
        _go_on(shell, (place + (word == "--"), 0))
        shell.assign(name, "?")
        return 1
    inside = inside or 1
    letter, rest = word[inside], word[inside + 1 :]
    argument, after = None, (place, inside + 1) if rest else (place + 1, 0)
    if letter in known.replace(":", "") and f"{letter}:" in known:
        argument = rest or (given[place] if place < len(given) else None)
        after = (place + (1 if rest or argument is None else 2), 0)
    found = _checked(shell, known, letter, argument)
    shell.variables.pop("OPTARG", None)
    if argument is not None or (found != letter and known.startswith(":")):
        shell.assign("OPTARG", argument if argument is not None else letter)
    elif found == letter and shell.dialect.name != "bash":
        shell.assign("OPTARG", "")
    shell.assign(name, found)
    _go_on(shell, after)
    return 0


def _go_on(shell: Shell, place: tuple[int, int]) -> None:
    shell.option_place, shell.option_told = place, str(place[0])
    shell.assign("OPTIND", shell.option_told)


def _checked(shell: Shell, known: str, letter: str, argument: str | None) -> str:
    """What `getopts` calls an option: itself, `?` or `:`."""
    if letter in known.replace(":", "") and (f"{letter}:" not in known or argument is not None):
        return letter
    if known.startswith(":"):
        return ":" if letter in known[1:] else "?"
    if letter in known:
        bash = shell.dialect.name == "bash"
        shell.io.fail(
            f"{shell.name}: option requires an argument -- {letter}" if bash else f"No arg for -{letter} option"
        )
    else:
        bash = shell.dialect.name == "bash"
        shell.io.fail(f"{shell.name}: illegal option -- {letter}" if bash else f"Illegal option -{letter}")
    return "?"
