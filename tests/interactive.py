"""IPython's shell as a kernel has it, without what lives as long as the process: history's thread, and work at exit."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@contextmanager
def interactive() -> Iterator[InteractiveShell]:
    """A shell that is gone afterwards: each would else collect garbage once more when the tests end."""
    made = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    try:
        yield made
    finally:
        atexit.unregister(made.atexit_operations)
