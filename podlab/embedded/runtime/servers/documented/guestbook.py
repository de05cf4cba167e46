"""The documentation's guestbook: a page whose messages a Redis keeps, and the Redis that follows that one.

Upstream: GoogleCloudPlatform/kubernetes-engine-samples quickstarts/guestbook/{php-redis,redis-follower}
"""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.network.connection import End
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.network.namespace import AddressInUse
from podlab.embedded.runtime.network.router import Refused
from podlab.embedded.runtime.servers.rediscli import ask
from podlab.embedded.runtime.servers.waiting import common_log, moment, text, until
from podlab.embedded.runtime.streams import BrokenPipe

LEADER, FOLLOWER, PORT = "redis-leader", "redis-follower", 6379
PIECE = 2**16
PAGE = """<html>
  <head><title>Guestbook</title></head>
  <body>
    <h2>Guestbook</h2>
    <form onsubmit="sign(); return false"><input id="said" placeholder="Messages"> <button>Submit</button></form>
    <div id="messages"></div>
    <script>
      const asked = (query) => fetch('guestbook.php?key=messages&' + query).then((answer) => answer.json());
      const show = () => asked('cmd=get').then((found) => {
        messages.innerText = found.data.split(',').join('\\n');
        return found.data;
      });
      const sign = () => show().then((before) =>
        asked('cmd=set&value=' + encodeURIComponent(before + ',' + said.value)).then(show));
      show();
    </script>
  </body>
</html>
"""


async def follower(process: Process) -> int:
    """gb-redis-follower: says what its leader says, as everything is passed on to that one."""
    _say(process, f"Connecting to MASTER {LEADER}:{PORT}")
    try:
        process.machine.sockets.bind(PORT, accept=lambda end: _relayed(process, end), program="redis-server")
    except AddressInUse:
        return 1
    _say(process, "Ready to accept connections")
    await until(process, "TERM", "INT")
    return 0


def _say(process: Process, words: str) -> None:
    process.out(f"{process.pid}:S {moment(process):%d %b %Y %H:%M:%S}.000 * {words}\n".encode())


async def _relayed(process: Process, end: End) -> None:
    """One connection to the leader for each that comes."""
    try:
        leader = process.machine.sockets.connect(_host(process, LEADER), PORT)
    except Refused:
        end.close()
        return
    await asyncio.gather(_carried(end, leader), _carried(leader, end))


async def _carried(one: End, other: End) -> None:
    try:
        while data := await one.received.take(PIECE):
            other.write(data)
    except BrokenPipe:
        pass
    other.close()


def _host(process: Process, name: str) -> str:
    """A Redis by its name, or by what the environment says of its Service."""
    known = process.env.get(f"{name.upper().replace('-', '_')}_SERVICE_HOST", "")
    return known if process.env.get("GET_HOSTS_FROM") == "env" and known else name


async def frontend(process: Process) -> int:
    """gb-frontend: the page, and `guestbook.php?cmd=set&key=messages&value=…` or `cmd=get`."""

    async def handle(request: Request) -> Response:
        process.catch_up()
        asked = urlsplit(request.path)
        if asked.path == "/guestbook.php":
            answer = await _kept(process, {key: value[-1] for key, value in parse_qs(asked.query).items()})
        else:
            there = asked.path in ("/", "/index.html")
            answer = text(200, PAGE, "text/html") if there else text(404, "Not Found\n", "text/html")
        process.out(common_log(process, request, answer).encode())
        return answer

    try:
        process.machine.sockets.bind(80, handle, program="apache2")
    except AddressInUse:
        return 1
    stamp = moment(process).strftime("%a %b %d %H:%M:%S.%f %Y")
    process.err(
        f"[{stamp}] [core:notice] [pid {process.pid}] AH00094: Command line: 'apache2 -D FOREGROUND'\n".encode()
    )
    await until(process, "TERM", "WINCH")
    return 0


async def _kept(process: Process, asked: dict[str, str]) -> Response:
    """What is set goes to the leader; what is got comes from the follower."""
    setting, key = asked.get("cmd") == "set", asked.get("key", "messages")
    host = _host(process, LEADER if setting else FOLLOWER)
    try:
        end = process.machine.sockets.connect(host, PORT)
        words = ["SET", key, asked.get("value", "")] if setting else ["GET", key]
        found, wrong = await ask(end, words)
        end.close()
    except (Refused, BrokenPipe) as error:
        await process.sleep(min(getattr(error, "after", 0.0), 60.0))
        wrong, found = True, "Connection refused"
    if wrong:
        told = f"PHP Fatal error:  Uncaught Predis\\Connection\\ConnectionException: {found!s} [tcp://{host}:{PORT}]\n"
        process.err(told.encode())
        return text(500, "", "text/html")
    data = found.decode(errors="replace") if isinstance(found, bytes) else ""
    return text(200, json.dumps({"message": "Updated"} if setting else {"data": data}), "application/json")
