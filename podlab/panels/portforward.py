"""PortForward: a port of this computer that leads into the cluster, and the link to click."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from podlab.errors import PodlabError
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.kubectl import Kubectl
    from podlab.kubectl.forwarding import Forward

OPEN = Text(ko="브라우저에서 {url} 열기", en="Open {url} in your browser")
LEADS = Text(ko="{pod} 파드의 {port}번 포트로 이어집니다.", en="It leads to port {port} of the Pod {pod}.")
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
        self._target, self._port = target, port
        self._forward: Forward | None = None
        try:
            self._forward = kubectl.port_forward(target, f":{port}")
            self.html = _link(self._forward)
        except PodlabError as error:
            self.html = "".join(f"<p>{escape(str(each))}</p>" for each in (error, error.hint) if each)

    @property
    def url(self) -> str:
        """The address for a browser; empty where no port could be had."""
        return self._forward.url if self._forward else ""

    def close(self) -> None:
        """Give the local port back."""
        if self._forward:
            self._forward.close()

    def __repr__(self) -> str:
        return f"PortForward({self._target!r}, {self._port})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from ipywidgets import HTML  # the link has the local port, which no stored output may have

        command = f"<code>kubectl port-forward {escape(self._target)} 8080:{self._port}</code>"
        twin: Mapping[str, Any] = {
            "text/plain": repr(self),
            "text/html": f"<p>{escape(str(TWIN)).format(command=command)}</p>",
        }
        return {**(HTML(self.html)._repr_mimebundle_() or {}), **twin}


def _link(forward: Forward) -> str:
    shown = str(OPEN.format(url=forward.url))
    pod = forward.path.split("/pods/")[1].split("/")[0]
    leads = str(LEADS.format(pod=pod, port=forward.ports[0].remote))
    style = "color:var(--jp-content-link-color);text-decoration:underline"  # in a widget a link looks like any text
    anchor = f'<a href="{escape(forward.url)}" target="_blank" rel="noopener" style="{style}">{escape(shown)}</a>'
    return f"<p>{anchor}</p><p>{escape(leads)}</p>"
