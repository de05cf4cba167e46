"""Names that nothing uses, as vulture finds them; what it read in a file is kept until the file is another.

python tools/unused.py

Of `make check` vulture alone began anew each time, which was a quarter of all that lint takes.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vulture.config import make_config
from vulture.core import Vulture

KEPT = Path(__file__).resolve().parents[1] / ".vulture_cache" / "read.pickle"
LISTS = ("attrs", "classes", "funcs", "imports", "methods", "props", "vars")
"""What vulture keeps of each file, beside the names that the file uses and the code that nothing reaches."""
Read = dict[str, Any]


class Remembering(Vulture):  # type: ignore[misc]
    """Vulture, which reads each state of a file once."""

    def __init__(self, known: dict[str, Read], **settings: Any) -> None:
        super().__init__(**settings)
        self._known, self._settings = known, settings
        self.read: dict[str, Read] = {}

    def scan(self, code: str, filename: str | Path = "") -> None:
        """Take over what the file defines and uses."""
        key = hashlib.sha256(f"{filename}\n{code}".encode()).hexdigest()
        found = self._known.get(key) or self._scanned(code, filename)
        self.used_names.update(found["used"])
        for name in ("unreachable_code", *(f"defined_{each}" for each in LISTS)):
            getattr(self, name).extend(found[name])
        if found["code"]:
            self.exit_code = found["code"]  # what is no Python is told each time
        else:
            self.read[key] = found

    def _scanned(self, code: str, filename: str | Path) -> Read:
        alone = Vulture(**self._settings)
        alone.scan(code, filename)
        found = {name: list(getattr(alone, name)) for name in ("unreachable_code", *(f"defined_{n}" for n in LISTS))}
        return {**found, "used": set(alone.used_names), "code": int(alone.exit_code)}


def main() -> int:
    """Report as vulture does."""
    config = make_config()
    settings = {name: config[name] for name in ("ignore_names", "ignore_decorators")}
    edition = f"{version('vulture')} {settings}"
    kept = pickle.loads(KEPT.read_bytes()) if KEPT.exists() else {}
    known = kept.get(edition, {})
    found = Remembering(known, **settings)
    found.scavenge(config["paths"], exclude=config["exclude"])
    if found.read.keys() != known.keys():
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_bytes(pickle.dumps({edition: found.read}))
    return int(found.report(min_confidence=config["min_confidence"]))


if __name__ == "__main__":
    sys.exit(main())
