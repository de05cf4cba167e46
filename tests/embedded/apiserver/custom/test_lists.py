"""Sets and maps of custom resources hold nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.custom import values

SET = {"x-kubernetes-list-type": "set"}
NAMED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
A, B = {"name": "a"}, {"name": "b"}


@pytest.mark.parametrize(
    ("schema", "given", "found"),
    [
        (SET, ["a", "b", "a", "a"], ['l[2]: Duplicate value: "a"']),
        (SET, [1, 1.0, True], []),
        (SET, [{"x": 1, "y": 2}, {"y": 2, "x": 1}], ['l[1]: Duplicate value: {"x":1,"y":2}']),
        (NAMED, [A, B, {**A, "port": 7}, A], ['l[2]: Duplicate value: {"name":"a"}']),
        (NAMED, [None, {"port": 7}], ["l[1]: Duplicate value: {}"]),
        (NAMED, [A, 7, 8], ["l[1]: Invalid value: 7: must be an object for an array of list-type map"]),
    ],
)  # fmt: skip
def test_each_value_that_is_there_twice_is_told_once(schema: Any, given: list[Any], found: list[str]) -> None:
    told = values.duplicates({"l": given}, {"properties": {"l": {"type": "array", **schema}}})
    assert [f"{cause.field}: {cause.message}" for cause in told] == found
