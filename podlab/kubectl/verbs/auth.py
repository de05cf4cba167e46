"""`kubectl auth can-i` and `whoami`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/auth/cani.go, whoami.go
"""

from __future__ import annotations

from typing import Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.describe.roles import RULE_COLUMNS, rule_row, sorted_rules
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.tabwriter import align

Object = dict[str, Any]
RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


VERBS = """get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate
 attest"""
OF_RESOURCES = frozenset(VERBS.split())
OF_PATHS = frozenset(["get", "put", "post", "head", "options", "delete", "patch", "*"])


def can_i(
    command: Command,
    *arguments: str,
    all_namespaces: bool = False,
    subresource: str = "",
    quiet: bool = False,
    list_: bool = False,
    no_headers: bool = False,
) -> None:
    """Print yes or no, `no` being exit code 1; or list what one may do."""
    if list_:
        if arguments:
            raise PodlabError("error: list option must be specified with no arguments")
        _list(command, no_headers)
        return
    if len(arguments) != 2:
        raise PodlabError(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples."
        )
    attributes = _attributes(command, arguments, "" if all_namespaces else command.namespace, subresource)
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": attributes}
    status = command.client.request("POST", REVIEWS, body=body).json()["status"]
    allowed = bool(status.get("allowed"))
    reason = f" - {status['reason']}" if status.get("reason") and not allowed else ""
    if status.get("evaluationError"):
        reason += f" - {status['evaluationError']}"
    if not quiet:
        command.out(f"{'yes' if allowed else 'no'}{reason}\n")
    command.exit_code = 0 if allowed else 1


UNKNOWN_VERB = "Warning: verb '{}' is not a known verb\n\n"


def _attributes(command: Command, arguments: tuple[str, ...], namespace: str, subresource: str) -> Object:
    verb, resource = arguments[:2]
    strange = "" if verb in (OF_PATHS if resource.startswith("/") else OF_RESOURCES) else UNKNOWN_VERB.format(verb)
    if resource.startswith("/"):
        command.err(strange)
        return {"nonResourceAttributes": {"path": resource, "verb": verb}}
    resource, _, name = resource.partition("/")
    group = ""
    try:
        mapping = command.mapper.by_name(resource)
        resource, group = mapping.plural, mapping.group
        if not mapping.namespaced:
            within = f" in group '{mapping.group}'" if mapping.group else ""
            command.err(f"Warning: resource '{mapping.plural}' is not namespace scoped{within}\n\n")
    except PodlabError:
        name_of, _, group_of = resource.partition(".")
        if resource not in ("*", "users", "groups"):
            within = f" in group '{group_of}'" if group_of else ""
            command.err(f"Warning: the server doesn't have a resource type '{name_of}'{within}\n\n")
    command.err(strange)
    found = {"namespace": namespace, "verb": verb, "group": group, "resource": resource}
    found |= {"name": name} if name else {}
    found |= {"subresource": subresource} if subresource else {}
    return {"resourceAttributes": found}


def _list(command: Command, no_headers: bool) -> None:
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": command.namespace},
    }
    status = command.client.request("POST", RULES, body=body).json()["status"]
    if status.get("incomplete"):
        command.err(f"Warning: the list may be incomplete: {status.get('evaluationError', '')}\n")
    given = [*(status.get("resourceRules") or []), *(status.get("nonResourceRules") or [])]
    rows = [] if no_headers else ["\t".join(RULE_COLUMNS)]
    rows += map(rule_row, sorted_rules(given))
    command.out(align("".join(f"{row}\n" for row in rows), min_width=6, padding=3))


def whoami(command: Command, *arguments: str) -> None:
    """Print who the server says this is."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {}}
    try:
        review = command.client.request("POST", SELF, body=body).json()
    except ApiError as error:
        if error.code not in (403, 404):
            raise
        may = " or you do not have permission to call it" if error.code == 403 else ""
        raise PodlabError(f"error: the selfsubjectreviews API is not enabled in the cluster{may}") from error
    command.objects.append(review)
    output = command.common.output
    if output:
        command.out(parse_format(output, tables=False).text(review, by_name=False))
        return
    info = (review.get("status") or {}).get("userInfo") or {}
    rows = [("Username", info.get("username")), ("UID", info.get("uid"))]
    rows += [("Groups", f"[{' '.join(info['groups'])}]")] if info.get("groups") else []
    rows += [(f"Extra: {key}", f"[{' '.join(value)}]") for key, value in sorted((info.get("extra") or {}).items())]
    lines = ["ATTRIBUTE\tVALUE", *(f"{name}\t{value}" for name, value in rows if value)]
    command.out(align("".join(f"{line}\n" for line in lines), min_width=6, padding=3))
