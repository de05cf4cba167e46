"""From what a person types (`pod`, `po`, `deploy`, `deployments.apps`) or a manifest names to the resource's path.

Upstream: staging/src/k8s.io/client-go/restmapper
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.lookalikes import plain
from podlab.kubectl.resources import discovered
from podlab.text import Text

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"

MEANT = Text(
    ko="혹시 `{name}`입니까? `kubectl api-resources`가 이 클러스터의 모든 종류를 보여 줍니다.",
    en="Did you mean `{name}`? `kubectl api-resources` lists all types that this cluster has.",
)
TYPE_FIRST = Text(
    ko='종류를 먼저 적고 이름은 그다음입니다: `"pod", "{name}"`, `"deployment", "{name}"`. `kubectl api-resources`가 '
    "모든 종류를 보여 줍니다.",
    en='The type comes first, then the name: `"pod", "{name}"` or `"deployment", "{name}"`. '
    "`kubectl api-resources` lists all types.",
)
IN_ENGLISH = Text(
    ko="종류는 영어 글자로 적습니다: `{name}`. `kubectl api-resources`가 모든 종류를 보여 줍니다.",
    en="A type is written in plain English letters: `{name}`. `kubectl api-resources` lists all types.",
)
KOREAN = {
    "파드": "pods",
    "포드": "pods",
    "노드": "nodes",
    "서비스": "services",
    "디플로이먼트": "deployments",
    "레플리카셋": "replicasets",
    "네임스페이스": "namespaces",
    "이벤트": "events",
    "컨피그맵": "configmaps",
    "시크릿": "secrets",
    "잡": "jobs",
}


@dataclass(frozen=True, slots=True)
class Mapping:
    """One resource of the API server: `group` and `version` ("" and "v1" for Pods), its names, its scope."""

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """The plural with its group, as errors name it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_singular(self) -> str:
        """As messages name an object's resource: `pod`, `deployment.apps`."""
        return f"{self.singular}.{self.group}" if self.group else self.singular

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The URL's path of the list, of one object, or of a subresource; without namespace that of all of them."""
        parts = ["/apis", self.group, self.version] if self.group else ["/api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        return "/".join([*parts, self.plural, *filter(None, (name, subresource))])


@dataclass(slots=True)
class RestMapper:
    """What the API server serves, asked once and once more when a name is not found."""

    client: Client
    mappings: list[Mapping] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def all(self) -> list[Mapping]:
        """Every resource, in the server's order of groups: the first of two equal names wins."""
        if not self.mappings:
            self.mappings = discover(self.client)
            discovered.note(self.client.server)
        return self.mappings

    def by_name(self, name: str) -> Mapping:
        """The resource a person means by plural, singular, short name or kind; `.group` or `.version.group` may follow.

        Raises:
            PodlabError: the server has none of that name.
        """
        found = self._find(name)
        if found is None:
            self.mappings = []
            found = self._find(name)
        if found is None:
            near = difflib.get_close_matches(name.lower(), {n for each in self.all() for n in _names(each)}, 1, 0.6)
            line = f'error: the server doesn\'t have a resource type "{name.partition(".")[0]}"'
            near = [] if re.search(" |;$", name) else near  # which have a hint by their line
            raise PodlabError(line, MEANT.format(name=near[0]) if near else _unlike(name))
        return found

    def category(self, name: str) -> list[Mapping]:
        """The resources of a category such as `all`; empty if there is none."""
        found = [each for each in self.all() if name in each.categories]
        return [each for at, each in enumerate(found) if not any(_same(each, before) for before in found[:at])]

    def by_kind(self, api_version: str, kind: str) -> Mapping | None:
        """The resource that holds objects of this apiVersion and kind, or None."""
        wanted = (api_version, kind)
        return next((each for each in self.all() if (each.api_version, each.kind) == wanted), None)

    def by_kind_in_lower_case(self, api_version: str, kind: str) -> Mapping | None:
        """The same for a kind in small letters: kubectl finds its resource, and leaves the refusal to the server."""
        return next((each for each in self.all() if (each.api_version, each.kind.lower()) == (api_version, kind)), None)

    def _find(self, name: str) -> Mapping | None:
        word, _, rest = name.partition(".")
        found = [each for each in self.all() if _is_called(each, word) and _in_group(each, rest.lower())]
        others = [each for each in found[1:] if each.group != found[0].group and word in each.short_names]
        if others and word in found[0].short_names:
            said = f'short name "{word}" could also match lower priority resource {others[0].qualified}'
            self.warnings += [] if said in self.warnings else [said]
        return found[0] if found else None


def _unlike(name: str) -> Text | None:
    """The hint for a type that is like none; what begins with a dash or has two words has a hint by its line."""
    if re.search("^-| |;$", name):
        return None
    if not name.isascii():
        return IN_ENGLISH.format(name=KOREAN.get(name, plain(name) if plain(name).isascii() else "pods"))
    return TYPE_FIRST.format(name=name)


def _same(one: Mapping, other: Mapping) -> bool:
    """Whether both are versions of one resource."""
    return (one.group, one.plural) == (other.group, other.plural)


def _is_called(mapping: Mapping, word: str) -> bool:
    """Short names count as they are, other names in any case."""
    return word in mapping.short_names or word.lower() in (mapping.plural, mapping.singular, mapping.kind.lower())


def _names(mapping: Mapping) -> tuple[str, ...]:
    return (mapping.plural, mapping.singular, mapping.kind.lower(), *mapping.short_names)


def _in_group(mapping: Mapping, rest: str) -> bool:
    wanted = (mapping.group, f"{mapping.version}.{mapping.group}", f"{mapping.version}.")
    return not rest or rest in wanted or mapping.group.startswith(rest + ".")


def discover(client: Client) -> list[Mapping]:
    """All resources of the server: two requests where discovery is aggregated, else one for each group version."""
    found: list[Mapping] = []
    for root in ("/api", "/apis"):
        answer = client.request("GET", root, accept=AGGREGATED).json()
        if answer.get("kind") == "APIGroupDiscoveryList":
            found += [each for group in answer["items"] for each in _aggregated(group)]
        else:
            found += _plain(client, root, answer)
    return found


def _aggregated(group: dict[str, Any]) -> Iterable[Mapping]:
    name = group["metadata"].get("name", "")
    for version in group["versions"]:
        for each in version.get("resources", ()):
            yield Mapping(
                name,
                version["version"],
                each["responseKind"]["kind"],
                each["resource"],
                each.get("singularResource") or each["responseKind"]["kind"].lower(),
                each["scope"] == "Namespaced",
                tuple(each.get("shortNames", ())),
                tuple(each.get("categories", ())),
                tuple(each.get("verbs", ())),
            )


def _plain(client: Client, root: str, answer: dict[str, Any]) -> Iterable[Mapping]:
    if root == "/api":
        versions = list(answer["versions"])
    else:
        versions = [version["groupVersion"] for group in answer["groups"] for version in group["versions"]]
    for group_version in versions:
        group, _, version = group_version.rpartition("/")
        try:
            resources = client.get(f"{root}/{group_version}")["resources"]
        except ApiError:  # an aggregated API whose server is away: its resources are unknown, the others are not
            continue
        for each in resources:
            if "/" not in each["name"]:
                yield Mapping(
                    group,
                    version,
                    each["kind"],
                    each["name"],
                    each.get("singularName") or each["kind"].lower(),
                    each["namespaced"],
                    tuple(each.get("shortNames", ())),
                    tuple(each.get("categories", ())),
                    tuple(each.get("verbs", ())),
                )
