"""`kubectl set image`, `set env`, `set resources`, `set serviceaccount`: changes of a Pod's template.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/set
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import Prefixed, Spaced
from podlab.kubectl.formats.structs import as_struct, with_empty_structs
from podlab.kubectl.manifests.manifest import manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import MIXED
from podlab.kubectl.verbs.create_policy import quantity_of
from podlab.kubectl.verbs.label import NAMED, objects_named
from podlab.kubectl.verbs.naming import NOTHING_NAMED
from podlab.text import Text

Object = dict[str, Any]
Change = Callable[[Object], Object]
"""From a Pod's spec to the patch of that spec; an empty one for no change."""
BOTH = "error: cannot set --all and --selector at the same time"
ALREADY_ALL = (
    "error: all containers are already specified by *, but saw more than one container_name=container_image pairs"
)
UNNAMED = Text(
    ko="이미지 앞에 컨테이너의 이름을 적으십시오: `web={image}`. 이름은 `kubectl describe`의 Containers에 있습니다.",
    en="An image comes with the name of its container: `web={image}`; Containers in `kubectl describe` has the names.",
)
NO_FILES = """error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'"""
LOCAL = "error: cannot specify --local and --dry-run=server - did you mean --dry-run=client?"


def set_image(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    all_: bool = False,
    selector: str = "",
    local: bool = False,
) -> None:
    """Set the images of containers, `name=image`; `*` means all of them.

    Raises:
        PodlabError: there is no such object or container, or the server refuses.
    """
    _check_order(arguments)
    images = dict(word.split("=", 1) for word in arguments if word.find("=") > 0)
    words = [word for word in arguments if word.find("=") <= 0]
    if not arguments and not filename:
        raise PodlabError(NOTHING_NAMED)
    if any("/" in word for word in words) and not all("/" in word for word in words):
        raise PodlabError(MIXED, UNNAMED.format(image=words[-1]) if not images and ":" in words[-1] else None)
    wrong = [BOTH] if all_ and selector else []
    wrong += [NAMED] if not words and not filename else []
    wrong += ["error: at least one image update is required"] if not images else []
    wrong += [ALREADY_ALL] if "*" in images and len(images) > 1 else []
    refuse(wrong)

    def change(spec: Object) -> Object:
        known = {each["name"] for kind in ("initContainers", "containers") for each in spec.get(kind) or []}
        missing = [name for name in images if name != "*" and name not in known]
        command.failures += [Prefixed(f'error: unable to find container named "{name}"') for name in missing]
        patch: Object = {}
        changed = False
        for kind in ("initContainers", "containers"):
            wanted = [(each, images.get(each["name"], images.get("*"))) for each in spec.get(kind) or []]
            changed = changed or any(image is not None and image != each.get("image") for each, image in wanted)
            items = [{"name": each["name"], "image": image} for each, image in wanted if image is not None]
            patch |= {kind: items} if items else {}
        return patch if changed else {}

    found = objects_of(command, words, filename, selector, all_, local)
    update(command, found, change, "image updated", local, "image update to pod template:")


def _check_order(arguments: Sequence[str]) -> None:
    first = next((at for at, word in enumerate(arguments) if word.find("=") > 0), len(arguments))
    late = next((word for word in arguments[first:] if word.find("=") <= 0), None)
    if late is not None:
        raise PodlabError(f"error: all resources must be specified before image changes: {late}")


def refuse(lines: Sequence[str]) -> None:
    """Raise what is wrong, as kubectl joins it.

    Raises:
        PodlabError: something is.
    """
    if len(lines) == 1:
        raise PodlabError(lines[0])
    if lines:
        raise PodlabError("error: [" + ", ".join(line.removeprefix("error: ") for line in lines) + "]")


def set_resources(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    all_: bool = False,
    selector: str = "",
    containers: str = "*",
    limits: str = "",
    requests: str = "",
    local: bool = False,
) -> None:
    """Set requests and limits of containers: `cpu=200m,memory=512Mi`."""
    refuse([BOTH] if all_ and selector else [])
    if not arguments and not filename:
        raise PodlabError(NOTHING_NAMED)
    if not limits and not requests:
        raise PodlabError(
            "error: you must specify an update to requests or limits (in the form of --requests/--limits)"
        )
    given = {key: _amounts(text) for key, text in (("limits", limits), ("requests", requests)) if text}

    def change(spec: Object) -> Object:
        kinds = {
            kind: [each for each in spec.get(kind) or [] if matches(containers, each["name"])]
            for kind in ("containers", "initContainers")
        }
        chosen = [each for found in kinds.values() for each in found]
        if not chosen:
            command.failures.append(Prefixed(f"error: unable to find container named {containers}"))
            return {}
        patched: Object = {
            kind: [{"name": each["name"], "resources": given} for each in found]
            for kind, found in kinds.items()
            if found
        }
        same = all(
            (each.get("resources") or {}).get(kind, {}).get(key) == value
            for each in chosen
            for kind, amounts in given.items()
            for key, value in amounts.items()
        )
        return {} if same else patched

    done = "resource requirements updated"
    found = objects_of(command, arguments, filename, selector, all_, local)
    update(command, found, change, done, local, "resources update to pod template")


def _amounts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in text.split(","):
        name, equals, amount = each.partition("=")
        if not equals or "=" in amount:
            raise PodlabError(f"error: Invalid argument syntax {each}, expected <resource>=<value>")
        found[name] = quantity_of(amount)
    return found


def matches(pattern: str, name: str) -> bool:
    """Whether a container's name is one of those that the pattern means."""
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern)


def set_serviceaccount(
    command: Command, *arguments: str, filename: Sequence[str] = (), all_: bool = False, local: bool = False
) -> None:
    """Set the ServiceAccount of a Pod's template; its name comes last."""
    if not arguments:
        raise PodlabError("error: serviceaccount is required")
    *words, name = arguments

    def change(spec: Object) -> Object:
        return {"serviceAccount": name, "serviceAccountName": name}

    found = objects_of(command, words, filename, "", all_, local)
    update(command, found, change, "serviceaccount updated", local, "ServiceAccountName")


def objects_of(
    command: Command, words: Sequence[str], filename: Sequence[str], selector: str, all_: bool, local: bool
) -> list[tuple[Mapping, Object]]:
    """The objects that are to be changed: of the server, or (`local`) those of files as they are."""
    if local and command.common.dry_run == "server":
        raise PodlabError(LOCAL)
    if local:
        if words:
            raise PodlabError(NO_FILES)
        return [
            (mapping, with_empty_structs(each.obj)) for each, mapping in manifests(command, filename, validate="ignore")
        ]
    return objects_named(command, words, filename, selector, all_)


def update(
    command: Command,
    found: Sequence[tuple[Mapping, Object]],
    change: Change,
    done: str,
    local: bool,
    doing: str,
) -> None:
    """Patch the Pod's spec of each object, and tell of those that changed.

    Args:
        doing: what a refusal is told to have failed: `failed to patch image update to pod template:`.
    """
    writing = Writing(command, "kubectl-set", typed=True)
    for mapping, obj, patch in [(mapping, obj, _patch(mapping, obj, change)) for mapping, obj in found]:
        with command.going_on():
            if isinstance(patch, PodlabError):
                raise patch
            if not patch:
                if local:
                    writing.tell(mapping, obj, done)
                continue
            try:
                apply_patch(writing, mapping, obj, patch, done, local)
            except ApiError as error:
                raise PodlabError(f"error: failed to patch {doing} {error}", error.hint) from error


def _patch(mapping: Mapping, obj: Object, change: Change) -> Object | PodlabError:
    """The patch of an object, or why there is none: what a change itself finds amiss in any object is told before."""
    try:
        where = template_path(mapping, obj)
    except PodlabError as error:
        return error
    spec: Object = obj
    for key in where:
        spec = spec.get(key) or {}
    patch = change(spec)
    for key in reversed(where if patch else []):
        patch = {key: patch}
    return patch


def apply_patch(writing: Writing, mapping: Mapping, obj: Object, patch: Object, done: str, local: bool = False) -> None:
    """Send a patch, or (in a client's dry run) apply it here, and tell of it."""
    if writing.on_client or local:
        from podlab.kubectl.resources.patches import strategic_patch

        kind = writing.command.schemas.of(mapping.api_version, mapping.kind)
        writing.tell(mapping, as_struct(strategic_patch(obj, patch, kind)), done)
        return
    metadata = obj["metadata"]
    path = mapping.path(metadata.get("namespace", ""), metadata["name"])
    writing.tell(mapping, writing.patch(path, patch), done)


def has_template(mapping: Mapping, obj: Object) -> bool:
    """Whether an object is a Pod or makes some."""
    return mapping.kind in ("CronJob", "Pod") or "template" in (obj.get("spec") or {})


def template_path(mapping: Mapping, obj: Object) -> list[str]:
    """Where the Pod's spec is in an object of this kind.

    Raises:
        PodlabError: it has none.
    """
    if mapping.kind == "CronJob":
        return ["spec", "jobTemplate", "spec", "template", "spec"]
    if mapping.kind == "Pod":
        return ["spec"]
    if "template" in (obj.get("spec") or {}):
        return ["spec", "template", "spec"]
    what = mapping.qualified if obj["metadata"].get("uid") else mapping.qualified_singular
    name, kind = f"{what}/{obj['metadata']['name']}", f"*{mapping.version}.{mapping.kind}"
    raise Spaced(f"error: {name} the object is not a pod or does not have a pod template: {kind}\n")
