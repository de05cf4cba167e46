"""What a command line names, by words or by files.

Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go
"""

from __future__ import annotations

from collections.abc import Sequence

from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.manifest import in_namespace, manifests, no_path
from podlab.kubectl.resources.selection import Selected, select

NOTHING_NAMED = """error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""
BOTH = "error: when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"


def both(command: Command, filename: Sequence[str]) -> PodlabError:
    """What is said of files beside resources; first of a file that is not there."""
    missing = (no_path(command, name) for name in filename)
    return next((error for error in missing if error), PodlabError(BOTH))


def chosen_of(
    command: Command, words: Sequence[str], filename: Sequence[str] = (), *, selecting: bool = False
) -> list[Selected]:
    """The resources and names, in order; those of files with the namespace that each says.

    Raises:
        PodlabError: kubectl's words for what cannot be meant.
    """
    if not filename:
        return select(command.mapper, words, selecting=selecting)
    if words:
        raise both(command, filename)
    found = []
    for manifest, mapping in manifests(command, filename, validate="ignore"):
        with command.going_on():
            try:
                _, namespace = in_namespace(command, manifest, mapping)
            except ManifestError:  # kubectl reads the object before it compares namespaces
                command.client.get(mapping.path(manifest.obj["metadata"]["namespace"], manifest.name))
                raise
            found.append(Selected(mapping, manifest.name, namespace))
    return found
