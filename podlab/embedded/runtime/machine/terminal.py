"""The terminal of a `kubectl exec -it` or a container with `tty`: what is typed is shown, and edited by lines.

Upstream: Linux's drivers/tty/n_tty.c
"""

from __future__ import annotations

import re
from collections.abc import Callable

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.streams import Input

Write = Callable[[bytes], None]
INTERRUPT, END, KILL = 3, 4, 21
ERASE = (8, 127)
ARROWS = re.compile(rb"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])")
"""Keys that a plain line does not know."""


class Typed(Input):
    """Lines that somebody types; an end is only one reader's."""

    def __init__(self) -> None:
        super().__init__(closed=False)
        self.hung_up = False
        self.edited = False
        """Whether the shell that reads it draws its line anew when the window changes."""
        self.interrupted = False
        """Whether the line that comes is none, because ^C was typed at a prompt."""

    @property
    def read(self) -> bool:
        """Whether somebody waits for a line."""
        return self._waiter is not None and not self._waiter.done()

    def _again(self, data: bytes) -> bytes:
        if self._closed and not self._data:
            self._closed = self.hung_up
        return data

    async def line(self) -> bytes:
        """The next line with its newline; b"" at an end."""
        data = await super().line()
        return data if data else self._again(data)

    async def take(self, most: int) -> bytes:
        """Some bytes; b"" at an end."""
        data = await super().take(most)
        return data if data else self._again(data)

    async def rest(self) -> bytes:
        """Everything until the next end."""
        return self._again(await super().rest())


class Terminal:
    """Between who types and a process: `show` is what is seen of it, `watchers` who looks at it for a while.

    The process's three streams are the terminal from now on.
    """

    def __init__(self, process: Process, show: Write) -> None:
        self.process, self.show, self.input = process, show, Typed()
        self._line, self._row = bytearray(), b""
        self.watchers: list[Write] = []
        process.stdin, process.out, process.err = self.input, self.write, self.write
        process.terminal = self

    def write(self, data: bytes) -> None:
        """What processes write: a newline also begins a line."""
        self._draw(data.replace(b"\n", b"\r\n"))

    def redraw(self) -> None:
        """Somebody looks at it from now on: kubectl changes the window's size, so that a shell shows its prompt."""
        if self.input.edited and self.input.read:
            self._draw(b"\r" + self._row)

    def _draw(self, data: bytes) -> None:
        self._row = re.split(rb"[\r\n]", self._row + data)[-1]
        for show in (self.show, *self.watchers):
            show(data)

    def typed(self, data: bytes) -> None:
        """Keys that were pressed."""
        data = ARROWS.sub(b"", data)
        for key in data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"):
            self._key(key)

    def hang_up(self) -> None:
        """Nobody types any more."""
        self.input.hung_up = True
        self.input.close()

    def _key(self, key: int) -> None:
        if key == INTERRUPT:
            self._interrupt()
        elif key == END:
            self._end()
        elif key in (*ERASE, KILL):
            count = min(len(self._line), 1 if key != KILL else len(self._line))
            del self._line[len(self._line) - count :]
            self._draw(b"\b \b" * count)
        elif key == 10:
            self._draw(b"\r\n")
            self.input.feed(bytes(self._line) + b"\n")
            self._line.clear()
        elif key >= 32 or key == 9:
            self._line.append(key)
            self._draw(bytes([key]))

    def _end(self) -> None:
        if self._line:
            self.input.feed(bytes(self._line))
            self._line.clear()
        else:
            self.input.close()

    def _interrupt(self) -> None:
        """^C ends what runs in the foreground; at a prompt only the line."""
        self._line.clear()
        self._draw(b"^C\r\n")
        running = self.process.machine.processes.running
        below = [one for one in list(running.values()) if self._below(one)]
        if not below and self.input.read and self.process.handles("INT"):
            self.input.interrupted = True
            self.input.feed(b"\n")
            return
        for one in (*below, self.process):
            one.signal("INT", inside=True)

    def _below(self, process: Process) -> bool:
        running, seen = self.process.machine.processes.running, set[int]()
        while process is not self.process and process.parent not in seen:
            seen.add(process.parent)
            above = running.get(process.parent)
            if above is self.process:
                return True
            if above is None:
                return False
            process = above
        return False
