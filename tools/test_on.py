"""The tests that need a cluster, then the notebooks of both languages, on one embedded or kind cluster made for them;
on kind the lessons, the live board and the button that makes a cluster in a browser, too.

usage: test_on.py embedded|kind [--ask] [pytest's options]      (--ask only says whether it could)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from podlab import clusters
from podlab.clusters.kind import command as kind_command
from podlab.clusters.kind import engine, kind
from podlab.clusters.machine.probe import Machine
from podlab.commands import terminal
from podlab.errors import PodlabError
from podlab.text import Text

ROOT = Path(__file__).resolve().parent.parent
IN_BROWSER = (
    "tests/browser/test_explain_live.py",
    "tests/browser/test_lessons_run.py::test_a_lesson_runs_to_its_end",
    "tests/browser/test_live.py",
    "tests/browser/test_up_live.py::test_the_button_makes_a_kind_cluster",
)
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
    with tempfile.TemporaryDirectory(prefix="podlab-test-") as home:
        name = free_name()
        os.environ.update(PODLAB_HOME=home, PODLAB_TEST_HOME=home, PODLAB_TEST_NAME=name, PODLAB_CLUSTER=name)
        with terminal.steps() as report:
            cluster = clusters.up(where, name, report=report)
            cluster.settle(report)
        try:
            os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
            results = [conformance(where, options), notebooks(options), browser(where, options)]
        finally:
            with terminal.steps() as report:
                clusters.down(name, report)
    return max(results)


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


def conformance(where: str, options: list[str]) -> int:
    """The tests marked for a cluster, and on embedded those that `make check` leaves out as slow."""
    marks = "(cluster or kind) and not browser" if where == "kind" else "(cluster or slow) and not kind and not browser"
    return pytest("-m", marks, "--cluster", where, "tests", *options)


def notebooks(options: list[str]) -> int:
    """Every notebook, each output compared with the stored one."""
    folders = [
        str(path) for path in (ROOT / "notebooks" / "ko", ROOT / "notebooks" / "en") if list(path.glob("*.ipynb"))
    ]
    if not folders:
        terminal.say("no notebooks")
        return 1
    options = [option.replace(".xml", "-notebooks.xml") for option in options]
    return pytest("-p", "podlab.testing.plugin", "--nbval", "--nbval-current-env", *folders, *options)


def browser(where: str, options: list[str]) -> int:
    """On kind what a real browser shows of the cluster itself; `make test-browser` tests all on embedded alone."""
    if where != "kind":
        return 0
    options = [option.replace(".xml", "-browser.xml") for option in options]
    return pytest("-m", "browser", "--cluster", where, *IN_BROWSER, *options)


def pytest(*words: str) -> int:
    """One pytest session; that it selected nothing is no failure."""
    code = subprocess.call([sys.executable, "-m", "pytest", *words], cwd=ROOT)
    return 0 if code == 5 else code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PodlabError as error:
        sys.exit(terminal.fail(error))
