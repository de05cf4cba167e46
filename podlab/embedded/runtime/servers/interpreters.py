"""The languages whose images tutorials start: what a line or two of them does; all else is refused plainly.

Upstream: python/cpython Lib/http/server.py
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.servers import sites
from podlab.embedded.runtime.servers.waiting import moment, text

REFUSED = "{0}: podlab simulates no {1} programs: only {2}\n"
MOST_DIGITS = 5000


class Unsimulated(Exception):
    """Code that nothing here can run."""


def _refuse(process: Process, language: str, what: str) -> int:
    process.err(REFUSED.format(process.argv[0].rpartition("/")[2], language, what).encode())
    return 1


async def python(process: Process) -> int:
    """`python -m http.server`, `python -c`, `python --version`"""
    words = [word for word in process.argv[1:] if word not in ("-u", "-B")]
    if words[:1] in (["--version"], ["-V"]):
        process.out(f"Python {process.machine.image.version}\n".encode())
        return 0
    if words[:2] == ["-m", "http.server"]:
        return await _http_server(process, words[2:])
    if not words and not process.stdin.size():
        return 0  # what is not at a terminal reads its program from an empty standard input
    source = words[1] if words[:1] == ["-c"] and len(words) > 1 else ""
    try:
        return await _run(process, source)
    except (Unsimulated, SyntaxError, RecursionError, ValueError):
        return _refuse(process, "Python", "-m http.server, and -c with print, time.sleep, os.environ and sys.exit")


async def _http_server(process: Process, words: list[str]) -> int:
    folder = process.cwd
    for option in ("-d", "--directory", "-b", "--bind"):
        if option in words[:-1]:
            at = words.index(option)
            folder = words[at + 1] if option in ("-d", "--directory") else folder
            words = words[:at] + words[at + 2 :]
    port = int(words[0]) if words and words[0].isdecimal() else 8000

    async def handle(request: Request) -> Response:
        process.catch_up()
        page = sites.found(process.machine.files, folder, request) if request.method in ("GET", "HEAD") else 501
        if isinstance(page, list):
            page = sites.listing(request.path, page, "Directory listing for")
        if isinstance(page, int):
            page = text(page, f"<!DOCTYPE HTML>\n<h1>Error response</h1>\n<p>Error code: {page}</p>\n", "text/html")
        stamp = moment(process).strftime("%d/%b/%Y %H:%M:%S")
        line = f'{request.client} - - [{stamp}] "{request.method} {request.path} HTTP/1.1" {page.status} -\n'
        process.err(line.encode())
        server = {"Server": f"SimpleHTTP/0.6 Python/{process.machine.image.version}"}
        return Response(page.status, server | page.headers, b"" if request.method == "HEAD" else page.body)

    try:
        process.machine.sockets.bind(port, handle, program="python3")
    except AddressInUse:
        process.err(b"OSError: [Errno 98] Address already in use\n")
        return 1
    if "-u" in process.argv or process.env.get("PYTHONUNBUFFERED"):  # else the line waits in a buffer
        process.out(f"Serving HTTP on 0.0.0.0 port {port} (http://0.0.0.0:{port}/) ...\n".encode())
    await process.next_signal()  # it handles none: only SIGKILL ends it
    return 0


async def _run(process: Process, source: str) -> int:
    statements = ast.parse(source).body
    if not statements:
        raise Unsimulated
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names = [statement.module] if isinstance(statement, ast.ImportFrom) else [n.name for n in statement.names]
            if not set(names) <= {"os", "sys", "time", "socket", "math"}:
                raise Unsimulated
            continue
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
            raise Unsimulated
        call = statement.value
        name, values = ast.unparse(call.func), [_value(process, one) for one in call.args]
        if name == "print":
            named = {key.arg: _value(process, key.value) for key in call.keywords if key.arg != "flush"}
            end = str(named.get("end", "\n"))
            process.out((str(named.get("sep", " ")).join(map(str, values)) + end).encode(errors="surrogateescape"))
        elif name in ("time.sleep", "sleep") and values and isinstance(values[0], (int, float)):
            await process.sleep(values[0])
        elif name in ("sys.exit", "exit", "quit"):
            return _exit(process, values)
        else:
            raise Unsimulated
    return 0


def _exit(process: Process, values: list[object]) -> int:
    if values and not isinstance(values[0], int):
        process.err(f"{values[0]}\n".encode())
        return 1
    code = values[0] if values else 0
    return code if isinstance(code, int) else 0


def _value(process: Process, node: ast.expr) -> object:
    """What a simple expression is worth. Raises Unsimulated."""
    known: Mapping[str, object] = {"socket.gethostname()": process.machine.hostname, "os.getpid()": process.pid}
    shown = ast.unparse(node)
    if shown in known:
        return known[shown]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.FormattedValue) else one for one in node.values]
        return "".join(str(_value(process, one)) for one in parts)
    if found := re.fullmatch(r"os\.(?:environ\[|environ\.get\(|getenv\()'(\w+)'(?:, '([^']*)')?[\])]", shown):
        if found[1] not in process.env and "[" in shown:
            raise Unsimulated
        return process.env.get(found[1], found[2])
    if isinstance(node, ast.BinOp):
        left, right = _value(process, node.left), _value(process, node.right)
        if isinstance(left, str) and isinstance(right, str) and isinstance(node.op, ast.Add):
            return left + right
        if isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) < 10**9:
            table: dict[type[ast.operator], int] = {
                ast.Add: left + right,
                ast.Sub: left - right,
                ast.Mult: left * right,
            }
            if (worth := table.get(type(node.op))) is not None:
                return worth
    raise Unsimulated


async def node(process: Process) -> int:
    """`node --version`, `node -e "console.log('text')"`"""
    words = process.argv[1:]
    if words[:1] in (["--version"], ["-v"]):
        process.out(f"v{process.machine.image.version}\n".encode())
        return 0
    if not words and not process.stdin.size():
        return 0
    source = words[1] if words[:1] in (["-e"], ["--eval"]) and len(words) > 1 else ""
    said = re.fullmatch(r"""\s*console\.log\((["'`])([^"'`\\$]*)\1\);?\s*""", source)
    if not said:
        return _refuse(process, "JavaScript", "-e \"console.log('text')\" and --version")
    process.out(f"{said[2]}\n".encode())
    return 0


async def perl(process: Process) -> int:
    """The line of Kubernetes' own example of a Job: so many digits of pi."""
    found = re.search(r"print bpi\((\d{1,5})\)", " ".join(process.argv[1:]))
    if not found or not 0 < int(found[1]) <= MOST_DIGITS:
        return _refuse(process, "Perl", "-Mbignum=bpi -wle 'print bpi(N)'")
    await process.sleep(int(found[1]) / 400)
    process.out(f"{pi(int(found[1]))}\n".encode())
    return 0


def pi(digits: int) -> str:
    """Pi, rounded to so many digits (Machin's formula)."""
    unity = int("1" + "0" * (digits + 10))

    def arctan(inverse: int) -> int:
        term = total = unity // inverse
        for odd in range(3, 10 * digits + 100, 2):
            term = -term // inverse**2
            if not term or term == -1:
                break
            total += term // odd
        return total

    value = 4 * (4 * arctan(5) - arctan(239))
    rounded = str((value + 5 * 10**10) // 10**11)
    return f"{rounded[0]}.{rounded[1:]}" if digits > 1 else rounded
