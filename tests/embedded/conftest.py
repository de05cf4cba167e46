"""A cluster in memory for a test: `sim`, driven on its clock, or `api`, the API server alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.embedded.harness import Api
from tests.embedded.simulation import Simulation


@pytest.fixture
async def sim() -> AsyncIterator[Simulation]:
    """A started simulation whose namespace is `default`."""
    simulation = Simulation()
    await simulation.start()
    yield simulation
    simulation.core.stop()


@pytest.fixture
async def api() -> Api:
    """A fresh API server without scheduler, kubelet and controllers."""
    return Api()
