"""PersistentVolumeClaims, PersistentVolumes, StorageClasses."""

from __future__ import annotations

from datetime import datetime

from podlab.apimachinery.times import age, rfc1123
from podlab.kubectl.describe.sections import Object, annotation_lines, column, labels, page
from podlab.kubectl.describe.volumes import source_lines
from podlab.kubectl.formats.printer import format_labels

MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def describe_claim(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe persistentvolumeclaim`, with the `pods` that use it."""
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    bound = bool(spec.get("volumeName"))
    lines = [f"Name:\t{metadata['name']}", f"Namespace:\t{metadata.get('namespace', '')}"]
    lines += [f"StorageClass:\t{spec.get('storageClassName', '')}", _status(obj, now)]
    lines.append(f"Volume:\t{spec.get('volumeName', '')}")
    lines += labels("Labels", metadata.get("labels"))
    lines += annotation_lines("Annotations", metadata.get("annotations"))
    lines.append(f"Finalizers:\t[{' '.join(metadata.get('finalizers') or [])}]")
    lines.append(f"Capacity:\t{(status.get('capacity') or {}).get('storage', '0') if bound else ''}")
    lines.append(f"Access Modes:\t{_modes(status.get('accessModes')) if bound else ''}")
    lines += [f"VolumeMode:\t{spec['volumeMode']}"] if "volumeMode" in spec else []
    data_source = spec.get("dataSource")
    if data_source:
        lines.append("DataSource:")
        lines += [f"  APIGroup:\t{data_source['apiGroup']}"] if data_source.get("apiGroup") else []
        lines += [f"  Kind:\t{data_source['kind']}", f"  Name:\t{data_source['name']}"]
    users = [pod["metadata"]["name"] for pod in related.get("pods") or [] if metadata["name"] in _claims(pod)]
    return page([*lines, *column("Used By", sorted(users)), *_conditions(status)], events, now)


def _claims(pod: Object) -> list[str]:
    volumes = pod["spec"].get("volumes") or []
    return [v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v]


def _conditions(status: Object) -> list[str]:
    if not status.get("conditions"):
        return []
    lines = ["Conditions:", "  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage"]
    lines.append("  ----\t------\t-----------------\t------------------\t------\t-------")
    for c in status["conditions"]:
        times = f"{rfc1123(c.get('lastProbeTime'))} \t{rfc1123(c.get('lastTransitionTime'))}"
        lines.append(f"  {c['type']} \t{c['status']} \t{times} \t{c.get('reason', '')} \t{c.get('message', '')}")
    return lines


def _status(obj: Object, now: datetime) -> str:
    deleted = obj["metadata"].get("deletionTimestamp")
    phase = (obj.get("status") or {}).get("phase", "")
    return f"Status:\tTerminating (lasts {age(deleted, now)})" if deleted else f"Status:\t{phase}"


def _modes(modes: list[str] | None) -> str:
    return ",".join(short for mode, short in MODES.items() if mode in (modes or []))


def describe_volume(obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime) -> str:
    """`kubectl describe persistentvolume`."""
    metadata, spec = obj["metadata"], obj.get("spec") or {}
    claim = spec.get("claimRef") or {}
    lines = [f"Name:\t{metadata['name']}", *labels("Labels", metadata.get("labels"))]
    lines += annotation_lines("Annotations", metadata.get("annotations"))
    lines.append(f"Finalizers:\t[{' '.join(metadata.get('finalizers') or [])}]")
    lines += [f"StorageClass:\t{spec.get('storageClassName', '')}", _status(obj, now)]
    lines.append(f"Claim:\t{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "Claim:\t")
    lines.append(f"Reclaim Policy:\t{spec.get('persistentVolumeReclaimPolicy', '')}")
    lines.append(f"Access Modes:\t{_modes(spec.get('accessModes'))}")
    lines += [f"VolumeMode:\t{spec['volumeMode']}"] if "volumeMode" in spec else []
    lines.append(f"Capacity:\t{(spec.get('capacity') or {}).get('storage', '0')}")
    lines += _affinity((spec.get("nodeAffinity") or {}).get("required"))
    lines += [f"Message:\t{(obj.get('status') or {}).get('message', '')}", "Source:"]
    return page([*lines, *(f"    {line}" for line in source_lines(spec))], events, now)


def _affinity(required: Object | None) -> list[str]:
    if required is None:
        return ["Node Affinity:\t<none>"]
    lines = ["Node Affinity:\t", "  Required Terms:\t"]
    for at, term in enumerate(required.get("nodeSelectorTerms") or []):
        texts = []
        for item in term.get("matchExpressions") or []:
            values = f" [{', '.join(item['values'])}]" if item.get("values") else ""
            texts.append(f"{item['key']} {item['operator'].lower()}{values}")
        first, *rest = texts or ["<none>"]
        lines += [f"    Term {at}:\t{first}", *(f"    \t{text}" for text in rest)]
    return lines


def describe_storage_class(
    obj: Object, related: dict[str, list[Object]], events: list[Object] | None, now: datetime
) -> str:
    """`kubectl describe storageclass`."""
    values = obj["metadata"].get("annotations") or {}
    expansion = obj.get("allowVolumeExpansion")
    lines = [
        f"Name:\t{obj['metadata']['name']}",
        f"IsDefaultClass:\t{'Yes' if values.get(_DEFAULT_CLASS) == 'true' else 'No'}",
        f"Annotations:\t{format_labels(values)}",
        f"Provisioner:\t{obj.get('provisioner', '')}",
        f"Parameters:\t{format_labels(obj.get('parameters'))}",
        f"AllowVolumeExpansion:\t{'<unset>' if expansion is None else str(bool(expansion))}",
    ]
    options = obj.get("mountOptions") or []
    lines += ["MountOptions:", *(f"  {option}" for option in options)] if options else ["MountOptions:\t<none>"]
    for title in ("reclaimPolicy", "volumeBindingMode"):
        lines += [f"{title[0].upper()}{title[1:]}:\t{obj[title]}"] if title in obj else []
    return page(lines, events, now)
