"""One kubectl command while it runs: what it may use, and what it has printed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from podlab.answers import Request
from podlab.client import Client
from podlab.errors import ApiError, PodlabError
from podlab.kubectl.commandline.wording import failure, with_source
from podlab.kubectl.common import Common
from podlab.kubectl.output import Output
from podlab.kubectl.resources.merge import Schemas
from podlab.kubectl.resources.restmapper import RestMapper

Object = dict[str, Any]
Echo = Callable[[str, str], None]
"""Told each piece of text as it is printed, and where: `stdout` or `stderr`."""


@dataclass(slots=True)
class Command:
    """What a verb gets as its first argument.

    Attributes:
        namespace: where namespaced resources are looked for.
        enforce_namespace: the namespace was given with this command (`-n`), so a manifest must not name another.
        folder: what relative file names are relative to.
        line: the kubectl line, such as `kubectl get pods`.
        common: flags that no verb treats in a way of its own.
        after: the last of the arguments, those that stood behind `--`.
        background: the verb leaves what goes on in `kept` and returns.
        objects: the objects read or written, in order.
        failures: what went wrong so far; the command ends with all of them.
        unread: what could not be read of files so far; it is told after what went wrong with those that could.
        aggregates: what is found wrong while objects are read is told as one of several even if it is alone.
        exit_code: kubectl's, for `exec` and `diff`, which end without an error of theirs.
    """

    client: Client
    mapper: RestMapper
    schemas: Schemas
    namespace: str
    enforce_namespace: bool = False
    folder: Path = field(default_factory=Path.cwd)
    stdin: IO[bytes] | None = None
    line: str = ""
    echo: Echo | None = None
    common: Common = field(default_factory=Common)
    after: tuple[str, ...] = ()
    background: bool = False
    kept: Any = None
    objects: list[Object] = field(default_factory=list)
    failures: list[PodlabError] = field(default_factory=list)
    unread: list[PodlabError] = field(default_factory=list)
    aggregates: bool = False
    exit_code: int = 0
    _stdout: list[str] = field(default_factory=list)
    _stderr: list[str] = field(default_factory=list)
    _requests: list[Request] = field(default_factory=list)
    _warned: set[str] = field(default_factory=set)

    def say(self, text: str, where: str) -> None:
        """Print from a thread of one's own: to `stdout` or `stderr`."""
        self._print(self._stdout if where == "stdout" else self._stderr, text, where)

    def out(self, text: str) -> None:
        """Print to stdout, as it is: newlines are the caller's."""
        self.take_warnings()
        self._print(self._stdout, text, "stdout")

    def err(self, text: str) -> None:
        """Print to stderr, as it is, after the warnings about what was named."""
        if self.mapper.warnings:
            self.take_warnings()
        self._print(self._stderr, text, "stderr")

    def take_warnings(self) -> None:
        """Print the warnings that came with the answers since, each once."""
        sent = self.client.take_sent()
        self._requests += sent.requests
        warnings = [*self.mapper.warnings, *sent.warnings]
        self.mapper.warnings.clear()
        for warning in warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._print(self._stderr, f"Warning: {warning}\n", "stderr")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep an error for the end, behind those of what is done with the objects of files that can be read."""
        try:
            yield
        except PodlabError as error:
            self.out(getattr(error, "printed", ""))
            self.unread.append(error)

    @contextmanager
    def told_first(self) -> Iterator[None]:
        """What goes wrong within is told before what went wrong until now."""
        before, self.failures = self.failures, []
        try:
            yield
        finally:
            self.failures += before

    @contextmanager
    def going_on(self, doing: str = "", source: str = "") -> Iterator[None]:
        """Keep an error for the end, and go on with the next object.

        Args:
            doing: what was being done to an object of `source`: `creating` gives `error when creating "pod.yaml": …`.
        """
        try:
            yield
        except ApiError as error:
            self.failures.append(with_source(error, doing, source) if doing else error)
        except PodlabError as error:
            self.failed(error)

    def failed(self, error: PodlabError) -> None:
        """Keep an error for the end; what was written before it is printed."""
        self.out(getattr(error, "printed", ""))
        self.failures.append(error)

    def output(self) -> Output:
        """The outcome so far."""
        self.take_warnings()
        return Output(
            "".join(self._stdout),
            "".join(self._stderr),
            tuple(self.objects),
            self.line,
            tuple(self._requests),
            self.exit_code,
        )

    def finish(self) -> Output:
        """The outcome; raises what went wrong, with the outcome so far as its `output`."""
        output = self.output()
        if self.failures:
            error = failure(self.failures, self.aggregates)
            error.output = output
            raise error
        return output

    def _print(self, where: list[str], text: str, name: str) -> None:
        if text:
            where.append(text)
            if self.echo:
                self.echo(text, name)
