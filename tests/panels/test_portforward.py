"""PortForward: a link for the eye, and a text that is the same whichever port was free."""

from __future__ import annotations

from types import SimpleNamespace

from podlab import text
from podlab.errors import PodlabError
from podlab.kubectl.forwarding import Forward, Port
from podlab.panels.portforward import PortForward


class Kubectl(SimpleNamespace):
    def port_forward(self, target: str, pair: str) -> Forward:
        if target == "service/none":
            raise PodlabError("error: <none> found")
        return Forward(None, "/api/v1/namespaces/default/pods/blue/portforward", [], print, [Port(self.local, 80)])


def test_the_link_has_the_port_and_the_stored_text_has_not():
    text.use("en")
    try:
        panels = [PortForward(Kubectl(local=local), "service/colors", 8000) for local in (41001, 41002)]
        twins = [
            {mime: value for mime, value in panel._repr_mimebundle_().items() if mime.startswith("text/")}
            for panel in panels
        ]
    finally:
        text.use(None)
    assert 'href="http://localhost:41001"' in panels[0].html and "port 80 of the Pod blue" in panels[0].html
    assert twins[0] == twins[1] and "kubectl port-forward service/colors 8080:8000" in twins[0]["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in panels[0]._repr_mimebundle_()


def test_closing_gives_the_port_back():
    panel = PortForward(Kubectl(local=41001), "service/colors", 8000)
    panel.close()
    assert panel._forward and panel._forward.wait(0)


def test_a_way_that_was_lost_is_told_in_place_of_the_link_and_in_the_forwards_own_text():
    text.use("en")
    try:
        panel = PortForward(Kubectl(local=41001), "service/colors", 8000)
        panel._repr_mimebundle_()
        panel._forward.fail()
    finally:
        text.use(None)
    assert "Port 80 of the Pod blue is out of reach" in panel.html and "<a " not in panel.html
    assert panel._shown[0].value == panel.html
    assert repr(panel._forward) == "error: lost connection to pod"


def test_what_cannot_be_reached_is_said_in_the_panel():
    panel = PortForward(Kubectl(local=0), "service/none", 80)
    assert panel.url == "" and "error: &lt;none&gt; found" in panel.html
    panel.close()
