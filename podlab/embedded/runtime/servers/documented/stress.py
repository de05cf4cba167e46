"""What loads a container: polinux/stress and vish/stress. Memory counts against the limit, CPUs only turn.

Upstream: resurrecting-open-source-projects/stress src/stress.c; vishh/stress main.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.servers.waiting import moment
from podlab.embedded.runtime.streams import OutOfMemory

WORKERS = ("cpu", "io", "vm", "hdd")
SHORT = {"-c": "--cpu", "-i": "--io", "-m": "--vm", "-d": "--hdd", "-t": "--timeout"}
VALUED = frozenset(["--vm-bytes", "--vm-stride", "--vm-hang", "--hdd-bytes", "--timeout", "--backoff"])
BARE = frozenset(["--verbose", "-v", "--quiet", "-q", "--vm-keep", "--dry-run", "-n"])
SIZES = {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30}
TIMES = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "y": 31556926}
BYTES = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
USUAL = 256 * 2**20
"""Bytes of a memory worker that is told of none."""
USE = """`stress' imposes certain types of compute stress on your system

Usage: stress [OPTION [ARG]] ...
podlab simulates --cpu, --io, --vm, --hdd, --vm-bytes, --vm-hang, --vm-keep and --timeout
"""


async def stress(process: Process) -> int:
    """`stress --vm 1 --vm-bytes 150M`: runs until its time is over; beyond the memory limit the container ends."""
    given, wrong = _read(process.argv[1:])
    if wrong:
        process.err(f"stress: FAIL: [{process.pid}] {wrong}\n".encode())
        return 1
    if not any(given.get(f"--{kind}") for kind in WORKERS):
        process.out(USE.encode())
        return 0
    hogs = ", ".join(f"{given.get(f'--{kind}', 0)} {kind}" for kind in WORKERS)
    quiet = {"--quiet", "-q"} & given.keys()
    if not quiet:
        process.out(f"stress: info: [{process.pid}] dispatching hogs: {hogs}\n".encode())
    took = given.get("--vm", 0) * given.get("--vm-bytes", USUAL)
    if "--dry-run" in given or "-n" in given:
        return 0
    await process.sleep(0.1)  # until its pages are touched
    _take(process, took)
    if not (seconds := given.get("--timeout", 0)):
        await process.next_signal()  # none that it handles
    await process.sleep(seconds)
    if not quiet:
        process.out(f"stress: info: [{process.pid}] successful run completed in {seconds}s\n".encode())
    return 0


def _take(process: Process, size: int) -> None:
    """Have so many bytes. Raises OutOfMemory."""
    limit = process.machine.memory_limit
    if limit and size > limit:
        raise OutOfMemory


def _read(words: list[str]) -> tuple[dict[str, int], str]:
    """(numbers by option, what is wrong with the words)"""
    given, words = dict[str, int](), list(words)
    while words:
        word, equals, value = words.pop(0).partition("=")
        word = SHORT.get(word, word)
        if word in BARE:
            given[word] = 1
            continue
        if word not in VALUED and word.removeprefix("--") not in WORKERS:
            return given, f"(244) unrecognized option: {word}"
        if not equals and not words:
            return given, f"(299) missing argument to option '{word}'"
        value = value if equals else words.pop(0)
        number = _number(value, SIZES if word.endswith("bytes") else TIMES)
        if number is None:
            return given, f"(323) invalid number: {value}"
        given[word] = number
    return given, ""


def _number(text: str, units: dict[str, int]) -> int | None:
    found = re.fullmatch(r"(\d+)([A-Za-z]?)", text)
    unit = found and (units.get(found[2]) or units.get(found[2].upper()) or units.get(found[2].lower()))
    return int(found[1]) * unit if found and unit else None


async def vish_stress(process: Process) -> int:
    """vish/stress: takes memory piece by piece, then has its CPUs turn; nothing ends it but a kill."""
    words = process.argv[1:]
    options = {key.lstrip("-"): value for key, value in pairwise(words) if key[:1] == "-"}
    options |= {key.lstrip("-"): value for key, _, value in (word.partition("=") for word in words if "=" in word)}
    total, piece = options.get("mem-total", "0"), options.get("mem-alloc-size", "4Ki")
    pause = options.get("mem-alloc-sleep", "1ms")
    try:
        wanted, step = int(_measured(total, BYTES)), max(1, int(_measured(piece, BYTES)))
        rest, cpus = _measured(pause, SECONDS), int(options.get("cpus", "0"))
    except ValueError as error:
        process.err(_glog(process, "F", 26, str(error)))
        return 255
    said = f'Allocating "{total}" memory, in "{piece}" chunks, with a {pause} sleep between allocations'
    process.err(_glog(process, "I", 26, said))
    for _ in range(cpus):
        process.err(_glog(process, "I", 39, "Spawning a thread to consume CPU"))
    limit = process.machine.memory_limit
    most = min(wanted, limit) if limit else wanted
    await process.sleep(most / step * rest)
    _take(process, wanted)
    process.err(_glog(process, "I", 29, f'Allocated "{total}" memory'))
    await process.next_signal()
    return 0


def _measured(text: str, units: Mapping[str, float]) -> float:
    """A number and its unit. Raises ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z]*)", text)
    if found is None or found[2] not in units:
        raise ValueError(f"invalid value {text}")
    return float(found[1]) * units[found[2]]


def _glog(process: Process, level: str, line: int, text: str) -> bytes:
    stamp = moment(process).strftime("%m%d %H:%M:%S.%f")
    return f"{level}{stamp} {process.pid:7} main.go:{line}] {text}\n".encode()
