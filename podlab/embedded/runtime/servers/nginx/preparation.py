"""What the official nginx image does with files before it listens, and what becomes of that without the rights to.

Upstream: docker-entrypoint.d of github.com/nginx/docker-nginx, src/core/ngx_file.c (ngx_create_paths)
"""

from __future__ import annotations

from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.machine.identity import Identity

ERRNO = {"Operation not permitted": 1, "Permission denied": 13, "Read-only file system": 30}
CACHE, WORKER = "/var/cache/nginx/client_temp", 101
PIDFILE, CONFIG = "/run/nginx.pid", "/etc/nginx/conf.d/default.conf"
LISTEN_SCRIPT = "10-listen-on-ipv6-by-default.sh: info: "
NOT_ROOT = (
    'the "user" directive makes sense only if the master process runs with super-user privileges, '
    "ignored in /etc/nginx/nginx.conf:2"
)


def configured(log: str, files: Files) -> str:
    """The entry point's log: its first script leaves a configuration alone that is not there or may not be written."""
    reason = f"{CONFIG} is not a file or does not exist"
    if files.exists(CONFIG):
        try:
            files.write(CONFIG, b"", append=True)
            return log
        except FileError:
            reason = f"can not modify {CONFIG} (read-only file system?)"
    kept = [line for line in log.splitlines() if not line.startswith(LISTEN_SCRIPT)]
    after = next(n for n, line in enumerate(kept) if line.endswith("10-listen-on-ipv6-by-default.sh")) + 1
    kept.insert(after, LISTEN_SCRIPT + reason)
    return "".join(f"{line}\n" for line in kept)


def complaint(files: Files, user: Identity, pid: int) -> str:
    """The emergency that ends nginx at its start; "" if it can make what it needs."""
    action, path = "mkdir", CACHE
    try:
        if not files.is_directory(CACHE):
            files.make_directory(CACHE, parents=True)
        if user.uid == 0:
            action = "chown"
            files.set_owner(CACHE, WORKER, None)
        action, path = "open", PIDFILE
        files.make_directory("/run", parents=True)
        files.write(PIDFILE, f"{pid}\n".encode())
    except FileError as error:
        what = f'chown("{path}", {WORKER})' if action == "chown" else f'{action}() "{path}"'
        return f"{what} failed ({ERRNO.get(str(error), 2)}: {error})"
    return ""
