"""What there is beside a name that was not found: one more look, for a person who reads the hint."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from podlab.client import Client
from podlab.errors import PodlabError
from podlab.kubectl.commandline import hints
from podlab.kubectl.commandline.hints import ABSENT, NO_NAMESPACE
from podlab.kubectl.output import Output
from podlab.kubectl.resources.restmapper import RestMapper
from podlab.text import Text

NEAR = Text(ko="{name}{은/는} 없습니다. 혹시 `{near}`입니까?", en="There is no {name}. Did you mean `{near}`?")
THERE = Text(
    ko="{name}{은/는} 없습니다. 이미 지웠거나 이름이 다릅니다. 지금 있는 것: {names}",
    en="There is no {name}: it is deleted already, or its name is another. There now: {names}",
)
NEAR_NAMESPACE = Text(
    ko="{name}{이라는/라는} 네임스페이스는 없습니다. 혹시 `{near}`입니까?",
    en="There is no namespace {name}. Did you mean `{near}`?",
)
ONE_NAMESPACE = Text(
    ko="네임스페이스는 하나만 적습니다. 모든 네임스페이스는 `-A`(파이썬에서는 `all_namespaces=True`)로 봅니다.",
    en="`-n` takes one namespace; all of them are shown by `-A` (in Python `all_namespaces=True`).",
)
NO_FIELD = Text(
    ko="정렬할 필드 `{field}`{이/가} 어느 오브젝트에도 없으면 kubectl은 아무것도 보여 주지 않습니다. 필드는 맨 위부터 "
    "적습니다: `.metadata.creationTimestamp`",
    en="Where no object has the field `{field}` to sort by, kubectl shows nothing. A field is written from the top: "
    "`.metadata.creationTimestamp`",
)
BRACES = Text(
    ko="경로를 중괄호로 감싸지 않아 적은 글자가 그대로 나왔습니다: `jsonpath={{{path}}}`",
    en="Without braces a path is printed as it stands: `jsonpath={{{path}}}`",
)
NO_VALUE = Text(
    ko='그 경로에는 지금 값이 없습니다. 아직 정해지지 않았거나 이름이 다릅니다. `output="yaml"`에서 대소문자까지 '
    "견주어 보십시오.",
    en='There is no value at that path: it is not settled yet, or a name differs. Compare it with `output="yaml"`, '
    "upper and lower case, too.",
)
NO_PROGRAM = Text(
    ko="이 컨테이너의 이미지에는 `{program}`{이/가} 없습니다. 다른 프로그램을 쓰거나, 그것이 있는 컨테이너에서 "
    "실행하십시오.",
    en="The image of this container has no `{program}`: use another program, or run it in a container that has it.",
)
UNKNOWN = Text(
    ko="`{field}`{이라는/라는} 필드는 거기에 없어서 무시되었습니다. `kubectl explain`이 있는 필드를 보여 줍니다.",
    en="There is no field `{field}` there, so it was ignored; `kubectl explain` lists the fields.",
)
UNHEARD = re.compile(r"^\S*sh: (?:\d+: |line \d+: )?([\w.-]+): (?:command )?not found$", re.M)
"""What a shell in a container says of a program that is not there."""
NEVER_SO = Text(
    ko="값이 0이거나 false이거나 빈 필드는 흔히 오브젝트에서 아예 빠집니다. "
    '그러면 `{path}`{은/는} `{value}`{이/가} 되지 않습니다. `output="yaml"`에서 그 필드를 찾아보십시오.',
    en="A field that is 0, false or empty is often left out of the object, and then `{path}` never comes to be "
    '`{value}`: look for it with `output="yaml"`.',
)
NOT_SO = Text(
    ko="`{path}`의 값이 제때 `{value}`{이/가} 되지 않았습니다. "
    '지금의 값은 `output="jsonpath={path}"`로 봅니다. 시간이 더 필요하면 `timeout`을 늘립니다.',
    en="The value at `{path}` did not come to be `{value}` in time. "
    'See what it is now: `output="jsonpath={path}"`. If it only needs longer, raise `timeout`.',
)
FEW = 4
"""So many names are read at a glance; of more `kubectl get` makes a table."""
LINE = re.compile(r'\(NotFound\)[^\n]*?: (?P<resource>[\w.-]+) "(?P<name>[^"]*)" not found')


def hint_for(error: PodlabError, client: Client, mapper: RestMapper, namespace: str) -> Text | None:
    """The hint with the name that was meant, or the few there are, where it told no more than that one is not there."""
    found = LINE.search(str(error))
    generic = [text.format(**found.groupdict()) for text in (ABSENT, NO_NAMESPACE)] if found else []
    if found is None or error.hint not in generic:
        return None
    try:
        path = mapper.by_name(found["resource"]).path(namespace)
        names = [each["metadata"]["name"] for each in client.get(path).get("items") or ()]
    except PodlabError:  # who may not list them gets the hint there was
        return None
    return beside(found["name"], names)


def unmet(error: PodlabError, flags: Mapping[str, Any]) -> Text | None:
    """What to say where a wait for a value at a path was in vain."""
    awaited = re.fullmatch(r"jsonpath=['\"]?(\{[^{}]*\})['\"]?=(.*)", str(flags.get("for_") or flags.get("for") or ""))
    if awaited is None or "timed out waiting for the condition" not in str(error):
        return None
    value = awaited[2].strip("'\"")
    return (NEVER_SO if value in ("0", "false", "") else NOT_SO).format(path=awaited[1], value=value)


def doubt(output: Output, flags: Mapping[str, Any], client: Client) -> Text | None:
    """What may be wrong with a question whose answer is nothing, or the question itself."""
    path = str(flags.get("output") or "").partition("jsonpath=")[2]
    if path and "{" not in path and output.stdout.strip() == path.strip():
        return BRACES.format(path=path.strip(" }"))
    if re.fullmatch(r"\{\.[^{}]+\}", path) and not output.stdout and not output.stderr:
        return NO_VALUE
    if field := re.match(r'Warning: unknown field "([^"]*)"', output.stderr):
        return hints.field_meant(field[1]) or UNKNOWN.format(field=field[1])
    if unknown := UNHEARD.search(output.stderr):
        return NO_PROGRAM.format(program=unknown[1])
    if not output.stderr.startswith("No resources found"):
        return None
    if flags.get("sort_by"):
        return NO_FIELD.format(field=flags["sort_by"])
    return no_namespace(str(flags.get("namespace") or ""), client)


def no_namespace(name: str, client: Client) -> Text | None:
    """What to say of a namespace, if it is named and not there."""
    try:
        there = (
            [each["metadata"]["name"] for each in client.get("/api/v1/namespaces").get("items") or ()] if name else []
        )
    except PodlabError:  # who may not list them is told nothing
        return None
    if not there or name in there:
        return None
    if "," in name:
        return ONE_NAMESPACE
    near = difflib.get_close_matches(name, there, 1, 0.75)
    return NEAR_NAMESPACE.format(name=name, near=near[0]) if near else NO_NAMESPACE.format(name=name)


def beside(name: str, names: Sequence[str]) -> Text | None:
    """What to say of these names to somebody who wrote another."""
    close = difflib.get_close_matches(name, names, 2, 0.75)
    near = [each for each in close if _likeness(name, each) == _likeness(name, close[0])]
    near = near or [each for each in names if each.startswith(f"{name}-")]
    if len(near) == 1:
        return NEAR.format(name=name, near=near[0])
    listed = ", ".join(f"`{each}`" for each in sorted(names))
    return THERE.format(name=name, names=listed) if 0 < len(names) <= FEW else None


def _likeness(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, name).ratio()
