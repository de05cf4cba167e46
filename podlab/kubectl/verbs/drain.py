"""`kubectl cordon`, `uncordon` and `drain`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go, pkg/drain
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from podlab.apimachinery import labels
from podlab.apimachinery.duration import parse_duration
from podlab.apimachinery.times import parse
from podlab.errors import ApiError, PodlabError
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import IN_WORDS, Writing
from podlab.kubectl.resources.listing import read_list, read_one
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.describe import MIRROR
from podlab.kubectl.verbs.label import objects_named

Object = dict[str, Any]
DAEMON_FATAL = "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"
DAEMON_WARNING = "ignoring DaemonSet-managed Pods"
LOCAL_FATAL = "Pods with local storage (use --delete-emptydir-data to override)"
LOCAL_WARNING = "deleting Pods with local storage"
ALONE_FATAL = "Pods that declare no controller (use --force to override)"
ALONE_WARNING = "deleting Pods that declare no controller"
RETRY = 5.0
LOOK = 0.5
"""Seconds between two looks whether a Pod is gone."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be done to Pods, and how long it may take."""

    force: bool
    ignore_daemonsets: bool
    delete_emptydir_data: bool
    disable_eviction: bool
    grace_period: int
    timeout: float
    pod_selector: str
    chunk_size: int
    skip_after: int = 0


def cordon(command: Command, *arguments: str, selector: str = "") -> None:
    """Keep new Pods away from Nodes."""
    writing = Writing(command, "kubectl-cordon")
    for mapping, node in _nodes(command, arguments, selector, "cordon"):
        _cordon(writing, mapping, node, True)


def uncordon(command: Command, *arguments: str, selector: str = "") -> None:
    """Let new Pods come to Nodes again."""
    writing = Writing(command, "kubectl-uncordon")
    for mapping, node in _nodes(command, arguments, selector, "uncordon"):
        _cordon(writing, mapping, node, False)


def drain(
    command: Command,
    *arguments: str,
    selector: str = "",
    pod_selector: str = "",
    force: bool = False,
    ignore_daemonsets: bool = False,
    delete_emptydir_data: bool = False,
    disable_eviction: bool = False,
    grace_period: int = -1,
    timeout: str = "0s",
    chunk_size: int = 500,
    skip_wait_for_delete_timeout: int = 0,
) -> None:
    """Keep new Pods away from Nodes, and evict those that are there.

    Raises:
        PodlabError: Pods that may not be evicted, or are not gone in time.
    """
    _check_selector(pod_selector)
    patience = parse_duration(timeout) or float("inf")
    allowed = (force, ignore_daemonsets, delete_emptydir_data, disable_eviction)
    rules = Rules(*allowed, grace_period, patience, pod_selector, chunk_size, skip_wait_for_delete_timeout)
    writing = Writing(command, "kubectl-drain")
    nodes = _nodes(command, arguments, selector, "drain")
    for mapping, node in nodes:
        _cordon(writing, mapping, node, True)
    left = []
    for _, node in nodes:
        name = node["metadata"]["name"]
        try:
            _drain(writing, name, rules)
            command.out(f"node/{name} drained{IN_WORDS.get(writing.dry_run, '')}\n")
        except PodlabError as error:
            text = str(error).removeprefix("error: ")
            command.err(f'error: unable to drain node "{name}" due to error: {text}, continuing command...\n')
            left.append(name)
            wrong = error.lines if isinstance(error, Several) else [text]
            command.failures += [PodlabError(line) for line in wrong]
    if left:
        command.err("There are pending nodes to be drained:\n" + "".join(f" {name}\n" for name in left))


def _check_selector(text: str) -> None:
    try:
        labels.parse(text)
    except ValueError:
        raise PodlabError("error: --pod-selector=<pod_selector> must be a valid label selector") from None


def _nodes(command: Command, arguments: Sequence[str], selector: str, verb: str) -> list[tuple[Mapping, Object]]:
    see = f"\nSee 'kubectl {verb} -h' for help and examples"
    if not arguments and not selector:
        raise PodlabError(f"error: USAGE: {verb} NODE [flags]{see}")
    if arguments and selector:
        raise PodlabError(f"error: cannot specify both a node name and a --selector option{see}")
    if selector:
        return objects_named(command, ["nodes"], (), selector)
    chosen = [one for word in arguments for one in select(command.mapper, [word], default="nodes")]
    if len({one.mapping for one in chosen}) > 1:
        raise PodlabError("error: you may only specify a single resource type")
    found = []
    for one in chosen:
        found.append((one.mapping, read_one(command.client, one.mapping, command.namespace, one.name)))
        if one.mapping.kind != "Node":
            resource = f"{one.mapping.group}/{one.mapping.version}, Resource={one.mapping.plural}"
            raise PodlabError(f'error: expected resource of type node, got "{resource}"')
    return found


def _cordon(writing: Writing, mapping: Mapping, node: Object, wanted: bool) -> None:
    name = node["metadata"]["name"]
    words = "cordoned" if wanted else "uncordoned"
    if bool(node["spec"].get("unschedulable")) == wanted:
        writing.tell(mapping, node, f"already {words}")
        return
    if not writing.on_client:
        body = {"spec": {"unschedulable": True if wanted else None}}
        try:
            node = writing.patch(mapping.path("", name), body, bare=True)
        except ApiError as error:
            verb = words.removesuffix("ed")
            writing.command.err(f'error: unable to {verb} node "{name}": {error}\n')
            return
    writing.tell(mapping, node, words)


class Several(PodlabError):
    """What keeps a Node from being drained, in one line, and by itself."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("error: " + (lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"))
        self.lines = lines


def _drain(writing: Writing, name: str, rules: Rules) -> None:
    command = writing.command
    pods = command.mapper.by_name("pods")
    listed = read_list(
        command.client, pods, field_selector=f"spec.nodeName={name}", label_selector=rules.pod_selector,
        chunk_size=rules.chunk_size,
    )["items"]  # fmt: skip
    chosen, warnings, fatal = _sorted_out(command, listed, rules)
    if fatal:
        lines = [f"cannot delete {why}: {', '.join(names)}" for why, names in fatal.items()]
        raise Several(lines)
    if warnings:
        command.err("Warning: " + "; ".join(f"{why}: {', '.join(names)}" for why, names in warnings.items()) + "\n")
    if writing.on_client:
        for pod in chosen:
            command.out(f"evicting pod {_where(pod)} (dry run)\n")
        return
    until = time.monotonic() + rules.timeout
    with ThreadPoolExecutor(max_workers=max(1, min(16, len(chosen)))) as workers:
        ends = [workers.submit(_evict, writing, pods, pod, rules, until) for pod in chosen]
        wrong = [error for error in (end.exception() for end in ends) if error]
    if wrong:
        lines = [str(error).removeprefix("error: ") for error in wrong]
        raise Several(lines)


def _where(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _sorted_out(
    command: Command, pods: Sequence[Object], rules: Rules
) -> tuple[list[Object], dict[str, list[str]], dict[str, list[str]]]:
    """The Pods to evict; warnings and refusals with the Pods that they are about."""
    chosen: list[Object] = []
    warnings: dict[str, list[str]] = {}
    fatal: dict[str, list[str]] = {}
    for pod in pods:
        evict, warning, refusal = _judged(command, pod, rules)
        if refusal:
            fatal.setdefault(refusal, []).append(_where(pod))
            continue
        if warning:
            warnings.setdefault(warning, []).append(_where(pod))
        if evict:
            chosen.append(pod)
    return chosen, warnings, fatal


def _judged(command: Command, pod: Object, rules: Rules) -> tuple[bool, str, str]:
    """Whether to evict a Pod, with a warning; or why it may not be evicted."""
    metadata, warning = pod["metadata"], ""
    if _is_overdue(pod, rules.skip_after, command.client.server_now()):
        return False, "", ""
    owner = next((o for o in metadata.get("ownerReferences") or [] if o.get("controller")), None)
    ended = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    if owner and owner["kind"] == "DaemonSet" and not ended:
        path = f"/apis/apps/v1/namespaces/{metadata['namespace']}/daemonsets/{owner['name']}"
        try:
            command.client.get(path)
        except ApiError as error:
            return (True, str(error), "") if error.code == 404 and rules.force else (False, "", str(error))
        return (False, DAEMON_WARNING, "") if rules.ignore_daemonsets else (False, "", DAEMON_FATAL)
    if MIRROR in (metadata.get("annotations") or {}):
        return False, "", ""
    if not ended and any("emptyDir" in volume for volume in pod["spec"].get("volumes") or []):
        if not rules.delete_emptydir_data:
            return False, "", LOCAL_FATAL
        warning = LOCAL_WARNING
    if not ended and owner is None:
        if not rules.force:
            return False, "", ALONE_FATAL
        warning = ALONE_WARNING
    return True, warning, ""


def _is_overdue(pod: Object, seconds: int, now: datetime) -> bool:
    """Whether it should have been gone for longer than that; 0 for never.

    Upstream: staging/src/k8s.io/kubectl/pkg/drain/drain.go (shouldSkipPod)
    """
    since = pod["metadata"].get("deletionTimestamp")
    return seconds > 0 and bool(since) and int((now - parse(since)).total_seconds()) > seconds


def _evict(writing: Writing, pods: Mapping, pod: Object, rules: Rules, until: float) -> None:
    """Evict a Pod, again while its budget forbids it, and wait until it is gone.

    Raises:
        PodlabError: it may not be evicted, or time is up.
    """
    command, metadata = writing.command, pod["metadata"]
    namespace, name = metadata["namespace"], metadata["name"]
    about = f'error when evicting pods/"{name}" -n "{namespace}"'
    while True:
        dry = " (server dry run)" if writing.dry_run == "server" else ""
        if not rules.disable_eviction:
            command.say(f"evicting pod {namespace}/{name}{dry}\n", "stdout")
        if time.monotonic() >= until:
            raise PodlabError(f"error: {about}: global timeout reached: {_go_duration(rules.timeout)}")
        try:
            _remove(writing, pods, pod, rules)
            break
        except ApiError as error:
            if error.code == 404:
                return
            if error.code != 429:
                raise PodlabError(f"error: {about}: {error}") from error
            command.say(f"{about} (will retry after 5s): {error}\n", "stderr")
            pause(min(RETRY, max(0.0, until - time.monotonic())))
    if not dry:
        _until_gone(command, pods, pod, rules, until)
        if rules.disable_eviction:
            command.say(f"pod/{name} deleted\n", "stdout")
        else:
            command.say(f"pod/{name} evicted\n", "stdout")


def _remove(writing: Writing, pods: Mapping, pod: Object, rules: Rules) -> None:
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    options: Object = {"gracePeriodSeconds": rules.grace_period} if rules.grace_period >= 0 else {}
    options |= {"dryRun": ["All"]} if writing.dry_run == "server" else {}
    if rules.disable_eviction:
        writing.command.client.request("DELETE", pods.path(namespace, name), body=options)
        return
    body: Object = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    body |= {"deleteOptions": options} if options else {}
    writing.command.client.request("POST", pods.path(namespace, name, "eviction"), body=body)


def _until_gone(command: Command, pods: Mapping, pod: Object, rules: Rules, until: float) -> None:
    metadata = pod["metadata"]
    while True:
        try:
            found = command.client.get(pods.path(metadata["namespace"], metadata["name"]))
        except ApiError as error:
            if error.code == 404:
                return
            raise
        if found["metadata"]["uid"] != metadata["uid"]:
            return
        if _is_overdue(found, rules.skip_after, command.client.server_now()):
            why = f"has DeletionTimestamp older than {rules.skip_after} seconds, skipping"
            command.say(f'pod "{metadata["name"]}" {why}\n', "stdout")
            return
        if time.monotonic() >= until:
            what = (
                f'error when waiting for pod "{metadata["name"]}" in namespace "{metadata["namespace"]}" to terminate'
            )
            raise PodlabError(f"error: {what}: global timeout reached: {_go_duration(rules.timeout)}")
        pause(LOOK)


def _go_duration(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}h{minutes}m{whole % 60}s" if hours else f"{minutes}m{whole % 60}s" if minutes else f"{seconds:g}s"
