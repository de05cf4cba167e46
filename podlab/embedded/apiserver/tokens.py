"""ServiceAccounts' tokens: issued, bound to objects, verified. Upstream: pkg/serviceaccount/{claims,legacy,jwt}.go"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol

from podlab.apimachinery import times
from podlab.apimachinery.gotext import quote
from podlab.embedded import serializer
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import Obj, User, Writer

ISSUER = "https://kubernetes.default.svc.cluster.local"
LEGACY_ISSUER = "kubernetes/serviceaccount"
LEGACY = "kubernetes.io/serviceaccount/"
LAST_USED = "kubernetes.io/legacy-token-last-used"
WRITER = Writer("kube-apiserver")
INVALIDATED, EXPIRED = "service account token has been invalidated", "service account token has expired"
PROJECTED_SECONDS = 3607
"""What admission writes into a Pod's projected token: it marks those that old clients do not renew in time."""
EXTENDED_SECONDS = 365 * 24 * 3600
Named = tuple[str, str, str]
"""Kind or namespace, name, and uid."""
LEEWAY = 60.0
"""Seconds for which a token outlives the end of the Pod it is bound to."""
BOUND = {"pod": "pods", "secret": "secrets", "node": "nodes"}


class Signer(Protocol):
    """The cluster's key for ServiceAccount tokens."""

    def sign(self, data: bytes) -> bytes:
        """The signature, by what `jwk()["alg"]` names."""

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether a signature is ours."""

    def jwk(self) -> dict[str, str]:
        """The public half, as a JSON web key."""


class Refused(Exception):
    """A token of ours that is not good; the text says why, empty for one that is not ours."""


class Tokens:
    """Issues tokens and tells whose they are."""

    def __init__(self, registry: Registry, signer: Signer) -> None:
        self._registry, self.signer = registry, signer

    def issue(self, account: Obj, audiences: Sequence[str], seconds: int, bound: Sequence[Obj] = ()) -> str:
        """A token for a ServiceAccount; `bound` are the objects (Pod, Secret, Node) that it ends with."""
        return self.unsigned(account, audiences, seconds, bound)()

    def unsigned(
        self, account: Obj, audiences: Sequence[str], seconds: int, bound: Sequence[Obj] = ()
    ) -> Callable[[], str]:
        """What makes and signs such a token of now: most files with one are never read, and a signature is dear."""
        named = tuple([(obj["kind"].lower(), obj["metadata"]["name"], obj["metadata"]["uid"]) for obj in bound])
        now, uid = int(self._registry.clock.now()), self._registry.randomness.uid()
        return partial(self._late, _account(account), tuple(audiences) or (ISSUER,), seconds, named, now, uid)

    def _late(
        self, account: Named, audiences: tuple[str, ...], seconds: int, bound: tuple[Named, ...], now: int, uid: str
    ) -> str:
        """The token of then."""
        namespace, *own = account
        about: Obj = {"namespace": namespace, "serviceaccount": _named(own)}
        about.update({kind: _named(names) for kind, *names in bound})
        if seconds == PROJECTED_SECONDS and "pod" in about and audiences == (ISSUER,):
            seconds, about["warnafter"] = EXTENDED_SECONDS, now + PROJECTED_SECONDS
        claims = {
            "aud": list(audiences),
            "exp": now + seconds,
            "iat": now,
            "iss": ISSUER,
            "jti": uid,
            "kubernetes.io": dict(sorted(about.items())),
            "nbf": now,
            "sub": f"system:serviceaccount:{namespace}:{own[0]}",
        }
        return self._signed(claims)

    def legacy(self, account: Obj, secret: Obj) -> str:
        """The token of a Secret of type kubernetes.io/service-account-token: it never expires."""
        meta = account["metadata"]
        claims = {
            "iss": LEGACY_ISSUER,
            f"{LEGACY}namespace": meta["namespace"],
            f"{LEGACY}secret.name": secret["metadata"]["name"],
            f"{LEGACY}service-account.name": meta["name"],
            f"{LEGACY}service-account.uid": meta["uid"],
            "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
        }
        return self._signed(claims)

    def _signed(self, claims: Obj) -> str:
        key = self.signer.jwk()
        body = f"{_pack({'alg': key['alg'], 'kid': key['kid']})}.{_pack(claims)}"
        return f"{body}.{_unpadded(self.signer.sign(body.encode()))}"

    def verify(self, token: str, audiences: Sequence[str] = (ISSUER,)) -> tuple[User, list[str]]:
        """Whose token it is, and for which of the audiences it is good. Raises Refused."""
        claims = self.claims(token)
        if claims.get("iss") == LEGACY_ISSUER:
            return self._legacy_user(claims, token), [ISSUER]
        if claims["exp"] <= self._registry.clock.now():
            raise Refused(EXPIRED)
        good = [audience for audience in claims["aud"] if audience in audiences]
        if not good:
            raise Refused(
                f"token audiences {_listed(claims['aud'])} is invalid for the target audiences {_listed(audiences)}"
            )
        return self._user(claims), good

    def claims(self, token: str) -> Obj:
        """What one of our own tokens says. Raises Refused."""
        try:
            head, body, signature = token.split(".")
            claims: Obj = json.loads(_unpack(body))
            if self.signer.verify(f"{head}.{body}".encode(), _unpack(signature)) and claims["iss"]:
                return claims
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise Refused("")

    def _user(self, claims: Obj) -> User:
        about = claims["kubernetes.io"]
        namespace, account = about["namespace"], about["serviceaccount"]
        self._check_account(namespace, account["name"], account["uid"])
        extra = {"authentication.kubernetes.io/credential-id": (f"JTI={claims['jti']}",)}
        for key in ("pod", "node"):
            if key in about:
                extra[f"authentication.kubernetes.io/{key}-name"] = (about[key]["name"],)
                extra[f"authentication.kubernetes.io/{key}-uid"] = (about[key]["uid"],)
        for key in ("secret", "pod", "node"):
            if key in about and not (key == "node" and "pod" in about):
                self._check_bound(key, about[key], namespace)
        return _account_user(namespace, account["name"], account["uid"], extra)

    def _check_account(self, namespace: str, name: str, uid: str) -> None:
        found = self._registry.find(self._registry.resource("serviceaccounts"), name, namespace)
        if found is None:
            raise Refused(f'serviceaccount "{name}" not found')
        if found["metadata"]["uid"] != uid:
            raise Refused(f"service account UID ({found['metadata']['uid']}) does not match claim ({uid})")

    def _check_bound(self, key: str, named: Obj, namespace: str) -> None:
        resource = self._registry.resource(BOUND[key])
        found = self._registry.find(resource, named["name"], namespace if resource.namespaced else "")
        if found is None or found["metadata"]["uid"] != named["uid"]:
            raise Refused(INVALIDATED)
        ends = found["metadata"].get("deletionTimestamp")
        if ends and times.seconds(ends) < self._registry.clock.now() - LEEWAY:
            raise Refused(INVALIDATED)

    def _legacy_user(self, claims: Obj, token: str) -> User:
        namespace, name = claims[f"{LEGACY}namespace"], claims[f"{LEGACY}service-account.name"]
        uid = claims[f"{LEGACY}service-account.uid"]
        secret = self._registry.find(self._registry.resource("secrets"), claims[f"{LEGACY}secret.name"], namespace)
        stored = ((secret or {}).get("data") or {}).get("token", "")
        if base64.b64decode(stored) != token.encode():
            raise Refused(INVALIDATED)
        self._check_account(namespace, name, uid)
        self._mark_used(claims[f"{LEGACY}secret.name"], namespace)
        return _account_user(namespace, name, uid, {})

    def _mark_used(self, name: str, namespace: str) -> None:
        """Write on the Secret when its token was last used, to the day."""
        today = times.rfc3339(self._registry.clock.now()).partition("T")[0]
        secrets = self._registry.resource("secrets")
        labels = self._registry.get(secrets, name, namespace)["metadata"].get("labels") or {}
        if labels.get(LAST_USED) == today:
            return

        def write(obj: Obj) -> None:
            obj["metadata"]["labels"] = {**labels, LAST_USED: today}

        self._registry.change(secrets, name, namespace, write, subresource="", by=WRITER)


def _account_user(namespace: str, name: str, uid: str, extra: Mapping[str, tuple[str, ...]]) -> User:
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    return User(f"system:serviceaccount:{namespace}:{name}", groups, uid, extra)


def _named(names: Sequence[str]) -> Obj:
    return dict(zip(("name", "uid"), names, strict=True))


@lru_cache(64)
def _same(account: Named) -> Named:
    """One for all Pods that have the account."""
    return account


def _account(account: Obj) -> Named:
    meta = account["metadata"]
    return _same((meta["namespace"], meta["name"], meta["uid"]))


def _listed(texts: Sequence[str]) -> str:
    return "[" + " ".join(map(quote, texts)) + "]"


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _pack(value: Any) -> str:
    return _unpadded(serializer.encode(value))


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
