"""A request on its way through nginx's configuration, and the page that it comes to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location, Server

BUILT_IN = "/usr/share/nginx/html"
"""Where nginx's own relative paths begin."""
CYCLES = 10
"""Changes of a request's path after which nginx gives up."""
VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


class Complain(Protocol):
    """Writes what is wrong with a request to the error log."""

    def __call__(self, text: str, level: str = "error") -> None:
        """Write a line."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered before the usual headers are put before it.

    An empty body of 300 and above stands for nginx's own page, unless it is `plain`; a `file` has a time and ranges.
    """

    status: int
    body: bytes = b""
    media_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    plain: bool = False
    file: bool = False
    chunked: bool = False
    modified: float = 0.0
    passed: bool = False


@dataclass(slots=True)
class Asked:
    """A request on its way: what `rewrite`, `set` and redirects within the server change."""

    process: Process
    server: Server
    upstreams: dict[str, list[str]]
    request: Request
    path: str
    args: str
    complain: Complain
    location: Location
    port: int = 80
    count: int = 1
    cycles: int = CYCLES
    inner: bool = False
    failed: bool = False
    status: int = 0
    closing: bool = False
    match: Any = None
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    turns: dict[str, float] = field(default_factory=dict)
    buckets: Any = None
    limited: bool = False
    look: Callable[[Asked, str], str] = lambda asked, name: ""

    def variable(self, name: str) -> str:
        """The value of `$name`."""
        return self.look(self, name)

    def filled(self, text: str) -> str:
        """A text with its variables' values."""
        return VARIABLE.sub(lambda found: self.variable(found[1] or found[2]), text)

    def matched(self, match: Any) -> None:
        """An expression's groups are variables from now on."""
        self.match = match
        self.names.update({key: value or "" for key, value in match.groupdict().items()})

    def as_get(self) -> None:
        """What follows is asked for with GET, as pages of errors are."""
        if self.request.method != "HEAD":
            self.request = replace(self.request, method="GET")
