"""`kill -9` at random moments under load: what was acknowledged is there, watches go on, containers keep running.

Rollouts that are under way end right: with as many Pods as are wanted, all of the template that was written last; and
no Job has more Pods than it needs.

PODLAB_KILLS=200 kills more often than the few times of the usual run, and PODLAB_SEED=7 at other moments.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.process import Connection, ask, running

KILLS = int(os.environ.get("PODLAB_KILLS", "8"))
SEED = int(os.environ.get("PODLAB_SEED", KILLS))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 60 * KILLS)]
WRITERS = 3
MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
SCRIPT = "i=0; while true; do echo line $i; i=$((i+1)); sleep 1; done"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
SETS = "/apis/apps/v1/namespaces/default/statefulsets"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
REPLICAS = 3
COMPLETIONS = 3
ROLLOUTS = {"first": DEPLOYMENTS, "second": DEPLOYMENTS, "third": SETS}
"""Each is under a path of its own."""
PATCH = "application/merge-patch+json"
GONE = (OSError, http.client.HTTPException, ValueError)


class Load:
    """Writers that remember what the server acknowledged, and a watcher that resumes where it was cut off."""

    def __init__(self, home: Path, version: str) -> None:
        self.home, self.version = home, version
        self.acknowledged: dict[str, int] = {}
        self.seen: list[tuple[int, str, str]] = []
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self._writers = [threading.Thread(target=self._write, args=(each,), daemon=True) for each in range(WRITERS)]
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        for thread in (*self._writers, self._watcher):
            thread.start()

    def stop(self) -> None:
        """End the writers, then the watcher, by a last write that it waits for; the server must answer."""
        self.stopped.set()
        for thread in self._writers:
            thread.join(30)
            assert not thread.is_alive()
        assert ask(self.home, MAPS, "POST", {"metadata": {"name": "the-last"}})[0] == 201
        self._watcher.join(30)
        assert not self._watcher.is_alive()

    def until(self, writes: int) -> None:
        """Wait until so many writes more are acknowledged."""
        with self.changed:
            target = len(self.acknowledged) + writes
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= target, timeout=60)

    def _write(self, writer: int) -> None:
        number, connection = 0, None
        while not self.stopped.is_set():
            number += 1
            name = f"w{writer}-{number}"
            try:
                connection = connection or Connection(self.home)
                status, found = connection.ask(MAPS, "POST", {"metadata": {"name": name}, "data": {"n": str(number)}})
            except GONE:
                connection = None
                self.stopped.wait(0.05)
                continue
            assert status == 201, found
            with self.changed:
                self.acknowledged[name] = int(found["metadata"]["resourceVersion"])
                self.changed.notify_all()

    def _watch(self) -> None:
        while True:
            try:
                answer = Connection(self.home).open(f"{MAPS}?watch=1&resourceVersion={self.version}")
                for line in answer:
                    self._take(json.loads(line))
                    if self.seen[-1][2] == "the-last":
                        return
            except GONE:
                self.stopped.wait(0.05)

    def _take(self, event: dict[str, Any]) -> None:
        metadata = event["object"]["metadata"]
        self.version = metadata["resourceVersion"]
        self.seen.append((int(self.version), event["type"], metadata["name"]))


class Rollouts:
    """Templates of Deployments and of a StatefulSet that change again and again, and Jobs.

    A watcher of their Pods never lists them again.
    """

    def __init__(self, home: Path, chance: random.Random) -> None:
        self._home, self._chance = home, chance
        self.jobs = 0
        for name, path in ROLLOUTS.items():
            assert ask(home, path, "POST", owner(name, path))[0] == 201
        self.wanted = dict.fromkeys(ROLLOUTS, "0")
        listed = ask(home, f"{PODS}?labelSelector=app")[1]
        self.pods = {pod["metadata"]["uid"]: pod for pod in listed["items"]}
        self.version = listed["metadata"]["resourceVersion"]
        self.wrong: list[str] = []
        self._stopped = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def next(self, number: int) -> None:
        """Write another template for one of them, and sometimes a Job."""
        if self._chance.random() < 0.3:
            assert Connection(self._home).ask(JOBS, "POST", job(f"job-{self.jobs}"))[0] == 201
            self.jobs += 1
        name = self._chance.choice(list(ROLLOUTS))
        container = {"name": "c", "image": "nginx:latest", "env": [{"name": "N", "value": str(number)}]}
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        status, found = Connection(self._home).ask(f"{ROLLOUTS[name]}/{name}", "PATCH", body, PATCH)
        assert status == 200, found
        self.wanted[name] = str(number)

    def _watch(self) -> None:
        while not self._stopped.is_set():
            try:
                path = f"{PODS}?watch=1&labelSelector=app&timeoutSeconds=2&resourceVersion={self.version}"
                for line in Connection(self._home).open(path):
                    self._take(json.loads(line))
            except GONE:
                self._stopped.wait(0.05)

    def _take(self, event: dict[str, Any]) -> None:
        kind, pod = event["type"], event["object"]
        uid = pod["metadata"].get("uid")
        if kind == "ERROR" or (kind == "ADDED") == (uid in self.pods):
            self.wrong.append(f"{kind} {pod}")
        self.version = pod["metadata"].get("resourceVersion", self.version)
        self.pods[uid] = pod
        if kind == "DELETED":
            del self.pods[uid]

    def settled(self) -> bool:
        """Whether all are as they were wanted last."""
        done = (ask(self._home, f"{path}/{name}")[1] for name, path in ROLLOUTS.items())
        whole = all(complete(each) for each in done)
        jobs = ask(self._home, JOBS)[1]["items"]
        ended = [
            each for each in jobs if each["status"].get("succeeded") == COMPLETIONS and "active" not in each["status"]
        ]
        here = len(ask(self._home, f"{PODS}?labelSelector=app")[1]["items"])
        return whole and len(ended) == self.jobs and here == REPLICAS * len(ROLLOUTS) + COMPLETIONS * self.jobs

    def stop(self) -> None:
        """The watcher has seen each change once, in order, and what it knows is what there is."""
        deadline = time.monotonic() + 120
        while not self.settled():
            assert time.monotonic() < deadline, self.state()
            self._stopped.wait(0.2)
        there = ask(self._home, f"{PODS}?labelSelector=app")[1]["items"]
        while int(self.version) < max(int(pod["metadata"]["resourceVersion"]) for pod in there):
            assert time.monotonic() < deadline
            self._stopped.wait(0.1)
        self._stopped.set()
        self._watcher.join(30)
        assert not self._watcher.is_alive()
        assert not self.wrong
        known, listed = (
            {pod["metadata"]["uid"]: pod["metadata"] for pod in pods} for pods in (self.pods.values(), there)
        )
        assert known == listed
        found: dict[str, list[str]] = {}
        for pod in there:
            found.setdefault(pod["metadata"]["labels"]["app"], []).append(
                pod["spec"]["containers"][0]["env"][0]["value"]
            )
        jobs = {f"job-{number}": ["job"] * COMPLETIONS for number in range(self.jobs)}
        assert found == {name: [number] * REPLICAS for name, number in self.wanted.items()} | jobs

    def state(self) -> str:
        """What there is, for who has to find out why it is not what was wanted."""
        pods = ask(self._home, f"{PODS}?labelSelector=app")[1]["items"]
        owners = [ask(self._home, f"{path}/{name}")[1]["status"] for name, path in ROLLOUTS.items()]
        return json.dumps([owners, self.wanted, [[pod["metadata"]["name"], pod["status"]] for pod in pods]])


def template(name: str, value: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "nginx:latest", "env": [{"name": "N", "value": value}]}
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container | spec.pop("more", {})], **spec}}


def owner(name: str, path: str) -> dict[str, Any]:
    spec = {"replicas": REPLICAS, "selector": {"matchLabels": {"app": name}}, "template": template(name, "0")}
    return {"metadata": {"name": name}, "spec": spec | {"minReadySeconds": 1 if path == DEPLOYMENTS else 0}}


def job(name: str) -> dict[str, Any]:
    work = {"image": "busybox:latest", "command": ["sh", "-c", "sleep 1; echo done"]}
    spec = {"completions": COMPLETIONS, "parallelism": 2, "backoffLimit": 0}
    return {
        "metadata": {"name": name},
        "spec": spec | {"template": template(name, "job", more=work, restartPolicy="Never")},
    }


def complete(owner: dict[str, Any]) -> bool:
    status, counts = owner["status"], ("replicas", "updatedReplicas", "availableReplicas")
    seen = status.get("observedGeneration") == owner["metadata"]["generation"]
    return seen and all(status.get(count) == REPLICAS for count in counts)


def identity(pod: dict[str, Any]) -> list[Any]:
    return [
        [c["containerID"], c["restartCount"], c["state"]["running"]["startedAt"]]
        for c in pod["status"]["containerStatuses"]
    ]


def ready_pod(home: Path) -> dict[str, Any]:
    containers = [
        {"name": "web", "image": "nginx:latest"},
        {"name": "talker", "image": "busybox:latest", "command": ["sh", "-c", SCRIPT]},
    ]
    assert ask(home, PODS, "POST", {"metadata": {"name": "long"}, "spec": {"containers": containers}})[0] == 201
    watch = Connection(home).open(f"{PODS}?watch=1&fieldSelector=metadata.name%3Dlong&timeoutSeconds=30")
    for line in watch:
        pod: dict[str, Any] = json.loads(line)["object"]
        if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", ())):
            return pod
    raise AssertionError("the Pod did not become Ready")


def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(SEED)
    print("seed", SEED)
    with running(home) as process:
        before = ready_pod(home)
        load = Load(home, ask(home, MAPS)[1]["metadata"]["resourceVersion"])
        rollouts = Rollouts(home, chance)
        load.until(chance.randrange(1, 120))
        process.kill()
    for number in range(1, KILLS):
        with running(home) as process:
            rollouts.next(number)
            load.until(chance.randrange(1, 120))
            process.kill()
    with running(home):
        load.stop()
        rollouts.stop()
        there = {obj["metadata"]["name"]: obj for obj in ask(home, MAPS)[1]["items"]}
        lost = [name for name in load.acknowledged if name not in there]
        assert not lost
        assert all(int(there[n]["metadata"]["resourceVersion"]) == rv for n, rv in load.acknowledged.items())
        revisions = [revision for revision, _, _ in load.seen]
        assert revisions == sorted(set(revisions))
        told = {name for _, kind, name in load.seen if kind == "ADDED"}
        assert told == {name for name in there if name != "kube-root-ca.crt"}
        assert identity(ask(home, f"{PODS}/long")[1]) == identity(before)
        log = ask(home, f"{PODS}/long/log?container=talker")[1].splitlines()
        assert log == [f"line {number}" for number in range(len(log))]
        assert log
