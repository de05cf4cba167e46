"""Hints for what Python reads and does not run, and for a shell that looked where nothing is."""

from __future__ import annotations

import pytest

from podlab.lessons import signs


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("return kubectl", "→ `return` belongs in a function (`def`)"),
        ("for each in 'ab':\n    yield each", "→ `yield` belongs in a function"),
        ("break", "→ `break` belongs in a loop"),
        ("if True:\n    continue", "→ `continue` belongs in a loop"),
        ("kubectl.get('pods', output='wide', output='yaml')", "→ `output` is given twice in one call"),
        ("def f():\n    return 1", None),
    ],
)
def test_what_python_reads_and_does_not_run(shell, capsys, cell, hint):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr().out
    assert said.count("→ ") == (1 if hint else 0)
    assert (hint or "") in said


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ("!kubectl get pods -n nope", "There is no namespace nope;"),
        ("!kubectl get pods --namespace=defualt", "Did you mean `default`?"),
        ("!kubectl get pods -ndefault", ""),
        ("!kubectl get pods", ""),
        ("!echo -n nope", ""),
    ],
)
def test_a_shell_is_told_of_a_namespace_that_is_not_there(row, hint):
    listed = {"items": [{"metadata": {"name": name}} for name in ("default", "kube-system")]}
    kubectl = type("K", (), {"client": type("C", (), {"get": lambda self, path: listed})()})()
    found = signs.nowhere(row, kubectl)
    assert hint in found.en if hint else found is None
    assert signs.nowhere(row, None) is None
