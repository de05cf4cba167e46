"""What a request says about who sends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from podlab.errors import ClusterError
from podlab.kubeconfig.connection import Connection
from podlab.kubeconfig.credentials import Credentials
from podlab.kubeconfig.keypairs import as_pkcs8


def test_a_token_may_have_any_letter_that_a_header_may(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xef\xbb\xbfabc\r\n")
    made = Credentials(Connection("https://127.0.0.1:1", token_file=str(file)))
    assert made.headers() == {"Authorization": "Bearer \ufeffabc"}
    with pytest.raises(ClusterError, match="invalid header field value"):
        Credentials(Connection("https://127.0.0.1:1", token="a\nb")).headers()


def test_what_a_file_holds_goes_before_a_token_that_is_written_out(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("new")
    both = Connection("https://127.0.0.1:1", token="old", token_file=str(file))
    assert Credentials(both).headers() == {"Authorization": "Bearer new"}
    file.unlink()
    assert Credentials(both).headers() == {"Authorization": "Bearer old"}


def test_a_key_may_have_any_title() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert as_pkcs8(text.replace("PRIVATE KEY", "RSA PRIVATE KEY")) == text
