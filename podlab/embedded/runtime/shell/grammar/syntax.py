"""What a shell script is made of once it is read: words with their expansions, and commands.

The grammar is POSIX's, with what busybox's shell and bash add to it and scripts in manifests use.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves; quoted ones are neither split nor matched with file names."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`, `${name}`, or `${name` operator word `}`; the operator `length` is `${#name}`."""

    name: str
    operator: str = ""
    word: Word | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(commands)`"""

    body: Sequence
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """`<(commands)`, `>(commands)`: the name of a stream from or to what runs beside the command."""

    body: Sequence
    reads: bool
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((expression))`"""

    word: Word
    quoted: bool = False


Part = Text | Parameter | Substitution | Beside | Arithmetic


@dataclass(frozen=True, slots=True)
class Word:
    """One word, and how it is written."""

    parts: tuple[Part, ...]
    source: str = ""

    @property
    def plain(self) -> str | None:
        """Its text where nothing in it is quoted or expanded."""
        if all(isinstance(part, Text) and not part.quoted for part in self.parts):
            return "".join(part.text for part in self.parts if isinstance(part, Text))
        return None


@dataclass(slots=True)
class Here:
    """A here-document: its body is read at the end of the line that begins it."""

    delimiter: str
    quoted: bool
    strips: bool
    body: Word = field(default_factory=lambda: Word(()))


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2>file`, `<<EOF`: the number is -1 where none is written; bash's `{variable}>file` sets one."""

    number: int
    operator: str
    target: Word
    here: Here | None = None
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Simple:
    """Assignments (of bash's arrays too), a command and its arguments."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    arrays: tuple[tuple[str, tuple[Word, ...], int], ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Condition:
    """bash's `[[ … ]]`: its words are not split."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Calculation:
    """bash's `((expression))`"""

    word: Word


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by pipes."""

    commands: tuple[Command, ...]
    negated: bool = False
    timed: int = 0  # 2 in POSIX's form


@dataclass(frozen=True, slots=True)
class AndOr:
    """`left && right`, `left || right`"""

    left: Command
    operator: str
    right: Command


@dataclass(frozen=True, slots=True)
class Item:
    """A statement of a sequence; one in the background runs beside the shell."""

    command: Command
    background: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """Statements, one after the other."""

    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` in a shell of its own."""

    body: Sequence
    subshell: bool = False


@dataclass(frozen=True, slots=True)
class If:
    """`if … then … elif … else … fi`: conditions with what follows each."""

    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """`while` or `until`."""

    condition: Sequence
    body: Sequence
    until: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """`for name in words`; without words, over the arguments."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence


@dataclass(frozen=True, slots=True)
class Select:
    """bash's `select name in words`; without words, over the arguments."""

    name: str
    words: tuple[Word, ...] | None
    body: Sequence


@dataclass(frozen=True, slots=True)
class Coproc:
    """bash's `coproc [name] command`: it runs beside the shell, with a pipe to it and one from it."""

    name: str
    command: Command


@dataclass(frozen=True, slots=True)
class CountedFor:
    """bash's `for ((first; condition; step))`."""

    first: Word
    condition: Word
    step: Word
    body: Sequence


@dataclass(frozen=True, slots=True)
class Case:
    """`case word in pattern) … ;; esac`; an item that ends in `;&` goes on with the next, in `;;&` it looks on."""

    word: Word
    items: tuple[tuple[tuple[Word, ...], Sequence, str], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """`name() { … }`"""

    name: str
    body: Command


@dataclass(frozen=True, slots=True)
class Redirected:
    """A compound command with redirections."""

    command: Command
    redirects: tuple[Redirect, ...]


Command = (
    Simple
    | Condition
    | Calculation
    | Pipeline
    | AndOr
    | Sequence
    | Group
    | If
    | Loop
    | For
    | Select
    | Coproc
    | CountedFor
    | Case
    | Function
    | Redirected
)


def final(command: Command | None, *, deep: bool) -> frozenset[int]:
    """Which simple commands, by id(), are the last of a script: ash looks into compound ones too, bash does not."""
    if isinstance(command, Simple):
        return frozenset([id(command)])
    if isinstance(command, Sequence):
        last = command.items[-1] if command.items else None
        return final(last.command, deep=deep) if last and not last.background else frozenset()
    if isinstance(command, AndOr):
        return final(command.right, deep=deep)
    if not deep:
        return frozenset()
    if isinstance(command, Group) and not command.subshell:
        return final(command.body, deep=deep)
    if isinstance(command, If):
        bodies = [body for _, body in command.branches]
        return frozenset().union(*(final(body, deep=deep) for body in (*bodies, command.otherwise)))
    if isinstance(command, Case):
        return frozenset().union(*(final(body, deep=deep) for _, body, end in command.items if end == ";;"))
    return frozenset()


class SyntaxProblem(Exception):
    """A script that cannot be read: the token in the way as it is shown and written, and what was expected instead."""

    def __init__(self, token: str, expected: str = "", *, line: int = 1, written: str = "") -> None:
        super().__init__(token)
        self.token, self.expected, self.line, self.written = token, expected, line, written


class Incomplete(SyntaxProblem):
    """A script that ends too early.

    `until` is the line that a here-document waits for, `quote` an open quotation, which has `begun` on a line.
    """

    def __init__(
        self, expected: str = "", *, quote: str = "", until: str = "", line: int = 1, begun: int | None = None
    ) -> None:
        super().__init__("end of file", expected, line=line)
        self.quote, self.until, self.begun = quote, until, line if begun is None else begun
