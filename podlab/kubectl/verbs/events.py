"""`kubectl events`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/events
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from podlab.apimachinery.times import parse
from podlab.errors import ClusterError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.describe.sections import interval
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.tabwriter import align, escape
from podlab.kubectl.resources.listing import CHUNK, read_list
from podlab.kubectl.verbs.watching import ended, until

Object = dict[str, Any]
HEADER = "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE"


def events(
    command: Command,
    *arguments: str,
    for_: str = "",
    types: Sequence[str] = (),
    all_namespaces: bool = False,
    no_headers: bool = False,
    output: str = "",
    watch: bool = False,
    chunk_size: int = CHUNK,
) -> None:
    """Print Events, oldest first.

    Args:
        for_: only those about this object: `pod/web`.
        types: `Normal`, `Warning`.
        watch: go on with new ones until interrupted.

    Raises:
        PodlabError: `for_` or `types` is not one of these.
    """
    wanted = {kind.lower() for each in types for kind in each.split(",")}
    if wanted - {"normal", "warning"}:
        raise PodlabError("error: valid --types are Normal or Warning")
    mapping = command.mapper.by_name("events.v1.")
    selector = _about(command, for_) if for_ else ""
    namespace = "" if all_namespaces else command.namespace
    listed = read_list(command.client, mapping, namespace, field_selector=selector, chunk_size=chunk_size)
    found = [{"apiVersion": "v1", "kind": "Event", **event} for event in listed["items"] if _is_wanted(event, wanted)]
    found.sort(key=_when)
    command.objects += found
    if output:
        parse_format(output, tables=False)
    if output == "name" and found:
        return
    if output and found:
        document = {"apiVersion": "v1", "items": found, "kind": "EventList", "metadata": {"resourceVersion": ""}}
        command.out(parse_format(output).text(document))
    elif found:
        command.out(_table(found, command.client.server_now(), all_namespaces, no_headers))
    elif not watch:
        command.err("No events found.\n" if all_namespaces else f"No events found in {command.namespace} namespace.\n")
    if watch:
        query = {"fieldSelector": selector or None, "resourceVersion": listed["metadata"]["resourceVersion"]}
        _follow(command, mapping.path(namespace), query, wanted, all_namespaces)


def _table(found: list[Object], now: datetime, all_namespaces: bool, no_headers: bool) -> str:
    lines = [] if no_headers else [_row("NAMESPACE", HEADER, all_namespaces)]
    lines += [event_row(event, now, all_namespaces) for event in found]
    return align("".join(f"{line}\n" for line in lines), min_width=6, padding=3)


def _follow(command: Command, path: str, query: dict[str, object], wanted: set[str], all_namespaces: bool) -> None:
    try:
        for change in command.client.watch(path, query=query, timeout=until(command, None) or 300.0):
            event = change["object"]
            if change["type"] in ("ADDED", "MODIFIED") and _is_wanted(event, wanted):
                row = event_row(event, command.client.server_now(), all_namespaces)
                command.out(align(f"{row}\n", min_width=6, padding=3))
        if until(command, None):
            command.err(ended())
    except ClusterError:
        if not command.client.request_timeout:
            raise
    except KeyboardInterrupt:
        command.exit_code = 130


def _about(command: Command, text: str) -> str:
    resource, slash, name = text.partition("/")
    if not slash:
        raise PodlabError("error: --for must be in resource/name form")
    if "/" in name:
        raise PodlabError("error: arguments in resource/name form may not have more than one slash")
    try:
        mapping = command.mapper.by_name(resource)
    except PodlabError as error:
        raise PodlabError(str(error).removeprefix("error: "), error.hint) from error
    terms = {"kind": mapping.kind, "apiVersion": mapping.api_version, "name": name}
    return ",".join(f"involvedObject.{key}={value}" for key, value in terms.items())


def _is_wanted(event: Object, wanted: set[str]) -> bool:
    return not wanted or event.get("type", "").lower() in wanted


def _when(event: Object) -> float:
    series = event.get("series") or {}
    text = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    return parse(text).timestamp() if text else 0.0


def event_row(event: Object, now: datetime, with_namespace: bool = False) -> str:
    """One Event as a line with tabs."""
    about = event.get("involvedObject") or {}
    cells = [
        interval(event, now),
        event.get("type", ""),
        event.get("reason", ""),
        f"{about.get('kind', '')}/{about.get('name', '')}",
        (event.get("message") or "").strip(),
    ]
    return _row(event["metadata"].get("namespace", ""), "\t".join(map(escape, cells)), with_namespace)


def _row(namespace: str, rest: str, with_namespace: bool) -> str:
    return f"{namespace}\t{rest}" if with_namespace else rest
