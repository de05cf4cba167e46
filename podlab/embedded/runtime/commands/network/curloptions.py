"""curl's command line: which options there are, and what they ask for.

Upstream: github.com/curl/curl src/tool_getparam.c, of 7.88
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

SHORT_VALUED = {
    "A": "user-agent", "b": "cookie", "c": "cookie-jar", "C": "continue-at", "d": "data", "D": "dump-header",
    "e": "referer", "E": "cert", "F": "form", "H": "header", "h": "help", "K": "config", "m": "max-time",
    "o": "output", "P": "ftp-port", "Q": "quote", "r": "range", "t": "telnet-option", "T": "upload-file", "u": "user",
    "U": "proxy-user", "w": "write-out", "x": "proxy", "X": "request", "y": "speed-time", "Y": "speed-limit",
    "z": "time-cond",
}  # fmt: skip
SHORT = {
    "0": "http1.0", "1": "tlsv1", "4": "ipv4", "6": "ipv6", "a": "append", "B": "use-ascii", "f": "fail",
    "g": "globoff", "G": "get", "i": "include", "I": "head", "j": "junk-session-cookies", "J": "remote-header-name",
    "k": "insecure", "l": "list-only", "L": "location", "M": "manual", "n": "netrc", "N": "no-buffer",
    "O": "remote-name", "p": "proxytunnel", "q": "disable", "R": "remote-time", "s": "silent", "S": "show-error",
    "v": "verbose", "V": "version", "Z": "parallel", "#": "progress-bar",
}  # fmt: skip
VALUED = frozenset(SHORT_VALUED.values()) | frozenset(
    """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert-type ciphers connect-timeout connect-to crlfile
    data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-servers doh-url egd-file engine
    etag-compare etag-save expect100-timeout form-string happy-eyeballs-timeout-ms hostpubmd5 hsts interface json
    keepalive-time key key-type limit-rate local-port login-options max-filesize max-redirs noproxy oauth2-bearer
    output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy-header random-file rate
    resolve retry retry-delay retry-max-time service-name socks4 socks4a socks5 socks5-hostname speed-limit stderr
    tls-max tls13-ciphers trace trace-ascii unix-socket url url-query""".split()  # noqa: SIM905
)
FLAGS = frozenset(SHORT.values()) | frozenset(
    """anyauth basic buffer ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable-eprt
    disable-epsv fail-early fail-with-body false-start ftp-pasv haproxy-protocol http0.9 http1.1 http2
    http2-prior-knowledge http3 ignore-content-length include keepalive location-trusted metalink negotiate
    netrc-optional next no-keepalive no-progress-meter ntlm parallel-immediate path-as-is post301 post302 post303
    progress-meter raw remote-name-all remove-on-error retry-all-errors retry-connrefused sessionid ssl ssl-reqd sslv3
    styled-output suppress-connect-headers tcp-fastopen tcp-nodelay tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding
    trace-time xattr""".split()  # noqa: SIM905
)
BODIES = ("data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json", "form", "form-string")
"""Options whose values are what is sent."""


@dataclass(slots=True)
class Call:
    """What a command line asks for: options without a value, those with one, each in the order of its values."""

    flags: set[str] = field(default_factory=set)
    urls: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    bodies: list[tuple[str, str]] = field(default_factory=list)
    wrong: str = ""

    def last(self, name: str, default: str = "") -> str:
        """The last value of an option."""
        return self.values.get(name, [default])[-1]

    def give(self, name: str, value: str) -> None:
        """Take note of an option's value."""
        self.values.setdefault(name, []).append(value)
        if name in BODIES:
            self.bodies.append((name, value))


def read(words: list[str]) -> Call:
    """The options and addresses of a command line; `wrong` is what curl says of the first that it does not know."""
    call, words = Call(), list(words)
    while words and not call.wrong:
        word = words.pop(0)
        if word == "--":
            call.urls += words
            break
        if word.startswith("--"):
            _long(call, word, words)
        elif word.startswith("-") and len(word) > 1:
            _letters(call, word, words)
        else:
            call.urls.append(word)
    call.urls += call.values.pop("url", [])
    return call


def _long(call: Call, word: str, words: list[str]) -> None:
    name = word[2:]
    if name in VALUED:
        _take(call, name, word, words)
    elif name in FLAGS:
        call.flags.add(name)
    elif name.startswith("no-") and name[3:] in FLAGS:
        call.flags.discard(name[3:])
    elif name == "help":
        call.flags.add("help")
    else:
        fitting = [one for one in sorted(VALUED | FLAGS) if one.startswith(name)]
        if len(fitting) == 1:
            _long(call, f"--{fitting[0]}", words)
            return
        call.wrong = f"option {word}: is {'ambiguous' if fitting else 'unknown'}"


def _letters(call: Call, word: str, words: list[str]) -> None:
    for at, letter in enumerate(word[1:], 1):
        if letter == "h":
            call.flags.add("help")
            return
        if letter in SHORT_VALUED:
            _take(call, SHORT_VALUED[letter], word, [word[at + 1 :]] if word[at + 1 :] else words)
            return
        if letter not in SHORT:
            call.wrong = f"option {word}: is unknown"
            return
        call.flags.add(SHORT[letter])


def _take(call: Call, name: str, word: str, words: list[str]) -> None:
    if not words:
        call.wrong = f"option {word}: requires parameter"
        return
    call.give(name, words.pop(0))


def globbed(url: str) -> list[str]:
    """The addresses that one with braces or ranges stands for."""
    parts = re.split(r"(\{[^{}]*\}|\[\d+-\d+\]|\[[a-z]-[a-z]\])", url)
    return ["".join(one) for one in itertools.product(*(_choices(part) for part in parts))]


def _choices(part: str) -> list[str]:
    if part.startswith("{") and part.endswith("}"):
        return part[1:-1].split(",")
    if found := re.fullmatch(r"\[(\d{1,6})-(\d{1,6})\]", part):
        wide = len(found[1]) if found[1].startswith("0") else 0
        return [f"{number:0{wide}}" for number in range(int(found[1]), int(found[2]) + 1)]
    if found := re.fullmatch(r"\[([a-z])-([a-z])\]", part):
        return [chr(code) for code in range(ord(found[1]), ord(found[2]) + 1)]
    return [part]
