"""Reading objects and lists, in pages, with kubectl's words when a list fails."""

from __future__ import annotations

from typing import Any

from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.resources.restmapper import Mapping

CHUNK = 500
TABLE = (
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
)
Object = dict[str, Any]


def read_list(
    client: Client,
    mapping: Mapping,
    namespace: str = "",
    *,
    label_selector: str = "",
    field_selector: str = "",
    accept: str = "application/json",
    items: str = "items",
    include_object: str | None = None,
    chunk_size: int = CHUNK,
) -> Object:
    """The whole list (or Table, whose `items` are `rows`), read in pages of `chunk_size`.

    Raises:
        ApiError: for a bad selector with kubectl's words around the server's.
    """
    query: dict[str, object] = {
        "labelSelector": label_selector or None,
        "fieldSelector": field_selector or None,
        "includeObject": include_object,
        "limit": chunk_size or None,
    }
    whole: Object | None = None
    while True:
        try:
            part: Object = client.request("GET", mapping.path(namespace), query=query, accept=accept).json()
        except ApiError as error:
            raise _enhanced(error, mapping, label_selector, field_selector) from error
        if whole is None:
            whole = part
        else:
            whole[items] = [*(whole.get(items) or []), *(part.get(items) or [])]
        query["continue"] = (part.get("metadata") or {}).get("continue")
        if not query["continue"]:
            return whole


def read_one(
    client: Client, mapping: Mapping, namespace: str, name: str, subresource: str = "", **request: Any
) -> Object:
    """One object by its name.

    Raises:
        PodlabError: there is no name. ApiError: it is not there, or else: its namespace is not.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go (Info.Get)
    """
    if not name:
        raise PodlabError("error: resource name may not be empty")
    try:
        answer = client.request("GET", mapping.path(namespace, name, subresource), **request)
        if not answer.headers.get("content-type", "application/json").startswith("application/json"):
            kind = answer.headers["content-type"].partition(";")[0]
            raise PodlabError(f"error: serializer for {kind} doesn't exist")
        found: Object = answer.json()
        return found
    except ApiError as error:
        if error.code != 404 or not mapping.namespaced or namespace in ("", "default"):
            raise
        _need_namespace(client, namespace)
        raise


def _need_namespace(client: Client, namespace: str) -> None:
    try:
        client.get(f"/api/v1/namespaces/{namespace}")
    except ApiError as error:
        if error.code == 404:
            raise


def _enhanced(error: ApiError, mapping: Mapping, label_selector: str, field_selector: str) -> ApiError:
    if error.code not in (400, 404):
        return error
    subject = f'"{mapping.group}/{mapping.version}, Resource={mapping.plural}"'
    if label_selector or field_selector:
        what = (
            f'Unable to find {subject} that match label selector "{label_selector}", field selector "{field_selector}"'
        )
    else:
        what = f"Unable to list {subject}"
    message = f"{what}: {error.status.get('message', '')}"
    return ApiError({**error.status, "message": message}, hint=error.hint)
