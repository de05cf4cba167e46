"""What nginx's configuration is made of: directives in scopes, and what is said of one that cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class ConfigProblem(Exception):
    """What nginx says of a configuration that it does not take."""


class LateProblem(ConfigProblem):
    """What is found when the configuration has been read, and its syntax is said to be right."""


class Directive(NamedTuple):
    """One directive with its arguments and, for a block, what is in it."""

    name: str
    words: tuple[str, ...]
    file: str
    line: int
    inner: tuple[Directive, ...] = ()

    @property
    def where(self) -> str:
        """Its place, as complaints end with it."""
        return f"in {self.file}:{self.line}"

    def all(self, name: str) -> list[Directive]:
        """The directives of a name in its block."""
        return [directive for directive in self.inner if directive.name == name]

    def first(self, name: str) -> Directive | None:
        """The first of a name in its block."""
        return next(iter(self.all(name)), None)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a directive: its contexts, the fewest and the most arguments, whether a block follows, of what
    kind its value is ("" is any), and whether one block may have it more than once."""

    contexts: str
    least: int
    most: int
    opens: bool = False
    kind: str = ""
    many: bool = True


@dataclass(slots=True)
class Scope:
    """A block while it is read: its context, the directive that opened it, and the directives that it has so far."""

    context: str
    opened: Directive | None = None
    outer: Scope | None = None
    seen: dict[str, Directive] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)

    def inner(self, opened: Directive, context: str) -> Scope:
        """A block within this one."""
        return Scope(context, opened, self)

    def http(self) -> Scope:
        """The `http` block around this one, or the outermost."""
        scope = self
        while scope.outer is not None and not (scope.opened and scope.opened.name == "http"):
            scope = scope.outer
        return scope

    def once(self, kind: str, name: str) -> bool:
        """Whether a name of a kind is new here; it is known from now on."""
        known = self.names.setdefault(kind, set())
        new = name not in known
        known.add(name)
        return new
