"""`kubectl delete`: by file, by name, by selector; then wait until it is gone.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.errors import ApiError, PodlabError, WaitTimeout
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.flags import BOOLEANS
from podlab.kubectl.commandline.wording import with_source
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import IN_WORDS, dry_run_of, kind_name
from podlab.kubectl.resources.listing import read_list
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.naming import NOTHING_NAMED, both
from podlab.kubectl.verbs.raw import send_raw

Object = dict[str, Any]
IMMEDIATE = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely.\n"
)
OLD_CASCADES = {each: "background" if yes else "orphan" for each, yes in BOOLEANS.items()}
DEPRECATED = "warning: --cascade={} is deprecated (boolean value) and can be replaced with --cascade={}.\n"
UNSCOPED = "Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n"
OUT_OF_TIME = "client rate limiter Wait returned an error: context deadline exceeded"
"""What becomes of a request that is to be sent when the time is up."""
LOOK = 0.25
"""Seconds between two looks where a watch cannot be had."""


@dataclass(frozen=True, slots=True)
class Target:
    """One object to delete."""

    mapping: Mapping
    namespace: str
    name: str
    source: str = ""

    @property
    def path(self) -> str:
        """Its URL's path."""
        return self.mapping.path(self.namespace, self.name)


def delete(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    selector: str = "",
    field_selector: str = "",
    all_: bool = False,
    all_namespaces: bool = False,
    ignore_not_found: bool = False,
    grace_period: int = -1,
    now: bool = False,
    force: bool = False,
    wait: bool | None = None,
    timeout: str = "0s",
    cascade: str = "background",
    dry_run: str = "none",
    output: str = "",
    raw: str = "",
    interactive: bool = False,
) -> None:
    """Delete each object, then wait until all are gone (up to `timeout`; a week where it is 0).

    Raises:
        PodlabError: what is not there or may not be deleted; the others are deleted all the same.
        WaitTimeout: something is still there.
    """
    if raw:
        if arguments:
            raise PodlabError("error: --raw and resource arguments are mutually exclusive")
        send_raw(command, "DELETE", raw, filename)
        return
    if output not in ("", "name"):
        raise PodlabError(f"error: unexpected -o output mode: {output}. We only support '-o name'")
    if filename and arguments:
        raise both(command, filename)
    grace_period = _grace(grace_period, now, force)
    dry_run = dry_run_of(command, dry_run)
    if all_ and (selector or field_selector):
        raise PodlabError("error: setting 'all' parameter but found a non empty selector. ")
    if force:
        command.err(IMMEDIATE)
    targets = (
        _of_files(command, filename, selector)
        if filename
        else _of_arguments(command, arguments, selector, field_selector, all_, all_namespaces)
    )
    options, forced = _options(grace_period, cascade), " force" if force else ""
    ignore = ignore_not_found or bool(all_ or selector or field_selector)
    if command.enforce_namespace and any(not target.mapping.namespaced for target in targets):
        command.err(UNSCOPED)
    if interactive and targets and not _confirmed(command, targets):
        return
    if cascade in OLD_CASCADES:
        command.err(DEPRECATED.format(cascade, OLD_CASCADES[cascade]))
    deleted = []
    with command.told_first():
        for target in targets:
            with command.going_on():
                uid = _delete(command, target, options, dry_run, ignore)
                if uid is not None:
                    deleted.append((target, uid))
                    _tell(command, target, forced, dry_run, output)
    if not targets and not command.failures and not ignore_not_found:
        command.out("No resources found\n")
    if dry_run == "none" and wait is not False:
        _wait(command, deleted, parse_duration(timeout) or 7 * 24 * 3600)


def _confirmed(command: Command, targets: Sequence[Target]) -> bool:
    """Whether whoever is at the terminal says yes."""
    names = "".join(f"{kind_name(target.mapping)}/{target.name}\n" for target in targets)
    ask = "Do you want to continue? (y/N): "
    command.out(f"You are about to delete the following {len(targets)} resource(s):\n{names}{ask}")
    typed = command.stdin.readline().decode("utf-8", "replace").split() if command.stdin else []
    if typed[:1] in (["y"], ["Y"]):
        return True
    command.out("deletion is cancelled\n")
    return False


def _grace(asked: int, now: bool, force: bool) -> int:
    """Seconds for the Pods to end in; 0 only by force."""
    if now and asked >= 0:
        raise PodlabError("error: --now and --grace-period cannot be specified together")
    if now and force:
        raise PodlabError("error: --force and --grace-period greater than 0 cannot be specified together")
    if force and asked > 0:
        raise PodlabError("error: --force and --grace-period greater than 0 cannot be specified together")
    if force and asked < 0:
        return 0
    return 1 if now or (asked == 0 and not force) else asked


def policy_of(cascade: str) -> str:
    """The propagation policy that `--cascade` names.

    Raises:
        PodlabError: there is none of that name.
    """
    policies = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
    policy = policies.get(OLD_CASCADES.get(cascade, cascade))
    if policy is None:
        raise PodlabError(f'error: invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"')
    return policy


def _options(grace_period: int, cascade: str) -> Object:
    options: Object = {"propagationPolicy": policy_of(cascade)}
    return {**options, "gracePeriodSeconds": grace_period} if grace_period >= 0 else options


def _of_files(command: Command, filenames: Sequence[str], selector: str) -> list[Target]:
    found = []
    for manifest, mapping in manifests(command, filenames, validate="ignore", selector=selector):
        with command.going_on():
            _, namespace = in_namespace(command, manifest, mapping)
            found.append(Target(mapping, namespace, manifest.name, manifest.source))
    return found


def _of_arguments(
    command: Command, arguments: Sequence[str], selector: str, field_selector: str, all_: bool, all_namespaces: bool
) -> list[Target]:
    selecting = bool(selector or field_selector or all_)
    if not arguments:
        raise PodlabError(
            "error: at least one resource must be specified to use a selector" if selecting else NOTHING_NAMED
        )
    chosen = select(command.mapper, arguments, selecting=selecting)
    found = []
    for one in chosen:
        namespace = command.namespace if one.mapping.namespaced else ""
        if one.name and all_namespaces and one.mapping.namespaced:
            raise PodlabError("error: a resource cannot be retrieved by name across all namespaces")
        if one.name:
            found.append(Target(one.mapping, namespace, one.name))
        elif not selecting:
            raise PodlabError("error: resource(s) were provided, but no name was specified")
        else:
            where = "" if all_namespaces else namespace
            items = read_list(
                command.client, one.mapping, where, label_selector=selector, field_selector=field_selector
            )["items"]
            found += [
                Target(one.mapping, item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in items
            ]
    return found


def _delete(command: Command, target: Target, options: Object, dry_run: str, ignore: bool) -> str | None:
    """Delete it; its uid, or None if it was not there and need not be."""
    options = {**options, "dryRun": ["All"]} if dry_run == "server" else options  # beside a body no query is read
    try:
        if dry_run == "client":
            found = command.client.get(target.path)
        else:
            found = command.client.request("DELETE", target.path, body=options).json()
    except ApiError as error:
        if error.code == 404 and dry_run == "client":  # of which kubectl does not ask whether it is there
            return ""
        if error.code == 404 and ignore:
            return None
        if not target.source:
            raise
        raise with_source(error, "deleting", target.source) from error
    command.objects.append(found)
    of = found.get("details") if found.get("kind") == "Status" else found.get("metadata")
    return str((of or {}).get("uid") or "")


def _tell(command: Command, target: Target, forced: str, dry_run: str, output: str) -> None:
    kind = kind_name(target.mapping)
    if output == "name":
        command.out(f"{kind}/{target.name}\n")
        return
    done = "force deleted" if forced else "deleted"
    where = f" from {target.namespace} namespace" if target.namespace else ""
    command.out(f'{kind} "{target.name}" {done}{where}{IN_WORDS.get(dry_run, "")}\n')


def _wait(command: Command, deleted: Sequence[tuple[Target, str]], seconds: float) -> None:
    """Wait until each is gone, or another has taken its name."""
    until = time.monotonic() + seconds
    for target, uid in deleted:
        with command.going_on():
            wait_until_gone(command, target, uid, until)


def wait_until_gone(command: Command, target: Target, uid: str, until: float) -> None:
    """Watch an object until it is deleted.

    Raises:
        WaitTimeout: it is there still.
    """
    if until <= time.monotonic():
        raise WaitTimeout(f"error: {OUT_OF_TIME}")
    while True:
        try:
            obj = command.client.get(target.path)
        except ApiError as error:
            if error.code == 404:
                return
            raise
        if uid and obj["metadata"].get("uid") != uid:
            return
        left = until - time.monotonic()
        if left <= 0:
            raise WaitTimeout(f"error: timed out waiting for the condition on {target.mapping.plural}/{target.name}")
        _watch(command, target, obj, min(left, 300))


def _watch(command: Command, target: Target, obj: Object, seconds: float) -> None:
    """Until the object is deleted, or the watch ends."""
    query = {
        "fieldSelector": f"metadata.name={target.name}",
        "resourceVersion": obj["metadata"]["resourceVersion"],
    }
    try:
        for event in command.client.watch(target.mapping.path(target.namespace), query=query, timeout=max(1, seconds)):
            if event["type"] == "DELETED":
                return
    except ApiError as error:
        if error.code != 410:
            raise
        pause(LOOK)
