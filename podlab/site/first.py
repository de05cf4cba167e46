"""What a lesson's first cells need of Python: found by doing, in the tab's own Python, what those cells do.

A snapshot of a Python that has all of it is what the tab starts with (`snapshot.mjs`).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NOT_KEPT = ("js", "pyodide_js", "pyodide_kernel", "piplite", "__main__")
"""They hold on to JavaScript's things, which are others in each tab."""
MANIFEST = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: nginx
    image: nginx:latest
"""


def modules() -> list[str]:
    """The names of what is imported, in the order in which it was."""
    _do()
    streams = sys.stdout, sys.stderr
    import_module("pyodide_kernel")
    sys.stdout, sys.stderr = streams
    return [name for name, each in sys.modules.items() if each.__spec__ and name.partition(".")[0] not in NOT_KEPT]


def bring(names: list[str]) -> None:
    """Import them."""
    for name in names:
        import_module(name)


def _do() -> None:
    from podlab import ManifestEditor, PodBoard, check, quiz, start

    kubectl = start("02", language="en")
    Path("web.yaml").write_text(MANIFEST, encoding="utf-8")
    kubectl.apply("web.yaml")
    kubectl.wait("pod/web", for_="condition=Ready", timeout="60s")
    assert all((PodBoard(kubectl), ManifestEditor(kubectl, "web.yaml"), check(kubectl, "02-clear"), quiz("02")))
    for said in (kubectl.get("pods"), kubectl.describe("pod", "web"), kubectl.logs("web"), kubectl.events()):
        assert str(said)
    kubectl.delete("pod", "web")
