"""The value of an expression in CEL.

Upstream: google/cel-go/interpreter, common/types; k8s.io/apiserver/pkg/cel/library (lists, regex)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from podlab.embedded.apiserver.custom.cel import library, moments
from podlab.embedded.apiserver.custom.cel.errors import Exhausted, Failed, Unsupported
from podlab.embedded.apiserver.custom.cel.library import Optional
from podlab.embedded.apiserver.custom.cel.names import unescaped
from podlab.embedded.apiserver.custom.cel.syntax import Node
from podlab.embedded.runtime.expressions import engine

MOST = 1 << 63
NO_OVERLOAD = "no such overload"
LEFT = "@left"
"""Under what no name can be, how many steps an expression may still take."""


def evaluate(node: Node, names: Mapping[str, Any]) -> Any:
    """The value of an expression. Raises Failed; Exhausted where `names` has too few steps LEFT, a list of one."""
    if left := names.get(LEFT):
        left[0] -= 1
        if left[0] < 0:
            raise Exhausted
    if node.op == "literal":
        return node.value
    if node.op == "name":
        return names[node.value] if node.value in names else library.Type(node.value)
    if node.op == "list":
        return [evaluate(item, names) for item in node.args]
    if node.op == "map":
        return {evaluate(entry.args[0], names): evaluate(entry.args[1], names) for entry in node.args}
    if node.op in ("select", "has", "optional"):
        return _selected(evaluate(node.args[0], names), unescaped(node.value), node.op)
    if node.op in ("each", "pairs"):
        return _each(node, names)
    if node.op == "bound":
        return _bound(node, names)
    if node.value in ("_&&_", "_||_"):
        return _either(node, names)
    if node.value == "_?_:_":
        return evaluate(node.args[1 if _truth(evaluate(node.args[0], names)) else 2], names)
    args = [evaluate(arg, names) for arg in node.args]
    try:
        return FUNCTIONS[node.value](*args)
    except (TypeError, AttributeError):
        raise Failed(NO_OVERLOAD) from None
    except (ValueError, OverflowError) as error:
        raise Failed(str(error)) from None


def _selected(whole: Any, name: str, how: str) -> Any:
    """A field; of what may be there, or is asked for so, it may be there."""
    if isinstance(whole, Optional):
        inside = whole.values[0] if whole.values else {}
        return _selected(inside, name, how if how == "has" else "optional")
    if not isinstance(whole, dict):
        raise Failed(NO_OVERLOAD)
    if how == "has":
        return name in whole
    if how == "optional":
        return Optional((whole[name],) if name in whole else ())
    if name not in whole:
        raise Failed(f"no such key: {name}")
    return whole[name]


def _bound(node: Node, names: Mapping[str, Any]) -> Any:
    """optMap and optFlatMap."""
    whole, name, inner = node.args
    given = evaluate(whole, names)
    if not isinstance(given, Optional):
        raise Failed(NO_OVERLOAD)
    if not given.values:
        return given
    found = evaluate(inner, {**names, name.value: given.values[0]})
    return Optional((found,)) if node.value == "optMap" else found


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Failed(NO_OVERLOAD)
    return value


def _either(node: Node, names: Mapping[str, Any]) -> bool:
    """What one side decides holds, whatever goes wrong with the other."""
    return _settled((partial(_holds, arg, names) for arg in node.args), node.value == "_||_")


def _holds(node: Node, names: Mapping[str, Any]) -> bool:
    return _truth(evaluate(node, names))


def _settled(asked: Iterable[Callable[[], bool]], decisive: bool) -> bool:
    failed: Failed | None = None
    for one in asked:
        try:
            if one() is decisive:
                return decisive
        except Exhausted:
            raise
        except Failed as error:
            failed = failed or error
    if failed:
        raise failed
    return not decisive


def _each(node: Node, names: Mapping[str, Any]) -> Any:
    """all, exists, exists_one, map, filter and transform; of pairs with the place or the key of each."""
    whole, *rest = node.args
    items = evaluate(whole, names)
    if node.op == "pairs":
        pairs = list(items.items() if isinstance(items, dict) else enumerate(items))
        bound = [{rest[0].value: key, rest[1].value: item} for key, item in pairs]
        inner, ways = rest[2:], [key for key, _ in pairs]
    else:
        bound, inner, ways = [{rest[0].value: item} for item in items], rest[1:], list(items)
    if node.value in ("all", "exists"):
        asked = (partial(_holds, inner[0], {**names, **one}) for one in bound)
        return _settled(asked, node.value == "exists")
    filtered = node.value in ("filter", "exists_one", "existsOne") or len(inner) > 1
    chosen = [at for at, one in enumerate(bound) if not filtered or _holds(inner[0], {**names, **one})]
    if node.value in ("exists_one", "existsOne"):
        return len(chosen) == 1
    if node.value == "filter":
        return [ways[at] for at in chosen]
    found = [evaluate(inner[-1], {**names, **bound[at]}) for at in chosen]
    return dict(zip((ways[at] for at in chosen), found, strict=True)) if node.value == "transformMap" else found


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal: numbers by what they are, true is no 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def _counted(count: Callable[[int, int], int], real: Callable[[float, float], float]) -> Callable[[Any, Any], Any]:
    """A sum of two integers or of two reals."""

    def reckon(one: Any, other: Any) -> Any:
        if type(one) is int and type(other) is int:
            found = count(one, other)
            if not -MOST <= found < MOST:
                raise Failed("integer overflow")
            return found
        if type(one) is float and type(other) is float:
            return real(one, other)
        if type(one) is type(other) and isinstance(one, (str, list)) and count is operator.add:
            return one + other
        timed = moments.plus(one, other) if count is operator.add else None
        timed = moments.minus(one, other) if count is operator.sub else timed
        if timed is not None:
            return timed
        raise Failed(NO_OVERLOAD)

    return reckon


def _quotient(one: int, other: int) -> int:
    if not other:
        raise Failed("division by zero")
    return abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)


def _rest(one: int, other: int) -> int:
    if not other:
        raise Failed("modulus by zero")
    return int(math.fmod(one, other)) if abs(one) < 1 << 53 else one - other * _quotient(one, other)


def _real_quotient(one: float, other: float) -> float:
    return one / other if other else math.nan if not one or math.isnan(one) else math.copysign(math.inf, one)


def _item(whole: Any, key: Any) -> Any:
    if isinstance(whole, dict):
        if key not in whole:
            raise Failed(f"no such key: {key}")
        return whole[key]
    if not 0 <= key < len(whole):
        raise Failed(f"index out of bounds: {key}")
    return whole[int(key)]


def _maybe(whole: Any, key: Any) -> Optional:
    try:
        return Optional((_item(whole, key),))
    except Failed:
        return Optional()


def _number(value: Any) -> int:
    if isinstance(value, (moments.Moment, moments.Span)):
        return value.nano // moments.SECOND if isinstance(value, moments.Moment) else value.nano
    try:
        return int(value)
    except (ValueError, OverflowError):
        raise Failed(f'strconv.ParseInt: parsing "{value}": invalid syntax') from None


def _real(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        raise Failed(f'strconv.ParseFloat: parsing "{value}": invalid syntax') from None


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else library.shown(value)


def _matches(text: str, pattern: str) -> bool:
    try:
        return bool(engine.compiled(pattern).search(text))
    except engine.Error as error:
        raise Failed(f"error parsing regexp: {error}") from None


def _split(text: str, part: str, most: int = -1) -> list[str]:
    if most == 0:
        return []
    return text.split(part, most - 1 if most > 0 else -1) if part else list(text)


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise Failed(f"index out of range: {start if not 0 <= start <= len(text) else end}")
    return text[start:end]


def _first(whole: Any, item: Any, start: int = 0) -> int:
    return (
        whole.find(item, start)
        if isinstance(whole, str)
        else next((i for i, one in enumerate(whole) if same(one, item)), -1)
    )


def _total(items: Any) -> Any:
    if items and isinstance(items[0], moments.Span):
        return moments.Span(sum(item.nano for item in items))
    return sum(items)


def _extreme(choose: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    def of(items: Any) -> Any:
        if not items:
            raise Failed(f"{name} called on empty list")
        return choose(items)

    return of


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "_==_": same,
    "_!=_": lambda one, other: not same(one, other),
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
    "_+_": _counted(operator.add, operator.add),
    "_-_": _counted(operator.sub, operator.sub),
    "_*_": _counted(operator.mul, operator.mul),
    "_/_": _counted(_quotient, _real_quotient),
    "_%_": _counted(_rest, math.fmod),
    "!_": lambda value: not _truth(value),
    "-_": operator.neg,
    "@in": lambda item, whole: item in whole if isinstance(whole, dict) else any(same(item, one) for one in whole),
    "_[_]": _item,
    "_[?_]": _maybe,
    "size": len,
    ".size": len,
    "int": _number,
    "double": _real,
    "string": _text,
    "dyn": lambda value: value,
    "matches": _matches,
    ".matches": _matches,
    ".contains": lambda text, part: part in text,
    ".startsWith": str.startswith,
    ".endsWith": str.endswith,
    ".lowerAscii": str.lower,
    ".upperAscii": str.upper,
    ".trim": str.strip,
    ".replace": str.replace,
    ".split": _split,
    ".substring": _substring,
    ".join": lambda items, part="": part.join(items),
    ".indexOf": _first,
    ".isSorted": lambda items: all(one <= other for one, other in pairwise(items)),
    ".sum": _total,
    ".min": _extreme(min, "min"),
    ".max": _extreme(max, "max"),
    **{name: function for name, (_, function) in library.TABLE.items()},
}


def known(node: Node) -> None:
    """Refuse what calls a function that is not here. Raises Unsupported."""
    if node.op == "call" and node.value not in FUNCTIONS and node.value not in ("_&&_", "_||_", "_?_:_"):
        raise Unsupported
    for arg in node.args:
        known(arg)
