"""What a shell does itself: exit, cd, trap, set, read, wait…"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine import executables
from podlab.embedded.runtime.shell.builtins import (
    assignments,
    completing,
    declaring,
    directories,
    jobs,
    options,
    trapping,
)
from podlab.embedded.runtime.shell.grammar import printed
from podlab.embedded.runtime.shell.state import Exit, Leave, Shell

Builtin = Callable[[Shell, list[str]], Awaitable[int]]


async def exit_(shell: Shell, words: list[str]) -> int:
    """`exit`: raises Exit with the number, or the last command's status."""
    code = shell.number("exit", words, shell.status)
    if shell.dialect.name == "bash" and len(words) > 1:
        raise Exit(shell.refuse("exit", "too many arguments", 1))
    raise Exit(code)


async def return_(shell: Shell, words: list[str]) -> int:
    """`return`: raises Leave, which ends the function or the sourced file."""
    try:
        code = shell.number("return", words, shell.status)
    except Exit:
        if shell.dialect.name != "bash" or not shell.calls:
            raise
        raise Leave("return", 2) from None
    if shell.dialect.name == "bash" and not shell.calls and not shell.sourced:
        return shell.refuse("return", "can only `return' from a function or sourced script", 2)
    raise Leave("return", code if shell.dialect.name == "dash" else code & 255)


async def break_(shell: Shell, words: list[str]) -> int:
    """`break`: raises Leave for so many loops; nothing outside of them."""
    if shell.loops:
        raise Leave("break", shell.number("break", words, 1))
    return _outside(shell, "break")


def _outside(shell: Shell, name: str) -> int:
    """bash says that no loop is there."""
    if shell.dialect.name == "bash":
        shell.refuse(name, "only meaningful in a `for', `while', or `until' loop")
    return 0


async def continue_(shell: Shell, words: list[str]) -> int:
    """`continue`: raises Leave for the loop so many levels out; nothing outside of loops."""
    if shell.loops:
        raise Leave("continue", shell.number("continue", words, 1))
    return _outside(shell, "continue")


async def shift(shell: Shell, words: list[str]) -> int:
    """`shift`: drop positional arguments. Raises Exit where dash has fewer."""
    if shell.dialect.name == "bash" and words and not words[0].isdecimal():
        wrong = "shift count out of range" if words[0].lstrip("-").isdecimal() else "numeric argument required"
        return shell.refuse("shift", f"{words[0]}: {wrong}", 1)
    count = shell.number("shift", words, 1)
    if count > len(shell.arguments):
        if shell.dialect.name == "dash":
            shell.fail("shift: can't shift that many")
            raise Exit(2)
        return 1
    shell.arguments = shell.arguments[count:]
    return 0


async def eval_(shell: Shell, words: list[str]) -> int:
    """`eval`: the words are a command line."""
    shell.deeper += shell.dialect.name == "bash"
    try:
        return await shell.evaluate(" ".join(words), said="eval")
    finally:
        shell.deeper -= shell.dialect.name == "bash"


async def exec_(shell: Shell, words: list[str]) -> int:
    """`exec`: the command in the shell's place, which ends with it: raises Exit. Without words nothing."""
    if words and re.match("-.", words[0]) and words[0] != "--" and shell.dialect.name == "bash":
        there = re.fullmatch("-[acl]+", words[0])
        odd = f"podlab does not simulate exec {words[0]}" if there else f"{words[0][:2]}: invalid option\n{EXEC_USAGE}"
        return shell.refuse("exec", odd, 2)
    words = words[words[:1] == ["--"] :]
    if not words:
        return 0
    known = shell.process.machine.image.commands
    if executables.missing(words, known, (), shell.process.machine.files, shell.process.cwd) and (
        shell.dialect.name in ("ash", "dash", "bash")
    ):
        shell.fail(f"{shell.dialect.builtin.format(command='exec', line=shell.shown_line)} {words[0]}: not found")
        raise Exit(127)
    shell.alone = True
    shell.traps.clear()
    raise Exit(await shell.call(shell, ["command", *words], {}))


EXEC_USAGE = "exec: usage: exec [-cl] [-a name] [command [argument ...]] [redirection ...]"


async def nothing(shell: Shell, words: list[str]) -> int:
    """A builtin that does nothing and succeeds."""
    return 0


async def hash_(shell: Shell, words: list[str]) -> int:
    """`hash [-r] [NAME…]`: nothing is kept here, but what is nowhere is told."""
    code = 0
    for word in words:
        if not word.startswith("-") and not place(shell, word):
            code = shell.refuse("hash", f"{word}: not found", 1)
        elif not word.startswith("-") and (path := place(shell, word)) != word:
            shell.hashed[word] = (path, 0)
    if "-r" in words:
        shell.hashed.clear()
    if words:
        return code
    if shell.dialect.name == "bash":
        shell.io.say("hits\tcommand" if shell.hashed else "hash: hash table empty")
    for path, hits in shell.hashed.values():
        shell.io.say(f"{hits:4}\t{path}" if shell.dialect.name == "bash" else path)
    return code


def place(shell: Shell, name: str, *, used: bool = True) -> str:
    """Where a command is; its own name for what the shell does itself; "" if nowhere. Counts as one more use."""
    if name in shell.functions or name in BUILTINS or (name in INLINE and name != "[["):
        return name
    if used and name in shell.hashed:
        shell.hashed[name] = (shell.hashed[name][0], shell.hashed[name][1] + 1)
    return shell.place_of(name)


async def command(shell: Shell, words: list[str]) -> int:
    """`command [-v|-V] NAME…`"""
    flags = ""
    while words and re.match("-.", words[0]) and words[0] != "--":
        flags, words = flags + words[0][1:], words[1:]
    if odd := flags.lstrip("pvV"):
        illegal = f"{'illegal' if shell.dialect.name == 'ash' else 'Illegal'} option -{odd[0]}"
        bash = f"-{odd[0]}: invalid option\ncommand: usage: command [-pVv] command [arg ...]"
        return shell.refuse("command", bash if shell.dialect.name == "bash" else illegal, 2)
    words = words[words[:1] == ["--"] :]
    if not set(flags) & {"v", "V"} or not words:
        return await shell.call(shell, ["command", *words], {}) if words else 0
    if "V" in flags:
        return await type_(shell, words[:1])
    asked = words if shell.dialect.name == "bash" else words[:1]
    found = [place(shell, word) for word in asked]
    for word, path in zip(asked, found, strict=True):
        _remember(shell, word, path)
    for path in filter(None, found):
        shell.io.say(path)
    return 0 if any(found) else 1 if shell.dialect.name == "bash" else 127


RESERVED = frozenset(
    ["if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!"]
)


async def type_(shell: Shell, words: list[str]) -> int:
    """`type`: what each name is; in bash 1, else 127, when one is nothing."""
    if words[:1] in (["-t"], ["-p"], ["-P"]) and shell.dialect.name == "bash":
        return _kinds(shell, words[1:], paths=words[0] != "-t")
    words = words[words[:1] == ["--"] :]
    code, every = 0, words[:1] == ["-a"] and shell.dialect.name == "bash"
    for word in words[every:]:
        path = place(shell, word, used=not every)
        if word in RESERVED:
            shell.io.say(f"{word} is a shell keyword")
        elif word in shell.aliases:
            bash, text = shell.dialect.name == "bash", shell.aliases[word][1]
            shell.io.say(f"{word} is aliased to `{text}'" if bash else f"{word} is an alias for {text}")
        elif not path and shell.dialect.name == "bash":
            code = shell.refuse("type", f"{word}: not found")
        elif not path:
            code = 127
            shell.io.say(f"{word}: not found")
        elif word in shell.functions:
            shell.io.say(f"{word} is a shell function" if shell.dialect.name == "dash" else f"{word} is a function")
            if shell.dialect.name == "bash":
                shell.io.say(printed.function(word, shell.functions[word]))
        else:
            shell.io.say(f"{word} is {path if every and path != word else _kind(shell, word, path)}")
        if every and path:
            _also(shell, word, path)
        _remember(shell, word, path)
    return code


def _remember(shell: Shell, word: str, path: str) -> None:
    """dash keeps the place of a program that somebody has asked for."""
    if shell.dialect.name == "dash" and path not in ("", word):
        shell.hashed.setdefault(word, (path, 0))


def _also(shell: Shell, word: str, path: str) -> None:
    """What else bash's `type -a` knows by a name: its own command behind a function, programs behind both."""
    if word in shell.functions and (word in BUILTINS or word in INLINE):
        shell.io.say(f"{word} is a shell builtin")
    machine = shell.process.machine
    for folder in shell.variables.get("PATH", "").split(":"):
        one = executables.on_path(word, machine.image, machine.files, folder, shell.process.cwd)
        if one and one != path and "/" not in word:
            shell.io.say(f"{word} is {one}")


def _kind(shell: Shell, word: str, path: str) -> str:
    """What `type` calls a command, one that has been used among them."""
    if path == word and "/" not in word:
        special = shell.dialect.name == "dash" and word in SPECIAL
        return f"a {'special ' * special}shell builtin"
    if word in shell.hashed and shell.dialect.name != "ash":
        return f"hashed ({path})" if shell.dialect.name == "bash" else f"a tracked alias for {path}"
    return path


def _kinds(shell: Shell, words: list[str], *, paths: bool) -> int:
    """bash's `type -t` in a word, and `type -p` as a path."""
    code = 0
    for word in words:
        path = place(shell, word)
        kind = "keyword" if word in RESERVED else "alias" if word in shell.aliases else ""
        kind = kind or (
            "function" if word in shell.functions else "builtin" if path == word and "/" not in word else ""
        )
        if not kind and not path:
            code = 1
        elif not paths:
            shell.io.say(kind or "file")
        elif not kind:
            shell.io.say(path)
    return code


MOST_SOURCED = 60
"""Files that are read by `.` inside one another."""


async def dot(shell: Shell, words: list[str], name: str = ".") -> int:
    """`. FILE [ARGUMENTS]`: run a file's commands in this shell."""
    if not words:
        usage = f"\n{name}: usage: {name} filename [arguments]" if shell.dialect.name == "bash" else ""
        return shell.refuse(name, f"filename argument required{usage}", 2)
    try:
        source = (await shell.io.whole(words[0])).decode("utf-8", "surrogateescape")
    except FileError:
        shell.fail(shell.dialect.cannot_source.format(words[0], command=name, line=shell.shown_line))
        if shell.dialect.name == "bash":
            return 1
        raise Exit(2) from None
    before, inline, shell.inline = shell.arguments, shell.inline, False
    if words[1:]:
        shell.arguments = tuple(words[1:])
    shell.depth, shell.sourced = shell.depth + 1, shell.sourced + 1
    if shell.sourced > MOST_SOURCED:
        raise RecursionError
    try:
        return await trapping.ended(shell, shell.evaluate(source, file=words[0]))
    finally:
        shell.depth, shell.sourced = shell.depth - 1, shell.sourced - 1
        shell.arguments, shell.inline = before, inline


async def source_(shell: Shell, words: list[str]) -> int:
    """`source`: `.` by another name, which dash does not know."""
    if shell.dialect.name == "dash":
        return shell.fail(shell.dialect.not_found.format("source"), 127)
    return await dot(shell, words, "source")


SPECIAL = frozenset(": . eval exec exit export readonly return set shift times trap unset".split())  # noqa: SIM905
"""Builtins that leave the assignments before them in force: POSIX's special ones."""
INLINE = frozenset(["echo", "printf", "test", "[", "true", "false", "[["])
"""Commands that a shell carries out itself, without a process."""


NAMES = """builtin caller compgen complete declare dirs disown enable help history let logout mapfile popd pushd
 readarray shopt suspend typeset"""
ONLY_BASH = frozenset(NAMES.split())
IN_ASH = frozenset(["help", "let"])
"""Those of them that busybox's shell has, too."""


BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {
        ":": nothing,
        ".": dot,
        "alias": options.alias,
        "bg": jobs.bg,
        "break": break_,
        "caller": declaring.caller,
        "cd": directories.cd,
        "command": command,
        "compgen": completing.compgen,
        "complete": completing.complete,
        "continue": continue_,
        "declare": declaring.declare,
        "dirs": directories.dirs,
        "disown": jobs.disown,
        "enable": completing.enable,
        "eval": eval_,
        "exec": exec_,
        "exit": exit_,
        "export": assignments.export,
        "fg": jobs.fg,
        "getopts": assignments.getopts,
        "hash": hash_,
        "help": completing.help_,
        "history": completing.history,
        "jobs": jobs.jobs_,
        "kill": jobs.kill_,
        "let": assignments.let,
        "local": declaring.local,
        "logout": completing.logout,
        "mapfile": assignments.mapfile,
        "popd": directories.popd,
        "pushd": directories.pushd,
        "pwd": directories.pwd,
        "read": assignments.read,
        "readarray": assignments.mapfile,
        "readonly": assignments.readonly,
        "return": return_,
        "set": options.set_,
        "shift": shift,
        "shopt": options.shopt,
        "source": source_,
        "suspend": completing.suspend,
        "times": jobs.times,
        "trap": trapping.trap,
        "type": type_,
        "typeset": declaring.typeset,
        "ulimit": options.ulimit,
        "umask": options.umask,
        "unalias": options.unalias,
        "unset": assignments.unset,
        "wait": jobs.wait,
    }
)
"""Every builtin by its name."""


UNSIMULATED = frozenset(["bind", "compopt", "fc"])
"""bash's builtins that only say that they are not simulated."""


def _refusing(name: str) -> Builtin:
    async def run(shell: Shell, words: list[str]) -> int:
        return shell.refuse(name, "podlab does not simulate this builtin: a real container has it", 1)

    return run


def builtin(shell: Shell, name: str) -> Builtin | None:
    """The builtin of a name, where this shell has it."""
    if name in UNSIMULATED and shell.dialect.name == "bash":
        return _refusing(name)
    if name in ONLY_BASH and shell.dialect.name != "bash" and not (name in IN_ASH and shell.dialect.name == "ash"):
        return None
    return BUILTINS.get(name)
