"""`kubectl create -f`: new objects from manifests.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create.go
"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.verbs.edit import WINDOWS, edited_text
from podlab.kubectl.verbs.raw import send_raw

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
        with command.going_on("creating", manifest.source):
            obj, namespace = in_namespace(command, manifest, mapping)
            why, sent = edited_text(command, to_yaml(obj), windows=windows_line_endings) if edit else ("", obj)
            if sent is None:
                command.err(f"Edit cancelled, {why}.\n")
                continue
            writing.tell(mapping, writing.post(mapping, namespace, sent), "created")
    if not found and not command.failures:
        raise PodlabError("error: no objects passed to create")


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
