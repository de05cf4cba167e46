"""A cell with several commands shows the answer to each, in order, and no more than that."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from podlab.kubectl.output import Output
from podlab.lessons import lines


@pytest.fixture
def shell():
    found = InteractiveShell.instance()
    lines.install(found)
    lines.install(found)
    found.user_ns["say"] = lambda text: Output(f"{text}\n", command=f"kubectl {text}")
    yield found
    InteractiveShell.clear_instance()


def shown(shell, cell):
    with capture_output(display=True) as seen:
        result = shell.run_cell(cell)
    assert result.success
    return [output.data["text/plain"] for output in seen.outputs], result.result


@pytest.mark.parametrize(
    ("cell", "before", "last"),
    [
        ("say('a')\nsay('b')\nsay('c')", ["$ kubectl a\na", "$ kubectl b\nb"], "$ kubectl c\nc"),
        ("say('a')\nx = 1", ["$ kubectl a\na"], None),
        ("kept = say('a')\nsay('b')", [], "$ kubectl b\nb"),
        ("len('abc')\n'text'\nsay('b')", [], "$ kubectl b\nb"),
        ("for each in 'ab':\n    say(each)\nsay('c')", [], "$ kubectl c\nc"),
        ("say('a')", [], "$ kubectl a\na"),
    ],
)
def test_each_line_shows_what_podlab_answers(shell, cell, before, last):
    seen, result = shown(shell, cell)
    assert seen[: len(before)] == before
    assert len(seen) <= len(before) + (last is not None)
    assert (repr(result) if result is not None else None) == last


@pytest.mark.slow
def test_an_error_stops_between_the_answers(shell):
    with capture_output(display=True) as seen:
        result = shell.run_cell("say('a')\n1 / 0\nsay('b')")
    assert [output.data["text/plain"] for output in seen.outputs] == ["$ kubectl a\na"]
    assert isinstance(result.error_in_exec, ZeroDivisionError)
