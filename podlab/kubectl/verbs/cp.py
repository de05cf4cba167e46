"""`kubectl cp`: files to and from a container, through `tar` there.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/cp
"""

from __future__ import annotations

import io
import posixpath
import re
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.podcontainers import choose_container
from podlab.kubectl.verbs.streaming import finish, stream

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A file here (`pod` is "") or in a Pod."""

    namespace: str
    pod: str
    path: str


def cp(command: Command, *arguments: str, container: str = "", no_preserve: bool = False, retries: int = 0) -> None:
    """Copy a file or a folder: `FILE POD:PATH`, or `POD:PATH FILE`.

    Raises:
        PodlabError: neither or both are in a Pod, or there is no such Pod or file.
    """
    if len(arguments) != 2:
        raise PodlabError("error: source and destination are required")
    source, target = (_place(each) for each in arguments)
    if source.pod and target.pod:
        raise PodlabError("error: one of src or dest must be a local file specification")
    if not source.pod and not target.pod:
        raise PodlabError("error: one of src or dest must be a remote file specification")
    if not source.path or not target.path:
        raise PodlabError("error: filepath can not be empty")
    if source.pod:
        _down(command, source, target, container)
    else:
        _up(command, source, target, container, no_preserve)


def _place(text: str) -> Place:
    colon = text.find(":")
    if colon == 0:
        raise PodlabError("error: filespec must match the canonical format: [[namespace/]pod:]file/path")
    if colon < 0 or (sys.platform == "win32" and re.match(r"^[A-Za-z]:[\\/]", text)):
        return Place("", "", text)
    pod, path = text[:colon], text[colon + 1 :]
    parts = pod.split("/")
    if len(parts) > 2:
        raise PodlabError("error: filespec must match the canonical format: [[namespace/]pod:]file/path")
    return Place(parts[0] if len(parts) == 2 else "", parts[-1], path)


def _run(
    command: Command,
    place: Place,
    words: list[str],
    container: str,
    data: bytes | None = None,
    complaints: str = "stderr",
) -> bytes:
    """What a command in the Pod writes; where its complaints go: `stderr`, `stdout`, or "" for nowhere."""
    namespace = place.namespace or command.namespace
    pod = command.client.get(f"/api/v1/namespaces/{namespace}/pods/{place.pod}")
    chosen, notice = choose_container(pod, container)
    if complaints:
        command.say(notice, complaints)
    written: list[bytes] = []
    path = f"/api/v1/namespaces/{namespace}/pods/{place.pod}/exec"
    query = [("command", word) for word in words] + [("container", chosen)]
    before, command.stdin = command.stdin, io.BytesIO(data or b"")
    try:
        status = stream(
            command, path, query, stdin=data is not None, tty=False, raw=written.append, complaints=complaints
        )
    finally:
        command.stdin = before
    finish(command, status, complaints != "stderr")
    return b"".join(written)


def _up(command: Command, source: Place, target: Place, container: str, no_preserve: bool) -> None:
    local = command.folder / source.path
    if not local.exists():
        raise PodlabError(f"error: {source.path} doesn't exist in local filesystem")
    path = posixpath.normpath(target.path)
    if _is_folder(command, target, container):
        path = posixpath.join(path, local.name)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(local, posixpath.basename(path))
    options = ["--no-same-permissions", "--no-same-owner"] if no_preserve else []
    words = ["tar", *options, "-xmf", "-"]
    folder = posixpath.dirname(path)
    _run(command, target, [*words, *(["-C", folder] if folder else [])], container, archive.getvalue())


def _is_folder(command: Command, place: Place, container: str) -> bool:
    try:
        _run(command, place, ["test", "-d", place.path], container, complaints="")
        return command.exit_code == 0
    finally:
        command.exit_code = 0


def _down(command: Command, source: Place, target: Place, container: str) -> None:
    data = _run(command, source, ["tar", "cf", "-", source.path], container, complaints="stdout")
    command.exit_code = 0
    local = Path(target.path)
    prefix = _inside(posixpath.normpath(source.path).lstrip("/"))
    if (command.folder / local).is_dir():
        local = local / posixpath.basename(prefix)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|") as tar:
        for member in _members(tar):
            _extract(command, tar, member, prefix, local, source)


def _inside(path: str) -> str:
    """A path without what leads out of where it begins."""
    while path.startswith("../"):
        path = path[3:]
    return "" if path == ".." else path


def _members(tar: tarfile.TarFile) -> Any:
    try:
        yield from tar
    except tarfile.TarError:
        return


def _extract(
    command: Command, tar: tarfile.TarFile, member: tarfile.TarInfo, prefix: str, local: Path, source: Place
) -> None:
    """One file to its place; nothing leaves the target's folder."""
    name = posixpath.normpath(member.name.lstrip("/"))
    if name != prefix and not name.startswith(prefix.rstrip("/") + "/") and prefix not in (".", ""):
        raise PodlabError("error: tar contents corrupted")
    inside = name[len(prefix) :].lstrip("/") if prefix not in (".", "") else name
    goal = local / inside if inside and inside != "." else local
    if ".." in inside.split("/"):
        return
    if member.issym() or member.islnk():
        where = f'kubectl exec -n "{source.namespace}" "{source.pod}" -- tar cf - "{source.path}" | tar xf -'
        command.err(f'warning: skipping symlink: "{goal}" -> "{member.linkname}" (consider using "{where}")\n')
        return
    file = command.folder / goal
    try:
        if member.isdir():
            file.mkdir(parents=True, exist_ok=True)
        elif content := tar.extractfile(member):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.read())
    except OSError as error:
        raise PodlabError(f"error: open {goal}: {(error.strerror or str(error)).lower()}") from error
