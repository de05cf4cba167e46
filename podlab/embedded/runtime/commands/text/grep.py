"""grep, egrep and fgrep."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.expressions import patterns, perl
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import NUMBERED, Io, plain_rows

LONG = {
    "quiet": "q", "silent": "q", "count": "c", "ignore-case": "i", "invert-match": "v", "line-number": "n",
    "recursive": "r", "dereference-recursive": "R", "word-regexp": "w", "line-regexp": "x", "only-matching": "o",
    "extended-regexp": "E", "fixed-strings": "F", "basic-regexp": "G", "perl-regexp": "P", "no-filename": "h",
    "with-filename": "H", "files-with-matches": "l", "files-without-match": "L", "no-messages": "s", "text": "a",
    "line-buffered": "", "color": "", "colour": "", "binary-files": "", "byte-offset": "b",
    "null-data": "z", "null": "Z", "no-group-separator": "_",
}  # fmt: skip
LONG_VALUED = {"regexp": "e", "file": "f", "after-context": "A", "before-context": "B", "context": "C",
               "max-count": "m", "include": "include", "exclude": "exclude",
               "exclude-dir": "exclude-dir", "label": "label", "group-separator": "group-separator"}  # fmt: skip


async def grep(io: Io, words: list[str]) -> int:
    """`grep [-EFGciLlnohHqrsvwx] [-e PATTERN] [-A|-B|-C LINES] [-m COUNT] PATTERN [FILE]…`"""
    flags, values, names = _options(words, busy=io.busybox)
    if odd := next((flag for flag in flags if flag == "T" or (flag.startswith("--") and flag != "--color")), ""):
        return _unknown(io, odd)
    for name in values.get("f", ()):
        try:
            values.setdefault("e", []).extend(plain_rows((await io.whole(name)).decode(errors="replace")))
        except FileError as error:
            return io.fail(f"grep: {name}: {error}", 2)
    if values.get("e") == []:
        return 1
    if len(flags & {"E", "F", "G", "P"}) > 1 and "P" in flags and not io.busybox:
        return io.fail("grep: conflicting matchers specified", 2)
    if "e" not in values and not names:
        return io.fail("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.", 2)
    wanted = values["e"] if "e" in values else [names.pop(0)]
    try:
        expression = _expression("\n".join(wanted), flags, "busybox grep" if io.busybox else "grep")
    except patterns.BadPattern as error:
        plain = not io.busybox or isinstance(error, patterns.Unsimulated)
        return io.fail(f"grep: {error}" if plain else f"grep: bad regex '{wanted[0]}'", 2)
    if not io.busybox and not flags & {"F", "P"}:
        for warning in patterns.warned("\n".join(wanted), extended="E" in flags):
            io.fail(f"grep: warning: {warning}")
    search, found, failed = Search(io, flags, values, expression), 0, 0
    files = io.process.machine.files
    paths = [one for one in _paths(io, names, "r" in flags or "R" in flags) if _wanted(one, values)]
    for name in paths or ["-"]:
        if name != "-" and not _readable(io, name, flags):
            failed += not (io.busybox and files.is_directory(io.path(name)))
            continue
        deep = flags & {"r", "R"} and any(files.is_directory(io.path(one)) for one in names or ["."])
        title = values.get("label", ["(standard input)"])[-1] if name == "-" else name
        shown = title if (len(paths) > 1 or deep or "H" in flags) and "h" not in flags else ""
        found += await search.one(name, title, shown)
        if found and "q" in flags:
            return 0
    return 2 if failed else int(not found)


def _unknown(io: Io, option: str) -> int:
    if io.busybox:
        return io.fail(f"grep: unrecognized option '{option}'\n{usage.shown('grep')}", 2)
    return io.fail(f"grep: podlab does not simulate {'-' * (len(option) == 1)}{option} of grep", 2)


async def egrep(io: Io, words: list[str]) -> int:
    """`egrep` is `grep -E`."""
    return await grep(io, ["-E", *words])


async def fgrep(io: Io, words: list[str]) -> int:
    """`fgrep` is `grep -F`."""
    return await grep(io, ["-F", *words])


def _options(words: list[str], *, busy: bool) -> tuple[set[str], dict[str, list[str]], list[str]]:
    flags: set[str] = set()
    values: dict[str, list[str]] = {}
    names: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            return flags, values, names + words
        if word.startswith("--"):
            option, equals, value = word[2:].partition("=")
            if option in LONG_VALUED:
                values.setdefault(LONG_VALUED[option], []).append(value if equals or not words else words.pop(0))
            flags |= {"colored"} if option in ("color", "colour") and value == "always" and not busy else set()
            flags |= (
                set(LONG.get(option, "")) if not busy and (option in LONG or option in LONG_VALUED) else {f"--{option}"}
            )
        elif match := re.fullmatch(r"-([a-zA-Z]*?)([efABCm])(.*)", word):
            flags |= set(match[1])
            values.setdefault(match[2], []).append(match[3] or (words.pop(0) if words else ""))
        elif word.startswith("-") and len(word) > 1:
            flags |= set(word[1:])
        else:
            names.append(word)
    return flags, values, names


def _expression(wanted: str, flags: set[str], program: str) -> Any:
    insensitive = bool(flags & {"i", "y"})
    if "F" in flags:
        return patterns.literals(wanted.split("\n"), ignore_case=insensitive, whole="x" in flags, word="w" in flags)
    if "P" in flags:
        return perl.compiled(wanted, ignore_case=insensitive, whole="x" in flags, word="w" in flags)
    extended = "E" in flags
    if "x" in flags or "w" in flags:
        patterns.compiled(wanted, extended=extended, program=program)  # what is wrong is told of the pattern itself
    start, end = ("(", ")") if extended else ("\\(", "\\)")
    if "x" in flags:
        wanted = f"^{start}{wanted}{end}$"
    elif "w" in flags:
        wanted = f"\\b{start}{wanted}{end}\\b"
    return patterns.compiled(wanted, extended=extended, ignore_case=insensitive, program=program)


def _paths(io: Io, names: list[str], recursive: bool) -> Iterator[str]:
    files = io.process.machine.files
    for name in names or (["."] if recursive else []):
        if recursive and files.is_directory(io.path(name)):
            inner = [posixpath.join(name, child) for child in files.list(io.path(name))]
            yield from _paths(io, [n for n in inner if not _passed_by(io, n)] or ["-"], True)
        else:
            yield name


def _wanted(name: str, values: dict[str, list[str]]) -> bool:
    """Whether --include, --exclude and --exclude-dir let a file be searched."""
    *folders, file = posixpath.normpath(name).split("/")

    def fits(key: str, *parts: str) -> bool:
        return any(fnmatch.fnmatchcase(part, pattern) for pattern in values.get(key, ()) for part in parts)

    out = fits("exclude", file) or fits("exclude-dir", *folders)
    return not out and ("include" not in values or fits("include", file))


def _passed_by(io: Io, name: str) -> bool:
    """Links are not followed on the way down, but by busybox those to files."""
    files, path = io.process.machine.files, io.path(name)
    return files.link(path) is not None and (not io.busybox or files.is_directory(path))


def _readable(io: Io, name: str, flags: set[str]) -> bool:
    files = io.process.machine.files
    if NUMBERED.fullmatch(io.path(name)):
        return True
    if io.busybox and files.is_directory(io.path(name)):
        return False
    wrong = (
        NO_SUCH if not files.exists(io.path(name)) else "Is a directory" if files.is_directory(io.path(name)) else ""
    )
    if wrong and "s" not in flags:
        io.fail(f"grep: {name}: {wrong}")
    return not wrong


class Search:
    """One search: what to find, and how to show it."""

    def __init__(self, io: Io, flags: set[str], values: dict[str, list[str]], expression: Any) -> None:
        self.io, self.flags, self.expression = io, flags, expression
        number = {key: int(given[-1]) for key, given in values.items() if given[-1].isdecimal()}
        self.most = number.get("m", 2**62)
        self.before, self.after = (number.get(key, number.get("C", 0)) for key in "BA")
        around = {"A", "B", "C"} & set(values) and (self.before or self.after or not io.busybox)
        self.between = values.get("group-separator", ["--"])[-1] if around and "_" not in flags else None
        self.said = False
        self.end = "\0" if "z" in flags else "\n"
        self.colored = "colored" in flags

    async def one(self, name: str, title: str, shown: str) -> int:
        """Search one file; returns how many lines fit."""
        found, number, last, kept, offset = 0, 0, -(2**62), list[tuple[int, int, str]](), 0
        async for line in self._lines(name):
            number += 1
            if found < self.most and bool(self.expression.search(line)) != ("v" in self.flags):
                found += 1
                if self.flags & {"q", "l"}:
                    break
                if self._binary(line, title):
                    break
                self._separate(number - len(kept), last)
                for earlier in kept:
                    self._say(shown, *earlier, "-")
                self._say(shown, number, offset, line, ":")
                kept, last = [], number
                if found >= self.most and not self.after:
                    break
            elif found >= self.most and number - last > self.after:
                break
            elif number - last <= self.after:
                self._say(shown, number, offset, line, "-")
            elif self.before:
                kept = [*kept, (number, offset, line)][-self.before :]
            offset += len(line.encode(errors="surrogateescape")) + 1
        self._sum(title, shown, found)
        return int(not found) if "L" in self.flags and self.io.busybox else found

    def _binary(self, line: str, title: str) -> bool:
        """Whether a line is of no text, which is told in its place."""
        if self.io.busybox or "\0" not in line or self.flags & {"a", "c", "L", "z"}:
            return False
        self.io.fail(f"grep: {title}: binary file matches")
        return True

    def _separate(self, first: int, last: int) -> None:
        """A row between what does not hang together."""
        if self.between is not None and self.said and first > last + self.after + 1:
            self._plain(self.between)

    def _sum(self, title: str, shown: str, found: int) -> None:
        if "q" in self.flags:
            return
        if "c" in self.flags:
            self.io.say(f"{shown}:{found}" if shown else str(found))
        if ("l" in self.flags and found) or ("L" in self.flags and not found):
            self.io.out(title.encode(errors="surrogateescape") + (b"\0" if "Z" in self.flags else b"\n"))

    def _plain(self, text: str) -> None:
        if not self.flags & {"q", "c", "l", "L"}:
            self.io.say(text)

    def _say(self, shown: str, number: int, offset: int, line: str, mark: str) -> None:
        if self.flags & {"q", "c", "l", "L"}:
            return
        self.said = True
        if "o" not in self.flags:
            self._write(self._prefix(shown, number, offset, mark) + self._marked(line, mark))
        elif mark == ":":
            for match in self.expression.finditer(line):
                if match.group():
                    at = offset + len(line[: match.start()].encode(errors="surrogateescape"))
                    self._write(self._prefix(shown, number, at, mark) + self._color("01;31", match.group()))

    def _write(self, text: str) -> None:
        self.io.out((text + self.end).encode(errors="surrogateescape"))

    def _color(self, color: str, text: str) -> str:
        return f"\x1b[{color}m\x1b[K{text}\x1b[m\x1b[K" if self.colored else text

    def _marked(self, line: str, mark: str) -> str:
        """A line with what fits in it coloured."""
        if not self.colored or mark != ":" or "v" in self.flags:
            return line
        out, at = "", 0
        for match in self.expression.finditer(line):
            out, at = out + line[at : match.start()] + self._color("01;31", match.group()), match.end()
        return out + line[at:]

    def _prefix(self, shown: str, number: int, offset: int, mark: str) -> str:
        sign = self._color("36", mark)
        name = self._color("35", shown) + ("\0" if "Z" in self.flags else sign) if shown else ""
        line = self._color("32", str(number)) + sign if "n" in self.flags else ""
        return name + line + (self._color("32", str(offset)) + sign if "b" in self.flags else "")

    async def _lines(self, name: str) -> AsyncIterator[str]:
        if name == "-" and self.end == "\n":
            while line := await self.io.stdin.line():
                yield line.decode(errors="surrogateescape").removesuffix("\n")
            return
        data = await self.io.stdin.rest() if name == "-" else await self.io.whole(name)
        for text in data.decode(errors="surrogateescape").removesuffix(self.end).split(self.end) if data else ():
            yield text
