"""Quantities: `500m`, `1Gi`. Upstream: apimachinery/pkg/api/resource/quantity.go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

NANO = 10**9
WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
WRONG_NUMBER = "unable to parse numeric part of quantity"
WRONG_SUFFIX = "unable to parse quantity's suffix"
DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in DECIMAL.items()}
BINARY_SUFFIX = {0: "", **{exponent: suffix for suffix, exponent in BINARY.items()}}
SHAPE = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)", re.ASCII)
MAX = (2**63 - 1) * NANO
FARTHEST_EXPONENT = 400  # larger powers of ten are refused, so that a short text cannot fill the memory


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount in billionths, and how it was written: `decimal`, `exponent` or `binary`."""

    nano: int
    form: str
    text: str = ""  # the original, where Go keeps it

    def __str__(self) -> str:
        return self.text or write(self.nano, self.form)


def _suffix(text: str) -> tuple[int, int, str]:
    """Return base, exponent and form of a suffix; raise ValueError."""
    if text in DECIMAL:
        return 10, DECIMAL[text], "decimal"
    if text in BINARY:
        return 2, BINARY[text], "binary"
    if len(text) > 1 and text[0] in "eE" and re.fullmatch(r"[-+]?[0-9]+", text[1:]):
        exponent = int(text[1:])
        if abs(exponent) <= FARTHEST_EXPONENT:
            return 10, exponent, "exponent"
    raise ValueError(WRONG_SUFFIX)


@lru_cache(maxsize=1024)
def parse(text: str) -> Quantity:
    """Read a quantity; raise ValueError with upstream's text."""
    if not text:
        raise ValueError(WRONG_FORMAT)
    match = SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(WRONG_FORMAT)
    sign, whole, fraction, suffix = match[1], match[2] or "0", match[3] or "", match[4]
    if text in ("+", "-") or (len(whole) + len(fraction) > 400):
        raise ValueError(WRONG_NUMBER)
    base, exponent, form = _suffix(suffix)
    digits = int(whole + fraction)
    numerator = digits * NANO * (base**exponent if exponent > 0 else 1)
    denominator = 10 ** len(fraction) * (base**-exponent if exponent < 0 else 1)
    nano = -(-numerator // denominator)  # upstream rounds up to the smallest amount
    if form == "binary":
        nano = min(nano, MAX)
    nano = -nano if sign == "-" else nano
    return Quantity(nano, form, text if _kept(whole, fraction, exponent, form) else "")


def _kept(whole: str, fraction: str, exponent: int, form: str) -> bool:
    """Whether Go keeps the text as it was written, because it already is canonical."""
    digits = whole + fraction
    if form == "binary":
        return not fraction and int(whole) & 7 != 0 and len(whole) + exponent * 3 // 10 < 14
    scale = exponent - len(fraction)
    return len(digits) <= 18 and scale >= -9 and scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"


def write(nano: int, form: str) -> str:
    """Write an amount in canonical form."""
    if nano == 0:
        return "0"
    sign, amount = ("-", -nano) if nano < 0 else ("", nano)
    if form == "binary" and amount >= 1024 * NANO and amount % NANO == 0:
        number, exponent = amount // NANO, 0
        while exponent < 60 and number % 1024 == 0:
            number, exponent = number // 1024, exponent + 10
        return f"{sign}{number}{BINARY_SUFFIX[exponent]}"
    exponent = -9
    while amount % 1000 == 0 and exponent < (18 if form != "exponent" else FARTHEST_EXPONENT):
        amount, exponent = amount // 1000, exponent + 3
    if form == "exponent":
        return f"{sign}{amount}e{exponent}" if exponent else f"{sign}{amount}"
    return f"{sign}{amount}{DECIMAL_SUFFIX[exponent]}"


class Decimal(str):
    """A canonical text of an amount that Go keeps as a decimal of any size, since it was read from one."""

    __slots__ = ()


def canonical(value: object) -> str:
    """Return a JSON value (text or number) as the API server writes it; raise ValueError."""
    text = str(value).strip()
    written = str(parse(text))
    return Decimal(written) if isinstance(value, Decimal) or not _small(text) else written


def nano(value: object) -> int:
    """Return billionths of the unit; raise ValueError."""
    return parse(str(value).strip()).nano


def milli(value: object) -> int:
    """Return thousandths, rounded up, as the scheduler counts cpu."""
    return -(-nano(value) // 10**6)


def whole(value: object) -> int:
    """Return whole units, rounded up, as the scheduler counts memory."""
    return -(-nano(value) // NANO)


def fractional(value: object) -> bool:
    """Whether there is a rest below whole units, as Go finds out: by thousandths, which overflow in large amounts."""
    text = str(value).strip()
    parsed = parse(text)
    thousandths = parsed.nano // 10**6
    if isinstance(value, Decimal) or not _small(text):
        thousandths = (thousandths + 2**63) % 2**64 - 2**63
    return thousandths % 1000 != 0 or parsed.nano % 10**6 != 0


@lru_cache(maxsize=1024)
def _small(text: str) -> bool:
    """Whether Go keeps the amount in 64 bits."""
    match = SHAPE.fullmatch(text)
    if match is None:
        return False
    whole, rest, (_, exponent, form) = match[2] or "0", match[3] or "", _suffix(match[4])
    if form == "binary":
        return not rest and 15 - len(whole) - exponent * 3 // 10 - 1 >= 0
    return len(whole) + len(rest) <= 18 and exponent - len(rest) >= -9
