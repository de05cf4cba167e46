"""What is wrong with a manifest, line by line: from YAML's errors and from the API server's answer to a dry run."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.commandline.hints import hint_for
from podlab.kubectl.lookalikes import lookalike
from podlab.panels.editor.places import Document, Path, steps
from podlab.text import Text

Severity = Literal["error", "warning"]
Names = Callable[[Path], Sequence[str]]
"""The names of the fields that an object has at a place."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `line` counts from 1 and is 0 where it is about the whole text."""

    line: int
    text: str
    severity: Severity = "error"

    def as_dict(self) -> dict[str, Any]:
        """As a trait holds it."""
        return asdict(self)


YAML = (
    (
        "mapping values are not allowed",
        Text(
            ko="여기에는 `:`이 올 수 없습니다. 윗줄이 끝났는지, 들여쓰기가 맞는지, 값에 따옴표가 필요한지 봅니다.",
            en="There can be no `:` here. Look at the end of the line above, the indentation, and whether a value "
            "needs quotes.",
        ),
    ),
    (
        "tab character|cannot start any token",
        Text(
            ko="여기서는 값이 이 글자로 시작할 수 없습니다. 들여쓰기에 탭을 쓰지 않았는지, 따옴표가 필요한지 봅니다.",
            en="Nothing can begin with this character here. Is it a tab in the indentation, or a value that needs "
            "quotes?",
        ),
    ),
    (
        "could not find expected ':'",
        Text(
            ko="이 줄이나 윗줄의 키 뒤에 `:`이 없습니다.",
            en="A `:` is missing after a key, here or in the line above.",
        ),
    ),
    (
        "expected key|expected <block end>|expected '-' indicator|expected <document start>",
        Text(
            ko="들여쓰기가 위와 맞지 않습니다. 같은 단계의 키와 `-`는 같은 칸에서 시작합니다.",
            en="The indentation does not fit what is above. Keys, and dashes, of one level begin in the same column.",
        ),
    ),
    (
        "unexpected end of stream|expected ',' or|expected node content",
        Text(
            ko="따옴표나 괄호가 닫히지 않았습니다.",
            en="A quote or a bracket is not closed.",
        ),
    ),
)
NO_YAML = Text(ko="YAML로 읽을 수 없습니다: {problem}", en="This is no YAML: {problem}")
REPEATED = Text(
    ko="`{key}` 키가 이 단계에 이미 있습니다. 마지막에 적은 것만 남습니다.",
    en="The key `{key}` is here already; only the last one counts.",
)
UNKNOWN = Text(ko="`{field}`{이라는/라는} 필드는 없습니다.", en="There is no field `{field}` here.")
PERHAPS = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
TYPE = Text(ko="`{field}`에는 {wanted} 값을 씁니다. 지금은 {found}입니다.", en="`{field}` takes {wanted}, not {found}.")
KINDS = {
    "string": Text(ko="문자열", en="a string"),
    "number": Text(ko="숫자", en="a number"),
    "bool": Text(ko="true나 false", en="true or false"),
    "object": Text(ko="키와 값의 묶음", en="keys with values"),
    "array": Text(ko="목록", en="a list"),
    "null": Text(ko="빈 값", en="nothing"),
}
CAUSES = {
    "FieldValueRequired": Text(ko="`{field}` 값이 꼭 있어야 합니다.", en="`{field}` must have a value."),
    "FieldValueInvalid": Text(ko="`{field}` 값이 올바르지 않습니다.", en="The value of `{field}` is not valid."),
    "FieldValueNotSupported": Text(
        ko="`{field}`에는 정해진 값만 쓸 수 있습니다.", en="`{field}` takes only certain values."
    ),
    "FieldValueDuplicate": Text(ko="`{field}` 값이 겹칩니다.", en="The value of `{field}` is there twice."),
    "FieldValueForbidden": Text(ko="`{field}`{은/는} 여기서 쓸 수 없습니다.", en="`{field}` may not be set like this."),
    "FieldValueNotFound": Text(
        ko="`{field}`{이/가} 가리키는 것이 없습니다.", en="What `{field}` refers to is not there."
    ),
    "FieldValueTooLong": Text(ko="`{field}` 값이 너무 깁니다.", en="The value of `{field}` is too long."),
    "FieldValueTypeInvalid": Text(ko="`{field}` 값의 타입이 다릅니다.", en="`{field}` takes a value of another type."),
}
QUOTES = Text(ko="따옴표로 감싸면 문자열이 됩니다.", en="Quotes make a string of it.")
IMMUTABLE = Text(
    ko="이미 있는 파드의 `{field}`{은/는} 이렇게 바꿀 수 없습니다. 바꿀 수 있는 것은 이미지 같은 몇 가지뿐입니다. "
    "다른 것을 바꾸려면 파드를 지우고 새로 만듭니다.",
    en="`{field}` of a Pod that exists cannot be changed like this: only a few fields can, the image among them. For "
    "anything else, delete the Pod and make it anew.",
)
NO_KIND = Text(
    ko="`kind`가 없습니다. 파드라면 `kind: Pod`라고 씁니다.", en="There is no `kind`; for a Pod, write `kind: Pod`."
)
NO_VERSION = Text(
    ko="`apiVersion`이 없습니다. 파드라면 `apiVersion: v1`이라고 씁니다.",
    en="There is no `apiVersion`; for a Pod, write `apiVersion: v1`.",
)
NO_OBJECT = Text(
    ko="쿠버네티스 오브젝트가 아닙니다. `apiVersion`, `kind`, `metadata`로 시작합니다.",
    en="This is no Kubernetes object: one begins with `apiVersion`, `kind` and `metadata`.",
)
OURS = (
    (r"\[apiVersion not set|invalid object to validate", "", NO_OBJECT),
    ("kind not set", "", NO_KIND),
    ("apiVersion not set", "", NO_VERSION),
    ('no matches for kind "', "kind", None),
    ("the namespace from the provided object", "metadata.namespace", None),
    ("resource name may not be empty", "metadata", CAUSES["FieldValueRequired"].format(field="metadata.name")),
    ("cannot use generate name", "metadata.generateName", None),
)
"""kubectl's own errors: what they are about, and what to say instead of the line."""


def of_yaml(document: Document) -> list[Problem]:
    """What is wrong with the text itself."""
    if document.error is not None:
        if strange := lookalike(document.text):
            return [Problem(document.before + strange[0] + 1, str(strange[1]))]
        mark = getattr(document.error, "problem_mark", None) or getattr(document.error, "context_mark", None)
        line = document.before + mark.line + 1 if mark else document.before + 1
        words = getattr(document.error, "problem", None) or str(document.error).splitlines()[0]
        hint = next((text for pattern, text in YAML if re.search(pattern, words)), None)
        last = document.before + max(1, document.text.rstrip("\n").count("\n") + 1)
        return [Problem(min(line, last), f"{hint} ({words})" if hint else str(NO_YAML.format(problem=words)))]
    return [Problem(line, str(REPEATED.format(key=key)), "warning") for line, key in document.repeated()]


def of_answer(error: PodlabError, document: Document, names: Names, within: Path = ()) -> list[Problem]:
    """What the server, or kubectl before it, says against a document's object.

    Args:
        within: where the object is in its document, if that is a list of objects.
    """
    found = list(_of_message(str(getattr(error, "status", {}).get("message") or error), document, names, within))
    if not found and isinstance(error, ApiError):
        causes = (error.status.get("details") or {}).get("causes") or ()
        found = [_of_cause(cause, document, within) for cause in causes if cause.get("field")]
    return list(dict.fromkeys(found)) or [_of_kubectl(error, document, within)]


def _of_message(message: str, document: Document, names: Names, within: Path) -> Iterator[Problem]:
    for field in re.findall(r'unknown field "([^"]*)"', message):
        path = (*within, *steps(field))
        yield Problem(document.line(path), _unknown(str(path[-1]), names(path[:-1])))
    wrong = re.search(r"cannot unmarshal (\w+) into Go struct field \w+\.([\w.]+) of type (\S+)", message)
    if wrong:
        kind, field, wanted = wrong.groups()
        path = document.like((*(str(each) for each in within if isinstance(each, str)), *field.split(".")), kind)
        text = str(TYPE.format(field=_named(path), wanted=_wanted(wanted), found=KINDS.get(kind, kind)))
        quotes = _wanted(wanted) == KINDS["string"] and kind in ("number", "bool")
        yield Problem(document.line(path), f"{text} {QUOTES}" if quotes else text)


def _named(path: Path) -> str:
    """The last field of a path, with its place in a list: `args[1]`."""
    at = max((n for n, step in enumerate(path) if isinstance(step, str)), default=0)
    return "".join([str(path[at]), *(f"[{step}]" for step in path[at + 1 :])])


def _unknown(name: str, names: Sequence[str]) -> str:
    lower = {each.lower(): each for each in names}
    text = str(UNKNOWN.format(field=name))
    if strange := lookalike(name):
        return f"{text} {strange[1]}"
    near = difflib.get_close_matches(name.lower(), lower, 1, 0.6)
    return f"{text} {PERHAPS.format(name=lower[near[0]])}" if near else text


def _wanted(go_type: str) -> Text:
    if go_type.startswith("["):
        return KINDS["array"]
    if go_type.startswith("map") or go_type[:1].isupper() or "." in go_type:
        return KINDS["object"]
    return KINDS["number"] if go_type.startswith(("int", "uint", "float")) else KINDS.get(go_type, KINDS["string"])


def _of_cause(cause: dict[str, Any], document: Document, within: Path) -> Problem:
    field, message = str(cause["field"]), str(cause.get("message") or "")
    line = document.line((*within, *steps(field)))
    text = CAUSES.get(str(cause.get("reason")), Text(ko="`{field}`", en="`{field}`"))
    if "pod updates may not change fields" in message:
        return _immutable(field, message, line, document)
    return Problem(line, f"{text.format(field=field)} ({message})" if message else str(text.format(field=field)))


def _immutable(field: str, message: str, line: int, document: Document) -> Problem:
    """The server names `spec` and adds a diff, in Go's names: what that adds is looked for in the text."""
    for name, value in re.findall(r'^\+ +"(\w+)": "?(.*?)"?,?$', message, re.MULTILINE):
        found = document.holding(name, value)
        if found is not None:
            return Problem(found, str(IMMUTABLE.format(field=name[:1].lower() + name[1:])))
    return Problem(line, str(IMMUTABLE.format(field=field)))


def _of_kubectl(error: PodlabError, document: Document, within: Path) -> Problem:
    line = str(error)
    field, text = next(((field, text) for words, field, text in OURS if re.search(words, line)), ("", None))
    said = text or error.hint or hint_for(line)
    return Problem(document.line((*within, *steps(field))), str(said) if said else line)
