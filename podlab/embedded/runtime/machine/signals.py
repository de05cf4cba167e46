"""Signals by name and number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NAMES = (
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
    "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
    "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "POLL", "PWR", "SYS",
)  # fmt: skip
NUMBERS: Mapping[str, int] = MappingProxyType({name: number for number, name in enumerate(NAMES, 1)})
HARMLESS = ("CHLD", "CONT", "URG", "WINCH", "STOP", "TSTP", "TTIN", "TTOU")
"""Signals that end nobody; stopping a process is not simulated."""


def signal_name(word: str) -> str:
    """`15`, `TERM` or `SIGTERM` → `TERM`; "" for no signal, `0` for the mere question."""
    if word.isdigit():
        number = int(word)
        return "0" if number == 0 else NAMES[number - 1] if number <= len(NAMES) else ""
    name = word.upper().removeprefix("SIG")
    return name if name in NUMBERS else ""
