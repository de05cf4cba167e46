"""Reads a script's characters: blanks, operators, words with quotations and expansions, here-documents."""

from __future__ import annotations

import re
from collections.abc import Callable

from podlab.embedded.runtime.shell.grammar.quoting import ansi, indexed_to
from podlab.embedded.runtime.shell.grammar.syntax import (
    Arithmetic,
    Beside,
    Here,
    Incomplete,
    Parameter,
    Part,
    Sequence,
    Substitution,
    SyntaxProblem,
    Text,
    Word,
)

OPERATORS = re.compile(r"\d+(?=[<>])|&>>?|&&|\|\||;;&|;;|;&|<<<|<<-|<<|<>|<&|>>|>&|>\||[<>&|;()]|\n")
REDIRECTIONS = frozenset(["<", ">", ">>", ">|", "<>", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"])
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
SPECIAL = "@*#?-$!"
ENDS = frozenset(" \t\n;&|<>()")
PLAIN = re.compile(r"[^ \t\n;&|<>()\\'\"`$]+")
NAMED = re.compile(r"\w+|[@*#?$!-]")
BASH_NAMED = re.compile(r"!?\w+|[@*#?$!-]")
EXPANSION = re.compile(r"@[QULuAE](?=\})|:?[-=?+]|##?|%%?|//?|\^\^?|,,?|~~?|:")


class Reader:
    """A place in a script; `commands` reads those of a substitution up to its closing parenthesis.

    The end of a `whole` script ends its here-documents; to one that is still being typed, more lines may come.
    """

    def __init__(
        self,
        text: str,
        commands: Callable[[], Sequence],
        *,
        whole: bool = True,
        above: int = 0,
        features: frozenset[str] = frozenset(),
    ) -> None:
        self.text, self.at, self._commands, self._whole, self._above = text, 0, commands, whole, above
        self.pending: list[Here] = []
        self.extended = "extglob" in features
        self._beside, self._arrays = "<(" in features, "arrays" in features

    @property
    def line(self) -> int:
        """The number of the line that is being read, after those `above` the text."""
        return self.line_of(self.at)

    def line_of(self, place: int) -> int:
        """The number of the line of a place that has been read."""
        return self._above + self.text.count("\n", 0, place) + 1

    def peek(self) -> str:
        """The next character; "" at the end."""
        return self.text[self.at : self.at + 1]

    def blanks(self) -> None:
        """Skip blanks, continued lines and a comment."""
        while True:
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.peek() in (" ", "\t"):
                self.at += 1
            elif self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = end if end >= 0 else len(self.text)
            else:
                return

    def operator(self) -> str:
        """The operator that comes next, without taking it; "" for a word or the end."""
        self.blanks()
        found = OPERATORS.match(self.text, self.at)
        return found[0] if found and not self._substitutes() else ""

    def _substitutes(self) -> bool:
        """Whether a process is substituted here: a word, though it begins as a redirection does."""
        return self._beside and self.text[self.at : self.at + 2] in ("<(", ">(")

    def take(self, operator: str) -> bool:
        """Take an operator, if it is next; a line's end brings its here-documents."""
        if self.operator() != operator:
            return False
        self.at += len(operator)
        if operator == "\n":
            self._here_documents()
        return True

    # Here-documents

    def _here_documents(self) -> None:
        pending, self.pending = self.pending, []
        for here in pending:
            here.body = self._here_document(here)

    def _here_document(self, here: Here) -> Word:
        lines = []
        while self.at < len(self.text):
            end = self.text.find("\n", self.at)
            line = self.text[self.at :] if end < 0 else self.text[self.at : end]
            self.at = len(self.text) if end < 0 else end + 1
            line = line.lstrip("\t") if here.strips else line
            if line == here.delimiter:
                break
            lines.append(line + ("\n" if end >= 0 else ""))
        else:
            if not self._whole:
                raise Incomplete(until=here.delimiter, line=self.line)
        body = "".join(lines)
        if here.quoted:
            return Word((Text(body, quoted=True),), body)
        inner = Reader(body, self._commands)
        inner._arrays = self._arrays
        return Word(tuple(self._nested(inner)), body)

    def _nested(self, inner: Reader) -> list[Part]:
        """The parts of a here-document: substitutions in it are read in place."""
        text, at, pending = self.text, self.at, self.pending
        self.text, self.at, self.pending = inner.text, 0, []
        try:
            return self.parts("", here=True)
        finally:
            self.text, self.at, self.pending = text, at, pending

    # Words

    def word(self) -> Word | None:
        """The next word; None if an operator or the end comes."""
        self.blanks()
        parts: list[Part] = []
        begin = self.at
        while (char := self.peek()) and (char not in ENDS or self._substitutes()):
            parts.extend([self._substituted(char)] if char in "<>" else self._part(char))
            if self._groups(parts):
                parts.extend(self._group())
        if begin == self.at:
            return None
        return Word(tuple(parts), self.text[begin : self.at])

    def _groups(self, parts: list[Part]) -> bool:
        """Whether one of extglob's groups follows."""
        before = parts[-1] if parts else None
        opens = self.extended and self.peek() == "(" and isinstance(before, Text) and not before.quoted
        return opens and isinstance(before, Text) and before.text[-1:] in ("?", "*", "+", "@", "!")

    def _group(self) -> list[Part]:
        """From its parenthesis up to the one that closes it."""
        parts: list[Part] = [Text("(")]
        self.at += 1
        while (char := self.peek()) != ")":
            if not char:
                raise Incomplete(")", quote=")", line=self.line)
            if char in ENDS:
                parts.append(Text(char))
                self.at += 1
            else:
                parts.extend(self._part(char))
                if self._groups(parts):
                    parts.extend(self._group())
        self.at += 1
        return [*parts, Text(")")]

    def _substituted(self, char: str) -> Part:
        self.at += 2
        return Beside(self._commands(), reads=char == "<")

    def _part(self, char: str) -> list[Part]:
        if found := PLAIN.match(self.text, self.at):
            self.at = found.end()
            return [Text(found[0])]
        if char == "\\":
            return self._escaped()
        if char == "'":
            return [Text(self._until("'"), quoted=True)]
        if char == '"':
            self.at += 1
            parts = self.parts('"')
            self.at += 1
            return parts or [Text("", quoted=True)]
        if self._beside and self.text.startswith("$'", self.at):  # dash knows neither
            read = ansi(self.text, self.at + 2)
            if read is None:
                raise Incomplete(quote="'", line=self.line_of(len(self.text)))
            self.at = read[1]
            return [Text(read[0], quoted=True)]
        return self._expansion(quoted=False)

    def _escaped(self) -> list[Part]:
        char = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if char == "\n":
            return []
        return [Text(char or "\\", quoted=True)]

    def _until(self, quote: str) -> str:
        begin = self.at + 1
        end = self.text.find(quote, begin)
        if end < 0:
            raise Incomplete(quote=quote, line=self.line)
        self.at = end + 1
        return self.text[begin:end]

    def parts(self, end: str, *, here: bool = False, nested: str = "") -> list[Part]:
        """Parts as within double quotes, up to but without `end`; "" is the end of the text."""
        parts: list[Part] = []
        begun = self.at
        special = "$`\\\n" if here else '$`\\\n"' if end == '"' or not nested else "$`\\\n}"
        while (char := self.peek()) != end or not char:
            if not char:
                if not end:
                    return parts
                raise Incomplete(quote=end, line=self.line, begun=self.line_of(begun))
            if char == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                self.at += 2
                if following == "\n":
                    continue
                parts.append(Text(following if following and following in special else f"\\{following}", quoted=True))
            elif char in "$`":
                parts.extend(self._expansion(quoted=True))
            elif char == '"' and end != '"' and not here:
                self.at += 1
                parts.extend(self.parts('"'))
                self.at += 1
            else:
                stop = self._plain_end(end, here=here)
                parts.append(Text(self.text[self.at : stop], quoted=True))
                self.at = stop
        return parts

    def _plain_end(self, end: str, *, here: bool) -> int:
        at = self.at + 1
        stops = {"\\", "$", "`", end} | (set() if here else {'"'})
        while at < len(self.text) and self.text[at] not in stops:
            at += 1
        return at

    # Expansions

    def _expansion(self, *, quoted: bool) -> list[Part]:
        if self.peek() == "`":
            return [self._backquoted(quoted=quoted)]
        if self.text.startswith("$((", self.at) and (sum_ := self._arithmetic(quoted=quoted)):
            return [sum_]
        if self.text.startswith("$(", self.at):
            self.at += 2
            body = self._commands()
            return [Substitution(body, quoted)]
        if self.text.startswith("${", self.at):
            return [self._braced(quoted=quoted)]
        self.at += 1
        if found := NAME.match(self.text, self.at):
            self.at = found.end()
            return [Parameter(found[0], quoted=quoted)]
        char = self.peek()
        if char and (char in SPECIAL or char.isdigit()):
            self.at += 1
            return [Parameter(char, quoted=quoted)]
        return [Text("$", quoted=quoted)]

    def _backquoted(self, *, quoted: bool) -> Part:
        self.at += 1
        out, begun = [], self.at
        while (char := self.peek()) != "`":
            if not char:
                raise Incomplete(quote="`", line=self.line, begun=self.line_of(begun))
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("`", "\\", "$", *('"' if quoted else ())):
                self.at += 1
                char = self.peek()
            out.append(char)
            self.at += 1
        self.at += 1
        text, at, pending = self.text, self.at, self.pending
        self.text, self.at, self.pending = "".join(out) + "\n)", 0, []
        try:
            return Substitution(self._commands(), quoted)
        finally:
            self.text, self.at, self.pending = text, at, pending

    def _arithmetic(self, *, quoted: bool) -> Part | None:
        parts: list[Part] = []
        begin, depth = self.at, 0
        self.at += 3
        while char := self.peek():
            if char == ")" and depth == 0:
                if not self.text.startswith("))", self.at):
                    break
                self.at += 2
                return Arithmetic(Word(tuple(parts), self.text[begin : self.at]), quoted)
            depth += (char == "(") - (char == ")")
            parts.extend(self._of_sum(char))
        if not self.peek():
            raise Incomplete(quote="))", line=self.line)
        self.at = begin  # not an expression: a subshell within a substitution
        return None

    def _of_sum(self, char: str) -> list[Part]:
        """One letter of an expression, or what is expanded in it."""
        if char in "$`":
            return self._expansion(quoted=True)
        self.at += 1
        return [Text(char, quoted=True)]

    def calculation(self, end: str) -> Word:
        """An expression of bash's `((…))`, up to and with `end`."""
        parts: list[Part] = []
        begin, depth = self.at, 0
        while not (depth == 0 and self.text.startswith(end, self.at)):
            char = self.peek()
            if not char:
                raise Incomplete(end, line=self.line)
            depth += (char == "(") - (char == ")")
            parts.extend(self._of_sum(char))
        self.at += len(end)
        return Word(tuple(parts), self.text[begin : self.at - len(end)])

    def _braced(self, *, quoted: bool) -> Part:
        begun = self.at
        self.at += 2
        if self.peek() == "#" and self.text[self.at + 1 : self.at + 2] not in ("}", ""):
            self.at += 1
            if (name := self._name()) and self.peek() == "}":
                self.at += 1
                return Parameter(name, "length", quoted=quoted)
            self.at = begun + 2
        if found := re.compile(r"!(?:#(?=\})|\d+|[A-Za-z_]\w*)(?:\[[^]\s]{1,40}\]|[*@])?\}").match(self.text, self.at):
            self.at = found.end()
            return Parameter(found[0][:-1], quoted=quoted)
        if not (name := self._name()):
            return self._bad(begun)
        if self.peek() == "}":
            self.at += 1
            return Parameter(name, quoted=quoted)
        operator = EXPANSION.match(self.text, self.at)
        if not operator:
            return self._bad(begun)
        self.at = operator.end()
        word = self._operand(quoted=quoted, begun=begun)
        return Parameter(name, operator[0], word, quoted)

    def _name(self) -> str:
        """A parameter's name, in bash with the index of an element; "" where none is."""
        found = (BASH_NAMED if self._arrays else NAMED).match(self.text, self.at)
        if not found:
            return ""
        begin, end = self.at, found.end()
        self.at = max(end, indexed_to(self.text, end)) if self._arrays and found[0] not in "@*#?$!-" else end
        return self.text[begin : self.at]

    def _bad(self, begun: int) -> Part:
        """A `${…}` that means nothing: bash says so when it comes to it. Raises SyntaxProblem."""
        end = self.text.find("}", self.at)
        if end < 0:
            raise Incomplete(quote="}", line=self.line, begun=self.line_of(begun))
        if not self._arrays or self.text[self.at] == "@":
            raise SyntaxProblem("Bad substitution", line=self.line)
        self.at = end + 1
        return Parameter(self.text[begun : self.at], "bad")

    def _operand(self, *, quoted: bool, begun: int) -> Word:
        """What follows the operator, up to the closing brace."""
        parts: list[Part] = []
        begin = self.at
        while (char := self.peek()) != "}":
            if not char:
                raise Incomplete(quote="}", line=self.line, begun=self.line_of(begun))
            if quoted and char == "'":
                parts.append(Text("'", quoted=True))
                self.at += 1
            elif char in " \t\n;&|<>()":
                parts.append(Text(char, quoted=quoted and not (self._arrays and char in "()|")))
                self.at += 1
            elif quoted and char not in '\\"`$':
                parts.append(Text(char, quoted=False))
                self.at += 1
            elif found := re.compile(r"[^ \t\n;&|<>()\\'\"`$}]+").match(self.text, self.at):
                parts.append(Text(found[0]))
                self.at = found.end()
            else:
                parts.extend(self._part(char))
        source = self.text[begin : self.at]
        self.at += 1
        return Word(tuple(parts), source)
