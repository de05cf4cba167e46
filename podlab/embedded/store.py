"""The cluster's memory: an append-only table in SQLite; a row's id is the revision. It knows nothing of Pods.

Writes change memory at once and are committed together at the end of the loop's turn; watchers hear of them after the
commit, and `flushed()` waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from podlab.embedded.image import Unreadable, opened
from podlab.embedded.serializer import decode, encode
from podlab.embedded.watch import Change, Watch

log = logging.getLogger("podlab.embedded")

Obj = dict[str, Any]

Entry = tuple[str, Obj, int]
"""Key, object, revision."""

LIMIT = 1536 * 1024
"""Letters of one object's JSON. Upstream: etcd's --max-request-bytes"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS log (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT);
CREATE INDEX IF NOT EXISTS log_key ON log (key, revision);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

CURRENT = """
SELECT key, value, revision FROM log AS a WHERE value IS NOT NULL
AND revision = (SELECT max(revision) FROM log AS b WHERE b.key = a.key)
"""


class Conflict(Exception):
    """The key's revision is not the expected one; `.current` is what is stored, or None."""

    def __init__(self, key: str, current: tuple[Obj, int] | None) -> None:
        super().__init__(key)
        self.current = current


class Compacted(Exception):
    """The revision asked for is older than `.compacted`, the oldest that is kept."""

    def __init__(self, revision: int, compacted: int) -> None:
        super().__init__(revision)
        self.revision, self.compacted = revision, compacted


class TooLarge(Exception):
    """More than one object may have."""


class Unwritable(Exception):
    """The disk does not take what was written; the text names the file and what SQLite says."""


class Store:
    """Keys to objects, with every revision since the last compaction. Stored objects are never changed: copy first."""

    def __init__(self, path: Path | str = ":memory:", image: bytes | None = None) -> None:
        """Begin with an `image()`, if one is given. Raises Unreadable."""
        self._path, self.closed = path, False
        self._db = _ready(path, image)
        self._current: dict[str, tuple[Obj, int]] = {}
        self._keys: list[str] = []
        self._unwritten: list[Change] = []
        self._texts: dict[int, str | None] = {}
        self._kept: dict[str, bytes] = {}
        self._unkept: dict[str, str | None] = {}
        self._waiting: asyncio.Future[None] | None = None
        self._tentative: set[int] = set()
        self._stuck: Unwritable | None = None
        self._watches: list[Watch] = []
        self._subscribers: list[Callable[[Change], None]] = []
        try:
            self._load()
        except (sqlite3.Error, ValueError) as error:
            raise Unreadable(f"{path} cannot be read ({error})") from None

    def image(self) -> bytes:
        """All that is stored, as one database file's bytes."""
        self.flush()
        free, pages = (self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
        if 4 * free > pages:
            self._db.execute("VACUUM")  # what was compacted away would be kept again and again
        return self._db.serialize()

    def _load(self) -> None:
        for key, value, revision in self._db.execute(CURRENT):
            self._current[key] = (decode(value), revision)
        self._keys = sorted(self._current)
        self._kept = {key: _digest(value) for key, value in self._db.execute("SELECT key, value FROM kept")}
        meta = dict(self._db.execute("SELECT name, value FROM meta"))
        self.compacted_revision = int(meta.get("compacted", 0))
        newest = self._db.execute("SELECT max(revision) FROM log").fetchone()[0] or 0
        self.revision = max(newest, self.compacted_revision)

    def get(self, key: str) -> tuple[Obj, int] | None:
        """The object and the revision of its last write."""
        return self._current.get(key)

    def list(self, prefix: str, start: str = "") -> Sequence[Entry]:
        """(key, object, revision) of all keys under a prefix, from `start` on, in order of keys."""
        first, last = bisect_left(self._keys, max(prefix, start)), bisect_left(self._keys, _end(prefix))
        return [(key, *self._current[key]) for key in self._keys[first:last]]

    def put(self, key: str, obj: Obj | None, expect: int | None = None) -> int:
        """Write, or delete with None; `expect` is the key's present revision, 0 for "must not exist".

        Returns the new revision. Raises Conflict, TooLarge.
        """
        current = self._current.get(key)
        if expect is not None and expect != (current[1] if current else 0):
            raise Conflict(key, current)
        text = None if obj is None else _dump(obj)
        if text and len(text) > LIMIT:
            raise TooLarge(key)
        self.revision += 1
        self._texts[self.revision] = text
        self._set(key, obj, self.revision)
        self._append(Change(self.revision, key, obj, *(current or (None, 0))))
        return self.revision

    def _set(self, key: str, obj: Obj | None, revision: int) -> None:
        if obj is None:
            if self._current.pop(key, None):
                del self._keys[bisect_left(self._keys, key)]
            return
        if key not in self._current:
            insort(self._keys, key)
        self._current[key] = (obj, revision)

    def kept(self, key: str) -> Obj | None:
        """What a component has put aside under this key."""
        if key in self._unkept:
            return _load(self._unkept[key])
        if key not in self._kept:
            return None
        return _load(self._db.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()[0])

    def keep(self, key: str, obj: Obj | None) -> None:
        """Put aside, or drop with None, what is no object of the API: it has no revision and no watchers.

        Memory has only what tells whether it is another: it is asked for when a server starts again.
        """
        text = None if obj is None else _dump(obj)
        digest = None if text is None else _digest(text)
        if self._kept.get(key) == digest:
            return
        if digest is None:
            del self._kept[key]
        else:
            self._kept[key] = digest
        idle = self._idle()
        self._unkept[key] = text
        self._soon(idle)

    def _append(self, change: Change) -> None:
        idle = self._idle()
        self._unwritten.append(change)
        self._soon(idle)

    def _idle(self) -> bool:
        return not self._unwritten and not self._unkept

    def _soon(self, idle: bool) -> None:
        """Flush at the end of the loop's turn; at once where there is no loop."""
        if not idle and not self._stuck:
            return
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            self.flush()

    def flush(self) -> Unwritable | None:
        """Commit what was written and tell the watchers; happens by itself at the end of the loop's turn.

        What the disk does not take is kept for the next turn that writes, and nobody hears of it until then, but
        what a client waits for is undone: it is told that nothing has changed.
        """
        if self.closed or self._idle():
            return None
        waiting, self._waiting = self._waiting, None
        try:
            self._commit()
        except sqlite3.Error as error:
            return self._fail(error, waiting)
        self._stuck = None
        self._tentative.clear()
        changes, self._unwritten, self._unkept, self._texts = self._unwritten, [], {}, {}
        if waiting and not waiting.done():
            waiting.set_result(None)
        for change in changes:
            for watch in tuple(self._watches):
                watch.offer(change)
            for subscriber in tuple(self._subscribers):
                subscriber(change)
        return None

    def _fail(self, error: sqlite3.Error, waiting: asyncio.Future[None] | None) -> Unwritable:
        unwritable = Unwritable(f"{self._path} cannot be written ({error})")
        if not self._stuck:
            log.error("the store is stuck: %s", unwritable)
        self._undo()
        self._stuck = None if self._idle() else unwritable
        if waiting and not waiting.done():
            waiting.set_exception(unwritable)
        return unwritable

    def _undo(self) -> None:
        """Take back the writes that somebody waits for, the last one first."""
        kept: dict[str, int] = {}
        for index in range(len(self._unwritten) - 1, -1, -1):
            change = self._unwritten[index]
            if change.revision not in self._tentative:
                kept[change.key] = index
            elif change.key in kept:
                later = self._unwritten[kept[change.key]]
                self._unwritten[kept[change.key]] = replace(later, previous=change.previous, base=change.base)
            else:
                self._set(change.key, change.previous, change.base)
        self._unwritten = [change for change in self._unwritten if change.revision not in self._tentative]
        self._tentative.clear()

    def _commit(self) -> None:
        rows = [(change.revision, change.key, self._texts[change.revision]) for change in self._unwritten]
        aside = [(key, text) for key, text in self._unkept.items() if text is not None]
        self._db.execute("BEGIN")
        try:
            self._db.executemany("INSERT INTO log VALUES (?, ?, ?)", rows)
            if self._unkept:
                self._db.executemany("DELETE FROM kept WHERE key = ?", [(key,) for key in self._unkept])
                self._db.executemany("INSERT INTO kept VALUES (?, ?)", aside)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:  # where the disk is full, SQLite has rolled back by itself
                self._db.execute("ROLLBACK")
            raise

    async def flushed(self, since: int | None = None) -> None:
        """Wait until every write so far is on disk.

        Args:
            since: what was written after this revision is undone where the disk does not take it.

        Raises Unwritable.
        """
        if since is not None:
            self._tentative.update(change.revision for change in self._unwritten if change.revision > since)
        if self._stuck and (failed := self.flush()):
            raise failed
        if not self._unwritten:
            return
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._waiting)

    def watch(self, prefix: str, after: int) -> Watch:
        """Changes with a revision greater than `after`. Raises Compacted if some of them are gone."""
        self.flush()
        watch = Watch(prefix, self._since(prefix, after), self._forget)
        self._watches.append(watch)
        return watch

    def _since(self, prefix: str, after: int) -> Sequence[Change]:
        if after < self.compacted_revision:
            raise Compacted(after, self.compacted_revision)
        if after >= self.revision:
            return []
        rows = self._db.execute(
            "SELECT revision, key, value, (SELECT value FROM log AS b WHERE b.key = a.key AND b.revision < a.revision"
            " ORDER BY b.revision DESC LIMIT 1) FROM log AS a WHERE revision > ? AND key >= ? AND key < ?"
            " ORDER BY revision",
            (after, prefix, _end(prefix)),
        )
        return [Change(revision, key, _load(value), _load(previous)) for revision, key, value, previous in rows]

    def _forget(self, watch: Watch) -> None:
        if watch in self._watches:
            self._watches.remove(watch)

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back for every committed change; returns how to stop."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def list_at(self, prefix: str, revision: int, start: str = "") -> Sequence[Entry]:
        """As `list`, as it was at a revision. Raises Compacted."""
        if revision >= self.revision:
            return self.list(prefix, start)
        if revision < self.compacted_revision:
            raise Compacted(revision, self.compacted_revision)
        self.flush()
        rows = self._db.execute(
            "SELECT key, value, max(revision) FROM log WHERE revision <= ? AND key >= ? AND key < ? GROUP BY key"
            " ORDER BY key",
            (revision, max(prefix, start), _end(prefix)),
        )
        return [(key, decode(value), written) for key, value, written in rows if value is not None]

    def compact(self, revision: int) -> None:
        """Remove what was superseded at a revision: watches and lists older than it raise Compacted from now on."""
        self.flush()
        revision = min(revision, self.revision)
        if revision <= self.compacted_revision:
            return
        try:
            self._remove(revision)
        except sqlite3.Error as error:  # a full disk: the next compaction may find room
            log.error("%s cannot be compacted (%s)", self._path, error)
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            return
        self.compacted_revision = revision

    def _remove(self, revision: int) -> None:
        """Delete what was superseded at a revision."""
        self._db.execute("BEGIN")
        self._db.execute(
            "DELETE FROM log WHERE revision <= ?1 AND (value IS NULL OR EXISTS"
            " (SELECT 1 FROM log AS b WHERE b.key = log.key AND b.revision > log.revision AND b.revision <= ?1))",
            (revision,),
        )
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('compacted', ?)", (revision,))
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Commit, end all watches and close the file."""
        self.flush()
        for watch in tuple(self._watches):
            watch.close()
        self._db.close()
        self.closed = True


class Taken(Exception):
    """Another process has the directory."""


def claim(home: Path) -> sqlite3.Connection:
    """Keep a directory for this process: the claim ends with what is returned, or with the process.

    Raises Taken, Unreadable where nothing can be written or what is there is no lock.
    """
    try:
        lock = sqlite3.connect(str(home / "lock"), isolation_level=None, timeout=0)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise Taken(str(home)) from None
        raise Unreadable(f"{home / 'lock'} cannot be used ({error})") from None
    return lock


def _ready(path: Path | str, image: bytes | None) -> sqlite3.Connection:
    """The database, with its tables. Raises Unreadable."""
    try:
        database = opened(path, image)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.executescript(SCHEMA)
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be used ({error})") from None
    return database


def _dump(obj: Obj) -> str:
    return encode(obj).decode()


def _load(value: str | None) -> Obj | None:
    return None if value is None else decode(value)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def _end(prefix: str) -> str:
    return prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else "\U0010ffff"
