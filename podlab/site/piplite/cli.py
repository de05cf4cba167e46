"""`%pip` in the tab."""

from __future__ import annotations

from collections.abc import Sequence

REFUSED = (
    "탭에는 더 설치할 수 없습니다. 수업에 필요한 것은 모두 있습니다. · "
    "Nothing more can be installed in the tab; what the lessons need is there."
)


async def get_transformed_code(words: Sequence[str]) -> str:
    """The code that the kernel runs in the place of the line."""
    return f"print({REFUSED!r})"
