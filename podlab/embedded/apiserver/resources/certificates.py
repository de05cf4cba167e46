"""CertificateSigningRequests. Upstream: pkg/registry/certificates/certificates/strategy.go"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.resources.stored import stored


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Who asks for a certificate stands in the request."""
    if old is not None:
        return
    obj["status"] = {}
    spec, user = obj.setdefault("spec", {}), ctx.by.user
    spec.update(username=user.name, groups=list(user.groups), usages=spec.get("usages"))
    if user.uid:
        spec["uid"] = user.uid


SIGNING_REQUESTS = stored(
    "certificates.k8s.io",
    "CertificateSigningRequest",
    "csr",
    namespaced=False,
    prepare=prepare,
)
