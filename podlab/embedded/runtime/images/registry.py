"""The simulated registry: what the images in it are, and what they do: one row each."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import MappingProxyType

from podlab.embedded.runtime.images import system
from podlab.embedded.runtime.images.commands import BUSYBOX as BUSYBOX_COMMANDS
from podlab.embedded.runtime.images.commands import COREUTILS
from podlab.embedded.runtime.images.files import BUSYBOX, NGINX
from podlab.embedded.runtime.images.image import Image

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _nginx(tag: str, digest: str, size: int, version: str, repository: str = "docker.io/library/nginx") -> Image:
    return Image(
        reference=f"{repository}:{tag}",
        digest=digest,
        size=size,
        entrypoint=("/docker-entrypoint.sh",),
        command=("nginx", "-g", "daemon off;"),
        commands=COREUTILS | {"nginx", "curl"},
        files=NGINX,
        env=MappingProxyType({"PATH": PATH, "NGINX_VERSION": version, "PKG_RELEASE": "1~bookworm"}),
        version=version,
    )


def _busybox(tag: str, digest: str, repository: str = "docker.io/library/busybox") -> Image:
    return Image(
        reference=f"{repository}:{tag}",
        digest=digest,
        size=2156519,
        busybox=True,
        command=("sh",),
        commands=BUSYBOX_COMMANDS,
        files=BUSYBOX,
        env=MappingProxyType({"PATH": PATH}),
        directories="bin dev etc lib lib64 proc sys tmp var var/log var/run",
    )


def _waiting(reference: str, digest: str) -> Image:
    """An image that does nothing until it is told to stop."""
    return Image(
        reference=reference,
        digest=digest,
        size=320368,
        entrypoint=("/pause",),
        commands=COREUTILS | {"/pause"},
        files=BUSYBOX,
    )


def _made_up(name: str) -> str:
    """A digest for an image whose own nobody looks at."""
    return hashlib.sha256(name.encode()).hexdigest()


TESTS = "registry.k8s.io/e2e-test-images"


def _agnhost(tag: str) -> Image:
    """The image of many servers that upstream's own tests start."""
    waiting = _waiting(f"{TESTS}/agnhost:{tag}", _made_up(f"agnhost:{tag}"))
    commands = COREUTILS | {"/agnhost"}
    return replace(waiting, entrypoint=("/agnhost",), command=("pause",), commands=commands)


IMAGES: tuple[Image, ...] = (
    _nginx("latest", "9fde3f17238524babd4b7e1f3bd5f9d3a15ea18ff16f0ffeefc4a069130801e3", 129108117, "1.29.3"),
    _nginx("1.29", "9fde3f17238524babd4b7e1f3bd5f9d3a15ea18ff16f0ffeefc4a069130801e3", 129108117, "1.29.3"),
    _nginx("1.28", "1beed3ca46acebe9d3fb62e9067f03d05d5bfa97a00f30938a0a3580563272ad", 129108190, "1.28.0"),
    _nginx("1.27", "cab673ab423baab751d183a431fdc1a9757898bb396b5dabcd49102e59216b32", 129108244, "1.27.5"),
    _nginx("1.26", "1e67a3c8607fe555f47dc8a72f25424b10273951136c061c54f5cfb1a8a4aa8a", 129107930, "1.26.3"),
    _nginx("1.25", "a484819eb60211f5299034ac80f6a681b06f89e65866ce91f356ed7c72af059c", 129107811, "1.25.5"),
    _nginx("1.14.2", "f7988fb6c02e0ce69257d9bd9cf37ae20a60f1df7563c3a2a6abe24160306b8d", 109107811, "1.14.2"),
    _nginx("alpine", "b3c656d55d7ad751196f21b7fd2e8d4da9cb430e32f646adcf92441b72f82b14", 52107811, "1.29.3"),
    _busybox("latest", "e3652a00a2fabd16ce889f0aa32c38eec347b997e73bd09e69c962ec7f8732ee"),
    _busybox("1.36", "73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662"),
    _busybox("1.28", "141c253bc4c3fd0a201d32dc1f493bcf3fff003b6df416dea4f41046e0f37d47"),
    _waiting("registry.k8s.io/pause:3.10", "ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a"),
    _waiting("registry.k8s.io/pause:3.10.2", "f548e0e8e3dc1896ca956272154dde3314e8cc4fde0a57577ee9fa1c63f5baf4"),
    # what upstream's own tests start
    *(_agnhost(tag) for tag in ("2.55", "2.63.0")),
    *(_busybox(tag, _made_up(f"busybox:{tag}"), f"{TESTS}/busybox") for tag in ("1.36.1-1", "1.37.0-1")),
    _nginx("1.15-4", _made_up("nginx:1.15-4"), 109107811, "1.15.12", f"{TESTS}/nginx"),
    _nginx("1.27-0", _made_up("nginx:1.27-0"), 129108244, "1.27.0", f"{TESTS}/nginx"),
    *system.SYSTEM,
)
"""The simulated registry."""

PRESENT = ("docker.io/library/nginx:latest", *system.PRESENT)
"""Images that a new node already has."""


def find(reference: str) -> Image | None:
    """The image of a normalized reference."""
    for image in IMAGES:
        if reference in (image.reference, image.id):
            return image
    return None
