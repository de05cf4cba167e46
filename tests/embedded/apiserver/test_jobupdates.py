"""What an update may not change of a Job."""

from __future__ import annotations

from typing import Any

import pytest

from podlab.embedded.apiserver.resources.jobs import validate

Obj = dict[str, Any]
TANDEM = "can only be modified in tandem with spec.parallelism"


def job(completions: int, parallelism: int) -> Obj:
    meta = {"name": "j", "namespace": "default", "resourceVersion": "1"}
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}
    spec = {"completionMode": "Indexed", "completions": completions, "parallelism": parallelism, "template": template}
    return {"metadata": meta, "spec": spec}


@pytest.mark.parametrize(
    ("completions", "parallelism", "refused"), [(3, 3, False), (2, 1, False), (3, 2, True), (1, 2, True)]
)
def test_an_indexed_job_grows_as_a_whole(completions: int, parallelism: int, refused: bool) -> None:
    found = validate(job(completions, parallelism), job(2, 2))
    assert any(TANDEM in str(cause) for cause in found) is refused
