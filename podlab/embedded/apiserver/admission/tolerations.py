"""DefaultTolerationSeconds. Upstream: plugin/pkg/admission/defaulttolerationseconds/admission.go"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Obj

LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def admit(pod: Obj) -> None:
    """A Pod stays five minutes on a node that is gone."""
    given = pod["spec"].get("tolerations") or []
    missing = [key for key in LOST if not any(_tolerates(toleration, key) for toleration in given)]
    added = [{"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300} for key in missing]
    if added:
        pod["spec"]["tolerations"] = [*given, *added]


def _tolerates(toleration: Obj, key: str) -> bool:
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in ("", "NoExecute")
