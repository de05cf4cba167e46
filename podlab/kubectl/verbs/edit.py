"""`kubectl edit`: an object in the editor that EDITOR names; what was changed there is sent.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/edit, pkg/cmd/util/editor
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from podlab.apimachinery.yamlprinter import to_compact_json, to_yaml
from podlab.errors import ApiError, ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.formats.formats import without_managed_fields
from podlab.kubectl.manifests.documents import parse
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.merge import three_way
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named
from podlab.text import Text

Object = dict[str, Any]
HEAD = (
    "# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
    "# and an empty file will abort the edit. If an error occurs while saving this file will be\n"
    "# reopened with the relevant failures.\n#\n"
)
CANCELLED = "Edit cancelled, {why}.\n"
NO_TERMINAL = Text(
    ko="error: 노트북에서는 편집기를 열 수 없습니다. `ManifestEditor(kubectl, …)`로 고치거나 "
    "`kubectl.patch(…)`를 씁니다.",
    en="error: a notebook cannot open an editor: use `ManifestEditor(kubectl, …)`, or `kubectl.patch(…)`.",
)


def edit(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    subresource: str = "",
    output_patch: bool = False,
) -> None:
    """Open each object in an editor and send what was changed.

    Raises:
        PodlabError: there is no terminal, the editor fails, or the server refuses.
    """
    found = objects_named(command, arguments, filename, all_=True)
    if command.echo is None and found:
        raise PodlabError(NO_TERMINAL)
    if not found:
        return
    writing = Writing(command, "kubectl-edit", validate="strict", as_list=False)
    _edit(writing, found, subresource, output_patch)


def _edit(writing: Writing, found: list[tuple[Mapping, Object]], subresource: str, output_patch: bool) -> None:
    """Open the editor until the server takes what was written, or nothing more was changed."""
    whole = [without_managed_fields(obj) for _, obj in found]
    listed = {"apiVersion": "v1", "items": whole, "kind": "List", "metadata": {}}
    text, said = to_yaml(whole[0] if len(whole) == 1 else listed), ""
    while True:
        body, edited = edited_text(writing.command, text, said)
        if edited is None:
            writing.command.err(CANCELLED.format(why=body))
            return
        try:
            items = [edited] if len(whole) == 1 else edited.get("items") or []
            if len(items) != len(whole):
                raise ManifestError("error: the edited file failed validation: objects are missing from it")
            for (mapping, obj), item in zip(found, items, strict=True):
                _send(writing, mapping, obj, item, subresource, output_patch)
            return
        except (ApiError, ManifestError) as error:
            text, said = body, "".join(f"# {line}\n" for line in str(error).splitlines()) + "#\n"


def edited_text(command: Command, text: str, said: str = "") -> tuple[str, Object | None]:
    """What was written in the editor, as text and as an object; None where nothing was, and why, in its text's place.

    Raises:
        PodlabError: there is no terminal, or the editor fails. ManifestError: it is no object any more.
    """
    if command.echo is None:
        raise PodlabError(NO_TERMINAL)
    written = _from_editor(HEAD + said + text)
    body = "".join(line for line in written.splitlines(keepends=True) if not line.startswith("#"))
    if not body.strip() or body == text:
        return "no changes made" if body.strip() else "saved file is empty", None
    return body, _object(body)


def _object(text: str) -> Object:
    found = [each.obj for each in parse(text, "edited-file")]
    if len(found) == 1 and isinstance(found[0], dict):
        return dict(found[0])
    if not found or not all(isinstance(each, dict) for each in found):
        raise ManifestError("error: the edited file failed validation: invalid object to validate")
    return {"items": found}


def _send(writing: Writing, mapping: Mapping, obj: Object, edited: Object, subresource: str, shown: bool) -> None:
    before = without_managed_fields(obj)
    kind = writing.command.schemas.of(mapping.api_version, mapping.kind)
    patch = three_way(before, edited, before, kind)
    if not patch:
        writing.tell(mapping, obj, "skipped")
        return
    for key in ("name", "namespace"):
        if (edited.get("metadata") or {}).get(key) != obj["metadata"].get(key):
            raise PodlabError("error: At least one of apiVersion, kind and name was changed")
    path = mapping.path(obj["metadata"].get("namespace", ""), obj["metadata"]["name"], subresource)
    style = "strategic-merge-patch" if writing.command.schemas.is_strategic(mapping) else "merge-patch"
    if shown:
        writing.command.out(f"Patch: {to_compact_json(patch)}\n")
    writing.tell(mapping, writing.patch(path, patch, style), "edited")


def _from_editor(text: str) -> str:
    name = os.environ.get("KUBE_EDITOR") or os.environ.get("EDITOR") or ("notepad" if sys.platform == "win32" else "vi")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubectl-edit.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(name), str(path)], check=False)
        except (OSError, ValueError) as error:
            raise PodlabError(f'error: unable to launch the editor "{name}"') from error
        if done.returncode:
            raise PodlabError(f'error: there was a problem with the editor "{name}"')
        return path.read_text(encoding="utf-8", errors="replace")
