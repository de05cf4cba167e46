"""NamespaceLifecycle. Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context
from podlab.embedded.apiserver.status import Cause

IMMORTAL = ("default", "kube-system", "kube-public")


def admit(ctx: Context) -> None:
    """Nothing is created where there is no namespace, or one that is going."""
    if not ctx.resource.namespaced:
        return
    namespace = ctx.registry.find(ctx.registry.resource("namespaces"), ctx.namespace)
    if namespace is None:
        raise status.not_found("namespaces", ctx.namespace)
    if namespace["metadata"].get("deletionTimestamp"):
        why = f"unable to create new content in namespace {ctx.namespace} because it is being terminated"
        text = f"namespace {ctx.namespace} is being terminated"
        cause = Cause("metadata.namespace", "NamespaceTerminating", text)
        raise status.forbidden(ctx.resource.qualified, ctx.name, why, [cause])


def check(ctx: Context) -> None:
    """Some namespaces stay. Raises StatusError."""
    if ctx.resource.plural == "namespaces" and ctx.name in IMMORTAL:
        raise status.forbidden("namespaces", ctx.name, "this namespace may not be deleted")
