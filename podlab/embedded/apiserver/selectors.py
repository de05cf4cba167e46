"""Label and field selectors, with upstream's syntax and its words about wrong ones.

Upstream: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, pkg/fields/selector.go
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Obj, Resource, no_fields

TOKEN = re.compile(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")
SYMBOLS = frozenset("=!(),<>") | {"==", "!="}
OPERATORS = ("in", "notin", "=", "==", "!=", "gt", "lt")
NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")

NAME_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
    " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and"
    " end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
    " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
PREFIX_RULE = (
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and"
    " must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
    " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a label selector: `operator` is in, notin, exists, !, gt or lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy it."""
        value = labels.get(self.key)
        if self.operator == "in":
            return value is not None and value in self.values
        if self.operator == "notin":
            return value is None or value not in self.values
        if self.operator in ("exists", "!"):
            return (value is not None) == (self.operator == "exists")
        return _compare(value, self.operator, self.values[0])


def _compare(value: str | None, operator: str, bound: str) -> bool:
    try:
        return int(value or "") > int(bound) if operator == "gt" else int(value or "") < int(bound)
    except ValueError:
        return False


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[str] = [*TOKEN.findall(text), ""]
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at]

    def take(self) -> str:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while token := self.peek():
            if token in SYMBOLS and token != "!":
                raise ValueError(f"found '{token}', expected: !, identifier, or 'end of string'")
            found.append(self.requirement())
            token = self.take()
            if not token:
                break
            if token != ",":
                raise ValueError(f"found '{token}', expected: ',' or 'end of string'")
            if self.peek() in SYMBOLS - {"!"} or not self.peek():
                raise ValueError(f"found '{self.peek()}', expected: identifier after ','")
        return found

    def requirement(self) -> Requirement:
        try:
            return self._requirement()
        except ValueError as error:
            raise ValueError(f"unable to parse requirement: {error}") from None

    def _requirement(self) -> Requirement:
        negated = self.peek() == "!"
        if negated:
            self.take()
        key = self.take()
        if not key or key in SYMBOLS:
            raise ValueError(f"found '{key}', expected: identifier")
        check_key(key)
        if negated or self.peek() in ("", ","):
            return Requirement(key, "!" if negated else "exists")
        operator = self.take()
        if operator in ("in", "notin"):
            values = self.values()
        elif operator in ("=", "==", "!=", "<", ">"):
            values = (self.value(),)
        else:
            raise ValueError(f"found '{operator}', expected: {', '.join(OPERATORS)}")
        return _requirement(key, operator, values)

    def value(self) -> str:
        token = self.peek()
        if token in ("", ","):
            return ""
        if token in SYMBOLS:
            raise ValueError(f"found '{self.take()}', expected: identifier")
        return self.take()

    def values(self) -> tuple[str, ...]:
        token = self.take()
        if token != "(":
            raise ValueError(f"found '{token}' expected: '('")
        found = []
        while True:
            token = self.peek()
            found.append("" if token in (",", ")") else self.take())
            token = self.take()
            if token == ")":
                return tuple(sorted(set(found)))
            if token != ",":
                raise ValueError(f"found '{token}', expected: ',' or ')'")


def _requirement(key: str, operator: str, values: tuple[str, ...]) -> Requirement:
    words = {"=": "in", "==": "in", "!=": "notin", "<": "lt", ">": "gt"}
    operator = words.get(operator, operator)
    for index, value in enumerate(values):
        if operator in ("gt", "lt"):
            if not re.fullmatch(r"-?\d+", value):
                why = "for 'Gt', 'Lt' operators, the value must be an integer"
                raise ValueError(f'values[{index}]: Invalid value: "{value}": {why}')
        elif value and not (NAME.fullmatch(value) and len(value) <= 63):
            rule = "must be no more than 63 bytes" if len(value) > 63 else VALUE_RULE
            raise ValueError(f'values[{index}][{key}]: Invalid value: "{value}": {rule}')
    return Requirement(key, operator, values)


def check_key(key: str) -> None:
    """Raise ValueError if a label's key is not a qualified name."""
    prefix, slash, name = key.rpartition("/")
    why = []
    if slash and not prefix:
        why.append("prefix part must be non-empty")
    elif slash and not SUBDOMAIN.fullmatch(prefix):
        why.append(PREFIX_RULE)
    if not name:
        why.append("name part must be non-empty")
    elif len(name) > 63:
        why.append("name part must be no more than 63 bytes")
    if not NAME.fullmatch(name):
        why.append(f"name part {NAME_RULE}")
    if why:
        raise ValueError(f'<nil>: Invalid value: "{key}": {"; ".join(why)}')


@lru_cache(maxsize=512)
def parse_labels(text: str) -> tuple[Requirement, ...]:
    """Parse `app=web,tier in (a,b),!old`. Raises ValueError with upstream's words."""
    return tuple(_Parser(text).requirements())


@lru_cache(maxsize=512)
def parse_fields(text: str) -> tuple[tuple[str, str, str], ...]:
    """Parse `status.phase!=Running,metadata.name=x` into (field, = or !=, value). Raises ValueError."""
    terms = []
    for term in filter(None, sorted(re.split(r"(?<!\\),", text))):  # sorted: it decides which one is complained of
        found = re.match(r"((?:[^=!\\]|\\.|!(?!=))*)(!=|==|=)(.*)", term, re.DOTALL)
        if not found:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{term}'")
        name, operator, value = found.groups()
        terms.append((name, "!=" if operator == "!=" else "=", re.sub(r"\\([\\,=])", r"\1", value)))
    return tuple(terms)


def labels_match(text: str, labels: Mapping[str, str] | None) -> bool:
    """Whether a label selector in its text form selects labels. Raises ValueError."""
    return all(term.matches(labels or {}) for term in parse_labels(text))


def selects(selector: Obj | None, labels: Mapping[str, str] | None) -> bool:
    """Whether a LabelSelector object (matchLabels, matchExpressions) selects labels; None selects nothing."""
    if selector is None:
        return False
    labels = labels or {}
    words = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
    exact = all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    return exact and all(
        Requirement(term["key"], words[term["operator"]], tuple(term.get("values") or ())).matches(labels)
        for term in selector.get("matchExpressions") or ()
    )


def fields_of(resource: Resource, obj: Obj) -> dict[str, str]:
    """The values that field selectors may ask for."""
    meta = obj["metadata"]
    own = {"metadata.name": meta.get("name", "")}
    if resource.namespaced:
        own["metadata.namespace"] = meta.get("namespace", "")
    return {**own, **resource.fields(obj)}


def supported_fields(resource: Resource) -> frozenset[str]:
    """The names that a field selector of this resource may use."""
    return frozenset(fields_of(resource, {"metadata": {}, "spec": {}, "status": {}})) | {"metadata.namespace"}


def matcher(resource: Resource, labels: str | None, fields: str | None) -> Callable[[Obj], bool]:
    """A test for objects. Raises StatusError 400 for selectors that cannot be understood."""
    try:
        wanted = parse_labels(labels) if labels else ()
        terms = parse_fields(fields) if fields else ()
    except ValueError as error:
        raise status.bad_request(str(error)) from None
    if terms:
        supported = supported_fields(resource)
        for name, _, _ in terms:
            if name not in supported:
                raise status.bad_request(_unsupported(resource, name))
    if not wanted and not terms:
        return lambda obj: True

    pinned = exact_name(fields)

    def matches(obj: Obj) -> bool:
        meta = obj["metadata"]
        if pinned is not None and meta.get("name") != pinned:
            return False
        own = meta.get("labels") or {}
        if not all(term.matches(own) for term in wanted):
            return False
        if not terms:
            return True
        values = fields_of(resource, obj)
        return all((values.get(name, "") == value) == (operator == "=") for name, operator, value in terms)

    return matches


def _unsupported(resource: Resource, name: str) -> str:
    """Kinds with fields of their own word it as one, all others as the scheme does."""
    if resource.fields is not no_fields:
        return f"field label not supported: {name}"
    return f'{quote(name)} is not a known field selector: only "metadata.name", "metadata.namespace"'


def exact_name(fields: str | None) -> str | None:
    """The name that `metadata.name=x` asks for, if the selector pins it: one object instead of a walk."""
    for name, operator, value in parse_fields(fields or ""):
        if name == "metadata.name" and operator == "=":
            return value
    return None
