"""TokenRequests. Upstream: pkg/registry/core/serviceaccount/storage/token.go"""

from __future__ import annotations

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import status, verbs
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import check_write_options
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.tokens import ISSUER
from podlab.embedded.apiserver.verbs import Call

SHORTEST_TOKEN = 600
LONGEST_TOKEN = 2**32
BOUND = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}


def token(call: Call, who: Authenticator) -> Answer:
    """POST of a TokenRequest to a ServiceAccount's `/token`."""
    form = call.form(verbs.WHOLE)
    dry_run = check_write_options(call.request, "CreateOptions")
    expected = ("authentication.k8s.io", "v1", "TokenRequest")
    obj, warnings = decode.decode(call.request.body, call.request.content_type(), expected)
    call.warnings.extend(warnings)
    account = call.registry.get(call.resource, call.name, call.namespace)
    _check_name(call.name, (obj.get("metadata") or {}).get("name") or "")
    given: Obj = obj.get("spec") or {}
    audiences, seconds = given.get("audiences") or [ISSUER], given.get("expirationSeconds") or 3600
    _check_expiry(seconds)
    reference = given.get("boundObjectRef")
    bound = _bound(call, reference) if reference else ()
    now = call.registry.clock.now()
    issued = "" if dry_run else who.tokens.issue(account, audiences, seconds, bound)
    uid = account["metadata"]["uid"]
    meta = {"name": call.name, "namespace": call.namespace, "uid": uid, "creationTimestamp": rfc3339(now)}
    answered = {"token": issued, "expirationTimestamp": rfc3339(now + seconds)}
    spec = {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": reference}
    made = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": meta}
    return call.answer({**made, "spec": spec, "status": answered}, form, 201)


def _check_name(account: str, name: str) -> None:
    if name not in ("", account):
        text = f'Invalid value: "{name}": must match the service account name if specified'
        cause = Cause("metadata.name", "FieldValueInvalid", text)
        raise status.invalid("TokenRequest.authentication.k8s.io", account, [cause])


def _check_expiry(seconds: int) -> None:
    text = ""
    if seconds < SHORTEST_TOKEN:
        text = f"Invalid value: {seconds}: may not specify a duration less than 10 minutes"
    elif seconds > LONGEST_TOKEN:
        text = f"Invalid value: {seconds}: may not specify a duration larger than 2^32 seconds"
    if text:
        cause = Cause("spec.expirationSeconds", "FieldValueInvalid", text)
        raise status.invalid("TokenRequest.authentication.k8s.io", "", [cause])


def _bound(call: Call, reference: Obj) -> tuple[Obj, ...]:
    """The object that a token ends with; with a Pod goes its node. Raises StatusError 400, 404, 409."""
    kind, name = reference.get("kind", ""), reference.get("name", "")
    if kind not in BOUND or reference.get("apiVersion", "v1") != "v1":
        group, _, version = reference.get("apiVersion", "").rpartition("/")
        what = f"{group}/{version}, Kind={kind}"
        raise status.bad_request(f"cannot bind token to object of type {what}")
    resource = call.registry.resource(BOUND[kind])
    found = call.registry.get(resource, name, call.namespace if resource.namespaced else "")
    if kind == "Pod" and found["spec"].get("serviceAccountName") != call.name:
        why = "to pod running with different serviceaccount name."
        raise status.bad_request(f'cannot bind token for serviceaccount "{call.name}" {why}')
    uid = found["metadata"]["uid"]
    if reference.get("uid") not in (None, "", uid):
        why = f"the UID in the bound object reference ({reference['uid']}) does not match the UID in record."
        raise status.conflict(kind, name, f"{why} The object might have been deleted and then recreated")
    return with_node(call.registry, found)


def with_node(registry: Registry, obj: Obj) -> tuple[Obj, ...]:
    """A Pod and the node that it is on."""
    node = obj["spec"].get("nodeName") if obj["kind"] == "Pod" else ""
    found = registry.find(registry.resource("nodes"), node) if node else None
    return (obj, found) if found else (obj,)
