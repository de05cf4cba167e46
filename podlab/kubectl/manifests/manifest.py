"""Manifests: what a person wrote in files, as objects, with kubectl's words for what cannot be read.

Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go, staging/src/k8s.io/apimachinery/pkg/util/yaml
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import yaml

from podlab.errors import ManifestError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests import yamlnodes
from podlab.kubectl.resources.restmapper import Mapping, RestMapper
from podlab.text import Text

Object = dict[str, Any]
SUFFIXES = (".json", ".yaml", ".yml")
LARGEST = 8 * 1024 * 1024
"""Bytes that a manifest may have; an API server takes 3 MiB for one object."""

NO_FILE = Text(
    ko="그 파일이 작업 폴더에 없습니다. 이름을 확인하거나, `%%manifest {path}` 셀로 먼저 만듭니다.",
    en="There is no such file in this folder. Check the name, or write it first with a `%%manifest {path}` cell.",
)
NOT_TEXT = Text(
    ko="{path}은(는) 텍스트 파일이 아닙니다. 매니페스트는 UTF-8로 쓴 YAML이나 JSON입니다.",
    en="{path} is not a text file. A manifest is YAML or JSON, written in UTF-8.",
)
TOO_LARGE = Text(
    ko="매니페스트 한 개는 보통 몇 KB입니다. 다른 파일을 지정하지 않았는지 확인합니다.",
    en="A manifest usually has a few kilobytes. Check that you named the right file.",
)
WHERE = Text(
    ko="{path}의 {line}번째 줄 {column}번째 글자 근처를 봅니다. 들여쓰기는 공백으로, 같은 단계는 같은 칸에 맞춥니다.",
    en="Look at {path}, line {line}, column {column}. Indent with spaces, not tabs, and line up what belongs together.",
)
NO_DOWNLOAD = Text(
    ko="주소를 확인합니다. 인터넷에 연결되어 있지 않으면 매니페스트를 파일로 받아 둡니다.",
    en="Check the address; without a network, keep the manifest as a file.",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a file; `source` is how messages name the file."""

    obj: Any
    source: str

    @property
    def name(self) -> str:
        """`metadata.name`, or ""."""
        return str((self.obj.get("metadata") or {}).get("name") or "")


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """YAML as Go's library reads it: `y` and `n` are booleans, times are text, the last of two equal keys wins."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, regexp)
        for tag, regexp in resolvers
        if not tag.endswith((":timestamp", ":bool", ":value", ":int", ":float"))
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_BOOLEAN = re.compile(r"^(y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, list("yYnNtTfFoO"))
_Loader.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: node.value.lower() in ("y", "yes", "true", "on"))
_WHOLE = re.compile(r"^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)$")
_NUMBER = re.compile(r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _WHOLE, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("-+0123456789."))


def _whole(loader: Any, node: Any) -> int:
    text = node.value.replace("_", "")
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    return sign * int(digits, 8 if octal else 0)


_Loader.add_constructor("tag:yaml.org,2002:int", _whole)
_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: _plain(float(node.value.replace("_", ""))))


def _plain(number: float) -> float | int:
    """JSON has one kind of number: 1e3 is 1000."""
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def manifests(
    command: Command, filenames: Sequence[str], *, validate: str = "strict"
) -> Iterator[tuple[Manifest, Mapping]]:
    """Each object of files and folders with its resource, in order; `-` is the standard input.

    What cannot be read is kept among the command's failures, and the rest is read.
    """
    strict = validate.lower() not in ("false", "ignore")
    for name in filenames:
        for manifest in _kept(command, _file(command, name)):
            with command.going_on():
                yield manifest, resolve(command.mapper, manifest, strict)


def _kept(command: Command, found: Iterator[Manifest]) -> Iterator[Manifest]:
    with command.going_on():
        yield from found


def _file(command: Command, name: str) -> Iterator[Manifest]:
    if name == "-":
        yield from parse(_decoded(_all(command.stdin), "STDIN"), "STDIN")
        return
    if name.startswith(("http://", "https://")):
        yield from parse(_decoded(_download(name), name), name)
        return
    path = command.folder / name
    if path.is_dir():
        found = sorted(path.rglob("*") if command.common.recursive else path.iterdir())
        chosen = [each for each in found if each.suffix in SUFFIXES and each.is_file()]
        if not chosen:
            raise ManifestError(f"error: error reading [{name}]: recognized file extensions are [.json .yaml .yml]")
        for each in chosen:
            source = str(Path(name) / each.relative_to(path))
            with command.going_on():
                yield from parse(_text(each, source), source)
        return
    if not path.exists():
        raise ManifestError(f'error: the path "{name}" does not exist', NO_FILE.format(path=name))
    yield from parse(_text(path, name), name)


def _text(path: Path, name: str) -> str:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise ManifestError(f"error: open {name}: {(error.strerror or str(error)).lower()}") from error
    if size > LARGEST:
        line = f"error: error parsing {name}: the file is too large for a manifest ({size / 1048576:.1f} MiB)"
        raise ManifestError(line, TOO_LARGE)
    return _decoded(data, name)


def _decoded(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
        words = "control characters are not allowed" if UNWRITABLE.search(text) else ""
    except UnicodeDecodeError as error:
        text, words = "", f"invalid {'leading' if error.reason.startswith('invalid start') else 'trailing'} UTF-8 octet"
    if words:
        line = f"error: error parsing {name}: error converting YAML to JSON: yaml: {words}"
        raise ManifestError(line, NOT_TEXT.format(path=name))
    return text


UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _all(stdin: IO[bytes] | None) -> bytes:
    return (stdin or getattr(sys.stdin, "buffer", None) or io.BytesIO()).read()


def _download(url: str) -> bytes:
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=30) as answer:
            data: bytes = answer.read(LARGEST + 1)
    except OSError as error:
        reported = f"{getattr(error, 'code', '')} {getattr(error, 'reason', error)}".strip()
        raise ManifestError(f'error: unable to read URL "{url}", server reported {reported}', NO_DOWNLOAD) from error
    return data


def parse(text: str, source: str) -> Iterator[Manifest]:
    """The objects of one file's text, document by document.

    Raises:
        ManifestError: a document is no YAML; the hint says at which line and column of the file.
    """
    if text.lstrip()[:1] in ("{", "[") and not re.search(r"^---", text, re.M):
        yield from _from_json(text, source)
        return
    line = 0
    for document in re.split(r"^---(?=\s|$).*\n?", text, flags=re.M):
        obj = _load(document, source, line)
        line += document.count("\n") + 1
        if obj is not None:
            yield from _items(obj, source)


def _from_json(text: str, source: str) -> Iterator[Manifest]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            obj, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield from _items(_load(text, source, 0), source)
            return
        yield from _items(obj, source)


def _load(document: str, source: str, before: int) -> Any:
    try:
        root = yamlnodes.compose(document, _Loader)
        return None if root is None else _Loader("").construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = WHERE.format(path=source, line=before + mark.line + 1, column=mark.column + 1) if mark else None
        raise ManifestError(f"error: error parsing {source}: {_go_words(error)}", where) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        words = str(error).splitlines()[0] if not isinstance(error, RecursionError) else "exceeded max depth"
        raise ManifestError(f"error: error parsing {source}: error converting YAML to JSON: yaml: {words}") from error


def _go_words(error: yaml.MarkedYAMLError) -> str:
    """Go's line number: its library counts from the context's mark where there is one, and only scanners from 1.

    Upstream: sigs.k8s.io/yaml/goyaml.v2/decode.go (parser.fail)
    """
    marks = [mark.line for mark in (error.context_mark, error.problem_mark) if mark is not None and mark.line]
    line = marks[0] + isinstance(error, yaml.scanner.ScannerError) if marks else 0
    where = f"line {line}: " if line else ""
    return f"error converting YAML to JSON: yaml: {where}{error.problem}"


def _items(obj: Any, source: str) -> Iterator[Manifest]:
    if isinstance(obj, dict) and str(obj.get("kind", "")).endswith("List") and isinstance(obj.get("items"), list):
        for item in obj["items"]:
            yield from _items(item, source)
    else:
        yield Manifest(obj, source)


def resolve(mapper: RestMapper, manifest: Manifest, validate: bool = True) -> Mapping:
    """The resource that an object belongs to.

    Raises:
        ManifestError: kubectl's words for an object without kind, or of a kind that the server does not know.
    """
    obj, source = manifest.obj, manifest.source
    missing = what_is_missing(obj)
    if missing and validate:
        off = "if you choose to ignore these errors, turn validation off with --validate=false"
        raise ManifestError(f'error: error validating "{source}": error validating data: {missing}; {off}')
    if missing:
        what = "Kind" if "kind" in missing or not isinstance(obj, dict) else "apiVersion"
        raise ManifestError(f"error: unable to decode \"{source}\": Object '{what}' is missing in '{_compact(obj)}'")
    wrong = _wrong_metadata(obj.get("metadata"))
    if wrong:
        raise ManifestError(f'error: unable to decode "{source}": json: cannot unmarshal {wrong}')
    version, kind = str(obj["apiVersion"]), str(obj["kind"])
    mapping = mapper.by_kind(version, kind) or mapper.by_kind_in_lower_case(version, kind)
    if mapping is None:
        metadata = obj.get("metadata") or {}
        raise ManifestError(
            f'error: resource mapping not found for name: "{metadata.get("name") or ""}" namespace: '
            f'"{metadata.get("namespace") or ""}" from "{source}": no matches for kind "{kind}" in version '
            f'"{version}"\nensure CRDs are installed first'
        )
    return mapping


def in_namespace(command: Command, manifest: Manifest, mapping: Mapping) -> tuple[Object, str]:
    """The object with the namespace it goes to, and that namespace ("" for an object outside of any).

    Raises:
        ManifestError: it names another namespace than the command does.
    """
    obj: Object = manifest.obj
    if not mapping.namespaced:
        return obj, ""
    metadata = obj.get("metadata") or {}
    own = str(metadata.get("namespace") or "")
    if own and command.enforce_namespace and own != command.namespace:
        raise ManifestError(
            f'error: the namespace from the provided object "{own}" does not match the namespace '
            f"\"{command.namespace}\". You must pass '--namespace={own}' to perform this operation."
        )
    namespace = own or command.namespace
    return {**obj, "metadata": {**metadata, "namespace": namespace}}, namespace


def _compact(obj: Any) -> str:
    return json.dumps(obj, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def what_is_missing(obj: Any) -> str:
    """What keeps this from being an object, in kubectl's words; "" for nothing."""
    if not isinstance(obj, dict):
        return "invalid object to validate"
    absent = [f"{field} not set" for field in ("apiVersion", "kind") if not obj.get(field)]
    return absent[0] if len(absent) == 1 else f"[{', '.join(absent)}]" if absent else ""


def _wrong_metadata(metadata: Any) -> str:
    """What Go says of a name that is no string, or of labels that are none."""
    for field in ("name", "generateName", "namespace"):
        value = (metadata or {}).get(field)
        if value is not None and not isinstance(value, str):
            return f"{_go_type(value)} into Go struct field ObjectMeta.metadata.{field} of type string"
    for field in ("labels", "annotations"):
        values = (metadata or {}).get(field)
        if values is not None and not isinstance(values, dict):
            return f"{_go_type(values)} into Go struct field ObjectMeta.metadata.{field} of type map[string]string"
        for value in (values or {}).values():
            if value is not None and not isinstance(value, str):
                return f"{_go_type(value)} into Go struct field ObjectMeta.metadata.{field} of type string"
    return ""


def _go_type(value: object) -> str:
    names = ((bool, "bool"), ((int, float), "number"), (str, "string"), (list, "array"), (dict, "object"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")
