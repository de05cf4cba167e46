"""Write embedded/addons/*.jsonl: what a fresh cluster has, one object a line.

`defaults` is what kubeadm and kind put into it, `apiserver` what the API server itself makes at every start.

python tools/build_addons.py KUBECONFIG       # of a fresh kind cluster of one node, named lab
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

Obj = dict[str, Any]

TARGET = Path(__file__).parent.parent / "podlab/embedded/addons/defaults.jsonl"
NAMESPACES = ("kube-system", "kube-public", "local-path-storage")
OWN = TARGET.with_name("apiserver.jsonl")
OWN_KINDS = "prioritylevelconfigurations,flowschemas,servicecidrs,apiservices"
KINDS = "serviceaccounts,configmaps,services,daemonsets,deployments,pods"
KEPT = ("name", "namespace", "labels", "annotations")
ELSEWHERE = ("default", "kube-root-ca.crt", "kube-apiserver-legacy-service-account-token-tracking")
"""Made by controllers, or different in each cluster."""
NOT_KEPT = (
    "kubernetes.io/config.seen",
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
)
LOCAL = (
    (r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----(\\n)?", "{certificate}"),
    (r"certificate-authority-data: [A-Za-z0-9+/=]+", "certificate-authority-data: {authority}"),
    (r"lab-control-plane", "{node}"),
    (r"172\.18\.0\.\d+", "{address}"),
    (r"clusterName: lab", "clusterName: {cluster}"),
    (r"/docker/lab/", "/docker/{cluster}/"),
    (r"--cluster-name=lab", "--cluster-name={cluster}"),
)
"""What each cluster has of its own."""


def kept(obj: Obj) -> bool:
    """Whether it is of the add-ons: neither made elsewhere nor by a controller."""
    meta = obj["metadata"]
    owners = [owner["kind"] for owner in meta.get("ownerReferences") or []]
    return meta["name"] not in ELSEWHERE and owners in ([], ["Node"])


def compact(obj: Obj) -> Obj:
    """What makes the object, and who wrote it."""
    meta = obj["metadata"]
    entries = meta.get("managedFields") or [{"manager": "kube-controller-manager"}]
    writers = [entry["manager"] for entry in entries if not entry.get("subresource")]
    found = {key: meta[key] for key in KEPT if key in meta}
    if annotations := {k: v for k, v in (meta.get("annotations") or {}).items() if k not in NOT_KEPT}:
        found["annotations"] = annotations
    else:
        found.pop("annotations", None)
    skipped = {"metadata", "status", "secrets", *(("spec",) if obj["kind"] == "Namespace" else ())}
    rest = {key: value for key, value in obj.items() if key not in skipped}
    if obj["kind"] == "ConfigMap":  # signed for a token that other clusters have not
        rest["data"] = {k: v for k, v in obj["data"].items() if not k.startswith("jws-")}
    return {"manager": writers[0], **rest, "metadata": found}


def main(kubeconfig: str) -> None:
    """Dump, and write."""
    command = ["kubectl", "--kubeconfig", kubeconfig, "get", "-o", "json", "--show-managed-fields"]
    lines = []
    for wanted in (["namespace", NAMESPACES[-1]], *(["-n", each, KINDS] for each in NAMESPACES)):
        done = subprocess.run([*command, *wanted], check=True, capture_output=True)
        answer = json.loads(done.stdout)
        for obj in answer.get("items", [answer]):
            if kept(obj):
                line = json.dumps(compact(obj), separators=(",", ":"), sort_keys=True)
                for pattern, by in LOCAL:
                    line = re.sub(pattern, by, line)
                lines.append(line)
    TARGET.write_text("\n".join(lines) + "\n", encoding="ascii")
    done = subprocess.run([*command, OWN_KINDS], check=True, capture_output=True)
    own = [compact(obj) for obj in json.loads(done.stdout)["items"]]
    lines = [json.dumps(obj, separators=(",", ":"), sort_keys=True) for obj in own]
    OWN.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
