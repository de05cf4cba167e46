"""Calls in an awk program: of functions that see or change variables, and `getline`."""

from __future__ import annotations

import math
import operator
import random
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from podlab.embedded.runtime.commands.text.awk.channels import Channels
from podlab.embedded.runtime.commands.text.awk.functions import NEED, PLAIN, formatted, replaced, strftime
from podlab.embedded.runtime.commands.text.awk.parser import Node
from podlab.embedded.runtime.commands.text.awk.records import Record, split
from podlab.embedded.runtime.commands.text.awk.values import Read, Value, number, text
from podlab.embedded.runtime.expressions.octets import narrow
from podlab.embedded.runtime.machine.stdio import Io


class Failed(Exception):
    """What a running program may not do: what awk says of it."""


class Running(Protocol):
    """What a call needs of the program that runs."""

    io: Io
    record: Record
    channels: Channels
    globals: dict[str, Any]
    lines: AsyncIterator[str] | None
    seed: float

    async def value(self, node: Node) -> Value:
        """What an expression comes to."""

    async def pattern(self, node: Node) -> Any:
        """The regular expression that an expression stands for."""

    async def store(self, target: Node, value: Value) -> Value:
        """Assign."""

    def array(self, name: str) -> dict[str, Value]:
        """An array."""

    def scope(self, name: str) -> dict[str, Any]:
        """Where a name belongs."""

    def read(self, line: str) -> None:
        """The next record."""


MATH = frozenset(["sin", "cos", "atan2", "exp", "log", "sqrt"])
"""Functions that busybox's awk has only where it was built with them; Debian's was not, nor with powers."""
NO_MATH = "Math support is not compiled in"


def reckoned(sign: str, left: float, right: float, *, busy: bool = False) -> float:
    """Arithmetic. Raises Failed for a division by zero and for a power in busybox; mawk's is infinite."""
    if sign == "^" and busy:
        raise Failed(NO_MATH)
    if sign in "/%" and right == 0:
        if busy:
            raise Failed("Division by zero")
        return math.copysign(math.inf, left) if sign == "/" and left else -math.nan
    try:
        found: Any = ARITHMETIC[sign](left, right)
    except (OverflowError, ValueError, ZeroDivisionError):
        return float("inf")
    return -math.nan if isinstance(found, complex) else float(found)


ARITHMETIC: Mapping[str, Callable[[float, float], Any]] = MappingProxyType(
    {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod,
        "^": operator.pow,
    }
)  # fmt: skip


async def call(awk: Running, name: str, arguments: tuple[Node, ...] | None) -> Value:
    """A function of awk's own. Raises Failed."""
    given = arguments or ()
    if len(given) < NEED.get(name, 0):
        raise Failed("Too few arguments")
    if name in ("sub", "gsub"):
        return await _substitute(awk, name == "gsub", given)
    if name == "split":
        return await _split(awk, given)
    if name == "match":
        return await _match(awk, given)
    if name == "length":
        return await _length(awk, given)
    words = [await awk.value(argument) for argument in given]
    if name in MATH and awk.io.busybox:
        raise Failed(NO_MATH)
    if name == "sprintf":
        return formatted(words)
    if name in ("system", "close", "fflush"):
        return float(await _outside(awk, name, words))
    if name == "systime":
        return float(int(awk.io.process.time))
    if name == "strftime":
        return strftime(words, awk.io.process.time)
    if name in ("rand", "srand"):
        return _chance(awk, name, words)
    if not words:
        raise Failed("Too few arguments")
    return PLAIN[name](words)


async def _outside(awk: Running, name: str, words: list[Value]) -> int:
    if name == "system":
        await awk.channels.finish()
        return await awk.channels.run(text(words[0]) if words else "")
    return await awk.channels.close(text(words[0])) if words and name == "close" else 0


def _chance(awk: Running, name: str, words: list[Value]) -> Value:
    if name == "srand":
        before, awk.seed = awk.seed, number(words[0]) if words else float(int(awk.io.process.time))
        awk.globals[" random"] = random.Random(awk.seed)
        return before
    source = awk.globals.setdefault(" random", random.Random(0))
    return float(source.random())


async def _length(awk: Running, given: tuple[Node, ...]) -> Value:
    if not given:
        return float(len(awk.record.line.encode(errors="surrogateescape")))
    if given[0].kind == "variable" and isinstance(found := awk.scope(given[0].parts[0]).get(given[0].parts[0]), dict):
        return float(len(found))
    return float(len(text(await awk.value(given[0])).encode(errors="surrogateescape")))


async def _substitute(awk: Running, everywhere: bool, given: tuple[Node, ...]) -> Value:
    pattern = await awk.pattern(given[0])
    replacement = text(await awk.value(given[1]))
    target = given[2] if len(given) > 2 else Node("field", (Node("number", ("0",)),))
    before, out, at, count = text(await awk.value(target)), list[str](), 0, 0
    for found in pattern.finditer(before):
        if count and not everywhere:
            break
        if found.start() == found.end() == at and count:
            continue
        out += [before[at : found.start()], replaced(found, replacement)]
        at, count = found.end(), count + 1
    if (count or awk.io.busybox) and target.kind in ("variable", "field", "element"):
        await awk.store(target, "".join(out) + before[at:])
    return float(count)


async def _split(awk: Running, given: tuple[Node, ...]) -> Value:
    whole = text(await awk.value(given[0]))
    separator = text(awk.globals["FS"])
    if len(given) > 2:
        separator = given[2].parts[0] if given[2].kind == "regex" else text(await awk.value(given[2]))
    if given[1].kind != "variable":
        raise Failed("split() needs an array")
    array = awk.array(given[1].parts[0])
    array.clear()
    array.update({str(at): Read(part) for at, part in enumerate(split(whole, separator), 1)})
    return float(len(array))


async def _match(awk: Running, given: tuple[Node, ...]) -> Value:
    whole = text(await awk.value(given[0]))
    found = (await awk.pattern(given[1])).search(whole)
    awk.globals["RSTART"] = float(len(narrow(whole[: found.start()])) + 1) if found else 0.0
    awk.globals["RLENGTH"] = float(len(narrow(found.group()))) if found else -1.0
    return float(awk.globals["RSTART"])


async def getline(awk: Running, redirect: str, source: Node | None, target: Node | None) -> Value:
    """The next line of the input, a file or a command: 1, 0 at the end, -1 where there is none."""
    if source is None:
        line = await anext(awk.lines, None) if awk.lines else None
    else:
        reader = await awk.channels.reader(redirect, text(await awk.value(source)))
        if reader is None:
            return -1.0
        data = await reader.line()
        line = data.decode(errors="replace").removesuffix("\n") if data else None
    if line is None:
        return 0.0
    if source is None or redirect == "|":
        awk.globals["NR"] = number(awk.globals["NR"]) + 1
    if target:
        await awk.store(target, Read(line))
    else:
        awk.record.read(line, text(awk.globals["FS"]))
    return 1.0


async def argument(awk: Running, node: Node, body: Node, parameter: str) -> Any:
    """What a function of the program gets: an array itself, else a value."""
    if node.kind == "variable":
        name = node.parts[0]
        if isinstance(awk.scope(name).get(name), dict) or (
            awk.scope(name).get(name) is None and _indexed(body, parameter)
        ):
            return awk.array(name)
    return await awk.value(node)


def _indexed(node: Any, name: str) -> bool:
    """Whether a function uses a parameter as an array."""
    if isinstance(node, tuple):
        return any(_indexed(part, name) for part in node)
    if not isinstance(node, Node):
        return False
    arrays = {"element": 0, "delete": 0, "for in": 1, "in": 1}
    if node.kind in arrays and node.parts[arrays[node.kind]] == name:
        return True
    if node.kind == "call" and node.parts[0] == "split" and Node("variable", (name,)) in node.parts[1][1:2]:
        return True
    return any(_indexed(part, name) for part in node.parts)
