"""Builtins that say what variables are: declare, typeset, local; bash's caller.

Upstream: bash's builtins/declare.def and caller.def
"""

from __future__ import annotations

from podlab.embedded.runtime.shell import arrays
from podlab.embedded.runtime.shell.builtins import assignments
from podlab.embedded.runtime.shell.grammar import printed
from podlab.embedded.runtime.shell.state import Exit, Shell

USAGE = "[-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]"
KINDS = "iul"


async def local(shell: Shell, words: list[str]) -> int:
    """`local`: the variable has its old value again when the function ends. Raises Exit where dash ends the shell."""
    bash = shell.dialect.name == "bash"
    if not shell.locals:
        if bash:
            return shell.refuse("local", "can only be used in a function", 1)
        shell.refuse("local", "not in a function")
        raise Exit(2)
    if bash:
        return await declare(shell, words, "local")
    for word in words:
        name, equals, given = word.partition("=")
        if name.startswith("-"):
            continue
        shell.keep(name)
        if equals:
            shell.assign(name, given)
        elif shell.dialect.name != "dash":
            shell.variables.pop(name, None)
    return 0


async def declare(shell: Shell, words: list[str], command: str = "declare") -> int:
    """`declare`: variables and what they are; as `local` in a function, with -f and -F functions, with -p told."""
    names = [word for word in words if word[:1] not in ("-", "+")]
    on = {letter for word in words if word.startswith("-") for letter in word[1:]} - {"-"}
    off = {letter for word in words if word.startswith("+") for letter in word[1:]}
    if unknown := sorted((on | off) - set("aAfFgiIlnrtuxp")):
        usage = USAGE if command != "local" else "[option] name[=value] ..."
        return shell.refuse(command, f"-{unknown[0]}: invalid option\n{command}: usage: {command} {usage}", 2)
    if on & {"f", "F"}:
        return _functions(shell, names, bodies="F" not in on)
    if "p" in on and names:
        return _told(shell, names, command)
    if not names and on <= {"x", "p"} and "x" in on:
        return await assignments.export(shell, [])
    if not names:
        known = sorted(shell.references) if on - {"p"} == {"n"} else None
        return 0 if command == "local" and not on else _listed(shell, command, known)
    inner = bool(shell.locals) and "g" not in on
    wrong = False
    for word in names:
        name = word.partition("=")[0].removesuffix("+")
        if not assignments.valid(name):
            wrong = bool(shell.refuse(command, f"`{word}': not a valid identifier", 1))
            continue
        _one(shell, word, on, off, inner=inner)
    return int(wrong)


def _one(shell: Shell, word: str, on: set[str], off: set[str], *, inner: bool) -> None:
    """Make one variable what the letters say, and give it its value."""
    name, equals, given = word.partition("=")
    plain = name.removesuffix("+").partition("[")[0]
    if inner and plain not in shell.locals[-1]:
        shell.keep(plain, fresh=True)
    if "n" in on:
        shell.variables.pop(plain, None)
        shell.references[plain] = given
        return
    if "n" in off:
        shell.references.pop(plain, None)
    for kind in KINDS:
        if kind in on:
            shell.attributes[plain] = kind
        elif kind in off and shell.attributes.get(plain) == kind:
            del shell.attributes[plain]
    if on & {"a", "A"}:
        shell.arrays.setdefault(shell.target(plain), arrays.Array(named="A" in on))
    if equals and name.endswith("+"):
        shell.assign(plain, shell.joined(plain, given))
    elif equals:
        shell.assign(name, given)
    elif shell.attributes.get(plain) and plain in shell.variables:
        shell.assign(plain, shell.variables[plain])
    shell.fixed |= {plain} if "r" in on else set()
    shell.exported |= {plain} if "x" in on else set()
    shell.exported -= {plain} if "x" in off else set()


def _listed(shell: Shell, command: str, known: list[str] | None) -> int:
    """What is told without names: namerefs; all the rest has much of bash's own in it."""
    if known is None:
        return shell.refuse(command, f"podlab does not simulate {command} without names: name what is to be shown", 2)
    return _told(shell, known, command)


def _functions(shell: Shell, names: list[str], *, bodies: bool) -> int:
    """`declare -f` and `-F`: functions, with what they do or by their names."""
    for name in names or sorted(shell.functions):
        if name not in shell.functions:
            continue
        if bodies:
            shell.io.say(printed.function(name, shell.functions[name]))
        else:
            shell.io.say(name if names else f"declare -f {name}")
    return int(not all(name in shell.functions for name in names))


def _told(shell: Shell, names: list[str], command: str) -> int:
    """`declare -p NAME…`"""
    code = 0
    for name in names:
        found = shell.arrays.get(name)
        kinds = (
            ("A" if found.named else "a") if found else "",
            "n" * (name in shell.references),
            shell.attributes.get(name, ""),
            "r" * (name in shell.fixed),
            "x" * (name in shell.exported),
        )
        flags = "".join(sorted("".join(kinds), key="aAinrxlu".find)) or "-"
        if name in shell.references:
            shell.io.say(f'declare -{flags} {name}="{shell.references[name]}"')
        elif found is not None:
            shell.io.say(f"declare -{flags} {name}={found.shown()}")
        elif name in shell.variables:
            shell.io.say(f"declare -{flags} {name}={arrays.quoted(shell.variables[name])}")
        elif flags != "-" or (shell.locals and name in shell.locals[-1]):
            shell.io.say(f"declare -{flags} {name}")
        else:
            code = shell.refuse(command, f"{name}: not found", 1)
    return code


async def typeset(shell: Shell, words: list[str]) -> int:
    """`typeset`: `declare` by another name."""
    return await declare(shell, words, "typeset")


async def caller(shell: Shell, words: list[str]) -> int:
    """`caller [LEVEL]`: the line that a function was called from, with a level also by whom; 1 outside of any."""
    if words and not words[0].isdecimal():
        return shell.refuse("caller", f"{words[0]}: invalid number\ncaller: usage: caller [expr]", 2)
    level = int(words[0][:4]) if words else 0
    names = [*shell.calls[1:], *(["main"] if not shell.inline else [])]
    if level >= len(shell.lines) or (words and level >= len(names)):
        return 1
    shell.io.say(" ".join([str(shell.lines[level]), *([names[level]] if words else []), shell.file]))
    return 0
