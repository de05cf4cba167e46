"""What every panel is: traits written by one thread, a watch only while somebody looks, a twin for documents."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
from traitlets import Dict, Float, Unicode

from podlab.errors import PodlabError
from podlab.panels import writer
from podlab.panels.feed import Feed, feed
from podlab.panels.presses import LABELS, Presses
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client
    from podlab.kubectl import Kubectl

HERE = Path(__file__).parent
LEASE = 600.0  # seconds a view counts as seen after it was last heard from: a closed browser tab says nothing

Object = Mapping[str, Any]

UNITS = Text(ko="년 일 시간 분 초", en="y d h m s")
CONNECTION = {
    "units": UNITS,
    "connecting": Text(ko="연결하는 중", en="Connecting"),
    "live": Text(ko="실시간", en="Live"),
    "refused": Text(ko="서버가 거절했습니다", en="The server refused"),
    "working": LABELS["working"],
    "severed": LABELS["severed"],
    "unheard": LABELS["unheard"],
    "lost": Text(ko="연결이 끊겨 다시 연결하는 중", en="Connection lost, trying again"),
}


NO_NAME = Text(
    ko="{panel}에는 파드의 이름이 필요합니다. 여기에는 {given!r}{이/가} 있습니다.",
    en="{panel} takes the name of a Pod; here is {given!r}.",
)
NAMED = Text(
    ko='이렇게 씁니다: `{panel}(kubectl, "{name}")`', en='It is written like this: `{panel}(kubectl, "{name}")`'
)
NO_NAMESPACE = Text(
    ko="{given!r}{이라는/라는} 네임스페이스는 있을 수 없습니다. {panel}{은/는} 네임스페이스 전체를 보여 줍니다.",
    en="There can be no namespace {given!r}: {panel} shows all of a namespace.",
)
WHOLE = Text(ko="이렇게 씁니다: `{panel}(kubectl)`", en="It is written like this: `{panel}(kubectl)`")
PODS = ("pod", "pods", "po")


def pod_named(panel: str, name: object, namespace: object = None) -> str:
    """The Pod's name, which may come as `pod/web`.

    Raises:
        PodlabError: it is none.
    """
    kind, _, rest = str(name).rpartition("/")
    if isinstance(name, str) and rest and kind.lower() in ("", *PODS) and not (rest in PODS and namespace):
        return rest
    meant = str(namespace) if str(name) in PODS and namespace else "web"
    given = name if isinstance(name, str) else type(name).__name__
    raise PodlabError(NO_NAME.format(panel=panel, given=given), NAMED.format(panel=panel, name=meant))


def module(*names: str) -> str:
    """The JavaScript of a panel: what all panels share, then its own parts, in order."""
    return "\n".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in ("live", *names))


def coded(sentence: str) -> str:
    """A sentence as HTML, its `names` as code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(sentence))


def spoken(age: str) -> str:
    """An age within a sentence: `3m12s` is 3분 12초 in Korean."""
    units = dict(zip("ydhms", str(UNITS).split(), strict=True))
    words = re.sub(r"(\d+)([ydhms])", lambda found: f"{found[1]}{units[found[2]]}", age)
    return re.sub(r"(?<=[가-힣])(?=\d)", " ", words)


def hear_while_busy(widget: anywidget.AnyWidget) -> None:
    """Let the widget hear its views while a cell is running; to be called after every write of a trait."""
    # ipykernel 7.4 sends a view's messages to where the comm last wrote from, here the main shell, and there
    # they wait for the running cell; without that memory they go to the subshell that JupyterLab asks for.
    getattr(widget.comm, "__dict__", {}).pop("_reply_subshell_id", None)


class Panel(anywidget.AnyWidget):
    """A live view of the Pods of one namespace. A subclass says what to draw (`_draw`) and its twin (`_twin`)."""

    _css = HERE / "panel.css"
    grace = 5.0  # seconds until the watch of a panel that nobody sees is closed
    labels = Dict().tag(sync=True)
    connection = Unicode("connecting").tag(sync=True)
    server_time = Float(0.0).tag(sync=True)

    def __init__(self, source: Kubectl | Client, namespace: str | None, labels: Mapping[str, Text]) -> None:
        self._client: Client = source.client if hasattr(source, "client") else source
        self._namespace: str = namespace or source.namespace
        if "/" in self._namespace:
            panel = type(self).__name__
            told = NO_NAMESPACE.format(panel=panel, given=self._namespace)
            raise PodlabError(told, WHOLE.format(panel=panel))
        self._guard = threading.Lock()
        self._views: dict[str, bool] = {}
        self._deadline: float | None = None
        self._clock_wanted = True
        self._feed: Feed = feed(self._client, f"/api/v1/namespaces/{self._namespace}/pods")
        self._presses = Presses(self.send)
        super().__init__(labels={name: str(text) for name, text in (CONNECTION | dict(labels)).items()})
        self.on_msg(self._heard)

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        """The traits that show these Pods."""
        raise NotImplementedError

    def _twin(self, pods: list[Object], now: datetime) -> str:
        """What the panel says at `now`, as HTML that needs neither script nor style."""
        raise NotImplementedError

    def _act(self, content: Mapping[str, Any]) -> None:
        """Do what somebody asked for in the view; a panel with buttons has more to say here."""

    def follow(self) -> None:
        """Follow the Pods from now on: for a panel within another widget, whose view may never be heard saying so."""
        self._wanted(LEASE)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle, metadata = super()._repr_mimebundle_() or ({}, {})
        bundle |= {"text/plain": repr(self), "text/html": self._moment()}
        self._wanted(LEASE)
        self._hear_while_busy()
        return bundle, metadata

    def _moment(self) -> str:
        try:
            pods = self._client.get(self._feed.path)["items"]
            return self._twin(pods, self._client.server_now())
        except PodlabError as error:
            return f"<p>{escape(str(error))}</p>"

    def _heard(self, _: Any, content: Mapping[str, Any], __: Any) -> None:
        """A view says that it is shown, hidden or gone, or that somebody acts on it."""
        view, event = str(content.get("view")), content.get("event")
        if "view" not in content:
            self._presses.take(content, lambda: self._act(content))
            writer.schedule(self)
            return
        if event == "gone":
            self._views.pop(view, None)
        elif event in ("show", "hide"):
            self._views[view] = event == "show"
        self._wanted(LEASE if any(self._views.values()) else self.grace)

    def _wanted(self, seconds: float) -> None:
        """Follow the feed for so long from now, unless a view says something else before."""
        with self._guard:
            opening = self._deadline is None and seconds == LEASE
            if opening or self._deadline is not None:
                self._deadline = time.monotonic() + seconds
            if opening:
                self._feed.follow(self._changed)
        self._clock_wanted = True
        writer.schedule(self)

    def _follow_too(self, other: Feed) -> None:
        """Follow another feed while the Pods are followed: a write may come after `close()`, and nobody would leave."""
        with self._guard:
            if self._deadline is not None:
                other.follow(self._changed)

    def _changed(self, _: Object) -> None:
        writer.schedule(self)

    def write(self) -> None:
        """Put what is known into traits; called by the writer's thread only."""
        traits = dict(self._draw(self._feed.objects())) | {"connection": self._feed.connection}
        if self._feed.connection == "connecting":
            traits = {"connection": "connecting"}
        if self._clock_wanted and self._feed.connection == "live":
            self._clock_wanted = False
            traits["server_time"] = self._client.server_now().timestamp() * 1000
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)
        self._hear_while_busy()

    def _hear_while_busy(self) -> None:
        hear_while_busy(self)

    def expire(self, now: float) -> float | None:
        """Close the watch when nobody has looked for long enough; else when to ask again."""
        with self._guard:
            if self._deadline is None or now < self._deadline:
                return self._deadline
            self._deadline = None
            self._feed.leave(self._changed)
        self._release()
        return None

    def _release(self) -> None:
        """Let go of what only a panel that is seen needs."""

    def close(self) -> None:
        """Close the widget and its share of the watch."""
        if hasattr(self, "_feed"):  # one that was called wrongly has none, and is closed all the same
            with self._guard:
                self._deadline = None
            self._feed.leave(self._changed)
            self._release()
        super().close()
