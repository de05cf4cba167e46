"""`kubectl cluster-info dump`: Nodes, and of each namespace what runs there, its Events and its containers' logs.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.formats.formats import Format, parse_format

Object = dict[str, Any]
CORE, APPS = "/api/v1", "/apis/apps/v1"
LISTS = (
    (CORE, "events", "events"),
    (CORE, "replicationcontrollers", "replication-controllers"),
    (CORE, "services", "services"),
    (APPS, "daemonsets", "daemonsets"),
    (APPS, "deployments", "deployments"),
    (APPS, "replicasets", "replicasets"),
    (CORE, "pods", "pods"),
)
"""What is asked of each namespace, and the file that it goes to."""
SUFFIXES = {"json": ".json", "yaml": ".yaml"}


def dump(
    command: Command,
    *arguments: str,
    all_namespaces: bool = False,
    namespaces: Sequence[str] = (),
    output: str = "json",
    output_directory: str = "",
    pod_running_timeout: str = "20s",
) -> None:
    """Print all that helps to find a cluster's trouble, or write it below a folder."""
    common = command.common
    style = parse_format(output or "json", allow_missing=common.allow_missing_template_keys, tables=False)
    folder = "" if output_directory == "-" else output_directory
    told = _Dump(command, style, folder)
    told.list_(f"{CORE}/nodes", "nodes")
    for namespace in _chosen(command, all_namespaces, namespaces):
        pods: Object = {}
        for api, plural, name in LISTS:
            pods = told.list_(f"{api}/namespaces/{namespace}/{plural}", f"{namespace}/{name}")
        for pod in pods.get("items") or []:
            told.write("".join(_logs(command, pod)), f"{namespace}/{pod['metadata']['name']}/logs", ".txt")
    if folder:
        command.out(f"Cluster info dumped to {folder}\n")


def _chosen(command: Command, all_namespaces: bool, namespaces: Sequence[str]) -> list[str]:
    if all_namespaces:
        return [each["metadata"]["name"] for each in command.client.get(f"{CORE}/namespaces")["items"]]
    return list(namespaces) or ["kube-system", command.namespace]


class _Dump:
    """Where the lists go: to stdout, or each to a file of its own."""

    def __init__(self, command: Command, style: Format, folder: str) -> None:
        self.command, self.style, self.folder = command, style, folder
        self.printed = 0

    def list_(self, path: str, name: str) -> Object:
        """Ask for a list and write it."""
        found = self.command.client.get(path)
        if self.style.name == "name":
            raise PodlabError(f"error: list types are not supported by name printing: *v1.{found['kind']}")
        self.printed += 1
        between = "---\n" if self.style.name == "yaml" and self.printed > 1 else ""
        shown = self.command.common.show_managed_fields
        text = self.style.text(found, show_managed_fields=shown, by_name=False)
        self.write(between + text, name, SUFFIXES.get(self.style.name, ".txt"))
        return found

    def write(self, text: str, name: str, suffix: str) -> None:
        """Print a text, or put it into its file."""
        if not self.folder:
            self.command.out(text)
            return
        file, inside = Path(self.folder, f"{name}{suffix}"), self.command.folder
        try:
            (inside / file).parent.mkdir(parents=True, exist_ok=True)
            (inside / file).write_text(text, encoding="utf-8", newline="")
        except (FileExistsError, NotADirectoryError) as error:
            blocked = next(each for each in reversed(file.parents) if (inside / each).is_file())
            raise PodlabError(f"error: mkdir {blocked}: not a directory") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "invalid argument"
            raise PodlabError(f"error: open {file}: {reason.lower()}") from error


def _logs(command: Command, pod: Object) -> list[str]:
    """The log of each container between its two lines."""
    metadata, spec = pod["metadata"], pod["spec"]
    path = f"{CORE}/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
    found: list[str] = []
    for container in [*(spec.get("initContainers") or []), *spec["containers"]]:
        of = f"logs for container {container['name']} of pod {metadata['namespace']}/{metadata['name']} ====\n"
        try:
            text = command.client.request("GET", path, query={"container": container["name"]}).text
        except ApiError as error:
            text = f"Request log error: {error.status.get('message', '')}\n"
        found.append(f"==== START {of}{text}==== END {of}")
    return found
