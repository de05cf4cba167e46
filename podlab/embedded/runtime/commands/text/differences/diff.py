"""The command diff: what it compares, and in which form it tells."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.commands.files.filedetails import modified
from podlab.embedded.runtime.commands.text.differences.forms import beside, context, plain, unified
from podlab.embedded.runtime.commands.text.differences.hunks import Hunk, hunks
from podlab.embedded.runtime.files import NO_SUCH, FileError
from podlab.embedded.runtime.machine.stdio import Io, ended_rows, letters

FOLLOWED = ("color", "minimal", "speed-large-files", "expand-tabs", "text", "no-dereference")
"""Options that change nothing here."""


@dataclass(slots=True)
class Asked:
    """What the options say; `words` are those that stand in the head of each pair of a folder's files,
    and `joined` says that a file is compared with one of its name in a folder.
    """

    flags: set[str]
    names: list[str]
    width: int = 130
    context: int = 3
    joined: bool = False
    labels: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


async def diff(io: Io, words: list[str]) -> int:
    """`diff [-abBdiNqrswy] [-u|-U LINES|-c|-C LINES] [-L LABEL] [-W WIDTH] FILE FILE`: busybox always unified."""
    asked = _options(words)
    if isinstance(asked, str):
        return io.fail(f"diff: podlab does not simulate {asked} of diff", 2)
    if io.busybox:
        asked.flags |= {"u"}
    if len(asked.names) != 2:
        extra = f"extra operand '{asked.names[2]}'" if asked.names[2:] else ""
        missing = extra or f"missing operand after '{(asked.names or ['diff'])[-1]}'"
        return io.fail(f"diff: {missing}\n{coreutils.hint('diff')}", 2)
    files, names = io.process.machine.files, asked.names
    folders = [name != "-" and files.is_directory(io.path(name)) for name in names]
    if all(folders):
        return await _folders(io, asked)
    for at in (0, 1):
        if folders[at]:
            asked.joined = True
            names[at] = posixpath.join(names[at], posixpath.basename(names[1 - at]))
    return await _pair(io, asked)


def _options(words: list[str]) -> Asked | str:
    """What was asked for, or the option that is not simulated."""
    given = [word for word in words if not (word.startswith("--") and word[2:].partition("=")[0] in FOLLOWED)]
    longs = {"--label": "-L", "--width": "-W", "--unified": "-U", "--context": "-C"}
    short, sides = list[str](), set[str]()
    for word in given:
        name, equals, value = word.partition("=")
        if word in ("--suppress-common-lines", "--left-column", "--strip-trailing-cr", "--side-by-side"):
            sides |= {word[2:]}
        elif name in longs:
            short += [f"{longs[name]}{value}"] if equals else [longs[name]]
        else:
            short.append(word)
    if odd := next((word for word in short if word.startswith("--") and word != "--"), ""):
        return odd.partition("=")[0]
    flags, values, names = letters(short, "LWUC")
    if odd := min(flags - set("abBcdiNqrsuwytTZ0123456789"), default=""):
        return f"-{odd}"
    asked = Asked(flags | sides | set(values) & {"U", "C"}, names, words=_shown(words))
    asked.labels = [word[2:] or short[at + 1] for at, word in enumerate(short) if word.startswith("-L")]
    for key, name in (("W", "width"), ("U", "context"), ("C", "context")):
        if values.get(key, "").isdecimal():
            setattr(asked, name, int(values[key]))
    return asked


def _shown(words: list[str]) -> list[str]:
    return [word for word in words if re.match(r"-.", word)]


def _same(line: str, flags: set[str]) -> str:
    """What is compared of a line."""
    line = line.replace("\r\n", "\n") if "strip-trailing-cr" in flags else line
    if "w" in flags:
        line = re.sub(r"\s", "", line)
    elif "b" in flags:
        line = re.sub(r"\s+", " ", line.rstrip())
    elif "Z" in flags:
        line = line.rstrip()
    return line.lower() if "i" in flags else line


async def _read(io: Io, asked: Asked) -> list[bytes] | None:
    found: list[bytes] = []
    files = io.process.machine.files
    wrong = 0
    for name in asked.names:
        try:
            if "N" in asked.flags and name != "-" and not files.exists(io.path(name)):
                found.append(b"")
                continue
            found.append(await io.stdin.rest() if name == "-" else await io.open(name).rest())
        except FileError as error:
            busy = io.busybox and str(error) == NO_SUCH
            wrong += io.fail(f"diff: can't stat '{name}': {error}" if busy else f"diff: {name}: {error}")
            if busy or asked.joined:
                break
    return None if wrong else found


async def _pair(io: Io, asked: Asked, *, head: str = "") -> int:
    """Compare two files; 0 where they are the same, 1 or 2."""
    data = await _read(io, asked)
    if data is None:
        reached = asked.joined and io.process.machine.files.exists(io.path(asked.names[0]))
        return 1 if io.busybox and reached else 2
    left, right = ([line.decode(errors="surrogateescape") for line in ended_rows(one)] for one in data)
    flags, (one, other) = asked.flags, asked.names
    found = [] if data[0] == data[1] else _differing(left, right, flags)
    if not found:
        if "s" in flags and not io.busybox:
            io.say(f"Files {one} and {other} are identical")
        if "y" not in flags and "side-by-side" not in flags:
            return 0
    elif "q" in flags or (b"\0" in data[0] + data[1] and "a" not in flags):
        io.say(f"{'Files' if 'q' in flags or io.busybox else 'Binary files'} {one} and {other} differ")
        return 1
    if head and found:
        io.say(head)
    io.out("".join(_form(io, asked, left, right, found)).encode(errors="surrogateescape"))
    return int(bool(found))


def _differing(left: list[str], right: list[str], flags: set[str]) -> list[Hunk]:
    found = hunks([_same(line, flags) for line in left], [_same(line, flags) for line in right])
    if "B" not in flags:
        return found
    return [hunk for hunk in found if any(line.strip() for line in left[hunk[0] : hunk[1]] + right[hunk[2] : hunk[3]])]


def _form(io: Io, asked: Asked, left: list[str], right: list[str], found: list[Hunk]) -> list[str]:
    if asked.flags & {"y", "side-by-side"} and not io.busybox:
        return beside(left, right, found, asked.width, brief="suppress-common-lines" in asked.flags)
    if not asked.flags & {"u", "U", "c", "C"}:
        return plain(left, right, found)
    heads = [_head(io, asked, at) for at in (0, 1)]
    if asked.flags & {"c", "C"} and not io.busybox:
        return context(left, right, found, (heads[0], heads[1]), asked.context)
    return unified(left, right, found, (heads[0], heads[1]), asked.context)


def _head(io: Io, asked: Asked, at: int) -> str:
    """How a file is named above its changes: with the time when it was changed last, unless it has a label."""
    if at < len(asked.labels):
        return asked.labels[at]
    name = asked.names[at]
    files = io.process.machine.files
    if io.busybox:
        return "/dev/null" if "N" in asked.flags and name != "-" and not files.exists(io.path(name)) else name
    moment = io.process.time if name == "-" else modified(io, io.path(name)) if files.exists(io.path(name)) else 0.0
    return f"{name}\t{datetime.fromtimestamp(moment, UTC).strftime('%Y-%m-%d %H:%M:%S.%f000 +0000')}"


async def _folders(io: Io, asked: Asked) -> int:
    if io.busybox and "r" in asked.flags:
        return await _trees(io, asked)
    files, code, names = io.process.machine.files, 0, asked.names
    inside = [set(files.list(io.path(name))) if files.is_directory(io.path(name)) else set() for name in names]
    for entry in sorted(inside[0] | inside[1]):
        here = [posixpath.join(name, entry) for name in names]
        pair = replace(asked, names=here)
        missing = [at for at in (0, 1) if entry not in inside[at]]
        folders = [files.is_directory(io.path(name)) for name in here]
        if missing and "N" not in asked.flags:
            io.say(f"Only in {names[1 - missing[0]]}: {entry}")
            code = max(code, 1)
        elif any(folders) and (all(folders) or missing):
            if "r" not in asked.flags:
                io.say(f"Common subdirectories: {here[0]} and {here[1]}")
            else:
                code = max(code, await _folders(io, pair))
        else:
            head = " ".join(["diff", *asked.words, *here])
            code = max(code, await _pair(io, pair, head="" if io.busybox or "q" in asked.flags else head))
    return code


async def _trees(io: Io, asked: Asked) -> int:
    """busybox's -r: of each file below, by its path; of folders that only one side has nothing is said without -N."""
    files, code = io.process.machine.files, 0
    below = [set(_below(io, name, "")) for name in asked.names]
    for entry in sorted(below[0] | below[1]):
        here = [posixpath.join(name, entry) for name in asked.names]
        missing = [at for at in (0, 1) if entry not in below[at]]
        if not missing or "N" in asked.flags:
            code = max(code, await _pair(io, replace(asked, names=here)))
        elif files.is_directory(io.path(posixpath.dirname(here[missing[0]]))):
            io.say(f"Only in {asked.names[1 - missing[0]]}: {entry}")
            code = max(code, 1)
    return code


def _below(io: Io, name: str, path: str) -> list[str]:
    files, found = io.process.machine.files, list[str]()
    for entry in files.list(io.path(posixpath.join(name, path))):
        inner = posixpath.join(path, entry)
        folder = files.is_directory(io.path(posixpath.join(name, inner)))
        found += _below(io, name, inner) if folder else [inner]
    return found
