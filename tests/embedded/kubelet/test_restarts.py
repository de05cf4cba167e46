"""Which containers begin again: by their own policy, their rules, their Pod's policy, and what ends a Pod."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from podlab.embedded.kubelet.status import podspecs
from tests.embedded.simulation import Simulation, logs

Obj = dict[str, Any]


def container(command: str, name: str = "c", **more: Any) -> Obj:
    return {"name": name, "image": "busybox", "command": ["sh", "-c", command], **more}


def pod(*containers: Obj, **spec: Any) -> Obj:
    rest = {"terminationGracePeriodSeconds": 1, "restartPolicy": "Never", **spec}
    return {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": list(containers), **rest}}


def rule(action: str, operator: str = "In", *codes: int) -> Obj:
    rules = [{"action": action, "exitCodes": {"operator": operator, "values": list(codes or (42,))}}]
    return {"restartPolicy": "Never", "restartPolicyRules": rules}


def told(sim: Simulation) -> list[tuple[str, str]]:
    return [(event["object"]["reason"], event["object"]["message"]) for event in sim.seen["events"]]


@pytest.mark.parametrize(
    ("own", "policy", "code", "wanted"),
    [
        (rule("Restart"), "Never", 42, True),
        (rule("Restart"), "Never", 1, False),
        (rule("Restart", "NotIn"), "Never", 3, True),
        (rule("Restart", "NotIn"), "Never", 42, False),
        ({"restartPolicy": "Always"}, "Never", 0, True),
        ({"restartPolicy": "OnFailure"}, "Never", 5, True),
        ({"restartPolicy": "OnFailure"}, "Always", 0, False),
        ({"restartPolicy": "Never"}, "Always", 3, False),
        ({}, "OnFailure", 0, False),
        ({}, "Always", 0, True),
    ],
)
def test_a_containers_own_word_counts_before_its_pods(own: Obj, policy: str, code: int, wanted: bool) -> None:
    made = pod(container("true", **own), restartPolicy=policy)
    assert podspecs.restarted(made["spec"]["containers"][0], made, code) is wanted


@pytest.mark.parametrize(
    ("made", "phase", "restarts"),
    [
        (pod(container("exit 42", **rule("Restart"))), "Running", 1),
        (pod(container("exit 1", **rule("Restart"))), "Failed", 0),
        (pod(container("exit 3", restartPolicy="Never"), restartPolicy="Always"), "Failed", 0),
        (pod(container("exit 0", restartPolicy="Always")), "Running", 1),
        (
            pod(container("exit 3", restartPolicy="Never"), container("sleep 60", "b"), restartPolicy="Always"),
            "Running",
            0,
        ),
        (
            pod(
                container("sleep 60"),
                initContainers=[container("exit 3", "i", restartPolicy="Never")],
                restartPolicy="Always",
            ),
            "Failed",
            0,
        ),
        (
            pod(container("sleep 60"), initContainers=[container("exit 3", "i", restartPolicy="OnFailure")]),
            "Pending",
            1,
        ),
    ],
)
async def test_the_phase_follows_what_will_run_again(sim: Simulation, made: Obj, phase: str, restarts: int) -> None:
    sim.create(made)
    await sim.run(8)
    status = sim.pod("p")["status"]
    first = (status.get("initContainerStatuses") or status["containerStatuses"])[0]
    assert (status["phase"], first["restartCount"]) == (phase, restarts)


async def test_one_containers_end_begins_the_whole_pod_again(sim: Simulation) -> None:
    again = container("sleep 4; exit 42", "a", **rule("RestartAllContainers"))
    sim.create(pod(again, container("sleep 60", "b"), initContainers=[container("sleep 1", "i")]))
    await sim.until(lambda: sim.ready("p"), limit=20)
    await sim.until(lambda: condition(sim)["status"] == "True", limit=20)
    assert condition(sim)["reason"] == "RestartAllContainersStarted"
    await sim.until(lambda: sim.ready("p") and condition(sim)["status"] == "False", limit=20)
    status = sim.pod("p")["status"]
    both = [*status["initContainerStatuses"], *status["containerStatuses"]]
    assert [one["restartCount"] for one in both] == [1, 1, 1]
    assert {one["lastState"]["terminated"]["reason"] for one in both} == {"RestartingAllContainers"}
    assert ("Killing", "killing") in told(sim)
    phases = [event["object"]["status"].get("phase") for event in sim.seen["pods"]]
    assert [phase for phase, _ in itertools.groupby(phases)] == ["Pending", "Running", "Pending", "Running"]


def condition(sim: Simulation) -> Obj:
    found = sim.pod("p")["status"]["conditions"]
    return next(dict(each) for each in found if each["type"] == "AllContainersRestarting")


async def test_a_hook_that_outlasts_the_grace_period_is_ended(sim: Simulation) -> None:
    hook = {"preStop": {"exec": {"command": ["sleep", "60"]}}}
    sim.create(pod(container("sleep 600", lifecycle=hook), terminationGracePeriodSeconds=5))
    await sim.until(lambda: sim.ready("p"), limit=10)
    began = sim.clock.now()
    sim.delete("p")
    await sim.until(lambda: sim.gone("p"), limit=20)
    assert 7 <= sim.clock.now() - began < 10
    assert ("FailedPreStopHook", "PreStopHook failed") in told(sim)


async def test_a_hook_that_asks_is_content_with_any_answer(sim: Simulation) -> None:
    hook = {"postStart": {"httpGet": {"port": 80, "path": "/nothing"}}}
    sim.create(pod({"name": "c", "image": "nginx", "lifecycle": hook}))
    await sim.until(lambda: sim.ready("p"), limit=5)
    assert not [reason for reason, _ in told(sim) if reason == "FailedPostStartHook"]


async def test_a_failed_hook_is_followed_by_the_back_off(sim: Simulation) -> None:
    hook = {"postStart": {"exec": {"command": ["sh", "-c", "exit 3"]}}}
    sim.create(pod(container("sleep 60", lifecycle=hook), restartPolicy="Always"))
    reasons: list[str] = []

    def note() -> bool:
        state = sim.pod("p")["status"].get("containerStatuses", [{}])[0].get("state", {})
        reason = state.get("waiting", {}).get("reason", "")
        if reasons[-1:] != [reason]:
            reasons.append(reason)
        return reasons[-1] == "CrashLoopBackOff"

    await sim.until(note, limit=12)
    assert reasons[-2:] == ["PostStartHookError", "CrashLoopBackOff"]


@pytest.mark.parametrize(
    ("spec", "resources", "reason", "message"),
    [
        (
            {},
            {"requests": {"cpu": "500"}},
            "OutOfcpu",
            "Node didn't have enough resource: cpu, requested: 500000, used: 0, capacity: 2000",
        ),
        (
            {"nodeSelector": {"no": "such"}},
            {},
            "NodeAffinity",
            "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        ),
    ],
)
async def test_a_node_does_not_take_what_it_cannot_hold(
    sim: Simulation, spec: Obj, resources: Obj, reason: str, message: str
) -> None:
    sim.create(pod(container("sleep 60", resources=resources), nodeName="lab-control-plane", **spec))
    await sim.until(lambda: sim.phase("p") == "Failed", limit=5)
    status = sim.pod("p")["status"]
    assert status["reason"] == reason
    if reason == "OutOfcpu":  # what runs on the node already is not the point
        message, status["message"] = (text.partition(", used: ")[0] for text in (message, status["message"]))
    assert status["message"] == f"Pod was rejected: {message}"


@pytest.mark.parametrize(
    ("target", "limits", "message"),
    [
        ("/big", ["2Ki"], "Pod ephemeral local storage usage exceeds the total limit of containers 2Ki. "),
        ("/d/big", ["2Ki"], "Pod ephemeral local storage usage exceeds the total limit of containers 2Ki. "),
        ("/big", ["2Ki", "1Mi"], 'Container c exceeded its local ephemeral storage limit "2Ki". '),
        ("/dev/stdout", ["1Ki"], "Pod ephemeral local storage usage exceeds the total limit of containers 1Ki. "),
    ],
)
async def test_what_writes_more_than_it_may_ends_the_pod(
    sim: Simulation, target: str, limits: list[str], message: str
) -> None:
    """As kind does with a limit of 2Mi and a file of 5Mi."""
    mount = {"volumeMounts": [{"name": "d", "mountPath": "/d"}]}
    made = [
        container(f"seq 1 2000 > {target}; sleep 600", **mount, resources={"limits": {"ephemeral-storage": limits[0]}}),
        *(
            container("sleep 600", name="other", resources={"limits": {"ephemeral-storage": limit}})
            for limit in limits[1:]
        ),
    ]
    sim.create(pod(*made, restartPolicy="Always", volumes=[{"name": "d", "emptyDir": {}}]))
    await sim.until(lambda: sim.phase("p") == "Failed", limit=120)
    status = sim.pod("p")["status"]
    assert (status["reason"], status["message"]) == ("Evicted", message)
    assert "ephemeral-storage" in status["allocatedResources"]


async def test_a_volume_in_memory_takes_whole_pages(sim: Simulation) -> None:
    """Recorded on kind: what is left of 8Mi beside a file of two bytes, and what dd still wrote."""
    script = "echo b > /m/b; df -h /m | tail -1; dd if=/dev/zero of=/m/big bs=1M count=10; stat -c %s /m/big; sleep 600"
    volumes = [{"name": "m", "emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}}]
    sim.create(pod(container(script, volumeMounts=[{"name": "m", "mountPath": "/m"}]), volumes=volumes))
    await sim.until(lambda: sim.phase("p") == "Running")
    assert (await logs(sim, "p")).splitlines() == [
        "tmpfs                     8.0M      4.0K      8.0M   0% /m",
        "dd: error writing '/m/big': No space left on device",
        "8+0 records in",
        "7+0 records out",
        "8384512",
    ]


@pytest.mark.parametrize(("limit", "size"), [("64Mi", "64.0M"), ("16Mi", "16.0M"), (None, "")])
async def test_a_volume_says_when_it_is_the_simulation_that_holds_no_more(
    sim: Simulation, limit: str | None, size: str
) -> None:
    source = {"medium": "Memory", "sizeLimit": limit} if limit else {}
    script = "df -h /m | tail -1; dd if=/dev/zero of=/m/big bs=1M count=20; fallocate -l 20M /m/f; sleep 600"
    mounts = [{"name": "m", "mountPath": "/m"}]
    sim.create(pod(container(script, volumeMounts=mounts), volumes=[{"name": "m", "emptyDir": source}]))
    await sim.until(lambda: sim.phase("p") == "Running")
    disk, wrote, *_, allocated = (await logs(sim, "p")).splitlines()
    assert size in disk
    said = "No space left on device"
    ours = f"{said}: podlab simulates at most 16 MiB of files in a volume"
    assert wrote == f"dd: error writing '/m/big': {said if limit == '16Mi' else ours}"
    assert allocated == f"fallocate: fallocate '/m/f': {ours}"


async def test_a_volume_that_outgrows_its_limit_ends_the_pod(sim: Simulation) -> None:
    mount = {"volumeMounts": [{"name": "d", "mountPath": "/d"}]}
    fills = container("head -c 3000 /etc/passwd > /d/x; seq 1 2000 >> /d/x; sleep 600", **mount)
    volumes = [{"name": "d", "emptyDir": {"sizeLimit": "1Ki"}}]
    sim.create(pod(fills, restartPolicy="Always", volumes=volumes))
    await sim.until(lambda: sim.phase("p") == "Failed", limit=90)
    status = sim.pod("p")["status"]
    message = 'Usage of EmptyDir volume "d" exceeds the limit "1Ki". '
    assert (status["reason"], status["message"]) == ("Evicted", message)
    assert status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137
    assert told(sim)[-2:] == [("Evicted", message), ("Killing", "Stopping container c")]
    states = [event["object"]["status"] for event in sim.seen["pods"] if "status" in event["object"]]
    before = [state for state in states if state["phase"] == "Running"]
    assert all("reason" not in state for state in before)  # what runs is ready until its end has been carried out
    assert [c["status"] for c in before[-1]["conditions"] if c["type"] == "Ready"] == ["True"]
    id_ = status["containerStatuses"][0]["containerID"]
    assert await logs(sim, "p") == f"unable to retrieve container logs for {id_}"


async def test_a_late_pod_is_not_ready_and_says_why_when_nothing_of_it_runs(sim: Simulation) -> None:
    sim.create(pod(container("sleep 600"), activeDeadlineSeconds=3, terminationGracePeriodSeconds=2))
    await sim.until(lambda: sim.phase("p") == "Failed", limit=30)
    states = [event["object"]["status"] for event in sim.seen["pods"]]
    late = next(state for state in states if any(c.get("reason") == "PodFailed" for c in state.get("conditions", ())))
    assert (late["phase"], late.get("reason")) == ("Running", None)
    assert states[-1]["reason"] == "DeadlineExceeded"
