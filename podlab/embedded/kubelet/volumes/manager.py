"""The volumes of all Pods of a node: set up, kept fresh, tried again. Upstream: pkg/kubelet/volumemanager"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from podlab.apimachinery import quantity
from podlab.embedded.clock import Clock
from podlab.embedded.kubelet.environment import Lookup
from podlab.embedded.kubelet.volumes import hostpath, sources
from podlab.embedded.kubelet.volumes.sources import Signed, Token
from podlab.embedded.runtime.volume import Volume

Obj = dict[str, Any]


def no_token(pod: Obj, projection: Obj) -> Callable[[], str]:
    """Where no tokens can be signed."""
    return str


class SignedOnce:
    """A token that is signed when somebody first asks for it."""

    __slots__ = ("_sign", "_token")

    def __init__(self, sign: Callable[[], str]) -> None:
        self._sign: Callable[[], str] | None = sign
        self._token = b""

    def __call__(self) -> bytes:
        """The token, the same each time."""
        if self._sign is not None:
            self._token, self._sign = self._sign().encode(), None
        return self._token


class VolumeManager:
    """One node's volumes: of its Pods by uid, and the directories of its own that hostPath shows."""

    def __init__(
        self,
        clock: Clock,
        lookup: Callable[[Obj], Lookup],
        facts: Callable[[str], Mapping[str, str]],
        issue: Token = no_token,
        host: Volume | None = None,
    ) -> None:
        self._clock, self._lookup, self._facts, self._issue = clock, lookup, facts, issue
        self._held: dict[str, dict[str, Volume]] = {}
        self._host = host or hostpath.new_node()
        self._claimed: dict[str, Volume] = {}
        self._tokens: dict[str, dict[tuple[str, int], tuple[float, Signed]]] = {}
        self._delays: dict[str, float] = {}

    def of_pod(self, uid: str) -> dict[str, Volume]:
        """A Pod's volumes by name, as far as they were set up."""
        return self._held.setdefault(uid, {})

    def mount(self, pod: Obj, ip: str = "") -> dict[str, Volume]:
        """Make or refresh a Pod's volumes. Raises MountError."""
        held = self.of_pod(pod["metadata"]["uid"])
        lookup, facts = self._lookup(pod), self._facts(ip)
        for spec in pod["spec"].get("volumes") or []:
            if path := sources.claimed(pod, spec, lookup):
                held.setdefault(spec["name"], self._claimed.setdefault(path, Volume(mode=0o777)))
        sources.set_up(pod, held, lookup, facts, self._token, self._host, self._clock.now())
        return held

    def limited(self, pod: Obj) -> list[tuple[str, str]]:
        """The Pod's volumes on disk that may not outgrow a limit, with it."""
        found = [(v["name"], v.get("emptyDir") or {}) for v in pod["spec"].get("volumes") or []]
        return [(name, e["sizeLimit"]) for name, e in found if e.get("sizeLimit") and e.get("medium") != "Memory"]

    def overfull(self, pod: Obj) -> tuple[str, str] | None:
        """A volume that has outgrown its limit, and the limit."""
        held = self.of_pod(pod["metadata"]["uid"])
        over = ((n, most) for n, most in self.limited(pod) if n in held and held[n].size() > quantity.whole(most))
        return next(over, None)

    def on_disk(self, pod: Obj) -> int:
        """Bytes in the Pod's own volumes that are on the node's disk."""
        held, found = self.of_pod(pod["metadata"]["uid"]), pod["spec"].get("volumes") or []
        names = [v["name"] for v in found if "emptyDir" in v and (v["emptyDir"] or {}).get("medium") != "Memory"]
        return sum(held[name].size() for name in names if name in held)

    def _token(self, pod: Obj, projection: Obj) -> Signed:
        """A token that is issued again in the last fifth of its life. Upstream: pkg/kubelet/token/token_manager.go"""
        seconds, now = projection.get("expirationSeconds") or 3600, self._clock.now()
        mine, key = self._tokens.setdefault(pod["metadata"]["uid"], {}), (projection.get("audience", ""), seconds)
        if key not in mine or now >= mine[key][0]:
            mine[key] = now + 0.8 * seconds, SignedOnce(self._issue(pod, projection))
        return mine[key][1]

    def retry_delay(self, uid: str) -> float:
        """Seconds until volumes are tried again: from half a second, doubled up to two minutes."""
        delay = self._delays[uid] = min(2 * self._delays.get(uid, 0.25), 122.0)
        return delay

    def forget(self, uid: str) -> None:
        """A Pod is gone."""
        self._held.pop(uid, None)
        self._delays.pop(uid, None)
        self._tokens.pop(uid, None)
