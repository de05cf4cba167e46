"""What `-v` adds to standard error: kubectl's words up to 6, and one sentence for what podlab does not log."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.errors import ApiError
from podlab.kubectl import klog


@pytest.mark.parametrize(("verbosity", "lines"), [(0, 0), (1, 10), (6, 10), (7, 11), (9, 11)])
def test_a_client_tells_its_gates_and_what_is_left_out(verbosity: int, lines: int) -> None:
    told = list(klog.of_client(verbosity))
    assert len(told) == lines
    assert sum('envvar.go:195] "Feature gate default state" feature="' in each for each in told) == min(lines, 10)
    assert (told[-1:] == [f"{klog.SILENT}\n"]) == (verbosity >= 7)


def test_each_request_is_told_from_six_on_but_for_those_that_ask_what_there_is() -> None:
    url = "https://127.0.0.1:6443/api/v1/namespaces/x/configmaps?fieldValidation=Strict&fieldManager=kubectl-create"
    told = klog.of_answer("POST", url, 201, 0.0129)
    assert klog.of_answer("GET", "https://127.0.0.1:6443/api/v1/pods?limit=500", 200, 0.1)
    assert told.endswith(
        ' round_trippers.go:632] "Response" verb="POST" url="https://127.0.0.1:6443/api/v1/namespaces/x/configmaps'
        '?fieldManager=kubectl-create&fieldValidation=Strict" status="201 Created" milliseconds=12\n'
    )
    for path in ("/api", "/apis?x=y", "/api/v1", "/apis/apps/v1"):
        assert klog.of_answer("GET", f"https://127.0.0.1:6443{path}", 200, 0.1) == ""


def test_the_kubeconfigs_that_are_read_are_told(tmp_path: Path) -> None:
    there = tmp_path / "config"
    there.touch()
    told = list(klog.of_files([tmp_path / "gone", there], 6))
    assert [each.partition("] ")[2] for each in told] == [f"Config loaded from file:  {there}\n"]
    assert list(klog.of_files([there], 5)) == []


def test_a_refusal_is_shown_as_the_server_sent_it() -> None:
    error = ApiError({"code": 404, "kind": "Status", "message": 'pods "x" not found', "details": {}})
    assert list(klog.of_error(error, 3)) == []
    shown = '{\n  "kind": "Status",\n  "message": "pods \\"x\\" not found",\n  "details": {},\n  "code": 404\n}'
    assert next(klog.of_error(error, 4)).endswith(f" helpers.go:246] server response object: %s[{shown}]\n")
