"""Reads a script's commands, line after line: the grammar of POSIX, with what bash and busybox's shell add."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from podlab.embedded.runtime.shell.grammar import simplecommands
from podlab.embedded.runtime.shell.grammar.reader import NAME, Reader
from podlab.embedded.runtime.shell.grammar.simplecommands import ENDING
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
    Incomplete,
    Item,
    Loop,
    Part,
    Pipeline,
    Redirect,
    Redirected,
    Select,
    Sequence,
    Simple,
    SyntaxProblem,
    Text,
    Word,
)

FEATURED = MappingProxyType({"[[": "[[", "function": "function", "select": "arrays", "coproc": "arrays"})
"""Words that begin a command where a dialect has the feature."""
COMPOUND = frozenset(["if", "while", "until", "for", "case", "{", "[[", "select"])
FUNCTION = re.compile(r"([\w.:@%+,/^~-][\w.:@%+,/^~!-]*)[ \t]*\([ \t]*\)", re.ASCII)
"""Where a function begins: bash takes many names, other shells only those that a variable may have."""


class Parser:
    """The commands of one script; `features` are a dialect's beside POSIX's."""

    def __init__(
        self, text: str, features: frozenset[str] = frozenset(), *, whole: bool = True, above: int = 0
    ) -> None:
        self.reader = Reader(text, self._substitution, whole=whole, above=above, features=features)
        self.features, self._whole = features, whole

    def line(self) -> Sequence | None:
        """The statements of the next line that has any; None at the end. Raises SyntaxProblem."""
        while self.reader.take("\n"):
            pass
        self.reader.blanks()
        if not self.reader.peek():
            return None
        found = self._statements(stop_at_line=True)
        if self.reader.operator() not in ("\n", "") or (self.reader.peek() and self.reader.operator() == ""):
            simplecommands.unexpected(self.reader)
        if not self.reader.take("\n") and self.reader.pending and not self._whole:
            here = self.reader.pending[0]
            raise Incomplete(until=here.delimiter, line=self.reader.line)
        return found

    def _substitution(self) -> Sequence:
        found = self._statements()
        if not self.reader.peek():
            raise Incomplete(")", quote=")", line=self.reader.line)
        if not self.reader.take(")"):
            simplecommands.unexpected(self.reader, ")")
        return found

    # Lists

    def _statements(self, *, stop_at_line: bool = False) -> Sequence:
        items: list[Item] = []
        while True:
            if not stop_at_line:
                self._newlines()
            if self._ends():
                break
            command = self._and_or()
            background = self.reader.take("&")
            items.append(Item(command, background))
            separated = background or self.reader.take(";")
            if self.reader.operator() == "\n" and not stop_at_line:
                continue
            if not separated or self.reader.operator() == "\n":
                break
        return Sequence(tuple(items))

    def _newlines(self) -> None:
        while self.reader.take("\n"):
            pass

    def _ends(self) -> bool:
        """Whether no statement begins here."""
        operator = self.reader.operator()
        if operator in (")", ";;", ";&", ";;&", ""):
            return bool(operator) or not self.reader.peek() or self._keyword() in ENDING
        return False

    def _keyword(self) -> str:
        """The word that comes next, if it is unquoted; it is not taken."""
        self.reader.blanks()
        found = re.compile(r"[\w{}!\[\].:/-]+").match(self.reader.text, self.reader.at)
        if not found:
            return ""
        after = self.reader.text[found.end() : found.end() + 1]
        return found[0] if not after or after in " \t\n;&|<>()" else ""

    def _take_keyword(self, word: str) -> bool:
        if self._keyword() != word:
            return False
        self.reader.at += len(word)
        return True

    def _expect(self, word: str) -> None:
        if not self._take_keyword(word):
            simplecommands.unexpected(self.reader, word)

    def _and_or(self) -> Command:
        left = self._pipeline()
        while (operator := self.reader.operator()) in ("&&", "||"):
            self.reader.take(operator)
            self._newlines()
            left = AndOr(left, operator, self._pipeline())
        return left

    def _pipeline(self) -> Command:
        timed = int("time" in self.features and self._take_keyword("time"))
        timed += bool(timed and self._take_keyword("-p"))
        negated = False
        while self._take_keyword("!"):
            negated = not negated
        commands = [self._command()]
        while self.reader.take("|"):
            if "arrays" in self.features and self.reader.text.startswith("&", self.reader.at):
                self.reader.at += 1
                commands[-1] = _with_errors(commands[-1])
            self._newlines()
            commands.append(self._command())
        if len(commands) == 1 and not negated and not timed:
            return commands[0]
        return Pipeline(tuple(commands), negated, timed)

    # Commands

    def _command(self) -> Command:
        compound = self._compound()
        if compound is None:
            return simplecommands.simple(self.reader, self.features)
        redirects = []
        while (redirect := simplecommands.redirect(self.reader, self.features)) is not None:
            redirects.append(redirect)
        return Redirected(compound, tuple(redirects)) if redirects else compound

    def _compound(self) -> Command | None:
        reader = self.reader
        if reader.operator() == "(":
            if "((" in self.features and reader.text.startswith("((", reader.at):
                return self._calculation()
            return self._subshell()
        word = self._keyword()
        table = {"if": self._if, "while": self._while, "until": self._until, "for": self._for, "case": self._case}
        table |= {"{": self._group, "[[": self._condition, "function": self._named_function}
        table |= {"select": self._select, "coproc": self._coproc}
        table = {name: read for name, read in table.items() if FEATURED.get(name, "") in {"", *self.features}}
        if found := table.get(word):
            reader.at += len(word)
            return found()
        function = FUNCTION.match(reader.text, reader.at)
        if function and word not in ENDING:
            if not ("arrays" in self.features or NAME.fullmatch(function[1])):
                raise SyntaxProblem("Bad function name", line=reader.line)
            reader.at = function.end()
            return self._function(function[1])
        if word in ENDING:
            simplecommands.unexpected(self.reader)
        return None

    def _subshell(self) -> Command:
        self.reader.take("(")
        body = self._statements()
        if not self.reader.take(")"):
            simplecommands.unexpected(self.reader, ")")
        if not body.items:
            raise SyntaxProblem('")"', line=self.reader.line)
        return Group(body, subshell=True)

    def _calculation(self) -> Command:
        begin = self.reader.at
        self.reader.at += 2
        try:
            return Calculation(self.reader.calculation("))"))
        except Incomplete:
            self.reader.at = begin
            return self._subshell()

    def _group(self) -> Command:
        return Group(self._body("}"))

    def _body(self, end: str) -> Sequence:
        """Statements up to a word that ends them, which is taken."""
        body = self._statements()
        if not body.items and self._keyword() == end:
            simplecommands.unexpected(self.reader)
        self._expect(end)
        return body

    def _if(self) -> Command:
        branches, otherwise = [], None
        condition = self._body("then")
        while True:
            body = self._statements()
            if not body.items:
                simplecommands.unexpected(self.reader)
            branches.append((condition, body))
            if self._take_keyword("elif"):
                condition = self._body("then")
            elif self._take_keyword("else"):
                otherwise = self._body("fi")
                return If(tuple(branches), otherwise)
            else:
                self._expect("fi")
                return If(tuple(branches))

    def _while(self) -> Command:
        return Loop(self._body("do"), self._body("done"))

    def _until(self) -> Command:
        return Loop(self._body("do"), self._body("done"), until=True)

    def _for(self) -> Command:
        self.reader.blanks()
        if "((" in self.features and self.reader.text.startswith("((", self.reader.at):
            return self._counted_for()
        return For(*self._over())

    def _select(self) -> Command:
        self.reader.blanks()
        return Select(*self._over())

    def _coproc(self) -> Command:
        """A name only stands before a compound command."""
        self.reader.blanks()
        begin, found = self.reader.at, NAME.match(self.reader.text, self.reader.at)
        if found and found[0] not in COMPOUND:
            self.reader.at = found.end()
            if self._keyword() in COMPOUND or self.reader.operator() == "(":
                return Coproc(found[0], self._command())
        self.reader.at = begin
        return Coproc("COPROC", self._command())

    def _over(self) -> tuple[str, tuple[Word, ...] | None, Sequence]:
        """`name in words; do … done`"""
        found = NAME.match(self.reader.text, self.reader.at)
        if not found:
            if "arrays" in self.features and self.reader.peek():
                simplecommands.unexpected(self.reader)
            bad = "newline" if "arrays" in self.features else "Bad for loop variable"
            raise SyntaxProblem(bad, line=self.reader.line)
        self.reader.at = found.end()
        self._newlines()
        words: tuple[Word, ...] | None = None
        if self._take_keyword("in"):
            words = self._words()
        self.reader.take(";")
        self._newlines()
        self._expect("do")
        return found[0], words, self._body("done")

    def _counted_for(self) -> Command:
        self.reader.at += 2
        first, condition = self.reader.calculation(";"), self.reader.calculation(";")
        step = self.reader.calculation("))")
        self.reader.take(";")
        self._newlines()
        self._expect("do")
        return CountedFor(first, condition, step, self._body("done"))

    def _words(self) -> tuple[Word, ...]:
        words = []
        while self.reader.operator() == "" and (word := self.reader.word()) is not None:
            words.append(word)
        return tuple(words)

    def _case(self) -> Command:
        word = self.reader.word()
        if word is None:
            simplecommands.unexpected(self.reader)
            raise AssertionError
        self._newlines()
        self._expect("in")
        items: list[tuple[tuple[Word, ...], Sequence, str]] = []
        while True:
            self._newlines()
            if self._take_keyword("esac"):
                return Case(word, tuple(items))
            patterns = self._patterns()
            body = self._statements()
            end = self.reader.operator()
            items.append((patterns, body, end if end in (";&", ";;&") else ";;"))
            if end in (";;", ";&", ";;&"):
                self.reader.take(end)
            else:
                self._newlines()
                if self._keyword() != "esac":
                    simplecommands.unexpected(self.reader, ";;")

    def _patterns(self) -> tuple[Word, ...]:
        self.reader.take("(")
        patterns = []
        while True:
            pattern = self.reader.word()
            if pattern is None:
                simplecommands.unexpected(self.reader, "" if self.reader.peek() else ")")
                raise AssertionError
            patterns.append(pattern)
            if not self.reader.take("|"):
                break
        if not self.reader.take(")"):
            simplecommands.unexpected(self.reader, ")")
        return tuple(patterns)

    def _condition(self) -> Command:
        words: list[Word] = []
        while not self._take_keyword("]]"):
            operator = self.reader.operator()
            matching = bool(words) and words[-1].plain == "=~" and operator != "\n"
            if operator in ("&&", "||", "(", ")", "<", ">", "\n") and not matching:
                self.reader.take(operator)
                if operator != "\n":
                    words.append(Word((Text(operator),), operator))
            elif (word := self._condition_word(words)) is not None:
                words.append(word)
            else:
                simplecommands.unexpected(self.reader, "]]")
        return Condition(tuple(words))

    def _condition_word(self, before: list[Word]) -> Word | None:
        """A word of `[[ … ]]`; a regular expression may have parentheses and bars."""
        if not before or before[-1].plain != "=~":
            extended = self.reader.extended
            self.reader.extended = extended or bool(before and before[-1].plain in ("=", "==", "!="))
            try:
                return self.reader.word()
            finally:
                self.reader.extended = extended
        parts: list[Part] = []
        begin = self.reader.at
        self.reader.blanks()
        while (char := self.reader.peek()) and char not in " \t\n":
            if char in "()|<>;&#":
                parts.append(Text(char))
                self.reader.at += 1
            else:
                word = self.reader.word()
                parts.extend(word.parts if word else ())
        return Word(tuple(parts), self.reader.text[begin : self.reader.at])

    def _named_function(self) -> Command:
        self.reader.blanks()
        found = re.compile(r"([\w.:-]+)([ \t]*\([ \t]*\))?").match(self.reader.text, self.reader.at)
        if not found:
            simplecommands.unexpected(self.reader)
            raise AssertionError
        self.reader.at = found.end()
        return self._function(found[1])

    def _function(self, name: str) -> Command:
        self._newlines()
        body = self._compound()
        if body is None and "arrays" in self.features:
            simplecommands.unexpected(self.reader, "{")
        body = body or simplecommands.simple(self.reader, self.features)
        redirects = []
        while (redirect := simplecommands.redirect(self.reader, self.features)) is not None:
            redirects.append(redirect)
        return Function(name, Redirected(body, tuple(redirects)) if redirects else body)


def _with_errors(command: Command) -> Command:
    """A command before bash's `|&`: its complaints go where its output goes, after its own redirections."""
    last = Redirect(2, ">&", Word((Text("1"),), "1"))
    if isinstance(command, (Simple, Redirected)):
        return replace(command, redirects=(*command.redirects, last))
    return Redirected(command, (last,))
