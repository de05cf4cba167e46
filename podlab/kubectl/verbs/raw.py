"""`--raw` of `create`, `replace` and `delete`: one request to a path as it is, and the server's answer as it came.

Upstream: staging/src/k8s.io/kubectl/pkg/rawhttp/raw.go
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command


def send_raw(command: Command, method: str, path: str, filename: Sequence[str], **others: object) -> None:
    """Send a file to a path of the server, and print what it answers.

    Args:
        others: flags that say something else, by their names; those that are set are refused.

    Raises:
        PodlabError: kubectl's words for flags that do not go together, or there is no such file.
        ApiError: the server refuses.
    """
    if method != "DELETE" and len(filename) != 1:
        raise PodlabError("error: --raw can only use a single local file or stdin")
    if filename and filename[0].startswith(("http://", "https://")):
        raise PodlabError("error: --raw cannot read from a url")
    wrong = next((name for name, value in others.items() if value), None)
    if wrong:
        named = "--selector (-l)" if wrong == "selector" else f"--{wrong}"
        raise PodlabError(f"error: --raw and {named} are mutually exclusive")
    if not path.startswith("/") and not urlsplit(path).scheme:
        raise PodlabError(f'error: --raw must be a valid URL path: parse "{path}": invalid URI for request')
    body = _read(command, filename[0]) if filename else None
    content_type = "application/json" if body is not None else None
    command.out(command.client.request(method, path, body=body, content_type=content_type).text)


def _read(command: Command, name: str) -> bytes:
    if name == "-":
        return command.stdin.read() if command.stdin else b""
    try:
        return (command.folder / name).read_bytes()
    except OSError as error:
        raise ManifestError(f"error: open {name}: {(error.strerror or str(error)).lower()}") from error
