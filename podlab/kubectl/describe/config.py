"""Namespaces and what configures them or their Pods: ConfigMaps, Secrets, ServiceAccounts, quotas, limits."""

from __future__ import annotations

import base64
from datetime import datetime

from podlab.apimachinery.times import rfc1123
from podlab.kubectl.describe.sections import Object, annotation_lines, head, labels, page

SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before "
    "being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running "
    "pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort quality "
    "of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable or "
    "guaranteed quality of service.",
}
_LIMIT_COLUMNS = ("Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",)
_LIMIT_RULE = "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"
_LIMIT_KEYS = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")


def describe_namespace(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe namespace`, with its `resourcequotas` and `limitranges`; it shows no events."""
    metadata, status = obj["metadata"], obj.get("status") or {}
    lines = [f"Name:\t{metadata['name']}", *labels("Labels", metadata.get("labels"))]
    lines += [*annotation_lines("Annotations", metadata.get("annotations")), f"Status:\t{status.get('phase', '')}"]
    if status.get("conditions"):
        lines += ["Conditions:", "  Type\tStatus\tLastTransitionTime\tReason\tMessage"]
        lines.append("  ----\t------\t------------------\t------\t-------")
        for c in status["conditions"]:
            when = rfc1123(c.get("lastTransitionTime"))
            lines.append(f"  {c['type']}\t{c['status']}\t{when}\t{c.get('reason', '')}\t{c.get('message', '')}")
    return page([*lines, "", *_quotas(related["resourcequotas"]), "", *_limit_ranges(related["limitranges"])])


def _quotas(quotas: list[Object]) -> list[str]:
    if not quotas:
        return ["No resource quota."]
    lines = ["Resource Quotas"]
    for quota in sorted(quotas, key=lambda q: str(q["metadata"]["name"])):
        lines += [f"  Name:\t{quota['metadata']['name']}", *_scopes(quota, "  ", "* ")]
        lines += ["  Resource\tUsed\tHard", "  --------\t---\t---", *(f"  {row}" for row in _quota_rows(quota))]
    return lines


def _scopes(quota: Object, margin: str, bullet: str) -> list[str]:
    scopes = sorted((quota.get("spec") or {}).get("scopes") or [])
    if not scopes:
        return []
    texts = [f"{margin}{bullet}{SCOPES[scope]}" for scope in scopes if scope in SCOPES]
    return [f"{margin}Scopes:\t{', '.join(scopes)}", *texts]


def _quota_rows(quota: Object) -> list[str]:
    status = quota.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    return [f"{name}\t{used.get(name, '0')}\t{hard[name]}" for name in sorted(hard)]


def _limit_ranges(ranges: list[Object]) -> list[str]:
    if not ranges:
        return ["No LimitRange resource."]
    lines = ["Resource Limits", f" {_LIMIT_COLUMNS[0]}", f" {_LIMIT_RULE}"]
    return lines + [f" {row}" for item in ranges for row in _limit_rows(item)]


def _limit_rows(limit_range: Object) -> list[str]:
    rows = []
    for item in (limit_range.get("spec") or {}).get("limits") or []:
        for name in sorted({name for key in _LIMIT_KEYS for name in item.get(key) or {}}):  # upstream's order is random
            cells = [str((item.get(key) or {}).get(name, "-")) for key in _LIMIT_KEYS]
            rows.append("\t".join([item["type"], name, *cells]))
    return rows


def describe_limit_range(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe limitrange`."""
    return page([*head(obj)[:2], _LIMIT_COLUMNS[0], _LIMIT_RULE, *_limit_rows(obj)])


def describe_quota(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe resourcequota`."""
    lines = [*head(obj)[:2], *_scopes(obj, "", " * "), "Resource\tUsed\tHard", "--------\t----\t----"]
    return page([*lines, *_quota_rows(obj)])


def describe_config_map(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe configmap`, every value in full."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    lines = [*head(obj), "", "Data", "===="]
    for key in sorted(data):
        lines += [f"{key}:", "----", data[key], ""]
    lines += ["", "BinaryData", "===="]
    lines += [f"{key}: {len(base64.b64decode(binary[key]))} bytes" for key in sorted(binary)]
    return page([*lines, ""], events, now)


def describe_secret(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe secret`: sizes, not values."""
    data, kind = obj.get("data") or {}, obj.get("type", "")
    lines = [*head(obj), "", f"Type:\t{kind}", "", "Data", "===="]
    for key in sorted(data):
        value = base64.b64decode(data[key])
        if key == "token" and kind == "kubernetes.io/service-account-token":
            lines.append(f"{key}:\t{value.decode()}")
        else:
            lines.append(f"{key}:\t{len(value)} bytes")
    return page(lines)


def describe_service_account(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe serviceaccount`."""
    title = "Image pull secrets:"
    names = [secret.get("name", "") for secret in obj.get("imagePullSecrets") or []] or ["<none>"]
    lines = [f"{title}\t{names[0]}", *(f"{' ' * len(title)}\t{name}" for name in names[1:])]
    return page([*head(obj), *lines], events, now)
