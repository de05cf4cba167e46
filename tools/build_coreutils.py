"""Add to the table of the options of Debian's commands, from what each command of a container says of every option.

kubectl exec -i web -- bash -s -- NAME… < tools/ask_options.sh > said
python tools/build_coreutils.py said
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "podlab/embedded/runtime/commands/coreutils.json"


def row(cells: list[str]) -> list[object]:
    """(letters, those with a value, long options with `=` where they need one, exit code, without a word, with one)"""
    name, letters, valued, long, needing, code, none = cells[:7]
    needed = set(needing.split(","))
    options = ["help", "version", *(one + "=" * (one in needed) for one in long.split(",") if one)]
    missing = none.removeprefix(f"{name}: ") if none.startswith(f"{name}: missing") else ""
    return [letters, valued, sorted(options), int(code), missing, ""]


def main() -> None:
    """Read the file of the command line; what the table has already keeps what is said with one word."""
    known = json.loads(TARGET.read_text(encoding="utf-8"))
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        made = row(line.split("\t"))
        known[line.split("\t")[0]] = [*made[:5], known.get(line.split("\t")[0], [""])[-1]]
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in sorted(known.items()))
    TARGET.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
