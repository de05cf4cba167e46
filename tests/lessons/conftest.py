"""What the tests of lessons share: a learner's shell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from podlab import text
from podlab.lessons import slips
from tests.interactive import interactive


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """One that gives hints below errors, in English."""
    text.use("en")
    with interactive() as found:
        slips.load_ipython_extension(found)
        yield found
    text.use(None)
