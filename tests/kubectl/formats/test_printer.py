"""Tables, ages, quantities: what `get` is made of."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.apimachinery.duration import human_duration, parse_duration
from podlab.apimachinery.times import rfc1123
from podlab.kubectl.formats.printer import TableOptions, TablePrinter, print_table
from podlab.kubectl.formats.tabwriter import align
from podlab.kubectl.quantity import format_quantity, parse_quantity
from tests.kubectl.recordings import GOLDEN, all_commands


def table(*rows: list[object], **more: Any) -> dict[str, Any]:
    columns = [{"name": "Name", "format": "name"}, {"name": "Ready"}, {"name": "IP", "priority": 1}]
    objects = [{"metadata": {"namespace": "team", "labels": {"app": "web", "a/b": "c"}}} for _ in rows]
    return {
        "columnDefinitions": columns,
        "rows": [{"cells": c, "object": o} for c, o in zip(rows, objects, strict=True)],
        **more,
    }


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (TableOptions(), "NAME    READY\nx       1/1\nlonger  0/1\n"),
        (TableOptions(wide=True), "NAME    READY  IP\nx       1/1    10.0.0.1\nlonger  0/1    <none>\n"),
        (TableOptions(no_headers=True), "x       1/1\nlonger  0/1\n"),
        (
            TableOptions(with_namespace=True),
            "NAMESPACE  NAME    READY\nteam       x       1/1\nteam       longer  0/1\n",
        ),
        (
            TableOptions(show_labels=True),
            "NAME    READY  LABELS\nx       1/1    a/b=c,app=web\nlonger  0/1    a/b=c,app=web\n",
        ),
        (TableOptions(label_columns=("a/b", "no")), "NAME    READY  B  NO\nx       1/1    c\nlonger  0/1    c\n"),
        (TableOptions(kind="pod"), "NAME        READY\npod/x       1/1\npod/longer  0/1\n"),
    ],
)
def test_flags_of_get(options: TableOptions, text: str) -> None:
    printed = print_table(table(["x", "1/1", "10.0.0.1"], ["longer", "0/1", "<none>"]), options)
    assert re.sub(" {2,}", "  ", re.sub(" +$", "", printed, flags=re.M)) == re.sub(" {2,}", "  ", text)


def test_columns_are_at_least_six_wide_and_three_apart() -> None:
    assert print_table(table(["x", "1/1", ""])) == "NAME   READY\nx      1/1\n"
    assert print_table(table(["longer-name", "1/1", ""])) == "NAME          READY\nlonger-name   1/1\n"


def test_no_rows_print_nothing() -> None:
    assert print_table(table()) == ""


def test_a_cell_ends_at_its_first_line_break() -> None:
    assert print_table(table(["x", "one\ntwo", ""])).endswith("x      one...\n")


def test_a_watch_has_one_header_and_columns_that_never_shrink() -> None:
    printer = TablePrinter()
    first = printer.text(table(["a-long-name", "0/1", ""]))
    later = printer.text({**table(["b", "1/1", ""]), "columnDefinitions": None})
    assert first + later == "NAME          READY\na-long-name   0/1\nb             1/1\n"


@pytest.mark.slow
@pytest.mark.parametrize("command", all_commands(r"kubectl get [\w,./ -]+"), ids=lambda c: c.id)
def test_recorded_tables_are_aligned_as_kubectl_does(command: Any) -> None:
    """Taken apart at its columns and put together again, a recorded table is the same."""
    for part in command.stdout.split("\n\n"):
        header = part.split("\n")[0]
        if not re.fullmatch(r"[A-Z() -]+", header) or "-o name" in command.line:
            continue
        starts = [match.start() for match in re.finditer(r"(?:(?<=   )|^)\S", header)]
        rows = [
            [line[a:b].rstrip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
            for line in part.split("\n")
            if line
        ]
        again = align("".join("\t".join(row) + "\n" for row in rows), min_width=6, padding=3)
        assert again.rstrip("\n").replace(" \n", "\n") == part.rstrip("\n").replace(" \n", "\n")


def test_the_api_servers_tables_are_printed() -> None:
    answers = json.loads((GOLDEN / "api" / "tables.json").read_text(encoding="utf-8"))
    tables = [a["response"] for a in answers if isinstance(a.get("response"), dict)]
    printed = [print_table(t.get("body", t)) for t in tables if (t.get("body") or t).get("kind") == "Table"]
    assert printed and all(text == "" or text.endswith("\n") for text in printed)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"),
        (600, "10m"), (10799, "179m"), (10800, "3h"), (11000, "3h3m"), (28800, "8h"), (172799, "47h"), (172800, "2d"),
        (180000, "2d2h"), (691200, "8d"), (63071999, "729d"), (63072000, "2y"), (63158400, "2y1d"), (252288000, "8y"),
    ],
)  # fmt: skip
def test_ages(seconds: int, text: str) -> None:
    assert human_duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("1m30s", 90), ("1.5h", 5400), ("0", 0), ("-1s", -1), ("100ms", 0.1)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "words"), [("abc", "time: invalid duration"), ("5", "time: missing unit in duration")]
)
def test_no_durations(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_duration(text)


def test_dates() -> None:
    assert re.fullmatch(r"\w{3}, \d\d Nov 2026 \d\d:57:55 [+-]\d{4}", rfc1123("2026-11-23T02:57:55Z"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("250m", Fraction(1, 4)), ("64Mi", 64 * 1024**2), ("1e3", 1000), ("1.5Gi", 1610612736), ("2", 2)],
)
def test_quantities(text: str, amount: Fraction) -> None:
    assert parse_quantity(text) == amount


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "5Xi", "--1"])
def test_no_quantities(text: str) -> None:
    with pytest.raises(ValueError, match="quantit"):
        parse_quantity(text)


@pytest.mark.slow
@given(st.integers(0, 2**50), st.booleans())
def test_a_quantity_reads_back(number: int, binary: bool) -> None:
    assert parse_quantity(format_quantity(Fraction(number), binary)) == number


@pytest.mark.slow
@given(st.lists(st.lists(st.text("ab", max_size=9), min_size=1, max_size=4), min_size=1, max_size=6))
def test_alignment_keeps_every_cell(rows: list[list[str]]) -> None:
    lines = align("\n".join("\t".join(row) for row in rows)).split("\n")
    assert [line.split() for line in lines] == [[cell for cell in row if cell] for row in rows]
