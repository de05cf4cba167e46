"""Server-side apply: a configuration merged into the live object, and who owns what afterwards.

Upstream: sigs.k8s.io/structured-merge-diff merge/update.go and typed/merge.go,
staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/{structuredmerge,lastappliedmanager}.go
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from podlab.apimachinery.gotext import compact
from podlab.embedded.apiserver.fields import Field, Type
from podlab.embedded.apiserver.patching.fieldsets import (
    CONTAINERS,
    MISSING,
    Obj,
    Path,
    Paths,
    atomic,
    child,
    compare,
    item_key,
    ordered,
    owned,
    shape_of,
    shown,
    with_parents,
    without,
)
from podlab.embedded.apiserver.patching.managedfields import (
    APPLY,
    UNTRACKED,
    Entries,
    Owned,
    Owner,
    empty,
    entries_of,
    kept,
    owner,
    put,
    updated,
)
from podlab.embedded.apiserver.patching.typed import problems
from podlab.embedded.apiserver.status import Cause, StatusError, bad_request

BEFORE = "before-first-apply"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
KUBECTL = "kubectl"

Conflicts = list[tuple[Owner, Path]]


@dataclass(frozen=True, slots=True)
class Application:
    """Who applies what to which endpoint.

    Attributes:
        patch: the configuration.
        type_: its structure.
        now: the time of the write, RFC 3339.
        ignored: fields that this endpoint does not write.
    """

    patch: Obj
    type_: Type
    manager: str
    now: str
    force: bool = False
    subresource: str = ""
    ignored: tuple[Path, ...] = ()

    @property
    def api_version(self) -> str:
        """The version in which its fields are owned."""
        return str(self.patch["apiVersion"])

    @property
    def who(self) -> Owner:
        """The entry of the one who applies."""
        return owner(self.manager, APPLY, self.api_version, self.subresource)


def check(patch: Any, api_version: str, kind: str, type_: Type | None) -> None:
    """Refuse what is no configuration of this kind. Raises StatusError 400, 500."""
    given = (str(patch.get("apiVersion") or ""), str(patch.get("kind") or ""))
    group, _, version = given[0].rpartition("/")
    if given != (api_version, kind):
        raise bad_request(f"invalid object type: {group}/{version}, Kind={given[1]}")
    meta = patch.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    if meta.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    if type_ is not None and (found := problems(patch, type_)):
        text = found[0] if len(found) == 1 else "\n".join(["errors:", *(f"  {line}" for line in found)])
        raise failure(f"failed to create typed patch object ({_about(patch)}): {text}")


def _about(patch: Obj) -> str:
    meta = patch.get("metadata") if isinstance(patch.get("metadata"), dict) else {}
    group, _, version = str(patch["apiVersion"]).rpartition("/")
    return (
        f"{(meta or {}).get('namespace', '')}/{(meta or {}).get('name', '')}; {group}/{version}, Kind={patch['kind']}"
    )


def failure(text: str) -> StatusError:
    """500 without a reason: what upstream does not classify."""
    return StatusError(500, "", text)


def unreadable(patch: Obj, why: str) -> StatusError:
    """500 for values that their types cannot read."""
    group, _, version = str(patch["apiVersion"]).rpartition("/")
    into = f"unable to convert unstructured object to {group}/{version}, Kind={patch['kind']}"
    return failure(f"failed to convert new object ({_about(patch)}) to proper version: {into}: {why}")


def apply(live: Obj, this: Application) -> Obj:
    """The live object with the configuration applied; `live` stays as it was. Raises StatusError 409."""
    entries = entries_of(live)
    bare = {**live, "metadata": {k: v for k, v in (live.get("metadata") or {}).items() if k != "managedFields"}}
    if not entries:
        changed = kept(compare(empty(this.type_), bare, this.type_)[0], this.ignored)
        before = owner(BEFORE, "Update", this.api_version)
        entries = updated({}, before, this.api_version, changed, set(), this.now)
    merged, after = _apply(bare, entries, this)
    conflicts = [] if this.force else conflicts_of(entries, bare, merged, this)
    if conflicts and this.manager == KUBECTL:  # what client-side apply wrote may be taken over
        allowed = _taken_over(bare, this.type_)
        conflicts = [(who, path) for who, path in conflicts if path not in allowed]
    if conflicts:
        raise conflict(conflicts)
    result = {**merged, "metadata": dict(merged["metadata"])}
    put(result, after)
    if this.manager == KUBECTL and (result["metadata"].get("annotations") or {}).get(LAST_APPLIED):
        result["metadata"]["annotations"] = {**result["metadata"]["annotations"], LAST_APPLIED: _configuration(this)}
    return result


def _apply(live: Obj, entries: Entries, this: Application) -> tuple[Obj, Entries]:
    merged: Obj = merge(live, this.patch, this.type_, None)
    mine = Owned(frozenset(kept(owned(this.patch, this.type_), this.ignored)), this.api_version)
    last = entries.get(this.who)
    claimed = {**entries, this.who: mine}
    if last is not None and last.paths:
        merged = _prune(merged, last.paths, claimed, this.type_)
    changed, removed = (kept(paths, this.ignored) for paths in compare(live, merged, this.type_))
    others = {who: has for who, has in entries.items() if who != this.who}
    after = updated(others, this.who, this.api_version, changed, removed, this.now)
    after.pop(this.who, None)
    if paths := mine.paths - UNTRACKED:
        time = (last.time if last else "") if merged == live else this.now
        after[this.who] = replace(mine, paths=paths, time=time)
    return merged, after


def _prune(merged: Obj, last: Collection[Path], entries: Entries, type_: Type) -> Obj:
    """Without what was applied last time and is claimed by nobody now."""
    before, all_fields = with_parents(last, type_), with_parents(owned(merged, type_), type_)
    left = with_parents(owned(without(merged, before, type_), type_), type_)
    claimed = with_parents({path for has in entries.values() for path in has.paths}, type_)
    left = with_parents(owned(without(merged, all_fields - left - claimed, type_), type_), type_)
    pruned: Obj = without(merged, (all_fields - left) & before, type_)
    return pruned


def conflicts_of(entries: Entries, live: Obj, merged: Obj, this: Application) -> Conflicts:
    """What others own and this would change."""
    changed = kept(compare(live, merged, this.type_)[0], this.ignored)
    return [
        (who, path) for who in sorted(entries) if who != this.who for path in _iterated(entries[who].paths & changed)
    ]


def _iterated(paths: Iterable[Path]) -> list[Path]:
    """In the order in which a Go set is walked: members of a level before what is deeper."""
    result: list[Path] = []

    def walk(prefix: Path, inside: list[Path]) -> None:
        depth = len(prefix) + 1
        result.extend(path for path in inside if len(path) == depth)
        deeper = [path for path in inside if len(path) > depth]
        for start in dict.fromkeys(path[:depth] for path in deeper):
            walk(start, [path for path in deeper if path[:depth] == start])

    walk((), ordered(paths))
    return result


def conflict(conflicts: Conflicts) -> StatusError:
    """409: `Apply failed with 1 conflict: conflict with "alice": .spec.replicas`."""
    causes = [
        Cause(shown(path), "FieldManagerConflict", f"conflict with {who.shown()}").as_dict() for who, path in conflicts
    ]
    if len(conflicts) == 1:
        who, path = conflicts[0]
        text = f"Apply failed with 1 conflict: conflict with {who.shown()}: {shown(path)}"
    else:
        lines = []
        for who in dict.fromkeys(who for who, _ in conflicts):
            lines += [f"conflicts with {who.shown()}:"]
            lines += [f"- {shown(path)}" for other, path in conflicts if other == who]
        text = f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)
    return StatusError(409, "Conflict", text, {"causes": causes})


def _taken_over(live: Obj, type_: Type) -> Paths:
    """What client-side apply wrote and the live object still holds."""
    text = (live["metadata"].get("annotations") or {}).get(LAST_APPLIED) or ""
    try:
        last = json.loads(text)
    except ValueError:
        return set()
    if not isinstance(last, dict) or last.get("apiVersion") != live.get("apiVersion") or problems(last, type_):
        return set()
    changed, removed = compare(last, live, type_)
    return owned(last, type_) - changed - removed


def _configuration(this: Application) -> str:
    """The configuration as client-side apply remembers it."""
    patch = {**this.patch, "metadata": dict(this.patch.get("metadata") or {})}
    if "annotations" in patch["metadata"]:
        annotations = {k: v for k, v in (patch["metadata"]["annotations"] or {}).items() if k != LAST_APPLIED}
        patch["metadata"]["annotations"] = annotations
        if not annotations:
            del patch["metadata"]["annotations"]
    return compact(_sorted(patch)) + "\n"


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def merge(live: Any, patch: Any, type_: Type, field: Field | None) -> Any:
    """The live value with a configuration merged in; what is atomic is replaced."""
    if patch is MISSING:
        return live
    if live is MISSING or live is None:
        return patch
    form = shape_of(type_, patch, live)
    both_empty = live in ({}, []) and patch in (None, {}, [])
    if form not in CONTAINERS or atomic(type_, field, form) or both_empty:
        return patch
    if patch is None:
        return live
    if form == "list" and isinstance(live, list) and field is not None:
        return _merge_lists(live, patch, field)
    if form == "list" or not isinstance(live, dict):
        return patch
    result = dict(live)
    for key, value in patch.items():
        inner, declared = child(type_, key)
        result[key] = merge(live.get(key, MISSING), value, inner, declared) if inner is not None else value
    return result


def _merge_lists(live: list[Any], patch: list[Any], field: Field) -> list[Any]:
    """Both lists' items; the order of the configuration wins where both have one."""
    theirs = {item_key(item, field): item for item in reversed(live)}
    mine = {item_key(item, field): item for item in patch}
    left, right = list(dict.fromkeys(item_key(item, field) for item in live)), list(mine)
    shared = [key for key in right if key in theirs]
    result: list[Any] = []
    while left or right:
        if left and right and left[0] == right[0]:
            key = left.pop(0)
            right.pop(0)
            shared = shared[1:]
        elif left and right and left[0] in mine and shared and shared[0] != left[0]:
            left.pop(0)
            continue
        elif left and left[0] not in mine:
            key = left.pop(0)
        elif right:
            key = right.pop(0)
            shared = shared[1:] if shared and shared[0] == key else shared
        else:
            break
        result.append(merge(theirs.get(key, MISSING), mine.get(key, MISSING), field.type.item, None))
    return result
