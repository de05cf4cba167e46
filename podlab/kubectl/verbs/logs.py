"""`kubectl logs`: what containers wrote.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/logs/logs.go
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from podlab.answers import NOTHING
from podlab.apimachinery.duration import parse_duration
from podlab.apimachinery.times import not_rfc3339
from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubeconfig.eventloop import EventLoop, pause, shared
from podlab.kubectl.command import Command
from podlab.kubectl.describe.sections import format_selector
from podlab.kubectl.formats.printer import format_labels
from podlab.kubectl.resources.listing import read_list, read_one
from podlab.kubectl.resources.podcontainers import choose_container
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.pods import by_activity, without_pods
from podlab.text import Text

Object = dict[str, Any]
USAGE = (
    "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples"
)
SELECTOR_TAIL = 10
PATIENCE = 20.0
"""Seconds that `follow` keeps trying while a container has not started."""
STOPPED = Text(
    ko="로그 따라가기를 멈추었습니다. 컨테이너는 계속 실행됩니다.",
    en="Stopped following; the container goes on.",
)


@dataclass(frozen=True, slots=True)
class Source:
    """One container's log: where it is read, and what stands before each line."""

    path: str
    container: str
    prefix: str = ""


def logs(
    command: Command,
    *arguments: str,
    container: str = "",
    all_containers: bool = False,
    all_pods: bool = False,
    follow: bool = False,
    previous: bool = False,
    tail: int | None = None,
    since: str = "",
    since_time: str = "",
    timestamps: bool = False,
    limit_bytes: int = 0,
    prefix: bool = False,
    selector: str = "",
    ignore_errors: bool = False,
    max_log_requests: int = 5,
    pod_running_timeout: str = "20s",
    insecure_skip_tls_verify_backend: bool = False,
) -> None:
    """Print the logs of a Pod's container, or of several.

    Args:
        arguments: the Pod, or `type/name`; a container may follow.
        follow: go on until the container ends, or until it is interrupted.
        since: only lines newer than this, such as `5m`.

    Raises:
        ApiError: no such Pod, or its container has no log.
        PodlabError: no such container.
    """
    if since and since_time:
        raise PodlabError("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
    container = _checked(arguments, container, all_containers, selector)
    _check_numbers(tail, since, limit_bytes, since_time, pod_running_timeout)
    switches = {"follow": follow, "previous": previous, "timestamps": timestamps}
    query: dict[str, object] = {
        **{name: "true" if on else None for name, on in switches.items()},
        "tailLines": SELECTOR_TAIL if selector and tail is None else tail if tail != -1 else None,
        "sinceSeconds": int(parse_duration(since) + 0.5) if since and parse_duration(since) else None,
        "sinceTime": since_time or None,
        "limitBytes": limit_bytes or None,
        "insecureSkipTLSVerifyBackend": "true" if insecure_skip_tls_verify_backend else None,
    }
    pods = _pods(command, arguments, selector, all_pods)
    sources = [
        s for pod in pods for s in _sources(command, pod, container, all_containers, all_pods, prefix or all_pods)
    ]
    if follow:
        _follow(command, sources, query, max_log_requests)
        return
    for source in sources:
        _print_whole(command, source, query, ignore_errors)


def _follow(command: Command, sources: list[Source], query: dict[str, object], most: int) -> None:
    if len(sources) > max(most, 1):
        raise PodlabError(
            f"error: you are attempting to follow {len(sources)} log streams, but maximum allowed concurrency is "
            f"{most}, use --max-log-requests to increase the limit"
        )
    if len(sources) > 1:
        _print_until_interrupted(command, _merged(command.client, sources, query))
    else:
        for source in sources:
            _print_until_interrupted(command, _patient(command, source, query))


def _checked(arguments: tuple[str, ...], container: str, all_containers: bool, selector: str) -> str:
    if (not arguments and not selector) or len(arguments) > 2:
        raise PodlabError(USAGE)
    if selector and len(arguments) == 1:
        raise PodlabError(
            "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples"
        )
    if len(arguments) == 2 and container:
        raise PodlabError("error: only one of -c or an inline [CONTAINER] arg is allowed")
    container = container or (arguments[1] if len(arguments) == 2 else "")
    if all_containers and container:
        raise PodlabError(f"error: --all-containers=true should not be specified with container name {container}")
    return container


def _check_numbers(tail: int | None, since: str, limit_bytes: int, since_time: str, patience: str) -> None:
    if tail is not None and tail < -1:
        raise PodlabError("error: --tail must be greater than or equal to -1")
    if since and parse_duration(since) < 0:
        raise PodlabError("error: --since must be greater than 0")
    if since_time and (wrong := not_rfc3339(since_time)):
        raise PodlabError(f"error: {wrong}")
    if limit_bytes < 0:
        raise PodlabError("error: --limit-bytes must be greater than 0")
    if parse_duration(patience) <= 0:
        raise PodlabError("error: --pod-running-timeout must be higher than zero")


def _pods(command: Command, arguments: tuple[str, ...], selector: str, all_pods: bool) -> list[Object]:
    client, namespace = command.client, command.namespace
    mapping = command.mapper.by_name("pods")
    if selector:
        found: list[Object] = read_list(client, mapping, namespace, label_selector=selector)["items"]
        if not found:
            command.err(f"No resources found in {namespace} namespace.\n")
        return found
    one = select(command.mapper, arguments[:1], default="pods")[0]
    try:
        obj = read_one(client, one.mapping, namespace, one.name)
    except ApiError as error:
        if error.code != 404:
            raise
        raise PodlabError(
            f'error: error from server (NotFound): {error} in namespace "{namespace}"', error.hint
        ) from error
    command.objects.append(obj)
    if one.mapping.kind == "Pod":
        return [obj]
    return pods_of(command, obj, namespace, all_pods)


def pods_of(command: Command, obj: Object, namespace: str, all_pods: bool = False) -> list[Object]:
    """The Pods behind a controller or a Service: all of them, or the one that most likely has a log."""
    wanted = (obj.get("spec") or {}).get("selector")
    if not wanted:
        raise without_pods(obj, "get the logs from")
    plain = obj.get("kind") in ("ReplicationController", "Service")
    selector = format_labels(wanted) if plain else format_selector(wanted)
    listed = read_list(command.client, command.mapper.by_name("pods"), namespace, label_selector=selector)["items"]
    found = sorted(listed, key=lambda pod: by_activity(pod, restarted=-1))
    if not found:
        raise PodlabError("error: timed out waiting for the condition")
    if len(found) > 1 and not all_pods:
        command.err(f"Found {len(found)} pods, using pod/{found[0]['metadata']['name']}\n")
    return found if all_pods else found[:1]


def _sources(
    command: Command, pod: Object, container: str, all_containers: bool, all_pods: bool, prefix: bool
) -> Iterator[Source]:
    metadata = pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
    if all_containers:
        names = [
            c["name"]
            for key in ("initContainers", "containers", "ephemeralContainers")
            for c in pod["spec"].get(key) or []
        ]
    else:
        chosen, notice = choose_container(pod, container, forgiving=True)
        names = [chosen]
        command.err("" if all_pods else notice)
    for name in names:
        yield Source(path, name, f"[pod/{metadata['name']}/{name}] " if prefix else "")


def _print_whole(command: Command, source: Source, query: dict[str, object], ignore_errors: bool) -> None:
    try:
        text = command.client.request("GET", source.path, query={"container": source.container, **query}).text
    except ApiError as error:
        if not ignore_errors:
            raise
        text = f"error: {error}\n"
    lines = text.split("\n")
    last = lines.pop()
    body = "".join(f"{source.prefix}{line}\n" for line in lines) + (f"{source.prefix}{last}" if last else "")
    command.out(body)


def _print_until_interrupted(command: Command, lines: Iterator[str]) -> None:
    try:
        for line in lines:
            command.out(line)
    except KeyboardInterrupt:
        command.exit_code = 130
        command.err(f"{STOPPED}\n")


def _patient(command: Command, source: Source, query: dict[str, object]) -> Iterator[str]:
    """The lines of a log as they come; a container that has not started yet is asked again every second."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            yield from _lines(command.client, source, query)
            return
        except ApiError as error:
            command.err(f"{error}\n")
            if time.monotonic() > end:
                raise PodlabError("error: timed out waiting for the condition") from error
            pause(1)


def _lines(client: Client, source: Source, query: dict[str, object]) -> Iterator[str]:
    for line in client.lines(source.path, query={"container": source.container, **query}):
        yield f"{source.prefix}{line.decode('utf-8', 'replace')}\n"


def _merged(client: Client, sources: list[Source], query: dict[str, object]) -> Iterator[str]:
    """The lines of several logs as they come, until the last one ends."""
    loop = shared()
    return _in_turn(client, loop, sources, query) if loop else _at_once(client, sources, query)


def _in_turn(client: Client, loop: EventLoop, sources: list[Source], query: dict[str, object]) -> Iterator[str]:
    """All in one thread: each is asked whether it has more, and if none has, the loop is turned until one may."""
    streams = {s: client.lines(s.path, query={"container": s.container, **query}, waits=False) for s in sources}
    while streams:
        news, quiet = client.news(), True
        for source, stream in list(streams.items()):
            line = next(stream, None)
            if line is None:
                del streams[source]
            elif line is not NOTHING:
                quiet = False
                yield f"{source.prefix}{line.decode('utf-8', 'replace')}\n"
        if quiet and streams:
            loop.until(news)


def _at_once(client: Client, sources: list[Source], query: dict[str, object]) -> Iterator[str]:
    """A thread for each."""
    lines: queue.Queue[str | PodlabError | None] = queue.Queue()

    def pump(source: Source) -> None:
        try:
            for line in _lines(client, source, query):
                lines.put(line)
        except PodlabError as error:
            lines.put(error)
        lines.put(None)

    for source in sources:
        threading.Thread(target=pump, args=(source,), daemon=True, name=f"logs-{source.container}").start()
    running = len(sources)
    while running:
        line = lines.get()
        if isinstance(line, PodlabError):
            raise line
        running -= line is None
        yield line or ""
