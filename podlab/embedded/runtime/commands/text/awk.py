"""A small part of awk: `[PATTERN] { print … }` rules with fields, variables NR, NF, FS, and simple comparisons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.machine.stdio import Io, inputs

RULE = re.compile(r"\s*(?P<pattern>(?:/(?:[^/\\]|\\.)*/|[^{}/])*)(?:\{(?P<action>[^{}]*)\})?")
TOKEN = re.compile(r'\s*(?P<token>"(?:[^"\\]|\\.)*"|\$?\w+|\$NF|,|[-+*/%()]|\S)')
COMPARISON = re.compile(r'\s*(\$?\w+)\s*(==|!=|>=|<=|>|<|!~|~)\s*("[^"]*"|/(?:[^/\\]|\\.)*/|\$?[\w.]+)\s*')


class BadProgram(ValueError):
    """A program that is not supported here."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record with its number and what variables hold."""

    line: str
    fields: list[str]
    number: int
    variables: dict[str, str]

    def value(self, word: str) -> str:
        """A field, a variable or a literal."""
        if word.startswith('"'):
            return word[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t")
        if word.startswith("$"):
            index = self.value(word[1:])
            at = int(index) if index.isdecimal() else 0
            return self.line if at == 0 else self.fields[at - 1] if at <= len(self.fields) else ""
        if word[0].isdigit():
            return word
        return {"NR": str(self.number), "NF": str(len(self.fields))}.get(word, self.variables.get(word, ""))


def rules(program: str) -> list[tuple[str, str | None]]:
    """(pattern, action) of each rule. Raises BadProgram."""
    found, at = [], 0
    while program[at:].strip(" \n;"):
        match = RULE.match(program, at)
        if not match or match.end() == at:
            raise BadProgram(program[at:])
        found.append((match["pattern"].strip(), match["action"]))
        at = match.end()
    return found


def matches(pattern: str, row: Row) -> bool:
    """Whether a rule is for a record. Raises BadProgram and BadPattern."""
    if not pattern:
        return True
    for joint, combine in (("||", any), ("&&", all)):
        if joint in pattern:
            return combine(matches(part.strip(), row) for part in pattern.split(joint))
    if pattern.startswith("!"):
        return not matches(pattern[1:], row)
    if pattern.startswith("/"):
        return bool(patterns.compiled(pattern[1:-1], extended=True).search(row.line))
    if found := COMPARISON.fullmatch(pattern):
        return _compared(row, *found.groups())
    if re.fullmatch(r"\$?\w+", pattern):
        return row.value(pattern) not in ("", "0")
    raise BadProgram(pattern)


def _compared(row: Row, left: str, operator: str, right: str) -> bool:
    if operator in ("~", "!~"):
        text = right[1:-1] if right[0] in '/"' else row.value(right)
        return bool(patterns.compiled(text, extended=True).search(row.value(left))) == (operator == "~")
    a: Any = row.value(left)
    b: Any = row.value(right)
    if _number(a) is not None and _number(b) is not None:
        a, b = _number(a), _number(b)
    if type(a) is not type(b):
        a, b = str(a), str(b)
    return bool({"==": a == b, "!=": a != b, ">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b}[operator])


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", text) else None


def act(action: str | None, row: Row) -> str:
    """What an action prints. Raises BadProgram."""
    out = []
    for statement in ["print"] if action is None else re.split(r'[;\n](?=(?:[^"]*"[^"]*")*[^"]*$)', action):
        statement = statement.strip()
        if assigned := re.fullmatch(r'(\w+)\s*(\+?=)\s*("[^"]*"|\$?[\w.]+)|(\w+)\+\+', statement):
            _assign(assigned, row)
        elif re.match(r"print\b", statement):
            out.append(_printed(statement[5:], row) + "\n")
        elif statement:
            raise BadProgram(statement)
    return "".join(out)


def _assign(found: re.Match[str], row: Row) -> None:
    name, operator, value = found[1] or found[4], found[2] or "+=", found[3] or "1"
    new = row.value(value)
    if operator == "+=":
        total = (_number(row.variables.get(name, "")) or 0) + (_number(new) or 0)
        new = f"{total:g}" if total != int(total) else str(int(total))
    row.variables[name] = new


def _printed(arguments: str, row: Row) -> str:
    tokens = [match["token"] for match in TOKEN.finditer(arguments)]
    if not tokens:
        return row.line
    parts, separator = [""], row.variables.get("OFS", " ")
    for token in tokens:
        if token == ",":
            parts.append("")
        elif re.fullmatch(r'\$?\w+|"(?:[^"\\]|\\.)*"', token):
            parts[-1] += row.value(token)
        elif token not in "()":
            raise BadProgram(arguments)
    return separator.join(parts)


async def awk(io: Io, words: list[str]) -> int:
    """`awk [-F SEPARATOR] [-v NAME=VALUE] PROGRAM [FILE]…`"""
    separator, variables, rest = _options(words)
    if not rest:
        return io.fail("Usage: awk [Options] [Program] [file ...]", 2)
    found, failed = await inputs(io, "awk", rest[1:])
    lines = b"".join(data for _, data in found).decode(errors="replace").splitlines()
    try:
        io.out("".join(_run(rules(rest[0]), lines, separator, variables)).encode())
    except BadProgram as error:
        return io.fail(f"awk: line 1: syntax error at or near {str(error).strip()[:20]}", 2)
    except patterns.BadPattern:
        return io.fail("awk: line 1: regular expression compile failed", 2)
    return 2 if failed else 0


def _run(program: list[tuple[str, str | None]], lines: list[str], separator: str, variables: dict[str, str]) -> Any:
    end = Row("", [], len(lines), variables)
    yield from (act(action, end) for pattern, action in program if pattern == "BEGIN")
    separator = variables.get("FS", separator)
    for number, line in enumerate(lines, 1):
        row = Row(line, _split(line, separator), number, variables)
        for pattern, action in program:
            if pattern not in ("BEGIN", "END") and matches(pattern, row):
                yield act(action, row)
    yield from (act(action, end) for pattern, action in program if pattern == "END")


def _split(line: str, separator: str) -> list[str]:
    if separator == " ":
        return line.split()
    if len(separator) == 1:
        return line.split(separator)
    fields, at = [], 0
    for match in patterns.compiled(separator, extended=True).finditer(line):
        fields.append(line[at : match.start()])
        at = match.end()
    return [*fields, line[at:]]


def _options(words: list[str]) -> tuple[str, dict[str, str], list[str]]:
    separator, variables, words = " ", {}, list(words)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)
        value = word[2:] or (words.pop(0) if words else "")
        if word.startswith("-F"):
            separator = {"t": "\t", "\\t": "\t"}.get(value, value)
        elif word.startswith("-v"):
            variables[value.partition("=")[0]] = value.partition("=")[2]
    return separator, variables, words
