"""`kill -9` at random moments under load: what was acknowledged is there, watches go on, containers keep running.

Rollouts that are under way end right: with as many Pods as are wanted, all of the template that was written last.

PODLAB_KILLS=200 kills more often than the few times of the usual run, at other moments with each number.
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
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 60 * KILLS)]
WRITERS = 3
MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
SCRIPT = "i=0; while true; do echo line $i; i=$((i+1)); sleep 1; done"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
REPLICAS = 3
ROLLOUTS = ("first", "second")
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
    """Deployments whose template changes again and again, and a watcher of their Pods that never lists them again."""

    def __init__(self, home: Path, chance: random.Random) -> None:
        self._home, self._chance = home, chance
        for name in ROLLOUTS:
            assert ask(home, DEPLOYMENTS, "POST", deployment(name))[0] == 201
        self.wanted = dict.fromkeys(ROLLOUTS, "0")
        listed = ask(home, f"{PODS}?labelSelector=app")[1]
        self.pods = {pod["metadata"]["uid"]: pod for pod in listed["items"]}
        self.version = listed["metadata"]["resourceVersion"]
        self.wrong: list[str] = []
        self._stopped = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def next(self, number: int) -> None:
        """Write another template for one of them."""
        name = self._chance.choice(ROLLOUTS)
        container = {"name": "c", "image": "nginx:latest", "env": [{"name": "N", "value": str(number)}]}
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        status, found = Connection(self._home).ask(f"{DEPLOYMENTS}/{name}", "PATCH", body, PATCH)
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
        done = (ask(self._home, f"{DEPLOYMENTS}/{name}")[1] for name in ROLLOUTS)
        whole = all(complete(each) for each in done)
        return whole and len(ask(self._home, f"{PODS}?labelSelector=app")[1]["items"]) == REPLICAS * len(ROLLOUTS)

    def stop(self) -> None:
        """The watcher has seen each change once, in order, and what it knows is what there is."""
        deadline = time.monotonic() + 120
        while not self.settled():
            assert time.monotonic() < deadline, ask(self._home, f"{PODS}?labelSelector=app")
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
        found = {pod["metadata"]["labels"]["app"]: set[str]() for pod in there}
        for pod in there:
            found[pod["metadata"]["labels"]["app"]].add(pod["spec"]["containers"][0]["env"][0]["value"])
        assert found == {name: {number} for name, number in self.wanted.items()}


def deployment(name: str) -> dict[str, Any]:
    container = {"name": "c", "image": "nginx:latest", "env": [{"name": "N", "value": "0"}]}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": REPLICAS, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"metadata": {"name": name}, "spec": spec | {"minReadySeconds": 1}}


def complete(deployment: dict[str, Any]) -> bool:
    status, counts = deployment["status"], ("replicas", "updatedReplicas", "availableReplicas")
    seen = status.get("observedGeneration") == deployment["metadata"]["generation"]
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
    home, chance = tmp_path / "home", random.Random(KILLS)
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
