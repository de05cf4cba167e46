"""Flags, which are the keyword arguments of the verbs' functions: their names, kinds, and how they are written."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

SHORT = {
    "A": "all_namespaces",
    "R": "recursive",
    "L": "label_columns",
    "c": "container",
    "f": "filename",
    "h": "help",
    "i": "stdin",
    "l": "selector",
    "n": "namespace",
    "o": "output",
    "p": "previous",
    "q": "quiet",
    "s": "server",
    "t": "tty",
    "v": "v",
    "w": "watch",
}
OF_VERB = {
    ("patch", "p"): "patch",
    ("run", "l"): "labels",
    ("logs", "f"): "follow",
    ("port-forward", "f"): "",
}
ALONE = {"cascade": "background", "dry_run": "unchanged", "validate": "strict"}
"""What a flag means that stands without a value and is none of yes and no."""
WRITTEN_SHORT = ("all_namespaces", "container", "filename", "namespace", "output", "patch", "selector", "watch")


OURS = {"get": ("timeout",)}
"""What kubectl does not have, and a written line leaves out."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of a verb: its keyword, and whether it takes no value (`bool`), one (`str`, `int`) or many (`list`)."""

    keyword: str
    kind: str

    @property
    def name(self) -> str:
        """As on the command line, without dashes: `all-namespaces`, `for`."""
        return self.keyword.strip("_").replace("_", "-")


@cache
def flags_of(function: Callable[..., Any]) -> dict[str, Flag]:
    """The flags of a verb by their name on the command line."""
    found = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            flag = Flag(parameter.name, _kind(str(parameter.annotation)))
            found[flag.name] = flag
    return found


def _kind(annotation: str) -> str:
    if annotation.startswith("bool"):
        return "bool"
    if "Sequence[" in annotation or "list[" in annotation:
        return "list"
    return "int" if annotation.startswith("int") else "float" if annotation.startswith("float") else "str"


def short_name(verb: str, letter: str) -> str:
    """The keyword that a letter stands for; "" if it stands for none."""
    return OF_VERB.get((verb, letter), SHORT.get(letter, ""))


def written(verb: str, arguments: Iterable[str], flags: Mapping[str, object], after: Iterable[str] = ()) -> str:
    """The kubectl line of a call, ready for a shell.

    Args:
        after: what stands behind `--`.
    """
    words = ["kubectl", *verb.split(), *(shlex.quote(word) for word in arguments)]
    theirs = {keyword.strip("_"): value for keyword, value in flags.items() if keyword not in OURS.get(verb, ())}
    words += [word for keyword, value in theirs.items() for word in _written(verb, keyword, value)]
    rest = [shlex.quote(word) for word in after]
    return " ".join([*words, *(["--", *rest] if rest else [])])


def _written(verb: str, keyword: str, value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [word for each in value for word in _written(verb, keyword, each)]
    letter = next((k for k in SHORT if short_name(verb, k) == keyword and keyword in WRITTEN_SHORT), "")
    if value is True:
        return [f"-{letter}" if letter else f"--{keyword.replace('_', '-')}"]
    text = "false" if value is False else shlex.quote(str(value))
    return [f"-{letter}", text] if letter and value is not False else [f"--{keyword.replace('_', '-')}={text}"]
