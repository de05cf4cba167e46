"""Pulling an image and telling how far it is: bytes from Docker's API, else layers from what the engine prints."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from podlab.clusters.kind import command as kind_command
from podlab.clusters.machine.probe import Probe
from podlab.clusters.progress import Layer, Pull, Report
from podlab.errors import ClusterError

SECONDS = 300.0
"""How long the engine may be silent in the middle of a pull."""

STATES: dict[str, Layer] = {
    "Pulling fs layer": Layer(),
    "Waiting": Layer(),
    "Copying blob": Layer("downloading"),
    "Downloading": Layer("downloading"),
    "Verifying Checksum": Layer("downloading"),
    "Download complete": Layer("extracting"),
    "Extracting": Layer("extracting"),
    "Pull complete": Layer("done"),
    "Already exists": Layer("done"),
    "Copying blob done": Layer("done"),
}
"""What the engines say of a layer, docker's words first, then podman's."""

_LINES = (
    re.compile(r"(?P<id>[0-9a-f]{12}): (?P<status>[A-Z][A-Za-z ]+)$"),
    re.compile(r"(?P<status>Copying blob)(?: sha256:)? ?(?P<id>[0-9a-f]{12})[0-9a-f]*\s*(?P<done>done)?"),
)


def is_here(probe: Probe, engine: str, image: str) -> bool:
    """Whether the engine has the image."""
    return probe.run([engine, "image", "inspect", image, "--format", "x"]).code == 0


def pull(probe: Probe, engine: str, image: str, report: Report) -> None:
    """Pull the image; the report is told its layers as they come.

    Raises:
        ClusterError: it could not be pulled; the engine's own line says why.
    """
    named = image if ":" in image.rpartition("/")[2] else f"{image}:latest"
    path = _socket(probe) if engine == "docker" else None
    trouble = _follow(_ask(path, named), image, report) if path else "no socket"
    if trouble:  # the command has the user's password for a private registry, which this request to the API has not
        trouble = _follow(_run(engine, named), image, report)
    if trouble:
        raise ClusterError(f"{engine} pull {image}: {trouble}")


def _follow(answers: Iterator[Mapping[str, Any]], image: str, report: Report) -> str:
    """Tell what comes; what went wrong, else nothing."""
    layers: dict[str, Layer] = {}
    for said in answers:
        if trouble := said.get("error"):
            return str(trouble)
        if changed(layers, said):
            report(Pull(image, tuple(layers.values())))
    return ""


def changed(layers: dict[str, Layer], said: Mapping[str, Any]) -> bool:
    """Enter what the engine said into the layers by id; whether that was about one of them."""
    state = STATES.get(str(said.get("status")))
    if state is None or "id" not in said:
        return False
    before = layers.get(said["id"])
    layer = replace(before or Layer(), state=state.state)
    detail = said.get("progressDetail") or {}
    if state.state == "downloading" and detail.get("total"):
        layer = replace(layer, current=int(detail["current"]), total=int(detail["total"]))
    if state.state in ("extracting", "done"):
        layer = replace(layer, current=layer.total)
    layers[said["id"]] = layer
    return layer != before


def read(line: str) -> dict[str, str]:
    """A line that an engine's `pull` prints, in the words of Docker's API; empty where it is about no layer."""
    for form in _LINES:
        if match := form.search(line):
            found = match.groupdict()
            return {"id": found["id"], "status": found["status"] + (" done" if found.get("done") else "")}
    return {}


def _socket(probe: Probe) -> str | None:
    """The path of the socket on which Docker's API listens, where it is one that can be asked without more ado."""
    address = (
        probe.environ.get("DOCKER_HOST")
        or probe.run(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]).out.strip()
    )
    parts = urlsplit(address)
    return parts.path if parts.scheme == "unix" and hasattr(socket, "AF_UNIX") else None


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def _ask(path: str, image: str) -> Iterator[dict[str, Any]]:
    connection = _Unix(path)
    try:
        connection.request("POST", f"/images/create?fromImage={quote(image, safe='')}")
        response = connection.getresponse()
        if response.status != 200:
            yield {"error": json.loads(response.read()).get("message", response.reason)}
        for line in response:
            yield json.loads(line)
    except (OSError, ValueError, http.client.HTTPException) as error:
        yield {"error": str(error)}
    finally:
        connection.close()  # which ends the pull, too, where somebody interrupted it


def _run(engine: str, image: str) -> Iterator[dict[str, Any]]:
    lines = list[str]()
    for line in kind_command.run([engine, "pull", image], engine):
        lines.append(line)
        yield read(line)
    if lines[-1] != "0":
        yield {"error": kind_command.last_line("\n".join(lines[:-1]))}
