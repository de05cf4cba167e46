"""Kustomizations: what a real kubectl built of the same folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.errors import ManifestError
from podlab.kubectl.manifests.kustomization import build

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: kweb}
spec:
  selector: {matchLabels: {app: kweb}}
  template:
    metadata: {labels: {app: kweb}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.27", envFrom: [{configMapRef: {name: conf}}]}
"""


def quiet(text: str) -> None:
    raise AssertionError(text)


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "dep.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (tmp_path / "kustomization.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_generated_name_has_kubectls_hash_and_those_that_name_it_follow(tmp_path: Path) -> None:
    text = "resources: [dep.yaml]\nnamePrefix: dev-\nconfigMapGenerator:\n- name: conf\n  literals: [COLOR=blue]\n"
    config, deployment = build(folder(tmp_path, text), ".", quiet)
    assert config["metadata"]["name"] == "dev-conf-9cf89bh562"
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"configMapRef": {"name": "dev-conf-9cf89bh562"}}]


def test_images_replicas_and_patches(tmp_path: Path) -> None:
    text = (
        "resources: [dep.yaml]\nimages: [{name: nginx, newTag: latest}]\nreplicas: [{name: kweb, count: 3}]\n"
        "patches:\n- patch: |-\n    - {op: add, path: /metadata/labels, value: {a: b}}\n  target: {kind: Deployment}\n"
    )
    (deployment,) = build(folder(tmp_path, text), ".", quiet)
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:latest"
    assert (deployment["spec"]["replicas"], deployment["metadata"]["labels"]) == (3, {"a": "b"})


def test_a_field_that_podlab_does_not_do_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="`crds`"):
        build(folder(tmp_path, "crds: []\n"), ".", quiet)


def test_what_is_deprecated_is_told_as_kubectl_tells_it(tmp_path: Path) -> None:
    said: list[str] = []
    build(folder(tmp_path, "resources: [dep.yaml]\ncommonLabels: {a: b}\nbases: []\n"), ".", said.append)
    fix = "Run 'kustomize edit fix' to update your Kustomization automatically.\n"
    assert said == [
        f"# Warning: 'bases' is deprecated. Please use 'resources' instead. {fix}",
        f"# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. {fix}",
    ]
