"""Semantic versions, in their order.

Upstream: k8s.io/apiserver/pkg/cel/library/semverlib.go, blang/semver/v4
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SEMVER = "kubernetes.Semver"
NUMBER = r"(?:0|[1-9]\d*)"
IDENTIFIER = rf"(?:{NUMBER}|\d*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(
    rf"({NUMBER})\.({NUMBER})\.({NUMBER})(?:-({IDENTIFIER}(?:\.{IDENTIFIER})*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version; what it was built of says nothing of its order."""

    major: int
    minor: int
    patch: int
    before: tuple[str, ...] = ()
    build: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and order(self, other) == 0

    def __hash__(self) -> int:
        return hash((self.major, self.minor, self.patch, self.before))

    def __str__(self) -> str:
        before, build = ".".join(self.before), ".".join(self.build)
        head = f"{self.major}.{self.minor}.{self.patch}"
        return head + (f"-{before}" if before else "") + (f"+{build}" if build else "")


def read(text: str, normalize: bool = False) -> Version:
    """A version that a text is; `normalize` forgives a `v`, what is left out, and leading zeros. Raises ValueError."""
    text = _normal(text) if normalize else text
    found = VERSION.fullmatch(text)
    if found is None:
        raise ValueError(_wrong(text))
    before, build = (tuple(part.split(".")) if part else () for part in found.groups()[3:])
    return Version(int(found[1]), int(found[2]), int(found[3]), before, build)


def _wrong(text: str) -> str:
    if not text:
        return "Version string empty"
    parts = text.split(".", 2)
    if len(parts) != 3:
        return "No Major.Minor.Patch elements found"
    for name, part in zip(("major", "minor", "patch"), parts, strict=True):
        part = re.split("[-+]", part)[0] if name == "patch" else part
        if not part:
            return 'strconv.ParseUint: parsing "": invalid syntax'
        if not part.isdecimal():
            return f"Invalid character(s) found in {name} number {_quoted(part)}"
        if len(part) > 1 and part[0] == "0":
            return f"{name.capitalize()} number must not contain leading zeroes {_quoted(part)}"
    before = parts[2].partition("+")[0].partition("-")
    return _wrong_before(before[2]) if before[1] else "Build meta data is empty"


def _wrong_before(text: str) -> str:
    for part in text.split("."):
        if not part:
            return "Prerelease is empty"
        if part.isdigit() and part[0] == "0" and len(part) > 1:
            return f"Numeric PreRelease version must not contain leading zeroes {_quoted(part)}"
        if not re.fullmatch("[0-9A-Za-z-]+", part):
            return f"Invalid character(s) found in prerelease {_quoted(part)}"
    return "Build meta data is empty"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _normal(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    for index, part in enumerate(parts):
        if len(part) > 1:
            rest = part.lstrip("0")
            parts[index] = rest if rest[:1].isdigit() else f"0{rest}"
    if len(parts) < 3 and re.search("[-+]", parts[-1]):
        raise ValueError("short version cannot contain PreRelease/Build meta data")
    return ".".join([*parts, "0", "0"][:3])


def order(one: Version, other: Version) -> int:
    """-1, 0 or 1: a release comes after what came before it."""
    pair = (_key(one), _key(other))
    return (pair[0] > pair[1]) - (pair[0] < pair[1])


def _key(version: Version) -> tuple[object, ...]:
    before = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in version.before)
    return version.major, version.minor, version.patch, not version.before, before
