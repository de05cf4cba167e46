"""The cluster of a browser tab: it lives in the kernel itself, and what it holds is kept as one file.

A tab has no processes, no sockets and no threads. The cluster's loop is turned by the kit's own waiting, and by the
tab's own loop in between. The store is in memory; a second after a change it is written, whole and compressed, into
the state folder: JupyterLite's contents drive, which the browser keeps (IndexedDB) and which can be written without
waiting in every browser. Rejected: SQLite on that drive (each open file is sent whole), IDBFS and the origin's private
file system (nothing can be read from them without waiting, which only stack switching could do here).

The notebooks of one tab have one kernel (`site/page.js`); a learner may have several kernels, in one tab or more. The
first that starts the cluster has it and is the only one that writes; the others ask it (`sharing.py`). When it ends,
the next one reads what was kept and goes on.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from podlab.clusters import origin, state
from podlab.clusters.browser import is_tab
from podlab.clusters.cluster import Cluster, silent
from podlab.clusters.origin import Join
from podlab.clusters.progress import Report
from podlab.clusters.sharing import ANOTHER_WRITES, Share
from podlab.embedded.clock import Clock, RealClock
from podlab.embedded.image import Unreadable
from podlab.embedded.server import Core
from podlab.embedded.stepping import SteppingClock
from podlab.kubeconfig import eventloop, pools, transport
from podlab.kubeconfig.eventloop import EventLoop
from podlab.kubeconfig.inprocess import InProcess
from podlab.text import Text

PORT = 6443
"""Where kube-apiserver listens; here it only makes the server's address look like one."""
KEEP_AFTER = 1.0
"""Real seconds from a change to its being kept."""
COMPACT_EVERY = 300.0
"""Real seconds between compactions, as kube-apiserver's."""
COMPACT_ABOVE = 1000
"""Writes after which a compaction does not wait: memory that a tab has taken it never gives back."""
BEAT, ASLEEP = 60.0, 300.0
"""Real seconds between two looks at the clock, and how much later than that is a sleep."""
PADDING = "."
"""After what is kept, so that more can be put in its place: no letter of base64."""
TOKEN = "admin"
NOT_KEPT = Text(
    ko="브라우저가 클러스터의 상태를 저장하지 않았습니다({why}). 이 탭을 닫거나 새로 고치면 사라집니다.",
    en="the browser did not keep the state of the cluster ({why}): it is gone when this tab is closed or reloaded",
)
SLEPT = Text(
    ko="이 탭이 {minutes}분 멈춰 있었습니다(숨겨졌거나 셀이 바빴습니다). 클러스터도 함께 멈추었다가 이어서 갑니다",
    en="this tab stood still for {minutes} minutes (hidden, or busy with a cell); its cluster did too; now it goes on",
)


class Tab:
    """The provider of the clusters that the kernels of a browser have in themselves.

    Args:
        clock: makes the clock of a cluster.
        join: meets the other kernels of this browser.
        workers: nodes beside the control plane; a cluster that was kept is to be given as many again.
    """

    def __init__(self, clock: Callable[[], Clock] = RealClock, join: Join | None = None, *, workers: int = 0) -> None:
        self._clock, self._join = clock, join or (origin.join if is_tab() else _alone)
        self._workers = workers

    def find(self) -> list[Cluster]:
        """Those that podlab remembers."""
        return [cluster for cluster in state.clusters() if cluster.kind == "embedded"]

    def up(self, name: str, report: Report = silent) -> Cluster:
        """Start the cluster, unless it runs here or in another kernel; what was kept of it last is there again.

        Raises:
            ClusterError: it runs in another kernel, which does not answer.
        """
        cluster = Cluster(name, "embedded", state.kubeconfig_path(name))
        if running(cluster) or visited(cluster):
            return cluster
        report(str(Text(ko="내장 클러스터 {name} 시작", en="Starting the embedded cluster {name}").format(name=name)))
        loop = eventloop.shared() or _loop()
        eventloop.share(loop)
        pools.plug()
        address = _address(cluster) or _free_address()
        share = Share(name, loop, self._join, lambda: self._begin(name, address, share), lambda: _left(address))
        if share.claim():
            self._begin(name, address, share)
        else:
            share.meet()
            transport.mount(address, Visited(name, share, loop))
        state.remember(cluster)
        state.write(cluster.kubeconfig, json.dumps(_kubeconfig(name, address), indent=2))
        return cluster

    def _begin(self, name: str, address: str, share: Share) -> None:
        """Have the cluster in this kernel, with what was kept of it."""
        loop, file = eventloop.shared(), state.folder(name) / "state.txt"
        assert loop
        if isinstance(before := transport.mounted(address), Hosted):  # what was not to be kept
            before.forget()
        core = loop.run(_begun(name, _kept(file), self._clock(), self._workers))
        transport.mount(address, Hosted(core, loop, file, address, share))
        share.host(core.app)

    def down(self, cluster: Cluster, report: Report = silent) -> None:
        """Stop the cluster, in whichever kernel it is, and delete what it holds."""
        text = Text(ko="내장 클러스터 {name} 삭제", en="Deleting the embedded cluster {name}")
        report(str(text.format(name=cluster.name)))
        there = transport.mounted(_address(cluster))
        if isinstance(there, Hosted | Visited):
            there.share.end()
        _left(_address(cluster))
        state.forget(cluster.name)


class Visited(InProcess):
    """The way to a cluster that another kernel has."""

    def __init__(self, name: str, share: Share, loop: EventLoop) -> None:
        assert share.guest
        super().__init__(share.guest, loop)
        self.name, self.share = name, share


class Hosted(InProcess):
    """A running cluster: the way to it, and the keeping of what it holds."""

    def __init__(self, core: Core, loop: EventLoop, file: Path, address: str, share: Share) -> None:
        super().__init__(core.app, loop)
        self.core, self.share, self._file, self._address = core, share, file, address
        self._due, self._length = False, 0
        self._marked = core.store.revision
        self.trouble: Text | None = None
        self.slept: Text | None = None
        core.store.subscribe(lambda _: self._changed())
        loop.call_later(COMPACT_EVERY, self._compact, 0)
        loop.call_later(BEAT, self._beat, loop.time())
        self._soon()

    def _changed(self) -> None:
        self._soon()
        if self.core.store.revision >= self._marked + COMPACT_ABOVE:
            self._marked += COMPACT_ABOVE
            self.loop.call_soon(self._remove, self._marked - COMPACT_ABOVE // 2)

    def _soon(self) -> None:
        if not self._due:
            self._due = True
            self.loop.call_later(KEEP_AFTER, self.keep)

    def keep(self) -> None:
        """Write what the cluster holds; where the browser does not take it, the cluster goes on in memory."""
        self._due = False
        if self.core.store.closed:
            return
        if self.share.mine is None:  # the answer comes when the cell has ended
            self._soon()
            return
        if not self.share.mine:
            self.trouble = NOT_KEPT.format(why=ANOTHER_WRITES)
            return
        packed = zlib.compress(self.loop.within(self.core.store.image), 1)
        try:
            self._length = _put(self._file, base64.b64encode(packed).decode(), self._length)
            self.trouble = None
        except OSError as error:
            self._length = 0
            self.trouble = NOT_KEPT.format(why=error.strerror or str(error))

    def _beat(self, last: float) -> None:
        if self.core.store.closed:
            return
        now = self.loop.time()
        if now - last > BEAT + ASLEEP:
            self.slept = SLEPT.format(minutes=round((now - last) / 60))
        self.loop.call_later(BEAT, self._beat, now)

    def _remove(self, revision: int) -> None:
        if not self.core.store.closed:
            self.core.store.compact(revision)

    def _compact(self, revision: int) -> None:
        if self.core.store.closed:
            return
        if revision:
            self._remove(revision)
        self.loop.call_later(COMPACT_EVERY, self._compact, self.core.store.revision)

    def forget(self) -> None:
        """Stop the cluster: what was kept of it last is all that is left."""
        transport.unmount(self._address)
        self.core.stop()


def practice(workers: int) -> Tab:
    """The provider of clusters whose time skips to whatever is due next."""
    return Tab(SteppingClock, workers=workers)


def running(cluster: Cluster) -> Hosted | None:
    """The cluster, if it runs in this process."""
    found = transport.mounted(_address(cluster)) if cluster.kubeconfig.exists() else None
    return found if isinstance(found, Hosted) and found.core.name == cluster.name else None


def visited(cluster: Cluster) -> Visited | None:
    """The way to the cluster, if another kernel has it."""
    found = transport.mounted(_address(cluster)) if cluster.kubeconfig.exists() else None
    return found if isinstance(found, Visited) and found.name == cluster.name else None


def _left(address: str) -> None:
    """The cluster is deleted: there is none at the address."""
    there = transport.mounted(address)
    if isinstance(there, Hosted):
        there.forget()
    elif isinstance(there, Visited):
        transport.unmount(address)


def _alone(*_: object) -> None:
    """There are no other kernels."""


async def _begun(name: str, image: bytes | None, clock: Clock, workers: int) -> Core:
    try:
        core = Core(None, name, clock=clock, token=TOKEN, workers=workers, image=image)
    except Unreadable:  # better an empty cluster than none
        core = Core(None, name, clock=clock, token=TOKEN, workers=workers)
    core.start()
    await core.ready()
    return core


def _put(file: Path, text: str, length: int) -> int:
    """Replace the file, which has so many letters, or nobody knows (0); how many it has now.

    The drive takes a file whole when it is closed. Seven requests, for each of which the tab stands still, are two
    where the file is there already and nothing of it is left.
    """
    if not is_tab() or not len(text) <= length <= 2 * len(text):
        state.write(file, text + PADDING * (len(text) // 4))
        return len(text) + len(text) // 4
    with os.fdopen(os.open(file, os.O_WRONLY), "w", encoding="ascii") as there:
        there.write(text.ljust(length, PADDING))
    return length


def _kept(file: Path) -> bytes | None:
    try:
        text = file.read_text(encoding="ascii").rstrip(PADDING)
        return zlib.decompress(base64.b64decode(text, validate=True))
    except (OSError, ValueError, binascii.Error, zlib.error):
        return None


def _address(cluster: Cluster) -> str:
    try:
        config = json.loads(cluster.kubeconfig.read_text(encoding="utf-8"))
        return str(config["clusters"][0]["cluster"]["server"])
    except (OSError, ValueError, LookupError):
        return ""


def _free_address() -> str:
    """One that no cluster has or had."""
    port, taken = PORT, {_address(cluster) for cluster in state.clusters()}
    while (address := f"https://127.0.0.1:{port}") in taken or transport.mounted(address):
        port += 1
    return address


def _kubeconfig(name: str, address: str) -> dict[str, object]:
    context = f"podlab-{name}"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": {"server": address}}],
        "users": [{"name": context, "user": {"token": TOKEN}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        "current-context": context,
        "preferences": {},
    }


def _loop() -> EventLoop:
    """The loop of this process: the tab's own turns it while the kit does not wait."""
    import asyncio

    try:
        host = asyncio.get_running_loop()
    except RuntimeError:
        host = None
    still = _stillness() if is_tab() else time.sleep
    nap = _nap(still) if is_tab() else time.sleep
    return EventLoop(nap, still, host)  # type: ignore[abstract]  # of asyncio's methods it has those that it needs


def _stillness() -> Callable[[float], object]:
    """How a tab stands still: by a lock that nobody opens where the page has shared memory, else watching the clock."""
    try:
        import js

        lock = js.Int32Array.new(js.SharedArrayBuffer.new(4))
        js.Atomics.wait(lock, 0, 0, 0)
    except Exception:  # JavaScript's own errors: no such name, or not to be used in this thread
        return time.sleep
    return lambda seconds: js.Atomics.wait(lock, 0, 0, 1000 * seconds)


def _nap(still: Callable[[float], object]) -> Callable[[float], object]:
    """By stack switching, so that clicks are heard meanwhile, where the browser has it."""
    from pyodide.code import run_js
    from pyodide.ffi import can_run_sync, run_sync

    later = run_js("(seconds) => new Promise((done) => setTimeout(done, 1000 * seconds))")
    return lambda seconds: run_sync(later(seconds)) if can_run_sync() else still(seconds)
