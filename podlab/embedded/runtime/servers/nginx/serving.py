"""The way of a request through nginx: rewriting, its location, who may, what answers, pages of errors.

Upstream: src/http/ngx_http_core_module.c (the phases), src/http/ngx_http_special_response.c
"""

from __future__ import annotations

import ipaddress
import posixpath

from podlab.embedded.runtime.servers.nginx import files, limits, passwords
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.grammar import Directive
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location
from podlab.embedded.runtime.servers.nginx.passing import passed
from podlab.embedded.runtime.servers.nginx.rewriting import REDIRECTS, redirect, rewritten

LAST_KEPT = (400, 413, 414, 500, 501)
"""Errors after which the connection is closed."""
UNITS = {"k": 10, "m": 20, "g": 30}


async def answer(asked: Asked) -> Page:
    """The page for a request, error pages of the configuration in place of nginx's own."""
    return await _finished(asked, await _asked(asked))


async def _finished(asked: Asked, page: Page) -> Page:
    """Upstream: ngx_http_special_response_handler"""
    if page.plain or page.status < 300:
        return page
    if page.status in LAST_KEPT:
        asked.closing = True
    if asked.failed or asked.cycles <= 0:
        return page
    for directive in asked.location.every("error_page"):
        codes = [word for word in directive.words[:-1] if word.isdecimal()]
        if str(page.status) in codes:
            return await _error_page(asked, page, directive)
    return page


async def _error_page(asked: Asked, page: Page, directive: Directive) -> Page:
    asked.failed = not asked.location.on("recursive_error_pages")
    target = asked.filled(directive.words[-1])
    changed = next((word[1:] for word in directive.words[:-1] if word.startswith("=")), None)
    status = page.status if changed is None else int(changed or 0)
    if target.startswith("/"):
        asked.as_get()
        inner = await _inside(asked, target)
    elif target.startswith("@"):
        inner = await _named(asked, target)
    else:
        return redirect(asked, status if status in REDIRECTS else 302, target)
    if not status or inner.status in REDIRECTS or (inner.status >= 400 and not inner.plain):
        return inner
    return _with_status(inner, status)


def _with_status(page: Page, status: int) -> Page:
    kept = ("Content-Range",)
    headers = tuple(pair for pair in page.headers if pair[0] not in kept)
    return Page(status, page.body, page.media_type, headers, True, page.file, page.chunked, page.modified, page.passed)


async def _inside(asked: Asked, target: str) -> Page:
    """Upstream: ngx_http_internal_redirect"""
    asked.cycles -= 1
    if asked.cycles < 0:
        asked.complain(f'rewrite or internal redirection cycle while internally redirecting to "{target}"')
        asked.closing = True
        return Page(500)
    path, mark, args = target.partition("?")
    asked.path, asked.inner = path, True
    if mark:
        asked.args = args
    return await _finished(asked, await _asked(asked))


async def _named(asked: Asked, name: str) -> Page:
    """Upstream: ngx_http_named_location"""
    asked.cycles -= 1
    found = asked.server.named(name)
    if found is None or asked.cycles < 0:
        asked.complain(f'could not find named location "{name}"')
        return await _finished(asked, Page(500))
    asked.inner = True
    return await _finished(asked, await _located(asked, found))


async def _asked(asked: Asked) -> Page:
    """From the server's rewriting on."""
    asked.location = asked.server.location(asked.path)
    outer, asked.location = asked.location, Location(asked.server.block, (asked.server.http,))
    found = rewritten(asked, asked.server.block)
    if found.page:
        return found.page
    asked.location = outer if not found.again else asked.server.location(asked.path)
    return await _located(asked, asked.server.location(asked.path))


async def _located(asked: Asked, location: Location) -> Page:
    """From a location on."""
    while True:
        asked.location = location
        if location.match:
            asked.matched(location.match)
        if location.block.first("internal") and not asked.inner:
            return Page(404)
        if location.prefix == f"{asked.path}/" and location.block.first("proxy_pass"):
            return redirect(asked, 301, location.prefix + (f"?{asked.args}" if asked.args else ""))
        before = asked.path
        found = rewritten(asked, location.block) if location.block is not asked.server.block else None
        if found and found.inside:
            asked.location = location = location.within(found.inside)
        if found and found.page:
            return found.page
        if not found or found.done or not (found.again or asked.path != before):
            return await _content(asked, location)
        asked.cycles -= 1
        if asked.cycles < 0:
            asked.complain(f'rewrite or internal redirection cycle while processing "{asked.path}"')
            return Page(500)
        location = asked.server.location(asked.path)


async def _content(asked: Asked, location: Location) -> Page:
    if (length := len(asked.request.body)) > _size(location.word("client_max_body_size", "1m")) > 0:
        asked.complain(f"client intended to send too large body: {length} bytes")
        return Page(413)
    for limit in location.block.all("limit_except"):
        methods = (*limit.words, *(("HEAD",) if "GET" in limit.words else ()))
        if asked.request.method not in methods:
            location = location.within(limit)
    if too_many := await limits.limited(asked, location):
        return too_many
    if _denied(location, asked.request.client):
        asked.complain("access forbidden by rule")
        return Page(403)
    if refused := passwords.refused(asked, location):
        return refused
    tried = location.find("try_files")
    if tried and (found := await _tried(asked, location, tried)) is not None:
        return found
    if directive := location.find("proxy_pass") if location.block.name in ("if", "limit_except") else None:
        return await passed(asked, location, directive)
    if directive := location.block.first("proxy_pass"):
        return await passed(asked, location, directive)
    if location.block.first("stub_status"):
        n = asked.count
        text = f"Active connections: 1 \nserver accepts handled requests\n {n} {n} {n} \n"
        return Page(200, f"{text}Reading: 0 Writing: 1 Waiting: 0 \n".encode(), "text/plain", plain=True)
    return await _static(asked, location)


def _size(text: str) -> int:
    unit = UNITS.get(text[-1:].lower(), 0)
    return int(text[:-1] if unit else text) << unit


def _denied(location: Location, client: str) -> bool:
    for rule in location.every("allow", "deny"):
        word = rule.words[0]
        if word == "all" or (word != "unix:" and _within(client, word)):
            return rule.name == "deny"
    return False


def _within(client: str, word: str) -> bool:
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(word, strict=False)
    except ValueError:
        return False


async def _tried(asked: Asked, location: Location, directive: Directive) -> Page | None:
    """What `try_files` leads to; None to go on with the path that it found.

    Upstream: src/http/modules/ngx_http_try_files_module.c
    """
    found = asked.process.machine.files
    for word in directive.words[:-1]:
        folder = word.endswith("/")
        path = asked.filled(word[:-1] if folder else word)
        name = files.path(asked, location, path) or "/"
        if folder if found.is_directory(name) else not folder and found.exists(name) and not name.endswith("/"):
            if not location.block.first("alias"):
                asked.path = path or "/"
            return None
    last = directive.words[-1]
    if last.startswith("="):
        return Page(int(last[1:]))
    if last.startswith("@"):
        return await _named(asked, last)
    return await _inside(asked, asked.filled(last))


async def _static(asked: Asked, location: Location) -> Page:
    if asked.path.endswith("/"):
        found = files.index(asked, location)
        return found if isinstance(found, Page) else await _inside(asked, posixpath.join("/", found))
    found = files.served(asked, location)
    return found if isinstance(found, Page) else redirect(asked, 301, found)
