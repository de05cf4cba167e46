"""A Pod's life from its recording: what happened, in which order, and the phases between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from podlab import text
from podlab.panels.panel import CONNECTION, module
from podlab.panels.timeline.life import Moment, Seen, moments, spans, when
from podlab.panels.timeline.timeline import LABELS, PHASES, WORDS, layout, svg, twin
from tests.panels.replay import GOLDEN, recorded

RECORDINGS = sorted(
    path.parent.name for path in GOLDEN.glob("*/watch-events.jsonl") if path.with_name("watch-pods.jsonl").exists()
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def lives(name: str) -> Iterator[tuple[str, list[Moment]]]:
    """Each recorded Pod's name and what happened to it, as somebody saw it live."""
    pods, told = recorded(name), recorded(name, "events")
    for uid in dict.fromkeys(each["object"]["metadata"]["uid"] for each in pods):
        mine = [each for each in pods if each["object"]["metadata"]["uid"] == uid]
        begun = when(mine[0]["object"]["metadata"]["creationTimestamp"]) - timedelta(seconds=mine[0]["t"] - 0.5)
        seen = [
            Seen(begun + timedelta(seconds=e["t"]), e["object"], live=True, deleted=e["type"] == "DELETED")
            for e in mine
        ]
        heard = [
            Seen(begun + timedelta(seconds=e["t"]), e["object"], live=True)
            for e in told
            if e["object"]["involvedObject"].get("uid") == uid and e["type"] != "DELETED"
        ]
        yield mine[0]["object"]["metadata"]["name"], moments(seen, heard)


def test_the_seed_pods_life() -> None:
    lived = [[m.kind for m in happened] for _, happened in lives("seed")]
    whole = ["created", "scheduled", "pulling", "pulled", "started", "ready", "terminating", "ended", "gone"]
    for kinds in lived:
        assert [kind for kind in kinds if kind in whole] == kinds or "unready" in kinds
        assert [kind for kind in kinds if kind != "unready"] == whole


def test_a_crash_loop_is_told_run_by_run() -> None:
    _, happened = next(lives("crash-loop"))
    runs = [m.kind for m in happened if m.kind in ("started", "ended")]
    assert runs == ["started", "ended"] * 4
    assert {m.note for m in happened if m.kind == "ended"} == {"Error 1"}
    phases = [span.phase for span in spans(happened) if span.lane == "app"]
    assert phases.count("running") == 4 and "backoff" in phases


def test_who_comes_late_sees_the_first_start_of_a_crash_loop_too() -> None:
    last = [each["object"] for each in recorded("crash-loop") if each["type"] != "DELETED"][-1]
    uid, now = last["metadata"]["uid"], datetime.now(UTC)
    told = [e["object"] for e in recorded("crash-loop", "events") if e["object"]["involvedObject"].get("uid") == uid]
    latest = {each["metadata"]["uid"]: each for each in told}
    happened = moments([Seen(now, last)], [Seen(now, each) for each in latest.values()])
    starts = [moment.at for moment in happened if moment.kind == "started"]
    assert len(starts) == 3 and starts[0] - when(last["metadata"]["creationTimestamp"]) <= timedelta(seconds=3)
    assert all(after - before > timedelta(seconds=2) for before, after in pairwise(starts))


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_life_is_in_order_and_can_be_drawn(name: str) -> None:
    for pod, happened in lives(name):
        assert happened[0].kind == "created", pod
        assert all(a.at <= b.at for a, b in pairwise(happened))
        assert {m.kind for m in happened} <= set(WORDS)
        drawn = layout(happened)
        for lane in drawn["lanes"]:
            for before, after in pairwise(lane["spans"]):
                assert before["end"] is not None and before["end"] <= after["start"], (pod, lane["name"])
            assert {span["phase"] for span in lane["spans"]} <= set(PHASES)
        kinds = [moment.kind for moment in happened if moment.kind != "unhealthy"]  # a probe's Event may come late
        gone = kinds[-1] == "gone"
        assert gone == all(span.end is not None for span in spans(happened)), pod
        picture = svg(pod, happened, datetime(2026, 11, 23, 5, tzinfo=UTC))
        assert ElementTree.fromstring(picture).tag.endswith("svg")


def test_a_list_alone_tells_whole_seconds_of_the_same_life() -> None:
    running = next(e["object"] for e in recorded("seed") if e["object"]["status"].get("phase") == "Running")
    uid, now = running["metadata"]["uid"], datetime(2026, 11, 23, 2, 58, 5, tzinfo=UTC)
    told = [
        Seen(now, e["object"]) for e in recorded("seed", "events") if e["object"]["involvedObject"].get("uid") == uid
    ]
    happened = moments([Seen(now, running)], told)
    kinds = ["created", "scheduled", "pulling", "pulled", "started", "ready"]
    assert [m.kind for m in happened] == kinds and all(m.at.microsecond == 0 for m in happened)
    html = twin("nginx-pod-example", happened)
    assert "<td>0s</td><td>Pod created</td>" in html and "nginx-container: container started" in html


def test_nothing_seen_is_no_life() -> None:
    assert moments([]) == [] and spans([]) == [] and svg("x", [], datetime.now(UTC)) == ""


def test_what_a_cluster_says_is_escaped() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    happened = [Moment(now, "created"), Moment(now, "unscheduled", "", "<img>")]
    assert "&lt;img&gt;" in twin("<b>", happened) and "<b>" not in twin("<b>", happened)


def test_every_label_that_the_drawing_uses_comes_from_python() -> None:
    used = set(re.findall(r"\blabels\.(\w+)", module("timeline/timeline")))
    assert used <= set(LABELS | CONNECTION)
