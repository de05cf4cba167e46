"""Files side by side: cmp and comm."""

from __future__ import annotations

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io, letters, options, plain_rows


async def _pair(io: Io, command: str, names: list[str]) -> list[bytes] | int:
    """What is in two files, or the exit code of what is wrong with them."""
    found: list[bytes] = []
    for name in names:
        try:
            found.append(await io.stdin.rest() if name == "-" else await io.open(name).rest())
        except FileError as error:
            busy = io.busybox and str(error) == "Is a directory"
            return io.fail(f"{command}: {name}: {'I/O error' if busy else error}", 2)
    return found


async def cmp(io: Io, words: list[str]) -> int:
    """`cmp [-bls] [-i SKIP[:SKIP]] [-n BYTES] FILE [FILE [SKIP [SKIP]]]`"""
    flags, values, names = letters(words, "in")
    if not io.busybox and not names:
        return io.fail(f"cmp: missing operand after 'cmp'\n{coreutils.hint('cmp')}", 2)
    skips = values["i"].split(":") if "i" in values else names[2:]
    if wrong := next((skip for skip in skips if not skip.isdecimal()), ""):
        busy = f"cmp: invalid number '{wrong}'"
        told = busy if io.busybox else f"cmp: invalid --ignore-initial value '{wrong}'\n{coreutils.hint('cmp')}"
        return io.fail(told, 1 if io.busybox else 2)
    names = [*names, "-"][:2]
    found = await _pair(io, "cmp", names)
    if isinstance(found, int):
        return found
    starts = [int(skip) for skip in skips] if len(skips) > 1 else [int((skips or ["0"])[0])] * 2
    starts = starts if len(skips) != 1 or not io.busybox or "i" in values else [starts[0], 0]
    most = int(values["n"]) if values.get("n", "").isdecimal() else None
    left, right = (data[start:][:most] for data, start in zip(found, starts, strict=False))
    return _compared(io, names, left, right, flags)


def _compared(io: Io, names: list[str], left: bytes, right: bytes, flags: set[str]) -> int:
    if left == right:
        return 0
    if "s" in flags:
        return 1
    differing = [at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    if "l" in flags:
        width = 1 if io.busybox else len(str(min(len(left), len(right))))
        for at in differing:
            io.say(f"{at + 1:{width}} {_byte(left[at], flags)} {_byte(right[at], flags, last=True)}")
    elif differing:
        at = differing[0]
        shown = f" is {_byte(left[at], flags)} {_byte(right[at], flags, last=True)}" if "b" in flags else ""
        unit = "byte" if shown else "char"
        io.say(f"{names[0]} {names[1]} differ: {unit} {at + 1}, line {left[:at].count(10) + 1}{shown}")
        return 1
    if len(left) != len(right):
        short, data = (names[0], left) if len(left) < len(right) else (names[1], right)
        io.fail(f"cmp: EOF on {short}" if io.busybox else f"cmp: EOF on {short}{_end(data, flags)}")
    return 1


def _byte(value: int, flags: set[str], *, last: bool = False) -> str:
    """A byte in octal, and with -b as what it is."""
    if "b" not in flags:
        return f"{value:3o}"
    low = value % 128
    shown = "M-" * (value > 127) + (f"^{chr(low ^ 64)}" if low < 32 or low == 127 else chr(low))
    return f"{value:3o} {shown}" if last else f"{value:3o} {shown:{4 if 'l' in flags else 1}}"


def _end(data: bytes, flags: set[str]) -> str:
    """Where a file ended."""
    if not data:
        return " which is empty"
    lines = data.count(10)
    where = "" if "l" in flags else f", line {lines}" if data.endswith(b"\n") else f", in line {lines + 1}"
    return f" after byte {len(data)}{where}"


COMM = ("--output-delimiter", "--total", "--check-order", "--nocheck-order")


async def comm(io: Io, words: list[str]) -> int:
    """`comm [-123] [--output-delimiter=TEXT] [--total] FILE FILE`: 1 for what is not in order."""
    longs = {word.partition("=")[0]: word.partition("=")[2] for word in words if word.startswith("--") and word != "--"}
    if odd := next((word for word in longs if word not in COMM), ""):
        return io.fail(f"comm: podlab does not simulate {odd} of comm")
    flags, names = options([word for word in words if word == "--" or not word.startswith("--")])
    if len(names) != 2:
        told = f"extra operand '{names[2]}'" if names[2:] else f"missing operand after '{(names or ['comm'])[-1]}'"
        return io.fail(f"comm: {told}\n{coreutils.hint('comm')}")
    found = await _pair(io, "comm", names)
    if isinstance(found, int):
        return 1
    columns = [plain_rows(data.decode(errors="surrogateescape")) for data in found]
    common = _Common(io, columns, flags, longs.get("--output-delimiter", "\t"))
    common.check = "no" if io.busybox or "--nocheck-order" in longs else "all" if "--check-order" in longs else "usual"
    common.tell()
    if "--total" in longs:
        io.say(common.mark.join([*map(str, common.counts), "total"]))
    wrong = bool(common.disordered)
    return io.fail("comm: input is not in sorted order") if wrong and common.check == "usual" else int(wrong)


class _Common:
    """Two sorted texts side by side."""

    def __init__(self, io: Io, columns: list[list[str]], flags: set[str], mark: str) -> None:
        self.io, self.columns, self.flags, self.mark = io, columns, flags, mark
        self.check, self.disordered = "usual", set[int]()
        self.counts, self.at = [0, 0, 0], [0, 0]

    def tell(self) -> None:
        """Each line, in the column of the texts that have it; ends early where order is insisted on."""
        while any(self._line(side) is not None for side in (0, 1)):
            left, right = self._line(0), self._line(1)
            column = 2 if left == right else 0 if right is None or (left is not None and left < right) else 1
            self.counts[column] += 1
            if str(column + 1) not in self.flags:
                shown = sum(str(before + 1) not in self.flags for before in range(column))
                self.io.say(self.mark * shown + str(right if column == 1 else left))
            for side in (0, 1) if column == 2 else (column,):
                self.at[side] += 1
                self._look(side)
            if self.disordered and self.check == "all":
                return

    def _line(self, side: int) -> str | None:
        return self.columns[side][self.at[side]] if self.at[side] < len(self.columns[side]) else None

    def _look(self, side: int) -> None:
        """Whether the next line comes after the one before."""
        lines, at = self.columns[side], self.at[side]
        line, before = (lines[at], lines[at - 1]) if at < len(lines) else (lines[-1], (lines[-2:-1] or [""])[0])
        looked = self.check == "all" or (self.check == "usual" and self.counts[0] + self.counts[1] > 0)
        if looked and side not in self.disordered and line < before:  # at the end it looks at the last again
            self.disordered.add(side)
            self.io.fail(f"comm: file {side + 1} is not in sorted order")
