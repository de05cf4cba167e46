"""A cell in another tongue than Python: a shell's or docker's line, characters of an input method, a missing indent.

Functions from the cell's text to the one hint; `slips` asks them before it looks at Python's own words.
"""

from __future__ import annotations

import re

from podlab.kubectl.lookalikes import plain
from podlab.text import Text

MAGIC = Text(
    ko="셀은 파이썬입니다. kubectl 명령은 앞에 %를 붙입니다: `%{line}`",
    en="A cell is Python; a kubectl command takes a % in front: `%{line}`",
)
WATCH = Text(
    ko="바뀌는 모습은 현황판에서 바로 보입니다: `PodBoard(kubectl)`",
    en="The board shows changes as they happen: `PodBoard(kubectl)`",
)
DOT = Text(ko="`kubectl`과 명령 사이에는 점을 찍습니다: `{line}`", en="A dot joins `kubectl` and the command: `{line}`")
PIPED = Text(
    ko="`{sign}`{은/는} 셸의 기호입니다. 셀에서 셸의 줄은 !로 시작합니다: `!{line}`",
    en="`{sign}` is for a shell; in a cell a line for the shell begins with !: `!{line}`",
)
COMMAND = Text(
    ko="podlab 명령은 터미널에서 실행하거나, 셀에서는 앞에 !를 붙입니다: `!{line}`",
    en="A podlab command is for a terminal; in a cell it takes a ! in front: `!{line}`",
)
BARE = Text(
    ko="kubectl 명령은 `%kubectl`로 시작합니다: `%kubectl {line}`",
    en="A kubectl command begins with `%kubectl`: `%kubectl {line}`",
)
DOCKER = Text(
    ko="여기서는 docker가 아니라 kubectl로 파드를 다룹니다. 같은 일을 하는 명령: `{line}`",
    en="Here it is kubectl and Pods, not docker. What does the same: `{line}`",
)
CLUSTER = Text(
    ko="클러스터는 `start(…)`가 이미 골라 두었습니다. 진짜 kind 클러스터는 `!podlab up --cluster kind`로 만듭니다.",
    en="There is a cluster already: `start(…)` said which. A real one of kind is made by `!podlab up --cluster kind`.",
)
COLON = Text(
    ko="`if`, `for`, `def` 따위로 시작하는 줄은 `:`으로 끝납니다: `{line}:`",
    en="A line that begins with `if`, `for`, `def` and the like ends with `:`, as in `{line}:`",
)
SHELL = Text(
    ko="이것은 셸의 줄입니다. 셀에서는 `%`나 `!`로 시작하는 줄만 명령입니다: `!{line}`",
    en="This is a line for a shell; in a cell only what begins with `%` or `!` is a command: `!{line}`",
)
HEREDOC = Text(
    ko="`<<EOF`는 셸의 것입니다. 셀에서는 맨 첫 줄에 `%%kubectl apply -f -`{을/를}, 그 아래에 매니페스트를 적습니다.",
    en="`<<EOF` is a shell's. In a cell the very first line is `%%kubectl apply -f -`, with the manifest below.",
)
STRANGE = Text(
    ko="`{strange}`{은/는} 파이썬의 `{meant}`{이/가} 아니라 비슷하게 생긴 글자입니다. 이렇게 씁니다: `{line}`",
    en="`{strange}` only looks like Python's `{meant}`. It is written like this: `{line}`",
)
BACKQUOTE = Text(
    ko="\u0060 부호는 파이썬의 따옴표가 아닙니다. 이렇게 씁니다: `{line}`",
    en="A backquote is no quotation mark of Python's. It is written like this: `{line}`",
)
EQUALS = Text(
    ko="`=` 하나는 이름에 값을 정합니다. 같은지 물으려면 `==`로 적습니다.",
    en="One `=` gives a name its value; whether two are the same is asked by `==`.",
)
PRINT = Text(ko="`print`에는 괄호를 씁니다: `{line}`", en="`print` takes brackets: `{line}`")
INDENT = Text(
    ko="`:`으로 끝나는 `{above}` 줄에 딸린 줄은 네 칸 들여 씁니다: `    {line}`",
    en="What belongs to `{above}`, which ends with `:`, stands four spaces further in: `    {line}`",
)
OUTDENT = Text(
    ko="`{line}` 앞의 공백이 위의 줄과 맞지 않습니다. 같은 단계의 줄은 같은 칸에서 시작합니다.",
    en="The blanks before `{line}` do not fit the line above: lines of one level begin in the same column.",
)
VERBS = "get|describe|apply|create|delete|logs|exec|run|explain|label|scale|rollout|wait|events"
PROGRAMS = (
    r"helm|apt|apt-get|brew|git|make|alias|chmod|source|"
    r"cd|ls|cat|curl|wget|mkdir|rm|cp|mv|vi|vim|nano|echo|export|grep|sudo|pwd|sh|bash"
)
INSTEAD = {
    "ps": "%kubectl get pods",
    "container": "%kubectl get pods",
    "run": "%kubectl run web --image=nginx",
    "logs": "%kubectl logs web",
    "exec": "%kubectl exec web -- ls /",
    "stop": "%kubectl delete pod web",
    "kill": "%kubectl delete pod web",
    "rm": "%kubectl delete pod web",
    "inspect": "%kubectl describe pod web",
    "cp": "%kubectl cp web:/etc/hosts hosts",
    "stats": "%kubectl top pods",
    "compose": "%kubectl apply -f web.yaml",
}
"""What kubectl does in place of a command of docker's; else the table of Pods is where to look."""


def hint_for(error: SyntaxError, cell: str) -> Text | None:
    """The hint for a cell that Python could not read, where it is because it is not Python's."""
    lines = cell.splitlines()
    if re.search(r"<<-?\s*['\"]?\w+", cell) and "kubectl" in cell:
        return HEREDOC
    if "expected ':'" in str(error) and error.lineno and error.lineno <= len(lines):
        return COLON.format(line=lines[error.lineno - 1].strip())
    return (
        _command(lines)
        or _written(error, lines)
        or _indent(error, lines)
        or _strange(error, lines)
        or _backquoted(error, lines)
    )


def command(line: str) -> Text | None:
    """The hint for one line that is a command of kubectl's, podlab's, docker's or a shell's."""
    line = re.sub(r"^(?:[$#❯]\s+|(?:PS )?[A-Z]:\\[^>]*>\s*|\w+@[\w.:~-]+[$#]\s*)?(?:sudo\s+)?", "", line.strip())
    line = re.sub("^[\u3131-\u318e]*kubectl\\b", "kubectl", line, flags=re.I)
    if re.match(r"watch\s.*kubectl", line):
        return WATCH
    if call := re.match(r"kubectl\s*(?:[,:;]|->|\s)\s*(\w+\s*\(.*)", line):
        return DOT.format(line=f"kubectl.{call[1]}")
    line = re.sub(r";\s*kubectl\s.*", "", line)  # one command a line
    if (sign := re.search(r"\s(\||>>?|<|&&)\s", line)) and line.startswith("kubectl "):
        return PIPED.format(sign=sign[1], line=line)
    if re.match(r"kubectl\s+[a-z-]", line):
        return MAGIC.format(line=line)
    if k := re.match(rf"k\s+((?:{VERBS})\b.*)", line):
        return MAGIC.format(line=f"kubectl {k[1]}")
    if re.match(r"podlab\s+[a-z-]", line):
        return COMMAND.format(line=line)
    if docker := re.match(r"(?:docker|podman|nerdctl)(?:[- ]+(\w+))?\b", line):
        return DOCKER.format(line=INSTEAD.get(docker[1] or "", INSTEAD["ps"]))
    if re.match(r"(?:minikube|kind|k3d)\s+(?:create|start|delete|stop|get)\b", line):
        return CLUSTER
    if re.match(rf"(?:{VERBS})\s+[\w-]", line):
        return BARE.format(line=line)
    return None


def _command(lines: list[str]) -> Text | None:
    found = [hint for line in lines if (hint := command(line))]
    shell = next((line.strip() for line in lines if re.match(rf"\s*(?:[$]\s+)?(?:{PROGRAMS})\s+[\w./~-]", line)), "")
    return found[0] if found else SHELL.format(line=shell.removeprefix("$").strip()) if shell else None


def _written(error: SyntaxError, lines: list[str]) -> Text | None:
    """Python that was nearly right: `=` for `==`, and `print` without its brackets."""
    line = lines[error.lineno - 1].strip() if error.lineno and error.lineno <= len(lines) else ""
    if re.match(r"(?:if|elif|while|assert)\b", line) and "==" in str(error):
        return EQUALS
    bare = re.match(r"print\s+(.+)", line)
    return PRINT.format(line=f"print({bare[1]})") if bare and "parenthes" in str(error) else None


def _indent(error: SyntaxError, lines: list[str]) -> Text | None:
    if not isinstance(error, IndentationError) or not error.lineno or error.lineno > len(lines):
        return None
    line = lines[error.lineno - 1].strip()
    before = next((each.strip() for each in reversed(lines[: error.lineno - 1]) if each.strip()), "")
    if "expected an indented block" in str(error):
        return INDENT.format(above=before, line=line)
    return OUTDENT.format(line=line)


def _strange(error: SyntaxError, lines: list[str]) -> Text | None:
    """A character of an input method or a word processor that stands for one of Python's."""
    found = re.search(r"invalid (?:non-printable )?character (?:'(.)' )?\(?U\+([0-9A-F]+)", str(error))
    there = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    strange = chr(int(found[2], 16)) if found else ""
    meant = plain(strange) if found else ""
    if not meant or meant == strange or not there:
        return None
    return STRANGE.format(strange=strange, meant=meant, line=plain(there).strip())


def _backquoted(error: SyntaxError, lines: list[str]) -> Text | None:
    """A text between backquotes, which a page puts around what is code."""
    there = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    return BACKQUOTE.format(line=there.replace("`", '"').strip()) if there.count("`") > 1 else None
