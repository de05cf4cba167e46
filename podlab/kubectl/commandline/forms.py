"""One action in three forms, side by side: the kubectl line, the HTTP requests behind it, the Python call."""

from __future__ import annotations

import json
import keyword
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from podlab.answers import Request
from podlab.kubectl.commandline.parse import parse
from podlab.text import Text

FILES = ("create", "apply", "diff", "replace", "delete")  # their manifests are positional arguments in Python
GROUPED = (
    "create",
    "rollout",
    "auth",
    "set",
    "top",
    "config",
)  # `kubectl.rollout("status", …)`; other verbs of two words are one method
ASKING = ("/api", "/apis", "/openapi/")
HTTP = Text(ko="HTTP 요청", en="HTTP requests")
PYTHON = Text(ko="파이썬", en="Python")
NONE = Text(ko="서버에 묻지 않았습니다.", en="The server was not asked.")
DISCOVERY = Text(
    ko="(그 전에 서버가 어떤 리소스를 아는지 물은 요청 {count}개)",
    en="(before that, {count} requests to learn which resources the server has)",
)


@dataclass(frozen=True, slots=True)
class Forms:
    """What was done, as kubectl, as HTTP and as Python; `str()` has them one below the other."""

    kubectl: str
    http: str
    python: str

    def __str__(self) -> str:
        return "\n\n".join(f"{head}\n{_indented(text)}" for head, text in self._parts())

    def __repr__(self) -> str:
        return str(self)

    def _parts(self) -> list[tuple[str, str]]:
        return [("kubectl", self.kubectl), (str(HTTP), self.http), (str(PYTHON), self.python)]

    def _repr_html_(self) -> str:
        style = "vertical-align:top;text-align:left"
        heads = "".join(f'<th scope="col" style="{style}">{escape(head)}</th>' for head, _ in self._parts())
        cells = "".join(
            f'<td style="{style}"><pre style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(text)}</pre></td>'
            for _, text in self._parts()
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"


def forms(line: str, requests: Sequence[Request]) -> Forms:
    """The three forms of a kubectl line that was carried out with these requests."""
    return Forms(line, http(requests), python_call(line))


def http(requests: Sequence[Request]) -> str:
    """The requests, with what was sent in them; those that only learn what the server has are counted."""
    acting = [each for each in requests if not _learns(each)]
    lines = dict.fromkeys(map(_written, acting))  # what was asked again and again is told once
    learning = len(requests) - len(acting)
    return "\n".join([*lines, *([str(DISCOVERY.format(count=learning))] if learning else [])]) or str(NONE)


def _learns(request: Request) -> bool:
    path = request.path.partition("?")[0]
    return request.method == "GET" and (path in ASKING[:2] or path.startswith(ASKING[2]))


def _written(request: Request) -> str:
    if request.body is None or isinstance(request.body, bytes):
        return str(request)
    return f"{request}\n{_indented(json.dumps(request.body, ensure_ascii=False, indent=1))}"


def python_call(line: str) -> str:
    """The call of `Kubectl` that does what a kubectl line does: `kubectl.get("pods", output="wide")`."""
    words = shlex.split(line)
    parsed = parse(words[1:])
    group, _, rest = parsed.verb.partition(" ")
    grouped = rest and group in GROUPED and parsed.verb != "set image"
    method, arguments = (group, rest.split()) if grouped else (parsed.verb, [])
    arguments += parsed.arguments
    flags = dict(parsed.flags)
    if group in FILES and not rest and flags.get("filename"):
        arguments = [*flags.pop("filename"), *arguments]
    if namespace := parsed.globals.get("namespace"):
        flags["namespace"] = namespace
    between = ["--"] if parsed.after and parsed.verb not in ("exec", "run") else []
    words = [_literal(each) for each in (*arguments, *between, *parsed.after)]
    words += [f"{_name(name)}={_literal(value)}" for name, value in flags.items()]
    return f"kubectl.{method.replace('-', '_').replace(' ', '_')}({', '.join(words)})"


def _name(flag: str) -> str:
    name = flag.strip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _literal(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]" if len(value) != 1 else _literal(value[0])
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
