"""OpenAPI v3 as kubectl asks for it: an index, and one document per group and version.

The documents carry the descriptions of the installed Kubernetes client. Making them costs half a second, so a
subprocess does it once and leaves them gzipped in a folder; until they are there, who does not read descriptions is
served the same documents without. OpenAPI v2 is made from v3.

    python -m podlab.embedded.apiserver.paths.openapi.openapi FOLDER
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from email.utils import formatdate
from functools import cached_property
from pathlib import Path
from typing import Any

from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.paths.openapi import described, roots, schemas, swaggermessage
from podlab.embedded.apiserver.paths.openapi.swagger import swagger
from podlab.embedded.apiserver.request import Request
from podlab.embedded.apiserver.resource import Obj, Resource

YEAR = 365 * 24 * 3600
FORMS = {
    negotiation.JSON: negotiation.JSON,
    swaggermessage.CONTENT_TYPE: swaggermessage.CONTENT_TYPE,
    swaggermessage.CONTENT_TYPE.replace(".v1.0+", "@v1.0+"): swaggermessage.CONTENT_TYPE,
}
"""What OpenAPI v2 is asked for as, and served as: the last is what kubectl says."""
V2: dict[str, tuple[str, Callable[[Obj], bytes]]] = {
    negotiation.JSON: ("swagger", negotiation.dump),
    swaggermessage.CONTENT_TYPE: ("swagger-message", swaggermessage.encode),
}
"""Under what name each form is kept, and what makes it."""
KEPT = tuple(path for path, _ in V2.values())
READS_DESCRIPTIONS = "kubectl explain"
"""Of kubectl's commands the only one that does."""


class Documents:
    """Answers `/openapi/…`.

    Args:
        folder: where the documents are kept; several clusters may share it. None keeps none, and describes nothing.
        resources: the kinds that are always served.
        custom: the custom resources that are served now.
    """

    def __init__(
        self, folder: Path | None, resources: Sequence[Resource], custom: Callable[[], Sequence[Resource]] = tuple
    ) -> None:
        self._folder, self._resources, self._custom = folder, tuple(resources), custom
        self._swagger: dict[str, tuple[tuple[str, ...], bytes]] = {}
        self._paths = {_path(r): (r.group, r.version) for r in resources}
        self._roots = roots.documents(sorted({r.group for r in resources if r.group}))
        self._made: dict[str, tuple[bytes, str, bool]] = {}
        self._maker: Any = None

    def prepare(self) -> None:
        """Start making the documents, if they are not there; returns at once."""
        if self._folder and self._maker is None and not all(map(self._kept, (*self._paths, *KEPT))):
            import subprocess  # late: most starts find the documents there

            command = [sys.executable, "-m", __name__ if __name__ != "__main__" else __spec__.name, str(self._folder)]
            nothing = subprocess.DEVNULL
            self._maker = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)

    async def described(self, request: Request) -> None:
        """Wait until there are descriptions, if what asks may read them."""
        if request.headers.get("kubectl-command", READS_DESCRIPTIONS) == READS_DESCRIPTIONS:
            self.prepare()
            if self._maker:
                await asyncio.to_thread(self._maker.wait)

    def __call__(self, request: Request) -> Answer | None:
        """Answer a request, or return None for a path that is not served. Raises StatusError."""
        path = request.info.path.rstrip("/")
        if path == "/openapi/v2":
            return self._v2(request)
        if path == "/openapi/v3" and not request.info.path.endswith("/"):
            return Answer(200, negotiation.dump(self._index()), "text/plain; charset=utf-8")
        name = path.removeprefix("/openapi/v3/")
        if name == path:
            return Answer(404, media_type="") if path == "/openapi/v3" else None
        if name not in self._named():
            return Answer(404, media_type="")
        if not _accepted(request.headers.get("accept", "")):
            return Answer(406, media_type="")
        body, digest = self._document(name)
        return _answer(request, name, body, digest)

    def _now(self) -> dict[str, tuple[str, str]]:
        """The paths of all documents there are at the moment."""
        return {**self._paths, **{_path(r): (r.group, r.version) for r in self._custom()}}

    def _named(self) -> list[str]:
        """What the index names."""
        return sorted((*self._now(), *self._roots))

    def _v2(self, request: Request) -> Answer:
        """The same as one OpenAPI v2 document."""
        asked = negotiation.first(request.headers.get("accept", ""), FORMS)
        if not asked:
            return Answer(406, media_type="")
        form = FORMS[asked]
        kept = None if self._custom() else self._kept(V2[form][0])
        body = kept.read_bytes() if kept else self._made_v2(form)
        headers = {"Vary": "Accept-Encoding, Accept"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Answer(200, body, form, {**headers, "Content-Encoding": "gzip"})
        return Answer(200, gzip.decompress(body), form, headers)

    def _made_v2(self, form: str) -> bytes:
        """The document of what is served now, made anew when one of v3 changed."""
        made = {path: self._document(path) for path in sorted(self._now())}
        digests = tuple(digest for _, digest in made.values())
        if self._swagger.get(form, ((), b""))[0] != digests:
            whole = swagger(json.loads(gzip.decompress(body)) for body, _ in made.values())
            self._swagger[form] = digests, gzip.compress(V2[form][1](whole), 1, mtime=0)
        return self._swagger[form][1]

    def _index(self) -> Obj:
        found = {path: {"serverRelativeURL": _url(path, self._document(path)[1])} for path in self._named()}
        return {"paths": found}

    def _file(self, folder: Path, path: str) -> Path:
        return folder / f"{path.replace('/', '__')}-{self._edition}.gz"

    @cached_property
    def _edition(self) -> str:
        return _edition(self._resources)

    def _kept(self, path: str) -> Path | None:
        """The file of a document, if it is there."""
        file = self._file(self._folder, path) if self._folder else None
        return file if file and file.exists() else None

    def _document(self, path: str) -> tuple[bytes, str]:
        if self._maker:
            self._maker.poll()  # one that has ended is no zombie for longer than this
        if path in self._roots:
            text = negotiation.dump(self._roots[path])
            return gzip.compress(text, 1, mtime=0), _digest(text)
        if path not in self._paths:
            group, version = self._now()[path]
            text = negotiation.dump(schemas.document(group, version, self._custom(), {}))
            return gzip.compress(text, 1, mtime=0), _digest(text)
        body, digest, whole = self._made.get(path, (b"", "", False))
        if not whole and (kept := self._kept(path)):
            body = kept.read_bytes()
            digest, whole = _digest(gzip.decompress(body)), True
        elif not body:
            group, version = self._paths[path]
            text = negotiation.dump(schemas.document(group, version, self._resources, {}))
            body, digest = gzip.compress(text, 1, mtime=0), _digest(text)
        self._made[path] = (body, digest, whole)
        return body, digest

    def write(self, folder: Path) -> None:
        """Make all documents, with descriptions, and put them into the folder."""
        texts, whole = described.descriptions(), []
        folder.mkdir(parents=True, exist_ok=True)
        for path, (group, version) in self._paths.items():
            whole.append(schemas.document(group, version, self._resources, texts))
            self._keep(folder, path, negotiation.dump(whole[-1]))
        document = swagger(whole)
        for path, make in V2.values():
            self._keep(folder, path, make(document))

    def _keep(self, folder: Path, path: str, text: bytes) -> None:
        partial = self._file(folder, path).with_suffix(f".{os.getpid()}")
        partial.write_bytes(gzip.compress(text, 6, mtime=0))
        partial.replace(self._file(folder, path))


def _path(resource: Resource) -> str:
    return f"apis/{resource.group}/{resource.version}" if resource.group else f"api/{resource.version}"


def _edition(resources: Sequence[Resource]) -> str:
    """Name the documents by all that goes into them, so that a new release makes new ones."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        client = version("kubernetes")
    except PackageNotFoundError:
        client = ""
    here = Path(__file__).parent
    facts = (here.parent.parent / "structure.json.gz").read_bytes() + b"".join(
        file.read_bytes() for file in sorted(here.glob("*.py"))
    )
    served = [(r.group, r.version, r.plural, r.verbs, r.subresources) for r in resources]
    return hashlib.sha256(facts + f"{client} {served}".encode()).hexdigest()[:16]


def _digest(text: bytes) -> str:
    return hashlib.sha512(text).hexdigest().upper()


def _url(path: str, digest: str) -> str:
    return f"/openapi/v3/{path}?hash={digest}"


def _accepted(accept: str) -> bool:
    """Whether the client takes JSON."""
    asked = {clause.split(";")[0].strip() for clause in accept.split(",") if clause.strip()}
    return not asked or bool(asked & {"application/json", "application/*", "*/*"})


def _answer(request: Request, path: str, body: bytes, digest: str) -> Answer:
    headers = {"ETag": f'"{digest}"', "Vary": "Accept"}
    asked = request.first("hash")
    if asked and asked.upper() != digest:
        return Answer(301, b"", "application/json", {"Location": _url(path, digest)})
    if asked:
        expires = formatdate(_now() + YEAR, usegmt=True)
        headers.update({"Cache-Control": "public, immutable", "Expires": expires})
    if request.headers.get("if-none-match", "") == headers["ETag"]:
        return Answer(304, b"", "application/json", headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Answer(200, body, "application/json", {**headers, "Content-Encoding": "gzip"})
    return Answer(200, gzip.decompress(body), "application/json", headers)


def _now() -> float:
    import time

    return time.time()


def main() -> None:
    """Make the documents in the folder that is named on the command line."""
    from podlab.embedded.apiserver.resources import RESOURCES

    folder = Path(sys.argv[1])
    Documents(folder, RESOURCES).write(folder)


if __name__ == "__main__":
    main()
