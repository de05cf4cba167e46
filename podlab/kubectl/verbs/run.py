"""`kubectl run`: a Pod from one image.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/run/run.go, pkg/generate/versioned/run.go
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from podlab.apimachinery import validation
from podlab.apimachinery.duration import parse_duration
from podlab.errors import ApiError, PodlabError
from podlab.kubeconfig.eventloop import pause
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing
from podlab.kubectl.verbs.attach import attach_to, log_so_far
from podlab.kubectl.verbs.delete import Target, wait_until_gone
from podlab.kubectl.verbs.expose import service
from podlab.kubectl.verbs.overriding import overridden

Object = dict[str, Any]
DRY = "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)"
SEE = "\nSee 'kubectl run -h' for help and examples"
VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
CASCADES = ("background", "foreground", "orphan", "true", "false")
ENDED = ("Succeeded", "Failed")


def run(
    command: Command,
    *arguments: str,
    image: str | None = None,
    port: str = "",
    env: Sequence[str] = (),
    labels: str = "",
    annotations: Sequence[str] = (),
    restart: str = "Always",
    command_: bool = False,
    image_pull_policy: str = "",
    privileged: bool = False,
    overrides: str = "",
    override_type: str = "merge",
    expose: bool = False,
    attach: bool | None = None,
    stdin: bool = False,
    tty: bool = False,
    rm: bool = False,
    leave_stdin_open: bool = False,
    quiet: bool = False,
    grace_period: int = -1,
    force: bool = False,
    timeout: str = "0s",
    cascade: str = "background",
    wait: bool = False,
    filename: Sequence[str] = (),
    pod_running_timeout: str = "1m0s",
) -> None:
    """Create a Pod; `arguments` are its name and then what its container gets as arguments (or as command).

    Args:
        attach: stay with it; `stdin` means so, too.
        rm: delete it afterwards.

    Raises:
        PodlabError: name or image missing or wrong, or the server refuses.
    """
    attached = stdin if attach is None else attach
    checked = (arguments, image, restart, image_pull_policy, pod_running_timeout)
    _check(command, *checked, tty=tty, stdin=stdin, rm=rm, attached=attached)
    if cascade not in CASCADES:
        raise PodlabError(f'error: invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"')
    if expose and not port:
        raise PodlabError(f"error: --port must be set when exposing a service{SEE}")
    metadata = _metadata(command, arguments[0], labels, annotations)
    container = _container(arguments, image or "", command_, port, env, image_pull_policy, privileged)
    container |= {"stdin": True, **({} if leave_stdin_open else {"stdinOnce": True})} if stdin else {}
    container |= {"tty": True} if tty else {}
    spec = {"containers": [container], "restartPolicy": restart, "dnsPolicy": "ClusterFirst"}
    obj: Object = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {}}
    obj = overridden(command, obj, overrides, override_type) if overrides else obj
    writing, mapping = Writing(command, "kubectl-run", typed=True), command.mapper.by_name("pods")
    made = writing.post(mapping, obj["metadata"].get("namespace") or command.namespace, obj)
    if expose:
        _expose(writing, metadata, _port(port), labelled=bool(labels))
    if not attached or writing.dry_run != "none":
        writing.tell(mapping, made, "created")
    else:
        removal = {"gracePeriodSeconds": 0 if force and grace_period < 0 else grace_period}
        _stay(command, made, tty=tty, stdin=stdin, rm=rm, quiet=quiet, patience=pod_running_timeout, removal=removal)


def _metadata(command: Command, name: str, labels: str, annotations: Sequence[str]) -> Object:
    metadata: Object = {"name": name, "labels": _labels(labels) if labels else {"run": name}}
    metadata |= {"annotations": _annotations(annotations)} if annotations else {}
    return metadata | ({"namespace": command.namespace} if command.enforce_namespace else {})


def _container(
    arguments: Sequence[str],
    image: str,
    is_command: bool,
    port: str,
    env: Sequence[str],
    pull_policy: str,
    privileged: bool,
) -> Object:
    name, rest = arguments[0], list(arguments[1:])
    container: Object = {"name": name, "image": image}
    if rest:
        container["command" if is_command else "args"] = rest
    container |= {"ports": [{"containerPort": _port(port)}]} if port else {}
    container |= {"env": [_variable(each) for each in env]} if env else {}
    container["resources"] = {}
    container |= {"imagePullPolicy": pull_policy} if pull_policy else {}
    return container | ({"securityContext": {"privileged": True}} if privileged else {})


def _expose(writing: Writing, metadata: Object, port: int, *, labelled: bool) -> None:
    """A Service of the Pod's name, and with its labels where they were given."""
    services = writing.command.mapper.by_name("services")
    selector = {"run": metadata["name"]} if metadata["labels"] == {"run": metadata["name"]} else metadata["labels"]
    kept = ("name", "namespace", *(("labels",) if labelled else ()))
    named = {key: value for key, value in metadata.items() if key in kept}
    ports = [{"port": port, "protocol": "TCP", "targetPort": port}]
    made = service(named, {"ports": ports, "selector": selector})
    writing.tell(services, writing.post(services, writing.command.namespace, made), "created")
    if writing.output == "yaml":
        writing.command.out("---\n")


def _check(
    command: Command,
    arguments: Sequence[str],
    image: str | None,
    restart: str,
    pull_policy: str,
    patience: str,
    **asked: bool,
) -> None:
    if not image:
        raise PodlabError(
            "error: --image is required" if image is not None else 'error: required flag(s) "image" not set'
        )
    if not arguments or len(arguments) == len(command.after):
        raise PodlabError(f"error: NAME is required for run{SEE}")
    if not validation.IMAGE.match(image.rpartition("//")[2]):
        raise PodlabError(f'error: Invalid image name "{image}": invalid reference format')
    if pull_policy not in ("", "Always", "IfNotPresent", "Never"):
        raise PodlabError(f"error: invalid image pull policy: {pull_policy}{SEE}")
    if asked["tty"] and not asked["stdin"]:
        raise PodlabError(f"error: -i/--stdin is required for containers with -t/--tty=true{SEE}")
    if restart not in ("Always", "OnFailure", "Never"):
        raise PodlabError(f"error: invalid restart policy: {restart}{SEE}")
    if asked["rm"] and not asked["attached"]:
        raise PodlabError(f"error: --rm should only be used for attached containers{SEE}")
    if asked["attached"] and parse_duration(patience) <= 0:
        raise PodlabError(f"error: --pod-running-timeout must be higher than zero{SEE}")
    if asked["attached"] and command.common.dry_run != "none":
        raise PodlabError(f"error: {DRY}{SEE}")


def _stay(
    command: Command, pod: Object, *, tty: bool, stdin: bool, rm: bool, quiet: bool, patience: str, removal: Object
) -> None:
    """Stay with the Pod until its container ends; its exit code becomes the command's."""
    pods = command.mapper.by_name("pods")
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    target = Target(pods, namespace, name)
    try:
        pod = until_running(command, pod, patience=patience)
        command.out(log_so_far(command, pod))
        attach_to(command, pod, pod["spec"]["containers"][0]["name"], stdin=stdin, tty=tty, quiet=quiet, ended=True)
        command.exit_code = command.exit_code or _exit_code(command, target)
    finally:
        if rm:
            grace = removal["gracePeriodSeconds"]
            body = {"propagationPolicy": "Background", **(removal if grace >= 0 else {})}
            command.client.request("DELETE", target.path, body=body)
            if not quiet:
                command.out(f'pod "{name}" deleted from {namespace} namespace\n')
            wait_until_gone(command, target, pod["metadata"]["uid"], time.monotonic() + 300)


def until_running(command: Command, pod: Object, container: str = "", patience: str = "1m0s") -> Object:
    """The Pod when the container (or any of its own) runs or has ended.

    Raises:
        PodlabError: it did not come to that in time.
    """
    metadata = pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods"
    end = time.monotonic() + parse_duration(patience)
    while True:
        pod = command.client.get(f"{path}/{metadata['name']}")
        status = pod.get("status") or {}
        statuses = [*(status.get("containerStatuses") or []), *(status.get("ephemeralContainerStatuses") or [])]
        states = [each.get("state") or {} for each in statuses if container in ("", each["name"])]
        started = container and any("running" in state or "terminated" in state for state in states)
        if started or status.get("phase") in (*ENDED, *(() if container else ("Running",))):
            return pod
        left = end - time.monotonic()
        if left <= 0:
            raise PodlabError("error: timed out waiting for the condition")
        query = {
            "fieldSelector": f"metadata.name={metadata['name']}",
            "resourceVersion": pod["metadata"]["resourceVersion"],
        }
        for _ in command.client.watch(path, query=query, timeout=max(1.0, left)):
            break


def _exit_code(command: Command, target: Target) -> int:
    """What the container ended with, where it ended for good."""
    try:
        pod = command.client.get(target.path)
    except ApiError:
        return 0
    if pod["spec"].get("restartPolicy") == "Always":
        return 0
    end = time.monotonic() + 10
    while (pod.get("status") or {}).get("phase") not in ENDED and time.monotonic() < end:
        pause(0.2)
        pod = command.client.get(target.path)
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    ended: Object = next((s["state"]["terminated"] for s in statuses if "terminated" in s.get("state", {})), {})
    code = int(ended.get("exitCode", 0))
    if code:
        why = f"({ended.get('reason', '')})\n{ended.get('message', '')}".rstrip("\n")
        command.err(f"pod {target.namespace}/{target.name} terminated {why}\n")
    return code


def _port(text: str) -> int:
    if not re.fullmatch(r"[-+]?[0-9]+", text, re.ASCII):
        raise PodlabError(f'error: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)


def _variable(text: str) -> Object:
    name, equals, value = text.partition("=")
    if not equals or not name or not VARIABLE.fullmatch(name):
        raise PodlabError(f"error: invalid env: {text}")
    return {"name": name, **({"value": value} if value else {})}


def _labels(text: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in text.split(",") if each]
    wrong = next((key for key, equals, _ in pairs if not equals or not key), None)
    wrong = next((f"{key}={value}" for key, _, value in pairs if "=" in value), wrong)
    if wrong is not None:
        raise PodlabError(f"error: unexpected label spec: {wrong}")
    return {key: value for key, _, value in pairs}


def _annotations(given: Sequence[str]) -> dict[str, str]:
    wrong = next((each for each in given if "=" not in each or each.startswith("=")), None)
    if wrong is not None:
        raise PodlabError(f"error: invalid annotations format: {wrong}")
    return dict(each.split("=", 1) for each in given)
