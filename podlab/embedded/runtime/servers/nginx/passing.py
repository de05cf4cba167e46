"""How nginx passes requests on to upstreams."""

from __future__ import annotations

from podlab.embedded.runtime.network.messages import Request
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.config import Directive
from podlab.embedded.runtime.servers.nginx.sites import Location


async def passed(asked: Asked, location: Location, directive: Directive) -> Page:
    """What `proxy_pass` makes of a request."""
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
