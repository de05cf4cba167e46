"""YAML as Go's libraries read it. Upstream: go.yaml.in/yaml/v2 resolve.go, go.yaml.in/yaml/v3 resolve.go"""

from __future__ import annotations

import functools
import json
import math
import re
from typing import Any

TAG = "tag:yaml.org,2002:"
BOOLEAN = re.compile(r"^(y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$")
TRUTH = re.compile(r"^(true|True|TRUE|false|False|FALSE)$")
WHOLE = re.compile(r"^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)$")
NUMBER = re.compile(r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")
OTHERS = (":timestamp", ":bool", ":value", ":int", ":float")


@functools.cache
def loader(*, third: bool = False) -> Any:
    """A loader to which `y` and `n` are booleans, times texts, `1e3` a number; of two equal keys the last wins.

    Args:
        third: as the library's third version, which kustomize has: only `true` and `false` are booleans.
    """
    import yaml  # late: most requests are JSON

    class Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
        """Go's YAML."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(OTHERS)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(f"{TAG}bool", TRUTH if third else BOOLEAN, list("yYnNtTfFoO"))
    Loader.add_implicit_resolver(f"{TAG}int", WHOLE, list("-+0123456789"))
    Loader.add_implicit_resolver(f"{TAG}float", NUMBER, list("-+0123456789."))
    Loader.add_constructor(f"{TAG}bool", lambda _, node: node.value.lower() in ("y", "yes", "true", "on"))
    Loader.add_constructor(f"{TAG}int", lambda _, node: _whole(node.value))
    Loader.add_constructor(f"{TAG}float", lambda _, node: _number(node.value.replace("_", "")))
    return Loader


def encoding(data: bytes) -> str:
    """UTF-8, or what a byte order mark says: PowerShell writes UTF-16."""
    return "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def line_of(error: Any) -> int:
    """The line that Go's library names in an error, which counts only what a scanner says from 1; 0 for none.

    Upstream: go.yaml.in/yaml/v2 decode.go (parser.fail)
    """
    import yaml

    marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark is not None and mark.line]
    return marks[0] + isinstance(error, yaml.scanner.ScannerError) if marks else 0


def said(error: Any, text: str = "") -> str:
    """Go's words for an error with marks, and its line; the text names the anchor that is not there."""
    if error.problem == "found undefined alias" and (alias := ALIAS.match(text, _at(error.problem_mark, text))):
        return f"unknown anchor '{alias[1]}' referenced"
    line = line_of(error)
    return f"line {line}: {error.problem}" if line else str(error.problem)


ALIAS = re.compile(r"\*([\w-]+)")


def _at(mark: Any, text: str) -> int:
    return sum(map(len, text.splitlines(keepends=True)[: mark.line])) + int(mark.column)


class NotJson(ValueError):
    """What YAML can say and JSON cannot, in Go's words."""


def as_json(value: Any) -> Any:
    """A value that was read as YAML, as JSON has it: every key a text (`y` and `on` are true).

    Raises:
        NotJson: a key is null, or a number is infinite or none.
    """
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        return {_key(key, each): as_json(each) for key, each in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise NotJson(f"json: unsupported value: {_limitless(value)}")
    return value


def _key(key: Any, value: Any) -> str:
    if key is None:
        raise NotJson(f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {_syntax(value)}")
    if isinstance(key, float) and not math.isfinite(key):
        return f"{key:+}".replace("+nan", ".nan").replace("+inf", ".inf").replace("-inf", "-.inf")
    return str(key).lower() if isinstance(key, bool) else str(key)


def _limitless(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{value:+}".replace("inf", "Inf")


def _syntax(value: Any) -> str:
    """A value as Go's `%#v`."""
    if isinstance(value, dict):
        pairs = sorted(f"{_syntax(key)}:{_syntax(each)}" for key, each in value.items())
        return f"map[interface {{}}]interface {{}}{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_syntax, value))}}}"
    return "interface {}(nil)" if value is None else json.dumps(value, ensure_ascii=False)


def _whole(text: str) -> int:
    text = text.replace("_", "")
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    found = sign * int(digits, 8 if octal else 0)
    return found if -(2**63) <= found < 2**64 else int(float(found))


def _number(text: str) -> float | int:
    """JSON has one kind of number: 1e3 is 1000."""
    number = float(text.replace(".inf", "inf").replace(".nan", "nan") if text[-1:].isalpha() else text)
    return (
        number if not math.isfinite(number) else int(number) if number.is_integer() and abs(number) < 1e21 else number
    )
