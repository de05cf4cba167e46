"""`kubectl get`: the server's tables, or the objects in another format.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/get.go
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import unfolded
from podlab.kubectl.formats.columns import Unsortable
from podlab.kubectl.formats.columns import sort_by as sorted_by
from podlab.kubectl.formats.formats import Format, parse_format
from podlab.kubectl.formats.printer import TableOptions, TablePrinter, as_table
from podlab.kubectl.manifests.manifest import NoPath
from podlab.kubectl.resources.listing import CHUNK, TABLE, read_list, read_one
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import Selected
from podlab.kubectl.verbs.naming import chosen_of
from podlab.kubectl.verbs.watching import Watched, seconds_of
from podlab.kubectl.verbs.watching import watch as follow

Object = dict[str, Any]
NO_RESOURCE = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n\nerror: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n'
    "See 'kubectl get -h' for help and examples"
)


ONE = "error: you may only watch a single resource or type of resource at a time"
PAUSE = 0.2
"""Seconds between two questions for a `raw` path."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, besides the resources' names."""

    namespace: str
    all_namespaces: bool = False
    label_selector: str = ""
    field_selector: str = ""
    sort_by: str = ""
    subresource: str = ""
    ignore_not_found: bool = False
    chunk_size: int = CHUNK

    def where(self, mapping: Mapping) -> str:
        """The namespace in a list's path."""
        return "" if self.all_namespaces or not mapping.namespaced else self.namespace


@dataclass(slots=True)
class Answer:
    """What came back: each with its resource, and what went wrong meanwhile."""

    found: list[tuple[Mapping, Object]] = field(default_factory=list)
    errors: list[PodlabError] = field(default_factory=list)


def get(
    command: Command,
    *resources: str,
    output: str | None = None,
    all_namespaces: bool = False,
    selector: str = "",
    field_selector: str = "",
    show_labels: bool = False,
    label_columns: Sequence[str] = (),
    no_headers: bool = False,
    show_kind: bool = False,
    sort_by: str = "",
    ignore_not_found: bool = False,
    chunk_size: int = CHUNK,
    subresource: str = "",
    filename: Sequence[str] = (),
    server_print: bool = True,
    raw: str = "",
    watch: bool = False,
    watch_only: bool = False,
    output_watch_events: bool = False,
    timeout: str = "",
) -> None:
    """Read objects and print them.

    Args:
        resources: as on kubectl's command line: `pods`; `pod`, `x`; `pod/x`, `svc/y`; `deploy,rs`; `all`.
        output: `wide`, `yaml`, `json`, `name`, `jsonpath=…`, `jsonpath-as-json=…`, `custom-columns=…`.
        raw: a path of the server, read as it is.
        watch: go on with each change until it is interrupted.
        timeout: ours, such as `10s`. A watch ends then; a `raw` path that answers 503, as a Pod's proxy does while
            nothing listens there yet, is asked for again until then.

    Raises:
        ApiError: the server refuses, or one named object is not there.
        PodlabError: a resource or a format that does not exist.
    """
    if raw:
        _check_raw(resources, output, bool(selector or label_columns or watch or watch_only))
        command.out(get_raw(command.client, raw, seconds_of(timeout) or 0.0))
        return
    if not resources and not filename:
        raise PodlabError(NO_RESOURCE)
    if resources[:1] == ("",):
        raise PodlabError('error: the server doesn\'t have a resource type ""')
    style = parse_format(output, allow_missing=command.common.allow_missing_template_keys)
    if show_labels and not style.is_table:
        raise PodlabError(f"error: --show-labels option cannot be used with {output} printer")
    if output_watch_events and not (watch or watch_only):
        raise PodlabError("error: --output-watch-events option can only be used with --watch or --watch-only")
    chosen = chosen_of(command, resources, filename, selecting=bool(selector or field_selector))
    plain = not style.is_table and _is_one_file(command, filename)
    command.aggregates = bool(command.failures) and not plain and not isinstance(command.failures[0], NoPath)
    if subresource and not all(one.name for one in chosen):
        raise PodlabError("error: subresource cannot be used when bulk resources are specified")
    size = 0 if sort_by else chunk_size
    scope = (command.namespace, all_namespaces, selector, field_selector)
    question = Question(*scope, sort_by, subresource, ignore_not_found, size)
    options = TableOptions(style.name == "wide", no_headers, False, show_labels, tuple(label_columns))
    following = watch or watch_only
    if following and len({one.mapping for one in chosen}) > 1:
        raise PodlabError("error: you may only specify a single resource type")
    if following and len(chosen) == 1:
        shown = replace(options, with_namespace=all_namespaces)
        watched = _watched(chosen, question, seconds_of(timeout))
        follow(command, watched, shown, style, only=watch_only, with_events=output_watch_events)
    elif following and (watch_only or (errors := fetch(command.client, chosen, question).errors)):
        command.failures += [PodlabError(ONE)] if watch_only else errors
        return
    elif style.is_table:
        _tables(command, chosen, question, options, show_kind, server_print)
    elif chosen:
        _objects(
            command, chosen, question, style, no_headers, alone=_is_one_file(command, filename), one=len(filename) < 2
        )
    if following and len(chosen) > 1:
        raise PodlabError(ONE)


def _check_raw(resources: Sequence[str], output: str | None, filtered: bool) -> None:
    if resources:
        raise PodlabError("error: arguments may not be passed when --raw is specified")
    if output:
        raise PodlabError("error: --raw and --output are mutually exclusive")
    if filtered:
        raise PodlabError(
            "error: --raw may not be specified with other flags that filter the server request or alter the output"
        )


def _watched(chosen: Sequence[Selected], question: Question, seconds: float | None) -> Watched:
    where = question.where(chosen[0].mapping)
    return Watched(chosen[0], where, question.label_selector, question.field_selector, seconds)


def get_raw(client: Client, path: str, patience: float) -> str:
    """What the server answers to `kubectl get --raw PATH`.

    Args:
        patience: seconds during which 503 (Service Unavailable) is no answer.

    Raises:
        PodlabError: it is no path; ApiError: the server refuses.
    """
    if not path.startswith("/") and not urlsplit(path).scheme:
        raise PodlabError(f'error: --raw must be a valid URL path: parse "{path}": invalid URI for request')
    until = time.monotonic() + patience
    while True:
        try:
            return client.request("GET", path, accept="application/json, */*").text
        except ApiError as error:
            if error.code != 503 or time.monotonic() >= until:
                raise
        pause(PAUSE)


def fetch(client: Client, chosen: Sequence[Selected], question: Question, accept: str = "application/json") -> Answer:
    """Read each selected object or list; a failure does not keep the others from being read."""
    answer = Answer()
    tables = accept != "application/json"
    include = "Object" if tables and question.sort_by else None
    for one in chosen:
        try:
            answer.found.append((one.mapping, _read(client, one, question, accept, include)))
        except ApiError as error:
            if not (question.ignore_not_found and error.code == 404 and one.name):
                answer.errors.append(error)
    return answer


def _read(client: Client, one: Selected, question: Question, accept: str, include: str | None) -> Object:
    mapping = one.mapping
    if one.name:
        if question.all_namespaces and mapping.namespaced:
            raise PodlabError("error: a resource cannot be retrieved by name across all namespaces")
        where, query = one.namespace or question.namespace, {"includeObject": include}
        return read_one(client, mapping, where, one.name, question.subresource, query=query, accept=accept)
    return read_list(
        client,
        mapping,
        question.where(mapping),
        label_selector=question.label_selector,
        field_selector=question.field_selector,
        accept=accept,
        items="items" if accept == "application/json" else "rows",
        include_object=include,
        chunk_size=question.chunk_size,
    )


def _tables(
    command: Command,
    chosen: list[Selected],
    question: Question,
    options: TableOptions,
    show_kind: bool,
    server_print: bool,
) -> None:
    answer = fetch(command.client, chosen, question, TABLE if server_print else "application/json")
    now = command.client.server_now()
    answer.found = [(mapping, as_table(found, now)) for mapping, found in answer.found]
    command.failures = [*unfolded(command.failures), *answer.errors]
    with_kind = show_kind or len({mapping for mapping, _ in answer.found}) > 1
    text = ""
    for mapping, table in _joined(answer.found):
        if question.sort_by and len(table.get("rows") or []) > 1:
            try:
                table["rows"] = sorted_by(question.sort_by, table["rows"], "object")
            except Unsortable:
                raise
            except PodlabError:  # kubectl prints nothing then, and finds nothing wrong
                continue
        command.objects += [row["object"] for row in table.get("rows") or []]
        one = replace(
            options,
            with_namespace=question.all_namespaces and mapping.namespaced,
            kind=kind_prefix(mapping) if with_kind else "",
        )
        part = TablePrinter(one).text(table)
        text += ("\n" if text and part and not options.no_headers else "") + part
    command.out(text)
    if not text and not command.failures and not question.ignore_not_found:
        in_namespace = not question.all_namespaces and all(one.mapping.namespaced for one in chosen)
        command.err(f"No resources found{f' in {question.namespace} namespace.' if in_namespace else ''}\n")


def _joined(found: list[tuple[Mapping, Object]]) -> list[tuple[Mapping, Object]]:
    """Tables of the same resource that follow each other as one."""
    joined: list[tuple[Mapping, Object]] = []
    for mapping, table in found:
        if joined and joined[-1][0] == mapping:
            before = joined[-1][1]
            before["rows"] = [*(before.get("rows") or []), *(table.get("rows") or [])]
        else:
            joined.append((mapping, table))
    return joined


def kind_prefix(mapping: Mapping) -> str:
    """What stands before an object's name when several kinds are listed: `pod`, `deployment.apps`."""
    return f"{mapping.kind.lower()}.{mapping.group}" if mapping.group else mapping.kind.lower()


def _objects(
    command: Command,
    chosen: list[Selected],
    question: Question,
    style: Format,
    no_headers: bool,
    alone: bool,
    one: bool,
) -> None:
    """Print objects in a format; where all are `alone`, of one file, nothing if anything is wrong with any.

    Args:
        one: whether a single object stands for itself, and is no List of one.
    """
    answer = fetch(command.client, chosen, question)
    command.failures = [*unfolded(command.failures), *answer.errors]
    if alone and command.failures:
        return
    objects = [obj for mapping, found in answer.found for obj in items_of(mapping, found)]
    if question.sort_by and objects:
        objects = sorted_by(question.sort_by, objects)
    command.objects += objects
    if one and len(chosen) == 1 and chosen[0].name:
        if not objects:
            return
        document: Object = objects[0]
    else:
        if not objects and question.ignore_not_found:
            return
        document = {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}
    command.out(style.text(document, no_headers=no_headers, show_managed_fields=command.common.show_managed_fields))


def _is_one_file(command: Command, filename: Sequence[str]) -> bool:
    """Whether one file is named, and neither a folder nor standard input.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go (visitByPaths)
    """
    return len(filename) == 1 and filename[0] != "-" and not (command.folder / str(filename[0])).is_dir()


def items_of(mapping: Mapping, found: Object) -> list[Object]:
    """The objects of a list, each with its apiVersion and kind; or the one object."""
    if not isinstance(found.get("items"), list):
        return [found]
    kind = {"apiVersion": mapping.api_version, "kind": mapping.kind}
    return [{**kind, **item} for item in found["items"]]
