"""What the API server makes of a new Pod before it is validated. Upstream: pkg/registry/core/pod/strategy.go"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec.scheduling.affinity import PREFERRED, REQUIRED
from podlab.embedded.apiserver.podspec.security.podannotations import APP_ARMOR, LOCALHOST, OF_APP_ARMOR
from podlab.embedded.apiserver.podspec.security.systems import every_container

Obj = dict[str, Any]


def label_keys(pod: Obj) -> None:
    """Turn matchLabelKeys into terms of the selector: the Pod's own values. Upstream: applyMatchLabelKeys"""
    labels, spec = pod["metadata"].get("labels") or {}, pod["spec"]
    for rule in spec.get("topologySpreadConstraints") or []:
        _extend(rule, labels)
    for kind in ("podAffinity", "podAntiAffinity"):
        given = (spec.get("affinity") or {}).get(kind) or {}
        for term in given.get(REQUIRED) or []:
            _extend(term, labels)
        for term in given.get(PREFERRED) or []:
            _extend(term.get("podAffinityTerm") or {}, labels)


def _extend(term: Obj, labels: Obj) -> None:
    selector = term.get("labelSelector")
    if selector is None:
        return
    added = [
        {"key": key, "operator": operator, "values": [labels[key]]}
        for name, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn"))
        for key in term.get(name) or []
        if key in labels
    ]
    if added:
        selector["matchExpressions"] = [*(selector.get("matchExpressions") or []), *added]


def app_armor(pod: Obj) -> list[str]:
    """Turn the old annotations into fields, and return what to warn of. Upstream: applyAppArmorVersionSkew"""
    spec, annotations = pod["spec"], pod["metadata"].get("annotations") or {}
    if (spec.get("os") or {}).get("name") == "windows":
        return []
    whole, warnings = (spec.get("securityContext") or {}).get("appArmorProfile"), []
    for _, container in every_container(spec, ""):
        key = APP_ARMOR + container.get("name", "")
        profile = _profile(annotations.get(key))
        own = container.get("securityContext") or {}
        if key not in annotations or own.get("appArmorProfile") is not None or (profile and profile == whole):
            continue
        if profile is not None:
            container["securityContext"] = {**own, "appArmorProfile": profile}
        text = 'deprecated since v1.30; use the "appArmorProfile" field instead'
        warnings.append(f"metadata.annotations[{key}]: {text}")
    return warnings


def _profile(written: str | None) -> Obj | None:
    if written is None:
        return None
    if written.startswith(LOCALHOST) and written != LOCALHOST:
        return {"type": "Localhost", "localhostProfile": written.removeprefix(LOCALHOST)}
    kind = OF_APP_ARMOR.get(written)
    return {"type": kind} if kind else None
