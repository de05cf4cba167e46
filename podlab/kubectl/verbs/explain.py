"""`kubectl explain`: what a field is, from the server's own OpenAPI v3.

Upstream: staging/src/k8s.io/kubectl/pkg/explain/v2/templates/plaintext.tmpl
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from podlab.client import Client
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs import explain_v2

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
GVK = "x-kubernetes-group-version-kind"
NO_RESOURCE = (
    'error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of '
    "supported resources.\n"
)
MOST_ENUMS = 4


def explain(
    command: Command, *arguments: str, recursive: bool = False, api_version: str = "", output: str = "plaintext"
) -> None:
    """Print what a resource or one of its fields is.

    Args:
        arguments: one path, such as `pod.spec.containers`.
        recursive: the fields of fields too, without descriptions.

    Raises:
        PodlabError: there is no such resource or field.
    """
    if not arguments:
        raise PodlabError(NO_RESOURCE)
    if len(arguments) > 1:
        raise PodlabError("error: We accept only this format: explain RESOURCE\n")
    if output == "plaintext-openapiv2":
        command.out(_from_v2(command, arguments[0], api_version, recursive))
        return
    if output != "plaintext":
        raise PodlabError(f"error: unrecognized format: {output}")
    mapping, fields = _resource(command, arguments[0], api_version)
    document = read_document(command.client, mapping)
    command.out(heading(mapping))
    command.out(explanation(document, mapping, fields, recursive))


def _from_v2(command: Command, text: str, api_version: str, recursive: bool) -> str:
    """The text of kubectl's older explanation, from OpenAPI v2."""
    mapping, fields = _resource(command, text, "")
    group, _, version = api_version.rpartition("/") if api_version else (mapping.group, "", mapping.version)
    definitions = command.client.get("/openapi/v2")["definitions"]
    return explain_v2.explanation(definitions, group, version, mapping.kind, fields, recursive)


def _resource(command: Command, text: str, api_version: str) -> tuple[Mapping, list[str]]:
    first, *fields = text.rstrip(".").split(".")
    if "" in (first, *fields) or "[" in text:
        raise PodlabError("error: invalid jsonpath syntax, first node must be field node")
    try:
        mapping = command.mapper.by_name(first)
    except (ApiError, ClusterError):
        raise
    except PodlabError as error:
        raise PodlabError(str(error).removeprefix("error: "), error.hint) from error
    group = mapping.group.split(".") if mapping.group else []
    if group and fields[: len(group)] == group:
        fields = fields[len(group) :]
    if api_version:
        name, _, version = api_version.rpartition("/")
        same = [m for m in command.mapper.all() if (m.group, m.version, m.plural) == (name, version, mapping.plural)]
        if not same:
            wanted = f"{name}/{version}, Resource={mapping.plural}"
            raise PodlabError(f'error: couldn\'t find resource for "{wanted}"')
        mapping = same[0]
    return mapping, fields


def read_document(client: Client, mapping: Mapping) -> Schema:
    """The OpenAPI v3 document of the resource's group version."""
    root = f"apis/{mapping.api_version}" if mapping.group else f"api/{mapping.version}"
    try:
        found = _read(client, root)
    except ValueError:  # the document was made anew in between: the old address answers with a redirection only
        found = _read(client, root)
    except (KeyError, ApiError):
        wanted = f"{mapping.group}/{mapping.version}, Resource={mapping.plural}"
        raise PodlabError(f'error: couldn\'t find resource for "{wanted}"') from None
    return found


def _read(client: Client, root: str) -> Schema:
    found: Schema = client.get(client.get("/openapi/v3")["paths"][root]["serverRelativeURL"])
    return found


def explanation(document: Schema, mapping: Mapping, fields: list[str], recursive: bool = False) -> str:
    """The text below the heading.

    Raises:
        PodlabError: the document has no such resource or field.
    """
    kind = {"group": mapping.group, "kind": mapping.kind, "version": mapping.version}
    schemas = document["components"]["schemas"]
    schema = next((schemas[name] for name in sorted(schemas) if kind in schemas[name].get(GVK, ())), None)
    if schema is None:
        gvk = f"map[group:{mapping.group} kind:{mapping.kind} version:{mapping.version}]"
        raise PodlabError(f"error: GVK {gvk} not found in OpenAPI schema")
    body = Explainer(document, recursive).output(schema, fields, set())
    if body is None:
        raise PodlabError(f'error: field "{fields[-1]}" does not exist')
    return f"{body}\n"


def heading(mapping: Mapping) -> str:
    """The group, the kind and the version; printed even if the field is not there."""
    group = f"GROUP:      {mapping.group}\n" if mapping.group else ""
    return f"{group}KIND:       {mapping.kind}\nVERSION:    {mapping.version}\n\n"


@dataclass(frozen=True, slots=True)
class Explainer:
    """The document that references are looked up in, and whether fields of fields are listed."""

    document: Schema
    recursive: bool = False

    def resolve(self, schema: Schema) -> Schema:
        """What a reference points to; other schemas as they are."""
        found: Any = self.document
        for part in schema.get("$ref", "").removeprefix("#/").split("/") if "$ref" in schema else ():
            found = found.get(part) if isinstance(found, dict) else None
        return found if "$ref" in schema and isinstance(found, dict) else schema

    def output(self, schema: Schema, fields: list[str], seen: set[str]) -> str | None:
        """The description of the field that the path leads to; None if it leads nowhere."""
        reference = schema.get("$ref", "")
        resolved = self.resolve(schema)
        if not fields:
            return self._page(resolved)
        if reference and reference in seen:
            return None
        inner = (resolved.get("properties") or {}).get(fields[0])
        if inner is not None:
            head = ""
            if len(fields) == 1:
                head = f"FIELD: {fields[0]} <{self.type_name(inner)}>\n{_long_enum(inner)}\n\n"
            body = self.output(inner, fields[1:], set())
            return None if body is None else head + body
        seen = {*seen, reference} - {""}
        for key in ("items", "additionalProperties"):
            if isinstance(resolved.get(key), dict):
                return self.output(resolved[key], fields, seen)
        bodies = (self.output(each, fields, seen) for each in resolved.get("allOf", ()))
        return next((body for body in bodies if body), None)

    def _page(self, schema: Schema) -> str:
        text = f"DESCRIPTION:\n{indent(wrap(self.description(schema) or '<empty>', 76), 4)}\n"
        fields = "".join(self.fields(schema, 1, set()))
        return text + (f"FIELDS:\n{fields}" if fields else "")

    def description(self, schema: Schema) -> str:
        """The descriptions of a schema and of what it is made of, one below the other."""
        resolved = self.resolve(schema)
        text = f"{resolved['description']}\n" if resolved.get("description") else ""
        text += "".join(self.description(each) for each in resolved.get("allOf", ()))
        for key in ("items", "additionalProperties"):
            if isinstance(resolved.get(key), dict):
                text += self.description(resolved[key])
        return text

    def fields(self, schema: Schema, level: int, seen: set[str]) -> Iterator[str]:
        """The lines of a schema's fields, and of their fields."""
        reference = schema.get("$ref", "")
        if reference and reference in seen:
            return
        seen = {*seen, reference} - {""}
        resolved = self.resolve(schema)
        properties = resolved.get("properties") or {}
        for name in sorted(properties):
            yield self._field(name, properties[name], level, name in resolved.get("required", ()))
            if self.recursive:
                yield from self.fields(properties[name], level + 1, seen)
        for each in resolved.get("allOf", ()):
            yield from self.fields(each, level, seen)
        for key in ("items", "additionalProperties"):
            if isinstance(resolved.get(key), dict):
                yield from self.fields(resolved[key], level, seen)

    def _field(self, name: str, schema: Schema, level: int, required: bool) -> str:
        margin = " " * (2 * level)
        line = f"{margin}{name}\t<{self.type_name(schema)}>{' -required-' if required else ''}"
        line += _short_enum(schema, margin) + "\n"
        if self.recursive:
            return line
        text = wrap(schema.get("description") or "<no description>", 78 - 2 * level)
        return f"{line}{indent(text, 2 * level + 2)}\n\n"

    def type_name(self, schema: Schema) -> str:
        """A short name for a field's type: `string`, `[]Container`, `map[string]Quantity`."""
        if schema.get("items"):
            return f"[]{self.type_name(schema['items'])}"
        if isinstance(schema.get("additionalProperties"), dict):
            return f"map[string]{self.type_name(schema['additionalProperties'])}"
        if len(schema.get("allOf", ())) == 1 and not schema.get("properties"):
            return self.type_name(schema["allOf"][0])
        if "$ref" in schema:
            target = self.resolve(schema)
            if target is schema or target.get("type", "object") == "object":
                return str(schema["$ref"]).rpartition("/")[2].rpartition(".")[2] or "Object"
            return str(target["type"])
        return "Object" if schema.get("type", "object") == "object" else str(schema["type"])


def _enum_values(schema: Schema) -> list[str]:
    return ['""' if value == "" else str(value) for value in schema.get("enum") or []]


def _short_enum(schema: Schema, margin: str) -> str:
    values = _enum_values(schema)
    if not values:
        return ""
    shown = ", ".join(values[:MOST_ENUMS]) + (", ...." if len(values) > MOST_ENUMS else "")
    return f"\n{margin}enum: {shown}"


def _long_enum(schema: Schema) -> str:
    values = _enum_values(schema)
    return "ENUM:\n    " + "\n    ".join(values) if values else ""


def indent(text: str, amount: int) -> str:
    """Every line moved to the right, empty ones too."""
    pad = " " * amount
    return pad + text.replace("\n", "\n" + pad)


def wrap(text: str, width: int) -> str:
    """Words into lines of at most `width`; the text's own line breaks stay.

    Upstream: github.com/mitchellh/go-wordwrap
    """
    return "\n".join(_wrap_line(line, width) for line in text.split("\n"))


def _wrap_line(line: str, width: int) -> str:
    out, used, spaces, word = "", 0, "", ""
    for char in [*line, None]:
        if char is not None and (not char.isspace() or char == "\u00a0"):
            if spaces and not word and used == 0 and not out:
                out, used, spaces = spaces, len(spaces), ""
            word += char
            if used + len(spaces) + len(word) > width and len(word) < width:
                out += "\n"
                used, spaces = 0, ""
            continue
        if word:
            out += spaces + word
            used += len(spaces) + len(word)
            spaces, word = "", ""
        if char is not None:
            spaces += char
    return out + (spaces if used + len(spaces) <= width and spaces else "")
