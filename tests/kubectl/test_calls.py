"""Python's methods and the magic are held to the table of kubectl's flags, as the command line is."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl, calls
from podlab.kubectl.commandline.surface import Flag, commands, everywhere
from podlab.kubectl.magics import Magics
from podlab.kubectl.verbs.table import VERBS, accepts, refused
from tests.kubectl.canned import Canned

NEEDED = {"run": ["web"], "exec": ["web"], "cp": ["a", "web:b"]}
REFUSED = [
    (name, flag)
    for name in VERBS
    for flag in commands()[name].flags.values()
    if not accepts(name, flag) and flag.name not in everywhere()
]


def by_method(folder: Path, name: str, **flags: object) -> str:
    """What a method raises."""
    head, *rest = name.split()
    with pytest.raises(PodlabError) as said:
        getattr(Kubectl(Canned(folder)), head.replace("-", "_"))(*rest, *NEEDED.get(name, ()), **flags)
    return str(said.value)


def by_magic(folder: Path, line: str) -> str:
    """What `%kubectl` raises."""
    shell = SimpleNamespace(user_ns={"kubectl": Kubectl(Canned(folder))})
    with pytest.raises(PodlabError) as said:
        Magics(shell).kubectl(line)
    return str(said.value)


class Writes(io.StringIO):
    """What is written, one by one: each is an output of its own in a browser's notebook, an empty one too."""

    def __init__(self) -> None:
        super().__init__()
        self.each: list[str] = []

    def write(self, text: str, /) -> int:
        self.each.append(text)
        return super().write(text)


def test_a_magic_that_has_nothing_to_warn_of_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = Writes()
    monkeypatch.setattr(sys, "stderr", errors)
    shell = SimpleNamespace(user_ns={"kubectl": Kubectl(Canned(tmp_path))})
    assert str(Magics(shell).kubectl("get nodes -o name")) == "node/web\nnode/web\n"
    assert errors.each == []


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_is_a_method_and_a_magic_that_refuse_what_kubectl_has_not(tmp_path: Path, name: str) -> None:
    line = f"error: unknown flag: --nonsense\nSee 'kubectl {name} --help' for usage."
    assert by_method(tmp_path, name, nonsense="x") == line
    assert by_magic(tmp_path, f"{name} --nonsense=x") == line


@pytest.mark.parametrize(("name", "flag"), REFUSED, ids=str)
def test_a_flag_that_is_left_is_refused_in_the_same_sentence(tmp_path: Path, name: str, flag: Flag) -> None:
    value = {"bool": "true", "int": "1", "duration": "5s"}.get(flag.kind, "x")
    sentence = str(refused(f"kubectl {name} --{flag.name}"))
    assert by_method(tmp_path, name, **{flag.keyword: value}) == sentence
    assert by_magic(tmp_path, f"{name} --{flag.name}={value}") == sentence


@pytest.mark.parametrize(
    ("verb", "keyword", "hint"),
    [
        ("get", "wide", '`output="wide"`'),
        ("get", "label", '`selector="app=web"`'),
        ("describe", "pod", '`kubectl.describe("pod", "web")`'),
        ("logs", "pod", '`kubectl.logs("web", …)`'),
        ("create", "image", '`kubectl.run("web", image="nginx")`'),
        ("describe", "output", "describe has one format"),
        ("exec", "command", '`kubectl.exec("web", "ls", "/")`'),
        ("create configmap", "GREETING", '`from_literal="GREETING=x"`'),
        ("run", "requests", "in `resources` of a container"),
        ("get", "zzz", "`%kubectl get --help` lists those there are"),
    ],
)
def test_a_keyword_that_there_is_not_says_how_it_is_meant(verb: str, keyword: str, hint: str) -> None:
    with pytest.raises(PodlabError) as error:
        calls.keywords(verb, {keyword: "x"})
    assert error.value.hint is not None and hint in error.value.hint.en


def test_labels_as_a_dict_are_shown_as_one_text() -> None:
    with pytest.raises(PodlabError) as error:
        calls.in_text("label", ["pod", "web", {"tier": "front"}])
    assert error.value.hint is not None and '"tier=front"' in error.value.hint.en
