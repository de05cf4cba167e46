"""What a verb returns: the text that kubectl prints, the objects behind it, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.answers import Request
from podlab.kubectl.commandline.forms import Forms, forms
from podlab.text import Text

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Output:
    """The outcome of one kubectl command.

    Attributes:
        stdout: what kubectl writes to its standard output, character for character.
        stderr: what it writes to its standard error (warnings, "No resources found").
        objects: the objects that the command read or wrote, as the API server sent them.
        command: the kubectl line, such as `kubectl get pods`.
        requests: the HTTP requests behind it.
        exit_code: kubectl's; a verb that fails raises, so this is 0 but for `exec` and `diff`.
        hint: what may be wrong although kubectl finds nothing wrong.
    """

    stdout: str = ""
    stderr: str = ""
    objects: Sequence[Object] = ()
    command: str = ""
    requests: Sequence[Request] = field(default=(), repr=False)
    exit_code: int = 0
    hint: Text | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return self.stdout

    def __repr__(self) -> str:
        shown = "\n".join(part.rstrip("\n") for part in (self.stderr, self.stdout) if part)
        told = f"\n→ {self.hint}" if self.hint else ""
        return f"$ {self.command}\n{shown}".rstrip("\n") + told

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def how(self) -> Forms:
        """The same action as a kubectl line, as HTTP requests and as a Python call, side by side."""
        return forms(self.command, self.requests)
