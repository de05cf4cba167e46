"""Let a real cluster judge the generated manifests, and keep what it says.

kubectl proxy --port PORT &
python -m tests.golden.validation.record PORT NAMESPACE listed > judged.jsonl
python -m tests.golden.validation.record PORT NAMESPACE drawn SEED COUNT >> judged.jsonl
"""

from __future__ import annotations

import http.client
import json
import re
import sys
from typing import Any

from tests.golden.validation.generate import drawn, singles
from tests.golden.validation.kinds import BASES
from tests.golden.validation.listed import listed

Obj = dict[str, Any]
PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}
CLUSTER = ("Namespace", "PersistentVolume")


def path(base: Obj, namespace: str) -> str:
    """Where a manifest of this kind is posted."""
    version, kind = base["apiVersion"], base["kind"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    plural = PLURALS.get(kind, kind.lower() + "s")
    return f"{root}/{plural}" if kind in CLUSTER else f"{root}/namespaces/{namespace}/{plural}"


def judgement(code: int, answer: Obj, warnings: list[str]) -> Obj:
    """What is compared: the code, the refusal's words, or the stored form without what the server makes up."""
    if code >= 400:
        return {
            "code": code,
            "reason": answer.get("reason", ""),
            "message": answer.get("message", ""),
            "warnings": warnings,
        }
    made = ("uid", "creationTimestamp", "managedFields", *(["resourceVersion"] if code == 200 else []))
    meta = {k: v for k, v in answer.get("metadata", {}).items() if k not in made}
    kept = {k: v for k, v in answer.items() if k != "status"}
    return {"code": code, "stored": {**kept, "metadata": meta}, "warnings": warnings}


RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r'(resourceVersion[\\":]+)\d+'), r"\1VERSION"),
    (re.compile(r"kube-api-access-\w{5}\b"), "kube-api-access-VOLUME"),
    (re.compile(r'"10\.96\.\d+\.\d+(\\?")'), r'"ADDRESS\1'),
    (re.compile(r'"(nodePort|healthCheckNodePort)": 3\d{4}'), r'"\1": 30999'),
    (re.compile(r"(Bad_|\ba-)[bcdfghjklmnpqrstvwxz2456789]{5}\b"), r"\1GENERATED"),
    (re.compile(r'scheme \\"pkg/[^"]*"'), r'scheme \\"SCHEME\\"'),  # where the binary was built
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
)


def settled(value: Any) -> Any:
    """The value without what is drawn by chance or by the clock."""
    text = json.dumps(value)
    for pattern, word in RANDOM:
        text = pattern.sub(word, text)
    return json.loads(text)


def post(port: int, method: str, where: str, body: Any, kind: str = "application/json") -> tuple[int, Obj, list[str]]:
    """One request to `kubectl proxy`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"content-type": kind, "accept": "application/json", "user-agent": "unknown"}
    connection.request(method, where, json.dumps(body), headers)
    answer = connection.getresponse()
    warnings = [value for key, value in answer.getheaders() if key.lower() == "warning"]
    given = answer.read()
    return answer.status, json.loads(given) if given.startswith(b"{") else {"message": given.decode()}, warnings


def judge(port: int, case: Obj, namespace: str) -> Obj:
    """What the cluster says about one case: a manifest, or a change of an object that exists for so long."""
    where = path(BASES[case["kind"]], namespace)
    if "patch" not in case:
        said = judgement(*post(port, "POST", f"{where}?dryRun=All&fieldValidation=Strict", case["body"]))
        return settled(said)
    made = post(port, "POST", where, case["body"])
    assert made[0] == 201, made
    name = f"{where}/{case['body']['metadata']['name']}"
    try:
        kind = "application/merge-patch+json"
        return settled(
            judgement(*post(port, "PATCH", f"{name}?dryRun=All&fieldValidation=Strict", case["patch"], kind))
        )
    finally:
        post(port, "DELETE", f"{name}?gracePeriodSeconds=0&propagationPolicy=Background", {})


def main() -> None:
    port, namespace, source = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    for case in cases(*source):
        print(json.dumps({**case, "says": judge(port, case, namespace)}, ensure_ascii=False), flush=True)


def cases(which: str, seed: str = "1", count: str = "400") -> list[Obj]:
    """The cases to judge: `listed`, `singles`, or `drawn` by a seed."""
    if which == "listed":
        return listed()
    if which == "singles":
        return [{"name": f"single-{number}", **case} for number, case in enumerate(singles())]
    return [{"name": f"{seed}-{number}", **case} for number, case in enumerate(drawn(int(seed), int(count)))]


if __name__ == "__main__":
    main()
