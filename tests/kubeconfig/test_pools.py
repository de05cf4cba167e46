"""The official client and urllib3 reach an API server in this very thread, and others as ever."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab.kubeconfig import pools
from tests.kubeconfig.test_inprocess import POD, SERVER, kubeconfig, mounted


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a cluster in this process, where urllib3 finds it."""
    with mounted():
        pools.plug()
        yield SERVER


@pytest.fixture
def official(server: str, tmp_path: Path) -> Any:
    """The official client's module, with its configuration loaded."""
    from kubernetes import client, config

    config.load_kube_config(str(kubeconfig(tmp_path, server)))
    return client


@pytest.mark.slow  # the client is a second of imports
def test_the_official_client_creates_reads_and_deletes(official: Any) -> None:
    api = official.CoreV1Api()
    assert api.create_namespaced_pod("default", POD).status.phase == "Pending"
    assert [pod.metadata.name for pod in api.list_namespaced_pod("default").items] == ["web"]
    api.delete_namespaced_pod("web", "default")
    with pytest.raises(official.ApiException) as caught:
        api.read_namespaced_pod("other", "default")
    assert (caught.value.status, caught.value.reason) == (404, "Not Found")


@pytest.mark.slow
def test_its_watch_gives_each_event_as_it_comes(official: Any) -> None:
    from kubernetes import watch

    api, watching = official.CoreV1Api(), watch.Watch()
    api.create_namespaced_pod("default", POD)
    phases = []
    for event in watching.stream(api.list_namespaced_pod, "default"):
        phases.append(event["object"].status.phase)
        if phases[-1] == "Running":
            watching.stop()
    assert phases[0] == "Pending" and phases[-1] == "Running"


@pytest.mark.slow
def test_a_watch_ends_when_its_time_is_over(official: Any) -> None:
    from kubernetes import watch

    api = official.CoreV1Api()
    assert list(watch.Watch().stream(api.list_namespaced_pod, "default", timeout_seconds=1)) == []


def test_urllib3_reads_it_too(server: str) -> None:
    import urllib3

    pool = urllib3.PoolManager()
    answer = pool.request("GET", f"{server}/version", headers={"Authorization": "Bearer admin"})
    assert answer.status == 200 and answer.json()["major"] == "1"
    assert pool.request("GET", f"{server}/api", headers={"Authorization": "Bearer nobody"}).status == 401
    with pytest.raises(urllib3.exceptions.MaxRetryError, match="refused"):
        pool.request("GET", "http://127.0.0.1:1/", retries=0)


LATE = """
import sys
from podlab.kubeconfig import pools
pools.plug(), pools.plug()
assert "urllib3" not in sys.modules
import urllib3
print(hasattr(urllib3.HTTPSConnectionPool.ConnectionCls, "in_this_process"), len(sys.meta_path))
"""


def test_urllib3_is_plugged_in_when_it_is_imported() -> None:
    before = subprocess.run([sys.executable, "-c", "import sys; print(len(sys.meta_path))"], capture_output=True)
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", before.stdout.decode().strip()]
