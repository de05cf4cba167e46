"""PodTemplates, and the templates inside of workloads. Upstream: pkg/apis/core/validation ValidatePodTemplateSpec"""

from __future__ import annotations

from typing import Any

from podlab.apimachinery.labels import format_labels, selects
from podlab.embedded.apiserver.columns import NAME, Column, inside
from podlab.embedded.apiserver.podspec import defaults
from podlab.embedded.apiserver.podspec import spec as podspec
from podlab.embedded.apiserver.podspec.security import podannotations
from podlab.embedded.apiserver.podspec.warnings import warnings as podwarnings
from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata, names

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
MISMATCH = "`selector` does not match template `labels`"


def validate_template(template: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a Pod template."""
    spec, given = template.get("spec") or {}, (template.get("metadata") or {}).get("annotations")
    found = metadata.template(template.get("metadata"), path)
    found += podannotations.validate(given, spec, f"{path}.annotations")
    found += podspec.validate(spec, f"{path}.spec", template=True)
    found += podannotations.matching(given, spec, f"{path}.spec")
    if spec.get("ephemeralContainers"):
        text = "ephemeral containers not allowed in pod template"
        found.append(causes.forbidden(f"{path}.spec.ephemeralContainers", text))
    return found


HOSTNAME = (
    "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "
    "a DNS label is recommended"
)


def mismatch(path: str, labels: dict[str, str] | None) -> Cause:
    """Labels that the selector does not select, shown as Go's JSON has a map: by their keys."""
    return causes.invalid(path, labels and dict(sorted(labels.items())), MISMATCH)


def template_of_replicas(spec: Obj, path: str, kind: str = "ReplicaSet") -> list[Cause]:
    """Return what is wrong with a template of Pods that are replaced when they end."""
    template, selector = spec.get("template") or {}, spec.get("selector")
    labels = (template.get("metadata") or {}).get("labels")
    found: list[Cause] = []
    if not selects(selector, labels):
        found.append(mismatch(f"{path}.metadata.labels", labels))
    return found + validate_template(template, path) + lasting(template, path, kind)


def lasting(template: Obj, path: str, kind: str = "ReplicaSet") -> list[Cause]:
    """Pods that are replaced when they end restart, and have no deadline."""
    found: list[Cause] = []
    inner = template.get("spec") or {}
    policy = inner.get("restartPolicy", "")
    if policy != "Always":
        found.append(causes.unsupported(f"{path}.spec.restartPolicy", policy, ("Always",)))
    if inner.get("activeDeadlineSeconds") is not None:
        text = f"activeDeadlineSeconds in {kind} is not Supported"
        found.append(causes.forbidden(f"{path}.spec.activeDeadlineSeconds", text))
    return found


def unsound(selector: Obj | None) -> bool:
    """Whether no Pod can be compared with a selector, so that upstream looks no further."""
    return bool(selector) and bool(metadata.selector(selector, ""))


def selector(spec: Obj, kind: str, detail: str = "invalid label selector") -> list[Cause]:
    """Return what is wrong with a workload's selector."""
    given = spec.get("selector")
    if given is None:
        return [causes.required("spec.selector")]
    found = metadata.selector(given, "spec.selector")
    if not given.get("matchLabels") and not given.get("matchExpressions"):
        found.append(causes.invalid("spec.selector", given, f"empty selector is invalid for {kind}"))
    elif found:
        found.append(causes.invalid("spec.selector", given, detail))
    return found


def name_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Names of workloads get into those of their Pods, which are best labels."""
    wrong = names.label(obj["metadata"].get("name", "")) if old is None else []
    return [f"{HOSTNAME}: [{' '.join(wrong)}]"] if wrong else []


def workload_warnings(obj: Obj, old: Obj | None) -> list[str]:
    """Return the warnings about the Pods of a workload; who changes no part of what they come from gets none.

    Upstream: pkg/registry/apps/*/strategy.go, pkg/registry/batch/*/strategy.go (WarningsOnCreate, WarningsOnUpdate)
    """
    kind = obj.get("kind")
    if old is not None and _generation(obj) == _generation(old):
        return []
    told = old if old is not None and kind == "ReplicationController" else obj  # upstream has the two the other way
    spec, path = told.get("spec") or {}, "spec.template"
    if kind == "CronJob":
        spec, path = (spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec.template"
    named = name_warnings(obj, old) if kind not in ("StatefulSet", "DaemonSet") else []
    return named + podwarnings.template(spec.get("template") or {}, path)


def _generation(obj: Obj) -> Any:
    """What a change counts up: the spec's, but of a DaemonSet its template's."""
    meta = obj["metadata"]
    if obj.get("kind") == "DaemonSet":
        return (meta.get("annotations") or {}).get(TEMPLATE_GENERATION)
    return meta.get("generation")


def default(obj: Obj) -> None:
    """The defaults of a Pod, in its template."""
    defaults.template(obj.setdefault("template", {}))


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    """Its metadata, and its template as one of a Pod.

    Upstream: pkg/apis/core/validation/validation.go (ValidatePodTemplate)
    """
    return metadata.validate(obj, old) + validate_template(obj.get("template") or {}, "template")


def warnings(obj: Obj, old: Obj | None) -> list[str]:
    """What a Pod of this template would be warned of."""
    return podwarnings.template(obj.get("template") or {}, "template")


COLUMNS = (
    NAME,
    Column("Containers", "Names of each container in the template."),
    Column("Images", "Images referenced by each container in the template."),
    Column("Pod Labels", "The labels for the pod template."),
)


def row(obj: Obj, now: float) -> list[Any]:
    """Containers, images and labels of the template.

    Upstream: pkg/printers/internalversion/printers.go (printPodTemplate)
    """
    template = obj.get("template") or {}
    shown = format_labels((template.get("metadata") or {}).get("labels"))
    return [obj["metadata"].get("name", ""), *inside(template), shown]


POD_TEMPLATES = Resource(
    group="",
    version="v1",
    kind="PodTemplate",
    plural="podtemplates",
    returns_deleted=True,
    singular="podtemplate",
    default=default,
    validate=validate,
    warnings=warnings,
    generation=True,
    columns=COLUMNS,
    row=row,
)
