"""OpenAPI v3 as kubectl asks for it: an index, and one document per group and version.

The documents carry the descriptions of the installed Kubernetes client. Importing that client costs most of a second,
so a subprocess does it once and leaves the documents gzipped in a folder; until they are there, the same documents are
served without descriptions. OpenAPI v2 is made from v3, and in protobuf is next to nothing.

    python -m podlab.embedded.apiserver.paths.openapi.openapi FOLDER
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Any

from podlab.embedded.apiserver.answering import negotiation
from podlab.embedded.apiserver.answering.negotiation import Answer
from podlab.embedded.apiserver.paths.openapi import namespaces, roots, schemas
from podlab.embedded.apiserver.paths.openapi.schemas import META, Descriptions
from podlab.embedded.apiserver.paths.openapi.swagger import swagger
from podlab.embedded.apiserver.request import Request
from podlab.embedded.apiserver.resource import Obj, Resource

YEAR = 365 * 24 * 3600


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
        self._swagger: tuple[tuple[str, ...], bytes] = ((), b"")
        self._paths = {_path(r): (r.group, r.version) for r in resources}
        self._roots = roots.documents(sorted({r.group for r in resources if r.group}))
        self._made: dict[str, tuple[bytes, str, bool]] = {}
        self._maker: Any = None

    def prepare(self) -> None:
        """Start making the documents, if they are not there; returns at once."""
        if self._folder and self._maker is None and not all(self._kept(path) for path in self._paths):
            import subprocess  # late: most starts find the documents there

            command = [sys.executable, "-m", __name__ if __name__ != "__main__" else __spec__.name, str(self._folder)]
            nothing = subprocess.DEVNULL
            self._maker = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)

    def __call__(self, request: Request) -> Answer | None:
        """Answer a request, or return None for a path that is not served. Raises StatusError."""
        path = request.info.path.rstrip("/")
        if path == "/openapi/v2":
            readable = "json" in request.headers.get("accept", "json") or "*/*" in request.headers["accept"]
            return self._v2(request) if readable else Answer(200, namespaces.MESSAGE, namespaces.CONTENT_TYPE)
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
        """The same as one OpenAPI v2 document, made anew when a document changed."""
        made = {path: self._document(path) for path in sorted(self._now())}
        digests = tuple(digest for _, digest in made.values())
        if self._swagger[0] != digests:
            whole = swagger(json.loads(gzip.decompress(body)) for body, _ in made.values())
            self._swagger = digests, gzip.compress(negotiation.dump(whole), 1, mtime=0)
        body = self._swagger[1]
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Answer(200, body, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return Answer(200, gzip.decompress(body))

    def _index(self) -> Obj:
        found = {path: {"serverRelativeURL": _url(path, self._document(path)[1])} for path in self._named()}
        return {"paths": found}

    def _file(self, folder: Path, path: str) -> Path:
        return folder / f"{path.replace('/', '__')}-{_edition(self._resources)}.json.gz"

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
        texts = descriptions()
        folder.mkdir(parents=True, exist_ok=True)
        for path, (group, version) in self._paths.items():
            text = negotiation.dump(schemas.document(group, version, self._resources, texts))
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
    facts = (here.parent.parent / "structure.json.gz").read_bytes() + (here / "schemas.py").read_bytes()
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


def descriptions() -> Descriptions:
    """Return the descriptions of the installed client's models, by OpenAPI name. Imports `kubernetes`."""
    from kubernetes.client import models

    from podlab.embedded.apiserver import fields

    found: dict[str, tuple[str, dict[str, str]]] = {}
    for type_name in fields.table()["types"]:
        package, word = type_name.rsplit(".", 1)
        group, version = package.split("/")
        short, full = f"{version.upper()}{word}", f"{group.capitalize()}{version.upper()}{word}"
        model = getattr(models, short, None) or getattr(models, full, None)
        if model is not None:
            found[schemas.name_of(type_name)] = (_about(model), _about_fields(model))
    return {**found, **_opaque()}


def _about(model: Any) -> str:
    """The first paragraph of a model's docstring is its description."""
    text = (model.__doc__ or "").split("Attributes:")[0]
    return " ".join(text.split())


def _about_fields(model: Any) -> dict[str, str]:
    return {f.serialization_alias or key: f.description or "" for key, f in model.model_fields.items()}


def _opaque() -> dict[str, tuple[str, dict[str, str]]]:
    texts = {
        "io.k8s.apimachinery.pkg.api.resource.Quantity": "Quantity is a fixed-point representation of a number.",
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "IntOrString is a type that can hold an int32 or a string.",
        META + "Time": "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.",
        META + "MicroTime": "MicroTime is version of Time with microsecond level precision.",
        META + "FieldsV1": "FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format.",
    }
    return {name: (text, {}) for name, text in texts.items()}


def main() -> None:
    """Make the documents in the folder that is named on the command line."""
    from podlab.embedded.apiserver.resources import RESOURCES

    folder = Path(sys.argv[1])
    Documents(folder, RESOURCES).write(folder)


if __name__ == "__main__":
    main()
