"""`kubectl get --watch`: what is there, then each change, until it is interrupted or the time is up.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/get.go (watch)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import ClusterError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.formats.formats import Format
from podlab.kubectl.formats.printer import TableOptions, TablePrinter
from podlab.kubectl.resources.listing import TABLE, read_list, read_one
from podlab.kubectl.resources.selection import Selected
from podlab.text import Text

Object = dict[str, Any]
Print = Callable[[str, Object], str]
UNSEEN = 30.0  # seconds of a watch without an end where nobody sees what it prints until it is over: in a cell
ENDED = Text(
    ko="→ 끝이 없는 --watch라서 {seconds}초 뒤에 멈추었습니다. 셀은 끝난 뒤에 출력을 보여 줍니다. 더 오래 지켜보려면 "
    '`timeout="5m"`을 더하고, 바로바로 보려면 `PodBoard(kubectl)`를 쓰거나 터미널에서 실행합니다.',
    en="→ A --watch without an end: stopped after {seconds} s, since a cell shows its output when it is done. "
    '`timeout="5m"` watches longer; `PodBoard(kubectl)`, or a terminal, shows changes as they come.',
)
STOPPED = Text(ko="지켜보기를 멈추었습니다.", en="Stopped watching.")


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: a resource in a namespace, with selectors, and for how long (seconds; None for ever)."""

    one: Selected
    namespace: str
    label_selector: str = ""
    field_selector: str = ""
    timeout: float | None = None

    @property
    def query(self) -> dict[str, object]:
        """The selectors of the request, the object's name among them."""
        fields = f"metadata.name={self.one.name}" if self.one.name else self.field_selector
        return {"labelSelector": self.label_selector or None, "fieldSelector": fields or None}


def watch(
    command: Command,
    watched: Watched,
    options: TableOptions,
    style: Format,
    *,
    only: bool = False,
    with_events: bool = False,
) -> None:
    """Print what is there (unless `only`) and each change as it comes.

    Raises:
        ApiError: no such object, or the server refuses.
    """
    accept = TABLE if style.is_table else "application/json"
    path = watched.one.mapping.path(watched.namespace)
    printer = TablePrinter(replace(options, with_namespace=options.with_namespace and watched.one.mapping.namespaced))
    show = _table_printer(printer) if style.is_table else _object_printer(style)
    if watched.one.name:
        read_one(command.client, watched.one.mapping, watched.namespace, watched.one.name)
    listed = read_list(
        command.client,
        watched.one.mapping,
        watched.namespace,
        label_selector=watched.label_selector,
        field_selector=str(watched.query["fieldSelector"] or ""),
        accept=accept,
        items="rows" if style.is_table else "items",
    )
    if not only:
        kind = {"apiVersion": watched.one.mapping.api_version, "kind": watched.one.mapping.kind}
        for part in [listed] if style.is_table else [{**kind, **item} for item in listed["items"]]:
            command.out(show("ADDED" if with_events else "", part))
    bounded = replace(watched, timeout=until(command, watched.timeout))
    try:
        for change in _changes(command, path, bounded, listed["metadata"]["resourceVersion"], accept):
            command.objects.append(change["object"])
            command.out(show(change["type"] if with_events else "", change["object"]))
    except KeyboardInterrupt:
        command.exit_code = 130
        command.err(f"{STOPPED}\n")
        return
    if bounded.timeout != watched.timeout:
        command.err(ended())


def until(command: Command, asked: float | None) -> float | None:
    """How long to watch, in seconds: as asked, but with an end where nobody sees the output before."""
    return UNSEEN if asked is None and command.echo is None else asked


def ended() -> str:
    """What is said of a watch that was given an end."""
    return f"{ENDED.format(seconds=round(UNSEEN))}\n"


def _table_printer(printer: TablePrinter) -> Print:
    return lambda event, table: printer.text(table, event)


def _object_printer(style: Format) -> Print:
    before = chain([""], repeat("---\n" if style.name == "yaml" else ""))

    def show(event: str, obj: Object) -> str:
        return next(before) + style.text({"object": obj, "type": event} if event and style.name != "name" else obj)

    return show


def _changes(command: Command, path: str, watched: Watched, version: str, accept: str) -> Iterator[Object]:
    """Watch again when the server ends a watch, until the time is up."""
    end = None if watched.timeout is None else time.monotonic() + watched.timeout
    query = {**watched.query, "allowWatchBookmarks": None}
    while end is None or time.monotonic() < end:
        left = 300.0 if end is None else max(1.0, end - time.monotonic())
        for change in _watching(command, path, {**query, "resourceVersion": version}, left, accept):
            obj = change["object"]
            rows = obj.get("rows") or []
            held = rows[0]["object"] if rows else obj
            version = held["metadata"]["resourceVersion"]
            if change["type"] != "BOOKMARK":
                yield change
            if end is not None and time.monotonic() >= end:
                return
        if command.client.request_timeout:
            return


def _watching(command: Command, path: str, query: dict[str, object], left: float, accept: str) -> Iterator[Object]:
    """One watch; `--request-timeout` ends it without a word."""
    try:
        yield from command.client.watch(path, query=query, timeout=left, accept=accept, bookmarks=True)
    except ClusterError:
        if not command.client.request_timeout:
            raise


def seconds_of(timeout: str) -> float | None:
    """How long to watch; None for ever.

    Raises:
        PodlabError: it is no duration.
    """
    if not timeout:
        return None
    try:
        return parse_duration(timeout)
    except ValueError as error:
        raise PodlabError(f'error: invalid argument "{timeout}" for "--timeout" flag: {error}') from None
