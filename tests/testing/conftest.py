"""The plugin is tested by pytest in pytest, which takes seconds each time."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = Path(__file__).with_name("test_plugin.py")
    for item in items:
        if item.path == slow:
            item.add_marker(pytest.mark.slow)
