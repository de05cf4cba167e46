"""The program `nginx`: the image's entry point, the server's life and signals, `nginx -t`, `nginx -s`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.machine.stdio import Io
from podlab.embedded.runtime.servers.nginx import lives, logs, preparation
from podlab.embedded.runtime.servers.nginx.configuration import config
from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, LateProblem
from podlab.embedded.runtime.servers.nginx.server import CONFIG, Nginx

ENTRYPOINT_LOG = """\
/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf
10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf
/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
/docker-entrypoint.sh: Configuration complete; ready for start up
"""
"""What the official image says before nginx starts: on standard output."""
NOTICES = (
    'using the "epoll" event method',
    "nginx/{version}",
    f"OS: Linux {kernel.VERSION}",
    "getrlimit(RLIMIT_NOFILE): 20000:20000",
    "start worker processes",
    "start worker process {first}",
    "start worker process {second}",
)
LEAVING = 0.01
"""Seconds until the workers have gone, in which who sent the signal goes on."""
SIGNALS = {"reload": "HUP", "quit": "QUIT", "stop": "TERM", "reopen": "USR1"}


def entrypoint(process: Process) -> Coroutine[Any, Any, int]:
    """The official image's entry point, and the server, which is to be awaited."""
    process.out(preparation.configured(ENTRYPOINT_LOG, process.machine.files).encode())
    process.argv = process.argv[1:] or ["nginx"]
    return serve(process, process.argv)


async def serve(process: Process, words: list[str]) -> int:
    """Run the server until a signal ends it; returns its exit code."""
    io = Io(process, process.stdin, process.out, process.err)
    server = Nginx(process, io, _path(words), _more(words))
    process.handles = lambda name: name in ("TERM", "QUIT", "INT", "HUP", "USR1", "WINCH")
    try:
        for warning in server.load():
            server.alarm("warn", warning)
    except ConfigProblem as problem:
        return _refuse(server, str(problem))
    if wrong := server.prepare():
        return _refuse(server, wrong)
    if not await server.bind():
        return 1
    if process.pid == 1 and not _foreground(server):  # the container ends with it, whatever it leaves behind
        server.log("notice", *lives.beginning(NOTICES[:4], process.machine.image.version, []))
        return 0
    process.title = f"nginx: master process {' '.join(process.argv)}"
    server.workers = lives.workers(process)
    server.log("notice", *lives.beginning(NOTICES, process.machine.image.version, server.workers))
    try:
        name = await _signals(server)
        await process.machine.clock.sleep(LEAVING)
        lives.end(server, server.workers, graceful=name == "QUIT")
    finally:
        for worker in server.workers:
            process.machine.processes.leave(worker)
    server.log("notice", "exit")
    return 0


async def _signals(server: Nginx) -> str:
    """Reload on HUP; the name of the signal that ends the server."""
    while True:
        name = await server.process.next_signal()
        server.log("notice", lives.received(name, server.process.sender))
        server.process.sender = 0
        if name in lives.LAST:
            return name
        if name == "USR1":
            server.log("notice", "reopening logs")
            for worker in server.workers:
                server.log("notice", "reopening logs", of=worker)
        if name != "HUP":
            continue
        try:
            server.load()
        except ConfigProblem as problem:
            server.log("emerg", str(problem))
            continue
        server.log("notice", "reconfiguring")
        if await server.bind():
            old, server.workers = server.workers, lives.workers(server.process)
            texts = (*NOTICES[:1], *NOTICES[4:])
            server.log("notice", *lives.beginning(texts, "", server.workers))
            lives.end(server, old, graceful=True, alone=False)


def _refuse(server: Nginx, problem: str) -> int:
    server.alarm("emerg", problem)
    return 1


def _foreground(server: Nginx) -> bool:
    found = server.config.first("daemon") if server.config else None
    return found is not None and found.words[0].lower() == "off"


def _more(words: list[str]) -> str:
    """The directives of the command line."""
    return words[words.index("-g") + 1].rstrip("; ") + ";" if "-g" in words[:-1] else ""


def _path(words: list[str]) -> str:
    return words[words.index("-c") + 1] if "-c" in words[:-1] else CONFIG


async def command(io: Io, words: list[str]) -> int:
    """`nginx [-hvVtTq] [-s SIGNAL] [-c FILE]`; without any of these, the server."""
    version = io.process.machine.image.version
    if wrong := _misread(words):
        return io.fail(f"nginx: {wrong}")
    flags = {letter for word in words if word.startswith("-") for letter in word[1:] if letter in "?hvVtT"}
    if flags & set("?hvV"):
        io.fail(f"nginx version: nginx/{version}")
        if flags & set("?h"):
            io.fail(HELP)
        return io.fail(BUILT, 0) if "V" in flags else 0
    if flags & {"t", "T"}:
        return _tested(io, words)
    if "-s" in words:
        return _signalled(io, words[words.index("-s") + 1])
    return await serve(io.process, words)


VALUED = {"-s": "parameter", "-c": "file name", "-p": "directory name", "-g": "parameter", "-e": "file name"}


def _misread(words: list[str]) -> str:
    """What nginx does not understand of its command line."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in VALUED:
            if not rest:
                return f'option "{word}" requires {VALUED[word]}'
            if word == "-s" and rest[0] not in SIGNALS:
                return f'invalid option: "-s {rest[0]}"'
            rest.pop(0)
        elif not word.startswith("-") or word == "-":
            return f'invalid option: "{word}"'
        elif odd := next((letter for letter in word[1:] if letter not in "?hvVtTq"), ""):
            return f'invalid option: "{odd}"' if f"-{odd}" not in VALUED else ""
    return ""


HELP = """\
Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: /etc/nginx/)
  -e filename   : set error log file (default: /var/log/nginx/error.log)
  -c filename   : set configuration file (default: /etc/nginx/nginx.conf)
  -g directives : set global directives out of configuration file
"""
_TEMPORARY = " ".join(
    f"--http-{name}-temp-path=/var/cache/nginx/{name.replace('-body', '')}_temp"
    for name in ("client-body", "proxy", "fastcgi", "uwsgi", "scgi")
)
_MODULES = """compat file-aio threads http_addition_module http_auth_request_module http_dav_module http_flv_module
http_gunzip_module http_gzip_static_module http_mp4_module http_random_index_module http_realip_module
http_secure_link_module http_slice_module http_ssl_module http_stub_status_module http_sub_module http_v2_module
http_v3_module mail mail_ssl_module stream stream_realip_module stream_ssl_module stream_ssl_preread_module"""
BUILT = (
    "built by gcc 12.2.0 (Debian 12.2.0-14) \nbuilt with OpenSSL 3.0.15 3 Sep 2024\nTLS SNI support enabled\n"
    "configure arguments: --prefix=/etc/nginx --sbin-path=/usr/sbin/nginx --modules-path=/usr/lib/nginx/modules "
    "--conf-path=/etc/nginx/nginx.conf --error-log-path=/var/log/nginx/error.log "
    "--http-log-path=/var/log/nginx/access.log --pid-path=/run/nginx.pid --lock-path=/run/nginx.lock "
    f"{_TEMPORARY} --user=nginx --group=nginx " + " ".join(f"--with-{name}" for name in _MODULES.split())
)
"""How the official image's nginx was built. Upstream: github.com/nginx/pkg-oss debian/rules"""


def _tested(io: Io, words: list[str]) -> int:
    server = Nginx(io.process, io, _path(words), _more(words))
    try:
        for warning in server.load():
            _said(io, "warn", warning)
    except ConfigProblem as problem:
        if isinstance(problem, LateProblem):
            io.fail(f"nginx: the configuration file {server.path} syntax is ok")
        _said(io, "emerg", str(problem))
        return io.fail(f"nginx: configuration file {server.path} test failed")
    if "-q" not in words:
        io.fail(f"nginx: the configuration file {server.path} syntax is ok")
        io.fail(f"nginx: configuration file {server.path} test is successful")
    if "-T" in words:
        for path in dict.fromkeys([server.path, *config.files_of(server.config)]):
            io.say(f"# configuration file {path}:")
            io.out(io.read(path))
            io.say("")
    return 0


def _said(io: Io, level: str, text: str) -> None:
    io.err(logs.stamped(io.process, level, text).encode(errors="surrogateescape"))


def _signalled(io: Io, wanted: str) -> int:
    name = SIGNALS[wanted]
    server = Nginx(io.process, io)
    try:
        server.load()
    except ConfigProblem as problem:
        _said(io, "emerg", str(problem))
        return 1
    server.log("notice", "signal process started")
    running = io.process.machine.processes.running.values()
    main = next((one for one in running if one.title.startswith("nginx: master")), None)
    if main is None:
        return io.fail('nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)')
    main.sender = io.process.pid
    main.signal(name)
    return 0
