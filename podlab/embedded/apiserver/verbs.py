"""What each verb does with a request about objects, between the HTTP app and the registry.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,get,update,patch,delete}.go
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver import fields, status
from podlab.embedded.apiserver.answering import negotiation, paging, shapes
from podlab.embedded.apiserver.answering.negotiation import Answer, Form
from podlab.embedded.apiserver.custom import reading
from podlab.embedded.apiserver.decoding import conversion, decode, jsontext, unstructured, yamltext
from podlab.embedded.apiserver.patching import applying, patch, patched
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import Request, check_options, check_write_options, list_options, version_of
from podlab.embedded.apiserver.resource import Obj, Resource, Writer

BODY_LIMIT = 3 * 1024 * 1024
"""Bytes of a request's body."""

WHOLE = frozenset[str]()
UNTABLED = frozenset(("resize", "ephemeralcontainers"))
"""Parts of an object that are given whole only: who asks for a Table as well makes its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request about a resource, with what is needed to answer it."""

    registry: Registry
    resource: Resource
    request: Request
    warnings: list[str]

    @property
    def namespace(self) -> str:
        """The namespace, empty for what has none."""
        return self.request.info.namespace if self.resource.namespaced else ""

    @property
    def name(self) -> str:
        """The object's name."""
        return self.request.info.name

    def writer(self, dry_run: bool = False) -> Writer:
        """Who writes: the user and the field manager of the request."""
        return Writer(self.request.manager(), self.request.user, dry_run, self.warnings)

    def form(self, shapes: frozenset[str] = negotiation.SHAPES) -> Form:
        """The form of the answer. Raises StatusError 406."""
        if self.request.info.subresource in UNTABLED:
            shapes = WHOLE
        streams = self.request.info.verb in ("list", "watch")
        accept, messages = self.request.headers.get("accept", ""), self.resource.structure is None
        form = negotiation.negotiate(accept, shapes, streams=streams, messages=messages)
        if self.request.info.verb == "watch" and form.media_type == negotiation.YAML:
            raise status.not_acceptable(negotiation.STREAMS)
        return form

    def answer(self, value: Any, form: Form, code: int = 200) -> Answer:
        """An answer that holds an object."""
        pretty = negotiation.wants_pretty(self.request.query, self.request.headers.get("user-agent", ""))
        return Answer(code, negotiation.encode(value, form, pretty=pretty), form.media_type)

    def one(self, obj: Obj, form: Form, code: int = 200) -> Answer:
        """An answer that holds one object in the form that was negotiated."""
        include = included(self, form)
        shaped = shapes.one(self.resource, obj, form, now=self.registry.clock.now(), include=include)
        return self.answer(shaped, form, code)


def included(call: Call, form: Form) -> str:
    """What each row of a Table is to carry of its object. Raises StatusError 400."""
    wanted = call.request.first("includeObject")
    if form.shape == "Table" and wanted not in ("", "None", "Metadata", "Object"):
        why = f"includeObject: Invalid value: {quote(wanted)}: must be 'Metadata', 'Object', 'None', or empty"
        raise status.bad_request(f"Unable to convert to Table as requested: {why}")
    return wanted


def get(call: Call) -> Answer:
    """GET of one object."""
    form = call.form()
    if "export" in call.request.query and call.request.flag("export"):
        raise status.bad_request("the export parameter, deprecated since v1.14, is no longer supported")
    version = version_of(call.request.first("resourceVersion"), watch=True)
    current = call.registry.store.revision
    if version and version > current:
        raise paging.future(version, current)
    return call.one(call.registry.get(call.resource, call.name, call.namespace), form)


def list_(call: Call) -> Answer:
    """GET of a collection."""
    form = call.form()
    options = list_options(call.request, watch=False)
    objs, meta = paging.page(call.registry, call.resource, call.namespace, options)
    now, include = call.registry.clock.now(), included(call, form)
    return call.answer(shapes.many(call.resource, objs, meta, form, now=now, include=include), form)


def read_body(call: Call) -> Obj:
    """The object that a POST or PUT carries. Raises StatusError 400, 415."""
    resource, request = call.resource, call.request
    expected = (resource.group, resource.version, resource.kind)
    validation = request.first("fieldValidation") or "Warn"
    if resource.structure is not None:
        obj, warnings = reading.read(request.body, request.content_type(), resource, validation)
    else:
        obj, warnings = decode.decode(request.body, request.content_type(), expected, validation)
    call.warnings.extend(warnings)
    return obj


def create(call: Call) -> Answer:
    """POST to a collection."""
    form = call.form()
    dry_run = check_write_options(call.request, "CreateOptions")
    obj = read_body(call)
    check_namespace(call, obj)
    made = call.registry.create(
        call.resource,
        obj,
        namespace=call.namespace,
        by=call.writer(dry_run),
    )
    return call.one(made, form, 201)


def check_namespace(call: Call, obj: Obj) -> None:
    """The object names no other namespace than the URL has. Raises StatusError 400."""
    given = (obj.get("metadata") or {}).get("namespace") or ""
    if call.resource.namespaced and given not in ("", call.namespace):
        raise status.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )


def check_name(call: Call, obj: Obj, *, required: bool = True) -> None:
    """The object bears the name that the URL has. Raises StatusError 400."""
    given = (obj.get("metadata") or {}).get("name") or ""
    if not given and required:
        why = f"the name of the object ({call.name} based on URL) was undeterminable: name must be provided"
        raise status.bad_request(why)
    if given and given != call.name:
        raise status.bad_request(f"the name of the object ({given}) does not match the name on the URL ({call.name})")


def update(call: Call) -> Answer:
    """PUT of one object or of its status."""
    form = call.form()
    dry_run = check_write_options(call.request, "UpdateOptions")
    obj = read_body(call)
    check_namespace(call, obj)
    check_name(call, obj)
    if call.resource.create_on_update and not call.registry.find(call.resource, call.name, call.namespace):
        return _create_on_update(call, obj, form, dry_run)
    changed = call.registry.update(
        call.resource,
        obj,
        name=call.name,
        namespace=call.namespace,
        subresource=call.request.info.subresource,
        by=call.writer(dry_run),
    )
    return call.one(changed, form)


def _create_on_update(call: Call, obj: Obj, form: Form, dry_run: bool) -> Answer:
    obj = {**obj, "metadata": {**obj["metadata"], "name": call.name}}
    made = call.registry.create(
        call.resource,
        obj,
        namespace=call.namespace,
        by=call.writer(dry_run),
    )
    return call.one(made, form, 201)


PATCH_TYPES = (patch.JSON, patch.MERGE, patch.STRATEGIC, patch.APPLY)


def patch_(call: Call) -> Answer:
    """PATCH of one object or of its status."""
    form = call.form()
    kind = call.request.content_type()
    if kind not in PATCH_TYPES:
        raise status.StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    if call.resource.structure is not None and kind == patch.STRATEGIC:
        raise status.unsupported_media_type((patch.JSON, patch.MERGE, patch.APPLY))
    if kind == patch.APPLY:
        return _apply(call, form)
    dry_run = check_write_options(call.request, "PatchOptions")
    body = read_patch(call.request.body, kind)
    changed = call.registry.patch(
        call.resource,
        call.name,
        call.namespace,
        body,
        kind,
        subresource=call.request.info.subresource,
        by=call.writer(dry_run),
        decode=reshaper(call, body, kind),
    )
    return call.one(changed, form)


def _apply(call: Call, form: Form) -> Answer:
    dry_run = check_write_options(call.request, "PatchOptions", apply=True)
    configuration = read_configuration(call)
    made, created = call.registry.apply(
        call.resource,
        call.name,
        call.namespace,
        configuration,
        decode=_settler(call, configuration),
        force=call.request.flag("force"),
        subresource=call.request.info.subresource,
        by=call.writer(dry_run),
    )
    return call.one(made, form, 201 if created else 200)


def read_configuration(call: Call) -> Obj:
    """The configuration that a server-side apply carries. Raises StatusError 400."""
    try:
        value, repeated = yamltext.load(call.request.body)
    except ValueError as error:
        raise status.bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None
    if value is not None and not isinstance(value, dict):
        why = f"json: cannot unmarshal {conversion.found(value)} into Go value of type map[string]interface {{}}"
        raise status.bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {why}")
    validation = call.request.first("fieldValidation") or "Warn"
    texts = [f"error converting YAML to JSON: {text}" for text in repeated]
    if texts and validation == "Strict":
        raise status.bad_request(f"error strict decoding YAML: {texts[0]}")
    if validation == "Warn":
        call.warnings.extend(texts)
    return value or {}


def _shaped(resource: Resource, obj: Obj) -> tuple[Obj, list[str]]:
    """A patched object in canonical form, and its strict errors. Raises ValueError with Go's text."""
    if resource.structure is not None:
        return reading.shape(obj, resource)
    return decode.reshape(obj, (resource.group, resource.version, resource.kind))


def _settler(call: Call, configuration: Obj) -> Callable[[Obj], Obj]:
    resource = call.resource
    expected = (resource.group, resource.version, resource.kind)

    def settle(obj: Obj) -> Obj:
        try:
            shaped, _ = _shaped(resource, obj)
        except ValueError as error:
            why = unstructured.complaint(obj, fields.kind(*expected)) or str(error)
            raise applying.unreadable(configuration, why) from None
        _check_place(call, shaped)
        if not shaped["metadata"].get("name"):
            why = f"the name of the object ({call.name} based on URL) was undeterminable: name must be provided"
            raise status.bad_request(why)
        return shaped

    return settle


def read_patch(body: bytes, kind: str = patch.MERGE) -> Any:
    """The patch that a PATCH carries. Raises StatusError 400."""
    try:
        return jsontext.parse(body.decode("utf-8", "replace"))
    except ValueError as error:
        where = "" if kind == patch.STRATEGIC else "error decoding patch: "
        raise status.bad_request(f"{where}{error}") from None


def reshaper(call: Call, body: Any, kind: str) -> Callable[[Obj], Obj]:
    """What makes a patched object whole again, and judges it. It raises StatusError 422, and 400 for another name."""
    resource, validation = call.resource, call.request.first("fieldValidation") or "Warn"
    expected = (resource.group, resource.version, resource.kind)
    repeated = tuple(reading.duplicates(body))

    def reshape(obj: Obj) -> Obj:
        try:
            shaped, strict = _shaped(resource, obj)
            if kind != patch.STRATEGIC:
                decode.check_identity(obj, expected)
        except ValueError as error:
            why = unstructured.complaint(obj, fields.kind(*expected)) if kind == patch.STRATEGIC else ""
            raise _bad_patch(patched.shown(obj, body, kind), why or str(error)) from None
        if kind == patch.STRATEGIC:
            strict = sorted(strict)
        strict = [*repeated, *strict]
        if strict and validation == "Strict":
            why = "strict decoding error: " + ", ".join(strict)
            raise _bad_patch(patched.shown(obj, body, kind), why)
        if strict and validation == "Warn":
            call.warnings.extend(strict)
        _check_place(call, shaped)
        return shaped

    return reshape


def _check_place(call: Call, obj: Obj) -> None:
    check_name(call, obj, required=False)
    check_namespace(call, obj)


def _bad_patch(shown: str, why: str) -> status.StatusError:
    text = f"Invalid value: {json.dumps(shown, ensure_ascii=False)}: {why}"
    return status.invalid("", "", [status.Cause("patch", "FieldValueInvalid", text)])


def delete_options(call: Call) -> Obj:
    """The DeleteOptions of body and query. Raises StatusError."""
    request = call.request
    options: Obj = {}
    if request.body.strip():
        expected = ("", "v1", "DeleteOptions")
        kind = request.content_type() or negotiation.JSON
        options, _ = decode.decode(request.body, kind, expected, "Ignore")
    else:
        options = {}
        if (grace := request.number("gracePeriodSeconds")) is not None:
            options["gracePeriodSeconds"] = grace
        if policy := request.first("propagationPolicy"):
            options["propagationPolicy"] = policy
        if "orphanDependents" in request.query:
            options["orphanDependents"] = request.flag("orphanDependents")
        if "dryRun" in request.query:
            options["dryRun"] = request.query["dryRun"]
    _check_delete_options(options)
    return options


POLICIES = ("Foreground", "Background", "Orphan")


def _check_delete_options(options: Obj) -> None:
    causes = []
    policy = options.get("propagationPolicy")
    if policy is not None and options.get("orphanDependents") is not None:
        text = f'Invalid value: "{policy}": orphanDependents and deletionPropagation cannot be both set'
        causes.append(status.Cause("propagationPolicy", "FieldValueInvalid", text))
    if policy is not None and policy not in POLICIES:
        supported = ", ".join(f'"{known}"' for known in (*POLICIES, "nil"))
        text = f'Unsupported value: "{policy}": supported values: {supported}'
        causes.append(status.Cause("propagationPolicy", "FieldValueNotSupported", text))
    if causes:
        raise status.invalid("DeleteOptions.meta.k8s.io", "", causes)
    check_options("DeleteOptions", options.get("dryRun") or [])


def delete(call: Call) -> Answer:
    """DELETE of one object: the object while it is still there, a Status when it is gone."""
    form = call.form(WHOLE)
    options = delete_options(call)
    obj, gone = call.registry.delete(
        call.resource,
        call.name,
        call.namespace,
        options=options,
        by=call.writer(bool(options.get("dryRun"))),
    )
    if gone and not call.resource.returns_deleted:
        details = {"name": call.name, "group": call.resource.group, "kind": call.resource.plural}
        details = {key: value for key, value in details.items() if value}
        return call.answer(status.success({**details, "uid": obj["metadata"]["uid"]}), form)
    return call.answer(obj, form)


def delete_collection(call: Call) -> Answer:
    """DELETE of a collection: the list of what was deleted."""
    form = call.form(WHOLE)
    wanted = list_options(call.request, watch=False)
    options = delete_options(call)
    dry_run = bool(options.get("dryRun"))
    objs, meta = paging.page(call.registry, call.resource, call.namespace, wanted)
    for obj in objs:
        about = obj["metadata"]
        try:
            call.registry.delete(
                call.resource,
                about["name"],
                about.get("namespace", ""),
                options=options,
                by=call.writer(dry_run),
            )
        except status.StatusError as error:
            if error.code != 404:
                raise
    return call.answer(shapes.many(call.resource, objs, meta, form, now=0.0), form)
