"""How often somebody may ask: `limit_req`, a bucket that leaks.

Upstream: src/http/modules/ngx_http_limit_req_module.c
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from podlab.embedded.runtime.servers.nginx.asked import Asked, Page
from podlab.embedded.runtime.servers.nginx.configuration.grammar import Directive
from podlab.embedded.runtime.servers.nginx.configuration.sites import Location

LEVELS = ("error", "warn", "notice", "info")


@dataclass(slots=True)
class Buckets:
    """What each zone keeps of each key: when it was asked for last, in seconds, and the requests over its rate."""

    held: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def excess(self, zone: str, key: str, rate: float, now: float) -> float:
        """Requests over the rate with this one; none with the first."""
        if (zone, key) not in self.held:
            return 0.0
        last, before = self.held[zone, key]
        passed = math.floor(max(0.0, now - last) * 1000)
        return max(0.0, round(before - rate * passed / 1000 + 1, 3))

    def keep(self, zone: str, key: str, excess: float, now: float) -> None:
        """Take note of a request that is let through."""
        self.held[zone, key] = (now, excess)


async def limited(asked: Asked, location: Location) -> Page | None:
    """The page for who asks too often; who may be late waits. Once a request, whatever it is redirected to."""
    rules = location.every("limit_req")
    if asked.limited or not rules:
        return None
    asked.limited, waits = True, 0.0
    clock, dry = asked.process.machine.clock, location.on("limit_req_dry_run")
    level, now = location.word("limit_req_log_level", "error"), clock.now()
    for rule in rules:
        found = _zone(asked, rule)
        if found is None:
            continue
        zone, key, rate = found
        excess, burst = asked.buckets.excess(zone, key, rate, now), _number(rule, "burst=", 0)
        by, told = f'by zone "{zone}"', ", dry run" if dry else ""
        if excess > burst:
            asked.complain(f"limiting requests{told}, excess: {excess:.3f} {by}", level)
            return None if dry else Page(int(location.word("limit_req_status", "503")))
        asked.buckets.keep(zone, key, excess, now)
        free = math.inf if "nodelay" in rule.words else _number(rule, "delay=", 0)
        if excess > free:
            lower = LEVELS[min(LEVELS.index(level) + 1, 3)]
            asked.complain(f"delaying request{told}, excess: {excess:.3f}, {by}", lower)
            waits = max(waits, 0.0 if dry else (excess - free) / rate)
    if waits:
        await clock.sleep(waits)
        asked.process.catch_up()
    return None


def _number(rule: Directive, name: str, usual: int) -> int:
    given = next((word.removeprefix(name) for word in rule.words if word.startswith(name)), "")
    return int(given) if given.isdecimal() else usual


def _zone(asked: Asked, rule: Directive) -> tuple[str, str, float] | None:
    """(name, who asks, requests in a second) of the zone that a rule names; None for who is not counted."""
    name = next(word[5:] for word in rule.words if word.startswith("zone="))
    for zone in asked.server.http.all("limit_req_zone"):
        if any(word.startswith(f"zone={name}:") for word in zone.words):
            key = asked.filled(zone.words[0].replace("$binary_", "$"))
            rate = next((word[5:] for word in zone.words if word.startswith("rate=")), "1r/s")
            count = int(rate.partition("r")[0]) * 1000 // (60 if rate.endswith("m") else 1) / 1000
            return (name, key, count) if key and count else None
    return None
