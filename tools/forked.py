"""`pytest -p tools.forked`: collect once, then run the tests in as many processes as there are processors.

Each takes the next module when it has done one. pytest-xdist collects in every process and sends five messages a test:
with five thousand tests that take milliseconds this was a quarter of all the processor time of `make check`.
It forks, so it is for Linux, and for tests that start nothing while they are imported.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, NoReturn

import pytest
from _pytest.config import create_terminal_writer

Turn = list[pytest.Item]
"""The tests of one module."""
DIGITS = 6
"""Of a turn's number, in the pipe from which each process takes the next."""


class Told:
    """What a process has to tell of the module that it is at."""

    def __init__(self, config: pytest.Config, to: Connection) -> None:
        self._config, self._to = config, to
        self._calls: list[tuple[str, dict[str, Any]]] = []
        self._all = bool(config.getoption("xmlpath", None) or config.getoption("durations", None) is not None)
        self._tw = create_terminal_writer(config, sys.stderr)  # of "terminalreporter" others ask for this

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part of a test has ended: of setting up and tearing down is told what failed, and how long it took."""
        if report.passed and report.when != "call" and not self._all:
            return
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._calls.append(("pytest_runtest_logreport", data))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, when: str, nodeid: str) -> None:
        """Something has warned."""
        told = (str(warning_message.message), warning_message.filename, warning_message.lineno)
        name = warning_message.category.__name__
        self._calls.append(("pytest_warning_recorded", {"told": told, "name": name, "when": when, "nodeid": nodeid}))

    def send(self) -> None:
        """Tell it."""
        self._to.send(self._calls)
        self._calls = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """In several processes, where there is something to share out."""
    turns = [list(items) for _, items in groupby(session.items, lambda item: item.path)]
    count = min(len(os.sched_getaffinity(0)), len(turns))
    option = session.config.option
    if session.testsfailed or option.collectonly or option.usepdb or option.capture == "no" or count < 2:
        return None
    queue = _queue(len(turns))
    sys.stdout.flush()
    sys.stderr.flush()
    workers = dict(_start(session, turns, queue) for _ in range(count))
    try:
        _listen(session, list(workers))
    finally:
        while _next(queue) is not None:
            """Nobody begins another module."""
        os.close(queue)
        for connection, pid in workers.items():
            connection.close()
            os.waitpid(pid, 0)
    return True


def _queue(count: int) -> int:
    """A pipe with the numbers of all turns; who reads one has it alone."""
    queue, full = os.pipe()
    os.write(full, b"".join(b"%0*d" % (DIGITS, number) for number in range(count)))
    os.close(full)
    return queue


def _next(queue: int) -> int | None:
    return int(number) if (number := os.read(queue, DIGITS)) else None


def _start(session: pytest.Session, turns: list[Turn], queue: int) -> tuple[Connection, int]:
    """A process that works: where it tells, and its id."""
    here, there = Pipe(duplex=False)
    pid = os.fork()
    if not pid:
        here.close()
        _work(session, turns, queue, there)
    there.close()
    return here, pid


def _work(session: pytest.Session, turns: list[Turn], queue: int, to: Connection) -> NoReturn:
    """What a process does, from its beginning to its end."""
    try:
        told = _begin(session, to)
        for item, following in _pairs(turns, queue):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail or session.shouldstop:
                break
            if following is None or following.path != item.path:
                told.send()
        told.send()
        to.send(None)
    except BrokenPipeError:
        pass  # nobody listens any longer
    except BaseException:
        to.send(traceback.format_exc())
    finally:
        try:
            session._setupstate.teardown_exact(None)  # of what was left in the middle
        finally:
            os._exit(0)


def _begin(session: pytest.Session, to: Connection) -> Told:
    """Let what is printed be captured in a file of its own, and reports go to where they are told."""
    plugins, told = session.config.pluginmanager, Told(session.config, to)
    capture = plugins.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
    plugins.unregister(name="terminalreporter")
    plugins.register(told, "terminalreporter")
    session.gethookproxy = cache(session.gethookproxy)  # else which hooks a file has is worked out six times a test
    return told


def _pairs(turns: list[Turn], queue: int) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each test, and the one after it: the next module is taken when the last test of this one begins."""
    turn = _next(queue)
    while turn is not None:
        items = turns[turn]
        yield from pairwise(items)
        turn = _next(queue)
        yield items[-1], None if turn is None else turns[turn][0]


def _listen(session: pytest.Session, connections: list[Connection]) -> None:
    """Report what they tell until all have ended."""
    while connections:
        for connection in wait(connections):
            try:
                told = connection.recv()
            except EOFError:
                told = "a process of the tests has ended before its tests did"
            if isinstance(told, str):
                raise RuntimeError(told)
            if told is None:
                connections.remove(connection)
            for name, data in told or ():
                _report(session.config, name, data)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)


def _report(config: pytest.Config, name: str, data: dict[str, Any]) -> None:
    if name == "pytest_runtest_logreport":
        config.hook.pytest_runtest_logreport(
            report=config.hook.pytest_report_from_serializable(config=config, data=data)
        )
        return
    category = type(data["name"], (Warning,), {})
    message = warnings.WarningMessage(category(data["told"][0]), category, *data["told"][1:])
    warned = {"warning_message": message, "when": data["when"], "nodeid": data["nodeid"], "location": None}
    config.hook.pytest_warning_recorded.call_historic(kwargs=warned)
