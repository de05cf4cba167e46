"""The wire: requests to an API server, dicts in and dicts out."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from podlab.answers import (
    NOTHING,
    Request,
    Response,
    Sent,
    ServerClock,
    lines,
    status_of,
    unmade,
    unreachable,
    warning_text,
    words_of,
)
from podlab.errors import ApiError, ClusterError
from podlab.kubeconfig.config import load
from podlab.kubeconfig.connection import NOWHERE, Connection, Overrides, connect
from podlab.kubeconfig.credentials import Credentials
from podlab.kubeconfig.eventloop import pause_unless
from podlab.kubeconfig.proxies import why_unreached
from podlab.kubeconfig.transport import Answer, Http, Refused, Transport, mounted, names_of
from podlab.text import Text

Object = dict[str, Any]
TIMEOUT = 30.0
"""Seconds that a request may take, unless it says otherwise."""
REDIRECTS = 10
"""How often Go's client follows an answer to another place."""
QUIET: Object = {"type": "QUIET"}
"""What a watch that does not wait gives when nothing has come; `Client.news` waits for more."""
ONLOOKER = "podlab/panel"
"""User-Agent of a watch that only looks on: an embedded cluster's stepping clock does not advance for it."""


PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds before the next try where a server cannot be reached: twice as many each time."""


@dataclass(slots=True)
class _Place:
    """How far an observer has come, and how long it rests when the server is out of reach."""

    version: str = ""
    pause: float = PAUSE


class Client:
    """A connection to one cluster: kubeconfig, context, namespace. Safe to use from several threads.

    Args:
        kubeconfig: a kubeconfig file; None means KUBECONFIG, else ~/.kube/config.
        context: one of its contexts; None means its current one.
        namespace: where namespaced requests go; None means the context's, else `default`.
        server: another server's URL than the kubeconfig's.
        impersonate: act as this user (`--as`).
        overrides: what a command line says over the kubeconfig.
        request_timeout: seconds that any request may take; None leaves that to each.
        connection: where to go, whatever the kubeconfig says.

    Raises:
        ClusterError: the kubeconfig cannot be read, or has no such context, cluster or user.
    """

    def __init__(
        self,
        kubeconfig: str | Path | None = None,
        context: str | None = None,
        namespace: str | None = None,
        *,
        server: str | None = None,
        impersonate: str | None = None,
        overrides: Overrides | None = None,
        request_timeout: float | None = None,
        connection: Connection | None = None,
    ) -> None:
        self.kubeconfig = None if kubeconfig is None else Path(kubeconfig)
        over = overrides or Overrides()
        over = replace(over, context=context or over.context, server=server or over.server, as_=impersonate or over.as_)
        self.connection = connection or connect(load(self.kubeconfig), over)
        self.context = context
        self.namespace = namespace or self.connection.namespace or "default"
        self.server = self.connection.server
        self.request_timeout = request_timeout
        self._credentials = Credentials(self.connection)
        self._http = Http(self.connection)
        self._clock = ServerClock()
        self._sent = threading.local()
        self.tell_answer: Callable[[str, str, int, float], None] = lambda *_: None  # of each request that is answered
        self.refused: deque[str] = deque(maxlen=100)  # the messages of what the server said no to

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        accept: str = "application/json",
        content_type: str | None = None,
        timeout: float | None = TIMEOUT,
    ) -> Response:
        """Send one request and read the whole answer; what has moved is read where it is now.

        Args:
            body: a JSON value, or bytes that are sent as they are.
            timeout: seconds until it is given up; None waits for ever.

        Raises:
            ApiError: the server answered 4xx or 5xx.
            ClusterError: no server, or none that answers.
        """
        for _ in range(REDIRECTS):
            raw = self._send(method, path, query, body, accept, content_type, timeout)
            try:
                data = raw.read()
            except Exception as error:
                raise self._unreachable(error) from error
            answer = self._response(raw, data)
            place = answer.headers.get("location", "")
            if method != "GET" or raw.status != 301 or not place.startswith("/"):
                return answer
            path, query = place, None
        raise ClusterError(f"Unable to connect to the server: stopped after {REDIRECTS} redirects")

    def get(self, path: str, **query: object) -> Object:
        """GET a path as JSON."""
        found: Object = self.request("GET", path, query=query).json()
        return found

    def lines(
        self,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        accept: str = "application/json",
        timeout: float | None = None,
        agent: str = "",
        waits: bool = True,
    ) -> Iterator[bytes]:
        """GET a path and give its lines as they come; `timeout` seconds of silence end it with a ClusterError.

        Args:
            waits: False gives `NOTHING` instead of waiting, where the cluster lives in this very thread.
        """
        waiter = "" if agent == ONLOOKER else token_hex(8)
        more = {"Podlab-Waiter": waiter} if waiter else {"User-Agent": agent}
        raw = self._send("GET", path, query, None, accept, None, timeout, more)
        if raw.status >= 400:
            self._response(raw, raw.read())
        try:
            chunks = raw.chunks(waits)
            stepping = waiter and _header(raw, "podlab-clock") == "stepping"
            yield from lines(self._acknowledged(chunks, waiter) if stepping else chunks)
        except Exception as error:
            raise self._unreachable(error) from error
        finally:
            raw.close()

    def _acknowledged(self, chunks: Iterable[bytes], waiter: str) -> Iterator[bytes]:
        """Chunks; after each, a stepping clock is told that it was dealt with, so that time can go on."""
        read = 0
        for chunk in chunks:
            yield chunk
            if not chunk:
                continue
            read += len(chunk)
            order = {"action": "read", "waiter": waiter, "bytes": read}
            self._transmit("POST", "/podlab/clock", {}, order, TIMEOUT).read()

    def watch(
        self,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        timeout: float = 300.0,
        accept: str = "application/json",
        agent: str = "",
        waits: bool = True,
        bookmarks: bool = False,
    ) -> Iterator[Object]:
        """The watch events of a list path until the server ends the stream, `timeout` seconds at most.

        Args:
            bookmarks: True gives the server's BOOKMARK events too, for one who is going to watch on from the last.
            waits: False gives `QUIET` instead of waiting, where the cluster lives in this very thread.

        Raises:
            ApiError: 410 when the resourceVersion is too old, or another ERROR event.
        """
        asked = {
            "allowWatchBookmarks": "true",
            **(query or {}),
            "watch": "true",
            "timeoutSeconds": max(1, round(timeout)),
        }
        for line in self.lines(path, query=asked, timeout=timeout + 5, accept=accept, agent=agent, waits=waits):
            if not line:
                if line is NOTHING:
                    yield QUIET
                continue
            event: Object = json.loads(line)
            if event["type"] == "ERROR":
                raise ApiError(event["object"])
            if bookmarks or event["type"] != "BOOKMARK":
                yield event

    def observe(
        self,
        path: str,
        *,
        label_selector: str | None = None,
        field_selector: str | None = None,
        stop: threading.Event | None = None,
        waits: bool = True,
    ) -> Iterator[Object]:
        """What is there and then every change, for ever, through dropped connections.

        Yields `{"type": "LISTED", "items": [...]}` first and after every 410; `ADDED`, `MODIFIED` and `DELETED` with
        their `object`; `{"type": "LOST", "error": ClusterError}` each time the server is out of reach: the next try
        follows after 0.2 to 5 seconds, from the last resourceVersion.

        Args:
            stop: ends it, at the next event or when the open watch ends (30 seconds at most).
            waits: False gives `QUIET` instead of waiting, where the cluster lives in this very thread.
        """
        selectors = {k: v for k, v in (("labelSelector", label_selector), ("fieldSelector", field_selector)) if v}
        stop, place = stop or threading.Event(), _Place()
        while not stop.is_set():
            try:
                yield from self._observed(path, selectors, place, stop, waits)
                place.pause = PAUSE
                continue
            except ApiError as error:
                if error.code == 410:
                    place.version = ""
                    continue
                if error.code < 500 and error.code != 429:
                    raise
            except ClusterError as error:
                yield {"type": "LOST", "error": error}
            pause_unless(stop, place.pause)
            place.pause = min(LONGEST_PAUSE, place.pause * 2)

    def _observed(
        self, path: str, selectors: dict[str, str], place: _Place, stop: threading.Event, waits: bool
    ) -> Iterator[Object]:
        """The list, where there is no place to go on from, and what one watch tells."""
        if not place.version:
            listed = self.get(path, **selectors)
            place.version = listed["metadata"]["resourceVersion"]
            yield {"type": "LISTED", "items": listed["items"]}
        asked = {**selectors, "resourceVersion": place.version}
        for event in self.watch(path, query=asked, timeout=30, agent=ONLOOKER, waits=waits, bookmarks=True):
            if event is QUIET:
                yield event
            else:
                place.version, place.pause = event["object"]["metadata"]["resourceVersion"], PAUSE
            if stop.is_set():
                return
            if event is not QUIET and event["type"] != "BOOKMARK":
                yield event

    def connect(self, path: str, *, query: list[tuple[str, str]], protocols: list[str]) -> Any:
        """A WebSocket to a path (exec, attach, port-forward), from the library `websockets`."""
        headers = [*self.connection.impersonate, *self._credentials.headers().items()]
        target = f"{path}?{urlencode(query)}"
        try:
            return self._transport.websocket(target, headers, protocols, TIMEOUT, self._credentials.certificate())
        except Refused as error:
            status = status_of(error.status, error.body)
            raise ApiError({**status, "message": status.get("body") or status["message"]}) from error
        except OSError as error:
            raise self._unreachable(error) from error

    def news(self) -> Awaitable[None]:
        """What comes when an answer that was read to its `QUIET` may have more; only where `waits` can be off."""
        return self._transport.news()

    @property
    def _transport(self) -> Transport:
        """The way to the server: one in this process may have begun, or ended, since the last request."""
        return mounted(self.server) or self._http

    def server_now(self) -> datetime:
        """The server's clock, from the `Date` of its last answer; ages are counted from it."""
        return self._clock.now()

    def take_sent(self) -> Sent:
        """What this thread sent since it was last asked."""
        sent: Sent = getattr(self._sent, "sent", None) or Sent()
        self._sent.sent = Sent()
        return sent

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None,
        body: object,
        accept: str,
        content_type: str | None,
        timeout: float | None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:
        pairs = urlencode([(k, v) for k, v in (query or {}).items() if v is not None], quote_via=quote)
        target = path + ("&" if "?" in path else "?") * bool(pairs) + pairs
        if not hasattr(self._sent, "sent"):
            self._sent.sent = Sent()
        self._sent.sent.requests.append(Request(method, target, body))
        typed = {} if body is None else {"Content-Type": content_type or "application/json"}
        headers = {"Accept": accept, **typed, **(more or {})}
        return self._transmit(method, target, headers, body, timeout)

    def _transmit(
        self, method: str, target: str, headers: Mapping[str, str], body: object, timeout: float | None
    ) -> Answer:
        # keys in order, as Go writes maps: the server names unknown fields in the order in which it meets them
        payload = (
            body
            if body is None or isinstance(body, bytes)
            else json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        )
        timeout = self.request_timeout or timeout
        raw = self._ask(method, target, headers, payload, timeout)
        if raw.status == 401 and self.connection.exec:  # the plugin's answer may have been revoked
            raw.read()
            self._credentials.forget()
            raw = self._ask(method, target, headers, payload, timeout)
        return raw

    def _ask(
        self, method: str, target: str, headers: Mapping[str, str], payload: bytes | None, timeout: float | None
    ) -> Answer:
        began = time.monotonic()
        try:
            certificate = self._credentials.certificate()
            known = {"User-Agent": f"podlab/{method.lower()}", **headers, **self._credentials.headers()}
            sent = [*known.items(), *self.connection.impersonate]
            answer = self._transport.request(method, target, sent, payload, timeout, certificate)
            self.tell_answer(method, self.server + target, answer.status, time.monotonic() - began)
            return answer
        except Exception as error:
            found = self._unreachable(error)
            found.why = found.why or words_of(str(found), self.server)
            found.asked = f'{method.title()} "{self.server}{target}"' if found.why else ""
            raise found from error

    def _unreachable(self, error: Exception) -> ClusterError:
        """kubectl's line for a server that cannot be reached, or must not be believed."""
        if isinstance(error, ClusterError):  # it says by itself what has happened
            return error
        if why := why_unreached(error):
            return unmade(self.server, why)
        text = f"{error!r} {error}"
        if self.request_timeout and ("timed out" in text or "Timeout" in text):
            return ClusterError("Unable to connect to the server: context deadline exceeded")
        if "mismatch" in text or "doesn't match" in text:
            wanted = self.connection.server_name or str(urlsplit(self.server).hostname)
            told = f"certificate is valid for {names_of(self.server, wanted)}, not {wanted}"
            return ClusterError(f"Unable to connect to the server: tls: failed to verify certificate: x509: {told}")
        found = unreachable(self.server, error)
        if self.server == NOWHERE:
            found.hint = NO_KUBECONFIG
        return found

    def _response(self, raw: Answer, data: bytes) -> Response:
        headers = {k.lower(): v for k, v in raw.headers}
        self._clock.heard(headers)
        warnings = tuple(warning_text(value) for name, value in raw.headers if name.lower() == "warning")
        self._sent.sent.warnings.extend(warnings)
        if raw.status >= 400:
            error = ApiError(status_of(raw.status, data, headers.get("content-type", "")))
            self.refused.append(str(error))
            raise error
        return Response(raw.status, headers, data, warnings)


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers if key.lower() == name), "")


NO_KUBECONFIG = Text(
    ko="쓸 수 있는 kubeconfig가 없습니다. `podlab up`이 클러스터를 만들고 kubeconfig도 준비합니다.",
    en="There is no kubeconfig to use. `podlab up` makes a cluster and its kubeconfig.",
)
