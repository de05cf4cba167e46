"""Checks: functions from what the cluster and the folder hold to a result; a check that fails is a result too."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.lookalikes import plain
from podlab.lessons.lesson import LESSONS, lesson
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

Pod = Mapping[str, Any]

GROUPS = {
    "deployments": "/apis/apps/v1",
    "endpointslices": "/apis/discovery.k8s.io/v1",
    "jobs": "/apis/batch/v1",
    "replicasets": "/apis/apps/v1",
}
"""Where resources are that do not belong to the core group."""

LINES = 5000  # of a log: a probe adds one a second
SEPARATOR = re.compile("([-_ ])")
"""Between a lesson's number and the name of a check; only the first of them is right."""

WORDS = "podlab-words"  # the style of widgets that hold sentences
PASSED = Text(ko="통과", en="Passed")
NO_CHECK = Text(ko="{name!r}{이라는/라는} 확인은 없습니다", en="there is no check {name!r}")
NEAR = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
KNOWN = Text(ko="{number} 수업의 확인: {known}", en="the checks of lesson {number}: {known}")
NOT_YET = Text(ko="아직입니다", en="Not yet")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check looks at: the namespace's Pods, the folder's manifests by name, and the learner's answer.

    Attributes:
        events: the namespace's Events: they tell of Pods that are no longer there.
        refused: what the API server said no to since the kernel was started, as its messages.
        others: the objects of the resources that the check names beside Pods, such as `services`.
        log: of the Pod that the answer names, where the check reads it.
    """

    pods: tuple[Pod, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    events: tuple[Pod, ...] = ()
    refused: tuple[str, ...] = ()
    others: Mapping[str, tuple[Pod, ...]] = field(default_factory=dict)
    log: str = ""

    def other(self, resource: str, name: str) -> Pod | None:
        """The object of that resource and name, if there is one."""
        return next((each for each in self.others.get(resource, ()) if each["metadata"]["name"] == name), None)

    def pod(self, name: str) -> Pod | None:
        """The Pod of that name, if there is one."""
        return next((pod for pod in self.pods if pod["metadata"]["name"] == name), None)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: `message` says what is so or what is missing, `look` where to look next.

    Attributes:
        hints: for what is wrong now, up to three steps from an idea to nearly the answer.
        settling: it may come right by itself in a moment, so that asking again is worth while.
        view: makes what stands beside the sentence in a notebook.
        sign: stands alone before a message that itself says what it is: of an answer, whether it is right.
    """

    passed: bool
    message: Text
    look: Text | None = None
    hints: tuple[Text, ...] = ()
    settling: bool = False
    view: Callable[[], Any] | None = field(default=None, compare=False, repr=False)
    sign: str = ""

    def __str__(self) -> str:
        if self.sign:
            head = f"{self.sign} {self.message}"
        else:
            head = f"✔ {PASSED}: {self.message}" if self.passed else f"✘ {NOT_YET}: {self.message}"
        return f"{head}\n→ {self.look}" if self.look else head

    def __bool__(self) -> bool:
        return self.passed

    def html(self) -> str:
        """The sentence as HTML, for paper and screen readers, too."""
        sign, word, colour = ("✔", PASSED, "#1a7f37") if self.passed else ("✘", NOT_YET, "#9a6700")
        head = self.sign or f"<b>{sign} {word}:</b>"
        look = f"<br>→ {coded(str(self.look))}" if self.look else ""
        frame = f"border-left:4px solid {colour};padding:.4em .8em"
        return f'<div role="status" style="{frame}">{head} {coded(str(self.message))}{look}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": str(self), "text/html": self.html()}
        return (self.view() if self.view else {}) | bundle


Test = Callable[[Seen], Result]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a lesson; it is called by the lesson's number and its name, such as `02-ready`.

    Attributes:
        hints: three steps for whatever is wrong, where the test's result brings none of its own.
        solution: the cells that make it pass, as Python.
        also: the resources that it looks at beside Pods.
        reads: it reads the log of the Pod that the answer names.
    """

    name: str
    test: Test
    hints: tuple[Text, ...] = ()
    solution: str = ""
    also: tuple[str, ...] = ()
    reads: bool = False


def look(kubectl: Kubectl, name: str, answer: object = "") -> Result:
    """What the check of that name finds now.

    Raises:
        PodlabError: no check has that name.
    """
    wanted = find(name)
    try:
        seen = see(kubectl, answer, wanted.also)
        return wanted.test(replace(seen, log=_log(kubectl, seen)) if wanted.reads else seen)
    except PodlabError as error:
        message = Text(ko="클러스터를 볼 수 없습니다: {error}", en="the cluster cannot be seen: {error}").format(
            error=error
        )
        status = Text(ko="터미널에서 `podlab status`를 실행해 보십시오", en="run `podlab status` in a terminal")
        return Result(False, message, error.hint or status)


def see(kubectl: Kubectl, answer: object = "", also: tuple[str, ...] = ()) -> Seen:
    """What there is to look at in kubectl's namespace and in the current folder; `also` names further resources."""
    inside = f"/api/v1/namespaces/{kubectl.namespace}"
    pods, events = (tuple(kubectl.client.get(f"{inside}/{each}")["items"]) for each in ("pods", "events"))
    said, refused = "" if answer is None else str(answer).strip(), tuple(kubectl.client.refused)
    return Seen(pods, _files(Path.cwd()), said, events, refused, _others(kubectl, also))


def find(name: str) -> Check:
    """The check of that name.

    Raises:
        PodlabError: there is none.
    """
    name = plain(str(name))
    number, mark, rest = SEPARATOR.split(f"{name}-", 1)
    if not number[:1].isdigit() and (meant := _unnumbered(name)):
        raise PodlabError(NO_CHECK.format(name=name), NEAR.format(name=meant))
    of = lesson(number)
    checks: tuple[Check, ...] = of.module.CHECKS
    for each in checks:
        if mark == "-" and each.name == rest.removesuffix("-"):
            return each
    known = [f"{of.number}-{each.name}" for each in checks]
    near = difflib.get_close_matches(str(name), known, 1, 0.75)
    hint = NEAR.format(name=near[0]) if near else KNOWN.format(number=of.number, known=", ".join(known) or "-")
    raise PodlabError(NO_CHECK.format(name=name), hint)


def _unnumbered(name: str) -> str:
    """The checks that a name without a lesson's number may mean."""
    return "`, `".join(f"{each.number}-{it.name}" for each in LESSONS for it in each.module.CHECKS if it.name == name)


def _others(kubectl: Kubectl, resources: tuple[str, ...]) -> dict[str, tuple[Pod, ...]]:
    """The objects of these resources in the namespace."""
    paths = {each: f"{GROUPS.get(each, '/api/v1')}/namespaces/{kubectl.namespace}/{each}" for each in resources}
    return {each: tuple(kubectl.client.get(path)["items"]) for each, path in paths.items()}


def _log(kubectl: Kubectl, seen: Seen) -> str:
    """The log of the Pod that the answer names; nothing where there is no such Pod, or no log yet."""
    pod = seen.pod(seen.answer.lower())
    if pod is None:
        return ""
    try:
        return str(kubectl.logs(pod["metadata"]["name"], tail=LINES))
    except ApiError:
        return ""


def _files(folder: Path) -> dict[str, str]:
    """The manifests of the folder; one that is no text, or is a folder, counts as empty."""
    found = {}
    for path in folder.glob("*.yaml"):
        try:
            found[path.name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            found[path.name] = ""
    return found


def coded(text: str) -> str:
    """HTML of a sentence in which `backticks` mark code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
