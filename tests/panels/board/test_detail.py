"""What an opened row tells, from recorded Pods and Events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from podlab import text
from podlab.panels.board.detail import about, detail, line
from tests.panels.replay import recorded

NOW = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def pods(name: str) -> list[dict[str, Any]]:
    return [event["object"] for event in recorded(name)]


def events(name: str) -> list[dict[str, Any]]:
    newest = {event["object"]["metadata"]["uid"]: event["object"] for event in recorded(name, "events")}
    return list(newest.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["seed", "crash-loop", "two-containers", "init-containers", "probes", "bad-image", "unschedulable"]
)
def test_every_recorded_pod_has_a_detail(name: str) -> None:
    for pod in pods(name):
        for pane in ("", "describe", "yaml", "logs:x"):
            told = detail(pod, about(pod, events(name)), pane, "log", NOW)
            assert [c["name"] for c in told["containers"]][-1] in [c["name"] for c in pod["spec"]["containers"]]
            assert bool(told["text"]) == bool(pane)


def test_a_crash_shows_its_exit_code_and_the_state_before() -> None:
    told = [detail(pod, [], "", "", NOW)["containers"][0] for pod in pods("crash-loop")]
    assert any(container["exit"] and container["exit"]["code"] for container in told)
    assert any(container["last"] and container["last"]["code"] for container in told)
    assert any("back-off" in container["message"] for container in told)


def test_probes_are_said_as_describe_says_them() -> None:
    told = [c["probes"] for pod in pods("probes") for c in detail(pod, [], "", "", NOW)["containers"]]
    assert any(probe.startswith(("readiness: http-get", "liveness: ")) for probes in told for probe in probes)


def test_events_are_the_pods_own_and_in_order() -> None:
    pod = pods("seed")[0]
    told = detail(pod, about(pod, events("seed")), "", "", NOW)["events"]
    assert [event["reason"] for event in told][:2] == ["Scheduled", "Pulling"]
    assert len(told) < len(events("seed"))
    assert [event["time"] for event in told] == sorted(event["time"] for event in told)


def test_events_say_which_container_they_are_about() -> None:
    about_spec = {"kind": "Pod", "uid": "u", "fieldPath": "spec.containers{web}"}
    pod = {"metadata": {"name": "p", "uid": "u"}, "spec": {"containers": [{"name": "web", "image": "i"}]}}
    event = {"metadata": {"name": "e"}, "involvedObject": about_spec, "reason": "Started"}
    whole = {"metadata": {"name": "f"}, "involvedObject": {"uid": "u"}, "reason": "Scheduled"}
    told = detail(pod, [event, whole], "", "", datetime(2026, 1, 1, tzinfo=UTC))["events"]
    assert [each["container"] for each in told] == ["web", ""]


def test_the_yaml_is_without_managed_fields() -> None:
    shown = detail(pods("seed")[-1], [], "yaml", "", NOW)["text"]
    assert shown.startswith("apiVersion: v1\nkind: Pod\n") or "kind: Pod\n" in shown
    assert "managedFields" not in shown


@pytest.mark.parametrize(
    ("pane", "expected"),
    [
        ("", "kubectl get pod web"),
        ("describe", "kubectl describe pod web"),
        ("yaml", "kubectl get pod web -o yaml"),
        ("logs:c", "kubectl logs -f web -c c"),
    ],
)
def test_each_pane_has_its_kubectl_line(pane: str, expected: str) -> None:
    assert line({"metadata": {"name": "web", "namespace": "default"}}, pane) == expected
    assert line({"metadata": {"name": "web", "namespace": "dev"}}, pane) == f"{expected} -n dev"
