"""`kubectl label` and `kubectl annotate`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/label/label.go, cmd/annotate/annotate.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery import validation
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import unfolded
from podlab.kubectl.manifests.manifest import in_namespace, manifests
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.listing import read_list, read_one
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.naming import NOTHING_NAMED, both

Object = dict[str, Any]
BOTH_WAYS = "error: cannot set --all and --selector at the same time"
BOTH_FIELDS = "error: cannot set --all and --field-selector at the same time"
NAMED = "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"
Changes = tuple[dict[str, str], list[str]]
"""What is set, and the keys that are removed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The flags that both commands have."""

    filename: Sequence[str]
    overwrite: bool
    all_: bool
    selector: str
    all_namespaces: bool
    field_selector: str
    resource_version: str
    list_: bool
    local: bool


def label(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    overwrite: bool = False,
    all_: bool = False,
    selector: str = "",
    all_namespaces: bool = False,
    field_selector: str = "",
    resource_version: str = "",
    list_: bool = False,
    local: bool = False,
) -> None:
    """Set labels (`key=value`) and remove them (`key-`).

    Raises:
        PodlabError: a label is there with another value, or an object is not there.
    """
    asked = Asked(filename, overwrite, all_, selector, all_namespaces, field_selector, resource_version, list_, local)
    _update(command, LABELS, arguments, asked)


def annotate(
    command: Command,
    *arguments: str,
    filename: Sequence[str] = (),
    overwrite: bool = False,
    all_: bool = False,
    selector: str = "",
    all_namespaces: bool = False,
    field_selector: str = "",
    resource_version: str = "",
    list_: bool = False,
    local: bool = False,
) -> None:
    """Set annotations (`key=value`) and remove them (`key-`).

    Raises:
        PodlabError: an annotation is there with another value, or an object is not there.
    """
    asked = Asked(filename, overwrite, all_, selector, all_namespaces, field_selector, resource_version, list_, local)
    _update(command, ANNOTATIONS, arguments, asked)


def _update(command: Command, kind: Kind, arguments: Sequence[str], asked: Asked) -> None:
    """List and change what is named, one object after the other."""
    words, changes = _changes(arguments, kind.word)
    if asked.all_ and asked.selector:
        raise PodlabError(BOTH_WAYS)
    if asked.all_ and asked.field_selector:
        raise PodlabError(BOTH_FIELDS)
    if not words and not asked.filename:
        raise PodlabError(NAMED)
    if not asked.list_ and not any(changes):
        raise PodlabError(f"error: at least one {kind.word} update is required")
    writing = Writing(command, kind.manager, late=kind is LABELS)
    if kind is LABELS and asked.list_ and writing.output:
        raise PodlabError("error: --list and --output may not be specified together")
    named = [word for word in words if "/" in word] or words[1:]
    several = bool(asked.selector or asked.all_ or asked.field_selector) or len(named) > 1
    found = _found(command, kind, words, asked)
    if asked.resource_version and (several or len(found) != 1):
        raise PodlabError("error: --resource-version may only be used with a single resource")
    for mapping, obj in found:
        with command.going_on():
            if not any(changes):
                _list(command, mapping, obj, kind.field, several)
                continue
            values = obj["metadata"].get(kind.field) or {}
            taken = [key for key, value in changes[0].items() if values.get(key, value) != value]
            if taken and not asked.overwrite:
                raise PodlabError(kind.refusal(values, taken))
            for key in changes[1]:
                if kind is LABELS and key not in values:
                    command.out(f'label "{key}" not found.\n')
            changed = _changed(values, changes)
            local = asked.local or asked.list_
            made = _write(writing, mapping, obj, kind.field, changed, asked.resource_version, local)
            if asked.list_:
                _list(command, mapping, made, kind.field, several)
            else:
                writing.tell(mapping, made, kind.done(changed))


def _found(command: Command, kind: Kind, words: list[str], asked: Asked) -> list[tuple[Mapping, Object]]:
    if asked.local:
        return objects_in(command, words, asked.filename, kind.example)
    chosen = (asked.filename, asked.selector, asked.all_, asked.all_namespaces, asked.field_selector)
    return objects_named(command, words, *chosen, latest=True)


def _label_taken(values: dict[str, str], taken: list[str]) -> str:
    return f"error: '{taken[0]}' already has a value ({values[taken[0]]}), and --overwrite is false"


def _annotation_taken(values: dict[str, str], taken: list[str]) -> str:
    there = "; ".join(f"'{key}' already has a value ({values[key]})" for key in taken)
    return f"error: --overwrite is false but found the following declared annotation(s): {there}"


def _labeled(changed: dict[str, str | None]) -> str:
    if not changed:
        return "not labeled"
    gone = [value is None for value in changed.values()]
    return "unlabeled" if all(gone) else "modified" if any(gone) else "labeled"


@dataclass(frozen=True, slots=True)
class Kind:
    """Where labels and annotations differ.

    Args:
        word: as it is called in an error.
        field: where it stands in the metadata.
        example: the file that the refusal of `--local` names.
        refusal: what is said where keys have another value.
        done: what is said after a change.
    """

    word: str
    field: str
    manager: str
    example: str
    refusal: Callable[[dict[str, str], list[str]], str]
    done: Callable[[dict[str, str | None]], str]


LABELS = Kind("label", "labels", "kubectl-label", "pod", _label_taken, _labeled)
ANNOTATIONS = Kind(
    "annotation", "annotations", "kubectl-annotate", "rsrc", _annotation_taken, lambda changed: "annotated"
)


def _list(command: Command, mapping: Mapping, obj: Object, what: str, several: bool) -> None:
    """What an object has; of several, each below its name and indented."""
    values, indent = obj["metadata"].get(what) or {}, " " if several else ""
    name = f"{mapping.kind}.{mapping.group}/{obj['metadata']['name']}"
    head = f"Listing {what} for {name}:\n" if several else ""
    command.out(head + "".join(f"{indent}{key}={values[key]}\n" for key in sorted(values)))


def _changes(arguments: Sequence[str], what: str) -> tuple[list[str], Changes]:
    """The words that name objects, and the changes."""
    updates = [word for word in arguments if word.find("=") > 0 or (len(word) > 1 and word.endswith("-"))]
    words = [word for word in arguments if word not in updates]
    late = [word for word in arguments[arguments.index(updates[0]) :] if word not in updates] if updates else []
    if late:
        raise PodlabError(f"error: all resources must be specified before {what} changes: {late[0]}")
    put: dict[str, str] = {}
    removed = []
    for word in updates:
        key, equals, value = word.partition("=")
        if equals:
            if what == "label" and "=" in value:
                raise PodlabError(f"error: invalid label spec: {word}")
            wrong = validation.label_value(value) if what == "label" else []
            if wrong:
                raise PodlabError(f'error: invalid label value: "{word}": {"; ".join(wrong)}')
            put[key] = value
        else:
            removed.append(word[:-1])
    both = [key for key in removed if key in put]
    if both:
        raise PodlabError(f"error: can not both modify and remove a {what} in the same command")
    return words, (put, removed)


def _changed(values: dict[str, str], changes: Changes) -> dict[str, str | None]:
    """The merge patch: what differs."""
    put = {key: value for key, value in changes[0].items() if values.get(key) != value}
    return {**put, **{key: None for key in changes[1] if key in values}}


def _write(
    writing: Writing,
    mapping: Mapping,
    obj: Object,
    where: str,
    changed: dict[str, str | None],
    version: str,
    local: bool,
) -> Object:
    metadata = obj["metadata"]
    if writing.on_client or local or not changed:
        values = {**(metadata.get(where) or {}), **changed}
        return {**obj, "metadata": {**metadata, where: {k: v for k, v in values.items() if v is not None}}}
    path = mapping.path(metadata.get("namespace", ""), metadata["name"])
    patch = {"metadata": {where: changed, **({"resourceVersion": version} if version else {})}}
    return writing.patch(path, patch, "merge-patch")


def objects_in(
    command: Command, words: Sequence[str], filename: Sequence[str], example: str = "rsrc"
) -> list[tuple[Mapping, Object]]:
    """The objects of files, as they are written: what `--local` is about.

    Raises:
        PodlabError: something on the server is named.
    """
    if words or not filename:
        raise PodlabError(
            f"error: can only use local files by -f {example}.yaml or --filename={example}.json when --local=true is "
            "set"
            if words
            else "error: one or more files must be specified as -f rsrc.yaml or --filename=rsrc.json"
        )
    found = []
    for manifest, mapping in manifests(command, filename, validate="ignore"):
        with command.going_on():
            in_namespace(command, manifest, mapping)
            found.append((mapping, manifest.obj))
    return found


@contextmanager
def _as_read(command: Command) -> Iterator[None]:
    """What could not be read of files is told one by one, and before what is not on the server."""
    yield
    unread = [each for each in command.failures if not isinstance(each, ApiError)]
    command.failures = [*unfolded(unread), *(each for each in command.failures if isinstance(each, ApiError))]


def objects_named(
    command: Command,
    words: Sequence[str],
    filename: Sequence[str] = (),
    selector: str = "",
    all_: bool = False,
    all_namespaces: bool = False,
    field_selector: str = "",
    *,
    latest: bool = False,
) -> list[tuple[Mapping, Object]]:
    """What is named, as it is on the server; `latest`: what is not there is told before that it may not be there."""
    found: list[tuple[Mapping, Object]] = []
    if filename and words:
        raise both(command, filename)
    if filename:
        with _as_read(command):
            for manifest, mapping in manifests(command, filename, validate="ignore"):
                with command.going_on():
                    own = str((manifest.obj.get("metadata") or {}).get("namespace") or "")
                    if latest and own not in ("", command.namespace) and mapping.namespaced:
                        read_one(command.client, mapping, own, manifest.name)
                    _, namespace = in_namespace(command, manifest, mapping)
                    found.append((mapping, read_one(command.client, mapping, namespace, manifest.name)))
        return found
    if not words:
        raise PodlabError(NOTHING_NAMED)
    selecting = bool(selector or field_selector)
    for one in select(command.mapper, words, selecting=selecting):
        namespace = "" if all_namespaces else command.namespace
        with command.going_on():
            if one.name:
                found.append((one.mapping, read_one(command.client, one.mapping, namespace, one.name)))
            elif not (selecting or all_):
                raise PodlabError("error: resource(s) were provided, but no name was specified")
            else:
                kind = {"apiVersion": one.mapping.api_version, "kind": one.mapping.kind}
                found_there = read_list(
                    command.client, one.mapping, namespace, label_selector=selector, field_selector=field_selector
                )
                items = found_there["items"]
                found += [(one.mapping, {**kind, **item}) for item in items]
    return found
