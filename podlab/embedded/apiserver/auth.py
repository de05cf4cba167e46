"""Who asks, and may they: bearer tokens, ServiceAccount tokens, impersonation; everybody but the admin is denied.

Upstream: pkg/kubeapiserver/authenticator, pkg/serviceaccount, staging/src/k8s.io/apiserver/pkg/endpoints/filters
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import unquote

from podlab.embedded.apiserver import status
from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.apiserver.request import RequestInfo
from podlab.embedded.apiserver.resource import User

ISSUER = "https://kubernetes.default.svc.cluster.local"
ADMIN = User("kubernetes-admin", ("kubeadm:cluster-admins", "system:authenticated"))
ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))
ADMIN_GROUPS = frozenset(("system:masters", "kubeadm:cluster-admins"))

PUBLIC = ("/healthz", "/livez", "/readyz", "/version")
"""Open to everybody."""
DISCOVERY = ("/api", "/apis", "/openapi")
"""Open to everybody who is known."""
SELF_REVIEWS = frozenset(("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"))


class Signer(Protocol):
    """The cluster's key for ServiceAccount tokens."""

    def sign(self, data: bytes) -> bytes:
        """An ES256 signature, r and s of 32 bytes each."""

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether a signature is ours."""

    def jwk(self) -> dict[str, str]:
        """The public half, as a JSON web key."""


class Authenticator:
    """Turns credentials into users."""

    def __init__(self, registry: Registry, signer: Signer, token: str) -> None:
        self._registry, self._signer, self._token = registry, signer, token

    def public_key(self) -> dict[str, str]:
        """The public half of the tokens' key, as a JSON web key."""
        return self._signer.jwk()

    def user(self, headers: Mapping[str, str]) -> User:
        """The user of a request, impersonation included. Raises StatusError 401, 403."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not scheme:
            return ANONYMOUS
        user = self.by_token(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise status.unauthorized()
        return impersonated(user, headers)

    def by_token(self, token: str) -> User | None:
        """The user whose token this is."""
        if hmac.compare_digest(token.encode(), self._token.encode()):
            return ADMIN
        claims = self.claims(token)
        return self._service_account(claims) if claims else None

    def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of one of our own tokens that has not expired."""
        try:
            head, body, signature = token.split(".")
            claims = json.loads(_unpack(body))
            genuine = self._signer.verify(f"{head}.{body}".encode(), _unpack(signature))
            return claims if genuine and claims["exp"] > self._registry.clock.now() else None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _service_account(self, claims: dict[str, Any]) -> User | None:
        about = claims["kubernetes.io"]
        namespace, account = about["namespace"], about["serviceaccount"]
        found = self._registry.find(self._registry.resource("serviceaccounts"), account["name"], namespace)
        if not found or found["metadata"]["uid"] != account["uid"]:
            return None
        extra = {"authentication.kubernetes.io/credential-id": (f"JTI={claims['jti']}",)}
        for key in ("pod", "node"):
            if key in about:
                extra[f"authentication.kubernetes.io/{key}-name"] = (about[key]["name"],)
                extra[f"authentication.kubernetes.io/{key}-uid"] = (about[key]["uid"],)
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
        return User(f"system:serviceaccount:{namespace}:{account['name']}", groups, account["uid"], extra)

    def issue(
        self, account: dict[str, Any], audiences: Sequence[str], seconds: int, bound: dict[str, Any] | None = None
    ) -> str:
        """A token for a ServiceAccount; `bound` names a Pod it ends with. Upstream: pkg/serviceaccount/claims.go"""
        meta, now = account["metadata"], int(self._registry.clock.now())
        about: dict[str, Any] = {"namespace": meta["namespace"]}
        if bound:
            about[bound["kind"].lower()] = {"name": bound["name"], "uid": bound["uid"]}
        about["serviceaccount"] = {"name": meta["name"], "uid": meta["uid"]}
        claims = {
            "aud": list(audiences) or [ISSUER],
            "exp": now + seconds,
            "iat": now,
            "iss": ISSUER,
            "jti": self._registry.randomness.uid(),
            "kubernetes.io": about,
            "nbf": now,
            "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
        }
        signed = f"{_pack({'alg': 'ES256', 'kid': 'podlab'})}.{_pack(claims)}"
        return f"{signed}.{_unpadded(self._signer.sign(signed.encode()))}"


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _pack(value: Any) -> str:
    return _unpadded(json.dumps(value, separators=(",", ":")).encode())


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def impersonated(user: User, headers: Mapping[str, str]) -> User:
    """The user that the admin wishes to be. Raises StatusError 403 for others."""
    name = headers.get("impersonate-user", "")
    asked = [key for key in headers if key.startswith("impersonate-")]
    if not name:
        if asked:
            raise status.bad_request(f"requested {asked[0]} without impersonating a user")
        return user
    if not is_admin(user):
        why = f'User "{user.name}" cannot impersonate resource "users" in API group "" at the cluster scope'
        raise status.forbidden("users", name, why)
    groups = [group for group in headers.get("impersonate-group", "").split("\n") if group]
    if name.startswith("system:serviceaccount:") and not groups:
        namespace = name.split(":")[2]
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"]
    everybody = "system:unauthenticated" if name == "system:anonymous" else "system:authenticated"
    if everybody not in groups:
        groups.append(everybody)
    extra = {unquote(key[18:]): (headers[key],) for key in asked if key.startswith("impersonate-extra-")}
    return replace(User(name), groups=tuple(groups), uid=headers.get("impersonate-uid", ""), extra=extra)


def is_admin(user: User) -> bool:
    """Whether a user may do everything."""
    return not ADMIN_GROUPS.isdisjoint(user.groups)


def allowed(user: User, info: RequestInfo) -> bool:
    """Whether a user may make a request: the admin any, others look at what everybody may see."""
    if is_admin(user):
        return True
    known = "system:authenticated" in user.groups
    if info.resource:
        review = info.group in ("authorization.k8s.io", "authentication.k8s.io") and info.resource in SELF_REVIEWS
        return known and review and info.verb == "create"
    open_to = PUBLIC + DISCOVERY if known else PUBLIC
    return info.verb == "get" and any(info.path == path or info.path.startswith(path + "/") for path in open_to)


def authorize(user: User, info: RequestInfo) -> None:
    """Raise StatusError 403 if the request is not for this user."""
    if allowed(user, info):
        return
    if not info.resource:
        message = f'forbidden: User "{user.name}" cannot {info.verb} path "{info.path}"'
        raise status.StatusError(403, "Forbidden", message, {})
    resource = f"{info.resource}/{info.subresource}" if info.subresource else info.resource
    where = f'in the namespace "{info.namespace}"' if info.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {info.verb} resource "{resource}" in API group "{info.group}" {where}'
    qualified = f"{info.resource}.{info.group}" if info.group else info.resource
    raise status.forbidden(qualified, info.name, why)
