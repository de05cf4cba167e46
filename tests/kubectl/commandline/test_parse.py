"""Command lines: the same calls as from Python, and kubectl's words for what cannot be parsed."""

from __future__ import annotations

import pytest

from podlab.errors import PodlabError
from podlab.kubectl.commandline.flags import written
from podlab.kubectl.commandline.parse import parse


@pytest.mark.parametrize(
    ("line", "verb", "arguments", "flags"),
    [
        ("get pods -owide", "get", ["pods"], {"output": "wide"}),
        ("get -l app=web po --show-labels", "get", ["po"], {"selector": "app=web", "show_labels": True}),
        ("apply -f a.yaml,b.yaml --filename=c.yaml", "apply", [], {"filename": ["a.yaml", "b.yaml", "c.yaml"]}),
        ("delete pod x --wait=false --now", "delete", ["pod", "x"], {"wait": False, "now": True}),
        ("delete pod x --grace-period 0", "delete", ["pod", "x"], {"grace_period": 0}),
        ("create ns team", "create namespace", ["team"], {}),
        ("set image pod/web web=nginx:1", "set image", ["pod/web", "web=nginx:1"], {}),
        ("run web --image=nginx -l a=b --env A=1 --env B=2", "run", ["web"],
         {"image": "nginx", "labels": "a=b", "env": ["A=1", "B=2"]}),
        ("patch pod x -p {}", "patch", ["pod", "x"], {"patch": "{}"}),
        ("wait pod/x --for=delete", "wait", ["pod/x"], {"for": ["delete"]}),
        ("apply -f -", "apply", [], {"filename": ["-"]}),
        ("run x --image=y --dry-run -o yaml", "run", ["x"], {"image": "y", "dry_run": "unchanged", "output": "yaml"}),
    ],
)  # fmt: skip
def test_lines(line: str, verb: str, arguments: list[str], flags: dict[str, object]) -> None:
    parsed = parse(line.split())
    assert (parsed.verb, parsed.arguments, parsed.flags) == (verb, arguments, flags)


def test_words_behind_two_dashes_are_the_containers() -> None:
    parsed = parse(["exec", "-it", "web", "-c", "a", "--", "sh", "-c", "exit 3"])
    assert (parsed.arguments, parsed.after) == (["web"], ["sh", "-c", "exit 3"])
    assert parsed.flags == {"stdin": True, "tty": True, "container": "a"}


def test_global_flags_stand_anywhere() -> None:
    parsed = parse(["--server=https://x", "get", "pods", "-n", "a", "--as", "b"])
    assert parsed.globals == {"server": "https://x", "namespace": "a", "as": "b"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("get --foo", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage."),
        ("get pods -o", "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage."),
        ("apply -f", "error: flag needs an argument: 'f' in -f\nSee 'kubectl apply --help' for usage."),
        ("-n a gett pods", "Error: flags cannot be placed before plugin name: -n"),
        ("frob", 'error: unknown command "frob" for "kubectl"'),
        ("gett", 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'),
        ("set foo", "error: unknown command \"foo\"\nSee 'kubectl set -h' for help and examples"),
    ],
)
def test_kubectls_words(line: str, said: str) -> None:
    with pytest.raises(PodlabError) as caught:
        parse(line.split())
    assert str(caught.value) == said


def test_a_call_is_shown_as_a_line_for_a_shell() -> None:
    assert written("get", ["pods"], {"output": "wide", "all_namespaces": True}) == "kubectl get pods -o wide -A"
    flags = {"output": "jsonpath={.status.podIP}"}
    assert written("get", ["pod", "x"], flags) == "kubectl get pod x -o 'jsonpath={.status.podIP}'"
    assert written("delete", [], {"filename": ["a.yaml"], "ignore_not_found": True}) == (
        "kubectl delete -f a.yaml --ignore-not-found"
    )
    assert written("exec", ["web"], {}, ["sh", "-c", "exit 3"]) == "kubectl exec web -- sh -c 'exit 3'"
    assert written("wait", ["pod/x"], {"for_": "condition=Ready"}) == "kubectl wait pod/x --for=condition=Ready"
    assert written("delete", ["pod", "x"], {"wait": False}) == "kubectl delete pod x --wait=false"
