"""The one seam between podlab and the machine's commands and files: `Probe`, and the real one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered; code 127 means that there is no such command, 124 that it took too long."""

    code: int
    out: str = ""
    err: str = ""


class Probe(Protocol):
    """What doctor and the providers ask of the machine."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables."""

    @property
    def python(self) -> tuple[int, int]:
        """The running Python's version."""

    @property
    def encoding(self) -> str:
        """What text files are opened with where nobody says."""

    @property
    def prefix(self) -> Path:
        """The folder of the Python environment."""

    def which(self, command: str) -> str | None:
        """The path of the command, if it is there."""

    def listens(self, port: int) -> bool:
        """Whether somebody listens on the port of loopback."""

    def run(self, command: Sequence[str], timeout: float = 15, environ: Mapping[str, str] | None = None) -> Answer:
        """Run the command, with `environ` on top of the environment, and wait; never raises."""

    def pipe(self, source: Sequence[str], sink: Sequence[str]) -> Answer:
        """Run both, what the first prints going into the second, and wait; never raises."""

    def read(self, path: str) -> str | None:
        """The file's text, if it can be read."""

    def free(self, path: Path) -> int:
        """The bytes that are free on the path's disk."""

    def installed(self, package: str) -> str | None:
        """The version of a Python package in this environment, if it is there."""


class Machine:
    """The real machine."""

    environ: Mapping[str, str] = os.environ
    python: tuple[int, int] = (sys.version_info[0], sys.version_info[1])
    prefix: Path = Path(sys.prefix)

    @property
    def encoding(self) -> str:
        """The locale's encoding, such as `utf-8` or `cp949`."""
        import locale

        return locale.getpreferredencoding(False).lower()

    def which(self, command: str) -> str | None:
        """The path of the command, if it is there."""
        return shutil.which(command)

    def listens(self, port: int) -> bool:
        """Whether somebody listens on the port of loopback."""
        with socket.socket() as asking:
            asking.settimeout(1)
            return asking.connect_ex(("127.0.0.1", port)) == 0

    def run(self, command: Sequence[str], timeout: float = 15, environ: Mapping[str, str] | None = None) -> Answer:
        """Run the command without a terminal and wait."""
        try:
            done = subprocess.run(
                list(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                encoding="utf-8",
                errors="replace",
                env={**self.environ, **(environ or {})},
            )
        except subprocess.TimeoutExpired:
            return Answer(124, err=f"{command[0]}: no answer within {timeout:g} seconds")
        except OSError as error:
            return Answer(127, err=str(error))
        return Answer(done.returncode, done.stdout, done.stderr)

    def pipe(self, source: Sequence[str], sink: Sequence[str]) -> Answer:
        """Run both, what the first prints going into the second, and wait; never raises."""
        try:
            with (
                tempfile.TemporaryFile() as said,
                subprocess.Popen(source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as first,
            ):
                second = subprocess.run(
                    sink, stdin=first.stdout, capture_output=True, encoding="utf-8", errors="replace"
                )
                assert first.stdout
                first.stdout.close()
                code = first.wait() or second.returncode
                said.seek(0)
                return Answer(code, second.stdout, said.read().decode("utf-8", "replace") + second.stderr)
        except OSError as error:
            return Answer(127, err=str(error))

    def read(self, path: str) -> str | None:
        """The file's text, if it can be read."""
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def free(self, path: Path) -> int:
        """The bytes that are free on the path's disk."""
        return shutil.disk_usage(path).free

    def installed(self, package: str) -> str | None:
        """The version of a Python package in this environment, if it is there."""
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            return None
