"""Questions about identity and permission: kinds that are created and answered, never stored.

Upstream: pkg/registry/{authentication,authorization}, pkg/apis/authorization/validation/validation.go
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import status, verbs
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.auth import Authenticator
from podlab.embedded.apiserver.authorization import rbac
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.patching import managedfields
from podlab.embedded.apiserver.request import check_write_options
from podlab.embedded.apiserver.resource import Obj, Resource, User
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.tokens import ISSUER, Refused
from podlab.embedded.apiserver.validation import causes, metadata
from podlab.embedded.apiserver.verbs import Call

INVALID_TOKEN = "invalid bearer token"


def _user_info(user: User) -> Obj:
    info: Obj = {"username": user.name}
    if user.uid:
        info["uid"] = user.uid
    info["groups"] = list(user.groups)
    if user.extra:
        info["extra"] = {key: list(values) for key, values in user.extra.items()}
    return info


def _asked(user: User, spec: Obj) -> Attributes:
    about, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes") or {}
    if about is None:
        return Attributes(user, path.get("verb", ""), path=path.get("path", ""))
    keys = ("verb", "group", "resource", "subresource", "name", "namespace")
    return Attributes(user, *(about.get(key, "") for key in keys))


def _decide(call: Call, user: User, spec: Obj) -> Obj:
    """The status of an access review about a user."""
    decision = rbac.decide(call.registry, _asked(user, spec))
    return {"allowed": decision.allowed, **({"reason": decision.reason} if decision.reason else {})}


def _attributes(spec: Obj, *, about_user: bool = False) -> list[Cause]:
    found = []
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource and path:
        text = "cannot be specified in combination with resourceAttributes"
        found.append(causes.invalid("spec.nonResourceAttributes", _shown(path), text))
    if not resource and not path:
        text = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        found.append(causes.invalid("spec.resourceAttributes", None, text))
    if about_user and not spec.get("user") and not spec.get("groups"):
        found.append(causes.invalid("spec.user", "", "at least one of user or group must be specified"))
    for key in ("fieldSelector", "labelSelector"):
        if (selector := (resource or {}).get(key)) is not None:
            found += _selector(selector, f"spec.resourceAttributes.{key}")
    return found


def _selector(selector: Obj, path: str) -> list[Cause]:
    """Upstream: validateFieldSelectorAttributes, validateLabelSelectorAttributes"""
    raw, given, found = selector.get("rawSelector"), selector.get("requirements") or [], []
    if raw and given:
        text = "may not specified at the same time as requirements"
        found.append(causes.invalid(f"{path}.rawSelector", raw, text))
    if not raw and not given:
        text = f"when {path} is specified, requirements or rawSelector is required"
        found.append(causes.required(f"{path}.requirements", text))
    labels = path.endswith(".labelSelector")
    for index, term in enumerate(given):
        here, key = f"{path}.requirements[{index}]", term.get("key", "")
        if not labels and not key:
            found.append(causes.required(f"{here}.key", "must be specified"))
        found += metadata.operands(term, here)
        if labels:
            found += metadata.keyed(term, here)
    return found


def _nameless(obj: Obj, *but: str) -> list[Cause]:
    meta = {key: value for key, value in (obj.get("metadata") or {}).items() if key != "managedFields"}
    text = "must be empty" + "".join(f" except for {key}" for key in but)
    return [causes.invalid("metadata", obj["metadata"], text)] if set(meta) - set(but) else []


def _shown(path: Obj) -> Obj:
    return {"Path": path.get("path", ""), "Verb": path.get("verb", "")}


def _refuse(found: Sequence[Cause]) -> None:
    if found:  # upstream asks for the kind of an object that has lost it
        raise status.invalid(".authorization.k8s.io", "", found)


def _self_access(call: Call, who: Authenticator, obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    _refuse(_attributes(spec) + _nameless(obj))
    return _decide(call, call.request.user, spec)


def _access(call: Call, who: Authenticator, obj: Obj) -> Obj:
    _refuse(_attributes(obj.get("spec") or {}, about_user=True) + _nameless(obj))
    return _about(call, obj)


def _about(call: Call, obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    extra = {key: tuple(values) for key, values in (spec.get("extra") or {}).items()}
    user = User(spec.get("user", ""), tuple(spec.get("groups") or ()), spec.get("uid", ""), extra)
    return _decide(call, user, spec)


def _local_access(call: Call, who: Authenticator, obj: Obj) -> Obj:
    """Return what SubjectAccessReview does, for this namespace alone."""
    spec = obj.get("spec") or {}
    found = _attributes(spec, about_user=True) + _nameless(obj, "namespace")
    about, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    verbs.check_namespace(call, obj)
    if about and about.get("namespace") != call.namespace:
        text = "must match metadata.namespace"
        found.append(causes.invalid("spec.resourceAttributes.namespace", about.get("namespace", ""), text))
    if path:
        text = "disallowed on this kind of request"
        found.append(causes.invalid("spec.nonResourceAttributes", _shown(path), text))
    _refuse(found)
    return _about(call, obj)


def _rules(call: Call, who: Authenticator, obj: Obj) -> Obj:
    namespace = (obj.get("spec") or {}).get("namespace", "")
    if not namespace:
        raise status.bad_request("no namespace on request")
    given, problems = rbac.rules_for(call.registry, call.request.user, namespace)
    resources = [_only(rule, "verbs", "apiGroups", "resources", "resourceNames") for rule in given]
    urls = [_only(rule, "verbs", "nonResourceURLs") for rule in given if rule.get("nonResourceURLs")]
    found = {"resourceRules": [rule for rule in resources if "resources" in rule], "nonResourceRules": urls}
    return {**found, "incomplete": bool(problems), **({"evaluationError": ", ".join(problems)} if problems else {})}


def _only(rule: Obj, *keys: str) -> Obj:
    return {key: rule[key] for key in keys if rule.get(key)}


def _whoami(call: Call, who: Authenticator, obj: Obj) -> Obj:
    return {"userInfo": _user_info(call.request.user)}


def _token_review(call: Call, who: Authenticator, obj: Obj) -> Obj:
    spec = obj.get("spec") or {}
    if not spec.get("token"):
        raise status.bad_request("token is required for TokenReview in authentication")
    try:
        user, audiences = who.by_token(spec["token"], spec.get("audiences") or (ISSUER,))
    except Refused as refused:
        why = f"[{INVALID_TOKEN}, {refused}]" if str(refused) else INVALID_TOKEN
        return {"user": {}, "error": why}
    return {"authenticated": True, "user": _user_info(user), "audiences": audiences}


ANSWERS: dict[str, Callable[[Call, Authenticator, Obj], Obj]] = {
    "selfsubjectaccessreviews": _self_access,
    "subjectaccessreviews": _access,
    "localsubjectaccessreviews": _local_access,
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
    now = rfc3339(call.registry.clock.now())
    obj = {**obj, "metadata": dict(obj.get("metadata") or {})}
    managedfields.record(obj, None, manager=call.request.manager(), now=now)
    answered = ANSWERS[call.resource.plural](call, who, obj)
    made: Obj = {"kind": call.resource.kind, "apiVersion": call.resource.api_version}
    made["metadata"] = dict(obj.get("metadata") or {})
    if call.resource.plural == "selfsubjectreviews":
        made["metadata"]["creationTimestamp"] = now
    else:
        made["spec"] = obj.get("spec") or {}
    return call.answer({**made, "status": answered}, form, 201)
