"""The commands of the simulated images: a table of what a container's shell can call besides its builtins."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from podlab.embedded.kubelet import web
from podlab.embedded.kubelet.files import DEVICES, NO_SUCH, FileError
from podlab.embedded.kubelet.process import Input, Process, Write

OUTPUT_LIMIT = 2**20
"""Bytes that one command in a pipeline may write."""


@dataclass(frozen=True, slots=True)
class Io:
    """Where a command reads and writes, and its surroundings."""

    process: Process
    stdin: Input
    out: Write
    err: Write
    env: Mapping[str, str] | None = None
    cwd: str = "/"

    def path(self, name: str) -> str:
        """A name made absolute."""
        return "/" + posixpath.normpath(posixpath.join(self.cwd or self.process.cwd, name)).lstrip("/")

    def read(self, name: str, complaint: str = "{}: {}") -> bytes:
        """A file's bytes; `complaint` words the FileError from name and reason."""
        try:
            return self.process.machine.files.read(self.path(name))
        except FileError as error:
            raise FileError(complaint.format(name, _short(str(error), complaint))) from None

    def writer(self, name: str, *, append: bool = False) -> Write:
        """Somewhere to write to. Raises FileError."""
        path = self.path(name)
        if path in DEVICES:
            return {"/dev/stdout": self.process.out, "/dev/stderr": self.process.err}.get(path, lambda data: None)
        files = self.process.machine.files
        try:
            files.write(path, b"", append=append)
        except FileError as error:
            raise FileError(f"cannot create {name}: {_short(str(error), 'cannot create')}") from None
        return lambda data: files.write(path, data, append=True)

    def buffer(self) -> Input:
        """A pipe's middle."""
        return _Bounded(closed=False)

    def input(self, data: bytes) -> Input:
        """Something to read."""
        return Input(data)

    def say(self, text: str) -> None:
        """Write a line."""
        self.out(text.encode() + b"\n")

    def fail(self, text: str, code: int = 1) -> int:
        """Write a line of complaint; returns the exit code."""
        self.err(text.encode() + b"\n")
        return code


def _short(reason: str, complaint: str) -> str:
    shell = {NO_SUCH: "No such file"} if complaint.startswith("cannot open") else {NO_SUCH: "Directory nonexistent"}
    return shell.get(reason, reason) if complaint.startswith("cannot") else reason


class _Bounded(Input):
    def feed(self, data: bytes) -> None:
        if len(self._data) < OUTPUT_LIMIT:
            super().feed(data)


Command = Callable[[Io, list[str]], Awaitable[int]]


def _options(words: list[str]) -> tuple[set[str], list[str]]:
    flags = [word for word in words if word.startswith("-") and len(word) > 1]
    return {char for flag in flags for char in flag.lstrip("-")}, [word for word in words if word not in flags]


async def _inputs(io: Io, command: str, names: list[str]) -> tuple[list[tuple[str, bytes]], int]:
    """What `cat`-like commands read, with the number of names that could not be read."""
    if not names:
        return [("-", await io.stdin.rest())], 0
    found, failed = [], 0
    for name in names:
        try:
            found.append((name, await io.stdin.rest() if name == "-" else io.read(name)))
        except FileError as error:
            failed += 1
            io.fail(f"{command}: {error}")
    return found, failed


async def echo(io: Io, words: list[str]) -> int:
    newline = True
    while words and re.fullmatch("-[neE]+", words[0]):
        newline = newline and "n" not in words[0]
        words = words[1:]
    io.out(" ".join(words).replace("\\n", "\n").replace("\\t", "\t").encode() + (b"\n" if newline else b""))
    return 0


async def printf(io: Io, words: list[str]) -> int:
    if not words:
        return io.fail("printf: usage: printf format [arguments]", 2)
    template = words[0].replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
    values = list(words[1:])
    while True:
        io.out(re.sub(r"%(-?\d*)([sdx%])", lambda m: _formatted(m, values), template).encode())
        if not values or "%" not in template:
            return 0


def _formatted(match: re.Match[str], values: list[str]) -> str:
    if match[2] == "%":
        return "%"
    value = values.pop(0) if values else ("0" if match[2] in "dx" else "")
    if match[2] == "d":
        value = value if re.fullmatch(r"-?\d+", value) else "0"
    if match[2] == "x":
        value = format(int(value) if value.isdigit() else 0, "x")
    width = int(match[1] or 0)
    return value.ljust(-width) if width < 0 else value.rjust(width)


async def cat(io: Io, words: list[str]) -> int:
    _, names = _options(words)
    found, failed = await _inputs(io, "cat", names)
    for _, data in found:
        io.out(data)
    return int(failed > 0)


async def ls(io: Io, words: list[str]) -> int:
    flags, names = _options(words)
    code = 0
    files = io.process.machine.files
    for name in names or ["."]:
        path = io.path(name)
        if not files.exists(path):
            code = io.fail(f"ls: cannot access '{name}': {NO_SUCH}", 2)
            continue
        listed = [name]
        if files.is_directory(path) and "d" not in flags:
            listed = [n for n in files.list(path) if flags & {"a", "A"} or not n.startswith(".")]
        if len(names) > 1 and files.is_directory(path):
            io.say(f"{name}:")
        for entry in listed:
            io.say(_long(io, posixpath.join(path, entry), entry) if "l" in flags else entry)
    return code


def _long(io: Io, path: str, entry: str) -> str:
    files, when = io.process.machine.files, datetime.fromtimestamp(io.process.time, UTC).strftime("%b %e %H:%M")
    if files.is_directory(path):
        return f"drwxr-xr-x 2 root root 4096 {when} {entry}"
    return f"-rw-r--r-- 1 root root {len(files.read(path)):4} {when} {entry}"


async def env(io: Io, words: list[str]) -> int:
    given = dict(io.env if io.env is not None else io.process.env)
    for key, value in given.items():
        io.say(f"{key}={value}")
    return 0


async def printenv(io: Io, words: list[str]) -> int:
    if not words:
        return await env(io, words)
    given = io.env if io.env is not None else io.process.env
    found = [given[word] for word in words if word in given]
    for value in found:
        io.say(value)
    return int(len(found) < len(words))


async def hostname(io: Io, words: list[str]) -> int:
    machine = io.process.machine
    io.say(machine.ip if words[:1] in (["-i"], ["-I"]) else machine.hostname)
    return 0


async def date(io: Io, words: list[str]) -> int:
    form = next((word[1:] for word in words if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    moment = datetime.fromtimestamp(io.process.time, UTC)
    io.say(moment.strftime(form.replace("%s", str(int(io.process.time)))))
    return 0


async def sleep(io: Io, words: list[str]) -> int:
    total = 0.0
    if not words:
        return io.fail("sleep: missing operand")
    for word in words:
        if word in ("infinity", "inf"):
            total = 1e9
            continue
        match = re.fullmatch(r"(\d*\.?\d+)([smhd]?)", word)
        if match is None:
            return io.fail(f"sleep: invalid time interval '{word}'")
        total += float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
    await io.process.sleep(total)
    return 0


async def true(io: Io, words: list[str]) -> int:
    return 0


async def false(io: Io, words: list[str]) -> int:
    return 1


def test(io: Io, words: list[str], *, patterns: bool = False) -> int:
    """`[ … ]`: 0 if it holds."""
    if not words:
        return 1
    for joint, combine in (("-o", any), ("||", any), ("-a", all), ("&&", all)):
        if joint in words[1:-1]:
            at = words.index(joint)
            parts = (test(io, words[:at], patterns=patterns) == 0, test(io, words[at + 1 :], patterns=patterns) == 0)
            return int(not combine(parts))
    if words[0] == "!":
        return int(test(io, words[1:], patterns=patterns) == 0)
    if len(words) == 1:
        return int(not words[0])
    return int(not (_unary(io, *words) if len(words) == 2 else _binary(words, patterns=patterns)))


def _unary(io: Io, operator: str, value: str) -> bool:
    files, path = io.process.machine.files, io.path(value)
    if operator in ("-n", "-z"):
        return bool(value) == (operator == "-n")
    if operator == "-d":
        return files.is_directory(path)
    if operator == "-f":
        return files.exists(path) and not files.is_directory(path)
    if operator == "-s":
        return files.exists(path) and not files.is_directory(path) and bool(files.read(path))
    return operator in ("-e", "-r", "-w", "-x") and files.exists(path)


def _binary(words: list[str], *, patterns: bool) -> bool:
    left, operator, right = words[0], words[1], words[2] if len(words) > 2 else ""
    if operator in ("=", "=="):
        return fnmatch.fnmatchcase(left, right) if patterns else left == right
    if operator == "!=":
        return not (fnmatch.fnmatchcase(left, right) if patterns else left == right)
    if operator == "=~":
        return bool(re.search(right, left))
    try:
        a, b = int(left), int(right)
    except ValueError:
        return False
    table = {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}
    return table.get(operator, False)


async def bracket(io: Io, words: list[str]) -> int:
    return test(io, words[:-1] if words[-1:] == ["]"] else words)


async def touch(io: Io, words: list[str]) -> int:
    return _each(io, "touch: cannot touch", words, lambda path: io.process.machine.files.write(path, b"", append=True))


async def mkdir(io: Io, words: list[str]) -> int:
    flags, names = _options(words)
    make = io.process.machine.files.make_directory
    return _each(io, "mkdir: cannot create directory", names, lambda path: make(path, parents="p" in flags))


async def rm(io: Io, words: list[str]) -> int:
    flags, names = _options(words)
    files = io.process.machine.files

    def remove(path: str) -> None:
        if files.is_directory(path) and not flags & {"r", "R"}:
            raise FileError("Is a directory")
        if files.exists(path) or "f" not in flags:
            files.remove(path)

    return _each(io, "rm: cannot remove", names, remove)


def _each(io: Io, complaint: str, names: list[str], act: Callable[[str], None]) -> int:
    code = 0
    for name in names:
        try:
            act(io.path(name))
        except FileError as error:
            code = io.fail(f"{complaint} '{name}': {error}")
    return code


async def cp(io: Io, words: list[str]) -> int:
    _, names = _options(words)
    files, code = io.process.machine.files, 0
    if len(names) < 2:
        return io.fail("cp: missing file operand")
    for name in names[:-1]:
        target = io.path(names[-1])
        target = posixpath.join(target, posixpath.basename(name)) if files.is_directory(target) else target
        try:
            files.write(target, io.read(name, "{0}: {1}"))
        except FileError as error:
            code = io.fail(f"cp: {error}")
    return code


async def mv(io: Io, words: list[str]) -> int:
    code = await cp(io, words)
    return code or await rm(io, [word for word in words[:-1] if not word.startswith("-")])


async def grep(io: Io, words: list[str]) -> int:
    flags, rest = _options(words)
    if not rest:
        return io.fail("Usage: grep [OPTION]... PATTERNS [FILE]...", 2)
    pattern = re.escape(rest[0]) if "F" in flags else rest[0]
    expression = re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    found, failed = await _inputs(io, "grep", rest[1:])
    count = 0
    for name, data in found:
        for line in data.decode(errors="replace").splitlines():
            if bool(expression.search(line)) != ("v" in flags):
                count += 1
                if not flags & {"q", "c"}:
                    io.say(f"{name}:{line}" if len(rest) > 2 else line)
    if "c" in flags:
        io.say(str(count))
    return 2 if failed and not count else int(count == 0)


def _count(words: list[str]) -> tuple[int, list[str]]:
    number, rest = 10, []
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("-n", "-c") and words:
            number = int(words.pop(0).lstrip("+"))
        elif match := re.fullmatch(r"-n?(\d+)", word):
            number = int(match[1])
        else:
            rest.append(word)
    return number, rest


async def head(io: Io, words: list[str]) -> int:
    number, names = _count(words)
    found, failed = await _inputs(io, "head", names)
    for _, data in found:
        io.out(b"".join(data.splitlines(keepends=True)[:number]))
    return int(failed > 0)


async def tail(io: Io, words: list[str]) -> int:
    follow = bool({"-f", "-F"} & set(words))
    number, names = _count([word for word in words if word not in ("-f", "-F")])
    found, failed = await _inputs(io, "tail", names)
    for name, data in found:
        io.out(b"".join(data.splitlines(keepends=True)[-number:]))
        size = len(data)
        while follow and name != "-":
            await io.process.sleep(1)
            data = io.process.machine.files.read(io.path(name))
            io.out(data[size:])
            size = len(data)
    while follow and not failed:  # of /dev/null or of a pipe: for ever
        await io.process.sleep(3600)
    return int(failed > 0)


async def wc(io: Io, words: list[str]) -> int:
    flags, names = _options(words)
    found, failed = await _inputs(io, "wc", names)
    for name, data in found:
        sizes = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        shown = [str(sizes[key]) for key in "lwc" if not flags or key in flags]
        io.say(" ".join(shown + ([name] if names else [])))
    return int(failed > 0)


async def tee(io: Io, words: list[str]) -> int:
    flags, names = _options(words)
    data, code = await io.stdin.rest(), 0
    for name in names:
        try:
            io.process.machine.files.write(io.path(name), data, append="a" in flags)
        except FileError as error:
            code = io.fail(f"tee: {name}: {error}")
    io.out(data)
    return code


async def identity(io: Io, words: list[str]) -> int:
    if words:
        io.say("root" if "n" in words[0] else "0")
    else:
        io.say("uid=0(root) gid=0(root) groups=0(root)")
    return 0


async def whoami(io: Io, words: list[str]) -> int:
    io.say("root")
    return 0


async def uname(io: Io, words: list[str]) -> int:
    parts = {"s": "Linux", "n": io.process.machine.hostname, "r": web.KERNEL, "m": "x86_64"}
    flags, _ = _options(words)
    io.say(" ".join(value for key, value in parts.items() if key in (flags or {"s"}) or "a" in flags))
    return 0


async def pwd(io: Io, words: list[str]) -> int:
    io.say(io.cwd)
    return 0


async def seq(io: Io, words: list[str]) -> int:
    numbers = [int(word) for word in words if re.fullmatch(r"-?\d+", word)]
    if not numbers:
        return io.fail("seq: missing operand")
    first, step, last = (1, 1, numbers[0]) if len(numbers) == 1 else (numbers[0], 1, numbers[-1])
    step = numbers[1] if len(numbers) == 3 else step
    for number in range(first, last + (1 if step > 0 else -1), step or 1)[:100_000]:
        io.say(str(number))
    return 0


async def sort(io: Io, words: list[str]) -> int:
    flags, names = _options(words)
    found, failed = await _inputs(io, "sort", names)
    lines = [line for _, data in found for line in data.decode(errors="replace").splitlines()]
    lines = sorted(set(lines) if "u" in flags else lines, key=_number if "n" in flags else None, reverse="r" in flags)
    io.out("".join(f"{line}\n" for line in lines).encode())
    return int(failed > 0)


def _number(line: str) -> float:
    match = re.match(r"\s*-?\d+", line)
    return float(match[0]) if match else 0.0


async def uniq(io: Io, words: list[str]) -> int:
    found, failed = await _inputs(io, "uniq", _options(words)[1])
    last = None
    for line in (line for _, data in found for line in data.splitlines()):
        if line != last:
            io.out(line + b"\n")
        last = line
    return int(failed > 0)


async def cut(io: Io, words: list[str]) -> int:
    joined = " ".join(words)
    delimiter, fields = re.search(r"-d ?(.)", joined), re.search(r"-f ?(\d+)", joined)
    text = (await io.stdin.rest()).decode(errors="replace")
    for line in text.splitlines():
        parts = line.split(delimiter[1] if delimiter else "\t")
        index = int(fields[1]) - 1 if fields else 0
        io.say(parts[index] if index < len(parts) else "")
    return 0


async def tr(io: Io, words: list[str]) -> int:
    data = (await io.stdin.rest()).decode(errors="replace")
    ranges = {"a-z": "abcdefghijklmnopqrstuvwxyz", "A-Z": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0-9": "0123456789"}
    sets = [ranges.get(word, word).replace("\\n", "\n") for word in words if not word.startswith("-")]
    if "-d" in words:
        io.out("".join(char for char in data if char not in sets[0]).encode())
    else:
        io.out(data.translate({ord(a): b for a, b in zip(sets[0], sets[1], strict=False)}).encode())
    return 0


async def basename(io: Io, words: list[str]) -> int:
    io.say(posixpath.basename(words[0]))
    return 0


async def dirname(io: Io, words: list[str]) -> int:
    io.say(posixpath.dirname(words[0]) or ".")
    return 0


async def which(io: Io, words: list[str]) -> int:
    known = io.process.machine.image.commands
    found = [word for word in words if word in known]
    for word in found:
        io.say(f"/usr/bin/{word}" if word not in ("nginx",) else "/usr/sbin/nginx")
    return int(len(found) < len(words))


async def nproc(io: Io, words: list[str]) -> int:
    io.say("2")
    return 0


async def ps(io: Io, words: list[str]) -> int:
    io.say("PID   USER     TIME  COMMAND")
    for pid, argv in io.process.machine.processes():
        io.say(f"{pid:5} root      0:00 {' '.join(argv)}")
    return 0


async def yes(io: Io, words: list[str]) -> int:
    line = (" ".join(words) or "y").encode() + b"\n"
    for _ in range(10_000):
        io.out(line)
    return 0


async def kill(io: Io, words: list[str]) -> int:
    return 0


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "[": bracket,
        "basename": basename,
        "cat": cat,
        "cp": cp,
        "curl": web.curl,
        "cut": cut,
        "date": date,
        "dirname": dirname,
        "echo": echo,
        "env": env,
        "false": false,
        "grep": grep,
        "head": head,
        "hostname": hostname,
        "id": identity,
        "kill": kill,
        "ls": ls,
        "mkdir": mkdir,
        "mv": mv,
        "nginx": web.nginx_command,
        "nproc": nproc,
        "nslookup": web.nslookup,
        "printenv": printenv,
        "printf": printf,
        "ps": ps,
        "pwd": pwd,
        "rm": rm,
        "seq": seq,
        "sleep": sleep,
        "sort": sort,
        "tail": tail,
        "tee": tee,
        "test": bracket,
        "touch": touch,
        "tr": tr,
        "true": true,
        "uname": uname,
        "uniq": uniq,
        "wc": wc,
        "wget": web.wget,
        "which": which,
        "whoami": whoami,
        "yes": yes,
    }
)
"""Every command that some image has."""
