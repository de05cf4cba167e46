"""The cluster of a browser tab, here in a process with threads: nothing of it needs them or may use them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from podlab import clusters
from podlab.client import Client
from podlab.clusters import state
from podlab.clusters.browser import Absent
from podlab.clusters.tab import KEEP_AFTER, Tab, running
from podlab.embedded.stepping import SteppingClock
from podlab.errors import ClusterError
from podlab.kubeconfig import eventloop
from podlab.kubectl import Kubectl
from tests.virtualtime import shared_loop


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    with shared_loop():
        yield tmp_path
        for cluster in state.clusters():
            Tab(SteppingClock).down(cluster)


def reloaded(name: str = "lab") -> clusters.Cluster:
    """What is there after the tab was closed and opened again."""
    cluster = state.cluster_named(name)
    assert cluster
    there = running(cluster)
    assert there
    there.forget()
    return Tab(SteppingClock).up(name)


def kubectl(cluster: clusters.Cluster) -> Kubectl:
    return Kubectl(Client(cluster.kubeconfig))


def test_it_answers_like_any_other() -> None:
    cluster = Tab(SteppingClock).up("lab")
    assert cluster.answers()
    assert cluster.status().summary.en.startswith("cluster lab (embedded), Kubernetes v1.")
    assert (cluster.status().ready, cluster.simulated) == (True, True)
    assert Tab(SteppingClock).find() == [cluster]


def test_up_again_is_the_same_cluster() -> None:
    first = running(Tab(SteppingClock).up("lab"))
    assert running(Tab(SteppingClock).up("lab")) is first


def test_two_clusters_have_two_addresses() -> None:
    one, other = Tab(SteppingClock).up("one"), Tab(SteppingClock).up("other")
    kubectl(one).run("web", image="nginx:1.27")
    assert "No resources found" in kubectl(other).get("pods").stderr
    assert Client(one.kubeconfig).server != Client(other.kubeconfig).server


def test_what_it_holds_is_there_after_a_reload() -> None:
    one = kubectl(Tab(SteppingClock).up("lab"))
    one.run("web", image="nginx:1.27")
    one.wait("pod/web", for_="condition=Ready", timeout="60s")
    before = one.get("pods", output="jsonpath={.items[0].metadata.uid} {.items[0].status.containerStatuses[0]}")
    eventloop.pause(2 * KEEP_AFTER)
    again = kubectl(reloaded())
    after = again.get("pods", output="jsonpath={.items[0].metadata.uid} {.items[0].status.containerStatuses[0]}")
    assert str(after) == str(before)
    assert again.exec("web", "echo", "alive").exit_code == 0


def test_a_tab_that_is_killed_in_a_rollout_goes_on_with_it() -> None:
    one = kubectl(Tab(SteppingClock).up("lab"))
    one.create("deployment", "web", image="nginx:1.27", replicas=3)
    eventloop.pause(2 * KEEP_AFTER)
    one.client.request("GET", "/version")
    again = kubectl(reloaded())
    again.rollout("status", "deployment/web", timeout="120s")
    assert "3/3" in str(again.get("deployments"))


def test_down_forgets_what_it_held() -> None:
    cluster = Tab(SteppingClock).up("lab")
    kubectl(cluster).run("web", image="nginx:1.27")
    eventloop.pause(2 * KEEP_AFTER)
    Tab(SteppingClock).down(cluster)
    assert not cluster.kubeconfig.exists()
    assert not cluster.answers()
    assert "No resources found" in kubectl(Tab(SteppingClock).up("lab")).get("pods").stderr


@pytest.mark.parametrize("spoilt", ["", "%%%", base64.b64encode(b"no zlib").decode(), "eJxLTEoGAAJNASc="])
def test_what_cannot_be_read_is_an_empty_cluster(spoilt: str, home: Path) -> None:
    folder = state.folder("lab")
    folder.mkdir(parents=True)
    (folder / "state.txt").write_text(spoilt)
    assert Tab(SteppingClock).up("lab").answers()


def test_where_nothing_is_kept_it_goes_on_and_says_so() -> None:
    cluster = Tab(SteppingClock).up("lab")
    there = running(cluster)
    assert there
    eventloop.pause(2 * KEEP_AFTER)
    assert there.trouble is None
    file = state.folder("lab") / "state.txt"
    file.unlink()
    file.mkdir()  # what a storage that is denied or full looks like: it cannot be written
    kubectl(cluster).run("web", image="nginx:1.27")
    eventloop.pause(2 * KEEP_AFTER)
    assert there.trouble is not None
    assert "Is a directory" in there.trouble.en
    file.rmdir()
    kubectl(cluster).delete("pod", "web", wait=False)
    eventloop.pause(2 * KEEP_AFTER)
    assert there.trouble is None
    assert file.stat().st_size > 1000


def test_nothing_else_can_be_had_there() -> None:
    assert Absent().find() == []
    with pytest.raises(ClusterError, match="in this tab and no other"):
        Absent().up("podlab")


class Undecided:
    """An `Origin` of a browser that cannot wait: whose the cluster is comes later."""

    me, page, can_wait = "me", "page", False

    def __init__(self, *_: object) -> None:
        self.then: Callable[[bool], None] = lambda mine: None

    def post(self, text: str) -> object:
        return None

    def claim(self, then: Callable[[bool], None]) -> object:
        self.then = then
        return None

    def leave(self) -> object:
        return None

    def when_gone(self, who: str, then: Callable[[str], None]) -> object:
        return None


@pytest.mark.parametrize("mine", [True, False])
def test_nothing_is_written_before_it_is_known_whose_the_cluster_is(mine: bool) -> None:
    origins: list[Undecided] = []

    def join(*given: object) -> Undecided:
        origins.append(Undecided(*given))
        return origins[-1]

    cluster = Tab(SteppingClock, join=join).up("lab")
    there, file = running(cluster), state.folder("lab") / "state.txt"
    assert there
    eventloop.pause(3 * KEEP_AFTER)
    there.keep()
    assert (there.trouble, file.exists()) == (None, False)
    origins[0].then(mine)
    eventloop.pause(3 * KEEP_AFTER)
    assert file.exists() is mine
    assert (there.trouble is None) is mine
