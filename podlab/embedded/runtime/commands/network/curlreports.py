"""What curl reports of a transfer: its progress, `-v`, and what `-w` asks for.

Upstream: github.com/curl/curl lib/progress.c, src/tool_writeout.c
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from podlab.embedded.runtime.machine.process import Write
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.network.messages import Response, head

METER = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
)
NOTHING = "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
TIMES = ("time_total", "time_connect", "time_namelookup", "time_starttransfer", "time_appconnect", "time_pretransfer")


@dataclass(slots=True)
class Transfer:
    """One transfer: where it went, what came of it, and what was told of it."""

    url: str
    given: str = ""
    response: Response = field(default_factory=lambda: Response(0, {}))
    method: str = "GET"
    remote: tuple[str, int] | None = None
    local: str = ""
    sent: int = 0
    redirects: int = 0
    code: int = 0
    text: str = ""
    file: str = ""
    connects: int = 0
    number: int = 0
    uploaded: int = 0


def waited(seconds: float) -> str:
    """The meter while nothing comes, once a second."""
    return "".join(
        f"\r  0     0    0     0    0     0      0      0 --:--:--  0:{at // 60:02}:{at % 60:02} --:--:--     0"
        for at in range(1, int(min(seconds, 600)) + 1)
    )


def ended(size: int, *, whole: bool) -> str:
    """The meter's last line; what is not `whole` was announced, but not taken."""
    if not whole:
        return f"\r  0 {size:5}    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
    return f"\r100 {size:5}  100 {size:5}    0     0   {size}k      0 --:--:-- --:--:-- --:--:--  {size}k\n"


def answered(io: Io, response: Response) -> None:
    """The lines of an answer, as -v shows them."""
    io.err("".join(f"< {line}\r\n" for line in [*head(response).split("\r\n")[:-1], ""]).encode())
    if response.body:
        io.err(f"{{ [{len(response.body)} bytes data]\n".encode())


def formatted(io: Io, form: str, done: Transfer) -> None:
    """Write what `-w` asks for; names that nobody knows are complained of."""
    known, write, told = facts(done), io.out, list[tuple[Write, bytes]]()
    pieces = re.split(r"(%\{[^}]*\}|%header\{[^}]*\}|%%|\\.)", form)
    escapes = {"\\n": "\n", "\\t": "\t", "\\r": "\r"}
    for piece in pieces:
        text = escapes.get(piece, "%" if piece == "%%" else piece)
        if piece.startswith("%header{"):
            text = done.response.header(piece[8:-1])
        elif piece.startswith("%{"):
            name = piece[2:-1]
            if name in ("stderr", "stdout"):
                write = io.err if name == "stderr" else io.out
            text = json.dumps(known, sort_keys=True, separators=(",", ":")) if name == "json" else known.get(name, "")
            if name not in known and name not in ("stderr", "stdout", "onerror", "json"):
                io.fail(f"curl: unknown --write-out variable: '{name}'")
        told.append((write, text.encode(errors="surrogateescape")))
    for one, data in told:
        one(data)


def facts(done: Transfer) -> Mapping[str, str]:
    """What `-w` can name."""
    response, (remote, port) = done.response, done.remote or ("", 0)
    split = re.match(r"(\w+)://([^/]*)", done.url)
    scheme, place = (split[1], split[2]) if split else ("http", "")
    target = response.header("location")
    led = target if "://" in target or not target else f"{scheme}://{place}{target}"
    headers: dict[str, list[str]] = {}
    for key, value in response.sent():
        headers.setdefault(key.lower(), []).append(value)
    shown = ",\n".join(f'"{key}":{json.dumps(value, separators=(",", ":"))}' for key, value in headers.items())
    code = f"{response.status:03}"
    size = str(len(head(response)) + 2 if response.status else 0)
    return {
        "http_code": code, "response_code": code, "http_connect": "000", "url_effective": done.url, "url": done.given,
        "size_download": str(len(response.body)), "size_upload": str(done.uploaded), "size_header": size,
        "content_type": response.header("content-type"), "size_request": str(done.sent), "redirect_url": led,
        "num_redirects": str(done.redirects), "num_connects": str(done.connects), "method": done.method,
        "num_headers": str(len(response.sent())), "http_version": "1.1" if response.status else "0",
        "scheme": scheme.upper() if done.remote else "", "remote_ip": remote, "remote_port": str(port),
        "local_ip": done.local, "local_port": "40000" if remote else "0", "exitcode": str(done.code),
        "errormsg": done.text, "filename_effective": done.file, "urlnum": str(done.number), "certs": "",
        "ssl_verify_result": "0", "proxy_ssl_verify_result": "0", "ftp_entry_path": "", "num_certs": "0",
        "referer": "", "speed_download": "615", "speed_upload": "0", "header_json": f"{{{shown}\n}}\n",
        **dict.fromkeys(TIMES, "0.001000"), "time_redirect": "0.000000", "time_appconnect": "0.000000",
    }  # fmt: skip
