"""Reads simple commands and redirections, and says what was not expected."""

from __future__ import annotations

import re

from podlab.embedded.runtime.shell.grammar.quoting import indexed_to
from podlab.embedded.runtime.shell.grammar.reader import REDIRECTIONS, Reader
from podlab.embedded.runtime.shell.grammar.syntax import (
    Command,
    Here,
    Incomplete,
    Redirect,
    Simple,
    SyntaxProblem,
    Text,
    Word,
)

ENDING = frozenset(["then", "do", "done", "fi", "elif", "else", "esac", "}"])
OPENING = frozenset(["if", "while", "until", "for", "case", "{", "function", "[["])
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)

ELEMENT, EQUALS = re.compile(r"[A-Za-z_]\w*\[", re.ASCII), re.compile(r"(\+?)=")
NUMBERED = re.compile(r"\{([A-Za-z_]\w*(?:\[[^]\s]+\])?)\}(?=[<>])", re.ASCII)
"""bash's name of a stream whose number a variable keeps."""
DECLARING = frozenset(["declare", "typeset", "local", "readonly", "export"])
"""Commands whose words may be assignments of arrays."""


def unexpected(reader: Reader, expected: str = "") -> None:
    """Raises SyntaxProblem for what comes next."""
    operator = reader.operator()
    line = reader.line
    if operator == "\n":
        raise SyntaxProblem("newline", expected, line=line)
    if operator in REDIRECTIONS:
        raise SyntaxProblem("redirection", expected, line=line)
    if operator:
        raise SyntaxProblem(f'"{operator}"', expected, line=line)
    word = reader.word()
    if word is None:
        raise Incomplete(expected, line=line)
    reserved = word.plain in ENDING or word.plain in OPENING
    raise SyntaxProblem(f'"{word.plain}"' if reserved else "word", expected, line=line, written=word.source)


def simple(reader: Reader, features: frozenset[str]) -> Command:
    """Assignments, words and redirections, in any order."""
    assignments: list[tuple[str, Word]] = []
    words: list[Word] = []
    redirects: list[Redirect] = []
    arrays: list[tuple[str, tuple[Word, ...], int]] = []
    line = reader.line
    while True:
        if (found := redirect(reader, features)) is not None:
            redirects.append(found)
        elif not words and "arrays" in features and (element := _element(reader)):
            assignments.append(element)
        elif reader.operator() == "" and (word := reader.word()) is not None:
            if not words and (assignment := _assignment(word)):
                assignments.append(assignment)
                if "arrays" in features and not assignment[1].parts and reader.peek() == "(":
                    name = assignments.pop()[0]
                    arrays.append((name, _elements(reader), len(assignments)))
            else:
                words.append(word)
                named = _assignment(word) if "arrays" in features and words[0].plain in DECLARING else None
                if named and not named[1].parts and reader.peek() == "(":
                    arrays.append((named[0], _elements(reader), len(assignments)))
                    words[-1] = Word((Text(named[0].rstrip("+")),), named[0])
        else:
            break
    if not assignments and not words and not redirects and not arrays:
        unexpected(reader)
    if words and reader.operator() == "(":
        if len(words) == 1 and not assignments and not redirects:
            reader.take("(")
        unexpected(reader, ")" * (reader.operator() != "("))
    return Simple(tuple(assignments), tuple(words), tuple(redirects), tuple(arrays), line)


def _element(reader: Reader) -> tuple[str, Word] | None:
    """bash's `name[index]=value`."""
    reader.blanks()
    named = ELEMENT.match(reader.text, reader.at)
    end = indexed_to(reader.text, named.end() - 1) if named else -1
    found = EQUALS.match(reader.text, end) if end > 0 else None
    if not found:
        return None
    name, reader.at = reader.text[reader.at : end], found.end()
    word = reader.word() if reader.peek() and reader.peek() not in " \t\n;&|<>()" else None
    return name + found[1], word or Word(())


def _elements(reader: Reader) -> tuple[Word, ...]:
    """bash's `(one two)` of an array, up to its closing parenthesis."""
    reader.at += 1
    words: list[Word] = []
    while not reader.take(")"):
        if reader.take("\n"):
            continue
        word = reader.word()
        if word is None:
            unexpected(reader, ")")
        else:
            words.append(word)
    return tuple(words)


def redirect(reader: Reader, features: frozenset[str]) -> Redirect | None:
    """A redirection, if one comes next."""
    number, variable = -1, ""
    operator = reader.operator()
    if "arrays" in features and (named := NUMBERED.match(reader.text, reader.at)):
        variable, reader.at = named[1], named.end()
        operator = reader.operator()
    elif operator.isdigit():
        begin = reader.at
        reader.at += len(operator)
        number, operator = int(operator), reader.operator()
        if operator not in REDIRECTIONS:
            reader.at = begin
            return None
    if operator not in REDIRECTIONS or (operator == "<<<" and "<<<" not in features):
        return None
    reader.take(operator)
    target = reader.word()
    if target is None:
        if "arrays" in features and not reader.peek():
            raise SyntaxProblem("newline", line=reader.line)
        unexpected(reader)
        raise AssertionError
    here = None
    if operator in ("<<", "<<-"):
        delimiter = "".join(part.text if isinstance(part, Text) else "" for part in target.parts)
        quoted = any(not isinstance(part, Text) or part.quoted for part in target.parts)
        here = Here(delimiter, quoted, operator == "<<-")
        reader.pending.append(here)
    return Redirect(number, operator, target, here, variable)


def _assignment(word: Word) -> tuple[str, Word] | None:
    """(name, value) of `name=value`; the name of `name+=value` ends in a plus."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Text) or first.quoted:
        return None
    found = ASSIGNMENT.match(first.text)
    if not found:
        return None
    rest = first.text[found.end() :]
    parts = ((Text(rest),) if rest else ()) + word.parts[1:]
    return found[1] + found[2], Word(parts, word.source[found.end() :])
