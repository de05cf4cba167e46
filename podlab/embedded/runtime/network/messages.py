"""HTTP/1.1: requests and responses, and how they are read from bytes and written to them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

REASONS: Mapping[int, str] = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content", 301: "Moved Permanently",
    302: "Moved Temporarily", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
    308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Not Allowed", 406: "Not Acceptable", 408: "Request Time-out", 409: "Conflict", 410: "Gone",
    411: "Length Required", 412: "Precondition Failed", 413: "Request Entity Too Large", 414: "Request-URI Too Large",
    415: "Unsupported Media Type", 416: "Requested Range Not Satisfiable", 421: "Misdirected Request",
    422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out",
    505: "HTTP Version Not Supported", 507: "Insufficient Storage",
}  # fmt: skip
"""What stands beside a status, in nginx's words."""
BLANK = re.compile(rb"(?<=\n)\r?\n")
"""The line that ends a head: servers take lines without a carriage return, as somebody types them, too."""
LARGEST = 16 * 2**20
"""Bytes of a message."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a server sees it: header names in lower case, the client's address, whether it came over TLS."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = "127.0.0.1"
    version: str = "HTTP/1.1"
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; headers in the order in which they are sent: all `fields` where a name may come more than once."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    reason: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    def sent(self) -> tuple[tuple[str, str], ...]:
        """The headers as they are sent."""
        return self.fields or tuple(self.headers.items())

    def header(self, name: str, default: str = "") -> str:
        """A header's value, however its name is written."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), default)


Handler = Callable[[Request], Awaitable[Response]]
"""Answers HTTP requests."""


def written(request: Request) -> bytes:
    """A request as it is sent."""
    headers = dict(request.headers)
    if request.body and "content-length" not in headers:
        headers["content-length"] = str(len(request.body))
    lines = [f"{request.method} {request.path} {request.version}", *(f"{_title(k)}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def head(response: Response) -> str:
    """The status line and the headers of a response, each line with its end."""
    reason = response.reason or REASONS.get(response.status, "")
    lines = [f"HTTP/1.1 {response.status} {reason}", *(f"{key}: {value}" for key, value in response.sent())]
    return "".join(f"{line}\r\n" for line in lines)


def request_in(data: bytearray, client: str) -> Request | None:
    """Take the first whole request from what has come, after blank lines; None while there is none."""
    del data[: len(data) - len(data.lstrip(b"\r\n"))]
    found = _message(data)
    if found is None:
        return None
    first, headers, body = found
    method, path, version = [*first.split(" "), "", ""][:3]
    return Request(method or "GET", path or "/", headers, body, client, version or "HTTP/1.0")


def response_in(data: bytearray, *, ended: bool, bodiless: bool = False) -> Response | None:
    """Take a response from what has come; without a length, it is whole when the connection has `ended`."""
    end = BLANK.search(data)
    if end is None:
        return None
    lines = _lines(data[: end.start()])
    words = lines[0].split(" ", 2)
    fields = tuple((k.strip(), v.strip()) for k, _, v in (line.partition(":") for line in lines[1:]))
    headers = dict(fields)
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
    response = Response(status, headers, bytes(data[end.end() :]), words[2] if len(words) > 2 else "", fields)
    length = response.header("content-length")
    if bodiless or status in (204, 304):
        return Response(status, headers, b"", response.reason, fields)
    if length.isdecimal():
        whole = len(response.body) >= int(length)
        body = response.body[: int(length)]
        return Response(status, headers, body, response.reason, fields) if whole or ended else None
    return response if ended else None


def _lines(data: bytearray) -> list[str]:
    return data.decode("latin-1").replace("\r\n", "\n").rstrip("\n").split("\n")


def _message(data: bytearray) -> tuple[str, dict[str, str], bytes] | None:
    end = BLANK.search(data)
    if end is None:
        return None
    lines = _lines(data[: end.start()])
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    given = headers.get("content-length", "0")
    length = min(int(given), LARGEST) if given.isdecimal() else 0
    if len(data) < end.end() + length:
        return None
    body = bytes(data[end.end() : end.end() + length])
    del data[: end.end() + length]
    return lines[0], headers, body
