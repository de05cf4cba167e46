"""Words that begin with a minus: which of them a command cannot read.

Upstream: getopt_long(3)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LEADING = frozenset("chroot env getopt nice nohup setsid start-stop-daemon time timeout watch xargs".split())  # noqa: SIM905
"""Commands that run others: the words from the first that is no option on are not theirs."""


def read(name: str, words: list[str], letters: str | None, valued: str, long: list[str] | None) -> tuple[int, str]:
    """(words that are no options, what is wrong with an option) of a command"""
    rest, given = 0, list(words)
    while given:
        word = given.pop(0)
        if word == "--":
            return rest + len(given), ""
        if word.startswith("--"):
            if wrong := _long(word, given, long):
                return rest, wrong
            continue
        if not re.match(r"-.", word):
            rest += 1
            if name in LEADING:
                return rest + len(given), ""
            continue
        for at, letter in enumerate(word[1:], 1):
            if (name, letter) in (("sed", "i"), ("od", "w")):  # what follows is the ending of the file that is kept
                break  # , or the bytes of a row
            if name == "seq" and rest and letter.isdigit():  # a step or an end
                rest += 1
                break
            if letters is not None and letter not in letters:
                return rest, f"invalid option -- '{letter}'"
            if letter in valued:
                if not word[at + 1 :] and not given:
                    return rest, f"option requires an argument -- '{letter}'" if letters is not None else ""
                if not word[at + 1 :]:
                    given.pop(0)
                break
    return rest, ""


def _long(word: str, given: list[str], long: list[str] | None) -> str:
    """What is wrong with a long option; the word after one that needs a value is taken from those `given`."""
    called, equals, _ = word[2:].partition("=")
    fitting = [one for one in long or () if one.startswith(called)]
    exact = [one for one in fitting if one.rstrip("=") == called]
    if long is not None and called != "help" and not fitting:
        return f"unrecognized option '{word}'"
    if equals or not any(one.endswith("=") for one in exact or fitting):
        return ""
    if not given:
        return f"option '{word}' requires an argument"
    given.pop(0)
    return ""


def whole(name: str, words: list[str], valued: str, long: list[str], short: Mapping[str, str]) -> list[str]:
    """The words with each long option by its letter, or in full where it has none or a value that it does not need."""
    made, given = list[str](), list(words)
    while given:
        word = given.pop(0)
        if word == "--" or (name in LEADING and not word.startswith("-")):
            return [*made, word, *given]
        if word.startswith("--"):
            made += _spelled(word, given, long, short)
            continue
        made.append(word)
        first = next((at for at, letter in enumerate(word) if at and letter in valued), 0)
        if word.startswith("-") and first == len(word) - 1 and first and given:
            made.append(given.pop(0))
    return made


def _spelled(word: str, given: list[str], long: list[str], short: Mapping[str, str]) -> list[str]:
    called, equals, value = word[2:].partition("=")
    fitting = {one.rstrip("="): one.endswith("=") for one in long if one.startswith(called)}
    full = called if called in fitting or len(fitting) != 1 else next(iter(fitting))
    needs = fitting.get(full, False)
    if needs and not equals and given:
        equals, value = "=", given.pop(0)
    if full in short and (needs or not equals):
        return [f"-{short[full]}", *[value] * needs]
    return [f"--{full}{equals}{value}"]
