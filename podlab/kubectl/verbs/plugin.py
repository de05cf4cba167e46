"""`kubectl plugin list`: the programs on PATH whose names begin with `kubectl-`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/plugin/plugin.go
"""

from __future__ import annotations

import os
from pathlib import Path

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.surface import commands

NONE = "error: unable to find any kubectl plugins in your PATH"
BEGINNINGS = ("kubectl-", "kubectl_complete-")


def list_(command: Command, *arguments: str, name_only: bool = False) -> None:
    """List the plugins, with a warning for each that cannot be one.

    Raises:
        PodlabError: there is none, or there were warnings.
    """
    seen: dict[str, str] = {}
    listed, warnings = "", list[str]()
    for folder in dict.fromkeys(part for part in os.environ.get("PATH", "").split(os.pathsep) if part.strip()):
        for name in _programs(command, folder):
            path = os.path.join(folder, name)  # noqa: PTH118 as it stands in PATH
            listed += f"{name if name_only else path}\n"
            warnings += _warnings(path, name, seen)
            seen.setdefault(name, path)
    if not seen:
        raise PodlabError(NONE)
    command.out(f"The following compatible plugins are available:\n\n{listed}")
    command.err("".join(f"  - warning: {each}\n" for each in warnings))
    if warnings:
        many = f"{len(warnings)} plugin warnings were" if len(warnings) > 1 else "one plugin warning was"
        raise PodlabError(f"error: {many} found")


def _programs(command: Command, folder: str) -> list[str]:
    try:
        found = sorted(each.name for each in Path(folder).iterdir() if not each.is_dir())
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        command.err(f'Unable to read directory "{folder}" from your PATH: open {folder}: {why}. Skipping...\n')
        return []
    return [name for name in found if name.startswith(BEGINNINGS)]


def _warnings(path: str, name: str, seen: dict[str, str]) -> list[str]:
    verb = " ".join(name.removeprefix("kubectl-").split("-"))
    if verb in commands():
        return [f'{name} overwrites existing command: "kubectl {verb}"']
    if not os.access(path, os.X_OK):
        return [f"{path} identified as a kubectl plugin, but it is not executable"]
    return [f"{path} is overshadowed by a similarly named plugin: {seen[name]}"] if name in seen else []
