"""Reads nginx's configuration: words, blocks, included files. Complains as nginx does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from podlab.embedded.runtime.expressions import globs
from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.servers.nginx.configuration import checks
from podlab.embedded.runtime.servers.nginx.configuration.directives import (
    DIRECTIVES,
    FREE,
    INNER,
    MAIN,
    UPSTREAM,
    UPSTREAM_SERVER,
)
from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, Directive, Scope
from podlab.embedded.runtime.volume import Volume

WORD = re.compile(r"\s+|#[^\n]*|(?P<mark>[{};])|\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'")
PLAIN = re.compile(r"(?:\$\{|\\.|[^\s{};\"'\\]|\\)(?:\$\{|\\.|[^\s{;\\]|\\)*", re.S)
MOST_INCLUDED = 64


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, or a mark of punctuation ("" is the end), and its last line; `odd` cannot stand there ("" is an end)."""

    text: str
    line: int
    mark: bool = False
    odd: str | None = None


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[_Word, ...]:
    """The words of a file: of one that is in an image, for all containers of the image."""
    found: list[_Word] = []
    at = 0
    while at < len(text):
        at, word = _word(text, at)
        if word:
            found.append(word)
        if word and word.odd is not None:
            break
    return (*found, _Word("", text.count("\n", 0, at) + 1, mark=True))


def _word(text: str, at: int) -> tuple[int, _Word | None]:
    """Where the next word ends, and the word; None for space and comments."""
    if found := WORD.match(text, at):
        line = text.count("\n", 0, found.end()) + 1
        if found["mark"]:
            return found.end(), _Word(found["mark"], line, mark=True)
        quoted = found["double"] if found["double"] is not None else found["single"]
        if quoted is not None and (after := text[found.end() : found.end() + 1]) and after not in ";{) \t\r\n":
            return found.end(), _Word("", line, odd=after)
        return found.end(), None if quoted is None else _Word(unescaped(quoted), line)
    plain = PLAIN.match(text, at)
    if not plain:
        return at, _Word("", text.count("\n") + 1, odd="")
    at, word = plain.end(), plain[0]
    while word.count("${") > word.count("}") and text[at : at + 1] == "}":
        rest = PLAIN.match(text, at + 1)
        word += "}" + (rest[0] if rest else "")
        at = rest.end() if rest else at + 1
    return at, _Word(word, text.count("\n", 0, at) + 1)


def unescaped(quoted: str) -> str:
    """What a quoted word stands for: of other letters than these a backslash stays. Upstream: ngx_conf_read_token"""
    return re.sub(r"\\([\"'\\trn])", lambda found: CONTROL.get(found[1], found[1]), quoted)


CONTROL = {"t": "\t", "r": "\r", "n": "\n"}


@dataclass(slots=True)
class _Sources:
    """The files of a container, and what of them a configuration was made of: texts, and the names in folders."""

    files: Files
    texts: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, list[str] | None] = field(default_factory=dict)

    def text(self, path: str) -> str:
        """What is in a file. Raises FileError."""
        found = self.texts[path] = self.files.read(path)
        return found.decode("utf-8", "surrogateescape")

    def listed(self, folder: str) -> list[str]:
        """The names in a folder, none where it is not there."""
        found = self.names[folder] = _listed(self.files, folder)
        return found or []


def _listed(files: Files, folder: str) -> list[str] | None:
    return files.list(folder) if files.is_directory(folder) else None


@dataclass(slots=True)
class _Reader:
    files: _Sources
    path: str
    words: tuple[_Word, ...]
    at: int = -1
    included: list[int] = field(default_factory=lambda: [0])

    @property
    def line(self) -> int:
        return self.words[self.at].line if self.at >= 0 else 1

    def word(self) -> tuple[str, bool]:
        """(the next word, whether it is a mark of punctuation); ("", True) at the end."""
        self.at = min(self.at + 1, len(self.words) - 1)
        word = self.words[self.at]
        if word.odd:
            raise ConfigProblem(f'unexpected "{word.odd}" in {self.path}:{word.line}')
        if word.odd is not None:
            raise ConfigProblem(f'unexpected end of file, expecting ";" or "}}" in {self.path}:{word.line}')
        return word.text, word.mark


def read(files: Files, path: str, more: str = "") -> Directive:
    """The whole configuration with `more` of the command line, as one block. Raises ConfigProblem."""
    if last := _last.get((path, more)):
        texts, names, made = last
        if _same(files, texts, names):
            return made
    scope, sources, nowhere = Scope(MAIN), _Sources(files), _Sources(Files(Volume()))
    given = tuple(_block(_Reader(nowhere, "command line", _words(more)), scope, nested=False)) if more else ()
    made = _one(Directive("", (), path, 0, (*given, *_file(sources, path, scope, [0]))))
    if len(_last) >= MOST_INCLUDED:
        _last.clear()
    _last[path, more] = sources.texts, sources.names, made
    return made


_last: dict[tuple[str, str], tuple[Mapping[str, bytes], Mapping[str, list[str] | None], Directive]] = {}
"""By file and command line what was read last, and what that made: thousands of Pods start from the same files."""


def _same(files: Files, texts: Mapping[str, bytes], names: Mapping[str, list[str] | None]) -> bool:
    """Whether a container has just these files, and names in these folders."""
    try:
        return all(files.read(path) == text for path, text in texts.items()) and all(
            _listed(files, folder) == known for folder, known in names.items()
        )
    except FileError:
        return False


def files_of(directive: Directive | None) -> Iterator[str]:
    """The files that a configuration was read from, as often as a directive is in them."""
    for inner in directive.inner if directive else ():
        yield inner.file
        yield from files_of(inner)


@lru_cache(64)
def _one(configuration: Directive) -> Directive:
    """The same value for all that are configured alike: thousands of Pods of a Deployment."""
    return configuration


def _file(files: _Sources, path: str, scope: Scope, included: list[int]) -> tuple[Directive, ...]:
    included[0] += 1
    if included[0] > MOST_INCLUDED:
        raise ConfigProblem(f'open() "{path}" failed (24: Too many open files)')
    try:
        text = files.text(path)
    except FileError as error:
        number = {"No such file or directory": 2, "Permission denied": 13, "Is a directory": 21}.get(str(error), 5)
        raise ConfigProblem(f'open() "{path}" failed ({number}: {error})') from None
    return tuple(_block(_Reader(files, path, _words(text), included=included), scope, nested=False))


def _block(reader: _Reader, scope: Scope, *, nested: bool) -> list[Directive]:
    found: list[Directive] = []
    while True:
        words: list[str] = []
        mark = ""
        while not mark:
            word, marked = reader.word()
            if marked:
                mark = word or "end"
                begun = reader.line
            else:
                words.append(word)
        if mark == "end":
            if words:
                raise ConfigProblem(f'unexpected end of file, expecting ";" or "}}" in {reader.path}:{reader.line}')
            if nested:
                raise ConfigProblem(f'unexpected end of file, expecting "}}" in {reader.path}:{reader.line}')
            return found
        if mark == "}":
            if words or not nested:
                raise ConfigProblem(f'unexpected "}}" in {reader.path}:{reader.line}')
            return found
        if not words:
            raise ConfigProblem(f'unexpected "{mark}" in {reader.path}:{begun}')
        found += _directive(reader, scope, words, block=mark == "{")


def _directive(reader: _Reader, scope: Scope, words: list[str], *, block: bool) -> list[Directive]:
    name, arguments, line, where = words[0], tuple(words[1:]), reader.line, f"in {reader.path}:{reader.line}"
    known = DIRECTIVES.get(name)
    if name == "server" and scope.context == UPSTREAM:
        known = UPSTREAM_SERVER
    if known is None:
        raise ConfigProblem(f'unknown directive "{name}" {where}')
    if scope.context not in known.contexts:
        raise ConfigProblem(f'"{name}" directive is not allowed here {where}')
    if known.opens and not block:
        raise ConfigProblem(f'directive "{name}" has no opening "{{" {where}')
    if block and not known.opens:
        raise ConfigProblem(f'directive "{name}" is not terminated by ";" {where}')
    if not known.least <= len(arguments) <= known.most:
        raise ConfigProblem(f'invalid number of arguments in "{name}" directive {where}')
    if name == "include":
        return _included(reader, scope, arguments[0])
    made = Directive(name, arguments, reader.path, line)
    checks.check(made, known, scope)
    if not block:
        return [made]
    inner = _free(reader) if name in FREE else _block(reader, scope.inner(made, INNER[name]), nested=True)
    made = made._replace(inner=tuple(inner), line=line)
    checks.check_block(made)
    return [made]


def _free(reader: _Reader) -> list[Directive]:
    """A block of pairs, such as `types` or `map`."""
    found: list[Directive] = []
    words: list[str] = []
    depth = 0
    while True:
        word, marked = reader.word()
        if not marked:
            words.append(word)
        elif word == "":
            raise ConfigProblem(f'unexpected end of file, expecting "}}" in {reader.path}:{reader.line}')
        elif word == "}" and depth == 0:
            return found
        else:
            depth += (word == "{") - (word == "}")
            if words:
                found.append(Directive(words[0], tuple(words[1:]), reader.path, reader.line))
            words = []


def _included(reader: _Reader, scope: Scope, wanted: str) -> list[Directive]:
    path = posixpath.normpath(posixpath.join(posixpath.dirname("/etc/nginx/nginx.conf"), wanted))
    if not globs.magic(path):
        where = f"in {reader.path}:{reader.line}"
        try:
            return list(_file(reader.files, path, scope, reader.included))
        except ConfigProblem as problem:
            text = str(problem)
            raise ConfigProblem(
                f"{text} {where}" if text.startswith("open()") and " in " not in text else text
            ) from None
    folder, pattern = posixpath.split(path)
    listed = reader.files.listed(folder)
    names = [name for name in listed if globs.matches(name, pattern) and not name.startswith(".")]
    paths = [posixpath.join(folder, name) for name in names]
    return [one for path in paths for one in _file(reader.files, path, scope, reader.included)]
