"""What a manifest's Pod lacks that no server would take it without: seen as it is written down, before it is sent."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any

from podlab.apimachinery import validation
from podlab.kubectl.commandline.hints import FIELDS, MEANT
from podlab.kubectl.lookalikes import plain
from podlab.text import Text

TEMPLATES = {
    "Pod": (),
    "CronJob": ("jobTemplate", "spec", "template", "spec"),
    **dict.fromkeys(("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"), ("template", "spec")),
}
"""Where a kind's Pod is described, below `spec`."""
GLUED = Text(
    ko="`:` 뒤에는 공백이 하나 있어야 합니다: `{word}: {value}`",
    en="A `:` needs a blank behind it: `{word}: {value}`",
)
NO_CONTAINERS = Text(
    ko="파드에는 컨테이너가 하나는 있어야 합니다. `{where}:` 아래에 `containers:`{을/를} 적으십시오.",
    en="A Pod has one container at least: write `containers:` below `{where}:`.",
)
UNLISTED = Text(
    ko="컨테이너마다 앞에 `- `를 붙이고 `containers:` 아래에 적습니다: `- name: web`, 그다음 줄부터 두 칸 더 들여 "
    "`image: nginx`",
    en="Each container begins with `- ` below `containers:`, as in `- name: web`; its other lines, such as "
    "`image: nginx`, stand two spaces further in.",
)
OUTSIDE = Text(
    ko="`containers:`가 `spec:`과 나란히 있습니다. `spec:` 아래에 들어가도록 그 줄과 그 아래의 줄을 두 칸 더 들여 "
    "쓰십시오.",
    en="`containers:` stands beside `spec:` and belongs below it: move it, and the lines below it, two spaces further "
    "in.",
)
UNQUOTED = Text(
    ko="YAML은 이 이름을 글자가 아니라 `{value}`{으로/로} 읽습니다. 따옴표로 감싸거나 다른 이름을 쓰십시오.",
    en="YAML does not read that name as a text, but as `{value}`: put quotes round it, or take another.",
)
CURLY = Text(
    ko='`{text}`의 따옴표는 YAML의 따옴표가 아니어서 값에 그대로 들어갑니다. 자판의 것으로 적으십시오: `"{plain}"`',
    en='The quotes in `{text}` are not those of YAML, and become part of the value. Type `"{plain}"`.',
)
HALF = Text(
    ko="`{text}`의 `{sign}`{은/는} YAML의 따옴표가 아니어서 값에 그대로 들어갑니다. 지우십시오: `{plain}`",
    en="The `{sign}` in `{text}` is no quote of YAML, and becomes part of the value. Take it out: `{plain}`.",
)
NO_IMAGE = Text(
    ko="`{image}`{은/는} 이미지의 이름이 될 수 없습니다. `이름:태그`를 소문자로, 공백 없이 적습니다: `{meant}`",
    en="`{image}` can be no image: it is `name:tag`, in lower case and without blanks, as in `{meant}`.",
)
DASHES = Text(
    ko="`containers:` 아래에는 목록이 와야 합니다. 컨테이너마다 앞에 `- `를 붙입니다: `- name: web`",
    en="`containers:` takes a list: each container begins with `- `, as in `- name: web`.",
)
MISPLACED = Text(
    ko="`{where}` 바로 아래에는 `{word}` 필드가 없습니다. 들여쓰기를 보십시오. 아래에 들어갈 것은 두 칸 더 들여 "
    "씁니다.",
    en="There is a field `{word}`, but not right below `{where}`. Look at its indentation: what belongs below is two "
    "spaces further in.",
)
OUTERMOST = Text(
    ko="`{word}`{이/가} 맨 바깥 단계에 있습니다. 들여쓰기를 보십시오. 아래에 들어갈 것은 두 칸 더 들여 씁니다.",
    en="`{word}` stands on the outermost level. Look at its indentation: what belongs below is two spaces further in.",
)
HERE = {
    "": "apiVersion kind metadata spec",
    "metadata": "labels name namespace",
    "workload": "replicas selector template",
    "template": "metadata spec",
    "spec": "containers initContainers nodeSelector resources restartPolicy securityContext "
    "terminationGracePeriodSeconds tolerations volumes",
    "containers": "args command env envFrom image imagePullPolicy livenessProbe name ports readinessProbe resources "
    "restartPolicy securityContext startupProbe volumeMounts workingDir",
    "ports": "containerPort name protocol",
    "volumeMounts": "mountPath name",
    "env": "name value valueFrom",
    "resources": "limits requests",
}
"""Of the fields that a learner writes, those that stand right below this one in a Pod, and above it in its workload."""


def misplaced(obj: Mapping[str, Any]) -> Text | None:
    """The first field of a Pod that there is, but not where it stands: indented too little, or too much."""
    if obj.get("kind") not in TEMPLATES:
        return None
    spec, where = pod_spec(obj)
    places = [("", "", obj), ("metadata", "metadata", obj.get("metadata"))]
    if where == "spec.template.spec":
        around = obj.get("spec")
        places.append(("workload", "spec", around))
        places.append(("template", "spec.template", around.get("template") if isinstance(around, Mapping) else None))
    places.append(("spec", where, spec))
    listed = _below("containers", where, spec) + _below("initContainers", where, spec)
    places += listed
    for _, path, container in listed:
        places += [each for name in ("env", "ports", "volumeMounts") for each in _below(name, path, container)]
        resources = container.get("resources") if isinstance(container, Mapping) else None
        places.append(("resources", f"{path}.resources", resources))
    for name, path, found in places:
        for word in found if isinstance(found, Mapping) else ():
            if word in FIELDS and word not in HERE[name].split():
                return (MISPLACED if path else OUTERMOST).format(where=path, word=word)
    return None


def _below(name: str, path: str, holder: Any) -> list[tuple[str, str, Any]]:
    """(its name in `HERE`, its path, itself) for each item of a list that a Pod holds."""
    listed = holder.get(name) if isinstance(holder, Mapping) else None
    kind = "containers" if name == "initContainers" else name
    return [(kind, f"{path}.{name}[{n}]", item) for n, item in enumerate(listed if isinstance(listed, list) else ())]


def glued(obj: Mapping[str, Any]) -> Text | None:
    """The `key:value` that has no blank, and so is a text where lines of `key: value` belong."""
    spec, _ = pod_spec(obj)
    listed = spec.get("containers") if isinstance(spec, Mapping) else None
    places = [obj.get("metadata"), obj.get("spec"), spec, *(listed if isinstance(listed, list) else [listed])]
    for place in places:
        found = re.match(r"(\w+):(\S.*)", place) if isinstance(place, str) else None
        if found and found[1] in FIELDS:
            return GLUED.format(word=found[1], value=found[2])
    return None


def podless(obj: Mapping[str, Any]) -> Text | None:
    """Whether its Pod has no containers, or what stands there is none."""
    spec, where = pod_spec(obj)
    if obj.get("kind") not in TEMPLATES or (where == "spec" and "spec" not in obj):
        return None
    fields = spec if isinstance(spec, Mapping) else {}
    if "containers" in obj and "containers" not in fields:
        return OUTSIDE
    if "containers" in fields and fields["containers"] is None and ("image" in fields or "name" in fields):
        return UNLISTED
    if not fields.get("containers"):
        near = difflib.get_close_matches("containers", map(str, fields), 1, 0.75)
        meant = near and near[0] != "containers"
        return (
            MEANT.format(field=f"{where}.{near[0]}", near="containers") if meant else NO_CONTAINERS.format(where=where)
        )
    return None if isinstance(fields["containers"], list) else DASHES


def unquoted(obj: Mapping[str, Any]) -> Text | None:
    """Whether YAML made something else than a text of the name, as of `y` or `no`."""
    metadata = obj.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return UNQUOTED.format(value=json.dumps(name)) if isinstance(name, bool | int | float) else None


def curly(obj: object) -> Text | None:
    """The first text between quotation marks that YAML does not know as such, and so keeps."""
    if isinstance(obj, str):
        if re.fullmatch("[“‘][^“”‘’]*[”’]", obj):
            return CURLY.format(text=obj, plain=obj[1:-1])
        half = re.fullmatch("([“‘]?)[^“”‘’]+([”’]?)", obj)
        sign = half[1] or half[2] if half else ""
        return HALF.format(text=obj, sign=sign, plain=obj.strip(sign)) if sign else None
    inside = obj.values() if isinstance(obj, Mapping) else obj if isinstance(obj, list) else ()
    return next((found for each in inside if (found := curly(each))), None)


def imaged(obj: Mapping[str, Any]) -> Text | None:
    """The first image that can be none: the kubelet would not even look for it."""
    spec, _ = pod_spec(obj) if obj.get("kind") in TEMPLATES else (None, "")
    kinds = [spec.get(kind) for kind in ("initContainers", "containers")] if isinstance(spec, Mapping) else []
    found = [each for listed in kinds if isinstance(listed, list) for each in listed if isinstance(each, Mapping)]
    images = [each["image"] for each in found if isinstance(each.get("image"), str) and each["image"]]
    image = next((each for each in images if not validation.IMAGE.match(each)), None)
    if image is None:
        return None
    near = re.sub(r"\s*([:/])\s*", r"\1", plain(image).strip())
    parts = re.fullmatch(r"(.*?)([:@][^/]*)?", near)  # of `a:5000/b:1`, the last is the tag
    name, tag = (parts[1], parts[2] or "") if parts else (near, "")
    meant = re.sub(r"\s+", "-" if tag else ":", name.lower()) + re.sub(r"\s+", "-", tag)
    return NO_IMAGE.format(image=image, meant=meant if validation.IMAGE.match(meant) else "nginx:1.27")


def pod_spec(obj: Mapping[str, Any]) -> tuple[Any, str]:
    """What describes the object's Pod, and its path in the manifest."""
    steps = ("spec", *TEMPLATES.get(str(obj.get("kind")), ()))
    found: Any = obj
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found, ".".join(steps)
