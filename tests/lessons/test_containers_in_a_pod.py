"""Checks of 06, held against Pods whose containers come and go as a kubelet tells it."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.lessons.check import Result, Seen, find

NAME, IP = "web-and-helper", "10.244.0.7"
SLEEP = ["sleep", "3600"]


def pod(helper: dict[str, Any], ran: float | None = None) -> dict[str, Any]:
    """Ready at this moment; its helper's last run took so many seconds, if there was one."""
    last = {"exitCode": 0, "startedAt": "2026-11-29T10:00:00Z", "finishedAt": f"2026-11-29T1{int(ran or 0) // 3600}"}
    last["finishedAt"] += f":00:{int(ran or 0) % 3600:02}Z"
    state = {} if ran is None else {"terminated": last}
    return {
        "metadata": {"name": NAME},
        "spec": {"containers": [{"name": "web", "image": "nginx"}, {"name": "helper", **helper}]},
        "status": {
            "podIP": IP,
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "web", "lastState": {}}, {"name": "helper", "lastState": state}],
        },
    }


def judged(name: str, answer: str = "", of: dict[str, Any] | None = None) -> Result:
    return find(f"06-{name}").test(Seen((of or pod({"command": SLEEP}),), {}, answer))


def test_two_that_are_there_to_stay_pass() -> None:
    assert judged("two")
    assert judged("two", of=pod({"args": SLEEP}))
    assert judged("two", of=pod({"command": SLEEP}, ran=3600)), "an hour is over, and it sleeps again"


@pytest.mark.parametrize("of", [pod({}), pod({"command": ["true"]}, ran=0), pod({"command": ["sleep"], "args": [9]})])
def test_a_helper_that_is_ready_only_until_it_ends_does_not_pass(of: dict[str, Any]) -> None:
    found = judged("two", of=of)
    assert not found
    assert "the program of `helper` soon ends" in found.message.en
    assert found.look and "sleep" in found.look.en and len(found.hints) == 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (f"{IP}\n{IP}\n", "both answered with the Pod's IP"),
        (f"{IP}\n", "that is the Pod's IP, but only one has answered"),
        (f"{IP}\n10.244.0.8\n", "10.244.0.8 is not what we are looking for"),
        ("127.0.0.1", "127.0.0.1 is not what we are looking for"),
        ("", "the answer is empty"),
    ],
)
def test_both_have_to_answer_with_the_address(answer: str, said: str) -> None:
    found = judged("address", answer)
    assert found.message.en == said and bool(found) is said.startswith("both")
