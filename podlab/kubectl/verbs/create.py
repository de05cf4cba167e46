"""`kubectl create -f`: new objects from manifests.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create.go
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.documents import Manifest
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.edit import named
from podlab.kubectl.verbs.editor import WINDOWS, Editor, Objects
from podlab.kubectl.verbs.raw import send_raw

Object = dict[str, Any]
NO_FILES = "error: must specify one of -f and -k"


def create(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    edit: bool = False,
    selector: str = "",
    raw: str = "",
    windows_line_endings: bool = WINDOWS,
) -> None:
    """Create each object of the manifests.

    Raises:
        PodlabError: what could not be read or created; the others are created all the same.
    """
    files = named_files(arguments, filename, "create")
    if raw:
        common = command.common
        others = {"edit": edit, "recursive": common.recursive, "selector": selector, "output": common.output}
        send_raw(command, "POST", raw, files, **others)
        return
    writing = Writing(command, "kubectl-create", validate="strict")
    found = False
    for manifest, mapping in manifests(command, files, validate=writing.validate, selector=selector):
        found = True
        with command.going_on("" if edit else "creating", manifest.source):
            obj, namespace = in_namespace(command, manifest, mapping)
            if edit:
                _edited(writing, mapping, obj, windows_line_endings)
            else:
                writing.tell(mapping, writing.post(mapping, namespace, obj), "created")
    if not found and not command.failures:
        raise PodlabError("error: no objects passed to create")


def _edited(writing: Writing, mapping: Mapping, obj: Object, windows: bool) -> None:
    """Create what an editor makes of an object."""
    command = writing.command
    editor = Editor(command, named(mapping, obj), windows=windows)

    def take(text: str, found: Objects) -> str:
        try:
            for one, item in found:
                made, namespace = in_namespace(command, Manifest(item, "edited-file"), one)
                writing.tell(one, writing.post(one, namespace, made), "created")
        except PodlabError as error:
            raise editor.kept(text, error) from error
        return ""

    editor.edit(to_yaml(obj), take)


def named_files(arguments: Sequence[str], filename: Sequence[str], verb: str) -> list[str]:
    """The files of a command line that takes nothing else.

    Raises:
        PodlabError: there is none, or something else was given.
    """
    if arguments:
        words = " ".join(arguments)
        raise PodlabError(f"error: Unexpected args: [{words}]\nSee 'kubectl {verb} -h' for help and examples")
    if not filename:
        raise PodlabError(NO_FILES)
    return list(filename)
