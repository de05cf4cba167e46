"""Feeds and panels against a server over HTTP: sharing, dropped connections, 410, closing, and a quiet end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from podlab import text
from podlab.client import Client
from podlab.panels import Controllers, Explain, PodBoard, Timeline
from podlab.panels.feed import _feeds, feed
from podlab.panels.panel import Panel
from tests.panels.replay import PODS, Replay, recorded

ROOT = Path(__file__).parents[2]
SEED = recorded("seed")
ADDED, RUNNING = SEED[0], next(e for e in SEED if e["object"]["status"].get("phase") == "Running")


def soon(test: Callable[[], Any], seconds: float = 10) -> Any:
    """Wait until the test is true, on the way to what other threads do."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not (found := test()) and time.monotonic() < deadline:
        pause.wait(0.01)
    assert found, test
    return found


@pytest.fixture
def server() -> Iterator[Replay]:
    text.use("en")
    replay = Replay()
    yield replay
    replay.close()
    text.use(None)


@pytest.fixture
def client(server: Replay, tmp_path: Path) -> Client:
    return Client(server.kubeconfig(tmp_path))


def names(client: Client) -> list[str]:
    return [f"{pod['metadata']['name']} {pod['status'].get('phase')}" for pod in feed(client, PODS).objects()]


def test_a_feed_follows_what_happens(server: Replay, client: Client) -> None:
    events: list[str] = []

    def listener(event: Mapping[str, Any]) -> None:
        events.append(event["type"])

    feed(client, PODS).follow(listener)
    server.send(ADDED)
    soon(lambda: names(client) == ["nginx-pod-example Pending"])
    server.send(RUNNING)
    soon(lambda: names(client) == ["nginx-pod-example Running"])
    server.send({**RUNNING, "type": "DELETED"})
    soon(lambda: names(client) == [])
    assert events[0] == "LISTED" and events[-1] == "DELETED"
    feed(client, PODS).leave(listener)


def test_two_panels_share_one_watch(server: Replay, client: Client) -> None:
    boards = [PodBoard(client), PodBoard(client, selector="app=webserver")]
    for board in boards:
        board._repr_mimebundle_()
    server.send(RUNNING)
    for board in boards:
        soon(lambda board=board: [row["status"] for row in board.rows] == ["Running"])
    assert server.watches == 1
    for board in boards:
        board.close()


def test_a_selector_leaves_other_pods_out(server: Replay, client: Client) -> None:
    server.send(RUNNING)
    board = PodBoard(client, selector="app=other")
    assert "There are no Pods right now." in board._repr_mimebundle_()[0]["text/html"]
    soon(lambda: board.connection == "live")
    assert board.rows == []
    board.close()


def test_it_recovers_from_a_dropped_connection(server: Replay, client: Client) -> None:
    board = PodBoard(client)
    board._repr_mimebundle_()
    soon(lambda: server.open == 1)
    server.drop()
    server.send(RUNNING)
    soon(lambda: [row["status"] for row in board.rows] == ["Running"])
    soon(lambda: board.connection == "live")
    board.close()


def test_it_lists_again_after_410(server: Replay, client: Client) -> None:
    board = PodBoard(client)
    board._repr_mimebundle_()
    soon(lambda: server.open == 1)
    listed = server.lists
    server.send(RUNNING)
    soon(lambda: len(board.rows) == 1)
    server.compact({**RUNNING, "type": "DELETED"})
    soon(lambda: board.rows == [])
    assert server.lists > listed
    board.close()


def test_it_says_that_the_server_is_gone_and_finds_it_again(server: Replay, client: Client) -> None:
    board = PodBoard(client)
    board._repr_mimebundle_()
    soon(lambda: board.connection == "live")
    server.stop()
    soon(lambda: board.connection == "lost")
    server.start()
    server.send(RUNNING)
    soon(lambda: board.connection == "live" and len(board.rows) == 1)
    board.close()


def test_hidden_panels_close_the_watch_and_shown_ones_open_it(server: Replay, client: Client) -> None:
    board = PodBoard(client)
    board.grace = 0.05
    board._repr_mimebundle_()
    board._heard(board, {"view": "1", "event": "show"}, None)
    soon(lambda: server.open == 1)
    board._heard(board, {"view": "1", "event": "hide"}, None)
    soon(lambda: feed(client, PODS)._stop.is_set())
    server.send(RUNNING)
    soon(lambda: server.open == 0)
    board._heard(board, {"view": "1", "event": "show"}, None)
    soon(lambda: server.open == 1 and len(board.rows) == 1)
    board.close()


@pytest.mark.parametrize("kind", [PodBoard, Controllers, Explain, Timeline])
def test_a_closed_panel_follows_nothing_however_late_it_is_written(
    kind: Callable[..., Panel], server: Replay, client: Client
) -> None:
    server.send(RUNNING)
    panel = kind(client, *([] if kind in (PodBoard, Controllers) else ["nginx-pod-example"]))
    panel._repr_mimebundle_()
    soon(lambda: panel.connection == "live")
    panel.close()
    panel.write()
    assert [each.path for each in _feeds[client].values() if each._listeners] == []


def opened(board: PodBoard, **content: Any) -> dict[str, Any]:
    """Ask for the seed Pod's detail as the view does, and wait until it is there."""
    uid = RUNNING["object"]["metadata"]["uid"]
    board._heard(board, {"event": "open", "uid": uid, **content}, None)
    return dict(soon(lambda: board.details.get(uid)))


def test_an_opened_row_has_its_detail_and_a_shut_one_has_none(server: Replay, client: Client) -> None:
    server.send(RUNNING)
    uid = RUNNING["object"]["metadata"]["uid"]
    server.events = [event["object"] for event in recorded("seed", "events") if event["type"] == "ADDED"]
    board = PodBoard(client)
    board._repr_mimebundle_()
    soon(lambda: board.rows)
    assert opened(board)["containers"][0]["name"] == "nginx-container"
    soon(lambda: "Started" in [event["reason"] for event in board.details[uid]["events"]])
    board._heard(board, {"event": "pane", "uid": uid, "pane": "yaml"}, None)
    soon(lambda: board.details[uid]["text"].startswith("apiVersion: v1"))
    board._heard(board, {"event": "pane", "uid": uid, "pane": "logs:nginx-container"}, None)
    soon(lambda: board.details[uid]["text"] == "hello\nagain")
    board._heard(board, {"event": "shut", "uid": uid}, None)
    soon(lambda: board.details == {})
    board.close()


def test_delete_in_the_panel_deletes_the_pod(server: Replay, client: Client) -> None:
    server.send(RUNNING)
    board = PodBoard(client)
    board._repr_mimebundle_()
    soon(lambda: board.rows)
    board._heard(board, {"event": "delete", "uid": RUNNING["object"]["metadata"]["uid"]}, None)
    soon(lambda: board.rows == [])
    assert server.present() == []
    board.close()


def test_the_bundle_is_stable_text_a_twin_and_the_view(server: Replay, client: Client) -> None:
    server.send(RUNNING)
    board = PodBoard(client)
    bundle, _ = board._repr_mimebundle_()
    board.close()
    assert bundle["text/plain"] == "PodBoard(namespace='default')"
    assert "<td>Running</td>" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_twin_of_an_unreachable_server_says_so(server: Replay, client: Client) -> None:
    server.stop()
    board = PodBoard(client)
    html = board._repr_mimebundle_()[0]["text/html"]
    board.close()
    assert html.startswith("<p>The connection to the server 127.0.0.1") and "refused" in html
    server.start()


@pytest.mark.slow
def test_the_interpreter_ends_at_once_with_a_panel_open(server: Replay, tmp_path: Path) -> None:
    program = f"""
import threading
from podlab.client import Client
from podlab.panels import PodBoard
board = PodBoard(Client({str(server.kubeconfig(tmp_path))!r}))
board._repr_mimebundle_()
while board.connection != "live":
    threading.Event().wait(0.01)
print("shown")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("shown\n", "", 0)
    soon(lambda: server.open == 0)
