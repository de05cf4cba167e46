"""What nginx does with files: the file of a path, index files, listings. Its workers read them, who are not root.

Upstream: src/http/modules/ngx_http_static_module.c, ngx_http_index_module.c, ngx_http_autoindex_module.c
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.identity import Identity
from podlab.embedded.runtime.permissions import READ, SEARCH, permitted
from podlab.embedded.runtime.servers.nginx.asked import BUILT_IN, Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location

ERRNO = {"No such file or directory": 2, "Permission denied": 13, "Not a directory": 20, "Is a directory": 21}
USUAL_TYPES = {"html": "text/html", "gif": "image/gif", "jpg": "image/jpeg"}
"""Without a block of `types`."""


def root(asked: Asked, location: Location) -> str:
    """The folder of the files of a location."""
    found = location.block.first("alias") or location.find("root")
    folder = asked.filled(found.words[0]) if found else BUILT_IN
    return folder if folder.startswith("/") else posixpath.join("/etc/nginx", folder)


def path(asked: Asked, location: Location, name: str | None = None) -> str:
    """The file for a path: the request's, or another."""
    name, folder = asked.path if name is None else name, root(asked, location)
    if next((one for one in (location.block, *location.around[:-1]) if one.first("alias")), None) is None:
        return folder.rstrip("/") + name
    alias = next(one for one in (location.block, *location.around) if one.first("alias"))
    folder = asked.filled(alias.all("alias")[0].words[0])
    if alias.name == "location" and alias.words[0].startswith("~"):
        return folder
    return folder + name[len(location.prefix) :]


def kind(asked: Asked, location: Location) -> str:
    """The media type for the end of a path."""
    end = asked.path.rpartition("/")[2].rpartition(".")[2].lower() if "." in asked.path.rpartition("/")[2] else ""
    blocks = location.every("types")
    for row in (row for block in blocks for row in block.inner):
        if end and end in row.words:
            return row.name
    if not blocks and end in USUAL_TYPES:
        return USUAL_TYPES[end]
    return location.word("default_type", "text/plain")


def worker(asked: Asked) -> Identity | None:
    """Who reads files in root's place; None if nginx does not run as root."""
    machine = asked.process.machine
    uid = machine.image.account("nginx")
    return Identity(uid, uid, (uid,)) if machine.user.uid == 0 and uid else None


def problem(asked: Asked, name: str) -> str:
    """Why a worker cannot open a file; "" if it can."""
    found, who = asked.process.machine.files, worker(asked)
    for above in _above(name) if who else ():
        if who and found.is_directory(above) and not permitted(who, found.owner(above), found.mode(above), SEARCH):
            return "Permission denied"
    name = found.resolve(name)
    if who and found.exists(name) and not permitted(who, found.owner(name), found.mode(name), READ):
        return "Permission denied"
    try:
        if not found.is_directory(name):
            found.read(name)
    except FileError as error:
        return str(error)
    return ""


def _above(name: str) -> Iterator[str]:
    parts = name.strip("/").split("/")[:-1]
    return ("/" + "/".join(parts[: n + 1]) for n in range(len(parts)))


def changed(asked: Asked, name: str) -> float:
    """When a file was changed."""
    found = asked.process.machine.files.changed(asked.process.machine.files.resolve(name))
    return asked.process.machine.began if found is None else found


def served(asked: Asked, location: Location) -> Page | str:
    """The page of a file; a path with its slash, to send the client there."""
    if asked.request.method not in ("GET", "HEAD", "POST"):
        return Page(405)
    name = path(asked, location)
    if why := problem(asked, name):
        number = ERRNO.get(why, 2)
        if number != 2 or location.on("log_not_found", usual=True):
            asked.complain(f'open() "{name}" failed ({number}: {why})')
        return Page(403 if number == 13 else 404)
    found = asked.process.machine.files
    if found.is_directory(name):
        return f"{asked.path}/" + (f"?{asked.args}" if asked.args else "")
    if asked.request.method == "POST":
        return Page(405)
    data = found.read(name)
    return Page(200, data, kind(asked, location), plain=True, file=True, modified=changed(asked, name))


def index(asked: Asked, location: Location) -> Page | str:
    """What a path that ends with a slash leads to: the path of an index file, a listing, or that there is neither."""
    if asked.request.method not in ("GET", "HEAD", "POST"):
        return Page(405)
    names = location.find("index")
    folder, found = path(asked, location, asked.path), asked.process.machine.files
    for word in names.words if names else ("index.html",):
        name = asked.filled(word)
        if name.startswith("/"):
            return name
        why = problem(asked, folder + name)
        if not why and not found.is_directory(folder + name):
            return asked.path + name
        if why == "Permission denied":
            asked.complain(f'"{folder}{name}" is forbidden (13: Permission denied)')
            return Page(403)
        if why and not found.is_directory(folder.rstrip("/") or "/"):
            asked.complain(f'"{folder}{name}" is not found (2: No such file or directory)')
            return Page(404)
    if location.on("autoindex"):
        return _listing(asked, location, folder)
    asked.complain(f'directory index of "{folder}" is forbidden')
    return Page(403)


def _listing(asked: Asked, location: Location, folder: str) -> Page:
    """Folders first, then files. Upstream: ngx_http_autoindex_cmp_entries"""
    found = asked.process.machine.files
    names = [name for name in found.list(folder.rstrip("/") or "/") if not name.startswith(".")]
    entries = [(not found.is_directory(folder + name), name) for name in names]
    rows = [(file, name, changed(asked, folder + name), found.size(folder + name)) for file, name in sorted(entries)]
    if location.word("autoindex_format") == "json":
        return Page(200, _as_json(rows).encode(), "application/json", plain=True, chunked=True)
    exact = location.on("autoindex_exact_size", usual=True)
    lines = ['<a href="../">../</a>']
    for file, name, when, size in rows:
        slash = "" if file else "/"
        shown = name + slash if len(name + slash) <= 50 else f"{name[:47]}..&gt;"
        space = " " * (51 - min(len(name + slash), 50))
        moment = datetime.fromtimestamp(when, UTC).strftime("%d-%b-%Y %H:%M")
        text = "-" if not file else str(size) if exact else _short(size)
        lines.append(f'<a href="{quote(name)}{slash}">{shown}</a>{space}{moment} {text:>{19 if exact else 7}}')
    title = f"Index of {asked.path}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<h1>{title}</h1><hr><pre>"
    page += "\r\n".join(lines) + "\r\n</pre><hr></body>\r\n</html>\r\n"
    return Page(200, page.encode(), "text/html", plain=True, chunked=True)


def _short(size: int) -> str:
    """A size as nginx rounds it."""
    for unit, power in (("G", 30), ("M", 20), ("K", 10)):
        if size > (1 << power) - 1 and (power != 10 or size > 9999):
            return f"{(size + (1 << (power - 1))) >> power}{unit}"
    return str(size)


def _as_json(rows: list[tuple[bool, str, float, int]]) -> str:
    lines = []
    for file, name, when, size in rows:
        moment = datetime.fromtimestamp(when, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        line = f'{{ "name":{json.dumps(name)}, "type":"{"file" if file else "directory"}", "mtime":"{moment}"'
        lines.append(line + (f', "size":{size} }}' if file else " }"))
    return "[\r\n" + ",\r\n".join(lines) + "\r\n]"
