"""Which files of volumes would lie over each other. Upstream: pkg/api/pod/warnings.go checkForOverlap"""

from __future__ import annotations

from typing import Any, NamedTuple

from podlab.apimachinery.gotext import quote

Obj = dict[str, Any]


class Place(NamedTuple):
    """A path in a volume, and what puts a file there."""

    path: str
    source: str = ""

    def __str__(self) -> str:
        return f"{quote(self.path)} ({self.source})" if self.source else quote(self.path)


def warnings(volume: Obj) -> list[str]:
    """Return what to warn of in one volume."""
    name, found = quote(volume.get("name", "")), []
    for key, kind, named in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        if volume.get(key) is not None:
            what = f"{kind} {quote(volume[key].get(named, ''))}"
            found += _clashes(_items(volume[key]), f"volume {name} ({what})")
    if volume.get("downwardAPI") is not None:
        found += _clashes(_items(volume["downwardAPI"]), f"volume {name} (DownwardAPI)")
    if volume.get("projected") is not None:
        found += _projected(volume["projected"], f"volume {name} (Projected)")
    return found


def _items(given: Obj, source: str = "") -> list[Place]:
    return [Place(item.get("path", "").rstrip("/"), source) for item in given.get("items") or []]


def _clashes(places: list[Place], what: str) -> list[str]:
    found: list[str] = []
    for index, place in enumerate(places):
        found += [f"{what}: overlapping paths: {place} with {other}" for other in _over(places[:index], place)]
    return found


def _over(before: list[Place], place: Place) -> list[Place]:
    return [other for other in sorted(before) if _same(other.path, place.path)]


def _same(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _projected(given: Obj, what: str) -> list[str]:
    found: list[str] = []
    before: list[Place] = []
    for source in given.get("sources") or []:
        if not any(value is not None for value in source.values()):
            found.append(f"{what} has no sources provided")
            continue
        for place in _places(source):
            found += [f"{what}: overlapping paths: {place} with {other}" for other in _over(before, place)]
            before.append(place)
    return found


def _places(source: Obj) -> list[Place]:
    places = []
    for key, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
        if source.get(key) is not None:
            places += _items(source[key], f"{kind} {quote(source[key].get('name', ''))}")
    if source.get("downwardAPI") is not None:
        places += _items(source["downwardAPI"], "DownwardAPI")
    if source.get("serviceAccountToken") is not None:
        places.append(Place(source["serviceAccountToken"].get("path", ""), "ServiceAccountToken"))
    return places
