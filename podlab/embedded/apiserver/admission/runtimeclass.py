"""RuntimeClass. Upstream: plugin/pkg/admission/runtimeclass/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj


def admit(pod: Obj, ctx: Context) -> None:
    """There is none. Raises StatusError."""
    spec = pod["spec"]
    if spec.get("runtimeClassName"):
        why = f'pod rejected: RuntimeClass "{spec["runtimeClassName"]}" not found'
        raise status.forbidden("pods", ctx.name, why)
    if spec.get("overhead"):
        why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise status.forbidden("pods", ctx.name, why)
