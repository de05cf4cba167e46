"""Carries out an awk program: what a node says becomes a value or a deed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.commands.text.awk import calls
from podlab.embedded.runtime.commands.text.awk.channels import Channels
from podlab.embedded.runtime.commands.text.awk.functions import fault, formatted
from podlab.embedded.runtime.commands.text.awk.ordering import ordered
from podlab.embedded.runtime.commands.text.awk.parser import Node, Program
from podlab.embedded.runtime.commands.text.awk.records import Record
from podlab.embedded.runtime.commands.text.awk.values import Read, Value, compare, number, text, true
from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io

Array = dict[str, Value]
Reader = AsyncIterator[str]
BREATH = 100
"""Rounds of loops after which time passes, so that no program keeps the server busy."""
DEPTH = 2000
"""Functions inside one another."""
STACK = 20
"""Those that Python's own stack has room for: what is deeper runs on another one."""
MOST = 2**31 - 1
"""The largest whole number that mawk prints as one."""


class Jump(Exception):
    """break, continue, next, nextfile, exit or return, on its way to where it leads."""

    def __init__(self, kind: str, value: Value = None) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


class Awk:
    """A running program: variables, the record, open files."""

    def __init__(self, io: Io, program: Program, variables: Mapping[str, str]) -> None:
        self.io, self.program, self.record, self.channels = io, program, Record(), Channels(io)
        self.globals: dict[str, Any] = {"FS": " ", "OFS": " ", "ORS": "\n", "RS": "\n", "SUBSEP": "\x1c", "NR": 0.0}
        self.globals |= {"CONVFMT": "%.6g", "OFMT": "%.6g", "FNR": 0.0, "RSTART": 0.0, "RLENGTH": -1.0}
        self.globals |= {"ENVIRON": {key: Read(value) for key, value in (io.env or io.process.env).items()}}
        self.globals |= {key: Read(value) for key, value in variables.items()}
        self.frames: list[dict[str, Any]] = []
        self.inside: set[int] = set()
        self.lines: Reader | None = None
        self.steps, self.seed = 0, 0.0
        self.skips = False  # whether the rest of a file is not to be read

    # Running

    async def run(self, lines: Reader) -> int:
        """From BEGIN to END; returns the exit code."""
        self.lines, code = lines, 0
        try:
            try:
                await self._blocks(self.program.begin)
                if self.program.rules or self.program.end:
                    await self._records(lines)
            except Jump as jump:
                if jump.kind != "exit":
                    raise
                code = int(number(jump.value)) & 255
                if not self.program.end or self.globals.get(" in END"):
                    return code
            try:
                await self._blocks(self.program.end)
            except Jump as jump:
                code = code if jump.value is None else int(number(jump.value)) & 255
            return code
        finally:
            await self.channels.finish()

    async def _blocks(self, blocks: list[Node]) -> None:
        for block in blocks:
            await self.do(block)

    async def _records(self, lines: Reader) -> None:
        async for line in lines:
            self.read(line)
            await self.breathe()
            try:
                for index, (conditions, action) in enumerate(self.program.rules):
                    if await self._fits(index, conditions):
                        await self.do(action)
            except Jump as jump:
                if jump.kind not in ("next", "nextfile"):
                    raise
                self.skips = jump.kind == "nextfile"

    def read(self, line: str) -> None:
        """The next record."""
        self.record.read(line, text(self.globals["FS"]))
        self.globals["NR"] = number(self.globals["NR"]) + 1
        self.globals["FNR"] = number(self.globals["FNR"]) + 1

    async def _fits(self, index: int, conditions: tuple[Node, ...]) -> bool:
        if len(conditions) < 2:
            return not conditions or true(await self.value(conditions[0]))
        if index not in self.inside:
            if not true(await self.value(conditions[0])):
                return False
            self.inside.add(index)
        if true(await self.value(conditions[1])):
            self.inside.discard(index)
        return True

    async def breathe(self) -> None:
        """Let time pass now and then."""
        self.steps += 1
        if self.steps % BREATH == 0:
            await self.io.process.work()
            await asyncio.sleep(0)

    # Statements

    async def do(self, node: Node) -> None:
        """Carry out a statement."""
        if node.kind == "block":
            for part in node.parts:
                await self.do(part)
        elif node.kind == "expression":
            await self.value(node.parts[0])
        elif node.kind in STATEMENTS:
            await STATEMENTS[node.kind](self, *node.parts)
        else:
            given = node.parts[0] if node.parts else None
            raise Jump(node.kind, await self.value(given) if given else None)

    async def _print(self, values: tuple[Node, ...], redirect: str, target: Node | None) -> None:
        shown = [self.text(await self.value(value), "OFMT") for value in values]
        line = text(self.globals["OFS"]).join(shown) if values else self.record.line
        await self._out(line + text(self.globals["ORS"]), redirect, target)

    async def _printf(self, values: tuple[Node, ...], redirect: str, target: Node | None) -> None:
        words = [await self.value(value) for value in values]
        before, wrong = ("", "") if self.io.busybox else fault(words)
        await self._out(before if wrong else formatted(words), redirect, target)
        if wrong:
            place = f'FILENAME="{text(self.globals.get("FILENAME"))}" FNR={text(self.globals["FNR"])}'
            raise calls.Failed(f"run time error: {wrong}\n\t{place} NR={text(self.globals['NR'])}")

    async def _out(self, written: str, redirect: str, target: Node | None) -> None:
        name = text(await self.value(target)) if target else ""
        try:
            self.channels.write(redirect, name, written.encode(errors="surrogateescape"))
        except FileError as error:
            raise calls.Failed(
                f'cannot open "{name}" for output ({error})' if not self.io.busybox else str(error)
            ) from None

    async def _if(self, condition: Node, then: Node, otherwise: Node | None) -> None:
        if true(await self.value(condition)):
            await self.do(then)
        elif otherwise:
            await self.do(otherwise)

    async def _round(self, body: Node) -> bool:
        """One round of a loop; whether there may be another."""
        await self.breathe()
        try:
            await self.do(body)
        except Jump as jump:
            if jump.kind not in ("break", "continue"):
                raise
            return jump.kind == "continue"
        return True

    async def _while(self, condition: Node, body: Node) -> None:
        while true(await self.value(condition)) and await self._round(body):
            pass

    async def _do(self, body: Node, condition: Node) -> None:
        while await self._round(body) and true(await self.value(condition)):
            pass

    async def _for(self, first: Node | None, condition: Node | None, step: Node | None, body: Node) -> None:
        if first:
            await self.do(first)
        while (condition is None or true(await self.value(condition))) and await self._round(body):
            if step:
                await self.do(step)

    async def _for_in(self, name: str, array: str, body: Node) -> None:
        for key in ordered(self.array(array), busy=self.io.busybox):
            self.assign(name, Read(key))
            if not await self._round(body):
                break

    async def _delete(self, name: str, keys: tuple[Node, ...] | None) -> None:
        if keys is None:
            self.array(name).clear()
        else:
            self.array(name).pop(await self.key(keys), None)

    # Variables

    def scope(self, name: str) -> dict[str, Any]:
        """Where a name belongs: to the function that runs, or to all."""
        return self.frames[-1] if self.frames and name in self.frames[-1] else self.globals

    def array(self, name: str) -> Array:
        """The array of a name."""
        scope = self.scope(name)
        if not isinstance(scope.get(name), dict):
            scope[name] = {}
        found: Array = scope[name]
        return found

    def get(self, name: str) -> Value:
        """A variable's value."""
        if name == "NF":
            return float(len(self.record.fields))
        found = self.scope(name).get(name)
        return None if isinstance(found, dict) else found

    def assign(self, name: str, value: Value) -> None:
        """Give a variable a value."""
        if name == "NF":
            self.record.resize(max(0, int(number(value))), text(self.globals["OFS"]))
        else:
            self.scope(name)[name] = value

    def text(self, value: Value, form: str) -> str:
        """What a value looks like by OFMT or CONVFMT: to mawk, whole numbers end where 32 bits do."""
        shape = text(self.globals[form])
        large = isinstance(value, float) and MOST < abs(value) < float("inf")
        return formatted([shape, value]) if large and not self.io.busybox else text(value, shape)

    async def key(self, keys: tuple[Node, ...]) -> str:
        """The text that an array is asked with."""
        return text(self.globals["SUBSEP"]).join([text(await self.value(key)) for key in keys])

    async def store(self, target: Node, value: Value) -> Value:
        """Assign to a variable, a field or an element."""
        if target.kind == "variable":
            self.assign(target.parts[0], value)
        elif target.kind == "element":
            self.array(target.parts[0])[await self.key(target.parts[1])] = value
        else:
            index = int(number(await self.value(target.parts[0])))
            given = isinstance(value, str) and not isinstance(value, Read)
            self.record.put(index, text(value), text(self.globals["FS"]), text(self.globals["OFS"]), given=given)
        return value

    # Expressions

    async def value(self, node: Node) -> Value:
        """What an expression comes to."""
        return await EXPRESSIONS[node.kind](self, *node.parts)

    async def pattern(self, node: Node) -> Any:
        """The regular expression that an expression is or has as its value. Raises BadPattern."""
        written = node.parts[0] if node.kind == "regex" else text(await self.value(node))
        return patterns.compiled(written, extended=True, program="awk" if self.io.busybox else "mawk")

    async def _number(self, written: str) -> Value:
        return float(int(written, 16)) if written[:2] in ("0x", "0X") else float(written)

    async def _string(self, written: str) -> Value:
        return written

    async def _regex(self, written: str) -> Value:
        return float(
            bool(
                patterns.compiled(written, extended=True, program="awk" if self.io.busybox else "mawk").search(
                    self.record.line
                )
            )
        )

    async def _field(self, index: Node) -> Value:
        return self.record.get(max(0, int(number(await self.value(index)))))

    async def _variable(self, name: str) -> Value:
        return self.get(name)

    async def _element(self, name: str, keys: tuple[Node, ...]) -> Value:
        array, key = self.array(name), await self.key(keys)
        if not self.io.busybox and key in array:  # mawk puts what it has found before the others of its slot
            array[key] = array.pop(key)
        return array.setdefault(key, None)

    async def _group(self, inner: Node) -> Value:
        return await self.value(inner)

    async def _assign(self, operator: str, target: Node, given: Node) -> Value:
        value = await self.value(given)
        if operator:
            value = calls.reckoned(operator, number(await self.value(target)), number(value), busy=self.io.busybox)
        return await self.store(target, value)

    async def _choose(self, condition: Node, then: Node, otherwise: Node) -> Value:
        return await self.value(then if true(await self.value(condition)) else otherwise)

    async def _or(self, left: Node, right: Node) -> Value:
        return float(true(await self.value(left)) or true(await self.value(right)))

    async def _and(self, left: Node, right: Node) -> Value:
        return float(true(await self.value(left)) and true(await self.value(right)))

    async def _in(self, keys: tuple[Node, ...], name: str) -> Value:
        return float(await self.key(keys) in self.array(name))

    async def _match(self, negated: bool, left: Node, right: Node) -> Value:
        found = (await self.pattern(right)).search(text(await self.value(left)))
        return float(bool(found) != negated)

    async def _compare(self, operator: str, left: Node, right: Node) -> Value:
        order = compare(await self.value(left), await self.value(right))
        return float({"<": order < 0, "<=": order <= 0, "==": order == 0}.get(operator, _other(operator, order)))

    async def _join(self, left: Node, right: Node) -> Value:
        return self.text(await self.value(left), "CONVFMT") + self.text(await self.value(right), "CONVFMT")

    async def _reckon(self, operator: str, left: Node, right: Node) -> Value:
        return calls.reckoned(
            operator, number(await self.value(left)), number(await self.value(right)), busy=self.io.busybox
        )

    async def _not(self, inner: Node) -> Value:
        return float(not true(await self.value(inner)))

    async def _sign(self, sign: str, inner: Node) -> Value:
        found = number(await self.value(inner))
        return -found if sign == "-" else found

    async def _count(self, operator: str, target: Node, first: bool) -> Value:
        before = number(await self.value(target))
        after = before + (1 if operator == "++" else -1)
        await self.store(target, after)
        return after if first else before

    async def _call(self, name: str, arguments: tuple[Node, ...] | None) -> Value:
        return await calls.call(self, name, arguments)

    async def _user(self, name: str, arguments: tuple[Node, ...]) -> Value:
        if len(self.frames) > DEPTH:
            raise calls.Failed("function call nesting too deep")
        if name not in self.program.functions:
            raise calls.Failed("Call to undefined function")
        names, body = self.program.functions[name]
        frame: dict[str, Any] = dict.fromkeys(names)
        for parameter, given in zip(names, arguments, strict=False):
            frame[parameter] = await calls.argument(self, given, body, parameter)
        self.frames.append(frame)
        try:
            deed = self.do(body)
            await (deed if len(self.frames) % STACK else asyncio.ensure_future(deed))
        except Jump as jump:
            if jump.kind != "return":
                raise
            return jump.value
        finally:
            self.frames.pop()
        return None

    async def _getline(self, redirect: str, source: Node | None, target: Node | None) -> Value:
        return await calls.getline(self, redirect, source, target)

    async def _tuple(self, *parts: Node) -> Value:
        return await self.key(parts)


def _other(operator: str, order: int) -> bool:
    return {"!=": order != 0, ">": order > 0, ">=": order >= 0}.get(operator, False)


STATEMENTS: Mapping[str, Callable[..., Awaitable[None]]] = MappingProxyType(
    {
        "print": Awk._print, "printf": Awk._printf, "if": Awk._if, "while": Awk._while, "do": Awk._do,
        "for": Awk._for, "for in": Awk._for_in, "delete": Awk._delete,
    }
)  # fmt: skip
EXPRESSIONS: Mapping[str, Callable[..., Awaitable[Value]]] = MappingProxyType(
    {
        "number": Awk._number, "string": Awk._string, "regex": Awk._regex, "field": Awk._field,
        "variable": Awk._variable, "element": Awk._element, "group": Awk._group, "assign": Awk._assign,
        "choose": Awk._choose, "or": Awk._or, "and": Awk._and, "in": Awk._in, "match": Awk._match,
        "compare": Awk._compare, "join": Awk._join, "reckon": Awk._reckon, "not": Awk._not, "sign": Awk._sign,
        "count": Awk._count, "call": Awk._call, "user": Awk._user, "getline": Awk._getline, "tuple": Awk._tuple,
    }
)  # fmt: skip
