"""The plugins in their order. Upstream: pkg/kubeapiserver/options/plugins.go"""

from __future__ import annotations

from podlab.embedded.apiserver.admission import namespacelifecycle, priority, runtimeclass, serviceaccount, tolerations
from podlab.embedded.apiserver.resource import Context, Obj


def admit(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Let the mutating plugins change an object that is about to be written. Raises StatusError."""
    if ctx.operation == "CREATE":
        namespacelifecycle.admit(ctx)
    if ctx.resource.plural == "pods" and not ctx.resource.group and not ctx.subresource:
        if old is None:
            serviceaccount.admit(obj, ctx)
        priority.admit(obj, old, ctx)
        tolerations.admit(obj)
        if old is None:
            runtimeclass.admit(obj, ctx)


def check(obj: Obj | None, old: Obj | None, ctx: Context) -> None:
    """Let the validating plugins refuse a write or a deletion. Raises StatusError."""
    pods = ctx.resource.plural == "pods" and not ctx.resource.group and not ctx.subresource
    if pods and ctx.operation == "CREATE" and obj is not None:
        runtimeclass.check(obj, ctx)
    if ctx.operation == "DELETE":
        namespacelifecycle.check(ctx)
