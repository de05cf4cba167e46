"""One cluster for all notebooks and tabs of a browser: one kernel has it and writes it down, the others ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from podlab.clusters.origin import Join
from podlab.clusters.tunnel import App, Guest, Host, decode, encode
from podlab.errors import ClusterError
from podlab.kubeconfig.eventloop import EventLoop
from podlab.text import Text

PATIENCE = 10.0
"""Real seconds that the kernel with the cluster may take to say a word."""
BUSY = Text(
    ko="클러스터는 다른 노트북이나 탭에서 실행 중이고, 그쪽 셀이 끝나지 않아 답이 없습니다",
    en="the cluster runs in another notebook or tab, which does not answer while its cell is running",
)
CLOSE_IT = Text(
    ko="그 셀이 끝나기를 기다리거나 그 탭을 닫고 이 셀을 다시 실행하십시오. 닫으면 클러스터가 이리로 옵니다",
    en="wait for that cell, or close that tab, and run this cell again: when it is closed the cluster comes here",
)
NEXT_DOOR = Text(
    ko="이 탭의 다른 노트북과 함께 쓰는 클러스터",
    en="shared with another notebook of this tab",
)
OTHER_TAB = Text(
    ko="다른 탭에서 실행 중인 클러스터를 함께 씁니다. 그 탭을 닫으면 이 탭이 이어받습니다",
    en="shared with another tab, which runs it; when you close that one, this tab takes over",
)
ANOTHER_WRITES = Text(
    ko="다른 노트북이나 탭이 이미 클러스터를 저장하고 있습니다",
    en="another notebook or tab keeps its cluster already",
)


class Share:
    """A kernel's part in the cluster.

    Args:
        name: the cluster's.
        loop: the one that the cluster lives on.
        join: meets the other kernels; None of it where there can be no others.
        won: the cluster has come to this kernel.
        deleted: a kernel has deleted the cluster.
    """

    def __init__(
        self, name: str, loop: EventLoop, join: Join, won: Callable[[], object], deleted: Callable[[], object]
    ) -> None:
        self.mine: bool | None = None
        """Whether this kernel has the cluster; None while that is not known."""
        self.page = ""
        self._loop, self._take, self._deleted, self._over = loop, won, deleted, False
        self._met: asyncio.Future[None] = loop.create_future()
        self._host: Host | None = None
        self._app: App | None = None
        self._watched: set[str] = set()
        self._answers = ""
        self._origin = join(name, self._hear, self._won)
        self.guest = Guest(self._origin.me, self._origin.post) if self._origin else None

    def claim(self) -> bool:
        """Whether the cluster is to run here; where one cannot wait, that is found out later and `mine` is None."""
        if self._origin is None:
            self.mine = True
        elif not self.mine:
            self._origin.claim(self._decided)
        return self.mine is not False

    def meet(self) -> None:
        """Find the kernel that has the cluster. Raises ClusterError: it does not answer."""
        self._say("hello")
        try:
            self._loop.run(asyncio.wait_for(asyncio.shield(self._met), PATIENCE))
        except TimeoutError:
            raise ClusterError(BUSY, CLOSE_IT) from None

    def host(self, app: App) -> None:
        """Answer the others by this application."""
        self._app = app
        if self._origin:
            self._host = Host(app, self._loop, self._origin.post)
            self._say("here")

    def why(self) -> Text:
        """The words about a cluster that runs elsewhere."""
        return NEXT_DOOR if self._origin and self.page == self._origin.page else OTHER_TAB

    def end(self) -> None:
        """The cluster is deleted: nobody shall go on with it."""
        self._over = True
        if self._origin:
            self._say("deleted")
            self._origin.leave()

    def _decided(self, mine: bool) -> None:
        self.mine = mine

    def _won(self) -> bool:
        if self._over:
            return False
        self.mine = True
        self._take()
        if self.guest:
            self.guest.hang_up(self._app)
        return True

    def _say(self, what: str) -> None:
        if self._origin:
            self._origin.post(encode({"what": what, "guest": self._origin.me, "page": self._origin.page}))

    def _hear(self, text: str) -> None:
        said: dict[str, Any] = decode(text)
        match said["what"]:
            case "hello":
                self._greet(said["guest"])
            case "here":
                self._turn_to(said["guest"], said["page"])
                if not self._met.done():
                    self._met.set_result(None)
            case "deleted":
                self._over = True
                self._deleted()
            case "sent" | "end":
                if self.guest:
                    self.guest.hear(said)
            case _:
                if self._host:
                    self._host.hear(said)

    def _turn_to(self, host: str, page: str) -> None:
        """That kernel has the cluster: what was asked of the one before it is asked of this one."""
        if self.guest and self._answers not in ("", host):
            self.guest.hang_up(self.guest)
        self._answers, self.page = host, page

    def _greet(self, guest: str) -> None:
        """Say that the cluster is here, and keep in mind to forget the guest when it is gone."""
        if self._host is None or self._origin is None:
            return
        self._say("here")
        if guest not in self._watched:
            self._watched.add(guest)
            self._origin.when_gone(guest, self._gone)

    def _gone(self, guest: str) -> None:
        self._watched.discard(guest)
        if self._host:
            self._host.forget(guest)
