"""What a configuration means: the servers with their ports and names, and the location for a path.

Upstream: src/http/ngx_http.c, src/http/ngx_http_core_module.c (ngx_http_core_find_location) of github.com/nginx/nginx
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, Directive
from podlab.embedded.runtime.servers.nginx.configuration.listening import Address, address


@dataclass(frozen=True, slots=True)
class Location:
    """A location, or a whole server where none fits; the blocks around it, the innermost first; what it matched."""

    block: Directive
    around: tuple[Directive, ...]
    prefix: str = ""
    match: Any = None

    def find(self, name: str) -> Directive | None:
        """The directive that holds here: the innermost block's that has one."""
        for block in (self.block, *self.around):
            if found := block.first(name):
                return found
        return None

    def every(self, *names: str) -> list[Directive]:
        """All of some names from the innermost block that has any."""
        for block in (self.block, *self.around):
            if found := [one for one in block.inner if one.name in names]:
                return found
        return []

    def on(self, name: str, usual: bool = False) -> bool:
        """Whether a flag is set here."""
        found = self.find(name)
        return found.words[0] != "off" if found else usual

    def word(self, name: str, usual: str = "") -> str:
        """The first word of a directive."""
        found = self.find(name)
        return found.words[0] if found else usual

    def within(self, block: Directive) -> Location:
        """The same with a block of it that holds for this request, such as that of an `if`."""
        return Location(block, (self.block, *self.around), self.prefix, self.match)

    @property
    def pattern(self) -> bool:
        """Whether it is given by a regular expression."""
        return self.block.name == "location" and self.block.words[0].startswith("~")


@dataclass(frozen=True, slots=True)
class Server:
    """A `server` block."""

    block: Directive
    http: Directive
    addresses: tuple[Address, ...]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """As the log and redirects call it."""
        return next(iter(self.names), "").removeprefix("~").removeprefix(".")

    def location(self, path: str) -> Location:
        """The location for a path: an exact one, a regular expression's in order, or the longest prefix."""
        found, _ = _found(self.block, path, (self.block, self.http))
        return found or Location(self.block, (self.http,))

    def named(self, name: str) -> Location | None:
        """The location of a name that begins with `@`."""
        found = next((one for one in self.block.all("location") if one.words == (name,)), None)
        return Location(found, (self.block, self.http)) if found else None


def chosen(servers: Iterable[Server], port: int, host: str) -> tuple[Server | None, Any]:
    """(the server that answers a name on a port, what its expression matched).

    Upstream: ngx_http_find_virtual_server
    """
    here = [one for one in servers if not port or any(address.port == port for address in one.addresses)]
    fits = [
        (rank, -len(name), n, one) for n, one in enumerate(here) for name in one.names if (rank := _rank(name, host))
    ]
    if fits:
        return min(fits, key=lambda fit: fit[:3])[3], None
    for one in here:
        for name in one.names:
            if name.startswith("~") and (match := patterns.perl(re_of(name[1:])).search(host)):
                return one, match
    marked = next((s for s in here if any(one.port == port and one.default for one in s.addresses)), None)
    return marked or (here[0] if here else None), None


def _rank(name: str, host: str) -> int:
    """1 for the name itself, 2 for one that ends so, 3 for one that begins so, 0 for another."""
    name = name.lower()
    if name.startswith("~"):
        return 0
    if host == name or (name.startswith(".") and host == name[1:]):
        return 1
    if name.startswith(("*.", ".")) and host.endswith(name.lstrip("*")):
        return 2
    return 3 if name.endswith(".*") and host.startswith(name[:-1]) else 0


def re_of(expression: str) -> str:
    """An expression of nginx's (PCRE) as ours reads it."""
    return expression.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")


def _found(outer: Directive, path: str, around: tuple[Directive, ...]) -> tuple[Location | None, bool]:
    """(the location within a block, whether that is final: an exact one or an expression's)."""
    best: Directive | None = None
    for block in (blocks := outer.all("location")):
        kind, wanted = (block.words[0], block.words[1]) if len(block.words) == 2 else ("", block.words[0])
        if kind == "=" and path == wanted:
            return Location(block, around, wanted), True
        longer = best is None or len(wanted) > len(best.words[-1])
        if kind in ("", "^~") and (path.startswith(wanted) or _slashless(block, wanted, path)) and longer:
            best = block
    found = Location(best, around, best.words[-1]) if best else None
    if best:
        nested, final = _found(best, path, (best, *around))
        if nested and final:
            return nested, True
        found = nested or found
    if best is None or best.words[0] != "^~":
        for block in blocks:
            if block.words[0] in ("~", "~*") and (match := _expression(block).search(path)):
                nested, _ = _found(block, path, (block, *around))
                return nested or Location(block, around, "", match), True
    return found, False


def _slashless(block: Directive, wanted: str, path: str) -> bool:
    """What passes requests on takes its own path without the last slash, to send the client there."""
    return wanted == f"{path}/" and block.first("proxy_pass") is not None


def _expression(block: Directive) -> Any:
    return patterns.perl(re_of(block.words[1]), ignore_case=block.words[0] == "~*")


@lru_cache(64)
def servers(config: Directive) -> tuple[Server, ...]:
    """The servers of a configuration. Raises ConfigProblem."""
    found: list[Server] = []
    for http in config.all("http"):
        for block in http.all("server"):
            given = [address(directive) for directive in block.all("listen")] or [Address("", 80)]
            names = [name for directive in block.all("server_name") for name in directive.words]
            found.append(Server(block, http, tuple(address for address in given if address), tuple(names)))
    for server in found:
        certified = server.block.first("ssl_certificate") or server.http.first("ssl_certificate")
        if any(one.tls for one in server.addresses) and not certified:
            what = 'no "ssl_certificate" is defined for the "listen ... ssl" directive'
            raise ConfigProblem(f"{what} {server.block.where}")
    for server in found:
        _different(server.block)
    return tuple(found)


def _different(block: Directive) -> None:
    """No two locations are alike."""
    seen: set[tuple[str, str]] = set()
    for location in block.all("location"):
        kind = location.words[0] if len(location.words) == 2 else ""
        key = ("=" if kind == "=" else "", location.words[-1])
        if not kind.startswith("~"):
            if key in seen:
                raise ConfigProblem(f'duplicate location "{location.words[-1]}" {location.where}')
            seen.add(key)
        _different(location)


def conflicts(found: Iterable[Server]) -> list[str]:
    """Warnings of names that two servers have on one address."""
    seen: set[tuple[str, str]] = set()
    warnings = []
    for server in found:
        for one in server.addresses:
            for name in server.names or ("",):
                if (one.text, name) in seen:
                    warnings.append(f'conflicting server name "{name}" on {one.text}, ignored')
                seen.add((one.text, name))
    return warnings
