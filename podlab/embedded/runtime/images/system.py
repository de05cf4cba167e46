"""Images of a cluster's own Pods: what they do is done by the embedded cluster itself, so a container only waits."""

from __future__ import annotations

import hashlib

from podlab.embedded.runtime.images.image import Image

PROGRAMS = (  # as kind's node has them: reference, bytes, what its Pod runs
    ("registry.k8s.io/kube-proxy:v1.36.2", 299943708, "/usr/local/bin/kube-proxy"),
    ("docker.io/kindest/local-path-provisioner:podlab", 271483975, "local-path-provisioner"),
    ("docker.io/kindest/kindnetd:podlab", 228631445, "/kindnetd"),
    ("registry.k8s.io/kube-apiserver:v1.36.2", 105407981, "kube-apiserver"),
    ("registry.k8s.io/kube-controller-manager:v1.36.2", 95516149, "kube-controller-manager"),
    ("registry.k8s.io/coredns/coredns:v1.14.2", 74293272, "/coredns"),
    ("registry.k8s.io/kube-scheduler:v1.36.2", 72779244, "kube-scheduler"),
    ("registry.k8s.io/etcd:3.6.8-0", 26506722, "etcd"),
)


def _system(reference: str, size: int, program: str) -> Image:
    return Image(
        reference=reference,
        digest=hashlib.sha256(reference.encode()).hexdigest(),
        size=size,
        entrypoint=(program,),
        commands=frozenset({program}),
        directories="etc dev proc sys tmp var",
        system=True,
    )


SYSTEM = tuple(_system(*row) for row in PROGRAMS)
PRESENT = tuple(image.reference for image in SYSTEM)
