"""What the images in the simulated registry are, and what they do: one row each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

WELCOME = b"""<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
"""

NGINX_CONF = b"""user  nginx;
worker_processes  auto;

events {
    worker_connections  1024;
}

http {
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
"""
DEFAULT_CONF = b"""server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
"""

DEBIAN = MappingProxyType(
    {
        "/etc/os-release": b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n',
        "/etc/debian_version": b"12.12\n",
        "/etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nnginx:x:101:101:nginx user:/nonexistent:/bin/false\n",
        "/etc/group": b"root:x:0:\nnginx:x:101:\n",
    }
)
BUSYBOX = MappingProxyType({"/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n"})
NGINX = MappingProxyType(
    {
        **DEBIAN,
        "/usr/share/nginx/html/index.html": WELCOME,
        "/usr/share/nginx/html/50x.html": b"<!DOCTYPE html>\n<html><head><title>Error</title></head></html>\n",
        "/etc/nginx/conf.d/default.conf": DEFAULT_CONF,
        "/etc/nginx/nginx.conf": NGINX_CONF,
        "/docker-entrypoint.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh": b"#!/bin/sh\n",
        "/docker-entrypoint.d/20-envsubst-on-templates.sh": b"#!/bin/sh\n",
    }
)

BASE_COMMANDS = frozenset(
    [
        "sh",
        "bash",
        "echo",
        "printf",
        "cat",
        "ls",
        "env",
        "printenv",
        "hostname",
        "date",
        "sleep",
        "true",
        "false",
        "test",
        "[",
        "touch",
        "mkdir",
        "rm",
        "cp",
        "mv",
        "grep",
        "head",
        "tail",
        "wc",
        "tee",
        "id",
        "whoami",
        "uname",
        "pwd",
        "seq",
        "sort",
        "uniq",
        "cut",
        "tr",
        "basename",
        "dirname",
        "yes",
        "nproc",
        "which",
        "kill",
        "tar",
        "sed",
        "awk",
        "find",
        "stat",
        "chmod",
        "chown",
        "base64",
        "timeout",
        "xargs",
        "du",
        "expr",
        "md5sum",
        "sha1sum",
        "sha256sum",
        "tac",
        "nl",
        "realpath",
        "readlink",
        "ln",
        "truncate",
        "mktemp",
        "rmdir",
        "egrep",
        "fgrep",
        "nohup",
        "tty",
    ]
)
BUSYBOX_COMMANDS = BASE_COMMANDS - {"bash", "printenv", "nohup"} | frozenset(
    ["wget", "nslookup", "ps", "pidof", "free", "uptime", "ping", "rev"]
)

DIRECTORIES = (
    "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var usr/bin var/log var/run"
)

PATHS: Mapping[str, str] = MappingProxyType({"nginx": "/usr/sbin/nginx", "curl": "/usr/bin/curl"})
"""Where commands are that are not in /bin."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image: its reference, digest and bytes, and what a container of it does.

    `entrypoint` and `command` are what the image declares, `commands` what can be run in it, `files` what it brings.
    """

    reference: str
    digest: str
    size: int
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    commands: frozenset[str] = BASE_COMMANDS
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    version: str = ""
    directories: str = DIRECTORIES

    @property
    def id(self) -> str:
        """The imageID that a container's status shows."""
        return f"{self.reference.rpartition(':')[0]}@sha256:{self.digest}"


PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _nginx(tag: str, digest: str, size: int, version: str, repository: str = "docker.io/library/nginx") -> Image:
    return Image(
        reference=f"{repository}:{tag}",
        digest=digest,
        size=size,
        entrypoint=("/docker-entrypoint.sh",),
        command=("nginx", "-g", "daemon off;"),
        commands=BASE_COMMANDS | {"nginx", "curl"},
        files=NGINX,
        env=MappingProxyType({"PATH": PATH, "NGINX_VERSION": version, "PKG_RELEASE": "1~bookworm"}),
        version=version,
    )


def _busybox(tag: str, digest: str, repository: str = "docker.io/library/busybox") -> Image:
    return Image(
        reference=f"{repository}:{tag}",
        digest=digest,
        size=2156519,
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
        commands=BASE_COMMANDS | {"/pause"},
        files=BUSYBOX,
    )


def _made_up(name: str) -> str:
    """A digest for an image whose own nobody looks at."""
    return hashlib.sha256(name.encode()).hexdigest()


TESTS = "registry.k8s.io/e2e-test-images"


def _agnhost(tag: str) -> Image:
    """The image of many servers that upstream's own tests start."""
    waiting = _waiting(f"{TESTS}/agnhost:{tag}", _made_up(f"agnhost:{tag}"))
    commands = BASE_COMMANDS | {"/agnhost"}
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
)
"""The simulated registry."""

PRESENT = ("docker.io/library/nginx:latest",)
"""Images that a new node already has."""

REFERENCE = re.compile(
    r"(?P<name>[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?::[0-9]+(?=/))?(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{32,}))?"
)


class InvalidName(ValueError):
    """An image name that no registry could have; the message is the container runtime's."""


def normalize(name: str) -> str:
    """`nginx` → `docker.io/library/nginx:latest`. Raises InvalidName."""
    match = REFERENCE.fullmatch(name)
    if match is None:
        raise InvalidName(f'couldn\'t parse image name "{name}": {_invalid(name)}')
    repository = match["name"]
    first = repository.split("/")[0]
    if "/" not in repository:
        repository = f"docker.io/library/{repository}"
    elif "." not in first and ":" not in first and first != "localhost":
        repository = f"docker.io/{repository}"
    if match["digest"]:
        return f"{repository}@{match['digest']}"
    return f"{repository}:{match['tag'] or 'latest'}"


def _invalid(name: str) -> str:
    repository = name.split(":")[0]
    if repository != repository.lower() and REFERENCE.fullmatch(repository.lower()):
        shown = repository if "/" in repository else f"library/{repository}"
        return f"invalid reference format: repository name ({shown}) must be lowercase"
    return "invalid reference format"


def find(reference: str) -> Image | None:
    """The image of a normalized reference."""
    for image in IMAGES:
        if reference in (image.reference, image.id):
            return image
    return None


def not_found(name: str, reference: str) -> str:
    """The error of a pull whose image is not in the registry."""
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{reference}": '
        f"failed to resolve image: {reference}: not found"
    )
