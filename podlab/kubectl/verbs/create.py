"""`kubectl create -f`: new objects from manifests.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create.go
"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.manifest import in_namespace, manifests
from podlab.kubectl.resources.writing import Writing, annotated

NO_FILES = "error: must specify one of -f and -k"


def create(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    dry_run: str = "none",
    output: str | None = None,
    validate: str = "strict",
    recursive: bool = False,
    save_config: bool = False,
    edit: bool = False,
    show_managed_fields: bool = False,
) -> None:
    """Create each object of the manifests.

    Raises:
        PodlabError: what could not be read or created; the others are created all the same.
    """
    files = [*arguments, *filename]
    if arguments and not filename and not _looks_like_file(arguments[0]):
        raise PodlabError(
            f"error: Unexpected args: [{' '.join(arguments)}]\nSee 'kubectl create -h' for help and examples"
        )
    if not files:
        raise PodlabError(NO_FILES)
    writing = Writing(command, "kubectl-create", dry_run, validate, output, show_managed_fields)
    found = False
    for manifest, mapping in manifests(command, files, recursive=recursive, validate=validate):
        found = True
        with command.going_on("creating", manifest.source):
            obj, namespace = in_namespace(command, manifest, mapping)
            obj = annotated(obj) if save_config else obj
            writing.tell(mapping, writing.post(mapping, namespace, obj), "created")
    if not found and not command.failures:
        raise PodlabError("error: no objects passed to create")


def _looks_like_file(argument: str) -> bool:
    return argument == "-" or "." in argument or "/" in argument
