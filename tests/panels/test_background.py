"""Panels where there are no threads, as in a browser tab: all of it is turns of one loop, whose time is naps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab.client import Client
from podlab.clusters.tab import Tab
from podlab.embedded.clock import RealClock
from podlab.embedded.stepping import SteppingClock
from podlab.errors import PodlabError
from podlab.kubeconfig import eventloop
from podlab.kubeconfig.eventloop import EventLoop
from podlab.kubectl import Kubectl
from podlab.panels import PodBoard, background, writer
from podlab.panels.feed import feed
from podlab.panels.logs import Tail
from podlab.panels.worker import Worker
from tests.virtualtime import Naps, shared_loop

PODS = "/api/v1/namespaces/default/pods"


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EventLoop]:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    before = set(threading.enumerate())
    with shared_loop() as made:
        yield made
        assert not set(threading.enumerate()) - before


@pytest.fixture
def client(loop: EventLoop) -> Iterator[Client]:
    provider = Tab(SteppingClock)
    cluster = provider.up("lab")
    yield Client(cluster.kubeconfig)
    provider.down(cluster)


def test_what_is_begun_is_done_in_a_later_turn(loop: EventLoop) -> None:
    done: list[str] = []
    work = background.begin(lambda: done.append("done"), "test")
    assert done == []
    work.join()
    assert done == ["done"]


def test_steps_rest_as_long_as_they_say(loop: EventLoop) -> None:
    times: list[float] = []

    def steps() -> background.Rests:
        for rest in (0.0, 2.0, None, 1.0):
            times.append(loop.time())
            yield rest

    def news() -> Any:
        return loop.create_task(_later(5.0))

    background.repeat(steps, "test", threading.Event(), news).join()
    assert [round(each - times[0]) for each in times] == [0, 0, 2, 7]


async def _later(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


def test_a_feed_follows_what_happens(client: Client) -> None:
    events: list[str] = []
    followed = feed(client, PODS)
    listener = lambda event: events.append(event["type"])  # noqa: E731
    followed.follow(listener)
    eventloop.pause(0.1)
    assert (events, followed.connection) == (["LISTED"], "live")
    kubectl = Kubectl(client)
    kubectl.run("web", image="nginx:1.27")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    eventloop.pause(0.1)
    assert events[1] == "ADDED" and events[-1] == "MODIFIED"
    assert [pod["status"]["phase"] for pod in followed.objects()] == ["Running"]
    followed.leave(listener)
    kubectl.delete("pod", "web")
    count = len(events)
    eventloop.pause(60)
    assert len(events) == count


def test_a_feed_that_was_left_can_be_followed_again(client: Client) -> None:
    events: list[str] = []
    followed = feed(client, PODS)
    listener = lambda event: events.append(event["type"])  # noqa: E731
    followed.follow(listener)
    eventloop.pause(0.1)
    followed.leave(listener)
    client.get(PODS)  # something arrives, and the feed sees that it was left
    eventloop.pause(0.1)
    followed.follow(listener)
    eventloop.pause(0.1)
    assert events == ["LISTED", "LISTED"]


def test_a_board_shows_a_pod_while_a_cell_waits_for_it(client: Client) -> None:
    board, kubectl = PodBoard(client), Kubectl(client)
    board._repr_mimebundle_()
    shown: list[str] = []
    board.observe(lambda change: shown.extend(row["status"] for row in change["new"]), "rows")
    kubectl.run("web", image="nginx:1.27")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    eventloop.pause(0.2)
    assert shown[-1] == "Running"
    board.close()


def test_jobs_are_done_in_order_and_the_later_of_one_name(loop: EventLoop) -> None:
    done: list[str] = []
    worker = Worker("test", lambda error: done.append(repr(error)))
    worker.do("a", lambda: done.append("a1"))
    worker.do("b", lambda: 1 / 0)
    worker.do("a", lambda: done.append("a2"))
    eventloop.pause(0.1)
    assert done == ["ZeroDivisionError('division by zero')", "a2"]


class Drawn:
    """Says when it was written."""

    def __init__(self, loop: EventLoop, deadline: float | None = None) -> None:
        self.loop, self.deadline = loop, deadline
        self.times: list[float] = []
        self.expired: list[float] = []

    def write(self) -> None:
        self.times.append(self.loop.time())

    def expire(self, now: float) -> float | None:
        self.expired.append(now)
        return self.deadline


def test_traits_are_written_ten_times_a_second_at_most(loop: EventLoop) -> None:
    panel = Drawn(loop)
    for _ in range(20):
        writer.schedule(panel)
        eventloop.pause(0.02)
    assert 3 <= len(panel.times) <= 5
    gaps = [round(later - earlier, 3) for earlier, later in zip(panel.times, panel.times[1:], strict=False)]
    assert min(gaps) >= round(writer.PAUSE, 3)
    eventloop.pause(1)
    count = len(panel.times)
    eventloop.pause(60)
    assert len(panel.times) == count


def test_logs_of_two_containers_come_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    naps = Naps()
    provider = Tab(lambda: RealClock(wall=naps.wall))
    each = [
        {"name": name, "image": "busybox", "command": ["sh", "-c", f"sleep {wait}; echo {name}; sleep 20; echo end"]}
        for name, wait in (("one", 40), ("two", 20))  # it has to be seen Ready
    ]
    pod = {"metadata": {"name": "both"}, "spec": {"containers": each, "restartPolicy": "Never"}}
    with shared_loop(naps):
        cluster = provider.up("lab")
        eventloop.pause(10)  # until the namespace has its account
        client = Client(cluster.kubeconfig)
        client.request("POST", PODS, body=pod)
        kubectl = Kubectl(client)
        kubectl.wait("pod/both", for_="condition=Ready", timeout="60s")
        told = str(kubectl.logs("both", all_containers=True, follow=True, prefix=True))
        provider.down(cluster)
    lines = told.splitlines()
    words = ("one end", "one one", "two end", "two two")
    assert sorted(lines) == ["[pod/both/{}] {}".format(*each.split()) for each in words]
    assert lines.index("[pod/both/two] two") < lines.index("[pod/both/one] end")


def test_no_port_is_forwarded_and_the_ways_around_are_told(client: Client) -> None:
    kubectl = Kubectl(client)
    with pytest.raises(PodlabError, match='pods "web" not found'):
        kubectl.port_forward("pod/web", "8080:80")
    kubectl.run("web", image="nginx:1.27")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    with pytest.raises(PodlabError, match="unable to listen on any of the requested ports") as found:
        kubectl.port_forward("pod/web", "8080:80")
    assert "--raw" in str(found.value.hint)


def test_a_log_is_followed(client: Client) -> None:
    kubectl = Kubectl(client)
    kubectl.run("web", image="nginx:1.27")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    told: list[str] = []
    tail = Tail(client, f"{PODS}/web", "web", lambda: told.append("changed"))
    eventloop.pause(0.1)
    assert "start worker processes" in tail.text
    kubectl.exec("web", "curl", "-s", "localhost")
    eventloop.pause(0.1)
    assert "GET / HTTP/1.1" in tail.text
    tail.stop()
