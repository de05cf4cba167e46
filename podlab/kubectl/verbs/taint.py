"""`kubectl taint`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/taint
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from podlab.apimachinery import validation
from podlab.apimachinery.gotext import quote
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.verbs.label import objects_named

Object = dict[str, Any]
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
KEY_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
SEE = "\nSee 'kubectl taint -h' for help and examples"


@dataclass(slots=True)
class Changes:
    """Taints to set, and key with effect ("" for any) of those to remove."""

    put: list[Object] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)


def taint(command: Command, *arguments: str, all_: bool = False, overwrite: bool = False, selector: str = "") -> None:
    """Set taints of Nodes (`key=value:Effect`) and remove them (`key-`).

    Raises:
        PodlabError: no such Node, or a taint is there with another value.
    """
    words, specs = _divided(arguments)
    if not words:
        raise PodlabError("error: one or more resources must be specified as <resource> <name>")
    if not specs:
        raise PodlabError("error: at least one taint update is required")
    changes = _parsed(specs)
    if words[0].partition("/")[0].lower() not in ("node", "nodes", "no"):
        raise PodlabError(f"error: invalid resource type {words[0].partition('/')[0]}, only node types are supported")
    if all_ and selector:
        raise PodlabError("error: setting 'all' parameter with a non empty selector is prohibited")
    if not all_ and not selector and len(words) < 2 and "/" not in words[0]:
        raise PodlabError("error: at least one resource name must be specified since 'all' parameter is not set")
    writing = Writing(command, "kubectl-taint")
    for mapping, node in objects_named(command, words, (), selector, all_):
        with command.going_on():
            _taint(writing, mapping, node, changes, overwrite)


def _divided(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    words: list[str] = []
    specs: list[str] = []
    for each in arguments:
        is_spec = "=" in each or ":" in each or each.endswith("-")
        if specs and not is_spec:
            raise PodlabError(f"error: all resources must be specified before taint changes: {each}")
        (specs if is_spec else words).append(each)
    return words, specs


def _parsed(specs: Sequence[str]) -> Changes:
    changes = Changes()
    for text in specs:
        if text.endswith("-"):
            key, _, effect = text[:-1].partition("=")[0].partition(":")
            if "=" in text:
                effect = text[:-1].rpartition(":")[2]
            _check(text, key, effect)
            changes.removed.append((key, effect))
            continue
        found = _one(text)
        if any((each["key"], each["effect"]) == (found["key"], found["effect"]) for each in changes.put):
            raise PodlabError(f"error: duplicated taints with the same key and effect: {_go(found)}{SEE}")
        changes.put.append(found)
    both = [
        f"{key}={effect}"
        for each in changes.put
        for key, effect in changes.removed
        if key == each["key"] and effect in ("", each["effect"])
    ]
    if both:
        listed = ", ".join(both)
        raise PodlabError(f"error: can not both modify and remove the following taint(s) in the same command: {listed}")
    return changes


def _one(text: str) -> Object:
    pair, colon, effect = text.partition(":")
    if not colon or text.count(":") > 1 or pair.count("=") > 1:
        rule = "" if colon or KEY.fullmatch(text) else f", {KEY_RULE}"
        raise PodlabError(f"error: invalid taint spec: {text}{rule}{SEE}")
    key, equals, value = pair.partition("=")
    if equals and value and not re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", value):
        rule = (
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
            "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
            "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
        )
        raise PodlabError(f"error: invalid taint spec: {text}, {rule}{SEE}")
    if effect not in EFFECTS:
        raise PodlabError(f"error: invalid taint effect: {effect}, unsupported taint effect{SEE}")
    _check(text, key, effect)
    return {"key": key, **({"value": value} if value else {}), "effect": effect}


def _check(text: str, key: str, effect: str) -> None:
    if effect and effect not in EFFECTS:
        raise PodlabError(f"error: invalid taint effect: {effect}, unsupported taint effect{SEE}")
    if wrong := validation.qualified(key):
        raise PodlabError(f"error: invalid taint spec: {text}, {'; '.join(wrong)}{SEE}")


def _go(taint: Object) -> str:
    return f"{{{taint['key']} {taint.get('value', '')} {taint['effect']} <nil>}}"


def _text(taint: Object) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}" if taint.get("effect") else f"{taint['key']}{value}"


def _taint(writing: Writing, mapping: Mapping, node: Object, changes: Changes, overwrite: bool) -> None:
    there: list[Object] = node["spec"].get("taints") or []
    name = node["metadata"]["name"]
    ids = [(each["key"], each["effect"]) for each in changes.put]
    same = [each for each in there if (each["key"], each["effect"]) in ids]
    if same and not overwrite:
        listed = ",".join(dict.fromkeys(each["key"] for each in same))
        raise PodlabError(
            f"error: node {name} already has {listed} taint(s) with same effect(s) and --overwrite is false"
        )
    kept, missing = _without(there, changes.removed)
    kept = [each for each in kept if (each["key"], each["effect"]) not in ids]
    done = (
        "modified" if overwrite or (changes.put and changes.removed) else "untainted" if changes.removed else "tainted"
    )
    body = {"spec": {"taints": [*changes.put, *kept] or None}}
    for key, effect in missing:
        label = f"{key}:{effect}" if effect else key
        raise PodlabError(f"error: taint {quote(label)} not found")
    path = mapping.path("", name)
    if writing.on_client:
        writing.tell(mapping, {**node, "spec": {**node["spec"], **body["spec"]}}, done, plain=True)
        return
    writing.tell(mapping, writing.patch(path, body, "merge-patch"), done, plain=True)


def _without(there: list[Object], removed: Sequence[tuple[str, str]]) -> tuple[list[Object], list[tuple[str, str]]]:
    """The taints that stay, and what was to go and is not there."""
    kept, missing = list(there), []
    for key, effect in removed:
        left = [each for each in kept if each["key"] != key or (effect and each["effect"] != effect)]
        if len(left) == len(kept):
            missing.append((key, effect))
        kept = left
    return kept, missing
