"""Words of a line that are a shell's, or only look like the keyboard's."""

from __future__ import annotations

import pytest

from podlab.kubectl.commandline import odd


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("get pods | grep web", "`|` is for a shell"),
        ("get pods -l app=web > pods.txt", "`>` is for a shell"),
        ("get pods >pods.txt", "`>` is for a shell"),
        ("apply -f a.yaml && kubectl get pods", "`&&` is for a shell"),
        ("exec web -- sh > x", None),
        ("get pods -l app=web", None),
        ("get pods -o custom-columns=A:.metadata.name", None),
    ],
)
def test_a_sign_of_a_shell(words, said):
    found = odd.shell_sign(words.split())
    assert said in found.en if said else found is None


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("get pods －o wide", "`-o`"),
        ("get pods —all-namespaces", "`--all-namespaces`"),
        ("get pods -n “default”", "`default`"),
        ("get pods；", "`pods`"),
        ("get pods -l app＝web", "`app=web`"),
        ("exec web -- echo “a”", None),
        ("get pods", None),
    ],
)
def test_a_sign_that_only_looks_like_the_keyboards(words, plain):
    found = odd.lookalike(words.split())
    assert f"written like this: {plain}" in found.en if plain else found is None


def test_where_nothing_went_wrong_only_quoted_words_are_odd():
    assert odd.quoted(["get", "pods", "-n", "“default”"])
    assert odd.quoted(["annotate", "pod", "web", "note=“a”"]) is None
    assert odd.quoted(["annotate", "pod", "web", "“a b”"]) is None


def test_a_blank_behind_a_comma():
    assert "`%kubectl get pods,services -o name`" in odd.spaced(["get", "pods,", "services", "-o", "name"]).en
    assert odd.spaced(["get", "pods,services"]) is None


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("exec web -- ls / -n default", "`%kubectl exec web -n default -- ls /`"),
        ("exec web -it -- ls --namespace=dev", "`%kubectl exec web -it --namespace=dev -- ls`"),
        ("exec web -- cat /a -n default", "`%kubectl exec web -n default -- cat /a`"),
        ("exec web -- head /a -n 5", None),
        ("exec web -- grep a -n b", None),
        ("exec web -n dev -- ls /nope", None),
        ("get pods -n dev", None),
    ],
)
def test_an_option_of_kubectls_behind_the_dashes(words, line):
    found = odd.behind_dashes(words.split())
    assert line in found.en if line else found is None


@pytest.mark.parametrize(
    ("told", "call"),
    [
        ("ls -n default", '`kubectl.exec("web", "ls", namespace="default")`'),
        ("ls / --namespace=dev", '`kubectl.exec("web", "ls", "/", namespace="dev")`'),
        ("ls / --namespace dev", '`kubectl.exec("web", "ls", "/", namespace="dev")`'),
        ("tail -n 5", None),
        ("ls /nope", None),
    ],
)
def test_the_same_in_a_call_of_python(told, call):
    found = odd.behind_name("web", told.split())
    assert call in found.en if call else found is None
