"""`kubectl port-forward`: local ports that lead into a Pod, named itself or by a Service or a controller.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/portforward/portforward.go, pkg/util/podutils, pkg/util/service_port.go
"""

from __future__ import annotations

import ipaddress
import re
import threading
from collections.abc import Sequence
from typing import Any

from podlab.errors import ApiError, PodlabError
from podlab.kubeconfig.eventloop import shared
from podlab.kubectl.command import Command
from podlab.kubectl.forwarding import Forward, Port
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.pods import attachable_pod
from podlab.text import Text

Object = dict[str, Any]
USAGE = (
    "error: TYPE/NAME and list of ports are required for port-forward\n"
    "See 'kubectl port-forward -h' for help and examples"
)
INSTEAD = Text(
    ko="파드 안에서 요청을 보내거나(`kubectl exec 이름 -- curl -s localhost`), API 서버의 프록시로 받습니다: "
    "`kubectl get --raw /api/v1/namespaces/default/pods/이름:80/proxy/`",
    en="Send the request from within the Pod (`kubectl exec NAME -- curl -s localhost`), or through the API server: "
    "`kubectl get --raw /api/v1/namespaces/default/pods/NAME:80/proxy/`",
)


def port_forward(
    command: Command, *arguments: str, address: Sequence[str] = ("localhost",), pod_running_timeout: str = "1m0s"
) -> None:
    """Forward local ports to a Pod until it is interrupted, or the Pod is gone.

    Args:
        arguments: the Pod (or `type/name`), then pairs `local:remote`, `:remote` or `port`.
        address: what to listen on: `localhost` or IP addresses.

    Raises:
        PodlabError: no such Pod or port, no local port can be had, or the Pod was lost.
    """
    forward = opened(command, arguments, address, pod_running_timeout)
    command.kept = forward
    if command.background:
        return
    try:
        forward.wait()
    except KeyboardInterrupt:
        return
    finally:
        forward.close()


def opened(command: Command, arguments: Sequence[str], address: Sequence[str], patience: str) -> Forward:
    """The forwarding, listening.

    Raises:
        PodlabError: as above.
    """
    if len(arguments) < 2:
        raise PodlabError(USAGE)
    one = select(command.mapper, arguments[:1], default="pods")[0]
    obj = read_one(command.client, one.mapping, command.namespace, one.name)
    pod = attachable_pod(command, one.mapping, obj, patience)
    command.objects.append(pod)
    pairs = [_resolved(text, one.mapping.kind, obj, pod) for text in arguments[1:]]
    phase = (pod.get("status") or {}).get("phase")
    if phase != "Running":
        raise PodlabError(f"error: unable to forward port because pod is not running. Current status={phase}")
    wanted = [_parsed(pair) for pair in pairs]
    if shared():
        raise PodlabError("error: unable to listen on any of the requested ports: a browser tab has none", INSTEAD)
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
    say = (lambda text, where: None) if command.background else command.say
    forward = Forward(command.client, f"{path}/portforward", _addresses(address), say)
    forward.listen(wanted)
    threading.Thread(target=_until_gone, args=(command, pod, forward), daemon=True, name="port-forward-pod").start()
    return forward


def _until_gone(command: Command, pod: Object, forward: Forward) -> None:
    """End the forwarding when the Pod has ended."""
    metadata = pod["metadata"]
    query: dict[str, object] = {
        "fieldSelector": f"metadata.name={metadata['name']}",
        "resourceVersion": metadata["resourceVersion"],
    }
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods"
    while not forward.wait(0):
        try:
            for event in command.client.watch(path, query=query, timeout=300):
                query["resourceVersion"] = event["object"]["metadata"]["resourceVersion"]
                phase = (event["object"].get("status") or {}).get("phase")
                if event["type"] == "DELETED" or phase in ("Succeeded", "Failed"):
                    return forward.fail()
                if forward.wait(0):
                    return None
        except ApiError as error:
            if error.code != 410:
                return forward.fail()
            query.pop("resourceVersion", None)
        except PodlabError:
            return forward.fail()
    return None


def _addresses(given: Sequence[str]) -> list[str]:
    for each in given:
        try:
            if each != "localhost":
                ipaddress.ip_address(each)
        except ValueError:
            raise PodlabError(f"error: {each} is not a valid IP") from None
    return list(dict.fromkeys(given))


def _split(text: str) -> tuple[str, str]:
    parts = text.split(":")
    return (parts[0], parts[1]) if len(parts) == 2 else (parts[0], parts[0])


def _resolved(text: str, kind: str, obj: Object, pod: Object) -> str:
    """A pair with the number of the container's port."""
    local, remote = _split(text)
    if kind == "Service":
        port = _service_port(obj, remote)
        target = str(_target(obj, port, pod))
        local = str(port["port"]) if local == remote and not remote.isdigit() else local
        return f"{local}:{target}"
    if not remote.isdigit():
        number = str(_named_port(pod, remote))
        return f"{number}:{number}" if local == remote else f"{local}:{number}"
    _refuse_udp(pod, remote)
    return f"{local}:{remote}"


def _refuse_udp(pod: Object, remote: str) -> None:
    found = [p for c in pod["spec"]["containers"] for p in c.get("ports") or [] if str(p["containerPort"]) == remote]
    if found and all(p.get("protocol") == "UDP" for p in found):
        raise PodlabError(f"error: UDP protocol is not supported for {remote}")


def _service_port(service: Object, remote: str) -> Object:
    name = service["metadata"]["name"]
    ports: list[Object] = service["spec"].get("ports") or []
    if not remote.isdigit():
        found = next((p for p in ports if p.get("name") == remote), None)
        if found is None:
            raise PodlabError(f"error: Service '{name}' does not have a named port '{remote}'")
        return found
    found = next((p for p in ports if str(p["port"]) == remote), None)
    if found is None:
        raise PodlabError(f"error: Service {name} does not have a service port {remote}")
    if found.get("protocol") == "UDP":
        raise PodlabError(f"error: UDP protocol is not supported for {remote}")
    return found


def _target(service: Object, port: Object, pod: Object) -> int:
    if service["spec"].get("clusterIP") == "None":
        target = port.get("targetPort") or port["port"]
        return _named_port(pod, target) if isinstance(target, str) else int(port["port"])
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    return _named_port(pod, target)


def _named_port(pod: Object, name: str) -> int:
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or []:
            if port.get("name") == name:
                return int(port["containerPort"])
    raise PodlabError(f"error: Pod '{pod['metadata']['name']}' does not have a named port '{name}'")


def _parsed(pair: str) -> Port:
    local, _, remote = pair.partition(":")
    numbers = [_number(local or "0", "local"), _number(remote, "remote")]
    if numbers[1] == 0:
        raise PodlabError("error: remote port must be > 0")
    return Port(*numbers)


def _number(text: str, which: str) -> int:
    head = f"error: error parsing {which} port '{text}': strconv.ParseUint: parsing \"{text}\": "
    if not re.fullmatch("[0-9]+", text):
        raise PodlabError(f"{head}invalid syntax")
    if int(text) > 65535:
        raise PodlabError(f"{head}value out of range")
    return int(text)
