"""Valid manifests of every kind that is mutated, and the odd values of what is their own."""

from __future__ import annotations

from typing import Any

from tests.golden.validation.table import (
    CLAIM,
    COUNTS,
    HANDLERS,
    LABELS,
    META,
    NAMES,
    NODE_TERMS,
    POD_META,
    PORTS,
    QUANTITIES,
)
from tests.golden.validation.table import SELECTORS, SPEC, VOLUMES

Obj = dict[str, Any]
POD: Obj = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "labels": {"app": "web"}},
    "spec": {
        "containers": [{"name": "c", "image": "nginx", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}],
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
}
TEMPLATE: Obj = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]}}
ONCE: Obj = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}}
SELECTOR: Obj = {"matchLabels": {"app": "web"}}


def _manifest(version: str, kind: str, spec: Obj | None = None, **more: Any) -> Obj:
    made = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **more}
    return made if spec is None else {**made, "spec": spec}


BASES: dict[str, Obj] = {
    "Pod": POD,
    "Deployment": _manifest("apps/v1", "Deployment", {"selector": SELECTOR, "template": TEMPLATE}),
    "ReplicaSet": _manifest("apps/v1", "ReplicaSet", {"selector": SELECTOR, "template": TEMPLATE}),
    "StatefulSet": _manifest("apps/v1", "StatefulSet", {"serviceName": "s", "selector": SELECTOR, "template": TEMPLATE}),
    "DaemonSet": _manifest("apps/v1", "DaemonSet", {"selector": SELECTOR, "template": TEMPLATE}),
    "ReplicationController": _manifest("v1", "ReplicationController", {"template": TEMPLATE}),
    "Job": _manifest("batch/v1", "Job", {"template": ONCE}),
    "CronJob": _manifest("batch/v1", "CronJob", {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": ONCE}}}),
    "Service": _manifest("v1", "Service", {"selector": {"app": "web"}, "ports": [{"port": 80}]}),
    "ConfigMap": _manifest("v1", "ConfigMap", data={"a": "b"}),
    "Secret": _manifest("v1", "Secret", data={"a": "Yg=="}),
    "PersistentVolumeClaim": _manifest("v1", "PersistentVolumeClaim", CLAIM["spec"]),
    "PersistentVolume": _manifest(
        "v1",
        "PersistentVolume",
        {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}},
    ),
    "Ingress": _manifest(
        "networking.k8s.io/v1",
        "Ingress",
        {"rules": [{"host": "a.b", "http": {"paths": [
            {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}}]}}]},
    ),
    "NetworkPolicy": _manifest(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        {"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}]},
    ),
    "PodDisruptionBudget": _manifest("policy/v1", "PodDisruptionBudget", {"minAvailable": 1, "selector": SELECTOR}),
    "HorizontalPodAutoscaler": _manifest(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, "maxReplicas": 3, "metrics": [
            {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]},
    ),
    "Namespace": _manifest("v1", "Namespace"),
    "ServiceAccount": _manifest("v1", "ServiceAccount"),
}  # fmt: skip
STRATEGY: list[Any] = [
    {}, {"type": "Foo"}, {"type": "Recreate", "rollingUpdate": {}}, {"type": "Recreate"}, {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
    {"rollingUpdate": {"maxSurge": "a%"}}, {"rollingUpdate": {"maxUnavailable": "101%"}}, {"rollingUpdate": {"maxSurge": -1}},
    {"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 1}}, {"rollingUpdate": {"maxSurge": True}}, {"type": "RollingUpdate", "rollingUpdate": None},
]  # fmt: skip
SCALED: dict[str, list[Any]] = {
    "spec.replicas": COUNTS, "spec.selector": [*SELECTORS, {"matchLabels": {"app": "other"}}, None], "spec.minReadySeconds": COUNTS[:5],
    "spec.template.metadata.labels": [*LABELS[:4], None, {"app": "x"}], "spec.template": [None, {}],
    "spec.template.spec.restartPolicy": ["Never", "Foo"], "spec.template.spec.activeDeadlineSeconds": [5],
    "spec.template.metadata.name": ["Bad_"], "spec.template.metadata.annotations": [{"a/b/c": "x"}],
    "metadata.name": ["a.b", LONG] if (LONG := "a" * 64) else [],
}  # fmt: skip
JOB: dict[str, list[Any]] = {
    "parallelism": COUNTS, "completions": COUNTS, "activeDeadlineSeconds": COUNTS[:4], "backoffLimit": COUNTS, "ttlSecondsAfterFinished": COUNTS[:4],
    "completionMode": ["Foo", "Indexed", "NonIndexed", ""], "suspend": [True, "x"], "manualSelector": [True, False], "selector": SELECTORS[:3],
    "backoffLimitPerIndex": [-1, 1], "maxFailedIndexes": [1, -1], "podReplacementPolicy": ["Foo", "Failed", "TerminatingOrFailed"],
    "managedBy": ["foo", "a.b/c"], "template.spec.restartPolicy": ["Always", "OnFailure", "", "Foo"],
    "podFailurePolicy": [{}, {"rules": []}, {"rules": [{"action": "Foo", "onExitCodes": {"operator": "In", "values": [1]}}]},
                         {"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [0]}}]},
                         {"rules": [{"action": "Ignore", "onExitCodes": {"operator": "Foo", "values": [2, 1, 1], "containerName": "x"}}]},
                         {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]},
                         {"rules": [{"action": "Count", "onPodConditions": [{"type": "a b", "status": "x"}]}]}, {"rules": [{"action": "Count"}]}],
    "successPolicy": [{}, {"rules": [{}]}, {"rules": [{"succeededIndexes": "0"}]}, {"rules": [{"succeededIndexes": "x", "succeededCount": 5}]}],
}  # fmt: skip
PEERS: list[Any] = [
    {}, {"podSelector": {"matchLabels": {"a b": "c"}}}, {"ipBlock": {}}, {"ipBlock": {"cidr": "x"}}, {"ipBlock": {"cidr": "10.0.0.0/8"}},
    {"ipBlock": {"cidr": "10.0.0.1/8"}}, {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16", "11.0.0.0/16", "y"]}},
    {"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}, {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}},
]  # fmt: skip
NET_PORTS: list[Any] = [
    {}, {"port": 0}, {"port": "A"}, {"port": 80, "endPort": 70}, {"port": "a", "endPort": 80}, {"endPort": 80}, {"protocol": "Foo"},
    {"port": 80, "endPort": 90, "protocol": "UDP"},
]  # fmt: skip
BACKENDS: list[Any] = [
    {}, {"service": {}}, {"service": {"name": "s"}}, {"service": {"name": "A_", "port": {"number": 0}}}, {"service": {"name": "s", "port": {"name": "A"}}},
    {"service": {"name": "s", "port": {"name": "a", "number": 80}}}, {"service": {"name": "s", "port": {"number": 70000}}},
    {"resource": {"kind": "K", "name": "n"}}, {"resource": {"kind": "a/b", "name": ""}, "service": {"name": "s", "port": {"number": 1}}},
    {"resource": {"apiGroup": "A_", "kind": "a/b", "name": ""}}, {"service": {"name": "1a", "port": {"number": 80}}},
]  # fmt: skip
TARGETS: list[Any] = [
    {}, {"type": "Utilization"}, {"type": "Foo", "averageUtilization": 5}, {"type": "Utilization", "averageUtilization": 0},
    {"type": "AverageValue", "averageValue": "0"}, {"type": "AverageValue", "averageValue": "100m"}, {"type": "Value", "value": "-1"},
    {"type": "Utilization", "averageUtilization": 5, "averageValue": "1"}, {"type": "Value", "value": "0.5"},
]  # fmt: skip
METRICS: list[Any] = [
    {}, {"type": "Foo"}, {"type": "Resource"}, *({"type": "Resource", "resource": {"name": "cpu", "target": target}} for target in TARGETS),
    {"type": "Resource", "resource": {"target": TARGETS[5]}}, {"type": "Pods", "pods": {}}, {"type": "Pods", "pods": {"metric": {"name": "a/b"}, "target": TARGETS[5]}},
    {"type": "Object", "object": {"describedObject": {}, "metric": {"name": ""}, "target": TARGETS[8]}},
    {"type": "External", "external": {"metric": {"name": "m", "selector": {"matchLabels": {"a b": "c"}}}, "target": TARGETS[8]}},
    {"type": "ContainerResource", "containerResource": {"name": "cpu", "target": TARGETS[3]}},
    {"type": "Pods", "resource": {"name": "cpu", "target": TARGETS[5]}},
]  # fmt: skip
OWN: dict[str, dict[str, list[Any]]] = {
    "Pod": {**META, **POD_META, **{f"spec.{key}": values for key, values in SPEC.items()}},
    "Deployment": {**SCALED, "spec.strategy": STRATEGY, "spec.revisionHistoryLimit": COUNTS, "spec.progressDeadlineSeconds": [0, -1, 5, 600, "x"],
                   "spec.paused": [True, "x"], "spec.template.spec.volumes": [[v] for v in VOLUMES[:9]], "spec.strategie": [{}]},
    "ReplicaSet": SCALED,
    "ReplicationController": {**SCALED, "spec.selector": [{"app": "web"}, {"app": "x"}, {}, {"a b": "c"}, SELECTOR]},
    "StatefulSet": {**SCALED, "spec.serviceName": ["", "A_", None], "spec.podManagementPolicy": ["Foo", "Parallel", ""], "spec.revisionHistoryLimit": COUNTS[:3],
                    "spec.updateStrategy": [{}, {"type": "Foo"}, {"type": "OnDelete"}, {"type": "OnDelete", "rollingUpdate": {"partition": 1}},
                                            {"rollingUpdate": {"partition": -1}}, {"rollingUpdate": {"maxUnavailable": 0}}, {"rollingUpdate": {"maxUnavailable": "101%"}}],
                    "spec.ordinals": [{"start": -1}, {"start": 1}, {}], "spec.volumeClaimTemplates": [[{}], [{"metadata": {"name": "d"}, **CLAIM}], [{"metadata": {"name": "A_"}, "spec": {}}]],
                    "spec.persistentVolumeClaimRetentionPolicy": [{}, {"whenDeleted": "Foo"}, {"whenScaled": "Delete"}]},
    "DaemonSet": {**SCALED, "spec.updateStrategy": [{}, {"type": "Foo"}, {"type": "OnDelete"}, {"rollingUpdate": {"maxUnavailable": 0}}, {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
                                                    {"rollingUpdate": {"maxUnavailable": "101%"}}, {"rollingUpdate": {"maxSurge": "x"}}, {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}],
                  "spec.revisionHistoryLimit": COUNTS[:3]},
    "Job": {"metadata.name": ["a.b", "a" * 64, "A"], **{f"spec.{key}": values for key, values in JOB.items()}},
    "CronJob": {"metadata.name": ["a" * 53, "a.b"], "spec.schedule": ["", "x", "* * * *", "60 * * * *", "@daily", "@every 5m", "@foo", "TZ=UTC * * * * *", "*/0 * * * *", "5-1 * * * *", "0 0 31 2 *", "a * * * *", "@every x", "0 0 * JAN MON", "* * * * 8", "* 25 * * *", "1,2,x * * * *"],
                "spec.timeZone": ["", "Foo/Bar", "Asia/Seoul", "Local", "../x", "UTC"], "spec.concurrencyPolicy": ["", "Foo", "Forbid"], "spec.startingDeadlineSeconds": [-1, 5],
                "spec.successfulJobsHistoryLimit": COUNTS[:3], "spec.failedJobsHistoryLimit": COUNTS[:3], "spec.suspend": ["x", True], "spec.jobTemplate": [None, {}],
                **{f"spec.jobTemplate.spec.{key}": values[:3] for key, values in JOB.items()}},
    "Service": {"metadata.name": ["1a", "a.b", "A", "a" * 64], "spec.type": ["Foo", "NodePort", "LoadBalancer", "ExternalName", ""], "spec.clusterIP": ["None", "x", "1.2.3.4", "::1", ""],
                "spec.clusterIPs": [["None"], ["None", "1.2.3.4"], ["x"]], "spec.ports": [[], None, [{"port": 80}, {"port": 81}], [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}],
                                                                                         [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]],
                "spec.ports.0": [{}, {"port": 80, "nodePort": 30000}, {"port": 80, "targetPort": "A"}, {"port": 80, "protocol": "tcp"}, {"port": 80, "appProtocol": "a b"}, {"port": 80, "name": "A"},
                                 {"port": 80, "targetPort": 0}, {"port": 80, "targetPort": "http", "appProtocol": "http"}], "spec.ports.0.port": PORTS,
                "spec.selector": LABELS, "spec.sessionAffinity": ["Foo", "ClientIP", ""], "spec.sessionAffinityConfig": [{}, {"clientIP": {"timeoutSeconds": 5}}],
                "spec.externalIPs": [["x"], ["127.0.0.1"], ["169.254.0.1"], ["1.2.3.4"], ["0.0.0.0"], ["224.0.0.1"]], "spec.externalName": ["a.b", "A_"], "spec.externalTrafficPolicy": ["Local", "Foo"],
                "spec.internalTrafficPolicy": ["Local", "Foo", ""], "spec.trafficDistribution": ["Foo", "PreferClose", "PreferSameNode", "PreferSameZone", ""], "spec.ipFamilies": [["IPv4"], ["IPv6"], ["IPv5"], ["IPv4", "IPv4"]],
                "spec.ipFamilyPolicy": ["Foo", "SingleStack", "PreferDualStack", "RequireDualStack"], "spec.loadBalancerSourceRanges": [["x"], ["10.0.0.0/8"]], "spec.loadBalancerClass": ["a b", "a.b/c"],
                "spec.allocateLoadBalancerNodePorts": [True, False], "spec.healthCheckNodePort": [5], "spec.publishNotReadyAddresses": [True, "x"], "spec.loadBalancerIP": ["1.2.3.4"]},
    "ConfigMap": {"data": [{"a/b": "x"}, {"..": "x"}, {"..a": "x"}, {"": "x"}, {"a": 1}, {"a": None}, None, [], {"a": True}, {"k" * 254: "x"}], "binaryData": [{"a": "Yg=="}, {"b": "!!"}, {"b": "YQ"}, {"c": ""}], "immutable": [True, "x"],
                  "metadata.name": ["A", "a_b"]},
    "Secret": {"type": ["foo", "kubernetes.io/tls", "kubernetes.io/dockerconfigjson", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token", "", "kubernetes.io/dockercfg"],
               "data": [{"a/b": "Yg=="}, {"a": "x"}, {"a": ""}, {"a": None}, {"tls.crt": "eA==", "tls.key": "eA=="}, {".dockerconfigjson": "eA=="}, {".dockerconfigjson": "W10="}, {"ssh-privatekey": ""}, {"username": "YQ=="}],
               "stringData": [{"a": "c"}, {"b": 1}, {"b/c": "x"}, {"tls.crt": "x"}], "immutable": [True]},
    "Ingress": {"spec": [{}, {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}], "spec.rules.0.host": ["1.2.3.4", "*.a.b", "*", "A", "a.*.b", ""], "spec.rules.0.http": [{}, None, {"paths": []}],
                "spec.rules.0.http.paths.0.path": ["", "x", "/a//b", "/..", "/%2f", "/a/./b"], "spec.rules.0.http.paths.0.pathType": ["Foo", "", None, "Exact", "ImplementationSpecific"],
                "spec.rules.0.http.paths.0.backend": BACKENDS, "spec.defaultBackend": BACKENDS, "spec.tls": [[{}], [{"hosts": ["A"], "secretName": "A_"}], [{"hosts": ["*.x"]}]], "spec.ingressClassName": ["A_", "nginx", ""],
                "metadata.annotations": [{"kubernetes.io/ingress.class": "nginx"}]},
    "NetworkPolicy": {"spec.podSelector": SELECTORS, "spec.policyTypes": [["Foo"], ["Ingress", "Egress", "Ingress"], ["Egress"], []], "spec.ingress.0.from.0": PEERS, "spec.ingress.0.ports.0": NET_PORTS,
                      "spec.egress.0.to.0": PEERS, "spec.egress.0.ports.0": NET_PORTS, "spec": [{}], "spec.ingress": [[], [{}]]},
    "PodDisruptionBudget": {"spec.minAvailable": [0, -1, "50%", "101%", "x", "", True, 1.5, "5"], "spec.maxUnavailable": [1, "50%"], "spec.selector": [*SELECTORS, None], "spec.unhealthyPodEvictionPolicy": ["Foo", "AlwaysAllow", "IfHealthyBudget"],
                            "metadata.name": ["A_"]},
    "HorizontalPodAutoscaler": {"spec.minReplicas": COUNTS, "spec.maxReplicas": COUNTS, "spec.scaleTargetRef": [{}, {"kind": "a/b", "name": ".."}, {"kind": "Deployment", "name": "d"}], "spec.metrics.0": METRICS, "spec.metrics": [[], None],
                                "spec.behavior": [{}, {"scaleDown": {"stabilizationWindowSeconds": -1}}, {"scaleUp": {"policies": [{}]}}, {"scaleDown": {"selectPolicy": "Foo", "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}},
                                                  {"scaleUp": {"policies": [{"type": "Percent", "value": 10, "periodSeconds": 1801}], "stabilizationWindowSeconds": 3601}}, {"scaleUp": {"tolerance": "0.1"}}]},
    "Namespace": {"metadata.name": ["A_", "a.b", "a" * 64], "metadata.labels": [{"kubernetes.io/metadata.name": "y"}, {"a b": "c"}], "spec.finalizers": [["foo"], ["a.b/c"]], "metadata.finalizers": [["a.b/c"]]},
    "ServiceAccount": {"secrets": [[{"name": "a"}], [{}], ["x"]], "imagePullSecrets": [[{"name": "A_"}], [{}]], "automountServiceAccountToken": [False, "x"], "metadata.name": ["A_", "a.b"]},
}  # fmt: skip
HANDLERS_OF_TEMPLATES: dict[str, list[Any]] = {f"spec.template.spec.{key}": values for key, values in SPEC.items()}
"""What is odd in a Pod is odd in a template."""
