"""What Go takes for an address, and its words for what is none. Upstream: net/url of Go's standard library"""

from __future__ import annotations

import ipaddress
import re
import string

from podlab.apimachinery.gotext import quote
from podlab.errors import ClusterError

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
PORT = re.compile(r"(:[0-9]*)?")
LAST_PORT = re.compile(r":([0-9]*)$")
USER = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
IN_HOST = frozenset(string.ascii_letters + string.digits + "!$&'()*+,;=:[]<>\"-_.~")


def amiss(url: str) -> str:
    """What Go's parser says of an address that is none; "" if it takes it."""
    if CONTROL.search(url):
        return "net/url: invalid control character in URL"
    if url.startswith(":"):
        return "missing protocol scheme"
    scheme, authority, path = parts(url)
    if not scheme and not authority and ":" in path.partition("/")[0]:
        return "first path segment in URL cannot contain colon"
    opaque = scheme and not authority and not path.startswith("/")
    return _authority(authority) or ("" if opaque else _escapes(path)) or _escapes(url.partition("#")[2])


def parts(url: str) -> tuple[str, str, str]:
    """Scheme, who and where, and the path of an address that Go takes."""
    named = SCHEME.match(url)
    rest = url[named.end() if named else 0 :].partition("#")[0].partition("?")[0]
    authority = ""
    if rest.startswith("//") and (named or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
    return named[0][:-1].lower() if named else "", authority, rest


def place(authority: str) -> tuple[str, int | None]:
    """Host, without brackets, and port; None for the scheme's."""
    where = authority.rpartition("@")[2]
    named = LAST_PORT.search(where)
    host = where[: named.start()] if named else where
    return host.strip("[]"), int(named[1]) if named and named[1] else None


def server_at(text: str) -> str:
    """The server that a kubeconfig's words mean: an address, or host and port. Upstream: client-go/rest/url_utils.go

    Raises:
        ClusterError: kubectl's line for what is neither.
    """
    scheme, authority, _ = parts(text)
    if amiss(text) or not (scheme and authority.rpartition("@")[2]):
        whole = f"http://{text}"
        if said := amiss(whole):
            raise ClusterError(f"Unable to connect to the server: {said}")
        if parts(whole)[2] not in ("", "/"):
            raise ClusterError(f"error: host must be a URL or a host:port pair: {quote(text)}")
        text = whole
    scheme, authority, path = parts(text)
    return f"{scheme}://{authority}{path}"


def _authority(authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if said := _host(host):
        return said
    if at and not USER.fullmatch(user):
        return "net/url: invalid userinfo"
    return _escapes(user)


def _host(host: str) -> str:
    bracket = host.rfind("[")
    if bracket > 0:
        return "invalid IP-literal"
    if bracket == 0:
        return _literal(host)
    at = host.rfind(":")
    if at >= 0 and not PORT.fullmatch(host[at:]):
        return f"invalid port {quote(host[at:])} after host"
    return _letters(host)


def _literal(host: str) -> str:
    address, closing, port = host[1:].rpartition("]")
    if not closing:
        return "missing ']' in host"
    if not PORT.fullmatch(port):
        return f"invalid port {quote(port)} after host"
    name = address.partition("%25")[0]
    if said := _letters(name):
        return said
    try:
        ipaddress.IPv6Address(name)
    except ValueError:
        return f"invalid host: ParseAddr({quote(name)}): unable to parse IP"
    return ""


def _letters(host: str) -> str:
    """What is wrong with a host's letters; of signs in percent only those of other letters than ASCII's may stand."""
    for at, letter in enumerate(host):
        sign = host[at : at + 3]
        if letter == "%" and not (ESCAPE.fullmatch(sign) and (sign == "%25" or sign[1] in "89ABCDEFabcdef")):
            return f"invalid URL escape {quote(sign)}"
        if letter != "%" and letter < "\x80" and letter not in IN_HOST:
            return f"invalid character {quote(letter)} in host name"
    return ""


def _escapes(text: str) -> str:
    wrong = next((at for at, letter in enumerate(text) if letter == "%" and not ESCAPE.match(text, at)), None)
    return "" if wrong is None else f"invalid URL escape {quote(text[wrong : wrong + 3])}"
