"""Manifests of every kind, each judged as a real 1.36.2 judges it: code, words, warnings and what is stored."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.harness import Answered, Api
from tests.golden.validation.kinds import BASES
from tests.golden.validation.record import judgement, path, settled

Obj = dict[str, Any]
GOLDEN = Path(__file__).parents[2] / "golden" / "validation"
NAMESPACE = "valid-golden"
SENT = {"accept": "application/json", "user_agent": "unknown"}
DRY = "dryRun=All&fieldValidation=Strict"


def cases(name: str) -> list[Obj]:
    return [json.loads(line) for line in gzip.decompress((GOLDEN / name).read_bytes()).splitlines()]


@pytest.fixture(scope="module")
def api() -> Api:
    made = Api()
    registry = made.registry
    registry.create(registry.resource("namespaces"), {"metadata": {"name": NAMESPACE}})
    registry.create(registry.resource("serviceaccounts"), {"metadata": {"name": "default"}}, namespace=NAMESPACE)
    classes = registry.resources["storage.k8s.io", "storageclasses"]
    marked = {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    registry.create(classes, {"metadata": marked, "provisioner": "rancher.io/local-path"})
    return made


async def judged(api: Api, case: Obj) -> Obj:
    """What the embedded API server says about one case."""
    where = case.get("where") or path(BASES[case["kind"]], NAMESPACE)
    if "patch" not in case:
        return said(await api.call("POST", f"{where}?{DRY}", case["body"], content_type="application/json", **SENT))
    await api.call("POST", where, case["body"], content_type="application/json", **SENT)
    name = f"{where}/{case['body']['metadata']['name']}?{DRY}"
    return said(await api.call("PATCH", name, case["patch"], content_type="application/merge-patch+json", **SENT))


def said(answer: Answered) -> Obj:
    given = answer.json if answer.body.startswith(b"{") else {"message": answer.body.decode()}
    result: Obj = settled(judgement(answer.code, given, answer.warnings))
    return result


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("judged.jsonl.gz", 600),
        ("second.jsonl.gz", 400),
        ("third.jsonl.gz", 4),
        ("fourth.jsonl.gz", 646),
        ("fifth.jsonl.gz", 39),
    ],
)
async def test_judgements_are_those_of_a_real_cluster(api: Api, name: str, count: int) -> None:
    wrong = {}
    given = cases(name)
    for case in given:
        answer = await judged(api, case)
        if answer != case["says"]:
            wrong[case["name"]] = {"kind": case["says"], "embedded": answer}
    assert len(given) == count
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)[:5000]
