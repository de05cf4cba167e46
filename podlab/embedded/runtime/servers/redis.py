"""A Redis server: its start-up log, its configuration, and the commands on strings, lists, sets and hashes.

Upstream: redis/redis src/server.c, docker-library/redis docker-entrypoint.sh
"""

from __future__ import annotations

from dataclasses import dataclass, field

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers.redisdata import Data, Problem, Value
from podlab.embedded.runtime.servers.waiting import moment, until
from podlab.embedded.runtime.streams import BrokenPipe

USUAL = {"port": "6379", "maxmemory": "0", "maxmemory-policy": "noeviction", "appendonly": "no", "dir": "/data"}
USUAL |= {"save": "3600 1 300 100 60 10000", "databases": "16", "timeout": "0", "requirepass": "", "bind": "* -::*"}
UNITS = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "k": 10**3, "m": 10**6, "g": 10**9, "b": 1}


@dataclass(slots=True)
class Redis:
    """One running server."""

    process: Process
    config: dict[str, str] = field(default_factory=lambda: dict(USUAL))
    data: Data = field(default_factory=Data)

    def log(self, mark: str, text: str, role: str = "M") -> None:
        """A line of its log: `#` warns, `*` tells."""
        stamp = moment(self.process).strftime("%d %b %Y %H:%M:%S.%f")[:-3]
        self.process.out(f"{self.process.pid}:{role} {stamp} {mark} {text}\n".encode())

    def configure(self, words: list[str]) -> str:
        """Read a configuration file and `--name value` options; what is wrong with them."""
        if words and not words[0].startswith("-"):
            try:
                lines = self.process.machine.files.read(words.pop(0)).decode(errors="replace").splitlines()
            except FileError as error:
                return f"Fatal error, can't open config file: {error}"
            for row in [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]:
                self.set(row[0].lower(), row[1].strip('"') if len(row) > 1 else "")
        while words:
            name = words.pop(0).lstrip("-")
            value = []
            while words and not words[0].startswith("--"):
                value.append(words.pop(0))
            self.set(name, " ".join(value))
        return ""

    def set(self, name: str, value: str) -> None:
        """Keep one directive; sizes in bytes."""
        unit = next((unit for unit in UNITS if value.lower().removesuffix(unit).isdecimal()), "")
        sized = name == "maxmemory" and unit and not value.isdecimal()
        self.config[name] = str(int(value.lower().removesuffix(unit)) * UNITS[unit]) if sized else value

    def answer(self, words: list[str], known: bool) -> Value | Problem:
        """What one command answers; a stranger only says who it is."""
        name = words[0].upper()
        password = self.config["requirepass"]
        if name == "AUTH":
            return "OK" if password and words[-1] == password else Problem(_auth(bool(password)))
        if password and not known and name not in ("HELLO", "QUIT"):
            return Problem("NOAUTH Authentication required.")
        if name == "CONFIG" and len(words) > 2:
            return self._config(words[1].upper(), words[2:])
        if name == "INFO":
            role = "# Replication\r\nrole:master\r\nconnected_slaves:0\r\n"
            return b"# Server\r\nredis_version:%b\r\nredis_mode:standalone\r\ntcp_port:%b\r\n\r\n%b" % (
                self.process.machine.image.version.encode(),
                self.config["port"].encode(),
                role.encode(),
            )
        return self.data.run(words[0], words[1:], self.process.machine.clock.now())

    def _config(self, verb: str, words: list[str]) -> Value | Problem:
        if verb == "GET":
            found = [name for name in sorted(self.config) if words[0] in ("*", name)]
            return [text.encode() for name in found for text in (name, self.config[name])]
        if verb == "SET" and len(words) > 1:
            self.set(words[0].lower(), words[1])
            return "OK"
        return Problem(f"ERR unknown subcommand '{verb}'. Try CONFIG HELP.")


def _auth(given: bool) -> str:
    if given:
        return "WRONGPASS invalid username-password pair or user is disabled."
    return (
        "ERR AUTH <password> called without any password configured for the default user. "
        "Are you sure your configuration is correct?"
    )


async def server(process: Process) -> int:
    """Serve until a signal ends it; returns its exit code."""
    words = [word for word in process.argv[1:] if word]
    redis, unconfigured = Redis(process), not words
    if wrong := redis.configure(words):
        redis.log("#", wrong, "C")
        return 1
    version = process.machine.image.version
    redis.log("*", "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", "C")
    bits = f"Redis version={version}, bits=64, commit=00000000, modified=0, pid={process.pid}, just started"
    redis.log("*", bits, "C")
    hint = "In order to specify a config file use redis-server /path/to/redis.conf"
    redis.log(
        *(("#", f"Warning: no config file specified, using the default config. {hint}") if unconfigured else LOADED),
        "C",
    )
    redis.log("*", "monotonic clock: POSIX clock_gettime")
    port = int(redis.config["port"])
    try:
        process.machine.sockets.bind(port, accept=lambda end: _talk(redis, end), program="redis-server")
    except AddressInUse:
        redis.log("#", f"Warning: Could not create server TCP listening socket *:{port}: bind: Address already in use")
        redis.log("#", f"Failed listening on port {port} (tcp), aborting.")
        return 1
    redis.log("*", f"Running mode=standalone, port={port}.")
    redis.log("*", "Server initialized")
    redis.log("*", "Ready to accept connections tcp")
    name = await until(process, "TERM", "INT")
    redis.log("*", f"Received SIG{name} scheduling shutdown...", "signal-handler")
    redis.log("*", "User requested shutdown...")
    if redis.config["save"]:
        redis.log("*", "Saving the final RDB snapshot before exiting.")
        redis.log("*", "DB saved on disk")
    redis.log("#", "Redis is now ready to exit, bye bye...")
    return 0


LOADED = ("*", "Configuration loaded")


async def _talk(redis: Redis, end: End) -> None:
    """One connection, command by command."""
    known = False
    while words := await request(end):
        redis.process.catch_up()
        found = redis.answer(words, known)
        known = known or (words[0].upper() == "AUTH" and found == "OK")
        try:
            end.write(encoded(found))
        except BrokenPipe:
            return
        if words[0].upper() == "QUIT":
            break
    end.close()


async def request(end: End) -> list[str]:
    """The next command of a connection, as an array or in one line; [] at the end."""
    line = (await end.received.line()).strip()
    if not line.startswith(b"*"):
        return line.decode(errors="surrogateescape").split() or (["PING"] if line else [])
    words = []
    for _ in range(int(line[1:]) if line[1:].isdigit() else 0):
        size = (await end.received.line()).strip()
        data = b""
        wanted = int(size[1:]) + 2 if size[1:].isdigit() else 2
        while len(data) < wanted and (more := await end.received.take(wanted - len(data))):
            data += more
        words.append(data[:-2].decode(errors="surrogateescape"))
    return words


def encoded(value: Value | Problem) -> bytes:
    """A value in Redis's protocol. Upstream: redis.io/docs/reference/protocol-spec"""
    if isinstance(value, Problem):
        return f"-{value.text}\r\n".encode()
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, str):
        return f"+{value}\r\n".encode()
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, bytes):
        return b"$%d\r\n%b\r\n" % (len(value), value)
    return b"*%d\r\n" % len(value) + b"".join(encoded(one) for one in value)
