"""An editor in which objects are changed: it opens again, what is wrong above, until the text can be taken.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/editor
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.documents import parse
from podlab.kubectl.manifests.manifest import resolve, what_is_missing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.text import Text

Object = dict[str, Any]
Objects = list[tuple[Mapping, Object]]
Take = Callable[[str, Objects], str]
"""Sends what was written, as text and as objects; what the editor says above the text to be opened again, else ""."""
HEAD = (
    "# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
    "# and an empty file will abort the edit. If an error occurs while saving this file will be\n"
    "# reopened with the relevant failures.\n#\n"
)
LAST_APPLIED_HEAD = (
    "# Please edit the 'last-applied-configuration' annotations below.\n"
    "# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.\n#\n"
)
UNFIT = '<nil>: Invalid value: "The edited file failed validation": {}'
UNPARSED = "error: error parsing edited-file: error converting YAML to JSON: "
NO_TERMINAL = Text(ko="error: 노트북에서는 편집기를 열 수 없습니다", en="error: a notebook cannot open an editor")
INSTEAD = Text(
    ko="`ManifestEditor(kubectl, …)`로 고치거나 `kubectl.patch(…)`를 씁니다.",
    en="Use `ManifestEditor(kubectl, …)`, or `kubectl.patch(…)`.",
)
WINDOWS = os.linesep == "\r\n"
"""Whether lines end as Windows' do, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Editor:
    """One text in an editor: what is about it, and what it is called where it is not valid.

    Attributes:
        name: the object, as `pods "web"`.
        head: what stands above the text.
        windows: lines end as Windows' do.
    """

    command: Command
    name: str
    head: str = HEAD
    windows: bool = WINDOWS

    def edit(self, text: str, take: Take) -> None:
        """Open the editor until what was written is taken, or nothing more was changed.

        Raises:
            PodlabError: there is no terminal, the editor fails, or what was written stays wrong.
        """
        original, before, reasons = _value(text), None, ""
        while True:
            text = self._written(self.head + reasons + text)
            value = _value(text)
            if reasons and value == before:
                raise self.kept(text, PodlabError("error: Edit cancelled, no valid changes were saved."))
            before, wrong = value, _unfit(text)
            if wrong:
                reasons = self.invalid([UNFIT.format(wrong)])
                continue
            if value == original:
                self.command.err("Edit cancelled, no changes made.\n")
                return
            reasons = self._taken(text, take)
            if not reasons:
                return

    def _taken(self, text: str, take: Take) -> str:
        try:
            found = [(resolve(self.command.mapper, each), each.obj) for each in parse(text, "edited-file")]
        except ManifestError as error:
            return _reasons(f"The edited file had a syntax error: {str(error).removeprefix('error: ')}")
        return take(text, found)

    def invalid(self, causes: Sequence[str]) -> str:
        """Say that the object is not valid; why, for the head of the file."""
        self.command.err(f"error: {self.name} is invalid\n")
        return _reasons(f"{self.name} was not valid{':' if causes else ''}", *(f"* {each}" for each in causes))

    def kept(self, text: str, error: PodlabError) -> PodlabError:
        """The error of changes that are not sent, when they have been put into a file."""
        self.command.err(f'A copy of your changes has been stored to "{copy_of(text)}"\n')
        return error

    def _written(self, text: str) -> str:
        """What was written, without comments."""
        if self.command.echo is None:
            raise PodlabError(NO_TERMINAL, INSTEAD)
        lines = _from_editor(text, self.windows).splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("#"))


def _reasons(*lines: str) -> str:
    return "".join(f"# {part}\n" for line in lines for part in line.splitlines()) + "#\n"


def _value(text: str) -> object:
    """What the first document of a text says: as other text it may be the same."""
    try:
        return next((each.obj for each in parse(text, "edited-file")), None)
    except ManifestError:
        return text


def _unfit(text: str) -> str:
    """What keeps the first document from being an object; "" for nothing."""
    value = _value(text)
    if value is not text:
        return what_is_missing(value)
    try:
        next(parse(text, "edited-file"), None)
    except ManifestError as error:
        return str(error).removeprefix(UNPARSED).removeprefix("error: ")
    return ""


def copy_of(text: str) -> str:
    """The file that keeps a text."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="kubectl-edit-", suffix=".yaml", delete=False
    ) as file:
        file.write(text)
    return file.name


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
