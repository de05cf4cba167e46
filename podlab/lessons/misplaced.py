"""A cell that Python can read and yet not run: a word outside of where it belongs, an argument given twice."""

from __future__ import annotations

import re

from podlab.text import Text

OUTSIDE = Text(
    ko="`{word}`{은/는} 함수(`def`) 안에서만 씁니다. 셀에서는 마지막 줄의 값이 저절로 나옵니다. "
    "`{word}` 없이 적으십시오.",
    en="`{word}` belongs in a function (`def`). A cell shows the value of its last line by itself: leave `{word}` out.",
)
NO_LOOP = Text(
    ko="`{word}`{은/는} 되풀이하는 줄(`for`, `while`)에 딸려 들여 쓴 곳에만 씁니다.",
    en="`{word}` belongs in a loop: on an indented line below `for` or `while`.",
)
TWICE = Text(
    ko="`{name}`{을/를} 한 호출에 두 번 적었습니다. 하나만 남기십시오.",
    en="`{name}` is given twice in one call: keep one of them.",
)
RULES = (
    (r"'(?P<word>return|yield|yield from|await)' outside (async )?function", OUTSIDE),
    (r"'(?P<word>break)' outside loop|'(?P<other>continue)' not properly in loop", NO_LOOP),
    (r"keyword argument repeated: (?P<name>\w+)", TWICE),
)
"""What Python's compiler says, long after its parser: IPython shows such an error past its hook for others."""


def hint_for(error: BaseException | None) -> Text | None:
    """The hint, if it is such an error."""
    for said, hint in RULES:
        if isinstance(error, SyntaxError) and (found := re.search(said, str(error))):
            words = found.groupdict()
            return hint.format(word=words.get("word") or words.get("other"), name=words.get("name"))
    return None
