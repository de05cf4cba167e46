"""Exec plugins: programs that tell who asks, and kubectl's words for one that does not.

Upstream: staging/src/k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from podlab.apimachinery import gotext, goyaml
from podlab.apimachinery.gotext import quote
from podlab.errors import ClusterError
from podlab.kubeconfig import fields
from podlab.kubeconfig.keypairs import wrong_pair

Object = dict[str, Any]
GROUP = "client.authentication.k8s.io"
VERSIONS = (f"{GROUP}/v1", f"{GROUP}/v1beta1")
WITHOUT_MODE = (VERSIONS[1], f"{GROUP}/v1alpha1")
MODES = ("Never", "IfAvailable", "Always")
NOT_FOUND = """exec: executable {command} not found

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""
UNABLE = "Unable to connect to the server: getting credentials: "
UNKNOWN = "unknown conversion"
META = tuple(("v1", kind) for kind in ("APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "Status"))
"""What any scheme knows of, and makes no credentials of."""
SCHEME = "pkg/client/auth/exec/exec.go:64"


def wrong_plugin(entry: Mapping[str, Any], name: str) -> Iterator[str]:
    """What makes no sense in a user's entry for a plugin."""
    must = f"must be specified for {name} to use exec authentication plugin"
    yield from (f"{key} {must}" for key in ("command", "apiVersion") if not entry.get(key))
    yield from (f"env variable name {must}" for each in entry.get("env") or () if not (each or {}).get("name"))
    mode = entry.get("interactiveMode")
    if not mode and entry.get("apiVersion") not in WITHOUT_MODE:
        yield f"interactiveMode {must}"
    elif mode and mode not in MODES:
        yield f"invalid interactiveMode for {name}: {quote(str(mode))}"


def wrong_policy(policy: str, allowed: list[Object] | None) -> str | None:
    """What makes no sense in the preferences that say which plugins may run."""
    if policy in ("", "AllowAll", "DenyAll"):
        said = f"plugin policy is {quote(policy)} but allowlist is non-nil"
        return f"misconfigured credential plugin allowlist: {said}" if allowed is not None else None
    if policy != "Allowlist":
        return f"unknown plugin policy: {quote(policy)}"
    if not allowed:
        why = "unspecified" if allowed is None else 'empty; use "DenyAll" policy instead'
        return f'credential plugin policy set to "Allowlist", but allowlist is {why}'
    for at, entry in enumerate(allowed, 1):
        command = (entry or {}).get("command") or ""
        if not command:
            return f"misconfigured credential plugin allowlist: empty allowlist entry #{at}"
        if (clean := os.path.normpath(command)) != command:
            return f"non-normalized file path: {quote(command)} vs {quote(clean)}"
    return None


def _forbidden(command: str, policy: str, allowed: Sequence[str]) -> str:
    """Why the person's preferences keep the program from being run; "" if they do not."""
    if policy == "DenyAll":
        return f'plugin {quote(os.path.normpath(command))} not allowed: policy set to "DenyAll"'
    if policy != "Allowlist" or command in allowed:
        return ""
    path = shutil.which(command) or command
    if path in (*allowed, *(shutil.which(each) for each in allowed)):
        return ""
    return f"plugin path {quote(path)} is not permitted by the credential plugin allowlist"


def check_version(entry: Mapping[str, Any]) -> None:
    """Refuse a plugin of another protocol.

    Raises:
        ClusterError: kubectl's line for it.
    """
    if entry.get("apiVersion") not in VERSIONS:
        raise ClusterError(f"error: exec plugin: invalid apiVersion {quote(str(entry.get('apiVersion')))}")


def ask(entry: Mapping[str, Any], cluster: Object, policy: tuple[str, tuple[str, ...]] = ("", ())) -> Object:
    """Run the plugin; the `status` of what it answers.

    Args:
        cluster: what it is told of the cluster if it wants to know.
        policy: which plugins the person lets run, and those that are named.

    Raises:
        ClusterError: kubectl's line for a plugin that is not there, fails, or answers something else.
    """
    command = str(entry["command"])
    if said := _forbidden(command, *policy) or _not_runnable(command, str(entry.get("installHint") or "")):
        raise ClusterError(UNABLE + said)
    interactive = entry.get("interactiveMode") != "Never" and sys.stdin is not None and sys.stdin.isatty()
    if entry.get("interactiveMode") == "Always" and not interactive:
        why = "standard input is not a terminal"
        raise ClusterError(f"{UNABLE}exec plugin cannot support interactive mode: {why}")
    spec: Object = {"cluster": cluster} if entry.get("provideClusterInfo") else {}
    spec["interactive"] = interactive
    info = {"kind": "ExecCredential", "apiVersion": entry["apiVersion"], "spec": spec}
    variables = {str(v["name"]): str(v.get("value") or "") for v in entry.get("env") or ()}
    done = subprocess.run(
        [command, *map(str, entry.get("args") or ())],
        stdout=subprocess.PIPE,
        stdin=None if interactive else subprocess.DEVNULL,
        env={**os.environ, **variables, "KUBERNETES_EXEC_INFO": json.dumps(info, separators=(",", ":")) + "\n"},
        check=False,
    )
    if done.returncode:  # a signal is no exit code
        code = max(done.returncode, -1)
        raise ClusterError(f"{UNABLE}exec: executable {command} failed with exit code {code}")
    try:
        return _status(done.stdout.decode("utf-8", "replace"), str(entry["apiVersion"]))
    except _Unusable as error:
        raise ClusterError(f"{UNABLE}{error}") from error


def _not_runnable(command: str, hint: str) -> str:
    """Why the program cannot be started; "" if it can."""
    if shutil.which(command) is not None:
        return ""
    if Path(command).name != command:
        why = "permission denied" if Path(command).exists() else "no such file or directory"
        return f"exec: fork/exec {command}: {why}"
    return NOT_FOUND.format(command=command) + (f"\n{hint}" if hint else "")


class _Unusable(Exception):
    """An answer that says nothing of who asks."""


def _status(text: str, version: str) -> Object:
    answer = _decoded(text)
    given, kind = answer.get("apiVersion") or "", answer.get("kind") or ""
    if (given, kind) in META:
        raise _Unusable(f"decoding stdout: converting (v1.{kind}) to (clientauthentication.ExecCredential): {UNKNOWN}")
    if given and (given not in VERSIONS or kind not in ("", "ExecCredential")):
        raise _Unusable(f'decoding stdout: no kind "{kind}" is registered for version "{given}" in scheme "{SCHEME}"')
    if said := fields.wrong_credential(answer):
        raise _Unusable(f"decoding stdout: {said}")
    if given != version:
        shown = given or f"{GROUP}/__internal"
        raise _Unusable(f"exec plugin is configured to use API version {version}, plugin returned version {shown}")
    status: Object | None = answer.get("status")
    if status is None:
        raise _Unusable("exec plugin didn't return a status field")
    certificate, key = (str(status.get(name) or "") for name in ("clientCertificateData", "clientKeyData"))
    if not (status.get("token") or certificate or key):
        raise _Unusable("exec plugin didn't return a token or cert/key pair")
    if bool(certificate) != bool(key):
        raise _Unusable("exec plugin returned only certificate or key, not both")
    if certificate and (said := wrong_pair(certificate, key)):
        raise _Unusable(f"failed parsing client key/certificate: {said}")
    return status


def _decoded(text: str) -> Object:
    """What a plugin printed, JSON or YAML, as an object."""
    is_json = text.lstrip().startswith("{")
    try:
        found = json.loads(text) if is_json else yaml.load(text, Loader=goyaml.loader())
    except json.JSONDecodeError as error:
        said = gotext.syntax_error(text) or str(error)
        raise _Unusable(f"decoding stdout: couldn't get version/kind; json parse error: {said}") from error
    except yaml.MarkedYAMLError as error:
        raise _Unusable(f"decoding stdout: yaml: {goyaml.said(error, text)}") from error
    except yaml.YAMLError as error:
        raise _Unusable("decoding stdout: yaml: control characters are not allowed") from error
    if found is not None and not isinstance(found, dict):
        raise _Unusable(f"decoding stdout: {fields.no_object(found)}")
    return found or {}
