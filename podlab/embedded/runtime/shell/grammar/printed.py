"""A function as bash shows it: `declare -f`, `type`.

Upstream: bash's print_cmd.c (named_function_string, print_command)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from podlab.embedded.runtime.shell.grammar.syntax import (
    AndOr,
    Calculation,
    Case,
    Command,
    Condition,
    Coproc,
    CountedFor,
    For,
    Function,
    Group,
    If,
    Item,
    Loop,
    Pipeline,
    Redirect,
    Redirected,
    Select,
    Sequence,
    Simple,
    Word,
)

STEP = 4


def command(node: Command) -> str:
    """A command in one line, as BASH_COMMAND has it."""
    return " ".join(_shown(node, 0).split("\n"))


def function(name: str, body: Command) -> str:
    """A function's definition, without the newline at its end."""
    return f"{name} () \n{_braces(body, 0)}"


def _braces(body: Command, indent: int) -> str:
    """`{ … }` around a function's body, whatever it is."""
    after = ""
    if isinstance(body, Redirected) and isinstance(body.command, Group) and not body.command.subshell:
        after, body = _redirects(body.redirects), body.command
    inside: Command = body.body if isinstance(body, Group) and not body.subshell else body
    pad = " " * indent
    return f"{pad}{{ \n{pad}{' ' * STEP}{_shown(inside, indent + STEP)}\n{pad}}}{after}"


def _shown(command: Command, indent: int) -> str:
    return TABLE[type(command)](command, indent)


def _ended(body: Sequence, indent: int) -> str:
    """Statements of a loop or a branch: the last ends in a semicolon, too."""
    text = _sequence(body, indent)
    return text if not body.items or body.items[-1].background or _here(body) else f"{text};"


def _here(body: Sequence) -> bool:
    """Whether a here-document ends the last statement."""
    last = body.items[-1].command
    return isinstance(last, Simple | Redirected) and any(one.here for one in last.redirects)


def _sequence(node: Sequence, indent: int) -> str:
    text = ""
    for at, item in enumerate(node.items):
        text += _shown(item.command, indent)
        last = at == len(node.items) - 1
        if item.background:
            text += " &" if last else " & "
        elif not last:
            text += f"{'' if _here(Sequence((item,))) else ';'}\n{' ' * indent}"
    return text


def _block(body: Sequence, indent: int) -> str:
    """What stands between two words that have lines of their own."""
    return f"\n{' ' * (indent + STEP)}{_ended(body, indent + STEP)}\n{' ' * indent}"


def _and_or(node: AndOr, indent: int) -> str:
    return f"{_shown(node.left, indent)} {node.operator} {_shown(node.right, indent)}"


def _pipeline(node: Pipeline, indent: int) -> str:
    piped = " | ".join(_shown(one, indent) for one in node.commands)
    return f"{('', 'time ', 'time -p ')[node.timed]}{'! ' * node.negated}{piped}"


def _group(node: Group, indent: int) -> str:
    if node.subshell:
        return f"( {_sequence(node.body, indent)} )"
    return f"{{ \n{' ' * (indent + STEP)}{_sequence(node.body, indent + STEP)}\n{' ' * indent}}}"


def _if(node: If, indent: int) -> str:
    condition, body = node.branches[0]
    text = f"if {_ended(condition, indent)} then{_block(body, indent)}"
    rest = node.branches[1:]
    otherwise = Sequence((Item(If(rest, node.otherwise)),)) if rest else node.otherwise
    return f"{text}else{_block(otherwise, indent)}fi" if otherwise else f"{text}fi"


def _loop(node: Loop, indent: int) -> str:
    return f"{'until' if node.until else 'while'} {_ended(node.condition, indent)} do{_block(node.body, indent)}done"


def _for(node: For, indent: int, word: str = "for") -> str:
    words = '"$@"' if node.words is None else _words(node.words)
    return f"{word} {node.name} in {words};\n{' ' * indent}do{_block(node.body, indent)}done"


def _select(node: Select, indent: int) -> str:
    return _for(For(node.name, node.words, node.body), indent, "select")


def _counted_for(node: CountedFor, indent: int) -> str:
    first, condition, step = (one.source.lstrip() or "1" for one in (node.first, node.condition, node.step))
    return f"for (({first}; {condition}; {step}))\n{' ' * indent}do{_block(node.body, indent)}done"


def _case(node: Case, indent: int) -> str:
    pad, deeper = " " * (indent + STEP), " " * (indent + 2 * STEP)
    text = f"case {node.word.source.strip()} in "
    for patterns, body, end in node.items:
        shown = deeper + _sequence(body, indent + 2 * STEP) if body.items else ""
        text += f"\n{pad}{' | '.join(one.source for one in patterns)})\n{shown}\n{pad}{end or ';;'}"
    return f"{text}\n{' ' * indent}esac"


def _inner_function(node: Function, indent: int) -> str:
    return f"function {node.name} () \n{_braces(node.body, indent)}"


def _condition(node: Condition, indent: int) -> str:
    return f"[[ {' '.join(word.source.strip() for word in node.words)} ]]"


def _calculation(node: Calculation, indent: int) -> str:
    return f"(({node.word.source}))"


def _coproc(node: Coproc, indent: int) -> str:
    return f"coproc {node.name} {_shown(node.command, indent)}"


def _redirected(node: Redirected, indent: int) -> str:
    return _shown(node.command, indent) + _redirects(node.redirects)


def _simple(node: Simple, indent: int) -> str:
    given = [f"{name}={word.source}" for name, word in node.assignments]
    for name, elements, at in reversed(node.arrays):
        if not node.words:
            given.insert(at, f"{name}=({_words(elements)})")
    named = {name: elements for name, elements, _ in node.arrays}
    for word in node.words:
        of_array = word.source in named
        given.append(f"{word.source}=({_words(named[word.source])})" if of_array else word.source)
    return (" ".join(given) + _redirects(node.redirects)).lstrip()


def _words(words: tuple[Word, ...]) -> str:
    return " ".join(word.source for word in words)


def _redirects(redirects: tuple[Redirect, ...]) -> str:
    return "".join(f" {_redirect(one)}" for one in redirects)


def _redirect(one: Redirect) -> str:
    number = f"{{{one.variable}}}" if one.variable else str(one.number) if one.number >= 0 else ""
    if one.here is not None:
        return f"{number}{one.operator}{one.target.source}\n{one.here.body.source}{one.here.delimiter}\n"
    if one.operator in (">&", "<&"):
        return f"{number or int(one.operator == '>&')}{one.operator}{one.target.source}"
    usual = {"<": "0", "<<<": "0"}.get(one.operator, "1")
    return f"{'' if number == usual else number}{one.operator} {one.target.source}"


TABLE: Mapping[type, Callable[[Any, int], str]] = MappingProxyType(
    {
        AndOr: _and_or,
        Calculation: _calculation,
        Case: _case,
        Condition: _condition,
        Coproc: _coproc,
        CountedFor: _counted_for,
        For: _for,
        Function: _inner_function,
        Group: _group,
        If: _if,
        Loop: _loop,
        Pipeline: _pipeline,
        Redirected: _redirected,
        Select: _select,
        Sequence: _sequence,
        Simple: _simple,
    }
)
"""How each kind of command is written."""
