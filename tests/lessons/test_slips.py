"""One hint below the error of a cell that is no Python, or that comes before `start()`."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from podlab import text
from podlab.lessons import slips


@pytest.fixture
def shell():
    text.use("en")
    found = InteractiveShell()
    slips.load_ipython_extension(found)
    yield found
    text.use(None)


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("kubectl.get('pods')", "→ The kernel was restarted: run this notebook's first code cell"),
        ("check(1, '02-ready')", "→ The kernel was restarted"),
        (
            "kubectl get pods -o wide",
            "→ A cell is Python; a kubectl command takes a % in front: `%kubectl get pods -o wide`",
        ),
        ("%kubectl get pods", "→ `%kubectl` and `%%manifest` are there after the first code cell"),
        ("%%manifest x.yaml\na: 1", "→ `%kubectl` and `%%manifest` are there after the first code cell"),
        ("Podboard(1)", "→ Did you mean `PodBoard`?"),
        ("page2", "→ `page2` is made in a cell further up"),
    ],
)
def test_one_hint(shell, capsys, cell, hint):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr().out
    assert said.count("→ ") == 1
    assert hint in said


@pytest.mark.parametrize("cell", ["1 / 0", "x = (", "def f(:", "%nomagic", "'a'.nothing"])
def test_other_errors_are_shown_as_ever(shell, capsys, cell):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr()
    assert "→ " not in said.out
    assert "Error" in said.out + said.err


def test_a_second_time_changes_nothing(shell):
    before = shell.custom_exceptions
    slips.install(shell)
    assert shell.custom_exceptions == before
