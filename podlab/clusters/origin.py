"""The kernels of one browser that are of one site: one of them has the cluster, the others ask it.

Who has it is settled by the Web Locks API: the lock is let go by the browser itself when a tab is closed or killed, and
the next one in line gets it. What they say to each other goes over a BroadcastChannel. Rejected: a SharedWorker with
the cluster in it (no stack switching from outside, and gone on Chrome for Android), and a note with a time in the
browser's storage (two can write it at once, and a killed tab leaves it behind).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

SCRIPT = """(name, me, hear, won) => {
  if (!("locks" in navigator)) return null;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => hear(event.data);
  let leave = () => undefined;
  const stay = () => new Promise((done) => { leave = done; });
  navigator.locks.request(`${name} ${me}`, () => new Promise(() => undefined));
  return {
    post: (text) => channel.postMessage(text),
    claim: () => new Promise((decided) => {
      navigator.locks.request(name, {ifAvailable: true}, (lock) => {
        decided(Boolean(lock));
        if (lock) return stay();
        navigator.locks.request(name, () => (won() ? stay() : undefined));
      });
    }),
    leave: () => leave(),
    whenGone: (who, then) => navigator.locks.request(`${name} ${who}`, () => then(who)),
  };
}"""


class Origin(Protocol):
    """The other kernels, as one sees them."""

    me: str
    page: str
    """Which JupyterLite this kernel belongs to: a tab of the browser."""
    can_wait: bool

    def post(self, text: str) -> object:
        """Say it to all the others."""

    def claim(self, then: Callable[[bool], None]) -> object:
        """Ask for the cluster; an awaitable of whether nobody else has it, which `then` is told, too."""

    def leave(self) -> object:
        """Let the next one have the cluster."""

    def when_gone(self, who: str, then: Callable[[str], None]) -> object:
        """Call when the kernel of that name has ended."""


Join = Callable[[str, Callable[[str], None], Callable[[], bool]], Origin | None]


def join(name: str, hear: Callable[[str], None], won: Callable[[], bool]) -> Origin | None:
    """Be one of the kernels that share the cluster of that name; None where there are no locks, or no browser.

    Args:
        name: the cluster's.
        hear: is told what the others say.
        won: the cluster has come to this kernel, because who had it is gone; false to pass it on.
    """
    import js
    from pyodide.code import run_js
    from pyodide.ffi import create_proxy

    if not hasattr(js, "location"):  # no browser: Node.js
        return None
    site = str(js.location.href).split("/extensions/")[0]
    me = str(js.crypto.randomUUID()) if hasattr(js.crypto, "randomUUID") else ""
    found = run_js(SCRIPT)(f"podlab {site} {name}", me, create_proxy(hear), create_proxy(won))
    return Browser(found, me, _page()) if found else None


class Browser:
    """An `Origin`, by the browser's own means."""

    def __init__(self, bridge: Any, me: str, page: str) -> None:
        from pyodide.ffi import can_run_sync

        self._bridge, self.me, self.page, self.can_wait = bridge, me, page, bool(can_run_sync())

    def post(self, text: str) -> object:
        """Say it through the site's BroadcastChannel."""
        return self._bridge.post(text)

    def claim(self, then: Callable[[bool], None]) -> object:
        """Ask for the site's lock; the answer is waited for where that can be done, else it is a promise."""
        from pyodide.ffi import run_sync

        promise = self._bridge.claim()
        if self.can_wait:
            then(bool(run_sync(promise)))
            return None
        return promise.then(then)

    def leave(self) -> object:
        """Give the lock back: the browser tells the one that waits longest."""
        return self._bridge.leave()

    def when_gone(self, who: str, then: Callable[[str], None]) -> object:
        """Wait for the lock that a kernel holds while it lives."""
        from pyodide.ffi import create_once_callable

        return self._bridge.whenGone(who, create_once_callable(then))


def _page() -> str:
    """What JupyterLite calls the tab when the kernel asks it for a file."""
    import pyodide_js

    try:
        return str(pyodide_js.FS.lookupPath("/drive").node.mount.type.API._browsingContextId)
    except Exception:  # JavaScript's own errors: no such folder, or another JupyterLite
        return ""
