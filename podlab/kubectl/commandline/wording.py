"""kubectl's lines for what went wrong.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage, AddSourceToErr)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podlab.answers import GENERIC
from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubectl.commandline.hints import hint_for

Status = dict[str, Any]


class Prefixed(PodlabError):
    """Its words begin with `error: ` among others, too."""


class Spaced(Prefixed):
    """Among others, an empty line follows its words, too: they end with a line break of their own."""


class Several(PodlabError):
    """What could not be read of files, as one error among others; alone it is told error by error."""

    def __init__(self, errors: Sequence[PodlabError]) -> None:
        said = dict.fromkeys(_line(error, alone=False).removeprefix("error: ") for error in errors)
        super().__init__(f"[{', '.join(said)}]" if len(said) > 1 else next(iter(said)), errors[0].hint)
        self.errors = tuple(errors)


def unfolded(errors: Sequence[PodlabError]) -> list[PodlabError]:
    """The errors with those that could not be read one by one, as where objects are read anew while files are."""
    return [each for error in errors for each in (error.errors if isinstance(error, Several) else (error,))]


def failure(errors: Sequence[PodlabError], aggregated: bool = False) -> PodlabError:
    """One error that reads as kubectl prints these: a single one in full, several a line each.

    Args:
        aggregated: a single one reads as if it were one of several.
    """
    found = lines(errors, aggregated)
    whole = found[0] if len(found) == 1 else "\n".join(found)
    return in_words(unfolded(errors)[0], whole)


def lines(errors: Sequence[PodlabError], aggregated: bool = False) -> list[str]:
    """What kubectl prints for these errors."""
    if len(errors) == 1 and isinstance(errors[0], Several):
        errors = errors[0].errors
    alone = len(errors) == 1 and not aggregated
    found = [_line(error, alone) for error in dict.fromkeys(errors)]
    if len(found) == 1:
        return found
    ends = ["\n" if isinstance(error, Spaced) else "" for error in dict.fromkeys(errors)]
    ends[-1] *= 2
    return [line.rstrip("\n") + end for line, end in zip(found, ends, strict=True)]


def in_words(error: PodlabError, line: str) -> PodlabError:
    """The same error with kubectl's line and the hint that fits it."""
    hint = error.hint or hint_for(line)
    if isinstance(error, ApiError):
        return ApiError(error.status, line, hint)
    worded = type(error)(line, hint) if type(error).__init__ is PodlabError.__init__ else PodlabError(line, hint)
    worded.__cause__ = error.__cause__
    if isinstance(worded, ClusterError) and isinstance(error, ClusterError):
        worded.asked, worded.why = error.asked, error.why
    return worded


def in_gos_words(error: PodlabError) -> str:
    """The error as it reads within another: of a request that got no answer the request and why."""
    return f"{error.asked}: {error.why}" if isinstance(error, ClusterError) and error.asked else str(error)


def of_discovery(error: PodlabError, server: str, path: str = "/api") -> str:
    """What Go says of a server that cannot be asked for its resources; "" if the error tells of something else."""
    if isinstance(error, ClusterError) and error.why:
        return f'Get "{server}{path}?timeout=32s": {error.why}'
    if not isinstance(error, ApiError):
        return ""
    return {401: GENERIC[401][1], 403: str(error.status.get("body", "unknown"))}.get(error.code, "")


def with_source(error: ApiError, doing: str, source: str) -> ApiError:
    """The error with the file that it is about: `error when creating "pod.yaml": …`."""
    message = f'error when {doing} "{source}": {error.status.get("message", "")}'
    return ApiError({**error.status, "message": message}, hint=error.hint)


def server_line(status: Status) -> str:
    """`Error from server (NotFound): …`."""
    message, reason = str(status.get("message") or ""), status.get("reason")
    if reason == "Unauthorized":
        return f"error: You must be logged in to the server ({message})"
    return f"Error from server ({reason}): {message}" if reason else f"Error from server: {message}"


def _line(error: PodlabError, alone: bool) -> str:
    if not isinstance(error, ApiError):
        text = str(error)
        return text if alone or isinstance(error, Prefixed) else text.removeprefix("error: ")
    if str(error) != str(error.status.get("message", "")):
        return str(error)  # it has its words already
    if alone and error.reason == "Invalid":
        return _invalid(error.status)
    return server_line(error.status)


def _invalid(status: Status) -> str:
    details, message = status.get("details"), status.get("message") or ""
    if not details:
        return "The request is invalid" + (f": {message}" if message else "")
    causes = list(dict.fromkeys(f"{c.get('field', '')}: {c.get('message', '')}" for c in details.get("causes") or ()))
    head = "The request is invalid"
    if details.get("kind") or details.get("name"):
        head = f'The {details.get("kind", "")} "{details.get("name", "")}" is invalid'
    elif message and not causes:
        head += f": {message}"
    if not causes:
        return head
    return f"{head}: {causes[0]}" if len(causes) == 1 else "\n".join([f"{head}: ", *(f"* {c}" for c in causes)])
