"""Lines as kubectl's logger writes them to standard error."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http.client import responses
from pathlib import Path

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
BODIES = 7
"""From which on also their headers and bodies."""
SILENT = Text(
    ko="podlab의 kubectl은 요청의 헤더와 본문을 기록하지 않습니다. `-v=7` 이상이 보여 주는 것은 진짜 kubectl과 "
    "`podlab kubeconfig`로 봅니다.",
    en="podlab's kubectl logs no headers and bodies: what -v=7 and above show of them, the real kubectl shows with "
    "what `podlab kubeconfig` names.",
)
DISCOVERY = re.compile(r"/(api(/[^/?]+)?|apis(/[^/?]+){0,2})(\?.*)?")
"""The paths of what kubectl asks a server it does not know yet, and then keeps."""


def logged(where: str, text: str, severity: str = "E") -> str:
    """One line: severity, moment, process, place, text."""
    now = datetime.now(UTC).strftime("%m%d %H:%M:%S.%f")
    return f"{severity}{now} {os.getpid():>7} {where}] {text}\n"


def of_client(verbosity: int) -> Iterator[str]:
    """What is logged where a client is made; the order is that of a Go map."""
    for name in random.sample(sorted(GATES), len(GATES)) if verbosity > 0 else ():
        told = f'feature="{name}" enabled={str(GATES[name]).lower()}'
        yield logged("envvar.go:195", f'"Feature gate default state" {told}', "I")
    if verbosity >= BODIES:
        yield f"{SILENT}\n"


def of_files(paths: Iterable[Path], verbosity: int) -> Iterator[str]:
    """What is logged of the kubeconfig files that are read."""
    for path in paths if verbosity >= REQUESTS else ():
        if path.is_file():
            yield logged("loader.go:407", f"Config loaded from file:  {path}", "I")


def of_answer(method: str, url: str, status: int, seconds: float) -> str:
    """What is logged of a request that was answered; "" of what kubectl has asked before.

    Upstream: staging/src/k8s.io/client-go/transport/round_trippers.go (debuggingRoundTripper)
    """
    if DISCOVERY.fullmatch("/" + url.partition("://")[2].partition("/")[2]):
        return ""
    place, mark, query = url.partition("?")
    url = place + mark + "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[0]))
    said = f"{status} {responses.get(status, '')}".rstrip()
    told = f'verb="{method}" url="{url}" status="{said}" milliseconds={int(seconds * 1000)}'
    return logged("round_trippers.go:632", f'"Response" {told}', "I")


def of_error(error: PodlabError, verbosity: int) -> Iterator[str]:
    """What is logged before the line about a request that the server refused."""
    if verbosity >= 4 and isinstance(error, ApiError):
        parts = {**{key: value for key, value in error.status.items() if key != "code"}, "code": error.code}
        status = json.dumps(parts, indent=2, ensure_ascii=False)
        yield logged("helpers.go:246", f"server response object: %s[{status}]", "I")
