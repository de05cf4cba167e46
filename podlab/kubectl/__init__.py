"""kubectl in Python: what kubectl does, returning what kubectl prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podlab.kubectl.kubectl import Kubectl
    from podlab.kubectl.output import Output

__all__ = ["Kubectl", "Output"]


def __getattr__(name: str) -> Any:
    if name == "Kubectl":
        from podlab.kubectl.kubectl import Kubectl

        return Kubectl
    if name == "Output":
        from podlab.kubectl.output import Output

        return Output
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
