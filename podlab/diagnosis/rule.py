"""One row of the table of findings, and the words that several rows share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podlab.diagnosis.symptoms import Object, Values
from podlab.text import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: when it matches, and what it says then."""

    id: str
    matches: Callable[[Object, Sequence[Object]], Values | None]
    sentence: Text
    next_step: Text
    command: str
    healthy: bool = False


DESCRIBE = "kubectl describe pod {name}"
LOGS = "kubectl logs {name} -c {container}"
LAST_RUN = "kubectl logs {name} -c {container}{previous}"
SEE_EVENTS = Text(
    ko="describe 출력의 Events에서 마지막 줄을 읽습니다.",
    en="Read the last lines under Events in the description.",
)
FIX_IMAGE = Text(
    ko="매니페스트의 `image`를 고친 뒤 다시 apply합니다. 이미지는 실행 중인 파드에서도 바꿀 수 있습니다.",
    en="Correct `image` in the manifest and apply it again; the image of an existing Pod may change.",
)
