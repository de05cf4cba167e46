"""The key of ServiceAccount tokens, as a kubeadm cluster has it and as earlier clusters had it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from podlab.embedded.clock import RealClock
from podlab.embedded.server import Core
from podlab.embedded.serving import certificates, tokenkeys


def numbers(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def test_a_new_cluster_signs_tokens_as_kubeadms_do(tmp_path: Path) -> None:
    certificates.ensure(tmp_path)
    core = Core(tmp_path, "lab", clock=RealClock(1.0))
    core.registry.create(core.registry.resource("namespaces"), {"metadata": {"name": "default"}})
    accounts = core.registry.resource("serviceaccounts")
    account = core.registry.create(accounts, {"metadata": {"name": "robot"}}, namespace="default")
    token = core.authenticator.tokens.issue(account, [], 600)
    head = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    public = core.authenticator.public_key()
    assert head == {"alg": "RS256", "kid": public["kid"]}
    assert list(public) == ["use", "kty", "kid", "alg", "n", "e"]
    assert (len(public["kid"]), public["e"]) == (43, "AQAB")
    assert core.authenticator.tokens.verify(token)[0].name == "system:serviceaccount:default:robot"
    core.store.close()


def test_what_it_signs_others_verify() -> None:
    key = tokenkeys.RsaKey(tokenkeys.fresh())
    shown = key.jwk()
    public = rsa.RSAPublicNumbers(numbers(shown["e"]), numbers(shown["n"])).public_key()
    public.verify(key.sign(b"head.claims"), b"head.claims", padding.PKCS1v15(), hashes.SHA256())
    assert key.verify(b"data", key.sign(b"data"))
    assert not key.verify(b"date", key.sign(b"data"))


def test_a_cluster_made_with_another_key_keeps_it(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "sa.key").write_bytes(private.private_bytes(serialization.Encoding.PEM, form, bare))
    key = tokenkeys.read(tmp_path / "sa.key")
    assert key.jwk()["alg"] == "ES256"
    assert key.verify(b"data", key.sign(b"data"))
