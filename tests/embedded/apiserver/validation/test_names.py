"""What an address may look like."""

from __future__ import annotations

import pytest

from podlab.embedded.apiserver.validation import names

ZEROS, MAPPED = "must not have leading 0s", "must not be an IPv4-mapped IPv6 address"
NONE = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("0.0.0.0", None),
        ("10.244.1.99", None),
        ("255.255.255.255", None),
        ("2001:db8::1", None),
        ("10.0.0.01", ZEROS),
        ("256.0.0.1", NONE),
        ("10.0.0", NONE),
        ("10.0.0.1 ", NONE),
        ("fe80::1%eth0", NONE),
        ("", NONE),
        ("::ffff:10.0.0.1", MAPPED),
    ],
)
def test_an_address_is_good_or_has_a_complaint_of_its_own(value: str, complaint: str | None) -> None:
    found = [cause.message for cause in names.address("status.podIP", value)]
    assert [text.split(": ")[-1] for text in found] == ([complaint] if complaint else [])
