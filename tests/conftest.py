"""Every test runs in a state folder of its own; `cluster` is an embedded one, or kind's with `--cluster kind`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from podlab import clusters
from podlab.clusters import Cluster
from podlab.clusters.embedded import Embedded

# how long one example takes says more about what else the machine does
hypothesis.settings.register_profile("podlab", deadline=None)
hypothesis.settings.load_profile("podlab")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cluster", default="embedded", choices=["embedded", "kind"], help="what the tests marked cluster run on"
    )


def pytest_sessionstart() -> None:
    """While all is imported and collected there is no garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not look at it again, each time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 10, 100)  # of each test little stays: to look for it as rarely as this is often enough


@pytest.fixture(scope="session", autouse=True)
def podlab_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder for the session: nothing here touches a learner's."""
    path = Path(os.environ.get("PODLAB_TEST_HOME") or tmp_path_factory.mktemp("podlab"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PODLAB_HOME", str(path))
        patch.setenv("LANGUAGE", "en")
        patch.delenv("PODLAB_CLUSTER", raising=False)
        patch.delenv("KUBECONFIG", raising=False)
        yield path


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutines of tests run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, podlab_home: Path) -> Iterator[Cluster]:
    """A running cluster named as the recorded one, deleted at the end unless it was there before."""
    kind = str(request.config.getoption("--cluster"))
    name = os.environ.get("PODLAB_TEST_NAME") or "lab"  # of each process of pytest-xdist in its own folder
    there = any(each.name == name for each in clusters.find_all())
    made = clusters.up(kind, name)
    made.settle(print)
    yield made
    if not there:
        clusters.down(name)


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, podlab_home: Path) -> Iterator[Cluster]:
    """kind's cluster with `--cluster kind`; else one whose time stands still but for those who wait.

    What a test looks at is there still when it looks, be the machine as slow as it may; nobody waits in real time.
    """
    if request.config.getoption("--cluster") == "kind":
        yield request.getfixturevalue("cluster")
        return
    provider = Embedded(("--stepping",))
    made = provider.up("stage")
    yield made
    provider.down(made)
