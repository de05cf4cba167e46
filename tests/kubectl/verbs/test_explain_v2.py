"""`kubectl explain --output=plaintext-openapiv2`, held to what a real kubectl 1.36 said of a real server's document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podlab.errors import PodlabError
from podlab.kubectl.verbs.explain_v2 import explanation, wrapped

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("explain_v2.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", list(RECORDED["answers"]))
def test_fields_are_explained_from_the_older_document(line: str) -> None:
    path, recursive = line.split()[0], line.endswith(" --recursive")
    try:
        text = explanation(
            RECORDED["definitions"], "node.k8s.io", "v1", "RuntimeClass", path.split(".")[1:], recursive=recursive
        )
    except PodlabError as error:
        text = f"{error}\n"
    assert text == RECORDED["answers"][line]


def test_a_kind_that_the_document_lacks_is_named() -> None:
    with pytest.raises(PodlabError, match='couldn\'t find resource for "/v2, Kind=Pod"'):
        explanation(RECORDED["definitions"], "", "v2", "Pod", (), recursive=False)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a b\nc", ["a b c"]),
        ("a:\nb\n\nc", ["a:", "b", "", "c"]),
        ("a\n- b\n- c d\n    code  as is\ne", ["a", "- b", "- c d", "    code  as is", "e"]),
        ("aaaa bbbb cccc", ["aaaa bbbb", "cccc"]),
    ],
)
def test_descriptions_are_wrapped(text: str, lines: list[str]) -> None:
    assert wrapped(text, 10) == lines
