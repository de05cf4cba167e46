"""What a cell that is no Python probably meant: one hint below the error, by IPython's own hook."""

from __future__ import annotations

import difflib
import re
from typing import Any

from IPython.core.error import UsageError

from podlab.text import Text

START = Text(
    ko="커널이 다시 시작되었습니다. 이 노트북의 첫 코드 셀(`start(…)`)을 다시 실행하고 이어 가십시오.",
    en="The kernel was restarted: run this notebook's first code cell (`start(…)`) once more and carry on.",
)
EARLIER = Text(
    ko="`{name}`{은/는} 앞의 셀에서 정해집니다. 그 셀을 먼저 실행하십시오.",
    en="`{name}` is made in a cell further up: run that one first.",
)
NEAR = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
MAGIC = Text(
    ko="셀은 파이썬입니다. kubectl 명령은 앞에 %를 붙입니다: `%{line}`",
    en="A cell is Python; a kubectl command takes a % in front: `%{line}`",
)
LOST_MAGIC = Text(
    ko="`%kubectl`과 `%%manifest`는 첫 코드 셀(`start(…)`)을 실행한 뒤에 있습니다.",
    en="`%kubectl` and `%%manifest` are there after the first code cell (`start(…)`) was run.",
)
OURS = ("kubectl", "check", "quiz", "hint", "solution", "progress", "PodBoard", "PodAnatomy", "Timeline", "Explain",
        "ManifestEditor", "Controllers", "PortForward", "FindFault", "clear_faults", "exam", "practice",
        "marks")  # fmt: skip


def hint_for(error: BaseException, cell: str, names: set[str]) -> Text | None:
    """The one hint for an error of a cell, if podlab has one.

    Args:
        names: what the notebook has by now.
    """
    if isinstance(error, SyntaxError):
        line = next((line.strip() for line in cell.splitlines() if re.match(r"\s*kubectl\s+[a-z-]", line)), "")
        return MAGIC.format(line=line) if line else None
    if isinstance(error, NameError) and error.name:
        return _unknown(error.name, names)
    return LOST_MAGIC if re.search(r"magic (function )?`%+(kubectl|manifest)` not found", str(error)) else None


def _unknown(name: str, names: set[str]) -> Text:
    if name in OURS:
        return START
    near = difflib.get_close_matches(name, [*names, *OURS], 1, 0.75)
    return NEAR.format(name=near[0]) if near else EARLIER.format(name=name)


def load_ipython_extension(shell: Any) -> None:
    """Give the hints from a kernel's beginning on, before a first cell was run."""
    install(shell)


def install(shell: Any) -> None:
    """Let the shell show its traceback as before, and then the hint; a second time changes nothing."""
    if getattr(shell, "podlab_hints", False):
        return
    shell.podlab_hints = True
    shell.set_custom_exc((NameError, SyntaxError, UsageError), _shown)


def _shown(shell: Any, kind: Any, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """IPython's own traceback of the error, and one line more."""
    cell = str((shell.user_ns.get("In") or [""])[-1])
    found = hint_for(error, cell, set(shell.user_ns))
    tb_offset = getattr(shell.InteractiveTB, "tb_offset", None) if tb_offset is None else tb_offset
    if isinstance(error, UsageError):
        lines = [f"UsageError: {error}"]
    elif isinstance(error, SyntaxError):
        lines = shell.SyntaxTB.structured_traceback(kind, error, [])
    else:
        lines = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    lines = [*lines, f"→ {found}"] if found else lines
    shell._showtraceback(kind, error, lines)
    return list(lines)
