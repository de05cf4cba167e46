"""How nginx answers a request: redirects, fixed answers, files, error pages, and what it passes on."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.servers.nginx.asked import BUILT_IN, Asked, Page
from podlab.embedded.runtime.servers.nginx.config import Directive
from podlab.embedded.runtime.servers.nginx.passing import passed
from podlab.embedded.runtime.servers.nginx.sites import Location

TYPES = {
    ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "application/javascript", ".xml": "text/xml",
    ".json": "application/json", ".txt": "text/plain", ".svg": "image/svg+xml", ".png": "image/png",
    ".ico": "image/x-icon", ".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".pdf": "application/pdf",
    ".woff2": "font/woff2", ".webp": "image/webp", ".zip": "application/zip", ".md": "text/markdown",
}  # fmt: skip
DEEPEST = 10
"""Internal redirects after which nginx gives up."""


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
        return await passed(asked, location, directive)
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
        return _redirect(asked, 302, asked.filled(words[0]))
    status = int(words[0][:3])
    if status in (301, 302, 303, 307, 308) and len(words) > 1:
        return _redirect(asked, status, asked.filled(words[1]))
    if len(words) == 1:
        return Page(status)
    found = asked.server.location(asked.path).find("default_type")
    media_type = found.words[0] if found else "text/plain"
    return Page(status, asked.filled(words[1]).encode(errors="surrogateescape"), media_type, plain=True)


def _redirect(asked: Asked, status: int, target: str) -> Page:
    """A path is told with the host that was asked and the port that listens. Upstream: ngx_http_header_filter"""
    absolute = asked.server.location(asked.path).find("absolute_redirect")
    if target.startswith("/") and not (absolute and absolute.words[0] == "off"):
        target = f"http://{asked.variable('host')}{f':{asked.port}' if asked.port != 80 else ''}{target}"
    return Page(status, headers=(("Location", target),))


async def _rewrite(asked: Asked, directive: Directive) -> Page | None:
    found = patterns.compiled(directive.words[0], extended=True).search(asked.path)
    if not found:
        return None
    target = re.sub(r"\$(\d)", lambda match: found.group(int(match[1])) or "", directive.words[1])
    target, flag = asked.filled(target), directive.words[2] if len(directive.words) > 2 else ""
    if flag in ("redirect", "permanent") or target.startswith(("http://", "https://", "$scheme")):
        return _redirect(asked, 301 if flag == "permanent" else 302, target)
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
            return _redirect(asked, 301, f"{asked.path}/")
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
