"""nginx's own pages, and the headers around every page.

Upstream: src/http/ngx_http_header_filter_module.c, ngx_http_special_response.c, ngx_http_headers_filter_module.c,
ngx_http_range_filter_module.c, ngx_http_not_modified_filter_module.c
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from podlab.embedded.runtime.network.messages import REASONS, Response
from podlab.embedded.runtime.servers.nginx import variables
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location

ADDED = (200, 201, 204, 206, 301, 302, 303, 304, 307, 308)
"""Statuses whose pages get `add_header` without `always`."""
WORDS = {302: "Found", 401: "Authorization Required"}
"""What nginx's pages say where its status lines say something else."""
BARE = (204, 304)
CHARSETS = ("text/html", "text/xml", "text/plain", "text/vnd.wap.wml", "application/javascript", "application/rss+xml")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
GMT = "%a, %d %b %Y %H:%M:%S GMT"


def error_page(status: int, version: str) -> bytes:
    """nginx's own page for a status; `version` is empty where it is not told."""
    title = f"{status} {WORDS.get(status) or REASONS.get(status, '')}".rstrip()
    rows = [f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>"]
    rows.append(f"<hr><center>nginx{f'/{version}' if version else ''}</center>\r\n</body>\r\n</html>\r\n")
    return "\r\n".join(rows).encode()


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(GMT)


def response(asked: Asked, page: Page) -> Response:
    """A page with the headers that nginx sends."""
    location = asked.location
    shown = "" if location.word("server_tokens") == "off" else asked.process.machine.image.version
    page = _own(page, shown) if page.status >= 300 and not page.plain else page
    page = _partial(asked, _unchanged(asked, _replaced(asked, location, page)), shown)
    pairs = list(_first(asked, location, page, shown))
    etag = page.file and not page.chunked and location.on("etag", usual=True)
    rest = list(_location(asked, page, absolute=False))
    if etag and page.status != 416:
        rest.append(("ETag", f'"{int(page.modified):x}-{page_length(page):x}"'))
    rest += [pair for pair in page.headers if pair[0] not in ("Location", "Content-Range", "X-Length", "X-Size")]
    rest += _expires(asked, location, page) + _added(asked, location, page)
    rest += [pair for pair in page.headers if pair[0] == "Content-Range"]
    if page.file and page.status == 200 and not page.chunked:
        rest.append(("Accept-Ranges", "bytes"))
    body = b"" if asked.request.method == "HEAD" or page.status in BARE else page.body
    fields = tuple(pair for pair in (*pairs, *rest) if pair[1])
    return Response(page.status, dict(fields), body, REASONS.get(page.status, ""), fields)


def page_length(page: Page) -> int:
    """The bytes of a page's whole file."""
    return next((int(text) for key, text in page.headers if key == "X-Length"), len(page.body))


def _own(page: Page, version: str) -> Page:
    """nginx's own page; none for a status that it has no words for."""
    known = page.status in REASONS
    body = error_page(page.status, version) if known else b""
    return replace(page, body=body, media_type="text/html" if known else "")


def _first(asked: Asked, location: Location, page: Page, version: str) -> Iterator[tuple[str, str]]:
    """The headers that come first, in nginx's order."""
    yield "Server", f"nginx/{version}" if version else "nginx"
    yield "Date", _moment(asked.process.time)
    if page.status not in BARE:
        charset = location.word("charset", "off")
        types = (*CHARSETS, *(word for one in location.every("charset_types") for word in one.words))
        suited = charset != "off" and page.media_type in types and not page.passed
        yield "Content-Type", f"{page.media_type}; charset={charset}" if suited else page.media_type
        if not page.chunked:
            yield "Content-Length", next((text for key, text in page.headers if key == "X-Size"), str(len(page.body)))
    if page.file and page.status in (200, 206, 304) and not page.chunked:
        yield "Last-Modified", _moment(page.modified)
    yield from _location(asked, page, absolute=True)
    if page.chunked and page.status not in BARE:
        yield "Transfer-Encoding", "chunked"
    leaving = asked.request.headers.get("connection", "").lower() == "close" or asked.request.version == "HTTP/1.0"
    kept = asked.request.headers.get("connection", "").lower() == "keep-alive" and not asked.closing
    yield "Connection", "close" if (leaving or asked.closing) and not kept else "keep-alive"


def _location(asked: Asked, page: Page, *, absolute: bool) -> Iterator[tuple[str, str]]:
    """A path is told with the host that was asked and the port that listens, before the other headers."""
    target = next((text for key, text in page.headers if key == "Location"), "")
    if not target:
        return
    whole = (
        target.startswith("/") and not target.startswith("//") and asked.location.on("absolute_redirect", usual=True)
    )
    if whole != absolute:
        return
    if whole:
        named = asked.location.on("server_name_in_redirect") and asked.server.name
        host = named or variables.host(asked) or "localhost"
        port = f":{asked.port}" if asked.port != 80 and asked.location.on("port_in_redirect", usual=True) else ""
        target = f"http://{host}{port}{target}"
    yield "Location", target


def _replaced(asked: Asked, location: Location, page: Page) -> Page:
    """What `sub_filter` makes of a page."""
    filters = location.every("sub_filter")
    if not filters or page.media_type != "text/html" or page.status in BARE:
        return page
    text, once = page.body.decode(errors="surrogateescape"), location.on("sub_filter_once", usual=True)
    for one in filters:
        by = asked.filled(one.words[1]).replace("\\", "\\\\")
        text = re.sub(re.escape(one.words[0]), by, text, count=int(once), flags=re.IGNORECASE)
    return replace(page, body=text.encode(errors="surrogateescape"), chunked=True)


def _unchanged(asked: Asked, page: Page) -> Page:
    """That a file is as the client has it already."""
    if not page.file or page.status != 200 or page.chunked:
        return page
    headers, etag = asked.request.headers, f'"{int(page.modified):x}-{len(page.body):x}"'
    if tags := headers.get("if-none-match"):
        same = tags == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return replace(page, status=304) if same else page
    if since := headers.get("if-modified-since"):
        try:
            moment = parsedate_to_datetime(since).timestamp()
        except (ValueError, TypeError):
            return page
        exact = asked.location.word("if_modified_since", "exact") == "exact"
        return (
            replace(page, status=304)
            if moment == int(page.modified) or (not exact and moment > page.modified)
            else page
        )
    return page


def _partial(asked: Asked, page: Page, version: str) -> Page:
    """The part of a file that was asked for."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.request.headers.get("range", "").replace(" ", ""))
    if not found or not (found[1] or found[2]) or not page.file or page.status != 200 or page.chunked:
        return page
    size = len(page.body)
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]) if found[1] and found[2] else size - 1, size - 1)
    if first > last or first >= size:
        wrong = Page(416, headers=(("Content-Range", f"bytes */{size}"),))
        return _own(wrong, version)
    more = (("Content-Range", f"bytes {first}-{last}/{size}"), ("X-Length", str(size)))
    return replace(page, status=206, body=page.body[first : last + 1], headers=(*page.headers, *more))


def _expires(asked: Asked, location: Location, page: Page) -> list[tuple[str, str]]:
    word = location.word("expires", "off")
    if word == "off" or page.status not in ADDED:
        return []
    if word == "epoch":
        return [("Expires", "Thu, 01 Jan 1970 00:00:01 GMT"), ("Cache-Control", "no-cache")]
    if word == "max":
        return [("Expires", "Thu, 31 Dec 2037 23:55:55 GMT"), ("Cache-Control", "max-age=315360000")]
    parts = re.findall(r"(\d+)([smhdwMy]?)", word)
    seconds = sum(int(number) * SECONDS[unit or "s"] for number, unit in parts)
    if word.startswith("-"):
        return [("Expires", _moment(asked.process.time - seconds)), ("Cache-Control", "no-cache")]
    return [("Expires", _moment(asked.process.time + seconds)), ("Cache-Control", f"max-age={seconds}")]


def _added(asked: Asked, location: Location, page: Page) -> list[tuple[str, str]]:
    found = []
    for directive in location.every("add_header"):
        if page.status in ADDED or directive.words[-1:] == ("always",):
            found.append((directive.words[0], asked.filled(directive.words[1])))
    return found


def told(page: Response, *, chunked: bool) -> int:
    """The bytes of a body as the log counts them: with the marks of its chunks."""
    if not chunked or not page.body:
        return len(page.body)
    return len(page.body) + len(f"{len(page.body):x}") + 4 + len("0\r\n\r\n")
