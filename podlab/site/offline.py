"""The site without a network: JupyterLite's service worker, and before it ours, which keeps every file of the site."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

WORKER = "service-worker.js"
SCRIPT = Path(__file__).with_name("offline.js")
LASTING = re.compile(r"[.-][0-9a-f]{7,}\.js$|(^|/)(?!podlab-)[^/]*\.whl$")
"""Names that change with what is in the file."""
UNUSED = re.compile(r"(^|/)rspack[^/]*$|(^|/)third-party-licenses\.json$|\.orig$|\.eot$|^service-worker\.js$")
"""What no page asks for."""


def write(out: Path) -> None:
    """Put our part before JupyterLite's: last, for it lists all files of the site."""
    worker = out / WORKER
    worker.write_text(script(out) + worker.read_text(encoding="utf-8"), encoding="utf-8")


def script(out: Path) -> str:
    """Our part, with the files that it keeps; another one when a byte of the site is another."""
    files = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
    names = [name for name in files if not UNUSED.search(name)]
    lasting = [name for name in names if LASTING.search(name)]
    others = [name for name in names if not LASTING.search(name)]
    version = hashlib.sha256()
    for name in names:
        version.update(f"{name}\0".encode() + hashlib.sha256(files[name].read_bytes()).digest())
    site = {"version": version.hexdigest()[:16], "lasting": lasting, "others": others}
    return f"self.podlabSite = {json.dumps(site)};\n{SCRIPT.read_text(encoding='utf-8')}"
