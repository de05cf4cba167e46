"""Diagnoses of recorded Pods: what a learner is told in each moment of their lives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podlab.diagnosis import FINDINGS, Finding, diagnose

GOLDEN = Path(__file__).parents[1] / "golden"
LIVES = {
    ("seed", "nginx-pod-example"): ["not-yet-scheduled", "creating", "ready", "terminating"] * 2,
    ("bad-image", "bad"): ["not-yet-scheduled", "creating", "image-not-found", "ready", "terminating"],
    ("bad-name-image", "never"): ["not-yet-scheduled", "creating", "image-never-pulled", "terminating"],
    ("crash-loop", "crash"): [
        *("not-yet-scheduled", "creating", "ready", "last-run-failed"),
        *("restarted", "crash-loop") * 3,
        "terminating",
    ],
    ("completed", "ok"): ["not-yet-scheduled", "creating", "ready", "ending", "completed", "terminating"],
    ("completed", "fail"): ["not-yet-scheduled", "creating", "ready", "failed", "terminating"],
    ("config-env", "missing"): ["not-yet-scheduled", "creating", "missing-config", "terminating"],
    ("init-containers", "init-bad"): ["not-yet-scheduled", "creating", "init-running", "init-failed", "terminating"],
    ("probes", "not-ready"): ["not-yet-scheduled", "creating", "not-ready", "terminating"],
    ("probes", "not-live"): ["not-yet-scheduled", "creating", "ready", "liveness-failed", "terminating"],
    ("kubelet-refusals", "sysctl-unsafe"): ["not-yet-scheduled", "creating", "sysctl-forbidden", "terminating"],
    ("kubelet-refusals", "apparmor-local"): ["not-yet-scheduled", "creating", "apparmor-unavailable", "terminating"],
    ("kubelet-refusals", "seccomp-local"): ["not-yet-scheduled", "creating", "seccomp-profile-missing", "terminating"],
    ("kubelet-refusals", "nonroot"): ["not-yet-scheduled", "creating", "runs-as-root", "terminating"],
    ("kubelet-refusals", "nonroot0"): ["not-yet-scheduled", "creating", "runs-as-root", "terminating"],
    ("kubelet-refusals", "spx-undef"): ["not-yet-scheduled", "creating", "undefined-variable", "terminating"],
    ("kubelet-refusals", "spx-abs"): ["not-yet-scheduled", "creating", "bad-subpath", "terminating"],
    ("kubelet-refusals", "subpath-missing"): ["not-yet-scheduled", "creating", "mount-misfit", "terminating"],
    ("kubelet-refusals", "https-probe"): ["not-yet-scheduled", "creating", "probe-scheme", "terminating"],
    ("kubelet-refusals", "named-port"): ["not-yet-scheduled", "creating", "probe-port-name", "terminating"],
    ("kubelet-own-rules", "rules"): [
        *("not-yet-scheduled", "creating", "ready", "last-run-failed"),
        *("restarted", "crash-loop", "terminating"),
    ],
    ("kubelet-own-rules", "rules-nomatch"): ["not-yet-scheduled", "creating", "ready", "failed", "terminating"],
    ("full-volumes", "late"): [
        "not-yet-scheduled",
        "creating",
        "ready",
        "being-stopped",
        "deadline-exceeded",
        "terminating",
    ],
    ("resources-and-qos", "oom"): ["not-yet-scheduled", "creating", "ready", "out-of-memory", "terminating"],
    ("termination", "held"): ["not-yet-scheduled", "creating", "ready", "held-by-finalizers"],
    ("unschedulable", "big"): ["not-yet-scheduled", "insufficient-resources", "terminating"],
    ("unschedulable", "picky"): ["not-yet-scheduled", "no-matching-node", "terminating"],
}


def stream(scenario: str, resource: str) -> list[dict[str, Any]]:
    path = GOLDEN / scenario / f"watch-{resource}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def findings(scenario: str, name: str) -> list[Finding]:
    """The findings in the order of the Pod's life, each once in a row."""
    told = stream(scenario, "events")
    life: list[Finding] = []
    for event in stream(scenario, "pods"):
        pod, now = event["object"], event["t"] + 0.05
        if pod["metadata"]["name"] != name:
            continue
        mine = [e for e in told if e["t"] <= now and e["object"]["involvedObject"].get("uid") == pod["metadata"]["uid"]]
        finding = diagnose(pod, list({e["object"]["metadata"]["name"]: e["object"] for e in mine}.values()))
        if not life or life[-1].id != finding.id:
            life.append(finding)
    return life


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "wanted"), LIVES.items(), ids=lambda value: "/".join(value) if isinstance(value, tuple) else ""
)
def test_life_of_a_recorded_pod(which: tuple[str, str], wanted: list[str]) -> None:
    assert [finding.id for finding in findings(*which)] == wanted


def test_crash_loop_names_the_exit_code_and_the_log_to_read() -> None:
    loops: list[Finding] = [f for f in findings("crash-loop", "crash") if f.id == "crash-loop"]
    for finding in loops:
        assert "exit code 1" in finding.sentence.en and "app" in finding.sentence.ko
        waits = any("CrashLoopBackOff" in line for line in finding.evidence)
        assert waits or any("Back-off restarting failed container app" in line for line in finding.evidence)
        assert finding.command == "kubectl logs crash -c app" + (" --previous" if waits else "")
        assert not finding.healthy


ENDED = {"terminated": {"exitCode": 0, "reason": "Completed"}}
FAILED = {"terminated": {"exitCode": 3, "reason": "Error"}}
RUNS: dict[str, Any] = {"running": {}}


@pytest.mark.parametrize(
    ("policy", "states", "backed_off", "wanted"),
    [
        ("Always", {"app": ENDED}, False, "last-run-failed"),
        ("Always", {"app": ENDED}, True, "exits-at-once"),
        ("Always", {"side": FAILED, "app": ENDED}, True, "exits-at-once"),
        ("Always", {"app": FAILED}, True, "crash-loop"),
        ("OnFailure", {"app": FAILED}, True, "crash-loop"),
        ("OnFailure", {"app": ENDED}, True, "ending"),
        ("OnFailure", {"app": ENDED, "side": RUNS}, True, "partly-ended"),
        ("Never", {"app": ENDED, "side": RUNS}, False, "partly-ended"),
        ("Never", {"app": FAILED, "side": RUNS}, False, "failed"),
    ],
)
def test_an_end_is_told_by_what_restart_policy_makes_of_it(
    policy: str, states: dict[str, Any], backed_off: bool, wanted: str
) -> None:
    statuses = [{"name": name, "state": state, "restartCount": 1} for name, state in states.items()]
    spec = {"restartPolicy": policy, "containers": [{"name": name} for name in states]}
    pod = {"metadata": {"name": "x"}, "spec": spec, "status": {"phase": "Running", "containerStatuses": statuses}}
    message = "Back-off restarting failed container app in pod x_default(1)"
    finding = diagnose(pod, [{"reason": "BackOff", "message": message}] if backed_off else [])
    assert finding.id == wanted
    assert wanted == "ending" or "ontainer app " in finding.sentence.en


def ran(name: str, policy: str, state: dict[str, Any], last: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Pod that is Ready, with an init container of this policy and fate."""
    init = {"name": name, "state": state, "lastState": last, "restartCount": 3}
    app = {"name": "app", "state": RUNS, "ready": True, "restartCount": 0}
    conditions = [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "True"}]
    status = {"initContainerStatuses": [init], "containerStatuses": [app], "conditions": conditions, "phase": "Running"}
    spec = {"restartPolicy": policy, "initContainers": [{"name": name, **more}], "containers": [{"name": "app"}]}
    return {"metadata": {"name": "x"}, "spec": spec, "status": status}


@pytest.mark.parametrize("policy", ["Always", "OnFailure"])
def test_an_init_container_that_failed_before_it_succeeded_is_no_fault_any_more(policy: str) -> None:
    told = [{"reason": "BackOff", "message": "Back-off restarting failed container setup in pod x_default(1)"}]
    assert diagnose(ran("setup", policy, ENDED, FAILED), told).id == "ready"


def test_a_sidecar_has_a_restart_policy_of_its_own() -> None:
    assert diagnose(ran("helper", "Never", FAILED, {}, restartPolicy="Always")).id != "failed"


@pytest.mark.parametrize("resource", ["memory", "nvidia.com/gpu"])
def test_a_full_stop_behind_a_resource_is_none_of_its_name(resource: str) -> None:
    said = f"0/1 nodes are available: 1 Insufficient {resource}. no new claims to deallocate, preemption: 0/1 nodes …"
    scheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
    pod = {"metadata": {"name": "big"}, "spec": {}, "status": {"phase": "Pending", "conditions": [scheduled]}}
    assert f"as much {resource} left" in diagnose(pod, []).sentence.en


def test_missing_config_names_what_is_missing() -> None:
    finding = next(f for f in findings("config-env", "missing") if f.id == "missing-config")
    assert finding.sentence.en == "Container app needs the configmap nothing-here, which is not there."
    assert finding.command == "kubectl get configmap"


def test_without_events_a_bad_image_is_still_told() -> None:
    pod = next(e["object"] for e in stream("bad-image", "pods") if "ImagePullBackOff" in json.dumps(e["object"]))
    assert diagnose(pod).id in ("image-not-found", "image-pull-failed")


def test_every_rule_has_its_own_id_and_both_languages() -> None:
    assert len({rule.id for rule in FINDINGS}) == len(FINDINGS)
    for rule in FINDINGS:
        for text in (rule.sentence, rule.next_step):
            assert text.ko and text.en and text.ko != text.en and text.en.endswith(".")


@pytest.mark.parametrize("status", [{}, {"phase": "Pending"}, {"phase": "Running", "containerStatuses": []}])
def test_a_pod_with_hardly_a_status_is_told_of(status: dict[str, Any]) -> None:
    assert diagnose({"metadata": {"name": "x"}, "spec": {"containers": []}, "status": status}).command


def seen(spec: dict[str, Any], **status: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "busybox", **spec}
    return {"metadata": {"name": "p"}, "spec": {"containers": [container], "restartPolicy": "Never"}, "status": status}


def ended(code: int) -> list[dict[str, Any]]:
    return [{"name": "c", "ready": False, "state": {"terminated": {"exitCode": code, "reason": "Error"}}}]


def waiting_for_image() -> dict[str, Any]:
    return {"name": "c", "image": "mariadb:11", "ready": False, "state": {"waiting": {"reason": "ErrImagePull"}}}


READY = {"type": "Ready", "status": "True"}
FULL = "Pod was rejected: Node didn't have enough resource: cpu, requested: 500000, used: 950, capacity: 2000"
UNFIT = "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
GROWN = 'Usage of EmptyDir volume "d" exceeds the limit "1Mi". '
NO_DIRECTORY = 'MountVolume.SetUp failed for volume "h" : hostPath type check failed: /nodir is not a directory'
NO_COMMAND = (
    "Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in "
    'container: failed to start exec "1e09": OCI runtime exec failed: exec failed: unable to start container process: '
    'exec: "nope": executable file not found in $PATH'
)


@pytest.mark.parametrize(
    ("pod", "event", "wanted", "words"),
    [
        (seen({}, phase="Failed", reason="OutOfcpu", message=FULL), {}, "node-full", "too little cpu"),
        (seen({}, phase="Failed", reason="NodeAffinity", message=UNFIT), {}, "node-labels-differ", "labels"),
        (seen({}, phase="Failed", reason="Evicted", message=GROWN), {}, "volume-overfull", "sizeLimit of 1Mi"),
        (seen({}, phase="Pending"), {"reason": "FailedMount", "message": NO_DIRECTORY}, "hostpath-type", "/nodir"),
        (
            seen({}, phase="Running", containerStatuses=[{"name": "c", "ready": False, "state": RUNS}]),
            {"reason": "Unhealthy", "message": NO_COMMAND, "involvedObject": {"fieldPath": "spec.containers{c}"}},
            "probe-command-missing",
            "container c has no nope",
        ),
        (
            seen({}, phase="Pending", containerStatuses=[waiting_for_image()]),
            {"reason": "ImageNotSimulated", "message": 'podlab does not simulate the image "mariadb:11"'},
            "image-not-simulated",
            "may well exist",
        ),
        (
            seen({}, phase="Failed", containerStatuses=ended(1)),
            {"reason": "OutsideNotSimulated", "message": 'podlab does not simulate traffic: "example.com" and more'},
            "outside-not-simulated",
            "asked for example.com",
        ),
        (
            seen({}, phase="Running", conditions=[READY]),
            {"reason": "OutsideNotSimulated", "message": 'podlab does not simulate traffic: "8.8.8.8" and more'},
            "ready-without-outside",
            "8.8.8.8 cannot be reached",
        ),
        (
            seen({"securityContext": {"runAsUser": 101}}, phase="Failed", containerStatuses=ended(1)),
            {},
            "restricted-crash",
            "runAsUser: 101",
        ),
        (seen({}, phase="Failed", containerStatuses=ended(1)), {}, "failed", "exit code 1"),
        (
            seen(
                {},
                phase="Running",
                conditions=[
                    READY,
                    {"type": "PodResizePending", "status": "True", "reason": "Deferred", "message": "m"},
                ],
            ),
            {},
            "resize-waits",
            "Deferred",
        ),
    ],
)
def test_what_a_node_refuses_is_named(pod: dict[str, Any], event: dict[str, Any], wanted: str, words: str) -> None:
    finding = diagnose(pod, [event] if event else [])
    assert finding.id == wanted and words in finding.sentence.en
    assert finding.evidence and finding.sentence.ko != finding.sentence.en and finding.next_step.ko
