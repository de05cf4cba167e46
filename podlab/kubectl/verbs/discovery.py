"""`kubectl api-resources` and `kubectl version`."""

from __future__ import annotations

from podlab.kubectl.command import Command
from podlab.kubectl.formats.tabwriter import align

VERSION = "v1.36.4"
"""The kubectl whose text is kept to."""


def api_resources(
    command: Command,
    *arguments: str,
    namespaced: bool | None = None,
    api_group: str | None = None,
    no_headers: bool = False,
    output: str = "",
) -> None:
    """List the resource types."""
    rows = [
        each
        for each in sorted(command.mapper.all(), key=lambda each: (each.group, each.plural))
        if (namespaced is None or each.namespaced == namespaced) and api_group in (None, each.group)
    ]
    if output == "name":
        command.out("".join(f"{each.qualified}\n" for each in rows))
        return
    lines = [] if no_headers else ["NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND"]
    lines += [
        f"{each.plural}\t{','.join(each.short_names)}\t{each.api_version}\t{str(each.namespaced).lower()}\t{each.kind}"
        for each in rows
    ]
    command.out(align("\n".join(lines) + "\n", min_width=6, padding=3))


def version(command: Command, *, client: bool = False) -> None:
    """The versions of this kubectl and of the server."""
    command.out(f"Client Version: {VERSION}\nKustomize Version: v5.8.1\n")
    if not client:
        command.out(f"Server Version: {command.client.get('/version')['gitVersion']}\n")
