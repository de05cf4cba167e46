"""PortForward: a port of this computer that leads into the cluster, and the link to click."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from podlab.errors import PodlabError
from podlab.panels.panel import coded
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl
    from podlab.kubectl.forwarding import Forward

OPEN = Text(ko="브라우저에서 {url} 열기", en="Open {url} in your browser")
LEADS = Text(ko="{pod} 파드의 {port}번 포트로 이어집니다.", en="It leads to port {port} of the Pod {pod}.")
NO_PORT = Text(ko="{port!r}{은/는} 포트가 아닙니다", en="{port!r} is no port")
ONE_PORT = Text(
    ko='클러스터 안의 포트만 적습니다. 컴퓨터의 포트는 비어 있는 것을 고릅니다: `PortForward(kubectl, "{target}", 80)`',
    en="Give the port in the cluster alone; of your computer's a free one is taken: "
    '`PortForward(kubectl, "{target}", 80)`',
)
LOST = Text(
    ko="{pod} 파드의 {port}번 포트에 더는 닿지 않습니다. 파드가 사라졌거나, 그 포트를 연 프로세스가 없습니다. "
    "`kubectl get pods`로 본 다음 이 셀을 다시 실행하면 새로 잇습니다.",
    en="Port {port} of the Pod {pod} is out of reach: the Pod is gone, or no process has that port open. Look at "
    "`kubectl get pods`, then run this cell again to connect anew.",
)
TWIN = Text(
    ko="여러분의 컴퓨터와 클러스터를 잇는 포트입니다. 터미널에서는: {command}",
    en="A port that joins your computer and the cluster. In a terminal: {command}",
)


class PortForward:
    """`kubectl port-forward` for as long as the kernel runs, or until `close()`; any free local port is taken.

    Args:
        kubectl: what `start()` gave.
        target: a Pod, or a Service or controller whose Pod is meant, such as `service/web`.
        port: the port there.
    """

    def __init__(self, kubectl: Kubectl, target: str, port: int) -> None:
        if not re.fullmatch("[0-9]+|[a-z][a-z0-9-]*", str(port)):
            raise PodlabError(NO_PORT.format(port=port), ONE_PORT.format(target=target))
        self._target, self._port = target, port
        self._forward: Forward | None = None
        self._shown: list[Any] = []
        try:
            self._forward = kubectl.port_forward(target, f":{port}")
            self.html = _link(self._forward)
            self._forward.lost = self._lost
        except PodlabError as error:
            self.html = "".join(f"<p>{coded(str(each))}</p>" for each in (error, error.hint) if each)

    @property
    def url(self) -> str:
        """The address for a browser; empty where no port could be had."""
        return self._forward.url if self._forward else ""

    def close(self) -> None:
        """Give the local port back."""
        if self._forward:
            self._forward.close()

    def _lost(self) -> None:
        """Tell it in place of the link, wherever that is shown."""
        if self._forward:
            self.html = f"<p>{coded(str(LOST.format(**_end(self._forward))))}</p>"
        for each in self._shown:
            each.value = self.html

    def __repr__(self) -> str:
        return f"PortForward({self._target!r}, {self._port})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from ipywidgets import HTML  # the link has the local port, which no stored output may have

        command = f"<code>kubectl port-forward {escape(self._target)} 8080:{self._port}</code>"
        twin: Mapping[str, Any] = {
            "text/plain": repr(self),
            "text/html": f"<p>{escape(str(TWIN)).format(command=command)}</p>",
        }
        self._shown.append(HTML(self.html))
        return {**(self._shown[-1]._repr_mimebundle_() or {}), **twin}


def _link(forward: Forward) -> str:
    shown = str(OPEN.format(url=forward.url))
    leads = str(LEADS.format(**_end(forward)))
    style = "color:var(--jp-content-link-color);text-decoration:underline"  # in a widget a link looks like any text
    anchor = f'<a href="{escape(forward.url)}" target="_blank" rel="noopener" style="{style}">{escape(shown)}</a>'
    return f"<p>{anchor}</p><p>{escape(leads)}</p>"


def _end(forward: Forward) -> dict[str, object]:
    """Where it leads: the Pod's name, and its port."""
    return {"pod": forward.path.split("/pods/")[1].split("/")[0], "port": forward.ports[0].remote}
