"""A person's kuberc: names of their own for commands, and what flags are set to where they say nothing.

Upstream: staging/src/k8s.io/kubectl/pkg/kuberc/kuberc.go
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podlab.apimachinery.gotext import quote
from podlab.errors import PodlabError
from podlab.kubeconfig.plugins import wrong_policy
from podlab.kubectl.commandline.flags import converted
from podlab.kubectl.commandline.kuberc import Unread, decoded, place
from podlab.kubectl.commandline.parse import command_of
from podlab.kubectl.commandline.surface import ROOT, Flag, commands

Object = dict[str, Any]
ALONE = re.compile("^-[a-zA-Z]+$")
NO_FILE = "kuberc file is not found"


@dataclass(frozen=True, slots=True)
class Preferred:
    """A command line as it is meant, what is said of the preferences, and which exec plugins may run."""

    words: list[str]
    warning: str = ""
    policy: tuple[str, tuple[str, ...]] = ("", ())


def preferred(words: Sequence[str]) -> Preferred:
    """The command line with its preferences.

    Raises:
        PodlabError: kubectl's line for preferences that make no sense.
    """
    given = list(words)
    if not given or os.environ.get("KUBECTL_KUBERC") == "false":
        return Preferred(given)
    warning = ""
    try:
        found, warning = _read(_named(given))
        if found is None:
            return Preferred(given, warning)
        _check(found)
        meant, said = _aliased(found, given)
        warning += said
        if meant is None:
            meant, said = _overridden(found, given)
            warning += said
    except Unread as wrong:
        raise PodlabError(f"{warning}error occurred while applying preferences {wrong}") from None
    allowed = tuple(each.get("command") or "" for each in found.get("credentialPluginAllowlist") or ())
    return Preferred(meant, warning, (found.get("credentialPluginPolicy") or "", allowed))


def _named(words: Sequence[str]) -> str:
    """The file that `--kuberc` names."""
    for at, word in enumerate(words):
        if word == "--":
            break
        if word == "--kuberc":
            if at + 1 == len(words):
                raise Unread(NO_FILE)
            return words[at + 1]
        if "--kuberc=" in word:
            if not word.split("=")[1]:
                raise Unread(NO_FILE)
            return word.split("=")[1]
    return ""


def _read(named: str) -> tuple[Object | None, str]:
    """The preferences, and what is said of their file."""
    try:
        path, explicit = place(named)
    except Unread as wrong:
        raise Unread(f"kuberc error {wrong}") from None
    if not path:
        return None, ""
    try:
        found, unknown = decoded(path)
    except FileNotFoundError as error:
        if explicit:
            raise Unread(f"kuberc error kuberc: open {path}: no such file or directory") from error
        return None, ""
    except Unread as wrong:
        if explicit:
            raise Unread(f"kuberc error kuberc: {wrong}") from None
        return None, f"kuberc: no preferences loaded from {path}: {wrong}"
    return found, f"kuberc: ignoring strict decoding error in {path}: {unknown}" if unknown else ""


def _check(found: Object) -> None:
    seen = set()
    for alias in found.get("aliases") or ():
        name = alias.get("name") or ""
        if not re.fullmatch("[a-zA-Z]+", name):
            raise Unread("invalid alias name, can only include alphabetical characters")
        _check_options(alias)
        if name in seen:
            raise Unread(f"duplicate alias name {name}")
        seen.add(name)
    for override in found.get("defaults") or ():
        _check_options(override)
    if said := wrong_policy(found.get("credentialPluginPolicy") or "", found.get("credentialPluginAllowlist")):
        raise Unread(said)


def _check_options(entry: Object) -> None:
    for option in entry.get("options") or ():
        if (option.get("name") or "").startswith("-"):
            raise Unread(f"flag name {option['name']} should be in long form without dashes")


def _aliased(found: Object, words: list[str]) -> tuple[list[str] | None, str]:
    """The line that an alias stands for; None where its command is kubectl's."""
    if command_of(words)[0] or not (there := [word for word in words if not word.startswith(("-", "__complete"))]):
        return None, ""
    alias = next((each for each in found.get("aliases") or () if each.get("name") == there[0]), None)
    if alias is None:
        return None, ""
    if command_of(there[:1])[0]:
        return None, f"Warning: Setting alias {quote(there[0])} to a built-in command is not supported\n"
    asked = (alias.get("command") or "").split()
    verb, left = command_of(asked)
    if not verb:
        raise Unread(f"command {quote(alias['command'])} not found to set alias {quote(there[0])}: [{' '.join(left)}]")
    flags = []
    for option in alias.get("options") or ():
        flag = _flag(option, verb, f"invalid alias flag {option.get('name')} in alias kubectl")
        if not _is_given(flag, ["kubectl", *words]):
            flags.append(_set(flag, option, verb, "alias kubectl"))
    at = words.index(there[0])
    before, after = alias.get("prependArgs") or [], alias.get("appendArgs") or []
    return [*words[:at], *verb.split(), *flags, *before, *words[at + 1 :], *after], ""


def _overridden(found: Object, words: list[str]) -> tuple[list[str], str]:
    """The line with the flags that its command is given by default."""
    verb, rest = command_of(words)
    warning, flags = "", []
    for override in found.get("defaults") or () if verb else ():
        name = override.get("command") or ""
        other, left = command_of(name.split())
        if not other and left:
            warning += f"Warning: command {quote(name)} not found to set kuberc override\n"
        elif other.split()[-1:] == verb.split()[-1:]:
            for option in override.get("options") or ():
                flag = _flag(option, verb, f"invalid flag {option.get('name')} for command {name}")
                if not _is_given(flag, words):
                    flags.append(_set(flag, option, verb, f"command {name}", "override "))
    return [*verb.split(), *flags, *rest] if flags else words, warning


def _flag(option: Object, verb: str, wrong: str) -> Flag:
    found = commands().get(verb, ROOT).by_name(option.get("name") or "")
    if found is None:
        raise Unread(wrong)
    return found


def _set(flag: Flag, option: Object, verb: str, where: str, what: str = "") -> str:
    """The word that sets the flag, where its value is one."""
    value = option.get("default") or ""
    try:
        converted(flag, value, verb)
    except PodlabError as wrong:
        why = str(wrong).partition("\n")[0].removeprefix("error: ")
        raise Unread(f"could not apply {what}value {value} to flag {flag.name} in {where} err: {why}") from None
    return f"--{flag.name}={value}"


def _is_given(flag: Flag, words: Sequence[str]) -> bool:
    """Whether a word may set the flag."""
    for word in words:
        if word == f"--{flag.name}" or word.startswith(f"--{flag.name}="):
            return True
        if flag.short and (word.startswith(f"-{flag.short}") or (ALONE.match(word) and flag.short in word[1:])):
            return True
    return False
