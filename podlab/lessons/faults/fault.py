"""One broken Pod: what is told of it, what is guessed, how it is judged, and how it is mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from podlab.lessons.check import Check, Pod, Result, Seen
from podlab.lessons.judge import ready
from podlab.lessons.quiz import Option, Question
from podlab.text import Text

PROMPT = Text(ko="무엇이 잘못되었습니까?", en="What is wrong?")
LOOK = Text(
    ko="get, describe, logs, events를 차례로 다시 보십시오. 어디부터일지는 힌트가 알려 줍니다",
    en="go through get, describe, logs and events once more; the hints say where to begin",
)
FREED = {"metadata": {"finalizers": None}}
"""The patch that takes an object's finalizers away."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken Pod and its way out. Its key is the Pod's name, and gives nothing away.

    Attributes:
        story: what the Pod is for, and what its repair must keep.
        manifest: the broken Pod, and what belongs to it, as YAML.
        sign: columns of `kubectl get pods` and what they show when the symptom is there.
        until: what `kubectl wait --for` waits for: the symptom.
        guesses: what the learner chooses among, each with an answer.
        amiss: what is still wrong with this Pod's own fields, if anything; that it is Ready, `judge` sees to.
        learned: what is said of the repaired Pod.
        hints: where to look, what is seen there, what to do.
        repair: pieces of the manifest and what takes their place.
        taint: what every node is tainted with meanwhile.
        deleted: the Pod is deleted as soon as it runs.
    """

    key: str
    story: Text
    manifest: str
    sign: str
    until: str
    guesses: tuple[Option, ...]
    amiss: Callable[[Pod], Text | None]
    learned: Text
    hints: tuple[Text, Text, Text]
    repair: tuple[tuple[str, str], ...]
    taint: str = ""
    deleted: bool = False

    @property
    def file(self) -> str:
        """Where its manifest lies in the learner's folder."""
        return f"{self.key}.yaml"

    @property
    def question(self) -> Question:
        """What is guessed before anything is explained."""
        return Question(self.key, PROMPT, self.guesses)

    @property
    def solution(self) -> str:
        """The mended manifest."""
        text = self.manifest
        for old, new in self.repair:
            text = text.replace(old, new)
        return text

    def judge(self, pod: Pod | None) -> Result:
        """Whether this Pod is repaired; else what is missing, and where to look."""
        wrong = self.amiss(pod) if pod is not None else None
        if wrong is not None:
            return Result(False, wrong, LOOK, self.hints)
        found = ready(self.key, self.file)(Seen(() if pod is None else (pod,)))
        return Result(True, self.learned) if found else replace(found, hints=self.hints)

    @property
    def check(self) -> Check:
        """Its check in the lesson."""
        return Check(self.key, lambda seen: self.judge(seen.pod(self.key)), self.hints, self.steps)

    @property
    def steps(self) -> str:
        """Its solution as Python, from wherever the learner is."""
        free = f'kubectl.patch("pod", "{self.key}", patch={FREED})\n' if self.deleted else ""
        return f'''\
mended = """\\
{self.solution}"""
open("{self.file}", "w", encoding="utf-8").write(mended)
{free}kubectl.replace("{self.file}", force=True)
kubectl.wait("pod/{self.key}", for_="condition=Ready", timeout="60s")
check(kubectl, "09-{self.key}")'''


def container(pod: Pod) -> Mapping[str, Any]:
    """The Pod's first container."""
    found: Mapping[str, Any] = pod["spec"]["containers"][0]
    return found


def repository(pod: Pod) -> str:
    """Which repository its image comes from, without registry and tag, where that is Docker Hub's own."""
    image = str(container(pod).get("image", ""))
    for prefix in ("docker.io/", "library/"):
        image = image.removeprefix(prefix)
    return image.partition("@")[0].partition(":")[0]


def no_nginx(pod: Pod) -> Text | None:
    """What is said of a Pod that no longer runs nginx."""
    if repository(pod) == "nginx":
        return None
    told = Text(ko="이미지가 {image}입니다. nginx 이미지여야 합니다", en="the image is {image}; it has to be an nginx")
    return told.format(image=container(pod).get("image", "-"))
