"""The values of nginx's variables. Upstream: src/http/ngx_http_variables.c of github.com/nginx/nginx"""

from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.network.messages import written
from podlab.embedded.runtime.servers.nginx import files
from podlab.embedded.runtime.servers.nginx.asked import VARIABLE, Asked
from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, Directive
from podlab.embedded.runtime.servers.nginx.configuration.sites import re_of

LOOPBACK = ("127.0.0.1", "::1")
OPEN = ("http_", "arg_", "cookie_", "sent_http_", "upstream_http_", "upstream_cookie_", "sent_trailer_", "jwt_")
KNOWN = frozenset(
    """uri document_uri request_uri args query_string is_args host http_host hostname server_addr server_port
    server_name server_protocol remote_addr remote_port remote_user request_method request scheme nginx_version
    pid proxy_add_x_forwarded_for time_local time_iso8601 msec content_type content_length request_body
    connection connection_requests connection_time request_id document_root realpath_root request_filename
    request_completion request_length request_time status body_bytes_sent bytes_sent https limit_rate
    binary_remote_addr pipe proxy_host proxy_port upstream_addr upstream_status upstream_response_time
    upstream_connect_time upstream_header_time upstream_bytes_received upstream_bytes_sent
    upstream_response_length upstream_cache_status request_body_file ssl_protocol ssl_cipher ssl_server_name
    ssl_client_verify ssl_client_s_dn ssl_client_cert ssl_session_id ssl_session_reused gzip_ratio geo http2
    invalid_referer secure_link secure_link_expires slice_range realip_remote_addr realip_remote_port
    proxy_protocol_addr proxy_protocol_port tcpinfo_rtt tcpinfo_rttvar fastcgi_script_name fastcgi_path_info
    connections_active connections_reading connections_writing connections_waiting proxy_protocol_server_addr
    uid_got uid_set uid_reset date_local date_gmt""".split()  # noqa: SIM905
)
FILLED = frozenset(
    """return rewrite set if add_header proxy_set_header proxy_pass root alias try_files error_page access_log
    log_format map sub_filter index limit_req_zone limit_conn_zone fastcgi_param proxy_redirect proxy_cache_key
    split_clients geo proxy_set_body auth_basic expires auth_request_set hash""".split()  # noqa: SIM905
)
"""Directives whose words may hold variables."""


PLAIN = ("return", "add_header", "proxy_set_header", "proxy_pass", "root", "alias", "set")
"""Of these, all words may."""


def malformed(text: str) -> str:
    """What is wrong with the variables in a text; "" if nothing is."""
    for found in re.finditer(r"\$(\{\w*(\}?)|\w*)", text):
        if found[1].startswith("{") and not found[2]:
            return f'the closing bracket in "{found[1][1:]}" variable is missing'
        if not found[1].strip("{}"):
            return "invalid variable name"
    return ""


def unknown(config: Directive) -> str:
    """A variable that nothing defines; "" if there is none."""
    made: set[str] = set()
    asked: list[str] = []
    for http in config.all("http"):
        for one in _below(http):
            if one.name in ("set", "auth_request_set"):
                made.add(one.words[0].lstrip("$"))
            elif one.name in ("map", "geo", "split_clients"):
                made.add(one.words[-1].lstrip("$"))
            texts = one.words if one.name in FILLED else ()
            for text in (*texts, *(one.words if one.name in ("location", "server_name") else ())):
                made.update(re.findall(r"\(\?P?<(\w+)>", text))
            expression = one.name in ("rewrite", "location", "server_name")
            for text in texts[1:] if expression else texts:
                asked += [first or second for first, second in VARIABLE.findall(text)]
    free = (name for name in asked if name not in made and name not in KNOWN and not name.startswith(OPEN))
    return next((name for name in free if not name.isdecimal()), "")


def _below(block: Directive) -> Iterator[Directive]:
    for one in block.inner:
        yield one
        yield from _below(one)


def check(config: Directive) -> None:
    """Refuse a configuration that asks for a variable that nothing defines. Raises ConfigProblem."""
    if wrong := _wrong(config):
        raise ConfigProblem(wrong)


@lru_cache(64)
def _wrong(config: Directive) -> str:
    """What is wrong with the variables of a configuration; "" if nothing is."""
    for one in (one for http in config.all("http") for one in _below(http) if one.name in PLAIN):
        if wrong := next(filter(None, map(malformed, one.words)), ""):
            return f"{wrong} {one.where}"
    name = unknown(config)
    return f'unknown "{name}" variable' if name else ""


def value(asked: Asked, name: str) -> str:
    """The value of `$name`."""
    for table in (asked.values, asked.names, asked.told):
        if name in table:
            return table[name]
    if name.isdecimal():
        return _group(asked, int(name))
    if (special := _open(asked, name)) is not None:
        return special
    if name in ("request_filename", "document_root", "realpath_root"):
        return files.path(asked, asked.location) if name == "request_filename" else files.root(asked, asked.location)
    table = _of_request(asked) | _of_server(asked)
    return table[name] if name in table else _mapped(asked, name)


def _group(asked: Asked, number: int) -> str:
    try:
        return (asked.match.group(number) or "") if asked.match else ""
    except (IndexError, KeyError, ValueError):
        return ""


def _open(asked: Asked, name: str) -> str | None:
    if name.startswith("http_") and name != "http_host":
        return asked.request.headers.get(name[5:].replace("_", "-"), "")
    if name.startswith("arg_"):
        pairs = [pair.partition("=") for pair in asked.args.split("&")]
        return next((text for key, _, text in pairs if key == name[4:]), "")
    if name.startswith("cookie_"):
        pairs = [pair.strip().partition("=") for pair in asked.request.headers.get("cookie", "").split(";")]
        return next((text for key, _, text in pairs if key == name[7:]), "")
    return None


def _of_request(asked: Asked) -> dict[str, str]:
    request, headers = asked.request, asked.request.headers
    return {
        "uri": asked.path,
        "document_uri": asked.path,
        "request_uri": request.path,
        "args": asked.args,
        "query_string": asked.args,
        "is_args": "?" if asked.args else "",
        "host": host(asked) or asked.server.name,
        "http_host": headers.get("host", ""),
        "server_protocol": request.version,
        "remote_addr": request.client,
        "remote_port": "40000",
        "remote_user": user(asked)[0],
        "request_method": request.method,
        "request_length": str(len(written(request))),
        "content_type": headers.get("content-type", ""),
        "content_length": headers.get("content-length", str(len(request.body)) if request.body else ""),
        "request_body": request.body.decode(errors="replace"),
        "proxy_add_x_forwarded_for": ", ".join(filter(None, [headers.get("x-forwarded-for", ""), request.client])),
        "status": f"{asked.status:03}" if asked.status else "200",
        "body_bytes_sent": "0",
        "bytes_sent": "0",
        "request_time": "0.000",
        "connection": str(asked.count),
        "connection_requests": "1",
        "request_completion": "",
        "pipe": ".",
    }


def _of_server(asked: Asked) -> dict[str, str]:
    process, now = asked.process, datetime.fromtimestamp(asked.process.time, UTC)
    return {
        "hostname": process.machine.hostname,
        "server_addr": asked.request.client if asked.request.client in LOOPBACK else process.machine.ip,
        "server_port": str(asked.port),
        "server_name": asked.server.name,
        "scheme": "https" if asked.request.secure else "http",
        "https": "on" if asked.request.secure else "",
        "limit_rate": "0",
        "nginx_version": process.machine.image.version,
        "pid": str(process.pid),
        "time_local": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "time_iso8601": now.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "date_gmt": now.strftime("%A, %d-%b-%Y %H:%M:%S GMT"),
        "msec": f"{process.time:.3f}",
        "request_id": hashlib.md5(f"{process.time}{asked.count}".encode()).hexdigest(),
    }


def host(asked: Asked) -> str:
    """The name that was asked for, without its port."""
    text = asked.request.headers.get("host", "").lower()
    return (text if text.endswith("]") else re.sub(r":\d*$", "", text)).rstrip(".")


def user(asked: Asked) -> tuple[str, str]:
    """(name, password) of basic authentication, whether or not they are right."""
    kind, _, code = asked.request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(code).decode(errors="replace").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password


def _mapped(asked: Asked, name: str) -> str:
    for one in asked.server.http.inner:
        if one.name in ("map", "split_clients", "geo") and one.words[-1] == f"${name}":
            return _of_map(asked, one) if one.name == "map" else _of_default(one)
    if any(one.name == "set" and one.words[0] == f"${name}" for one in _below(asked.server.http)):
        asked.complain(f'using uninitialized "{name}" variable', "warn")
    return ""


def _of_default(block: Directive) -> str:
    row = next((row for row in block.inner if row.name in ("default", "*") and row.words), None)
    return row.words[0] if row else ""


def _of_map(asked: Asked, block: Directive) -> str:
    text = asked.filled(block.words[0])
    names = any(row.name == "hostnames" for row in block.inner)
    rows = [row for row in block.inner if row.words]
    for row in rows:
        if row.name.lower().removeprefix("\\") == text.lower() or (names and _fits(row.name, text)):
            return asked.filled(row.words[0])
    for row in rows:
        if row.name.startswith("~"):
            loose = row.name.startswith("~*")
            expression = re_of(row.name[2 if loose else 1 :])
            if match := patterns.perl(expression, ignore_case=loose).search(text):
                asked.matched(match)
                return asked.filled(row.words[0])
    return asked.filled(_of_default(block))


def _fits(name: str, text: str) -> bool:
    if name.startswith((".", "*.")):
        return text.endswith(name.lstrip("*")) or text == name.lstrip(".")
    return name.endswith(".*") and posixpath.splitext(text)[0].startswith(name[:-2])
