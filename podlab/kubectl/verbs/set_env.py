"""`kubectl set env`, `set selector`, `set subject`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/set/set_env.go, set_selector.go, set_subject.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import Spaced
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.create_config import VARIABLE, VARIABLE_RULE
from podlab.kubectl.verbs.create_policy import selector_of
from podlab.kubectl.verbs.create_rbac import GROUP
from podlab.kubectl.verbs.env_values import value_from
from podlab.kubectl.verbs.label import NAMED, objects_named
from podlab.kubectl.verbs.naming import NOTHING_NAMED
from podlab.kubectl.verbs.settings import BOTH, has_template, matches, objects_of, refuse, template_path, update

Object = dict[str, Any]
ORDER = "$setElementOrder/env"


def set_env(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    all_: bool = False,
    selector: str = "",
    containers: str = "*",
    env: Sequence[str] = (),
    from_: str = "",
    prefix: str = "",
    keys: Sequence[str] = (),
    list_: bool = False,
    resolve: bool = False,
    overwrite: bool = True,
    local: bool = False,
) -> None:
    """Set variables of containers (`NAME=value`), remove them (`NAME-`), or list them."""
    refuse([BOTH] if all_ and selector else [])
    typed = command.stdin.read().decode("utf-8", "replace").splitlines() if "-" in arguments and command.stdin else []
    words, given = _divided([each for each in arguments if each != "-"])
    given = [*env, *given, *(each for each in typed if each)]
    if not words and not filename:
        raise PodlabError(NAMED)
    if keys and not from_:
        raise PodlabError("error: when specifying --keys, a configmap or secret must be provided with --from")
    wanted = [_parsed(each) for each in given if not each.endswith("-") or "=" in each]
    wanted += _imported(command, from_, prefix, keys) if from_ else []
    removed = [each[:-1] for each in given if each.endswith("-") and "=" not in each]
    if {each["name"] for each in wanted} & set(removed):
        raise PodlabError("error: can not both modify and remove the same environment variable in the same command")
    found = objects_of(command, words, filename, selector, all_, local)
    if list_:
        for mapping, obj in found:
            if not has_template(mapping, obj):
                continue
            _list(command, mapping.kind, obj, template_path(mapping, obj), containers, resolve, (wanted, removed))
        return

    about = "/".join((found[0][0].plural, found[0][1]["metadata"]["name"])) if found else ""

    def change(spec: Object) -> Object:
        patch: Object = {}
        names = [each["name"] for kind in ("initContainers", "containers") for each in spec.get(kind) or []]
        if not any(matches(containers, name) for name in names):
            one = next((obj for _, obj in found if spec in _specs(obj)), {})
            who = f"{one.get('kind')}/{(one.get('metadata') or {}).get('name')}"
            command.err(f'Warning: {who} does not have any containers matching "{containers}"\n')
        for kind in ("initContainers", "containers"):
            meant = [each for each in spec.get(kind) or [] if matches(containers, each["name"])]
            for each in () if overwrite else meant:
                _refuse_overwriting(about, each.get("env") or [], wanted)
            items = [item for each in meant if (item := _item(each, wanted, removed))]
            patch |= {kind: items} if items else {}
        return patch

    update(command, found, change, "env updated", local, "env update to pod template:")


def _specs(obj: Object) -> list[Any]:
    """Where a Pod's spec may be in an object."""
    spec = obj.get("spec") or {}
    return [spec, (spec.get("template") or {}).get("spec"),
            (((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}).get("spec")]  # fmt: skip


def _item(container: Object, wanted: list[Object], removed: list[str]) -> Object:
    """What a patch says of a container; nothing where its variables stay."""
    env = container.get("env") or []
    changes = _changes(env, wanted, removed)
    order = [{"name": name} for name in _order(env, changes)]
    return {"name": container["name"], "env": changes, ORDER: order} if changes else {}


def _divided(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    words: list[str] = []
    given: list[str] = []
    for each in arguments:
        is_variable = "=" in each or (each.endswith("-") and len(each) > 1)
        if given and not is_variable:
            raise PodlabError(
                f"error: all resources must be specified before environment changes: {' '.join(arguments)}"
            )
        (given if is_variable else words).append(each)
    return words, given


def _parsed(text: str) -> Object:
    name, _, value = text.partition("=")
    if not VARIABLE.fullmatch(name):
        raise PodlabError(f'error: "{name}" is not a valid key name: {VARIABLE_RULE}')
    return {"name": name, "value": value}


def _imported(command: Command, source: str, prefix: str, keys: Sequence[str]) -> list[Object]:
    one = select(command.mapper, [source])[0]
    obj = read_one(command.client, one.mapping, command.namespace, one.name)
    kind = {"Secret": "secretKeyRef", "ConfigMap": "configMapKeyRef"}.get(one.mapping.kind)
    if kind is None:
        raise PodlabError("error: unsupported resource specified in --from")
    found = []
    for key in sorted(each for each in obj.get("data") or {} if not keys or each in keys):
        name = re.sub(r"[^a-zA-Z0-9_]", "_", key).upper()
        if name != key:
            command.err(f"Warning: key {key} transferred to {name}\n")
        found.append({"name": prefix + name, "valueFrom": {kind: {"key": key, "name": one.name}}})
    return found


def _refuse_overwriting(about: str, there: Sequence[Object], wanted: Sequence[Object]) -> None:
    names = {each["name"] for each in wanted}
    taken = next((each for each in there if each["name"] in names), None)
    if taken:
        raise PodlabError(
            f"error: {about} '{taken['name']}' already has a value ({taken.get('value', '')}), and --overwrite is false"
        )


def _changes(there: Sequence[Object], wanted: Sequence[Object], removed: Sequence[str]) -> list[Object]:
    before = {each["name"]: each for each in there}
    found: list[Object] = []
    for each in {one["name"]: one for one in wanted}.values():
        old = before.get(each["name"])
        if old == each or (old is not None and "value" in each and old.get("value", "") == each["value"]):
            continue
        gone = {"valueFrom": None} if old and "valueFrom" in old and "value" in each else {}
        gone |= {"value": None} if old and "value" in old and "valueFrom" in each else {}
        found.append({**each, **gone})
    found += [{"$patch": "delete", "name": name} for name in removed if name in before]
    return found


def _order(there: Sequence[Object], changes: Sequence[Object]) -> list[str]:
    gone = {each["name"] for each in changes if "$patch" in each}
    names = [each["name"] for each in there] + [each["name"] for each in changes]
    return [name for name in dict.fromkeys(names) if name not in gone]


def _list(
    command: Command,
    kind: str,
    obj: Object,
    where: Sequence[str],
    containers: str,
    resolving: bool,
    told: tuple[list[Object], list[str]],
) -> None:
    """Print the variables as they would be with what is told."""
    store: dict[str, Object] = {}
    spec: Object = obj
    for key in where:
        spec = spec.get(key) or {}
    for each in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
        if matches(containers, each["name"]):
            command.out(f"# {kind} {obj['metadata']['name']}, container {each['name']}\n")
            for variable in _as_told(each.get("env") or [], *told):
                source = variable.get("valueFrom")
                if not resolving or not source:
                    command.out(_listed(variable))
                    continue
                try:
                    command.out(f"{variable['name']}={value_from(command, store, obj, each, source)}\n")
                except PodlabError as error:
                    command.out(_listed(variable))
                    command.failed(error)


def _as_told(there: Sequence[Object], wanted: Sequence[Object], removed: Sequence[str]) -> list[Object]:
    changed = {each["name"]: each for each in [*there, *wanted] if each["name"] not in removed}
    return list(changed.values())


def _listed(variable: Object) -> str:
    source = variable.get("valueFrom")
    if not source:
        return f"{variable['name']}={variable.get('value', '')}\n"
    return f"# {variable['name']} from {_source(source)}\n"


def _source(source: Object) -> str:
    for key, what in (("secretKeyRef", "secret"), ("configMapKeyRef", "configmap")):
        if key in source:
            return f"{what} {source[key]['name']}, key {source[key]['key']}"
    if "fieldRef" in source:
        return f"field path {source['fieldRef']['fieldPath']}"
    if "resourceFieldRef" in source:
        container = source["resourceFieldRef"].get("containerName")
        of = f"container {container}, " if container else ""
        return f"resource field {of}{source['resourceFieldRef']['resource']}"
    return "invalid valueFrom"


def set_selector(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    all_: bool = False,
    local: bool = False,
    resource_version: str = "",
) -> None:
    """Set a Service's selector; it comes last."""
    if not arguments:
        raise PodlabError("error: one selector is required")
    *words, text = arguments
    chosen = selector_of(text)
    wanted = chosen.get("matchLabels") or {}
    terms = [
        f"{{{e['key']} {e['operator']} [{' '.join(e.get('values', ()))}]}}" for e in chosen.get("matchExpressions", ())
    ]
    writing = Writing(command, "kubectl-set")
    for mapping, obj in objects_of(command, words, filename, "", all_, local):
        with command.going_on():
            if mapping.kind != "Service":
                raise PodlabError("error: setting a selector is only supported for Services")
            if terms:
                raise PodlabError(f"error: match expression [{' '.join(terms)}] not supported on this object")
            there = (obj.get("spec") or {}).get("selector") or {}
            if writing.on_client or local:
                writing.tell(mapping, {**obj, "spec": {**obj["spec"], "selector": wanted}}, "selector updated")
                continue
            selector = wanted | {key: None for key in there if key not in wanted}
            path = mapping.path(obj["metadata"]["namespace"], obj["metadata"]["name"])
            body: Object = {"spec": {"selector": selector}}
            body |= {"metadata": {"resourceVersion": resource_version}} if resource_version else {}
            writing.tell(mapping, writing.patch(path, body), "selector updated")


def set_subject(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    all_: bool = False,
    selector: str = "",
    user: Sequence[str] = (),
    group: Sequence[str] = (),
    serviceaccount: Sequence[str] = (),
    local: bool = False,
) -> None:
    """Add users, groups and ServiceAccounts to a RoleBinding or a ClusterRoleBinding."""
    refuse([BOTH] if all_ and selector else [])
    if not arguments and not filename:
        raise PodlabError(NOTHING_NAMED)
    if not user and not group and not serviceaccount:
        raise PodlabError("error: you must specify at least one value of user, group or serviceaccount")
    wanted = [_subject(command, each) for each in serviceaccount]
    wanted = [
        *({"apiGroup": GROUP, "kind": "User", "name": each} for each in user),
        *({"apiGroup": GROUP, "kind": "Group", "name": each} for each in group),
        *wanted,
    ]
    writing = Writing(command, "kubectl-set")
    for mapping, obj in objects_named(command, arguments, filename, selector, all_):
        with command.going_on():
            if mapping.kind not in ("RoleBinding", "ClusterRoleBinding"):
                about = f"{mapping.plural}/{obj['metadata']['name']}"
                only = "setting subjects is only supported for RoleBinding/ClusterRoleBinding"
                raise Spaced(f"error: {about} {only}\n")
            there = obj.get("subjects") or []
            subjects = [*there, *(each for each in wanted if each not in there)]
            if subjects == there:
                continue
            if writing.on_client or local:
                writing.tell(mapping, {**obj, "subjects": subjects}, "subjects updated")
                continue
            path = mapping.path(obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
            writing.tell(mapping, writing.patch(path, {"subjects": subjects}), "subjects updated")


def _subject(command: Command, text: str) -> Object:
    namespace, colon, name = text.partition(":")
    if not colon or not name or ":" in name:
        raise PodlabError("error: serviceaccount must be <namespace>:<name>")
    if not namespace:
        raise PodlabError("error: serviceaccount must be <namespace>:<name>, namespace must be specified")
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}
