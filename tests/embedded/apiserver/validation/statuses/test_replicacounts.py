"""Numbers in the status of what keeps replicas, held against what kind said."""

from __future__ import annotations

from podlab.embedded.apiserver.validation.statuses import replicacounts
from tests.embedded.simulation import GOLDEN


def test_no_number_is_more_than_what_it_is_a_part_of() -> None:
    found = replicacounts.deployment({"status": {"replicas": -1}}, None)
    said = (GOLDEN / "http-writes" / "transcript.txt").read_text(encoding="utf-8")
    whole = f'Deployment.apps \\"w\\" is invalid: [{", ".join(map(str, found))}]'
    assert whole in said
    assert replicacounts.deployment({"status": {"replicas": 2, "readyReplicas": 1, "availableReplicas": 1}}, None) == []
    assert len(replicacounts.stateful_set({"status": {"replicas": 1, "currentReplicas": 2}}, None)) == 1
