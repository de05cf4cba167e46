"""Keys that were pressed while the Korean layout was on."""

from __future__ import annotations

import pytest

from podlab.lessons.hangul import typed


@pytest.mark.parametrize(
    ("word", "keys"),
    [("ㅏㅕㅠㄷㅊ시", "kubectl"), ("초ㄷ차", "check"), ("촏차", "check"), ("값", "rkqt"), ("web", "web")],
)
def test_each_part_of_a_syllable_is_a_key(word, keys):
    assert typed(word) == keys
