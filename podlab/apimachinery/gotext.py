"""How Go writes values into messages: `%q`, compact JSON, and the complaints of its JSON scanner."""

from __future__ import annotations

import json
import re
from typing import Any

ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
END = "unexpected end of JSON input"
SPACE = " \t\r\n"
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def quote(text: str) -> str:
    """Write a text as Go's `%q` does: quoted, printable characters as they are."""
    return '"' + "".join(_escape(letter) for letter in text) + '"'


def _escape(letter: str) -> str:
    if letter in ESCAPES:
        return ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def compact(value: Any) -> str:
    """Write JSON as Go does: no spaces, map keys as they come, `<`, `>` and `&` escaped."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def go_text(value: Any) -> str:
    """A value as Go's `%v`: maps as `map[a:b c:d]`."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_text, value))}]"
    return _float(value) if isinstance(value, float) else str(value)


def _float(value: float) -> str:
    return f"{int(value)}" if value == int(value) and abs(value) < 1e21 else repr(value)


def _invalid(text: str, at: int, where: str) -> str:
    if at >= len(text):
        return END
    stray = "\udc80" <= text[at] <= "\udcff"  # a byte that is no UTF-8
    byte = chr(text[at].encode("utf-8", "surrogateescape" if stray else "replace")[0])
    shown = "'\\''" if byte == "'" else "'\"'" if byte == '"' else f"'{quote(byte)[1:-1]}'"
    return f"invalid character {shown} {where}"


class _Scanner:
    """Finds the first thing in a text that is not JSON."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.problem = text, 0, ""

    def skip(self) -> str:
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1
        return self.text[self.at] if self.at < len(self.text) else ""

    def fail(self, where: str) -> bool:
        self.problem = self.problem or _invalid(self.text, self.at, where)
        return False

    def string(self) -> bool:
        self.at += 1
        while self.at < len(self.text):
            letter = self.text[self.at]
            if letter == '"':
                self.at += 1
                return True
            if letter < " ":
                return self.fail("in string literal")
            self.at += 1
            if letter == "\\" and not self.escape():
                return False
        return self.fail("")

    def escape(self) -> bool:
        letter = self.text[self.at : self.at + 1]
        if letter == "" or letter not in 'bfnrt\\/"u':
            return self.fail("in string escape code")
        self.at += 1
        for _ in range(4 if letter == "u" else 0):
            if self.text[self.at : self.at + 1] not in tuple("0123456789abcdefABCDEF"):
                return self.fail("in \\u hexadecimal character escape")
            self.at += 1
        return True

    def word(self, word: str) -> bool:
        for letter in word:
            if self.text[self.at : self.at + 1] != letter:
                return self.fail(f"in literal {word} (expecting '{letter}')")
            self.at += 1
        return True

    def number(self) -> bool:
        match = NUMBER.match(self.text, self.at)
        if match is None:
            self.at += 1
            return self.fail("in numeric literal")
        self.at = match.end()
        rest = self.text[self.at : self.at + 1]
        if rest == "." and match[2] is None and match[3] is None:
            self.at += 1
            return self.fail("after decimal point in numeric literal")
        if rest in ("e", "E") and match[3] is None:
            self.at += 2 if self.text[self.at + 1 : self.at + 2] in ("+", "-") else 1
            return self.fail("in exponent of numeric literal")
        return True

    def scalar(self, first: str) -> bool:
        if first == '"':
            return self.string()
        if first in ("t", "f", "n"):
            return self.word({"t": "true", "f": "false", "n": "null"}[first])
        if first and first in "-0123456789":
            return self.number()
        return self.fail("looking for beginning of value")

    def key(self) -> bool:
        if self.skip() != '"':
            return self.fail("looking for beginning of object key string")
        if not self.string():
            return False
        if self.skip() != ":":
            return self.fail("after object key")
        self.at += 1
        return True

    def closed(self, stack: list[str]) -> bool:
        """After a value: close what ends here, or go on to the next member."""
        while stack:
            letter, close = self.skip(), stack[-1]
            if letter == ",":
                self.at += 1
                return self.key() if close == "}" else True
            if letter != close:
                return self.fail("after object key:value pair" if close == "}" else "after array element")
            self.at += 1
            stack.pop()
        if self.skip():
            return self.fail("after top-level value")
        return False

    def scan(self) -> str:
        stack: list[str] = []
        going = True
        while going:
            first = self.skip()
            if first in ("{", "["):
                self.at += 1
                stack.append("}" if first == "{" else "]")
                if self.skip() == stack[-1]:
                    self.at += 1
                    stack.pop()
                    going = self.closed(stack)
                elif first == "{":
                    going = self.key()
            else:
                going = self.scalar(first) and self.closed(stack)
        return self.problem


def syntax_error(text: str) -> str:
    """Return what Go's encoding/json says is wrong with a text, or ""."""
    return _Scanner(text).scan()
