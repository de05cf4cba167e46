"""How nginx answers a request: redirects, fixed answers, files, error pages, and what it passes on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import unquote

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import REASONS, Request, Response
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.nginx.config import Directive
from podlab.embedded.runtime.servers.nginx.sites import Location, Server

TYPES = {
    ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "application/javascript", ".xml": "text/xml",
    ".json": "application/json", ".txt": "text/plain", ".svg": "image/svg+xml", ".png": "image/png",
    ".ico": "image/x-icon", ".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".pdf": "application/pdf",
    ".woff2": "font/woff2", ".webp": "image/webp", ".zip": "application/zip", ".md": "text/markdown",
}  # fmt: skip
BUILT_IN = "/usr/share/nginx/html"
DEEPEST = 10
"""Internal redirects after which nginx gives up."""
VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
Complain = Callable[[str, Request], None]


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered before the usual headers are put before it."""

    status: int
    body: bytes = b""
    media_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    plain: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way through the configuration; `path` changes when it is redirected inside."""

    process: Process
    server: Server
    upstreams: dict[str, list[str]]
    request: Request
    path: str
    complain: Complain
    port: int = 80
    depth: int = 0

    def variable(self, name: str) -> str:
        """The value of `$name`."""
        request, headers = self.request, self.request.headers
        split = request.path.partition("?")
        table = {
            "uri": self.path,
            "document_uri": self.path,
            "request_uri": request.path,
            "args": split[2],
            "query_string": split[2],
            "is_args": "?" if split[2] else "",
            "host": headers.get("host", "").partition(":")[0] or "localhost",
            "http_host": headers.get("host", ""),
            "hostname": self.process.machine.hostname,
            "server_addr": self.process.machine.ip,
            "server_port": str(self.port),
            "server_name": next(iter(self.server.names), ""),
            "server_protocol": "HTTP/1.1",
            "remote_addr": request.client,
            "remote_port": "40000",
            "remote_user": headers.get("x-remote-user", ""),
            "request_method": request.method,
            "request": f"{request.method} {request.path} HTTP/1.1",
            "scheme": "http",
            "nginx_version": self.process.machine.image.version,
            "pid": "7",
            "proxy_add_x_forwarded_for": ", ".join(filter(None, [headers.get("x-forwarded-for", ""), request.client])),
            "time_local": datetime.fromtimestamp(self.process.time, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "time_iso8601": datetime.fromtimestamp(self.process.time, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "msec": f"{self.process.time:.3f}",
            "content_type": headers.get("content-type", ""),
            "content_length": headers.get("content-length", ""),
            "request_body": request.body.decode(errors="replace"),
            "connection": "1",
            "request_id": f"{int(self.process.time * 1000):032x}",
            "document_root": BUILT_IN,
        }
        if name in table:
            return table[name]
        if name.startswith("http_"):
            return headers.get(name[5:].replace("_", "-"), "")
        if name.startswith("arg_"):
            pairs = [pair.partition("=") for pair in split[2].split("&")]
            return next((value for key, _, value in pairs if key == name[4:]), "")
        return self._set(name)

    def _set(self, name: str) -> str:
        location = self.server.location(self.path)
        for block in (location.block, *location.around):
            for directive in block.all("set"):
                if directive.words[0] == f"${name}" and f"${name}" not in directive.words[1]:
                    return self.filled(directive.words[1])
        return ""

    def filled(self, text: str) -> str:
        """A text with its variables' values."""
        return VARIABLE.sub(lambda found: self.variable(found[1] or found[2]), text)


async def answer(asked: Asked) -> Page:
    """The page for a request, error pages of the configuration in place of nginx's own."""
    location = asked.server.location(asked.path)
    page = await _page(asked, location)
    if page.status < 300 or page.plain or asked.depth:
        return page
    for directive in location.every("error_page"):
        codes = [word for word in directive.words[:-1] if word.isdecimal()]
        if str(page.status) not in codes:
            continue
        changed = next((word[1:] for word in directive.words[:-1] if word.startswith("=")), None)
        target = directive.words[-1]
        if target.startswith("/"):
            inner = await answer(replace(asked, path=target, depth=asked.depth + 1))
            status = page.status if changed is None else int(changed) if changed.isdecimal() else inner.status
            return replace(inner, status=status) if inner.status == 200 or changed is not None else page
    return page


async def _page(asked: Asked, location: Location) -> Page:
    if asked.depth > DEEPEST:
        asked.complain("rewrite or internal redirection cycle", asked.request)
        return Page(500)
    for block in (*reversed(location.around), location.block):
        if block.name in ("server", "location") and (found := await _rewritten(asked, block)) is not None:
            return found
    if location.block.first("internal") and not asked.depth:
        return Page(404)
    if _denied(location, asked.request.client):
        asked.complain("access forbidden by rule", asked.request)
        return Page(403)
    if directive := location.block.first("proxy_pass"):
        return await _passed(asked, location, directive)
    if location.block.first("stub_status"):
        text = "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n"
        return Page(200, text.encode(), "text/plain", plain=True)
    if directive := location.find("try_files"):
        return await _tried(asked, location, directive)
    return await _file(asked, location)


async def _rewritten(asked: Asked, block: Directive) -> Page | None:
    """What `return`, `rewrite` and `if` of a block make of a request; None to go on."""
    for directive in block.inner:
        if directive.name == "return":
            return _returned(asked, directive)
        if directive.name == "if" and _holds(asked, directive):
            found = await _rewritten(asked, directive)
            if found is not None:
                return found
        if directive.name == "rewrite":
            found = await _rewrite(asked, directive)
            if found is not None:
                return found
    return None


def _holds(asked: Asked, directive: Directive) -> bool:
    words = " ".join(directive.words).strip().removeprefix("(").removesuffix(")").split()
    if not words:
        return False
    left = asked.filled(words[0])
    if len(words) == 1:
        return left not in ("", "0")
    operator, right = words[1], asked.filled(" ".join(words[2:])).strip("\"'")
    if operator in ("=", "!="):
        return (left == right) == (operator == "=")
    if operator in ("~", "~*", "!~", "!~*"):
        found = patterns.compiled(right, extended=True, ignore_case="*" in operator).search(left)
        return bool(found) != operator.startswith("!")
    return False


def _returned(asked: Asked, directive: Directive) -> Page:
    words = directive.words
    if len(words) == 1 and not words[0].isdecimal():
        return _redirect(302, asked.filled(words[0]))
    status = int(words[0][:3])
    if status in (301, 302, 303, 307, 308) and len(words) > 1:
        return _redirect(status, asked.filled(words[1]))
    if len(words) == 1:
        return Page(status)
    found = asked.server.location(asked.path).find("default_type")
    media_type = found.words[0] if found else "text/plain"
    return Page(status, asked.filled(words[1]).encode(errors="surrogateescape"), media_type, plain=True)


def _redirect(status: int, target: str) -> Page:
    return Page(status, headers=(("Location", target),))


async def _rewrite(asked: Asked, directive: Directive) -> Page | None:
    found = patterns.compiled(directive.words[0], extended=True).search(asked.path)
    if not found:
        return None
    target = re.sub(r"\$(\d)", lambda match: found.group(int(match[1])) or "", directive.words[1])
    target, flag = asked.filled(target), directive.words[2] if len(directive.words) > 2 else ""
    if flag in ("redirect", "permanent") or target.startswith(("http://", "https://", "$scheme")):
        return _redirect(301 if flag == "permanent" else 302, target)
    inner = replace(asked, path=target.partition("?")[0], depth=asked.depth + 1)
    if inner.depth > DEEPEST:
        return Page(500)
    if flag == "break":
        return await _file(inner, asked.server.location(asked.path))
    return await answer(inner)


def _denied(location: Location, client: str) -> bool:
    for block in (location.block, *location.around):
        rules = [directive for directive in block.inner if directive.name in ("allow", "deny")]
        for rule in rules:
            if rule.words[0] in ("all", client) or (
                "/" in rule.words[0] and client.startswith(rule.words[0].partition("/")[0].rstrip("0"))
            ):
                return rule.name == "deny"
        if rules:
            return False
    return False


# Files


def _root(asked: Asked, location: Location) -> str:
    """The file for a path."""
    path = unquote(asked.path)
    if directive := location.block.first("alias"):
        return posixpath.join(asked.filled(directive.words[0]), path[len(location.prefix) :].lstrip("/"))
    found = location.find("root")
    root = asked.filled(found.words[0]) if found else BUILT_IN
    root = root if root.startswith("/") else posixpath.join("/usr/share/nginx", root)
    return root.rstrip("/") + "/" + path.lstrip("/")


async def _tried(asked: Asked, location: Location, directive: Directive) -> Page:
    files = asked.process.machine.files
    for word in directive.words[:-1]:
        candidate = replace(asked, path=asked.filled(word) or "/")
        name = posixpath.normpath(_root(candidate, location))
        if files.is_directory(name) if word.endswith("/") else files.exists(name) and not files.is_directory(name):
            return await _file(candidate, location)
    last = directive.words[-1]
    if last.startswith("="):
        return Page(int(last[1:]) if last[1:].isdecimal() else 404)
    target = asked.filled(last).partition("?")[0]
    return await answer(replace(asked, path=target, depth=asked.depth + 1))


async def _file(asked: Asked, location: Location) -> Page:
    if asked.request.method not in ("GET", "HEAD"):
        return Page(405)
    files, name = asked.process.machine.files, _root(asked, location)
    path = posixpath.normpath(name)
    if files.is_directory(path):
        if not asked.path.endswith("/"):
            host = asked.request.headers.get("host", "localhost")
            return _redirect(301, f"http://{host}{asked.path}/")
        return await _index(asked, location, path)
    try:
        data = files.read(path)
    except FileError as error:
        number, status = (13, 403) if str(error) == "Permission denied" else (2, 404)
        reason = str(error) if number == 13 else "No such file or directory"
        asked.complain(f'open() "{path}" failed ({number}: {reason})', asked.request)
        return Page(status)
    default = location.find("default_type")
    fallback = default.words[0] if default else "text/plain"
    return Page(200, data, TYPES.get(posixpath.splitext(path)[1], fallback), file=True)


async def _index(asked: Asked, location: Location, path: str) -> Page:
    files = asked.process.machine.files
    found = location.find("index")
    for name in found.words if found else ("index.html",):
        inner = posixpath.join(path, name)
        if files.exists(inner) and not files.is_directory(inner):
            return await _file(replace(asked, path=posixpath.join(asked.path, name)), location)
    listing = location.find("autoindex")
    if listing and listing.words[0] == "on":
        return Page(200, _listed(asked, path), plain=True)
    shown = path.rstrip("/") + "/"
    asked.complain(f'directory index of "{shown}" is forbidden', asked.request)
    return Page(403)


def _listed(asked: Asked, path: str) -> bytes:
    files, when = asked.process.machine.files, datetime.fromtimestamp(asked.process.machine.began, UTC)
    rows = ['<a href="../">../</a>']
    for name in [name for name in files.list(path) if not name.startswith(".")]:
        inner = posixpath.join(path, name)
        folder = files.is_directory(inner)
        shown = f"{name}/" if folder else name
        size = "-" if folder else str(len(files.read(inner)))
        rows.append(f'<a href="{shown}">{shown}</a>{" " * max(1, 51 - len(shown))}{when:%d-%b-%Y %H:%M} {size:>19}')
    title = f"Index of {asked.path}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<h1>{title}</h1><hr><pre>"
    return (page + "\r\n".join(rows) + "\r\n</pre><hr></body>\r\n</html>\r\n").encode()


# Passing on


async def _passed(asked: Asked, location: Location, directive: Directive) -> Page:
    target = asked.filled(directive.words[0])
    scheme, _, rest = target.partition("://")
    authority, slash, path = rest.partition("/")
    query = asked.request.path.partition("?")[2]
    uri = f"/{path}{asked.path[len(location.prefix) :]}" if slash else asked.path
    uri += f"?{query}" if query else ""
    places = asked.upstreams.get(authority, [authority])
    headers = {**asked.request.headers, "host": authority, "connection": "close"}
    for given in location.every("proxy_set_header"):
        headers[given.words[0].lower()] = asked.filled(given.words[1])
    headers = {key: value for key, value in headers.items() if value}
    request = Request(asked.request.method, uri, headers, asked.request.body)
    problem = ""
    for place in _turns(asked, places):
        host, _, port = place.rpartition(":") if ":" in place else (place, "", "443" if scheme == "https" else "80")
        try:
            response = await asked.process.machine.sockets.request(host, int(port) if port.isdecimal() else 80, request)
        except Refused as refused:
            problem = _unpassed(refused, host)
            shown = f"{problem} while connecting to upstream" if "connect" in problem else problem
            asked.complain(f'{shown}|upstream: "{scheme}://{place}{uri}"', asked.request)
            continue
        dropped = ("content-length", "content-type", "connection", "server", "date", "transfer-encoding")
        kept = tuple((key, value) for key, value in response.headers.items() if key.lower() not in dropped)
        return Page(response.status, response.body, response.header("content-type"), kept, plain=True)
    return Page(504 if "timed out" in problem else 502)


def _turns(asked: Asked, places: list[str]) -> list[str]:
    """Servers of an upstream by turns."""
    asked.process.steps += 1
    first = asked.process.steps % len(places)
    return [*places[first:], *places[:first]]


def _unpassed(refused: Refused, host: str) -> str:
    if refused.reason.startswith("Could not resolve"):
        return f"{host} could not be resolved (3: Host not found)"
    if "timed out" in refused.reason:
        return "upstream timed out (110: Connection timed out)"
    number = {"Connection refused": 111, "No route to host": 113}.get(refused.reason, 104)
    return f"connect() failed ({number}: {refused.reason})"


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
