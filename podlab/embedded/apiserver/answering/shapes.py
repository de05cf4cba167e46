"""Objects and lists in the shape that was negotiated: whole, as a Table, or metadata only."""

from __future__ import annotations

from collections.abc import Sequence

from podlab.embedded.apiserver import fields, status
from podlab.embedded.apiserver.answering import table
from podlab.embedded.apiserver.answering.negotiation import Form
from podlab.embedded.apiserver.resource import Obj, Resource, metadata


def one(resource: Resource, obj: Obj, form: Form, *, now: float, include: str = "", headed: bool = True) -> Obj:
    """A single object; `headed=False` leaves a Table's columns out, as watches do after the first event."""
    if form.shape == "Table":
        version = obj["metadata"].get("resourceVersion", "")
        meta = {"resourceVersion": version} if version else {}
        made = table.table(resource, [obj], metadata=meta, now=now, version=form.version, include=include or "Metadata")
        return made if headed else {**made, "columnDefinitions": None}
    if form.shape == "PartialObjectMetadataList":
        raise _no_such_shape(form.shape, f"not a list ({go_type(resource, resource.kind)})")
    return partial(obj, form.version) if form.shape else obj


def many(resource: Resource, objs: Sequence[Obj], meta: Obj, form: Form, *, now: float, include: str = "") -> Obj:
    """A list; items carry no kind."""
    if form.shape == "Table":
        return table.table(resource, objs, metadata=meta, now=now, version=form.version, include=include or "Metadata")
    if form.shape == "PartialObjectMetadata":
        raise _no_such_shape(form.shape, f"a list ({go_type(resource, resource.list_kind)})")
    if form.shape:
        kind, version = "PartialObjectMetadataList", f"meta.k8s.io/{form.version}"
        items = [partial(obj, form.version) for obj in objs]
        return {"kind": kind, "apiVersion": version, "metadata": meta, "items": items}
    if resource.structure is not None:
        head = {"apiVersion": resource.api_version, "items": list(objs), "kind": resource.list_kind}
        return {**head, "metadata": {"continue": "", **dict(sorted(meta.items()))}}
    hidden = ("kind", "apiVersion")
    items = [{key: value for key, value in obj.items() if key not in hidden} for obj in objs]
    return {"kind": resource.list_kind, "apiVersion": resource.api_version, "metadata": meta, "items": items}


def _no_such_shape(shape: str, what: str) -> status.StatusError:
    return status.StatusError(406, "NotAcceptable", f"you requested {shape}, but the requested object is {what}")


def go_type(resource: Resource, kind: str) -> str:
    """The type that holds an object in the API server, as Go prints it."""
    if resource.structure is not None:
        return f"*unstructured.Unstructured{'List' if kind == resource.list_kind else ''}"
    return f"*{resource.group.split('.')[0] or 'core'}.{kind}"


def partial(obj: Obj, version: str) -> Obj:
    """Only the metadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{version}", "metadata": metadata(obj)}


def bookmark(resource: Resource, version: int, *, initial_end: bool) -> Obj:
    """The empty object that only carries a resourceVersion."""
    type_ = resource.type
    blank: Obj = fields.canonical({}, type_) if type_ else {}
    meta: Obj = {"resourceVersion": str(version)}
    if initial_end:
        meta["annotations"] = {"k8s.io/initial-events-end": "true"}
    rest = {key: value for key, value in blank.items() if key not in ("kind", "apiVersion", "metadata")}
    return {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta, **rest}
