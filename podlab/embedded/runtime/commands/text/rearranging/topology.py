"""`tsort`: an order in which each word comes before those that it has to precede.

Upstream: GNU coreutils' src/tsort.c
"""

from __future__ import annotations

from dataclasses import dataclass, field

from podlab.embedded.runtime.commands import coreutils
from podlab.embedded.runtime.machine.stdio import Io, inputs, options


@dataclass(slots=True)
class Graph:
    """Words with those that come after each, the latest first, and how many come before it."""

    after: dict[str, list[str]] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)

    def add(self, word: str, later: str) -> None:
        """One pair; a word before itself only is there."""
        for one in (word, later):
            self.after.setdefault(one, [])
            self.before.setdefault(one, 0)
        if word != later:
            self.after[word].insert(0, later)
            self.before[later] += 1

    def free(self) -> list[str]:
        """Take out what can be told now, in order."""
        queue = sorted(word for word, count in self.before.items() if count == 0 and word in self.after)
        at = 0
        while at < len(queue):
            for later in self.after.pop(queue[at]):
                self.before[later] -= 1
                if self.before[later] == 0:
                    queue.append(later)
            at += 1
        return queue

    def loop(self) -> list[str]:
        """The words of a loop, which is opened: found as the original does it, from word to word backwards."""
        top, link = "", dict[str, str]()
        while True:
            for word in sorted(self.after):
                if not self.before[word] or (top and top not in self.after[word]):
                    continue
                if top and word in link:
                    self.after[word].remove(top)
                    self.before[top] -= 1
                    return _chain(top, word, link)
                if top:
                    link[word] = top
                top = word


def _chain(top: str, last: str, link: dict[str, str]) -> list[str]:
    found = [top]
    while found[-1] != last:
        found.append(link[found[-1]])
    return found


async def tsort(io: Io, words: list[str]) -> int:
    """`tsort [FILE]`: 1 for a loop, which is told, and opened."""
    names = options(words)[1]
    if len(names) > 1:
        return io.fail(f"tsort: extra operand '{names[1]}'\n{coreutils.hint('tsort')}")
    found, failed = await inputs(io, "tsort", names)
    if failed:
        return 1
    name = names[0] if names else "-"
    tokens = found[0][1].decode(errors="surrogateescape").split()
    if len(tokens) % 2:
        return io.fail(f"tsort: {name}: input contains an odd number of tokens")
    graph, code = Graph(), 0
    for at in range(0, len(tokens), 2):
        graph.add(tokens[at], tokens[at + 1])
    while graph.after:
        for word in graph.free():
            io.say(word)
        if graph.after:
            code = io.fail(f"tsort: {name}: input contains a loop:")
            for word in graph.loop():
                io.fail(f"tsort: {word}")
    return code
