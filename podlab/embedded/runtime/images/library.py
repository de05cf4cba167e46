"""Images that people try in their first weeks, beside nginx and busybox: a row each, and the tags that they have.

The facts of each (entry point, command, port, user, stop signal) are those of its public Dockerfile. Upstream:
docker-library/{httpd,redis,memcached,mysql,postgres,python,node,perl,hello-world}, alpinelinux/docker-alpine,
curl/curl-container, traefik/whoami, hashicorp/http-echo, nginxinc/NGINX-Demos
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.images import accounts
from podlab.embedded.runtime.images.commands import ALPINE, COREUTILS
from podlab.embedded.runtime.images.files import BUSYBOX, DEBIAN
from podlab.embedded.runtime.images.image import DIRECTORIES, Image

HUB, LIBRARY = "docker.io", "docker.io/library"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ALPINE_FILES = MappingProxyType(
    {
        **BUSYBOX,
        **accounts.alpine(),
        "/etc/os-release": b'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.2\nPRETTY_NAME="Alpine Linux v3.22"\n',
        "/etc/alpine-release": b"3.22.2\n",
    }
)
UBUNTU_FILES = MappingProxyType(
    {**DEBIAN, "/etc/os-release": b'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n'}
)
MEMCACHED_FILES = MappingProxyType(
    {**DEBIAN, "/etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nmemcache:x:11211:11211::/home/memcache:/bin/sh\n"}
)
CURL_FILES = MappingProxyType(
    {**ALPINE_FILES, **accounts.alpine(("curl_user", 100, 101, "", "/home/curl_user"), "curl_group")}
)
WORKS = b"<html><body><h1>It works!</h1></body></html>\n"


def _made_up(name: str) -> str:
    """A digest for an image whose own nobody looks at."""
    return hashlib.sha256(name.encode()).hexdigest()


def rows(repository: str, tags: str, size: int, *, alpine: str = "", **more: Any) -> list[Image]:
    """Images of one repository: `tags` are `tag` or `tag=version`; those named by `alpine` have busybox's tools."""
    found = []
    for word in tags.split():
        tag, _, version = word.partition("=")
        reference = f"{repository}:{tag}"
        env = {"PATH": PATH, **more.get("env", {})}
        given = {**more, "env": MappingProxyType(env), "version": version or tag}
        image = Image(reference=reference, digest=_made_up(reference), size=size, **given)
        found.append(_on_alpine(image) if "alpine" in tag or alpine == "all" else image)
    return found


def _on_alpine(image: Image) -> Image:
    own = image.commands - COREUTILS
    kept = {path: data for path, data in image.files.items() if path not in DEBIAN or image.user}
    files: Mapping[str, bytes] = MappingProxyType({**ALPINE_FILES, **kept})
    return replace(image, busybox=True, commands=ALPINE | own, files=files, size=image.size // 3)


def server(entry: str, program: str, *commands: str, **more: Any) -> dict[str, Any]:
    """What an image of one server has."""
    usual = {"entrypoint": (entry,) if entry else (), "command": tuple(program.split()), "files": DEBIAN}
    return {**usual, "commands": COREUTILS | {program.split()[0], *commands}, **more}


ENTRY = "docker-entrypoint.sh"
_REDIS = server(ENTRY, "redis-server", "redis-cli", ports=(6379,), cwd="/data", directories=f"data {DIRECTORIES}")
_HTTPD = server("", "httpd-foreground", "httpd", ports=(80,), stop_signal="WINCH", cwd="/usr/local/apache2")
_HTTPD |= {"files": MappingProxyType({**DEBIAN, "/usr/local/apache2/htdocs/index.html": WORKS})}
_MYSQL = server(ENTRY, "mysqld", "mysql", "mysqladmin", ports=(3306,))
_POSTGRES = server(ENTRY, "postgres", "psql", "pg_isready", ports=(5432,), stop_signal="INT")
_POSTGRES |= {"env": {"PGDATA": "/var/lib/postgresql/data"}}
_PYTHON = server("", "python3", "python", stop_signal="TERM")
_NODE = server(ENTRY, "node", "nodejs")
_SHELL: dict[str, Any] = {"command": ("bash",), "commands": COREUTILS, "files": DEBIAN}
ON_ALPINE: dict[str, Any] = {
    "command": ("/bin/sh",),
    "commands": ALPINE,
    "files": ALPINE_FILES,
    "busybox": True,
}
_CURL: dict[str, Any] = {**ON_ALPINE, "entrypoint": ("/entrypoint.sh",), "command": ("curl",), "user": "curl_user"}
_CURL |= {"commands": ALPINE | {"curl"}, "files": CURL_FILES}
_NAKED: dict[str, Any] = {"directories": "dev etc proc sys"}


def naked(program: str, **more: Any) -> dict[str, Any]:
    """An image of one program without a shell."""
    return {**_NAKED, "entrypoint": (program,), "commands": frozenset([program]), **more}


LIBRARY_IMAGES: tuple[Image, ...] = (
    *rows(
        f"{LIBRARY}/httpd",
        "latest=2.4.65 2.4=2.4.65 2=2.4.65 2.4.65 2.4-alpine=2.4.65 alpine=2.4.65",
        45_000_000,
        **_HTTPD,
    ),
    *rows(
        f"{LIBRARY}/redis",
        "latest=8.2.2 8=8.2.2 8.2=8.2.2 8.0=8.0.4 7=7.4.6 7.4=7.4.6 7.2=7.2.11 7.0=7.0.15 6=6.2.20 6.2=6.2.20 "
        "6.0=6.0.20 5=5.0.14 5.0=5.0.14 5.0.4 alpine=8.2.2 8-alpine=8.2.2 7-alpine=7.4.6 7.2-alpine=7.2.11 "
        "7.0-alpine=7.0.15 6-alpine=6.2.20 6.2-alpine=6.2.20 5-alpine=5.0.14",
        49_000_000,
        **_REDIS,
    ),
    *rows(
        f"{LIBRARY}/memcached",
        "latest=1.6.39 1=1.6.39 1.6=1.6.39 alpine=1.6.39 1.6-alpine=1.6.39",
        32_000_000,
        **server(ENTRY, "memcached", ports=(11211,), user="memcache", files=MEMCACHED_FILES),
    ),
    *rows(
        f"{LIBRARY}/mysql",
        "latest=9.5.0 9=9.5.0 9.5=9.5.0 8=8.4.7 8.4=8.4.7 8.0=8.0.44 5.7=5.7.44 5.6=5.6.51",
        232_000_000,
        **_MYSQL,
    ),
    *rows(
        f"{LIBRARY}/postgres",
        "latest=18.1 18=18.1 17=17.7 16=16.11 15=15.15 14=14.20 13=13.23 12=12.22 alpine=18.1 18-alpine=18.1 "
        "17-alpine=17.7 16-alpine=16.11 15-alpine=15.15 14-alpine=14.20 13-alpine=13.23",
        160_000_000,
        **_POSTGRES,
    ),
    *rows(
        f"{LIBRARY}/python",
        "latest=3.14.0 3=3.14.0 3-slim=3.14.0 3-alpine=3.14.0 slim=3.14.0 alpine=3.14.0 3.14=3.14.0 3.13=3.13.9 "
        "3.12=3.12.12 3.11=3.11.14 3.10=3.10.19 3.9=3.9.25 3.8=3.8.20 3.13-slim=3.13.9 3.12-slim=3.12.12 "
        "3.11-slim=3.11.14 3.10-slim=3.10.19 3.9-slim=3.9.25 3.13-alpine=3.13.9 "
        "3.12-alpine=3.12.12 3.11-alpine=3.11.14",
        413_000_000,
        **_PYTHON,
    ),
    *rows(
        f"{LIBRARY}/node",
        "latest=25.2.1 lts=24.11.1 25=25.2.1 24=24.11.1 22=22.21.1 20=20.19.5 18=18.20.8 16=16.20.2 alpine=25.2.1 "
        "24-alpine=24.11.1 22-alpine=22.21.1 20-alpine=20.19.5 18-alpine=18.20.8 22-slim=22.21.1 20-slim=20.19.5",
        400_000_000,
        **_NODE,
    ),
    *rows(
        f"{LIBRARY}/perl", "latest=5.42.0 5=5.42.0 5.34=5.34.3 5.34.0 slim=5.42.0", 330_000_000, **server("", "perl")
    ),
    *rows(
        f"{LIBRARY}/alpine",
        "latest=3.22.2 3=3.22.2 edge 3.22=3.22.2 3.21=3.21.5 3.20=3.20.8 3.19=3.19.9 3.18=3.18.12 3.17=3.17.10 3.16 "
        "3.15 3.14 3.13 3.12 3.11 3.10 3.9 3.8 3.7 3.6",
        3_800_000,
        **ON_ALPINE,
    ),
    *rows(
        f"{LIBRARY}/debian",
        "latest=13 stable=13 stable-slim=13 trixie=13 trixie-slim=13 13=13 bookworm=12 bookworm-slim=12 12=12 "
        "bullseye=11 bullseye-slim=11 11=11 buster=10 10=10",
        49_000_000,
        **_SHELL,
    ),
    *rows(
        f"{LIBRARY}/ubuntu",
        "latest=24.04 noble=24.04 24.04 22.04 jammy=22.04 20.04 focal=20.04 18.04 bionic=18.04 16.04 14.04 "
        "25.10 rolling=25.10",
        29_700_000,
        **{**_SHELL, "command": ("/bin/bash",), "files": UBUNTU_FILES},
    ),
    *rows(
        f"{HUB}/curlimages/curl",
        "latest=8.17.0 8.17.0 8.16.0 8.12.1 8.10.1 8.7.1 8.5.0 8.4.0 8.1.2 7.88.1 7.87.0 7.85.0 7.78.0",
        9_000_000,
        **_CURL,
    ),
    *rows(f"{LIBRARY}/hello-world", "latest linux", 5_000, **naked("/hello", command=("/hello",), entrypoint=())),
    *rows(
        f"{HUB}/traefik/whoami",
        "latest=1.11.0 v1.11=1.11.0 v1.10=1.10.4 v1.10.1 v1.8.0",
        2_900_000,
        **naked("/whoami", ports=(80,)),
    ),
    *rows(f"{HUB}/containous/whoami", "latest=1.5.0", 2_900_000, **naked("/whoami", ports=(80,))),
    *rows(
        f"{HUB}/hashicorp/http-echo",
        "latest=1.0.0 1.0=1.0.0 1.0.0 0.2.3 alpine=1.0.0",
        3_500_000,
        **naked("/http-echo", ports=(5678,)),
    ),
    *rows(
        f"{LIBRARY}/bash",
        "latest=5.3.3 5=5.3.3 5.3=5.3.3 5.2=5.2.37 5.1=5.1.16 5.0=5.0.18 4=4.4.23 4.4=4.4.23",
        14_000_000,
        **{**ON_ALPINE, "entrypoint": (ENTRY,), "command": ("bash",), "commands": ALPINE | {"bash"}},
    ),
)
"""The rest of the simulated registry."""
