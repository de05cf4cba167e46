"""grep, egrep and fgrep."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import NUMBERED, Io

LONG = {
    "quiet": "q", "silent": "q", "count": "c", "ignore-case": "i", "invert-match": "v", "line-number": "n",
    "recursive": "r", "dereference-recursive": "R", "word-regexp": "w", "line-regexp": "x", "only-matching": "o",
    "extended-regexp": "E", "fixed-strings": "F", "basic-regexp": "G", "perl-regexp": "P", "no-filename": "h",
    "with-filename": "H", "files-with-matches": "l", "files-without-match": "L", "no-messages": "s", "text": "a",
    "line-buffered": "", "color": "", "colour": "", "binary-files": "",
}  # fmt: skip
LONG_VALUED = {"regexp": "e", "file": "f", "after-context": "A", "before-context": "B", "context": "C",
               "max-count": "m", "include": "include", "exclude": "exclude",
               "exclude-dir": "exclude-dir"}  # fmt: skip


async def grep(io: Io, words: list[str]) -> int:
    """`grep [-EFGciLlnohHqrsvwx] [-e PATTERN] [-A|-B|-C LINES] [-m COUNT] PATTERN [FILE]…`"""
    flags, values, names = _options(words, busy=io.busybox)
    if odd := next((flag for flag in flags if flag.startswith("--") and flag != "--color"), ""):
        return _unknown(io, odd)
    for name in values.get("f", ()):
        try:
            values.setdefault("e", []).extend((await io.whole(name)).decode(errors="replace").splitlines())
        except FileError as error:
            return io.fail(f"grep: {name}: {error}", 2)
    if values.get("e") == []:
        return 1
    if "e" not in values and not names:
        return io.fail("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.", 2)
    wanted = values["e"] if "e" in values else [names.pop(0)]
    if "P" in flags and (unknown := re.search(r"\\K|\(\?[<=!]|[+*?}]\+", "".join(wanted))):
        return io.fail(f"grep: podlab does not simulate {unknown[0]} of grep -P", 2)
    try:
        expression = _expression("\n".join(wanted), flags)
    except patterns.BadPattern:
        busy = f"grep: bad regex '{wanted[0]}'"
        return io.fail(busy if io.busybox else "grep: Invalid regular expression", 2)
    search, found, failed = Search(io, flags, values, expression), 0, 0
    files = io.process.machine.files
    paths = [one for one in _paths(io, names, "r" in flags or "R" in flags) if _wanted(one, values)]
    for name in paths or ["-"]:
        if name != "-" and not _readable(io, name, flags):
            failed += not (io.busybox and files.is_directory(io.path(name)))
            continue
        deep = flags & {"r", "R"} and (
            not io.busybox or any(files.is_directory(io.path(one)) for one in names or ["."])
        )
        shown = name if (len(paths) > 1 or deep or "H" in flags) and "h" not in flags else ""
        found += await search.one(name, shown)
        if found and "q" in flags:
            return 0
    return 2 if failed else int(not found)


def _unknown(io: Io, option: str) -> int:
    if io.busybox:
        return io.fail(f"grep: unrecognized option '{option}'\n{usage.shown('grep')}", 2)
    return io.fail(f"grep: podlab does not simulate {option} of grep", 2)


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


def _expression(wanted: str, flags: set[str]) -> Any:
    insensitive = "i" in flags
    if "F" in flags:
        return patterns.literals(wanted.split("\n"), ignore_case=insensitive, whole="x" in flags)
    extended = bool(flags & {"E", "P"})
    wanted = ("|" if extended else "\\|").join(wanted.split("\n"))  # one of several lines
    start, end = ("(?:", ")") if extended else ("\\(", "\\)")
    if "x" in flags:
        wanted = f"^{start}{wanted}{end}$"
    elif "w" in flags:
        wanted = f"\\b{start}{wanted}{end}\\b"
    return patterns.compiled(wanted, extended=extended, ignore_case=insensitive)


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

    async def one(self, name: str, shown: str) -> int:
        """Search one file; returns how many lines fit."""
        found, number, last, kept = 0, 0, -(2**62), list[str]()
        async for line in self._lines(name):
            number += 1
            if found < self.most and bool(self.expression.search(line)) != ("v" in self.flags):
                found += 1
                if self.flags & {"q", "l"}:
                    break
                for back, earlier in enumerate(kept, number - len(kept)):
                    self._say(shown, back, earlier, "-")
                self._say(shown, number, line, ":")
                kept, last = [], number
                if found >= self.most and not self.after:
                    break
            elif found >= self.most and number - last > self.after:
                break
            elif number - last <= self.after:
                self._say(shown, number, line, "-")
            elif self.before:
                kept = [*kept, line][-self.before :]
        self._sum(name, shown, found)
        return found

    def _sum(self, name: str, shown: str, found: int) -> None:
        if "q" in self.flags:
            return
        if "c" in self.flags:
            self.io.say(f"{shown}:{found}" if shown else str(found))
        if ("l" in self.flags and found) or ("L" in self.flags and not found):
            self.io.say("(standard input)" if name == "-" else name)

    def _say(self, shown: str, number: int, line: str, mark: str) -> None:
        if self.flags & {"q", "c", "l", "L"}:
            return
        prefix = (f"{shown}{mark}" if shown else "") + (f"{number}{mark}" if "n" in self.flags else "")
        if "o" not in self.flags:
            self.io.say(prefix + line)
        elif mark == ":":
            for match in self.expression.finditer(line):
                if match.group():
                    self.io.say(prefix + match.group())

    async def _lines(self, name: str) -> AsyncIterator[str]:
        if name == "-":
            while line := await self.io.stdin.line():
                yield line.decode(errors="replace").rstrip("\n")
            return
        for text in (await self.io.whole(name)).decode(errors="replace").splitlines():
            yield text
