"""curl, over the simulated network."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network import names
from podlab.embedded.runtime.network.messages import REASONS, Request, Response
from podlab.embedded.runtime.network.router import NO_TLS, Refused

VALUED = frozenset(["-D", "--dump-header"]) | frozenset(
    """-o -w -m --max-time --connect-timeout -H --header -X --request -d --data --data-raw --data-binary
    --data-urlencode -u --user -A --user-agent -e --referer -b --cookie -c --cookie-jar --cacert --cert --key --retry
    --retry-delay --retry-max-time --resolve -x --proxy -T --upload-file -F --form --output --write-out --max-redirs
    --interface --url --oauth2-bearer --json -K --config --noproxy --unix-socket -r --range""".split()  # noqa: SIM905
)
LONG = {
    "--silent": "s", "--show-error": "S", "--include": "i", "--head": "I", "--fail": "f", "--location": "L",
    "--verbose": "v", "--insecure": "k", "--remote-name": "O", "--get": "G", "--fail-with-body": "f",
}  # fmt: skip
PLAIN = {"output": "o", "write-out": "w", "max-time": "m", "header": "H", "request": "X", "data": "d", "user": "u"}
PLAIN |= {"data-raw": "d", "data-binary": "d", "user-agent": "A", "referer": "e", "data-urlencode": "urlencode"}
METER = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
)
NOTHING = "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
VERSION = "7.88.1"
TIMES = ("time_total", "time_connect", "time_namelookup", "time_starttransfer", "time_appconnect", "time_pretransfer")
UNVERIFIED = """curl: (60) SSL certificate problem: unable to get local issuer certificate
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above."""


@dataclass(slots=True)
class _Call:
    """What a command line asks for."""

    flags: set[str] = field(default_factory=set)
    urls: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    unknown: str = ""

    def last(self, name: str, default: str = "") -> str:
        return self.values.get(name, [default])[-1]


class _Failed(Exception):
    """An exit code and what curl says of it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def _parse(words: list[str]) -> _Call:
    call, words = _Call(), list(words)
    while words:
        word = words.pop(0)
        name, equals, inline = word.partition("=")
        if word in VALUED or (word.startswith("--") and equals and name in VALUED):
            value = inline if equals and word.startswith("--") else words.pop(0) if words else ""
            key = name.lstrip("-")
            call.values.setdefault(PLAIN.get(key, key), []).append(value)
        elif word.startswith("--"):
            call.flags |= set(LONG.get(word, "")) or {word}
        elif word.startswith("-") and len(word) > 1:
            _letters(call, word[1:], words)
        else:
            call.urls.append(word)
    call.urls += call.values.pop("url", [])
    return call


def _letters(call: _Call, letters: str, words: list[str]) -> None:
    for at, letter in enumerate(letters):
        if f"-{letter}" in VALUED:
            rest = letters[at + 1 :]
            call.values.setdefault(letter, []).append(rest or (words.pop(0) if words else ""))
            return
        call.flags.add(letter)


async def curl(io: Io, words: list[str]) -> int:
    """`curl [-sSifIvLkOG] [-o FILE] [-w FORMAT] [-X METHOD] [-H HEADER] [-d DATA] [-m SECONDS] URL…`"""
    call = _parse(words)
    if "--version" in call.flags or "V" in call.flags:
        io.say(f"curl {VERSION} (x86_64-pc-linux-gnu) libcurl/{VERSION}")
        return 0
    if not call.urls:
        return io.fail("curl: try 'curl --help' or 'curl --manual' for more information", 2)
    code = 0
    for url in call.urls:
        code = await _one(io, call, url)
    return code


async def _one(io: Io, call: _Call, url: str) -> int:
    quiet = "s" in call.flags
    writes = "o" in call.values or "O" in call.flags
    try:
        response, count = await _fetch(io, call, url, redirects=0)
        if "f" in call.flags and response.status >= 400:
            raise _Failed(22, f"curl: (22) The requested URL returned error: {response.status}")
    except _Failed as failed:
        if not quiet:
            io.err(f"{METER}{NOTHING}\n".encode())
        if not quiet or "S" in call.flags:
            io.fail(failed.text)
        if form := call.last("w"):
            io.out(_formatted(form, Response(0, {}), url).encode())
        return failed.code
    if not quiet and (writes or not io.process.machine.image.busybox):
        io.err((METER + _meter(count)).encode())
    return _show(io, call, url, response)


def _meter(size: int) -> str:
    return f"{NOTHING}\r100 {size:5}  100 {size:5}    0     0   {size}k      0 --:--:-- --:--:-- --:--:--  {size}k\n"


def _show(io: Io, call: _Call, url: str, response: Response) -> int:
    name = call.last("o")
    if "O" in call.flags and not name:
        name = urlsplit(url).path.rpartition("/")[2]
    try:
        write = io.writer(name) if name and name != "-" else io.out
        reason = response.reason or REASONS.get(response.status, "")
        lines = "".join(f"{key}: {value}\r\n" for key, value in response.sent())
        heads = f"HTTP/1.1 {response.status} {reason}\r\n{lines}\r\n".encode()
        if dump := call.last("D") or call.last("dump-header"):
            (io.out if dump == "-" else io.writer(dump))(heads)
        if call.flags & {"i", "I"}:
            write(heads)
        if "I" not in call.flags:
            write(response.body)
    except FileError as error:
        io.fail(f"Warning: Failed to open the file {name}: {error}")
        return io.fail("curl: (23) Failure writing output to destination", 23)
    if form := call.last("w"):
        io.out(_formatted(form, response, url).encode())
    return 0


def _formatted(form: str, response: Response, url: str) -> str:
    table = {"http_code": f"{response.status:03}", "response_code": f"{response.status:03}", "url_effective": url}
    table |= {"size_download": str(len(response.body)), "content_type": response.header("content-type")}
    split, target = urlsplit(url if "://" in url else f"http://{url}"), response.header("location")
    table["redirect_url"] = target if "://" in target or not target else f"{split.scheme}://{split.netloc}{target}"
    table |= dict.fromkeys(TIMES, "0.001")
    for key, value in table.items():
        form = form.replace(f"%{{{key}}}", value)
    return form.replace("\\n", "\n").replace("\\t", "\t")


async def _fetch(io: Io, call: _Call, url: str, redirects: int) -> tuple[Response, int]:
    """(the answer, bytes of its body). Raises _Failed."""
    split = urlsplit(url if "://" in url else f"http://{url}")
    if split.scheme not in ("http", "https"):
        raise _Failed(1, f'curl: (1) Protocol "{split.scheme}" not supported or disabled in libcurl')
    try:
        host, port = split.hostname or "", split.port or (443 if split.scheme == "https" else 80)
    except ValueError:
        raise _Failed(3, "curl: (3) URL using bad/illegal format or missing URL") from None
    secure, path = split.scheme == "https", _path(call, split.path, split.query)
    request = _request(io, call, split.netloc.rpartition("@")[2], path, secure=secure)
    if secure and "k" not in call.flags and not call.values.get("cacert"):
        await _ask(io, call, host, port, None)
    if "v" in call.flags:
        _told(io, host, port, request)
    response = await _ask(io, call, host, port, request)
    if "v" in call.flags:
        reason = response.reason or REASONS.get(response.status, "")
        lines = [f"HTTP/1.1 {response.status} {reason}", *(f"{k}: {v}" for k, v in response.sent()), ""]
        io.err("".join(f"< {line}\r\n" for line in lines).encode())
        io.err(f"* Connection #0 to host {host} left intact\n".encode())
    target = response.header("location")
    if "L" in call.flags and response.status in (301, 302, 303, 307, 308) and target:
        if redirects >= 50:
            raise _Failed(47, "curl: (47) Maximum (50) redirects followed")
        onward = target if "://" in target else f"{split.scheme}://{split.netloc}{target}"
        return await _fetch(io, call, onward, redirects + 1)
    return response, len(response.body)


def _told(io: Io, host: str, port: int, request: Request) -> None:
    try:
        ip = io.process.machine.sockets.address(host)
    except Refused:
        return
    io.err(f"*   Trying {ip}:{port}...\n* Connected to {host} ({ip}) port {port} (#0)\n".encode())
    names = {"host": "Host", "user-agent": "User-Agent", "accept": "Accept"}
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{names.get(key, key.title())}: {value}" for key, value in request.headers.items()]
    io.err("".join(f"> {line}\r\n" for line in [*lines, ""]).encode())


def _path(call: _Call, path: str, query: str) -> str:
    if "G" in call.flags and "d" in call.values:
        query = "&".join(filter(None, [query, *call.values["d"]]))
    return (path or "/") + (f"?{query}" if query else "")


def _request(io: Io, call: _Call, host: str, path: str, *, secure: bool) -> Request:
    data = [_data(io, value) for value in call.values.get("d", [])] if "G" not in call.flags else []
    data += [_encoded(value) for value in call.values.get("urlencode", [])]
    headers = {"host": host, "user-agent": call.last("A", f"curl/{VERSION}"), "accept": "*/*"}
    if "json" in call.values:
        data += [_data(io, value) for value in call.values["json"]]
        headers |= {"content-type": "application/json", "accept": "application/json"}
    body = b"&".join(data)
    if data or "d" in call.values:
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
        headers["content-length"] = str(len(body))
    if "u" in call.values:
        import base64

        headers["authorization"] = "Basic " + base64.b64encode(call.last("u").encode()).decode()
    if "oauth2-bearer" in call.values:
        headers["authorization"] = "Bearer " + call.last("oauth2-bearer")
    for given in call.values.get("H", []):
        name, _, value = given.partition(":")
        headers[name.strip().lower()] = value.strip()
    method = "HEAD" if "I" in call.flags else "POST" if data else "GET"
    return Request(call.last("X", method), path, {k: v for k, v in headers.items() if v}, body, secure=secure)


def _data(io: Io, value: str) -> bytes:
    if not value.startswith("@"):
        return value.encode(errors="surrogateescape")
    try:
        return io.read(value[1:]).replace(b"\n", b"")
    except FileError:
        return b""


def _encoded(value: str) -> bytes:
    name, equals, text = value.partition("=")
    return (f"{name}={quote(text)}" if equals else quote(value)).encode()


async def _ask(io: Io, call: _Call, host: str, port: int, request: Request | None) -> Response:
    """The answer; without a request only TLS is begun, with a certificate that cannot be verified. Raises _Failed."""
    process = io.process
    limit = _seconds(call.last("m")) or 300.0
    patience = _seconds(call.last("connect-timeout")) or limit
    began = process.time
    try:
        if request is None:
            process.machine.sockets.handshake(host, port)
            raise _Failed(60, UNVERIFIED)
        response = await process.machine.sockets.request(host, port, request, limit)
    except Refused as refused:
        await process.sleep(min(refused.after, patience, limit))
        passed = round((process.time - began) * 1000)
        if refused.reason.startswith(names.UNKNOWN):
            if refused.after > min(patience, limit):
                raise _Failed(28, f"curl: (28) Resolving timed out after {passed} milliseconds") from None
            raise _Failed(6, f"curl: (6) {refused.reason}") from None
        if refused.reason == NO_TLS:
            raise _Failed(35, f"curl: (35) OpenSSL/3.0.20: error:0A00010B:SSL routines::{NO_TLS}") from None
        if refused.reason == "empty reply":
            raise _Failed(52, "curl: (52) Empty reply from server") from None
        if refused.reason == "malformed reply":
            raise _Failed(1, "curl: (1) Received HTTP/0.9 when not allowed") from None
        if refused.after >= limit and "m" in call.values:
            raise _Failed(28, f"curl: (28) Connection timed out after {passed} milliseconds") from None
        where = f"{host} port {port} after {passed} ms"
        if refused.after >= patience:
            raise _Failed(28, f"curl: (28) Failed to connect to {where}: Timeout was reached") from None
        raise _Failed(7, f"curl: (7) Failed to connect to {where}: Couldn't connect to server") from None
    process.catch_up()
    return response


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def pretty(value: object) -> str:
    """JSON as servers print it."""
    return json.dumps(value, indent=2)
