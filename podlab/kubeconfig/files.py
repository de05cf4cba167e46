"""The kubeconfig files that `kubectl config` reads as one, and the one of them that a change is written to.

Upstream: staging/src/k8s.io/client-go/tools/clientcmd/config.go, loader.go
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.apimachinery.yamlprinter import to_yaml
from podlab.errors import ClusterError
from podlab.kubeconfig import config as kubeconfig
from podlab.kubeconfig.config import KEYS, PATHS, extensions, more
from podlab.kubeconfig.fields import STRUCTS

Object = dict[str, Any]
ORIGIN = "origin"
"""Where an entry keeps the file that it was read from; never written."""
TYPES = {"clusters": "Cluster", "contexts": "Context", "users": "AuthInfo"}
ALWAYS: dict[str, Object] = {
    "Cluster": {"server": ""},
    "Context": {"cluster": "", "user": ""},
    "AuthProviderConfig": {"config": None, "name": ""},
    "ExecConfig": {"args": None, "command": "", "env": None, "provideClusterInfo": False},
}
"""What is written of each even if nothing was said of it."""
EMPTY = ("args", "config", "env")
"""What is written where it is there and has nothing in it."""
INNER = {"auth-provider": "AuthProviderConfig", "exec": "ExecConfig"}


@dataclass(frozen=True, slots=True)
class Files:
    """The files that are read.

    Attributes:
        explicit: the one that was named; None for those of KUBECONFIG, else `~/.kube/config`.
    """

    explicit: Path | None = None

    @property
    def default(self) -> Path:
        """Where what is new goes: the first that is there, else the last."""
        named = kubeconfig.paths(self.explicit)
        return next((each for each in named if each.exists()), named[-1])

    def read(self) -> Object:
        """All of them as one, its entries by name.

        Raises:
            ClusterError: one of them is no kubeconfig.
        """
        try:
            whole = kubeconfig.load(self.explicit, resolved=False)
        except ClusterError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
            whole = kubeconfig.Config()
        found: Object = {"apiVersion": "v1", "kind": "Config", "current-context": whole.current, **whole.more}
        for section, key in KEYS.items():
            entries: dict[str, Object] = getattr(whole, section)
            found[section] = [
                {"name": name, key: _shaped(TYPES[section], entries[name]), ORIGIN: whole.origins[section, name]}
                for name in sorted(entries)
            ]
        return found

    def write(self, changed: Object) -> None:
        """Write what differs from what is there, each entry to the file that it came from.

        Raises:
            ClusterError: a file cannot be written.
        """
        before = self.read()
        if changed["current-context"] != before["current-context"]:
            self._point(str(changed["current-context"]))
        for section in ("clusters", "contexts", "users"):
            old, new = _by_name(before[section]), _by_name(changed.get(section) or ())
            for name, entry in new.items():
                if old.get(name) != entry:
                    self._put(section, name, entry)
            for name in old.keys() - new.keys():
                self._put(section, name, {ORIGIN: old[name][ORIGIN]})

    def _point(self, context: str) -> None:
        """Name another context, or none: in the file that names one now."""
        named = kubeconfig.paths(self.explicit)
        naming = (each for each in named if each.exists() and _one(each)["current-context"])
        path = self.default if context else next(naming, self.default)
        _store(path, {**_one(path), "current-context": context})

    def _put(self, section: str, name: str, entry: Object) -> None:
        """Put an entry in its file, or take it out if it says nothing but where it was."""
        path, key = entry.get(ORIGIN) or self.default, KEYS[section]
        there = _one(path)
        kept = [each for each in there[section] if each["name"] != name]
        if key in entry:
            value = _shaped(TYPES[section], entry[key])
            for reference in PATHS.get(section, ()):
                if value.get(reference):
                    value[reference] = _relative(value[reference], path.absolute().parent)
            kept.append({"name": name, key: value})
        _store(path, {**there, section: kept})


def _by_name(entries: Iterable[Mapping[str, Any]]) -> dict[str, Object]:
    return {str(each["name"]): dict(each) for each in entries}


def _shaped(type_: str, value: Object) -> Object:
    """What Go's struct keeps of it."""
    empty = [key for key in EMPTY if value.get(key) in ([], {})]
    shaped = {key: value[key] for key in STRUCTS[type_] if value.get(key) or key in empty}
    if shaped.get("extensions"):
        shaped["extensions"] = extensions(shaped["extensions"])
    for key, inner in INNER.items():
        if type_ == "AuthInfo" and isinstance(shaped.get(key), dict):
            shaped[key] = _shaped(inner, shaped[key])
    return {**ALWAYS.get(type_, {}), **shaped}


def _one(path: Path) -> Object:
    """What one file says; an empty kubeconfig if it is not there."""
    try:
        found = kubeconfig.parse(path.read_bytes(), path)
    except FileNotFoundError:
        found = {}
    except OSError as error:
        raise _unusable(path, error) from error
    whole: Object = {"apiVersion": "v1", "kind": "Config", "current-context": str(found.get("current-context") or "")}
    whole |= more(found)
    for section, key in KEYS.items():
        entries = [each for each in found.get(section) or () if each]
        whole[section] = [
            {"name": str(each.get("name") or ""), key: _shaped(TYPES[section], each.get(key) or {})} for each in entries
        ]
    return whole


def _store(path: Path, config: Object) -> None:
    whole = {key: value for key, value in config.items() if key not in KEYS}
    whole |= {section: sorted(config[section], key=lambda each: str(each["name"])) or None for section in KEYS}
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(to_yaml(whole), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> ClusterError:
    return ClusterError(f"error: open {path}: {(error.strerror or str(error)).lower()}")


def _relative(reference: str, folder: Path) -> str:
    """A path as a file in the folder names it: what lies above stays whole."""
    shown = os.path.relpath(folder / reference, folder)
    return reference if shown.startswith("../") else shown
