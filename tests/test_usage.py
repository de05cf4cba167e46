"""What `podlab` says of a command line that it cannot read: one sentence and one step, in the learner's language."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.__main__ import main
from podlab.commands import usage


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", "en")
    text.use(None)
    yield
    text.use(None)


SAID = {
    "up --nam x": ("there is no option --nam. Did you mean --name?", "--nam이라는 옵션은 없습니다. 혹시 --name입니까?"),
    "up --frob": ("there is no option --frob", "--frob이라는 옵션은 없습니다"),
    "upp": ("there is no command upp. Did you mean up?", "upp라는 명령은 없습니다. 혹시 up입니까?"),
    "frobnicate": ("there is no command frobnicate", "frobnicate라는 명령은 없습니다"),
    "up --name": ("--name takes a value behind it", "--name 뒤에는 값을 적습니다"),
    "up --workers 30": ("--workers: 20 is the most", "--workers: 20까지만 됩니다"),
    "up --workers five": ("--workers: it takes a whole number", "--workers: 소수점이 없는 숫자를 적습니다"),
    "clock --seconds x": ("--seconds: it takes a number", "--seconds: 숫자를 적습니다"),
    "clock backwards": ("backwards is not one of show, pause", "backwards는 show, pause, resume, step 가운데"),
    "down extra": ("this command has no use for: extra", "이 명령에는 쓰이지 않는 말입니다: extra"),
    "workshop seats": ("N is missing", "N을 적어야 합니다"),
    "workshop seats 0": ("N: 1 is the least", "N: 1부터 됩니다"),
    "workshop reset x": ("a seat is a number such as 07, not x", "x는 숫자가 아닙니다"),
    "node stop": ("name the node: podlab node stop NAME", "노드의 이름을 적으십시오: podlab node stop NAME"),
    "down --name a --all": ("--name and --all cannot be used together", "--name과 --all은 함께 쓰지 않습니다"),
    "progress --language fr": ("podlab speaks ko and en, not fr", "podlab의 언어는 ko와 en입니다"),
}


@pytest.mark.parametrize("line", SAID)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_line_that_cannot_be_read(
    line: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    assert main(line.split()) == 2
    said = capsys.readouterr().err
    assert SAID[line][language == "ko"] in said
    assert said.count("✗") == said.count("→") == 1
    assert "Usage" not in said and "Error" not in said


@pytest.mark.parametrize("line", ["clock backwards --language ko", "clock --language=ko backwards"])
def test_the_language_of_the_line_holds_for_what_is_wrong_with_it(line: str, capsys) -> None:
    assert main(line.split()) == 2
    assert "가운데 하나가 아닙니다\n  → 이 명령을 쓰는 법: podlab clock --help" in capsys.readouterr().err


ALL = ["lab", "up", "down", "status", "kubeconfig", "reset", "progress", "clock", "node", "doctor"]
GROUPS = ("workshop seats 1", "workshop check", "workshop reset 01", "workshop remove", "site build", "site serve")


@pytest.mark.slow
@pytest.mark.parametrize("command", [*ALL, *GROUPS])
def test_every_command_takes_a_language(command: str, capsys) -> None:
    assert main([*command.split(), "--language", "fr"]) == 2
    assert "podlab speaks ko and en, not fr" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("No such option: --nam Did you mean --name?", "there is no option --nam. Did you mean --name?"),
        ("Got unexpected extra arguments (a b)", "this command has no use for: a b"),
        ("Invalid value for '--workers': 30 is not in the range 0<=x<=20.", "--workers: 20 is the most"),
        ("Invalid value for '--speed': 0.0 is not in the range x>=0.001.", "--speed: 0.001 is the least"),
        ("Invalid value for '--workers': 'x' is not a valid integer range.", "--workers: it takes a whole number"),
        ("A sentence of tomorrow.", "A sentence of tomorrow."),
    ],
)
def test_as_other_releases_of_the_parser_say_it(said: str, english: str) -> None:
    assert str(usage.told(said)) == english
