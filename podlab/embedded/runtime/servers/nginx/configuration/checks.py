"""What nginx says of a directive while it reads it: values, expressions, what stands twice.

Upstream: src/core/ngx_conf_file.c and the modules of src/http of github.com/nginx/nginx
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.servers.nginx.configuration import listening
from podlab.embedded.runtime.servers.nginx.configuration.grammar import ConfigProblem, Directive, Known, Scope

SIZE = re.compile(r"\d+[kKmMgG]?$")
TIME = re.compile(r"(\d+(ms|[smhdwMy])?\s*)+$")
LEVELS = ("debug", "info", "notice", "warn", "error", "crit", "alert", "emerg")
FILE_TESTS = ("-f", "!-f", "-d", "!-d", "-e", "!-e", "-x", "!-x")
OPERATORS = ("=", "!=", "~", "~*", "!~", "!~*")
BETWEEN = MappingProxyType({"gzip_comp_level": (1, 9)})


def check(made: Directive, known: Known, scope: Scope) -> None:
    """Refuse a directive, before its block if it opens one. Raises ConfigProblem."""
    if not known.many and made.name in scope.seen:
        raise ConfigProblem(f'"{made.name}" directive is duplicate {made.where}')
    if known.kind:
        _value(made, known.kind)
    if (special := SPECIAL.get(made.name)) is not None:
        special(made, scope)
    scope.seen.setdefault(made.name, made)


def check_block(made: Directive) -> None:
    """Refuse a directive with its whole block. Raises ConfigProblem."""
    if made.name == "upstream" and not made.all("server"):
        raise ConfigProblem(f"no servers are inside upstream {made.where}")
    if made.name == "map":
        seen: set[str] = set()
        for row in made.inner:
            if row.name in seen:
                raise ConfigProblem(f'conflicting parameter "{row.name}" {row.where}')
            seen.add(row.name)


def _value(made: Directive, kind: str) -> None:
    word = made.words[0]
    if kind == "flag" and word.lower() not in ("on", "off"):
        raise ConfigProblem(f'invalid value "{word}" in "{made.name}" directive, it must be "on" or "off" {made.where}')
    if (kind == "size" and not SIZE.match(word)) or (kind == "time" and not TIME.match(word)):
        raise ConfigProblem(f'"{made.name}" directive invalid value {made.where}')
    if kind == "number":
        if not word.isdecimal():
            raise ConfigProblem(f'invalid number "{word}" {made.where}')
        least, most = BETWEEN.get(made.name, (0, int(word)))
        if not least <= int(word) <= most:
            raise ConfigProblem(f"value must be between {least} and {most} {made.where}")


def _expression(expression: str, made: Directive) -> None:
    try:
        patterns.perl(expression)
    except patterns.BadPattern as problem:
        why = next((text for key, text in WRONG.items() if key in str(problem)), "")
        if why:
            at = f' at "{expression}"' if expression[:1] in "*+?" else ""
            raise ConfigProblem(f'pcre2_compile() failed: {why} in "{expression}"{at} {made.where}') from None


WRONG = MappingProxyType(
    {
        "missing )": "missing closing parenthesis",
        "unexpected )": "unmatched closing parenthesis",
        "missing ]": "missing terminating ] for character class",
        "no argument for repetition": "quantifier does not follow a repeatable item",
    }
)
"""PCRE's words for RE2's; what only RE2 does not have is left to the request."""


def _location(made: Directive, scope: Scope) -> None:
    kind, name = (made.words[0], made.words[1]) if len(made.words) == 2 else ("", made.words[0])
    if kind not in ("", "=", "^~", "~", "~*"):
        raise ConfigProblem(f'invalid location modifier "{kind}" {made.where}')
    if kind in ("~", "~*"):
        _expression(name, made)
    outer = scope.opened
    if outer is None or outer.name != "location":
        return
    around, inside = outer.words[-1], f'location "{name}" '
    if outer.words[0] == "=":
        raise ConfigProblem(f'{inside}cannot be inside the exact location "{around}" {made.where}')
    if around.startswith("@"):
        raise ConfigProblem(f'{inside}cannot be inside the named location "{around}" {made.where}')
    if name.startswith("@"):
        raise ConfigProblem(f'named location "{name}" can be on the server level only {made.where}')
    if kind not in ("~", "~*") and not outer.words[0].startswith("~") and not name.startswith(around):
        raise ConfigProblem(f'{inside}is outside location "{around}" {made.where}')


def _return(made: Directive, _: Scope) -> None:
    word = made.words[0]
    if not re.fullmatch(r"\d{1,3}", word) and len(made.words) == 2:
        raise ConfigProblem(f'invalid return code "{word}" {made.where}')
    if word.isdecimal() and int(word) > 999:
        raise ConfigProblem(f'invalid return code "{word}" {made.where}')
    if len(made.words) == 1 and not word.isdecimal() and not re.match(r"https?://|\$scheme", word):
        raise ConfigProblem(f'invalid return code "{word}" {made.where}')


def _rewrite(made: Directive, _: Scope) -> None:
    _expression(made.words[0], made)
    if len(made.words) == 3 and made.words[2] not in ("last", "break", "redirect", "permanent"):
        raise ConfigProblem(f'invalid parameter "{made.words[2]}" {made.where}')


def _variable(made: Directive, _: Scope) -> None:
    name = made.words[1] if made.name == "map" else made.words[-1] if made.name == "geo" else made.words[0]
    if not name.startswith("$") or len(name) < 2:
        raise ConfigProblem(f'invalid variable name "{name}" {made.where}')


def _if(made: Directive, _: Scope) -> None:
    words = list(made.words)
    if not words[0].startswith("("):
        raise ConfigProblem(f'invalid condition "{words[0]}" {made.where}')
    words = ([words[0][1:]] if len(words[0]) > 1 else []) + words[1:]
    last = words[-1] if words else ""
    if not last.endswith(")"):
        raise ConfigProblem(f'invalid condition "{last}" {made.where}')
    words[-1:] = [last[:-1]] if len(last) > 1 else []
    first = words[0] if words else ""
    if first.startswith("$"):
        if len(words) > 1 and words[1] not in OPERATORS:
            raise ConfigProblem(f'unexpected "{words[1]}" in condition {made.where}')
        if len(words) == 2 or len(words) > 3:
            raise ConfigProblem(f'invalid condition "{words[1]}" {made.where}')
        if len(words) == 3 and "~" in words[1]:
            _expression(words[2], made)
    elif first not in FILE_TESTS:
        raise ConfigProblem(f'invalid condition "{first}" {made.where}')


def _error_page(made: Directive, _: Scope) -> None:
    for word in made.words[:-1]:
        if word.startswith("="):
            if len(word) > 1 and not word[1:].isdecimal():
                raise ConfigProblem(f'invalid value "{word}" {made.where}')
        elif not word.isdecimal():
            raise ConfigProblem(f'invalid value "{word}" {made.where}')
        elif not 300 <= int(word) <= 599:
            raise ConfigProblem(f'value "{word}" must be between 300 and 599 {made.where}')


def _try_files(made: Directive, _: Scope) -> None:
    last = made.words[-1]
    if last.startswith("=") and not (last[1:].isdecimal() and int(last[1:]) <= 999):
        raise ConfigProblem(f'invalid code "{last}" {made.where}')


def _root(made: Directive, scope: Scope) -> None:
    other = "alias" if made.name == "root" else "root"
    if other in scope.seen:
        earlier = f'"{made.name}" directive is duplicate, "{other}" directive was specified earlier'
        raise ConfigProblem(f"{earlier} {made.where}")


def _allow(made: Directive, _: Scope) -> None:
    word = made.words[0]
    if word in ("all", "unix:"):
        return
    try:
        ipaddress.ip_network(word, strict=False)
    except ValueError:
        raise ConfigProblem(f'invalid parameter "{word}" {made.where}') from None


def _error_log(made: Directive, _: Scope) -> None:
    if len(made.words) > 1 and made.words[1] not in LEVELS:
        raise ConfigProblem(f'invalid log level "{made.words[1]}" {made.where}')


def _log_format(made: Directive, scope: Scope) -> None:
    if not scope.http().once("log_format", made.words[0]) or made.words[0] == "combined":
        raise ConfigProblem(f'duplicate "log_format" name "{made.words[0]}" {made.where}')


def _access_log(made: Directive, scope: Scope) -> None:
    words = made.words[1:]
    if made.words[0] == "off" or not words or "=" in words[0] or words[0] == "combined":
        return
    if words[0] not in scope.http().names.get("log_format", ()):
        raise ConfigProblem(f'unknown log format "{words[0]}" {made.where}')


def _proxy_pass(made: Directive, scope: Scope) -> None:
    url = made.words[0]
    if "$" in url:
        return
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in ("http", "https"):
        raise ConfigProblem(f"invalid URL prefix {made.where}")
    authority, slash, _ = rest.partition("/")
    host, colon, port = authority.partition(":") if not authority.startswith("[") else (authority, "", "")
    if colon and not port.isdecimal():
        raise ConfigProblem(f'invalid port in upstream "{rest}" {made.where}')
    if not host:
        raise ConfigProblem(f'no host in upstream "{rest}" {made.where}')
    outer = scope.opened
    pattern = outer is not None and outer.name == "location" and outer.words[0].startswith(("~", "@"))
    if slash and (pattern or scope.context == "f"):
        raise ConfigProblem(
            '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
            f'or inside "if" statement, or inside "limit_except" block {made.where}'
        )


def _upstream(made: Directive, scope: Scope) -> None:
    if not scope.http().once("upstream", made.words[0]):
        raise ConfigProblem(f'duplicate upstream "{made.words[0]}" {made.where}')


def _server(made: Directive, _: Scope) -> None:
    for word in made.words[1:]:
        name, value = [*word.split("=", 1), ""][:2]
        number = name in ("weight", "max_conns", "max_fails") and value.isdecimal()
        if not number and not (name == "fail_timeout" and TIME.match(value)) and word not in ("backup", "down"):
            raise ConfigProblem(f'invalid parameter "{word}" {made.where}')


def _expires(made: Directive, _: Scope) -> None:
    word = made.words[-1]
    if word not in ("epoch", "max", "off") and "$" not in word and not TIME.match(word.lstrip("-+@")):
        raise ConfigProblem(f'"expires" directive invalid value {made.where}')


def _server_name(made: Directive, _: Scope) -> None:
    for word in made.words:
        if word.startswith("~"):
            _expression(word[1:], made)


def _version(made: Directive, _: Scope) -> None:
    if made.words[0] not in ("1.0", "1.1"):
        raise ConfigProblem(f'invalid value "{made.words[0]}" {made.where}')


def _processes(made: Directive, _: Scope) -> None:
    if made.words[0] != "auto" and not made.words[0].isdecimal():
        raise ConfigProblem(f'"worker_processes" directive invalid value {made.where}')


def _zone(made: Directive, scope: Scope) -> None:
    zone = next((word for word in made.words if word.startswith("zone=")), "")
    for word in made.words[1:]:
        if word.startswith("rate=") and not re.fullmatch(r"rate=[1-9]\d*(r/[sm])?", word):
            raise ConfigProblem(f'invalid rate "{word}" {made.where}')
        if word.startswith("zone=") and not re.fullmatch(r"zone=[^:]+:\d+[kKmM]?", word):
            raise ConfigProblem(f'invalid zone size "{word[5:]}" {made.where}')
        if not word.startswith(("zone=", "rate=")) and word != "sync":
            raise ConfigProblem(f'invalid parameter "{word}" {made.where}')
    if not zone:
        raise ConfigProblem(f'"limit_req_zone" must have "zone" parameter {made.where}')
    scope.http().once("zone", zone[5:].partition(":")[0])


def _limit(made: Directive, _: Scope) -> None:
    for word in made.words:
        name, equals, value = word.partition("=")
        if name == "burst" and equals and not re.fullmatch(r"[1-9]\d*", value):
            raise ConfigProblem(f'invalid burst value "{word}" {made.where}')
        if name == "delay" and equals and not re.fullmatch(r"[1-9]\d*", value):
            raise ConfigProblem(f'invalid delay value "{word}" {made.where}')
        if word != "nodelay" and not (equals and name in ("zone", "burst", "delay")):
            raise ConfigProblem(f'invalid parameter "{word}" {made.where}')
    if not any(word.startswith("zone=") for word in made.words):
        raise ConfigProblem(f'"limit_req" must have "zone" parameter {made.where}')


def _listen(made: Directive, scope: Scope) -> None:
    listening.check(made, scope)


def _tokens(made: Directive, _: Scope) -> None:
    if made.words[0] not in ("on", "off", "build") and "$" not in made.words[0]:
        raise ConfigProblem(f'invalid value "{made.words[0]}" {made.where}')


SPECIAL: Mapping[str, Callable[[Directive, Scope], None]] = MappingProxyType(
    {
        "location": _location,
        "return": _return,
        "rewrite": _rewrite,
        "set": _variable,
        "map": _variable,
        "geo": _variable,
        "if": _if,
        "error_page": _error_page,
        "try_files": _try_files,
        "root": _root,
        "alias": _root,
        "allow": _allow,
        "deny": _allow,
        "error_log": _error_log,
        "log_format": _log_format,
        "access_log": _access_log,
        "proxy_pass": _proxy_pass,
        "upstream": _upstream,
        "server": _server,
        "expires": _expires,
        "server_name": _server_name,
        "proxy_http_version": _version,
        "worker_processes": _processes,
        "limit_req": _limit,
        "limit_req_zone": _zone,
        "listen": _listen,
        "server_tokens": _tokens,
    }
)
