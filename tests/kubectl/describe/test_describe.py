"""Descriptions against those that real kubectl printed of the same objects."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable

import pytest
import yaml

from podlab.kubectl.describe.generic import describe_any, label_for
from podlab.kubectl.describe.pod import describe_pod
from podlab.kubectl.describe.sections import page
from podlab.kubectl.describe.workloads import (
    describe_daemon_set,
    describe_deployment,
    describe_job,
    describe_replica_set,
    describe_stateful_set,
)
from podlab.kubectl.verbs.describe import DESCRIBERS, Describer
from tests.kubectl.recordings import (
    NOW,
    Command,
    Object,
    all_commands,
    at,
    commands,
    events_of,
    moments,
    normal,
    watched,
)

PODS = [c for c in all_commands(r"kubectl describe pod \S+") if c.scenario != "kit-describe"]
WORKLOADS = {
    "deployment": ("deployments.apps", describe_deployment),
    "rs": ("replicasets.apps", describe_replica_set),
    "statefulset": ("statefulsets.apps", describe_stateful_set),
    "daemonset": ("daemonsets.apps", describe_daemon_set),
    "job": ("jobs.batch", describe_job),
}
CONTROLLERS = all_commands(rf"kubectl describe ({'|'.join(WORKLOADS)})( \S+)?")


def unordered(text: str) -> str:
    """A description without the order of more than twelve events, which Go's sort leaves open within a second."""
    head, title, rows = text.partition("\nEvents:\n")
    lines = rows.splitlines()
    return text if len(lines) <= 2 + 12 else "\n".join([head + title, *sorted(lines)])


def assert_one_of(command: Command, texts: list[str]) -> None:
    """One of the moments gives the recorded text."""
    wanted = unordered(normal(command.stdout))
    found = [unordered(normal(text)) for text in texts]
    if wanted not in found:
        closest = max(found, key=lambda text: difflib.SequenceMatcher(None, wanted, text).ratio())
        pytest.fail(
            "\n".join(difflib.unified_diff(wanted.splitlines(), closest.splitlines(), "kubectl", "ours", lineterm=""))
        )


@pytest.mark.slow
@pytest.mark.parametrize("command", PODS, ids=lambda c: c.id)
def test_pod_equals_kubectl(command: Command) -> None:
    name = command.line.split()[-1]
    texts = []
    for moment in moments(command.time):
        pods = [pod for pod in at(command.scenario, "pods", moment) if pod["metadata"]["name"] == name]
        texts += [describe_pod(pod, events_of(command.scenario, pod, moment), NOW) for pod in pods]
    assert_one_of(command, texts)


def test_there_are_recordings() -> None:
    assert len(PODS) >= 27 and len(CONTROLLERS) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("command", CONTROLLERS, ids=lambda c: c.id)
def test_controller_equals_kubectl(command: Command) -> None:
    _, _, word, *names = command.line.split()
    resource, describe = WORKLOADS[word]
    texts = []
    for moment in moments(command.time):
        objects = at(command.scenario, resource, moment)
        chosen = [obj for obj in objects if not names or obj["metadata"]["name"] in names]
        if chosen:
            texts.append(described(command.scenario, chosen, describe, moment))
    assert_one_of(command, texts)


def described(scenario: str, objects: list[Object], describe: Callable[..., str], moment: float) -> str:
    related = {"pods": at(scenario, "pods", moment), "replicasets": at(scenario, "replicasets.apps", moment)}
    one = len(objects) == 1  # kubectl leaves events out of several descriptions
    return "\n\n".join(describe(o, related, events_of(scenario, o, moment) if one else None, NOW) for o in objects)


@pytest.mark.slow
def test_every_recorded_state_of_a_pod_can_be_described() -> None:
    for scenario in sorted({command.scenario for command in PODS}):
        for event in watched(scenario, "pods"):
            text = describe_pod(event["object"], [], NOW)
            assert text.startswith("Name: ") and text.endswith("Events:" + text.rpartition("Events:")[2])
            assert "\t" not in text and "None" not in text.replace("GROUPNone", "")


def test_several_pods_have_no_events() -> None:
    command = next(c for c in commands("ephemeral-and-node") if c.line == "kubectl describe pod -l app=web")
    texts = []
    for moment in moments(command.time):
        pods = [p for p in at("ephemeral-and-node", "pods", moment) if p["metadata"]["labels"].get("app") == "web"]
        texts.append("\n\n".join(describe_pod(pod, None, NOW) for pod in pods))
    assert_one_of(command, texts)


@pytest.mark.parametrize(
    ("events", "ending"),
    [(None, "Name:  x\n"), ([], "Name:    x\nEvents:  <none>\n")],
)
def test_page_with_and_without_events(events: list[Object] | None, ending: str) -> None:
    assert page(["Name:\tx"], events, NOW) == ending


def test_terminal_codes_are_made_visible() -> None:
    assert page(["Name:\t\x1b[31mred\r"]) == "Name:  ^[[31mred\\r\n"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("creationTimestamp", "Creation Timestamp"),
        ("uid", "UID"),
        ("apiVersion", "API Version"),
        ("roleRef", "Role Ref"),
        ("tls.crt", "tls.crt"),
        ("kind", "Kind"),
    ],
)
def test_field_names_in_words(field: str, words: str) -> None:
    assert label_for(field) == words


KINDS = {
    "pod": "Pod",
    "cm": "ConfigMap",
    "secret": "Secret",
    "sa": "ServiceAccount",
    "svc": "Service",
    "quota": "ResourceQuota",
    "limitrange": "LimitRange",
    "pvc": "PersistentVolumeClaim",
    "cronjob": "CronJob",
    "job": "Job",
    "deploy": "Deployment",
    "sts": "StatefulSet",
    "rc": "ReplicationController",
    "lease": "Lease",
    "endpoints": "Endpoints",
}
DESCRIBED = [
    c for c in commands("kit-describe") if len(c.line.split()) == 4 and c.line.split()[2] in KINDS and c.stdout
]


@pytest.mark.parametrize("command", [c for c in DESCRIBED if c.line != "kubectl describe pod wi"], ids=lambda c: c.line)
def test_every_kind_equals_kubectl(command: Command) -> None:
    items = json.loads(commands("kit-describe")[0].stdout)["items"]
    _, _, word, name = command.line.split()
    obj = next(o for o in items if o["kind"] == KINDS[word] and o["metadata"]["name"] == name)
    group = obj["apiVersion"].rpartition("/")[0]
    describer = DESCRIBERS.get((group, obj["kind"]), Describer(describe_any))
    related = {f"{kind.lower()}s": [o for o in items if o["kind"] == kind] for kind in ("Pod", "ReplicaSet")}
    slices = [o for o in items if o["kind"] == "EndpointSlice"]
    service = "kubernetes.io/service-name"
    related["endpointslices"] = [s for s in slices if s["metadata"]["labels"].get(service) == name]
    uid = obj["metadata"]["uid"]
    events = [o for o in items if o["kind"] == "Event" and o["involvedObject"].get("uid") == uid]
    text = describer.describe(obj, related, events if describer.has_events else None, NOW)
    assert without_counts(text) == without_counts(command.stdout)


def without_counts(text: str) -> str:
    """An Event may have been seen again between the two recorded commands."""
    return re.sub(r" \(x\d+ over AGE\)", "", normal(text))


@pytest.mark.parametrize("kind", ["role", "rolebinding"])
def test_roles_and_bindings_equal_kubectl(kind: str) -> None:
    printed = {command.line: command.stdout for command in commands("rbac-roles")}
    obj = yaml.safe_load(printed[f"kubectl get {kind} reader -o yaml"])
    describer = DESCRIBERS["rbac.authorization.k8s.io", obj["kind"]]
    assert normal(describer.describe(obj, {}, None, NOW)) == normal(printed[f"kubectl describe {kind} reader"])


def test_aggregated_rules_are_sorted_as_kubectl_sorts_them() -> None:
    printed = {command.line: command.stdout for command in commands("rbac-escalation")}
    obj = yaml.safe_load(printed["kubectl get clusterrole authz-mon -o yaml --show-managed-fields"])
    describer = DESCRIBERS["rbac.authorization.k8s.io", "ClusterRole"]
    assert normal(describer.describe(obj, {}, None, NOW)) == normal(printed["kubectl describe clusterrole authz-mon"])
