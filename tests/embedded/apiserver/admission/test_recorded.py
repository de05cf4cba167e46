"""What a real cluster refused of the same manifests, and with which words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from podlab.embedded.apiserver.resource import Writer
from podlab.embedded.apiserver.status import StatusError
from tests.embedded.harness import Api

Obj = dict[str, Any]
GOLDEN = Path(__file__).parents[3] / "golden"
REFUSED = re.compile(r'^Error from server \(\w+\): error when creating "[^"]+": (.*)$', re.M)
LEVEL = "pod-security.kubernetes.io/"


def manifests(scenario: str, file: str) -> list[Obj]:
    """The objects of a recorded scenario's file."""
    return list(yaml.safe_load_all((GOLDEN / scenario / "input" / file).read_text(encoding="utf-8")))


def printed(scenario: str, command: str) -> list[str]:
    """What each run of a command printed."""
    transcript = (GOLDEN / scenario / "transcript.txt").read_text(encoding="utf-8")
    parts = re.split(r"^\[t=[\d.]+\] \$ ", transcript, flags=re.M)
    return [part.partition("\n")[2] for part in parts if part.partition("\n")[0] == command]


def served(api: Api, obj: Obj) -> Any:
    """The kind's resource, None for what is not served."""
    group = obj["apiVersion"].rpartition("/")[0]
    found = (each for each in api.registry.resources.values() if (each.group, each.kind) == (group, obj["kind"]))
    return next(found, None)


def refusals(api: Api, objs: list[Obj], warnings: list[str] | None = None, *, dry_run: bool = False) -> list[str]:
    """What the API server says to the objects that it does not take."""
    found = []
    for obj in objs:
        resource = served(api, obj)
        if resource is None:
            continue
        try:
            namespace = "default" if resource.namespaced else ""
            by = Writer("test", dry_run=dry_run, warnings=warnings)
            api.registry.create(resource, obj, namespace=namespace, by=by)
        except StatusError as error:
            found.append(error.message)
    return found


def _unordered(message: str) -> list[str]:
    """The parts of a refusal whose order is that of a Go map."""
    head, _, rest = message.partition(": ")
    return [head, *sorted(rest.strip("[]").split(", "))]


def _expected(scenario: str, command: str, kinds: tuple[str, ...]) -> list[str]:
    return [text for text in REFUSED.findall(printed(scenario, command)[0]) if text.startswith(kinds)]


@pytest.mark.parametrize("file", ["bad.yaml", "pods.yaml"])
async def test_limit_ranges_refuse_as_recorded(api: Api, file: str) -> None:
    if file == "pods.yaml":
        assert refusals(api, manifests("limit-ranges", "limits.yaml")) == []
    command = f"kubectl {'create' if file == 'bad.yaml' else 'apply'} -f {file}"
    expected = _expected("limit-ranges", command, ("LimitRange", "pods", "Pod", "persistentvolumeclaims"))
    got = refusals(api, manifests("limit-ranges", file))
    assert expected
    assert list(map(_unordered, got)) == list(map(_unordered, expected))


async def test_quotas_are_validated_as_recorded(api: Api) -> None:
    expected = _expected("resource-quotas", "kubectl create -f bad.yaml", ("ResourceQuota",))[
        1:
    ]  # of them one is no YAML
    got = refusals(api, manifests("resource-quotas", "bad.yaml")[1:])
    assert list(map(_unordered, got)) == list(map(_unordered, expected))


async def test_roles_are_validated_as_recorded(api: Api) -> None:
    expected = _expected("rbac-roles", "kubectl apply -f bad.yaml", ("Role", "ClusterRole"))
    got = refusals(api, manifests("rbac-roles", "bad.yaml"))
    assert len(expected) == 4
    assert [text for text in got if "bad2" not in text] == expected


def _label(api: Api, **labels: str) -> list[str]:
    warnings: list[str] = []

    def change(obj: Obj) -> None:
        obj["metadata"]["labels"] = {LEVEL + key.replace("_", "-"): value for key, value in labels.items()}

    namespaces = api.registry.resource("namespaces")
    api.registry.change(namespaces, "default", "", change, subresource="", by=Writer(warnings=warnings))
    return warnings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "labels"),
    [
        (1, {"warn": "restricted"}),
        (2, {"warn": "baseline"}),
        (3, {"enforce": "baseline"}),
        (4, {"enforce": "restricted"}),
        (5, {"enforce": "restricted", "enforce_version": "v1.20"}),
    ],
)
async def test_pod_security_finds_what_was_recorded(api: Api, run: int, labels: dict[str, str]) -> None:
    _label(api, **labels)
    warnings: list[str] = []
    got = refusals(api, manifests("pod-security", "pods.yaml"), warnings, dry_run=True)
    text = printed("pod-security", "kubectl apply -f pods.yaml --dry-run=server")[run]
    assert got == REFUSED.findall(text)
    told = [line.removeprefix("Warning: ") for line in text.splitlines() if line.startswith("Warning: would")]
    assert list(dict.fromkeys(each for each in warnings if each.startswith("would"))) == told


async def test_what_workloads_would_make_is_warned_of(api: Api) -> None:
    _label(api, enforce="restricted")
    warnings: list[str] = []
    workloads = manifests("pod-security", "workloads.yaml")
    assert refusals(api, workloads, warnings, dry_run=True) == []
    text = printed("pod-security", "kubectl apply -f workloads.yaml --dry-run=server")[1]
    assert {f"Warning: {each}" for each in warnings} == {line for line in text.splitlines() if "would" in line}
    assert len(warnings) == len(workloads)


async def test_a_stricter_label_tells_of_the_pods_that_are_there(api: Api) -> None:
    pod = {"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    context = {"privileged": True}
    bad = {**pod, "spec": {"containers": [{"name": "c", "image": "nginx", "securityContext": context}]}}
    refusals(api, [{**pod, "metadata": {"name": "existing2"}}, {**bad, "metadata": {"name": "existing"}}])
    assert _label(api, enforce="baseline")[1:] == ["existing: privileged"]
    assert _label(api, enforce="baseline") == []
    assert _label(api, enforce="restricted")[1:] == [
        "existing2: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile",
        "existing: privileged, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true,"
        " seccompProfile",
    ]
    with pytest.raises(StatusError, match="must be one of privileged, baseline, restricted"):
        _label(api, enforce="wat")


async def test_pods_of_one_owner_are_counted_each(api: Api) -> None:
    """As kind tells of coredns' two Pods, and of what its node owns."""
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "1", "controller": True}
    context = {"privileged": True}
    spec = {"containers": [{"name": "c", "image": "nginx", "securityContext": context}]}
    meta = {"ownerReferences": [owner]}
    pods = [{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": f"web-{n}", **meta}, "spec": spec} for n in "abc"]
    refusals(api, pods)
    assert _label(api, enforce="baseline")[1:] == ["web-a (and 2 other pods): privileged"]
