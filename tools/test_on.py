"""The tests that need a cluster, then the notebooks of both languages, on clusters made for them;
on kind the lessons, the live board and the button that makes a cluster in a browser, too.

usage: test_on.py embedded|kind [--ask] [pytest's options]      (--ask only says whether it could)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import twice

from podlab import clusters
from podlab.clusters.kind import command as kind_command
from podlab.clusters.kind import engine, kind
from podlab.clusters.machine.probe import Machine
from podlab.commands import terminal
from podlab.errors import PodlabError
from podlab.text import LANGUAGES, Text

ROOT = Path(__file__).resolve().parent.parent
IN_BROWSER = (
    "tests/browser/test_explain_live.py",
    "tests/browser/test_lessons_run.py::test_a_lesson_runs_to_its_end",
    "tests/browser/test_live.py",
    "tests/browser/test_up_live.py::test_the_button_makes_a_kind_cluster",
)
NBVAL = ("-p", "podlab.testing.plugin", "--nbval", "--nbval-current-env")
AT_ONCE = ("-n", "2", "--dist", "worksteal")  # they wait more than they work
NAMES = ("lab", "podlab-test", "podlab-test-2", "podlab-test-3")  # the first is that of the recorded cluster

NOT_TESTED = Text(ko="kind에서는 시험하지 않았습니다: {why}", en="not tested on kind: {why}")
THEN = Text(ko="kind에서도 시험하려면: make test-kind", en="to test on kind too: make test-kind")


def main(arguments: list[str]) -> int:
    """Run them; the exit code."""
    where, *options = arguments
    if "--ask" in options:
        terminal.say(NOT_TESTED.format(why=why_not() or Text(ko="따로 있습니다", en="that is another command")))
        terminal.say(THEN)
        return 0
    return max(on_kind(options) if where == "kind" else on_embedded(options))


def on_kind(options: list[str]) -> list[int]:
    """All on one cluster made for them, one after the other: what is tested there is a machine, which is real."""
    name = free_name()
    with cluster("kind", name) as environ:
        os.environ |= environ | {"PODLAB_TEST_HOME": environ["PODLAB_HOME"], "PODLAB_TEST_NAME": name}
        return [
            selected(twice.main(["-m", "(cluster or kind) and not browser", "--cluster", "kind", "tests", *options])),
            pytest(*NBVAL, *languages(), *named(options, "notebooks")),
            selected(twice.main(["-m", "browser", "--cluster", "kind", *IN_BROWSER, *named(options, "browser")])),
        ]


def on_embedded(options: list[str]) -> list[int]:
    """Those that `make check` leaves out, then both languages at once; each process has a cluster of its own."""
    marks = "(cluster or slow) and not kind and not browser"
    results = [pytest(*AT_ONCE, "-m", marks, "--cluster", "embedded", "tests", *options)]
    with contextlib.ExitStack() as stack:
        environs = [stack.enter_context(cluster("embedded", NAMES[0])) for _ in LANGUAGES]
        told = [stack.enter_context(tempfile.TemporaryFile()) for _ in LANGUAGES]
        sessions = [
            begin(*NBVAL, folder, *named(options, f"notebooks-{language}"), environ=os.environ | environ, into=into)
            for language, folder, environ, into in zip(LANGUAGES, languages(), environs, told, strict=True)
        ]
        for each, into in zip(sessions, told, strict=True):
            results.append(end(each))
            into.seek(0)
            shutil.copyfileobj(into, sys.stdout.buffer)
            sys.stdout.flush()
    return results


@contextlib.contextmanager
def cluster(where: str, name: str) -> Iterator[dict[str, str]]:
    """A cluster in a state folder of its own; yields the environment that names it."""
    with tempfile.TemporaryDirectory(prefix="podlab-test-") as home:
        os.environ["PODLAB_HOME"] = home
        with terminal.steps() as report:
            made = clusters.up(where, name, report=report)
            made.settle(report)
        try:
            yield {"PODLAB_HOME": home, "PODLAB_CLUSTER": name, "KUBECONFIG": str(made.kubeconfig)}
        finally:
            os.environ["PODLAB_HOME"] = home
            with terminal.steps() as report:
                clusters.down(name, report)


def why_not() -> Text | None:
    """What keeps kind from working here, if anything."""
    machine = Machine()
    found = engine.find(machine)
    if found.trouble:
        return found.seen
    try:
        kind_command.need_kind(machine.which("kind"))
    except PodlabError as error:
        return error.message if isinstance(error.message, Text) else None
    return None


def free_name() -> str:
    """A name that no kind cluster of this machine has."""
    taken = kind.Kind().names()
    return next(name for name in NAMES if name not in taken)


def languages() -> list[str]:
    """The folders of the notebooks, whose every output is compared with the stored one."""
    return [str(ROOT / "notebooks" / language) for language in LANGUAGES]


def named(options: list[str], part: str) -> list[str]:
    """The options, with a report file of the part's own."""
    return [option.replace(".xml", f"-{part}.xml") for option in options]


def pytest(*words: str) -> int:
    """One pytest session; its exit code."""
    return end(begin(*words))


def begin(
    *words: str, environ: Mapping[str, str] | None = None, into: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """A pytest session that has started; it tells the terminal, or a file."""
    return subprocess.Popen([*twice.PYTEST, *words], cwd=ROOT, env=environ, stdout=into)


def end(session: subprocess.Popen[bytes]) -> int:
    """Wait for a session; its exit code."""
    return selected(session.wait())


def selected(code: int) -> int:
    """pytest's exit code; that it selected nothing, as by a -k that means another part, is no failure."""
    return 0 if code == 5 else code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PodlabError as error:
        sys.exit(terminal.fail(error))
