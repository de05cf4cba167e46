"""What containers of one image share, and how they part when one of them writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.runtime.volume import MANY, Layered, Volume

NAMES = [f"/{number}" for number in range(MANY + 4)]
STEPS = st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(st.none(), st.binary(max_size=2), st.just("remove"))))


@pytest.mark.slow
@given(STEPS)
def test_what_is_written_over_an_image_is_as_in_a_copy_of_it(steps: list[tuple[str, bytes | str | None]]) -> None:
    below: dict[str, bytes | None] = dict.fromkeys(NAMES[:MANY], b"image")
    layered, copied = Layered(below), dict(below)
    for name, value in steps:
        if isinstance(value, str):
            assert (name in layered) == (name in copied)
            if name in copied:
                del layered[name], copied[name]
        else:
            layered[name] = copied[name] = value
    assert dict(layered) == copied
    assert len(layered) == len(copied)
    assert sorted(map(repr, layered.contents())) == sorted(map(repr, copied.values()))
    assert below == dict.fromkeys(NAMES[:MANY], b"image")


def test_what_lies_over_an_image_counts_once() -> None:
    layered = Layered({"/a": b"1", "/b": b"2", "/c": None})
    layered["/b"], layered["/d"] = b"22", b"333"
    del layered["/a"]
    layered["/d"] = b"4444"
    assert (len(layered), [*layered]) == (3, ["/b", "/c", "/d"])
    assert layered.contents() == [None, b"22", b"4444"]
    assert Volume(entries=layered).size() == 6


def test_a_volume_of_many_files_shares_them_with_those_that_write() -> None:
    image = Volume()
    for name in NAMES:
        image.put(name, b"image")
    one, other = image.alike(), image.alike()
    one.put("/0", b"mine")
    del one.entries["/1"]
    assert (one.entries["/0"], "/1" in one.entries) == (b"mine", False)
    assert (other.entries["/0"], other.entries["/1"]) == (b"image", b"image")
    third = one.alike()
    third.put("/2", b"third's")
    assert (third.entries["/0"], one.entries["/2"]) == (b"mine", b"image")


def test_a_volume_at_rest_can_be_written_again() -> None:
    volume = Volume()
    volume.publish({"a": (b"1", 0o644)}, "..first")
    volume.publish({"a": (b"2", 0o600)}, "..second")
    assert volume.published() == {"/a": (b"2", 0o600)}
    volume.belong_to(7)
    assert volume.owners["/"] == (0, 7)
