"""What `-v` adds to standard error: kubectl's words up to 5, and one sentence for what podlab does not log."""

from __future__ import annotations

import pytest

from podlab.errors import ApiError
from podlab.kubectl import klog


@pytest.mark.parametrize(("verbosity", "lines"), [(0, 0), (1, 10), (5, 10), (6, 11), (9, 11)])
def test_a_client_tells_its_gates_and_what_is_left_out(verbosity: int, lines: int) -> None:
    told = list(klog.of_client(verbosity))
    assert len(told) == lines
    assert sum('envvar.go:195] "Feature gate default state" feature="' in each for each in told) == min(lines, 10)
    assert (told[-1:] == [f"{klog.SILENT}\n"]) == (verbosity >= 6)


def test_a_refusal_is_shown_as_the_server_sent_it() -> None:
    error = ApiError({"code": 404, "kind": "Status", "message": 'pods "x" not found', "details": {}})
    assert list(klog.of_error(error, 3)) == []
    shown = '{\n  "kind": "Status",\n  "message": "pods \\"x\\" not found",\n  "details": {},\n  "code": 404\n}'
    assert next(klog.of_error(error, 4)).endswith(f" helpers.go:246] server response object: %s[{shown}]\n")
