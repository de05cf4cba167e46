"""The simulated registry: what the images in it are, and what they do: one row each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from podlab.embedded.runtime.images import accounts, system
from podlab.embedded.runtime.images.commands import ALPINE, COREUTILS
from podlab.embedded.runtime.images.commands import BUSYBOX as BUSYBOX_COMMANDS
from podlab.embedded.runtime.images.documentation import DOCUMENTED
from podlab.embedded.runtime.images.files import BUSYBOX, NGINX, NGINX_LINKS
from podlab.embedded.runtime.images.image import DIRECTORIES, Image
from podlab.embedded.runtime.images.library import ALPINE_FILES, LIBRARY_IMAGES, PATH


def _nginx(tag: str, digest: str, size: int, version: str, repository: str = "docker.io/library/nginx") -> Image:
    return Image(
        reference=f"{repository}:{tag}",
        digest=digest,
        size=size,
        entrypoint=("/docker-entrypoint.sh",),
        command=("nginx", "-g", "daemon off;"),
        commands=COREUTILS | {"nginx", "curl"},
        files=NGINX,
        links=NGINX_LINKS,
        env=MappingProxyType({"PATH": PATH, "NGINX_VERSION": version, "PKG_RELEASE": "1~bookworm"}),
        version=version,
        stop_signal="QUIT",
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
        directories="bin dev etc lib lib64 proc sys tmp",
    )


REGISTRY = "registry.k8s.io/busybox"


def _documented(image: Image) -> Image:
    """The documentation's busybox: its build has programs that Debian's, seen on kind, has not."""
    return replace(image, commands=image.commands | {"nohup", "pgrep", "pkill", "printenv"})


def _waiting(reference: str, digest: str) -> Image:
    """An image that does nothing until it is told to stop."""
    return Image(
        reference=reference,
        digest=digest,
        size=320368,
        entrypoint=("/pause",),
        commands=frozenset(["/pause"]),
        directories="dev etc proc sys",
    )


def _made_up(name: str) -> str:
    """A digest for an image whose own nobody looks at."""
    return hashlib.sha256(name.encode()).hexdigest()


TESTS = "registry.k8s.io/e2e-test-images"


def _agnhost(tag: str) -> Image:
    """The image of many servers that upstream's own tests start."""
    waiting = _waiting(f"{TESTS}/agnhost:{tag}", _made_up(f"agnhost:{tag}"))
    commands = ALPINE | {"/agnhost", "curl", "dig", "host"}
    return replace(
        waiting,
        entrypoint=("/agnhost",),
        command=("pause",),
        commands=commands,
        files=BUSYBOX,
        directories=DIRECTORIES,
        busybox=True,
    )


NGINX_TAGS = {
    "stable": "1.28.0", "mainline": "1.29.3", "1.24": "1.24.0", "1.23": "1.23.4", "1.22": "1.22.1", "1.21": "1.21.6",
    "1.21.6": "1.21.6", "1.20": "1.20.2", "1.19": "1.19.10", "1.18": "1.18.0", "1.17": "1.17.10", "1.16": "1.16.1",
    "1.16.1": "1.16.1", "1.15": "1.15.12", "1.14": "1.14.2", "1.7.9": "1.7.9", "1.25.3": "1.25.3", "1.27.0": "1.27.0",
}  # fmt: skip
NGINX_TAGS_ON_ALPINE = {
    "alpine": "1.29.3", "stable-alpine": "1.28.0", "mainline-alpine": "1.29.3", "1.29-alpine": "1.29.3",
    "1.28-alpine": "1.28.0",
    "1.27-alpine": "1.27.5", "1.26-alpine": "1.26.3", "1.25-alpine": "1.25.5", "1.24-alpine": "1.24.0",
    "1.21-alpine": "1.21.6", "1.19-alpine": "1.19.10",
}  # fmt: skip
PAUSE_TAGS = ("latest", "3.1", "3.2", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10.1")
AGNHOST_TAGS = ("2.39", "2.40", "2.43", "2.45", "2.47", "2.52", "2.53", "2.56", "2.57")
BUSYBOX_TAGS: tuple[str, ...] = (
    "stable",
    "musl",
    "glibc",
    "uclibc",
    "1",
    "1.37",
    "1.36.1",
    "1.35",
    "1.35.0",
    "1.34",
    "1.33",
    "1.32",
)
BUSYBOX_TAGS += ("1.31", "1.30", "1.29", "1.28.4", "1.27")


NGINX_ON_ALPINE = MappingProxyType(
    {**NGINX, **ALPINE_FILES, **accounts.alpine(("nginx", 101, 101, "nginx", "/var/cache/nginx"), "nginx")}
)


def _nginx_on_alpine(tag: str) -> Image:
    made = _nginx(tag, _made_up(f"nginx:{tag}"), 52107811, NGINX_TAGS_ON_ALPINE[tag])
    commands = ALPINE | {"nginx", "curl"}
    return replace(made, busybox=True, commands=commands, files=NGINX_ON_ALPINE)


def _dnsutils(reference: str) -> Image:
    """What Kubernetes' documentation looks names up with."""
    commands = COREUTILS | {"dig", "nslookup", "host", "ping"}
    return Image(reference, _made_up(reference), 112029652, command=("sleep", "3600"), commands=commands, files=BUSYBOX)


DEMO = b"""server {
    listen 80;
    location / {
        default_type text/plain;
        return 200 "Server address: $server_addr:$server_port\nServer name: $hostname\nDate: $time_local\nURI: $request_uri\nRequest ID: $request_id\n";
    }
}
"""  # noqa: E501


def _demo(tag: str) -> Image:
    """nginx with a page that says who answers: the plain text of it, whatever the tag."""
    made = _nginx(tag, _made_up(f"nginxdemos/hello:{tag}"), 17107811, "1.29.3", "docker.io/nginxdemos/hello")
    commands = ALPINE | {"nginx", "curl"}
    files = MappingProxyType({**NGINX_ON_ALPINE, "/etc/nginx/conf.d/default.conf": DEMO})
    return replace(made, busybox=True, commands=commands, files=files)


SLIM, SLIM_TAGS = "registry.k8s.io/nginx-slim", ("0.8", "0.9", "0.20", "0.21", "0.23", "0.24", "0.25", "0.26", "0.27")
FRONT = b"""upstream Backend {
    server hello;
}

server {
    listen 80;
    location / {
        proxy_pass http://Backend;
    }
}
"""


def _fronting(tag: str) -> Image:
    """The documentation's frontend: nginx before the Service `hello`."""
    made = _nginx(tag, _made_up(f"hello-frontend:{tag}"), 50107811, "1.17.3", "gcr.io/google-samples/hello-frontend")
    kept = {path: data for path, data in NGINX.items() if path != "/etc/nginx/conf.d/default.conf"}
    return replace(made, files=MappingProxyType({**kept, "/etc/nginx/conf.d/frontend.conf": FRONT}))


IMAGES: tuple[Image, ...] = (
    _nginx("latest", "9fde3f17238524babd4b7e1f3bd5f9d3a15ea18ff16f0ffeefc4a069130801e3", 129108117, "1.29.3"),
    _nginx("1.29", "9fde3f17238524babd4b7e1f3bd5f9d3a15ea18ff16f0ffeefc4a069130801e3", 129108117, "1.29.3"),
    _nginx("1.28", "1beed3ca46acebe9d3fb62e9067f03d05d5bfa97a00f30938a0a3580563272ad", 129108190, "1.28.0"),
    _nginx("1.27", "cab673ab423baab751d183a431fdc1a9757898bb396b5dabcd49102e59216b32", 129108244, "1.27.5"),
    _nginx("1.26", "1e67a3c8607fe555f47dc8a72f25424b10273951136c061c54f5cfb1a8a4aa8a", 129107930, "1.26.3"),
    _nginx("1.25", "a484819eb60211f5299034ac80f6a681b06f89e65866ce91f356ed7c72af059c", 129107811, "1.25.5"),
    _nginx("1.14.2", "f7988fb6c02e0ce69257d9bd9cf37ae20a60f1df7563c3a2a6abe24160306b8d", 109107811, "1.14.2"),
    replace(_nginx_on_alpine("alpine"), digest="b3c656d55d7ad751196f21b7fd2e8d4da9cb430e32f646adcf92441b72f82b14"),
    _busybox("latest", "e3652a00a2fabd16ce889f0aa32c38eec347b997e73bd09e69c962ec7f8732ee"),
    _busybox("1.36", "73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662"),
    _busybox("1.28", "141c253bc4c3fd0a201d32dc1f493bcf3fff003b6df416dea4f41046e0f37d47"),
    _waiting("registry.k8s.io/pause:3.10", "ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a"),
    _waiting("registry.k8s.io/pause:3.10.2", "f548e0e8e3dc1896ca956272154dde3314e8cc4fde0a57577ee9fa1c63f5baf4"),
    *(_waiting(f"registry.k8s.io/pause:{tag}", _made_up(f"pause:{tag}")) for tag in PAUSE_TAGS),
    # what upstream's own tests start
    *(_agnhost(tag) for tag in ("2.55", "2.63.0", *AGNHOST_TAGS)),
    *(_busybox(tag, _made_up(f"busybox:{tag}"), f"{TESTS}/busybox") for tag in ("1.36.1-1", "1.37.0-1")),
    *(_documented(_busybox(tag, _made_up(f"busybox:{tag}"), REGISTRY)) for tag in ("latest", "1.24", "1.27.2")),
    _nginx("1.15-4", _made_up("nginx:1.15-4"), 109107811, "1.15.12", f"{TESTS}/nginx"),
    _nginx("1.27-0", _made_up("nginx:1.27-0"), 129108244, "1.27.0", f"{TESTS}/nginx"),
    *(_nginx(tag, _made_up(f"nginx-slim:{tag}"), 97107811, "1.21.6", SLIM) for tag in SLIM_TAGS),
    _fronting("1.0"),
    *system.SYSTEM,
    *(_nginx(tag, _made_up(f"nginx:{tag}"), 109107811, version) for tag, version in NGINX_TAGS.items()),
    *(_nginx_on_alpine(tag) for tag in NGINX_TAGS_ON_ALPINE if tag != "alpine"),
    *(_demo(tag) for tag in ("latest", "0.4", "plain-text")),
    *(_busybox(tag, _made_up(f"busybox:{tag}")) for tag in BUSYBOX_TAGS),
    *(
        _dnsutils(name)
        for name in (f"{TESTS}/jessie-dnsutils:1.3", f"{TESTS}/jessie-dnsutils:1.7", "docker.io/tutum/dnsutils:latest")
    ),
    *LIBRARY_IMAGES,
    *DOCUMENTED,
)
"""The simulated registry."""

PRESENT = ("docker.io/library/nginx:latest", *system.PRESENT)
"""Images that a new node already has."""


_FOUND = {key: image for image in reversed(IMAGES) for key in (image.id, image.reference)}
_RELEASE = re.compile(r"(?P<line>v?\d+(?:\.\d+)*)\.(?P<last>\d+)(?P<kind>(?:-[a-z]+)*)")


def find(reference: str) -> Image | None:
    """The image of a normalized reference; one of an earlier release than its line's latest is there too."""
    return _FOUND.get(reference) or _earlier(reference)


@cache
def _earlier(reference: str) -> Image | None:
    """`redis:8.0.2`, as `redis:8.0` is 8.0.4 by now; Docker Hub keeps what an official image had."""
    repository, _, tag = reference.rpartition(":")
    asked = _RELEASE.fullmatch(tag)
    latest = _FOUND.get(f"{repository}:{asked['line']}{asked['kind']}") if asked else None
    if asked is None or latest is None or not repository.startswith("docker.io/library/"):
        return None
    line, _, last = latest.version.rpartition(".")
    if line != asked["line"] or not last.isdecimal() or int(asked["last"]) > int(last):
        return None
    release = f"{line}.{asked['last']}"
    env = {key: release if value == latest.version else value for key, value in latest.env.items()}
    digest = _made_up(reference)
    return replace(latest, reference=reference, digest=digest, version=release, env=MappingProxyType(env))
