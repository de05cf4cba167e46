"""Recorded requests and answers of a real API server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from podlab.embedded.apiserver.resource import Resource
from podlab.embedded.apiserver.resources import RESOURCES

Obj = dict[str, Any]
GOLDEN = Path(__file__).parent.parent / "golden/api"


def recorded(name: str) -> list[Obj]:
    """Return the exchanges of a recording that hold a request."""
    found: list[Obj] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return [entry for entry in found if "request" in entry]


def body_of(request: Obj) -> bytes:
    """Return the bytes that were sent."""
    body = request.get("body")
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def created(request: Obj) -> Resource | None:
    """Return the kind that a POST creates, if it is served and stored."""
    *_, plural = urlsplit(request["path"]).path.strip("/").split("/")
    found = [r for r in RESOURCES if r.plural == plural and not r.stored_as and "list" in r.verbs]
    return found[0] if found and request["method"] == "POST" else None


def query_of(request: Obj) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request["path"]).query)
