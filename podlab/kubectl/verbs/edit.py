"""`kubectl edit`: an object in the editor that EDITOR names; what was changed there is sent.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/edit, pkg/cmd/util/editor
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.yamlprinter import to_compact_json
from podlab.errors import ApiError, ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.formats.formats import parse_format, without_managed_fields
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.merge import three_way
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.editor import HEAD, INSTEAD, NO_TERMINAL, UNFIT, WINDOWS, Editor, Objects, copy_of
from podlab.kubectl.verbs.label import objects_named

Object = dict[str, Any]
SHOWN = ("json", "kyaml", "yaml")
OTHER_NAMESPACE = (
    'the namespace from the provided object "{other}" does not match the namespace "{own}". You must pass '
    "'--namespace={other}' to perform this operation."
)


def edit(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    subresource: str = "",
    output_patch: bool = False,
    windows_line_endings: bool = WINDOWS,
) -> None:
    """Open each object in an editor and send what was changed.

    Raises:
        PodlabError: there is no terminal, the editor fails, or the server refuses.
    """
    found = objects_named(command, arguments, filename, all_=True)
    if command.echo is None and found:
        raise PodlabError(NO_TERMINAL, INSTEAD)
    if not found:
        return
    if (output := command.common.output or "yaml").lower() not in SHOWN:
        none = f'unable to match a printer suitable for the output format "{output}"'
        raise PodlabError(f"error: {none}, allowed formats are: {','.join(SHOWN)}")
    writing = Writing(command, "kubectl-edit", validate="strict", as_list=False)
    _edit(writing, found, subresource, output_patch, windows_line_endings)


def _edit(writing: Writing, found: Objects, subresource: str, output_patch: bool, windows: bool) -> None:
    """Open the editor until the server takes what was written, or nothing more was changed."""
    whole, style = [without_managed_fields(obj) for _, obj in found], parse_format(writing.output or "yaml")
    listed = {"apiVersion": "v1", "items": whole, "kind": "List", "metadata": {}}
    text = style.text(whole[0] if len(whole) == 1 else listed)
    editor = Editor(writing.command, named(*found[0]), "" if style.name == "json" else HEAD, windows)
    editor.edit(text, lambda body, items: _sent(writing, editor, found, items, body, subresource, output_patch))


def named(mapping: Mapping, obj: Object) -> str:
    """An object as it is called where it is not valid: `pods "web"`."""
    return f'{mapping.qualified} "{obj["metadata"].get("name", "")}"'


def _sent(
    writing: Writing, editor: Editor, found: Objects, items: Objects, body: str, subresource: str, output_patch: bool
) -> str:
    """Send what was changed; what the editor says above the text if it has to be opened again, else ""."""
    command, reasons = writing.command, ""
    if len(items) != len(found):
        return editor.invalid([UNFIT.format("objects are missing from it")])
    for (mapping, obj), (_, item) in zip(found, items, strict=True):
        try:
            _send(writing, mapping, obj, item, subresource, output_patch)
        except ManifestError as error:
            raise editor.kept(body, PodlabError(f"error: {error}")) from error
        except ApiError as error:
            name = named(mapping, obj)
            if error.code == 422:
                causes = (error.status.get("details") or {}).get("causes") or []
                told = [f"{each['field']}: {each['message']}" for each in causes]
                reasons += Editor(command, name).invalid(told)
                continue
            _unsent(command, error, name, body)
            command.exit_code = 1
    return reasons


def _unsent(command: Command, error: ApiError, name: str, body: str) -> None:
    """Say that a change was not taken, and where it is kept."""
    told = f"error: {name} could not be"
    if error.code == 404:
        saved = f'The edits you made on deleted resources have been saved to "{copy_of(body)}"'
        command.err(f"{told} found on the server\n{saved}\n")
    else:
        again = f"You can run `kubectl replace -f {copy_of(body)}` to try this update again."
        command.err(f"{told} patched: {error.status.get('message', '')}\n{again}\n")


def _send(writing: Writing, mapping: Mapping, obj: Object, edited: Object, subresource: str, shown: bool) -> None:
    before = without_managed_fields(obj)
    kind = writing.command.schemas.of(mapping.api_version, mapping.kind)
    patch = three_way(before, edited, before, kind)
    if not patch:
        writing.tell(mapping, obj, "skipped")
        return
    own, other = obj["metadata"], edited.get("metadata") or {}
    if own.get("namespace") and other.get("namespace", own["namespace"]) != own["namespace"]:
        raise ManifestError(OTHER_NAMESPACE.format(other=other["namespace"], own=own["namespace"]))
    if own["name"] != other.get("name") or any(edited.get(key) != obj[key] for key in ("apiVersion", "kind")):
        raise ManifestError("At least one of apiVersion, kind and name was changed")
    path = mapping.path(obj["metadata"].get("namespace", ""), obj["metadata"]["name"], subresource)
    style = "strategic-merge-patch" if writing.command.schemas.is_strategic(mapping) else "merge-patch"
    if shown:
        writing.command.out(f"Patch: {to_compact_json(patch)}\n")
    writing.tell(mapping, writing.patch(path, patch, style), "edited")
