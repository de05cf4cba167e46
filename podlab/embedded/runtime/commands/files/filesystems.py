"""File systems, how large they are and what is free of them: df, and stat -f."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from podlab.embedded.runtime.commands import coreutils, usage
from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.machine import kernel, mounts
from podlab.embedded.runtime.machine.stdio import Io, letters

BLOCK = 4096
SIZE, USED = 264212084, 44035347
"""KiB of the simulated node's disk, and of them those in use."""
NODES, NODES_USED = 16777216, 789479
"""Files that the disk can hold, and those that it does."""
NODES_IN_MEMORY = kernel.MEMORY // 8
"""Files that a file system in memory can hold: one for each page of half the memory."""


@dataclass(frozen=True, slots=True)
class FileSystem:
    """One that is mounted: sizes in KiB, and files."""

    device: str
    path: str
    kind: str
    size: int
    used: int
    nodes: int
    nodes_used: int


def _found(io: Io) -> list[FileSystem]:
    """Those that have a size, in the order of /proc/mounts."""
    return [_of(io, row) for row in mounts.mounts(io.process.machine.files) if row[2] in ("overlay", "tmpfs", "ext4")]


def _of(io: Io, row: mounts.Mounted) -> FileSystem:
    device, path, kind, how = row
    if kind != "tmpfs":
        return FileSystem(device, path, kind, SIZE, USED, NODES, NODES_USED)
    limited = re.search(r"size=(\d+)k", how)
    size = int(limited[1]) if limited else kernel.MEMORY // 2
    own = path.startswith("/proc/") or path in ("/dev", "/sys/firmware", "/sys/fs/cgroup")
    files = io.process.machine.files
    held = 0 if own else files.held(path) // 1024
    inside = 0 if own or not files.is_directory(path) else files.folder(path)[1] // 20 - 2
    return FileSystem(device, path, kind, size, held, NODES_IN_MEMORY, 1 + max(inside, 0))


def holding(path: str, table: list[mounts.Mounted]) -> mounts.Mounted:
    """The row of a table of mounts that a path is in."""
    inside = [row for row in table if row[1] == "/" or f"{path}/".startswith(f"{row[1]}/")]
    return max(inside, key=lambda row: len(row[1]))


def _at(io: Io, path: str) -> FileSystem:
    """The file system that a path is in; busybox names the first place where it is mounted."""
    table = mounts.mounts(io.process.machine.files)
    row = holding(io.process.machine.files.resolve(path), table)
    if io.busybox and row[1] != path and row[2] == "ext4":
        row = next(one for one in table if one[2] == "ext4")
    return _of(io, row)


UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "KB": 10**3, "MB": 10**6, "GB": 10**9, "": 1}


@dataclass(slots=True)
class _Asked:
    """What a command line asks for; `unit` are the bytes of a block, 0 for the best of each size."""

    flags: set[str]
    names: list[str]
    unit: int
    shown: str
    step: int
    columns: list[str]


USUAL = "source size used avail pcent target".split()  # noqa: SIM905
NODE = "source itotal iused iavail ipcent target".split()  # noqa: SIM905
EVERY = "source fstype itotal iused iavail ipcent size used avail pcent file target".split()  # noqa: SIM905
LONG = {"--inodes": "-i", "--human-readable": "-h", "--print-type": "-T", "--portability": "-P", "--all": "-a"}
LONG |= {"--si": "-H", "--local": "-l"}


def _asked(io: Io, words: list[str]) -> _Asked | str:
    """What df is asked for, or what it says of what it does not understand."""
    words = [LONG.get(word, word) for word in words]
    words = [re.sub(r"^--(type|exclude-type|block-size)=", lambda m: f"-{SHORT[m[1]]}", word) for word in words]
    flags, values, names = letters(words, "Btx")
    output = next((word for word in words if word.startswith("--output")), "")
    unit, shown, step = (2**20, "1M", 1024) if "m" in flags else (1024, "1024" if "P" in flags else "1K", 1024)
    if "B" in values:
        found = re.fullmatch(r"(\d*)([KMG]?B?)", values["B"].upper())
        if not found or found[2] == "B":
            return f"df: invalid -B argument '{values['B']}'"
        unit, shown = int(found[1] or 1) * UNITS[found[2]], values["B"] if found[1] else f"1{values['B']}"
    if flags & {"h", "H"}:
        unit, step = 0, 1000 if "H" in flags else 1024
    flags |= {f"{key}{value}" for key, value in values.items() if key in ("t", "x")}
    flags |= {"B"} if re.fullmatch(r"[A-Z]+", values.get("B", "")) else set()
    columns = NODE if "i" in flags else USUAL
    columns = [columns[0], "fstype", *columns[1:]] if "T" in flags else columns
    if output and io.busybox:
        return f"df: unrecognized option '{output.partition('=')[0]}'\n{usage.shown('df')}"
    if output:
        columns = output.partition("=")[2].split(",") if "=" in output else EVERY
        if odd := next((one for one in columns if one not in EVERY), ""):
            return f"df: option --output: field '{odd}' unknown\n{coreutils.hint('df')}"
    flags |= {"output"} if output else set()
    flags |= {"total"} if "--total" in words else set()
    return _Asked(flags, names, unit, shown, step, columns)


SHORT = {"type": "t", "exclude-type": "x", "block-size": "B"}


async def df(io: Io, words: list[str]) -> int:
    """`df [-hHikmPTa] [-B SIZE] [-t TYPE] [-x TYPE] [--output[=COLUMNS]] [--total] [PATH]…`"""
    asked = _asked(io, words)
    if isinstance(asked, str):
        return io.fail(asked)
    files = io.process.machine.files
    there = [name for name in asked.names if files.exists(io.path(name))]
    lost = [name for name in asked.names if name not in there]
    rows = [_at(io, io.path(name)) for name in there] if asked.names else _found(io)
    rows = [row for row in rows if f"x{row.kind}" not in asked.flags and _typed(row, asked)]
    if not io.busybox:
        rows = rows if asked.names or "a" in asked.flags else _once(rows)
        for name in lost:
            io.fail(f"df: {name}: {NO_SUCH}")
        if rows:
            _columns(io, rows, asked, {name: io.path(name) for name in there})
        elif not lost:
            return io.fail("df: no file systems processed")
        return int(bool(lost))
    _of_busybox(io, rows, asked, lost)
    return int(bool(lost))


def _typed(row: FileSystem, asked: _Asked) -> bool:
    kinds = [flag[1:] for flag in asked.flags if flag.startswith("t") and flag not in ("t", "total")]
    return not kinds or row.kind in kinds


def _once(rows: list[FileSystem]) -> list[FileSystem]:
    """coreutils names each file system once: where it is mounted nearest to the root."""
    kept: dict[str, FileSystem] = {}
    for row in rows:
        bound = row.path.startswith("/proc/") and row.path != "/proc/acpi"  # parts of /dev
        key = "/dev" if bound else row.device if row.kind == "ext4" else row.path
        if key not in kept or len(kept[key].path) > len(row.path):
            kept[key] = row
    return [row for row in rows if row in kept.values()]


def _part(used: int, size: int, *, busy: bool) -> str:
    return f"{(used * 100 + size // 2) // size if busy else -(-used * 100 // size)}%"


def _short(size: float, step: int = 1024) -> str:
    """coreutils' way: rounded up, with one figure behind the point below ten."""
    units = ["", *(("K", "M", "G", "T") if step == 1024 else ("k", "M", "G", "T"))]
    while size >= step and len(units) > 1:
        size, units = size / step, units[1:]
    whole = not units[0] or math.ceil(size * 10) >= 100
    return f"{math.ceil(size)}{units[0]}" if whole else f"{math.ceil(size * 10) / 10:.1f}{units[0]}"


def _amount(kib: int, asked: _Asked) -> str:
    if not asked.unit:
        return _short(kib * 1024, asked.step)
    return f"{-(-kib * 1024 // asked.unit)}{asked.shown[1:] if 'B' in asked.flags else ''}"


LEAST = {"source": 14, "fstype": 4, "ipcent": 4, "pcent": 4, "file": 0, "target": 0}
LEFT = ("source", "fstype", "file", "target")


def _columns(io: Io, rows: list[FileSystem], asked: _Asked, names: Mapping[str, str]) -> None:
    """coreutils' table: as wide as what stands in it."""
    given = [*names, *[""] * len(rows)][: len(rows)]
    heads = {"source": "Filesystem", "fstype": "Type", "itotal": "Inodes", "iused": "IUsed", "iavail": "IFree"}
    heads |= {"ipcent": "IUse%", "used": "Used", "file": "File", "target": "Mounted on"}
    short = not asked.unit
    heads["size"] = "Size" if short else f"{asked.shown}-blocks"
    heads["avail"] = "Avail" if short or "output" in asked.flags else "Available"
    heads["pcent"] = "Capacity" if "P" in asked.flags and not short else "Use%"
    table = [heads, *(_cells(row, asked, name) for row, name in zip(rows, given, strict=True))]
    if "total" in asked.flags:
        whole = FileSystem("total", "-", "-", *(sum(getattr(row, one) for row in rows) for one in SUMMED))
        table.append(_cells(whole, asked, ""))
    wide = {key: max(LEAST.get(key, 5), *(len(row[key]) for row in table)) for key in asked.columns}
    for row in table:
        cells = [f"{row[key]:{'<' if key in LEFT else '>'}{wide[key]}}" for key in asked.columns]
        io.say(" ".join(cells).rstrip())


SUMMED = ("size", "used", "nodes", "nodes_used")


def _cells(row: FileSystem, asked: _Asked, name: str) -> dict[str, str]:
    free = row.nodes - row.nodes_used
    nodes = [_short(one) if not asked.unit else str(one) for one in (row.nodes, row.nodes_used, free)]
    return {
        "source": row.device, "fstype": row.kind, "itotal": nodes[0], "iused": nodes[1], "iavail": nodes[2],
        "ipcent": _part(row.nodes_used, row.nodes, busy=False), "size": _amount(row.size, asked),
        "used": _amount(row.used, asked), "avail": _amount(row.size - row.used, asked),
        "pcent": _part(row.used, row.size, busy=False), "file": name or "-", "target": row.path,
    }  # fmt: skip


def _of_busybox(io: Io, rows: list[FileSystem], asked: _Asked, lost: list[str]) -> None:
    """busybox's table: columns of one width."""
    head, part_of = "Size" if not asked.unit else f"{asked.shown}-blocks", "Capacity" if "P" in asked.flags else "Use%"
    head = "Inodes" if "i" in asked.flags else head
    typed = "T" in asked.flags
    io.say(f"Filesystem           {'Type       ' * typed}{f'{head:>9}':15}Used Available {part_of} Mounted on")
    for name in lost:
        io.fail(f"df: {name}: can't find mount point")
    for row in rows:
        size, used = (row.nodes, row.nodes_used) if "i" in asked.flags else (row.size, row.used)
        cells = [_busy(one, asked) for one in (size, used, size - used)]
        own = f"{row.kind:10} " if typed else ""
        numbers = " ".join(f"{cell:>9}" for cell in cells)
        io.say(f"{row.device:20} {own}{numbers} {_part(used, size, busy=True):>4} {row.path}")


def _busy(value: int, asked: _Asked) -> str:
    nodes = "i" in asked.flags
    if asked.unit:
        return str(value if nodes else value * 1024 // asked.unit)
    size, units = float(value if nodes else value * 1024), ["", "K", "M", "G", "T"]
    while size >= 1024:
        size, units = size / 1024, units[1:]
    return f"{size:.1f}{units[0]}" if units[0] else str(int(size))


MAGIC = {"tmpfs": ("1021994", "tmpfs"), "overlay": ("794c7630", "overlayfs"), "ext4": ("ef53", "ext2/ext3")}
MAGIC |= {"proc": ("9fa0", "proc"), "sysfs": ("62656572", "sysfs"), "devpts": ("1cd1", "devpts")}
MAGIC |= {"mqueue": ("19800202", "mqueue"), "cgroup2": ("63677270", "cgroup2fs"), "cgroup": ("27e0eb", "cgroupfs")}
FORM = '  File: "%n"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s'
OF_COREUTILS = " Fundamental block size: %S"
REST = "\nBlocks: Total: %-10b Free: %-10f Available: %a\nInodes: Total: %-10c Free: %d"
TERSE = {True: "%n %i %l %t %s %b %f %a %c %d", False: "%n %i %l %t %s %S %b %f %a %c %d"}


def described(io: Io, path: str, name: str) -> dict[str, str]:
    """What `stat -f` has to say of the file system that a path is in."""
    row = _at(io, path)
    magic, kind = MAGIC.get(row.kind, ("0", f"UNKNOWN (0x{0:x})"))
    free = str((row.size - row.used) * 1024 // BLOCK)
    return {
        "n": name, "i": f"{zlib.crc32(row.path.encode()):08x}{zlib.crc32(row.device.encode()):08x}", "l": "255",
        "t": magic, "T": kind, "s": str(BLOCK), "S": str(BLOCK), "b": str(row.size * 1024 // BLOCK), "f": free,
        "a": free, "c": str(row.nodes), "d": str(row.nodes - row.nodes_used),
    }  # fmt: skip


def form(io: Io, *, terse: bool) -> str:
    """How `stat -f` says it."""
    return TERSE[io.busybox] if terse else FORM + OF_COREUTILS * (not io.busybox) + REST
