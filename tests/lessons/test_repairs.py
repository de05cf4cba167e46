"""The hint for a call that is nearly Python: the learner's own line, as it was meant."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.lessons import slips
from podlab.lessons.repairs import repaired
from tests.interactive import interactive


@pytest.fixture
def shell():
    text.use("en")
    with interactive() as found:
        slips.load_ipython_extension(found)
        yield found
    text.use(None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("Kubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("check kubectl 05-ready", '→ It is written like this: `check(kubectl, "05-ready")`'),
        ('check(kubectl, "00-cell", 1 +)', '→ It is written like this: `check(kubectl, "00-cell")`'),
        ("quiz(05)", '→ It is written like this: `quiz("05")`'),
        ("kubectl.get('pods'))", "or not the one that was opened. For example: `kubectl.get('pods')`"),
        ("kubectl.get('pods',, output='wide')", "→ It is written like this: `kubectl.get('pods', output='wide')`"),
        ("kubectl.get('pods'; output='name')", "→ It is written like this: `kubectl.get('pods', output='name')`"),
        ("kubectl.get('pods', output: 'name')", "→ It is written like this: `kubectl.get('pods', output='name')`"),
        ("kubectl.wait('pod/a', for='delete')", "→ It is written like this: `kubectl.wait('pod/a', for_='delete')`"),
        ("kubectl.run('a', image=nginx:1.27)", "→ It is written like this: `kubectl.run('a', image=\"nginx:1.27\")`"),
        ("print(kubectl.get('nodes')", "opened and not closed. For example: `print(kubectl.get('nodes'))`"),
        ("kubectl.apply('nginx-pod.yaml').", "→ It is written like this: `kubectl.apply('nginx-pod.yaml')`"),
        ("kubectl.get('pods']", "→ There is a closing bracket too many, or not the one that was opened"),
        (
            "kubectl.get(`pods`)",
            '→ A backquote is no quotation mark of Python\'s. It is written like this: `kubectl.get("pods")`',
        ),
        ("kubectl.get(«pods»)", '→ `«` only looks like Python\'s `"`. It is written like this: `kubectl.get("pods")`'),
        ("kubectl.get(„pods“)", '→ `„` only looks like Python\'s `"`. It is written like this: `kubectl.get("pods")`'),
    ],
)
def test_the_line_is_shown_as_it_was_meant(shell, capsys, cell, hint):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr().out
    assert said.count("→ ") == 1 and hint in said
    assert "Traceback" not in said


@pytest.mark.parametrize("line", ["kubectl.", "kubectl.get pods", "def f(:", "kubectl.get('pods)", "a b"])
def test_what_more_than_one_change_would_mend_is_left(line):
    assert repaired(line) == ""


def test_a_magic_for_cells_without_a_cell(shell, capsys):
    shell.register_magic_function(print, "line_cell", "kubectl")
    shell.run_cell("%%kubectl get pods", store_history=True)
    assert "takes one `%`: `%kubectl get pods`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("get('pods')", "→ Did you mean `kubectl.get`?"),
        ("from podlab import check\ncheck('05-gone')", '→ It is written like this: `check(kubectl, "05-gone")`'),
    ],
)
def test_a_call_without_its_kubectl(shell, capsys, cell, hint):
    shell.user_ns["kubectl"] = object()
    shell.run_cell(cell, store_history=True)
    assert hint in capsys.readouterr().out
