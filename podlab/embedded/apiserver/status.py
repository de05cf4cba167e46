"""What the API server says when it refuses: `StatusError`, with upstream's reasons, codes and texts.

Upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Obj = dict[str, Any]

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"

REASONS = {
    "required": ("FieldValueRequired", "Required value"),
    "invalid": ("FieldValueInvalid", "Invalid value"),
    "duplicate": ("FieldValueDuplicate", "Duplicate value"),
    "unsupported": ("FieldValueNotSupported", "Unsupported value"),
    "forbidden": ("FieldValueForbidden", "Forbidden"),
    "not_found": ("FieldValueNotFound", "Not found"),
    "too_long": ("FieldValueTooLong", "Too long"),
    "too_many": ("FieldValueTooMany", "Too many"),
    "type_invalid": ("FieldValueTypeInvalid", "Invalid value"),
    "internal": ("InternalError", "Internal error"),
}
"""Kind of a field's error → its reason in `causes` and the words its text begins with."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong with one field; `message` is upstream's text without the field's path.

    `Cause("spec.containers[0].image", "FieldValueRequired", "Required value")`. Upstream: field.Error
    """

    field: str
    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def as_dict(self) -> Obj:
        """As it stands in `details.causes`."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


class StatusError(Exception):
    """A refusal, with all that makes a `Status` object; `headers` are sent along."""

    def __init__(
        self, code: int, reason: str, message: str, details: Obj | None = None, headers: Obj | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details
        self.headers: dict[str, str] = headers or {}

    def status(self) -> Obj:
        """The `Status` object that is sent."""
        status: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        status["message"] = self.message
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        status["code"] = self.code
        return status


class KubeletError(StatusError):
    """What a kubelet refuses a stream with: it is sent as text, as a kubelet writes it.

    Upstream: pkg/kubelet/server/server.go, staging/src/k8s.io/cri-streaming/pkg/streaming/errors.go
    """

    def __init__(self, message: str) -> None:
        super().__init__(500, "InternalError", message)


def success(details: Obj) -> Obj:
    """The `Status` that answers a finished deletion."""
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def _details(resource: str, name: str = "", **more: Any) -> Obj:
    """`resource` may be qualified: `deployments.apps`."""
    plural, _, group = resource.partition(".")
    details = {"name": name, "group": group, "kind": plural, **more}
    return {key: value for key, value in details.items() if value}


def not_found(resource: str, name: str) -> StatusError:
    """404: `pods "x" not found`; the resource qualified by its group."""
    return StatusError(404, "NotFound", f'{resource} "{name}" not found', _details(resource, name))


def no_such_resource() -> StatusError:
    """404 for a path that names nothing that is served."""
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(resource: str, name: str) -> StatusError:
    """409: `pods "x" already exists`."""
    return StatusError(409, "AlreadyExists", f'{resource} "{name}" already exists', _details(resource, name))


def conflict(resource: str, name: str, why: str = MODIFIED) -> StatusError:
    """409: the object changed meanwhile, or a precondition does not hold."""
    message = f'Operation cannot be fulfilled on {resource} "{name}": {why}'
    return StatusError(409, "Conflict", message, _details(resource, name))


def invalid(kind: str, name: str, causes: Sequence[Cause]) -> StatusError:
    """422 with causes; `kind` is qualified by its group: `Pod`, `Deployment.apps`."""
    texts = list(dict.fromkeys(str(cause) for cause in causes))
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details = _details(kind, name)
    details["causes"] = [cause.as_dict() for cause in causes]
    return StatusError(422, "Invalid", f'{kind} "{name}" is invalid: {text}', details)


def bad_request(message: str) -> StatusError:
    """400 with a text of its own."""
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    """401: no credentials, or wrong ones."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(resource: str, name: str, why: str, causes: Iterable[Cause] = ()) -> StatusError:
    """403: `pods "x" is forbidden: why`, without the name where there is none."""
    subject = f'{resource} "{name}"' if name else resource
    details = _details(resource, name, causes=[cause.as_dict() for cause in causes])
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {why}" if subject else f"forbidden: {why}", details)


def gone(message: str) -> StatusError:
    """410 Expired: the resource version asked for was compacted."""
    return StatusError(410, "Expired", message)


def method_not_allowed(why: str = "") -> StatusError:
    """405: the path exists, the verb does not."""
    message = "the server does not allow this method on the requested resource" + (f": {why}" if why else "")
    return StatusError(405, "MethodNotAllowed", message, {})


def unsupported_media_type(accepted: Sequence[str]) -> StatusError:
    """415: the body's content type is none of the accepted ones."""
    message = "the body of the request was in an unknown format - accepted media types include: "
    return StatusError(415, "UnsupportedMediaType", message + ", ".join(accepted))


def not_acceptable(accepted: Sequence[str]) -> StatusError:
    """406: nothing that `Accept` names can be served."""
    message = "only the following media types are accepted: " + ", ".join(accepted)
    return StatusError(406, "NotAcceptable", message)


def no_watch(resource: str) -> StatusError:
    """405: what can be listed and not watched."""
    text = f"watch is not supported on resources of kind {json.dumps(resource)}"
    return StatusError(405, "MethodNotAllowed", text, _details(resource))


def too_large(message: str = "") -> StatusError:
    """413: the body is longer than the limit."""
    text = f"Request entity too large: {message}" if message else "Request entity too large"
    return StatusError(413, "RequestEntityTooLarge", text)


def too_large_resource_version(asked: int, current: int) -> StatusError:
    """504: a resource version from the future."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    details = {"causes": [cause], "retryAfterSeconds": 1}
    message = f"Too large resource version: {asked}, current: {current}"
    return StatusError(504, "Timeout", message, details, {"Retry-After": "1"})


def too_many_requests(message: str, causes: Sequence[Cause] = ()) -> StatusError:
    """429, as the eviction subresource says it."""
    details = {"causes": [{"reason": c.reason, "message": c.message} for c in causes]}
    return StatusError(429, "TooManyRequests", message, details)


def internal(message: str) -> StatusError:
    """500: `Internal error occurred: message`."""
    details = {"causes": [{"message": message}]}
    return StatusError(500, "InternalError", f"Internal error occurred: {message}", details)
