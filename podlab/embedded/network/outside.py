"""What lies outside of the cluster: nothing reaches it, and an Event tells a Pod that tries so, once."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from podlab.embedded.apiserver.registry import Registry
from podlab.embedded.events import Recorder

Obj = dict[str, Any]
REASON = "OutsideNotSimulated"
DOMAINS = frozenset(
    """com org net edu gov mil int info biz name pro app dev cloud online site store shop tech blog page live news
    xyz club design digital email games group guru host link media network one run solutions space systems today
    tools top website wiki work world zone""".split()  # noqa: SIM905
)
"""Top-level domains of the real world, beside the countries' two letters. Upstream: IANA's root zone"""


def named(name: str, known: Callable[[str], bool]) -> bool:
    """Whether a name may be one of the real world's; `known` tells whether there is a namespace that it may mean."""
    *inner, last = name.rstrip(".").lower().split(".")
    return bool(inner and (last in DOMAINS or re.fullmatch("[a-z]{2}|xn--.+", last)) and not known(last))


def addressed(address: str) -> bool:
    """Whether an address is one of the real world's."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


class Outside:
    """Tells each Pod that asks for the world outside, once, that there is none."""

    def __init__(self, registry: Registry) -> None:
        self._recorder = Recorder(registry, "podlab")
        self._told: set[str] = set()

    def tell(self, pod: Obj, target: str) -> None:
        """An Event about the Pod, the first time."""
        uid = pod["metadata"]["uid"]
        if uid not in self._told:
            self._told.add(uid)
            self._recorder.warning(pod, REASON, explained(target))

    def forget(self, pod: Obj) -> None:
        """A Pod is gone."""
        self._told.discard(pod["metadata"]["uid"])
        self._recorder.forget(pod)


def explained(target: str) -> str:
    """What the Event says."""
    return (
        f'podlab does not simulate traffic out of the cluster: "{target}" and all else outside cannot be reached from '
        "a container here; on a real cluster it may well answer"
    )
