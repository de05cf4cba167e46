"""Rules in CEL: whether a schema's are good, and what they say of a custom object.

Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go, compilation.go;
pkg/apis/apiextensions/validation/validation.go
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from podlab.embedded.apiserver.custom import structural
from podlab.embedded.apiserver.custom.budget import Budget, of_costs, times
from podlab.embedded.apiserver.custom.cel import checking, evaluation, moments, shapes
from podlab.embedded.apiserver.custom.cel.callcosts import product
from podlab.embedded.apiserver.custom.cel.costs import Coster
from podlab.embedded.apiserver.custom.cel.errors import Exhausted, Failed, Malformed, Unsupported
from podlab.embedded.apiserver.custom.cel.library import Optional
from podlab.embedded.apiserver.custom.cel.shapes import Shape
from podlab.embedded.apiserver.custom.cel.syntax import Node, parse
from podlab.embedded.apiserver.resource import Cause
from podlab.embedded.apiserver.validation import causes

Obj = dict[str, Any]
RULES = "x-kubernetes-validations"
NO_CEL = "the embedded cluster evaluates a part of CEL only and cannot read this; change it, or use a cluster that can"
COMPILATION = "compilation failed: "
APART = "oldSelf cannot be used on the uncorrelatable portion of the schema within"
REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
KEYS = {
    "Rule": "rule", "Message": "message", "MessageExpression": "messageExpression", "Reason": "reason",
    "FieldPath": "fieldPath", "OptionalOldSelf": "optionalOldSelf",
}  # fmt: skip
BLOCKED = (
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete "
    "validation"
)
BLOCKING = frozenset(
    ("FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid")
)
ROOT = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"type": "object", "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}}},
}
NOWHERE = "<nil>"
STEPS = 1_000_000
"""So many may be taken for one object: kind takes as many for one rule, and ten times as many for all.

Upstream: staging/src/k8s.io/apiserver/pkg/apis/cel/config.go
"""
NOT_USED = "may not be set if oldSelf is not used in rule"
MISMATCH = "call arguments did not match a supported operator, function or macro signature"


def stated(schema: Obj, path: str) -> list[Cause]:
    """What is wrong with a schema's rules before they are read."""
    found = []
    for index, rule in enumerate(schema.get(RULES) or ()):
        where, text, message = f"{path}.{RULES}[{index}]", rule.get("rule") or "", rule.get("message") or ""
        if not text.strip():
            found.append(causes.required(f"{where}.rule", "rule is not specified"))
        if message and not message.strip():
            found.append(causes.invalid(f"{where}.message", message, "message must be non-empty if specified"))
        elif "\n" in message.strip():
            found.append(causes.invalid(f"{where}.message", message, "must not contain line breaks"))
        elif "\n" in text.strip() and not message:
            found.append(causes.required(f"{where}.message", "message must be specified if rule contains line breaks"))
        if rule.get("reason") and rule["reason"] not in REASONS:
            found.append(causes.unsupported(f"{where}.reason", rule["reason"], REASONS))
        if rule.get("fieldPath") and not _leads(rule["fieldPath"], schema):
            found.append(causes.invalid(f"{where}.fieldPath", rule["fieldPath"], "must be a valid path"))
    return found


def _leads(path: str, schema: Obj) -> bool:
    if not path.startswith(".") or not path.strip("."):
        return False
    for name in path[1:].split("."):
        if name not in (schema.get("properties") or {}):
            return False
        schema = schema["properties"][name]
    return True


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around a schema: the path of the list or map whose parts nobody can tell from what they were ("" is
    none), how often the schema may be there (None: as often as it has room), what all rules may cost, and where
    something else is wrong.
    """

    budget: Budget
    wrong: Sequence[str]
    apart: str = ""
    times: int | None = 1


def compiled(schema: Obj, path: str, wrong: Sequence[str] = ()) -> list[Cause]:
    """What is wrong with the rules of a schema, and of those inside it, once they are read.

    Those of a schema in which something else is wrong, here or deeper, are not read.
    """
    around = _Around(Budget(), wrong)
    return _compiled(schema, path, around, root=True) + around.budget.over(path)


def _compiled(schema: Obj, path: str, around: _Around, *, root: bool = False) -> list[Cause]:
    found, apart = [], around.apart
    for part, inner in structural.inside(schema):
        mixed = apart or (path if _mixed(schema, part) else "")
        deeper = replace(around, apart=mixed, times=times(schema, around.times))
        found += _compiled(inner, f"{path}.{part}", deeper)
    if not any(where.startswith(f"{path}.") for where in around.wrong):
        found += _own(schema, path, around, root=root)
    return found


def _own(schema: Obj, path: str, around: _Around, *, root: bool) -> list[Cause]:
    found, apart = [], around.apart
    for index, rule in enumerate(schema.get(RULES) or ()):
        where = f"{path}.{RULES}[{index}]"
        try:
            wrong = _read(rule, _rooted(schema) if root else schema, where, around)
            found += wrong
            if apart and all(map(of_costs, wrong)) and _parsed(rule["rule"])[1]:
                found.append(causes.invalid(f"{where}.rule", rule["rule"], f"{APART} {apart}"))
        except (Unsupported, RecursionError):
            found.append(causes.forbidden(f"{where}.rule", NO_CEL))
    return found


def _mixed(schema: Obj, part: str) -> bool:
    """Whether a part cannot be told from what it was: in lists of another type than map, and in atomic maps."""
    if part == "items":
        return bool(schema.get("x-kubernetes-list-type") != "map")
    return part.startswith("properties") and schema.get("x-kubernetes-map-type") == "atomic"


def late(cause: Cause) -> bool:
    """Whether it is only said of a definition that is right but for it: no real API server says so."""
    return NO_CEL in cause.message


NO_BOOL, NO_TEXT = "cel expression must evaluate to a bool", "messageExpression must evaluate to a string"


def _read(rule: Obj, schema: Obj, where: str, around: _Around) -> list[Cause]:
    kind, shape = checking.of_schema(schema), shapes.of_schema(schema) or shapes.Shape()
    kinds = (kind, ("optional", kind) if rule.get("optionalOldSelf") else kind)
    value = {
        word: rule.get(key) or (None if word in ("Reason", "OptionalOldSelf") else "") for word, key in KEYS.items()
    }
    wrong, cost = _judged(rule["rule"], kinds, shape, "bool", f"{where}.rule", value)
    often = shapes.LARGEST // (shape.least + 1) if around.times is None else around.times
    found = around.budget.spend(f"{where}.rule", product(cost, often), "rule") + wrong
    if rule.get("optionalOldSelf") is not None and (wrong or not _parsed(rule["rule"])[1]):
        found.append(causes.invalid(f"{where}.optionalOldSelf", rule["optionalOldSelf"], NOT_USED))
    if rule.get("messageExpression") and not wrong:
        text, at = rule["messageExpression"], f"{where}.messageExpression"
        wrong, cost = _judged(text, kinds, shape, "string", at, value)
        found += wrong + around.budget.spend(at, cost, "messageExpression")
    return found


def _judged(
    text: str, kinds: tuple[Any, Any], shape: Shape, wanted: str, where: str, value: Obj
) -> tuple[list[Cause], int]:
    """(what is wrong with an expression, what it costs at most)"""
    checker = checking.Checker()
    try:
        node = parse(text)
    except Malformed as error:
        return [causes.invalid(where, value, _compilation(text, error.found))], 0
    given = checker.kind(node, {"self": kinds[0], "oldSelf": kinds[1]})
    if checker.found:
        return [causes.invalid(where, value, _compilation(text, checker.found))], 0
    evaluation.known(node)
    if given not in (wanted, checking.DYN):
        return [causes.invalid(where, value, NO_BOOL if wanted == "bool" else NO_TEXT)], 0
    return [], Coster(checker.kinds, shape).cost(node)


def _compilation(text: str, found: list[tuple[int, str]]) -> str:
    return COMPILATION + "\n".join(_told(text, at, wrong) for at, wrong in sorted(set(found)))


def _told(text: str, at: int, wrong: str) -> str:
    line, start = text.count("\n", 0, at) + 1, text.rfind("\n", 0, at) + 1
    shown = text.split("\n")[line - 1]
    return f"ERROR: <input>:{line}:{at - start + 1}: {wrong}\n | {shown}\n | {'.' * (at - start)}^"


def check(value: Any, old: Any, schema: Obj) -> Iterator[Cause]:
    """What a kind's rules say of an object that is otherwise right."""
    try:
        yield from _checked(value, old, schema, "", [STEPS], root=True)
    except Exhausted:  # as was said last
        return


def _checked(value: Any, old: Any, schema: Obj, path: str, left: list[int], *, root: bool = False) -> Iterator[Cause]:
    if value is None:
        return
    for rule in schema.get(RULES) or ():
        yield from _asked(rule, value, old, _rooted(schema) if root else schema, path, left)
    if isinstance(value, dict):
        known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, item in value.items():
            inner = known.get(key, extra if isinstance(extra, dict) else None)
            if inner is not None and any_in(inner):
                below = f"{path}.{key}".lstrip(".") if key in known else f"{path}[{key}]"
                before = old.get(key) if isinstance(old, dict) else None
                yield from _checked(item, before, inner, below, left)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, dict) and any_in(items):
        for index, item in enumerate(value):
            yield from _checked(item, _before(item, old, schema), items, f"{path}[{index}]", left)


def any_in(schema: Obj) -> bool:
    """Whether a schema, or one inside it, has rules."""
    inside = [*(schema.get("properties") or {}).values(), schema.get("items"), schema.get("additionalProperties")]
    return bool(schema.get(RULES)) or any(any_in(inner) for inner in inside if isinstance(inner, dict))


def _before(item: Any, old: Any, schema: Obj) -> Any:
    """What a list's item was; only in a list of type map that can be told."""
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    if not keys or not isinstance(old, list) or not isinstance(item, dict):
        return None
    return next((one for one in old if all(one.get(key) == item.get(key) for key in keys)), None)


def _rooted(schema: Obj) -> Obj:
    return {**schema, "properties": {**(schema.get("properties") or {}), **ROOT}}


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[Node, bool]:
    """A rule, and whether it asks what was before."""
    node = parse(text)
    return node, _asks(node)


def _asks(node: Node) -> bool:
    return (node.op == "name" and node.value == "oldSelf") or any(map(_asks, node.args))


def _asked(rule: Obj, value: Any, old: Any, schema: Obj, path: str, left: list[int]) -> Iterator[Cause]:
    node, asks = _parsed(rule["rule"])
    maybe = rule.get("optionalOldSelf")
    if asks and old is None and not maybe:
        return
    before = _typed(old, schema)
    before = Optional(() if old is None else (before,)) if maybe else before
    where, names = (path or NOWHERE, {"self": _typed(value, schema), "oldSelf": before, evaluation.LEFT: left})
    told = (rule.get("message") or rule["rule"]).strip()
    kind = schema.get("type") or ""
    try:
        if evaluation.evaluate(node, names) is True or (not asks and old is not None and evaluation.same(value, old)):
            return
    except Exhausted as error:
        why = f"'{error}': no further validation rules will be run due to call cost exceeds limit for rule: {told}"
        yield causes.invalid(where, kind, why)
        raise
    except Failed as error:
        how = f"{error} evaluating rule: {told}"
        if str(error) == evaluation.NO_OVERLOAD:
            how = f"'{error}': {MISMATCH} for rule: {told}"
        yield causes.invalid(where, kind, how)
        return
    detail = _message(rule, names) or (told if rule.get("message") else f"failed rule: {told}")
    place = f"{path}{rule['fieldPath']}".lstrip(".") if rule.get("fieldPath") else where
    yield _complaint(rule.get("reason") or "", place, value, detail)


def _message(rule: Obj, names: Obj) -> str:
    if not rule.get("messageExpression"):
        return ""
    try:
        found = evaluation.evaluate(_parsed(rule["messageExpression"])[0], names)
    except Failed:
        return ""
    return found.strip() if isinstance(found, str) and "\n" not in found.strip() else ""


def _complaint(reason: str, path: str, value: Any, detail: str) -> Cause:
    if reason == "FieldValueForbidden":
        return causes.forbidden(path, detail)
    if reason == "FieldValueRequired":
        return causes.required(path, detail)
    if reason == "FieldValueDuplicate":
        return causes.duplicate(path, value)
    if isinstance(value, (dict, list)):
        return Cause(path, "FieldValueInvalid", f"Invalid value: {detail}")
    return causes.invalid(path, value, detail)


READ: dict[str, Callable[[str], Any]] = {
    "date": moments.day,
    "date-time": moments.moment,
    "duration": moments.spoken,
    "byte": base64.b64decode,
}


def _told_apart(text: str, schema: Obj) -> Any:
    """A text, or what one of its format is."""
    read = READ.get(schema.get("format") or "")
    if read is None or schema.get("type") != "string":
        return text
    try:
        return read(text)
    except ValueError:
        return text


def _typed(value: Any, schema: Obj) -> Any:
    """A value whose numbers are what the schema says they are."""
    if schema.get("type") == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        return _told_apart(value, schema)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [_typed(item, schema["items"]) for item in value]
    if not isinstance(value, dict):
        return value
    known, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    inner = extra if isinstance(extra, dict) else {}
    return {key: _typed(item, known.get(key, inner)) for key, item in value.items()}
