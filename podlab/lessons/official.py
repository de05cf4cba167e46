"""What went wrong in a cell with the official Python client: a name it has not, or what the API server said no to."""

from __future__ import annotations

import difflib
import json
from types import ModuleType

from podlab.kubectl.commandline import hints
from podlab.text import Text

NEAR = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
PARTS = ("client", "config", "watch", "stream", "utils", "dynamic")
"""What is taken from `kubernetes` itself."""
CONFIG = Text(
    ko="이 노트북의 첫 코드 셀(`start(…)`)을 실행하면 `config.load_kube_config()`가 클러스터를 찾습니다.",
    en="Run this notebook's first code cell (`start(…)`): then `config.load_kube_config()` finds the cluster.",
)
REFUSED = Text(
    ko="위의 문장이 API 서버의 답입니다. 이름과 네임스페이스, 매니페스트를 확인하십시오.",
    en="That sentence is the API server's answer: look at the name, the namespace and the manifest.",
)


def hint_for(error: BaseException) -> Text | None:
    """The next step, where the error is the client's; None for all others."""
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "kubernetes":
        return _nearest(_missing(error), PARTS)
    if isinstance(error, AttributeError) and _home(error.obj) == "kubernetes":
        return _nearest(str(error.name), [name for name in dir(error.obj) if not name.startswith("_")])
    if _home(error) != "kubernetes":
        return None
    if type(error).__name__ == "ConfigException":
        return CONFIG
    if (told := _status(error)) is None:
        return None
    return hints.hint_for(f"Error from server ({told[0]}): {told[1]}") or REFUSED


def said(error: BaseException) -> str:
    """The error's own words; of an answer of the API server's its code and its sentence, without headers and body."""
    told = _status(error) if _home(error) == "kubernetes" else None
    return f"({getattr(error, 'status', '')}) {told[1]}" if told else str(error)


def _missing(error: ImportError) -> str:
    """The name that was asked for: `clinet` of `import kubernetes.clinet` and of `from kubernetes import clinet`."""
    return str(error).partition("cannot import name '")[2].partition("'")[0] or str(error.name).rpartition(".")[2]


def _home(value: object) -> str:
    """The package that a module, or a value's class, belongs to."""
    name = value.__name__ if isinstance(value, ModuleType) else type(value).__module__
    return name.partition(".")[0]


def _nearest(name: str, there: list[str] | tuple[str, ...]) -> Text | None:
    near = difflib.get_close_matches(name, there, 1, 0.7)
    return NEAR.format(name=near[0]) if near else None


def _status(error: BaseException) -> tuple[str, str] | None:
    """The reason and the sentence of the API server's Status, if the error holds one."""
    try:
        status = json.loads(getattr(error, "body", None) or "")
        return str(status.get("reason") or ""), str(status["message"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
