"""`kubectl config set`: what a real kubectl 1.36 said and wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl, line
from tests.kubectl.canned import Canned


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("foo.bar", "error: unable to parse foo.bar after [] at api.Config"),
        ("clusters", "error: can't set a map to a value: map[]"),
    ],
)
def test_what_cannot_be_set(tmp_path: Path, name: str, line: str) -> None:
    with pytest.raises(PodlabError) as wrong:
        Kubectl(Canned(tmp_path)).config("set", name, "x")
    assert str(wrong.value) == line


def test_a_file_says_which_context_is_current_and_no_preferences_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("preferences: {}\n", encoding="utf-8")
    Kubectl(Canned(tmp_path)).config("set-cluster", "a", server="https://b")
    assert path.read_text(encoding="utf-8") == (
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://b\n  name: a\ncontexts: null\n"
        'current-context: ""\nkind: Config\nusers: null\n'
    )


KEPT = """apiVersion: v1
clusters: null
contexts:
- context:
    cluster: ""
    extensions:
    - extension:
        provider: x
      name: minikube
    user: ""
  name: c
current-context: ""
extensions:
- extension:
    a: 2
    b: 1
  name: z
kind: Config
preferences:
  colors: true
  extensions:
  - extension: 5
    name: q
users: null
"""


def test_what_other_programs_keep_in_a_file_stays_there_and_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    before = KEPT.replace('    cluster: ""\n', "    namespace: space\n").replace("a: 2\n    b: 1", "b: 1\n    a: 2")
    path.write_text(before, encoding="utf-8")
    kubectl = Kubectl(Canned(tmp_path))
    kubectl.config("unset", "contexts.c.namespace")
    assert path.read_text(encoding="utf-8") == KEPT
    assert str(kubectl.config("view")) == KEPT
    shown = str(kubectl.config("view", output="json")).replace(" ", "").replace("\n", "")
    assert shown.startswith('{"kind":"Config","apiVersion":"v1","preferences":{"colors":true,"extensions":[{"name":')
    assert shown.endswith('"current-context":"","extensions":[{"name":"z","extension":{"a":2,"b":1}}]}')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "preferences: {colors: 5}",
            "json: cannot unmarshal number into Go struct field Preferences.preferences.colors of type bool",
        ),
        (
            "extensions: {a: b}",
            "json: cannot unmarshal object into Go struct field Config.extensions of type []v1.NamedExtension",
        ),
    ],
)
def test_preferences_and_extensions_that_are_none_are_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(PodlabError) as wrong:
        Kubectl(Canned(tmp_path)).config("view")
    assert str(wrong.value) == f'error: error loading config file "{path}": {said}'


def test_an_exec_plugin_is_changed_by_what_is_told_of_it(tmp_path: Path) -> None:
    kubectl = Kubectl(Canned(tmp_path))

    def put(*flags: str) -> object:
        line.run(["config", "set-credentials", "b", *flags], lambda _: kubectl)
        found = str(kubectl.config("view", output="jsonpath={.users[0].user.exec}"))
        return json.loads(found) if found else None

    assert put("--exec-arg=1") is None
    made = put("--exec-command=c", "--exec-arg=1", "--exec-env=A=1", "--exec-env=B=2")
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert made == {"args": ["1"], "command": "c", "env": env, "provideClusterInfo": False}
    made = put("--exec-env=A=9", "--exec-env=C=3", "--exec-env=B-", "--exec-interactive-mode=Never")
    env = [{"name": "A", "value": "9"}, {"name": "C", "value": "3"}]
    rest = {"interactiveMode": "Never", "provideClusterInfo": False}
    assert made == {"args": ["1"], "command": "c", "env": env, **rest}
    made = put("--exec-command=d", "--exec-env=A-", "--exec-env=C-", "--exec-provide-cluster-info")
    assert made == {**rest, "args": None, "command": "d", "env": [], "provideClusterInfo": True}


def test_an_auth_provider_keeps_what_it_was_told_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    kubectl = Kubectl(Canned(tmp_path))
    for flags, config in (
        (["--auth-provider=oidc"], {}),
        (["--auth-provider-arg=x=y"], {"x": "y"}),
        (["--auth-provider=oidc", "--auth-provider-arg=z=1", "--auth-provider-arg=x-"], {"z": "1"}),
        (["--auth-provider=gcp"], {}),
    ):
        line.run(["config", "set-credentials", "a", *flags], lambda _: kubectl)
        found = str(kubectl.config("view", output="jsonpath={.users[0].user.auth-provider.config}"))
        assert json.loads(found) == config
