"""`date`: the time of the container, or one that is given, in a format."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.commands.files import filedetails
from podlab.embedded.runtime.expressions.dates import by_form, shown, understood, zone_of
from podlab.embedded.runtime.files import NO_SUCH
from podlab.embedded.runtime.machine.stdio import Io

USUAL = "%a %b %e %H:%M:%S %Z %Y"
ISO = {"": "%Y-%m-%d", "date": "%Y-%m-%d", "hours": "%Y-%m-%dT%H%:z", "minutes": "%Y-%m-%dT%H:%M%:z",
       "seconds": "%Y-%m-%dT%H:%M:%S%:z"}  # fmt: skip


RFC = {"date": "%Y-%m-%d", "seconds": "%Y-%m-%d %H:%M:%S%:z", "ns": "%Y-%m-%d %H:%M:%S.%N%:z"}


def _form(word: str) -> str:
    """The format that an option stands for; none for another word."""
    if found := re.fullmatch(r"-I(\w*)|--iso-8601(?:=(\w+))?", word):
        return ISO.get(found[1] or found[2] or "", ISO[""])
    if word in ("-R", "--rfc-email", "--rfc-2822"):
        return "%a, %d %b %Y %H:%M:%S %z"
    return RFC.get(word.removeprefix("--rfc-3339="), "") if word.startswith("--rfc-3339=") else ""


async def date(io: Io, words: list[str]) -> int:
    """`date [-u] [[-D FORMAT] -d TIME | -r FILE] [-I[SPEC]] [-R] [+FORMAT]`"""
    form, words, settled = USUAL, list(words), 0
    zone = (
        zone_of((io.env or io.process.env).get("TZ", ""), files=not io.busybox)
        if not {"-u", "--utc", "--universal"} & set(words)
        else UTC
    )
    moment = datetime.fromtimestamp(io.process.time, UTC).astimezone(zone)
    given = ""
    while words:
        word = words.pop(0)
        if io.busybox and word.startswith("-D"):
            given = word[2:] or (words.pop(0) if words else "")
            continue
        if word.startswith("+"):
            form = word[1:]
        elif found := re.fullmatch(r"-u?d(.*)|--date=(.*)", word, re.S):
            text = found[1] or found[2] or (words.pop(0) if words else "")
            read = by_form(text, given, zone) if given else understood(text, moment, busy=io.busybox)
            if read is None:
                return io.fail(f"date: invalid date '{text}'")
            moment = read.astimezone(zone)
        elif found := re.fullmatch(r"-r(.*)|--reference=(.*)", word):
            name = found[1] or found[2] or (words.pop(0) if words else "")
            if not io.process.machine.files.exists(io.path(name)):
                return io.fail(f"date: {name}: {NO_SUCH}")
            moment = datetime.fromtimestamp(filedetails.modified(io, io.path(name)), UTC).astimezone(zone)
        elif known := _form(word):
            form = known
        elif word.startswith("--") and word not in ("--utc", "--universal", "--"):
            unknown = f"date: unrecognized option '{word}'\n{usage.shown('date')}"
            return io.fail(unknown if io.busybox else f"date: podlab does not simulate {word} of date")
        elif word == "-s" or not word.startswith("-"):
            read = understood(text := words.pop(0) if word == "-s" and words else word, moment, busy=io.busybox)
            if read is None:
                return io.fail(f"date: invalid date '{text}'")
            settled, moment = _refused(io), read
    io.say(shown(form.replace("%N", "%%N") if io.busybox else form, moment))
    return settled


def _refused(io: Io) -> int:
    """Nobody sets the clock; busybox does not call that a failure."""
    if io.process.machine.user.holds("SYS_TIME"):
        return io.fail("date: podlab does not simulate setting the clock")
    return io.fail(f"date: {CANNOT[io.busybox]} set date: Operation not permitted", int(not io.busybox))


CANNOT = ("cannot", "can't")
