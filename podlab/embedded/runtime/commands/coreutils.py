"""What coreutils say of words that they do not understand, before they begin.

Upstream: GNU coreutils' system.h (emit_try_help) and getopt; coreutils.json is read in the nginx image on kind, from
`NAME --help` and from what each command says of every letter, of no word and of one
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from podlab.embedded.runtime.commands.optionwords import read, whole

Row = tuple[str, str, list[str], int, str, str, dict[str, str]]
"""(letters, those with a value, long options with `=` where they need one, exit code, what is missing without a word,
and with one, long options' letters)"""


USE = "podlab does not simulate the rest of this help: a real container explains the options here"
UNHELPED = "{0}: podlab does not simulate --help: a real container lists the options of {0}"


@cache
def _rows() -> Mapping[str, Row]:
    text = (files("podlab.embedded.runtime.commands") / "coreutils.json").read_text(encoding="utf-8")
    return MappingProxyType({name: tuple(row) for name, row in json.loads(text).items()})


def problem(name: str, words: list[str]) -> tuple[str, int] | None:
    """(complaint, exit code), None where the words can be read."""
    row = _rows().get(SAME.get(name, name))
    if name in GNU and words[:1] == ["--help"]:
        return UNHELPED.format(name), 1
    if row is None or "--help" in words or "--version" in words:
        return None
    letters, valued, long, code, none, one, _ = row
    signed = [word for word in words if not (name in SIGNED and re.match(r"-[rwxugoast\d,+=-]+$|-\d", word))]
    rest, wrong = read(name, signed, letters, valued, long)
    rest += len(words) - len(signed) if name == "chmod" else 0
    name = SAME.get(name, name)
    if wrong:
        return f"{name}: {wrong}\n{hint(name)}", code
    if any(word.startswith(("--reference", "--target-directory", "-t")) for word in words):
        return None
    if rest == 0 and none and not any(re.match(WORDLESS.get(name, "$"), word) for word in words):
        return f"{name}: {none}\n{hint(name)}", code
    if rest == 1 and one and not _enough(name, words):
        operand = next(word for word in words if not word.startswith("-") or word == "-")
        more = "Two strings must be given when translating.\n" if name == "tr" else ""
        return f"{name}: {one.format(repr(operand))}\n{more}{hint(name)}", code
    return None


def spelled(name: str, words: list[str]) -> list[str]:
    """A command's words, its long options in full."""
    row = _rows().get(SAME.get(name, name))
    return whole(name, words, row[1], row[2], row[6]) if row and name not in SPELLING else words


GNU: Mapping[str, str] = MappingProxyType(
    {
        "bash": "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)",
        "find": "find (GNU findutils) 4.9.0",
        "grep": "grep (GNU grep) 3.8",
        "gzip": "gzip 1.12",
        "sed": "sed (GNU sed) 4.9",
        "tar": "tar (GNU tar) 1.34",
        "xargs": "xargs (GNU findutils) 4.9.0",
    }
    | {
        name: f"{name} (GNU coreutils) 9.1"
        for name in """base64 basename cat chgrp chmod chown cp cut date df dirname du env fold head id ln ls md5sum
        mkdir mktemp mv nl od paste readlink realpath rm rmdir seq sha256sum sleep sort stat tail tee timeout
        touch tr truncate uname uniq wc whoami""".split()  # noqa: SIM905
    }
)
"""The first line that Debian 12's commands say for --version."""
SPELLING = frozenset(["egrep", "fgrep", "grep", "numfmt", "rgrep", "tar", "timeout"])
"""Commands that know their long options themselves, or whose words may be signed."""
TAKEN = "-[^-Rcvf]"
"""How a mode of busybox's chmod begins that takes something, and is no option."""
ENDED = frozenset(["factor", "find", "join", "seq", "sleep", "tr"])
"""Commands that read their words without looking for `--`, which ends what may be options."""
SIGNED = frozenset(["chmod", "seq"])
"""Commands whose words may begin with a minus without being options."""
WORDLESS: Mapping[str, str] = MappingProxyType({"rm": r"-\w*f", "getopt": r"-\w*[oT]|--(opt|test)"})
"""Words with which a command needs no other ones."""


def _enough(name: str, words: list[str]) -> bool:
    alone = {"tr": r"-\w*[ds]|--delete|--squeeze", "install": r"-\w*d|--directory"}.get(name, "")
    return bool(alone) and any(re.match(alone, word) for word in words)


def hint(name: str) -> str:
    """Where a command says more of itself."""
    return HINTS.get(name, "Try '{0} --help' for more information.").format(name)


SAME: Mapping[str, str] = MappingProxyType(
    {"egrep": "grep", "fgrep": "grep", "rgrep": "grep", "gunzip": "gzip", "zcat": "gzip"}
)
"""Commands that are another one, and speak in its name."""
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "grep": "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.",
        "gzip": "Try `{0} --help' for more information.",
        "hostname": "Usage: hostname [-b] {{hostname|-F file}}         set host name (from file)\n" + USE,
        "sed": "Usage: sed [OPTION]... {{script-only-if-no-other-script}} [input-file]...\n\n" + USE,
        "tar": "Try '{0} --help' or '{0} --usage' for more information.",
    }
    | dict.fromkeys(("cmp", "diff", "diff3", "sdiff"), "{0}: Try '{0} --help' for more information.")
    | dict.fromkeys(("getent", "iconv"), "Try `{0} --help' or `{0} --usage' for more information.")
)
"""What commands say instead of coreutils' line."""
