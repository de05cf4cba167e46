"""`start()`: its one line, what it says of a lesson's needs, and when the example Pod is good as it is."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell

from podlab import text
from podlab.client import Client
from podlab.clusters import Status
from podlab.clusters.choice import IN_TAB
from podlab.clusters.tab import NOT_KEPT
from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from podlab.lessons.lesson import LESSONS, MANIFEST, POD, lesson, manifest
from podlab.lessons.start import _bring, _line, _needs, fits, start
from podlab.testing.sanitizer import sanitize
from podlab.text import Text
from tests.interactive import interactive
from tests.lessons.test_checks import READY, STAGES

WANTED = yaml.safe_load(manifest(MANIFEST))


def status(**change):
    values = {
        "name": "podlab",
        "kind": "kind",
        "kubernetes_version": "v1.36.2",
        "ready": True,
        "simulated": False,
        "kubeconfig": Path("k"),
        "nodes": ("podlab-control-plane",),
    }
    return Status(**(values | change))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_one_line_of_one_form_on_every_cluster(language):
    text.use(language)
    try:
        lines = [
            _line(status(), "default", Text(ko="그래서", en="because"), []),
            _line(
                status(kind="embedded", simulated=True, kubernetes_version=""), "x", Text(ko="a\nb", en="a\nb"), [POD]
            ),
            _line(status(kind="embedded", simulated=True), "x", IN_TAB, [], NOT_KEPT.format(why="Quota exceeded")),
        ]
    finally:
        text.use(None)
    assert ("브라우저 탭" if language == "ko" else "browser tab") in lines[2]
    assert "Quota exceeded" in lines[2]
    assert len({sanitize(line) for line in lines}) == 1
    assert all("\n" not in line and line.startswith("podlab: ") for line in lines)
    assert "v1.36.2" in lines[0] and POD in lines[1]
    assert ("시뮬레이션" if language == "ko" else "simulated") in lines[1]
    assert ("시뮬레이션" if language == "ko" else "simulated") not in lines[0]


def test_needs_are_told_the_same_way_whether_they_were_there_or_not():
    assert [str(need.en) for need in _needs(lesson("04"))] == [
        f"Lesson 04 needs the Pod {POD} of {MANIFEST}: it is Ready."
    ]
    assert [str(need.en) for need in _needs(lesson("05"))] == [
        f"Lesson 05 needs the file {MANIFEST}: it is in this folder."
    ]
    assert _needs(lesson("02")) == []


def changed(*path, value):
    pod = copy.deepcopy(READY)
    place = pod
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return pod


def test_the_pod_of_the_manifest_fits_once_it_is_ready():
    assert fits(READY, WANTED)
    unready = [pod for pod in STAGES if not pod.get("status", {}).get("containerStatuses")]
    assert unready and not any(fits(pod, WANTED) for pod in unready)
    assert not fits(None, WANTED)


@pytest.mark.parametrize(
    "pod",
    [
        changed("metadata", "labels", value={"app": "other"}),
        changed("metadata", "annotations", value={}),
        changed("metadata", "deletionTimestamp", value="2026-11-23T00:00:00Z"),
        changed("spec", "containers", 0, "image", value="nginx:1.27"),
        changed("status", "containerStatuses", 0, "restartCount", value=1),
    ],
)
def test_a_pod_that_would_show_other_outputs_does_not_fit(pod):
    assert not fits(pod, WANTED)


@pytest.mark.parametrize("name", ["4", "04", "describe", "04-describe"])
def test_a_lesson_has_several_names(name):
    assert lesson(name) is LESSONS[4]


@pytest.mark.parametrize("name", ["", "42", "nothing", "4x"])
def test_an_unknown_lesson_names_those_that_there_are(name):
    with pytest.raises(PodlabError) as error:
        lesson(name)
    assert "00, 01, 02" in str(error.value.hint)


def test_a_language_that_podlab_does_not_speak():
    with pytest.raises(ValueError, match=re.escape("podlab speaks ko and en, not 'fr'")):
        start("02", language="fr")


@pytest.mark.cluster
def test_hint_and_solution_need_no_import_once_a_lesson_has_begun(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLAB_CLUSTER", cluster.name)
    monkeypatch.setenv("KUBECONFIG", "")
    with interactive() as shell:
        monkeypatch.setattr(InteractiveShell, "_instance", shell)
        begun = shell.run_cell("from podlab import check, start\nkubectl = start('02', language='en')")
        told = shell.run_cell("said = check(kubectl, '02-mine')\n[hint().step, solution().code]")
    assert begun.success and told.success
    text.use(None)
    assert told.result[0] == 1 and "02-mine" in told.result[1]


class Second(Kubectl):
    """In whose notebook a lesson is begun in the moment in which another one's was."""

    def apply(self, *arguments, **flags):
        Kubectl(self.client, namespace=self.namespace).apply(*arguments, **flags)
        return self.create(filename=arguments[0])


@pytest.mark.cluster
def test_two_notebooks_that_are_begun_at_once_bring_one_pod(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kubectl = Second(Client(cluster.kubeconfig, context=cluster.context), namespace="default")
    kubectl.delete("pod", POD, ignore_not_found=True, now=True)
    assert POD in _bring(lesson("04"), kubectl, lambda _: None)
    assert str(kubectl.get("pod", POD, output="jsonpath={.status.phase}")) == "Running"
