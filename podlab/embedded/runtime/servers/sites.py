"""Files as plain web servers give them out: Apache's httpd, and Python's `http.server`."""

from __future__ import annotations

import html
import posixpath
from urllib.parse import unquote

from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.network.messages import Request, Response
from podlab.embedded.runtime.servers.waiting import text

TYPES = {".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "text/javascript"}
TYPES |= {".json": "application/json", ".txt": "text/plain", ".svg": "image/svg+xml", ".xml": "text/xml"}


def found(files: Files, root: str, request: Request) -> Response | int | list[str]:
    """A file's page, a status that refuses it, or the names in a directory without an index."""
    path = unquote(request.path.partition("?")[0])
    name = posixpath.normpath(f"{root}/{path.lstrip('/')}")
    if not f"{name}/".startswith(f"{root.rstrip('/')}/"):
        return 404
    if files.is_directory(name):
        if not path.endswith("/"):
            return Response(301, {"Location": f"http://{request.headers.get('host', 'localhost')}{path}/"}, b"")
        index = posixpath.join(name, "index.html")
        if not files.exists(index):
            return [f"{one}/" if files.is_directory(posixpath.join(name, one)) else one for one in files.list(name)]
        name = index
    try:
        data = files.read(name)
    except FileError as error:
        return 403 if str(error) == "Permission denied" else 404
    kind = TYPES.get(posixpath.splitext(name)[1], "application/octet-stream")
    return Response(200, {"Content-Type": kind, "Content-Length": str(len(data))}, data)


def listing(path: str, names: list[str], title: str) -> Response:
    """A page with the names in a directory."""
    rows = "".join(f'<li><a href="{html.escape(name)}">{html.escape(name)}</a></li>\n' for name in names)
    head = f"<!DOCTYPE HTML>\n<html>\n<head>\n<title>{title} {html.escape(path)}</title>\n</head>\n<body>\n"
    return text(200, f"{head}<h1>{title} {html.escape(path)}</h1>\n<ul>\n{rows}</ul>\n</body>\n</html>\n", "text/html")
