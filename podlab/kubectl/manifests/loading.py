"""Files that a kustomization names: none from outside of its folder, unless that is allowed.

Upstream: sigs.k8s.io/kustomize/api/internal/loader (fileloader.go, loadrestrictions.go)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from podlab.errors import ManifestError
from podlab.kubectl.manifests.documents import text_of


@dataclass(frozen=True, slots=True)
class Loader:
    """Reads what lies in a folder.

    Attributes:
        free: files from elsewhere are read, too.
    """

    root: Path
    free: bool = False

    def text(self, name: str) -> str:
        """A file's text.

        Raises:
            ManifestError: it is not there, or may not be read from here.
        """
        return text_of(self.allowed(name), name)

    def allowed(self, name: str) -> Path:
        """Where a file is.

        Raises:
            ManifestError: it is not there, or may not be read from here.
        """
        path = self.root / name
        shown = os.path.normpath(path.absolute())
        if not path.exists():
            raise ManifestError(f"evalsymlink failure on '{shown}' : lstat {shown}: no such file or directory")
        if path.is_dir():
            raise ManifestError(f"'{shown}' must resolve to a file")
        if not (self.free or path.resolve().is_relative_to(self.root.resolve())):
            raise ManifestError(f"security; file '{shown}' is not in or below '{self.root.resolve()}'")
        return path
