"""The formats of `-o`: how objects are printed.

Upstream: staging/src/k8s.io/cli-runtime/pkg/printers, staging/src/k8s.io/kubectl/pkg/cmd/get/get_flags.go
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.formats.columns import CustomColumns
from podlab.kubectl.formats.jsonpath import JSONPath, execute
from podlab.kubectl.formats.jsonpathparser import JSONPathError
from podlab.kubectl.formats.yamlprinter import to_json, to_yaml

Object = dict[str, Any]
ALLOWED = (
    "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,"
    "kyaml,name,template,templatefile,wide,yaml"
)
PATHS = ("jsonpath", "jsonpath-as-json", "jsonpath-file")
COLUMNS = ("custom-columns", "custom-columns-file")


@dataclass(frozen=True, slots=True)
class Format:
    """One format with its template."""

    name: str
    argument: str = ""
    path: JSONPath | None = None
    columns: CustomColumns | None = None

    @property
    def is_table(self) -> bool:
        """The server's table is printed."""
        return self.name in ("", "wide")

    def text(self, obj: Object, *, no_headers: bool = False, show_managed_fields: bool = False) -> str:
        """An object, or a List of them, in this format.

        Raises:
            JSONPathError: the template does not fit the object.
        """
        if self.name in ("yaml", "json"):
            shown = obj if show_managed_fields else without_managed_fields(obj)
            return to_yaml(shown) if self.name == "yaml" else to_json(shown)
        if self.path:
            try:
                return execute(self.argument, self.path, obj, self.name == "jsonpath-as-json")
            except JSONPathError as error:
                raise JSONPathError(f"error: {error}") from None
        objects = obj["items"] if "items" in obj and obj.get("kind", "").endswith("List") else [obj]
        if self.columns:
            return self.columns.text(objects, no_headers)
        return "".join(f"{object_name(each)}\n" for each in objects)


def parse_format(output: str | None, *, allow_missing: bool = True) -> Format:
    """The format that `-o` names.

    Raises:
        PodlabError: there is none of that name, or its template is wrong.
    """
    name, equals, argument = (output or "").partition("=")
    if name in ("", "wide", "yaml", "json", "name") and not equals:
        return Format(name)
    if name in PATHS:
        if not argument:
            raise PodlabError("error: template format specified but no template given")
        template = _read(argument) if name == "jsonpath-file" else argument
        try:
            return Format(name, template, path=JSONPath.parse(template, allow_missing))
        except JSONPathError as error:
            raise JSONPathError(f"error: error parsing jsonpath {template}, {error}") from None
    if name in COLUMNS:
        return Format(name, argument, columns=_columns(name, argument))
    raise PodlabError(
        f'error: unable to match a printer suitable for the output format "{output}", allowed formats are: {ALLOWED}'
    )


def _columns(name: str, argument: str) -> CustomColumns:
    if not argument:
        raise PodlabError("error: custom-columns format specified but no custom columns given")
    try:
        if name == "custom-columns-file":
            return CustomColumns.from_template(_read(argument))
        return CustomColumns.parse(argument)
    except PodlabError as error:
        raise PodlabError(f"error: {error}") from None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise PodlabError(f"error: error reading --template {path}, open {path}: {reason}") from None


def without_managed_fields(obj: Object) -> Object:
    """The object, or the List's items, without `metadata.managedFields`."""
    if "items" in obj and isinstance(obj["items"], list):
        return {**obj, "items": [without_managed_fields(item) for item in obj["items"]]}
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def object_name(obj: Object) -> str:
    """`pod/x`, `deployment.apps/web`."""
    group, _, _ = obj.get("apiVersion", "").rpartition("/")
    kind = obj.get("kind", "").lower()
    return f"{kind}.{group}/{obj['metadata']['name']}" if group else f"{kind}/{obj['metadata']['name']}"
