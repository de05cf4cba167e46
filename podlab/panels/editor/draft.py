"""A text that is being edited and the file it belongs to; nothing that somebody wrote is lost by either."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from podlab.errors import ManifestError
from podlab.kubectl.magics import store
from podlab.text import Text

State = Literal["saved", "unsaved", "new", "changed"]
CHANGED = Text(
    ko="그 사이에 {name} 파일이 다른 곳에서 바뀌었습니다. 저장하지 않았습니다.",
    en="Meanwhile {name} was changed elsewhere. It was not saved.",
)


@dataclass(slots=True)
class Draft:
    """The text, and what the file held when it was last read or written (None: there was no file)."""

    path: Path
    name: str
    text: str = ""
    base: str | None = None

    def load(self) -> None:
        """Take the file's text.

        Raises:
            ManifestError: it is no text.
        """
        self.base = self._on_disk()
        self.text = self.base or ""

    def follow(self) -> bool:
        """Take a text that somebody else has written, unless there is something unsaved here; whether there was one."""
        disk = self._on_disk()
        fresh = disk is not None and disk != self.base and self.text in (disk, self.base or "")
        moved = fresh and disk != self.text
        if fresh and disk is not None:
            self.base = self.text = disk
        return moved

    def state(self) -> State:
        """How the text stands to the file: `changed` means that both have changed."""
        disk = self._on_disk()
        if disk is None:
            return "new"
        if disk == self.text:
            return "saved"
        return "unsaved" if disk == self.base else "changed"

    def save(self, over: bool = False) -> None:
        """Write the text into the file.

        Args:
            over: even if somebody else has changed the file.

        Raises:
            ManifestError: it cannot be written, or somebody else has changed it.
        """
        if not over and self.state() == "changed":
            raise ManifestError(CHANGED.format(name=self.name))
        if self._on_disk() != self.text:
            store(self.path, self.name, self.text)
        self.base = self.text

    def _on_disk(self) -> str | None:
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            raise ManifestError(f"error: open {self.name}: {str(reason).lower()}") from error
