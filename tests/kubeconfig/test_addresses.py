"""What Go takes for an address, as kubectl 1.36 said of each."""

from __future__ import annotations

import pytest

from podlab.errors import ClusterError
from podlab.kubeconfig.addresses import amiss, server_at

TAKEN = (
    "", "myproxy", "myproxy:3128", "http://h:", "http://", "http:///", "http:x", "//h:1", "/x:y", "a/b:c", "http://u:p@q@h:1",
    "http://[fe80::1%25en0]:1", "http://%e4:1", "http://a<b:1", "http://h?%zz", "http://한글:1", "http://::1:80",
)  # fmt: skip
REFUSED = (
    "10.0.0.1:3128", ":x", "://x", "h%zz", "[::1]:80", "1a://x", "http://a b:1", "http://a{b:1",
    "http://h\\x", "http://%41:1", "http://a%zz:1", "http://h/%zz", "http://h/#%zz", "http://u%zz@h",
    "http://u:p q@h", "http://h:a", "http://h:१", "http://[::1:1", "http://[::1]x", "http://[1.2.3.4]:1",
    "http://[]:1", "http://[g]:1", "http://x[::1]", "http://a\tb:1",
)  # fmt: skip


@pytest.mark.parametrize("url", TAKEN)
def test_go_takes_it(url: str) -> None:
    assert amiss(url) == ""


@pytest.mark.parametrize("url", REFUSED)
def test_go_refuses_it(url: str) -> None:
    assert amiss(url)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("localhost", "http://localhost"),
        ("127.0.0.1:6443", "http://127.0.0.1:6443"),
        ("HTTPS://10.0.0.1:6443/k8s?x=y", "https://10.0.0.1:6443/k8s"),
    ],
)
def test_a_server_is_an_address_or_host_and_port(text: str, server: str) -> None:
    assert server_at(text) == server


def test_a_path_needs_a_scheme() -> None:
    with pytest.raises(ClusterError, match=r"^error: host must be a URL or a host:port pair: "):
        server_at("10.0.0.1:6443/x")
