"""Reviews: asked by POST, answered at once, never stored."""

from __future__ import annotations

from podlab.embedded.apiserver.resource import Resource


def _review(group: str, kind: str, *, namespaced: bool = False) -> Resource:
    singular = kind.lower()
    return Resource(
        group=group,
        version="v1",
        kind=kind,
        plural=f"{singular}s",
        singular=singular,
        namespaced=namespaced,
        verbs=("create",),
    )


REVIEWS = (
    _review("authentication.k8s.io", "SelfSubjectReview"),
    _review("authentication.k8s.io", "TokenReview"),
    _review("authorization.k8s.io", "LocalSubjectAccessReview", namespaced=True),
    _review("authorization.k8s.io", "SelfSubjectAccessReview"),
    _review("authorization.k8s.io", "SelfSubjectRulesReview"),
    _review("authorization.k8s.io", "SubjectAccessReview"),
)
