"""What `listen` says: the address, the port, its options; and who of several servers may not say so."""

from __future__ import annotations

from dataclasses import dataclass

from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, Directive, Scope

OPTIONS = frozenset(
    [
        "default_server", "ssl", "http2", "quic", "proxy_protocol", "reuseport", "backlog", "ipv6only", "so_keepalive",
        "deferred", "fastopen", "bind", "default", "rcvbuf", "sndbuf", "setfib", "accept_filter",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """What a `listen` says."""

    host: str
    port: int
    default: bool = False
    tls: bool = False

    @property
    def text(self) -> str:
        """As complaints name it."""
        return f"{self.host or '0.0.0.0'}:{self.port}"


def address(directive: Directive) -> Address | None:
    """The address of a `listen`; None of a socket in the file system. Raises ConfigProblem."""
    text, words = directive.words[0], directive.words[1:]
    if text.startswith("unix:"):
        return None
    where = f'in "{text}" of the "listen" directive {directive.where}'
    host, colon, port = text.rpartition(":") if ":" in text.rpartition("]")[2] else (text, "", "")
    if text.isdecimal():
        host, port = "", text
    if colon and not host:
        raise ConfigProblem(f"no host {where}")
    if (port and not port.isdecimal()) or not 0 < int(port or 80) < 65536:
        raise ConfigProblem(f"invalid port {where}")
    if host and not host.startswith("[") and host not in ("*", "localhost") and not host.replace(".", "").isdecimal():
        raise ConfigProblem(f"host not found {where}")
    for word in words:
        if word.partition("=")[0] not in OPTIONS:
            raise ConfigProblem(f'invalid parameter "{word}" {directive.where}')
    return Address(host.replace("*", ""), int(port or 80), "default_server" in words, "ssl" in words)


def check(directive: Directive, scope: Scope) -> None:
    """Refuse what one server says twice, or two as the default. Raises ConfigProblem."""
    found = address(directive)
    if found is None:
        return
    if not scope.once("listen", found.text):
        raise ConfigProblem(f"a duplicate listen {found.text} {directive.where}")
    if found.default and not scope.http().once("default", found.text):
        raise ConfigProblem(f"a duplicate default server for {found.text} {directive.where}")
