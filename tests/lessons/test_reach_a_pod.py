"""Checks of 08, held against Services and EndpointSlices as a real cluster writes them."""

from __future__ import annotations

import pytest

from podlab.lessons.check import Seen, find


def pod(name: str, ready: bool = True, **labels: str) -> dict:
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {"containers": []},
        "status": {"conditions": [condition]},
    }


def service(name: str, selector: dict, port: int, target: int) -> dict:
    spec = {"clusterIP": "10.96.0.77", "selector": selector, "ports": [{"port": port, "targetPort": target}]}
    return {"metadata": {"name": name}, "spec": spec}


def slices(service: str, *ready: str, unready: tuple[str, ...] = ()) -> dict:
    ends = [{"conditions": {"ready": name in ready}, "targetRef": {"name": name}} for name in (*ready, *unready)]
    return {"metadata": {"name": f"{service}-x", "labels": {"kubernetes.io/service-name": service}}, "endpoints": ends}


PODS = tuple(pod(name, app="colors", color=name) for name in ("blue", "green", "yellow"))
COLORS = service("colors", {"app": "colors"}, 8000, 80)
ALL = slices("colors", "blue", "green", "yellow")


def passed(name: str, answer: str = "", pods: tuple = PODS, services: tuple = (COLORS,), ends: tuple = (ALL,)) -> bool:
    return bool(find(f"08-{name}").test(Seen(pods, {}, answer, others={"services": services, "endpointslices": ends})))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("chosen", "pod/blue\npod/green", ["", "pod/blue", "pod/blue\npod/green\npod/yellow"]),
        ("everyone", "blue\ngreen\nyellow", ["", "blue", "blue\ngreen"]),
        ("name", "Name: colors\nAddress: 10.96.0.77", ["", "10.96.0.10", "10.96.0.7"]),
    ],
)
def test_answers(name, right, wrong):
    assert passed(name, right)
    assert not any(passed(name, answer) for answer in wrong)


REQUEST = '127.0.0.1 - - [29/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "{by}" "-"\n'


def test_a_word_that_was_guessed_is_not_one_that_the_browser_has_shown():
    def browser(answer: str, *by: str) -> str:
        log = "".join(REQUEST.format(by=each) for each in by)
        return find("08-browser").test(Seen(PODS, {}, answer, log=log)).message.en

    assert browser("Blue", "kube-probe/1.36", "Mozilla/5.0 (X11)") == "your browser has reached blue"
    assert "no request from outside" in browser("blue", "kube-probe/1.36", "Wget")
    assert "no request from outside" in browser("blue")
    assert browser("red", "Mozilla/5.0") == "red is not what we are looking for"
    assert browser("") == "the answer is empty"


def test_three_pods_that_the_service_will_find():
    assert passed("three")
    assert not passed("three", pods=(*PODS[:2], pod("yellow", color="yellow")))
    assert not passed("three", pods=PODS[:2])
    assert not passed("three", pods=(*PODS[:2], pod("yellow", ready=False, app="colors")))


def test_without_the_service_an_answer_does_not_count():
    assert not passed("everyone", "blue\ngreen\nyellow", services=())


def test_the_selector_itself_has_to_be_mended():
    everyone = "blue\ngreen\nyellow"
    assert passed("mended", everyone, services=(COLORS, service("typo", {"app": "colors"}, 8000, 80)))
    assert not passed("mended", everyone, services=(COLORS, service("typo", {"app": "colours"}, 8000, 80)))
    assert not passed("mended", everyone)


def test_out_of_the_service_but_alive():
    out = (*PODS[:2], pod("yellow", color="yellow"))
    assert passed("out", "blue\ngreen", pods=out)
    assert not passed("out", "blue\ngreen", pods=PODS[:2])
    assert not passed("out", "blue\ngreen")
    assert not passed("out", "blue\ngreen\nyellow", pods=out)


def test_unready_gets_nothing_and_comes_back():
    unready = (PODS[0], pod("green", ready=False, app="colors"), PODS[2])
    assert passed("unready", "blue\nyellow", pods=unready)
    assert not passed("unready", "blue\nyellow")
    assert not passed("unready", "blue\ngreen\nyellow", pods=unready)
    assert passed("back")
    assert not passed("back", ends=(slices("colors", "blue", "yellow", unready=("green",)),))


def test_a_service_for_blue_alone():
    blue = service("only-blue", {"color": "blue"}, 80, 80)
    assert passed("alone", services=(blue,), ends=(ALL, slices("only-blue", "blue")))
    assert not passed("alone", ends=(slices("only-blue", "blue"),))
    assert not passed("alone", services=(blue,), ends=(slices("only-blue", "blue", "green"),))
    assert not passed("alone", services=(service("only-blue", {}, 8000, 80),), ends=(slices("only-blue", "blue"),))


def test_tidy_means_the_services_too_and_that_there_was_something():
    event = {"involvedObject": {"kind": "Pod", "name": "blue", "uid": "1"}}
    tidy = find("08-tidy").test
    assert tidy(Seen(events=(event,)))
    assert not tidy(Seen())
    assert not tidy(Seen(events=(event,), others={"services": (COLORS,)}))
    assert not tidy(Seen(PODS, events=(event,)))


def test_a_pod_that_is_gone_has_to_be_made_before_it_can_be_back():
    found = find("08-back").test(
        Seen(PODS[:2], others={"services": (COLORS,), "endpointslices": (slices("colors", "blue", "green"),)})
    )
    assert not found and "yellow" in found.message.en and "for color in" in found.look.en
