"""What somebody presses in a view: heard at once, done once, however often the view has to say it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from podlab.errors import PodlabError
from podlab.text import Text

LABELS = {
    "working": Text(ko="처리하는 중입니다…", en="Working on it…"),
    "unheard": Text(
        ko="커널이 대답하지 않습니다. 실행 중인 셀이 있으면 끝날 때까지 기다리고, 없으면 이 셀을 다시 실행하십시오.",
        en="The kernel does not answer. If a cell is running, wait for its end; otherwise run this cell again.",
    ),
    "severed": Text(ko="연결이 끊겼습니다. 이 셀을 다시 실행하십시오", en="Disconnected: run this cell again"),
}
"""What a view says of a press; `severed` is said where there is no kernel at all."""
FAILED = Text(ko="되지 않았습니다: {error}", en="That did not work: {error}")


def attempt(act: Callable[[], None]) -> str:
    """Do it; why that failed, or nothing."""
    try:
        act()
    except Exception as error:  # a handler's error is shown nowhere else
        said = str(error) if isinstance(error, PodlabError) else repr(error)
        hint = f" → {error.hint}" if isinstance(error, PodlabError) and error.hint else ""
        return str(FAILED.format(error=said)) + hint
    return ""


class Presses:
    """The presses of one widget. Each has a name of its own, by which the view knows the answer to it.

    A message of a view may be lost on its way to a busy kernel, and may be late: so the view says it again until it
    hears that it was heard, and what was said twice is done once.
    """

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        """`send` tells the widget's views something."""
        self._send = send
        self._lock = threading.Lock()
        self._done: dict[str, bool] = {}

    def take(self, content: Mapping[str, Any], act: Callable[[], None]) -> None:
        """Answer, and do what is asked for unless that was asked before; what is no press is just done."""
        name = content.get("press")
        if name is None:
            act()
            return
        with self._lock:
            known, done = name in self._done, self._done.get(name, False)
            self._done.setdefault(name, False)
        self._send({"event": "done" if done else "heard", "press": name})
        if known:
            return
        try:
            act()
        finally:
            self._done[name] = True
            self._send({"event": "done", "press": name})
