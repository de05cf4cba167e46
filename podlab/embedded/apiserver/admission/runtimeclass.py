"""RuntimeClass. Upstream: plugin/pkg/admission/runtimeclass/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj


def admit(pod: Obj, ctx: Context) -> None:
    """There is none. Raises StatusError."""
    name = pod["spec"].get("runtimeClassName")
    if name == "":
        raise status.StatusError(500, "", "resource name may not be empty")
    if name:
        raise status.forbidden("pods", ctx.name, f'pod rejected: RuntimeClass "{name}" not found')


def check(pod: Obj, ctx: Context) -> None:
    """Only a class makes overhead. Raises StatusError."""
    if pod["spec"].get("overhead") is not None:
        why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise status.forbidden("pods", ctx.name, why)
