"""`kubectl api-resources`, `api-versions`, `cluster-info` and `version`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping as Map
from collections.abc import Sequence
from platform import machine

from podlab.apimachinery.yamlprinter import escape_html, to_yaml
from podlab.client import Client
from podlab.errors import ClusterError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.wording import in_gos_words, of_discovery
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.tabwriter import align
from podlab.kubectl.resources.restmapper import Mapping

DUMP = "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'."
KUSTOMIZE = "v5.8.1"
STRUCTURED = ("json", "yaml", "kyaml")
VERSION = "v1.36.4"
SKEW = 1
"""Minor versions that kubectl and server may be apart."""
INFO = ("major", "minor", "emulationMajor", "emulationMinor", "minCompatibilityMajor", "minCompatibilityMinor",
        "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform")  # fmt: skip
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
CLIENT = {
    "major": "1",
    "minor": "36",
    "gitVersion": VERSION,
    "gitCommit": "bb826b1d48562f110659e64e8ec444327433db95",
    "gitTreeState": "clean",
    "buildDate": "2026-09-29T20:03:31Z",
    "goVersion": "go1.27.1",
    "compiler": "gc",
    "platform": f"{sys.platform.replace('win32', 'windows')}/{_MACHINES.get(machine().lower(), machine().lower())}",
}
"""The kubectl that podlab does as, in the order of Go's struct."""
"""The kubectl whose text is kept to."""


def api_resources(
    command: Command,
    *arguments: str,
    namespaced: bool | None = None,
    api_group: str | None = None,
    no_headers: bool = False,
    output: str = "",
    verbs: Sequence[str] = (),
    categories: Sequence[str] = (),
    sort_by: str = "",
    cached: bool = False,
) -> None:
    """List the resource types."""
    if arguments:
        raise PodlabError(
            f"error: unexpected arguments: [{' '.join(arguments)}]\n"
            "See 'kubectl api-resources -h' for help and examples"
        )
    if output not in ("", "wide", "name", *STRUCTURED):
        none = f'unable to match a printer suitable for the output format "{output}"'
        raise PodlabError(f"error: {none}, allowed formats are: json,kyaml,name,wide,yaml")
    if sort_by not in ("", "name", "kind"):
        raise PodlabError("error: --sort-by accepts only name or kind")
    rows = [
        each
        for each in sorted(command.mapper.all(), key=lambda each: (each.group, each.plural))
        if _is_preferred(command, each)
        and (namespaced is None or each.namespaced == namespaced)
        and api_group in (None, each.group)
        and set(verbs) <= set(each.verbs)
        and set(categories) <= set(each.categories)
    ]
    if sort_by:
        rows.sort(key=lambda each: each.plural if sort_by == "name" else each.kind)
    if output in STRUCTURED:
        command.out(parse_format(output).text(_resource_list(rows), by_name=False))
    elif output == "name":
        command.out("".join(f"{each.qualified}\n" for each in rows))
    else:
        command.out(_resource_table(rows, output == "wide", no_headers))


def _resource_list(rows: list[Mapping]) -> dict[str, object]:
    """The rows as one APIResourceList."""
    resources = [
        {"name": each.plural, "singularName": each.singular, "namespaced": each.namespaced}
        | ({"group": each.group} if each.group else {})
        | {"version": each.version, "kind": each.kind, "verbs": list(each.verbs)}
        | ({"shortNames": list(each.short_names)} if each.short_names else {})
        | ({"categories": list(each.categories)} if each.categories else {})
        for each in rows
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "", "resources": resources}


def _resource_table(rows: list[Mapping], wide: bool, no_headers: bool) -> str:
    head = "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND" + ("\tVERBS\tCATEGORIES" if wide else "")
    lines = [] if no_headers else [head]
    lines += [
        f"{each.plural}\t{','.join(each.short_names)}\t{each.api_version}\t{str(each.namespaced).lower()}\t{each.kind}"
        + (f"\t{','.join(sorted(each.verbs))}\t{','.join(each.categories)}" if wide else "")
        for each in rows
    ]
    return align("\n".join(lines) + "\n", min_width=6, padding=3)


def _is_preferred(command: Command, one: Mapping) -> bool:
    """Whether no earlier version of the group has the same resource."""
    same = (each for each in command.mapper.all() if (each.group, each.plural) == (one.group, one.plural))
    return next(same, one) == one


def api_versions(command: Command, *arguments: str) -> None:
    """List the API versions."""
    if arguments:
        words = f"[{' '.join(arguments)}]"
        raise PodlabError(f"error: unexpected arguments: {words}\nSee 'kubectl api-versions -h' for help and examples")
    groups = command.client.get("/apis").get("groups") or []
    found = [version["groupVersion"] for group in groups for version in group["versions"]]
    found += command.client.get("/api").get("versions") or []
    command.out("".join(f"{each}\n" for each in sorted(found)))


def cluster_info(command: Command, *arguments: str) -> None:
    """Say where the control plane and its services are."""
    query = {"labelSelector": "kubernetes.io/cluster-service=true"}
    namespace = command.namespace if command.enforce_namespace else "kube-system"
    try:
        services = command.client.get(f"/api/v1/namespaces/{namespace}/services", **query)["items"]
    except PodlabError:
        command.out(f"\n{DUMP}\n")
        raise
    server = f"{command.client.server}{command.client.connection.slashes}"
    command.out(f"Kubernetes control plane is running at {server}\n")
    for service in services:
        metadata, ports = service["metadata"], service["spec"].get("ports") or []
        name = (metadata.get("labels") or {}).get("kubernetes.io/name") or metadata["name"]
        port = f":{ports[0]['name']}" if ports and ports[0].get("name") else ""
        path = f"/api/v1/namespaces/kube-system/services/{metadata['name']}{port}/proxy"
        command.out(f"{name} is running at {server}{path}\n")
    command.out(f"\n{DUMP}\n")


def require_match(client: Client) -> None:
    """Refuse a server of another version than this kubectl's.

    Upstream: staging/src/k8s.io/client-go/discovery/helper.go (MatchesServerVersion)

    Raises:
        PodlabError: it is of another, or cannot be asked.
    """
    try:
        found = client.get("/version")
    except PodlabError as error:
        why = of_discovery(error, client.server, "/version") or in_gos_words(error)
        raise PodlabError(f"error: couldn't read version from server: {why}") from error
    if found.get("gitVersion") != VERSION:
        mine = f"client version ({_in_go(CLIENT)})"
        raise PodlabError(f"error: server version (&{_in_go(found)}) differs from {mine}")


def _in_go(found: Map[str, object]) -> str:
    """As Go writes the struct."""
    shown = (f'{name[0].upper()}{name[1:]}:"{found.get(name) or ""}"' for name in INFO)
    return f"version.Info{{{', '.join(shown)}}}"


def version(command: Command, *arguments: str, client: bool = False, output: str = "") -> None:
    """The versions of this kubectl and of the server."""
    if arguments:
        raise PodlabError(f"error: extra arguments: [{' '.join(arguments)}]")
    if output not in ("", "yaml", "json"):
        raise PodlabError("error: --output must be 'yaml' or 'json'")
    served, failed = (None, None) if client else _served(command)
    found: dict[str, object] = {"clientVersion": CLIENT, "kustomizeVersion": KUSTOMIZE}
    found |= {"serverVersion": served} if served else {}
    if output:
        command.out(to_yaml(found) + "\n" if output == "yaml" else indented(found))
    else:
        command.out(f"Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE}\n")
        command.out(f"Server Version: {served['gitVersion']}\n" if served else "")
    if failed:
        raise failed
    if served:
        command.err(skewed(str(served["gitVersion"])))


def _served(command: Command) -> tuple[dict[str, object] | None, PodlabError | None]:
    """The server's version, or why it cannot be had; what is amiss in the kubeconfig is told before anything else."""
    try:
        return command.client.get("/version"), None
    except PodlabError as error:
        if isinstance(error, ClusterError) and str(error).startswith("error: "):
            raise
        return None, error


def skewed(served: str) -> str:
    """The warning about a server that is more than one minor version away; "" for another.

    Upstream: staging/src/k8s.io/kubectl/pkg/cmd/version/skew_warning.go
    """
    mine, other = (re.findall(r"\d+", version)[:2] for version in (VERSION, served))
    if len(other) < 2 or (mine[0] == other[0] and abs(int(mine[1]) - int(other[1])) <= SKEW):
        return ""
    between = f"client ({'.'.join(mine)}) and server ({'.'.join(other)})"
    return f"Warning: version difference between {between} exceeds the supported minor version skew of +/-{SKEW}\n"


def indented(found: object) -> str:
    """JSON as `version` prints it, which indents by two."""
    return escape_html(json.dumps(found, ensure_ascii=False, indent=2)) + "\n"
