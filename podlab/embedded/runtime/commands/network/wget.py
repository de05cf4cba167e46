"""wget, as busybox has it (and GNU's, where an image brings that)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.messages import REASONS, Request, Response
from podlab.embedded.runtime.network.router import NO_TLS, Refused

USAGE = """BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
\t[--post-data STR | --post-file FILE] [-Y on/off]
\t[--no-check-certificate] [-P DIR] [-U AGENT] URL...

Retrieve files via HTTP or FTP
"""
VALUED = {"--header": "header", "--post-data": "data", "--post-file": "file", "--timeout": "T", "--tries": "t"}
PARTIAL = 206
MUSL = {"Connection timed out": "Operation timed out", "No route to host": "Host is unreachable"}
"""What alpine's C library says where others have other words."""
VALUED |= {"--output-document": "O", "--user-agent": "U", "--directory-prefix": "P"}


PORTS = {"http": 80, "https": 443, "ftp": 21}


@dataclass(slots=True)
class _Call:
    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    unknown: str = ""


def _parse(words: list[str]) -> _Call:
    call, words = _Call(), list(words)
    while words:
        word = words.pop(0)
        name, equals, inline = word.partition("=")
        if name in VALUED:
            value = inline if equals else words.pop(0) if words else ""
            if VALUED[name] == "header":
                key, _, text = value.partition(":")
                call.headers[key.strip().lower()] = text.strip()
            call.values[VALUED[name]] = value
        elif word.startswith("--"):
            call.flags.add(word)
        elif word.startswith("-") and len(word) > 1:
            _letters(call, word[1:], words)
        else:
            call.urls.append(word)
    return call


def _letters(call: _Call, letters: str, words: list[str]) -> None:
    for at, letter in enumerate(letters):
        if letter in "OoPUTtY":
            call.values[letter] = letters[at + 1 :] or (words.pop(0) if words else "")
            return
        if letter not in "cqSFn":
            call.unknown = letter
        call.flags.add(letter)


async def wget(io: Io, words: list[str]) -> int:
    """`wget [-cqS] [--spider] [-O FILE|-] [-T SECONDS] [--header H] [--post-data D] URL…`"""
    call = _parse(words)
    if call.unknown:
        return io.fail(f"wget: invalid option -- '{call.unknown}'\n{USAGE}")
    if "--help" in call.flags or not call.urls:
        return io.fail(USAGE, 0 if "--help" in call.flags else 1)
    code = 0
    for url in call.urls:
        code = await _one(io, call, url, 0)
        if code:
            break
    return code


async def _one(io: Io, call: _Call, url: str, redirects: int) -> int:
    quiet = "q" in call.flags or "--quiet" in call.flags
    split = urlsplit(url if "://" in url else f"http://{url}")
    if split.scheme not in PORTS:
        return io.fail(f"wget: not an http or ftp url: {url}")
    try:
        host, port = split.hostname or "", split.port or PORTS[split.scheme]
    except ValueError:
        return io.fail(f"wget: bad port spec '{split.netloc}'")
    try:
        ip = io.process.machine.sockets.address(host)
    except Refused as refused:
        await io.process.sleep(refused.after)
        return io.fail(f"wget: bad address '{split.netloc.rpartition('@')[2]}'")
    if not quiet:
        io.fail(f"Connecting to {split.netloc.rpartition('@')[2]} ({ip}:{port})")
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    try:
        response = await _ask(io, call, split, host, port, path)
    except Refused as refused:
        return _refused(io, refused, ip)
    if "S" in call.flags:
        reason = response.reason or REASONS.get(response.status, "")
        io.fail(f"  HTTP/1.1 {response.status} {reason}")
        if response.status < 400:  # of an error wget reads no further
            io.err("".join(f"  {key}: {value}\n" for key, value in response.sent()).encode() + b"  \n")
    target = response.header("location")
    if response.status in (301, 302, 303, 307, 308) and target and redirects < 5:
        return await _one(io, call, target if "://" in target else f"http://{split.netloc}{target}", redirects + 1)
    if response.status >= 400 or response.status == 0:
        reason = response.reason or REASONS.get(response.status, "")
        return io.fail(f"wget: server returned error: HTTP/1.1 {response.status} {reason}")
    return _saved(io, call, split.path, response, quiet=quiet)


async def _ask(io: Io, call: _Call, split: SplitResult, host: str, port: int, path: str) -> Response:
    headers = {
        "host": split.netloc.rpartition("@")[2],
        "user-agent": call.values.get("U", "Wget"),
        "connection": "close",
    }
    headers |= call.headers
    if kept := _kept(io, call, split.path):
        headers["range"] = f"bytes={kept}-"
    body, method = b"", "GET"
    if "data" in call.values:
        body, method = call.values["data"].encode(), "POST"
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
    given = call.values.get("T", "")
    limit = float(given) if given.isdecimal() and int(given) else 900.0
    process = io.process
    if "file" in call.values:
        body, method = io.read(call.values["file"]), "POST"
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
    if split.scheme == "ftp":
        process.machine.sockets.connect(host, port).close()
        raise Refused("malformed reply")
    try:
        request = Request(method, path, headers, body, secure=split.scheme == "https")
        response = await process.machine.sockets.request(host, port, request, limit)
    except Refused as refused:
        await process.sleep(min(refused.after, limit))
        if refused.after >= limit:
            raise Refused("download timed out") from None
        raise
    process.catch_up()
    return response


def _kept(io: Io, call: _Call, path: str) -> int:
    """Bytes that are there already, where the rest is asked for."""
    files, name = io.process.machine.files, io.path(_name(call, path))
    return files.size(name) if "c" in call.flags and files.exists(name) and not files.is_directory(name) else 0


def _name(call: _Call, path: str) -> str:
    name = call.values.get("O") or posixpath.basename(path) or "index.html"
    return posixpath.join(call.values["P"], name) if "P" in call.values and "O" not in call.values else name


def _refused(io: Io, refused: Refused, ip: str) -> int:
    if refused.reason in ("download timed out", "timed out"):
        return io.fail("wget: download timed out")
    if refused.reason == NO_TLS:
        return io.fail("wget: error getting response: Connection reset by peer")
    if refused.reason == "empty reply":
        return io.fail("wget: error getting response")
    if refused.reason == "malformed reply":
        return io.fail("wget: error getting response")
    musl = "/etc/alpine-release" in io.process.machine.image.files
    reason = MUSL.get(refused.reason, refused.reason) if musl else refused.reason
    return io.fail(f"wget: can't connect to remote host ({ip}): {reason}")


def _saved(io: Io, call: _Call, path: str, response: Response, *, quiet: bool) -> int:
    if "--spider" in call.flags:
        return 0 if quiet else io.fail("remote file exists", 0)
    name = _name(call, path)
    files = io.process.machine.files
    try:
        if name != "-" and "O" not in call.values and "c" not in call.flags and files.exists(io.path(name)):
            raise FileError("File exists")
        if name == "-":
            _report(io, "-", "writing to stdout", response, quiet=quiet)
            io.out(response.body)
            return 0 if quiet else io.fail("written to stdout", 0)
        io.writer(name, append=response.status == PARTIAL)(response.body)
    except FileError as error:
        return io.fail(f"wget: can't open '{name}': {error}")
    _report(io, posixpath.basename(name), f"saving to '{name}'", response, quiet=quiet)
    return 0 if quiet else io.fail(f"'{name}' saved", 0)


def _report(io: Io, name: str, first: str, response: Response, *, quiet: bool) -> None:
    if quiet:
        return
    io.fail(first)
    size = len(response.body)
    io.fail(f"{name[:20]:20} 100% |{'*' * 32}| {size:5}  0:00:00 ETA")
