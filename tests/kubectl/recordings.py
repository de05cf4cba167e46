"""What a real cluster said: commands with their output, and the objects behind them at that moment."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

GOLDEN = Path(__file__).parents[1] / "golden"
NOW = datetime(2026, 12, 31, tzinfo=UTC)  # long after the last recording: an age is told in days alone
Object = dict[str, Any]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_compare", GOLDEN / "compare.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


compare = _load()
normal = compare.normal


@dataclass(frozen=True)
class Command:
    """One recorded command."""

    scenario: str
    line: str
    time: float
    stdout: str
    stderr: str
    code: int
    transcript: str = ""

    @property
    def id(self) -> str:
        return f"{self.scenario} {self.line} @{self.time}"


@cache
def commands(scenario: str) -> tuple[Command, ...]:
    """The commands of a scenario in order."""
    text = (GOLDEN / scenario / "transcript.txt").read_text(encoding="utf-8")
    parts = re.split(r"^\[t=([\d.]+)\] \$ ", text, flags=re.M)[1:]
    return tuple(_command(scenario, time, part) for time, part in zip(parts[::2], parts[1::2], strict=True))


def _command(scenario: str, time: str, part: str) -> Command:
    line, _, rest = part.partition("\n")
    body, _, code = rest.rpartition("--- exit ")
    stdout, _, stderr = body.partition("--- stderr\n") if "--- stderr\n" in body else (body, "", "")
    if stdout.endswith("\n(no newline at end)\n"):
        stdout = stdout.removesuffix("\n(no newline at end)\n")
    return Command(scenario, line, float(time), stdout, stderr, int(code.split()[0]), rest)


def all_commands(pattern: str) -> list[Command]:
    """Every successful recorded command whose line is the pattern."""
    found = []
    for path in sorted(GOLDEN.glob("*/transcript.txt")):
        found += [c for c in commands(path.parent.name) if re.fullmatch(pattern, c.line) and c.code == 0 and c.stdout]
    return found


@cache
def watched(scenario: str, resource: str) -> tuple[Object, ...]:
    """The watch events of a resource, with `t`."""
    path = GOLDEN / scenario / f"watch-{resource}.jsonl"
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()


def at(scenario: str, resource: str, time: float) -> list[Object]:
    """What was there of a resource at that time, by name."""
    there: dict[str, Object] = {}
    for event in watched(scenario, resource):
        obj = event["object"]
        if event["t"] > time:
            continue
        if event["type"] == "DELETED":
            there.pop(obj["metadata"]["uid"], None)
        else:
            there[obj["metadata"]["uid"]] = obj
    return sorted(there.values(), key=lambda obj: obj["metadata"]["name"])


def events_of(scenario: str, obj: Object, time: float) -> list[Object]:
    """The Events about an object at that time."""
    uid = obj["metadata"]["uid"]
    return [event for event in at(scenario, "events", time) if event["involvedObject"].get("uid") == uid]


def moments(time: float) -> Iterator[float]:
    """The moments that a command may have seen: recording starts its clock a little before or after the watch."""
    yield from (time, time + 0.1, time + 0.2, time + 0.4, time + 0.8, time - 0.1, time - 0.3, time - 1)
