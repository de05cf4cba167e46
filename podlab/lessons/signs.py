"""A line with `%` or `!` that did nothing, or not what was meant: IPython's magics, and a shell's commands."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from podlab.kubectl import nearby
from podlab.lessons import foreign
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl

NEAR = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
LOST_MAGIC = Text(
    ko="`%kubectl`과 `%%manifest`는 첫 코드 셀(`start(…)`)을 실행한 뒤에 있습니다.",
    en="`%kubectl` and `%%manifest` are there after the first code cell (`start(…)`) was run.",
)
YAML = Text(
    ko="이것은 파이썬이 아니라 매니페스트(YAML)입니다. 셀의 맨 첫 줄에 `%%manifest web.yaml`처럼 적으십시오.",
    en="This is a manifest (YAML), and a cell is Python: make its very first line `%%manifest web.yaml`.",
)
FIRST_LINE = Text(
    ko="`%%manifest`는 셀의 맨 첫 줄, 맨 앞에 적습니다. 그 위나 왼쪽에는 아무것도 없어야 합니다.",
    en="`%%manifest` begins the cell: nothing may stand above it, nor to its left.",
)
EMPTY_CELL = Text(
    ko="매니페스트를 `%%manifest` 줄 아래에 적으십시오.", en="Write the manifest below the line with `%%manifest`."
)
ONE_SIGN = Text(
    ko="`%%kubectl` 셀에는 그 아래에 매니페스트가 있어야 합니다. 명령 한 줄은 `%` 하나로 적습니다: `%{line}`",
    en="A cell of `%%kubectl` needs a manifest below. A command of one line takes one `%`: `%{line}`",
)
TWICE = Text(
    ko="`%%manifest`는 `%` 둘로 적습니다: `%%manifest {rest}`",
    en="`%%manifest` has two `%`: `%%manifest {rest}`",
)
UNSIGNED = Text(
    ko="`%` 뒤에는 kubectl의 명령줄이 옵니다. 파이썬의 호출은 `%` 없이 적습니다: `{line}`",
    en="Behind `%` comes a command line of kubectl. A call in Python has no `%`: `{line}`",
)
SHELL_SAID = Text(
    ko="셸의 명령이 위에 나온 까닭으로 끝났습니다. 같은 줄을 `%`로 시작하면 다음에 할 일까지 나옵니다: `%{line}`",
    en="The shell's command ended with what is said above. Begin the line with `%`, and a next step comes with it: "
    "`%{line}`",
)
IN_SHELL = re.compile(r"^\s*!?\s*%?(kubectl\s.*\S)", re.M)


def magic(said: str, cell: str) -> Text | None:
    """What was meant by a magic that is not there, from what IPython says of it and the cell."""
    if "%%manifest is a cell magic, but the cell body is empty" in said:
        return EMPTY_CELL
    if "%%kubectl is a cell magic, but the cell body is empty" in said:
        return ONE_SIGN.format(line=cell.strip().lstrip("%"))
    found = re.search(r"magic (function )?`(%+)(\w+)` not found", said)
    if not found:
        return _half(cell)
    if found[3] == "manifest" and "cell magic `%%manifest` exists" in said:
        return TWICE.format(rest=(re.findall(r"%manifest +(\S+)", cell) or ["web.yaml"])[0])
    if found[2] == "%%" and found[3] in ("yaml", "yml", "json", "k8s", "apply"):
        return YAML
    if found[3] in ("kubectl", "manifest"):
        return FIRST_LINE if said.startswith("Line magic function `%%") else LOST_MAGIC
    written = re.search(rf"^\s*%+({found[3]}\b.*)", cell, re.M)
    if written and (meant := foreign.command(written[1])):
        return meant
    near = difflib.get_close_matches(found[3], ["kubectl", "manifest"], 1, 0.75)
    return NEAR.format(name=found[2] + near[0]) if near else None


def _half(cell: str) -> Text | None:
    """A call of Python's behind a `%`, or a command behind two of them and a blank."""
    if call := re.search(r"^\s*%+\s*(kubectl\.\w+\(.*)", cell, re.M):
        return UNSIGNED.format(line=call[1].strip())
    if told := re.search(r"^\s*%+\s*kubectl\s*\(\s*[\"'](.*?)[\"']\s*\)", cell, re.M):
        return foreign.MAGIC.format(line=f"kubectl {told[1]}")
    told = re.search(r"^\s*%+\s+(kubectl\s.*)", cell, re.M)
    return foreign.MAGIC.format(line=told[1].strip()) if told else None


def in_shell(cell: str) -> Text | None:
    """Where kubectl failed in a shell, which prints its words and no next step."""
    lines = IN_SHELL.findall(cell)
    return SHELL_SAID.format(line=lines[-1]) if lines else None


def nowhere(row: str, kubectl: Kubectl | None) -> Text | None:
    """Where kubectl in a shell looked into a namespace that is not there, and found nothing, which is no error."""
    named = re.match(r"\s*!\s*kubectl\s.*?\s(?:-n|--namespace)[ =]?([\w.-]+)", row)
    return nearby.no_namespace(named[1], kubectl.client) if named and kubectl and hasattr(kubectl, "client") else None


def unheard_of(row: str) -> Text | None:
    """Where a shell knows no such program, but one almost so called."""
    written = re.match(r"\s*!\s*([\w-]+)(.*)", row)
    near = difflib.get_close_matches(written[1], ["kubectl", "podlab"], 1, 0.75) if written else []
    return NEAR.format(name=f"!{near[0]}{written[2].rstrip()}") if written and near else None
