"""The formats of `-o`: how objects are printed.

Upstream: staging/src/k8s.io/cli-runtime/pkg/printers, staging/src/k8s.io/kubectl/pkg/cmd/get/get_flags.go
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.apimachinery.kyamlprinter import to_kyaml
from podlab.apimachinery.yamlprinter import to_compact_json, to_json, to_yaml
from podlab.errors import PodlabError
from podlab.kubectl.formats.columns import CustomColumns
from podlab.kubectl.formats.gofmt import sprint
from podlab.kubectl.formats.gotemplate import execute_template
from podlab.kubectl.formats.gotemplateparser import Template, TemplateError, parse_template
from podlab.kubectl.formats.jsonpath import JSONPath, execute
from podlab.kubectl.formats.jsonpathparser import JSONPathError

Object = dict[str, Any]
ALLOWED = (
    "custom-columns", "custom-columns-file", "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json",
    "jsonpath-file", "kyaml", "name", "template", "templatefile", "wide", "yaml",
)  # fmt: skip
PATHS = ("jsonpath", "jsonpath-as-json", "jsonpath-file")
TEMPLATES = ("go-template", "go-template-file", "template", "templatefile")
COLUMNS = ("custom-columns", "custom-columns-file")
ANY_CASE = ("json", "kyaml", "name", "yaml")
"""Names that may be written in capitals, too."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format with its template."""

    name: str
    argument: str = ""
    path: JSONPath | None = None
    columns: CustomColumns | None = None
    template: Template | None = None
    allow_missing: bool = True

    @property
    def is_table(self) -> bool:
        """The server's table is printed."""
        return self.name in ("", "wide")

    def text(
        self, obj: Object, *, no_headers: bool = False, show_managed_fields: bool = False, by_name: bool = True
    ) -> str:
        """An object, or a List of them, in this format.

        Args:
            by_name: fields are sorted, as of what kubectl knows no type of; YAML's always are.

        Raises:
            JSONPathError: the template does not fit the object.
        """
        if self.name in ("yaml", "json", "kyaml"):
            shown = obj if show_managed_fields else without_managed_fields(obj)
            if self.name == "kyaml":
                return to_kyaml(shown, by_name=by_name)
            return to_yaml(shown) if self.name == "yaml" else to_json(shown, by_name=by_name)
        if self.path:
            try:
                return execute(self.argument, self.path, obj, self.name == "jsonpath-as-json")
            except JSONPathError as error:
                raise JSONPathError(f"error: {error}") from None
        if self.template:
            return self._templated(self.template, obj, by_name)
        objects = obj["items"] if "items" in obj and obj.get("kind", "").endswith("List") else [obj]
        if self.columns:
            return self.columns.text(objects, no_headers)
        return "".join(f"{object_name(each)}\n" for each in objects)

    def _templated(self, template: Template, obj: Object, by_name: bool) -> str:
        try:
            return execute_template(template, obj, self.allow_missing)
        except TemplateError as error:
            words = f"error executing template {quote(self.argument)}: {error}"
            said = (
                f"Error executing template: {error}. Printing more information for debugging the template:\n"
                f"\ttemplate was:\n\t\t{self.argument}\n\traw data was:\n\t\t{to_compact_json(obj, by_name=by_name)}\n"
                f"\tobject given to template engine was:\n\t\t{sprint([obj])}\n\n"
            )
            raise TemplateError(f"error: {words}", printed=error.printed + said) from None


def parse_format(output: str | None, *, allow_missing: bool = True, tables: bool = True) -> Format:
    """The format that `-o` names.

    Args:
        tables: whether `wide` and custom columns are among them.

    Raises:
        PodlabError: there is none of that name, or its template is wrong.
    """
    name, equals, argument = (output or "").partition("=")
    name = name.lower() if name.lower() in ANY_CASE else name
    if name in ("", "wide", "yaml", "json", "kyaml", "name") and not equals and (tables or name != "wide"):
        return Format(name)
    if name in PATHS:
        if not argument:
            raise PodlabError("error: template format specified but no template given")
        template = _read(argument, "--template ") if name == "jsonpath-file" else argument
        try:
            return Format(name, template, path=JSONPath.parse(template, allow_missing))
        except JSONPathError as error:
            raise JSONPathError(f"error: error parsing jsonpath {template}, {error}") from None
    if name in TEMPLATES:
        return Format(name, *_template(name, argument), allow_missing=allow_missing)
    if name in COLUMNS and tables:
        return Format(name, argument, columns=_columns(name, argument))
    allowed = ",".join(each for each in ALLOWED if tables or each not in (*COLUMNS, "wide"))
    raise PodlabError(
        f'error: unable to match a printer suitable for the output format "{output}", allowed formats are: {allowed}'
    )


def _template(name: str, argument: str) -> tuple[str, None, None, Template]:
    if not argument:
        raise PodlabError("error: template format specified but no template given")
    text = _read(argument, "--template ") if name.endswith("file") else argument
    try:
        return text, None, None, parse_template(text)
    except TemplateError as error:
        raise TemplateError(f"error: error parsing template {text}, {error}") from None


def _columns(name: str, argument: str) -> CustomColumns:
    if not argument:
        raise PodlabError("error: custom-columns format specified but no custom columns given")
    text = _read(argument, "template ") if name == "custom-columns-file" else ""
    try:
        if text:
            return CustomColumns.from_template(text)
        return CustomColumns.parse(argument)
    except PodlabError as error:
        raise PodlabError(f"error: {error}") from None


def _read(path: str, what: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise PodlabError(f"error: error reading {what}{path}, open {path}: {reason}") from None


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
    name = (obj.get("metadata") or {}).get("name") or "<unknown>"
    return f"{kind}.{group}/{name}" if group else f"{kind}/{name}"
