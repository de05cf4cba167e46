"""MySQL as its official image starts it: the password that it asks for, its log, its ping. Queries are not simulated.

Upstream: docker-library/mysql docker-entrypoint.sh
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

FOLDER, SOCKET = "/var/lib/mysql", "/var/run/mysqld/mysqld.sock"
CHOICES = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")
UNCHOSEN = "Database is uninitialized and password option is not specified\n"
UNCHOSEN += "    You need to specify one of the following as an environment variable:\n"
UNCHOSEN += "".join(f"    - {name}\n" for name in CHOICES)
INITIALIZING = 5.0
"""Seconds that a new database takes."""


async def mysqld(process: Process) -> int:
    """Make the database if there is none, then serve until a signal ends it; returns its exit code."""
    version = process.machine.image.version
    started = f"Entrypoint script for MySQL Server {version}-1.el9 started."
    _entry(process, started)
    if not process.machine.user.uid:
        _entry(process, "Switching to dedicated user 'mysql'")
        _entry(process, started)
    files = process.machine.files
    if not files.exists(posixpath.join(FOLDER, "mysql")):
        if not any(_given(process, name) for name in CHOICES):
            _entry(process, UNCHOSEN.rstrip("\n"), "ERROR")
            return 1
        try:
            await _initialize(process)
        except FileError as error:
            _say(process, "1 [ERROR] [MY-010457]", f"--initialize specified but the data directory: {error}")
            return 1
    _say(process, "0 [System] [MY-015015]", "MySQL Server - start.")
    _say(process, "0 [System] [MY-010116]", f"/usr/sbin/mysqld (mysqld {version}) starting as process {process.pid}")
    _say(process, "1 [System] [MY-013576]", "InnoDB initialization has started.", "InnoDB")
    _say(process, "1 [System] [MY-013577]", "InnoDB initialization has ended.", "InnoDB")
    try:
        process.machine.sockets.bind(3306, accept=_silent, program="mysqld")
    except AddressInUse:
        _say(process, "0 [ERROR] [MY-010262]", "Can't start server: Bind on TCP/IP port: Address already in use")
        _say(process, "0 [ERROR] [MY-010119]", "Aborting")
        return 1
    ready = f"ready for connections. Version: '{version}'  socket: '{SOCKET}'  port: 3306"
    _say(process, "0 [System] [MY-010931]", f"/usr/sbin/mysqld: {ready}  MySQL Community Server - GPL.")
    await until(process, "TERM", "QUIT")
    by = f"Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: {version})."
    _say(process, "0 [System] [MY-013172]", by)
    end = f"/usr/sbin/mysqld: Shutdown complete (mysqld {version})  MySQL Community Server - GPL."
    _say(process, "0 [System] [MY-010910]", end)
    return 0


def _given(process: Process, name: str) -> str:
    """A variable, or what is in the file that `NAME_FILE` names."""
    if value := process.env.get(name):
        return value
    try:
        return process.machine.files.read(process.env.get(f"{name}_FILE", "/")).decode(errors="replace").strip()
    except FileError:
        return ""


async def _initialize(process: Process) -> None:
    """The entry point's part; raises FileError."""
    _entry(process, "Initializing database files")
    await process.sleep(INITIALIZING)
    files = process.machine.files
    for name in ("mysql", "performance_schema", "sys"):
        files.make_directory(posixpath.join(FOLDER, name), parents=True)
    files.write(posixpath.join(FOLDER, "ibdata1"), bytes(4096))
    _entry(process, "Database files initialized")
    _entry(process, "Starting temporary server")
    await process.sleep(1.0)
    _entry(process, "Temporary server started.")
    database, user = _given(process, "MYSQL_DATABASE"), _given(process, "MYSQL_USER")
    if database:
        _entry(process, f"Creating database {database}")
        files.make_directory(posixpath.join(FOLDER, database), parents=True)
    if user and _given(process, "MYSQL_PASSWORD"):
        _entry(process, f"Creating user {user}")
        if database:
            _entry(process, f"Giving user {user} access to schema {database}")
    _entry(process, "Stopping temporary server")
    await process.sleep(1.0)
    _entry(process, "Temporary server stopped")
    process.out(b"\n")
    _entry(process, "MySQL init process done. Ready for start up.")
    process.out(b"\n")


def _entry(process: Process, text: str, level: str = "Note") -> None:
    stamp = moment(process).strftime("%Y-%m-%d %H:%M:%S+00:00")
    (process.err if level == "ERROR" else process.out)(f"{stamp} [{level}] [Entrypoint]: {text}\n".encode())


def _say(process: Process, head: str, text: str, part: str = "Server") -> None:
    stamp = moment(process).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    process.err(f"{stamp} {head} [{part}] {text}\n".encode())


async def _silent(end: End) -> None:
    """A connection is taken; nothing is said on it."""
    await end.received.rest()


def _listening(io: Io, words: list[str]) -> str:
    """Why there is no server to talk to; "" if there is."""
    joined = " ".join(words)
    named = re.search(r"-h *(\S+)|--host[= ](\S+)", joined)
    host = next(filter(None, named.groups()), "") if named else "localhost"
    if host in ("localhost", "127.0.0.1"):
        sockets = io.process.machine.sockets
        up = sockets.namespace.find(3306, local=True) is not None
        return "" if up else f"Can't connect to local MySQL server through socket '{SOCKET}' (2)"
    try:
        io.process.machine.sockets.connect(host, 3306).close()
    except Refused:
        return f"Can't connect to MySQL server on '{host}:3306' (111)"
    return ""


async def mysqladmin(io: Io, words: list[str]) -> int:
    """`mysqladmin ping`"""
    if "ping" not in words:
        return io.fail("mysqladmin: podlab simulates only `mysqladmin ping`")
    if wrong := _listening(io, words):
        return io.fail(f"mysqladmin: connect to server at 'localhost' failed\nerror: '{wrong}'")
    io.say("mysqld is alive")
    return 0


async def mysql(io: Io, words: list[str]) -> int:
    """`mysql -e "SELECT 1"`; all other SQL is refused."""
    if wrong := _listening(io, words):
        return io.fail(f"ERROR 2002 (HY000): {wrong}")
    asked = " ".join(words) + (await io.stdin.rest() if "-e" not in " ".join(words) else b"").decode(errors="replace")
    if re.search(r"\bselect 1\b", asked, re.IGNORECASE):
        io.say("1\n1")
        return 0
    return io.fail("mysql: podlab does not simulate SQL: only SELECT 1 is answered")
