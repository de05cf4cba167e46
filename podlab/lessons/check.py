"""Checks: functions from what the cluster and the folder hold to a result; a check that fails is a result too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podlab.errors import PodlabError
from podlab.lessons import progress
from podlab.lessons.lesson import lesson
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

Pod = Mapping[str, Any]

PASSED = Text(ko="통과", en="Passed")
NOT_YET = Text(ko="아직입니다", en="Not yet")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check looks at: the namespace's Pods, the folder's manifests by name, and the learner's answer."""

    pods: tuple[Pod, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""

    def pod(self, name: str) -> Pod | None:
        """The Pod of that name, if there is one."""
        return next((pod for pod in self.pods if pod["metadata"]["name"] == name), None)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: `message` says what is so or what is missing, `look` where to look next."""

    passed: bool
    message: Text
    look: Text | None = None

    def __str__(self) -> str:
        head = f"✔ {PASSED}: {self.message}" if self.passed else f"✘ {NOT_YET}: {self.message}"
        return f"{head}\n→ {self.look}" if self.look else head

    def __bool__(self) -> bool:
        return self.passed

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        sign, word, colour = ("✔", PASSED, "#1a7f37") if self.passed else ("✘", NOT_YET, "#9a6700")
        look = f"<br>→ {_code(str(self.look))}" if self.look else ""
        frame = f"border-left:4px solid {colour};padding:.4em .8em"
        html = f'<div role="status" style="{frame}"><b>{sign} {word}:</b> {_code(str(self.message))}{look}</div>'
        return {"text/plain": str(self), "text/html": html}


Test = Callable[[Seen], Result]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a lesson; it is called by the lesson's number and its name, such as `02-ready`."""

    name: str
    test: Test


def check(kubectl: Kubectl, name: str, answer: object = "") -> Result:
    """Look at the cluster and say whether this step is done.

    Args:
        kubectl: what `start()` gave.
        name: lesson number and name of the check, such as `02-ready`.
        answer: what you found, for the checks that ask.

    Raises:
        PodlabError: no check has that name.
    """
    wanted = find(name)
    try:
        pods = kubectl.client.get(f"/api/v1/namespaces/{kubectl.namespace}/pods")["items"]
        result = wanted.test(Seen(tuple(pods), _files(Path.cwd()), str(answer).strip()))
    except PodlabError as error:
        message = Text(ko="클러스터를 볼 수 없습니다: {error}", en="the cluster cannot be seen: {error}").format(
            error=error
        )
        look = Text(ko="터미널에서 `podlab status`를 실행해 보십시오", en="run `podlab status` in a terminal")
        result = Result(False, message, error.hint or look)
    progress.record(name, result.passed)
    return result


def find(name: str) -> Check:
    """The check of that name.

    Raises:
        PodlabError: there is none.
    """
    number, _, rest = name.partition("-")
    checks: tuple[Check, ...] = lesson(number).module.CHECKS
    for each in checks:
        if each.name == rest:
            return each
    known = ", ".join(f"{number}-{each.name}" for each in checks) or "-"
    raise PodlabError(
        Text(ko="{name!r}라는 확인은 없습니다", en="there is no check {name!r}").format(name=name),
        Text(ko="이 수업의 확인: {known}", en="the checks of this lesson: {known}").format(known=known),
    )


def _files(folder: Path) -> dict[str, str]:
    """The manifests of the folder; one that is no text, or is a folder, counts as empty."""
    found = {}
    for path in folder.glob("*.yaml"):
        try:
            found[path.name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            found[path.name] = ""
    return found


def _code(text: str) -> str:
    """HTML of a sentence in which `backticks` mark code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
