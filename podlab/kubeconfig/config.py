"""Kubeconfig files, merged as kubectl merges them, with kubectl's words for what is none.

Upstream: staging/src/k8s.io/client-go/tools/clientcmd/loader.go
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.errors import ClusterError
from podlab.kubeconfig import fields
from podlab.text import Text

Object = dict[str, Any]
PATHS = {"clusters": ("certificate-authority",), "users": ("client-certificate", "client-key", "tokenFile")}
KEYS = {"clusters": "cluster", "users": "user", "contexts": "context"}
BROKEN = Text(
    ko="kubeconfig 파일을 읽을 수 없습니다. 파일을 고치거나, `podlab kubeconfig`가 알려 주는 것을 씁니다.",
    en="This kubeconfig cannot be read. Mend the file, or use the one that `podlab kubeconfig` names.",
)


@dataclass(slots=True)
class Config:
    """What the files say: clusters, users and contexts by name."""

    clusters: dict[str, Object] = field(default_factory=dict)
    users: dict[str, Object] = field(default_factory=dict)
    contexts: dict[str, Object] = field(default_factory=dict)
    current: str = ""
    origins: dict[tuple[str, str], Path] = field(default_factory=dict)
    more: Object = field(default_factory=dict)


def paths(explicit: Path | None) -> list[Path]:
    """The files to read: the one given, else those of KUBECONFIG, else `~/.kube/config`."""
    if explicit is not None:
        return [explicit]
    named = [Path(each) for each in os.environ.get("KUBECONFIG", "").split(os.pathsep) if each]
    return list(dict.fromkeys(named)) or [Path.home() / ".kube" / "config"]


def load(explicit: Path | None = None, *, resolved: bool = True) -> Config:
    """The files as one; what an earlier file says of a name wins. A file that is not there counts only if it was named.

    Args:
        resolved: relative paths are made absolute.

    Raises:
        ClusterError: kubectl's line for a file that is no kubeconfig.
    """
    whole, broken = Config(), []
    for path in paths(explicit):
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            if explicit is not None:
                raise ClusterError(f"error: stat {path}: no such file or directory", BROKEN) from error
            continue
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            act = "read" if path.is_dir() else "open"
            raise ClusterError(f'error: error loading config file "{path}": {act} {path}: {reason}', BROKEN) from error
        try:
            _merge(whole, parse(data, path), path, resolved)
        except ClusterError as error:
            broken.append(error)
    if len(broken) > 1:
        raise ClusterError("\n".join(str(each).removeprefix("error: ") for each in broken), BROKEN)
    if broken:
        raise broken[0]
    return whole


def parse(data: bytes, path: Path) -> Object:
    """One file's content.

    Raises:
        ClusterError: kubectl's line for what it is not.
    """
    try:
        found = next(yaml.load_all(data.decode(goyaml.encoding(data)), Loader=goyaml.loader()), None)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _broken(path, f"yaml: {_words(error, data)}") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _broken(path, fields.no_object(found))
    if found.get("kind") not in (None, "", "Config") or found.get("apiVersion") not in (None, "", "v1"):
        version, kind = found.get("apiVersion") or "v1", found.get("kind")
        scheme = "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"
        raise _broken(path, f'no kind "{kind}" is registered for version "{version}" in scheme "{scheme}"')
    if said := fields.wrong(found):
        raise _broken(path, said)
    return found


def _broken(path: Path, words: str) -> ClusterError:
    return ClusterError(f'error: error loading config file "{path}": {words}', BROKEN)


def _words(error: Exception, data: bytes) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return goyaml.said(error, data.decode(goyaml.encoding(data)))
    if isinstance(error, (UnicodeDecodeError, yaml.reader.ReaderError)):
        return "control characters are not allowed" if b"\x00" in _bytes(error) else "invalid leading UTF-8 octet"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _bytes(error: Exception) -> bytes:
    found = getattr(error, "object", b"\x00")
    return found if isinstance(found, bytes) else b"\x00"


def _merge(whole: Config, found: Mapping[str, Any], path: Path, resolved: bool) -> None:
    for section, key in KEYS.items():
        kept: dict[str, Object] = getattr(whole, section)
        for entry in filter(None, found.get(section) or ()):
            name = str(entry.get("name") or "")
            if name not in kept:
                value = dict(entry.get(key) or {})
                kept[name] = _absolute(value, PATHS.get(section, ()), path) if resolved else value
                whole.origins[section, name] = path
    whole.more = _both(whole.more, more(found))
    whole.current = whole.current or str(found.get("current-context") or "")


def extensions(found: Sequence[Mapping[str, Any]]) -> list[Object]:
    """What other programs keep in a kubeconfig, by name."""
    named = [
        {"name": str(each.get("name") or ""), "extension": _sorted(each.get("extension"))} for each in found if each
    ]
    return sorted(named, key=lambda each: str(each["name"]))


def _sorted(value: Any) -> Any:
    """The same with the fields of objects in the order of their names."""
    if isinstance(value, list):
        return [_sorted(each) for each in value]
    return {key: _sorted(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def more(found: Mapping[str, Any]) -> Object:
    """What a file says that is about no cluster, user or context."""
    said: Object = {}
    preferences = {key: value for key, value in (found.get("preferences") or {}).items() if value}
    if preferences.get("extensions"):
        preferences["extensions"] = extensions(preferences["extensions"])
    if kept := {key: preferences[key] for key in ("colors", "extensions") if key in preferences}:
        said["preferences"] = kept
    if found.get("extensions"):
        said["extensions"] = extensions(found["extensions"])
    return said


def _both(first: Object, second: Object) -> Object:
    """What two files say; what the first says of a name wins."""
    whole = {**second, **first}
    if "preferences" in first and "preferences" in second:
        whole["preferences"] = _both(first["preferences"], second["preferences"])
    if "extensions" in first and "extensions" in second:
        names = {each["name"] for each in first["extensions"]}
        others = [each for each in second["extensions"] if each["name"] not in names]
        whole["extensions"] = extensions([*first["extensions"], *others])
    return whole


def _absolute(value: Object, names: Sequence[str], path: Path) -> Object:
    for name in names:
        if value.get(name):
            value[name] = str(path.absolute().parent / str(value[name]))
    exec_ = value.get("exec")
    if isinstance(exec_, dict) and "/" in str(exec_.get("command") or ""):
        value["exec"] = {**exec_, "command": str(path.absolute().parent / exec_["command"])}
    return value
