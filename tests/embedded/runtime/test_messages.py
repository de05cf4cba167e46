"""Requests and responses as they come over a connection, in pieces and as somebody types them."""

from __future__ import annotations

import pytest

from podlab.embedded.runtime.network.messages import request_in, response_in


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("before", [b"", b"\n", b"\r\n\r\n"])
def test_a_request_is_taken_with_either_end_of_line_and_after_blank_lines(end: bytes, before: bytes) -> None:
    data = bytearray(before + end.join([b"POST /a HTTP/1.1", b"Host: web", b"Content-Length: 4", b"", b"a\n\nbrest"]))
    request = request_in(data, "10.244.0.7")
    assert request
    assert (request.method, request.path, request.version) == ("POST", "/a", "HTTP/1.1")
    assert (request.headers["host"], request.body, bytes(data)) == ("web", b"a\n\nb", b"rest")


@pytest.mark.parametrize(
    "part", [b"", b"\n", b"GET / HTTP/1.0\n", b"GET / HTTP/1.0\r\nHost: web\r\n", b"GET / HTTP/1.0\r\n\r"]
)
def test_a_request_whose_head_has_no_end_is_waited_for(part: bytes) -> None:
    data = bytearray(part)
    assert request_in(data, "") is None
    data += b"\r\n\r\n"
    assert (request_in(data, "") is not None) == part.startswith(b"GET")


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_response_is_taken_with_either_end_of_line(end: bytes) -> None:
    data = bytearray(end.join([b"HTTP/1.0 404 Not Found", b"X-A: b: c", b"", b"no\n\n"]))
    assert response_in(data, ended=False) is None
    found = response_in(data, ended=True)
    assert found
    assert (found.status, found.reason, found.header("x-a"), found.body) == (404, "Not Found", "b: c", b"no\n\n")
