"""kubectl's surface: every command and flag of a real kubectl is done, or refused with the way to the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.kubectl import Kubectl, line
from podlab.kubectl.calls import keywords
from podlab.kubectl.commandline.flags import PAIRS
from podlab.kubectl.commandline.parse import parse
from podlab.kubectl.commandline.surface import Flag, commands, everywhere
from podlab.kubectl.help import shown
from podlab.kubectl.verbs.table import VERBS, accepts, keywords_of
from tests.kubectl.canned import Canned

SAMPLES = {"bool": "true", "int": "1", "duration": "5s", "str": "x", "list": "x"}


def sample(name: str, flag: Flag) -> str:
    return "a=b" if flag.name in PAIRS.get(name, ()) else SAMPLES[flag.kind]


def given(name: str, flag: Flag) -> dict[str, object]:
    return {flag.keyword: sample(name, flag)}


@pytest.mark.parametrize("name", commands())
def test_every_command_and_flag_of_kubectl_is_understood(name: str) -> None:
    for flag in commands()[name].flags.values():
        parsed = parse([*name.split(), f"--{flag.name}={sample(name, flag)}"])
        assert parsed.verb == name and flag.keyword in parsed.flags


@pytest.mark.parametrize("name", VERBS)
def test_every_flag_is_done_or_refused_in_one_sentence(name: str) -> None:
    refused = [flag for flag in commands()[name].flags.values() if not accepts(name, flag)]
    for flag in refused:
        with pytest.raises(PodlabError) as said:
            keywords(name, given(name, flag))
        assert isinstance(said.value.message, text.Text)
        for sentence in (said.value.message.ko, said.value.message.en):
            assert f"kubectl {name} --{flag.name}" in sentence and "podlab kubeconfig" in sentence
    done = [flag for flag in commands()[name].flags.values() if flag not in refused]
    for flag in done:
        assert keywords(name, given(name, flag))


@pytest.mark.parametrize("name", VERBS)
def test_no_verb_has_a_flag_that_kubectl_has_not(name: str) -> None:
    assert set(keywords_of(name)) <= {flag.keyword for flag in commands()[name].flags.values()}


def test_every_command_is_known() -> None:
    assert {name for name, usage in commands().items() if not usage.is_group} <= VERBS.keys()


@pytest.mark.parametrize("shell", ["bash", "fish", "powershell", "zsh"])
def test_what_completes_a_shells_words_is_left_to_the_real_kubectl(shell: str, tmp_path: Path) -> None:
    _, code, error = line.run(["completion", shell], lambda _: Kubectl(Canned(tmp_path)))
    assert code == 1
    assert f"`kubectl completion {shell}`" in str(error) and "podlab kubeconfig" in str(error)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Shell not specified."),
        (["foo"], 'Unsupported shell type "foo".'),
        (["bash", "zsh"], "Too many arguments. Expected only the shell type."),
    ],
)
def test_a_shell_that_is_none_is_refused_as_kubectl_does(words: list[str], said: str, tmp_path: Path) -> None:
    _, _, error = line.run(["completion", *words], lambda _: Kubectl(Canned(tmp_path)))
    assert str(error) == f"error: {said}\nSee 'kubectl completion -h' for help and examples"


def test_options_are_those_of_every_command() -> None:
    output, code, _ = line.run(["options"], lambda _: pytest.fail("no cluster is needed"))
    assert code == 0
    assert all(f"    {shown(flag)}\n" in str(output) for flag in everywhere().values() if flag.name != "help")


@pytest.mark.parametrize("name", commands())
def test_every_command_has_its_help(name: str) -> None:
    output, code, error = line.run([*name.split(), "--help"], lambda _: pytest.fail("no cluster is needed"))
    assert (code, error) == (0, None) and commands()[name].line in str(output)
    if name in VERBS:
        done = [flag for flag in commands()[name].flags.values() if accepts(name, flag)]
        assert all(shown(flag) in str(output) for flag in done)
