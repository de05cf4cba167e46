"""Builtins about folders: cd, pwd, and bash's stack of them: pushd, popd, dirs.

Upstream: bash's builtins/pushd.def
"""

from __future__ import annotations

import posixpath
import re

from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.shell.state import Shell

USAGES = {
    "pushd": "pushd [-n] [+N | -N | dir]",
    "popd": "popd [-n] [+N | -N]",
    "dirs": "dirs [-clpv] [+N] [-N]",
}


async def cd(shell: Shell, words: list[str]) -> int:
    """`cd`: HOME without a word, the folder before with `-`."""
    words = [word for word in words if word not in ("-P", "-L", "--")]
    wanted = words[0] if words else shell.variables.get("HOME", "/")
    if shell.dialect.name == "bash" and (wrong := _unmoved(shell, words)):
        return shell.refuse("cd", wrong, 1)
    if wanted == "-":
        wanted = shell.variables.get("OLDPWD", shell.process.cwd)
        shell.io.say(wanted)
    path = posixpath.normpath(posixpath.join(shell.process.cwd, wanted))
    files = shell.process.machine.files
    if not files.is_directory(path):
        reason = "Not a directory" if files.exists(path) else NO_SUCH
        return shell.fail(shell.dialect.cannot_cd.format(wanted, reason, line=shell.shown_line), shell.dialect.unusable)
    shell.exported |= {"OLDPWD"}
    shell.variables["OLDPWD"], shell.process.cwd, shell.variables["PWD"] = shell.process.cwd, path, path
    return 0


def _unmoved(shell: Shell, words: list[str]) -> str:
    """Why bash's `cd` goes nowhere, before it looks at the folder."""
    if len(words) > 1:
        return "too many arguments"
    if not words and "HOME" not in shell.variables:
        return "HOME not set"
    return "OLDPWD not set" if words == ["-"] and "OLDPWD" not in shell.variables else ""


async def pwd(shell: Shell, words: list[str]) -> int:
    """`pwd [-LP]`: the shell's working folder."""
    if wrong := next((word for word in words if re.match(r"-[^LP-]", word)), ""):
        bash = f"{wrong[:2]}: invalid option\npwd: usage: pwd [-LP]"
        illegal = f"{'illegal' if shell.dialect.name == 'ash' else 'Illegal'} option {wrong[:2]}"
        return shell.refuse("pwd", bash if shell.dialect.name == "bash" else illegal, 2)
    shell.io.say(shell.process.cwd)
    return 0


def _numbered(shell: Shell, command: str, word: str, count: int) -> int | None:
    """The place that `+N` or `-N` means among so many; None, and told, where it means none."""
    if not word[1:].isdecimal():
        shell.refuse(command, f"{word}: invalid number\n{command}: usage: {USAGES[command]}", 2)
        return None
    at = int(word[1:9]) if word[0] == "+" else count - 1 - int(word[1:9])
    if 0 <= at < count:
        return at
    shell.refuse(command, "directory stack empty" if count == 1 else f"{word}: directory stack index out of range", 1)
    return None


def _short(shell: Shell, path: str) -> str:
    home = shell.variables.get("HOME", "")
    return f"~{path[len(home) :]}" if len(home) > 1 and f"{path}/".startswith(f"{home}/") else path


def _tell(shell: Shell) -> int:
    shell.io.say(" ".join(_short(shell, one) for one in (shell.process.cwd, *shell.folders)))
    return 0


def _go(shell: Shell, command: str, wanted: str) -> bool:
    """Enter a folder; whether it is one."""
    files, path = shell.process.machine.files, shell.io.path(wanted)
    if not files.is_directory(path):
        shell.refuse(command, f"{wanted}: {'Not a directory' if files.exists(path) else NO_SUCH}", 1)
        return False
    shell.exported |= {"OLDPWD"}
    shell.variables["OLDPWD"], shell.process.cwd, shell.variables["PWD"] = shell.process.cwd, path, path
    return True


async def pushd(shell: Shell, words: list[str]) -> int:
    """`pushd [-n] [+N|-N|DIR]`: enter a folder and keep the one before; without a word the first two change places."""
    stays, words = "-n" in words, [word for word in words if word not in ("-n", "--")]
    known = [shell.process.cwd, *shell.folders]
    if len(words) > 1:
        return shell.refuse("pushd", "too many arguments", 1)
    if not words and not shell.folders:
        return shell.refuse("pushd", "no other directory", 1)
    if words and not (words[0][:1] in ("+", "-") and len(words[0]) > 1):
        if stays:
            shell.folders = [shell.io.path(words[0]), *shell.folders]
        elif not _go(shell, "pushd", words[0]):
            return 1
        else:
            shell.folders = known
        return _tell(shell)
    at = _numbered(shell, "pushd", words[0], len(known)) if words else 1
    if at is None:
        return 2 if not words[0][1:].isdecimal() else 1
    turned = known[at:] + known[:at] if words else [known[1], known[0], *known[2:]]
    if not stays and not _go(shell, "pushd", turned[0]):
        return 1
    shell.folders = turned[1:]
    return _tell(shell)


async def popd(shell: Shell, words: list[str]) -> int:
    """`popd [-n] [+N|-N]`: forget a folder; when it is the first, enter the one below."""
    stays, words = "-n" in words, [word for word in words if word not in ("-n", "--")]
    if words and words[0][:1] not in ("+", "-"):
        return shell.refuse("popd", f"{words[0]}: invalid argument\npopd: usage: {USAGES['popd']}", 2)
    if words and not words[0][1:].isdecimal():
        return shell.refuse("popd", f"{words[0]}: invalid number\npopd: usage: {USAGES['popd']}", 2)
    if not shell.folders:
        return shell.refuse("popd", "directory stack empty", 1)
    at = _numbered(shell, "popd", words[0], 1 + len(shell.folders)) if words else int(stays)
    if at is None:
        return 1
    if at == 0:
        if not _go(shell, "popd", shell.folders[0]):
            return 1
        at = 1
    shell.folders = shell.folders[: at - 1] + shell.folders[at:]
    return _tell(shell)


async def dirs(shell: Shell, words: list[str]) -> int:
    """`dirs [-clpv] [+N|-N]`: the folders on the stack."""
    flags = {letter for word in words if word[:1] == "-" and not word[1:].isdecimal() for letter in word[1:]}
    places = [word for word in words if word[1:].isdecimal() or word[:1] == "+"]
    if unknown := sorted(flags - set("clpv")):
        return shell.refuse("dirs", f"-{unknown[0]}: invalid option\ndirs: usage: {USAGES['dirs']}", 2)
    if "c" in flags:
        shell.folders = []
        return 0
    known = [shell.process.cwd, *shell.folders]
    shown = known if "l" in flags else [_short(shell, one) for one in known]
    if places:
        at = _numbered(shell, "dirs", places[0], len(known))
        if at is not None:
            shell.io.say(shown[at])
        return int(at is None)
    if "v" in flags:
        shell.io.say("\n".join(f"{at:2}  {one}" for at, one in enumerate(shown)))
    else:
        shell.io.say(("\n" if "p" in flags else " ").join(shown))
    return 0
