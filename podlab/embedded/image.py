"""A store's database as bytes, for where no file can be held open: a browser tab keeps them as it can."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class Unreadable(Exception):
    """What should be the bytes of a store is none."""


def opened(path: Path | str, image: bytes | None = None) -> sqlite3.Connection:
    """The database at a path; with an image, what that holds instead. Raises Unreadable."""
    database = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
    if image is None:
        return database
    try:
        database.deserialize(image)
        found = database.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise Unreadable(str(error)) from None
    if found != "ok":
        raise Unreadable(found)
    return database
