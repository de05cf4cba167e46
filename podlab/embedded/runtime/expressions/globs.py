"""Shell patterns: `*`, `?`, `[a-z]`, a backslash before what stands for itself; never slow, whatever is asked."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from podlab.embedded.runtime.expressions.octets import narrow, widen

WORK = 10**6
"""Characters that one replacement may look at."""
LONGEST = 2000
"""Characters of a text in which groups are looked for: they may be as many times as long."""
KINDS = "?*+@!"
"""What begins a group of bash's extglob."""

CLASSES = {
    "alpha": string.ascii_letters, "digit": string.digits, "alnum": string.ascii_letters + string.digits,
    "upper": string.ascii_uppercase, "lower": string.ascii_lowercase, "space": " \t\n\r\v\f", "blank": " \t",
    "punct": string.punctuation, "xdigit": string.hexdigits,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _One:
    """A place in a pattern that one character fills; with `many`, any number of any."""

    characters: frozenset[str] | None = None
    negated: bool = False
    many: bool = False

    def fits(self, char: str) -> bool:
        return self.characters is None or (char in self.characters) != self.negated


@dataclass(frozen=True, slots=True)
class _Group:
    """bash's `@(one|two)`, and `?(`, `*(`, `+(` and `!(`."""

    kind: str
    alternatives: tuple[_Places, ...]


_Places = Sequence[_One | _Group]


def magic(pattern: str, *, extended: bool = False) -> bool:
    """Whether a pattern can fit more than one text; an `extended` one has bash's groups."""
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
            continue
        if extended and pattern[at] in KINDS and pattern[at + 1 : at + 2] == "(":
            return True
        if pattern[at] in "*?" or (pattern[at] == "[" and "]" in pattern[at + 2 :]):
            return True
        at += 1
    return False


def literal(pattern: str) -> str:
    """The text of a pattern that has nothing magic."""
    out, at = [], 0
    while at < len(pattern):
        at += pattern[at] == "\\" and at + 1 < len(pattern)
        out.append(pattern[at])
        at += 1
    return "".join(out)


def escape(text: str) -> str:
    """A pattern that fits a text alone."""
    return "".join(f"\\{char}" if char in "*?[]\\()|" else char for char in text)


def matches(text: str, pattern: str, *, extended: bool = False) -> bool:
    """Whether a pattern fits all of a text."""
    text, pattern = narrow(text), narrow(pattern)
    if extended and any(f"{kind}(" in pattern for kind in KINDS):
        return len(text) in _ends(text, compiled(pattern, extended=True), {0})
    return _fits(text, [place for place in compiled(pattern) if isinstance(place, _One)])


def compiled(pattern: str, *, extended: bool = False) -> list[_One | _Group]:
    """The places of a pattern."""
    places: list[_One | _Group] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if extended and char in KINDS and (parted := _alternatives(pattern, at)):
            found_, at = parted
            places.append(_Group(char, tuple(compiled(one, extended=True) for one in found_)))
            continue
        if char == "*":
            places.append(_One(many=True))
        elif char == "?":
            places.append(_One())
        elif char == "[" and (found := _bracket(pattern, at)):
            place, at = found
            places.append(place)
        else:
            if char == "\\" and at < len(pattern):
                char = pattern[at]
                at += 1
            places.append(_One(frozenset(char)))
    return places


def _alternatives(pattern: str, at: int) -> tuple[list[str], int] | None:
    """What stands between the bars of a group that begins here, and where it ends."""
    if pattern[at : at + 1] != "(":
        return None
    found, depth, begin, at = list[str](), 0, at + 1, at + 1
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "[" and (bracket := _bracket(pattern, at + 1)):
            at = bracket[1] - 1
        elif char == "(":
            depth += 1
        elif char == "|" and not depth:
            found.append(pattern[begin:at])
            begin = at + 1
        elif char == ")" and not depth:
            return [*found, pattern[begin:at]], at + 1
        elif char == ")":
            depth -= 1
        at += 1
    return None


def _ends(text: str, places: _Places, starts: set[int]) -> set[int]:
    """Where what places fit can end, that begins at one of these; groups fit nothing in a very long text."""
    for place in places:
        if not starts:
            break
        if isinstance(place, _Group):
            starts = _grouped(text, place, starts) if len(text) <= LONGEST else set()
        elif place.many:
            starts = set(range(min(starts), len(text) + 1))
        else:
            starts = {at + 1 for at in starts if at < len(text) and place.fits(text[at])}
    return starts


def _grouped(text: str, group: _Group, starts: set[int]) -> set[int]:
    def once(begins: set[int]) -> set[int]:
        return set[int]().union(*(_ends(text, one, begins) for one in group.alternatives))

    if group.kind == "!":
        return {end for at in starts for end in set(range(at, len(text) + 1)) - once({at})}
    ended = once(starts)
    fresh = ended if group.kind in "*+" else set[int]()
    while fresh := once(fresh) - ended:
        ended |= fresh
    return ended | starts if group.kind in "*?" else ended


def _turned(places: _Places) -> list[_One | _Group]:
    """The places of the pattern for a text read backwards."""
    return [
        _Group(place.kind, tuple(_turned(one) for one in place.alternatives)) if isinstance(place, _Group) else place
        for place in reversed(places)
    ]


def _bracket(pattern: str, at: int) -> tuple[_One, int] | None:
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    characters: set[str] = set()
    first = True
    while at < len(pattern) and (pattern[at] != "]" or first):
        first = False
        if pattern.startswith("[:", at) and (end := pattern.find(":]", at)) > 0:
            characters |= set(CLASSES.get(pattern[at + 2 : end], ""))
            at = end + 2
            continue
        at += pattern[at] == "\\" and at + 1 < len(pattern)
        char = pattern[at]
        if pattern[at + 1 : at + 2] == "-" and pattern[at + 2 : at + 3] not in ("]", ""):
            characters |= {chr(code) for code in range(ord(char), min(ord(pattern[at + 2]), ord(char) + 2000) + 1)}
            at += 3
        else:
            characters.add(char)
            at += 1
    return (_One(frozenset(characters), negated), at + 1) if at < len(pattern) else None


def _fits(text: str, places: list[_One]) -> bool:
    at = place = 0
    star, retry = -1, 0
    while at < len(text):
        if place < len(places) and not places[place].many and places[place].fits(text[at]):
            at, place = at + 1, place + 1
        elif place < len(places) and places[place].many:
            star, retry, place = place, at, place + 1
        elif star >= 0:
            retry += 1
            at, place = retry, star + 1
        else:
            return False
    return all(one.many for one in places[place:])


def _accepted(text: str, all_: _Places) -> Iterator[int]:
    """The lengths of what a pattern fits at the beginning of a text, the shortest first."""
    places = [place for place in all_ if isinstance(place, _One)]
    if len(places) < len(all_):
        yield from sorted(_ends(text, all_, {0}))
        return
    states = _closed({0}, places)
    for at in range(len(text) + 1):
        if len(places) in states:
            yield at
        if at == len(text) or not states:
            return
        going = {s for s in states if s < len(places) and places[s].fits(text[at])}
        states = _closed({s if places[s].many else s + 1 for s in going}, places)


def _closed(states: set[int], places: list[_One]) -> set[int]:
    for state in sorted(states):
        while state < len(places) and places[state].many:
            state += 1
            states.add(state)
    return states


def trimmed(value: str, pattern: str, operator: str, *, extended: bool = False) -> str:
    """`${value#pattern}`, and `##`, `%`, `%%`."""
    value = narrow(value)
    places, text = compiled(narrow(pattern), extended=extended), value
    if operator[0] == "%":
        places, text = _turned(places), value[::-1]
    found = list(_accepted(text, places)) if len(operator) == 2 else list(islice(_accepted(text, places), 1))
    end = found[-1] if found else 0
    return widen(value[end:] if operator[0] == "#" else value[: len(value) - end])


def replaced(value: str, pattern: str, replacement: str, *, everywhere: bool, extended: bool = False) -> str:
    """bash's `${value/pattern/replacement}`; long texts are left as they are rather than searched for ever."""
    value, pattern = narrow(value), narrow(pattern)
    anchor = pattern[:1] if pattern[:1] in ("#", "%") and not everywhere else ""
    places, out, at, work = compiled(pattern[len(anchor) :], extended=extended), [], 0, WORK
    while at < len(value) and places and work > 0:
        end = max(_accepted(value[at:], places), default=0)
        work -= len(value) - at
        if not end or (anchor == "%" and at + end != len(value)):
            if anchor == "#":
                break
            out.append(value[at])
            at += 1
            continue
        out.append(replacement)
        at += end
        if not everywhere:
            break
    return widen("".join(out) + value[at:])
