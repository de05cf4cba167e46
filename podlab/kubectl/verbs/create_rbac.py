"""`kubectl create role`, `clusterrole`, `rolebinding`, `clusterrolebinding`, `serviceaccount`, `token`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_role*.go, create_clusterrole*.go, create_token.go
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import in_gos_words
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.verbs.creating import create_one, required, the_name

Object = dict[str, Any]
GROUP = "rbac.authorization.k8s.io"
VERBS = (
    "*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy", "deletecollection", "use", "bind",
    "escalate", "impersonate",
)  # fmt: skip
WEB_VERBS = ("*", "get", "post", "put", "delete", "patch", "head", "options")
SPECIAL = {
    "use": (("podsecuritypolicies", "policy"), ("podsecuritypolicies", "extensions")),
    "bind": (("roles", GROUP), ("clusterroles", GROUP)),
    "escalate": (("roles", GROUP), ("clusterroles", GROUP)),
    "impersonate": (
        ("users", ""), ("serviceaccounts", ""), ("groups", ""), ("userextras", "authentication.k8s.io"),
    ),
}  # fmt: skip
"""Verbs that only some resources have, each with its plural and its group."""


def role(
    command: Command,
    *arguments: str,
    verb: Sequence[str] = (),
    resource: Sequence[str] = (),
    resource_name: Sequence[str] = (),
) -> None:
    """Create a Role with one rule."""
    name = the_name(arguments, "role")
    rules = _rules(command, _verbs(verb), resource, resource_name, "at least one resource must be specified")
    obj = {"apiVersion": f"{GROUP}/v1", "kind": "Role", "metadata": {"name": name}, "rules": rules}
    create_one(command, f"roles.{GROUP}", obj)


def clusterrole(
    command: Command,
    *arguments: str,
    verb: Sequence[str] = (),
    resource: Sequence[str] = (),
    resource_name: Sequence[str] = (),
    non_resource_url: Sequence[str] = (),
    aggregation_rule: str = "",
) -> None:
    """Create a ClusterRole with one rule, or of others that labels choose."""
    name = the_name(arguments, "clusterrole")
    if any(not url.startswith("/") for url in non_resource_url):
        raise PodlabError("error: nonResourceURL should start with /")
    obj: Object = {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": {"name": name}}
    if aggregation_rule:
        if verb or resource or resource_name or non_resource_url:
            raise PodlabError(
                "error: aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames"
            )
        labels = dict(each.partition("=")[::2] for each in aggregation_rule.split(","))
        obj |= {"rules": None, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": labels}]}}
    elif non_resource_url:
        obj["rules"] = _web_rules(command, _verbs(verb), resource, resource_name, non_resource_url)
    else:
        missing = "one of resource or nonResourceURL must be specified"
        obj["rules"] = _rules(command, _verbs(verb), resource, resource_name, missing)
    create_one(command, f"clusterroles.{GROUP}", obj)


def _verbs(given: Sequence[str]) -> list[str]:
    verbs = list(dict.fromkeys(each for each in given if each))
    if not verbs:
        raise PodlabError("error: at least one verb must be specified")
    return ["*"] if "*" in verbs else verbs


def _web_rules(
    command: Command, verbs: list[str], resource: Sequence[str], names: Sequence[str], urls: Sequence[str]
) -> list[Object]:
    if names:
        raise PodlabError("error: resourceNames can not be applied to nonResourceURLs")
    wrong = next((verb for verb in verbs if verb not in WEB_VERBS), None)
    if wrong:
        raise PodlabError(f"error: invalid verb: '{wrong}' for nonResourceURL")
    rules = _rules(command, verbs, resource, (), "") if resource else []
    return [*rules, {"nonResourceURLs": list(urls), "verbs": verbs}]


def _rules(
    command: Command, verbs: list[str], resources: Sequence[str], names: Sequence[str], missing: str
) -> list[Object]:
    """One rule for each API group, in the order of their names."""
    for verb in verbs:
        if verb not in VERBS:
            command.err(f"Warning: '{verb}' is not a standard resource verb\n")
    if not resources:
        raise PodlabError(f"error: {missing}")
    groups: dict[str, list[str]] = {}
    for each in resources:
        plural, group = _resolved(command, each, verbs)
        groups.setdefault(group, []).append(plural)
    of_names = {"resourceNames": list(dict.fromkeys(names))} if names else {}
    return [
        {"apiGroups": [group], **of_names, "resources": list(dict.fromkeys(plurals)), "verbs": verbs}
        for group, plurals in sorted(groups.items())
    ]


def _resolved(command: Command, text: str, verbs: Sequence[str]) -> tuple[str, str]:
    base, _, subresource = text.partition("/")
    plural, _, group = base.partition(".")
    if not plural:
        raise PodlabError("error: resource must be specified if apiGroup/subresource specified")
    if plural == "*":
        return (f"*/{subresource}" if subresource else "*"), group
    unknown: PodlabError | None = None
    try:
        mapping = command.mapper.by_name(base)
        plural, group = mapping.plural, mapping.group
    except (ApiError, ClusterError):
        raise
    except PodlabError as error:
        within = f' in group "{group}"' if group else ""
        unknown = PodlabError(f"{str(error).removeprefix('error: ')}{within}", error.hint)
    for verb in verbs:
        if verb in SPECIAL:
            if (plural, group) not in SPECIAL[verb]:
                raise PodlabError(f"error: can not perform '{verb}' on '{plural}' in group '{group}'")
            unknown = None
    if unknown:
        raise unknown
    return (f"{plural}/{subresource}" if subresource else plural), group


def rolebinding(
    command: Command,
    *arguments: str,
    role: str = "",
    clusterrole: str = "",
    user: Sequence[str] = (),
    group: Sequence[str] = (),
    serviceaccount: Sequence[str] = (),
) -> None:
    """Create a RoleBinding to a Role or a ClusterRole."""
    name = the_name(arguments, "rolebinding")
    if bool(role) == bool(clusterrole):
        raise PodlabError("error: exactly one of clusterrole or role must be specified")
    obj = _binding("RoleBinding", name, "Role" if role else "ClusterRole", role or clusterrole)
    obj |= _subjects(user, group, serviceaccount)
    create_one(command, f"rolebindings.{GROUP}", obj, "rolebinding:")


def clusterrolebinding(
    command: Command,
    *arguments: str,
    clusterrole: str | None = None,
    user: Sequence[str] = (),
    group: Sequence[str] = (),
    serviceaccount: Sequence[str] = (),
) -> None:
    """Create a ClusterRoleBinding."""
    required(clusterrole=clusterrole)
    name = the_name(arguments, "clusterrolebinding")
    obj = _binding("ClusterRoleBinding", name, "ClusterRole", clusterrole or "") | _subjects(
        user, group, serviceaccount
    )
    create_one(command, f"clusterrolebindings.{GROUP}", obj, "clusterrolebinding:")


def _binding(kind: str, name: str, of: str, role: str) -> Object:
    reference = {"apiGroup": GROUP, "kind": of, "name": role}
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name}, "roleRef": reference}


def _subjects(users: Sequence[str], groups: Sequence[str], accounts: Sequence[str]) -> Object:
    found: list[Object] = [{"apiGroup": GROUP, "kind": "User", "name": each} for each in users]
    found += [{"apiGroup": GROUP, "kind": "Group", "name": each} for each in groups]
    for each in accounts:
        namespace, _, name = each.partition(":")
        if not namespace or not name or ":" in name:
            raise PodlabError("error: serviceaccount must be <namespace>:<name>")
        found.append({"kind": "ServiceAccount", "name": name, "namespace": namespace})
    return {"subjects": found} if found else {}


def serviceaccount(command: Command, *arguments: str) -> None:
    """Create a ServiceAccount."""
    name = the_name(arguments, "serviceaccount")
    obj = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    create_one(command, "serviceaccounts", obj, "serviceaccount:")


def token(
    command: Command,
    *arguments: str,
    audience: Sequence[str] = (),
    duration: str = "0s",
    bound_object_kind: str = "",
    bound_object_name: str = "",
    bound_object_uid: str = "",
) -> None:
    """Ask for a token of a ServiceAccount, and print it."""
    name = the_name(arguments, "token")
    seconds = parse_duration(duration)
    spec: Object = {"audiences": list(audience) or None}
    if seconds < 0:
        raise PodlabError("error: --duration must be greater than or equal to 0")
    if seconds % 1:
        raise PodlabError("error: --duration cannot be expressed in units less than seconds")
    if bound_object_kind:
        versions = {"Pod": "v1", "Secret": "v1", "Node": "v1"}
        if bound_object_kind not in versions:
            raise PodlabError("error: supported --bound-object-kind values are Node, Pod, Secret")
        if not bound_object_name:
            raise PodlabError("error: --bound-object-name is required if --bound-object-kind is provided")
        reference = {"kind": bound_object_kind, "apiVersion": "v1", "name": bound_object_name}
        spec["boundObjectRef"] = reference | ({"uid": bound_object_uid} if bound_object_uid else {})
    elif bound_object_name or bound_object_uid:
        which = "name" if bound_object_name else "uid"
        raise PodlabError(f"error: --bound-object-{which} can only be set if --bound-object-kind is provided")
    spec |= {"expirationSeconds": int(seconds)} if seconds else {"expirationSeconds": None}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {}, "spec": spec}
    path = f"/api/v1/namespaces/{command.namespace}/serviceaccounts/{name}/token"
    try:
        made = command.client.request("POST", path, body=body).json()
    except PodlabError as error:
        raise PodlabError(f"error: failed to create token: {in_gos_words(error)}", error.hint) from error
    output = command.common.output
    command.out(parse_format(output).text(made) if output else str(made["status"]["token"]))
