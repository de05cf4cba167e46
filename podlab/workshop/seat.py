"""What a seat is made of: its namespace and the objects in it, its kubeconfig, the slip that its learner gets."""

from __future__ import annotations

import copy
from typing import Any

from podlab.text import Text

Object = dict[str, Any]

LABEL = "podlab/seat"
MANAGED = {"app.kubernetes.io/managed-by": "podlab"}
LEARNER = "learner"
"""The seat's service account, role and role binding."""
LIMITS = "seat"
"""The seat's quota and limits."""

ALL = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
READ = ["get", "list", "watch"]
POD_PARTS = ["log", "exec", "attach", "portforward", "proxy", "ephemeralcontainers", "resize", "eviction"]
PODS = ["pods", *(f"pods/{part}" for part in POD_PARTS)]
CORE = ["configmaps", "secrets", "services", "services/proxy", "events", "persistentvolumeclaims"]
WORKLOADS = ["deployments", "replicasets", "statefulsets"]

RULES: list[Object] = [
    {"apiGroups": [""], "resources": [*PODS, *CORE], "verbs": ALL},
    {
        "apiGroups": ["apps"],
        "resources": [*WORKLOADS, *(f"{each}/scale" for each in WORKLOADS), "daemonsets", "controllerrevisions"],
        "verbs": ALL,
    },
    {"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"], "verbs": ALL},
    {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": READ},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": READ},
    {"apiGroups": [""], "resources": ["resourcequotas", "limitranges", "endpoints"], "verbs": READ},
]

QUOTA = {
    "pods": "20",
    "requests.cpu": "1",
    "requests.memory": "1Gi",
    "limits.cpu": "10",
    "limits.memory": "4Gi",
    "requests.ephemeral-storage": "4Gi",
    "limits.ephemeral-storage": "8Gi",
    "persistentvolumeclaims": "2",
    "requests.storage": "2Gi",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
    "count/configmaps": "50",
    "count/secrets": "50",
    "count/services": "20",
    "count/deployments.apps": "10",
    "count/jobs.batch": "20",
}

DEFAULTS = {"cpu": "500m", "memory": "128Mi", "ephemeral-storage": "256Mi"}
REQUESTS = {"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "16Mi"}

KEPT = {
    ("resourcequotas", LIMITS),
    ("limitranges", LIMITS),
    ("serviceaccounts", LEARNER),
    ("roles", LEARNER),
    ("rolebindings", LEARNER),
}
"""What a reset leaves in a seat's namespace."""


def number(seat: int | str) -> str:
    """The seat's number as it is written: `07`."""
    return f"{int(seat):02d}"


def namespace(seat: int | str) -> str:
    """The seat's namespace."""
    return f"podlab-seat-{number(seat)}"


def objects(seat: int | str) -> list[tuple[str, Object]]:
    """All that makes a seat, each with the path it is created at, in this order.

    Pod Security keeps its Pods from the node, the quota from everybody else's share.
    """
    name = namespace(seat)
    core, rbac = f"/api/v1/namespaces/{name}", "/apis/rbac.authorization.k8s.io/v1"
    subject = {"kind": "ServiceAccount", "name": LEARNER, "namespace": name}
    limits = {"type": "Container", "default": DEFAULTS, "defaultRequest": REQUESTS}
    security = {"pod-security.kubernetes.io/enforce": "baseline"}
    return [
        ("/api/v1/namespaces", {"metadata": _meta(name, seat, security)}),
        (f"{core}/resourcequotas", {"metadata": _meta(LIMITS, seat), "spec": {"hard": QUOTA}}),
        (f"{core}/limitranges", {"metadata": _meta(LIMITS, seat), "spec": {"limits": [limits]}}),
        (f"{core}/serviceaccounts", {"metadata": _meta(LEARNER, seat)}),
        (f"{rbac}/namespaces/{name}/roles", {"metadata": _meta(LEARNER, seat), "rules": RULES}),
        (
            f"{rbac}/namespaces/{name}/rolebindings",
            {"metadata": _meta(LEARNER, seat), "roleRef": _role("Role", LEARNER), "subjects": [subject]},
        ),
    ]


def kubeconfig(cluster: Object, seat: int | str, token: str) -> Object:
    """The seat's kubeconfig, given the `cluster` part of the teacher's."""
    name = namespace(seat)
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "room", "cluster": copy.deepcopy(cluster)}],
        "users": [{"name": name, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": "room", "user": name, "namespace": name}}],
        "current-context": name,
    }


SLIP = Text(
    ko="""# {number}번 자리

이 자리는 여러분만의 Kubernetes 네임스페이스 `{namespace}`입니다. 다른 자리에서는 들여다볼 수도, 바꿀 수도 없습니다.

1. 받은 파일 `{file}`을 수업 폴더에 둡니다. 비밀번호와 같은 파일이니 다른 사람에게 주지 마십시오.
2. 수업을 시작합니다: `podlab lab --cluster ./{file}` (저장소에서는 `make lab CLUSTER=./{file}`)
3. 자리에서 만들 수 있는 것: 파드 20개, 메모리 요청 1 GiB까지. 넘으면 `exceeded quota`라는 오류가 나옵니다.
4. 처음으로 되돌리려면: `podlab reset`. 그래도 안 되면 선생님께 {number}번 자리라고 말씀하십시오.
""",
    en="""# Seat {number}

This seat is a Kubernetes namespace of your own, `{namespace}`. No other seat can look into it or change it.

1. Put the file you got, `{file}`, into your folder for the lessons. It is as good as a password: give it to nobody.
2. Start the lessons: `podlab lab --cluster ./{file}` (in the repository: `make lab CLUSTER=./{file}`)
3. There is room for 20 Pods that request 1 GiB of memory at most. Beyond that an error says `exceeded quota`.
4. To begin anew: `podlab reset`. If that does not help, tell your teacher that you sit at seat {number}.
""",
)


def slip(seat: int | str) -> str:
    """One page for the learner, in both languages."""
    told = SLIP.format(number=number(seat), namespace=namespace(seat), file=f"seat-{number(seat)}.kubeconfig")
    return f"{told.ko}\n---\n\n{told.en}"


def _meta(name: str, seat: int | str, labels: dict[str, str] | None = None) -> Object:
    return {"name": name, "labels": {**MANAGED, LABEL: number(seat), **(labels or {})}}


def _role(kind: str, name: str) -> Object:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
