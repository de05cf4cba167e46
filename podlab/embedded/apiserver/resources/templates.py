"""PodTemplates, and the templates inside of workloads. Upstream: pkg/apis/core/validation ValidatePodTemplateSpec"""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Obj, Resource
from podlab.embedded.apiserver.resources import poddefaults, podspec, podwarnings
from podlab.embedded.apiserver.status import Cause
from podlab.embedded.apiserver.validation import causes, metadata


def validate_template(template: Obj, path: str) -> list[Cause]:
    """Return what is wrong with a Pod template."""
    spec = template.get("spec") or {}
    found = metadata.template(template.get("metadata"), path) + podspec.validate(spec, f"{path}.spec")
    if spec.get("ephemeralContainers"):
        text = "ephemeral containers not allowed in pod template"
        found.append(causes.forbidden(f"{path}.spec.ephemeralContainers", text))
    return found


def default(obj: Obj) -> None:
    poddefaults.template(obj.setdefault("template", {}))


def validate(obj: Obj, old: Obj | None) -> list[Cause]:
    return metadata.validate(obj, old) + validate_template(obj.get("template") or {}, "template")


def warnings(obj: Obj, old: Obj | None) -> list[str]:
    return podwarnings.spec((obj.get("template") or {}).get("spec") or {}, "template.spec")


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
)
