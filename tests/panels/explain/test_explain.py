"""Explain: every state of every recording has an explanation, and the twin says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from podlab import text
from podlab.client import Client
from podlab.diagnosis import Finding, diagnose
from podlab.panels.explain.explain import LABELS, Explain, log_query, told, twin
from podlab.panels.panel import CONNECTION, module
from tests.panels.replay import GOLDEN, Replay, recorded

RECORDINGS = sorted(path.parent.name for path in GOLDEN.glob("*/watch-pods.jsonl"))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


@cache
def states(name: str) -> tuple[tuple[dict[str, Any], Finding], ...]:
    """Each state that a Pod of the recording passed through, with what was known of it by then."""
    return tuple(_states(name))


def _states(name: str) -> Iterator[tuple[dict[str, Any], Finding]]:
    heard = recorded(name, "events") if (GOLDEN / name / "watch-events.jsonl").exists() else []
    for event in recorded(name):
        pod = event["object"]
        mine = {
            each["object"]["metadata"]["name"]: each["object"]
            for each in heard
            if each["t"] <= event["t"] and each["object"]["involvedObject"].get("uid") == pod["metadata"]["uid"]
        }
        yield pod, diagnose(pod, list(mine.values()))


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_state_is_explained(name: str) -> None:
    for pod, found in states(name):
        drawn = told(pod, found)
        where = (pod["metadata"]["name"], drawn["status"])
        assert found.id != "unknown", where
        assert drawn["evidence"] and drawn["sentence"].endswith("."), where
        assert re.match(r"kubectl [^{]*(\{\.[^{]*)?$", drawn["command"]), where
        if not found.healthy and not pod["metadata"].get("deletionTimestamp"):
            assert drawn["tone"] != "ready", where


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDINGS)
def test_it_is_explained_in_korean_too(name: str) -> None:
    text.use("ko")
    for pod, found in states(name):
        drawn = told(pod, found)
        assert re.search("[가-힣]", drawn["sentence"]) and re.search("[가-힣]", drawn["next_step"])


def test_a_crash_loop_reads_the_log_of_the_run_that_ended() -> None:
    loops = [(pod, found) for pod, found in states("crash-loop") if found.id == "crash-loop"]
    asked = {next(iter(pod["status"]["containerStatuses"][0]["state"])): log_query(found) for pod, found in loops}
    assert asked == {
        "terminated": {"container": "app", "previous": "false", "tailLines": 1},
        "waiting": {"container": "app", "previous": "true", "tailLines": 1},
    }
    pod, found = loops[0]
    drawn = told(pod, found, "cannot open /data: no such file")
    assert drawn["evidence"][-1] == "last line of the log: cannot open /data: no such file"


def test_a_healthy_pod_asks_for_no_log() -> None:
    assert {log_query(found) is None for _, found in states("seed")} == {True}


def test_the_twin_escapes_and_tells_it_all() -> None:
    pod, found = next((pod, found) for pod, found in states("bad-image") if found.id == "image-not-found")
    drawn = told(pod, found) | {"evidence": ["<img>"]}
    html = twin(drawn)
    assert "&lt;img&gt;" in html and drawn["command"] in html
    assert "Correct <code>image</code> in the manifest and apply it again" in html


def test_another_namespace_is_named_in_the_line() -> None:
    pod, found = states("seed")[0]
    elsewhere = {**pod, "metadata": {**pod["metadata"], "namespace": "team"}}
    assert told(elsewhere, found)["command"].endswith(" -n team")


def test_the_panel_explains_what_the_server_has(tmp_path: Any) -> None:
    replay = Replay()
    try:
        replay.send(*recorded("crash-loop")[:1])
        panel = Explain(Client(replay.kubeconfig(tmp_path)), "crash")
        bundle, _ = panel._repr_mimebundle_()
        assert bundle["text/plain"] == "Explain('crash', namespace='default')"
        assert "waits for the scheduler" in bundle["text/html"]
        assert Explain(Client(replay.kubeconfig(tmp_path)), "nobody")._moment() == (
            "<p>There is no Pod nobody right now.</p>"
        )
        panel.close()
    finally:
        replay.close()


def test_every_label_that_the_drawing_uses_comes_from_python() -> None:
    used = set(re.findall(r"\blabels\.(\w+)", module("explain/explain")))
    assert used <= set(LABELS | CONNECTION)
