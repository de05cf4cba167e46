"""`apply --prune`: delete what was applied before and is in none of the files any more.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/prune.go, pkg/util/prune/prune.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.klog import logged
from podlab.kubectl.manifests.writing import LAST_APPLIED, Writing
from podlab.kubectl.resources.listing import read_list
from podlab.kubectl.resources.restmapper import Mapping

Object = dict[str, Any]
ALL = (
    "error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all "
    "flag. If you did not mean to prune all resources, specify a label selector"
)
BOTH = "error: cannot set --all and --selector at the same time"
DEPRECATED = (
    "Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace "
    "flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in "
    "the --prune-allowlist flag."
)
KINDS = (
    ("v1", "ConfigMap"), ("v1", "Endpoints"), ("v1", "Namespace"), ("v1", "PersistentVolumeClaim"),
    ("v1", "PersistentVolume"), ("v1", "Pod"), ("v1", "ReplicationController"), ("v1", "Secret"), ("v1", "Service"),
    ("batch/v1", "Job"), ("batch/v1", "CronJob"), ("networking.k8s.io/v1", "Ingress"), ("apps/v1", "DaemonSet"),
    ("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"), ("apps/v1", "StatefulSet"),
)  # fmt: skip
"""What is looked through where no list is given."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """What may be pruned: kinds (none for the usual ones), and the labels that it has."""

    kinds: tuple[tuple[str, str], ...] = ()
    selector: str = ""


def pruning(prune: bool, all_: bool, selector: str, allowlist: Sequence[str]) -> Pruning | None:
    """What the flags say; None where nothing is pruned.

    Raises:
        PodlabError: they do not say what, or contradict each other.
    """
    if all_ and selector:
        raise PodlabError(BOTH)
    if not prune:
        return None
    if not all_ and not selector:
        raise PodlabError(ALL)
    return Pruning(kinds(allowlist), selector)


def kinds(allowlist: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The kinds of `--prune-allowlist`, each as API version and kind.

    Raises:
        PodlabError: one of them is none.
    """
    return tuple(_kind(each) for each in allowlist)


def _kind(text: str) -> tuple[str, str]:
    parts = text.split("/")
    if len(parts) != 3:
        raise PodlabError(f"error: invalid GroupVersionKind format: {text}, please follow <group/version/kind>")
    group, version, kind = parts
    return (version if group in ("", "core") else f"{group}/{version}"), kind


def prune_all(writing: Writing, wanted: Pruning, applied: Sequence[tuple[Mapping, Object]]) -> None:
    """Delete what carries the annotation of an apply, and was not applied this time."""
    for mapping, obj in gone(writing.command, wanted, applied):
        _prune(writing, mapping, obj)


def gone(
    command: Command, wanted: Pruning, applied: Sequence[tuple[Mapping, Object]]
) -> Iterator[tuple[Mapping, Object]]:
    """What carries the annotation of an apply and is not among what is applied now; `applied`: as on the server."""
    if not wanted.kinds and command.enforce_namespace:
        command.err(logged("prune.go:71", DEPRECATED, "W"))
    kept = {obj["metadata"].get("uid") for _, obj in applied}
    spaces = list(dict.fromkeys(obj["metadata"]["namespace"] for mapping, obj in applied if mapping.namespaced))
    mappings = [command.mapper.by_kind(*kind) for kind in wanted.kinds or KINDS]
    if unknown := next((kind for kind, found in zip(wanted.kinds, mappings, strict=False) if found is None), None):
        raise PodlabError(f'error: no matches for kind "{unknown[1]}" in version "{unknown[0]}"')
    there = [mapping for mapping in mappings if mapping is not None]
    for namespace in spaces:
        for mapping in there:
            if mapping.namespaced:
                yield from _left(command, mapping, namespace, wanted.selector, kept)
    for mapping in there:
        if not mapping.namespaced:
            yield from _left(command, mapping, "", wanted.selector, kept)


def _left(
    command: Command, mapping: Mapping, namespace: str, selector: str, kept: set[Any]
) -> Iterator[tuple[Mapping, Object]]:
    kind = {"apiVersion": mapping.api_version, "kind": mapping.kind}
    for obj in read_list(command.client, mapping, namespace, label_selector=selector)["items"]:
        metadata = obj["metadata"]
        if LAST_APPLIED in (metadata.get("annotations") or {}) and metadata.get("uid") not in kept:
            yield mapping, {**kind, **obj}


def _prune(writing: Writing, mapping: Mapping, obj: Object) -> None:
    metadata = obj["metadata"]
    if not writing.on_client:
        body: Object = {"propagationPolicy": "Background"}
        body |= {"dryRun": ["All"]} if writing.dry_run == "server" else {}
        path = mapping.path(metadata.get("namespace", ""), metadata["name"])
        writing.command.client.request("DELETE", path, body=body)
    writing.tell(mapping, obj, "pruned")
