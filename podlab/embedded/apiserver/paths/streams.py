"""Watches over HTTP: one JSON object per line, in order, until the client goes or the time is over.

Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{watch,response}.go, storage/cacher
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from podlab.apimachinery import fieldselectors
from podlab.embedded.apiserver import selectors, status
from podlab.embedded.apiserver.answering import negotiation, protobuf, shapes
from podlab.embedded.apiserver.answering.negotiation import Form
from podlab.embedded.apiserver.registry import Event, event
from podlab.embedded.apiserver.request import ListOptions, list_options
from podlab.embedded.apiserver.resource import Obj
from podlab.embedded.apiserver.verbs import Call
from podlab.embedded.clock import Timer
from podlab.embedded.store import Compacted
from podlab.embedded.watch import Change, Dropped, Watch

BOOKMARK_EVERY = 60.0
"""Real seconds between bookmarks."""
BOOKMARK_BEFORE_END = 2.0
"""Real seconds before the end at which the last bookmark is sent."""
PIECE = 64 * 1024
"""Bytes after which a client has to read before more is written for it."""
SHORTEST, LONGEST = 1800, 3600
"""Bounds, in real seconds, of a watch that names no end."""


class WatchStream:
    """One watch that a client opened; `chunks()` yields its bytes. `close()` ends it, from whichever side.

    Args:
        onlooker: a stepping clock does not go on for it, so that its end is not a matter of that clock.
    """

    def __init__(self, call: Call, *, onlooker: bool = False) -> None:
        self.call, self.form, self._onlooker = call, call.form(), onlooker
        self.options = list_options(call.request, watch=True)
        self.matches = selectors.matcher(call.resource, self.options.labels, self.options.fields)
        self._headed = True
        self._watch: Watch | None = None
        self._refusal: Obj | None = None
        self._initial: list[Event] = []
        self._begin()

    @property
    def media_type(self) -> str:
        """The stream's media type."""
        message = self.form.media_type == negotiation.PROTOBUF
        return f"{negotiation.PROTOBUF};stream=watch" if message else self.form.media_type

    def _begin(self) -> None:
        """Fix what the stream starts from while nothing can happen in between."""
        call, options = self.call, self.options
        registry, store = call.registry, call.registry.store
        version = options.version
        if options.initial_events and version and version > store.revision:
            self._refusal = status.too_large_resource_version(version, store.revision).status()
            return
        fresh_start = not version and options.initial_events is None
        self._sends_initial = bool(options.initial_events) or fresh_start
        self.start = store.revision if self._sends_initial or not version else version
        if self._sends_initial:
            objs = registry.list(call.resource, call.namespace)
            self._initial = [Event("ADDED", obj, None, self.start) for obj in objs if self.matches(obj)]
        try:
            self._watch = store.watch(self._prefix(), self.start)
        except Compacted as gone:
            message = f"too old resource version: {gone.revision} ({gone.compacted})"
            self._refusal = status.gone(message).status()

    def _prefix(self) -> str:
        """The narrowest prefix of keys that holds all that the selectors can match."""
        call = self.call
        scope = call.resource.scope(call.namespace)
        name = fieldselectors.exact_name(self.options.fields)
        pinned = name and (call.namespace or not call.resource.namespaced)
        return scope + str(name) if pinned else scope

    def close(self) -> None:
        """End the stream."""
        if self._watch:
            self._watch.close()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The stream's bytes; each chunk holds whole lines."""
        if self._refusal or self._watch is None:
            yield self._written("ERROR", self._refusal or {})
            return
        watch, clock = self._watch, self.call.registry.clock
        for piece in pieces(self._first()):
            clock.told()
            yield piece
        timers = self._arm(watch)
        try:
            async for change in watch:
                for piece in pieces(self._told((change, *watch.pending()))):
                    clock.told()
                    yield piece
        except Dropped:
            return
        finally:
            for timer in timers:
                timer.cancel()
            watch.close()

    def _first(self) -> Iterator[bytes]:
        """What there is when the watch begins."""
        initial, self._initial = self._initial, []
        for each in initial:
            yield self._line(each.type, each.object)
        if self._sends_initial and self.options.bookmarks:
            yield self._bookmark(self.start, initial_end=True)

    def _arm(self, watch: Watch) -> list[asyncio.TimerHandle | Timer]:
        loop, clock = asyncio.get_running_loop(), self.call.registry.clock
        seconds = self.options.timeout or random.uniform(SHORTEST, LONGEST)
        timers: list[asyncio.TimerHandle | Timer] = [loop.call_later(seconds, watch.close)]
        if self.options.timeout and clock.stepping and not self._onlooker:
            # or a second's watch would take such a clock on by an hour, and events would be deleted meanwhile
            timers.append(clock.call_later(seconds, watch.close))
        if self.options.bookmarks:
            at = BOOKMARK_EVERY
            moments: list[float] = []
            while at < seconds - BOOKMARK_BEFORE_END and len(moments) < 64:
                moments.append(at)
                at += BOOKMARK_EVERY
            if seconds > BOOKMARK_BEFORE_END:
                moments.append(seconds - BOOKMARK_BEFORE_END)
            timers += [loop.call_later(moment, self._mark, watch) for moment in moments]
        return timers

    def _mark(self, watch: Watch) -> None:
        """Put a bookmark in line behind the changes so far."""
        watch.offer(Change(self.call.registry.store.revision, watch.prefix, None, None))

    def _told(self, changes: Iterable[Change]) -> Iterator[bytes]:
        for change in changes:
            if change.obj is None and change.previous is None:
                yield self._bookmark(change.revision, initial_end=False)
            elif change.revision > self.start and (seen := as_seen(event(self.call.resource, change), self.matches)):
                yield self._changed(change, seen)

    def _changed(self, change: Change, seen: Event) -> bytes:
        """One line, which all have in common that ask for whole objects. Upstream: storage/cacher/caching_object.go"""
        if self.form != Form():
            return self._line(seen.type, seen.object)
        key = (self.call.resource.api_version, seen.type)
        line = change.lines[key] = change.lines.get(key) or self._line(seen.type, seen.object)
        return line

    def _line(self, type_: str, obj: Obj) -> bytes:
        now, include = self.call.registry.clock.now(), self.call.request.first("includeObject")
        shaped = shapes.one(self.call.resource, obj, self.form, now=now, include=include, headed=self._headed)
        self._headed = False
        return self._written(type_, shaped)

    def _written(self, type_: str, obj: Obj) -> bytes:
        if self.form.media_type == negotiation.PROTOBUF:
            return protobuf.framed(type_, obj)
        return negotiation.dump({"type": type_, "object": obj}) + b"\n"

    def _bookmark(self, revision: int, *, initial_end: bool) -> bytes:
        obj = shapes.bookmark(self.call.resource, revision, initial_end=initial_end)
        return self._line("BOOKMARK", obj)


def pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Some lines at a time: what nobody reads is not written either."""
    found: list[bytes] = []
    size = 0
    for line in lines:
        found.append(line)
        size += len(line)
        if size >= PIECE:
            yield b"".join(found)
            found, size = [], 0
    if found:
        yield b"".join(found)


def as_seen(happened: Event, matches: Callable[[Obj], bool]) -> Event | None:
    """What a watcher with a selector sees: entering its view is ADDED, leaving it DELETED with the state before."""
    before = happened.previous is not None and matches(happened.previous)
    if happened.type == "DELETED":
        return happened if before else None
    after = matches(happened.object)
    if after:
        kind = "MODIFIED" if before else "ADDED"
        return Event(kind, happened.object, happened.previous, happened.revision)
    if not before or happened.previous is None:
        return None
    meta = {**happened.previous["metadata"], "resourceVersion": str(happened.revision)}
    last = {**happened.previous, "metadata": meta}
    return Event("DELETED", last, happened.previous, happened.revision)


__all__ = ["Form", "ListOptions", "WatchStream", "as_seen"]
