"""Lines as kubectl's logger writes them to standard error."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime

from podlab.errors import ApiError, PodlabError
from podlab.text import Text

GATES = {
    "AtomicFIFO": True,
    "ClientsAllowCARotation": True,
    "ClientsAllowCBOR": False,
    "ClientsAllowTLSCacheGC": True,
    "ClientsPreferCBOR": False,
    "InOrderInformers": True,
    "InOrderInformersBatchProcess": True,
    "InformerResourceVersion": True,
    "UnlockWhileProcessingFIFO": True,
    "WatchListClient": True,
}
"""What a client of 1.36 may do. Upstream: staging/src/k8s.io/client-go/features/known_features.go"""
REQUESTS = 6
"""From which verbosity on kubectl logs each request."""
SILENT = Text(
    ko="podlab의 kubectl은 요청을 기록하지 않습니다. `-v=6` 이상이 보여 주는 것은 진짜 kubectl과 "
    "`podlab kubeconfig`로 봅니다.",
    en="podlab's kubectl logs no requests: what -v=6 and above show, the real kubectl shows with what "
    "`podlab kubeconfig` names.",
)


def logged(where: str, text: str, severity: str = "E") -> str:
    """One line: severity, moment, process, place, text."""
    now = datetime.now(UTC).strftime("%m%d %H:%M:%S.%f")
    return f"{severity}{now} {os.getpid():>7} {where}] {text}\n"


def of_client(verbosity: int) -> Iterator[str]:
    """What is logged where a client is made; the order is that of a Go map."""
    for name in random.sample(sorted(GATES), len(GATES)) if verbosity > 0 else ():
        told = f'feature="{name}" enabled={str(GATES[name]).lower()}'
        yield logged("envvar.go:195", f'"Feature gate default state" {told}', "I")
    if verbosity >= REQUESTS:
        yield f"{SILENT}\n"


def of_error(error: PodlabError, verbosity: int) -> Iterator[str]:
    """What is logged before the line about a request that the server refused."""
    if verbosity >= 4 and isinstance(error, ApiError):
        parts = {**{key: value for key, value in error.status.items() if key != "code"}, "code": error.code}
        status = json.dumps(parts, indent=2, ensure_ascii=False)
        yield logged("helpers.go:246", f"server response object: %s[{status}]", "I")
