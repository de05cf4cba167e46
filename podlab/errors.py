"""The kit's error tree: each error is kubectl's line where kubectl has one, and may carry one hint."""

from __future__ import annotations

from typing import Any

from podlab.text import Text


class PodlabError(Exception):
    """Something the person in front of podlab can mend. `str()` is the line; `hint` names the next step.

    In IPython what the command had printed (`output`), the line and the hint are shown without a stack
    (`_render_traceback_`).
    """

    def __init__(self, message: str | Text, hint: Text | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.output: Any = None

    def __str__(self) -> str:
        return str(self.message)

    def _render_traceback_(self) -> list[str]:
        printed = [repr(self.output)] if self.output is not None else []
        return [*printed, str(self)] + ([f"→ {self.hint}"] if self.hint else [])


class ApiError(PodlabError):
    """The API server said no: `status` is its Status object, `code` the HTTP code, `reason` its reason."""

    def __init__(self, status: dict[str, Any], message: str | None = None, hint: Text | None = None) -> None:
        super().__init__(message or str(status.get("message", "")), hint)
        self.status = status

    @property
    def code(self) -> int:
        """The HTTP status code, such as 404."""
        return int(self.status.get("code") or 0)

    @property
    def reason(self) -> str:
        """The machine-readable reason, such as `NotFound`."""
        return str(self.status.get("reason") or "")


class ClusterError(PodlabError):
    """No cluster, or none that answers: engine absent, server unreachable, token expired.

    Attributes:
        asked: the request that got no answer, as Go names it: `Get "https://127.0.0.1:1/api"`; "" for none.
        why: Go's words for what became of it.
    """

    asked = why = ""


class ManifestError(PodlabError):
    """A manifest that cannot be read: no file, no YAML, no object."""


class WaitTimeout(PodlabError):
    """What was waited for did not come in time."""
