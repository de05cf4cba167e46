"""Documents of YAML and JSON as kubectl reads them: objects, with Go's words for what is none.

Upstream: staging/src/k8s.io/apimachinery/pkg/util/yaml, sigs.k8s.io/yaml
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.errors import ManifestError
from podlab.kubectl.lookalikes import lookalike
from podlab.kubectl.manifests import yamlnodes
from podlab.text import Text

LARGEST = 8 * 1024 * 1024
"""Bytes that a manifest may have; an API server takes 3 MiB for one object."""

NOT_TEXT = Text(
    ko="{path}{은/는} 텍스트 파일이 아닙니다. 매니페스트는 UTF-8로 쓴 YAML이나 JSON입니다.",
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


STRANGE = Text(ko="{path}의 {line}번째 줄: {said}", en="{path}, line {line}: {said}")
BETWEEN = Text(
    ko="{path}의 {line}번째 줄에서 {last}번째 줄 사이를 봅니다. 들여쓰기는 공백으로, 같은 단계는 같은 칸에 맞춥니다.",
    en="Look at {path}, lines {line} to {last}. Indent with spaces, not tabs, and line up what belongs together.",
)


DASH = Text(
    ko="{path}의 {line}번째 줄에서 `-` 뒤에 빈칸이 없습니다. `- name: web`처럼 씁니다.",
    en="In {path}, line {line}, there is no space behind the `-`: write `- name: web`.",
)
TAB = Text(
    ko="{path}의 {line}번째 줄을 탭으로 들여 썼습니다. 탭을 지우고 공백 두 칸씩 들여 쓰십시오.",
    en="Line {line} of {path} is indented with a tab: take it out, and indent with two spaces.",
)
FENCE = Text(
    ko="{path}의 {line}번째 줄에 있는 ```은 웹 문서에서 코드를 감싸는 표시이고 YAML이 아닙니다. 그 줄을 지우십시오.",
    en="The ``` in line {line} of {path} marks code in a web page, and is no YAML: take that line out.",
)
BRACKET = "expected ',' or ']'"
CAUSES = {
    "could not find expected ':'": Text(
        ko="{path}의 {line}번째 줄에 콜론이 없거나, 콜론 뒤에 빈칸이 없습니다. `image: nginx`처럼 씁니다.",
        en="In {path}, line {line}, a colon is missing, or the space after it: write `image: nginx`.",
    ),
    "mapping values are not allowed": Text(
        ko="{path}의 {line}번째 줄을 봅니다. 윗줄에 콜론이 빠졌거나, 들여쓰기가 위와 다르거나, 값에 든 `: ` 때문에 "
        "따옴표가 필요합니다.",
        en="Look at {path}, line {line}: the line above lacks its colon, the indentation differs, or "
        "a value with `: ` in it needs quotes.",
    ),
    BRACKET: Text(
        ko="{path}의 {line}번째 줄을 봅니다. `[…]` 안의 값 사이에 쉼표가 빠졌거나, `]`로 닫지 않았습니다.",
        en="Look at {path}, line {line}: between the values in `[…]` a comma is missing, or the `]` at the end.",
    ),
    "found unexpected end of stream": Text(
        ko="{path}의 {line}번째 줄을 봅니다. 따옴표를 열고 닫지 않았습니다.",
        en="Look at {path}, line {line}: a quotation mark was opened and not closed.",
    ),
}
"""What YAML's parser says, where that tells the cause for certain."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a file; `source` is how messages name the file."""

    obj: Any
    source: str

    @property
    def name(self) -> str:
        """`metadata.name`, or ""."""
        return str((self.obj.get("metadata") or {}).get("name") or "")


def text_of(path: Path, name: str) -> str:
    """A file's text.

    Raises:
        ManifestError: kubectl's line for what cannot be read.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise ManifestError(f"error: open {name}: {(error.strerror or str(error)).lower()}") from error
    if size > LARGEST:
        line = f"error: error parsing {name}: the file is too large for a manifest ({size / 1048576:.1f} MiB)"
        raise ManifestError(line, TOO_LARGE)
    return decoded(data, name)


def decoded(data: bytes, name: str) -> str:
    """Bytes as text.

    Raises:
        ManifestError: Go's words for what is none.
    """
    try:
        text = data.decode(goyaml.encoding(data))
        words = "control characters are not allowed" if UNWRITABLE.search(text) else ""
    except UnicodeDecodeError as error:
        text, words = "", f"invalid {'leading' if error.reason.startswith('invalid start') else 'trailing'} UTF-8 octet"
    if words:
        line = f"error: error parsing {name}: error converting YAML to JSON: yaml: {words}"
        raise ManifestError(line, NOT_TEXT.format(path=name))
    return text


UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse(text: str, source: str, *, third: bool = False) -> Iterator[Manifest]:
    """The objects of one file's text, document by document; `third` as in `goyaml.loader`.

    Raises:
        ManifestError: a document is no YAML; the hint says at which line and column of the file.
    """
    if text.lstrip()[:1] in ("{", "[") and not re.search(r"^---", text, re.M):
        yield from _from_json(text, source)
        return
    line = 0
    for document in re.split(r"^---(?=\s|$).*\n?", text, flags=re.M):
        obj = _load(document, source, line, third)
        line += document.count("\n") + 1
        if obj is not None:
            yield from _items(obj, source)


def _from_json(text: str, source: str) -> Iterator[Manifest]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            obj, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError) and _is_cut_off(error, text):
                raise ManifestError(f"error: error parsing {source}: unexpected EOF") from error
            yield from _items(_load(text, source, 0), source)
            return
        yield from _items(obj, source)


def _is_cut_off(error: json.JSONDecodeError, text: str) -> bool:
    """Whether JSON ends too early, which Go tells from JSON that is wrong."""
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _load(document: str, source: str, before: int, third: bool = False) -> Any:
    loader = goyaml.loader(third=third)
    try:
        root = yamlnodes.compose(document, loader)
        return None if root is None else goyaml.as_json(loader("").construct_document(root))
    except goyaml.NotJson as error:
        raise ManifestError(f"error: error parsing {source}: error converting YAML to JSON: {error}") from error
    except yaml.MarkedYAMLError as error:
        raise ManifestError(
            f"error: error parsing {source}: error converting YAML to JSON: yaml: {goyaml.said(error, document)}",
            strange(document, source, before)
            or _unstarted(error, document, source, before)
            or _dash(error, document, source, before)
            or _where(error, source, before),
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        words = str(error).splitlines()[0] if not isinstance(error, RecursionError) else "exceeded max depth"
        raise ManifestError(f"error: error parsing {source}: error converting YAML to JSON: yaml: {words}") from error


def strange(document: str, source: str, before: int = 0) -> Text | None:
    """A character that only looks like the right one, and its line."""
    found = lookalike(document)
    return found and STRANGE.format(path=source, line=before + found[0] + 1, said=found[1])


def _unstarted(error: yaml.MarkedYAMLError, document: str, source: str, before: int) -> Text | None:
    """A tab, or the mark of a block of code, in the line that cannot be read."""
    if error.problem_mark is None or "cannot start any token" not in str(error.problem):
        return None
    at = error.problem_mark.line
    line = document.split("\n")[at]
    if line.lstrip().startswith("```"):
        return FENCE.format(path=source, line=before + at + 1)
    return TAB.format(path=source, line=before + at + 1) if re.match(r" *\t", line) else None


def _dash(error: yaml.MarkedYAMLError, document: str, source: str, before: int) -> Text | None:
    """The line just above the one that cannot be read, if it is an item whose `-` has no space behind it."""
    at = error.problem_mark.line if error.problem_mark else 0
    for number, line in enumerate(document.split("\n")[: at + 1]):
        if number >= at - 1 and re.match(r"\s*-[A-Za-z]\w*\s*:", line):
            return DASH.format(path=source, line=before + number + 1)
    return None


def _where(error: yaml.MarkedYAMLError, source: str, before: int) -> Text | None:
    """Where to look in the file: from the line that kubectl names to the one that cannot be read on."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None
    named, at = goyaml.line_of(error), mark.line + 1
    cause = next((text for words, text in CAUSES.items() if words in str(error.problem)), None)
    if cause:  # what was opened and not closed begins at the context
        begins = error.context_mark.line + 1 if error.context_mark else at
        line = begins if cause is CAUSES[BRACKET] else min(named or begins, begins)
        return cause.format(path=source, line=before + line)
    if named in (0, at):
        return WHERE.format(path=source, line=before + at, column=mark.column + 1)
    return BETWEEN.format(path=source, line=before + min(named, at), last=before + max(named, at))


def _items(obj: Any, source: str) -> Iterator[Manifest]:
    if isinstance(obj, dict) and str(obj.get("kind", "")).endswith("List") and isinstance(obj.get("items"), list):
        for item in obj["items"]:
            yield from _items(item, source)
    else:
        yield Manifest(obj, source)
