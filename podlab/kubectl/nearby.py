"""What there is beside a name that was not found: one more look, for a person who reads the hint."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from podlab.client import Client
from podlab.errors import PodlabError
from podlab.kubectl.commandline.hints import ABSENT, NO_NAMESPACE
from podlab.kubectl.resources.restmapper import RestMapper
from podlab.text import Text

NEAR = Text(ko="{name}{은/는} 없습니다. 혹시 `{near}`입니까?", en="There is no {name}. Did you mean `{near}`?")
THERE = Text(
    ko="{name}{은/는} 없습니다. 이미 지웠거나 이름이 다릅니다. 지금 있는 것: {names}",
    en="There is no {name}: it is deleted already, or its name is another. There now: {names}",
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
