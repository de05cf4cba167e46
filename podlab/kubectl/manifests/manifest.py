"""Manifests: what a person wrote in files, as objects, with kubectl's words for what cannot be read.

Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go, staging/src/k8s.io/apimachinery/pkg/util/yaml
"""

from __future__ import annotations

import difflib
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from podlab.apimachinery import labels
from podlab.errors import ApiError, ClusterError, ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.hints import miscased
from podlab.kubectl.commandline.wording import Several, failure, of_discovery
from podlab.kubectl.common import Kustomization
from podlab.kubectl.manifests.documents import LARGEST, Manifest, decoded, parse, text_of
from podlab.kubectl.manifests.kustomization import build
from podlab.kubectl.manifests.objectmeta import wrong_metadata
from podlab.kubectl.resources import discovered
from podlab.kubectl.resources.restmapper import Mapping, RestMapper
from podlab.text import Text

Object = dict[str, Any]
OFF = "if you choose to ignore these errors, turn validation off with --validate=false"
SUFFIXES = (".json", ".yaml", ".yml")
OPTION = Text(
    ko='{path}{은/는} 파일로 읽혔습니다. 파이썬에서는 옵션을 인자로 씁니다: `namespace="dev"`',
    en='{path} was taken for a file. In Python an option is an argument: `namespace="dev"`.',
)
TEXT = Text(
    ko="매니페스트의 글은 파일에 적거나(`%%manifest web.yaml`), 파이썬 값으로 바꾸어 건넵니다: "
    "`import yaml; kubectl.apply(yaml.safe_load(text))`",
    en="The text of a manifest goes into a file (`%%manifest web.yaml`), or is given as a Python value: "
    "`import yaml; kubectl.apply(yaml.safe_load(text))`",
)
NO_FILE = Text(
    ko="그 파일이 작업 폴더에 없습니다. 이름을 확인하거나, `%%manifest {path}` 셀로 먼저 만듭니다.",
    en="There is no such file in this folder. Check the name, or write it first with a `%%manifest {path}` cell.",
)
NEAR_FILE = Text(
    ko="그 파일이 작업 폴더에 없습니다. 혹시 `{near}`입니까?",
    en="There is no such file in this folder. Did you mean `{near}`?",
)
NO_DOWNLOAD = Text(
    ko="주소를 확인합니다. 인터넷에 연결되어 있지 않으면 매니페스트를 파일로 받아 둡니다.",
    en="Check the address; without a network, keep the manifest as a file.",
)


class NoPath(ManifestError):
    """A path that is not there, or a folder without manifests: kubectl reads nothing then."""


def manifests(
    command: Command, filenames: Sequence[str], *, validate: str = "strict", selector: str = ""
) -> Iterator[tuple[Manifest, Mapping]]:
    """Each object of files and folders that the selector selects, with its resource, in order; `-` is stdin.

    What cannot be read is kept among the command's failures, and the rest is read.
    """
    strict = validate.lower() not in ("false", "ignore")
    filenames = [each for name in filenames for each in _matching(command, name)]
    if unread := [error for name in filenames if (error := no_path(command, name))]:
        command.failures.append(failure(unread))
    terms = () if unread else _terms(selector)
    try:
        yield from _read(command, () if unread else filenames, strict, terms)
    finally:
        command.failures += [Several(command.unread)] if len(command.unread) > 1 else command.unread
        command.unread.clear()


def _read(
    command: Command, names: Sequence[str], strict: bool, terms: Sequence[labels.Requirement]
) -> Iterator[tuple[Manifest, Mapping]]:
    """The objects; what cannot be read of a file is told after what goes wrong with others.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go (EagerVisitorList, ContinueOnErrorVisitor)
    """
    unchecked = ""  # kubectl reads no further in a file that it cannot check
    for name in names:
        for manifest in _kept(command, _file(command, name)):
            if manifest.source == unchecked:
                continue
            mapping: Mapping | None = None
            with command.reading():
                try:
                    mapping = _resolved(command, manifest, strict)
                except ManifestError as error:
                    unchecked = manifest.source if "error validating" in str(error) else ""
                    raise
            if mapping and _selected(manifest, terms):
                yield manifest, mapping


def _selected(manifest: Manifest, terms: Sequence[labels.Requirement]) -> bool:
    said = manifest.obj.get("metadata") or {}
    return all(term.matches(said.get("labels") or {}) for term in terms)


def _matching(command: Command, name: str) -> list[str]:
    """The files that a pattern means, which no shell has made of it; a name that is no pattern, or means none, itself.

    Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go (expandIfFilePattern)
    """
    if isinstance(name, Kustomization) or name.startswith(("http://", "https://")) or not re.search(r"[*?\[]", name):
        return [name]
    if (command.folder / name).exists():
        return [name]
    return sorted(glob(name, root_dir=command.folder)) or [name]  # noqa: PTH207 - it may be an absolute one


def _resolved(command: Command, manifest: Manifest, validate: bool) -> Mapping:
    """The resource that an object belongs to.

    Raises:
        ManifestError: kubectl's words for a server that cannot be asked, too.
    """
    try:
        return resolve(command.mapper, manifest, validate)
    except (ApiError, ClusterError) as error:
        server, source = command.client.server, manifest.source
        if validate and (why := of_discovery(error, server, "/openapi/v2")):
            why = f'validating "{source}": error validating data: failed to download openapi: {why}; {OFF}'
            raise ManifestError(f"error: error {why}", error.hint) from error
        why = "" if discovered.is_known(server) else of_discovery(error, server)
        if not why:
            raise
        raise ManifestError(f'error: unable to recognize "{source}": {why}', error.hint) from error


def _terms(selector: str) -> tuple[labels.Requirement, ...]:
    """What labels have to fulfil. Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go"""
    try:
        return labels.parse(selector)
    except ValueError as wrong:
        raise PodlabError(f'error: the provided selector "{selector}" is not valid: {wrong}') from None


def _kept(command: Command, found: Iterator[Manifest]) -> Iterator[Manifest]:
    with command.reading():
        yield from found


def _file(command: Command, name: str) -> Iterator[Manifest]:
    if isinstance(name, Kustomization):
        for obj in build(command.folder, name, command.err):
            yield Manifest(obj, name)
        return
    if name == "-":
        command.stdin = io.BytesIO(_all(command.stdin))  # `replace --force` reads it twice
        yield from parse(decoded(command.stdin.getvalue(), "STDIN"), "STDIN")
        return
    if name.startswith(("http://", "https://")):
        yield from parse(decoded(_download(name), name), name)
        return
    path = command.folder / name
    if path.is_dir():
        for each in _inside(command, path):
            source = str(Path(name) / each.relative_to(path))
            with command.reading():
                yield from parse(text_of(each, source), source)
        return
    yield from parse(text_of(path, name), name)


def _inside(command: Command, folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*") if command.common.recursive else folder.iterdir())
    return [each for each in found if each.suffix in SUFFIXES and each.is_file()]


def no_path(command: Command, name: str) -> NoPath | None:
    """What keeps a path from being read at all: kubectl looks at every one before it reads the first."""
    if isinstance(name, Kustomization) or name == "-" or name.startswith(("http://", "https://")):
        return None
    path = command.folder / name
    if not path.exists():
        return NoPath(f'error: the path "{name}" does not exist', _missing(path, name))
    if path.is_dir() and not _inside(command, path):
        return NoPath(f"error: error reading [{name}]: recognized file extensions are [.json .yaml .yml]")
    return None


def _missing(path: Path, name: str) -> Text:
    """What to do about a file that is not there: one with almost the same name may be."""
    if name.startswith("-"):
        return OPTION.format(path=name)
    if "\n" in name or re.match(r"\s*(apiVersion|kind|metadata)\s*:", name):
        return TEXT
    there = [each.name for each in path.parent.glob("*") if each.suffix in SUFFIXES] if path.parent.is_dir() else []
    near = [each for each in there if Path(each).stem == path.name] or difflib.get_close_matches(
        path.name, there, 1, 0.8
    )
    return NEAR_FILE.format(near=path.with_name(near[0]).name) if near else NO_FILE.format(path=name)


def _all(stdin: IO[bytes] | None) -> bytes:
    return (stdin or getattr(sys.stdin, "buffer", None) or io.BytesIO()).read()


def _download(url: str) -> bytes:
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=30) as answer:
            data: bytes = answer.read(LARGEST + 1)
    except OSError as error:
        raise ManifestError(_unread(url, error), NO_DOWNLOAD) from error
    return data


def _unread(url: str, error: OSError) -> str:
    """kubectl's line for a download that failed."""
    host, code, reason = urlsplit(url).netloc, getattr(error, "code", None), getattr(error, "reason", error)
    if code:
        return f'error: unable to read URL "{url}", server reported {code} {reason}, status code={code}'
    if isinstance(reason, ConnectionRefusedError):
        return f"The connection to the server {host} was refused - did you specify the right host or port?"
    return f"Unable to connect to the server: {reason}"


def resolve(mapper: RestMapper, manifest: Manifest, validate: bool = True) -> Mapping:
    """The resource that an object belongs to.

    Raises:
        ManifestError: kubectl's words for an object without kind, or of a kind that the server does not know.
    """
    obj, source = manifest.obj, manifest.source
    missing = what_is_missing(obj)
    if missing and validate:
        line = f'error: error validating "{source}": error validating data: {missing}; {OFF}'
        raise ManifestError(line, miscased(obj))
    if missing:
        what = "Kind" if "kind" in missing or not isinstance(obj, dict) else "apiVersion"
        raise ManifestError(f"error: unable to decode \"{source}\": Object '{what}' is missing in '{_compact(obj)}'")
    wrong = wrong_metadata(obj.get("metadata"))
    if wrong:
        raise ManifestError(f'error: unable to decode "{source}": {wrong}')
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
