"""`kubectl run`: a Pod from one image.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/run/run.go, pkg/generate/versioned/run.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.writing import Writing, annotated

Object = dict[str, Any]
IMAGE = re.compile(
    r"^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@\w+:[0-9a-f]+)?$"
)


def run(
    command: Command,
    *arguments: str,
    image: str = "",
    port: str = "",
    env: Sequence[str] = (),
    labels: str = "",
    annotations: Sequence[str] = (),
    restart: str = "Always",
    command_: bool = False,
    image_pull_policy: str = "",
    dry_run: str = "none",
    output: str | None = None,
    save_config: bool = False,
    stdin: bool = False,
    tty: bool = False,
    rm: bool = False,
) -> None:
    """Create a Pod; `arguments` are its name and then what its container gets as arguments (or as command).

    Raises:
        PodlabError: name or image missing or wrong, or the server refuses.
    """
    if not image:
        raise PodlabError('error: required flag(s) "image" not set')
    if not arguments:
        raise PodlabError("error: NAME is required for run\nSee 'kubectl run -h' for help and examples")
    if not IMAGE.match(image.rpartition("//")[2]):
        raise PodlabError(f'error: Invalid image name "{image}": invalid reference format')
    if restart not in ("Always", "OnFailure", "Never"):
        raise PodlabError(f"error: invalid restart policy: {restart}\nSee 'kubectl run -h' for help and examples")
    if stdin or tty or rm:
        raise PodlabError(
            "error: --stdin, --tty and --rm are not supported by podlab: run the Pod, then use kubectl exec"
        )
    name, rest = arguments[0], list(arguments[1:])
    container: Object = {"name": name, "image": image, "resources": {}}
    if image_pull_policy:
        container["imagePullPolicy"] = image_pull_policy
    if rest:
        container["command" if command_ else "args"] = rest
    if port:
        container["ports"] = [{"containerPort": _port(port)}]
    if env:
        container["env"] = [_variable(each) for each in env]
    obj: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": _pairs(labels) if labels else {"run": name}},
        "spec": {"containers": [container], "restartPolicy": restart, "dnsPolicy": "ClusterFirst"},
        "status": {},
    }
    if annotations:
        obj["metadata"]["annotations"] = dict(each.split("=", 1) for each in annotations)
    writing = Writing(command, "kubectl-run", dry_run, output=output)
    mapping = command.mapper.by_name("pods")
    writing.tell(mapping, writing.post(mapping, command.namespace, annotated(obj) if save_config else obj), "created")


def _port(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise PodlabError(f'error: strconv.ParseInt: parsing "{text}": invalid syntax') from None


def _variable(text: str) -> Object:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise PodlabError(f"error: invalid env: {text}")
    return {"name": name, "value": value}


def _pairs(text: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in text.split(",") if each]
    wrong = next((key for key, equals, _ in pairs if not equals or not key), None)
    if wrong is not None:
        raise PodlabError(f"error: unexpected label spec: {wrong}")
    return {key: value for key, _, value in pairs}
