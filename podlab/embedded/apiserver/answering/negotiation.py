"""What the client accepts, and answers in that form.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go, responsewriters/writers.go
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.embedded import serializer
from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.answering import protobuf

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
ACCEPTED = (JSON, YAML, PROTOBUF)
STREAMS = ("application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch")
RESTFUL = (*ACCEPTED, *STREAMS)

GZIP_FROM = 128 * 1024
"""Bytes from which on an answer is compressed."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an answer: its media type, and what an object becomes (Table, PartialObjectMetadata…, or "")."""

    media_type: str = JSON
    shape: str = ""
    version: str = "v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    code: int
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


SHAPES = frozenset(("Table", "PartialObjectMetadata", "PartialObjectMetadataList"))


@lru_cache(maxsize=256)
def negotiate(accept: str, shapes: frozenset[str] = SHAPES, *, streams: bool = True, messages: bool = False) -> Form:
    """The first form of `Accept` that can be served. Raises StatusError 406.

    Args:
        streams: whether the path can be watched.
        messages: whether what is there can be a protobuf message, which only they get who take nothing else.
    """
    if not accept.strip():
        return Form()
    known = protobuf_too = False
    for clause in _clauses(accept):
        form, heard = _form(clause, shapes)
        known = known or heard
        protobuf_too = protobuf_too or (clause[0] == PROTOBUF and "as" not in clause[1])
        if form:
            return form
    if messages and protobuf_too:
        return Form(PROTOBUF)
    if known:
        raise status.not_acceptable(ACCEPTED)
    available = ", ".join(RESTFUL if streams else ACCEPTED)
    message = f"406: Not Acceptable\n\nAvailable representations: {available}"
    raise status.StatusError(406, "NotAcceptable", message, {})


def negotiate_error(accept: str) -> Form | None:
    """The form of a Status, whatever shape was asked for; None where there is none, so that it is indented JSON."""
    try:
        return Form(negotiate(accept, frozenset(), messages=True).media_type)
    except status.StatusError:
        return None


def first(accept: str, offered: Iterable[str]) -> str:
    """The first of the offered media types that `Accept` names; "" where it names none, the first without `Accept`."""
    offered = tuple(offered)
    named = [media_type for media_type, _ in _clauses(accept)] if accept.strip() else ["*/*"]
    chosen = (offered[0] if asked in ("*/*", "application/*") else asked for asked in named)
    return next((media_type for media_type in chosen if media_type in offered), "")


def _clauses(accept: str) -> list[tuple[str, dict[str, str]]]:
    clauses = []
    for clause in accept.split(","):
        media_type, *parameters = [part.strip() for part in clause.split(";")]
        pairs = dict(part.split("=", 1) for part in parameters if "=" in part)
        clauses.append((media_type.lower(), pairs))
    return sorted(clauses, key=lambda clause: -_quality(clause[1].get("q", "1")))


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _form(clause: tuple[str, dict[str, str]], shapes: frozenset[str]) -> tuple[Form | None, bool]:
    media_type, parameters = clause
    if media_type in ("*/*", "application/*"):
        return Form(), True
    if media_type == PROTOBUF:
        return None, True
    if media_type not in (JSON, YAML):
        return None, False
    shape = parameters.get("as", "")
    if not shape:
        return Form(media_type), True
    version = parameters.get("v", "v1")
    fits = shape in shapes and parameters.get("g") == "meta.k8s.io" and version in ("v1", "v1beta1")
    return (Form(media_type, shape, version) if fits else None), True


def dump(value: Any) -> bytes:
    """JSON as Go writes it: compact, with the letters escaped that HTML would mind."""
    return _escaped(serializer.encode(value))


def _escaped(text: bytes) -> bytes:
    if b"<" in text or b">" in text or b"&" in text:
        return text.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
    return text


def wants_pretty(query: Mapping[str, list[str]], agent: str) -> bool:
    """`pretty=` in the query decides; without it, people with curl, wget and browsers get indented JSON."""
    if "pretty" in query:
        return query["pretty"][0].lower() not in ("", "false", "0")
    return agent.startswith(("curl", "Wget", "Mozilla/5.0"))


def encode(value: Any, form: Form, *, pretty: bool = False) -> bytes:
    """An object in the form that was negotiated."""
    if form.media_type == PROTOBUF:
        return protobuf.envelope(value)
    if form.media_type == YAML:
        return to_yaml(value).encode("utf-8", "replace")
    if pretty:
        return _escaped(json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "replace"))
    return dump(value) + b"\n"


def compressed(body: bytes, accept_encoding: str) -> bytes | None:
    """The body gzipped, where it is long and the client reads gzip."""
    if len(body) <= GZIP_FROM or "gzip" not in accept_encoding:
        return None
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()
