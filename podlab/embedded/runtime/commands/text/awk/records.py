"""awk's record and its fields: each changes when the other does."""

from __future__ import annotations

from podlab.embedded.runtime.commands.text.awk.values import Read
from podlab.embedded.runtime.expressions import patterns

MOST_FIELDS = 10**5


def split(line: str, separator: str, program: str = "mawk") -> list[str]:
    """The fields of a line: by white space, by one character, or by a regular expression. Raises BadPattern."""
    if separator == " ":
        return line.split()
    if not line:
        return []
    if separator == "":
        return list(line)
    if len(separator) == 1 and separator != "|":
        return line.split(separator)
    if separator == "|":
        return line.split("|")
    fields, at = [], 0
    for match in patterns.compiled(separator, extended=True, program=program).finditer(line):
        if match.end() > match.start():
            fields.append(line[at : match.start()])
            at = match.end()
    return [*fields, line[at:]]


class Given(str):
    """A field that a text was assigned to: it compares as a text."""

    __slots__ = ()


class Record:
    """`$0` and its fields."""

    def __init__(self) -> None:
        self.line: str = Read("")
        self.fields = list[str]()

    def read(self, line: str, separator: str) -> None:
        """A new record."""
        self.line = Read(line)
        self.fields = split(line, separator)

    def get(self, index: int) -> str | None:
        """A field; None beyond the last."""
        if index == 0:
            return self.line
        if index > len(self.fields):
            return None
        field = self.fields[index - 1]
        return str(field) if isinstance(field, Given) else Read(field)

    def put(self, index: int, value: str, separator: str, joiner: str, *, given: bool = False) -> None:
        """Change a field, or with 0 the whole; a text that a program has `given` is no number."""
        if index == 0:
            self.read(value, separator)
            self.line = value if given else self.line
            return
        if index > MOST_FIELDS:
            raise ValueError(f"trying to access out of range field {index}")
        self.fields += [""] * (index - len(self.fields))
        self.fields[index - 1] = Given(value) if given else value
        self.line = Read(joiner.join(self.fields))

    def resize(self, count: int, joiner: str) -> None:
        """Assign to NF."""
        self.fields = self.fields[:count] + [""] * (min(count, MOST_FIELDS) - len(self.fields))
        self.line = Read(joiner.join(self.fields))
