"""What is refused of an Event, as kind says it."""

from __future__ import annotations

from typing import Any

from podlab.embedded.apiserver.resources.events import validate, validate_new

Obj = dict[str, Any]
EVENT: Obj = {
    "kind": "Event",
    "apiVersion": "events.k8s.io/v1",
    "metadata": {"name": "e", "namespace": "mine"},
    "eventTime": "2026-01-01T00:00:00.000000Z",
    "reportingController": "a.b/c",
    "reportingInstance": "i",
    "action": "Do",
    "reason": "Did",
    "type": "Normal",
    "regarding": {"kind": "Pod", "name": "p", "namespace": "mine"},
}


def _said(event: Obj, old: Obj | None = None) -> list[str]:
    return [f"{cause.field}: {cause.message}" for cause in validate_new(event, old)]


def test_a_series_is_of_several() -> None:
    old = {**EVENT, "metadata": {**EVENT["metadata"], "resourceVersion": "1"}}
    one = {**old, "series": {"count": 1, "lastObservedTime": EVENT["eventTime"]}}
    assert _said(one, old) == ['series.count: Invalid value: "": should be at least 2']
    assert _said(one, one) == []
    assert _said({**old, "series": {"count": 2}}, old) == ["series.lastObservedTime: Required value"]
    assert _said({**EVENT, "series": one["series"]}) == ['series.count: Invalid value: "": should be at least 2']


def test_an_event_with_an_exact_time_may_be_about_another_namespace() -> None:
    about = {"kind": "Pod", "name": "p", "namespace": "elsewhere"}
    assert _said({**EVENT, "regarding": about}) == []
    apart = 'involvedObject.namespace: Invalid value: "": does not match event.namespace'
    assert _said({**EVENT, "regarding": {"kind": "Node"}}) == [apart]
    core = {"metadata": EVENT["metadata"], "involvedObject": about}
    assert [cause.field for cause in validate(core, None)] == ["involvedObject.namespace"]


def test_what_the_older_group_has_is_not_set() -> None:
    event = {**EVENT, "deprecatedCount": 1, "deprecatedSource": {"component": "x"}, "action": "a" * 129}
    assert _said(event) == [
        'action: Invalid value: "": can have at most 128 characters',
        'count: Invalid value: "": needs to be unset',
        'source: Invalid value: "": needs to be unset',
    ]
