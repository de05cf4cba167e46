"""The parts that every description is made of: lines with tabs, aligned at the end.

Upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from podlab.apimachinery.times import age
from podlab.kubectl.formats.tabwriter import align, escape

Object = dict[str, Any]
MAX_ANNOTATION = 140
SKIPPED_ANNOTATIONS = {"kubectl.kubernetes.io/last-applied-configuration"}


def page(lines: Iterable[str], events: list[Object] | None = None, now: datetime | None = None) -> str:
    """The description's text; the events' table is aligned on its own."""
    text = align(escape("".join(f"{line}\n" for line in lines)))
    if events is None or now is None:
        return text
    if not events:
        return align(escape("".join(f"{line}\n" for line in [*lines, "Events:\t<none>"])))
    return text + align(escape("".join(f"{line}\n" for line in event_lines(events, now))))


def event_lines(events: list[Object], now: datetime) -> list[str]:
    """The Events section: oldest first by last timestamp, counts as `(x5 over 2m)`."""
    lines = ["Events:", "  Type\tReason\tAge\tFrom\tMessage", "  ----\t------\t----\t----\t-------"]
    for event in sorted(events, key=lambda e: e.get("lastTimestamp") or ""):
        message = (event.get("message") or "").strip()
        where = (event.get("involvedObject") or {}).get("fieldPath")
        source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
        message = f"{where}: {message}" if where else message
        lines.append(
            f"  {event.get('type', '')}\t{event.get('reason', '')}\t{interval(event, now)}\t{source}\t{message}"
        )
    return lines


def interval(event: Object, now: datetime) -> str:
    """When an Event was last seen, and how often since when: `6s (x2 over 9s)`."""
    first = age(event.get("eventTime") or event.get("firstTimestamp"), now)
    series = event.get("series")
    if series:
        return f"{age(series.get('lastObservedTime'), now)} (x{series.get('count', 0)} over {first})"
    if event.get("count", 0) > 1:
        return f"{age(event.get('lastTimestamp'), now)} (x{event['count']} over {first})"
    return first


def head(obj: Object) -> list[str]:
    """Name, namespace, labels and annotations, as most descriptions begin."""
    metadata = obj["metadata"]
    return [
        f"Name:\t{metadata['name']}",
        f"Namespace:\t{metadata.get('namespace', '')}",
        *labels("Labels", metadata.get("labels")),
        *annotation_lines("Annotations", metadata.get("annotations")),
    ]


def column(title: str, values: Iterable[str]) -> list[str]:
    """A title and its values below each other; `<none>` for none."""
    first, *rest = [*values] or ["<none>"]
    return [f"{title}:\t{first}", *(f"{_margin(title)}\t{value}" for value in rest)]


def _margin(title: str) -> str:
    # Inside a Pod template upstream writes titles as "  Labels" but continuation lines without the two spaces.
    return ""


def labels(title: str, values: Mapping[str, str] | None) -> list[str]:
    """Labels, one a line, sorted."""
    return column(title, (f"{key}={values[key]}" for key in sorted(values)) if values else ())


def annotation_lines(title: str, values: Mapping[str, str] | None) -> list[str]:
    """Annotations, one a line, sorted; a long one is shortened below its key. kubectl's own is left out."""
    keys = sorted(set(values or ()) - SKIPPED_ANNOTATIONS)
    if not keys:
        return [f"{title}:\t<none>"]
    lines: list[str] = []
    for key in keys:
        value = (values or {})[key].removesuffix("\n")
        margin = "\t" if lines else f"{title}:\t"
        if len((key + value).encode()) + 2 > MAX_ANNOTATION or "\n" in value:
            lines.append(f"{margin}{key}:")
            lines += [f"\t  {shorten(line, MAX_ANNOTATION - 2)}" for line in value.split("\n")]
        else:
            lines.append(f"{margin}{key}: {value}")
    return lines


def shorten(text: str, length: int) -> str:
    """At most that many bytes of UTF-8, then dots."""
    data = text.encode()
    return data[:length].decode(errors="replace") + "..." if len(data) > length else text


def tolerations(title: str, values: list[Object] | None) -> list[str]:
    """Tolerations as `key=value:effect op=Exists for 300s`, sorted by key."""
    return column(title, (_toleration(t) for t in sorted(values or [], key=lambda t: str(t.get("key", "")))))


def _toleration(toleration: Object) -> str:
    key, value, effect = (str(toleration.get(name, "")) for name in ("key", "value", "effect"))
    text = key + (f"={value}" if value else "") + (f":{effect}" if effect else "")
    if toleration.get("operator") == "Exists" and not value:
        text += " op=Exists" if key or effect else "op=Exists"
    seconds = toleration.get("tolerationSeconds")
    return text + (f" for {seconds}s" if seconds is not None else "")


def taints(values: list[Object] | None) -> list[str]:
    """Taints as `key=value:effect`, sorted by effect and key."""
    ordered = sorted(values or [], key=lambda t: f"{t.get('effect', '')},{t['key']}")
    return column(
        "Taints", (t["key"] + (f"={t['value']}" if t.get("value") else "") + f":{t['effect']}" for t in ordered)
    )


def topology_spread(values: list[Object] | None, space: str = "") -> list[str]:
    """Topology spread constraints, sorted by key."""
    if not values:
        return []
    texts = []
    for item in sorted(values, key=lambda c: str(c["topologyKey"])):
        text = f"{item['topologyKey']}:{item['whenUnsatisfiable']} when max skew {item['maxSkew']} is exceeded"
        selector = item.get("labelSelector")
        texts.append(text + (f" for selector {format_selector(selector)}" if selector is not None else ""))
    first, *rest = texts
    return [f"{space}Topology Spread Constraints:\t{first}", *(f"{space}\t{text}" for text in rest)]


_OPERATORS = {"In": "in", "NotIn": "notin"}


def format_selector(selector: Object | None) -> str:
    """A label selector in its text form: `app=web,tier in (a,b),!old`; `<none>` for the empty one."""
    terms = [(key, f"{key}={value}") for key, value in ((selector or {}).get("matchLabels") or {}).items()]
    for item in (selector or {}).get("matchExpressions") or []:
        key, operator = item["key"], item["operator"]
        values = f" {_OPERATORS.get(operator, operator)} ({','.join(sorted(item.get('values') or []))})"
        terms.append((key, key if operator == "Exists" else f"!{key}" if operator == "DoesNotExist" else key + values))
    return ",".join(text for _, text in sorted(terms, key=lambda term: term[0])) or "<none>"


def controller(obj: Object) -> list[str]:
    """`Controlled By`, if a controller owns the object."""
    owners = obj["metadata"].get("ownerReferences") or []
    return [f"Controlled By:\t{o['kind']}/{o['name']}" for o in owners if o.get("controller")][:1]


def or_none(text: str) -> str:
    """The text, `<none>` for none."""
    return text or "<none>"


def truth(value: object) -> str:
    """A boolean as kubectl's describe prints most of them."""
    return "True" if value else "False"


def small(value: object) -> str:
    """A boolean as Go prints it."""
    return "true" if value else "false"
