"""Words that begin with a minus: which of them a command cannot read.

Upstream: getopt_long(3)
"""

from __future__ import annotations

import re

LEADING = frozenset("chroot env nice nohup setsid start-stop-daemon time timeout watch xargs".split())  # noqa: SIM905
"""Commands that run others: the words from the first that is no option on are not theirs."""


def read(name: str, words: list[str], letters: str | None, valued: str, long: list[str] | None) -> tuple[int, str]:
    """(words that are no options, what is wrong with an option) of a command"""
    rest, given = 0, list(words)
    while given:
        word = given.pop(0)
        if word == "--":
            return rest + len(given), ""
        if word.startswith("--"):
            called = word[2:].partition("=")[0]
            if long is not None and called != "help" and not any(one.startswith(called) for one in long):
                return rest, f"unrecognized option '{word}'"
            continue
        if not re.match(r"-.", word):
            rest += 1
            if name in LEADING:
                return rest + len(given), ""
            continue
        for at, letter in enumerate(word[1:], 1):
            if name == "sed" and letter == "i":  # what follows is the ending of the file that is kept
                break
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
