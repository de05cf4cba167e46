"""What `rewrite`, `return`, `if`, `set` and `break` make of a request.

Upstream: src/http/modules/ngx_http_rewrite_module.c, src/http/ngx_http_script.c
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from podlab.embedded.runtime.expressions import patterns
from podlab.embedded.runtime.servers.nginx import files
from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.grammar import Directive
from podlab.embedded.runtime.servers.nginx.configuration.sites import re_of

REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A page that ends the request, or that its path was changed, or that the block of an `if` holds from now on."""

    page: Page | None = None
    again: bool = False
    done: bool = False
    inside: Directive | None = None


def rewritten(asked: Asked, block: Directive) -> Outcome:
    """Go through a block's directives."""
    inside: Directive | None = None
    for directive in block.inner:
        if directive.name == "return":
            return Outcome(returned(asked, directive))
        if directive.name == "break":
            return Outcome(done=True, inside=inside)
        if directive.name == "set":
            asked.values[directive.words[0].lstrip("$")] = asked.filled(directive.words[1])
        if directive.name == "if" and _holds(asked, directive):
            found = rewritten(asked, directive)
            inside = found.inside or directive
            if found.page or found.again or found.done:
                return Outcome(found.page, found.again, found.done, inside)
        step = _rewrite(asked, directive) if directive.name == "rewrite" else None
        if step and (step.page or step.again or step.done):
            return Outcome(step.page, step.again, step.done, inside)
    return Outcome(inside=inside)


def _holds(asked: Asked, directive: Directive) -> bool:
    words = list(directive.words)
    words[0] = words[0][1:]
    words[-1] = words[-1][:-1]
    words = [word for n, word in enumerate(words) if word or 0 < n < len(words) - 1]
    if not words:
        return False
    if words[0].lstrip("!") in ("-f", "-d", "-e", "-x"):
        return _tested(asked, words[0].lstrip("!"), asked.filled(words[-1])) != words[0].startswith("!")
    left = asked.filled(words[0])
    if len(words) == 1:
        return left not in ("", "0")
    operator, right = words[1], words[2] if len(words) > 2 else ""
    if operator in ("=", "!="):
        return (left == asked.filled(right)) == (operator == "=")
    match = patterns.perl(re_of(right), ignore_case="*" in operator).search(left)
    if match:
        asked.matched(match)
    return bool(match) != operator.startswith("!")


def _tested(asked: Asked, test: str, name: str) -> bool:
    found = asked.process.machine.files
    folder, exists = found.is_directory(name), found.exists(name)
    return {"-f": exists and not folder, "-d": folder, "-e": exists or folder, "-x": exists}[test]


def returned(asked: Asked, directive: Directive) -> Page:
    """What `return` answers."""
    words = directive.words
    if len(words) == 1 and not words[0].isdecimal():
        return redirect(asked, 302, asked.filled(words[0]))
    status = int(words[0])
    asked.status = status
    if status in REDIRECTS and len(words) > 1:
        return redirect(asked, status, asked.filled(words[1]))
    if len(words) == 1 and status >= 400:
        return Page(status)
    text = asked.filled(words[1]) if len(words) > 1 else ""
    return Page(status, text.encode(errors="surrogateescape"), files.kind(asked, asked.location), plain=True)


def redirect(asked: Asked, status: int, target: str) -> Page:
    """Send the client elsewhere."""
    return Page(status, headers=(("Location", target),))


def _rewrite(asked: Asked, directive: Directive) -> Outcome | None:
    match = patterns.perl(re_of(directive.words[0])).search(asked.path)
    if not match:
        return None
    asked.matched(match)
    template, flag = directive.words[1], directive.words[2] if len(directive.words) > 2 else ""
    outward = template.startswith(("http://", "https://", "$scheme"))
    redirected = flag in ("redirect", "permanent") or outward
    target = _filled(asked, template, match)
    path, mark, args = target.partition("?")
    if template.endswith("?"):
        args = args.rstrip("?")
    elif asked.args:
        args = f"{args}&{asked.args}" if mark else asked.args
    if redirected:
        status = 301 if flag == "permanent" else 302
        return Outcome(redirect(asked, status, path + (f"?{args}" if args else "")))
    asked.path, asked.args = unquote(path) or "/", args
    if flag == "last":
        return Outcome(again=True)
    return Outcome(done=flag == "break", again=False) if flag else Outcome()


def _filled(asked: Asked, template: str, match: Any) -> str:
    return asked.filled(re.sub(r"\$(\d)", lambda found: _group(match, int(found[1])), template))


def _group(match: Any, number: int) -> str:
    try:
        return match.group(number) or ""
    except (IndexError, ValueError):
        return ""
