"""The port for what a kubelet keeps over restarts of its server, beside the API's objects.

Upstream: pkg/kubelet/checkpointmanager
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Obj = dict[str, Any]


class Shelf(Protocol):
    """Where something can be put aside under a key."""

    def kept(self, key: str) -> Obj | None:
        """What was put aside, if anything."""

    def keep(self, key: str, obj: Obj | None) -> None:
        """Put aside, or drop with None."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """What one node's kubelet has put aside: the images it has pulled, the containers of its Pods, and
    where their addresses go on."""

    shelf: Shelf
    node: str

    def images(self) -> list[str]:
        """The images that had been pulled."""
        found = self.shelf.kept(f"kubelet/{self.node}/images")
        return list(found["present"]) if found else []

    def keep_images(self, present: list[str]) -> None:
        """Remember which images the node has."""
        self.shelf.keep(f"kubelet/{self.node}/images", {"present": list(present)})

    def address(self) -> int:
        """The last part of the address that comes next; 0 where none was given before."""
        found = self.shelf.kept(f"kubelet/{self.node}/address")
        return int(found["next"]) if found else 0

    def keep_address(self, following: int) -> None:
        """Remember which address comes next: not one that was a Pod's a moment ago, as long as there are others."""
        self.shelf.keep(f"kubelet/{self.node}/address", {"next": following})

    def pod(self, uid: str) -> Obj | None:
        """What the runtime had of a Pod."""
        return self.shelf.kept(self._key(uid))

    def keep_pod(self, uid: str, record: Obj) -> None:
        """Remember what the runtime has of a Pod."""
        self.shelf.keep(self._key(uid), record)

    def forget_pod(self, uid: str) -> None:
        """A Pod is gone."""
        self.shelf.keep(self._key(uid), None)

    def _key(self, uid: str) -> str:
        return f"kubelet/{self.node}/pods/{uid}"
