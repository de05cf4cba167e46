"""What a command gave back, used as what it is not: an output as a text or a list, an object as one with attributes."""

from __future__ import annotations

import re

from podlab.text import Text

NO_ITEM = Text(
    ko="목록에 그만큼 들어 있지 않습니다. 비었을 수도 있습니다. `[0]` 같은 번호를 떼고 무엇이 들어 있는지 "
    "먼저 보십시오.",
    en="The list does not hold that many; it may be empty. Take off the number, such as `[0]`, and look at it first.",
)
NO_KEY = Text(
    ko='그런 키는 없습니다. `kubectl.get("pod", "web", output="yaml")`이 있는 키를 보여 줍니다.',
    en='There is no such key: `kubectl.get("pod", "web", output="yaml")` shows those there are.',
)
WHOLE = Text(
    ko="표를 물으면 API 서버는 오브젝트의 metadata만 보냅니다. 통째로 얻으려면 YAML로 물으십시오: "
    '`kubectl.get("pod", "web", output="yaml").objects[0]["{name}"]`',
    en="Asked for a table, the API server sends of each object its metadata only. Ask for all of it: "
    '`kubectl.get("pod", "web", output="yaml").objects[0]["{name}"]`',
)
OUTPUT = Text(
    ko="kubectl이 돌려주는 것은 출력입니다. 글자는 `str(…)`, 오브젝트는 `….objects[0]`으로 꺼냅니다.",
    en="What kubectl gives back is its output: its text is `str(…)`, its objects are `….objects[0]`.",
)
EACH = Text(
    ko='하나씩 보려면 오브젝트의 목록을 돕니다: `for pod in kubectl.get("pods").objects:`',
    en='To go through them one by one: `for pod in kubectl.get("pods").objects:`',
)
FIELD = Text(
    ko='오브젝트는 파이썬의 dict입니다. 필드는 점이 아니라 대괄호로 꺼냅니다: `["{name}"]`',
    en='An object is a dict of Python: a field is taken with brackets, not with a dot: `["{name}"]`',
)
WITHIN = Text(
    ko='글자가 들어 있는지는 `in`으로 묻습니다: `"web" in str(kubectl.get("pods"))`',
    en='Whether a text holds another is asked by `in`: `"web" in str(kubectl.get("pods"))`',
)
ONE_OF = Text(
    ko='목록입니다. 그 가운데 하나를 고른 다음 필드를 꺼냅니다: `[0]["{name}"]`',
    en='This is a list: pick one of it, then the field: `[0]["{name}"]`',
)
COUNT = Text(
    ko='몇 개인지는 오브젝트를 셉니다: `len(kubectl.get("pods").objects)`',
    en='To know how many there are, count the objects: `len(kubectl.get("pods").objects)`',
)
FIRST = Text(
    ko='오브젝트는 목록에 들어 있습니다. 하나를 고른 다음 필드를 꺼냅니다: `.objects[0]["metadata"]`',
    en='The objects are a list: pick one of it, then the field: `.objects[0]["metadata"]`',
)
USED = (
    ("'Output' object is not iterable", EACH),
    (r"object of type 'Output' has no len\(\)", COUNT),
    ("argument of type 'Output' is not", WITHIN),
    (r"^(?!.*'await').*\bOutput\b", OUTPUT),
)
"""What Python says of an output that was taken for something else, and how to get at what was meant."""


def hint_for(error: BaseException, cell: str) -> Text | None:
    """How to get at what was meant; None where the value is not one of kubectl's."""
    if isinstance(error, IndexError | KeyError):
        missing = NO_ITEM if isinstance(error, IndexError) else _no_key(str(error.args[0] if error.args else ""))
        return missing if "kubectl" in cell else None
    if isinstance(error, AttributeError) and (found := _of_an_object(error.obj, str(error.name))):
        return found
    if not isinstance(error, TypeError | AttributeError):
        return None
    if "indices must be integers or slices" in str(error) and "objects" in cell:
        return FIRST
    return next((hint for words, hint in USED if re.search(words, str(error))), None)


def _of_an_object(value: object, name: str) -> Text | None:
    """Where a field of an object was asked for as if it were an attribute; other dicts and lists are left alone."""
    if isinstance(value, str) and name in ("contains", "includes", "has"):
        return WITHIN
    if isinstance(value, dict):
        return FIELD.format(name=name) if name in value else _no_key(name) if "metadata" in value else None
    if isinstance(value, list | tuple) and value and isinstance(value[0], dict) and name in value[0]:
        return ONE_OF.format(name=name)
    return None


def _no_key(name: str) -> Text:
    return WHOLE.format(name=name) if name in ("spec", "status") else NO_KEY
