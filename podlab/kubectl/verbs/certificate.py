"""`kubectl certificate`: approve or deny signing requests.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/certificates/certificates.go
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import PROGRAM, Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named

Object = dict[str, Any]
RESOURCE = "certificatesigningrequests.certificates.k8s.io"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the two: its condition, that of the other, and its words."""

    type: str
    other: str
    reason: str
    done: str
    verb: str


APPROVED = Answer("Approved", "Denied", "KubectlApprove", "approved", "approve")
DENIED = Answer("Denied", "Approved", "KubectlDeny", "denied", "deny")


def approve(command: Command, *arguments: str, filename: Sequence[str] = (), force: bool = False) -> None:
    """Approve signing requests: their certificates are signed.

    Raises:
        PodlabError: none is named, or one is denied already.
    """
    _answer(command, arguments, filename, force, APPROVED)


def deny(command: Command, *arguments: str, filename: Sequence[str] = (), force: bool = False) -> None:
    """Deny signing requests.

    Raises:
        PodlabError: none is named, or one is approved already.
    """
    _answer(command, arguments, filename, force, DENIED)


def _answer(command: Command, arguments: tuple[str, ...], filename: Sequence[str], force: bool, answer: Answer) -> None:
    if not arguments and not filename:
        raise PodlabError("error: one or more CSRs must be specified as <name> or -f <filename>")
    if arguments and filename:
        raise PodlabError("error: resource/name arguments cannot be provided when a path is specified")
    named = [word if "/" in word else f"{RESOURCE}/{word}" for word in arguments]
    writing = Writing(command, PROGRAM)
    for mapping, found in objects_named(command, named, filename):
        with command.going_on():
            there = {each["type"] for each in (found.get("status") or {}).get("conditions") or []}
            if answer.other in there:
                name = found["metadata"]["name"]
                raise PodlabError(f'error: certificate signing request "{name}" is already {answer.other}')
            changed = _told(command, mapping, found, answer) if force or answer.type not in there else found
            writing.tell(mapping, changed, answer.done)


def _told(command: Command, mapping: Mapping, found: Object, answer: Answer) -> Object:
    """The request as it is once the answer stands in its conditions."""
    status = found.get("status") or {}
    kept = [each for each in status.get("conditions") or [] if each["type"] != answer.type]
    condition = {
        "type": answer.type,
        "status": "True",
        "reason": answer.reason,
        "message": f"This CSR was {answer.done} by kubectl certificate {answer.verb}.",
        "lastUpdateTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    body = {**found, "status": {**status, "conditions": [*kept, condition]}}
    path = mapping.path("", found["metadata"]["name"], "approval")
    query = {"fieldManager": PROGRAM}
    changed: Object = command.client.request("PUT", path, query=query, body=body).json()
    return changed
