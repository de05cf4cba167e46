"""Who asks: bearer tokens, ServiceAccount tokens, impersonation.

Upstream: pkg/kubeapiserver/authenticator, staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.authorization import attributes, rbac
from podlab.embedded.apiserver.authorization.impersonation import impersonated
from podlab.embedded.apiserver.authorization.rbac import ADMIN
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import RequestInfo
from podlab.embedded.apiserver.resource import User
from podlab.embedded.apiserver.tokens import ISSUER, Refused, Signer, Tokens

ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))


class Authenticator:
    """Turns credentials into users."""

    def __init__(self, registry: Registry, signer: Signer, token: str) -> None:
        self._registry, self._token = registry, token
        self.tokens = Tokens(registry, signer)

    def public_key(self) -> dict[str, str]:
        """The public half of the tokens' key, as a JSON web key."""
        return self.tokens.signer.jwk()

    def user(self, headers: Mapping[str, str]) -> User:
        """The user of a request, impersonation included. Raises StatusError 401, 403."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not scheme:
            return impersonated(self._registry, ANONYMOUS, headers)
        if scheme.lower() != "bearer":
            raise status.unauthorized()
        try:
            user, _ = self.by_token(token.strip())
        except Refused:
            raise status.unauthorized() from None
        return impersonated(self._registry, user, headers)

    def by_token(self, token: str, audiences: Sequence[str] = (ISSUER,)) -> tuple[User, list[str]]:
        """The user whose token this is, and the audiences that it is good for. Raises Refused."""
        if hmac.compare_digest(token.encode(), self._token.encode()):
            return ADMIN, list(audiences)
        return self.tokens.verify(token, audiences)


def authorize(
    registry: Registry, user: User, info: RequestInfo, query: Mapping[str, Sequence[str]], *, upgrade: bool = False
) -> None:
    """Raise StatusError 403 if the request is not for this user."""
    rbac.authorize(registry, attributes.of_request(user, info, query, upgrade=upgrade))
