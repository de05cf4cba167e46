"""Flags' values as words and as keyword arguments: read with kubectl's complaints, written for a shell."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import PodlabError
from podlab.kubectl.commandline.surface import OURS, Flag, commands

BOOLEANS = {"1": True, "t": True, "T": True, "true": True, "TRUE": True, "True": True}
BOOLEANS |= {"0": False, "f": False, "F": False, "false": False, "FALSE": False, "False": False}
WRITTEN_SHORT = ("all_namespaces", "container", "filename", "namespace", "output", "patch", "selector", "watch")
LARGEST = 2**63
SMALL = {"create deployment": ("port", "replicas"), "create priorityclass": ("value",), "autoscale": ("max", "min")}
"""Flags that are 32 bits wide."""
PAIRS = {"debug": ("env",), "create clusterrole": ("aggregation-rule",)}
"""Flags that take `key=value` and nothing else."""
MAPS = ("aggregation-rule",)


def see(verb: str) -> str:
    """Where kubectl sends one to read after a wrong flag."""
    return f"\nSee '{' '.join(['kubectl', *verb.split()])} --help' for usage."


def converted(flag: Flag, text: str, verb: str, before: Any = None) -> Any:
    """A flag's word as a value; a list is added to what was `before`.

    Raises:
        PodlabError: kubectl's line for a word that is no such value.
    """
    try:
        read = _READ.get(flag.kind)
        value: Any = read(flag, text, before) if read else text
        if flag.name in PAIRS.get(verb, ()):
            _check_pairs(flag.name, text)
        if flag.name in SMALL.get(verb, ()) and not -(2**31) <= value < 2**31:
            raise ValueError(f'strconv.ParseInt: parsing "{text}": value out of range')
        return value
    except ValueError as error:
        raise PodlabError(f'error: invalid argument "{text}" for "{flag.shown}" flag: {error}{see(verb)}') from None


def _check_pairs(name: str, text: str) -> None:
    pairs = text.split(",")
    wrong = next((each for each in pairs if "=" not in each), None)
    if wrong is not None:
        raise ValueError(
            "malformed pair, expect string=string" if name in MAPS else f"{wrong} must be formatted as key=value"
        )


def _bool(flag: Flag, text: str, before: Any) -> bool:
    if text not in BOOLEANS:
        raise ValueError(f'strconv.ParseBool: parsing "{text}": invalid syntax')
    return BOOLEANS[text]


def _int(flag: Flag, text: str, before: Any) -> int:
    if not re.fullmatch(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]*|0[bB][01]+|[1-9][0-9]*)", text, re.ASCII):
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    digits = text.lstrip("+-")
    number = int(digits, 8 if re.fullmatch(r"0[0-7]+", digits) else 0) if len(digits) < 80 else LARGEST
    number = -number if text.startswith("-") else number
    if not -LARGEST <= number < LARGEST:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": value out of range')
    return number


def _duration(flag: Flag, text: str, before: Any) -> str:
    parse_duration(text)
    return text


def _list(flag: Flag, text: str, before: Any) -> list[str]:
    values = [text]
    if flag.divides:
        try:
            values = next(csv.reader([text], strict=True), []) if '"' in text else text.split(",") if text else []
        except csv.Error:
            raise ValueError('parse error on line 1, column 1: extraneous or missing " in quoted-field') from None
    return [*(before or []), *values]


_READ: dict[str, Callable[[Flag, str, Any], Any]] = {"bool": _bool, "int": _int, "duration": _duration, "list": _list}


def of_call(verb: str, flag: Flag, value: Any) -> Any:
    """A keyword argument's value as the verb takes it.

    Raises:
        PodlabError: kubectl's line for a value that is none.
    """
    if flag.kind == "list":
        values = [value] if isinstance(value, (str, Path)) or not isinstance(value, Iterable) else list(value)
        return [str(each) for each in values]
    if flag.kind == "bool" and isinstance(value, bool):
        return value
    if isinstance(value, timedelta):
        value = f"{value.total_seconds()}s"
    if isinstance(value, bool):
        value = str(value).lower()
    return converted(flag, str(value), verb)


def written(verb: str, arguments: Iterable[str], flags: Mapping[str, object], after: Iterable[str] = ()) -> str:
    """The kubectl line of a call, ready for a shell.

    Args:
        after: what stands behind `--`.
    """
    words = ["kubectl", *verb.split(), *(shlex.quote(word) for word in arguments)]
    ours = {flag.keyword for flag in OURS.get(verb, ())}
    theirs = {keyword.strip("_"): value for keyword, value in flags.items() if keyword.strip("_") not in ours}
    words += [word for keyword, value in theirs.items() for word in _written(verb, keyword, value)]
    rest = [shlex.quote(word) for word in after]
    return " ".join([*words, *(["--", *rest] if rest else [])])


def _written(verb: str, keyword: str, value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [word for each in value for word in _written(verb, keyword, each)]
    usage = commands().get(verb)
    flag = usage.by_keyword(keyword) if usage else None
    letter = flag.short if flag and keyword in WRITTEN_SHORT else ""
    if value is True:
        return [f"-{letter}" if letter else f"--{keyword.replace('_', '-')}"]
    text = "false" if value is False else shlex.quote(str(value))
    return [f"-{letter}", text] if letter and value is not False else [f"--{keyword.replace('_', '-')}={text}"]
