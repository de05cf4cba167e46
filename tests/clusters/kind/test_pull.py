"""How far a pull is: from Docker's API on a socket, from what engines print, and on a real engine."""

from __future__ import annotations

import io
import json
import os
import socketserver
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from podlab.clusters.kind import command as kind_command
from podlab.clusters.kind import images, pull
from podlab.clusters.kind.kind import Kind
from podlab.clusters.machine.probe import Answer, Machine
from podlab.clusters.progress import Layer, Pull, Told
from podlab.errors import ClusterError
from tests.clusters.fakes import FakeMachine

SAID = [
    {"status": "Pulling from library/nginx", "id": "latest"},
    {"status": "Already exists", "progressDetail": {}, "id": "a"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "b"},
    {"status": "Downloading", "progressDetail": {"current": 5, "total": 9}, "progress": "[==>]", "id": "b"},
    {"status": "Download complete", "progressDetail": {}, "id": "b"},
    {"status": "Extracting", "progressDetail": {"current": 1, "total": 9}, "id": "b"},
    {"status": "Pull complete", "progressDetail": {}, "id": "b"},
    {"status": "Status: Downloaded newer image for nginx:latest"},
]


def test_the_layers_as_dockers_api_tells_them() -> None:
    layers: dict[str, Layer] = {}
    seen = [tuple(layers.values()) for each in SAID if pull.changed(layers, each)]
    have = Layer("done")
    assert seen == [
        (have,),
        (have, Layer()),
        (have, Layer("downloading", 5, 9)),
        (have, Layer("extracting", 9, 9)),
        (have, Layer("done", 9, 9)),
    ]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("a480a496ba95: Pulling fs layer", ("a480a496ba95", "Pulling fs layer")),
        ("a480a496ba95: Pull complete", ("a480a496ba95", "Pull complete")),
        ("Copying blob sha256:a480a496ba95d5a1b2", ("a480a496ba95", "Copying blob")),
        ("Copying blob a480a496ba95 done   | ", ("a480a496ba95", "Copying blob done")),
        ("latest: Pulling from library/nginx", None),
        ("Digest: sha256:a480a496ba95a480a496ba95", None),
        ("Trying to pull docker.io/library/nginx:latest...", None),
    ],
)
def test_the_layers_as_engines_print_them(line: str, read: tuple[str, str] | None) -> None:
    found = pull.read(line)
    assert (found["id"], found["status"]) == read if read else found == {}
    assert not found or found["status"] in pull.STATES


class _Engine(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write("".join(json.dumps(each) + "\r\n" for each in SAID).encode())

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FakeMachine]:
    """A machine with a Docker whose API listens on a socket."""
    if sys.platform == "win32":
        pytest.skip("no sockets with a path")
    path = str(tmp_path / "s")
    _Engine.asked.clear()
    with socketserver.ThreadingUnixStreamServer(path, _Engine) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield FakeMachine({"docker info": Answer(0, "27")}, environ={"DOCKER_HOST": f"unix://{path}"})
        server.shutdown()
        thread.join()


def test_a_pull_through_dockers_api(engine: FakeMachine) -> None:
    told: list[Told] = []
    pull.pull(engine, "docker", "nginx", told.append)
    assert _Engine.asked == ["/images/create?fromImage=nginx%3Alatest"]
    assert told[-1] == Pull("nginx", (Layer("done"), Layer("done", 9, 9)))


def test_a_node_image_that_is_missing_is_pulled_and_one_that_is_there_is_not(engine: FakeMachine) -> None:
    told: list[Told] = []
    Kind("node:1", probe=engine)._see_to_image("docker", told.append)
    assert told[0] == "Pulling the node image node:1"
    assert isinstance(told[-1], Pull)
    engine.commands["docker image inspect node:1"] = Answer(0)
    Kind("node:1", probe=engine)._see_to_image("docker", told.clear)


def test_kinds_own_node_image_is_found_in_the_program(tmp_path: Path) -> None:
    image = f"kindest/node:v1.37.0@sha256:{'a1' * 32}"
    program = tmp_path / "kind"
    program.write_bytes(b"\x7fELF\0\xffsome" + image.encode() + b"text\0")
    assert kind_command.own_image(str(program)) == image
    program.write_text("#!/bin/sh\nexec snap run kind\n", encoding="utf-8")
    assert kind_command.own_image(str(program)) is None
    program.write_bytes(b"")
    assert kind_command.own_image(str(program)) is None
    assert kind_command.own_image(str(tmp_path / "none")) is None


@pytest.mark.kind
@pytest.mark.skipif(not os.environ.get("PODLAB_REGISTRY_IMAGE"), reason="PODLAB_REGISTRY_IMAGE names no registry")
def test_a_real_engine_tells_bytes() -> None:
    machine = Machine()
    command = ["docker", "run", "--detach", "--rm", "--publish", "127.0.0.1::5000", images.registry_image(machine)]
    registry = machine.run(command).out.strip()
    try:
        port = machine.run(["docker", "port", registry, "5000/tcp"]).out.split()[0].rpartition(":")[2]
        image = f"127.0.0.1:{port}/bytes:1"
        subprocess.run(["docker", "import", "-", image], input=_layer(3_000_000), check=True, capture_output=True)
        images._push(machine, "docker", image)
        machine.run(["docker", "rmi", image])
        assert not pull.is_here(machine, "docker", image)
        told: list[Told] = []
        pull.pull(machine, "docker", image, told.append)
        last = told[-1]
        assert isinstance(last, Pull)
        assert (last.done, len(last.layers)) == (1, 1)
        assert last.current == last.total > 2_900_000
        assert pull.is_here(machine, "docker", image)
        machine.run(["docker", "rmi", image])
        with pytest.raises(ClusterError, match="bytes:2"):
            pull.pull(machine, "docker", image.replace(":1", ":2"), told.append)
    finally:
        machine.run(["docker", "rm", "--force", "--volumes", registry])


def _layer(size: int) -> bytes:
    """A tar archive with a file that does not compress."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("noise")
        entry.size = size
        tar.addfile(entry, io.BytesIO(os.urandom(size)))
    return archive.getvalue()
