"""What `wait` waits for, and which container `logs` and `exec` mean."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.errors import PodlabError
from podlab.kubectl.resources.podcontainers import choose_container
from podlab.kubectl.verbs.wait import condition_is, parse_condition, split_jsonpath
from tests.kubectl.recordings import at, watched

POD: dict[str, Any] = {
    "metadata": {"name": "x", "generation": 2},
    "spec": {"containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "i"}]},
    "status": {
        "phase": "Running",
        "conditions": [
            {"type": "Ready", "status": "True", "observedGeneration": 2},
            {"type": "Old", "status": "True", "observedGeneration": 1},
        ],
    },
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("condition=Ready", True),
        ("condition=ready=TRUE", True),
        ("condition=Ready=false", False),
        ("condition=Old", False),
        ("condition=None", False),
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath=.status.phase=Running", True),
        ("jsonpath='{.status.phase}'=Pending", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.podIP}", False),
        ('jsonpath={.spec.containers[?(@.name=="b")].name}="b"', True),
    ],
)
def test_conditions(text: str, holds: bool) -> None:
    test = parse_condition(text.replace("'{", "{").replace("}'", "}")).holds
    assert test is not None and test(POD) is holds


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ready", 'error: unrecognized condition: "ready"'),
        ("jsonpath=", "error: jsonpath expression cannot be empty"),
        ("jsonpath={.a}=", "error: jsonpath wait has to have a value after equal sign"),
        ("jsonpath={.a}=b=c", "error: jsonpath wait format must be"),
    ],
)
def test_no_conditions(text: str, line: str) -> None:
    with pytest.raises(PodlabError) as caught:
        parse_condition(text)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize("path", ["{.spec.containers}=x", "{.spec.containers[*].name}=a"])
def test_a_path_to_no_single_value_is_an_error(path: str) -> None:
    test = parse_condition(f"jsonpath={path}").holds
    with pytest.raises(PodlabError, match=r"^error: (given )?jsonpath"):
        assert test and test(POD)


def test_double_equals_belong_to_the_path() -> None:
    assert split_jsonpath("a.b.c====d.e.f===g.h.i===") == ["a.b.c====d.e.f==", "g.h.i==", ""]


def test_recorded_pod_becomes_ready_once() -> None:
    states = [condition_is(e["object"], "Ready", "true") for e in watched("two-containers", "pods")]
    assert states[0] is False and True in states


@pytest.mark.parametrize(
    ("name", "chosen", "notice"),
    [("", "a", 'Defaulted container "a" out of: a, b, i (init)\n'), ("b", "b", ""), ("i", "i", "")],
)
def test_the_container_that_is_meant(name: str, chosen: str, notice: str) -> None:
    assert choose_container(POD, name) == (chosen, notice)


def test_no_such_container() -> None:
    with pytest.raises(PodlabError, match=r"^error: container z is not valid for pod x out of: a, b, i \(init\)$"):
        choose_container(POD, "z")


def test_an_annotation_chooses_the_container() -> None:
    annotated = {**POD, "metadata": {"name": "x", "annotations": {"kubectl.kubernetes.io/default-container": "b"}}}
    assert choose_container(annotated) == ("b", "")
    wrong = {**POD, "metadata": {"name": "x", "annotations": {"kubectl.kubernetes.io/default-container": "z"}}}
    assert choose_container(wrong, forgiving=True)[1].startswith('Default container name "z" not found in pod x\n')


def test_recorded_single_container_needs_no_notice() -> None:
    pod = at("seed", "pods", 3.0)[0]
    assert choose_container(pod) == ("nginx-container", "")
