"""`kubectl set image`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/set/set_image.go
"""

from __future__ import annotations

from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.listing import read_list
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import select

Object = dict[str, Any]
Container = dict[str, str]


def set_image(
    command: Command,
    *arguments: str,
    all_: bool = False,
    selector: str = "",
    dry_run: str = "none",
    output: str | None = None,
) -> None:
    """Set the images of containers, `name=image`; `*` means all of them.

    Raises:
        PodlabError: there is no such object or container, or the server refuses.
    """
    images = dict(word.split("=", 1) for word in arguments if "=" in word)
    words = [word for word in arguments if "=" not in word]
    if not words:
        raise PodlabError("error: one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if not images:
        raise PodlabError("error: at least one image update is required")
    writing = Writing(command, "kubectl-set", dry_run, output=output)
    for mapping, obj in _objects(command, words, selector, all_):
        with command.going_on():
            _set(writing, mapping, obj, images)


def _objects(command: Command, words: list[str], selector: str, all_: bool) -> list[tuple[Mapping, Object]]:
    found: list[tuple[Mapping, Object]] = []
    for one in select(command.mapper, words, selecting=bool(selector or all_)):
        with command.going_on():
            if one.name:
                found.append((one.mapping, command.client.get(one.mapping.path(command.namespace, one.name))))
            elif selector or all_:
                items = read_list(command.client, one.mapping, command.namespace, label_selector=selector)["items"]
                found += [(one.mapping, item) for item in items]
            else:
                raise PodlabError("error: resource(s) were provided, but no name was specified")
    return found


def _set(writing: Writing, mapping: Mapping, obj: Object, images: dict[str, str]) -> None:
    where = _template_path(obj)
    spec = obj
    for key in where:
        spec = spec[key]
    changed, patch = False, {}
    for kind in ("initContainers", "containers"):
        items, differs = _changes(spec.get(kind) or [], images)
        changed = changed or differs
        if items:
            patch[kind] = items
    known = {each["name"] for kind in ("initContainers", "containers") for each in spec.get(kind) or []}
    for name in images:
        if name != "*" and name not in known:
            raise PodlabError(f'error: unable to find container named "{name}"')
    body: Object = patch
    for key in reversed(where):
        body = {key: body}
    metadata = obj["metadata"]
    if writing.on_client or not changed:
        if changed:
            writing.tell(mapping, obj, "image updated")
        return
    path = mapping.path(metadata.get("namespace", ""), metadata["name"])
    writing.tell(mapping, writing.patch(path, body), "image updated")


def _changes(containers: list[Container], images: dict[str, str]) -> tuple[list[Container], bool]:
    wanted = [(each, images.get(each["name"], images.get("*", ""))) for each in containers]
    changed = any(image and image != each.get("image") for each, image in wanted)
    return [{"name": each["name"], "image": image} for each, image in wanted if image], changed


def _template_path(obj: Object) -> list[str]:
    """Where the Pod's spec is in an object of this kind."""
    if obj.get("kind") == "CronJob":
        return ["spec", "jobTemplate", "spec", "template", "spec"]
    return ["spec"] if "containers" in obj.get("spec", {}) else ["spec", "template", "spec"]
