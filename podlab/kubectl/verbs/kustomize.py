"""`kubectl kustomize`: the objects that a kustomization builds."""

from __future__ import annotations

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.kustomization import build

RESTRICTORS = ("LoadRestrictionsRootOnly", "LoadRestrictionsNone")


def kustomize(command: Command, *arguments: str, output: str = "", load_restrictor: str = RESTRICTORS[0]) -> None:
    """Print the objects that a folder's kustomization builds."""
    if len(arguments) > 1:
        raise PodlabError("error: specify one path to kustomization.yaml")
    if load_restrictor not in RESTRICTORS:
        legal = f"legal values: [{' '.join(RESTRICTORS)}]"
        raise PodlabError(f"error: illegal flag value --load-restrictor {load_restrictor}; {legal}")
    free = load_restrictor != RESTRICTORS[0]
    objects = build(command.folder, arguments[0] if arguments else ".", command.err, free=free)
    command.objects += objects
    text = "---\n".join(to_yaml(each) for each in objects)
    if not output:
        command.out(text)
        return
    try:
        (command.folder / output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise PodlabError(f"error: open {output}: {(error.strerror or str(error)).lower()}") from error
