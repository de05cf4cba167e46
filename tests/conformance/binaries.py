"""Folders with a `kubectl` for scripts to find: the real one, or podlab's own."""

from __future__ import annotations

import sys
from pathlib import Path

OWN = f'{sys.executable} -m podlab kubectl --kubeconfig "$KUBECONFIG"'


def with_kubectl(folder: Path, real: str | None = None) -> Path:
    """Put a `kubectl` into a folder that runs the real one at this path, else podlab's."""
    path = folder / "kubectl"
    path.write_text(f'#!/bin/sh\nexec {real or OWN} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return folder
