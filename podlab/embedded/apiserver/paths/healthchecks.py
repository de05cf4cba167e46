"""The checks behind /healthz, /livez and /readyz, in the order in which kube-apiserver tells them.

Upstream: staging/src/k8s.io/apiserver/pkg/server/healthz, pkg/server/options
"""

HOOKS = (
    "start-apiserver-admission-initializer",
    "generic-apiserver-start-informers",
    "priority-and-fairness-config-consumer",
    "priority-and-fairness-filter",
    "storage-object-count-tracker-hook",
    "start-apiextensions-informers",
    "start-apiextensions-controllers",
    "crd-informer-synced",
    "start-system-namespaces-controller",
    "peer-endpoint-reconciler-controller",
    "start-cluster-authentication-info-controller",
    "start-kube-apiserver-identity-lease-controller",
    "start-kube-apiserver-identity-lease-garbage-collector",
    "storage-readiness",
    "start-legacy-token-tracking-controller",
    "start-service-ip-repair-controllers",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "priority-and-fairness-config-producer",
    "bootstrap-controller",
    "start-kubernetes-service-cidr-controller",
    "aggregator-reload-proxy-client-cert",
    "start-kube-aggregator-informers",
    "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller",
    "apiservice-registration-controller",
    "apiservice-discovery-controller",
    "kube-apiserver-autoregistration",
)
AGGREGATION = ("apiservice-openapi-controller", "apiservice-openapiv3-controller")
STARTED = (
    *(f"poststarthook/{hook}" for hook in HOOKS),
    "autoregister-completion",
    *(f"poststarthook/{hook}" for hook in AGGREGATION),
)
LIVE = ("ping", "log", "loopback-serving-certificate", "etcd", *STARTED)
CHECKS = {
    "healthz": LIVE,
    "livez": LIVE,
    "readyz": ("ping", "log", "etcd", "etcd-readiness", "informer-sync", *STARTED, "shutdown"),
}
"""By endpoint. All hold as soon as anything answers."""
KUBELET = ("ping", "log", "syncloop", "device-plugin")
"""Those behind a kubelet's /healthz."""


def paths() -> set[str]:
    """The endpoints and every check of each."""
    return {f"/{name}/{check}" for name, checks in CHECKS.items() for check in checks} | {f"/{name}" for name in CHECKS}


def metrics() -> str:
    """`/metrics/slis`: the checks as a gauge each, and how often they were looked at."""
    told = sorted((check, name) for name, checks in CHECKS.items() for check in checks)
    lines = [
        "# HELP kubernetes_healthcheck [STABLE] This metric records the result of a single healthcheck.",
        "# TYPE kubernetes_healthcheck gauge",
        *(f'kubernetes_healthcheck{{name="{check}",type="{name}"}} 1' for check, name in told),
        "# HELP kubernetes_healthchecks_total [STABLE] This metric records the results of all healthcheck.",
        "# TYPE kubernetes_healthchecks_total counter",
        *(f'kubernetes_healthchecks_total{{name="{check}",status="success",type="{name}"}} 1' for check, name in told),
    ]
    return "\n".join(lines) + "\n"
