"""`kubectl debug`: a container beside those of a Pod, in a copy of a Pod, or on a Node.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/debug/debug.go, profiles.go
"""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.validation import IMAGE
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.documents import decoded, parse
from podlab.kubectl.manifests.writing import PROGRAM
from podlab.kubectl.resources.patches import strategic_patch
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.attach import attach_to
from podlab.kubectl.verbs.create_config import VARIABLE
from podlab.kubectl.verbs.label import objects_named
from podlab.kubectl.verbs.run import until_running

Object = dict[str, Any]
PROFILES = ("legacy", "general", "baseline", "netadmin", "restricted", "sysadmin")
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
TARGETING = (
    'Targeting container "{name}". If you don\'t see processes from this container it may be because the container '
    "runtime doesn't support this feature.\n"
)
FIXED = ("name", "command", "image", "lifecycle", "volumeDevices")
"""What `--custom` cannot change."""
PROBES = {"livenessProbe": "keep_liveness", "readinessProbe": "keep_readiness", "startupProbe": "keep_startup"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the debugging container is to be, and how a Pod is copied for it."""

    image: str
    container: str
    words: tuple[str, ...]
    arguments_only: bool
    env: tuple[str, ...]
    pull_policy: str
    stdin: bool
    tty: bool
    target: str
    profile: str
    quiet: bool
    copy_to: str = ""
    same_node: bool = False
    share_processes: bool | None = None
    set_image: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    custom: Object | None = None


def debug(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    image: str = "",
    container: str = "",
    arguments_only: bool = False,
    attach: bool | None = None,
    copy_to: str = "",
    custom: str = "",
    env: Sequence[str] = (),
    image_pull_policy: str = "",
    keep_annotations: bool = False,
    keep_init_containers: bool = True,
    keep_labels: bool = False,
    keep_liveness: bool = False,
    keep_readiness: bool = False,
    keep_startup: bool = False,
    profile: str = "general",
    quiet: bool = False,
    replace: bool = False,
    same_node: bool = False,
    set_image: Sequence[str] = (),
    share_processes: bool | None = None,
    stdin: bool = False,
    target: str = "",
    tty: bool = False,
) -> None:
    """Start a debugging container, and attach to it where `stdin` or `attach` ask for it.

    Raises:
        PodlabError: no such object, an unknown profile, or the server refuses.
    """
    names = arguments[: len(arguments) - len(command.after)]
    images = tuple(pair for each in set_image for pair in _pairs(each))
    kept = {
        "labels": keep_labels, "annotations": keep_annotations, "keep_liveness": keep_liveness,
        "keep_readiness": keep_readiness, "keep_startup": keep_startup, "init": keep_init_containers,
    }  # fmt: skip
    wanted = Wanted(
        image, container, command.after, arguments_only, tuple(env), image_pull_policy, stdin, tty, target, profile,
        quiet, copy_to, same_node, share_processes, images, tuple(name for name, keep in kept.items() if keep),
        _custom(command, custom) if custom else None,
    )  # fmt: skip
    _check(command, wanted, names, filename, replace)
    for mapping, obj in objects_named(command, _as_pods(names), filename):
        with command.going_on():
            pod, name = _started(command, mapping, obj, wanted, replace)
            command.objects.append(pod)
            if name and (stdin if attach is None else attach):
                pod = until_running(command, pod, name)
                attach_to(command, pod, name, stdin=stdin, tty=tty, quiet=quiet, ended=True)


def _custom(command: Command, name: str) -> Object:
    """The part of a container that a file has.

    Raises:
        PodlabError: it cannot be read, or is none.
    """
    try:
        data = (command.folder / name).read_bytes()
    except (OSError, ValueError) as error:
        act, reason = "read" if (command.folder / name).is_dir() else "open", getattr(error, "strerror", None)
        why = f"{act} {name}: {(reason or 'invalid argument').lower()}"
        raise PodlabError(f"error: must pass a container spec json file for custom profile: {why}") from error
    wrong = f"error: {name} does not contain a valid container spec: "
    try:
        found: object = next((each.obj for each in parse(decoded(data, name), name)), {})
    except PodlabError as error:
        raise PodlabError(wrong + str(error).removeprefix(f"error: error parsing {name}: ")) from error
    if not isinstance(found, dict):
        why = f"json: cannot unmarshal {'array' if isinstance(found, list) else 'string'} into Go value of type"
        raise PodlabError(f"{wrong}error unmarshaling JSON: while decoding JSON: {why} v1.Container")
    return found


def _customized(command: Command, wanted: Wanted, container: Object) -> Object:
    """The container with what `--custom` asks for."""
    if not wanted.custom:
        return container
    kind = command.schemas.of("v1", "Pod").field("spec").field("containers").items()
    return dict(strategic_patch(container, {**wanted.custom, "name": container["name"]}, kind))


def _as_pods(names: Sequence[str]) -> list[str]:
    return [name if "/" in name else f"pods/{name}" for name in names]


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(name, image) for name, _, image in (each.partition("=") for each in text.split(","))]


def _check(command: Command, wanted: Wanted, names: Sequence[str], files: Sequence[str], replace: bool) -> None:
    if wanted.copy_to:
        if not wanted.image and not wanted.set_image and not wanted.words:
            raise PodlabError("error: you must specify --image, --set-image or command arguments.")
        if wanted.words and not wanted.container and not wanted.image:
            raise PodlabError("error: you must specify an existing container or a new image when specifying args.")
        if wanted.target:
            raise PodlabError("error: --target is incompatible with --copy-to. Use --share-processes instead.")
    else:
        only = {"--replace": replace, "--same-node": wanted.same_node, "--set-image": bool(wanted.set_image)}
        misplaced = next((flag for flag, given in only.items() if given), "")
        if misplaced:
            raise PodlabError(f"error: {misplaced} may only be used with --copy-to.")
        if not wanted.image:
            raise PodlabError("error: you must specify --image when not using --copy-to.")
    if wanted.image and not IMAGE.match(wanted.image):
        raise PodlabError(f'error: invalid image name "{wanted.image}": invalid reference format')
    if not names and not files:
        raise PodlabError("error: NAME or filename is required for debug")
    if wanted.pull_policy not in ("", "Always", "IfNotPresent", "Never"):
        raise PodlabError(f"error: invalid image pull policy: {wanted.pull_policy}")
    if wanted.tty and not wanted.stdin:
        raise PodlabError("error: -i/--stdin is required for containers with -t/--tty=true")
    if wanted.profile not in PROFILES:
        raise PodlabError(f"error: unknown profile: {wanted.profile}")
    if any((wanted.custom or {}).get(name) for name in FIXED):
        raise PodlabError(
            "error: name, command, image, lifecycle and volume devices are not modifiable via custom profile"
        )
    if wanted.target and not wanted.quiet:
        command.out(TARGETING.format(name=wanted.target))


def _started(command: Command, mapping: Mapping, obj: Object, wanted: Wanted, replace: bool) -> tuple[Object, str]:
    """The Pod with the debugging container, and its name."""
    if mapping.kind == "Node":
        return _on_node(command, obj, wanted)
    if mapping.kind != "Pod":
        raise PodlabError(f'error: "{mapping.group}/{mapping.version}, Kind={mapping.kind}" not supported by debug')
    if wanted.copy_to:
        return _in_copy(command, mapping, obj, wanted, replace)
    return _beside(command, mapping, obj, wanted)


def _suffix() -> str:
    return "".join(random.choices(LETTERS, k=5))


def _name(command: Command, wanted: Wanted) -> str:
    if wanted.container:
        return wanted.container
    name = f"debugger-{_suffix()}"
    if not wanted.quiet:
        command.out(f"Defaulting debug container name to {name}.\n")
    return name


def _container(wanted: Wanted, name: str) -> Object:
    made: Object = {"name": name, "image": wanted.image, "terminationMessagePolicy": "File", "resources": {}}
    made |= {"env": [_variable(each) for each in wanted.env]} if wanted.env else {}
    made |= {"imagePullPolicy": wanted.pull_policy} if wanted.pull_policy else {}
    made |= {"args" if wanted.arguments_only else "command": list(wanted.words)} if wanted.words else {}
    made |= {"stdin": True} if wanted.stdin else {}
    made |= {"tty": True} if wanted.tty else {}
    return made


def _variable(text: str) -> Object:
    name, equals, value = text.partition("=")
    if not equals or not VARIABLE.fullmatch(name):
        raise PodlabError(f"error: invalid env: {text}")
    return {"name": name, "value": value}


def _secured(container: Object, profile: str, on_node: bool = False) -> Object:
    """The container with what its profile allows it."""
    contexts: dict[str, Object | None] = {
        "legacy": None,
        "baseline": None,
        "general": None if on_node else {"capabilities": {"add": ["SYS_PTRACE"]}},
        "netadmin": {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}},
        "sysadmin": {"privileged": True},
        "restricted": {
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
            "allowPrivilegeEscalation": False,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    context = contexts[profile]
    return {**container, "securityContext": context} if context else container


def _beside(command: Command, mapping: Mapping, pod: Object, wanted: Wanted) -> tuple[Object, str]:
    name = _name(command, wanted)
    made = _customized(command, wanted, _secured(_container(wanted, name), wanted.profile))
    made |= {"targetContainerName": wanted.target} if wanted.target else {}
    path = mapping.path(pod["metadata"]["namespace"], pod["metadata"]["name"], "ephemeralcontainers")
    there = [{"name": each["name"]} for each in pod["spec"].get("ephemeralContainers") or []]
    order = [*there, {"name": name}]
    body = {"spec": {"$setElementOrder/ephemeralContainers": order, "ephemeralContainers": [made]}}
    kind = "application/strategic-merge-patch+json"
    changed: Object = command.client.request(
        "PATCH", path, query={"fieldManager": PROGRAM}, body=body, content_type=kind
    ).json()
    return changed, name


def _in_copy(command: Command, mapping: Mapping, pod: Object, wanted: Wanted, replace: bool) -> tuple[Object, str]:
    spec = copy.deepcopy(pod["spec"])
    spec.pop("ephemeralContainers", None)
    if not wanted.same_node:
        spec.pop("nodeName", None)
    images = dict(wanted.set_image)
    for each in spec["containers"]:
        each["image"] = images.get(each["name"], images.get("*", each["image"]))
    there = next((each for each in spec["containers"] if each["name"] == wanted.container), None)
    name = ""
    if there is not None or wanted.image:
        name = wanted.container if there is not None else _name(command, wanted)
        made = _container(wanted, name)
        if there is None:
            spec["containers"].append(_secured(made, wanted.profile))
        else:
            changes = {key: value for key, value in made.items() if key not in ("resources", "name") and value}
            there.update(changes)
            if wanted.words and not wanted.arguments_only:
                there.pop("args", None)
        at = next(at for at, each in enumerate(spec["containers"]) if each["name"] == name)
        spec["containers"][at] = _customized(command, wanted, spec["containers"][at])
    elif not wanted.set_image:
        raise PodlabError("error: you must specify image when creating new container")
    _strip(spec, wanted, alike=not name)
    metadata: Object = {"name": wanted.copy_to, "namespace": pod["metadata"]["namespace"]}
    for what in ("labels", "annotations"):
        if (what in wanted.keep or not name) and pod["metadata"].get(what):
            metadata[what] = pod["metadata"][what]
    path = mapping.path(pod["metadata"]["namespace"])
    if replace:
        own = mapping.path(pod["metadata"]["namespace"], pod["metadata"]["name"])
        command.client.request("DELETE", own, body={"gracePeriodSeconds": 0})
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    made_pod: Object = command.client.request("POST", path, query={"fieldManager": PROGRAM}, body=body).json()
    return made_pod, name


def _strip(spec: Object, wanted: Wanted, alike: bool) -> None:
    """Take away what a copy does not keep, and let its containers see each other's processes.

    Args:
        alike: no container is there to debug with: only images are others, and all is kept.
    """
    if wanted.profile != "legacy" and not alike:
        for each in spec["containers"]:
            for probe, flag in PROBES.items():
                if flag not in wanted.keep:
                    each.pop(probe, None)
        if "init" not in wanted.keep:
            spec.pop("initContainers", None)
        if wanted.share_processes is None:
            spec["shareProcessNamespace"] = True
    if wanted.share_processes is not None:
        spec["shareProcessNamespace"] = wanted.share_processes


def _on_node(command: Command, node: Object, wanted: Wanted) -> tuple[Object, str]:
    name, node_name = wanted.container or "debugger", node["metadata"]["name"]
    pod_name = f"node-debugger-{node_name}-{_suffix()}"
    if not wanted.quiet:
        command.out(f"Creating debugging pod {pod_name} with container {name} on node {node_name}.\n")
    container = _secured(_container(wanted, name), wanted.profile, on_node=True)
    spec: Object = {
        "containers": [container],
        "nodeName": node_name,
        "restartPolicy": "Never",
        "tolerations": [{"operator": "Exists"}],
    }
    if wanted.profile in ("legacy", "general", "netadmin", "sysadmin"):
        spec |= {"hostIPC": True, "hostNetwork": True, "hostPID": True}
    if wanted.profile in ("legacy", "general", "sysadmin"):
        container["volumeMounts"] = [{"mountPath": "/host", "name": "host-root"}]
        spec["volumes"] = [{"hostPath": {"path": "/"}, "name": "host-root"}]
    spec["containers"] = [_customized(command, wanted, container)]
    metadata = {"name": pod_name, "labels": {"app.kubernetes.io/managed-by": "kubectl-debug"}}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    path = f"/api/v1/namespaces/{command.namespace}/pods"
    made: Object = command.client.request("POST", path, query={"fieldManager": PROGRAM}, body=body).json()
    return made, name
