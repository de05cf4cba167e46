"""Where a manifest's fields are: lines of field paths, the field at a caret."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.panels.editor.places import at, documents, steps

SEED = """apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web, tier: front}
spec:
  containers:
    - name: web
      image: nginx
      ports:
        - containerPort: 80
        - containerPort: "443"
"""


def test_a_text_whose_aliases_would_fill_the_memory_is_an_error() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi"))
    (document,) = documents(bomb)
    assert str(document.error) == "document contains excessive aliasing"


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("metadata.name", 4),
        ("metadata.labels[tier]", 5),
        ("spec.containers[0].ports[1].containerPort", 12),
        ("spec.containers[0].imagee", 8),
        ("spec.containers[7].image", 7),
        ("spec.nodeName", 6),
        ("patch", 1),
        ("", 1),
    ],
)
def test_a_field_has_a_line_or_that_of_what_it_is_missing_in(field: str, line: int) -> None:
    assert documents(SEED)[0].line(steps(field)) == line


def test_lines_count_on_through_documents() -> None:
    first, second = documents(SEED + "---\n" + SEED)
    assert (first.line(("spec",)), second.line(("spec",))) == (6, 19)


CARETS = [
    (1, 3, "apiVersion"),
    (4, 2, "metadata.name"),
    (4, 11, "metadata.name"),
    (8, 8, "spec.containers.name"),
    (10, 6, "spec.containers.ports"),
    (12, 14, "spec.containers.ports.containerPort"),
    (13, 8, "spec.containers.ports"),
    (13, 6, "spec.containers"),
    (13, 2, "spec"),
    (13, 0, ""),
]


@pytest.mark.parametrize(("line", "column", "field"), CARETS)
@pytest.mark.parametrize("broken", [False, True])
def test_a_caret_is_on_a_field(line: int, column: int, field: str, broken: bool) -> None:
    text = SEED + ("\n: ]" if broken else "")
    assert ".".join(each for each in at(text, line, column) if isinstance(each, str)) == field


def test_a_caret_in_a_flow_mapping_goes_by_its_column() -> None:
    assert at(SEED, 5, 25) == ("metadata", "labels", "tier")
    assert at(SEED, 5, 12) == ("metadata", "labels", "app")


def test_a_path_without_indexes_finds_the_value_of_the_wrong_type() -> None:
    document = documents(SEED)[0]
    assert document.like(("spec", "containers", "ports", "containerPort"), "string")[-2:] == (1, "containerPort")
    assert document.like(("metadata", "labels"), "string") == ("metadata", "labels", "app")
    assert document.like(("spec", "nothing"), "string") == ("spec", "nothing")


def test_a_key_that_is_there_twice_is_found() -> None:
    assert list(documents("a: 1\nb:\n  c: 1\n  c: 2\n")[0].repeated()) == [(4, "c")]


@pytest.mark.slow
@given(st.text("ab:- \n\t{}[]\"'#&*|>", max_size=60), st.integers(1, 8), st.integers(0, 12))
def test_no_text_breaks_it(text: str, line: int, column: int) -> None:
    at(text, line, column)
    for document in documents(text):
        assert 1 <= document.line(("a", 0, "b")) <= text.count("\n") + 1
        list(document.repeated())
