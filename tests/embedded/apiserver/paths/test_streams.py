"""What watchers are sent: so much at a time, and one text for all who ask for the same."""

from __future__ import annotations

from podlab.embedded.apiserver.paths.streams import PIECE, pieces
from podlab.embedded.server import Core
from podlab.embedded.stepping import SteppingClock
from tests.embedded.harness import TOKEN, Api

MAPS = "/api/v1/namespaces/default/configmaps"


def test_lines_are_written_only_as_they_are_read() -> None:
    written = []

    def lines():  # type: ignore[no-untyped-def]
        for number in range(10):
            written.append(number)
            yield b"x" * (PIECE // 2)

    found = pieces(lines())
    assert len(next(found)) == PIECE
    assert written == [0, 1]
    assert [len(piece) for piece in found] == [PIECE] * 4


async def test_what_is_left_is_sent_too() -> None:
    assert list(pieces([b"a\n", b"b\n"])) == [b"a\nb\n"]
    assert list(pieces([])) == []


async def test_nobody_can_go_back_to_how_the_cluster_began() -> None:
    core, api = Core(None, "t", clock=SteppingClock(), seed=1, token=TOKEN), Api()
    core.start()
    api.app = core.app
    async with api.watch(f"{MAPS}?watch=1&resourceVersion=1") as watch:
        told = await watch.get()
    listed = await api.call("GET", f"{MAPS}?resourceVersion=1&resourceVersionMatch=Exact")
    core.stop()
    assert told["type"] == "ERROR" and told["object"]["reason"] == "Expired"
    assert told["object"]["message"].startswith("too old resource version: 1 (")
    assert (listed.code, listed.json["message"]) == (410, "The resourceVersion for the provided list is too old.")


async def test_watchers_share_a_line_but_not_a_table() -> None:
    api, table = Api(), "application/json;as=Table;v=v1;g=meta.k8s.io"
    async with (
        api.watch(f"{MAPS}?watch=1&resourceVersion=1") as one,
        api.watch(f"{MAPS}?watch=1&resourceVersion=1") as other,
        api.watch(f"{MAPS}?watch=1&resourceVersion=1", accept=table) as rows,
    ):
        await api.call("POST", MAPS, {"metadata": {"name": "a", "labels": {"x": "y"}}})
        await api.call("DELETE", f"{MAPS}/a")
        seen = [await one.get(), await one.get()]
        assert [event["type"] for event in seen] == ["ADDED", "DELETED"]
        assert seen == [await other.get(), await other.get()]
        assert [(await rows.get())["object"]["kind"] for _ in range(2)] == ["Table", "Table"]


async def test_a_watch_takes_a_stepping_clock_no_further_than_it_lasts() -> None:
    api = Api()
    clock = api.registry.clock
    start, beats = clock.now(), []

    def beat() -> None:
        beats.append(clock.now() - start)
        clock.call_later(0.3, beat)

    beat()
    answer = await api.call("GET", f"{MAPS}?watch=1&timeoutSeconds=1")
    assert answer.code == 200
    assert clock.now() - start == 1
    assert len(beats) == 4
