"""Cuts an awk program into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = """BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print
 printf"""
KEYWORDS = frozenset(WORDS.split())
NAMES = """length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper
 system close fflush systime strftime"""
BUILTINS = frozenset(NAMES.split())
ENDS = frozenset(["name", "number", "string", "regex", "builtin", ")", "]", "$", "++", "--"])
"""After these a slash divides; elsewhere it begins a regular expression."""
TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\\\n|\#[^\n]*)|(?P<newline>\n)|(?P<number>0[xX][0-9a-fA-F]+
    |\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)
    |(?P<string>"(?:[^"\\\n]|\\.|\\\n)*")|(?P<name>[A-Za-z_]\w*)
    |(?P<op>\*\*=|\*\*|\+\+|--|&&|\|\||[-+*/%^]=|[<>=!]=|!~|>>|[{}()\[\];,+\-*/%^!<>|?:~$=])""",
    re.X,
)
REGEX = re.compile(r"/((?:[^/\\\[\n]|\\.|\[\^?\]?(?:[^\]\n])*\])*)/")
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|(.))", re.S)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
ESCAPED |= {"\\": "\\", '"': '"', "/": "/", "\n": ""}


UNCLOSED, EXTRA = "missing } near end of file", "extra '}'"
"""What mawk says of brackets that do not fit."""


class BadProgram(ValueError):
    """What awk does not understand: the text from there on."""

    def __init__(self, near: str, line: int = 1) -> None:
        super().__init__(near)
        self.near, self.line = near, line


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a program; `glued` if a parenthesis follows at once."""

    kind: str
    text: str
    line: int
    glued: bool = False


def unescaped(text: str) -> str:
    """The text that a string literal stands for."""

    def one(found: re.Match[str]) -> str:
        return chr(int(found[1], 8)) if found[1] else ESCAPED.get(found[2], found[0])

    return ESCAPE.sub(one, text)


def tokens(program: str) -> list[Token]:
    """The tokens of a program, a newline being one. Raises BadProgram."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(program):
        before = found[-1].kind if found else ""
        if program[at] == "/" and before not in ENDS and (slashes := REGEX.match(program, at)):
            found.append(Token("regex", slashes[1].replace("\\/", "/"), line))
            at = slashes.end()
            continue
        match = TOKEN.match(program, at)
        if not match:
            raise BadProgram(program[at:], line)
        kind, text = str(match.lastgroup), match[0]
        at = match.end()
        if kind != "space":
            found.append(_token(kind, text, line, program[at : at + 1] == "("))
        line += text.count("\n")
    return [*found, Token("end", "", line)]


def _token(kind: str, text: str, line: int, glued: bool) -> Token:
    if kind == "string":
        return Token(kind, unescaped(text[1:-1]), line)
    if kind == "name" and text in KEYWORDS:
        return Token("function" if text == "func" else text, text, line)
    if kind == "name" and text in BUILTINS:
        return Token("builtin", text, line, glued)
    if kind in ("op", "newline"):
        return Token({"**": "^", "**=": "^="}.get(text, text), text, line)
    return Token(kind, text, line, glued)
