"""kubectl's surface: every command and flag of a real kubectl is done, or refused with the way to the real one."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.kubectl import line
from podlab.kubectl.calls import keywords
from podlab.kubectl.commandline.flags import PAIRS
from podlab.kubectl.commandline.parse import parse
from podlab.kubectl.commandline.surface import Flag, commands
from podlab.kubectl.help import shown
from podlab.kubectl.verbs.table import VERBS, accepts, keywords_of, verb_of

SAMPLES = {"bool": "true", "int": "1", "duration": "5s", "str": "x", "list": "x"}
LEFT = [name for name, usage in commands().items() if name not in VERBS and not usage.is_group]


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


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_to_the_real_kubectl_says_so(name: str) -> None:
    with pytest.raises(PodlabError) as said:
        verb_of(name)
    assert isinstance(said.value.message, text.Text)
    for sentence in (said.value.message.ko, said.value.message.en):
        assert f"kubectl {name}`" in sentence and "podlab kubeconfig" in sentence


@pytest.mark.parametrize("name", commands())
def test_every_command_has_its_help(name: str) -> None:
    output, code, error = line.run([*name.split(), "--help"], lambda _: pytest.fail("no cluster is needed"))
    assert (code, error) == (0, None) and commands()[name].line in str(output)
    if name in VERBS:
        done = [flag for flag in commands()[name].flags.values() if accepts(name, flag)]
        assert all(shown(flag) in str(output) for flag in done)
