"""What changes or refuses an object before it is stored, apart from its kind's own rules.

Upstream: pkg/kubeapiserver/options/plugins.go and the plugins that it names, in their order
"""

from __future__ import annotations

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.status import Cause

IMMORTAL = ("default", "kube-system", "kube-public")
ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
VOLUME_PREFIX = "kube-api-access-"
MIRROR = "kubernetes.io/config.mirror"
PRIORITIES = {"system-cluster-critical": 2000000000, "system-node-critical": 2000001000}
PREEMPT = "PreemptLowerPriority"
LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def admit(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Let the mutating plugins change an object that is about to be written. Raises StatusError."""
    if ctx.operation == "CREATE":
        _namespace_lives(ctx)
    if ctx.resource.plural == "pods" and not ctx.resource.group and not ctx.subresource:
        if old is None:
            _service_account(obj, ctx)
        _priority(obj, old, ctx)
        _tolerate_lost_nodes(obj)
        if old is None:
            _runtime_class(obj["spec"], ctx)


def check(obj: Obj | None, old: Obj | None, ctx: Context) -> None:
    """Let the validating plugins refuse a write or a deletion. Raises StatusError."""
    if ctx.operation == "DELETE" and ctx.resource.plural == "namespaces" and ctx.name in IMMORTAL:
        raise status.forbidden("namespaces", ctx.name, "this namespace may not be deleted")


def _namespace_lives(ctx: Context) -> None:
    """NamespaceLifecycle: nothing is created where there is no namespace, or one that is going."""
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


def _service_account(pod: Obj, ctx: Context) -> None:
    """ServiceAccount: every Pod runs as somebody, and finds that account's token in its files."""
    if MIRROR in (pod["metadata"].get("annotations") or {}):
        return
    spec = pod["spec"]
    name = spec.get("serviceAccountName") or "default"
    account = ctx.registry.find(ctx.registry.resource("serviceaccounts"), name, ctx.namespace)
    if account is None:
        why = f'error looking up service account {ctx.namespace}/{name}: serviceaccount "{name}" not found'
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


def _priority(pod: Obj, old: Obj | None, ctx: Context) -> None:
    """Priority: a class's name becomes a number."""
    spec = pod["spec"]
    if old is not None:
        for key in ("priority", "preemptionPolicy"):
            if spec.get(key) is None and old["spec"].get(key) is not None:
                spec[key] = old["spec"][key]
        return
    name = spec.get("priorityClassName", "")
    name, priority, policy = _priority_class(name, ctx)
    if name:
        spec["priorityClassName"] = name
    if spec.get("priority") not in (None, priority):
        why = f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; "
        raise status.forbidden(
            "pods",
            ctx.name,
            f"{why}priority admission controller computed {priority} from the given PriorityClass name",
        )
    spec["priority"] = priority
    if spec.get("preemptionPolicy") not in (None, policy):
        why = f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) must not be provided in pod spec; "
        computed = f"priority admission controller computed {policy} from the given PriorityClass name"
        raise status.forbidden("pods", ctx.name, why + computed)
    spec["preemptionPolicy"] = policy


def _priority_class(name: str, ctx: Context) -> tuple[str, int, str]:
    """Name, number and preemption policy of a class; without a name, of the cluster's default. Raises StatusError."""
    if name in PRIORITIES:
        return name, PRIORITIES[name], PREEMPT
    classes = ctx.registry.resource("priorityclasses.scheduling.k8s.io")
    if not name:
        defaults = [one for one in ctx.registry.list(classes) if one.get("globalDefault")]
        if not defaults:
            return "", 0, PREEMPT
        chosen = min(defaults, key=lambda one: int(one.get("value", 0)))
    elif found := ctx.registry.find(classes, name):
        chosen = found
    else:
        raise status.forbidden("pods", ctx.name, f"no PriorityClass with name {name} was found")
    return chosen["metadata"]["name"], chosen.get("value", 0), chosen.get("preemptionPolicy") or PREEMPT


def _runtime_class(spec: Obj, ctx: Context) -> None:
    """RuntimeClass: there is none."""
    if spec.get("runtimeClassName"):
        why = f'pod rejected: RuntimeClass "{spec["runtimeClassName"]}" not found'
        raise status.forbidden("pods", ctx.name, why)
    if spec.get("overhead"):
        why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        raise status.forbidden("pods", ctx.name, why)


def _tolerate_lost_nodes(pod: Obj) -> None:
    """DefaultTolerationSeconds: a Pod stays five minutes on a node that is gone."""
    given = pod["spec"].get("tolerations") or []
    missing = [key for key in LOST if not any(_tolerates(toleration, key) for toleration in given)]
    added = [{"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300} for key in missing]
    if added:
        pod["spec"]["tolerations"] = [*given, *added]


def _tolerates(toleration: Obj, key: str) -> bool:
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in ("", "NoExecute")
