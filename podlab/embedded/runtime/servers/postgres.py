"""PostgreSQL as its official image starts it: the password that it asks for, its log, its readiness.

Queries are not simulated. Upstream: docker-library/postgres docker-entrypoint.sh
"""

from __future__ import annotations

import posixpath
import re

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.waiting import moment, until

UNCHOSEN = """\
Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
"""
INITIALIZED = """\
The files belonging to this database system will be owned by user "postgres".
This user must also own the server process.

fixing permissions on existing directory {folder} ... ok
creating subdirectories ... ok
creating configuration files ... ok
running bootstrap script ... ok
performing post-bootstrap initialization ... ok
syncing data to disk ... ok

"""
DONE = "\nPostgreSQL init process complete; ready for start up.\n\n"
INITIALIZING = 2.0
"""Seconds that a new database takes."""
SOCKET = "/var/run/postgresql"


async def postgres(process: Process) -> int:
    """Make the database if there is none, then serve until a signal ends it; returns its exit code."""
    folder, files = process.env.get("PGDATA", "/var/lib/postgresql/data"), process.machine.files
    if not files.exists(posixpath.join(folder, "PG_VERSION")):
        if not _password(process) and process.env.get("POSTGRES_HOST_AUTH_METHOD") != "trust":
            process.err(UNCHOSEN.encode())
            return 1
        try:
            files.make_directory(folder, parents=True)
            if found := [name for name in files.list(folder) if name]:
                return _occupied(process, folder, found)
            files.write(posixpath.join(folder, "PG_VERSION"), process.machine.image.version[:2].encode() + b"\n")
        except FileError as error:
            process.err(f'initdb: error: could not access directory "{folder}": {error}\n'.encode())
            return 1
        await process.sleep(INITIALIZING)
        process.out(INITIALIZED.format(folder=folder).encode() + DONE.encode())
    else:
        process.out(b"\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n")
    return await _serve(process)


def _password(process: Process) -> str:
    if value := process.env.get("POSTGRES_PASSWORD"):
        return value
    try:
        return process.machine.files.read(process.env.get("POSTGRES_PASSWORD_FILE", "/")).decode(errors="replace")
    except FileError:
        return ""


def _occupied(process: Process, folder: str, found: list[str]) -> int:
    """A volume of its own, such as one with lost+found, is no empty directory."""
    process.err(f'initdb: error: directory "{folder}" exists but is not empty\n'.encode())
    if "lost+found" in found:
        process.err(
            b"initdb: detail: It contains a lost+found directory, perhaps due to it being a mount point.\n"
            b"initdb: hint: Using a mount point directly as the data directory is not recommended.\n"
            b"Create a subdirectory under the mount point.\n"
        )
    return 1


async def _serve(process: Process) -> int:
    version = process.machine.image.version
    _log(process, f"starting PostgreSQL {version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit")
    try:
        process.machine.sockets.bind(5432, accept=_silent, program="postgres")
    except AddressInUse:
        _log(process, 'could not bind IPv4 address "0.0.0.0": Address already in use')
        _log(process, "could not create any TCP/IP sockets", "FATAL")
        return 1
    _log(process, 'listening on IPv4 address "0.0.0.0", port 5432')
    _log(process, 'listening on IPv6 address "::", port 5432')
    _log(process, f'listening on Unix socket "{SOCKET}/.s.PGSQL.5432"')
    _log(process, f"database system was shut down at {moment(process):%Y-%m-%d %H:%M:%S} UTC")
    _log(process, "database system is ready to accept connections")
    name = await until(process, "TERM", "INT", "QUIT")
    _log(process, f"received {'smart' if name == 'TERM' else 'fast'} shutdown request")
    _log(process, "shutting down")
    _log(process, "database system is shut down")
    return 0


def _log(process: Process, text: str, level: str = "LOG") -> None:
    stamp = moment(process).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    process.err(f"{stamp} UTC [{process.pid}] {level}:  {text}\n".encode())


async def _silent(end: End) -> None:
    """A connection is taken; nothing is said on it."""
    await end.received.rest()


def _place(words: list[str]) -> tuple[str, int]:
    found = dict(re.findall(r"(?:^| )-([hp]) *(\S+)", " ".join(words)))
    return found.get("h", ""), int(found["p"]) if found.get("p", "").isdecimal() else 5432


def _up(io: Io, host: str, port: int) -> bool:
    sockets = io.process.machine.sockets
    if not host:
        return sockets.namespace.find(port, local=True) is not None
    try:
        sockets.connect(host, port).close()
    except Refused:
        return False
    return True


async def pg_isready(io: Io, words: list[str]) -> int:
    """`pg_isready [-h HOST] [-p PORT] [-U USER]`"""
    host, port = _place(words)
    up = _up(io, host, port)
    io.say(f"{host or SOCKET}:{port} - {'accepting connections' if up else 'no response'}")
    return 0 if up else 2


async def psql(io: Io, words: list[str]) -> int:
    """`psql -c "SELECT 1"`; all other SQL is refused."""
    host, port = _place(words)
    if not _up(io, host, port):
        where = f'at "{host}", port {port}' if host else f'on socket "{SOCKET}/.s.PGSQL.{port}"'
        return io.fail(f"psql: error: connection to server {where} failed: No such file or directory", 2)
    if re.search(r"\bselect 1\b", " ".join(words), re.IGNORECASE):
        io.say("1" if "-t" in words or "-tA" in words else " ?column? \n----------\n        1\n(1 row)\n")
        return 0
    return io.fail("psql: podlab does not simulate SQL: only SELECT 1 is answered")
