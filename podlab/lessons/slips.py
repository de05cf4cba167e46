"""What a cell that went wrong probably meant: the error's line and one hint below it, by IPython's own hook.

The stack is shown only where the error is the learner's own Python: nothing in podlab's is theirs to mend.
"""

from __future__ import annotations

import difflib
import io
import itertools
import re
import tokenize
import traceback
from pathlib import Path
from subprocess import CalledProcessError
from types import FunctionType, MethodType
from typing import Any

from IPython.core.error import UsageError

from podlab.errors import PodlabError
from podlab.kubectl.commandline.surface import commands
from podlab.lessons import endless, foreign, hangul, misplaced, official, signs, values
from podlab.lessons.repairs import repaired
from podlab.lessons.uses import USES, called, example
from podlab.text import Text

START = Text(
    ko="이 커널은 새것이거나 다시 시작되었습니다. 이 노트북의 첫 코드 셀(`start(…)`)을 실행하고 이어 가십시오.",
    en="This kernel is new, or was restarted: run this notebook's first code cell (`start(…)`) and carry on.",
)
EARLIER = Text(
    ko="`{name}`{이라는/라는} 이름은 아직 없습니다. 앞의 셀에서 정하는 이름이면 그 셀을 먼저 실행하고, 글자라면 "
    "따옴표로 감싸고, 아니면 철자를 확인하십시오.",
    en="There is no `{name}` yet: if a cell further up makes it, run that one first; if it is a text, put quotes "
    "round it; else check its spelling.",
)
NEAR = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
QUOTES = Text(
    ko='문자열은 따옴표로 감쌉니다: `"{name}"`. 앞의 셀에서 정한 이름이라면 그 셀을 먼저 실행하십시오.',
    en='A text has quotes: `"{name}"`. If it is a name that a cell further up makes, run that one first.',
)
OPTION = Text(
    ko="`{name}`{은/는} 옵션입니다. 파이썬에서는 인자로 적습니다: `{name}={value}`",
    en="`{name}` is an option; in Python it is an argument: `{name}={value}`.",
)
IMPORT = Text(
    ko="`{name}`{은/는} 이렇게 가져옵니다: `from podlab import {name}`",
    en="`{name}` is imported like this: `from podlab import {name}`",
)
LIKE_THIS = Text(ko="이렇게 씁니다: `{example}`", en="It is written like this: `{example}`")
OPEN_QUOTE = Text(
    ko="따옴표를 열고 닫지 않았습니다. 연 것과 같은 따옴표로 닫습니다. 예: `{example}`",
    en="A quotation mark was opened and not closed by one of the same kind. For example: `{example}`",
)
OPEN_BRACKET = Text(
    ko="괄호를 열고 닫지 않았습니다. 예: `{example}`",
    en="A bracket was opened and not closed. For example: `{example}`",
)
CLOSED = Text(
    ko="닫는 괄호가 하나 더 있거나 여는 괄호와 짝이 맞지 않습니다. 예: `{example}`",
    en="There is a closing bracket too many, or not the one that was opened. For example: `{example}`",
)
IMPORTS = Text(
    ko="podlab의 것은 모두 이렇게 가져옵니다: `from podlab import check, quiz, start`",
    en="All that is podlab's is imported like this: `from podlab import check, quiz, start`",
)
GIVEN = Text(
    ko="`kubectl`은 가져오지 않습니다. 이 노트북의 첫 코드 셀(`kubectl = start(…)`)이 만듭니다.",
    en="`kubectl` is not imported: this notebook's first code cell (`kubectl = start(…)`) makes it.",
)
UNCALLED = Text(
    ko="괄호가 없어 실행하지 않았습니다. 이렇게 씁니다: `{example}`",
    en="Without brackets nothing was done. It is written like this: `{example}`",
)
AWAIT = Text(
    ko="`await` 없이 씁니다. 끝날 때까지 알아서 기다립니다: `{line}`",
    en="Leave out the `await`: it waits until it is done by itself: `{line}`",
)
ALL = Text(ko="여기에 있는 것: {names}", en="What there is: {names}")
LAYOUT = Text(
    ko="한글 자판으로 적었습니다. 한/영 키를 누르고 다시 적으십시오: `{name}`",
    en="This was typed with the Korean layout: switch it off, and type `{name}`.",
)
CAPITAL = Text(ko="파이썬에서는 이렇게 적습니다: `{name}`", en="In Python this is written `{name}`.")
COMMA = Text(
    ko="두 문자열 사이에 쉼표가 없어 하나로 이어졌습니다. 이렇게 씁니다: `{line}`",
    en="There is no comma between two texts, so Python made one of them. It is written like this: `{line}`",
)
STOPPED = Text(
    ko="셀을 멈추었습니다. 커널은 그대로입니다. 이 셀을 다시 실행하거나 다음 셀로 가십시오.",
    en="The cell was stopped, the kernel goes on: run this cell again, or go to the next.",
)
NO_FILE = Text(
    ko="이 폴더에 그런 파일은 없습니다. 왼쪽 파일 목록에서 이름을 보고, 없으면 그 파일을 쓰는 셀을 먼저 실행하십시오.",
    en="There is no such file in this folder: see the names in the list on the left, or run the cell that writes it.",
)
YAML_BEGINS = r"\s*(---\s*\n\s*)?(- )?(apiVersion|kind|metadata|spec|containers|name|image|labels):"
UNREAD = {
    "unterminated string|EOL while scanning": OPEN_QUOTE,
    r"unmatched '|does not match opening": CLOSED,
    "was never closed|incomplete input|unexpected EOF": OPEN_BRACKET,
}
"""What Python's parser says, and what is meant; else the example alone."""
CALLED = "|".join([r"kubectl\.\w+", *(name.replace(".", r"\.") for name in USES)])
OURS = (*(name for name in USES if "." not in name), "kubectl", "practice")
ERRORS = (Exception, KeyboardInterrupt)
"""Those without a hint are shown as ever."""
CAPITALS = {
    "yes": "True",
    "no": "False",
    "true": "True",
    "false": "False",
    "null": "None",
    "none": "None",
    "nil": "None",
}
MODULES = ("podlab", "kubernetes", "yaml", "pathlib")


def hint_for(
    error: BaseException, cell: str, names: set[str], line: str = "", inside: bool = False, raw: str = ""
) -> Text | None:
    """The one hint for an error of a cell, if podlab has one.

    Args:
        names: what the notebook has by now.
        line: the cell's line in which it happened.
        inside: whether it was raised in podlab, and not in the cell itself.
        raw: the cell as it was typed, before IPython made Python of its magics.
    """
    if isinstance(error, SyntaxError | NameError) and re.match(YAML_BEGINS, cell):
        return signs.YAML
    if isinstance(error, SyntaxError):
        return _unreadable(error, cell)
    if found := values.hint_for(error, cell) or official.hint_for(error):
        return found
    if isinstance(error, ImportError):
        return _not_there(str(error), error.name or "")
    if isinstance(error, NameError) and error.name:
        return _unknown(error.name, names, line)
    if isinstance(error, UsageError):
        return signs.magic(str(error), raw)
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    if isinstance(error, ValueError) and raw.lstrip("% ").startswith("alias "):
        return foreign.command("kubectl get pods")
    if isinstance(error, CalledProcessError):
        return signs.in_shell(raw)
    if isinstance(error, FileNotFoundError):
        return _no_file(str(error.filename or ""))
    if isinstance(error, AttributeError) and _is_ours(error.obj):
        there = [each for each in dir(type(error.obj)) if not each.startswith("_")]
        if near := difflib.get_close_matches(str(error.name).lower(), there, 1, 0.75):
            return NEAR.format(name=near[0])
        line = f"{type(error.obj).__name__}("
        inside = True
    return _misused(str(error), line, inside)


def _is_ours(value: object) -> bool:
    """Whether it is one of the panels and the like, of which an example tells how they are made."""
    return type(value).__module__.startswith("podlab.") and type(value).__name__ in USES


def _no_file(name: str) -> Text:
    near = difflib.get_close_matches(name, [path.name for path in Path.cwd().iterdir()], 1, 0.75)
    return NEAR.format(name=near[0]) if near else NO_FILE


def _unreadable(error: SyntaxError, cell: str) -> Text | None:
    lines = cell.splitlines()
    if "'%manifest'" in cell:  # as IPython reads a line with %% that does not begin the cell
        return signs.FIRST_LINE
    if found := foreign.hint_for(error, cell):
        return found
    there = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else cell
    if re.match(r"\s*(from|import)\s+podlab\b", there):
        return IMPORTS
    name = "kubectl.get" if re.search(r"\bkubectl\.(?!\w)", there) else called(there) or _first(there)
    said = next((text for words, text in UNREAD.items() if re.search(words, str(error))), LIKE_THIS)
    return said.format(example=repaired(there) or _own(example(name), there)) if name else None


def _first(line: str) -> str:
    """The name of podlab's that a line without any bracket begins with, as a command does."""
    word = line.split()[0] if line.split() else ""
    return word if word in USES else ""


def _own(told: str, line: str) -> str:
    """The example with the check or the lesson that the line is about."""
    named = re.search(r"(?<![\w.])\d\d(-[a-z][a-z-]*)?(?![\w.])", line)
    if not named:
        return told
    return told.replace('"02"', f'"{named[0]}"').replace("02-ready", named[0] if named[1] else "02-ready")


def _not_there(said: str, module: str) -> Text | None:
    import podlab

    if module == "podlab.lessons" and difflib.get_close_matches(said.partition("'")[2].partition("'")[0], ["practice"]):
        return NEAR.format(name="practice")
    if module.startswith("podlab."):
        return IMPORTS
    if module == "kubectl":
        return GIVEN
    word = re.search(r"cannot import name '(\w+)' from 'podlab", said)
    near = difflib.get_close_matches(
        word[1] if word else module, podlab.__all__ if word else MODULES, 1, 0.6 if word else 0.75
    )
    return NEAR.format(name=near[0]) if near else None


def _misused(said: str, line: str, inside: bool) -> Text | None:
    """A call that podlab's name was not made for; another's errors are left alone."""
    flag = re.search(rf"\b({CALLED})\(.*?--?(\w+)", line) if "bad operand type for unary -" in said else None
    if flag and (option := _option(flag[1], flag[2])):
        return option
    if "can't be used in 'await' expression" in said:
        return AWAIT.format(line=line.replace("await ", "", 1).strip())
    attribute = re.match(r"module 'podlab(?:\.lessons\.(practice))?' has no attribute '(\w+)'", said)
    if attribute:
        known = [each.rpartition(".")[2] for each in USES if bool(attribute[1]) is ("practice." in each)]
        near = difflib.get_close_matches(attribute[2], known, 1, 0.6)
        return NEAR.format(name=near[0]) if near else ALL.format(names=", ".join(f"`{each}`" for each in known))
    if said.startswith("'Kubectl' object"):
        return LIKE_THIS.format(example=example("kubectl.get"))
    if re.match(r"'(method|function|type|[A-Z]\w+)' object (is not |has no attribute|does not)", said):
        inside = True  # nothing was called, and so nothing of podlab's was at work
    signature = re.match(r"(?:(\w+)\.)?(\w+)\(\) (missing|takes|got)", said)
    if signature:
        owner, name = signature[1] or "", signature[2]
        name = owner if name == "__init__" else f"kubectl.{name}" if owner == "Kubectl" else name
    else:
        name = called(line) if inside else ""
    return LIKE_THIS.format(example=_own(example(name), line)) if name and example(name) else None


def _option(call: str, name: str) -> Text | None:
    """Whether the name is an option of that command of kubectl's, and how it is given."""
    verb = call.removeprefix("kubectl.").replace("_", "-")
    usage = commands().get(verb) or commands().get(verb.replace("-", " "))
    flag = usage.by_keyword(name) if usage and call != verb else None
    return OPTION.format(name=name, value="True" if flag.kind == "bool" else "…") if flag else None


def _unknown(name: str, names: set[str], line: str) -> Text:
    import podlab

    if name in OURS and "kubectl" not in names:
        return START
    if command := foreign.command(line):
        return command
    if (typed := hangul.typed(name)) != name and typed in {*names, *OURS}:
        return LAYOUT.format(name=typed)
    in_call = re.search(rf"\b({CALLED})\(.*?(?<![\w.\"'-])([\w.-]*\b{re.escape(name)}\b[\w.-]*)", line)
    if in_call and (option := _option(in_call[1], name)):
        return option
    alike = "kubectl" if name.lower() in ("k", "kubectl") else next((n for n in names if n.lower() == name.lower()), "")
    if alike:
        return NEAR.format(name=alike)
    if name in CAPITALS:
        return CAPITAL.format(name=CAPITALS[name])
    if name in podlab.__all__:
        return IMPORT.format(name=name)
    if name in commands() and re.search(rf"(?<!\.)\b{name}\s*\(", line):
        return NEAR.format(name=f"kubectl.{name}")
    near = difflib.get_close_matches(name, {*names, *OURS} - {name}, 1, 0.75)
    if near:
        return NEAR.format(name=near[0])
    if re.search(rf"\b{re.escape(name)}\s*\(", line) and example(name):
        return LIKE_THIS.format(example=example(name))
    if in_call and in_call[1] == "check" and in_call[2] == name:  # what was found is kept under a name
        in_call = None
    return QUOTES.format(name=in_call[2]) if in_call else EARLIER.format(name=name)


def load_ipython_extension(shell: Any) -> None:
    """Give the hints from a kernel's beginning on, before a first cell was run."""
    install(shell)


def install(shell: Any) -> None:
    """Let the shell show its traceback as before, and then the hint; a second time changes nothing."""
    if getattr(shell, "podlab_hints", False):
        return
    shell.podlab_hints = True
    shell.set_custom_exc(ERRORS, _shown)
    shell.events.register("pre_run_cell", _before)
    shell.events.register("post_run_cell", lambda result: _after(shell, result))


def _before(info: Any) -> None:
    """What to know of a cell that may never end, above all that it prints."""
    if found := endless.hint_for(str(info.raw_cell or "")):
        print(f"→ {found}", flush=True)


def _after(shell: Any, result: Any) -> None:
    """The hint below what `!kubectl` said: to IPython, a program that failed is no error."""
    rows = [row for row in str(result.info.raw_cell if result.info else "").splitlines() if row.lstrip()[:1] == "!"]
    code = shell.user_ns.get("_exit_code") if result.success and rows else 0
    found = (signs.unheard_of(rows[-1]) if code == 127 else signs.in_shell(rows[-1])) if code else None
    if result.success and rows and not code:
        found = signs.nowhere(rows[-1], shell.user_ns.get("kubectl"))
    if found := found or misplaced.hint_for(result.error_before_exec) or _uncalled(result.result):
        print(f"→ {found}")


def _meant(error: PodlabError, line: str) -> Text | None:
    """What the cell's line says better than the error knows: a name of the lessons', or a comma that is not there."""
    if isinstance(error, AttributeError) and (own := re.search(r"\bkubectl\.(\w+)", line)) and own[1] in USES:
        return LIKE_THIS.format(example=USES[own[1]])
    return _joined(line, str(error))


def _joined(line: str, said: str) -> Text | None:
    """The line with its comma, where two texts stand side by side in it and the error is about what became of them."""
    try:
        words = list(tokenize.generate_tokens(io.StringIO(line.strip()).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    for one, other in itertools.pairwise(words):
        if one.type == other.type == tokenize.STRING and one.string[-1] + other.string[0] in ('""', "''", "\"'", "'\""):
            at = one.end[1]
            if one.string.strip("'\"") + other.string.strip("'\"") in said:
                return COMMA.format(line=f"{line.strip()[:at]}, {line.strip()[other.start[1] :]}")
    return None


def _uncalled(value: object) -> Text | None:
    """Where a cell ends in a name of podlab's, or a command of kubectl's, that was not called."""
    if not isinstance(value, type | FunctionType | MethodType) or not str(value.__module__).startswith("podlab."):
        return None
    of_kubectl = isinstance(value, MethodType) and type(value.__self__).__name__ == "Kubectl"
    told = example(f"kubectl.{value.__name__}" if of_kubectl else value.__name__)
    return UNCALLED.format(example=told) if told else None


def _shown(shell: Any, kind: Any, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """The error's line and one hint, where podlab has one; else IPython's own traceback."""
    cell = str((shell.user_ns.get("In") or [""])[-1])
    line, inside = _place(trace, cell)
    if hasattr(error, "_render_traceback_"):
        if isinstance(error, PodlabError) and (meant := _meant(error, line)):
            error.hint = meant
        lines = list(error._render_traceback_())
        shell._showtraceback(kind, error, lines)
        return lines
    raw = str(shell.history_manager.input_hist_raw[-1]) if shell.history_manager else cell
    found = hint_for(error, cell, set(shell.user_ns), line, inside, raw)
    tb_offset = getattr(shell.InteractiveTB, "tb_offset", None) if tb_offset is None else tb_offset
    if isinstance(error, SyntaxError):
        lines = shell.SyntaxTB.structured_traceback(kind, error, [])
    elif isinstance(error, UsageError) or found:
        lines = [f"{kind.__name__}: {official.said(error)}".removesuffix(": ")]
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
