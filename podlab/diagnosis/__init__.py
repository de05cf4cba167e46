"""A Pod and its Events → one sentence of what is going on, and one next step.

`FINDINGS` is read from the top: the first rule that matches decides, so the most telling signs stand first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podlab.diagnosis.arriving import ARRIVING
from podlab.diagnosis.leaving import LEAVING
from podlab.diagnosis.refused import REFUSED
from podlab.diagnosis.running import RUNNING
from podlab.diagnosis.symptoms import Object
from podlab.text import Text

FINDINGS = (*LEAVING, *REFUSED, *ARRIVING, *RUNNING)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is going on with a Pod.

    Attributes:
        id: stable name of the finding, such as `image-not-found`.
        sentence: what is going on.
        evidence: where it is seen, such as `nginx-container: waiting, reason ImagePullBackOff`.
        next_step: the one thing to do now.
        command: the kubectl line that does it or shows more.
        healthy: nothing has to be mended (running, completed, on its way).
    """

    id: str
    sentence: Text
    evidence: list[str]
    next_step: Text
    command: str
    healthy: bool = False


def diagnose(pod: Object, events: Sequence[Object] = ()) -> Finding:
    """What is going on with a Pod, from the object and its Events.

    Args:
        events: the Events about this Pod, in any order; without them less can be told.
    """
    for rule in FINDINGS:
        values = rule.matches(pod, events)
        if values is not None:
            name, namespace = pod["metadata"]["name"], pod["metadata"].get("namespace", "default")
            filled = {"name": name, "namespace": namespace, "container": "", **values}
            evidence = filled.pop("evidence", [])
            return Finding(
                rule.id,
                rule.sentence.format(**filled),
                [str(line) for line in evidence] if isinstance(evidence, list) else [],
                rule.next_step.format(**filled),
                rule.command.format(**filled),
                rule.healthy,
            )
    raise AssertionError("the last rule matches every Pod")
