"""`kubectl describe`: which objects, what belongs to each, and the describer of each kind.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/describe/describe.go
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.describe import config, ingress, network, node, policies, roles, storage, workloads
from podlab.kubectl.describe.generic import describe_any
from podlab.kubectl.describe.pod import describe_pod
from podlab.kubectl.describe.sections import Object, format_selector
from podlab.kubectl.formats.printer import format_labels
from podlab.kubectl.manifests.manifest import NoPath
from podlab.kubectl.resources.listing import CHUNK, read_list
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.get import Question, fetch, items_of
from podlab.kubectl.verbs.naming import chosen_of

Related = dict[str, list[Object]]
Describe = Callable[[Object, Related, "list[Object] | None", datetime], str]
Reading = tuple[str, str, dict[str, object]]  # (what it is called, path, query)
RBAC = "rbac.authorization.k8s.io"
MIRROR = "kubernetes.io/config.mirror"
NO_RESOURCE = (
    'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of '
    "supported resources.\n"
)


def describe_any_pod(obj: Object, related: Related, events: list[Object] | None, now: datetime) -> str:
    """A Pod, which needs nothing else."""
    return describe_pod(obj, events, now)


def _nothing(obj: Object) -> list[Reading]:
    return []


def _selected_pods(obj: Object) -> list[Reading]:
    return [_by_selector("pods", f"/api/v1/namespaces/{_namespace(obj)}/pods", obj)]


def _replica_sets(obj: Object) -> list[Reading]:
    return [_by_selector("replicasets", f"/apis/apps/v1/namespaces/{_namespace(obj)}/replicasets", obj)]


def _by_selector(what: str, path: str, obj: Object) -> Reading:
    selector = (obj.get("spec") or {}).get("selector") or {}
    plain = obj.get("kind") == "ReplicationController"
    return what, path, {"labelSelector": format_labels(selector) if plain else format_selector(selector)}


def _of_namespace(obj: Object) -> list[Reading]:
    root = f"/api/v1/namespaces/{obj['metadata']['name']}"
    return [(what, f"{root}/{what}", {}) for what in ("resourcequotas", "limitranges")]


def _all_pods(obj: Object) -> list[Reading]:
    return [("pods", f"/api/v1/namespaces/{_namespace(obj)}/pods", {})]


def _slices(obj: Object) -> list[Reading]:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{_namespace(obj)}/endpointslices"
    return [("endpointslices", path, {"labelSelector": f"kubernetes.io/service-name={obj['metadata']['name']}"})]


def _behind_paths(obj: Object) -> list[Reading]:
    namespace = _namespace(obj)
    slices = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    return [("services", f"/api/v1/namespaces/{namespace}/services", {}), ("endpointslices", slices, {})]


def _of_node(obj: Object) -> list[Reading]:
    name = obj["metadata"]["name"]
    unfinished = f"spec.nodeName={name},status.phase!=Succeeded,status.phase!=Failed"
    leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
    return [
        ("pods", "/api/v1/pods", {"fieldSelector": unfinished}),
        ("leases", leases, {"fieldSelector": f"metadata.name={name}"}),
    ]


def _namespace(obj: Object) -> str:
    return str(obj["metadata"].get("namespace", ""))


@dataclass(frozen=True, slots=True)
class Describer:
    """How one kind is described: what to read besides the object, and the text of it all."""

    describe: Describe
    reads: Callable[[Object], list[Reading]] = _nothing
    has_events: bool = True


DESCRIBERS: dict[tuple[str, str], Describer] = {
    ("", "Pod"): Describer(describe_any_pod),
    ("", "Node"): Describer(node.describe_node, _of_node),
    ("", "Namespace"): Describer(config.describe_namespace, _of_namespace, has_events=False),
    ("", "ConfigMap"): Describer(config.describe_config_map),
    ("", "Secret"): Describer(config.describe_secret, has_events=False),
    ("", "ServiceAccount"): Describer(config.describe_service_account),
    ("", "ResourceQuota"): Describer(config.describe_quota, has_events=False),
    ("", "LimitRange"): Describer(config.describe_limit_range, has_events=False),
    ("", "Service"): Describer(network.describe_service, _slices),
    ("", "Endpoints"): Describer(network.describe_endpoints),
    ("discovery.k8s.io", "EndpointSlice"): Describer(network.describe_endpoint_slice),
    ("networking.k8s.io", "Ingress"): Describer(ingress.describe_ingress, _behind_paths),
    ("networking.k8s.io", "NetworkPolicy"): Describer(ingress.describe_network_policy, has_events=False),
    ("autoscaling", "HorizontalPodAutoscaler"): Describer(policies.describe_autoscaler),
    ("policy", "PodDisruptionBudget"): Describer(policies.describe_disruption_budget),
    ("scheduling.k8s.io", "PriorityClass"): Describer(policies.describe_priority_class),
    ("", "PersistentVolumeClaim"): Describer(storage.describe_claim, _all_pods),
    ("", "PersistentVolume"): Describer(storage.describe_volume),
    ("storage.k8s.io", "StorageClass"): Describer(storage.describe_storage_class),
    ("", "ReplicationController"): Describer(workloads.describe_replica_set, _selected_pods),
    ("apps", "Deployment"): Describer(workloads.describe_deployment, _replica_sets),
    ("apps", "ReplicaSet"): Describer(workloads.describe_replica_set, _selected_pods),
    ("apps", "StatefulSet"): Describer(workloads.describe_stateful_set, _selected_pods),
    ("apps", "DaemonSet"): Describer(workloads.describe_daemon_set, _selected_pods),
    ("batch", "Job"): Describer(workloads.describe_job),
    ("batch", "CronJob"): Describer(workloads.describe_cron_job),
    (RBAC, "Role"): Describer(roles.describe_role, has_events=False),
    (RBAC, "ClusterRole"): Describer(roles.describe_role, has_events=False),
    (RBAC, "RoleBinding"): Describer(roles.describe_binding, has_events=False),
    (RBAC, "ClusterRoleBinding"): Describer(roles.describe_binding, has_events=False),
}


def describe(
    command: Command,
    *resources: str,
    filename: Sequence[str] = (),
    selector: str = "",
    chunk_size: int = CHUNK,
    all_namespaces: bool = False,
    show_events: bool | None = None,
) -> None:
    """Describe objects; one name that is not found stands for all whose names begin so.

    Args:
        show_events: None shows them for a single object only, as kubectl does.

    Raises:
        ApiError: no such object, or the server refuses.
    """
    if not resources and not filename:
        raise PodlabError(NO_RESOURCE)
    chosen = chosen_of(command, resources, filename, selecting=bool(selector))
    command.aggregates = bool(command.failures) and not isinstance(command.failures[0], NoPath)
    question = Question(command.namespace, all_namespaces, selector)
    answer = fetch(command.client, chosen, question)
    found = [(mapping, obj) for mapping, each in answer.found for obj in items_of(mapping, each)]
    missing = [each for each in answer.errors if isinstance(each, ApiError) and each.code == 404]
    if len(resources) == 2 and len(answer.errors) == len(missing) == 1:
        if "," in resources[0]:
            raise PodlabError("error: you may only specify a single resource type")
        if "/" in resources[0]:  # the second is taken for the beginning of a name, and nothing is said of the first
            raise missing[0]
        _by_prefix(command, chosen[0].mapping, question, chosen[0].name, answer.errors[0], bool(show_events))
        return
    command.failures += answer.errors
    events = show_events if show_events is not None else len(found) <= 1 and not command.failures
    for at, (mapping, obj) in enumerate(found):
        with command.going_on():
            text = describe_one(command.client, mapping, obj, events)
            command.objects.append(obj)
            command.out(("\n\n" if at else "") + text)
    if not found and not command.failures:
        where = "" if all_namespaces else f" in {question.namespace} namespace."
        command.err(f"No resources found{where}\n")


def _by_prefix(
    command: Command, mapping: Mapping, question: Question, prefix: str, missing: PodlabError, show_events: bool
) -> None:
    listed = items_of(mapping, read_list(command.client, mapping, question.where(mapping)))
    found = [obj for obj in listed if obj["metadata"]["name"].startswith(prefix)]
    if not found:
        command.failures.append(missing)
    for obj in found:
        command.objects.append(obj)
        command.out(describe_one(command.client, mapping, obj, show_events) + "\n")


def describe_one(client: Client, mapping: Mapping, obj: Object, show_events: bool = True) -> str:
    """One object's description, with what belongs to it and (for one alone) its events."""
    describer = DESCRIBERS.get((mapping.group, mapping.kind), Describer(describe_any))
    related = {what: read_items(client, path, query) for what, path, query in describer.reads(obj)}
    events = events_of(client, mapping, obj) if show_events and describer.has_events else None
    return describer.describe(obj, related, events, client.server_now())


def events_of(client: Client, mapping: Mapping, obj: Object) -> list[Object]:
    """The Events that kubectl shows for an object.

    A static Pod's are about its mirror's hash, a Node's are filed under its name as well as under its uid.
    """
    metadata = obj["metadata"]
    uid = metadata["uid"]
    kind = "" if mapping.kind == "Pod" and not mapping.group else mapping.kind
    uids: Sequence[str] = [(metadata.get("annotations") or {}).get(MIRROR, uid)]
    if mapping.kind == "Node":
        uids = [uid, metadata["name"]]
    return [event for each in uids for event in _search(client, metadata, kind, each)]


def _search(client: Client, metadata: dict[str, Any], kind: str, uid: str) -> list[Object]:
    namespace = metadata.get("namespace", "")
    terms = {"name": metadata["name"], "namespace": namespace, "kind": kind, "uid": uid}
    selector = ",".join(f"involvedObject.{key}={value}" for key, value in terms.items() if value)
    path = f"/api/v1/namespaces/{namespace}/events" if namespace else "/api/v1/events"
    return read_items(client, path, {"fieldSelector": selector})


def read_items(client: Client, path: str, query: dict[str, object]) -> list[Object]:
    """The items of a list, in full."""
    items: list[Object] = []
    following = ""
    while True:
        part = client.get(path, **query, limit=CHUNK, **({"continue": following} if following else {}))
        items += part.get("items") or []
        following = (part.get("metadata") or {}).get("continue") or ""
        if not following:
            return items
