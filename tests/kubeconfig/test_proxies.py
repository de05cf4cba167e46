"""The way through proxies, and Go's words for where it ends; a proxy here is a thread with a script."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from podlab.kubeconfig.proxies import Unreached, from_environment, proxy_at, tunnel, why_unreached

Script = tuple[bytes, ...]
Served = Callable[..., str]
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
BOUND = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"


@pytest.fixture
def serve() -> Iterator[Served]:
    """Start a proxy that answers each thing it reads with the next words of its script, and hangs up at their end."""
    listening: list[socket.socket] = []
    heard: list[bytes] = []

    def start(*script: bytes, scheme: str = "http", who: str = "") -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def answer() -> None:
            connected, _ = server.accept()
            with connected:
                for words in script:
                    heard.append(connected.recv(4096))
                    connected.sendall(words)

        threading.Thread(target=answer, daemon=True).start()
        return f"{scheme}://{who}127.0.0.1:{server.getsockname()[1]}"

    start.heard = heard  # type: ignore[attr-defined]
    yield start
    for each in listening:
        each.close()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "Forbidden"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "Proxy Authentication Required"),
        (b"HTTP/1.1 503\r\n\r\n", "unknown status code"),
        (b"hello\r\n\r\n", 'malformed HTTP response "hello"'),
        (b"HTTP/1.1 abc x\r\n\r\n", 'malformed HTTP status code "abc"'),
        (b"", "unexpected EOF"),
    ],
)
def test_a_proxy_of_http_says_why_not(serve: Served, answer: bytes, said: str) -> None:
    with pytest.raises(Unreached) as refused:
        tunnel(serve(answer), "10.0.0.1", 6443, 5)
    assert str(refused.value) == said


def test_it_is_told_who_asks_and_nothing_of_what_follows_is_lost(serve: Served) -> None:
    with tunnel(serve(OPEN + b"first", who="u%20v:p@"), "::1", 6443, 5) as connected:
        assert connected.recv(5) == b"first"
    (asked,) = serve.heard  # type: ignore[attr-defined]
    assert asked.startswith(b"CONNECT [::1]:6443 HTTP/1.1\r\nHost: [::1]:6443\r\n")
    assert b"\r\nProxy-Authorization: Basic dSB2OnA=\r\n" in asked


@pytest.mark.parametrize(
    ("script", "who", "said"),
    [
        ((b"HT",), "", "unexpected protocol version 72"),
        ((b"\x05\xff",), "", "no acceptable authentication methods"),
        ((b"",), "", "EOF"),
        ((b"\x05",), "", "unexpected EOF"),
        ((b"\x05\x00", b"\x05\x02\x00\x01"), "", "unknown error connection not allowed by ruleset"),
        ((b"\x05\x00", b"\x05\x63\x00\x01"), "", "unknown error unknown code: 99"),
        ((b"\x05\x02", b"\x01\x01"), "u:p@", "username/password authentication failed"),
        ((b"\x05\x02",), ":p@", "invalid username/password"),
    ],
)
def test_a_proxy_of_socks_says_why_not(serve: Served, script: Script, who: str, said: str) -> None:
    proxy = serve(*script, scheme="socks5", who=who)
    with pytest.raises(Unreached) as refused:
        tunnel(proxy, "10.0.0.1", 6443, 5)
    place = proxy.rpartition("/")[2].rpartition("@")[2]
    assert str(refused.value) == f"socks connect tcp {place}->10.0.0.1:6443: {said}"


@pytest.mark.parametrize(
    ("host", "place"), [("10.0.0.1", b"\x01\x0a\x00\x00\x01"), ("api.local", b"\x03\x09api.local")]
)
def test_a_proxy_of_socks_is_told_where_to(serve: Served, host: str, place: bytes) -> None:
    with tunnel(serve(b"\x05\x00", BOUND + b"first", scheme="socks5"), host, 80, 5) as connected:
        assert connected.recv(5) == b"first"
    assert serve.heard[-1] == b"\x05\x01\x00" + place + b"\x00\x50"  # type: ignore[attr-defined]


def test_a_proxy_that_is_away_says_so() -> None:
    with pytest.raises(Unreached, match=r"^proxyconnect tcp: dial tcp 127\.0\.0\.1:1: connect: connection refused$"):
        tunnel("http://127.0.0.1:1", "10.0.0.1", 6443, 5)


def test_what_an_error_tells_of_is_found() -> None:
    assert why_unreached(ValueError("x", OSError("y", Unreached("Forbidden")))) == "Forbidden"
    assert why_unreached(ValueError("x")) == ""


def test_an_address_is_taken_apart() -> None:
    proxy = proxy_at("socks5://u:p%40@[::1]")
    assert (proxy.host, proxy.port, proxy.user, proxy.password) == ("::1", 1080, "u", "p@")


@pytest.mark.parametrize(
    ("host", "excepted", "used"),
    [
        ("10.1.2.3", "", True),
        ("10.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3:6443", False),
        ("10.1.2.3", "10.1.2.3:443", True),
        ("a.example.com", "example.com", False),
        ("example.com", ".example.com", True),
        ("a.example.com", "*.example.com", False),
        ("notexample.com", "example.com", True),
        ("fd00::1", "[fd00::1]:6443", False),
        ("a.b", "x, *", False),
        ("localhost", "", False),
        ("127.0.0.9", "", False),
    ],
)
def test_the_environment_names_a_proxy_and_what_needs_none(
    host: str, excepted: str, used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy:3128")
    monkeypatch.setenv("NO_PROXY", excepted)
    assert from_environment("https", host, 6443) == ("http://proxy:3128" if used else "")
