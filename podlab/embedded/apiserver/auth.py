"""Who asks: bearer tokens, ServiceAccount tokens, certificates, impersonation.

Upstream: pkg/kubeapiserver/authenticator, staging/src/k8s.io/apiserver/pkg/authentication/token/cache,
staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.authorization.attributes import Attributes
from podlab.embedded.apiserver.authorization.impersonation import impersonated
from podlab.embedded.apiserver.authorization.rbac import ADMIN, CREDENTIAL
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.resource import User
from podlab.embedded.apiserver.tokens import ISSUER, Refused, Signer, Tokens

KEPT = 10.0
"""Seconds that a token is good without another look, even if what it stands for is gone meanwhile."""
MOST_KEPT = 1000
ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))

Shown = tuple[str, tuple[str, ...], str]
"""Of a client's certificate: common name, organizations and SHA-256."""


def _certified(name: str, groups: tuple[str, ...], digest: str) -> User:
    """Upstream: CommonNameUserConversion"""
    if (name, groups) == (ADMIN.name, ADMIN.groups[:1]):
        return ADMIN
    every = groups if "system:authenticated" in groups else (*groups, "system:authenticated")
    return User(name, every, "", {CREDENTIAL: (f"X509SHA256={digest}",)})


class Authenticator:
    """Turns credentials into users."""

    def __init__(self, registry: Registry, signer: Signer, token: str) -> None:
        self._registry, self._token = registry, token
        self.tokens = Tokens(registry, signer)
        self._impersonators: set[str] = set()
        self._known: dict[tuple[str, tuple[str, ...]], tuple[float, tuple[User, list[str]]]] = {}

    def public_key(self) -> dict[str, str]:
        """The public half of the tokens' key, as a JSON web key."""
        return self.tokens.signer.jwk()

    def user(
        self, headers: Mapping[str, str], asked: Callable[[User], Attributes], certificate: Shown | None = None
    ) -> User:
        """The user of a request that asks this, impersonation included. Raises StatusError 401, 403."""
        user = _certified(*certificate) if certificate and certificate[0] else self._sender(headers)
        return impersonated(self._registry, user, headers, asked(user), self._impersonators)

    def _sender(self, headers: Mapping[str, str]) -> User:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not scheme:
            return ANONYMOUS
        if scheme.lower() != "bearer":
            raise status.unauthorized()
        try:
            user, _ = self.by_token(token.strip())
        except Refused:
            raise status.unauthorized() from None
        return user

    def by_token(self, token: str, audiences: Sequence[str] = (ISSUER,)) -> tuple[User, list[str]]:
        """The user whose token this is, and the audiences that it is good for. Raises Refused."""
        if hmac.compare_digest(token.encode(), self._token.encode()):
            return ADMIN, list(audiences)
        key, now = (token, tuple(audiences)), self._registry.clock.now()
        until, known = self._known.get(key, (0.0, None))
        if known is None or not until - KEPT <= now < until:
            known = self.tokens.verify(token, audiences)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = now + KEPT, known
        return known
