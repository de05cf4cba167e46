"""Questions about identity and permission, and tokens: kinds that are created and answered, never stored.

Upstream: pkg/registry/{authentication,authorization}, pkg/registry/core/serviceaccount/storage/token.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import auth, status, verbs
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.request import RequestInfo, check_write_options
from podlab.embedded.apiserver.resource import Obj, Resource, User
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.verbs import Call

RBAC_REASON = (
    'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin"'
    ' to Group "kubeadm:cluster-admins"'
)
SHORTEST_TOKEN = 600
LONGEST_TOKEN = 2**32


def _user_info(user: User) -> Obj:
    info: Obj = {"username": user.name}
    if user.uid:
        info["uid"] = user.uid
    info["groups"] = list(user.groups)
    if user.extra:
        info["extra"] = {key: list(values) for key, values in user.extra.items()}
    return info


def _decide(user: User, spec: Obj) -> Obj:
    """The status of an access review about a user."""
    about = spec.get("resourceAttributes")
    path = (spec.get("nonResourceAttributes") or {}).get("path", "")
    verb = (about or spec.get("nonResourceAttributes") or {}).get("verb", "")
    info = RequestInfo(verb, path)
    if about:
        info = replace(info, group=about.get("group", ""), resource=about.get("resource", "*"))
    if not auth.allowed(user, info):
        return {"allowed": False}
    return {"allowed": True, "reason": RBAC_REASON} if auth.is_admin(user) else {"allowed": True}


def _check_attributes(kind: str, spec: Obj, *, about_user: bool = False) -> None:
    causes = []
    given = [key for key in ("resourceAttributes", "nonResourceAttributes") if spec.get(key)]
    if len(given) == 2:
        text = "Invalid value: cannot be specified in combination with resourceAttributes"
        causes.append(Cause("spec.nonResourceAttributes", "FieldValueInvalid", text))
    if not given:
        text = "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        causes.append(Cause("spec.resourceAttributes", "FieldValueInvalid", text))
    if about_user and not spec.get("user") and not spec.get("groups"):
        text = 'Invalid value: "": at least one of user or group must be specified'
        causes.append(Cause("spec.user", "FieldValueInvalid", text))
    if causes:
        raise status.invalid(f"{kind}.authorization.k8s.io", "", causes)


def _self_access(call: Call, who: Authenticator, obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    _check_attributes("SelfSubjectAccessReview", spec)
    return _decide(call.request.user, spec)


def _access(call: Call, who: Authenticator, obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    _check_attributes(call.resource.kind, spec, about_user=True)
    return _decide(User(spec.get("user", ""), tuple(spec.get("groups") or ())), spec)


def _rules(call: Call, who: Authenticator, obj: Obj) -> Obj:
    everybody = {
        "verbs": ["create"],
        "apiGroups": ["authorization.k8s.io"],
        "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    }
    reviews = {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]}
    paths = ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz"]
    shown = {"verbs": ["get"], "nonResourceURLs": [*paths, "/version", "/version/"]}
    public = {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"]}
    resources, urls = [everybody, reviews], [shown, public]
    if auth.is_admin(call.request.user):
        resources.insert(0, {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]})
        urls.insert(0, {"verbs": ["*"], "nonResourceURLs": ["*"]})
    return {"resourceRules": resources, "nonResourceRules": urls, "incomplete": False}


def _whoami(call: Call, who: Authenticator, obj: Obj) -> Obj:
    return {"userInfo": _user_info(call.request.user)}


def _token_review(call: Call, who: Authenticator, obj: Obj) -> Obj:
    token = (obj.get("spec") or {}).get("token", "")
    if not token:
        raise status.bad_request("token is required for TokenReview in authentication")
    user = who.by_token(token)
    if user is None:
        return {"user": {}, "error": "[invalid bearer token]"}
    return {"authenticated": True, "user": _user_info(user), "audiences": [auth.ISSUER]}


ANSWERS: dict[str, Callable[[Call, Authenticator, Obj], Obj]] = {
    "selfsubjectaccessreviews": _self_access,
    "subjectaccessreviews": _access,
    "localsubjectaccessreviews": _access,
    "selfsubjectrulesreviews": _rules,
    "selfsubjectreviews": _whoami,
    "tokenreviews": _token_review,
}


def answers(resource: Resource) -> bool:
    """Whether a resource is one of these."""
    return resource.plural in ANSWERS and resource.group in ("authentication.k8s.io", "authorization.k8s.io")


def review(call: Call, who: Authenticator) -> Answer:
    """POST of a review: the same object, with its status."""
    form = call.form(verbs.WHOLE)
    check_write_options(call.request, "CreateOptions")
    obj = verbs.read_body(call)
    answered = ANSWERS[call.resource.plural](call, who, obj)
    made: Obj = {"kind": call.resource.kind, "apiVersion": call.resource.api_version}
    made["metadata"] = dict(obj.get("metadata") or {})
    if call.resource.plural == "selfsubjectreviews":
        made["metadata"]["creationTimestamp"] = rfc3339(call.registry.clock.now())
    else:
        made["spec"] = obj.get("spec") or {}
    return call.answer({**made, "status": answered}, form, 201)


def token(call: Call, who: Authenticator) -> Answer:
    """POST of a TokenRequest to a ServiceAccount's `/token`."""
    form = call.form(verbs.WHOLE)
    dry_run = check_write_options(call.request, "CreateOptions")
    expected = ("authentication.k8s.io", "v1", "TokenRequest")
    obj, warnings = decode.decode(call.request.body, call.request.content_type(), expected)
    call.warnings.extend(warnings)
    account = call.registry.get(call.resource, call.name, call.namespace)
    spec: Obj = dict(obj.get("spec") or {})
    spec["audiences"] = spec.get("audiences") or [auth.ISSUER]
    seconds = spec["expirationSeconds"] = spec.get("expirationSeconds") or 3600
    _check_expiry(seconds)
    bound = _bound(call, spec.get("boundObjectRef"))
    now = call.registry.clock.now()
    issued = "" if dry_run else who.issue(account, spec["audiences"], seconds, bound)
    meta = {"name": call.name, "namespace": call.namespace, "creationTimestamp": rfc3339(now)}
    answered = {"token": issued, "expirationTimestamp": rfc3339(now + seconds)}
    made = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": meta}
    return call.answer({**made, "spec": spec, "status": answered}, form, 201)


def _check_expiry(seconds: int) -> None:
    text = ""
    if seconds < SHORTEST_TOKEN:
        text = f"Invalid value: {seconds}: may not specify a duration less than 10 minutes"
    elif seconds > LONGEST_TOKEN:
        text = f"Invalid value: {seconds}: may not specify a duration larger than 2^32 seconds"
    if text:
        cause = Cause("spec.expirationSeconds", "FieldValueInvalid", text)
        raise status.invalid("TokenRequest.authentication.k8s.io", "", [cause])


def _bound(call: Call, reference: Any) -> Obj | None:
    if not reference:
        return None
    kind, name = reference.get("kind", ""), reference.get("name", "")
    plural = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}.get(kind)
    if plural is None:
        text = f"cannot bind token for serviceaccount to object of type {reference.get('apiVersion', '')}, Kind={kind}"
        raise status.bad_request(text)
    resource = call.registry.resource(plural)
    found = call.registry.get(resource, name, call.namespace if resource.namespaced else "")
    uid = found["metadata"]["uid"]
    if reference.get("uid") not in (None, "", uid):
        why = f"the UID in the bound object reference ({reference['uid']}) does not match the UID in record."
        raise status.conflict(resource.qualified, name, f"{why} The object might have been deleted and then recreated")
    return {"kind": kind, "name": name, "uid": uid}
