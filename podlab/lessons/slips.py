"""What a cell that went wrong probably meant: the error's line and one hint below it, by IPython's own hook.

The stack is shown only where the error is the learner's own Python: nothing in podlab's is theirs to mend.
"""

from __future__ import annotations

import difflib
import re
import traceback
from typing import Any

from IPython.core.error import UsageError

from podlab.lessons.uses import USES, called, example
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
BARE = Text(
    ko="kubectl 명령은 `%kubectl`로 시작합니다: `%kubectl {line}`",
    en="A kubectl command begins with `%kubectl`: `%kubectl {line}`",
)
QUOTES = Text(
    ko='문자열은 따옴표로 감쌉니다: `"{name}"`. 앞의 셀에서 정한 이름이라면 그 셀을 먼저 실행하십시오.',
    en='A text has quotes: `"{name}"`. If it is a name that a cell further up makes, run that one first.',
)
LIKE_THIS = Text(ko="이렇게 씁니다: `{example}`", en="It is written like this: `{example}`")
EMPTY_CELL = Text(
    ko="매니페스트를 `%%manifest` 줄 아래에 적으십시오.", en="Write the manifest below the line with `%%manifest`."
)
OUTPUT = Text(
    ko="kubectl이 돌려주는 것은 출력입니다. 글자는 `str(…)`, 오브젝트는 `….objects[0]`으로 꺼냅니다.",
    en="What kubectl gives back is its output: its text is `str(…)`, its objects are `….objects[0]`.",
)
VERBS = "get|describe|apply|create|delete|logs|exec|run|explain|label|scale|rollout|wait|events"
OURS = (*(name for name in USES if "." not in name), "kubectl", "practice")
ERRORS = (NameError, SyntaxError, UsageError, TypeError, AttributeError, ValueError, LookupError, ImportError)


def hint_for(error: BaseException, cell: str, names: set[str], line: str = "", inside: bool = False) -> Text | None:
    """The one hint for an error of a cell, if podlab has one.

    Args:
        names: what the notebook has by now.
        line: the cell's line in which it happened.
        inside: whether it was raised in podlab, and not in the cell itself.
    """
    if isinstance(error, SyntaxError):
        return _unreadable(error, cell)
    if isinstance(error, ImportError):
        return _not_there(str(error), error.name or "")
    if isinstance(error, NameError) and error.name:
        return _unknown(error.name, names, line)
    if isinstance(error, UsageError):
        return _magic(str(error))
    return _misused(str(error), line, inside)


def _unreadable(error: SyntaxError, cell: str) -> Text | None:
    lines = cell.splitlines()
    line = next((line.strip() for line in lines if re.match(r"\s*kubectl\s+[a-z-]", line)), "")
    if line:
        return MAGIC.format(line=line)
    bare = next((line.strip() for line in lines if re.match(rf"\s*({VERBS})\s+[\w-]", line)), "")
    if bare:
        return BARE.format(line=bare)
    there = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else cell
    return LIKE_THIS.format(example=example(name)) if (name := called(there)) else None


def _magic(said: str) -> Text | None:
    if "%%manifest is a cell magic, but the cell body is empty" in said:
        return EMPTY_CELL
    found = re.search(r"magic (function )?`(%+)(\w+)` not found", said)
    if not found:
        return None
    if found[3] in ("kubectl", "manifest"):
        return LOST_MAGIC
    near = difflib.get_close_matches(found[3], ["kubectl", "manifest"], 1, 0.75)
    return NEAR.format(name=found[2] + near[0]) if near else None


def _not_there(said: str, module: str) -> Text | None:
    import podlab

    word = re.search(r"cannot import name '(\w+)' from 'podlab", said)
    near = difflib.get_close_matches(word[1] if word else module, podlab.__all__ if word else ["podlab"], 1, 0.6)
    return NEAR.format(name=near[0]) if near and module.startswith("podla") else None


def _misused(said: str, line: str, inside: bool) -> Text | None:
    """A call that podlab's name was not made for; another's errors are left alone."""
    if said.startswith("'Output' object"):
        return OUTPUT
    attribute = re.match(r"module 'podlab(?:\.lessons\.(practice))?' has no attribute '(\w+)'", said)
    if attribute:
        known = [each.rpartition(".")[2] for each in USES if bool(attribute[1]) is ("practice." in each)]
        near = difflib.get_close_matches(attribute[2], known, 1, 0.6)
        return NEAR.format(name=near[0]) if near else None
    if said.startswith("'Kubectl' object"):
        return LIKE_THIS.format(example=example("kubectl.get"))
    signature = re.match(r"(?:(\w+)\.)?(\w+)\(\) (missing|takes|got)", said)
    if signature:
        owner, name = signature[1] or "", signature[2]
        name = owner if name == "__init__" else f"kubectl.{name}" if owner == "Kubectl" else name
    else:
        name = called(line) if inside else ""
    return LIKE_THIS.format(example=example(name)) if name and example(name) else None


def _unknown(name: str, names: set[str], line: str) -> Text:
    if name in OURS:
        return START
    near = difflib.get_close_matches(name, [*names, *OURS], 1, 0.75)
    if near:
        return NEAR.format(name=near[0])
    in_call = re.search(rf"kubectl\.\w+\(.*\b{re.escape(name)}\b", line)
    return (QUOTES if in_call else EARLIER).format(name=name)


def load_ipython_extension(shell: Any) -> None:
    """Give the hints from a kernel's beginning on, before a first cell was run."""
    install(shell)


def install(shell: Any) -> None:
    """Let the shell show its traceback as before, and then the hint; a second time changes nothing."""
    if getattr(shell, "podlab_hints", False):
        return
    shell.podlab_hints = True
    shell.set_custom_exc(ERRORS, _shown)


def _shown(shell: Any, kind: Any, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """The error's line and one hint, where podlab has one; else IPython's own traceback."""
    if hasattr(error, "_render_traceback_"):
        lines = list(error._render_traceback_())
        shell._showtraceback(kind, error, lines)
        return lines
    cell = str((shell.user_ns.get("In") or [""])[-1])
    line, inside = _place(trace, cell)
    found = hint_for(error, cell, set(shell.user_ns), line, inside)
    tb_offset = getattr(shell.InteractiveTB, "tb_offset", None) if tb_offset is None else tb_offset
    if isinstance(error, SyntaxError):
        lines = shell.SyntaxTB.structured_traceback(kind, error, [])
    elif isinstance(error, UsageError) or found:
        lines = [f"{kind.__name__}: {error}"]
    else:
        lines = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    lines = [*lines, f"→ {found}"] if found else lines
    shell._showtraceback(kind, error, lines)
    return list(lines)


def _place(trace: Any, cell: str) -> tuple[str, bool]:
    """The line of the cell that was at work, and whether the error came from within podlab."""
    line, inside, rows = "", False, cell.splitlines()
    for frame, number in traceback.walk_tb(trace):
        module = str(frame.f_globals.get("__name__", ""))
        inside = inside or module == "podlab" or module.startswith("podlab.")
        if module == "__main__" and frame.f_code.co_name == "<module>" and 0 < number <= len(rows):
            line = rows[number - 1]
    return line, inside
