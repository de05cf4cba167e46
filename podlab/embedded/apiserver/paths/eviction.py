"""POST of an Eviction: delete a Pod if its disruption budget allows it.

Upstream: pkg/registry/core/pod/storage/eviction.go
"""

from __future__ import annotations

from podlab.apimachinery.labels import selects
from podlab.apimachinery.times import rfc3339
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.decoding import decode
from podlab.embedded.apiserver.request import check_write_options
from podlab.embedded.apiserver.resource import Obj, Writer
from podlab.embedded.apiserver.status import Cause, StatusError
from podlab.embedded.apiserver.verbs import Call

REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
MOST = 2000
"""Evictions that the budget's controller has not confirmed yet."""
TOLD = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
MESSAGE = "Eviction API: evicting"


def evict(call: Call) -> Answer:
    """Answer the request. Raises StatusError, 429 if the budget does not allow it."""
    dry_run = check_write_options(call.request, "CreateOptions")
    expected = ("policy", "v1", "Eviction")
    eviction, _ = decode.decode(call.request.body, call.request.content_type(), expected, older=("v1beta1",))
    if (eviction.get("metadata") or {}).get("name") != call.name:
        raise StatusError(400, "BadRequest", "name in URL does not match name in Eviction object")
    options: Obj = dict(eviction.get("deleteOptions") or {})
    dry_run = dry_run or bool(options.get("dryRun"))
    pod = call.registry.get(call.resource, call.name, call.namespace)
    budgets = [] if is_free(pod) else budgets_of(call, pod)
    if len(budgets) > 1:
        raise StatusError(500, "", SEVERAL)
    for budget in budgets:
        if not goes_unhealthy(budget, pod):
            _take(call, budget, dry_run=dry_run)
    _delete(call, pod, options, dry_run=dry_run)
    made = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    return call.answer(made, negotiation.Form(), 201)


def is_free(pod: Obj) -> bool:
    """Whether no budget counts this Pod."""
    phase = (pod.get("status") or {}).get("phase")
    return phase in ("Succeeded", "Failed", "Pending") or bool(pod["metadata"].get("deletionTimestamp"))


def budgets_of(call: Call, pod: Obj) -> list[Obj]:
    """The budgets that select a Pod."""
    budgets = call.registry.list(call.registry.resource("poddisruptionbudgets.policy"), call.namespace)
    labels = pod["metadata"].get("labels") or {}
    return [budget for budget in budgets if selects(budget["spec"].get("selector"), labels)]


def goes_unhealthy(budget: Obj, pod: Obj) -> bool:
    """Whether a Pod that is not ready may go without being counted."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    if any(c["type"] == "Ready" and c["status"] == "True" for c in conditions):
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    counts = budget.get("status") or {}
    return bool(counts.get("currentHealthy", 0) >= counts.get("desiredHealthy", 0) > 0)


def refusal(budget: Obj) -> StatusError | None:
    """Why a budget does not allow one disruption more."""
    name, counts = budget["metadata"]["name"], budget.get("status") or {}
    if counts.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        text = f"The disruption budget {name} is still being processed by the server."
        error = status.too_many_requests(REFUSED, [Cause("", "DisruptionBudget", text)])
        return StatusError(429, error.reason, error.message, (error.details or {}) | {"retryAfterSeconds": 10})
    if len(counts.get("disruptedPods") or {}) > MOST:
        return _forbidden(name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller")
    if counts.get("disruptionsAllowed", 0) < 0:
        return _forbidden(name, "pdb disruptions allowed is negative")
    if counts.get("disruptionsAllowed", 0) == 0:
        wanted, there = counts.get("desiredHealthy", 0), counts.get("currentHealthy", 0)
        needs = f"needs {wanted} healthy pods and has {there} currently"
        text = f"The disruption budget {name} {needs if there <= wanted else 'does not allow evicting pods currently'}"
        return status.too_many_requests(REFUSED, [Cause("", "DisruptionBudget", text)])
    return None


def _forbidden(name: str, why: str) -> StatusError:
    message = f'poddisruptionbudgets.policy "{name}" is forbidden: {why}'
    return StatusError(403, "Forbidden", message, {"name": name, "group": "policy", "kind": "poddisruptionbudgets"})


def _take(call: Call, budget: Obj, *, dry_run: bool) -> None:
    """Count one disruption before its controller does."""
    if error := refusal(budget):
        raise error
    if dry_run:
        return
    now = rfc3339(call.registry.clock.now())

    def take(obj: Obj) -> None:
        counts = obj["status"]
        counts["disruptionsAllowed"] -= 1
        counts["disruptedPods"] = (counts.get("disruptedPods") or {}) | {call.name: now}
        if not counts["disruptionsAllowed"]:
            for condition in counts.get("conditions") or []:
                if condition["type"] == "DisruptionAllowed":
                    condition |= {"status": "False", "reason": "InsufficientPods", "lastTransitionTime": now}

    resource = call.registry.resource("poddisruptionbudgets.policy")
    call.registry.change(resource, budget["metadata"]["name"], call.namespace, take)


def _delete(call: Call, pod: Obj, options: Obj, *, dry_run: bool) -> None:
    if not is_free(pod) and not dry_run:
        now = rfc3339(call.registry.clock.now())
        told = {**TOLD, "message": MESSAGE, "lastProbeTime": None, "lastTransitionTime": now}

        def tell(obj: Obj) -> None:
            others = [c for c in obj["status"].get("conditions") or [] if c["type"] != told["type"]]
            obj["status"]["conditions"] = [*others, told]

        call.registry.change(call.resource, call.name, call.namespace, tell)
    options = {key: value for key, value in options.items() if key != "dryRun"}
    by = Writer(user=call.request.user, dry_run=dry_run)
    call.registry.delete(call.resource, call.name, call.namespace, options=options, by=by)
