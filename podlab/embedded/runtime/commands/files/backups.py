"""What `cp`, `mv`, `ln` and `install` keep of a file that they write over.

Upstream: gnulib's lib/backupfile.c (find_backup_file_name)
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from podlab.embedded.runtime.machine.stdio import Io

CONTROLS = {
    "none": "", "off": "", "numbered": "t", "t": "t", "existing": "nil", "nil": "nil", "simple": "never",
    "never": "never",
}  # fmt: skip
"""How kept files are named, in both words for each."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a file is kept: `control` is one of the values of `CONTROLS`, "" for not at all."""

    control: str = ""
    suffix: str = "~"

    def name(self, io: Io, name: str) -> str:
        """What a file is to be called."""
        folder, last = posixpath.split(name)
        here = io.process.machine.files.list(io.path(folder or "."))
        fits = (re.fullmatch(re.escape(last) + r"\.~(\d+)~", one) for one in here)
        numbers = [int(found[1]) for found in fits if found]
        if self.control == "t" or (self.control == "nil" and numbers):
            return f"{name}.~{max(numbers, default=0) + 1}~"
        return name + self.suffix

    def keep(self, io: Io, name: str) -> str:
        """Name what is there otherwise; returns how, "" where there is nothing to keep. Raises FileError."""
        files, path = io.process.machine.files, io.path(name)
        if not self.control or not files.named(path) or files.is_directory(path, follow=False):
            return ""
        kept = self.name(io, name)
        files.rename(path, io.path(kept))
        return kept


NONE = Keeping()
"""Nothing is kept."""


def read(words: list[str], env: Mapping[str, str]) -> tuple[Keeping, list[str]]:
    """(how files are kept, the words without those that say so)"""
    control, suffix, rest = "", env.get("SIMPLE_BACKUP_SUFFIX", "~"), list[str]()
    usual = CONTROLS.get(env.get("VERSION_CONTROL", "nil"), "nil")
    given = list(words)
    while given:
        word = given.pop(0)
        if word == "--":
            rest += [word, *given]
            break
        if word.startswith("--backup"):
            asked = word.partition("=")[2]
            fitting = {value for name, value in CONTROLS.items() if name == asked}
            control = next(iter(fitting), usual) if asked else usual
        elif found := re.fullmatch(r"-([a-zA-RT-Z]*)S(.*)", word):
            suffix, control = found[2] or (given.pop(0) if given else ""), control or usual
            rest += [f"-{found[1]}"] if found[1] else []
        elif re.fullmatch(r"-[a-zA-Z]*b[a-zA-Z]*", word):
            control = control or usual
            rest += [left] if (left := word.replace("b", "")) != "-" else []
        else:
            rest.append(word)
    return Keeping(control, suffix), rest


def shown(kept: str) -> str:
    """What -v says of it."""
    return f" (backup: '{kept}')" if kept else ""
