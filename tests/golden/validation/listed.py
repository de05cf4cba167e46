"""Cases by hand: what drawing by chance does not reach, above all changes of objects that exist."""

from __future__ import annotations

import copy
from typing import Any

from tests.golden.validation.generate import manifest
from tests.golden.validation.kinds import BASES, POD

Obj = dict[str, Any]
# Nobody schedules it, so that it stays as it was created while it is changed.
WAITING: Obj = copy.deepcopy(POD)
WAITING["spec"].update(
    schedulerName="nobody", tolerations=[{"key": "a", "operator": "Exists"}], activeDeadlineSeconds=50
)
GATED: Obj = copy.deepcopy(POD)
GATED["spec"].update(schedulingGates=[{"name": "g"}], nodeSelector={"a": "b"})
CONTAINER: Obj = POD["spec"]["containers"][0]
POD_CHANGES: list[Obj] = [
    {"metadata": {"labels": {"a b": "c"}}}, {"metadata": {"annotations": {"x": "y"}}}, {"metadata": {"name": "q"}},
    {"metadata": {"finalizers": ["foo"]}}, {"metadata": {"uid": "x"}}, {"spec": {"restartPolicy": "Never"}},
    {"spec": {"containers": [{**CONTAINER, "image": "busybox"}]}}, {"spec": {"containers": [{**CONTAINER, "image": ""}]}},
    {"spec": {"containers": [{**CONTAINER, "image": " a"}]}}, {"spec": {"containers": [CONTAINER, {"name": "d", "image": "a"}]}},
    {"spec": {"containers": [{**CONTAINER, "command": ["ls"]}]}}, {"spec": {"initContainers": [{"name": "i", "image": "a"}]}},
    {"spec": {"containers": [{**CONTAINER, "resources": {"limits": {"cpu": "1"}}}]}}, {"spec": {"activeDeadlineSeconds": 40}},
    {"spec": {"activeDeadlineSeconds": 60}}, {"spec": {"activeDeadlineSeconds": None}}, {"spec": {"activeDeadlineSeconds": -1}},
    {"spec": {"tolerations": []}}, {"spec": {"tolerations": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Foo"}]}},
    {"spec": {"tolerations": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "Exists"}]}},
    {"spec": {"terminationGracePeriodSeconds": 1}}, {"spec": {"nodeName": "n"}}, {"spec": {"nodeSelector": {"a": "b"}}},
    {"spec": {"schedulingGates": [{"name": "g"}]}}, {"spec": {"hostNetwork": True}}, {"spec": {"volumes": None}}, {"spec": {"foo": 1}},
    {"spec": {"ephemeralContainers": [{"name": "e", "image": "a"}]}}, {"status": {"phase": "Running"}}, {"spec": {"priority": 5}},
    {"spec": {"securityContext": {"runAsUser": 5}}}, {"spec": {"serviceAccountName": "nope"}}, {"spec": {"dnsPolicy": "Foo"}},
    {"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{}]}}}}},
]  # fmt: skip
GATED_CHANGES: list[Obj] = [
    {"spec": {"schedulingGates": []}}, {"spec": {"schedulingGates": [{"name": "g"}, {"name": "h"}]}}, {"spec": {"nodeSelector": {"a": None}}},
    {"spec": {"nodeSelector": {"c": "d"}}}, {"spec": {"nodeSelector": {"a": "x"}}}, {"spec": {"nodeName": "n"}},
    {"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]}}}}},
    {"spec": {"affinity": {"podAffinity": {}}}},
]  # fmt: skip
OTHER_CHANGES: dict[str, list[Obj]] = {
    "Deployment": [{"spec": {"selector": {"matchLabels": {"app": "x"}}}}, {"spec": {"replicas": -1}}, {"spec": {"strategy": {"type": "Recreate"}}},
                   {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}, {"spec": {"template": {"metadata": {"labels": {"app": "x"}}}}}],
    "StatefulSet": [{"spec": {"serviceName": "t"}}, {"spec": {"replicas": 5}}, {"spec": {"podManagementPolicy": "Parallel"}}, {"spec": {"selector": {"matchLabels": {"app": "x"}}}},
                    {"spec": {"minReadySeconds": 5}}, {"spec": {"revisionHistoryLimit": 2}}, {"spec": {"ordinals": {"start": 1}}}],
    "DaemonSet": [{"spec": {"selector": {"matchLabels": {"app": "x"}}}}, {"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": None}}}],
    "ReplicaSet": [{"spec": {"selector": {"matchLabels": {"app": "x"}}}}, {"spec": {"replicas": 2}}],
    "Job": [{"spec": {"completions": 3}}, {"spec": {"parallelism": 2}}, {"spec": {"template": {"spec": {"restartPolicy": "OnFailure"}}}}, {"spec": {"suspend": False}},
            {"spec": {"completionMode": "Indexed"}}, {"spec": {"backoffLimit": 2}}, {"spec": {"template": {"metadata": {"labels": {"x": "y"}}}}}, {"spec": {"manualSelector": True}}],
    "CronJob": [{"spec": {"schedule": "x"}}, {"spec": {"schedule": "@daily", "suspend": True}}],
    "Service": [{"spec": {"clusterIP": "10.96.0.77"}}, {"spec": {"type": "ExternalName", "externalName": "a.b"}}, {"spec": {"type": "NodePort"}}, {"spec": {"ports": []}},
                {"spec": {"sessionAffinity": "ClientIP"}}, {"spec": {"clusterIP": "None"}}, {"spec": {"selector": None}}, {"spec": {"ipFamilies": ["IPv6"]}}],
    "ConfigMap": [{"data": {"c": "d"}}, {"immutable": True}, {"data": {"a/b": "c"}}],
    "Secret": [{"type": "foo"}, {"stringData": {"x": "y"}}, {"data": {"a": None}}],
    "Ingress": [{"spec": {"rules": None}}, {"spec": {"ingressClassName": "x"}}],
    "NetworkPolicy": [{"spec": {"policyTypes": ["Egress"]}}, {"spec": {"ingress": [{"from": [{}]}]}}],
    "PodDisruptionBudget": [{"spec": {"minAvailable": 2}}, {"spec": {"maxUnavailable": 1}}, {"spec": {"selector": None}}],
    "HorizontalPodAutoscaler": [{"spec": {"minReplicas": 5}}, {"spec": {"maxReplicas": 10}}],
    "ServiceAccount": [{"automountServiceAccountToken": False}],
    "ReplicationController": [{"spec": {"selector": {"app": "x"}}}, {"spec": {"replicas": 0}}],
}  # fmt: skip
IMMUTABLE = {
    "ConfigMap": [{"data": {"c": "d"}}, {"immutable": False}, {"binaryData": {"x": "Yg=="}}],
    "Secret": [{"data": {"c": "Yg=="}}, {"immutable": None}],
}
IDLE = {"Deployment": ("spec.replicas", 0), "StatefulSet": ("spec.replicas", 0), "ReplicaSet": ("spec.replicas", 0), "Job": ("spec.suspend", True),
        "ReplicationController": ("spec.replicas", 0), "DaemonSet": ("spec.template.spec.nodeSelector", {"no": "node"})}  # fmt: skip


def listed() -> list[Obj]:
    """All of them, named."""
    found = [{"kind": "Pod", "body": WAITING, "patch": change} for change in POD_CHANGES]
    found += [{"kind": "Pod", "body": GATED, "patch": change} for change in GATED_CHANGES]
    for kind, changes in OTHER_CHANGES.items():
        body = manifest(kind, [IDLE[kind]]) if kind in IDLE else BASES[kind]
        found += [{"kind": kind, "body": body, "patch": change} for change in changes]
    for kind, changes in IMMUTABLE.items():
        found += [{"kind": kind, "body": manifest(kind, [("immutable", True)]), "patch": change} for change in changes]
    return [
        {"name": f"change-{number}", **case, "body": _named(case["body"], number)} for number, case in enumerate(found)
    ]


def _named(body: Obj, number: int) -> Obj:
    return {**body, "metadata": {**body["metadata"], "name": f"c{number}"}}
