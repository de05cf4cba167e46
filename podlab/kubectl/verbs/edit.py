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

from podlab.apimachinery.yamlprinter import to_compact_json
from podlab.errors import ApiError, ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.formats.formats import parse_format, without_managed_fields
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
SHOWN = ("json", "kyaml", "yaml")
OTHER_NAMESPACE = (
    'the namespace from the provided object "{other}" does not match the namespace "{own}". You must pass '
    "'--namespace={other}' to perform this operation."
)
Found = list[tuple[Mapping, Object]]
CANCELLED = "Edit cancelled, {why}.\n"
NO_TERMINAL = Text(ko="error: 노트북에서는 편집기를 열 수 없습니다", en="error: a notebook cannot open an editor")
INSTEAD = Text(
    ko="`ManifestEditor(kubectl, …)`로 고치거나 `kubectl.patch(…)`를 씁니다.",
    en="Use `ManifestEditor(kubectl, …)`, or `kubectl.patch(…)`.",
)


WINDOWS = os.linesep == "\r\n"
"""Whether lines end as Windows' do, where nothing else is said."""


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
    writing = Writing(command, "kubectl-edit", validate="strict", as_list=False)
    if (writing.output or "yaml").lower() not in SHOWN:
        none = f'unable to match a printer suitable for the output format "{writing.output}"'
        raise PodlabError(f"error: {none}, allowed formats are: {','.join(SHOWN)}")
    _edit(writing, found, subresource, output_patch, windows_line_endings)


def _edit(writing: Writing, found: Found, subresource: str, output_patch: bool, windows: bool) -> None:
    """Open the editor until the server takes what was written, or nothing more was changed."""
    whole, style = [without_managed_fields(obj) for _, obj in found], parse_format(writing.output or "yaml")
    listed = {"apiVersion": "v1", "items": whole, "kind": "List", "metadata": {}}
    text = style.text(whole[0] if len(whole) == 1 else listed)
    head, reasons, original, before = "" if style.name == "json" else HEAD, "", _value(text), None
    while True:
        body = _written(writing.command, head + reasons + text, windows)
        value = _value(body)
        if reasons and value == before:
            raise _kept(writing.command, body, "Edit cancelled, no valid changes were saved.")
        if value == original:
            writing.command.err(CANCELLED.format(why="no changes made"))
            return
        reasons = _sent(writing, found, body, subresource, output_patch)
        if not reasons:
            return
        text, before = body, value


def _written(command: Command, text: str, windows: bool) -> str:
    """What was written in the editor, without comments."""
    if command.echo is None:
        raise PodlabError(NO_TERMINAL, INSTEAD)
    lines = _from_editor(text, windows).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


def _value(text: str) -> object:
    """What a text says: as other text it may be the same."""
    try:
        return [each.obj for each in parse(text, "edited-file")]
    except ManifestError:
        return text


def _kept(command: Command, body: str, why: str) -> PodlabError:
    """The error for changes that are not sent, when they have been put into a file."""
    command.err(f'A copy of your changes has been stored to "{_copy(body)}"\n')
    return PodlabError(f"error: {why}")


def _copy(body: str) -> str:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="kubectl-edit-", suffix=".yaml", delete=False
    ) as file:
        file.write(body)
    return file.name


def _sent(writing: Writing, found: Found, body: str, subresource: str, output_patch: bool) -> str:
    """Send what was changed; what the editor says above the text if it has to be opened again, else ""."""
    command = writing.command
    try:
        edited = _object(body)
        items = [edited] if len(found) == 1 else edited.get("items") or []
        if len(items) != len(found):
            raise ManifestError("error: objects are missing from it")
    except ManifestError as error:
        why = str(error).removeprefix("error: ")
        return _invalid(command, *found[0], [f'<nil>: Invalid value: "The edited file failed validation": {why}'])
    reasons = ""
    for (mapping, obj), item in zip(found, items, strict=True):
        try:
            _send(writing, mapping, obj, item, subresource, output_patch)
        except ManifestError as error:
            raise _kept(command, body, str(error)) from error
        except ApiError as error:
            if error.code == 422:
                causes = (error.status.get("details") or {}).get("causes") or []
                reasons += _invalid(command, mapping, obj, [f"{each['field']}: {each['message']}" for each in causes])
                continue
            told = f'error: {mapping.qualified} "{obj["metadata"]["name"]}" could not be'
            if error.code == 404:
                saved = f'The edits you made on deleted resources have been saved to "{_copy(body)}"'
                command.err(f"{told} found on the server\n{saved}\n")
            else:
                again = f"You can run `kubectl replace -f {_copy(body)}` to try this update again."
                command.err(f"{told} patched: {error.status.get('message', '')}\n{again}\n")
            command.exit_code = 1
    return reasons


def _invalid(command: Command, mapping: Mapping, obj: Object, causes: list[str]) -> str:
    """Say that an object is not valid; why, for the head of the file."""
    named = f'{mapping.qualified} "{obj["metadata"]["name"]}"'
    command.err(f"error: {named} is invalid\n")
    lines = [f"{named} was not valid{':' if causes else ''}", *(f"* {each}" for each in causes)]
    return "".join(f"# {line}\n" for each in lines for line in each.splitlines()) + "#\n"


def edited_text(command: Command, text: str, said: str = "", windows: bool = WINDOWS) -> tuple[str, Object | None]:
    """What was written in the editor, as text and as an object; None where nothing was, and why, in its text's place.

    Raises:
        PodlabError: there is no terminal, or the editor fails. ManifestError: it is no object any more.
    """
    body = _written(command, HEAD + said + text, windows)
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


def _from_editor(text: str, windows: bool) -> str:
    name = os.environ.get("KUBE_EDITOR") or os.environ.get("EDITOR") or ("notepad" if sys.platform == "win32" else "vi")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubectl-edit.yaml"
        path.write_text(text, encoding="utf-8", newline="\r\n" if windows else "\n")
        try:
            done = subprocess.run([*shlex.split(name), str(path)], check=False)
        except (OSError, ValueError) as error:
            raise PodlabError(f'error: unable to launch the editor "{name}"') from error
        if done.returncode:
            raise PodlabError(f'error: there was a problem with the editor "{name}"')
        return path.read_text(encoding="utf-8", errors="replace")
