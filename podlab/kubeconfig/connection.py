"""One context of a kubeconfig with what a command line puts over it: where to go, and as whom.

Upstream: staging/src/k8s.io/client-go/tools/clientcmd/client_config.go, validation.go
"""

from __future__ import annotations

import base64
import os
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.errors import ClusterError
from podlab.kubeconfig.addresses import amiss, parts, server_at
from podlab.kubeconfig.config import Config
from podlab.kubeconfig.plugins import wrong_plugin
from podlab.text import Text

Object = dict[str, Any]
NOWHERE = "http://localhost:8080"
"""Where kubectl goes that was told nothing."""
REMOVED = {
    "azure": (
        "https://github.com/Azure/kubelogin",
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins",
    ),
    "gcp": (
        '"gke-gcloud-auth-plugin"',
        "https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke",
    ),
}
FOR_PLUGINS = "client.authentication.k8s.io/exec"
OIDC = ("idp-issuer-url", "client-id")
UNPAIRED = "requesting uid, groups or user-extra for {name} without impersonating a user"
LEGAL = frozenset("!#$&'*+-.^_`|~" + string.ascii_letters + string.digits)
"""What a header's name is made of, but for the sign that stands before what is not."""
USERNAME, PASSWORD = "Please enter Username: ", "Please enter Password: "
"""What kubectl asks for on stdout; nobody can answer here."""
PROMPT = f"{USERNAME}error: EOF"
"""What it says that asks for a name and gets none."""
NO_CONTEXT = Text(
    ko="`podlab kubectl config get-contexts`가 kubeconfig에 있는 컨텍스트를 보여 줍니다.",
    en="`podlab kubectl config get-contexts` lists the contexts of the kubeconfig.",
)
NO_IDENTITY = Text(
    ko="이 kubeconfig의 사용자에는 인증 정보(인증서, 토큰, exec)가 없습니다.",
    en="The user of this kubeconfig has no credentials: no certificate, no token, no exec plugin.",
)


class Misconfigured(ClusterError):
    """One thing in a kubeconfig that makes no sense."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says over the kubeconfig: kubectl's flags of these names."""

    context: str = ""
    cluster: str = ""
    user: str = ""
    server: str = ""
    certificate_authority: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""
    token: str = ""
    username: str = ""
    password: str = ""
    client_certificate: str = ""
    client_key: str = ""
    as_: str = ""
    as_uid: str = ""
    as_group: tuple[str, ...] = ()
    as_user_extra: tuple[str, ...] = ()
    plugin_policy: tuple[str, tuple[str, ...]] = ("", ())


@dataclass(frozen=True, slots=True)
class Connection:
    """A server and an identity.

    Attributes:
        ca, certificate, key: PEM texts; "" for none.
        impersonate: the headers of who to act as.
        exec: an exec plugin's entry, asked for credentials when they are needed.
        oidc: the settings of the auth provider of that name.
        plugin_config: what the cluster's extension for exec plugins says.
        plugin_policy: which exec plugins the person lets run, and those that are named.
        slashes: those that end the server's address in the kubeconfig; `server` has none.
    """

    server: str
    namespace: str = ""
    context: str = ""
    user: str = ""
    cluster: str = ""
    ca: str = ""
    insecure: bool = False
    server_name: str = ""
    proxy: str = ""
    certificate: str = ""
    key: str = ""
    token: str = ""
    token_file: str = ""
    basic: str = ""
    exec: Mapping[str, Any] = field(default_factory=dict)
    oidc: Mapping[str, str] = field(default_factory=dict)
    impersonate: tuple[tuple[str, str], ...] = ()
    plugin_config: Any = None
    plugin_policy: tuple[str, tuple[str, ...]] = ("", ())
    slashes: str = ""

    @property
    def told(self) -> Object:
        """What an exec plugin is told of the cluster. Upstream: staging/src/k8s.io/client-go/rest/exec.go"""
        found = {
            "server": self.server,
            "tls-server-name": self.server_name,
            "insecure-skip-tls-verify": self.insecure,
            "certificate-authority-data": base64.b64encode(self.ca.encode()).decode(),
            "proxy-url": self.proxy,
        }
        return {key: value for key, value in found.items() if value} | {"config": self.plugin_config}

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing says who asks, over TLS, where kubectl would ask for a name."""
        said = (self.certificate, self.token, self.basic, self.exec, self.oidc)
        return self.server.startswith("https") and not any(said) and not (self.token_file and token_in(self.token_file))


def token_in(path: str) -> str:
    """The token that a file holds.

    Raises:
        ClusterError: it cannot be read.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        return text.strip() or text  # of blanks alone Go's header says that they are none
    except (OSError, UnicodeDecodeError) as error:
        act, reason = "read" if Path(path).is_dir() else "open", getattr(error, "strerror", None) or str(error)
        raise ClusterError(f"error: {act} {path}: {reason.lower()}") from error


def connect(config: Config, over: Overrides = Overrides()) -> Connection:
    """The connection of a context.

    Raises:
        ClusterError: kubectl's line for a context, cluster or user that is not there or makes no sense.
    """
    name = over.context or config.current
    if name and name not in config.contexts:
        raise ClusterError(f"Error in configuration: context was not found for specified context: {name}", NO_CONTEXT)
    context = config.contexts.get(name, {})
    cluster_name = over.cluster or str(context.get("cluster") or "")
    user_name = over.user or str(context.get("user") or "")
    if over.cluster and over.cluster not in config.clusters:
        raise ClusterError(f'error: no server found for cluster "{over.cluster}"')
    if over.user and over.user not in config.users:
        raise ClusterError(f'error: auth info "{over.user}" does not exist')
    cluster = _cluster(config.clusters.get(cluster_name, {}), over)
    user = _user(config.users.get(user_name, {}), over)
    _confirm([*_wrong_user(user, user_name), *_wrong_cluster(cluster, cluster_name)])
    server = server_at(str(cluster.get("server") or os.environ.get("KUBERNETES_MASTER") or NOWHERE))
    made = _made(server.rstrip("/"), cluster, user, (name, cluster_name, user_name), context)
    return replace(made, plugin_policy=over.plugin_policy, slashes=server[len(made.server) :])


def _made(server: str, cluster: Object, user: Object, names: tuple[str, str, str], context: Object) -> Connection:
    secure = server.startswith("https")
    context_name, cluster_name, user_name = names
    ca = _pem(cluster, "certificate-authority") if secure else ""
    if ca and "-----BEGIN" not in ca:
        raise ClusterError("error: unable to load root certificates: unable to parse bytes as PEM block")
    insecure = bool(cluster.get("insecure-skip-tls-verify"))
    if ca and insecure:
        raise ClusterError("error: specifying a root certificates file with the insecure flag is not allowed")
    basic = f"{user['username']}:{user.get('password', '')}" if user.get("username") else ""
    return Connection(
        server,
        str(context.get("namespace") or ""),
        context_name,
        user_name,
        cluster_name,
        ca,
        insecure,
        str(cluster.get("tls-server-name") or ""),
        str(cluster.get("proxy-url") or ""),
        _pem(user, "client-certificate") if secure else "",
        _pem(user, "client-key") if secure else "",
        str(user.get("token") or ""),
        str(user.get("tokenFile") or ""),
        base64.b64encode(basic.encode()).decode() if basic else "",
        user.get("exec") or {},
        (user.get("auth-provider") or {}).get("config") or {},
        _impersonation(user),
        next(
            (each.get("extension") for each in cluster.get("extensions") or () if each.get("name") == FOR_PLUGINS), None
        ),
    )


def _cluster(found: Object, over: Overrides) -> Object:
    cluster = dict(found)
    if over.server:
        cluster["server"] = over.server
    if over.insecure_skip_tls_verify:
        cluster["insecure-skip-tls-verify"] = True
        for key in ("certificate-authority", "certificate-authority-data"):
            cluster.pop(key, None)
    if over.certificate_authority:
        cluster.pop("certificate-authority-data", None)
        cluster["certificate-authority"] = over.certificate_authority
    if over.tls_server_name:
        cluster["tls-server-name"] = over.tls_server_name
    return cluster


def _user(found: Object, over: Overrides) -> Object:
    user = dict(found)
    given: Object = {"token": over.token, "username": over.username, "password": over.password}
    user |= {key: value for key, value in given.items() if value}
    for key, path in (("client-certificate", over.client_certificate), ("client-key", over.client_key)):
        if path:
            user.pop(f"{key}-data", None)
            user[key] = path
    given = {"as": over.as_, "as-uid": over.as_uid, "as-groups": list(over.as_group)}
    given["as-user-extra"] = _extra(over.as_user_extra)
    return user | {key: value for key, value in given.items() if value}


def _extra(given: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in given:
        key, _, value = each.partition("=")
        found.setdefault(key, []).append(value)
    return found


def _confirm(wrong: list[str]) -> None:
    """Refuse what makes no sense, all of it at once.

    Raises:
        ClusterError: kubectl's line or lines for it.
    """
    if len(wrong) > 1:
        raise ClusterError("\n* ".join(["Error in configuration: ", *wrong]))
    if wrong:
        raise Misconfigured(f"error: {wrong[0]}")


def _wrong_user(user: Object, name: str) -> Iterator[str]:
    has = {key: bool(user.get(key) or user.get(f"{key}-data")) for key in ("client-certificate", "client-key")}
    if has["client-certificate"]:
        yield from _both(user, "client-certificate", "client-cert", name, ". ")
        yield from _both(user, "client-key", "client-key", name, "; ")
        if not has["client-key"]:
            must = "client-key-data or client-key must be specified"
            yield f"{must} for {name} to use the clientCert authentication method."
        for key, shown in (("client-certificate", "client-cert"), ("client-key", "client-key")):
            yield from _unreadable(user, key, shown, name)
    if user.get("exec") is not None:
        yield from wrong_plugin(user["exec"], name)
    methods = [m for m, there in (("token", user.get("token")), ("basicAuth", _basic(user))) if there]
    if len(methods) > 1:
        yield f"more than one authentication method found for {name}; found [{' '.join(methods)}], only one is allowed"
    if (user.get("as-uid") or user.get("as-groups") or user.get("as-user-extra")) and not user.get("as"):
        yield UNPAIRED.format(name=name)
    provider = (user.get("auth-provider") or {}).get("name")
    if provider in REMOVED:
        plugin, where = REMOVED[provider]
        yield (
            f"The {provider} auth plugin has been removed.\nPlease use the {plugin} kubectl/client-go "
            f"credential plugin instead.\nSee {where} for further details"
        )
    elif provider == "oidc":
        yield from (f"Must provide {key}" for key in missing_of_oidc(user)[:1])
    elif provider:
        yield f'no Auth Provider found for name "{provider}"'


def missing_of_oidc(user: Object) -> list[str]:
    """What the provider's entry has to say and does not."""
    return [key for key in OIDC if not (user["auth-provider"].get("config") or {}).get(key)]


def _basic(user: Object) -> bool:
    return bool(user.get("username") or user.get("password"))


def _wrong_cluster(cluster: Object, name: str) -> Iterator[str]:
    url = str(cluster.get("proxy-url") or "")
    scheme = parts(url)[0]
    if url and (amiss(url) or scheme not in ("http", "https", "socks5")):
        why = f'unsupported scheme "{scheme}", must be http, https, or socks5'
        yield f"invalid 'proxy-url' {quote(url)} for cluster \"{name}\": " + (
            f"could not parse: {url}" if amiss(url) else why
        )
    key = "certificate-authority"
    yield from _both(cluster, key, key, name, ". ")
    yield from _unreadable(cluster, key, key, name)


def _both(entry: Object, key: str, shown: str, name: str, then: str) -> Iterator[str]:
    if entry.get(key) and entry.get(f"{key}-data"):
        data = f"{shown}-data"
        yield f"{data} and {shown} are both specified for {name}{then}{data} will override{'.' if then == '. ' else ''}"


def _unreadable(entry: Object, key: str, shown: str, name: str) -> Iterator[str]:
    path = entry.get(key)
    try:
        if path:
            os.close(os.open(path, os.O_RDONLY))  # a folder can be opened, too
    except OSError as error:
        yield f"unable to read {shown} {path} for {name} due to open {path}: {(error.strerror or str(error)).lower()}"


def _pem(entry: Object, key: str) -> str:
    data = entry.get(f"{key}-data")
    if data:
        return base64.b64decode(str(data)).decode("utf-8", "replace")
    path = entry.get(key)
    if not path:
        return ""
    try:
        return Path(str(path)).read_bytes().decode("utf-8", "replace")
    except IsADirectoryError as error:
        raise ClusterError(f"error: read {path}: is a directory") from error


def _impersonation(user: Object) -> tuple[tuple[str, str], ...]:
    if not user.get("as"):
        return ()
    found = [("Impersonate-User", str(user["as"]))]
    found += [("Impersonate-Uid", str(user["as-uid"]))] if user.get("as-uid") else []
    found += [("Impersonate-Group", str(each)) for each in user.get("as-groups") or ()]
    for key, values in (user.get("as-user-extra") or {}).items():
        found += [(f"Impersonate-Extra-{_header_key(str(key))}", str(each)) for each in values]
    return tuple(found)


def _header_key(key: str) -> str:
    """A key as a header's name may have it. Upstream: staging/src/k8s.io/client-go/transport/round_trippers.go"""
    return "".join(chr(byte) if chr(byte) in LEGAL else f"%{byte:02X}" for byte in key.encode())
