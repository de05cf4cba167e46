"""`kubectl rollout history`, `undo`, `pause`, `resume` and `restart`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/rollout, pkg/polymorphichelpers
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import Prefixed
from podlab.kubectl.describe.workloads import pod_template
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.tabwriter import align
from podlab.kubectl.manifests.writing import LAST_APPLIED, Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named
from podlab.kubectl.verbs.revisions import REVISION, Revision, revisions, without_hash

Object = dict[str, Any]
REQUIRED = "error: required resource not specified"
KEPT = (
    LAST_APPLIED,
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
)
"""Annotations that a Deployment keeps when it goes back."""
APPLIED = (
    "Warning: resource {named} was previously managed with 'kubectl apply'. Rolling back will not update the "
    "{annotation} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using "
    "'kubectl apply' with your previous configuration file instead.\n"
)
RESTARTED = "kubectl.kubernetes.io/restartedAt"


def history(
    command: Command, *arguments: str, filename: Sequence[str] = (), selector: str = "", revision: int = 0
) -> None:
    """Print the revisions of a workload, or the Pod template of one."""
    if not arguments and not filename:
        raise PodlabError(REQUIRED)
    if revision < 0:
        raise PodlabError(f"error: revision must be a positive integer: {revision}")
    output = command.common.output
    for mapping, obj in objects_named(command, arguments, filename, selector, not selector and _is_kind(arguments)):
        found = revisions(command, mapping, obj, "history viewer")
        chosen = [each for each in found if revision in (0, each.number)]
        if revision and not chosen:
            raise PodlabError("error: unable to find the specified revision")
        command.objects += [each.obj for each in chosen]
        if output:
            style = parse_format(output, tables=False)
            for each in chosen:
                command.out(style.text(each.obj, show_managed_fields=command.common.show_managed_fields))
            continue
        name = f"{mapping.qualified_singular}/{obj['metadata']['name']}"
        if revision:
            command.out(f"{name} with revision #{revision}\n{_plain(chosen[0].template)}\n")
        else:
            command.out(f"{name} \n{_table(found)}\n")


def _plain(template: Object) -> str:
    """A Pod template as it is described, but with its tabs as they are."""
    return "".join(f"{line}\n" for line in pod_template(template))


def _is_kind(arguments: Sequence[str]) -> bool:
    return len(arguments) == 1 and "/" not in arguments[0]


def _table(found: Sequence[Revision]) -> str:
    if not found:
        return "No rollout history found."
    rows = ["REVISION\tCHANGE-CAUSE", *(f"{each.number}\t{each.cause}" for each in found)]
    return align("".join(f"{row}\n" for row in rows), min_width=0, padding=2)


def undo(
    command: Command, *arguments: str, filename: Sequence[str] = (), selector: str = "", to_revision: int = 0
) -> None:
    """Go back to the revision before, or to one."""
    if not arguments and not filename:
        raise PodlabError(REQUIRED)
    writing = Writing(command, "kubectl-rollout")
    for mapping, obj in objects_named(command, arguments, filename, selector, _is_kind(arguments) and not selector):
        if LAST_APPLIED in (obj["metadata"].get("annotations") or {}):
            named = f"{mapping.plural}/{obj['metadata']['name']}"
            command.err(APPLIED.format(named=named, annotation=LAST_APPLIED))
        with command.going_on():
            _undo(writing, mapping, obj, to_revision)


def _undo(writing: Writing, mapping: Mapping, obj: Object, number: int) -> None:
    found = revisions(writing.command, mapping, obj, "rollbacker")
    name = obj["metadata"]["name"]
    wanted = next((each for each in found if each.number == number), None)
    if number and wanted is None:
        raise PodlabError(f"error: unable to find specified revision {number} in history")
    if wanted is None:
        if len(found) < 2:
            none = "no last revision to roll back to"
            raise PodlabError(
                f'error: no rollout history found for deployment "{name}"'
                if mapping.kind == "Deployment"
                else f"error: {none}"
            )
        wanted = found[-2]
    if writing.on_client:
        shown = "" if mapping.kind == "Deployment" else "will roll back to "
        writing.tell(mapping, obj, shown + _plain(wanted.template))
        return
    if obj["spec"].get("paused"):
        raise PodlabError(
            "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and "
            "try again"
        )
    if _same(mapping, obj, wanted):
        writing.tell(mapping, obj, f"skipped rollback (current template already matches revision {number})")
        return
    path = mapping.path(obj["metadata"]["namespace"], name)
    try:
        if mapping.kind == "Deployment":
            body: object = _patch(obj, wanted)
            changed = writing.patch(path, body, "json-patch", bare=True)
        else:
            changed = writing.patch(path, wanted.obj["data"], bare=True)
    except PodlabError as error:
        raise PodlabError(f"error: failed restoring revision {number}: {error}", error.hint) from error
    writing.tell(mapping, changed, "rolled back")


def _same(mapping: Mapping, obj: Object, wanted: Revision) -> bool:
    if mapping.kind != "Deployment":
        return bool(obj["spec"]["template"] == wanted.template)
    mine, other = without_hash(obj["spec"]["template"]), without_hash(wanted.obj["spec"]["template"])
    return mine == other


def _patch(obj: Object, wanted: Revision) -> list[Object]:
    there = obj["metadata"].get("annotations") or {}
    kept = {key: there[key] for key in KEPT if key in there}
    theirs = wanted.obj["metadata"].get("annotations") or {}
    annotations = kept | {key: value for key, value in theirs.items() if key not in KEPT}
    template = without_hash(wanted.obj["spec"]["template"])
    return [
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "replace", "path": "/metadata/annotations", "value": annotations},
    ]


def pause(command: Command, *arguments: str, filename: Sequence[str] = (), selector: str = "") -> None:
    """Hold a Deployment's rollout."""
    _change(command, arguments, filename, selector, _paused, "paused")


def resume(command: Command, *arguments: str, filename: Sequence[str] = (), selector: str = "") -> None:
    """Let a Deployment's rollout go on."""
    _change(command, arguments, filename, selector, _resumed, "resumed")


def restart(command: Command, *arguments: str, filename: Sequence[str] = (), selector: str = "") -> None:
    """Make a workload's Pods anew, by an annotation in their template."""
    _change(command, arguments, filename, selector, _restarted, "restarted")


def _change(
    command: Command,
    arguments: Sequence[str],
    filename: Sequence[str],
    selector: str,
    change: Callable[[Mapping, Object], Object],
    done: str,
) -> None:
    if not arguments and not filename:
        raise PodlabError(REQUIRED)
    writing = Writing(command, "kubectl-rollout")
    found = objects_named(command, arguments, filename, selector, _is_kind(arguments) and not selector)
    if not found and not command.failures:
        command.err(f"No resources found in {command.namespace} namespace.\n")
    for mapping, obj in found:
        with command.going_on():
            path = mapping.path(obj["metadata"]["namespace"], obj["metadata"]["name"])
            writing.tell(mapping, writing.patch(path, change(mapping, obj)), done)


def _refused(mapping: Mapping, obj: Object, why: str) -> PodlabError:
    return Prefixed(f'error: {mapping.qualified} "{obj["metadata"]["name"]}" {why}')


def _paused(mapping: Mapping, obj: Object) -> Object:
    if mapping.kind != "Deployment":
        raise _refused(mapping, obj, "pausing is not supported")
    if obj["spec"].get("paused"):
        raise _refused(mapping, obj, "is already paused")
    return {"spec": {"paused": True}}


def _resumed(mapping: Mapping, obj: Object) -> Object:
    if mapping.kind != "Deployment":
        raise _refused(mapping, obj, "resuming is not supported")
    if not obj["spec"].get("paused"):
        raise _refused(mapping, obj, "is not paused")
    return {"spec": {"paused": None}}


def _restarted(mapping: Mapping, obj: Object) -> Object:
    if mapping.kind not in ("Deployment", "DaemonSet", "StatefulSet"):
        raise _refused(mapping, obj, "restarting is not supported")
    if obj["spec"].get("paused"):
        raise _refused(mapping, obj, "can't restart paused deployment (run rollout resume first)")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    before = (obj["spec"]["template"].get("metadata") or {}).get("annotations") or {}
    if before.get(RESTARTED) == now:
        raise PodlabError(
            f"error: failed to create patch for {obj['metadata']['name']}: if restart has already been triggered "
            "within the past second, please wait before attempting to trigger another"
        )
    return {"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}}
