"""What is made without steps: the deed itself counts, and no hint names a file that nobody wrote."""

from __future__ import annotations

import pytest

from podlab.lessons.check import Seen, find

READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


def pod(name: str, *containers: dict, **status: object) -> dict:
    return {"metadata": {"name": name}, "spec": {"containers": list(containers)}, "status": status or READY}


def waiting(reason: str) -> dict:
    return {"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": reason}}}]}


def at(path: str, **container: object) -> dict:
    return {"volumeMounts": [{"name": "pages", "mountPath": path}], **container}


WEB = at("/usr/share/nginx/html", image="nginx")


@pytest.mark.parametrize(
    ("command", "passed"),
    [
        (["sleep", "3600"], False),
        (["sh", "-c", "while true; do date; sleep 1; done"], False),
        (["sh", "-c", "while true; do echo hello > /pages/index.html; sleep 1; done"], False),
        (["sh", "-c", "while true; do date > /pages/index.html; sleep 1; done"], True),
        (["sh", "-c", "cd /pages; while sleep 1; do date > index.html; done"], True),
    ],
)
def test_a_clock_is_written_to_the_page(command, passed):
    clock = pod("clock", WEB, at("/pages", image="busybox", command=command))
    found = find("06-alone").test(Seen((clock,)))
    assert bool(found) is passed
    assert passed or "date" in found.hints[2].en


@pytest.mark.parametrize(
    ("image", "passed"),
    [("nginx", True), ("docker.io/library/nginx:latest", True), ("nginx:1.27", False), ("nginx:1.27@sha256:0", False)],
)
def test_a_tag_that_the_task_names_counts(image, passed):
    found = find("10-solo").test(Seen((pod("solo", {"image": image}),)))
    assert bool(found) is passed
    assert passed or "nginx:latest" in found.message.en


@pytest.mark.parametrize(
    "reason", ["ErrImagePull", "CrashLoopBackOff", "CreateContainerConfigError", "RunContainerError"]
)
def test_hints_name_a_file_only_where_it_is_there(reason):
    seen = (pod("solo", {"image": "nginx"}, **waiting(reason)),)
    without = find("10-solo").test(Seen(seen))
    beside = find("10-solo").test(Seen(seen, {"solo.yaml": "kind: Pod"}))
    assert not any("solo.yaml" in hint.en + hint.ko for hint in without.hints) and len(without.hints) == 3
    assert any("solo.yaml" in hint.en for hint in beside.hints)


def test_an_unscheduled_pod_has_hints_of_its_own():
    nowhere = {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}],
    }
    found = find("10-solo").test(Seen((pod("solo", {"image": "nginx"}, **nowhere),)))
    assert "scheduler" in found.hints[0].en and "solo.yaml" not in found.hints[2].en


def test_what_is_on_its_way_is_waited_for_by_its_name():
    found = find("10-solo").test(Seen((pod("solo", {"image": "nginx"}, phase="Running"),)))
    assert 'kubectl.wait("pod/solo"' in found.look.en and found.settling


def test_who_never_had_a_fault_is_not_told_to_clear_one_away_first():
    found = find("09-tidy").test(Seen())
    assert not found and "FindFault" in found.hints[1].en
    left = find("09-tidy").test(Seen((pod("oven"),)))
    assert "oven" in left.message.en and not left.hints
