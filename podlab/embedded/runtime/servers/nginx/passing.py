"""How nginx passes requests on to upstreams. Upstream: src/http/modules/ngx_http_proxy_module.c"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.grammar import Directive
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location

OWN = ("content-length", "content-type", "connection", "server", "date", "transfer-encoding", "keep-alive")
"""Headers that nginx writes itself."""
DROPPED = ("connection", "keep-alive", "upgrade", "te", "expect", "transfer-encoding", "content-length", "host")
"""Headers of the client that do not go on."""
DISABLED = 10.0
"""Seconds for which a server of several that did not answer is not asked: fail_timeout."""
ADDRESS_SAFE = "/:@!$&'()*+,;=~-._"


async def passed(asked: Asked, location: Location, directive: Directive) -> Page:
    """What `proxy_pass` makes of a request."""
    target, variable = asked.filled(directive.words[0]), "$" in directive.words[0]
    scheme, mark, rest = target.partition("://")
    authority, slash, path = rest.partition("/")
    if not mark or scheme not in ("http", "https") or not authority:
        asked.complain(f'invalid URL prefix in "{target}"')
        return Page(500)
    uri = _uri(asked, location, f"/{path}" if slash else "", variable=variable)
    if variable and authority not in asked.upstreams and not _number(authority) and not location.find("resolver"):
        asked.complain(f"no resolver defined to resolve {authority.partition(':')[0]}")
        return Page(502)
    places = asked.upstreams.get(authority, [authority])
    asked.told |= {"proxy_host": authority, "proxy_port": authority.rpartition(":")[2] if ":" in authority else "80"}
    request = replace(_request(asked, location, authority, uri), secure=scheme == "https")
    problem = ""
    for place in _turns(asked, places):
        host, _, port = place.rpartition(":") if ":" in place else (place, "", "443" if scheme == "https" else "80")
        shown = f"{_shown(asked, host)}:{port}"
        asked.told |= {"upstream_addr": shown, "upstream_response_time": "0.000", "upstream_status": "502"}
        try:
            response = await asked.process.machine.sockets.request(host, int(port) if port.isdecimal() else 80, request)
        except Refused as refused:
            problem = await _unpassed(asked, refused, host)
            asked.complain(f'{problem}|upstream: "{scheme}://{shown}{uri}"')
            if len(places) > 1:
                asked.turns[f"down {place}"] = asked.process.time + DISABLED
                text = "upstream server temporarily disabled while connecting to upstream"
                asked.complain(f'{text}|upstream: "{scheme}://{shown}{uri}"', "warn")
            continue
        asked.told["upstream_status"] = str(response.status)
        return _page(asked, location, response, target)
    if len(places) > 1:
        asked.told["upstream_addr"] = ", ".join(
            f"{_shown(asked, p.rpartition(':')[0])}:{p.rpartition(':')[2]}" for p in places
        )
    return Page(504 if "timed out" in problem else 502)


def _number(authority: str) -> bool:
    return authority.partition(":")[0].replace(".", "").isdecimal()


def _shown(asked: Asked, host: str) -> str:
    try:
        return asked.process.machine.sockets.address(host)
    except Refused:
        return host


def _uri(asked: Asked, location: Location, path: str, *, variable: bool) -> str:
    """The path that is asked for: the client's own where none is given; what follows the location's, else."""
    args = f"?{asked.args}" if asked.args else ""
    if variable and path:
        return path
    if path:
        return path + quote(asked.path[len(location.prefix) :], safe=ADDRESS_SAFE) + args
    if not asked.inner and asked.request.path.partition("?")[0] and asked.cycles >= 10:
        return asked.request.path
    return quote(asked.path, safe=ADDRESS_SAFE) + args


def _request(asked: Asked, location: Location, authority: str, uri: str) -> Request:
    version = "HTTP/" + location.word("proxy_http_version", "1.0")
    given = [(one.words[0].lower(), asked.filled(one.words[1])) for one in location.every("proxy_set_header")]
    headers = {"host": authority.removesuffix(":80"), "connection": "close"}
    if asked.request.body:
        headers["content-length"] = str(len(asked.request.body))
    headers |= {key: text for key, text in asked.request.headers.items() if key not in DROPPED}
    headers |= dict(given)
    kept = {key: text for key, text in headers.items() if text}
    return Request(asked.request.method, uri, kept, asked.request.body, version=version)


def _page(asked: Asked, location: Location, response: Response, target: str) -> Page:
    hidden = {one.words[0].lower() for one in location.every("proxy_hide_header")} | set(OWN)
    if location.on("proxy_intercept_errors") and response.status >= 300:
        codes = [word for one in location.every("error_page") for word in one.words[:-1]]
        if str(response.status) in codes:
            return Page(response.status)
    kept = [(key, text) for key, text in response.sent() if key.lower() not in hidden and not _private(key)]
    kept = [(key, _onward(location, target, text) if key.lower() == "location" else text) for key, text in kept]
    chunked = not response.header("content-length") and response.status not in (204, 304)
    media_type = response.header("content-type")
    if asked.request.method == "HEAD" and not chunked:
        kept.append(("X-Size", response.header("content-length")))
    body, status = response.body, response.status
    return Page(status, body, media_type, tuple(kept), plain=True, chunked=chunked, passed=True)


def _private(key: str) -> bool:
    return key.lower().startswith("x-accel-") or key.lower() == "x-pad"


def _onward(location: Location, target: str, text: str) -> str:
    """Where an upstream sends the client, as the client can reach it. Upstream: proxy_redirect default"""
    if location.word("proxy_redirect", "default") != "default" or not text.startswith(target):
        return text
    return (location.prefix or "/") + text[len(target) :]


def _turns(asked: Asked, places: list[str]) -> list[str]:
    """Servers of an upstream by turns."""
    if len(places) < 2:
        return places
    key = ",".join(places)
    first = int(asked.turns.get(key, 0)) % len(places)
    asked.turns[key] = first + 1
    turned = [*places[first:], *places[:first]]
    return [place for place in turned if asked.turns.get(f"down {place}", 0.0) <= asked.process.time] or turned


async def _unpassed(asked: Asked, refused: Refused, host: str) -> str:
    if refused.reason.startswith("Could not resolve"):
        return f"{host} could not be resolved (3: Host not found)"
    if refused.reason == "empty reply":
        return "upstream prematurely closed connection while reading response header from upstream"
    await asked.process.sleep(min(refused.after, 60.0))
    if "timed out" in refused.reason:
        return "upstream timed out (110: Connection timed out) while connecting to upstream"
    number = {"Connection refused": 111, "No route to host": 113}.get(refused.reason, 104)
    return f"connect() failed ({number}: {refused.reason}) while connecting to upstream"
