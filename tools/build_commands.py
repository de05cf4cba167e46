"""Build commandline/commands.json: every command and flag of a real kubectl, as its `--help` tells them.

python tools/build_commands.py kubectl-1.36
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "podlab/kubectl/commandline/commands.json"
FLAG = re.compile(r"^    (?:-(?P<short>\w), )?--(?P<name>[\w-]+)=(?P<default>.*):$")
LISTED = re.compile(r"^  ([a-z][\w-]*) {2,}(\S.*)$")
DURATION = re.compile(r"\d+(ms|s|m|h)(\d+(m|s))*")


def helped(kubectl: str, words: list[str]) -> str:
    """What `kubectl … --help` prints."""
    done = subprocess.run([kubectl, *words, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def kind_of(default: str) -> str:
    """The type that a default tells: kubectl prints texts in quotes, lists in brackets."""
    if default in ("true", "false"):
        return "bool"
    if default.startswith("["):
        return "list"
    if default.startswith("'") or not default:
        return "str"
    return "duration" if DURATION.fullmatch(default) else "int"


def flags_in(text: str) -> dict[str, list[str]]:
    """Name → [kind, default, letter]."""
    found = {}
    for match in filter(None, map(FLAG.match, text.splitlines())):
        default = match["default"]
        found[match["name"]] = [kind_of(default), default.strip("'[]"), *filter(None, [match["short"]])]
    return found


def section(text: str, title: str) -> list[str]:
    """The indented lines below each title that ends so."""
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if line.endswith(title)]
    found = []
    for start in starts:
        for line in lines[start + 1 :]:
            if not line.startswith("  "):
                break
            found.append(line)
    return found


def commands(kubectl: str) -> dict[str, object]:
    """Every command by its words: usage, flags, aliases, and whether it is a group."""
    found: dict[str, object] = {}
    queue: list[tuple[list[str], str]] = [([], helped(kubectl, []))]
    while queue:
        words, text = queue.pop(0)
        rows = section(text, "Commands:") if words else top(text)
        for row in rows:
            match = LISTED.match(row)
            if match and match[1] != "help":
                below = [*words, match[1]]
                queue.append((below, helped(kubectl, below)))
        if words:
            usage = section(text, "Usage:")
            aliases = re.search(r"^Aliases:\n(.+)$", text, re.M)
            entry: dict[str, object] = {"usage": usage[0].strip() if usage else "", "flags": flags_in(text)}
            if aliases:
                entry["aliases"] = aliases[1].split(", ")[1:]
            if any(LISTED.match(row) for row in section(text, "Available Commands:")):
                entry["group"] = True
            found[" ".join(words)] = entry
    return found


def top(text: str) -> list[str]:
    """The rows of `kubectl --help`, without the plugins of this machine."""
    rows, skipping = [], False
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            skipping = "plugins" in line
        elif not skipping:
            rows.append(line)
    return rows


def main() -> None:
    """Read the kubectl that the command line names, and write `TARGET`."""
    kubectl = sys.argv[1]
    everywhere = flags_in(subprocess.run([kubectl, "options"], capture_output=True, text=True, check=True).stdout)
    everywhere["cache-dir"][1] = ""
    rows = [f' "": {{"usage": "kubectl [flags] [options]", "flags": {json.dumps(everywhere)}}}']
    rows += [f" {json.dumps(name)}: {json.dumps(entry)}" for name, entry in commands(kubectl).items()]
    TARGET.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
