"""What a request asks for: verb, resource and name out of method and path, and the query's options.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import User
from podlab.embedded.apiserver.status import Cause

VERBS = {"GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """A request's target; `resource` is empty for paths that are not about objects, such as /version.

    `rest` is what follows a subresource, as in `/proxy/some/path`.
    """

    verb: str
    path: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    resource: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""


@dataclass(slots=True)
class Request:
    """One HTTP request, read."""

    method: str
    info: RequestInfo
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""
    user: User = field(default_factory=lambda: User("system:anonymous", ("system:unauthenticated",)))

    def first(self, name: str) -> str:
        """A query parameter, or ""."""
        values = self.query.get(name)
        return values[0] if values else ""

    def flag(self, name: str) -> bool:
        """A query parameter as a boolean; anything but false and 0 counts as true, as upstream reads it."""
        return self.first(name).lower() not in ("", "false", "0")

    def number(self, name: str) -> int | None:
        """A query parameter as a number. Raises StatusError 400."""
        text = self.first(name)
        if not text:
            return None
        digits = text[1:] if text[0] in "+-" else text
        if not (digits.isdecimal() and digits.isascii()):
            raise status.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        if not -(2**63) <= int(text) < 2**63:
            raise status.bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
        return int(text)

    def content_type(self) -> str:
        """The body's media type, without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def manager(self) -> str:
        """The field manager: the query's, or the User-Agent's first word."""
        if name := self.first("fieldManager"):
            return name
        agent = self.headers.get("user-agent", "").split("/")[0]
        return "".join(c for c in agent if c.isprintable())[:128] or "unknown"


def parse_query(text: str) -> dict[str, list[str]]:
    """The query's parameters, each with its values in order."""
    query: dict[str, list[str]] = {}
    for key, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        query.setdefault(key, []).append(value)
    return query


def parse(method: str, path: str, query: Mapping[str, list[str]]) -> RequestInfo:
    """Read a request's target off its path. Paths that name no resource get an empty `resource`."""
    verb = VERBS.get(method, "")
    parts = [part for part in path.split("/") if part]
    other = RequestInfo(method.lower(), path)
    if len(parts) >= 3 and parts[0] == "api":
        group, version, parts = "", parts[1], parts[2:]
    elif len(parts) >= 4 and parts[0] == "apis":
        group, version, parts = parts[1], parts[2], parts[3:]
    else:
        return other
    if parts[0] == "watch" and len(parts) > 1:
        verb, parts = "watch", parts[1:]
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        if len(parts) > 2 and parts[2] not in ("status", "finalize"):
            parts = parts[2:]
    name = parts[1] if len(parts) > 1 else ""
    subresource = parts[2] if len(parts) > 2 else ""
    rest = _rest(path, parts) if len(parts) > 3 else ""
    if verb == "get" and not name:
        verb = "watch" if _wants_watch(query) else "list"
    elif verb == "delete" and not name:
        verb = "deletecollection"
    return RequestInfo(verb, path, group, version, namespace, parts[0], name, subresource, rest)


def _rest(path: str, parts: list[str]) -> str:
    marker = "/" + "/".join(parts[1:3]) + "/"
    at = path.find(marker)
    return path[at + len(marker) :] if at >= 0 else "/".join(parts[3:])


def _wants_watch(query: Mapping[str, list[str]]) -> bool:
    return query.get("watch", ["0"])[0].lower() not in ("false", "0")


def check_write_options(request: Request, kind: str, *, apply: bool = False) -> bool:
    """Check dryRun, fieldManager and fieldValidation; returns whether it is a dry run. Raises StatusError 422."""
    return check_options(
        kind,
        request.query.get("dryRun", []),
        request.first("fieldManager"),
        request.first("fieldValidation"),
        apply=apply,
        forced=kind == "PatchOptions" and not apply and "force" in request.query,
    )


def check_options(
    kind: str,
    dry_run: list[str],
    manager: str = "",
    validation: str = "",
    *,
    apply: bool = False,
    forced: bool = False,
) -> bool:
    """As `check_write_options`, on values.

    Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
    """
    causes = []
    if apply and not manager:
        text = "Required value: is required for apply patch"
        causes.append(Cause("fieldManager", "FieldValueRequired", text))
    if forced:
        causes.append(_forbidden("force", "may not be specified for non-apply patch"))
    if len(manager.encode()) > 128:
        text = "Too long: may not be more than 128 bytes"
        causes.append(Cause("fieldManager", "FieldValueTooLong", text))
    odd = next((at for at, letter in enumerate(manager) if not letter.isprintable()), None)
    if odd is not None:
        text = f"Invalid value: {quote(manager)}: invalid character U+{ord(manager[odd]):04X} (at position {odd})"
        causes.append(Cause("fieldManager", "FieldValueInvalid", text))
    if any(value != "All" for value in dry_run):
        shown = "[" + ",".join(f'"{value}"' for value in dry_run) + "]"
        text = f'Unsupported value: {shown}: supported values: "All"'
        causes.append(Cause("dryRun", "FieldValueNotSupported", text))
    if validation not in ("", "Ignore", "Strict", "Warn"):
        text = f'Unsupported value: "{validation}": supported values: "", "Ignore", "Strict", "Warn"'
        causes.append(Cause("fieldValidation", "FieldValueNotSupported", text))
    if causes:
        raise status.invalid(f"{kind}.meta.k8s.io", "", causes)
    return bool(dry_run)


@dataclass(frozen=True, slots=True)
class ListOptions:
    """The query of a list or a watch, checked. `version` is None where the client set none."""

    labels: str
    fields: str
    limit: int
    start: str
    version: int | None
    match: str
    timeout: int | None
    bookmarks: bool
    initial_events: bool | None


def list_options(request: Request, *, watch: bool) -> ListOptions:
    """Read and check the query of a list or a watch. Raises StatusError 400, 422."""
    initial = request.first("sendInitialEvents")
    fields = request.first("fieldSelector")
    if request.info.name:
        fields = f"metadata.name={request.info.name}"
    options = ListOptions(
        labels=request.first("labelSelector"),
        fields=fields,
        limit=request.number("limit") or 0,
        start=request.first("continue"),
        version=version_of(request.first("resourceVersion"), watch=watch),
        match=request.first("resourceVersionMatch"),
        timeout=request.number("timeoutSeconds"),
        bookmarks=request.flag("allowWatchBookmarks"),
        initial_events=request.flag("sendInitialEvents") if initial else None,
    )
    causes = list(_watch_causes(options) if watch else _list_causes(options, bool(initial)))
    if causes:
        raise status.invalid("ListOptions.meta.k8s.io", "", causes)
    return options


def version_of(text: str, *, watch: bool) -> int | None:
    """A resource version; of a list it is said to be a bad request. Raises StatusError 400, 500."""
    if not text:
        return None
    if not (text.isdecimal() and text.isascii() and int(text) < 2**64):
        words = "value out of range" if text.isdecimal() else "invalid syntax"
        why = f'strconv.ParseUint: parsing "{text}": {words}'
        message = f'resourceVersion: Invalid value: "{text}": {why}'
        raise (
            status.StatusError(500, "", message)
            if watch
            else status.bad_request(f"invalid resource version: {message}")
        )
    return int(text)


def _forbidden(name: str, text: str) -> Cause:
    return Cause(name, "FieldValueForbidden", f"Forbidden: {text}")


def _unsupported(value: str, supported: str) -> Cause:
    text = f'Unsupported value: "{value}": supported values: {supported}'
    return Cause("resourceVersionMatch", "FieldValueNotSupported", text)


def _watch_causes(options: ListOptions) -> list[Cause]:
    match, initial = options.match, options.initial_events
    causes = []
    if match and initial is None:
        text = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        causes.append(_forbidden("resourceVersionMatch", text))
    if initial is not None and match != "NotOlderThan":
        text = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        causes.append(_forbidden("resourceVersionMatch", text))
    if match and match != "NotOlderThan":
        causes.append(_unsupported(match, '"NotOlderThan"'))
    if options.start and (match or initial is None):  # one that says nothing of it asks for the initial events
        text = "resourceVersionMatch is forbidden when continue is provided"
        causes.append(_forbidden("resourceVersionMatch", text))
    return causes


def _list_causes(options: ListOptions, initial: bool) -> list[Cause]:
    match, version = options.match, options.version
    causes = []
    if match and version is None:
        text = "resourceVersionMatch is forbidden unless resourceVersion is provided"
        causes.append(_forbidden("resourceVersionMatch", text))
    if match and options.start:
        text = "resourceVersionMatch is forbidden when continue is provided"
        causes.append(_forbidden("resourceVersionMatch", text))
    if match not in ("", "Exact", "NotOlderThan"):
        causes.append(_unsupported(match, '"Exact", "NotOlderThan", ""'))
    if match == "Exact" and version == 0:
        text = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        causes.append(_forbidden("resourceVersionMatch", text))
    if initial:
        causes.append(_forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    return causes


Obj = dict[str, Any]
