"""Events are forgotten an hour after they were last written, whatever namespace they are in."""

from __future__ import annotations

from podlab.embedded.controllers.expiry import LIFE, EventExpiry
from podlab.embedded.stepping import SteppingClock
from tests.embedded.harness import Api


async def test_events_end_an_hour_after_their_last_write() -> None:
    api = Api()
    registry, clock = api.registry, api.registry.clock
    assert isinstance(clock, SteppingClock)
    events, began = registry.resource("events"), clock.now()
    registry.create(registry.resource("namespaces"), {"metadata": {"name": "other"}})

    def tell(namespace: str, name: str) -> None:
        about = {"kind": "Pod", "namespace": namespace, "name": "x"}
        registry.create(events, {"metadata": {"name": name}, "involvedObject": about}, namespace=namespace)
        registry.store.flush()

    def there() -> set[str]:
        registry.store.flush()
        return {event["metadata"]["name"] for event in registry.list(events)}

    def past(seconds: float) -> None:
        clock.call_at(began + seconds, lambda: None)
        while clock.now() < began + seconds:
            clock.step()

    expiry = EventExpiry(registry)
    tell("default", "again")
    tell("other", "first")
    past(60)
    tell("default", "second")
    registry.change(events, "again", "default", lambda event: event.update(count=2), subresource="")
    registry.store.flush()
    past(LIFE + 30)
    assert there() == {"again", "second"}
    registry.delete(events, "second", "default")
    past(LIFE + 90)
    assert there() == set()
    expiry.stop()
