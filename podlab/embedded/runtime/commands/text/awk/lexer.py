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
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.S)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
ESCAPED |= {"\\": "\\", '"': '"', "/": "/", "\n": ""}


UNCLOSED, EXTRA = "missing } near end of file", "extra '}'"
"""What mawk says of brackets that do not fit."""


class BadProgram(ValueError):
    """What awk does not understand: the text from there on, or what it has `told` of it."""

    def __init__(self, near: str, line: int = 1, *, told: str = "") -> None:
        super().__init__(near)
        self.near, self.line, self.told = near, line, told


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
        if found[1] or found[2]:
            return chr(int(found[1], 8) if found[1] else int(found[2], 16))
        return ESCAPED.get(found[3], found[0])

    return ESCAPE.sub(one, text)


def tokens(program: str, *, busy: bool = True) -> list[Token]:
    """The tokens of a program, a newline being one; mawk knows no `**`. Raises BadProgram."""
    found: list[Token] = []
    at, line = 0, 1
    while at < len(program):
        before = found[-1].kind if found else ""
        if program[at] == "/" and before not in ENDS and (slashes := REGEX.match(program, at)):
            found.append(Token("regex", slashes[1].replace("\\/", "/"), line))
            at = slashes.end()
            continue
        if program[at] == "/" and before not in ENDS:
            raise _untold(program[at:], line)
        match = TOKEN.match(program, at)
        if not match:
            raise _untold(program[at:], line)
        kind, text = str(match.lastgroup), match[0]
        text = "0" if kind == "number" and text[:2] in ("0x", "0X") and not busy else text
        text = "*" if text in ("**", "**=") and not busy else text
        match_end = match.start() + len(text)
        at = match_end
        if kind != "space":
            found.append(_token(kind, text, line, program[at : at + 1] == "("))
        line += text.count("\n")
    return [*found, Token("end", "", line)]


def _untold(rest: str, line: int) -> BadProgram:
    """What is said of what begins no token."""
    kind = {'"': "string constant", "/": "regular expression"}.get(rest[0], "")
    if kind:
        return BadProgram(rest, line, told=f"runaway {kind} {rest[:10]} ...")
    return BadProgram(rest, line, told=f"unexpected character '{rest[0]}'")


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
