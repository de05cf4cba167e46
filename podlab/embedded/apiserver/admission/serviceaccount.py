"""ServiceAccount: every Pod runs as somebody. Upstream: plugin/pkg/admission/serviceaccount/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj

ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
VOLUME_PREFIX = "kube-api-access-"
MIRROR = "kubernetes.io/config.mirror"


def admit(pod: Obj, ctx: Context) -> None:
    """Every Pod runs as somebody, and finds that account's token in its files."""
    if MIRROR in (pod["metadata"].get("annotations") or {}):
        return
    spec = pod["spec"]
    name = spec.get("serviceAccountName") or "default"
    account = ctx.registry.find(ctx.registry.resource("serviceaccounts"), name, ctx.namespace)
    if account is None:
        wrong = [f"may not contain '{mark}'" for mark in "/%" if mark in name] or ["may not be '..'"] * (name == "..")
        cause = f'invalid resource name "{name}": [{wrong[0]}]' if wrong else f'serviceaccount "{name}" not found'
        why = f"error looking up service account {ctx.namespace}/{name}: {cause}"
        raise status.forbidden("pods", ctx.name, why)
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    wanted = [given.get("automountServiceAccountToken") for given in (spec, account)]
    if next((choice for choice in wanted if choice is not None), True):
        _mount_token(spec, ctx)
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [dict(secret) for secret in account["imagePullSecrets"]]


def _mount_token(spec: Obj, ctx: Context) -> None:
    given = [volume.get("name", "") for volume in spec.get("volumes") or []]
    known = next((name for name in given if name.startswith(VOLUME_PREFIX)), "")
    volume = known or VOLUME_PREFIX + ctx.registry.randomness.suffix()
    mounted = False
    for container in [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]:
        mounts = container.get("volumeMounts") or []
        if not any(mount.get("mountPath") == ACCOUNT_PATH for mount in mounts):
            container["volumeMounts"] = [*mounts, {"name": volume, "readOnly": True, "mountPath": ACCOUNT_PATH}]
            mounted = True
    if mounted and not known:
        spec["volumes"] = [*(spec.get("volumes") or []), {"name": volume, "projected": token_projection()}]


def token_projection() -> Obj:
    """Return the projected volume in which a container finds its account's token."""
    reference = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    return {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": reference}]}},
        ],
        "defaultMode": 420,
    }
