"""One cluster for several kernels: one has it, the others ask it, and the next in line goes on with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import pytest

from podlab.client import Client
from podlab.clusters.sharing import NEXT_DOOR, OTHER_TAB, Share
from podlab.clusters.tunnel import Message, decode, encode
from podlab.errors import ClusterError
from podlab.kubeconfig import transport
from podlab.kubeconfig.eventloop import EventLoop
from podlab.kubeconfig.inprocess import InProcess
from tests.virtualtime import Naps

Receive = Callable[[], asyncio.Future[Message]]


class Line:
    """A browser: who waits for its one lock, in order, and who hears what is said."""

    def __init__(self, loop: EventLoop) -> None:
        self.loop = loop
        self.kernels: list[Kernel] = []
        self.queue: list[Kernel] = []
        self.mourners: dict[str, list[Callable[[str], None]]] = {}

    def join(self, page: str, can_wait: bool = True) -> Callable[..., Kernel]:
        return lambda name, hear, won: Kernel(self, page, can_wait, hear, won)

    def leave(self, kernel: Kernel) -> None:
        """It lets go of the lock, or its worker is ended."""
        self.queue.remove(kernel)
        while self.queue and not self.queue[0].won():
            self.queue.pop(0)


class Kernel:
    """An `Origin` in a browser that is a list."""

    def __init__(
        self, line: Line, page: str, can_wait: bool, hear: Callable[[str], None], won: Callable[[], bool]
    ) -> None:
        self._line, self.page, self.can_wait, self._hear, self.won = line, page, can_wait, hear, won
        self.me = f"kernel-{len(line.kernels)}"
        line.kernels.append(self)

    def post(self, text: str) -> object:
        for other in self._line.kernels:
            if other is not self:
                self._line.loop.call_soon(other._hear, text)
        return None

    def claim(self, then: Callable[[bool], None]) -> object:
        self._line.queue.append(self)
        decided = self._line.queue[0] is self
        if self.can_wait:
            then(decided)
        else:
            self._line.loop.call_soon(then, decided)
        return None

    def leave(self) -> object:
        if self in self._line.queue:
            self._line.leave(self)
        return None

    def when_gone(self, who: str, then: Callable[[str], None]) -> object:
        self._line.mourners.setdefault(who, []).append(then)
        return None

    def killed(self) -> None:
        """Its tab is closed."""
        self._line.kernels.remove(self)
        for mourner in self._line.mourners.pop(self.me, []):
            mourner(self.me)
        self.leave()


@pytest.fixture
def loop() -> Iterator[EventLoop]:
    made = Naps().loop()
    yield made
    made.close()


@pytest.fixture
def line(loop: EventLoop) -> Line:
    return Line(loop)


Log = list[str]


def share(line: Line, page: str, log: Log, can_wait: bool = True, take: Callable[[], object] = lambda: None) -> Share:
    def won() -> None:
        log.append("won")
        take()

    return Share("lab", line.loop, line.join(page, can_wait), won, lambda: log.append("deleted"))


def hosting(line: Line, page: str = "a") -> Share:
    first = share(line, page, [])
    assert first.claim()
    first.host(echo)
    return first


async def echo(scope: Message, receive: Receive, send: Callable[[Message], asyncio.Future[None]]) -> None:
    """Says what it was asked, then goes on as a watch does until the other side hangs up."""
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"server", b"echo")]})
    await send({"type": "http.response.body", "body": scope["query_string"] + b" " + body, "more_body": True})
    if b"watch" in scope["query_string"]:
        OPEN.append(scope["query_string"])
        try:
            await receive()
        finally:
            OPEN.remove(scope["query_string"])
    await send({"type": "http.response.body", "body": b"", "more_body": False})


OPEN: list[bytes] = []
SERVER = "https://127.0.0.1:6443"


def test_bytes_arrive_as_they_are() -> None:
    whole = {"body": b"\x00\xff", "headers": [[b"a", b"b"]], "text": "파드", "base64": 1}
    assert decode(encode(whole)) == whole


def test_the_first_has_the_cluster_and_the_second_asks_it(line: Line) -> None:
    hosting(line)
    second = share(line, "a", [])
    assert not second.claim()
    second.meet()
    assert second.guest
    answer = InProcess(second.guest, line.loop).request("POST", "/x?q=1", [], b"body", 5, ("", ""))
    assert (answer.status, answer.headers, answer.read()) == (200, [("server", "echo")], b"q=1 body")


@pytest.mark.parametrize(("page", "why"), [("a", NEXT_DOOR), ("b", OTHER_TAB)])
def test_it_says_where_the_cluster_is(line: Line, page: str, why: object) -> None:
    hosting(line, "a")
    second = share(line, page, [])
    second.claim()
    second.meet()
    assert second.why() == why


def test_a_guest_that_hangs_up_or_is_gone_leaves_nothing_open(line: Line) -> None:
    hosting(line)
    second = share(line, "a", [])
    second.claim()
    second.meet()
    assert second.guest
    way = InProcess(second.guest, line.loop)
    first, _ = (way.request("GET", f"/x?watch={n}", [], None, 5, ("", "")) for n in "12")
    next(first.chunks())
    assert OPEN == [b"watch=1", b"watch=2"]
    first.close()
    line.loop.pause(1)
    assert OPEN == [b"watch=2"]
    line.kernels[1].killed()
    line.loop.pause(1)
    assert OPEN == []


def test_when_the_first_is_gone_the_second_has_the_cluster_and_what_was_open_ends(line: Line) -> None:
    hosting(line)
    log: Log = []
    second = share(line, "b", log)
    second.claim()
    second.meet()
    assert second.guest
    watch = InProcess(second.guest, line.loop).request("GET", "/x?watch=1", [], None, 5, ("", ""))
    line.kernels[0].killed()
    assert (log, second.mine) == (["won"], True)
    assert watch.read() == b"watch=1 "


def leaving(line: Line) -> tuple[Share, Share]:
    """The second and the third of three kernels, while the first is killed: its lock is let go a while later."""
    hosting(line)
    second = share(line, "b", [], take=lambda: second.host(echo))
    third = share(line, "c", [])
    for each in (second, third):
        each.claim()
        each.meet()
    first = line.kernels.pop(0)  # it hears nothing any more
    line.loop.call_later(0.2, line.leave, first)
    return second, third


@pytest.mark.parametrize("which", [0, 1])
def test_what_reads_and_was_asked_of_one_that_was_already_gone_is_answered(line: Line, which: int) -> None:
    asking = leaving(line)[which]
    assert asking.guest
    assert InProcess(asking.guest, line.loop).request("GET", "/x?q=1", [], b"", 5, ("", "")).read() == b"q=1 "


@contextlib.contextmanager
def asked(share: Share, line: Line) -> Iterator[Client]:
    """A client of a kernel that has not got the cluster."""
    assert share.guest
    transport.mount(SERVER, InProcess(share.guest, line.loop))
    yield Client(server=SERVER)
    transport.unmount(SERVER)


@pytest.mark.parametrize("which", [0, 1])
def test_of_a_write_that_was_open_then_it_is_said_that_nobody_knows_and_to_look(line: Line, which: int) -> None:
    asking = leaving(line)[which]
    with asked(asking, line) as client, pytest.raises(ClusterError, match="is not known") as caught:
        client.request("POST", "/x?q=1", body={})
    assert caught.value.hint
    assert "kubectl get" in str(caught.value.hint)


def test_a_watch_ends_when_a_third_goes_on_with_the_cluster(line: Line) -> None:
    hosting(line)
    second = share(line, "b", [], take=lambda: second.host(echo))
    third = share(line, "c", [])
    for each in (second, third):
        each.claim()
        each.meet()
    assert third.guest
    watch = InProcess(third.guest, line.loop).request("GET", "/x?watch=1", [], None, 5, ("", ""))
    line.kernels[0].killed()
    assert watch.read() == b"watch=1 "


def test_one_that_is_busy_is_named_as_such(line: Line) -> None:
    share(line, "a", []).claim()  # and never answers
    second = share(line, "b", [])
    assert not second.claim()
    with pytest.raises(ClusterError, match="does not answer while its cell is running"):
        second.meet()


def test_where_one_cannot_wait_nobody_writes_before_it_is_known(line: Line) -> None:
    first, second = share(line, "a", [], can_wait=False), share(line, "b", [], can_wait=False)
    assert first.claim()
    assert second.claim()
    assert (first.mine, second.mine) == (None, None)
    line.loop.pause(1)
    assert (first.mine, second.mine) == (True, False)


def test_a_cluster_that_is_deleted_is_nobodys(line: Line) -> None:
    first, log = hosting(line), Log()
    second = share(line, "b", log)
    second.claim()
    second.meet()
    second.end()
    line.loop.pause(1)
    first.end()
    line.loop.pause(1)
    assert log == ["deleted"]
    assert line.queue == []


def test_alone_it_is_ones_own(loop: EventLoop) -> None:
    alone = Share("lab", loop, lambda *_: None, lambda: None, lambda: None)
    assert alone.claim()
    alone.host(echo)
    alone.end()
    assert alone.mine
