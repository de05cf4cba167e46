"""curl, over the simulated network."""

from __future__ import annotations

import base64
import posixpath
from urllib.parse import quote_plus, urlsplit

from podlab.embedded.runtime.commands.network import connections, curloptions, curlreports
from podlab.embedded.runtime.commands.network.curloptions import Call
from podlab.embedded.runtime.commands.network.curlreports import METER, NOTHING, Transfer
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network import names
from podlab.embedded.runtime.network.messages import Request, Response, head, written
from podlab.embedded.runtime.network.router import NO_TLS, Refused

VERSION = "7.88.1"
PORTS = {
    "http": 80, "https": 443, "ftp": 21, "ftps": 990, "telnet": 23, "dict": 2628, "ldap": 389, "ldaps": 636,
    "gopher": 70, "imap": 143, "pop3": 110, "smtp": 25, "mqtt": 1883, "rtsp": 554, "scp": 22, "sftp": 22, "smb": 445,
    "file": 0,
}  # fmt: skip
"""What this curl speaks, and the ports of it."""
ABOUT = f"""curl {VERSION} (x86_64-pc-linux-gnu) libcurl/{VERSION} OpenSSL/3.0.20 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 \
libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13
Release-Date: 2023-02-20, security patched: 7.88.1-10+deb12u15
Protocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb \
smbs smtp smtps telnet tftp
Features: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM NTLM_WB PSL \
SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd"""
TRY = "curl: try 'curl --help' or 'curl --manual' for more information"
UNVERIFIED = """curl: (60) SSL certificate problem: unable to get local issuer certificate
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above."""
UNCONNECTED = 7
MALFORMED = "URL using bad/illegal format or missing URL"


class _Failed(Exception):
    """An exit code and what curl says of it; `early` is before it has begun to measure."""

    def __init__(self, code: int, text: str, *, early: bool = False) -> None:
        super().__init__(text)
        self.code, self.text, self.early = code, text, early


async def curl(io: Io, words: list[str]) -> int:
    """`curl [-sSifIvLkOG] [-o FILE] [-w FORMAT] [-X METHOD] [-H HEADER] [-d DATA] [-m SECONDS] URL…`"""
    call = curloptions.read(words)
    if call.wrong:
        return io.fail(f"curl: {call.wrong}\n{TRY}", 2)
    if "version" in call.flags:
        io.say(ABOUT)
        return 0
    if "help" in call.flags:
        return io.fail("curl: podlab does not simulate curl --help: a real container lists the options of curl")
    if not call.urls:
        return io.fail(TRY, 2)
    code, files = 0, list(call.values.get("output", []))
    urls = [url for given in call.urls for url in ([given] if "globoff" in call.flags else curloptions.globbed(given))]
    for number, url in enumerate(urls):
        file = files[number] if number < len(files) else files[0] if len(call.urls) == 1 and files else ""
        code = await _one(io, call, url, file, number)
    return code


async def _one(io: Io, call: Call, url: str, file: str, number: int) -> int:
    quiet = bool(call.flags & {"silent", "no-progress-meter"}) or (io.process.terminal is not None and not file)
    done = Transfer(url if "://" in url else f"http://{url}", given=url, number=number, file=file)
    began, measured = io.process.time, False
    try:
        if "remote-name" in call.flags and not file:
            done.file = posixpath.basename(urlsplit(done.url).path)
            if not done.file:
                text = (
                    "curl: Remote file name has no length!\ncurl: (23) Failed writing received data to disk/application"
                )
                raise _Failed(23, text, early=True)
        _judged(done.url)
        if measured := not quiet and "progress-bar" not in call.flags:
            io.err(f"{METER}{NOTHING}".encode())
        if not done.url.startswith(("http:", "https:")):
            return await _other(io, call, done)
        await _fetch(io, call, done)
        if call.flags & {"fail", "fail-with-body"} and done.response.status >= 400:
            raise _Failed(22, f"curl: (22) The requested URL returned error: {done.response.status}")
    except _Failed as failed:
        return _ended(io, call, done, failed, waited=io.process.time - began if measured else -1.0)
    if measured:
        io.err(curlreports.ended(_size(done), whole=done.method != "HEAD").encode())
    elif "progress-bar" in call.flags:
        io.err(f"\r{'#' * 72} 100.0%\n".encode())
    if "verbose" in call.flags:
        io.err(f"* Connection #0 to host {urlsplit(done.url).hostname} left intact\n".encode())
    return _show(io, call, done)


def _size(done: Transfer) -> int:
    announced = done.response.header("content-length")
    return int(announced) if done.method == "HEAD" and announced.isdecimal() else len(done.response.body)


def _ended(io: Io, call: Call, done: Transfer, failed: _Failed, *, waited: float) -> int:
    """What curl says of a failure, and its exit code; `waited` are the seconds that it measured, if it did."""
    if waited >= 0:
        size = len(done.response.body)
        io.err(
            (curlreports.waited(waited) + (curlreports.ended(size, whole=False) if size else f"{NOTHING}\n")).encode()
        )
    if "silent" not in call.flags or "show-error" in call.flags:
        io.fail(failed.text)
    if "fail-with-body" in call.flags and done.response.status:
        io.out(done.response.body)
    done.code, done.text = failed.code, failed.text.split("\n")[0].partition(") ")[2]
    if form := call.last("write-out"):
        if failed.code != 22:
            done.response = Response(0, {})
        curlreports.formatted(io, form, done)
    return failed.code


def _judged(url: str) -> None:
    """Raises _Failed for an address that curl does not even try."""
    scheme = url.partition("://")[0].lower()
    if scheme not in PORTS:
        raise _Failed(1, f'curl: (1) Protocol "{scheme}" not supported or disabled in libcurl', early=True)
    try:
        split = urlsplit(url)
        wrong = " " in url or (scheme != "file" and not split.hostname) or (split.port or 1) < 0
    except ValueError:
        wrong = True
    if wrong:
        raise _Failed(3, f"curl: (3) {MALFORMED}", early=True)


async def _other(io: Io, call: Call, done: Transfer) -> int:
    """What is not HTTP: a file, bytes as they come, or a port that nobody listens on. Raises _Failed."""
    split = urlsplit(done.url)
    if split.scheme == "file":
        try:
            done.response = Response(0, {}, io.read(split.path))
        except FileError:
            raise _Failed(37, f"curl: (37) Couldn't open file {split.path}") from None
        return _show(io, call, done)
    host, port = split.hostname or "", split.port or PORTS[split.scheme]
    try:
        end = io.process.machine.sockets.connect(host, port)
    except Refused as refused:
        await _refused(io, call, host, port, refused, io.process.time)
        raise
    if split.scheme == "telnet":
        return await connections.talk(io, end)
    end.close()
    raise _Failed(1, f"curl: podlab does not simulate {split.scheme}: something answers on port {port} of {host}")


def _show(io: Io, call: Call, done: Transfer) -> int:
    name, response = done.file, done.response
    folder = call.last("output-dir")
    try:
        write = io.writer(posixpath.join(folder, name) if folder else name) if name and name != "-" else io.out
        heads = f"{head(response)}\r\n".encode()
        if dump := call.last("dump-header"):
            (io.out if dump == "-" else io.writer(dump))(heads)
        if call.flags & {"include", "head"} and response.status:
            write(heads)
        if "head" not in call.flags:
            write(response.body)
    except FileError as error:
        if "silent" not in call.flags:
            io.fail(f"Warning: Failed to open the file {name}: {error}")
        if "silent" not in call.flags or "show-error" in call.flags:
            io.fail("curl: (23) Failure writing output to destination", 23)
        return 23
    if form := call.last("write-out"):
        curlreports.formatted(io, form, done)
    return 0


async def _fetch(io: Io, call: Call, done: Transfer) -> None:
    """Ask, and follow where that leads. Raises _Failed."""
    split = urlsplit(done.url)
    secure = split.scheme == "https"
    host, port = split.hostname or "", split.port or PORTS[split.scheme]
    path = _path(io, call, split.path, split.query)
    done.url = f"{split.scheme}://{split.netloc}{path if split.query or path != '/' else split.path or '/'}"
    request = _request(io, call, split.netloc.rpartition("@")[2], path, split.username, secure=secure)
    done.method, done.sent = request.method, len(written(request)) - len(request.body)
    done.uploaded = len(request.body)
    where = _led(call, host, port)
    if secure and "insecure" not in call.flags and not call.values.get("cacert"):
        await _ask(io, call, where, None)
    done.remote = _connected(io, call, where)
    done.local = "127.0.0.1" if done.remote and done.remote[0].startswith("127.") else io.process.machine.ip
    if "verbose" in call.flags and done.remote:
        io.err(f"*   Trying {done.remote[0]}:{port}...\n".encode())
    try:
        done.response = await _ask(io, call, where, request)
    except _Failed as failed:
        if "verbose" in call.flags and failed.code == UNCONNECTED and done.remote:
            io.err(f"* connect to {done.remote[0]} port {port} failed: Connection refused\n".encode())
            io.err(f"* {failed.text.partition(') ')[2]}\n* Closing connection 0\n".encode())
        raise
    done.connects += 1
    if "verbose" in call.flags:
        _told(io, where, done.remote, request)
        curlreports.answered(io, done.response)
    target = done.response.header("location")
    if "location" in call.flags and done.response.status in (301, 302, 303, 307, 308) and target:
        if done.redirects >= int(call.last("max-redirs", "50") or 50):
            raise _Failed(47, f"curl: (47) Maximum ({done.redirects}) redirects followed")
        done.url = target if "://" in target else f"{split.scheme}://{split.netloc}{target}"
        done.redirects += 1
        await _fetch(io, call, done)


def _led(call: Call, host: str, port: int) -> tuple[str, int]:
    """Where a name and a port lead: --resolve and --connect-to say so before any name server. Raises _Failed."""
    if "ipv6" in call.flags and host == "localhost":
        where = f"{host} port {port} after 0 ms"
        raise _Failed(UNCONNECTED, f"curl: (7) Failed to connect to {where}: Couldn't connect to server")
    if "ipv6" in call.flags and ":" not in host:
        raise _Failed(6, f"curl: (6) Could not resolve host: {host}")
    for given in call.values.get("resolve", []):
        name, number, address = [*given.lstrip("+").split(":", 2), "", ""][:3]
        if name in (host, "*") and number == str(port) and address:
            return address.split(",")[0].strip("[]"), port
    for given in call.values.get("connect-to", []):
        name, number, other, another = [*given.split(":"), "", "", ""][:4]
        if name in (host, "") and number in (str(port), ""):
            return other or host, int(another) if another.isdecimal() else port
    return host, port


def _connected(io: Io, call: Call, where: tuple[str, int]) -> tuple[str, int] | None:
    """The address that is connected to; None where none is known, which is told elsewhere."""
    try:
        return io.process.machine.sockets.address(where[0]), where[1]
    except Refused:
        return None


def _told(io: Io, where: tuple[str, int], remote: tuple[str, int] | None, request: Request) -> None:
    io.err(f"* Connected to {where[0]} ({remote[0] if remote else ''}) port {where[1]} (#0)\n".encode())
    lines = written(request).partition(b"\r\n\r\n")[0].decode(errors="surrogateescape").split("\r\n")
    io.err("".join(f"> {line}\r\n" for line in [*lines, ""]).encode(errors="surrogateescape"))
    if request.body:
        io.err(f"}} [{len(request.body)} bytes data]\n".encode())


def _path(io: Io, call: Call, path: str, query: str) -> str:
    if "get" in call.flags:
        query = "&".join(filter(None, [query, *(_piece(io, name, value) for name, value in call.bodies)]))
    return (path or "/") + (f"?{query}" if query else "")


def _request(io: Io, call: Call, host: str, path: str, user: str | None, *, secure: bool) -> Request:
    bodies = [] if "get" in call.flags else call.bodies
    body, kind = _body(io, bodies)
    headers = {"host": host}
    if (given := call.last("user") or (user or "")) and not call.last("oauth2-bearer"):
        headers["authorization"] = "Basic " + base64.b64encode(given.encode()).decode()
    if "oauth2-bearer" in call.values:
        headers["authorization"] = "Bearer " + call.last("oauth2-bearer")
    if "range" in call.values:
        headers["range"] = f"bytes={call.last('range')}"
    accept = "application/json" if "json" in call.values else "*/*"
    headers |= {"user-agent": call.last("user-agent", f"curl/{VERSION}"), "accept": accept}
    if "compressed" in call.flags:
        headers["accept-encoding"] = "deflate, gzip, br, zstd"
    headers |= {
        key: call.last(name) for key, name in (("referer", "referer"), ("cookie", "cookie")) if name in call.values
    }
    own = [given.partition(":") for given in call.values.get("header", []) if not given.startswith("@")]
    headers |= {name.strip().lower(): value.strip() for name, _, value in own}
    if "upload-file" in call.values:
        body = b"" if call.last("upload-file") == "-" else _file(io, call.last("upload-file"))
    if body or bodies or "upload-file" in call.values:
        headers["content-length"] = str(len(body))
    if bodies:
        headers.setdefault("content-type", kind)
    method = "HEAD" if "head" in call.flags else "PUT" if "upload-file" in call.values else "POST" if bodies else "GET"
    version = "HTTP/1.0" if "http1.0" in call.flags else "HTTP/1.1"
    kept = {name: value for name, value in headers.items() if value}
    return Request(call.last("request", method), path, kept, body, version=version, secure=secure)


def _body(io: Io, bodies: list[tuple[str, str]]) -> tuple[bytes, str]:
    """What is sent, and what it is said to be."""
    forms = [value for name, value in bodies if name in ("form", "form-string")]
    if forms:
        mark = f"{'-' * 24}podlab0123456789"
        parts = [_part(io, value) for value in forms]
        body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in parts)
        return body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
    pieces = [_piece(io, name, value) for name, value in bodies]
    plain = any(name == "json" for name, _ in bodies)
    kind = "application/json" if plain else "application/x-www-form-urlencoded"
    return ("" if plain else "&").join(pieces).encode(errors="surrogateescape"), kind


def _part(io: Io, value: str) -> bytes:
    name, _, text = value.partition("=")
    data, about = text.encode(), f'Content-Disposition: form-data; name="{name}"'
    if text.startswith(("@", "<")):
        data = _file(io, text[1:].partition(";")[0])
        about += f'; filename="{posixpath.basename(text[1:])}"\r\nContent-Type: application/octet-stream' * (
            text[0] == "@"
        )
    return f"{about}\r\n\r\n".encode() + data


def _piece(io: Io, name: str, value: str) -> str:
    """What one option adds to what is sent."""
    if name == "data-urlencode":
        key, equals, text = value.partition("=")
        return f"{key}={quote_plus(text)}" if equals and key else quote_plus(text if equals else value)
    if not value.startswith("@") or name == "data-raw":
        return value
    data = _file(io, value[1:])
    kept = data if name in ("data-binary", "json") else data.replace(b"\n", b"").replace(b"\r", b"")
    return kept.decode(errors="surrogateescape")


def _file(io: Io, name: str) -> bytes:
    try:
        return io.read(name)
    except FileError:
        return b""


async def _ask(io: Io, call: Call, where: tuple[str, int], request: Request | None) -> Response:
    """The answer; without a request only TLS is begun, with a certificate that cannot be verified. Raises _Failed."""
    process, (host, port) = io.process, where
    limit, began = _limit(call), process.time
    try:
        if request is None:
            process.machine.sockets.handshake(host, port)
            raise _Failed(60, UNVERIFIED)
        response = await process.machine.sockets.request(host, port, request, limit)
    except Refused as refused:
        await _refused(io, call, host, port, refused, began)
        raise
    process.catch_up()
    return response


def _limit(call: Call) -> float:
    return _seconds(call.last("max-time")) or 300.0


async def _refused(io: Io, call: Call, host: str, port: int, refused: Refused, began: float) -> None:
    """Say why there is no answer, when that is known. Raises _Failed."""
    limit = _limit(call)
    patience = _seconds(call.last("connect-timeout")) or limit
    await io.process.sleep(min(refused.after, patience, limit))
    passed = round((io.process.time - began) * 1000)
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
    if refused.after >= limit and "max-time" in call.values:
        raise _Failed(28, f"curl: (28) Connection timed out after {passed} milliseconds") from None
    where = f"{host} port {port} after {passed} ms"
    if refused.after >= patience:
        raise _Failed(28, f"curl: (28) Failed to connect to {where}: Timeout was reached") from None
    raise _Failed(UNCONNECTED, f"curl: (7) Failed to connect to {where}: Couldn't connect to server") from None


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
