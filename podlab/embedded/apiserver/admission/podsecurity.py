"""PodSecurity: a namespace's labels decide what its Pods may ask for.

Upstream: staging/src/k8s.io/pod-security-admission/admission/admission.go
"""

from __future__ import annotations

from collections import Counter

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.podsecurity import standards
from podlab.embedded.apiserver.podsecurity.standards import Standard
from podlab.embedded.apiserver.resource import Context, Obj
from podlab.embedded.apiserver.validation import causes

TEMPLATES = {
    ("", "podtemplates"): ("template",),
    ("", "replicationcontrollers"): ("spec", "template"),
    ("apps", "replicasets"): ("spec", "template"),
    ("apps", "deployments"): ("spec", "template"),
    ("apps", "statefulsets"): ("spec", "template"),
    ("apps", "daemonsets"): ("spec", "template"),
    ("batch", "jobs"): ("spec", "template"),
    ("batch", "cronjobs"): ("spec", "jobTemplate", "spec", "template"),
}
"""Where workloads keep the Pods that they will make."""
SIGNIFICANT = ("containers", "initContainers", "ephemeralContainers")


def check(obj: Obj, old: Obj | None, ctx: Context) -> None:
    """Refuse Pods that the namespace does not want, warn of workloads that would make them. Raises StatusError."""
    kind = (ctx.resource.group, ctx.resource.plural)
    if kind == ("", "pods"):
        if ctx.subresource in ("", "ephemeralcontainers") and (old is None or _significant(obj, old)):
            _pod(obj, ctx)
    elif kind == ("", "namespaces"):
        if not ctx.subresource:
            _namespace(obj, old, ctx)
    elif kind in TEMPLATES and not ctx.subresource:
        template = obj
        for key in TEMPLATES[kind]:
            template = template.get(key) or {}
        _warn(template.get("metadata") or {}, template.get("spec") or {}, _labels(ctx), ctx)


def _labels(ctx: Context) -> Obj:
    found = ctx.registry.find(ctx.registry.resource("namespaces"), ctx.namespace)
    return (found or {"metadata": {}})["metadata"].get("labels") or {}


def _significant(pod: Obj, old: Obj) -> bool:
    """Whether an update changes images or containers."""

    def images(value: Obj) -> list[list[str]]:
        return [[each.get("image", "") for each in value["spec"].get(key) or ()] for key in SIGNIFICANT]

    return images(pod) != images(old)


def _pod(pod: Obj, ctx: Context) -> None:
    labels = _labels(ctx)
    if not any(key.startswith(standards.PREFIX) for key in labels):
        return
    enforced = standards.standard(labels, "enforce")
    found = standards.findings(pod["metadata"], pod["spec"], enforced)
    if found:
        why = f'violates PodSecurity "{enforced}": {", ".join(map(str, found))}'
        raise status.forbidden("pods", ctx.name, why)
    _warn(pod["metadata"], pod["spec"], labels, ctx)


def _warn(meta: Obj, spec: Obj, labels: Obj, ctx: Context) -> None:
    wanted = standards.standard(labels, "warn")
    found = standards.findings(meta, spec, wanted)
    if found:
        ctx.warn([f'would violate PodSecurity "{wanted}": {", ".join(map(str, found))}'])


def _namespace(obj: Obj, old: Obj | None, ctx: Context) -> None:
    labels = obj["metadata"].get("labels") or {}
    wrong = standards.complaints(labels)
    if wrong:
        found = [causes.invalid(f"metadata.labels[{key}]", labels[key], text) for key, text in wrong.items()]
        raise status.invalid("Namespace", ctx.name, found)
    if old is None:
        return
    before = standards.standard(old["metadata"].get("labels") or {}, "enforce")
    wanted = standards.standard(labels, "enforce")
    if standards.stricter(wanted, before):
        ctx.warn(_existing(wanted, ctx))


def _existing(wanted: Standard, ctx: Context) -> list[str]:
    """Which Pods are there that would no longer be let in."""
    first: dict[str, str] = {}
    count: Counter[str] = Counter()
    for pod in ctx.registry.list(ctx.registry.resource("pods"), ctx.name):
        found = standards.findings(pod["metadata"], pod["spec"], wanted)
        reason = ", ".join(each.reason for each in found)
        if reason:
            first[reason] = min(first.get(reason, pod["metadata"]["name"]), pod["metadata"]["name"])
            count[reason] += 1
    told = sorted(f"{first[reason]}{_others(count[reason] - 1)}: {reason}" for reason in first)
    head = f'existing pods in namespace "{ctx.name}" violate the new PodSecurity enforce level "{wanted}"'
    return [head, *told] if told else []


def _others(count: int) -> str:
    return f" (and {count} other pod{'' if count == 1 else 's'})" if count else ""
