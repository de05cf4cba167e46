"""`kill -9` at random moments under load: what was acknowledged is there, watches go on, containers keep running.

PODLAB_KILLS=200 kills more often than the few times of the usual run.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.process import Connection, ask, running

KILLS = int(os.environ.get("PODLAB_KILLS", "8"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 10 * KILLS)]
WRITERS = 3
MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"
SCRIPT = "i=0; while true; do echo line $i; i=$((i+1)); sleep 1; done"
GONE = (OSError, http.client.HTTPException, ValueError)


class Load:
    """Writers that remember what the server acknowledged, and a watcher that resumes where it was cut off."""

    def __init__(self, home: Path, version: str) -> None:
        self.home, self.version = home, version
        self.acknowledged: dict[str, int] = {}
        self.seen: list[tuple[int, str, str]] = []
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self._writers = [threading.Thread(target=self._write, args=(each,)) for each in range(WRITERS)]
        self._watcher = threading.Thread(target=self._watch)
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
                self.stopped.wait(0.02)
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
                self.stopped.wait(0.02)

    def _take(self, event: dict[str, Any]) -> None:
        metadata = event["object"]["metadata"]
        self.version = metadata["resourceVersion"]
        self.seen.append((int(self.version), event["type"], metadata["name"]))


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
        load.until(chance.randrange(1, 120))
        process.kill()
    for _ in range(KILLS - 1):
        with running(home) as process:
            load.until(chance.randrange(1, 120))
            process.kill()
    with running(home):
        load.stop()
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
