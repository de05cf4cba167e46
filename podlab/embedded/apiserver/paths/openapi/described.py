"""The descriptions of types and fields: those of the installed Kubernetes client, read from its source.

Importing its models costs two seconds of a processor, reading them a tenth of that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from podlab.embedded.apiserver import fields
from podlab.embedded.apiserver.paths.openapi import schemas
from podlab.embedded.apiserver.paths.openapi.schemas import META, Descriptions

ABOUT = re.compile(r'^class \w+\(BaseModel\):\n    (""".*?""")', re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^    (\w+): .*? = Field\((.*)\)$", re.MULTILINE)
ALIAS = re.compile(r'serialization_alias="([^"]+)"')
TEXT = re.compile(r'description=("(?:[^"\\]|\\.)*")')
OPAQUE = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "Quantity is a fixed-point representation of a number.",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "IntOrString is a type that can hold an int32 or a string.",
    META + "Time": "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.",
    META + "MicroTime": "MicroTime is version of Time with microsecond level precision.",
    META + "FieldsV1": "FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format.",
}


def descriptions() -> Descriptions:
    """Return the descriptions of the installed client's models, by OpenAPI name."""
    client = find_spec("kubernetes")
    if client is None or not client.origin:
        return {}
    models = {file.stem.replace("_", ""): file for file in (Path(client.origin).parent / "client/models").glob("*.py")}
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for type_name in fields.table()["types"]:
        package, word = type_name.rsplit(".", 1)
        group, version = package.split("/")
        short, full = f"{version}{word}".lower(), f"{group}{version}{word}".lower()
        if file := models.get(short) or models.get(full):
            source = file.read_text(encoding="utf-8")
            found[schemas.name_of(type_name)] = (_about(source), dict(_about_fields(source)))
    return {**found, **{name: (text, {}) for name, text in OPAQUE.items()}}


def _about(source: str) -> str:
    """The first paragraph of a model's docstring is its description."""
    text = ABOUT.search(source)
    return " ".join(ast.literal_eval(text[1]).split("Attributes:")[0].split()) if text else ""


def _about_fields(source: str) -> Iterator[tuple[str, str]]:
    for field in FIELD.finditer(source):
        alias, text = ALIAS.search(field[2]), TEXT.search(field[2])
        yield alias[1] if alias else field[1].removeprefix("var_"), ast.literal_eval(text[1]) if text else ""
