"""The file of a person's preferences: where it is, and what is in it.

Upstream: staging/src/k8s.io/kubectl/pkg/kuberc/marshal.go, staging/src/k8s.io/kubectl/pkg/config/v1beta1/types.go
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.apimachinery.gotext import quote

Object = dict[str, Any]
GROUP = "kubectl.config.k8s.io"
OPTION = {"name": str, "default": str}
ALIAS = {"name": str, "command": str, "prependArgs": [str], "appendArgs": [str], "options": [OPTION]}
DEFAULTS = {"command": str, "options": [OPTION]}
HEAD = {"apiVersion": str, "kind": str}
V1BETA1 = {
    **HEAD,
    "aliases": [ALIAS],
    "defaults": [DEFAULTS],
    "credentialPluginPolicy": str,
    "credentialPluginAllowlist": [{"name": str, "command": str}],
}
OLD_NAMES = {"overrides": "defaults", "flags": "options"}


class Unread(Exception):
    """What keeps preferences from being followed."""


def _old(shape: Any) -> Any:
    """The same shape with v1alpha1's names."""
    if isinstance(shape, list):
        return [_old(shape[0])]
    if not isinstance(shape, dict):
        return shape
    older = {new: old for old, new in OLD_NAMES.items()}
    return {older.get(key, key): _old(each) for key, each in shape.items() if not key.startswith("credential")}


SHAPES = {f"{GROUP}/v1beta1": V1BETA1, f"{GROUP}/v1alpha1": _old(V1BETA1)}


def place(named: str = "") -> tuple[str, bool]:
    """The file's path ("" where preferences are off), and whether it was asked for.

    Raises:
        Unread: it is both named and off.
    """
    environ = os.environ.get("KUBERC", "")
    if environ == "off":
        if named:
            raise Unread("disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive")
        return "", False
    return named or environ or str(Path("~/.kube/kuberc").expanduser()), bool(named or environ)


def decoded(path: str) -> tuple[Object | None, str]:
    """The first document that is preferences (None where there is none at all), and what is unknown in it.

    Raises:
        Unread: no document is.
        FileNotFoundError: there is no file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        raise Unread(f"read {path}: is a directory") from None
    except OSError as error:
        raise Unread(f"open {path}: {(error.strerror or '').lower()}") from None
    documents = [each for each in re.split(r"(?m)^---.*$\n?", text) if each.strip()]
    for document in documents:
        try:
            found = yaml.load(document, Loader=goyaml.loader())
        except yaml.YAMLError:
            continue
        shape = SHAPES.get(str(found.get("apiVersion"))) if isinstance(found, dict) else None
        if shape and found.get("kind") == "Preference" and _fits(found, shape):
            unknown = ", ".join(f"unknown field {quote(each)}" for each in _unknown(found, shape, ""))
            read: Object = _renamed(found)
            for entry in read.get("credentialPluginAllowlist") or ():
                entry["command"] = entry.get("command") or entry.pop("name", "")
            return read, f"strict decoding error: {unknown}" if unknown else ""
    if documents:
        raise Unread(f"no valid preferences found in {path}, use --v=5 to see details")
    return None, ""


def _fits(value: Any, shape: Any) -> bool:
    if value is None:
        return True
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(each, shape[0]) for each in value)
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(_fits(value.get(key), each) for key, each in shape.items())
    return isinstance(value, shape)


def _unknown(value: Any, shape: Any, path: str) -> Iterator[str]:
    """The fields that no preferences have."""
    if isinstance(shape, list):
        for number, each in enumerate(value or ()):
            yield from _unknown(each, shape[0], f"{path}[{number}]")
    elif isinstance(shape, dict):
        for key, each in sorted((value or {}).items()):
            at = f"{path}.{key}" if path else str(key)
            if key in shape:
                yield from _unknown(each, shape[key], at)
            else:
                yield at


def _renamed(value: Any) -> Any:
    """The same with today's names."""
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, dict):
        return {OLD_NAMES.get(key, key): _renamed(each) for key, each in value.items()}
    return value
