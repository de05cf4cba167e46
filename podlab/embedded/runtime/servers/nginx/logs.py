"""nginx's two logs: where their lines go, and what stands in them. Upstream: src/http/modules/ngx_http_log_module.c"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.messages import Response
from podlab.embedded.runtime.servers.nginx.asked import VARIABLE, Asked
from podlab.embedded.runtime.servers.nginx.configuration.checks import LEVELS
from podlab.embedded.runtime.servers.nginx.configuration.grammar import Directive
from podlab.embedded.runtime.servers.nginx.responses import told

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
ERRORS, REQUESTS = "/var/log/nginx/error.log", "/var/log/nginx/access.log"
HEADS = 238
"""Bytes of the headers of an answer, about."""


def stamped(process: Process, level: str, text: str) -> str:
    """A line of what is said before a log is open."""
    stamp = datetime.fromtimestamp(process.time, UTC).strftime("%Y/%m/%d %H:%M:%S")
    return f"{stamp} [{level}] {process.pid}#{process.pid}: {text}\n"


def write(io: Io, path: str, text: str, *, error: bool) -> None:
    """Add lines to a log: a file, or what the process has as its output."""
    process, data = io.process, text.encode(errors="surrogateescape")
    if path in ("off", "/dev/null"):
        return
    if path in ("stderr", "/dev/stderr", "/dev/stdout", "stdout"):
        (process.out if path.endswith("stdout") else process.err)(data)
        return
    try:
        io.writer(path if path.startswith("/") else f"/etc/nginx/{path}", append=True)(data)
    except FileError:
        (process.err if error else process.out)(data)


def error_places(config: Directive | None, asked: Asked | None, level: str) -> list[str]:
    """Where an error of a level is told: of a request where its location says, of all else where the whole does."""
    found: list[Directive] = asked.location.every("error_log") if asked else []
    if config and not found:
        found = config.all("error_log") or [one for http in config.all("http") for one in http.all("error_log")]
    if not found:
        return [ERRORS] if LEVELS.index(level) >= LEVELS.index("error") or config is None else []
    least = [(one.words[0], one.words[1] if len(one.words) > 1 else "error") for one in found]
    return [path for path, wanted in least if LEVELS.index(level) >= LEVELS.index(wanted)]


def requested(io: Io, asked: Asked, found: Response) -> None:
    """Write a request to the access logs of its location."""
    logs = asked.location.every("access_log")
    chunked = found.header("transfer-encoding") == "chunked"
    size = told(found, chunked=chunked) if asked.request.method != "HEAD" else 0
    values = {"status": f"{found.status:03}", "body_bytes_sent": str(size), "bytes_sent": str(size + HEADS)}
    for log in logs:
        if log.words[0] == "off":
            return
        condition = next((word[3:] for word in log.words[1:] if word.startswith("if=")), "1")
        if asked.filled(condition) in ("", "0"):
            continue
        write(io, asked.filled(log.words[0]), _line(asked, _format(asked, log), values) + "\n", error=False)
    if not logs:
        write(io, REQUESTS, _line(asked, (COMBINED, "default"), values) + "\n", error=False)


def _format(asked: Asked, log: Directive) -> tuple[str, str]:
    """(the format that a log names, how it escapes)"""
    name = next((word for word in log.words[1:2] if "=" not in word), "combined")
    for one in asked.server.http.all("log_format"):
        if one.words[0] == name:
            words = one.words[1:]
            escape = words[0].removeprefix("escape=") if words and words[0].startswith("escape=") else ""
            return "".join(words[1:] if escape else words), escape or "default"
    return COMBINED, "default"


def _line(asked: Asked, form: tuple[str, str], values: dict[str, str]) -> str:
    text, escape = form

    def filled(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        value = values[name] if name in values else asked.variable(name)
        if escape == "json":
            return re.sub(r'["\\\x00-\x1f]', lambda char: JSON.get(char[0]) or f"\\u{ord(char[0]):04X}", value)
        if escape == "none":
            return value
        return re.sub(r'["\\\x00-\x1f\x7f]', lambda char: f"\\x{ord(char[0]):02X}", value) or "-"

    return VARIABLE.sub(filled, text)


JSON = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
