"""What `kubectl kustomize` of 1.36 said of a hundred kustomizations, most of them wrong somewhere, podlab's says.

Each was built in a folder `p` with the files of `FILES` in it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from podlab.kubectl import line

C = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
CONTAINER = "{name: c, image: i, envFrom: [{secretRef: {name: l2}}]}"
VOLUME = "{name: v, persistentVolumeClaim: {claimName: pvc}}"
MULTI = f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: d}}
spec:
  selector: {{matchLabels: {{a: b}}}}
  template:
    metadata: {{labels: {{a: b}}}}
    spec: {{serviceAccountName: sa, containers: [{CONTAINER}], volumes: [{VOLUME}]}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: sa}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: pvc}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: crb}}
roleRef: {{kind: ClusterRole, name: view}}
subjects: [{{kind: ServiceAccount, name: sa, namespace: default}}]
---
apiVersion: v1
kind: Namespace
metadata: {{name: nn}}
---
apiVersion: v1
kind: Service
metadata: {{name: s}}
spec: {{selector: {{a: b}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i}}
spec:
  rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: h}}
spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: d}}, maxReplicas: 2}}
"""
ITEMS = (
    "[{apiVersion: v1, kind: ConfigMap, metadata: {name: l1}}, {apiVersion: v1, kind: Secret, metadata: {name: l2}}]"
)
FILES: dict[str, bytes] = {
    name: text.encode()
    for name, text in {
        "c.yaml": C,
        "../c.yaml": C,
        "../e.env": "A=b\n",
        "noapi.yaml": "kind: ConfigMap\nmetadata: {name: c}\n",
        "noname.yaml": "apiVersion: v1\nkind: ConfigMap\n",
        "bad.yaml": "a: [\n",
        "empty.yaml": "",
        "list.yaml": "- a\n",
        "d1/kustomization.yaml": "resources: [c.yaml]\n",
        "d1/c.yaml": C,
        "d2/kustomization.yaml": "resources: [c.yaml]\n",
        "d2/c.yaml": C,
        "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: x}]}\n",
        "e2.env": "E1=1\nE2=a b\n\n# c\n",
        "list2.yaml": f"apiVersion: v1\nkind: List\nitems: {ITEMS}\n",
        "multi.yaml": MULTI,
        "comp/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: []\n",
        "comp2/kustomization.yaml": (
            "kind: Component\nnamePrefix: cc-\nconfigMapGenerator: [{name: g, literals: [a=b]}]\n"
        ),
    }.items()
}
FILES |= {"bin.dat": b"\xff\xfe\x00x"}


@cache
def recorded() -> list[dict[str, object]]:
    text = Path(__file__).with_name("kustomizations.jsonl").read_text(encoding="utf-8")
    return [json.loads(each) for each in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "p"
    for name, data in FILES.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_bytes(data)
    (own / "link.yaml").symlink_to("../c.yaml")
    monkeypatch.chdir(own)
    return own


@pytest.mark.slow
def test_kustomizations_are_built_and_refused_as_kubectl_does(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = []
    for each in recorded():
        (folder / "kustomization.yaml").write_text(str(each["kustomization"]), encoding="utf-8")
        flags = each.get("flags", [])
        assert isinstance(flags, list)
        code = line.main(["kustomize", ".", *flags])
        out, err = capsys.readouterr()
        found = f"{out}--err\n{err}--{code}\n".replace(str(folder.parent), "ABOVE")
        wrong += [] if found == each["answer"] else [f"{each['kustomization']}\nkubectl: {each['answer']}\n{found}"]
    assert not wrong, "\n".join(wrong)
    assert len(recorded()) > 100
