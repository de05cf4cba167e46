"""The names of images, as the container runtime reads them."""

from __future__ import annotations

import re

REFERENCE = re.compile(
    r"(?P<name>(?:(?=[^/]*[A-Z])[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?::[0-9]+(?=/))?(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{32,}))?"
)


HUBS = ("docker.io", "index.docker.io")
"""Docker Hub, where a name of one word is an official image. Upstream: distribution/reference normalize.go"""


class InvalidName(ValueError):
    """An image name that no registry could have; the message is the container runtime's."""


def normalize(name: str) -> str:
    """`nginx` → `docker.io/library/nginx:latest`. Raises InvalidName."""
    match = REFERENCE.fullmatch(name)
    if match is None:
        raise InvalidName(f'couldn\'t parse image name "{name}": {_invalid(name)}')
    repository = match["name"]
    host, _, rest = repository.partition("/")
    if rest and host in HUBS:
        repository = f"docker.io/{rest}" if "/" in rest else f"docker.io/library/{rest}"
    first = repository.split("/")[0]
    if "/" not in repository:
        repository = f"docker.io/library/{repository}"
    elif "." not in first and ":" not in first and first != "localhost" and first == first.lower():
        repository = f"docker.io/{repository}"
    if match["digest"]:
        return f"{repository}@{match['digest']}"
    return f"{repository}:{match['tag'] or 'latest'}"


def _invalid(name: str) -> str:
    repository = name.split(":")[0]
    if repository != repository.lower():
        shown = repository if "/" in repository else f"library/{repository}"
        return f"invalid reference format: repository name ({shown}) must be lowercase"
    return "invalid reference format"


def not_found(name: str, reference: str) -> str:
    """The error of a pull whose image is not in the registry."""
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{reference}": '
        f"failed to resolve image: {reference}: not found"
    )
