"""Failures as kubectl words them, several at once, and what was printed before them."""

from __future__ import annotations

from collections.abc import Sequence

from podlab.errors import ApiError, PodlabError
from podlab.kubectl.output import Output


class Incomplete(PodlabError):
    """Several errors, or errors after a part of the output: `output` is what kubectl printed all the same."""

    def __init__(self, errors: Sequence[PodlabError], output: Output | None = None) -> None:
        super().__init__("\n".join(map(error_line, errors)), next((e.hint for e in errors if e.hint), None))
        self.errors = tuple(errors)
        self.output = output or Output()


def error_line(error: PodlabError) -> str:
    """The line that kubectl prints for one error among several.

    Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go
    """
    if not isinstance(error, ApiError) or str(error) != error.status.get("message"):
        return str(error)
    if error.reason == "Unauthorized":
        return f"error: You must be logged in to the server ({error})"
    return f"Error from server ({error.reason}): {error}" if error.reason else f"Error from server: {error}"


def fail(errors: Sequence[PodlabError], output: Output | None = None) -> None:
    """Raise what went wrong, if anything did: one error as it is, unless something was printed.

    Raises:
        PodlabError: the error, or `Incomplete` for several or with output.
    """
    unique: dict[str, PodlabError] = {}
    for error in errors:
        unique.setdefault(str(error), error)
    if not unique:
        return
    if len(unique) == 1 and not (output and (output.stdout or output.stderr)):
        raise next(iter(unique.values()))
    raise Incomplete(list(unique.values()), output)
