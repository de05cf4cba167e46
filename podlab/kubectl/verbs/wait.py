"""`kubectl wait`: until a condition holds, an object is there, or it is gone.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/wait
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.duration import parse_duration
from podlab.apimachinery.gotext import go_text
from podlab.errors import ApiError, PodlabError, WaitTimeout
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.formats.columns import relaxed
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.jsonpath import JSONPath
from podlab.kubectl.formats.jsonpathparser import JSONPathError
from podlab.kubectl.resources.restmapper import Mapping
from podlab.kubectl.resources.selection import Selected
from podlab.kubectl.verbs.delete import OUT_OF_TIME
from podlab.kubectl.verbs.get import Question, fetch, items_of, kind_prefix
from podlab.kubectl.verbs.naming import NOTHING_NAMED, chosen_of
from podlab.text import Text

Object = dict[str, Any]
Test = Callable[[Object], bool]
WEEK = 168 * 3600.0
POLL = 0.5
TIMED_OUT = "timed out waiting for the condition"
NO_MATCH = "error: no matching resources found"
INTERRUPTED = Text(ko="기다리기를 멈추었습니다: {what}", en="Stopped waiting for {what}.")
_FORMAT = (
    "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
    "--for=jsonpath='{.status.readyReplicas}'"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One `--for`: `create`, `delete`, or a test of the object."""

    kind: str
    holds: Test | None = None


class WaitInterrupted(PodlabError):
    """The person stopped waiting."""


def wait(
    command: Command,
    *resources: str,
    for_: Sequence[str] = (),
    filename: Sequence[str] = (),
    local: bool = False,
    timeout: str = "30s",
    selector: str = "",
    field_selector: str = "",
    all_: bool = False,
    all_namespaces: bool = False,
    output: str = "",
) -> None:
    """Wait, and print `pod/web condition met` for each object.

    Args:
        for_: `condition=Ready`, `condition=Ready=false`, `jsonpath={.status.phase}=Running`, `create`, `delete`;
            several are waited for in turn.
        timeout: such as `60s`; `0s` looks once, a negative one waits for a week.

    Raises:
        WaitTimeout: it did not come in time.
        ApiError: no such object.
        WaitInterrupted: the kernel was interrupted.
    """
    conditions = [parse_condition(each) for each in for_]
    if not conditions:
        raise PodlabError("error: unrecognized condition: []")
    seconds = _seconds(timeout)
    if len(resources) == 1 and "/" not in resources[0] and not (selector or field_selector or all_):
        raise PodlabError("error: resource(s) were provided, but no name was specified")
    end = time.monotonic() + (WEEK if seconds < 0 else seconds)
    if not resources and not filename:
        raise PodlabError(NOTHING_NAMED)
    chosen = chosen_of(command, resources, filename, selecting=bool(selector or field_selector))
    question = Question(command.namespace, all_namespaces, selector, field_selector)
    once, what = seconds == 0, ", ".join(for_)
    try:
        if any(condition.kind == "create" for condition in conditions):
            _until_created(command, chosen, question, end)
        found = _find(command, chosen, question, conditions)
        with command.told_first():
            for mapping, obj in found:
                with command.going_on():
                    for condition in conditions:
                        awaits = condition.kind != "create"
                        done = _await(command, mapping, obj, condition, end, once) if awaits else obj
                        _report(command, mapping, done, output)
    except KeyboardInterrupt:
        raise WaitInterrupted(INTERRUPTED.format(what=what)) from None
    if not found and not command.failures and not any(condition.kind == "delete" for condition in conditions):
        raise PodlabError(NO_MATCH)


def _seconds(timeout: str) -> float:
    try:
        return parse_duration(timeout)
    except ValueError as error:
        line = f'error: invalid argument "{timeout}" for "--timeout" flag: {error}'
        raise PodlabError(f"{line}\nSee 'kubectl wait --help' for usage.") from None


def _report(command: Command, mapping: Mapping, obj: Object, output: str) -> None:
    command.objects.append(obj)
    if output:
        command.out(parse_format(output).text(obj))
    else:
        command.out(f"{kind_prefix(mapping)}/{obj['metadata']['name']} condition met\n")


def _find(
    command: Command, chosen: list[Selected], question: Question, conditions: list[Condition]
) -> list[tuple[Mapping, Object]]:
    answer = fetch(command.client, chosen, question)
    for error in answer.errors:
        deleting = any(condition.kind == "delete" for condition in conditions)
        if not (deleting and isinstance(error, ApiError) and error.code == 404):
            command.failures.append(error)
    return [(mapping, obj) for mapping, each in answer.found for obj in items_of(mapping, each)]


def _until_created(command: Command, chosen: list[Selected], question: Question, end: float) -> None:
    while True:
        answer = fetch(command.client, chosen, question)
        for error in answer.errors:
            if not (isinstance(error, ApiError) and error.code == 404):
                raise error
        if not answer.errors and any(items_of(mapping, each) for mapping, each in answer.found):
            return
        if time.monotonic() >= end:
            raise WaitTimeout(f"error: {TIMED_OUT}")
        pause(max(0.0, min(POLL, end - time.monotonic())))


def _await(command: Command, mapping: Mapping, obj: Object, condition: Condition, end: float, once: bool) -> Object:
    """The object when the condition holds, from what is there and then from a watch."""
    name = obj["metadata"]["name"]
    if condition.kind == "delete" and not once and time.monotonic() >= end:
        raise WaitTimeout(f"error: {OUT_OF_TIME}")
    if (once or time.monotonic() < end) and _holds(condition, obj):
        return obj
    if once:
        raise WaitTimeout(f"error: condition not met for {mapping.plural}/{name}")
    path = mapping.path(obj["metadata"].get("namespace", ""))
    version = obj["metadata"]["resourceVersion"]
    query = {"fieldSelector": f"metadata.name={name}"}
    while (left := end - time.monotonic()) > 0:
        try:
            asked = {**query, "resourceVersion": version}
            for event in command.client.watch(path, query=asked, timeout=min(left, 300), bookmarks=True):
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] == "DELETED":
                    return _deleted(mapping, obj, condition)
                if event["type"] != "BOOKMARK" and _holds(condition, event["object"]):
                    return dict(event["object"])
                if time.monotonic() >= end:
                    break
        except ApiError as error:
            if error.code != 410:
                raise
            version = _look_again(command, mapping, obj, condition)
    raise WaitTimeout(f"error: {TIMED_OUT} on {mapping.plural}/{name}")


def _look_again(command: Command, mapping: Mapping, obj: Object, condition: Condition) -> str:
    """The object's present version, so that the watch can go on after its history was compacted."""
    metadata = obj["metadata"]
    found = command.client.get(mapping.path(metadata.get("namespace", ""), metadata["name"]))
    return str(found["metadata"]["resourceVersion"])


def _holds(condition: Condition, obj: Object) -> bool:
    return condition.holds is not None and condition.holds(obj)


def _deleted(mapping: Mapping, obj: Object, condition: Condition) -> Object:
    if condition.kind == "delete":
        return obj
    name = obj["metadata"]["name"]
    message = f'{mapping.qualified} "{name}" not found'
    raise ApiError({"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": message})


def parse_condition(text: str) -> Condition:
    """One `--for`.

    Raises:
        PodlabError: kubectl's words for what it is not.
    """
    if text.lower() in ("create", "delete"):
        return Condition(text.lower())
    if text.startswith("condition="):
        name, _, value = text.removeprefix("condition=").partition("=")
        return Condition("condition", lambda obj: condition_is(obj, name, value or "true"))
    if text.startswith("jsonpath="):
        return Condition("jsonpath", _jsonpath_test(text.removeprefix("jsonpath=")))
    raise PodlabError(f'error: unrecognized condition: "{text}"')


def condition_is(obj: Object, name: str, value: str) -> bool:
    """Whether `status.conditions` says so, about the object's present generation."""
    status = obj.get("status") or {}
    for condition in status.get("conditions") or []:
        if condition.get("type", "").casefold() != name.casefold():
            continue
        generation = obj["metadata"].get("generation")
        observed = condition.get("observedGeneration", status.get("observedGeneration"))
        if generation is not None and observed is not None and observed < generation:
            return False
        return bool(condition.get("status", "").casefold() == value.casefold())
    return False


def split_jsonpath(text: str) -> list[str]:
    """The parts between single `=`; a double `==` belongs to the path."""
    parts, at = [""], 0
    while at < len(text):
        if text.startswith("==", at):
            parts[-1] += "=="
            at += 2
            continue
        if text[at] == "=":
            parts.append("")
        else:
            parts[-1] += text[at]
        at += 1
    return parts


def _jsonpath_test(text: str) -> Test:
    parts = split_jsonpath(text)
    if len(parts) > 2:
        raise PodlabError(_FORMAT)
    try:
        expression = relaxed(parts[0])
        if not expression:
            raise PodlabError("jsonpath expression cannot be empty")
        path = JSONPath.parse(expression)
    except PodlabError as error:
        raise PodlabError(f"error: {error}") from None
    wanted = parts[1].strip("'\"") if len(parts) == 2 else ""
    if len(parts) == 2 and not wanted:
        raise PodlabError(
            "error: jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3"
        )
    return lambda obj: path_is(path, obj, wanted)


def path_is(path: JSONPath, obj: Object, wanted: str) -> bool:
    """Whether the path leads to this value, or (with "") to any.

    Raises:
        JSONPathError: it leads to several values, or to an object or a list.
    """
    found = path.find(obj)
    if not found or not found[0]:
        return False
    if len(found) > 1:
        raise JSONPathError("error: given jsonpath expression matches more than one list")
    if len(found[0]) > 1:
        raise JSONPathError("error: given jsonpath expression matches more than one value")
    if not wanted:
        return True
    if isinstance(found[0][0], dict | list):
        raise JSONPathError("error: jsonpath leads to a nested object or list which is not supported")
    return go_text(found[0][0]).strip() == wanted.strip()
