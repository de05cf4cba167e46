"""`kubectl create configmap`, `secret generic`, `secret tls`, `secret docker-registry`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_configmap.go, create_secret*.go, pkg/util/hash
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from podlab.apimachinery import validation
from podlab.apimachinery.gotext import compact
from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.verbs.creating import create_one, the_name

Object = dict[str, Any]
KEY = re.compile(r"[-._a-zA-Z0-9]+")
VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
KEY_RULE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
VARIABLE_RULE = (
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not "
    "start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is "
    "'[-._a-zA-Z][-._a-zA-Z0-9]*')"
)
DOCKER = (
    "error: either --from-file or the combination of --docker-username, --docker-password and --docker-server is "
    "required"
)
NO_CERTIFICATE = (
    "error: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may "
    "have been switched"
)
NO_KEY = "error: tls: found a certificate rather than a key in the PEM for the private key"
HASH_LETTERS = str.maketrans("013ae", "ghkmt")


def configmap(
    command: Command,
    *arguments: str,
    from_literal: Sequence[str] = (),
    from_file: Sequence[str] = (),
    from_env_file: Sequence[str] = (),
    append_hash: bool = False,
) -> None:
    """Create a ConfigMap of literals and files."""
    name = the_name(arguments, "configmap")
    _exclusive(from_env_file, from_literal, from_file)
    data: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in _sources(command, from_literal, from_file, from_env_file):
        if wrong := _key_trouble(key):
            raise PodlabError(f'error: "{key}" is not a valid key name for a ConfigMap: {wrong}')
        if key in data or key in binary:
            there = "Data" if key in data else "BinaryData"
            raise PodlabError(
                f'error: cannot add key "{key}", another key by that name already exists in {there} for ConfigMap '
                f'"{name}"'
            )
        try:
            data[key] = value.decode("utf-8")
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    if append_hash:
        told = {"data": data or None, "kind": "ConfigMap", "name": name}
        name = f"{name}-{_hash(({'binaryData': binary} if binary else {}) | told)}"
    obj: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    obj |= {"data": data} if data else {}
    obj |= {"binaryData": binary} if binary else {}
    create_one(command, "configmaps", obj, "configmap:")


def secret(
    command: Command,
    *arguments: str,
    from_literal: Sequence[str] = (),
    from_file: Sequence[str] = (),
    from_env_file: Sequence[str] = (),
    type_: str = "",
    append_hash: bool = False,
) -> None:
    """Create a Secret of literals and files."""
    name = the_name(arguments, "secret generic")
    _exclusive(from_env_file, from_literal, from_file)
    _make(command, name, _collected(_sources(command, from_literal, from_file, from_env_file)), type_, append_hash)


def secret_tls(command: Command, *arguments: str, cert: str = "", key: str = "", append_hash: bool = False) -> None:
    """Create a Secret of a certificate and its key."""
    name = the_name(arguments, "secret tls")
    if not cert or not key:
        raise PodlabError("error: key and cert must be specified")
    pairs = {"tls.crt": _pem(command.folder / cert, cert), "tls.key": _pem(command.folder / key, key)}
    _check_pair(pairs)
    _make(command, name, pairs, "kubernetes.io/tls", append_hash)


def secret_docker_registry(
    command: Command,
    *arguments: str,
    docker_server: str = "https://index.docker.io/v1/",
    docker_username: str = "",
    docker_password: str = "",
    docker_email: str = "",
    from_file: Sequence[str] = (),
    append_hash: bool = False,
) -> None:
    """Create a Secret for pulling images."""
    name = the_name(arguments, "secret docker-registry")
    if not from_file and not (docker_username and docker_password and docker_server):
        raise PodlabError(DOCKER)
    if from_file:
        pairs = {key or ".dockerconfigjson": value for key, value in _files(command, from_file, ".dockerconfigjson")}
    else:
        auth = base64.b64encode(f"{docker_username}:{docker_password}".encode()).decode()
        entry = {"username": docker_username, "password": docker_password}
        entry |= {"email": docker_email} if docker_email else {}
        pairs = {".dockerconfigjson": compact({"auths": {docker_server: {**entry, "auth": auth}}}).encode()}
    _make(command, name, pairs, "kubernetes.io/dockerconfigjson", append_hash)


def _make(command: Command, name: str, pairs: dict[str, bytes], kind: str, append_hash: bool) -> None:
    data = {key: base64.b64encode(value).decode() for key, value in pairs.items()}
    if append_hash:
        name = f"{name}-{_hash({'data': data or None, 'kind': 'Secret', 'name': name, 'type': kind})}"
    obj: Object = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
    obj |= {"data": data} if data else {}
    obj |= {"type": kind} if kind else {}
    create_one(command, "secrets", obj, "secret")


def _hash(told: Object) -> str:
    text = compact({key: told[key] for key in sorted(told)})
    if isinstance(told.get("data"), dict):
        text = compact({**{key: told[key] for key in sorted(told)}, "data": dict(sorted(told["data"].items()))})
    return hashlib.sha256(text.encode()).hexdigest()[:10].translate(HASH_LETTERS)


def _exclusive(env_files: Sequence[str], literals: Sequence[str], files: Sequence[str]) -> None:
    if env_files and (literals or files):
        raise PodlabError("error: from-env-file cannot be combined with from-file or from-literal")


def _key_trouble(key: str) -> str:
    return ",".join(validation.config_key(key))


def _collected(sources: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for key, value in sources:
        if wrong := _key_trouble(key):
            raise PodlabError(f'error: "{key}" is not valid key name for a Secret {wrong}')
        if key in found:
            raise PodlabError(f"error: cannot add key {key}, another key by that name already exists")
        found[key] = value
    return found


def _sources(
    command: Command, literals: Sequence[str], files: Sequence[str], env_files: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    yield from _files(command, files)
    for each in literals:
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise PodlabError(f"error: invalid literal source {each}, expected key=value")
        yield key, value.encode("utf-8", "surrogateescape")
    for each in env_files:
        yield from _variables(command, each)


def _files(command: Command, files: Sequence[str], default: str = "") -> Iterator[tuple[str, bytes]]:
    for each in files:
        if each.count("=") > 1:
            raise PodlabError("error: key names or file paths cannot contain '='")
        key, equals, name = each.rpartition("=")
        if equals and not key:
            raise PodlabError(f"error: key name for file path {name} missing")
        if not name:
            raise PodlabError(f"error: file path for key name {key} missing" if key else "error: no path given")
        path = command.folder / name
        if path.is_dir() and key:
            raise PodlabError("error: cannot give a key name for a directory path")
        chosen = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
        for one in chosen:
            if path.is_dir() and not KEY.fullmatch(one.name):
                continue
            yield key or default or one.name, _read(one, name, f"error reading {name}: {{reason}}")


def _read(path: Path, name: str, words: str) -> bytes:
    try:
        return path.read_bytes()
    except ValueError:  # a zero byte in the name, which Go's os.Open refuses with these words
        raise ManifestError("error: " + words.replace("{reason}", "invalid argument")) from None
    except OSError as error:
        raise ManifestError("error: " + words.replace("{reason}", (error.strerror or str(error)).lower())) from error


def _variables(command: Command, name: str) -> Iterator[tuple[str, bytes]]:
    if (command.folder / name).is_dir():
        raise ManifestError("error: env config file cannot be a directory")
    data = _read(command.folder / name, name, f"error reading {name}: {{reason}}").removeprefix(b"\xef\xbb\xbf")
    for at, line in enumerate(data.splitlines(), 1):
        try:
            text = line.decode("utf-8").lstrip()
        except UnicodeDecodeError:
            shown = f"[{' '.join(map(str, line))}]"
            raise PodlabError(f"error: env file {name} contains invalid utf8 bytes at line {at}: {shown}") from None
        if not text or text.startswith("#"):
            continue
        key, equals, value = text.partition("=")
        if not VARIABLE.fullmatch(key) or key in (".", "..") or key.startswith(".."):
            raise PodlabError(f"error: {json.dumps(key, ensure_ascii=False)} is not a valid key name: {VARIABLE_RULE}")
        yield key, (value if equals else os.environ.get(key, "")).encode()


def _pem(path: Path, name: str) -> bytes:
    return _read(path, name, f"Cannot read file {name}, open {name}: {{reason}}")


def _check_pair(pairs: dict[str, bytes]) -> None:
    """Refuse a certificate and a key that do not belong together, in the words of Go's crypto/tls."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    for name, what in (("tls.crt", "certificate"), ("tls.key", "key")):
        if b"-----BEGIN" not in pairs[name]:
            raise PodlabError(f"error: tls: failed to find any PEM data in {what} input")
    if b"CERTIFICATE-----" not in pairs["tls.crt"]:
        raise PodlabError(NO_CERTIFICATE)
    if b"PRIVATE KEY-----" not in pairs["tls.key"]:
        raise PodlabError(NO_KEY)
    try:
        public = load_pem_x509_certificate(pairs["tls.crt"]).public_key()
        private: Any = load_pem_private_key(pairs["tls.key"], None)
    except (ValueError, TypeError) as error:
        raise PodlabError(f"error: tls: failed to parse private key or certificate: {error}") from error
    if private.public_key() != public:
        raise PodlabError("error: tls: private key does not match public key")
