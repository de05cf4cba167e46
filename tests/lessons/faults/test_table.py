"""Faults as data: each is told in both languages, judged by its Pod alone, and drawn by a seed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from podlab.errors import PodlabError
from podlab.lessons.faults.fault import Fault
from podlab.lessons.faults.table import FAULTS, draw, fault
from podlab.lessons.faults.waiting import TAINT

EACH = pytest.mark.parametrize("each", FAULTS, ids=lambda each: each.key)
READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


def pods(text: str) -> dict[str, Any]:
    """The Pod among the objects of a manifest, Ready: so that its fields alone decide."""
    (found,) = (obj for obj in yaml.safe_load_all(text) if obj["kind"] == "Pod")
    return {**found, "status": copy.deepcopy(READY)}


def broken(each: Fault) -> dict[str, Any]:
    """The broken Pod as it would be if it were Ready for a moment; one that is to be deleted, being deleted."""
    found = pods(each.manifest)
    if each.deleted:
        found["metadata"]["deletionTimestamp"] = "2026-11-27T00:00:00Z"
    return found


def test_there_are_twelve_each_of_its_own_kind():
    assert len(FAULTS) == len({each.key for each in FAULTS}) == 12


@EACH
def test_it_is_told_in_both_languages(each):
    texts = [each.story, each.learned, *each.hints]
    texts += [text for option in each.guesses for text in (option.text, option.why)]
    assert all(text.ko and text.en and text.ko != text.en for text in texts)


@EACH
def test_one_guess_is_right_and_each_is_answered(each):
    verdicts = [each.question.judge(letter).passed for letter in "abc"]
    assert len(each.guesses) == 3 and sum(verdicts) == 1


def test_the_place_of_the_right_guess_cannot_be_guessed():
    places = [next(i for i, option in enumerate(each.guesses) if option.right) for each in FAULTS]
    assert {places.count(place) for place in range(3)} <= {3, 4, 5}


@EACH
def test_its_manifest_names_its_pod_and_the_solution_differs(each):
    assert pods(each.manifest)["metadata"]["name"] == pods(each.solution)["metadata"]["name"] == each.key
    assert all(old in each.manifest for old, _ in each.repair)
    assert each.solution != each.manifest


@EACH
def test_without_its_pod_it_is_not_repaired(each):
    result = each.judge(None)
    assert not result and each.key in result.message.en and each.file in str(result.look)


@EACH
def test_the_broken_pod_does_not_pass_even_while_it_is_ready(each):
    if each.key in ("price-tag", "storeroom"):
        pytest.skip("its fields tell nothing: the ConfigMap lacks a key, the nodes are too small")
    result = each.judge(broken(each))
    assert not result and result.message.ko != result.message.en and result.look not in (None, *result.hints)


@EACH
def test_the_solution_passes_once_it_is_ready(each):
    pod = pods(each.solution)
    assert each.judge(pod).passed and each.judge(pod).message == each.learned
    pod["status"] = {"phase": "Pending"}
    assert not each.judge(pod)


def changed(key: str, **fields: Any) -> dict[str, Any]:
    """The broken Pod with other fields of its container."""
    pod = pods(fault(key).manifest)
    container = pod["spec"]["containers"][0]
    container.update(fields)
    pod["spec"]["containers"][0] = {name: value for name, value in container.items() if value is not None}
    return pod


def tolerating(*tolerations: dict[str, str]) -> dict[str, Any]:
    pod = pods(fault("night-shift").manifest)
    pod["spec"]["tolerations"] = list(tolerations)
    return pod


def anywhere() -> dict[str, Any]:
    pod = pods(fault("courier").manifest)
    del pod["spec"]["nodeSelector"]
    return pod


def page(path: str = "/", port: object = 80, **more: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": port}, **more}


COLOUR = {"name": "PRICE_COLOUR", "value": "blue"}
MAYBE = {"configMapKeyRef": {"name": "prices", "key": "colour", "optional": True}}


@pytest.mark.parametrize(
    ("key", "pod", "said"),
    [
        ("menu", changed("menu", image="busybox:latest"), "it has to be an nginx"),
        ("flyer", changed("flyer", image="docker.io/library/httpd:2.4"), "it has to be an nginx"),
        ("price-tag", changed("price-tag", env=[COLOUR]), "does not come from the ConfigMap"),
        ("price-tag", changed("price-tag", env=None), "does not come from the ConfigMap"),
        ("price-tag", changed("price-tag", env=[{"name": "PRICE_COLOUR", "valueFrom": MAYBE}]), "with optional"),
        ("greeter", changed("greeter", command=["sleep", "3600"]), "another one"),
        ("greeter", changed("greeter", env=[{"name": "SHOP_NAME", "value": ""}]), "still not set"),
        ("oven", changed("oven", resources=None), "there is no memory limit"),
        ("oven", changed("oven", resources={"limits": {"memory": "12Mi"}}), "is 12Mi"),
        ("stock", changed("stock", startupProbe=None), "the startupProbe is gone"),
        ("stock", changed("stock", startupProbe=page(periodSeconds=2, failureThreshold=6)), "waits for 12 s"),
        ("stock", changed("stock", startupProbe=page("/started", failureThreshold=9)), "no such page"),
        ("counter", changed("counter", livenessProbe=None), "the livenessProbe is gone"),
        ("counter", changed("counter", livenessProbe=page("/healthz")), "asks for /healthz"),
        ("counter", changed("counter", livenessProbe={"exec": {"command": ["true"]}}), "has to ask for a page"),
        ("till", changed("till", readinessProbe=None), "the readinessProbe is gone"),
        ("till", changed("till", readinessProbe=page(port=8081)), "asks at port 8081"),
        ("storeroom", changed("storeroom", resources=None), "it requests 0"),
        ("storeroom", changed("storeroom", resources={"requests": {"memory": "64Ki"}}), "it requests 64Ki"),
        ("courier", anywhere(), "the nodeSelector is gone"),
        ("night-shift", tolerating(), "does not tolerate"),
        ("night-shift", tolerating({"operator": "Exists"}), "tolerates every taint"),
        ("night-shift", tolerating({"key": TAINT, "operator": "Exists", "effect": "NoExecute"}), "does not tolerate"),
    ],
)
def test_a_wrong_repair_is_refused_with_a_reason(key, pod, said):
    result = fault(key).judge(pod)
    assert not result and said in result.message.en and result.look


def test_another_right_repair_is_as_good():
    assert fault("menu").judge(changed("menu", image="docker.io/library/nginx:latest"))
    assert fault("oven").judge(changed("oven", resources={"limits": {"memory": "100M"}}))
    assert fault("stock").judge(changed("stock", startupProbe=page(initialDelaySeconds=20)))
    assert fault("counter").judge(changed("counter", livenessProbe=page("/index.html")))
    assert fault("night-shift").judge(tolerating({"key": TAINT, "operator": "Exists"}))


def test_the_same_seed_draws_the_same_and_another_draws_others():
    assert draw(7, 5) == draw(7, 5) and len({each.key for each in draw(7, 5)}) == 5
    assert len({tuple(each.key for each in draw(seed, 3)) for seed in range(9)}) > 5
    assert {each.key for each in FAULTS} - {each.key for each in draw(1, 11)} == {"night-shift"}


@pytest.mark.parametrize("count", [0, -1, 12])
def test_no_more_are_drawn_than_there_are(count):
    with pytest.raises(PodlabError, match="from 1 to 11"):
        draw(1, count)


def test_an_unknown_fault_names_those_that_there_are():
    assert fault("09-oven") is fault("oven")
    with pytest.raises(PodlabError) as error:
        fault("owen")
    assert "oven" in str(error.value.hint)
