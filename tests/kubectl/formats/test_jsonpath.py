"""JSONPath, custom columns, sorting and YAML against what real kubectl printed of the same objects."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from podlab.apimachinery.yamlprinter import sort_keys, to_json, to_yaml
from podlab.embedded.apiserver.decoding import yamltext
from podlab.errors import PodlabError
from podlab.kubectl.formats.columns import sort_by
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.jsonpath import JSONPath
from tests.kubectl.recordings import Command, commands

RECORDED = {command.line: command for command in commands("kit-jsonpath")}
RANDOM = ("..name", "..image")  # upstream walks maps in random order
NO_OBJECTS = ("--sort-by=.no.such", "-o json --show-labels", "head")


def objects(arguments: list[str]) -> dict[str, Any]:
    """The object (or List) that a recorded command was about."""
    listed = json.loads(RECORDED["kubectl get pods -o json"].stdout)
    if arguments == ["pods"]:
        return dict(listed)
    if arguments == ["cm", "words"]:
        return dict(json.loads(RECORDED["kubectl get cm words -o json"].stdout))
    by_name = {pod["metadata"]["name"]: pod for pod in listed["items"]}
    named = [by_name[name] for name in arguments[1:]]
    return named[0] if len(named) == 1 else {**listed, "items": named}


def cases() -> list[Any]:
    found = []
    for command in RECORDED.values():
        words = shlex.split(command.line)
        if (
            words[2] not in ("pod", "pods")
            or "," in words[2]
            or any(part in command.line for part in (*RANDOM, *NO_OBJECTS))
        ):
            continue
        if "-o" in words and not command.line.endswith(("-o json", "-o yaml")) and "-L" not in words:
            found.append(pytest.param(command, words, id=command.line.removeprefix("kubectl get ")))
    return found


CASES = cases()


def test_there_are_cases() -> None:
    assert len(CASES) > 60


@pytest.mark.parametrize(("command", "words"), CASES)
def test_formats_equal_kubectl(command: Command, words: list[str]) -> None:
    at = words.index("-o")
    obj = objects(words[2:at])
    rest = words[at + 2 :]
    sorting = next((word.removeprefix("--sort-by=") for word in rest if word.startswith("--sort-by=")), "")
    try:
        style = parse_format(words[at + 1])
        if sorting:
            obj = {**obj, "items": sort_by(sorting, obj["items"])}
        text, error = style.text(obj, no_headers="--no-headers" in rest), ""
    except PodlabError as failure:
        text, error = "", str(failure)
    assert text == command.stdout
    # the recorded object still had its managed fields when kubectl printed it inside an error
    assert without_object(error).rstrip("\n") == without_object(command.stderr).rstrip("\n")


def without_object(text: str) -> str:
    return re.sub(r"(?m)^\t\tmap\[string\]interface.*$", "\t\tOBJECT", text)


@pytest.mark.parametrize("line", ["kubectl get cm words", "kubectl get pods", "kubectl get pod one two"])
def test_yaml_equals_kubectl(line: str) -> None:
    assert to_yaml(objects(shlex.split(line)[2:])) == RECORDED[f"{line} -o yaml"].stdout


@pytest.mark.parametrize("line", ["kubectl get cm words", "kubectl get pods", "kubectl get pod one"])
def test_json_equals_kubectl(line: str) -> None:
    assert to_json(json.loads(RECORDED[f"{line} -o json"].stdout)) == RECORDED[f"{line} -o json"].stdout


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x85"), max_size=120)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc.-/19 :#", max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(TREES)
@example("=")  # a value's default to YAML 1.1, a text to Kubernetes
def test_yaml_reads_back_as_the_same_value(value: object) -> None:
    assert yamltext.load(to_yaml({"value": value}).encode()) == ({"value": value}, [])


@pytest.mark.slow
@given(st.dictionaries(st.from_regex(r"[a-z][0-9.]{0,3}", fullmatch=True), st.none()))
def test_every_key_is_kept_in_order(keys: dict[str, None]) -> None:
    assert sorted(sort_keys(keys)) == sorted(keys)


def test_numbers_in_keys_are_ordered_as_numbers() -> None:
    assert sort_keys(["k10", "k2", "kb", "k-1", "K"]) == ["K", "k-1", "k2", "k10", "kb"]


@pytest.mark.slow
@given(st.text(max_size=30))
def test_any_text_is_a_template_or_an_error(text: str) -> None:
    try:
        JSONPath.parse(text).text({"a": [1, {"b": "c"}]})
    except PodlabError as error:
        assert str(error)
