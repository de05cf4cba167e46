"""The store: revisions, conflicts, history, watches, compaction, durability."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podlab.embedded.store import LIMIT, Compacted, Conflict, Store, Taken, TooLarge, Unwritable, claim
from podlab.embedded.watch import QUEUE_LIMIT, Change, Dropped

Obj = dict[str, Any]

keys = st.sampled_from(["/pods/a/x", "/pods/a/y", "/pods/a-b/x", "/pods/b/x", "/podsecurity/a", "/nodes/n"])
writes = st.lists(st.tuples(keys, st.one_of(st.none(), st.integers(0, 9))), max_size=40)


def written(store: Store, steps: list[tuple[str, int | None]]) -> list[dict[str, Obj]]:
    """Carry out writes; returns what the store should hold after each revision."""
    model: dict[str, Obj] = {}
    history = [dict(model)]
    for key, value in steps:
        if value is None and key not in model:
            continue
        if value is None:
            del model[key]
        else:
            model[key] = {"value": value}
        store.put(key, model.get(key))
        history.append(dict(model))
    return history


@pytest.mark.slow
@given(writes)
def test_lists_are_ordered_and_as_written(steps: list[tuple[str, int | None]]) -> None:
    store = Store()
    model = written(store, steps)[-1]
    assert [(key, obj) for key, obj, _ in store.list("/pods/")] == sorted(
        (key, obj) for key, obj in model.items() if key.startswith("/pods/")
    )
    assert [key for key, _, _ in store.list("/pods/a/")] == sorted(key for key in model if key.startswith("/pods/a/"))


@pytest.mark.slow
@given(writes)
def test_every_revision_can_be_looked_at_again(steps: list[tuple[str, int | None]]) -> None:
    store = Store()
    history = written(store, steps)
    for revision, model in enumerate(history):
        assert {key: obj for key, obj, _ in store.list_at("/", revision)} == model


@pytest.mark.slow
@given(writes, st.integers(0, 40))
def test_compaction_keeps_the_present_and_the_later_past(steps: list[tuple[str, int | None]], at: int) -> None:
    store = Store()
    history = written(store, steps)
    store.compact(at)
    horizon = min(at, len(history) - 1)
    assert store.compacted_revision == horizon
    for revision, model in enumerate(history):
        if revision >= horizon:
            assert {key: obj for key, obj, _ in store.list_at("/", revision)} == model
        else:
            with pytest.raises(Compacted):
                store.list_at("/", revision)


@pytest.mark.slow
@given(writes, st.data())
def test_a_watch_from_any_revision_retells_all_since(steps: list[tuple[str, int | None]], data: st.DataObject) -> None:
    store = Store()
    history = written(store, steps)
    after = data.draw(st.integers(0, len(history) - 1))
    model = dict(history[after])
    for change in store.watch("/", after).pending():
        assert change.previous == model.get(change.key)
        if change.obj is None:
            del model[change.key]
        else:
            model[change.key] = change.obj
    assert model == history[-1]


@pytest.mark.slow
@settings(max_examples=20)
@given(writes)
def test_a_reopened_store_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int | None]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "state.db"
    first = Store(path)
    model = written(first, steps)[-1]
    revision = first.revision
    first.close()
    again = Store(path)
    assert {key: obj for key, obj, _ in again.list("/")} == model
    assert again.revision == revision
    again.close()


def test_an_expected_revision_is_held_to() -> None:
    store = Store()
    revision = store.put("/a", {}, expect=0)
    with pytest.raises(Conflict):
        store.put("/a", {"late": True}, expect=0)
    assert store.put("/a", {"next": True}, expect=revision) == revision + 1


def test_nobody_hears_of_a_write_before_it_is_committed() -> None:
    async def scenario() -> list[Change]:
        store, heard = Store(), []
        store.subscribe(heard.append)
        store.put("/a", {})
        assert heard == []
        await store.flushed()
        return heard

    assert [change.key for change in asyncio.run(scenario())] == ["/a"]


async def test_a_slow_watcher_is_dropped() -> None:
    store = Store()
    watch = store.watch("/", 0)
    for number in range(QUEUE_LIMIT + 1):
        watch.offer(Change(number, "/a", {}, None))
    seen = 0
    with pytest.raises(Dropped):
        async for _ in watch:
            seen += 1
    assert seen == QUEUE_LIMIT


def test_a_watch_older_than_the_compaction_is_gone() -> None:
    store = Store()
    for number in range(3):
        store.put("/a", {"n": number})
    store.compact(2)
    with pytest.raises(Compacted):
        store.watch("/", 1)
    assert [change.revision for change in store.watch("/", 2).pending()] == [3]


def test_what_is_too_large_is_refused_and_nothing_happens() -> None:
    store = Store()
    store.put("/a", {"n": "x" * (LIMIT - 10)})
    with pytest.raises(TooLarge):
        store.put("/a", {"n": "x" * LIMIT})
    assert (store.revision, len(store._current["/a"][0]["n"])) == (1, LIMIT - 10)


def test_a_directory_is_for_one_process(tmp_path: Path) -> None:
    first = claim(tmp_path)
    with pytest.raises(Taken):
        claim(tmp_path)
    first.close()
    claim(tmp_path).close()


KILLED = """
import asyncio, sys
from podlab.embedded.store import Store
async def main():
    store = Store(sys.argv[1])
    number = 0
    while True:
        number += 1
        store.put(f"/k/{number % 7}", {"n": number})
        await store.flushed()
        print(number, flush=True)
asyncio.run(main())
"""


def test_no_acknowledged_write_is_lost_to_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    acknowledged = 0
    for line in process.stdout:
        acknowledged = int(line)
        if acknowledged == 200:
            os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    store = Store(path)
    assert max(obj["n"] for _, obj, _ in store.list("/k/")) >= acknowledged >= 200
    store.close()


def test_what_is_put_aside_has_no_revision_no_watchers_and_outlives_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.db")
    store.put("/pods/a/x", {"value": 1})
    heard: list[Change] = []
    store.subscribe(heard.append)
    store.keep("kubelet/x", {"ip": "10.0.0.1"})
    store.keep("kubelet/y", {})
    store.keep("kubelet/z", {"ip": "10.0.0.2"})
    store.keep("kubelet/z", None)
    assert store.revision == 1 and not heard and store.list("") == [("/pods/a/x", {"value": 1}, 1)]
    store.close()
    again = Store(tmp_path / "state.db")
    assert again.revision == 1
    assert [again.kept(f"kubelet/{key}") for key in "xyz"] == [{"ip": "10.0.0.1"}, {}, None]
    again.close()


async def test_what_is_put_aside_is_committed_with_the_writes_of_the_same_turn(tmp_path: Path) -> None:
    store, reader = Store(tmp_path / "state.db"), sqlite3.connect(tmp_path / "state.db")
    store.keep("kubelet/x", {"ip": "10.0.0.1"})
    store.put("/pods/a/x", {"value": 1})
    assert reader.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    await store.flushed()
    assert reader.execute("SELECT count(*) FROM kept").fetchone() == (1,)
    reader.close()
    store.close()


def test_a_full_disk_undoes_what_somebody_waits_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        store = Store(tmp_path / "state.db")
        store.put("/x", {"value": 0})
        await store.flushed()
        before = store.revision
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count={pages}")
        store.put("/x", {"value": "much" * 10_000})
        store.put("/x", {"value": 2})
        store.put("/new", {"value": 3})
        with pytest.raises(Unwritable, match="cannot be written"):
            await asyncio.wait_for(store.flushed(since=before), 5)
        assert store.get("/x") == ({"value": 0}, 1) and store.get("/new") is None
        assert [key for key, _, _ in store.list("")] == ["/x"]
        store._db.execute("PRAGMA max_page_count=100000")
        store.put("/x", None)
        await asyncio.wait_for(store.flushed(since=before), 5)
        assert store.list("") == []
        store.close()

    asyncio.run(scenario())
    assert list(Store(tmp_path / "state.db").list("")) == []


def test_a_full_disk_acknowledges_nothing_and_catches_up_once_there_is_room(tmp_path: Path) -> None:
    async def scenario() -> None:
        store = Store(tmp_path / "state.db")
        heard: list[int] = []
        store.subscribe(lambda change: heard.append(change.revision))
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count={pages}")
        for key in ("/pods/a/x", "/pods/a/y"):
            store.put(key, {"value": "much" * 10_000})
            with pytest.raises(Unwritable, match="full"):
                await asyncio.wait_for(store.flushed(), 5)
        assert heard == []
        store._db.execute("PRAGMA max_page_count=100000")
        store.put("/pods/a/z", {"value": 1})
        await asyncio.wait_for(store.flushed(), 5)
        assert heard == [1, 2, 3]
        store.close()

    asyncio.run(scenario())
    again = Store(tmp_path / "state.db")
    assert [key for key, _, _ in again.list("")] == ["/pods/a/x", "/pods/a/y", "/pods/a/z"]
    again.close()
