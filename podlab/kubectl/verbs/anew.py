"""`apply --force`: what cannot be patched is deleted, and created as its manifest says.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/patcher.go (deleteAndCreate)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from podlab.errors import ApiError, PodlabError, WaitTimeout
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.verbs.delete import Target

Object = dict[str, Any]
POLL = 1.0
LATE = "context deadline exceeded"
NEITHER = (
    "An error occurred force-replacing the existing object with the newly provided one:\n\n{}.\n\n"
    "Additionally, an error occurred attempting to restore the original object:\n\n{}"
)


@dataclass(frozen=True, slots=True)
class Anew:
    """How it is deleted: for how long its Pods may end, what becomes of what it owns, and the seconds to wait.

    Attributes:
        timeout: 0 looks once, as kubectl does: what takes its time to end is then not created anew.
    """

    grace_period: int
    policy: str
    timeout: float


def recreate(writing: Writing, target: Target, current: Object, obj: Object, anew: Anew) -> Object:
    """Delete the object and create the other; what it was comes back where the server refuses that.

    Raises:
        WaitTimeout: it is there still.
        PodlabError: the server refuses.
    """
    grace = {"gracePeriodSeconds": anew.grace_period} if anew.grace_period >= 0 else {}
    writing.command.client.request("DELETE", target.path, body={"propagationPolicy": anew.policy, **grace})
    _until_gone(writing.command, target.path, anew.timeout)
    try:
        return writing.post(target.mapping, target.namespace, obj)
    except ApiError as error:
        _restore(writing, target, current, error)
        raise


def _until_gone(command: Command, path: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            command.client.get(path)
        except ApiError as error:
            if error.code == 404:
                return
            raise
        left = until - time.monotonic()
        if left > 0:
            pause(min(POLL, left))
        if left < POLL:
            raise WaitTimeout(LATE)


def _restore(writing: Writing, target: Target, current: Object, refusal: ApiError) -> None:
    metadata = {key: value for key, value in current["metadata"].items() if key != "resourceVersion"}
    try:
        writing.post(target.mapping, target.namespace, {**current, "metadata": metadata})
    except ApiError as error:
        raise PodlabError(NEITHER.format(refusal, error), refusal.hint) from error
