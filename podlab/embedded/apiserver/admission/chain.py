"""The plugins in their order. Upstream: pkg/kubeapiserver/options/plugins.go"""

from __future__ import annotations

from podlab.embedded.apiserver.admission import (
    defaultclass,
    limitranger,
    namespacelifecycle,
    podresize,
    podsecurity,
    priority,
    resourcequota,
    runtimeclass,
    serviceaccount,
    storage,
    tolerations,
    volumeresize,
)
from podlab.embedded.apiserver.resource import Context, Obj

CLAIMS = ("", "persistentvolumeclaims")


def admit(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Let the mutating plugins change an object that is about to be written. Raises StatusError."""
    if ctx.operation == "CREATE":
        namespacelifecycle.admit(ctx)
        storage.admit(obj, ctx)
    kind = (ctx.resource.group, ctx.resource.plural)
    if kind == ("", "pods") and not ctx.subresource:
        _admit_pod(obj, old, ctx)
    elif kind == ("", "persistentvolumeclaims") and old is None:
        defaultclass.admit_claim(obj, ctx)
    elif kind == ("networking.k8s.io", "ingresses") and old is None:
        defaultclass.admit_ingress(obj, ctx)


def _admit_pod(pod: Obj, old: Obj | None, ctx: Context) -> None:
    if old is None:
        limitranger.admit(pod, ctx)
        serviceaccount.admit(pod, ctx)
    priority.admit(pod, old, ctx)
    tolerations.admit(pod)
    if old is None:
        runtimeclass.admit(pod, ctx)


def check(obj: Obj | None, old: Obj | None, ctx: Context) -> None:
    """Let the validating plugins refuse a write or a deletion. Raises StatusError."""
    if ctx.operation == "DELETE" or obj is None:
        namespacelifecycle.check(ctx)
        priority.check(ctx)
        return
    if limitranger.concerns(ctx):
        limitranger.check(obj, ctx)
    podsecurity.check(obj, old, ctx)
    if old is not None and not ctx.subresource and (ctx.resource.group, ctx.resource.plural) == CLAIMS:
        volumeresize.check(obj, old, ctx)
    if ctx.subresource == "resize":
        podresize.check(obj, ctx)
    if old is None and (ctx.resource.group, ctx.resource.plural) == ("", "pods"):
        runtimeclass.check(obj, ctx)
    resourcequota.check(obj, old, ctx)
