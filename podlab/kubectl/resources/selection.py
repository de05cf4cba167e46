"""What a command line names: `pods`, `pod x y`, `pod/x svc/y`, `deploy,rs`, `all`.

Upstream: staging/src/k8s.io/cli-runtime/pkg/resource/builder.go
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podlab.errors import PodlabError
from podlab.kubectl.resources.restmapper import Mapping, RestMapper

MIXED = (
    "error: there is no need to specify a resource type as a separate argument when passing arguments in "
    "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
    "'kubectl get resource resource/<resource_name>'"
)


@dataclass(frozen=True, slots=True)
class Selected:
    """One resource, the name of one object of it ("" for all of them), and its namespace where a file says it."""

    mapping: Mapping
    name: str = ""
    namespace: str = ""


def select(
    mapper: RestMapper, arguments: Sequence[str], *, selecting: bool = False, default: str = ""
) -> list[Selected]:
    """What the arguments name, in order.

    Args:
        selecting: a label or field selector is given, so that names make no sense.
        default: the resource that a bare name belongs to, such as `pods` for logs.

    Raises:
        PodlabError: kubectl's words for what cannot be meant.
    """
    words = list(arguments)
    if len(words) > 1 and "," in words[0]:
        words = [f"{kind}/{name}" for kind in words[0].split(",") for name in words[1:]]
    slashed = sum("/" in word for word in words)
    if not words[:1] or not slashed:
        _check_names(words[1:])
    if slashed and slashed < len(words) and not default:
        raise PodlabError(MIXED)
    if slashed or default:
        if selecting:
            raise PodlabError("error: selectors and the all flag cannot be used when passing resource/name arguments")
        return [_named(mapper, word, default) for word in words]
    if selecting and len(words) > 1:
        raise PodlabError("error: name cannot be provided when a selector is specified")
    named = [mapping for word in words[:1] for each in word.split(",") for mapping in _resources(mapper, each)]
    mappings = list({(each.group, each.plural): each for each in reversed(named)}.values())[::-1]
    return [Selected(mapping, name) for mapping in mappings for name in words[1:] or [""]]


def _named(mapper: RestMapper, word: str, default: str) -> Selected:
    resource, _, name = word.rpartition("/")
    if "/" in resource:
        raise PodlabError("error: arguments in resource/name form may not have more than one slash")
    if not name or "," in resource or (not resource and "/" in word):
        raise PodlabError("error: arguments in resource/name form must have a single resource and name")
    _check_names([name])
    return Selected(mapper.by_name(resource or default), name)


def _check_names(names: Sequence[str]) -> None:
    """Refuse what cannot be part of a path.

    Upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go
    """
    for name in names:
        wrong = f"may not be '{name}'" if name in (".", "..") else "may not contain '%'" if "%" in name else ""
        if wrong:
            raise PodlabError(f'error: invalid resource name "{name}": [{wrong}]')
        if not name:
            raise PodlabError("error: resource name may not be empty")


def _resources(mapper: RestMapper, word: str) -> list[Mapping]:
    return mapper.category(word) or [mapper.by_name(word)]
