"""`kubectl apply`: make the cluster hold what the manifests say.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go, patcher.go
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.apimachinery.yamlprinter import to_compact_json
from podlab.errors import ApiError, ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import with_source
from podlab.kubectl.manifests.documents import Manifest
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import CAUSE, LAST_APPLIED, Writing, annotated, recorded
from podlab.kubectl.resources.merge import three_way
from podlab.kubectl.resources.patches import merge_patch, strategic_patch
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.anew import Anew, recreate
from podlab.kubectl.verbs.create import named_files
from podlab.kubectl.verbs.delete import Target, policy_of
from podlab.kubectl.verbs.migration import APPLY, migrate
from podlab.kubectl.verbs.prune import prune_all, pruning

Object = dict[str, Any]
NOT_MIGRATED = (
    "Warning: failed to migrate {} for Server-Side Apply. This is non-fatal and will be retried next time you apply. "
    "Error: {}\n"
)
NOT_APPLIED = (
    "Warning: resource {resource}/{name} is missing the {annotation} annotation which is required by kubectl apply. "
    "kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or "
    "kubectl apply. The missing annotation will be patched automatically.\n"
)


def apply(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    dry_run: str = "none",
    server_side: bool = False,
    force_conflicts: bool = False,
    selector: str = "",
    overwrite: bool = True,
    force: bool = False,
    grace_period: int = -1,
    timeout: str = "0s",
    wait: bool = False,
    cascade: str = "background",
    prune: bool = False,
    all_: bool = False,
    prune_allowlist: Sequence[str] = (),
    openapi_patch: bool = True,
    subresource: str = "",
) -> None:
    """Create what is missing, patch what differs, leave the rest.

    Args:
        force: where a patch is refused, delete the object and create it anew.

    Raises:
        PodlabError: what could not be read or applied; the other objects are applied all the same.
    """
    files = named_files(arguments, filename, "apply")
    if server_side and dry_run == "client":
        raise PodlabError(
            "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)"
        )
    policy = policy_of(cascade)
    if force and server_side:
        raise PodlabError("error: --force cannot be used with --server-side")
    if force and dry_run == "server":
        raise PodlabError("error: --dry-run=server cannot be used with --force")
    if force_conflicts and not server_side:
        raise PodlabError("error: --force-conflicts only works with --server-side")
    if subresource and not server_side:
        raise PodlabError("error: --subresource can only be specified for --server-side")
    wanted = pruning(prune, all_, selector, prune_allowlist)
    manager = "kubectl" if server_side else "kubectl-client-side-apply"
    writing = Writing(command, manager, dry_run, "strict", as_list=True)
    found = list(manifests(command, files, validate=writing.validate, selector=selector))
    anew = Anew(grace_period, policy, parse_duration(timeout)) if force else None
    for manifest, mapping in found:
        with command.going_on():
            obj, namespace = in_namespace(command, manifest, mapping)
            if server_side:
                _apply_on_server(writing, manifest, mapping, obj, namespace, force_conflicts, subresource)
            else:
                _apply(writing, manifest, mapping, obj, namespace, anew)
    if not found and not command.failures:
        raise PodlabError("error: no objects passed to apply")
    writing.finish()
    if wanted is not None and not command.failures:
        pruner = Writing(command, manager, dry_run)
        prune_all(pruner, wanted, [(mapping, obj) for (_, mapping), obj in zip(found, command.objects, strict=True)])


def _apply(
    writing: Writing, manifest: Manifest, mapping: Mapping, obj: Object, namespace: str, anew: Anew | None
) -> None:
    name = manifest.name
    current = _current(writing.command, manifest, mapping, namespace)
    if writing.command.common.record:
        obj = {**obj, "metadata": {**obj["metadata"], "annotations": annotations_with_cause(writing.command.line, obj)}}
    modified = annotated(obj)
    if current is None:
        try:
            writing.tell(mapping, writing.post(mapping, namespace, modified), "created")
        except ApiError as error:
            raise with_source(error, "creating", manifest.source) from error
        return
    if LAST_APPLIED not in (current["metadata"].get("annotations") or {}):
        missing = NOT_APPLIED.format(resource=mapping.plural, name=name, annotation=LAST_APPLIED)
        writing.command.err(missing)
    patch = three_way(
        last_applied(current), modified, current, writing.command.schemas.of(mapping.api_version, mapping.kind)
    )
    if not patch:
        writing.tell(mapping, current, "unchanged")
    elif writing.on_client:
        writing.tell(mapping, patched_here(writing.command, mapping, current, patch), "configured")
    else:
        try:
            kind = "strategic-merge-patch" if writing.command.schemas.is_strategic(mapping) else "merge-patch"
            writing.tell(mapping, writing.patch(mapping.path(namespace, name), patch, kind), "configured")
        except ApiError as error:
            if anew is None or error.code not in (409, 422):
                raise _patching(error, patch, manifest, mapping, namespace) from error
            target = Target(mapping, namespace, name)
            writing.tell(mapping, _anew(writing, manifest, target, current, modified, anew), "configured")


def _anew(
    writing: Writing, manifest: Manifest, target: Target, current: Object, modified: Object, anew: Anew
) -> Object:
    try:
        return recreate(writing, target, current, modified, anew)
    except PodlabError as error:
        raise _failing(error, f"{to_compact_json(modified)}\n", manifest, target.mapping, target.namespace) from error


def annotations_with_cause(line: str, obj: Object) -> dict[str, str]:
    """A manifest's annotations with the command line among them, as `--record` puts it there."""
    return {**(obj["metadata"].get("annotations") or {}), CAUSE: recorded(line)}


def patched_here(command: Command, mapping: Mapping, current: Object, patch: Object) -> Object:
    """The object as a patch would leave it, which a client's dry run does not ask the server."""
    if not command.schemas.is_strategic(mapping):
        return dict(merge_patch(current, patch))
    return dict(strategic_patch(current, patch, command.schemas.of(mapping.api_version, mapping.kind)))


def _apply_on_server(
    writing: Writing, manifest: Manifest, mapping: Mapping, obj: Object, namespace: str, force: bool, subresource: str
) -> None:
    client, path = writing.command.client, mapping.path(namespace, manifest.name, subresource)
    query = {**writing.query, "force": str(force).lower()}

    def send() -> Object:
        found: Object = client.request("PATCH", path, query=query, body=obj, content_type=APPLY).json()
        return found

    try:
        found = send()
        if not subresource and _migrated(writing, path, found):
            found = send()
    except ApiError as error:
        if error.code == 409:
            raise PodlabError(conflict(error.status)) from error
        raise
    writing.tell(mapping, found, "serverside-applied")


def _migrated(writing: Writing, path: str, found: Object) -> bool:
    """Whether managers changed; a refusal is only told."""
    try:
        return migrate(writing.command.client, path, found, writing.manager, writing.query["dryRun"])
    except ApiError as error:
        writing.command.err(NOT_MIGRATED.format(LAST_APPLIED, error))
        return False


def conflict(status: Object) -> str:
    """kubectl's words for fields that another field manager owns."""
    return (
        f"error: {status.get('message', '')}\n"
        "Please review the fields above--they currently have other managers. Here\n"
        "are the ways you can resolve this warning:\n"
        "* If you intend to manage all of these fields, please re-run the apply\n"
        "  command with the `--force-conflicts` flag.\n"
        "* If you do not intend to manage all of the fields, please edit your\n"
        "  manifest to remove references to the fields that should keep their\n"
        "  current managers.\n"
        "* You may co-own fields by updating your manifest to match the existing\n"
        "  value; in this case, you'll become the manager if the other manager(s)\n"
        "  stop managing the field (remove it from their configuration).\n"
        "See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"
    )


def _current(command: Command, manifest: Manifest, mapping: Mapping, namespace: str) -> Object | None:
    """The object as it is, or None."""
    if not manifest.name:
        generated = (manifest.obj.get("metadata") or {}).get("generateName")
        if generated:
            raise ManifestError(f"error: from {generated}: cannot use generate name with apply")
        about = _about(mapping, "", namespace)
        raise ManifestError(
            f"error: error when retrieving current configuration of:\n{about}\n"
            f'from server for: "{manifest.source}": resource name may not be empty'
        )
    try:
        return command.client.get(mapping.path(namespace, manifest.name))
    except ApiError as error:
        if error.code == 404 and error.reason == "NotFound":
            return None
        about = _about(mapping, manifest.name, namespace)
        message = (
            f'error when retrieving current configuration of:\n{about}\nfrom server for: "{manifest.source}": '
            f"{error.status.get('message', '')}"
        )
        raise ApiError({**error.status, "message": message}, hint=error.hint) from error


def _patching(error: ApiError, patch: Object, manifest: Manifest, mapping: Mapping, namespace: str) -> PodlabError:
    return _failing(
        with_source(error, "patching", manifest.source), to_compact_json(patch), manifest, mapping, namespace
    )


def _failing(error: PodlabError, sent: str, manifest: Manifest, mapping: Mapping, namespace: str) -> PodlabError:
    about = _about(mapping, manifest.name, namespace)
    head = f'error when applying patch:\n{sent}\nto:\n{about}\nfor: "{manifest.source}": '
    if not isinstance(error, ApiError):
        return PodlabError(f"error: {head}{error}", error.hint)
    return ApiError({**error.status, "message": f"{head}{error.status.get('message', '')}"}, hint=error.hint)


def _about(mapping: Mapping, name: str, namespace: str) -> str:
    version = f"{mapping.group}/{mapping.version}"
    return (
        f'Resource: "{version}, Resource={mapping.plural}", GroupVersionKind: "{version}, Kind={mapping.kind}"\n'
        f'Name: "{name}", Namespace: "{namespace}"'
    )


def last_applied(current: Object) -> Object:
    """The manifest that was applied last, from the annotation; empty where there is none."""
    text = (current["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    found: Object = json.loads(text) if text else {}
    return found
