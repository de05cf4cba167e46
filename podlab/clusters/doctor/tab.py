"""What may keep podlab from working in a browser tab, and what no tab has."""

from __future__ import annotations

from dataclasses import dataclass

from podlab.clusters.doctor.finding import Finding
from podlab.home import DRIVE
from podlab.text import Text

SMALL = 200 * 2**20
"""Bytes: with less room than this the site and a long course do not both fit."""
ORDINARY_WINDOW = Text(
    ko="시크릿 창이 아닌 보통 창에서 열고, 이 사이트의 쿠키와 저장을 허용하십시오",
    en="use an ordinary window, not a private one, and allow this site to keep data",
)
CHROME = Text(ko="Chrome이나 Edge의 최신판에서 여십시오", en="use a current Chrome or Edge")


@dataclass(frozen=True, slots=True)
class Browser:
    """What a kernel can tell about its browser; None where that cannot be found out."""

    stack_switching: bool
    service_worker: bool
    locks: bool
    quota: int | None = None
    used: int | None = None


def observed() -> Browser:
    """The browser of this tab."""
    import js
    from pyodide.code import run_js
    from pyodide.ffi import can_run_sync, run_sync

    quota = used = None
    waits = bool(can_run_sync())
    if waits and hasattr(js.navigator, "storage"):
        found = run_sync(run_js("() => navigator.storage.estimate().catch(() => ({}))")())
        quota, used = getattr(found, "quota", None), getattr(found, "usage", None)
    # JupyterLite mounts its drive only where the service worker answers
    return Browser(waits, DRIVE.is_dir(), hasattr(js.navigator, "locks"), quota, used)


def examine(browser: Browser, trouble: Text | None = None) -> list[Finding]:
    """All findings.

    Args:
        browser: what is known about it.
        trouble: why the state of the cluster was not kept the last time.
    """
    return [
        _switching(browser),
        _worker(browser),
        _locks(browser),
        _storage(browser),
        _kept(trouble),
        *(Finding(f"limit-{number}", "ok", text) for number, text in enumerate(LIMITS, 1)),
    ]


LIMITS = (
    Text(
        ko="탭의 한계: kubectl 프로그램이 없어 !kubectl과 %kubectl에 podlab이 답합니다",
        en="a limit of the tab: there is no kubectl program; podlab answers !kubectl and %kubectl",
    ),
    Text(
        ko="탭의 한계: localhost 포트를 열 수 없습니다. 파드에는 kubectl exec나 서비스 이름으로 닿습니다",
        en="a limit of the tab: no port on localhost; reach a Pod by kubectl exec or by the name of a Service",
    ),
    Text(
        ko="탭의 한계: 메모리를 브라우저와 나눕니다",
        en="a limit of the tab: memory is the browser's",
    ),
)


def _switching(browser: Browser) -> Finding:
    if browser.stack_switching:
        return Finding("stack-switching", "ok", Text(ko="스택 전환(JSPI) 있음", en="stack switching (JSPI) is there"))
    return Finding(
        "stack-switching",
        "note",
        Text(ko="이 브라우저에는 스택 전환(JSPI)이 없습니다", en="this browser has no stack switching (JSPI)"),
        Text(
            ko="셀이 기다리는 동안 패널의 단추가 듣지 않고, 다른 노트북과 클러스터를 함께 쓰지 못합니다",
            en="while a cell waits no button of a panel answers, and notebooks cannot share one cluster",
        ),
        CHROME,
    )


def _worker(browser: Browser) -> Finding:
    if browser.service_worker:
        return Finding("service-worker", "ok", Text(ko="서비스 워커 있음", en="the service worker is there"))
    return Finding(
        "service-worker",
        "error",
        Text(ko="서비스 워커가 없습니다", en="there is no service worker"),
        Text(
            ko="커널이 파일에 닿지 못해 아무것도 저장되지 않으며, 네트워크 없이는 열리지 않습니다",
            en="the kernel cannot reach the files: nothing is kept, and nothing opens without a network",
        ),
        Text(
            ko="https:// 또는 http://localhost 주소로, 시크릿 창이 아닌 보통 창에서 여십시오",
            en="open the site by https:// or http://localhost, in an ordinary window",
        ),
    )


def _locks(browser: Browser) -> Finding:
    if browser.locks:
        return Finding("locks", "ok", Text(ko="Web Locks 있음", en="Web Locks are there"))
    return Finding(
        "locks",
        "note",
        Text(ko="이 브라우저에는 Web Locks가 없습니다", en="this browser has no Web Locks"),
        Text(
            ko="두 탭을 함께 열면 나중에 저장한 쪽만 남습니다",
            en="of two tabs at once, only what the later one keeps will stay",
        ),
        Text(ko="탭을 하나만 여십시오", en="open one tab alone"),
    )


def _storage(browser: Browser) -> Finding:
    if browser.quota is None:
        seen = Text(ko="저장 공간의 크기는 알 수 없습니다", en="how much the browser may keep cannot be found out")
        return Finding("storage", "ok", seen)
    left = browser.quota - (browser.used or 0)
    seen = Text(ko="저장 공간: {left} MiB 남음(전체 {quota} MiB)", en="storage: {left} MiB left of {quota} MiB").format(
        left=left // 2**20, quota=browser.quota // 2**20
    )
    if left >= SMALL:
        return Finding("storage", "ok", seen)
    return Finding(
        "storage",
        "note",
        seen,
        Text(
            ko="시크릿 창이거나 디스크가 거의 찼습니다. 저장된 것이 사라지거나 더 저장되지 않을 수 있습니다",
            en="this is a private window, or the disk is nearly full: what is kept may vanish, or no more be kept",
        ),
        ORDINARY_WINDOW,
    )


def _kept(trouble: Text | None) -> Finding:
    if trouble is None:
        seen = Text(
            ko="클러스터의 상태가 이 브라우저에 저장됩니다", en="the state of the cluster is kept in this browser"
        )
        return Finding("kept", "ok", seen)
    return Finding("kept", "error", trouble, None, ORDINARY_WINDOW)
