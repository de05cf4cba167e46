"""What the kinds of storage drivers may say, and what of it may change."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resources.attachments import ATTACHMENTS
from podlab.embedded.apiserver.resources.storage import CSI_DRIVERS

Obj = dict[str, Any]
ATTACHMENT, ATTRIBUTES, _ = ATTACHMENTS
DRIVER = {"attachRequired": True, "volumeLifecycleModes": ["Persistent"], "fsGroupPolicy": "File"}


def told(resource: Any, obj: Obj, old: Obj | None = None) -> list[tuple[str, str]]:
    def named(given: Obj) -> Obj:
        return {**given, "metadata": {"name": "x", "resourceVersion": "1"}}

    return [(cause.field, cause.message) for cause in resource.validate(named(obj), named(old) if old else None)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"parameters": {"iops": "6"}}, [("parameters", "Forbidden: updates to parameters are forbidden.")]),
        ({"driverName": "b"}, [("driverName", "Forbidden: updates to driverName are forbidden.")]),
        ({}, []),
    ],
)
def test_attributes_of_volumes_stay(change: Obj, expected: list[tuple[str, str]]) -> None:
    made = {"driverName": "a", "parameters": {"iops": "5"}}
    assert told(ATTRIBUTES, {**made, **change}, made) == expected


def test_attributes_of_volumes_name_a_driver_and_say_something() -> None:
    assert told(ATTRIBUTES, {}) == [
        ("driverName", "Required value"),
        ("parameters", "Required value: must contain at least one key/value pair"),
    ]


def test_an_attachment_is_of_one_volume_and_stays_so() -> None:
    why = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    assert told(ATTACHMENT, {"spec": {"attacher": "a", "nodeName": "n"}}) == [("spec.source", f"Required value: {why}")]
    bare = [path for path, _ in told(ATTACHMENT, {"spec": {}})]
    assert bare == ["spec.attacher", "spec.source", "spec.nodeName"]
    made = {"spec": {"attacher": "a", "source": {"persistentVolumeName": "v"}, "nodeName": "n"}}
    other = {"spec": {**made["spec"], "nodeName": "other"}}
    assert [path for path, _ in told(ATTACHMENT, other, made)] == ["spec"]


def test_what_a_driver_says_of_itself_may_change_in_part() -> None:
    assert not told(CSI_DRIVERS, {"spec": {**DRIVER, "fsGroupPolicy": "None"}}, {"spec": DRIVER})
    changed = {"spec": {**DRIVER, "attachRequired": False, "volumeLifecycleModes": ["Ephemeral"]}}
    assert told(CSI_DRIVERS, changed, {"spec": DRIVER}) == [
        ("spec.attachedRequired", "Invalid value: false: field is immutable"),
        ("spec.volumeLifecycleModes", 'Invalid value: ["Ephemeral"]: field is immutable'),
    ]
