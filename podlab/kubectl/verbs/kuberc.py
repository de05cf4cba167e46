"""`kubectl kuberc`: the file of a person's preferences, shown and changed.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/kuberc
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from podlab.apimachinery import goyaml
from podlab.apimachinery.gotext import quote
from podlab.apimachinery.yamlprinter import to_json, to_yaml
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.commandline.kuberc import GROUP, Unread, place
from podlab.kubectl.commandline.wording import failure
from podlab.kubectl.formats.formats import parse_format

Object = dict[str, Any]
SECTIONS = ("defaults", "aliases", "credentialplugin")
POLICIES = ("AllowAll", "DenyAll", "Allowlist")
ORDER = ("kind", "apiVersion", "name", "command", "prependArgs", "appendArgs", "options", "default", "defaults",
         "aliases", "credentialPluginPolicy", "credentialPluginAllowlist")  # fmt: skip
OFF = "error: KUBERC is disabled via KUBERC=off environment variable"
HEAD = {"kind": "Preference", "apiVersion": f"{GROUP}/v1beta1"}
RECOMMENDED = {
    "aliases": None,
    "defaults": [
        {"command": "apply", "options": [{"name": "server-side", "default": "true"}]},
        {"command": "delete", "options": [{"name": "interactive", "default": "true"}]},
    ],
}


def view(command: Command, *arguments: str, kuberc: str = "", output: str = "yaml") -> None:
    """Show the preferences; where there are none, offer to make some."""
    path, explicit = _place(kuberc)
    if not path.exists():
        if explicit:
            raise PodlabError(f"error: kuberc file not found at {path}")
        command.out(f"kuberc file not found at {path}\n")
        command.out("Would you like to generate a default kuberc file with recommended options? (y/N): ")
        answer = command.stdin.readline().decode("utf-8", "replace").split() if command.stdin else []
        if answer and answer[0].lower() == "y":
            _save(command, path, {**HEAD, **RECOMMENDED})
        return
    found = _read(path)
    whole = {**found, "defaults": found.get("defaults") or [], "aliases": found.get("aliases") or []}
    shape = parse_format(output, tables=False)
    command.out(to_json(_ordered(whole), by_name=False) if output == "json" else shape.text(whole))


def set_(
    command: Command,
    *arguments: str,
    section: str | None = None,
    command_: str = "",
    name: str = "",
    option: Sequence[str] = (),
    prependarg: Sequence[str] = (),
    appendarg: Sequence[str] = (),
    overwrite: bool = False,
    policy: str = "",
    allowlist_entry: Sequence[str] = (),
    kuberc: str = "",
) -> None:
    """Keep a default of a command's flags, an alias, or which credential plugins may run."""
    if section is None:
        raise PodlabError('error: required flag(s) "section" not set')
    path, _ = _place(kuberc)
    if said := _wrong(section, command_, name, [*prependarg, *appendarg]) or _wrong_plugin(
        section, policy, allowlist_entry
    ):
        raise PodlabError(f"error: {said}")
    found: Object = _read(path) if path.exists() and path.stat().st_size else {**HEAD}
    options = [_option(each) for each in option]
    if section == "credentialplugin":
        if policy == "Allowlist":
            found["credentialPluginAllowlist"] = _allowed(allowlist_entry)
        found["credentialPluginPolicy"] = policy
    elif section == "defaults":
        _put(found, section, "command", {"command": command_, "options": options}, overwrite)
    else:
        parts = {"prependArgs": list(prependarg), "appendArgs": list(appendarg), "options": options}
        _put(found, section, "name", {"name": name, "command": command_, **parts}, overwrite)
    _save(command, path, found)


def _place(named: str) -> tuple[Path, bool]:
    try:
        path, explicit = place(named)
    except Unread as wrong:
        raise PodlabError(f"error: {wrong}") from None
    if not path:
        raise PodlabError(OFF)
    return Path(path), explicit


def _read(path: Path) -> Object:
    """The file as it is.

    Raises:
        PodlabError: it cannot be read, is no YAML, or no object.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        act, reason = "read" if path.is_dir() else "open", (error.strerror or str(error)).lower()
        raise PodlabError(f"error: error reading kuberc file: {act} {path}: {reason}") from error
    try:
        found = yaml.load(text, Loader=goyaml.loader())
    except yaml.YAMLError as error:
        why = f"error converting YAML to JSON: yaml: {goyaml.said(error, text)}"
        raise PodlabError(f"error: error parsing kuberc file: {why}") from None
    if not isinstance(found, dict):
        raise PodlabError("error: error parsing kuberc file: error unmarshaling JSON: while decoding JSON: no object")
    return found


def _wrong(section: str, command: str, name: str, more: Sequence[str]) -> str:
    """What does not go together; "" where all does."""
    if section not in SECTIONS:
        return f'--section must be "defaults", "aliases", or "credentialplugin", got: {section}'
    if section == "aliases" and not name:
        return "--name is required when --section=aliases"
    if section == "defaults" and name:
        return "--name should not be specified when --section=defaults"
    if section == "defaults" and more:
        return "--prependarg and --appendarg are only valid for --section=aliases"
    if section != "credentialplugin" and not command:
        return "--command is required when --section=aliases or --section=defaults"
    return ""


def _wrong_plugin(section: str, policy: str, entries: Sequence[str]) -> str:
    if section != "credentialplugin":
        return ""
    if not policy:
        return "--policy is required when --section=credentialplugin"
    if policy not in POLICIES:
        return f' --policy must be  "AllowAll", "DenyAll", or "Allowlist", got: {policy}'
    together = "--section=credentialplugin and --policy=Allowlist"
    if policy == "Allowlist" and not entries:
        return f"--allowlist-entry is required when {together}"
    if policy != "Allowlist" and entries:
        return f"--allowlist-entry may only be used when {together}"
    return ""


def _option(text: str) -> Object:
    flag, equals, value = text.partition("=")
    if not equals:
        raise PodlabError(f"error: invalid option format {quote(text)}, expected flag=value")
    return {"name": flag.lstrip("-"), "default": value}


def _allowed(entries: Sequence[str]) -> list[Object]:
    found, wrong = [], []
    for pair in (pair for each in entries for pair in each.split(",")):
        field, equals, value = pair.partition("=")
        if not equals:
            wrong.append(f"improperly formatted allowlist entry: {quote(pair)}")
        elif field == "name":
            wrong.append('allowlist entry field "name" is deprecated, use "command" instead')
        elif field != "command":
            wrong.append(f"unrecognized allowlist entry field: {quote(field)}")
        elif not value.strip():
            wrong.append(f"empty value in allowlist entry for field {quote(field)}")
        else:
            found.append({"command": value})
    if wrong:
        raise failure([PodlabError(f"error: {each}") for each in wrong])
    return found


def _put(found: Object, section: str, key: str, entry: Object, overwrite: bool) -> None:
    """The entry in place of the one of its name, whose parts stay that are not given; else at the end."""
    entries = found.get(section) or []
    old = next((each for each in entries if each.get(key) == entry[key]), None)
    if old is not None and not overwrite:
        what = "defaults for command" if section == "defaults" else "alias"
        there = "already exist" if section == "defaults" else "already exists"
        raise PodlabError(f"error: {what} {quote(entry[key])} {there}, use --overwrite to replace")
    if old is None:
        found[section] = [*entries, entry]
        return
    kept = {part: old.get(part) if value == [] else value for part, value in entry.items()}
    found[section] = [kept if each is old else each for each in entries]


def _save(command: Command, path: Path, found: Object) -> None:
    """Write the file as Go does: what is empty and may be left out is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {**found, "defaults": _shaped(found.get("defaults")), "aliases": _shaped(found.get("aliases"))}
    path.write_text(to_yaml(whole), encoding="utf-8")
    command.out(f"Updated {path}\n")


def _ordered(value: Any) -> Any:
    """The same with its keys as in Go's structs."""
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in ORDER if key in value}
    return value


def _shaped(entries: list[Object] | None) -> list[Object] | None:
    found = []
    for entry in entries or ():
        shaped = {key: value for key, value in entry.items() if value}
        found.append(shaped if "name" in entry else {**shaped, "options": entry.get("options") or None})
    return found or None
