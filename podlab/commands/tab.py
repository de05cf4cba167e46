"""`!kubectl` and `!podlab` in a browser tab, which has no terminal and no programs: the words go to functions here.

An IPython extension. Left out is all of the command line that starts or needs another process.
"""

from __future__ import annotations

import contextlib
import io
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from podlab import clusters, text
from podlab.clusters.doctor import doctor, tab
from podlab.commands import kubectl, restoring, terminal
from podlab.errors import PodlabError
from podlab.lessons.progress import progress
from podlab.text import Text

NO_PROGRAM = 127
ONLY = Text(
    ko="브라우저 탭에는 프로그램이 없습니다: {name}. !kubectl과 !podlab만 실행됩니다(파이프와 리디렉션 없이).",
    en="a browser tab has no programs: {name}. Only !kubectl and !podlab run, without pipes or redirections.",
)
USAGE = Text(ko="탭에서 쓸 수 있는 명령: {names}", en="the commands that a tab has: {names}")
SHELL_WORDS = {"|", "||", "&&", ";", "&", ">", ">>", "<", "2>"}


def examined(words: Sequence[str]) -> int:
    """`podlab doctor`."""
    found = next((cluster for cluster in clusters.find_all() if clusters.not_kept(cluster)), None)
    findings = tab.examine(tab.observed(), clusters.not_kept(found) if found else None)
    for finding in findings:
        terminal.show(finding)
    return terminal.FAILED if doctor.worst(findings) == "error" else terminal.DONE


def status(words: Sequence[str]) -> int:
    """`podlab status`."""
    for cluster in clusters.find_all():
        print(cluster.status().summary)
    return terminal.DONE


def reset(words: Sequence[str]) -> int:
    """`podlab reset [LESSON]`."""
    if words:
        restoring.lesson(words[0], None, text.language())
    else:
        restoring.cluster()
    return terminal.DONE


def down(words: Sequence[str]) -> int:
    """`podlab down`: every cluster of this browser, and what is kept of it."""
    for cluster in clusters.find_all():
        with terminal.steps() as report:
            clusters.down(cluster.name, report)
    return terminal.DONE


def progressed(words: Sequence[str]) -> int:
    """`podlab progress`."""
    print(progress())
    return terminal.DONE


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "doctor": examined,
    "down": down,
    "kubectl": lambda words: kubectl.run(list(words)),
    "progress": progressed,
    "reset": reset,
    "status": status,
}


def run(line: str) -> int:
    """Carry out a line of a shell as far as a tab can; its exit code."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        terminal.say(str(error))
        return terminal.USAGE
    if words[:1] == ["podlab"] and not SHELL_WORDS & {*words}:
        return _answered(words[1:])
    if words[:1] == ["kubectl"] and not SHELL_WORDS & {*words}:
        return _answered(words)
    terminal.say(ONLY.format(name=line.strip()))
    return NO_PROGRAM


def _answered(words: list[str]) -> int:
    command = COMMANDS.get(words[0] if words else "")
    if command is None:
        terminal.say(USAGE.format(names=", ".join(COMMANDS)))
        return terminal.USAGE
    try:
        return command(words[1:])
    except PodlabError as error:
        return terminal.fail(error)


class Shell:
    """What IPython calls for `!line`, `x = !line`, `%%sh` and `%%bash`."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def system(self, line: str) -> None:
        """`!line`; the exit code is in `_exit_code`, as always."""
        self._shell.user_ns["_exit_code"] = run(self._shell.var_expand(line, depth=1))

    def getoutput(self, line: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !line`."""
        from IPython.utils.text import LSString, SList

        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            run(self._shell.var_expand(line, depth=depth + 2))
        return SList(said.getvalue().splitlines()) if split else LSString(said.getvalue())

    def script(self, line: str, cell: str) -> None:
        """`%%sh`: a command a line, until one fails."""
        for each in cell.replace("\\\n", " ").splitlines():
            if each.strip() and not each.lstrip().startswith("#") and (code := run(each)):
                self._shell.user_ns["_exit_code"] = code
                return


def load_ipython_extension(shell: Any) -> None:
    """Let the shell's commands end here."""
    ours = Shell(shell)
    shell.system, shell.getoutput = ours.system, ours.getoutput
    for name in ("sh", "bash"):
        shell.register_magic_function(ours.script, "cell", name)
