"""How an API server's answer is read, and what is said where there is none; pure functions, no connection.

Upstream: staging/src/k8s.io/apimachinery/pkg/api/errors, staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from podlab.apimachinery.gotext import quote
from podlab.errors import ClusterError
from podlab.text import Text

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it was sent, for showing it to a learner."""

    method: str
    path: str
    body: object = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status, headers (lower-case names), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    warnings: tuple[str, ...] = ()

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Sent:
    """What one client sent lately, and the warnings that came back; a verb takes it for its `Output`."""

    requests: list[Request] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def unreachable(server: str, error: Exception) -> ClusterError:
    """kubectl's line for a server that does not answer, and the way back to one.

    Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (checkErr)
    """
    host, text = urlsplit(server).netloc.rpartition("@")[2], f"{error!r} {error}"
    if "refused" in text or "No host specified" in text:  # which is this machine
        line = REFUSED.format(host)
    elif "CERTIFICATE" in text.upper():
        line = UNTRUSTED
    elif "timed out" in text or "Timeout" in text:
        line = f"Unable to connect to the server: dial tcp {host}: i/o timeout"
    elif "resolve" in text or "Name or service" in text:
        line = f"{UNABLE}dial tcp: {no_such_host(LAST_PORT.sub('', host))}"
    elif "Not supported URL scheme" in text or "Failed to parse" in text:
        line = f"Unable to connect to the server: {_misdirected(server)}"
    else:
        said = next((words for sign, words in CUT_OFF.items() if sign in text), str(error)).format(host=host)
        line = f"Unable to connect to the server: {said}"
    return ClusterError(line, NO_ANSWER)


def unmade(server: str, why: str) -> ClusterError:
    """The same where Go's words for what has happened are known."""
    host = urlsplit(server).netloc.rpartition("@")[2]
    error = ClusterError(REFUSED.format(host) if "connection refused" in why else f"{UNABLE}{why}", NO_ANSWER)
    error.why = why
    return error


def words_of(line: str, server: str) -> str:
    """What Go says of a request that got no answer, told from kubectl's line; "" if the line tells of something else.

    Upstream: Go's net/http/transport.go (dialConn), net/net.go (OpError)
    """
    if line.startswith("The connection to the server "):
        host, port = (
            urlsplit(server).netloc.rpartition("@")[2].replace("localhost", "127.0.0.1", 1),
            "443" if server[:5] == "https" else "80",
        )
        return (
            f"dial tcp {host if host.rpartition(']')[2].count(':') else f'{host}:{port}'}: connect: connection refused"
        )
    return line.removeprefix(UNABLE) if line.startswith(UNABLE) else ""


LAST_PORT = re.compile(r":[0-9]*$")
LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def dial_failure(host: str, address: str, error: OSError) -> str:
    """Why a connection was not made: `dial tcp 127.0.0.1:1: connect: connection refused`."""
    if isinstance(error, socket.gaierror):
        return f"dial tcp: {no_such_host(host)}"
    if isinstance(error, TimeoutError):
        return f"dial tcp {address}: i/o timeout"
    return f"dial tcp {address}: connect: {(error.strerror or str(error)).lower()}"


def no_such_host(host: str) -> str:
    """What Go says of a name that nobody knows; of one that none can have nobody is asked."""
    return f"lookup {host}{_resolver() if _is_domain(host) else ''}: no such host"


def _is_domain(host: str) -> bool:
    """Whether Go asks a name server for it. Upstream: net/dnsclient.go of Go's standard library (isDomainName)"""
    name = host.removesuffix(".")
    return len(name) < 254 and all(map(LABEL.fullmatch, name.split("."))) and not name.replace(".", "").isdecimal()


def _resolver() -> str:
    """Whom Go has asked for an address; "" where that cannot be told."""
    try:
        named = re.search(r"(?m)^nameserver\s+(\S+)", Path("/etc/resolv.conf").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return f" on {named[1]}:53" if named else ""


CUT_OFF = {
    "RemoteDisconnected": "EOF",
    "WRONG_VERSION_NUMBER": "http: server gave HTTP response to HTTPS client",
    "RECORD_LAYER_FAILURE": "http: server gave HTTP response to HTTPS client",
    "Network is unreachable": "dial tcp {host}: connect: network is unreachable",
    "No route to host": "dial tcp {host}: connect: no route to host",
}
"""What Python says where the way to a server ends, and what Go says."""


def _misdirected(server: str) -> str:
    """Go's words for a scheme that it does not speak, or a port that there is none of."""
    scheme, _, host = server.partition("://")
    if scheme not in ("http", "https"):
        return f'unsupported protocol scheme "{scheme}"'
    if ":" in LAST_PORT.sub("", host) and not host.startswith("["):
        return f"dial tcp: {no_such_host(LAST_PORT.sub('', host))}"
    return f"dial tcp: address {host.rpartition(':')[2]}: invalid port"


UNABLE = "Unable to connect to the server: "
REFUSED = "The connection to the server {} was refused - did you specify the right host or port?"
UNTRUSTED = f"{UNABLE}tls: failed to verify certificate: x509: certificate signed by unknown authority"
NO_ANSWER = Text(
    ko="클러스터가 응답하지 않습니다. 노트북에서는 첫 코드 셀(`start(…)`)을, 터미널에서는 `podlab up`을 실행하면 다시 "
    "시작합니다. 지금 어떤지는 `podlab status`가 보여 줍니다.",
    en="The cluster does not answer. A notebook's first code cell (`start(…)`) starts it again, as `podlab up` does in "
    "a terminal; `podlab status` shows how it is.",
)


class _Nothing(bytes):
    """Bytes of its own, so that an empty line is not taken for it."""


NOTHING: bytes = _Nothing()
"""Among the lines of a stream: no more have come so far."""


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a stream, without their ends; the last one even if it has none. An empty chunk gives `NOTHING`."""
    rest = b""
    for chunk in chunks:
        if not chunk:
            yield NOTHING
            continue
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


GENERIC = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    401: ("Unauthorized", "the server has asked for the client to provide credentials"),
    403: ("Forbidden", ""),
    404: ("NotFound", "the server could not find the requested resource"),
    405: ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
    409: ("Conflict", "the server reported a conflict"),
    415: ("UnsupportedMediaType", ""),
    422: ("Invalid", "the server rejected our request due to an error in our request"),
    429: ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "the server was unable to return a response in the time allotted, but may still be processing "
          "the request"),
}  # fmt: skip
"""Reason and words by code; where there are none, those of the answer count."""


def status_of(code: int, data: bytes, content_type: str = "") -> Object:
    """The Status of a failed answer; a proxy's or a mux's own answer becomes one.

    Upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go (NewGenericServerResponse)
    """
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    if isinstance(found, dict) and found.get("kind") == "Status":
        return {"code": code, **found}
    is_text = not content_type or content_type.startswith("text/")
    text = data.decode("utf-8", "replace").strip() if is_text else "unknown"
    reason, message = _generic(code, text)
    return {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message, "body": text}


def _generic(code: int, text: str) -> tuple[str, str]:
    if code >= 500 and code not in GENERIC:
        return "InternalError", f"an error on the server ({quote(text)}) has prevented the request from succeeding"
    bare = f"the server responded with the status code {code} but did not return more information"
    reason, message = GENERIC.get(code, ("", bare))
    return reason, message or text


def warning_text(header: str) -> str:
    """The text of a `Warning: 299 - "text"` header."""
    return header.partition('"')[2].rpartition('"')[0].replace('\\"', '"').replace("\\\\", "\\")


class ServerClock:
    """The server's time, as the `Date` of its answers tells it; ages are counted from it.

    A stepping cluster's clock stands still between two requests: there the last Date is what time it is.
    """

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._still: datetime | None = None

    def heard(self, headers: Mapping[str, str]) -> None:
        """Read an answer's headers. Date has whole seconds, so up to one second is no news."""
        if "date" not in headers:
            return
        date, now = parsedate_to_datetime(headers["date"]), datetime.now(UTC)
        self._still = date if headers.get("podlab-clock") == "stepping" else None
        ahead = date - now + timedelta(seconds=0.5)
        if abs(ahead - self._ahead) >= timedelta(seconds=0.6):
            self._ahead = ahead

    def now(self) -> datetime:
        """The present moment over there."""
        return self._still or datetime.now(UTC) + self._ahead
