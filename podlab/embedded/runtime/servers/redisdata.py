"""What a Redis server holds, and what its commands do with it. Upstream: redis/redis src/t_{string,list,set,hash}.c"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from podlab.embedded.runtime.expressions import globs

Value = None | str | int | bytes | list[Any]
WRONG = "WRONGTYPE Operation against a key holding the wrong kind of value"


@dataclass(frozen=True, slots=True)
class Problem:
    """An error that a command answers with."""

    text: str


@dataclass(slots=True)
class Data:
    """Keys and values: bytes, a list, a set or a hash; `ends` says when a key runs out."""

    held: dict[str, Any] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, words: list[str], now: float) -> Value | Problem:
        """Carry out one command."""
        for key in [key for key, end in self.ends.items() if end <= now]:
            self.held.pop(key, None)
            del self.ends[key]
        found = COMMANDS.get(name.upper())
        if found is None:
            shown = " ".join(f"'{word}'" for word in words[:8])
            return Problem(f"ERR unknown command '{name}', with args beginning with: {shown}")
        least, most, act = found
        if len(words) < least or (most >= 0 and len(words) > most):
            return Problem(f"ERR wrong number of arguments for '{name.lower()}' command")
        try:
            return act(self, words, now)
        except ValueError:
            return Problem("ERR value is not an integer or out of range")
        except (TypeError, AttributeError):
            return Problem(WRONG)

    def text(self, key: str) -> bytes | None:
        """A string's bytes. Raises TypeError for another kind of value."""
        found = self.held.get(key)
        if found is not None and not isinstance(found, bytes):
            raise TypeError
        return found

    def of(self, key: str, kind: type) -> Any:
        """A list, a set or a hash, made where there is none. Raises TypeError for another kind of value."""
        found = self.held.setdefault(key, kind())
        if not isinstance(found, kind):
            raise TypeError
        return found

    def number(self, key: str, by: int) -> int:
        """Count."""
        found = int(self.text(key) or b"0") + by
        self.held[key] = str(found).encode()
        return found

    def set(self, words: list[str], now: float) -> Value | Problem:
        """`SET key value [NX|XX] [EX seconds|PX milliseconds]`"""
        key, value, rest = words[0], words[1], [word.upper() for word in words[2:]]
        if ("NX" in rest and key in self.held) or ("XX" in rest and key not in self.held):
            return None
        self.ends.pop(key, None)
        for unit, scale in (("EX", 1.0), ("PX", 0.001)):
            if unit in rest[:-1]:
                self.ends[key] = now + int(rest[rest.index(unit) + 1]) * scale
        self.held[key] = _bytes(value)
        return "OK"

    def remove(self, keys: list[str]) -> int:
        """How many keys there were."""
        for key in keys:
            self.ends.pop(key, None)
        return sum(self.held.pop(key, None) is not None for key in keys)

    def expire(self, key: str, end: float) -> int:
        """Let a key run out; whether there is one."""
        if key in self.held:
            self.ends[key] = end
        return int(key in self.held)

    def left(self, key: str, now: float) -> int:
        """Seconds that a key has."""
        return -2 if key not in self.held else round(self.ends[key] - now) if key in self.ends else -1

    def push(self, words: list[str], *, left: bool) -> int:
        """Put values into a list; its length."""
        found = self.of(words[0], list)
        for word in words[1:]:
            found.insert(0 if left else len(found), _bytes(word))
        return len(found)

    def pop(self, key: str, at: int) -> Value:
        """Take a value out of a list."""
        found = self.of(key, list)
        value = found.pop(at) if found else None
        if not found:
            self.held.pop(key)
        return value

    def range(self, key: str, first: int, last: int) -> list[bytes]:
        """Values of a list, both ends counted."""
        found = self.held.get(key, [])
        if not isinstance(found, list):
            raise TypeError
        size = len(found)
        first, last = first + size if first < 0 else first, last + size if last < 0 else last
        return found[max(0, first) : last + 1]

    def hash(self, words: list[str]) -> int:
        """Set fields; how many are new."""
        found = self.of(words[0], dict)
        pairs = list(zip(words[1::2], words[2::2], strict=False))
        new = len({key for key, _ in pairs} - set(found))
        found.update({key: _bytes(value) for key, value in pairs})
        return new

    def kind(self, key: str) -> str:
        """The kind of a value."""
        kinds: dict[type, str] = {bytes: "string", list: "list", set: "set", dict: "hash"}
        return kinds[type(self.held[key])] if key in self.held else "none"


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _append(data: Data, words: list[str], now: float) -> Value:
    data.held[words[0]] = (data.text(words[0]) or b"") + _bytes(words[1])
    return len(data.held[words[0]])


def _add(data: Data, words: list[str], now: float) -> Value:
    found, new = data.of(words[0], set), {_bytes(word) for word in words[1:]}
    added = len(new - found)
    found |= new
    return added


def _set_all(data: Data, words: list[str], now: float) -> Value | Problem:
    if len(words) % 2:
        return Problem("ERR wrong number of arguments for 'mset' command")
    for key, value in zip(words[::2], words[1::2], strict=True):
        data.set([key, value], now)
    return "OK"


def _clear(data: Data, words: list[str], now: float) -> Value:
    data.held.clear()
    data.ends.clear()
    return "OK"


Act = Callable[[Data, list[str], float], Value | Problem]
COMMANDS: dict[str, tuple[int, int, Act]] = {
    "PING": (0, 1, lambda d, w, now: _bytes(w[0]) if w else "PONG"),
    "ECHO": (1, 1, lambda d, w, now: _bytes(w[0])),
    "QUIT": (0, 0, lambda d, w, now: "OK"),
    "SELECT": (1, 1, lambda d, w, now: "OK"),
    "SET": (2, -1, lambda d, w, now: d.set(w, now)),
    "GET": (1, 1, lambda d, w, now: d.text(w[0])),
    "SETNX": (2, 2, lambda d, w, now: int(d.set([*w, "NX"], now) is not None)),
    "SETEX": (3, 3, lambda d, w, now: d.set([w[0], w[2], "EX", w[1]], now)),
    "MSET": (2, -1, _set_all),
    "MGET": (1, -1, lambda d, w, now: [d.text(key) for key in w]),
    "APPEND": (2, 2, _append),
    "STRLEN": (1, 1, lambda d, w, now: len(d.text(w[0]) or b"")),
    "DEL": (1, -1, lambda d, w, now: d.remove(w)),
    "UNLINK": (1, -1, lambda d, w, now: d.remove(w)),
    "EXISTS": (1, -1, lambda d, w, now: sum(key in d.held for key in w)),
    "TYPE": (1, 1, lambda d, w, now: d.kind(w[0])),
    "KEYS": (1, 1, lambda d, w, now: [_bytes(key) for key in d.held if globs.matches(key, w[0])]),
    "DBSIZE": (0, 0, lambda d, w, now: len(d.held)),
    "INCR": (1, 1, lambda d, w, now: d.number(w[0], 1)),
    "DECR": (1, 1, lambda d, w, now: d.number(w[0], -1)),
    "INCRBY": (2, 2, lambda d, w, now: d.number(w[0], int(w[1]))),
    "DECRBY": (2, 2, lambda d, w, now: d.number(w[0], -int(w[1]))),
    "EXPIRE": (2, 2, lambda d, w, now: d.expire(w[0], now + int(w[1]))),
    "PERSIST": (1, 1, lambda d, w, now: int(d.ends.pop(w[0], None) is not None)),
    "TTL": (1, 1, lambda d, w, now: d.left(w[0], now)),
    "LPUSH": (2, -1, lambda d, w, now: d.push(w, left=True)),
    "RPUSH": (2, -1, lambda d, w, now: d.push(w, left=False)),
    "LPOP": (1, 1, lambda d, w, now: d.pop(w[0], 0)),
    "RPOP": (1, 1, lambda d, w, now: d.pop(w[0], -1)),
    "LLEN": (1, 1, lambda d, w, now: len(d.range(w[0], 0, -1))),
    "LRANGE": (3, 3, lambda d, w, now: d.range(w[0], int(w[1]), int(w[2]))),
    "SADD": (2, -1, _add),
    "SMEMBERS": (1, 1, lambda d, w, now: sorted(d.held.get(w[0], set()))),
    "SCARD": (1, 1, lambda d, w, now: len(d.held.get(w[0], set()))),
    "SISMEMBER": (2, 2, lambda d, w, now: int(_bytes(w[1]) in d.held.get(w[0], set()))),
    "HSET": (3, -1, lambda d, w, now: d.hash(w)),
    "HGET": (2, 2, lambda d, w, now: d.held.get(w[0], {}).get(w[1])),
    "HGETALL": (1, 1, lambda d, w, now: [x for k, v in d.held.get(w[0], {}).items() for x in (_bytes(k), v)]),
    "HKEYS": (1, 1, lambda d, w, now: [_bytes(key) for key in d.held.get(w[0], {})]),
    "FLUSHALL": (0, 1, _clear),
    "FLUSHDB": (0, 1, _clear),
    "SAVE": (0, 0, lambda d, w, now: "OK"),
}
"""(fewest words, most words or -1, what it does) by name."""
