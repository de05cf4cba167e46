"""Build podlab/embedded/apiserver/structure.json.gz: the fields of every kind, as facts without descriptions.

Two sources are joined. The Go types of `k8s.io/api` and `k8s.io/apimachinery` give the order of fields, Go types,
`omitempty` and protobuf numbers; the OpenAPI v3 documents of an API server give what is required, defaults, list types,
map keys and patch keys.

    python tools/build_structure.py --live "kubectl --context kind-lab"     # OpenAPI of a running API server
    python tools/build_structure.py                 # OpenAPI as kept in k8s.io/kubernetes, which lacks enumerations
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

VERSION = "1.36.2"
TARGET = Path(__file__).parent.parent / "podlab/embedded/apiserver/structure.json.gz"
GROUPS = (
    "core/v1", "apps/v1", "batch/v1", "autoscaling/v1", "policy/v1", "rbac/v1", "networking/v1", "storage/v1",
    "scheduling/v1", "discovery/v1", "events/v1", "coordination/v1", "authentication/v1", "authorization/v1",
    "autoscaling/v2", "admissionregistration/v1", "certificates/v1", "node/v1", "apiextensions/v1",
    "apiregistration/v1", "flowcontrol/v1", "resource/v1",
)  # fmt: skip
META = {"meta/v1": "pkg/apis/meta/v1"}
ELSEWHERE = {
    "apiextensions/v1": ("apiextensions-apiserver", "pkg/apis/apiextensions/v1"),
    "apiregistration/v1": ("kube-aggregator", "pkg/apis/apiregistration/v1"),
}
OPENAPI = {
    "meta/v1": "io.k8s.apimachinery.pkg.apis.meta.v1",
    "apiextensions/v1": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1",
    "apiregistration/v1": "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1",
}
DOMAINS = {
    "rbac": "rbac.authorization.k8s.io",
    "networking": "networking.k8s.io",
    "storage": "storage.k8s.io",
    "scheduling": "scheduling.k8s.io",
    "discovery": "discovery.k8s.io",
    "events": "events.k8s.io",
    "coordination": "coordination.k8s.io",
    "authentication": "authentication.k8s.io",
    "authorization": "authorization.k8s.io",
    "admissionregistration": "admissionregistration.k8s.io",
    "certificates": "certificates.k8s.io",
    "node": "node.k8s.io",
    "apiextensions": "apiextensions.k8s.io",
    "apiregistration": "apiregistration.k8s.io",
    "flowcontrol": "flowcontrol.apiserver.k8s.io",
    "resource": "resource.k8s.io",
}
BUILTIN = {
    "metav1": "meta/v1",
    "v1": "core/v1",
    "corev1": "core/v1",
    "apiv1": "core/v1",
    "api": "core/v1",
    "authnv1": "authentication/v1",
}
OPAQUE = {"meta/v1.Time", "meta/v1.MicroTime", "meta/v1.Duration", "meta/v1.FieldsV1"}
STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
ALIAS = re.compile(r"^type (\w+) ([^\s{=]+)\s*(?://.*)?$", re.M)
FIELD = re.compile(r"^\t(?:(\w+)\s+)?([\w.\[\]*]+)\s+`([^`]*)`", re.M)


def module(path: str) -> Path:
    """Return the folder of a Go module, downloading it when it is missing."""
    answer = subprocess.run(["go", "mod", "download", "-json", path], check=True, capture_output=True, text=True)
    return Path(json.loads(answer.stdout)["Dir"])


def qualified(go_type: str, package: str) -> str:
    """Write a Go type with its package's path: `[]Container` in core/v1 → `[]core/v1.Container`."""

    def name(match: re.Match[str]) -> str:
        owner, word = match[1], match[2]
        if not owner:
            return word if word[0].islower() else f"{package}.{word}"
        if owner in BUILTIN:
            owner = BUILTIN[owner] if owner != "v1" or package != "core/v1" else "meta/v1"
        if owner == "types":
            return f"types.{word}"
        return f"{owner}.{word}"

    return re.sub(r"(?:(\w+)\.)?([A-Za-z]\w*)", name, go_type).replace("map[", "map[")


def tags(text: str) -> dict[str, str]:
    """A Go struct tag by its keys."""
    return dict(re.findall(r'(\w+):"([^"]*)"', text))


class Source:
    """The Go side: structs as lists of raw fields, and named types that are not structs."""

    def __init__(self) -> None:
        self.structs: dict[str, list[tuple[str, str, dict[str, str]]]] = {}
        self.aliases: dict[str, str] = {}

    def read(self, folder: Path, package: str) -> None:
        """Add the structs and aliases of a package's files."""
        imports: dict[str, str] = {}
        for file in sorted(folder.glob("*.go")):
            if file.name.startswith(("zz_", "generated", "register", "doc")) or file.name.endswith("_test.go"):
                continue
            text = file.read_text(encoding="utf-8")
            imports.update({m[0]: m[1] for m in re.findall(r'^\s+(\w+)\s+"k8s\.io/api/([^"]+)"', text, re.M)})
            BUILTIN.update(imports)
            for name, body in STRUCT.findall(text):
                fields = [(f[0], qualified(f[1], package), tags(f[2])) for f in FIELD.findall(body) if 'json:"' in f[2]]
                self.structs[f"{package}.{name}"] = fields
            for name, target in ALIAS.findall(text):
                if not target.startswith(("struct", "interface", "func")):
                    self.aliases[f"{package}.{name}"] = qualified(target, package)

    def rows(self, name: str, prefix: list[int] | None = None, inline: str = "") -> list[list[Any]]:
        """Flatten a struct: [JSON name, Go type, protobuf path, flags, more]; TypeMeta has no place in protobuf."""
        result: list[list[Any]] = []
        for _, go_type, tag in self.structs[name]:
            json_name, *options = tag["json"].split(",")
            path = [*prefix, int(tag["protobuf"].split(",")[1])] if prefix is not None and "protobuf" in tag else None
            if json_name == "-":
                continue
            if not json_name:
                result += self.rows(go_type, path, go_type.rsplit(".", 1)[1])
                continue
            flags = "".join(flag for option, flag in (("omitempty", "o"), ("omitzero", "z")) if option in options)
            number = path[0] if path and len(path) == 1 else path
            result.append([json_name, go_type, number, flags, {"inline": inline} if inline else {}])
        return result


def openapi_name(name: str) -> str:
    """The name of a Go type in OpenAPI."""
    package, word = name.rsplit(".", 1)
    return f"{OPENAPI.get(package) or 'io.k8s.api.' + package.replace('/', '.')}.{word}"


def documents(folder: Path, live: str) -> dict[str, Any]:
    """Return the schemas of all groups, by OpenAPI name."""
    schemas: dict[str, Any] = {}
    for group in GROUPS:
        family, version = group.split("/")
        path = "api/v1" if family == "core" else f"apis/{DOMAINS.get(family, family)}/{version}"
        if live:
            text = subprocess.run(
                [*shlex.split(live), "get", "--raw", f"/openapi/v3/{path}"], check=True, capture_output=True, text=True
            ).stdout
        else:
            text = (folder / f"{path.replace('/', '__')}_openapi.json").read_text(encoding="utf-8")
        for name, schema in json.loads(text)["components"]["schemas"].items():
            schemas.setdefault(name, schema)
    return schemas


def extras(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what OpenAPI knows of a field and Go types do not say."""
    found = {
        "listType": schema.get("x-kubernetes-list-type"),
        "listMapKeys": schema.get("x-kubernetes-list-map-keys"),
        "mapType": schema.get("x-kubernetes-map-type"),
        "mergeKey": schema.get("x-kubernetes-patch-merge-key"),
        "strategy": schema.get("x-kubernetes-patch-strategy"),
        "enum": schema.get("enum"),
        "itemEnum": (schema.get("items") or schema.get("additionalProperties") or {}).get("enum"),
    }
    result = {key: value for key, value in found.items() if value is not None}
    if "default" in schema:
        result["default"] = schema["default"]
    return result


def build(source: Source, schemas: dict[str, Any]) -> dict[str, Any]:
    """The table; exits where Go and OpenAPI disagree about a field."""
    types: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for name in sorted(source.structs):
        schema = schemas.get(openapi_name(name))
        if schema is None or name in OPAQUE:
            continue
        rows = source.rows(name, [])
        for row in rows:
            known = schema.get("properties", {}).get(row[0])
            if known is None:
                raise SystemExit(f"{name}.{row[0]}: in Go, not in OpenAPI")
            row[3] += "r" if row[0] in schema.get("required", ()) else ""
            row[4].update(extras(known))
            row[:] = row if row[4] else row[:4]
        if missing := set(schema.get("properties", {})) - {row[0] for row in rows}:
            raise SystemExit(f"{name}: in OpenAPI, not in Go: {missing}")
        types[name] = rows
        kept = {
            "kinds": [[k["group"], k["version"], k["kind"]] for k in schema.get("x-kubernetes-group-version-kind", ())],
            "mapType": schema.get("x-kubernetes-map-type"),
            "unions": schema.get("x-kubernetes-unions"),
        }
        if kept := {key: value for key, value in kept.items() if value}:
            facts[name] = kept
    return {"version": f"v{VERSION}", "types": types, "facts": facts, "aliases": used_aliases(source.aliases, types)}


INTERNAL = re.compile(r"^\t(\w+)(?:[ \t]+([\w.\[\]*]+))?\s*(?://.*)?$", re.M)


def internal(text: str, source: Source) -> dict[str, list[list[str]]]:
    """Return Go name, Go type and JSON name of what a Pod's spec and a volume's source have inside the API server.

    The diffs in "pod updates may not change fields" and the like show that form.
    """
    structs = {name: INTERNAL.findall(body) for name, body in STRUCT.findall(text)}
    aliases = dict(ALIAS.findall(text))
    found: dict[str, list[list[str]]] = {}
    pending = ["PodSpec", "PersistentVolumeSource"]
    while pending:
        name = pending.pop()
        if name in found or name not in structs:
            continue
        json_names = {f[0]: f[2]["json"].split(",")[0] for f in source.structs.get(f"core/v1.{name}", ()) if f[0]}
        rows = found[name] = []
        for field_name, go_type in structs[name]:
            target = aliases.get(go_type, go_type)
            rows.append([field_name, target, json_names.get(field_name, field_name[0].lower() + field_name[1:])])
            pending += re.findall(r"\w+", target or field_name)
    return found


def used_aliases(aliases: dict[str, str], types: dict[str, Any]) -> dict[str, str]:
    """Keep the named types that some field mentions."""
    words = re.compile(r"[\w/]+\.\w+")
    pending = [word for rows in types.values() for row in rows for word in words.findall(row[1])]
    kept: dict[str, str] = {}
    while pending:
        word = pending.pop()
        if word in aliases and word not in kept:
            kept[word] = aliases[word]
            pending += words.findall(aliases[word])
    return dict(sorted(kept.items()))


def main() -> None:
    """Fetch the sources of Kubernetes and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--live", default="", help="kubectl command that reaches an API server whose OpenAPI is read")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    minor = VERSION.split(".", 1)[1]
    api, machinery = module(f"k8s.io/api@v0.{minor}"), module(f"k8s.io/apimachinery@v0.{minor}")
    source = Source()
    for package, folder in META.items():
        source.read(machinery / folder, package)
    for package in GROUPS:
        if package in ELSEWHERE:
            name, inside = ELSEWHERE[package]
            source.read(module(f"k8s.io/{name}@v0.{minor}") / inside, package)
        else:
            source.read(api / package, package)
    folder = Path() if options.live else module(f"k8s.io/kubernetes@v{VERSION}") / "api/openapi-spec/v3"
    table = build(source, documents(folder, options.live))
    inside = module(f"k8s.io/kubernetes@v{VERSION}") / "pkg/apis/core/types.go"
    table["internal"] = internal(inside.read_text(encoding="utf-8"), source)
    text = json.dumps(table, separators=(",", ":")).encode()
    options.output.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{options.output}: {len(table['types'])} types, {len(text)} bytes, {options.output.stat().st_size} gzipped")


if __name__ == "__main__":
    main()
