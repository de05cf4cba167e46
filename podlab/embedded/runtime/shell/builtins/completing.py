"""bash's builtins that list what there is and what was: compgen, enable, history, help.

Upstream: bash's builtins/complete.def, enable.def, history.def and help.def
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from types import MappingProxyType

from podlab.embedded.runtime.commands import accounts
from podlab.embedded.runtime.machine.signals import NUMBERS
from podlab.embedded.runtime.machine.stdio import letters
from podlab.embedded.runtime.shell.state import Shell

ALL = """. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo
enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd
pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias
unset wait""".split()  # noqa: SIM905
"""Every builtin that bash 5.2 has."""
OF_ASH = """\
	. : [ [[ alias bg break cd chdir command continue echo eval exec
	exit export false fg getopts hash help history jobs kill let
	local printf pwd read readonly return set shift source test times
	trap true type ulimit umask unalias unset wait
"""
KEYWORDS = """if then else elif fi case esac for select while until do done in function time { } ! [[ ]]
coproc""".split()  # noqa: SIM905
ACTIONS: Mapping[str, str] = MappingProxyType(
    {"a": "alias", "b": "builtin", "c": "command", "d": "directory", "e": "export", "f": "file", "g": "group",
     "j": "job", "k": "keyword", "s": "service", "u": "user", "v": "variable"}
)  # fmt: skip
MORE = frozenset(["arrayvar", "binding", "disabled", "enabled", "function", "helptopic", "hostname", "running"])
MORE |= {"setopt", "shopt", "signal", "stopped"}
USAGE = (
    "[-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat]"
    " [-P prefix] [-S suffix] [word]"
)


async def compgen(shell: Shell, words: list[str]) -> int:
    """`compgen [-abcdefgkuv] [-A ACTION] [-W WORDS] [-P PREFIX] [-S SUFFIX] [WORD]`: 1 where nothing fits."""
    flags, values, rest = letters(words, "oAGWFCXPS")
    if odd := sorted(flags - set(ACTIONS)):
        return shell.refuse("compgen", f"-{odd[0]}: invalid option\ncompgen: usage: compgen {USAGE}", 2)
    if refused := sorted({"G", "F", "C", "X"} & set(values)):
        return shell.refuse("compgen", f"podlab does not simulate compgen -{refused[0]}", 1)
    asked = [ACTIONS[flag] for flag in sorted(flags)] + ([values["A"]] if "A" in values else [])
    if wrong := next((one for one in asked if one not in {*ACTIONS.values(), *MORE}), ""):
        return shell.refuse("compgen", f"{wrong}: invalid action name", 1)
    prefix = rest[0] if rest else ""
    found = [name for action in asked for name in _names(shell, action, prefix) if name.startswith(prefix)]
    found += [word for word in values.get("W", "").split() if word.startswith(prefix)]
    for name in found:
        shell.io.say(values.get("P", "") + name + values.get("S", ""))
    return int(not found and bool(words))


def _names(shell: Shell, action: str, prefix: str) -> list[str]:
    """What there is of a kind."""
    variables = sorted({*shell.variables, *shell.arrays})
    io = shell.io
    known = {
        "alias": sorted(shell.aliases), "builtin": ALL, "enabled": ALL, "keyword": KEYWORDS, "variable": variables,
        "function": sorted(shell.functions), "export": sorted(shell.exported), "arrayvar": sorted(shell.arrays),
        "user": list(accounts.names(io, accounts.USERS).values()), "signal": [f"SIG{name}" for name in NUMBERS],
        "group": list(accounts.names(io, accounts.GROUPS).values()), "helptopic": ALL,
    }  # fmt: skip
    if action == "command":
        programs = sorted(shell.process.machine.image.commands)
        return [*known["alias"], *KEYWORDS, *known["function"], *ALL, *programs]
    if action in ("file", "directory"):
        return _files(shell, prefix, folders=action == "directory")
    return known.get(action, [])


def _files(shell: Shell, prefix: str, *, folders: bool) -> list[str]:
    files, folder = shell.process.machine.files, posixpath.dirname(prefix)
    above = shell.io.path(folder or ".")
    names = [posixpath.join(folder, name) for name in files.list(above)] if files.is_directory(above) else []
    return [name for name in names if not folders or files.is_directory(shell.io.path(name))]


async def enable(shell: Shell, words: list[str]) -> int:
    """`enable`: the builtins; none is switched off here."""
    flags, _, names = letters(words, "f")
    if unknown := [name for name in names if name not in ALL]:
        return shell.refuse("enable", f"{unknown[0]}: not a shell builtin", 1)
    if "n" in flags and names:
        return shell.refuse("enable", "podlab does not simulate enable -n", 1)
    for name in ALL if not names and "n" not in flags else ():
        shell.io.say(f"enable {name}")
    return 0


async def history(shell: Shell, words: list[str]) -> int:
    """`history`: a script has none."""
    return 0


async def help_(shell: Shell, words: list[str]) -> int:
    """`help`: 1 for a builtin that there is not; what bash says of the others is not told here. ash's names them."""
    if shell.dialect.name == "ash":
        shell.io.out(f"Built-in commands:\n------------------\n{OF_ASH}".encode())
        return 0
    names = letters(words, "")[2]
    if unknown := [name for name in names if not any(one.startswith(name) for one in [*ALL, *KEYWORDS])]:
        name = unknown[0]
        other = f"Try `help help' or `man -k {name}' or `info {name}'."
        return shell.refuse("help", f"no help topics match `{name}'.  {other}", 1)
    return shell.refuse("help", "podlab does not simulate bash's help: a real container explains its builtins here", 1)


async def complete(shell: Shell, words: list[str]) -> int:
    """`complete`: nothing is completed here, so that all is as good."""
    return 0


async def logout(shell: Shell, words: list[str]) -> int:
    """`logout`: only of a login shell."""
    return shell.refuse("logout", "not login shell: use `exit'", 1)


async def suspend(shell: Shell, words: list[str]) -> int:
    """`suspend`: not without job control."""
    return shell.refuse("suspend", "cannot suspend: no job control", 1)
