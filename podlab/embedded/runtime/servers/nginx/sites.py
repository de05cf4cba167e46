"""What a configuration means: the servers with their ports and names, and the location for a path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.servers.nginx.config import ConfigProblem, Directive


@dataclass(frozen=True, slots=True)
class Address:
    """What a `listen` says."""

    host: str
    port: int
    default: bool = False
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A location, or a whole server where none fits; the blocks around it, the innermost first."""

    block: Directive
    around: tuple[Directive, ...]
    prefix: str = ""

    def find(self, name: str) -> Directive | None:
        """The directive that holds here: the innermost block's that has one."""
        for block in (self.block, *self.around):
            if found := block.first(name):
                return found
        return None

    def every(self, name: str) -> list[Directive]:
        """All of a name from the innermost block that has any."""
        for block in (self.block, *self.around):
            if found := block.all(name):
                return found
        return []


@dataclass(frozen=True, slots=True)
class Server:
    """A `server` block."""

    block: Directive
    http: Directive
    addresses: tuple[Address, ...]
    names: tuple[str, ...]

    def fits(self, host: str) -> bool:
        """Whether one of its names is this."""
        return any(_named(name, host) for name in self.names)

    def location(self, path: str) -> Location:
        """The location for a path: an exact one, a regular expression's in order, or the longest prefix."""
        return _chosen(self.block.all("location"), path, (self.block, self.http)) or Location(self.block, (self.http,))


def _named(name: str, host: str) -> bool:
    if name.startswith("~"):
        return bool(patterns.compiled(name[1:], extended=True).search(host))
    if name.startswith("*."):
        return host.endswith(name[1:])
    return host == name.lstrip(".") or (name.startswith(".") and host.endswith(name))


def _chosen(blocks: list[Directive], path: str, around: tuple[Directive, ...]) -> Location | None:
    best: Directive | None = None
    for block in blocks:
        kind, wanted = (block.words[0], block.words[1]) if len(block.words) == 2 else ("", block.words[0])
        if kind == "=" and path == wanted:
            return Location(block, around, wanted)
        if kind in ("", "^~") and path.startswith(wanted) and (best is None or len(wanted) > len(best.words[-1])):
            best = block
    if best is None or best.words[0] != "^~":
        for block in blocks:
            if block.words[0] in ("~", "~*") and _expression(block).search(path):
                return _inner(block, path, around)
    return _inner(best, path, around) if best else None


def _inner(block: Directive, path: str, around: tuple[Directive, ...]) -> Location:
    nested = _chosen(block.all("location"), path, (block, *around))
    return nested or Location(block, around, "" if block.words[0].startswith("~") else block.words[-1])


def _expression(block: Directive) -> Any:
    return patterns.compiled(block.words[1], extended=True, ignore_case=block.words[0] == "~*")


@lru_cache(64)
def servers(config: Directive) -> tuple[Server, ...]:
    """The servers of a configuration. Raises ConfigProblem."""
    found: list[Server] = []
    for http in config.all("http"):
        for block in http.all("server"):
            given = [_address(directive) for directive in block.all("listen")] or [Address("", 80)]
            names = [name for directive in block.all("server_name") for name in directive.words]
            _check(block)
            found.append(Server(block, http, tuple(address for address in given if address), tuple(names)))
    _duplicates(found)
    if not config.all("events"):
        raise ConfigProblem('no "events" section in configuration')
    return tuple(found)


def _duplicates(found: list[Server]) -> None:
    for server in found:
        seen: set[str] = set()
        for directive in server.block.all("listen"):
            if directive.words[0] in seen:
                where = f"in {directive.file}:{directive.line}"
                raise ConfigProblem(f"a duplicate listen {_whole(directive.words[0])} {where}")
            seen.add(directive.words[0])


def _whole(text: str) -> str:
    return f"0.0.0.0:{text}" if text.isdecimal() else text


def _address(directive: Directive) -> Address | None:
    text, words = directive.words[0], directive.words[1:]
    where = f'in "{text}" of the "listen" directive in {directive.file}:{directive.line}'
    if text.startswith("unix:"):
        return None
    host, _, port = text.rpartition(":") if ":" in text.rpartition("]")[2] else (text, "", "")
    if text.isdecimal():
        host, port = "", text
    if (port and not port.isdecimal()) or not 0 < int(port or 80) < 65536:
        raise ConfigProblem(f"invalid port {where}")
    for word in words:
        if word.partition("=")[0] not in OPTIONS:
            raise ConfigProblem(f'invalid parameter "{word}" in {directive.file}:{directive.line}')
    if host and not host.startswith("[") and host not in ("*", "localhost") and not host.replace(".", "").isdecimal():
        raise ConfigProblem(f"host not found {where}")
    return Address(host.replace("*", ""), int(port or 80), "default_server" in words, "ssl" in words)


OPTIONS = frozenset(
    [
        "default_server", "ssl", "http2", "quic", "proxy_protocol", "reuseport", "backlog", "ipv6only", "so_keepalive",
        "deferred", "fastopen", "bind", "default",
    ]
)  # fmt: skip


def _check(block: Directive) -> None:
    """Expressions that cannot be read stop nginx at once."""
    for directive in block.inner:
        if directive.name == "location":
            if directive.words[0] in ("~", "~*") and len(directive.words) == 2:
                _compiles(directive.words[1], directive)
            elif len(directive.words) == 2 and directive.words[0] not in ("=", "^~"):
                where = f"in {directive.file}:{directive.line}"
                raise ConfigProblem(f'invalid location modifier "{directive.words[0]}" {where}')
            _check(directive)
        if directive.name == "return" and not directive.words[0].isdecimal() and len(directive.words) == 2:
            where = f"in {directive.file}:{directive.line}"
            raise ConfigProblem(f'invalid return code "{directive.words[0]}" {where}')


def _compiles(expression: str, directive: Directive) -> None:
    try:
        patterns.compiled(expression, extended=True)
    except patterns.BadPattern:
        where = f"in {directive.file}:{directive.line}"
        raise ConfigProblem(f'pcre2_compile() failed: invalid expression in "{expression}" {where}') from None
