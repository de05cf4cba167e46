"""What the API server warns of when it takes a Pod. Upstream: pkg/api/pod/warnings.go"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery import quantity
from podlab.apimachinery.gotext import quote
from podlab.embedded.apiserver.podspec.scheduling.affinity import PREFERRED, REQUIRED
from podlab.embedded.apiserver.podspec.security.podannotations import APP_ARMOR, SECCOMP, SECCOMP_POD
from podlab.embedded.apiserver.podspec.security.systems import every_container
from podlab.embedded.apiserver.podspec.warnings import overlaps, portwarnings
from podlab.embedded.apiserver.validation import names

Obj = dict[str, Any]
NODE_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
VOLUMES = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
SPELT = {"storageos": "storageOS"}
HOSTNAME = (
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
    "a DNS label is recommended"
)
UNSELECTED = "a null labelSelector results in matching no pod"
OLD_SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead'
OLD_APP_ARMOR = 'deprecated since v1.30; use the "appArmorProfile" field instead'


def pod(obj: Obj, old: Obj | None) -> list[str]:
    """Return the warnings for a Pod that is created: who updates one is told nothing."""
    if old is not None:
        return []
    wrong = names.label(obj["metadata"].get("name", ""))
    found = [f"{HOSTNAME}: [{' '.join(wrong)}]"] if wrong else []
    return found + spec(obj.get("spec") or {}, "spec", obj["metadata"])


def template(given: Obj, path: str) -> list[str]:
    """Return the warnings for a Pod template."""
    return spec(given.get("spec") or {}, f"{path}.spec", given.get("metadata"), of_template=True)


def spec(given: Obj, path: str, meta: Obj | None = None, *, of_template: bool = False) -> list[str]:
    """Return the warnings for a PodSpec beside its metadata."""
    around = path.removesuffix("spec") + "metadata.annotations"
    annotations = (meta or {}).get("annotations") or {}
    found = [f"{path}.nodeSelector[{k}]: {NODE_LABELS[k]}" for k in given.get("nodeSelector") or {} if k in NODE_LABELS]
    found += _node_affinity((given.get("affinity") or {}).get("nodeAffinity") or {}, f"{path}.affinity.nodeAffinity")
    found += _spread(given.get("topologySpreadConstraints") or [], f"{path}.topologySpreadConstraints")
    found += [f"{around}[{key}]: {text}" for key, text in ANNOTATIONS.items() if key in annotations]
    for index, volume in enumerate(given.get("volumes") or []):
        found += _volume(volume, f"{path}.volumes[{index}]")
    for volume in given.get("volumes") or []:
        found += overlaps.warnings(volume)
    found += _repeated(given.get("hostAliases") or [], "ip", f"{path}.hostAliases")
    found += _repeated(given.get("imagePullSecrets") or [], "name", f"{path}.imagePullSecrets")
    for resource in ("memory", "ephemeral-storage"):
        found += _fraction((given.get("overhead") or {}).get(resource), f"{path}.overhead[{resource}]")
    context = given.get("securityContext") or {}
    if context.get("seccompProfile") is None and SECCOMP_POD in annotations:
        found.append(f"{around}[{SECCOMP_POD}]: {OLD_SECCOMP}")
    for here, container in every_container(given, path):
        found += _profiles(container, context, annotations, around, of_template=of_template)
        found += _fractions(container, here) + _environment(container.get("env") or [], here)
    found += portwarnings.ports(given, path)
    if (given.get("terminationGracePeriodSeconds") or 0) < 0:
        text = "must be >= 0; negative values are invalid and will be treated as 1"
        found.append(f"{path}.terminationGracePeriodSeconds: {text}")
    return found + _pod_affinity(given.get("affinity") or {}, f"{path}.affinity")


def _node_affinity(given: Obj, path: str) -> list[str]:
    found = []
    for index, term in enumerate((given.get(REQUIRED) or {}).get("nodeSelectorTerms") or []):
        found += _node_term(term, f"{path}.{REQUIRED}.nodeSelectorTerms[{index}]")
    for index, term in enumerate(given.get(PREFERRED) or []):
        found += _node_term(term.get("preference") or {}, f"{path}.{PREFERRED}[{index}].preference")
    return found


def _node_term(term: Obj, path: str) -> list[str]:
    """Upstream: pkg/api/node/util.go GetWarningsForNodeSelectorTerm"""
    found = []
    for index, rule in enumerate(term.get("matchExpressions") or []):
        here, key = f"{path}.matchExpressions[{index}]", rule.get("key", "")
        if key in NODE_LABELS:
            found.append(f"{here}.key: {key} is {NODE_LABELS[key]}")
        for number, value in enumerate(rule.get("values") or []):
            found += [f"{here}.values[{number}]: {value} is invalid, {text}" for text in names.label_value(value)]
    return found


def _spread(given: list[Obj], path: str) -> list[str]:
    found = []
    for index, rule in enumerate(given):
        key = rule.get("topologyKey", "")
        if key in NODE_LABELS:
            found.append(f"{path}[{index}].topologyKey: {key} is {NODE_LABELS[key]}")
        if rule.get("labelSelector") is None:
            found.append(f"{path}[{index}].labelSelector: {UNSELECTED}")
    return found


def _pod_affinity(given: Obj, path: str) -> list[str]:
    found = []
    for kind in ("podAffinity", "podAntiAffinity"):
        terms, here = given.get(kind) or {}, f"{path}.{kind}"
        for index, term in enumerate(terms.get(REQUIRED) or []):
            if term.get("labelSelector") is None:
                found.append(f"{here}.{REQUIRED}[{index}].labelSelector: {UNSELECTED}")
        for index, term in enumerate(terms.get(PREFERRED) or []):
            if (term.get("podAffinityTerm") or {}).get("labelSelector") is None:
                found.append(f"{here}.{PREFERRED}[{index}].podAffinityTerm.labelSelector: {UNSELECTED}")
    return found


def _volume(volume: Obj, path: str) -> list[str]:
    found = [f"{path}.{SPELT.get(key, key)}: {text}" for key, text in VOLUMES.items() if volume.get(key) is not None]
    claim = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
    return found + (claim_spec(claim.get("spec") or {}, f"{path}.ephemeral.volumeClaimTemplate.spec") if claim else [])


def claim_spec(given: Obj, path: str) -> list[str]:
    """Return the warnings for a claim's spec. Upstream: pkg/api/persistentvolumeclaim/util.go"""
    found = []
    for kind in ("requests", "limits"):
        value = ((given.get("resources") or {}).get(kind) or {}).get("storage")
        found += _fraction(value, f"{path}.resources.{kind}[storage]")
    return found


def _profiles(container: Obj, whole: Obj, annotations: Obj, path: str, *, of_template: bool) -> list[str]:
    """What annotations say of a container that its fields do not say."""
    name, own = container.get("name", ""), container.get("securityContext") or {}
    found = []
    if own.get("seccompProfile") is None and SECCOMP + name in annotations:
        found.append(f"{path}[{SECCOMP}{name}]: {OLD_SECCOMP}")
    unsaid = own.get("appArmorProfile") is None and whole.get("appArmorProfile") is None
    if of_template and unsaid and APP_ARMOR + name in annotations:
        found.append(f"{path}[{APP_ARMOR}{name}]: {OLD_APP_ARMOR}")
    return found


def _repeated(items: list[Obj], key: str, path: str) -> list[str]:
    values = [item.get(key, "") for item in items]
    twice = [(index, value) for index, value in enumerate(values) if value in values[:index]]
    found = [f"{path}[{index}].{key}: duplicate {key} {quote(value)}" for index, value in twice]
    if key == "name":
        empty = [index for index, value in enumerate(values) if not value]
        found += [f'{path}[{index}].{key}: invalid empty name ""' for index in empty]
    return found


def _fraction(value: str | None, path: str) -> list[str]:
    if value is None or not quantity.fractional(value):
        return []
    return [f"{path}: fractional byte value {quote(value)} is invalid, must be an integer"]


def _fractions(container: Obj, path: str) -> list[str]:
    found, resources = [], container.get("resources") or {}
    for resource in ("memory", "ephemeral-storage"):
        for kind in ("limits", "requests"):
            value = (resources.get(kind) or {}).get(resource)
            found += _fraction(value, f"{path}.resources.{kind}[{resource}]")
    return found


def _environment(variables: list[Obj], path: str) -> list[str]:
    found, seen = [], set()
    for index, variable in enumerate(variables):
        name, value = variable.get("name", ""), variable.get("value", "")
        reference = f"$({name})"
        hides = variable.get("valueFrom") is not None or value == reference or reference not in value
        if name in seen and hides:
            text = f"hides previous definition of {quote(name)}, which may be dropped when using apply"
            found.append(f"{path}.env[{index}]: {text}")
        seen.add(name)
    return found
