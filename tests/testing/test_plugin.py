"""The guard in a foreign project: what nbval would pass without comparing fails there."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "podlab.testing.plugin", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider")


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """A foreign project knows podlab because it is installed; here it may only be in the checkout."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent.parent), prepend=os.pathsep)


def executed(source: str, *outputs, tags=()):
    return new_code_cell(
        source, execution_count=1, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {}
    )


def stdout(text: str):
    return new_output("stream", name="stdout", text=text)


def project(pytester, *cells) -> None:
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Docs"), *cells]), pytester.path / "docs.ipynb")


def guard(pytester, *cells):
    """Run the guard alone: no kernel is started."""
    project(pytester, *cells)
    return pytester.runpytest_subprocess(*PLUGIN, "-k", "guard")


GOOD = executed("print('a')", stdout("a\n"))


def test_a_notebook_that_can_be_compared_passes(pytester):
    project(pytester, GOOD)
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (new_code_cell("print('a')"), "*code cell 2: was not executed*"),
        (executed("print('a')  ", stdout("a\n"), tags=["nbval-skip"]), "*ignored by the tag nbval-skip*"),
        (
            executed("print('a')", stdout("a\n"), tags=["nbval-ignore-output"]),
            "*ignored by the tag nbval-ignore-output*",
        ),
        (executed("# NBVAL_IGNORE_OUTPUT\nprint('a')", stdout("b\n")), "*ignored by the comment NBVAL_IGNORE_OUTPUT*"),
        (executed("plot()", new_output("display_data", {"image/png": "aaaa"})), "*shows only image/png*"),
        (executed("1", tags=["raises-exception"]), "*marked to raise an exception, but none is stored*"),
        (executed("# NBVAL_RAISES_EXCEPTION\n1"), "*marked to raise an exception, but none is stored*"),
    ],
)
def test_a_cell_that_nobody_would_compare_fails_with_its_number_and_its_first_line(pytester, cell, problem):
    result = guard(pytester, GOOD, cell)
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines([problem])


def test_a_notebook_without_any_output_fails(pytester):
    result = guard(pytester, executed("print('a')"))
    result.stdout.fnmatch_lines(["*no cell has an output*"])


def test_a_notebook_without_code_fails(pytester):
    guard(pytester).stdout.fnmatch_lines(["*no code cells*"])


def test_a_file_that_is_no_notebook_fails(pytester):
    from podlab.testing.guard import findings

    assert [str(finding) for finding in findings({})] == ["notebook: it has no code cells, so nothing is tested"]


def test_empty_cells_do_not_count(pytester):
    guard(pytester, GOOD, new_code_cell("  \n")).assert_outcomes(passed=1, deselected=2)


def test_outputs_that_take_longer_than_five_seconds_are_waited_for(pytester):
    project(pytester, GOOD)
    pytester.makeconftest(
        """
        def pytest_collection_finish(session):
            print("timeouts", [item.output_timeout for item in session.items if hasattr(item, "output_timeout")])
        """
    )
    pytester.makeini("[pytest]\nnotebook_output_timeout = 77\n")
    pytester.runpytest_subprocess(*PLUGIN, "-s").stdout.fnmatch_lines(["*timeouts [[]77.0[]]*"])


def test_a_cell_has_a_time_limit_without_being_asked(pytester):
    project(pytester, executed("import time; time.sleep(60)"), GOOD)
    pytester.makeini("[pytest]\nnotebook_cell_timeout = 1\n")
    result = pytester.runpytest_subprocess(*PLUGIN, "-k", "Cell")
    result.stdout.fnmatch_lines(["*Timeout of 1 seconds exceeded*"])


def test_a_limit_given_by_hand_wins_even_where_it_is_the_one_of_nbval(pytester):
    pytester.makeconftest(
        """
        def pytest_collection_finish(session):
            print("cell timeout", session.config.option.nbval_cell_timeout)
        """
    )
    project(pytester, GOOD)
    given = pytester.runpytest_subprocess(*PLUGIN, "-s", "--collect-only", "--nbval-cell-timeout=2000")
    given.stdout.fnmatch_lines(["*cell timeout 2000*"])
    pytester.runpytest_subprocess(*PLUGIN, "-s", "--collect-only").stdout.fnmatch_lines(["*cell timeout 600.0*"])


def test_a_kernel_that_dies_fails_within_seconds_and_is_named(pytester):
    project(pytester, executed("import os; os._exit(1)", stdout("never\n")), GOOD)
    began = time.monotonic()
    result = pytester.runpytest_subprocess(*PLUGIN, "-k", "Cell")
    result.stdout.fnmatch_lines(["*The kernel died while this cell was running.*"])
    assert time.monotonic() - began < 30


def test_a_notebook_of_format_3_is_read_as_nbval_reads_it(pytester):
    cell = {"cell_type": "code", "collapsed": False, "language": "python", "metadata": {}, "prompt_number": 1}
    cell |= {"input": ["print('a')"], "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["a\n"]}]}
    old = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": [cell], "metadata": {}}],
    }
    (pytester.path / "old.ipynb").write_text(json.dumps(old), encoding="utf-8")
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=2)


@pytest.mark.slow
def test_what_a_check_says_only_while_it_waits_is_not_compared(pytester):
    said = (
        "from podlab.lessons.check import Result; from podlab.lessons.waiting import line; from podlab.text import Text"
    )
    source = f"{said}\nwith line() as say:\n    say(Result(False, Text(ko='a', en='a')))\nprint('so')"
    project(pytester, executed(source, stdout("so\n")))
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=2)


def test_the_sanitizer_is_used_where_none_is_named(pytester):
    project(pytester, executed("print('10.244.0.7')", stdout("10.244.0.44\n")))
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=2)


def test_another_sanitizer_is_left_alone(pytester):
    project(pytester, executed("print('10.244.0.7')", stdout("10.244.0.44\n")))
    own = pytester.makefile(".cfg", own="[nothing]\nregex: xyz\nreplace: XYZ\n")
    pytester.runpytest_subprocess(*PLUGIN, f"--nbval-sanitize-with={own}").assert_outcomes(passed=1, failed=1)


def test_ages_are_hidden_where_they_stand_and_on_demand_with_another_sanitizer_too(pytester):
    table = "NAME   AGE\\na      {}\\n"
    project(pytester, executed(f"print('{table.format('5s')}')", stdout("NAME   AGE\na      9s\n\n")))
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=2)
    own = pytester.makefile(".cfg", own="[nothing]\nregex: xyz\nreplace: XYZ\n")
    named = (*PLUGIN, f"--nbval-sanitize-with={own}")
    pytester.runpytest_subprocess(*named).assert_outcomes(passed=1, failed=1)
    pytester.runpytest_subprocess(*named, "-o", "notebook_hide_ages=true").assert_outcomes(passed=2)


def test_without_nbval_the_plugin_does_nothing(pytester):
    project(pytester, new_code_cell("1"))
    pytester.runpytest_subprocess("-p", "podlab.testing.plugin").assert_outcomes()


def test_a_wrong_output_still_fails(pytester):
    project(pytester, executed("print('0/1')", stdout("1/1\n")))
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1, failed=1)


TOLD = """\
class Told(Exception):
    def _render_traceback_(self):
        return ["Error: not found", "→ look at 10.0.0.1"]

raise Told("not found")
"""


def error(name: str, *traceback: str):
    return new_output("error", ename=name, evalue="not found", traceback=list(traceback))


@pytest.mark.parametrize(
    ("source", "stored", "passes"),
    [
        (TOLD, error("Told", "Error: not found", "→ look at 10.0.0.1"), True),
        (TOLD, error("Told", "Error: not found", "→ look at 10.9.9.9"), True),  # an address: sanitized here as anywhere
        (TOLD, error("Told", "Error: not found", "→ look elsewhere"), False),
        (TOLD, error("Told", "Error: not found"), False),
        (
            "raise ValueError('not found')",
            error("ValueError", "\x1b[31mValueError\x1b[39m", "File /elsewhere, line 7"),
            True,
        ),
    ],
)
def test_what_an_error_tells_people_is_compared_and_a_python_traceback_is_not(pytester, source, stored, passes):
    project(pytester, executed(source, stored, tags=["raises-exception"]))
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=2 if passes else 1, failed=0 if passes else 1)
