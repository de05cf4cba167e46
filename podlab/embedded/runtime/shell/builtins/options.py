"""Builtins about the shell itself: set, umask, ulimit, alias."""

from __future__ import annotations

from podlab.embedded.runtime.commands.files.filedetails import changed
from podlab.embedded.runtime.shell.dialect import LONG_OPTIONS
from podlab.embedded.runtime.shell.state import Exit, Shell

KNOWN_LETTERS = frozenset("aefnuvxCbhmoTEBPHVIqskt") - {"q", "s", "k", "t"}


OPTION_NAMES = (
    "errexit", "noglob", "ignoreeof", "monitor", "noexec", "xtrace", "verbose", "noclobber",
    "allexport", "notify", "nounset", "errtrace", "vi", "pipefail",
)  # fmt: skip


async def set_(shell: Shell, words: list[str]) -> int:
    """`set`: options by letter or with -o, then the positional arguments; without words all variables."""
    if not words:
        for name, text in sorted(shell.variables.items()):
            shell.io.say(f"{name}='{text}'")
        return 0
    words = list(words)
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            shell.arguments = tuple(words)
            return 0
        letters = set(word[1:])
        if wrong := letters - KNOWN_LETTERS - ({"p"} & shell.options):
            return _bad_option(shell, word[0], min(wrong))
        if "o" in letters:
            if not words:
                return _shown(shell, again=word[0] == "+")
            long = words.pop(0)
            if long not in KNOWN_NAMES[shell.dialect.name]:
                return _bad_option(shell, word[0], "o", long)
            letters = (letters - {"o"}) | {LONG_OPTIONS.get(long, "")} - {""}
        shell.options = shell.options | letters if word[0] == "-" else shell.options - letters
    if words:
        shell.arguments = tuple(words)
    return 0


def _shown(shell: Shell, *, again: bool) -> int:
    """`set -o`: every option that the shell knows, and whether it is on; `set +o` as commands that set it `again`."""
    kind = shell.dialect.name
    if kind == "dash" and not again:
        shell.io.say("Current option settings")
    always = ALWAYS_ON if kind == "bash" else frozenset[str]()
    for name in KNOWN_NAMES[kind]:
        on = LONG_OPTIONS.get(name, "?") in shell.options or name in always
        if again:
            shell.io.say(f"set {'-' if on else '+'}o {name}")
            continue
        space = "\t" if kind == "bash" else " "
        shell.io.say(f"{name:15}{space}{'on' if on else 'off'}")
    return 0


IN_BASH = (
    "allexport", "braceexpand", "emacs", "errexit", "errtrace", "functrace", "hashall", "histexpand", "history",
    "ignoreeof", "interactive-comments", "keyword", "monitor", "noclobber", "noexec", "noglob", "nolog", "notify",
    "nounset", "onecmd", "physical", "pipefail", "posix", "privileged", "verbose", "vi", "xtrace",
)  # fmt: skip
ALWAYS_ON = frozenset(["braceexpand", "hashall", "interactive-comments"])
OF_DASH = (
    "errexit", "noglob", "ignoreeof", "interactive", "monitor", "noexec", "stdin", "xtrace", "verbose", "vi", "emacs",
    "noclobber", "allexport", "notify", "nounset", "privileged", "nolog", "debug",
)  # fmt: skip


KNOWN_NAMES = {"ash": OPTION_NAMES, "dash": OF_DASH, "bash": IN_BASH}


def _bad_option(shell: Shell, sign: str, letter: str, name: str = "") -> int:
    """What `set` says of an option that there is not; dash's and, of a letter, ash's script ends there."""
    kind = shell.dialect.name
    if kind == "bash":
        usage = "set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]"
        wrong = f"{name}: invalid option name" if name else f"{sign}{letter}: invalid option\n{usage}"
        return shell.refuse("set", wrong, 2)
    what = f"{'illegal' if kind == 'ash' else 'Illegal'} option {sign}{letter}{' ' * bool(name)}{name}"
    code = shell.refuse("set", what, 1 if name else 2)
    if kind == "dash" or not name:
        raise Exit(2)
    return code


async def umask(shell: Shell, words: list[str]) -> int:
    """`umask`: show it, or set it to octal digits; symbolic modes change nothing."""
    mask = shell.process.umask
    if words == ["-S"]:
        shell.io.say(",".join(f"{who}={_letters(~mask >> shift)}" for who, shift in (("u", 6), ("g", 3), ("o", 0))))
    elif not words:
        shell.io.say(f"{mask:04o}")
    elif set(words[0]) <= set("01234567"):
        shell.process.umask = int(words[0], 8) & 0o777
    else:
        left = None if words[0].isdecimal() else changed(0o777 & ~mask, words[0])
        if left is None:
            return _bad_mask(shell, words[0])
        shell.process.umask = 0o777 & ~left
    return 0


def _letters(bits: int) -> str:
    return "".join(letter for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if bits & bit)


def _bad_mask(shell: Shell, word: str) -> int:
    if shell.dialect.name == "bash":
        number = f"{word}: octal number out of range"
        return shell.refuse("umask", number if word.isdecimal() else f"`{word[:1]}': invalid symbolic mode operator", 1)
    if shell.dialect.name == "ash":
        return shell.refuse("umask", f"illegal mode: {word}")
    return shell.refuse("umask", f"Illegal {'number' if word.isdecimal() else 'mode'}: {word}")


async def ulimit(shell: Shell, words: list[str]) -> int:
    """`ulimit [-a] [-LETTER [LIMIT]]`, as the node limits its containers."""
    if words[:1] == ["-a"] and shell.dialect.name == "dash":
        known = {letter: value for _, letter, value in LIMITS}
        for name, letter in IN_DASH:
            shell.io.say(f"{name:20} {shell.limits.get(letter, known[letter])}")
        return 0
    if words[:1] == ["-a"] and shell.dialect.name == "bash":
        known = {letter: value for _, letter, value in LIMITS} | {"R": "unlimited", "p": "8"}
        for name, unit, letter in IN_BASHS_WORDS:
            held = f"({unit}, -{letter}) " if unit else f"(-{letter}) "
            shell.io.say(f"{name:20} {held:>20}{shell.limits.get(letter, known[letter])}")
        return 0
    if words[:1] == ["-a"]:
        for name, letter, value in LIMITS:
            shell.io.say(f"{name:32}(-{letter}) {shell.limits.get(letter, value)}")
        return 0
    letters = [letter for word in words if word.startswith("-") for letter in word[1:] if letter not in "HS"] or ["f"]
    known = {letter: value for _, letter, value in LIMITS}
    if letters[-1] not in known:
        busy = shell.dialect.name == "ash"
        text = f"ulimit: invalid option -- '{letters[-1]}'"
        return shell.io.fail(text) if busy else shell.refuse("ulimit", f"-{letters[-1]}: invalid option", 2)
    given = [word for word in words if not word.startswith("-")]
    if given and not given[0].isdecimal() and given[0] not in ("unlimited", "hard", "soft"):
        return _no_limit(shell, given[0])
    if given:
        shell.limits[letters[-1]] = given[0]
    else:
        shell.io.say(shell.limits.get(letters[-1], known[letters[-1]]))
    return 0


def _no_limit(shell: Shell, word: str) -> int:
    if shell.dialect.name == "bash":
        return shell.refuse("ulimit", f"{word}: invalid number", 1)
    if shell.dialect.name == "ash":
        return shell.fail(f"invalid number '{word}'")
    shell.refuse("ulimit", "bad number")
    raise Exit(2)


LIMITS = (
    ("core file size (blocks)", "c", "0"), ("data seg size (kb)", "d", "unlimited"), ("scheduling priority", "e", "0"),
    ("file size (blocks)", "f", "unlimited"), ("pending signals", "i", "96365"),
    ("max locked memory (kb)", "l", "8192"),
    ("max memory size (kb)", "m", "unlimited"), ("open files", "n", "20000"),
    ("POSIX message queues (bytes)", "q", "819200"), ("real-time priority", "r", "0"), ("stack size (kb)", "s", "8192"),
    ("cpu time (seconds)", "t", "unlimited"), ("max user processes", "u", "96365"),
    ("virtual memory (kb)", "v", "unlimited"), ("file locks", "x", "unlimited"),
)  # fmt: skip
"""What `ulimit` tells: name, letter, value."""


IN_BASHS_WORDS = (
    ("real-time non-blocking time", "microseconds", "R"), ("core file size", "blocks", "c"),
    ("data seg size", "kbytes", "d"), ("scheduling priority", "", "e"), ("file size", "blocks", "f"),
    ("pending signals", "", "i"), ("max locked memory", "kbytes", "l"), ("max memory size", "kbytes", "m"),
    ("open files", "", "n"), ("pipe size", "512 bytes", "p"), ("POSIX message queues", "bytes", "q"),
    ("real-time priority", "", "r"), ("stack size", "kbytes", "s"), ("cpu time", "seconds", "t"),
    ("max user processes", "", "u"), ("virtual memory", "kbytes", "v"), ("file locks", "", "x"),
)  # fmt: skip
"""bash's names for them, their units, and their letters, in its order."""


IN_DASH = (
    ("time(seconds)", "t"), ("file(blocks)", "f"), ("data(kbytes)", "d"), ("stack(kbytes)", "s"),
    ("coredump(blocks)", "c"), ("memory(kbytes)", "m"), ("locked memory(kbytes)", "l"), ("process", "u"),
    ("nofiles", "n"), ("vmemory(kbytes)", "v"), ("locks", "x"), ("rtprio", "r"),
)  # fmt: skip
"""dash's names for them, in its order."""


async def alias(shell: Shell, words: list[str]) -> int:
    """`alias [NAME[=TEXT]…]`: what is defined on a line holds from the next on."""
    code = 0
    for word in words or sorted(shell.aliases):
        name, equals, text = word.partition("=")
        if equals:
            shell.aliases[name] = (shell.line, text)
        elif name in shell.aliases:
            shell.io.say(f"{'alias ' * (shell.dialect.name == 'bash')}{name}='{shell.aliases[name][1]}'")
        else:
            code = (
                shell.io.fail(f"alias: {name} not found")
                if shell.dialect.name != "bash"
                else shell.refuse("alias", f"{name}: not found", 1)
            )
    return code


async def unalias(shell: Shell, words: list[str]) -> int:
    """`unalias -a | NAME…`"""
    code = 0
    for name in list(shell.aliases) if words == ["-a"] else words:
        if shell.aliases.pop(name, None) is None:
            bash = shell.dialect.name == "bash"
            code = (
                shell.refuse("unalias", f"{name}: not found", 1)
                if bash
                else shell.io.fail(f"unalias: {name} not found")
            )
    return code


SHAPING = frozenset(["failglob", "extdebug"])
"""What `shopt` can set that would change what a script does, and that is not simulated."""


SHOPTS = frozenset([
    "autocd", "assoc_expand_once", "cdable_vars", "cdspell", "checkhash", "checkjobs", "checkwinsize", "cmdhist",
    "compat31", "compat32", "compat40", "compat41", "compat42", "compat43", "compat44", "complete_fullquote",
    "direxpand", "dirspell", "dotglob", "execfail", "expand_aliases", "extdebug", "extglob", "extquote", "failglob",
    "force_fignore", "globasciiranges", "globskipdots", "globstar", "gnu_errfmt", "histappend", "histreedit",
    "histverify", "hostcomplete", "huponexit", "inherit_errexit", "interactive_comments", "lastpipe", "lithist",
    "localvar_inherit", "localvar_unset", "login_shell", "mailwarn", "no_empty_cmd_completion", "nocaseglob",
    "nocasematch", "noexpand_translation", "nullglob", "patsub_replacement", "progcomp", "progcomp_alias",
    "promptvars", "restricted_shell", "shift_verbose", "sourcepath", "varredir_close", "xpg_echo",
])  # fmt: skip
"""What `shopt` knows."""


async def shopt(shell: Shell, words: list[str]) -> int:
    """bash's `shopt [-s|-u] NAME…`"""
    wrong = [word for word in words if word[:1] != "-" and word not in SHOPTS]
    if wrong:
        return shell.refuse("shopt", f"{wrong[0]}: invalid shell option name", 1)
    flags, names = {word for word in words if word.startswith("-")}, [word for word in words if word[:1] != "-"]
    if "-s" in flags and (shaping := SHAPING & set(names)):
        return shell.refuse("shopt", f"podlab does not simulate {min(shaping)}", 2)
    if flags & {"-s", "-u"}:
        shell.options = shell.options | set(names) if "-s" in flags else shell.options - set(names)
        return 0
    for name in names:
        if "-q" not in flags:
            shell.io.say(f"{name:15}\t{'on' if name in shell.options else 'off'}")
    return int(not all(name in shell.options for name in names))
