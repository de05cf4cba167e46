"""zgrep and its like: grep in files that are packed.

Upstream: GNU gzip's zgrep.in
"""

from __future__ import annotations

import re
from dataclasses import replace

from podlab.embedded.runtime.commands.files.compressing import Damaged, unpacked
from podlab.embedded.runtime.commands.text import grep
from podlab.embedded.runtime.files import FileError
from podlab.embedded.runtime.machine.stdio import Command, Io
from podlab.embedded.runtime.streams import Input


def searching(*more: str) -> Command:
    """`zgrep`, or `zegrep` and `zfgrep` with an option more: grep in what is packed."""

    async def run(io: Io, words: list[str]) -> int:
        given, options = list(words), list(more)
        while given and re.match(r"-.", given[0]):
            options.append(given.pop(0))
            if re.fullmatch(r"-[a-zA-Z]*[efABCm]", options[-1]) and given:
                options.append(given.pop(0))
        pattern = [] if any(re.match(r"-[a-zA-Z]*[ef]|--(regexp|file)=", one) for one in options) else given[:1]
        names, codes = given[len(pattern) :] or ["-"], list[int]()
        for name in names:
            label = ["--label", name, "-H" if len(names) > 1 and "-h" not in options else "-h"] if name != "-" else []
            try:
                data = await (io.stdin.rest() if name == "-" else io.whole(name))
                data = unpacked(data) if data[:2] == b"\x1f\x8b" else data
            except (FileError, Damaged) as error:
                codes.append(io.fail(f"gzip: {name}: {error}", 2))
                continue
            codes.append(await grep.grep(replace(io, stdin=Input(data)), [*label, *options, *pattern, "-"]))
        return 2 if 2 in codes else int(0 not in codes)

    return run
