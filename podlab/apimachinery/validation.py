"""What names, labels, keys and ports may look like; every function returns upstream's complaints.

Upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go
"""

from __future__ import annotations

import re
from functools import lru_cache

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = LABEL + r"(\." + LABEL + ")*"
UNDERSCORED = r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*"
DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
VALUE = f"({KEY})?"
CONFIG_KEY = "[-._a-zA-Z0-9]+"
HEADER = "[-A-Za-z0-9]+"
PERCENT = "[0-9]+%"
IMAGE = re.compile(
    r"^([A-Z0-9][A-Za-z0-9.-]*(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@\w+:[0-9a-f]+)?$"
)
"""Where an image is had. Upstream: github.com/distribution/reference"""

REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"
REASON_TEXT = (
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric "
    "characters or '_,:', and must end with an alphanumeric character or '_'"
)
LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character"
)
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character"
)
DNS_1035_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character"
)
KEY_TEXT = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)
VALUE_TEXT = f"a valid label must be an empty string or {KEY_TEXT.removeprefix('must ')}"
CONFIG_KEY_TEXT = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
HEADER_TEXT = "a valid HTTP header must consist of alphanumeric characters or '-'"
ENVIRONMENT_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='"
PERCENT_TEXT = "a valid percent string must be a numeric string followed by an ending '%'"


@lru_cache(1024)  # the same labels and names are looked at with each write
def _full(pattern: str, value: str) -> bool:
    return re.fullmatch(pattern, value) is not None


def at_most_bytes(limit: int) -> str:
    """What is said of a text with too many bytes (upstream: MaxLenError)."""
    return f"must be no more than {limit} bytes"


def at_most(limit: int) -> str:
    """What is said of a text with too many characters."""
    return f"must be no more than {limit} characters"


def between(low: int, high: int) -> str:
    """What is said of a number out of its range (upstream: InclusiveRangeError)."""
    return f"must be between {low} and {high}, inclusive"


def _pattern(text: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{text} (e.g. {shown}regex used for validation is '{pattern}')"


def _size(value: str) -> int:
    return len(value.encode("utf-8", "replace"))


def label(value: str) -> list[str]:
    """RFC 1123 label: names of containers, volumes, namespaces."""
    found = [at_most(63)] if _size(value) > 63 else []
    if not _full(LABEL, value):
        dotted = _full(SUBDOMAIN, value)
        found.append("must not contain dots" if dotted else _pattern(LABEL_TEXT, LABEL, "my-name", "123-abc"))
    return found


def subdomain(value: str) -> list[str]:
    """RFC 1123 subdomain: names of most objects."""
    found = [at_most(253)] if _size(value) > 253 else []
    if not _full(SUBDOMAIN, value):
        found.append(_pattern(SUBDOMAIN_TEXT, SUBDOMAIN, "example.com"))
    return found


def underscored(value: str) -> list[str]:
    """RFC 1123 subdomain whose labels may hold underscores: DNS search paths."""
    found = [at_most(253)] if _size(value) > 253 else []
    if not _full(UNDERSCORED, value):
        found.append(_pattern(SUBDOMAIN_TEXT.replace("'-' or", "'_', '-' or"), UNDERSCORED, "example.com"))
    return found


def dns_1035(value: str) -> list[str]:
    """RFC 1035 label."""
    found = [at_most(63)] if _size(value) > 63 else []
    if not _full(DNS_1035, value):
        found.append(_pattern(DNS_1035_TEXT, DNS_1035, "my-name", "abc-123"))
    return found


def path_segment(value: str) -> list[str]:
    """Names that only have to fit into a path. Upstream: pkg/api/validation/path ValidatePathSegmentName"""
    if value in (".", ".."):
        return [f"may not be '{value}'"]
    return [f"may not contain '{letter}'" for letter in "/%" if letter in value]


def condition_reason(value: str) -> list[str]:
    """Why a condition is as it is. Upstream: apimachinery/pkg/apis/meta/v1/validation (isValidConditionReason)"""
    if _full(REASON, value):
        return []
    return [_pattern(REASON_TEXT, REASON, "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB")]


def qualified(value: str) -> list[str]:
    """Label and annotation keys: `name` or `example.com/name`."""
    parts, found = value.split("/"), []
    if len(parts) > 2:
        text = _pattern(f"a valid label key {KEY_TEXT}", KEY, "MyName", "my.name", "123-abc")
        return [f"{text} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    if len(parts) == 2:
        found += ["prefix part " + text for text in (subdomain(parts[0]) if parts[0] else ["must be non-empty"])]
    name = parts[-1]
    if not name:
        found.append("name part must be non-empty")
    elif _size(name) > 63:
        found.append("name part " + at_most_bytes(63))
    if not _full(KEY, name):
        found.append("name part " + _pattern(KEY_TEXT, KEY, "MyName", "my.name", "123-abc"))
    return found


def label_value(value: str) -> list[str]:
    """What is wrong with a label's value (upstream: IsValidLabelValue)."""
    found = [at_most_bytes(63)] if _size(value) > 63 else []
    if not _full(VALUE, value):
        found.append(_pattern(VALUE_TEXT, VALUE, "MyValue", "my_value", "12345"))
    return found


def config_key(value: str) -> list[str]:
    """Keys of ConfigMaps and Secrets."""
    found = [at_most(253)] if _size(value) > 253 else []
    if not _full(CONFIG_KEY, value):
        found.append(_pattern(CONFIG_KEY_TEXT, CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    if value in (".", ".."):
        found.append(f"must not be '{value}'")
    elif value.startswith(".."):
        found.append("must not start with '..'")
    return found


def environment(value: str) -> list[str]:
    """Names of environment variables, relaxed as they are since 1.34."""
    if not value:
        return ["environment variable name must be non-empty"]
    printable = all(" " <= letter <= "~" and letter != "=" for letter in value)
    return [] if printable else [ENVIRONMENT_TEXT]


def header(value: str) -> list[str]:
    """What is wrong with the name of an HTTP header (upstream: IsHTTPHeaderName)."""
    return [] if _full(HEADER, value) else [_pattern(HEADER_TEXT, HEADER, "X-Header-Name")]


def percent(value: str) -> list[str]:
    """What is wrong with a share such as `25%` (upstream: IsValidPercent)."""
    return [] if _full(PERCENT, value) else [_pattern(PERCENT_TEXT, PERCENT, "1%", "93%")]


def port_number(value: int) -> list[str]:
    """What is wrong with a port's number (upstream: IsValidPortNum)."""
    return [] if 1 <= value <= 65535 else [between(1, 65535)]


def port_name(value: str) -> list[str]:
    """What is wrong with a port's name (upstream: IsValidPortName)."""
    checks = (
        (_size(value) <= 15, at_most(15)),
        (_full("[-a-z0-9]+", value), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
        (re.search("[a-z]", value), "must contain at least one letter (a-z)"),
        ("--" not in value, "must not contain consecutive hyphens"),
        (not value or "-" not in (value[0], value[-1]), "must not begin or end with a hyphen"),
    )
    return [text for good, text in checks if not good]
