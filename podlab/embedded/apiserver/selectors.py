"""Which objects of a kind a request's selectors mean. Upstream: apiserver/pkg/storage/selection_predicate.go"""

from __future__ import annotations

from collections.abc import Callable

from podlab.apimachinery import fieldselectors
from podlab.apimachinery.gotext import quote
from podlab.apimachinery.labels import parse
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Obj, Resource, no_fields


def fields_of(resource: Resource, obj: Obj) -> dict[str, str]:
    """The values that field selectors may ask for."""
    meta = obj["metadata"]
    own = {"metadata.name": meta.get("name", "")}
    if resource.namespaced:
        own["metadata.namespace"] = meta.get("namespace", "")
    return {**own, **resource.fields(obj)}


def supported_fields(resource: Resource) -> frozenset[str]:
    """The names that a field selector of this resource may use."""
    return frozenset(fields_of(resource, {"metadata": {}, "spec": {}, "status": {}})) | {"metadata.namespace"}


def matcher(resource: Resource, labels: str | None, fields: str | None) -> Callable[[Obj], bool]:
    """A test for objects. Raises StatusError 400 for selectors that cannot be understood."""
    try:
        wanted = parse(labels) if labels else ()
        terms = fieldselectors.parse(fields) if fields else ()
    except ValueError as error:
        raise status.bad_request(str(error)) from None
    if terms:
        supported = supported_fields(resource)
        for name, _, _ in terms:
            if name not in supported:
                raise status.bad_request(_unsupported(resource, name))
    if not wanted and not terms:
        return lambda obj: True

    pinned = fieldselectors.exact_name(fields)

    def matches(obj: Obj) -> bool:
        meta = obj["metadata"]
        if pinned is not None and meta.get("name") != pinned:
            return False
        own = meta.get("labels") or {}
        for term in wanted:
            if not term.matches(own):
                return False
        if not terms:
            return True
        values = fields_of(resource, obj)
        return all((values.get(name, "") == value) == (operator == "=") for name, operator, value in terms)

    return matches


def _unsupported(resource: Resource, name: str) -> str:
    """Kinds with fields of their own word it as one, all others as the scheme does."""
    if (resource.group, resource.kind) == ("batch", "Job"):
        return f"field label {quote(name)} not supported for Job"
    if resource.fields is not no_fields:
        return f"field label not supported: {name}"
    return f'{quote(name)} is not a known field selector: only "metadata.name", "metadata.namespace"'
