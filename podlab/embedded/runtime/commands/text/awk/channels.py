"""What an awk program reads and writes besides its records: files and commands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from podlab.embedded.runtime.commands.processes.runners import launch
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Write
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.streams import Input


@dataclass(slots=True)
class Channels:
    """Open files and commands by their names."""

    io: Io
    writers: dict[str, Write] = field(default_factory=dict)
    pipes: dict[str, bytearray] = field(default_factory=dict)
    readers: dict[str, Input] = field(default_factory=dict)

    def write(self, redirect: str, name: str, data: bytes) -> None:
        """Write to standard output, a file or a command. Raises FileError."""
        if redirect == "|":
            self.pipes.setdefault(name, bytearray()).extend(data)
            return
        if redirect and name not in self.writers:
            special = {"/dev/stdout": self.io.out, "/dev/stderr": self.io.err, "-": self.io.out}
            self.writers[name] = special.get(name) or self.io.writer(name, append=redirect == ">>")
        (self.writers[name] if redirect else self.io.out)(data)

    async def reader(self, redirect: str, name: str) -> Input | None:
        """What `getline` reads from; None where there is nothing of that name."""
        if name not in self.readers:
            try:
                self.readers[name] = await self._command(name) if redirect == "|" else self._file(name)
            except FileError:
                return None
        return self.readers[name]

    def _file(self, name: str) -> Input:
        return self.io.stdin if name in ("-", "/dev/stdin") else self.io.open(name)

    async def _command(self, command: str) -> Input:
        return Input(await self.reader_of(command))

    async def reader_of(self, command: str) -> bytes:
        """All that a command writes."""
        out = bytearray()
        await launch(replace(self.io, out=out.extend, stdin=Input()), ["sh", "-c", command], "awk")
        return bytes(out)

    async def run(self, command: str, data: bytes | None = None) -> int:
        """Run a command, with something to read or awk's own input."""
        stdin = self.io.stdin if data is None else Input(data)
        return await launch(replace(self.io, stdin=stdin), ["sh", "-c", command], "awk")

    async def close(self, name: str) -> int:
        """Close what has this name; -1 where nothing has."""
        known = name in self.writers or name in self.readers
        self.writers.pop(name, None)
        self.readers.pop(name, None)
        if (data := self.pipes.pop(name, None)) is not None:
            return await self.run(name, bytes(data))
        return 0 if known else -1

    async def finish(self) -> None:
        """Close all."""
        for name in list(self.pipes):
            await self.close(name)
