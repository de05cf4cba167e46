"""In what words a shell complains: dash's, those of busybox's ash, and bash's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.shell.grammar.syntax import Incomplete, SyntaxProblem


@dataclass(frozen=True, slots=True)
class Dialect:
    """A shell's words; `{}` in them are a name and a reason.

    `builtin` begins a builtin's complaint, `unusable` is its exit code, `unreadable` that of a failed redirection;
    `features` are what the shell has beside POSIX's grammar.
    """

    name: str
    prefix: str
    builtin: str
    not_found: str
    cannot_open: str
    cannot_create: str
    cannot_cd: str
    cannot_source: str
    unset: str
    read_only: str
    unusable: int
    unreadable: int
    unset_code: int
    no_number: str
    features: frozenset[str]


DASH = Dialect(
    name="dash",
    prefix="{name}: {line}:",
    builtin="{command}:",
    not_found="{}: not found",
    cannot_open="cannot open {}: {}",
    cannot_create="cannot create {}: {}",
    cannot_cd="cd: can't cd to {}",
    cannot_source=".: cannot open {}: No such file",
    unset="{}: parameter not set",
    read_only="{}: is read only",
    unusable=2,
    unreadable=2,
    unset_code=2,
    no_number="Illegal number: {}",
    features=frozenset(),
)
ASH = Dialect(
    name="ash",
    prefix="{name}:",
    builtin="{command}: line {line}:",
    not_found="{}: not found",
    cannot_open="can't open {}: {}",
    cannot_create="can't create {}: {}",
    cannot_cd="cd: line {line}: can't cd to {}: {}",
    cannot_source="{command}: line {line}: can't open '{}': No such file or directory",
    unset="{}: parameter not set",
    read_only="{}: is read only",
    unusable=2,
    unreadable=1,
    unset_code=2,
    no_number="Illegal number: {}",
    features=frozenset(["function", "slices", "RANDOM", "<("]),
)
BASH = Dialect(
    name="bash",
    prefix="{name}: line {line}:",
    builtin="{command}:",
    not_found="{}: command not found",
    cannot_open="{}: {}",
    cannot_create="{}: {}",
    cannot_cd="cd: {}: {}",
    cannot_source="{}: No such file or directory",
    unset="{}: unbound variable",
    read_only="{}: readonly variable",
    unusable=1,
    unreadable=1,
    unset_code=127,
    no_number="{}: numeric argument required",
    features=frozenset(["function", "slices", "cases", "RANDOM", "[[", "((", "arrays", "<<<", "<(", "braces", "time"]),
)
SHORT: Mapping[str, Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        "dash": {("open", NO_SUCH): "No such file", ("create", NO_SUCH): "Directory nonexistent"},
        "ash": {("open", NO_SUCH): "no such file", ("create", NO_SUCH): "nonexistent directory"},
        "bash": {},
    }
)
"""Reasons that a shell says in words of its own when it opens or creates a file."""


def unopened(dialect: Dialect, name: str, reason: str, *, create: bool) -> str:
    """The complaint about a file of a redirection."""
    act = "create" if create else "open"
    return (dialect.cannot_create if create else dialect.cannot_open).format(
        name, SHORT[dialect.name].get((act, reason), reason)
    )


def syntax_error(dialect: Dialect, problem: SyntaxProblem, text: str, name: str, line: int) -> str:
    """The whole complaint about a script that cannot be read."""
    if problem.token == "Bad substitution" and dialect.name == "bash":
        problem = SyntaxProblem("podlab does not simulate this ${…}", line=problem.line)
    if problem.token.startswith("podlab "):
        return f"{dialect.prefix.format(name=name, line=line)} {problem.token}"
    if dialect.name == "bash":
        return _bash_syntax(problem, text, name)
    quote = problem.quote if isinstance(problem, Incomplete) and problem.quote != ")" else ""
    if quote in ("}", "))"):
        missing = f"issing '{quote}'"
        start = "syntax error: m" if dialect.name == "ash" else "Syntax error: M"
        return f"{dialect.prefix.format(name=name, line=line)} {start}{missing}"
    if problem.token.startswith("Bad "):
        found = problem.token
        where = dialect.prefix.format(name=name, line=line)
        if dialect.name == "ash":
            return f"{where} syntax error: {found[0].lower()}{found[1:]}"
        return f"{where} Syntax error: {found}" if "sub" not in found else f"{where} {found}"
    if dialect.name == "ash":
        what = "unterminated quoted string" if quote in ("'", '"') else f"unexpected {problem.token}"
        what = what if not quote or quote in ("'", '"') else "EOF in backquote substitution"
        found = f"syntax error: {what}"
    else:
        what = "Unterminated quoted string" if quote in ("'", '"') else f"{problem.token} unexpected"
        found = f"Syntax error: {what if not quote or quote != '`' else 'EOF in backquote substitution'}"
    if problem.expected and not quote:
        found += f' (expecting "{problem.expected}")'
    return f"{dialect.prefix.format(name=name, line=line)} {found}"


def _bash_syntax(problem: SyntaxProblem, text: str, name: str) -> str:
    where = f"{name}: line"
    if isinstance(problem, Incomplete):
        end = text.count("\n") + 1 + (not text.endswith("\n"))
        if problem.quote:
            line = end if problem.quote[0] == ")" else problem.begun
            return f"{where} {line}: unexpected EOF while looking for matching `{problem.quote[0]}'"
        return f"{where} {end}: syntax error: unexpected end of file"
    token = problem.written or problem.token.strip('"')
    lines = text.split("\n")
    shown = lines[min(problem.line, len(lines)) - 1]
    complaint = f"{where} {problem.line}: syntax error near unexpected token `{token}'"
    return f"{complaint}\n{where} {problem.line}: `{shown}'"


WORDS = frozenset("! case do done elif else esac fi for if in then until while { }".split())  # noqa: SIM905
"""What ash quotes where it is no reserved word."""


def quoted(dialect: Dialect, word: str) -> str:
    """A word as `set -x` shows it."""
    if dialect.name == "dash":
        return word
    if dialect.name == "ash":
        safe = bool(re.fullmatch(r"[+,\-./0-9:@A-Z\]^_a-z]+", word)) and word not in WORDS
    else:
        safe = bool(re.fullmatch(r"[^\s'\"$`\\;&|<>()*?\[\]{}!^~#][^\s'\"$`\\;&|<>()*?\[\]{}!^]*", word))
    return word if safe else "'" + word.replace("'", "'\\''") + "'"


def times(dialect: Dialect, seconds: float, *, portable: bool = False) -> str:
    """What `time` says: the work of simulated commands takes no time of a processor."""
    minutes = int(seconds // 60)
    if portable:
        return f"real {seconds:.2f}\nuser 0.00\nsys 0.00\n"
    if dialect.name == "bash":
        return f"\nreal\t{minutes}m{seconds % 60:.3f}s\nuser\t0m0.000s\nsys\t0m0.000s\n"
    return f"real\t{minutes}m {seconds % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n"


LONG_OPTIONS = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "pipefail": "p", "allexport": "a",
                "noclobber": "C", "verbose": "v", "notify": "b", "errtrace": "E", "noexec": "n",
                "functrace": "T"}  # fmt: skip
"""The letters of `set -o`'s names."""
NAMED = re.compile(r"\$(?:(\w+)|\{(\w+)(?:\[0\])?(?::?-([^}]*))?\})")
"""A variable in PS4: no commands are carried out for it."""


def traced(known: Mapping[str, str], deeper: int) -> str:
    """What stands before a traced command: PS4 with its variables, its first letter once more for each depth."""
    sign = NAMED.sub(lambda found: known.get(found[1] or found[2], found[3] or ""), known.get("PS4", "+ "))
    return sign[:1] * deeper + sign
