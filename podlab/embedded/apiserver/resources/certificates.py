"""CertificateSigningRequests. Upstream: pkg/registry/certificates/certificates/strategy.go"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from podlab.apimachinery.duration import human_duration
from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver.columns import AGE, NAME, NONE, Column, age, head
from podlab.embedded.apiserver.resource import Context, Obj, Part
from podlab.embedded.apiserver.resources.stored import stored
from podlab.embedded.apiserver.validation import metadata, signingrequests
from podlab.embedded.serializer import fresh

DECISIONS = ("Approved", "Denied")


def prepare(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Who asks for a certificate stands in the request, which is fixed; conditions know since when."""
    if old is not None:
        obj["spec"] = fresh(old.get("spec") or {})
        _date(obj, old, rfc3339(ctx.now()))
        return
    obj["status"] = {}
    spec, user = obj.setdefault("spec", {}), ctx.by.user
    spec.update(username=user.name, groups=list(user.groups), usages=spec.get("usages"))
    if user.uid:
        spec["uid"] = user.uid
    if user.extra:
        spec["extra"] = {key: list(values) for key, values in user.extra.items()}


def _date(obj: Obj, old: Obj, now: str) -> None:
    """Upstream: pkg/registry/certificates/certificates/strategy.go (populateConditionTimestamps)"""
    before = {c.get("type"): c for c in (old.get("status") or {}).get("conditions") or []}
    for condition in (obj.get("status") or {}).get("conditions") or []:
        known = before.get(condition.get("type"), {})
        same = known.get("status") == condition.get("status")
        condition["lastUpdateTime"] = condition.get("lastUpdateTime") or now
        since = condition.get("lastTransitionTime") or (known.get("lastTransitionTime") if same else None)
        condition["lastTransitionTime"] = since or now


def keep_approval(obj: Obj, old: Obj) -> None:
    """Who approves or denies writes conditions; since when they are so is kept."""
    given = (obj.get("status") or {}).get("conditions") or []
    _restore(obj, old)
    obj["status"] = {**fresh(old.get("status") or {}), "conditions": given}


def keep_certificate(obj: Obj, old: Obj) -> None:
    """Who signs writes the certificate and its own conditions, not the decision."""
    before = (old.get("status") or {}).get("conditions") or []
    decided = {c["type"]: c for c in before if c.get("type") in DECISIONS}
    status = obj.setdefault("status", {})
    given = [c for c in status.get("conditions") or [] if c.get("type") not in DECISIONS]
    if decided or given:
        status["conditions"] = [*decided.values(), *given]


def _restore(obj: Obj, old: Obj) -> None:
    obj["spec"] = fresh(old.get("spec") or {})
    for key in ("labels", "annotations", "finalizers", "ownerReferences"):
        obj["metadata"].pop(key, None)
        if key in old["metadata"]:
            obj["metadata"][key] = fresh(old["metadata"][key])


COLUMNS = (
    NAME,
    AGE,
    Column(
        "SignerName",
        "Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, "
        "it will be defaulted:\n 1. If it's a kubelet client certificate, it is assigned\n    "
        '"kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is '
        'assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned '
        '"kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on '
        "this field using `spec.signerName`.",
    ),
    Column("Requestor", "Base64-encoded PKCS#10 CSR data"),
    Column(
        "RequestedDuration",
        "expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer "
        "may issue a certificate with a different validity duration so a client must check the delta between the "
        "notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ "
        "in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested "
        "duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI "
        "flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various "
        "reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior "
        "to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose "
        "configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds "
        "is 600, i.e. 10 minutes.",
    ),
    Column("Condition", "Conditions applied to the request, such as approval or denial."),
)


def row(obj: Obj, now: float) -> list[Any]:
    """Its age stands before who signs; the duration is `<none>` where none was asked for.

    Upstream: pkg/printers/internalversion/printers.go (printCertificateSigningRequest)
    """
    name, spec, status = head(obj)
    seconds = spec.get("expirationSeconds")
    duration = human_duration(timedelta(seconds=seconds)) if seconds else NONE
    return [name, age(obj, now), spec.get("signerName", ""), spec.get("username", ""), duration, _condition(status)]


def _condition(status: Obj) -> str:
    """Upstream: pkg/printers/internalversion/printers.go (extractCSRStatus)"""
    types = {condition["type"] for condition in status.get("conditions") or ()}
    found = "Approved" if "Approved" in types else "Denied" if "Denied" in types else "Pending"
    return found + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")


SIGNING_REQUESTS = stored(
    "certificates.k8s.io",
    "CertificateSigningRequest",
    "csr",
    namespaced=False,
    prepare=prepare,
    validate=signingrequests.validate,
    status=True,
    fields=lambda request: {"spec.signerName": (request.get("spec") or {}).get("signerName", "")},
    untracked=(("f:spec",),),
    parts={"approval": Part(keep_approval, metadata.validate), "status": Part(keep_certificate, metadata.validate)},
    columns=COLUMNS,
    row=row,
)
