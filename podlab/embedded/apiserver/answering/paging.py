"""Lists: which revision, which page, and the token for the next page.

Upstream: staging/src/k8s.io/apiserver/pkg/storage/continue.go, etcd3/store.go
"""

from __future__ import annotations

import base64
import json
import posixpath
from collections.abc import Callable, Iterable

from podlab.apimachinery import fieldselectors
from podlab.apimachinery.gobase64 import CorruptBase64, decoded_url
from podlab.apimachinery.gotext import syntax_error
from podlab.embedded.apiserver import selectors, status
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import ListOptions
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.store import Compacted

EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without"
    " the continue parameter, or use the continue token in this response to retrieve the remainder of the results."
    " Continuing with the provided token results in an inconsistent list - objects that were created, modified, or"
    " deleted between the time the first chunk was returned and now may show up in the list."
)
TOO_OLD = "The resourceVersion for the provided list is too old."


def page(registry: Registry, resource: Resource, namespace: str, options: ListOptions) -> tuple[list[Obj], Obj]:
    """The objects of one page and the list's metadata. Raises StatusError 400, 410, 504."""
    matches = selectors.matcher(resource, options.labels, options.fields)
    prefix = resource.scope(namespace)
    revision, start = _position(registry, prefix, options)
    selective = bool(options.labels or options.fields)
    entries = _entries(registry, resource, namespace, prefix, revision, start, options)
    limit = 0 if options.version == 0 else options.limit
    objs, last, left = _take(entries, resource, matches, limit)
    meta: Obj = {"resourceVersion": str(revision)}
    if left:
        meta["continue"] = _token(revision, prefix, last)
        if not selective:
            meta["remainingItemCount"] = left
    return objs, meta


def _take(
    entries: Iterable[tuple[str, Obj, int]], resource: Resource, matches: Callable[[Obj], bool], limit: int
) -> tuple[list[Obj], str, int]:
    """(matching objects up to the limit, key of the last one, how many entries are left)."""
    objs: list[Obj] = []
    last, left = "", 0
    for key, stored, _ in entries:
        if limit > 0 and len(objs) >= limit:
            left += 1
            continue
        obj = resource.load(stored) if resource.load else stored
        if matches(obj):
            objs.append(obj)
            last = key
    return objs, last, left


def _position(registry: Registry, prefix: str, options: ListOptions) -> tuple[int, str]:
    """(revision to list at, key to start from)."""
    current = registry.store.revision
    if options.start:
        revision, start = _parse_token(options.start)
        if options.version:
            raise status.bad_request("specifying resource version is not allowed when using continue")
        return (current if revision < 0 else revision), prefix[:-1] + start
    version = options.version or 0
    if version > current:
        raise future(version, current)
    exact = options.match == "Exact" or (not options.match and version and options.limit > 0)
    return (version if exact else current), prefix


def future(version: int, current: int) -> status.StatusError:
    """504 for a resource version that does not exist yet, as the watch cache words it."""
    error = status.too_large_resource_version(version, current)
    error.message = f"Timeout: {error.message}"
    return error


def _entries(
    registry: Registry,
    resource: Resource,
    namespace: str,
    prefix: str,
    revision: int,
    start: str,
    options: ListOptions,
) -> Iterable[tuple[str, Obj, int]]:
    store = registry.store
    if revision != store.revision:
        try:
            return store.list_at(prefix, revision, start)
        except Compacted:
            raise _expired(prefix, start, options) from None
    name = fieldselectors.exact_name(options.fields)
    if name is None or (resource.namespaced and not namespace):
        return store.list(prefix, start)
    key = resource.key(name, namespace)
    found = store.get(key)
    return [(key, *found)] if found and key >= start else []


def _expired(prefix: str, start: str, options: ListOptions) -> status.StatusError:
    if not options.start:
        return status.gone(TOO_OLD)
    token = {"v": "meta.k8s.io/v1", "rv": -1, "start": start[len(prefix) - 1 :]}
    return Continue(EXPIRED, _encode(token))


class Continue(status.StatusError):
    """410 with a token that goes on from the same place, inconsistently."""

    def __init__(self, message: str, token: str) -> None:
        super().__init__(410, "Expired", message)
        self.token = token

    def status(self) -> Obj:
        """The Status, with the token in its metadata."""
        return {**super().status(), "metadata": {"continue": self.token}}


def _token(revision: int, prefix: str, last: str) -> str:
    return _encode({"v": "meta.k8s.io/v1", "rv": revision, "start": last[len(prefix) - 1 :] + "\0"})


def _encode(token: Obj) -> str:
    text = json.dumps(token, separators=(",", ":"), ensure_ascii=False).replace("\0", "\\u0000")
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _parse_token(text: str) -> tuple[int, str]:
    try:
        data = decoded_url(text)
    except CorruptBase64 as error:
        raise _bad_token(str(error)) from None
    try:
        token = json.loads(data)
    except ValueError:
        raise _bad_token(syntax_error(data.decode("utf-8", "surrogateescape"))) from None
    given = token if isinstance(token, dict) else {}
    version, revision, start = given.get("v", ""), given.get("rv", 0), given.get("start", "")
    if version != "meta.k8s.io/v1" or not isinstance(revision, int) or not isinstance(start, str):
        raise _bad_token(f"server does not recognize this encoded version {version}")
    key = start if start.startswith("/") else f"/{start}"
    if posixpath.normpath(key) != key:
        raise _bad_token(start)
    return revision, key


def _bad_token(why: str) -> status.StatusError:
    return status.bad_request(f"invalid continue token: continue key is not valid: {why}")
