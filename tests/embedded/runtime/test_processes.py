"""Processes in a container: pipes run side by side, signals end them, and nothing keeps the server busy."""

from __future__ import annotations

import asyncio
import time

import pytest

from podlab.embedded.runtime import streams
from podlab.embedded.runtime.expressions import patterns
from tests.embedded.runtime.test_shell import machine, sh


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("yes | head -n 2", "y\ny\n"),
        ("yes no | head -1", "no\n"),
        ("seq 1000000 | head -n 1", "1\n"),
        ("seq 100002 | tail -n 1", "100002\n"),
        ("while true; do echo again; done | head -n 3", "again\nagain\nagain\n"),
        ("(sleep 1; touch /tmp/x) | true; ls /tmp", "x\n"),
        ("sleep 100 & kill $!; wait $!; echo $?", "143\n"),
        ("sleep 100 & kill %1; wait; echo over", "over\n"),
        ("sleep 100 & kill -9 $!; wait $!; echo $?", "137\n"),
        ("kill -l 9; kill -l TERM", "KILL\n15\n"),
        ("sh -c 'kill -9 $$'; echo $?", "137\n"),
        ("trap 'echo caught' USR1; kill -USR1 $$; echo on", "caught\non\n"),
        ("kill -0 $$ && echo alive", "alive\n"),
        ("kill -9 1; echo still here", "still here\n"),
    ],
)
def test_output(script: str, output: str) -> None:
    assert sh(script)[1] == output


def test_a_shell_tells_which_signal_ended_its_child() -> None:
    assert sh("sh -c 'kill $$'") == (143, "", "Terminated\n")


def test_nobody_to_kill() -> None:
    assert sh("kill 999") == (1, "", "sh: 1: kill: No such process\n\n")
    assert sh("kill abc") == (2, "", "sh: 1: kill: Illegal number: abc\n")
    assert sh("kill abc", container=machine("busybox")) == (1, "", "sh: invalid number 'abc'\n")


def test_a_pipe_without_an_end_costs_no_memory() -> None:
    async def fill() -> int:
        pipe = streams.Pipe(2**20)
        reading = asyncio.ensure_future(pipe.rest())
        written = 0
        while not reading.done():
            await pipe.room()
            pipe.feed(b"y" * 1000)
            written += 1000
            await asyncio.sleep(0)
        with pytest.raises(streams.OutOfMemory):
            await reading
        return written

    assert asyncio.run(fill()) < 2**21


def test_no_pattern_keeps_the_server_busy() -> None:
    began = time.perf_counter()
    assert sh(f"echo {'a' * 5000}! | grep -E '^(a+)+$'; bash -c '[[ {'a' * 5000}b =~ ^(a|aa)+$ ]]'")[0] == 1
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a+", "aa", False),
        ("a\\+", "aa", True),
        ("\\(a\\|b\\)c", "bc", True),
        ("(a)", "(a)", True),
        ("*a", "*a", True),
        ("[[:digit:]]\\{2\\}", "x42", True),
        ("[]x]", "]", True),
        ("\\<pod\\>", "a pod b", True),
    ],
)
def test_basic_expressions(pattern: str, text: str, found: bool) -> None:
    assert bool(patterns.compiled(pattern).search(text)) is found
