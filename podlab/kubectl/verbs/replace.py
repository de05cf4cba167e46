"""`kubectl replace`: put a manifest in an object's place; with `--force`, delete and create it.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/replace/replace.go
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import with_source
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import LAST_APPLIED, Writing, annotated
from podlab.kubectl.verbs.create import named_files
from podlab.kubectl.verbs.delete import Target, delete, policy_of, wait_until_gone
from podlab.kubectl.verbs.raw import send_raw

Object = dict[str, Any]


def replace(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    force: bool = False,
    grace_period: int = -1,
    timeout: str = "0s",
    raw: str = "",
    subresource: str = "",
    cascade: str = "background",
    wait: bool = False,
) -> None:
    """Replace each object, which must be there.

    Raises:
        PodlabError: what could not be read or replaced; the others are replaced all the same.
    """
    if force and command.common.dry_run not in ("", "none"):
        raise PodlabError("error: --dry-run can not be used when --force is set")
    files = named_files((), filename, "replace")
    if raw:
        send_raw(command, "PUT", raw, files, recursive=command.common.recursive, output=command.common.output)
        return
    policy_of(cascade)
    if grace_period >= 0 and not force:
        raise PodlabError("error: --grace-period must have --force specified")
    if timeout != "0s" and not force:
        raise PodlabError("error: --timeout must have --force specified")
    writing = Writing(command, "kubectl-replace", validate="strict")
    if force:
        delete(
            command, filename=files, ignore_not_found=True, grace_period=grace_period, timeout=timeout, cascade=cascade
        )
        if command.failures:
            return
    for manifest, mapping in manifests(command, files, validate=writing.validate):
        with command.going_on():
            obj, namespace = in_namespace(command, manifest, mapping)
            if not manifest.name:
                doing = f'error when replacing "{manifest.source}": '
                raise PodlabError(f"error: {'' if force else doing}resource name may not be empty")
            target = Target(mapping, namespace, manifest.name)
            if force:
                wait_until_gone(command, target, "", time.monotonic() + 300)
                writing.tell(mapping, writing.post(mapping, namespace, obj), "replaced")
                continue
            try:
                writing.tell(mapping, _put(writing, target, obj, subresource), "replaced")
            except ApiError as error:
                raise with_source(error, "replacing", manifest.source) from error


def _put(writing: Writing, target: Target, obj: Object, subresource: str) -> Object:
    client = writing.command.client
    path = target.mapping.path(target.namespace, target.name, subresource)
    try:
        version = client.get(path)["metadata"]["resourceVersion"]
    except ApiError:  # the server says of what is sent what is wrong with it
        version = None
    if writing.on_client:
        return obj
    obj = writing.with_cause(obj)
    if writing.command.common.save_config or LAST_APPLIED in (obj["metadata"].get("annotations") or {}):
        obj = annotated(obj)
    own = obj["metadata"].get("resourceVersion") or version
    metadata = {**obj["metadata"], **({"resourceVersion": own} if own else {})}
    found: Object = client.request("PUT", path, query=writing.query, body={**obj, "metadata": metadata}).json()
    return found
