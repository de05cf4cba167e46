"""Fields behind gates that are off: they are taken, and forgotten before anybody looks at them.

Upstream: pkg/api/pod/util.go DropDisabledPodFields, pkg/features/kube_features.go
"""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.podspec.security.systems import every_container

Obj = dict[str, Any]
PROJECTIONS = ("clusterTrustBundle", "podCertificate")
FORGOTTEN = {
    f"pod.{stage}.kubernetes.io/init-container{part}" for stage in ("alpha", "beta") for part in ("s", "-statuses")
}
OF_SPEC = ("schedulingGroup",)


def forget(meta: Obj) -> None:
    """Take out annotations that said what fields say now. Upstream: pkg/apis/core/v1/conversion.go"""
    given = meta.get("annotations") or {}
    for key in FORGOTTEN & set(given):
        del given[key]
    if not given:
        meta.pop("annotations", None)


def drop(spec: Obj) -> None:
    """Take out what this version's gates do not let in."""
    for key in OF_SPEC:
        spec.pop(key, None)
    for _, container in every_container(spec, ""):
        hooks = container.get("lifecycle")
        if hooks and hooks.pop("stopSignal", None) is not None and not hooks:
            del container["lifecycle"]
    for volume in spec.get("volumes") or []:
        for source in (volume.get("projected") or {}).get("sources") or []:
            for key in PROJECTIONS:
                source.pop(key, None)
