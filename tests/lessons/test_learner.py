"""A learner goes through each lesson in both languages, from wrong answers and the last hint to solution and reset.

On the embedded cluster time skips to whatever is due next; on kind it is real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from podlab import start, text, workbook
from podlab.clusters import Cluster, reset, state
from podlab.clusters.embedded import Embedded
from podlab.kubectl import Kubectl
from podlab.lessons import bar, checking, hints, practice, progress
from podlab.lessons.check import Check, Result
from podlab.lessons.faults import bench
from podlab.lessons.faults.fault import Fault
from podlab.lessons.faults.panel import FindFault
from podlab.lessons.faults.table import FAULTS
from podlab.lessons.lesson import LESSONS, Lesson, lesson
from podlab.lessons.quiz import LETTERS, Question, judged
from podlab.panels import Explain
from podlab.text import LANGUAGES
from tests.conformance.shell import changes
from tests.leavings import cleared

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
HANGUL = re.compile("[가-힣]")
NAME = "learner"

# A repair that a learner may well try, and what is said of it.
WRONG = {
    "menu": ("1.27-fresh", "1.72", "(ErrImagePull)|(ImagePullBackOff)"),
    "flyer": ("ngnix", "nginxx", "it has to be an nginx"),
    "price-tag": ("key: colour", "key: colour, optional: true", "with optional"),
    "greeter": ("command:", "args: [x]\n    command:", "SHOP_NAME is still not set"),
    "oven": ("8Mi", "10Mi", "the memory limit is 10Mi"),
    "stock": ("failureThreshold: 3", "failureThreshold: 4", "waits for 8 s"),
    "counter": ("/health", "/healthz", "asks for /healthz"),
    "till": ("port: 8080", "port: 443", "asks at port 443"),
    "storeroom": ("64Ti", "32Ti", "Unschedulable"),
    "courier": ("    kubernetes.io/os: linus", "    {}", "the nodeSelector is gone"),
    "night-shift": ("  containers:", "  tolerations: [{operator: Exists}]\n  containers:", "tolerates every taint"),
    "ledger": ("1.27", "latest", "still being deleted"),
}


@contextmanager
def school(request: pytest.FixtureRequest, folder: Path) -> Iterator[Cluster]:
    """The cluster of one language: nothing of another learner is in it."""
    if request.config.getoption("--cluster") == "kind":
        shared = request.getfixturevalue("cluster")
        yield shared
        cleared(shared)
        (state.home() / "progress.json").unlink(missing_ok=True)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PODLAB_HOME", str(folder))
        made = Embedded(("--stepping", "--seed", "1")).up(NAME)
        yield made
        Embedded().down(made)


@pytest.fixture(scope="module", params=LANGUAGES)
def room(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Cluster]]:
    if request.param == "en" and request.config.getoption("--cluster") == "kind":
        pytest.skip("on kind, where time is real, one language; both on the embedded cluster")
    with school(request, tmp_path_factory.mktemp("home")) as cluster, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PODLAB_CLUSTER", cluster.name)
        patch.chdir(tmp_path_factory.mktemp("lessons"))
        text.use(request.param)
        yield request.param, cluster
        practice.end("farm")
        text.use(None)
        progress.unfollow()


@dataclass(frozen=True)
class Learner:
    """Somebody who is at a lesson."""

    lesson: Lesson
    language: str
    kubectl: Kubectl

    def name(self, item: str) -> str:
        return f"{self.lesson.number}-{item}"

    def entry(self, item: str, sign: str = "-") -> progress.Entry:
        return progress.progress().entries[f"{self.lesson.number}{sign}{item}"]

    def reads(self, said: object) -> str:
        """What is said, which is in the learner's language, with nothing left to be filled in."""
        found = str(said)
        assert bool(HANGUL.search(found)) is (self.language == "ko"), found
        assert not re.search(r"\{(name|file|image|want|wanted)\}", found), found
        return found

    def answers(self, question: Question) -> None:
        """Every wrong answer first; a prediction is noted without being judged, the last one right."""
        letters = [*zip(LETTERS, question.options, strict=False)]
        for letter, option in sorted(letters, key=lambda pair: pair[1].right):
            found = judged(question, self.lesson.number, letter)
            assert found.passed is (question.prediction or option.right)
            told = self.reads(found.message)
            assert str(option.text if question.prediction else option.why) in told
        assert self.entry(question.name, "?")["passed"]

    def tries(self, check: Check) -> None:
        """As it is: where it does not pass yet, down to the last hint; then by the solution."""
        if self.lesson is LESSONS[-1]:
            self.leaves_something(check.name)
        found = checking.check(self.kubectl, self.name(check.name))
        if not found:
            self.reads(found)
            self.is_helped(check)
        self.solves(check)

    def leaves_something(self, name: str) -> None:
        """A first try that is not quite what a task asks for: its name is taken when the solution comes."""
        if name == "team":
            self.kubectl.create("deployment", name, image="nginx:1.27", replicas=2)
        else:
            self.kubectl.run(name, image="nginx:1.27")
            self.kubectl.wait(f"pod/{name}", for_="condition=Ready", timeout="60s")

    def is_helped(self, check: Check) -> None:
        given = [hints.hint(self.name(check.name)) for _ in range(hints.STEPS + 1)]
        assert [each.step for each in given] == [1, 2, 3, 3], check.name
        assert len({self.reads(each.text) for each in given}) == hints.STEPS, check.name
        assert self.entry(check.name)["hints"] == hints.STEPS

    def solves(self, check: Check) -> None:
        """By what `solution()` shows, which the record tells."""
        passed: list[Result] = []

        def tried(kubectl: Kubectl, name: str, answer: object = "") -> Result:
            for _ in changes(kubectl.client, f"/api/v1/namespaces/{kubectl.namespace}/pods", 10):
                passed.append(checking.check(kubectl, name, answer))
                if passed[-1] or not passed[-1].settling:
                    break
            else:  # nothing more of the Pods, but time went on
                passed.append(checking.check(kubectl, name, answer))
            return passed[-1]

        shown = hints.solution(self.name(check.name))
        here = {"kubectl": self.kubectl, "check": tried, "start": start}
        here |= {"clear_faults": bench.clear_faults, "FindFault": FindFault}
        exec(compile(shown.code, check.name, "exec"), here)
        assert passed and passed[-1], f"{check.name}: {passed}"
        self.reads(passed[-1])
        assert {"passed", "solution"} <= self.entry(check.name).keys()

    def finds(self, fault: Fault) -> None:
        """The symptom, every guess, then what Explain says, and a repair that is none."""
        panel = FindFault(self.kubectl, self.name(fault.key))
        assert any(self.shows(fault) for _ in range(5))  # a container that ends again and again runs now and then
        assert not panel.explain()
        assert [panel.guess(letter).passed for letter in "abc"].count(True) == 1
        explained = panel.explain()
        assert isinstance(explained, Explain)
        explained.close()  # one who watches lets time go on
        assert any(part in self.mistakes(fault).message.en for part in WRONG[fault.key][2].split("|"))
        self.tries(fault.check)
        bench.bring(self.kubectl, fault)  # what is there stays: a kernel's restart costs nobody their repair
        assert panel.check()
        bench.clear_faults(self.kubectl, fault)
        assert bench.pod(self.kubectl, fault) is None and not Path(fault.file).exists()

    def shows(self, fault: Fault) -> bool:
        """Whether `kubectl get pods` has the symptom, now or after a change; of RESTARTS the number alone.

        A real kubelet tells of a back-off when it is nearly over: a slow look finds the next run, and looks once more.
        """
        words, pods = fault.sign.split(), f"/api/v1/namespaces/{self.kubectl.namespace}/pods"
        sign = dict(zip(words[::2], words[1::2], strict=True))
        return any(sign.items() <= self.row(fault).items() for _ in changes(self.kubectl.client, pods, 600))

    def row(self, fault: Fault) -> dict[str, str]:
        head, line = str(self.kubectl.get("pod", fault.key)).splitlines()
        return dict(zip(head.split(), line.split(), strict=False))

    def mistakes(self, fault: Fault) -> Result:
        """Repair it wrongly; what is said of that."""
        old, new, _ = WRONG[fault.key]
        assert old in fault.manifest
        Path(fault.file).write_text(fault.manifest.replace(old, new), encoding="utf-8")
        if fault.deleted:
            self.kubectl.apply(fault.file)
        else:
            self.kubectl.replace(fault.file, force=True)
        if fault.key in ("menu", "storeroom"):  # nothing but the cluster can tell
            self.kubectl.wait(f"pod/{fault.key}", for_=fault.until, timeout="60s")
        found = fault.judge(bench.pod(self.kubectl, fault))
        assert not found and found.look
        return found


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.slug)
def test_from_wrong_answers_to_the_solutions_and_back(each: Lesson, room: tuple[str, Cluster], tmp_path: Path) -> None:
    language, cluster = room
    learner = Learner(each, language, start(each.number, language=language))
    for question in each.module.QUESTIONS:
        learner.answers(question)
    faults = {fault.key: fault for fault in FAULTS} if each is lesson("09") else {}
    checks = each.module.CHECKS
    for n, check in enumerate(checks):
        if n == len(checks) // 2:
            learner = begins_anew(learner, cluster, tmp_path / "middle")
        if check.name in faults:
            learner.finds(faults[check.name])
        else:
            learner.tries(check)
    known = progress.progress()
    assert all(known.done(each)), known.line(each)
    for question in each.module.QUESTIONS:
        assert not question.prediction or learner.entry(question.name, "?")["foreseen"] is True
    begins_anew(learner, cluster, tmp_path / "end")
    assert str(bar.ALL) in bar.html(progress.progress(), each)


def begins_anew(learner: Learner, cluster: Cluster, folder: Path) -> Learner:
    """Notebook and cluster are put back, the kernel is another; what has passed stays, and the bar counts it."""
    each, language, before = learner.lesson, learner.language, progress.progress()
    resets(each, language, folder)
    reset.empty(cluster)
    pods = f"/api/v1/namespaces/{learner.kubectl.namespace}/pods"
    assert any(not learner.kubectl.client.get(pods)["items"] for _ in changes(learner.kubectl.client, pods, 60))
    hints.forget()
    again = Learner(each, language, start(each.number, language=language))
    told = again.reads(bar.html(progress.progress(), each))
    assert progress.progress().done(each) == before.done(each)
    assert f'aria-valuenow="{sum(before.done(each))}"' in told
    return again


def resets(each: Lesson, language: str, folder: Path) -> None:
    """The notebook is as it was, and what the learner wrote lies beside it."""
    workbook.lay_out(folder, language)
    notebook = workbook.find(folder / language, each.number)
    fresh = notebook.read_bytes()
    notebook.write_bytes(b"{}")
    restored, kept = workbook.restore(folder, each.number, language)
    assert restored.read_bytes() == fresh and kept is not None and kept.read_bytes() == b"{}"
