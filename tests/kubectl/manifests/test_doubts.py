"""What is said of a manifest that is YAML and no Pod: when it is written down, and without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from podlab.errors import ManifestError
from podlab.kubectl.commandline.hints import FIELDS
from podlab.kubectl.magics import question, write_manifest
from podlab.kubectl.manifests.doubts import HERE, TEMPLATES, glued, misplaced, pod_spec, podless

POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx
"""


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("  name: web\nspec", "  name:web\nspec", "→ A `:` needs a blank behind it: `name: web`"),
        ("    - name: web\n      image: nginx\n", "    - name:web\n", "→ A `:` needs a blank behind it: `name: web`"),
        ("containers:\n    - name: web\n      image: nginx", "containers:[]", "behind it: `containers: []`"),
        ("metadata:", "Metadata:", "→ It is `metadata`, not `Metadata`"),
        ("containers:", "container:", "→ There is no field `spec.container`. Did you mean `containers`?"),
        ("containers:", "cantainers:", "→ There is no field `spec.cantainers`. Did you mean `containers`?"),
        ("    - name: web\n      image", "    name: web\n    image", "→ `containers:` takes a list"),
        (
            "    - name: web\n      image",
            "  name: web\n  image",
            "→ Each container begins with `- ` below `containers:`",
        ),
        ("  containers:", "containers:", "→ `containers:` stands beside `spec:` and belongs below it"),
        ("    - name: web\n      image: nginx\n", "", "→ A Pod has one container at least: write `containers:`"),
        ("containers:\n    - name: web\n      image: nginx", "restartPolicy: Never", "below `spec:`"),
        ("  name: web\nspec", "  name: no\nspec", "→ YAML does not read that name as a text, but as `false`"),
        ("image: nginx", "image: nginx\n      command: [“sleep”, '1']", 'become part of the value. Type `"sleep"`.'),
        ("    - name: web\n      image", "    - name: web\n  image", "not right below `spec`. Look at its indentation"),
        ("    - name: web\n      image", "    - name: web\nimage", "→ `image` stands on the outermost level."),
        (
            "      image: nginx",
            "      ports:\n      - containerPort: 80\n        image: nginx",
            "`spec.containers[0].ports[0]`",
        ),
        ("image: nginx", "image: nginx\n      volumes: []", "→ There is a field `volumes`, but not right below"),
        ("image: nginx", "image: nginx\n      resources: {memory: 8Mi}", "below `spec.containers[0].resources`"),
        ("  name: web\nspec", "  name: web\n  app: web\n  image: x\nspec", "but not right below `metadata`"),
        ("image: nginx", "image: “nginx", "The `“` in `“nginx` is no quote of YAML, and becomes part of the value"),
        ("image: nginx", "image: nginx”", "Take it out: `nginx`."),
        ("image: nginx", "image: nginx :1.27", "`nginx :1.27` can be no image"),
        ("image: nginx", "image: nginx latest", "without blanks, as in `nginx:latest`."),
        ("image: nginx", "image: Nginx：1", "as in `nginx:1`."),
        ("image: nginx", "image: nginx // web", "as in `nginx:1.27`."),
        (
            "image: nginx",
            "image: registry.local:5000/Team/web@sha256:1",
            "as in `registry.local:5000/team/web@sha256:1`.",
        ),
        ("image: nginx", "image: nginx\n      image: httpd", "`image:` stands twice in one place, in lines 8 and 9"),
        ("image: nginx\n", "image: nginx\n" + POD, "`apiVersion:` stands in lines 1 and 9, and only the last counts"),
        ("image: nginx\n", "image: nginx\n---\n" + POD, None),
        ("image: nginx\n", "image: nginx\nspec: {}\n", "`spec:` stands twice in one place, in lines 5 and 9"),
        ("image: nginx", "image: nginx\n      args: ['say “yes”']", None),
        ("image: nginx", "image: nginx\n      resources: {limits: {memory: 8Mi}}", None),
        (
            "spec:\n  containers:",
            "  spec:\n    containers:",
            "→ There is a field `spec`, but not right below `metadata`",
        ),
        ("image: nginx", "imagee: nginx", None),
        ("image: nginx", "image: nginx:latest", None),
    ],
)
def test_a_pod_that_is_none(tmp_path: Path, right: str, wrong: str, hint: str | None) -> None:
    assert right in POD
    said = write_manifest(tmp_path / "web.yaml", "web.yaml", POD.replace(right, wrong))
    assert (hint or "") in said.en and said.en.count("→") == said.ko.count("→") == (1 if hint else 0)


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("- name: web\n      image", "-name: web\n     image", "line 7, there is no space behind the `-`"),
        ("image: nginx", "command: ['sh' '-c']", "line 8: between the values in `[…]` a comma is missing"),
        ("image: nginx", "image: 'nginx", "line 8: a quotation mark was opened"),
    ],
)
def test_what_is_no_yaml_is_named(tmp_path: Path, right: str, wrong: str, hint: str) -> None:
    assert right in POD
    with pytest.raises(ManifestError) as error:
        write_manifest(tmp_path / "web.yaml", "web.yaml", POD.replace(right, wrong))
    assert error.value.hint and hint in error.value.hint.en


@pytest.mark.parametrize("kind", TEMPLATES)
def test_the_pod_of_each_kind_is_looked_at(kind: str) -> None:
    spec, where = pod_spec({"kind": kind})
    assert spec is None
    obj: object = {"container": []}
    for step in reversed(where.split(".")):
        obj = {step: obj}
    assert isinstance(obj, dict)
    found = podless({"kind": kind, **obj})
    assert found and f"`{where}.container`" in found.en


def test_other_kinds_have_no_pod() -> None:
    service = yaml.safe_load("{kind: Service, spec: {ports: [{port: 80}], clusterIP: 'name:x'}}")
    assert podless(service) is None and glued(service) is None


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"template": {"spec": {"containers": [{"name": "web"}]}, "volumes": []}}, "not right below `spec.template`."),
        ({"template": {"spec": {"containers": [{"name": "web"}]}}, "matchLabels": {}}, "not right below `spec`."),
    ],
)
def test_what_stands_round_a_workloads_pod_has_its_place_too(spec: dict[str, object], said: str) -> None:
    found = misplaced({"kind": "Deployment", "spec": spec})
    assert found and said in found.en
    assert misplaced({"kind": "Job", "spec": None}) is misplaced({"kind": "CronJob", "spec": {"schedule": "x"}}) is None


MODELS = {
    "": "V1Pod",
    "metadata": "V1ObjectMeta",
    "workload": "V1DeploymentSpec",
    "template": "V1PodTemplateSpec",
    "spec": "V1PodSpec",
    "containers": "V1Container",
    "ports": "V1ContainerPort",
    "volumeMounts": "V1VolumeMount",
    "env": "V1EnvVar",
    "resources": "V1ResourceRequirements",
}


@pytest.mark.slow
@pytest.mark.parametrize("place", HERE)
def test_what_stands_where_is_as_the_api_has_it(place: str) -> None:
    from kubernetes import client

    fields = {*getattr(client, MODELS[place]).attribute_map.values()}
    assert set(HERE[place].split()) == fields & set(FIELDS)


@pytest.mark.parametrize("text", ["resources: [web.yaml]\n", "kind: Kustomization\nnamePrefix: a-\n"])
def test_a_kustomization_needs_no_name_and_no_kind(tmp_path: Path, text: str) -> None:
    said = write_manifest(tmp_path / "kustomization.yaml", "kustomization.yaml", text)
    assert said.en == "Saved as kustomization.yaml: Kustomization"


def test_what_a_cell_hands_to_kubectl_is_asked_the_same() -> None:
    found = question(POD.replace("nginx", "nginx latest"))
    assert found and "`nginx:latest`" in found.en
    assert question(POD) is None and question("echo hi; ls") is None and question("a: [") is None
