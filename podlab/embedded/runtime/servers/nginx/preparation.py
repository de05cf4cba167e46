"""What the official nginx image does with files before it listens, and what becomes of that without the rights to.

Upstream: docker-entrypoint.d of github.com/nginx/docker-nginx, src/core/ngx_file.c (ngx_create_paths)
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache

from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.machine.identity import Identity
from podlab.embedded.runtime.machine.process import Machine
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, Directive, LateProblem

ERRNO = {"Operation not permitted": 1, "Permission denied": 13, "Read-only file system": 30}
OWN = ("nginx", "nobody", "root")
"""Users that its images have."""
CACHE, WORKER = "/var/cache/nginx/client_temp", 101
PIDFILE, CONFIG = "/run/nginx.pid", "/etc/nginx/conf.d/default.conf"
PASSING = ("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass")
LAST = ("ssl_certificate", "error_log", "access_log", "pid", "limit_req")
LISTEN_SCRIPT = "10-listen-on-ipv6-by-default.sh: info: "
NOT_ROOT = (
    'the "user" directive makes sense only if the master process runs with super-user privileges, '
    "ignored in /etc/nginx/nginx.conf:2"
)


def configured(log: str, files: Files) -> str:
    """The entry point's log: its first script leaves a configuration alone that is not there or may not be written."""
    reason = f"{CONFIG} is not a file or does not exist"
    if files.exists(CONFIG):
        try:
            files.write(CONFIG, b"", append=True)
            return log
        except FileError:
            reason = f"can not modify {CONFIG} (read-only file system?)"
    kept = [line for line in log.splitlines() if not line.startswith(LISTEN_SCRIPT)]
    after = next(n for n, line in enumerate(kept) if line.endswith("10-listen-on-ipv6-by-default.sh")) + 1
    kept.insert(after, LISTEN_SCRIPT + reason)
    return "".join(f"{line}\n" for line in kept)


def complaint(files: Files, user: Identity, pid: int) -> str:
    """The emergency that ends nginx at its start; "" if it can make what it needs."""
    action, path = "mkdir", CACHE
    try:
        if not files.is_directory(CACHE):
            files.make_directory(CACHE, parents=True)
        if user.uid == 0:
            action = "chown"
            files.set_owner(CACHE, WORKER, None)
        action, path = "open", PIDFILE
        files.make_directory("/run", parents=True)
        files.write(PIDFILE, f"{pid}\n".encode())
    except FileError as error:
        what = f'chown("{path}", {WORKER})' if action == "chown" else f'{action}() "{path}"'
        return f"{what} failed ({ERRNO.get(str(error), 2)}: {error})"
    return ""


def check(config: Directive, machine: Machine) -> None:
    """Refuse what a configuration wants of the container: a user, certificates. Raises ConfigProblem."""
    if (user := config.first("user")) and not machine.user.uid:
        name, group = user.words[0], user.words[-1]
        if name not in OWN and name not in _named(machine, "/etc/passwd"):
            raise ConfigProblem(f'getpwnam("{name}") failed {user.where}')
        known = _named(machine, "/etc/group")
        if known and group not in known:
            raise ConfigProblem(f'getgrnam("{group}") failed {user.where}')


def _named(machine: Machine, path: str) -> list[str]:
    """The names in /etc/passwd or /etc/group."""
    return list(_first_columns(machine.files.read(path))) if machine.files.exists(path) else []


@lru_cache(64)
def _first_columns(table: bytes) -> tuple[str, ...]:
    return tuple(row.partition(":")[0] for row in table.decode(errors="replace").splitlines())


def check_last(config: Directive, machine: Machine) -> None:
    """Refuse what is found at the end: no events, logs in no folder, zones of no size. Raises LateProblem."""
    concerned = _concerned(config)
    for one in concerned:
        name = posixpath.join("/etc/nginx", one.words[0]) if one.words else ""
        if one.name == "ssl_certificate" and "$" not in name and not machine.files.exists(name):
            raise ConfigProblem(
                f'cannot load certificate "{name}": BIO_new_file() failed (SSL: error:80000002:system library::No such '
                f"file or directory:calling fopen({name}, r) error:10000080:BIO routines::no such file)"
            )
    if not config.all("events"):
        raise LateProblem('no "events" section in configuration')
    zones = {w[5:].partition(":")[0] for one in concerned if one.name.endswith("_zone") for w in one.words}
    for one in concerned:
        name = one.words[0] if one.words else ""
        if one.name in ("error_log", "access_log", "pid") and name.startswith("/") and "$" not in name:
            folder = posixpath.dirname(name)
            if machine.files.is_directory(name):
                raise LateProblem(f'open() "{name}" failed (21: Is a directory)')
            if not machine.files.is_directory(folder) and not name.startswith("/dev/"):
                raise LateProblem(f'open() "{name}" failed (2: No such file or directory)')
        if one.name == "limit_req":
            zone = next((word[5:] for word in one.words if word.startswith("zone=")), "")
            if zone and zone not in zones:
                raise LateProblem(f'zero size shared memory zone "{zone}"')


@lru_cache(64)
def _passing(config: Directive) -> tuple[Directive, ...]:
    """The directives that `upstreams` looks at."""
    directives = (one for http in config.all("http") for one in below(http))
    return tuple(one for one in directives if one.name == "upstream" or one.name in PASSING)


@lru_cache(64)
def _concerned(config: Directive) -> tuple[Directive, ...]:
    """The directives that `check_last` looks at: few among all the types of files."""
    return tuple(one for one in below(config) if one.name in LAST or one.name.endswith("_zone"))


def below(block: Directive) -> Iterator[Directive]:
    """All directives in a block."""
    for one in block.inner:
        yield one
        yield from below(one)


def upstreams(config: Directive, machine: Machine) -> dict[str, list[str]]:
    """The servers of each upstream; all names must be known at the start. Raises ConfigProblem."""
    found: dict[str, list[str]] = {}
    directives = _passing(config)
    ours = [one.words[0] for one in directives if one.name == "upstream"]
    for one in directives:
        if one.name == "upstream":
            found[one.words[0]] = [server.words[0] for server in one.all("server") if "down" not in server.words]
            for server in one.all("server"):
                _known(machine, server.words[0], server.words[0], server)
        if one.name in PASSING and "$" not in one.words[0]:
            authority = one.words[0].rpartition("://")[2].partition("/")[0]
            if authority not in ours:
                _known(machine, authority, authority.partition(":")[0], one)
    return found


def _known(machine: Machine, authority: str, shown: str, directive: Directive) -> None:
    host = authority.rpartition(":")[0] if ":" in authority else authority
    if host == "unix":
        return
    try:
        machine.sockets.address(host)
    except Refused:
        raise ConfigProblem(f'host not found in upstream "{shown}" {directive.where}') from None
