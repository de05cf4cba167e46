"""`date`: the time of the container, or one that is given, in a format."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.expressions.dates import shown, understood
from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.machine.stdio import Io

USUAL = "%a %b %e %H:%M:%S UTC %Y"
ISO = {"": "%Y-%m-%d", "date": "%Y-%m-%d", "hours": "%Y-%m-%dT%H%z", "minutes": "%Y-%m-%dT%H:%M%z",
       "seconds": "%Y-%m-%dT%H:%M:%S%z"}  # fmt: skip


async def date(io: Io, words: list[str]) -> int:
    """`date [-u] [-d TIME | -r FILE] [-I[SPEC]] [-R] [+FORMAT]`"""
    form, moment, words = USUAL, datetime.fromtimestamp(io.process.time, UTC), list(words)
    while words:
        word = words.pop(0)
        if word.startswith("+"):
            form = word[1:]
        elif found := re.fullmatch(r"-u?d(.*)|--date=(.*)", word, re.S):
            text = found[1] or found[2] or (words.pop(0) if words else "")
            read = understood(text, moment, busy=io.busybox)
            if read is None:
                return io.fail(f"date: invalid date '{text}'" if io.busybox else f"date: invalid date ‘{text}’")
            moment = read
        elif found := re.fullmatch(r"-r(.*)|--reference=(.*)", word):
            name = found[1] or found[2] or (words.pop(0) if words else "")
            if not io.process.machine.files.exists(io.path(name)):
                return io.fail(f"date: {name}: {NO_SUCH}")
            moment = datetime.fromtimestamp(filedetails.modified(io, io.path(name)), UTC)
        elif found := re.fullmatch(r"-I(\w*)|--iso-8601(?:=(\w+))?", word):
            form = ISO.get(found[1] or found[2] or "", ISO[""])
        elif word in ("-R", "--rfc-email", "--rfc-2822"):
            form = "%a, %d %b %Y %H:%M:%S +0000"
        elif word == "-s" or not word.startswith("-"):
            return _refused(io, words[0] if word == "-s" and words else word)
    io.say(shown(form, moment))
    return 0


def _refused(io: Io, word: str) -> int:
    if understood(word, datetime.fromtimestamp(io.process.time, UTC), busy=io.busybox) is None:
        return io.fail(f"date: invalid date '{word}'" if io.busybox else f"date: invalid date ‘{word}’")
    busy = io.busybox
    return io.fail(
        "date: can't set date: Operation not permitted" if busy else "date: cannot set date: Operation not permitted"
    )
