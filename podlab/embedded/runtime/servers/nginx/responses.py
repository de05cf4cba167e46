"""nginx's own pages, and the headers around every page."""

from __future__ import annotations

from datetime import UTC, datetime

from podlab.embedded.runtime.network.messages import REASONS, Response
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page


def error_page(status: int, version: str) -> bytes:
    """nginx's own page for a status."""
    title = f"{status} {TITLES.get(status) or REASONS.get(status, '')}".rstrip()
    rows = [f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>"]
    rows.append(f"<hr><center>nginx/{version}</center>\r\n</body>\r\n</html>\r\n")
    return "\r\n".join(rows).encode()


TITLES = {302: "302 Found"[4:], 401: "401 Authorization Required"[4:]}


def response(asked: Asked, page: Page) -> Response:
    """A page with the headers that nginx sends."""
    process = asked.process
    version = process.machine.image.version
    body, media_type = page.body, page.media_type
    if not body and not page.plain and not page.file and page.status >= 300:
        body, media_type = error_page(page.status, version), "text/html"
    tokens = asked.server.location(asked.path).find("server_tokens")
    headers = {
        "Server": "nginx" if tokens and tokens.words[0] == "off" else f"nginx/{version}",
        "Date": datetime.fromtimestamp(process.time, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Content-Type": media_type,
        "Content-Length": str(len(body)),
    }
    if page.file and page.status == 200:
        headers["Last-Modified"] = datetime.fromtimestamp(process.machine.began, UTC).strftime(
            "%a, %d %b %Y %H:%M:%S GMT"
        )
    headers["Connection"] = "keep-alive"
    if page.file and page.status == 200:
        headers["ETag"] = f'"{int(process.machine.began):x}-{len(body):x}"'
    headers |= dict(page.headers)
    for directive in asked.server.location(asked.path).every("add_header"):
        if page.status < 400 or directive.words[-1] == "always":
            headers[directive.words[0]] = asked.filled(directive.words[1])
    if page.file and page.status == 200:
        headers["Accept-Ranges"] = "bytes"
    headers = {key: value for key, value in headers.items() if value or key == "Content-Length"}
    return Response(page.status, headers, b"" if asked.request.method == "HEAD" else body)
