"""`kubectl apply view-last-applied`, `set-last-applied` and `edit-last-applied`: what `apply` remembers of a manifest.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply (apply_view_last_applied.go, apply_set_last_applied.go)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.yamlprinter import to_compact_json, to_yaml
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import unfolded
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import LAST_APPLIED, Writing
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.edit import named
from podlab.kubectl.verbs.editor import LAST_APPLIED_HEAD, WINDOWS, Editor, Objects
from podlab.kubectl.verbs.label import objects_named
from podlab.kubectl.verbs.naming import NOTHING_NAMED

Object = dict[str, Any]


def view(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    selector: str = "",
    all_: bool = False,
    output: str = "yaml",
) -> None:
    """Print the manifest that was applied last of each object."""
    if output not in ("", "yaml", "json"):
        see = "See 'kubectl apply view-last-applied -h' for help and examples"
        raise PodlabError(
            f"error: Unexpected -o output mode: {output}, the flag 'output' must be one of yaml|json\n{see}"
        )
    if not arguments and not filename:
        raise PodlabError(NOTHING_NAMED)
    for _, obj in objects_named(command, arguments, filename, selector, all_):
        text = (obj["metadata"].get("annotations") or {}).get(LAST_APPLIED)
        command.objects.append(obj)
        if text:
            found = json.loads(text)
            indented = f"{json.dumps(found, indent=2, ensure_ascii=False)}\n"
            command.out(indented if output == "json" else to_yaml(found))


def set_(command: Command, *arguments: str, filename: Sequence[str] = (), create_annotation: bool = False) -> None:
    """Put each manifest in the place of what was applied last, and change nothing else."""
    if not filename:
        raise PodlabError(NOTHING_NAMED)
    writing = Writing(command, "kubectl-last-applied")
    found, read = [], list(manifests(command, filename, validate="ignore"))
    command.failures = unfolded(command.failures)[:1]  # the first ends it
    for manifest, mapping in () if command.failures else read:
        with command.going_on():
            obj, namespace = in_namespace(command, manifest, mapping)
            there = read_one(command.client, mapping, namespace, manifest.name)
            before = (there["metadata"].get("annotations") or {}).get(LAST_APPLIED)
            if before is None and not create_annotation:
                none = "no last-applied-configuration annotation found on resource"
                how = "to create the annotation, run the command with --create-annotation"
                raise PodlabError(f"error: {none}: {manifest.name}, {how}")
            found.append((mapping, there, to_compact_json(_unannotated(obj)) + "\n", before))
    for each in () if command.failures else found:
        _put(writing, *each)


def _unannotated(obj: Object) -> Object:
    annotations = {k: v for k, v in (obj["metadata"].get("annotations") or {}).items() if k != LAST_APPLIED}
    metadata = {key: value for key, value in obj["metadata"].items() if key != "annotations"}
    return {**obj, "metadata": metadata | ({"annotations": annotations} if annotations else {})}


def _put(writing: Writing, mapping: Mapping, there: Object, text: str, before: str | None) -> None:
    name = there["metadata"]["name"]
    if before == text:
        writing.command.out(f"set-last-applied {name}: no changes required.\n")
        return
    if not writing.on_client:
        path = mapping.path(there["metadata"].get("namespace", ""), name)
        there = writing.patch(path, {"metadata": {"annotations": {LAST_APPLIED: text}}}, "merge-patch")
    writing.tell(mapping, there, "configured")


def edit(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    output: str = "yaml",
    windows_line_endings: bool = WINDOWS,
) -> None:
    """Open the manifests that were applied last in an editor, and keep what was changed."""
    found = objects_named(command, arguments, filename)
    writing = Writing(command, "kubectl-edit-last-applied")
    for mapping, obj in found:
        with command.going_on():
            before = (obj["metadata"].get("annotations") or {}).get(LAST_APPLIED)
            if before is None:
                raise PodlabError("error: no last-applied-configuration annotation found on resource")
            editor = Editor(command, named(mapping, obj), LAST_APPLIED_HEAD, windows_line_endings)
            _edited(writing, editor, obj, to_yaml(json.loads(before)))


def _edited(writing: Writing, editor: Editor, obj: Object, before: str) -> None:
    """Keep what an editor makes of a manifest."""

    def take(body: str, found: Objects) -> str:
        for mapping, item in found:
            name = item.get("metadata", {}).get("name")
            if not name:
                raise editor.kept(body, PodlabError("error: resource name may not be empty"))
            path = mapping.path(obj["metadata"].get("namespace", ""), name)
            text = to_compact_json(item) + "\n"
            try:
                made = writing.patch(path, {"metadata": {"annotations": {LAST_APPLIED: text}}}, "merge-patch")
            except PodlabError as error:
                raise editor.kept(body, error) from error
            writing.tell(mapping, made, "edited")
        return ""

    editor.edit(before, take)
