"""Korean and English, side by side: every sentence a learner reads is a `Text`."""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass
from typing import Literal

from podlab.particles import MARKS, choose

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

_chosen: Language | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `str()` gives it in the current one."""

    ko: str
    en: str

    def __str__(self) -> str:
        return self.in_(language())

    def in_(self, which: Language) -> str:
        """The sentence in the given language."""
        return self.ko if which == "ko" else self.en

    def format(self, **values: object) -> Text:
        """Both sentences with `{names}` filled in; a value that is itself a `Text` is filled in its own language.

        In Korean `{을/를}` and its like become the particle that fits what stands before.
        """
        ko, en = ({k: v.in_(w) if isinstance(v, Text) else v for k, v in values.items()} for w in LANGUAGES)
        return Text(choose(self.ko.format(**ko, **MARKS)), self.en.format(**en))


def language() -> Language:
    """The current language: what `use()` chose, else gettext's LANGUAGE and the locale variables, else English."""
    return _chosen or from_environment()


def use(which: str | None) -> None:
    """Choose the language for this process; `None` goes back to the environment's.

    Raises:
        ValueError: it is neither `ko` nor `en` (nor a locale of theirs, such as `ko_KR`).
    """
    global _chosen
    if which is not None and _code(which) is None:
        raise ValueError(f"podlab speaks ko and en, not {which!r}")
    _chosen = None if which is None else _code(which)


def from_environment() -> Language:
    """The first of LANGUAGE's list that podlab speaks, then LC_ALL, LC_MESSAGES and LANG, then the system's locale."""
    preferences = os.environ.get("LANGUAGE", "").split(":")
    preferences += [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    preferences.append(locale.getlocale()[0] or "")
    return next((code for code in map(_code, preferences) if code), "en")


def _code(name: str) -> Language | None:
    code = name.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    code = {"korean": "ko", "english": "en"}.get(code, code)
    return next((each for each in LANGUAGES if each == code), None)
