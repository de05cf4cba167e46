"""`kubectl explain --output=plaintext-openapiv2`: what a field is, from the server's OpenAPI v2.

Upstream: staging/src/k8s.io/kubectl/pkg/explain
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.errors import PodlabError

Schema = dict[str, Any]
GVK = "x-kubernetes-group-version-kind"
WIDTH = 80
DESCRIPTION, FIELD, LEVEL = 5, 3, 3
"""Spaces before descriptions, before fields, and before the fields of a field."""
BULLET = re.compile(r"(\d+\.?|-|\*)\s")


def explanation(
    definitions: dict[str, Schema], group: str, version: str, kind: str, fields: Sequence[str], recursive: bool
) -> str:
    """What is printed of a kind, or of one of its fields.

    Raises:
        PodlabError: the document has no such kind, or the kind no such field.
    """
    wanted = {"group": group, "version": version, "kind": kind}
    found = [definitions[name] for name in sorted(definitions) if wanted in definitions[name].get(GVK, ())]
    if not found:
        raise PodlabError(f'error: couldn\'t find resource for "{group}/{version}, Kind={kind}"')
    api_version = f"{group}/{version}" if group else version
    explainer = Explainer(definitions, f"KIND:     {kind}\nVERSION:  {api_version}\n\n", recursive)
    return explainer.model(explainer.looked_up(found[-1], fields), fields[-1] if fields else "")


def wrapped(text: str, width: int) -> list[str]:
    """A description in lines: what is indented, empty or an item of a list stays a line of its own."""
    lines: list[str] = []
    words: list[str] = []
    for line in text.split("\n"):
        alone = line.startswith("    ") or (bool(lines) and not line.strip())
        starts = not line.strip() or BULLET.match(line.strip()) or (words and words[-1].endswith(":"))
        if words and (alone or starts):
            lines, words = [*lines, " ".join(words)], []
        if alone:
            lines.append(line if line.strip() else "")
            continue
        for word in line.split():
            if words and len(" ".join([*words, word])) > width:
                lines, words = [*lines, " ".join(words)], []
            words.append(word)
    return [*lines, " ".join(words)] if words else lines


@dataclass(slots=True)
class Explainer:
    """The document, what stands above each answer, and whether the fields of fields are told, too."""

    definitions: dict[str, Schema]
    heading: str
    recursive: bool
    _within: set[str] = field(default_factory=set)

    def looked_up(self, schema: Schema, path: Sequence[str]) -> Schema:
        """The schema of a field; what is below a plain value is that value.

        Raises:
            PodlabError: there is no such field.
        """
        for name in path:
            schema = self._object(schema)
            if "properties" not in schema:
                break
            if name not in schema["properties"]:
                raise PodlabError(f'error: field "{name}" does not exist')
            schema = schema["properties"][name]
        return schema

    def model(self, schema: Schema, name: str) -> str:
        """What is printed of a schema: its type, descriptions and fields."""
        type_, descriptions = self._type(schema), [*self._through(schema)]
        inner = self._object(schema)
        if "properties" in inner:
            shown = "\n".join(self._recursive(inner, FIELD) if self.recursive else self._fields(inner))
            resource = f"RESOURCE: {name} <{type_}>\n\n" if name else ""
            return f"{self.heading}{resource}{_description(descriptions)}\nFIELDS:\n{shown}\n"
        own = f"FIELD:    {name} <{type_}>\n\n" if inner.get("type") not in (None, "object") else ""
        return f"{self.heading}{own}{_description(descriptions)}"

    def _through(self, schema: Schema) -> Iterator[str]:
        """The descriptions on the way to what an array, a map or a reference holds."""
        yield schema.get("description", "")
        inner = self._inside(schema)
        if inner is not None:
            yield from self._through(inner)

    def _inside(self, schema: Schema) -> Schema | None:
        if "$ref" in schema:
            return self.definitions[schema["$ref"].rpartition("/")[2]]
        if schema.get("type") == "array":
            return dict(schema["items"])
        if schema.get("type") == "object" and "properties" not in schema:
            more = schema.get("additionalProperties")
            return more if isinstance(more, dict) else {"description": schema.get("description", "")}
        return None

    def _object(self, schema: Schema) -> Schema:
        inner = self._inside(schema)
        return schema if inner is None else self._object(inner)

    def _type(self, schema: Schema) -> str:
        inner = self._inside(schema)
        if "$ref" in schema and inner is not None:
            return self._type(inner)
        if "properties" in schema:
            return "Object"
        before = {"array": "[]", "object": "map[string]"}.get(schema.get("type", ""), "")
        return f"{before}{self._type(inner)}" if inner is not None else str(schema.get("type", ""))

    def _fields(self, schema: Schema) -> Iterator[str]:
        for name, each in sorted(schema["properties"].items()):
            required = " -required-" if name in schema.get("required", ()) else ""
            yield f"{' ' * FIELD}{name}\t<{self._type(each)}>{required}"
            yield from _indented(each.get("description", ""))
            yield ""

    def _recursive(self, schema: Schema, indent: int) -> Iterator[str]:
        for name, each in sorted(schema["properties"].items()):
            yield f"{' ' * indent}{name}\t<{self._type(each)}>"
            yield from self._below(each, indent + LEVEL)

    def _below(self, schema: Schema, indent: int) -> Iterator[str]:
        """The fields of what a field holds, but for what holds itself."""
        reference = schema.get("$ref", "")
        if reference and reference in self._within:
            return
        self._within.add(reference)
        inner = self._inside(schema)
        if inner is not None:
            yield from self._below(inner, indent)
        elif "properties" in schema:
            yield from self._recursive(schema, indent)
        self._within.discard(reference)


def _indented(text: str) -> Iterator[str]:
    for line in wrapped(text, WIDTH - DESCRIPTION):
        yield f"{' ' * DESCRIPTION}{line}" if line else ""


def _description(descriptions: Sequence[str]) -> str:
    lines = ["DESCRIPTION:"]
    for at, text in enumerate(descriptions):
        lines += [*([""] if at else []), *_indented(text)] if text else []
    if len(lines) == 1:
        lines.append(f"{' ' * DESCRIPTION}<empty>")
    return "".join(f"{line}\n" for line in lines)
