"""Write what busybox's applets say of their use, from `busybox NAME --help` of each in a container.

kubectl exec box -- sh -c 'for a in $(busybox --list); do echo "@@@ $a"; busybox $a --help 2>&1 </dev/null; done' > help
kubectl exec box -- sh -c 'for a in $(busybox --list); do timeout 1 $a </dev/null 2>&1 | grep -q ^Usage: && echo ONE $a;
    timeout 1 $a x </dev/null 2>&1 | grep -q ^Usage: && echo TWO $a; done' > fewest
For each applet that takes options anywhere, which letters are not "invalid option" (name, letters), in `letters`.
python tools/build_applets.py help fewest letters
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "podlab/embedded/runtime/commands/applets.json"
ALL = 62
"""Letters and digits: an applet that takes them all reads no options."""
Row = tuple[str, str, str, int]


def applets(text: str, fewest: dict[str, int], letters: dict[str, str]) -> dict[str, Row]:
    """Name → (synopsis, its options where they are checked, those with a value, the fewest words)."""
    found = {}
    for block in text.split("@@@ ")[1:]:
        name, _, said = block.partition("\n")
        usage = said.partition("Usage: ")[2].partition("\n\n")[0].rstrip("\n")
        if usage:
            valued = _valued(usage, said.partition("\n\n")[2].partition("\n\n")[2])
            found[name] = (usage, letters.get(name, ""), valued, min(fewest.get(name, 0), _needed(usage)))
    return found


def _needed(usage: str) -> int:
    """Words that stand outside of all brackets of a synopsis."""
    line = usage.partition("\n")[0]
    while (shorter := re.sub(r"\[[^\[\]]*\]", "", line)) != line:
        line = shorter
    return len(re.findall(r"(?<!\S)[A-Z]", re.sub(r" -\w [A-Z]+", "", line)))


def _valued(usage: str, rest: str) -> str:
    valued = set(re.findall(r"-([A-Za-z])(?: [A-Z]|N\b)", usage))
    for line in re.findall(r"^\t{1,2}(-[^\t\n]*)", rest, re.M):
        valued |= set(re.findall(r"(?<![\w-])-([A-Za-z])[ ,]?[A-Z\[]", line))
    return "".join(sorted(valued))


def main() -> None:
    """Read what busybox said of its applets, in the three files of the command line, and write the table."""
    help_, fewest, letters = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:4])
    accepted = dict(line.split() for line in letters.splitlines() if len(line.split()) == 2 and len(line) < ALL)
    rows = [line.split() for line in fewest.splitlines()]
    marked = {mark: {name for kind, name in rows if kind == mark} for mark in ("ONE", "TWO")}
    counted = {name: 1 + (name in marked["TWO"]) for name in marked["ONE"]}
    made = applets(help_, counted, accepted)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(made.items()))
    TARGET.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
