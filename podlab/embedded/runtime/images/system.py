"""Images of a cluster's own Pods: what they do is done by the embedded cluster itself, so a container only waits."""

from __future__ import annotations

import hashlib

from podlab.embedded.runtime.images.image import Image

KUBERNETES = "v1.36.2"
"""The release that this cluster is."""
PROGRAMS = (  # as kind's node has them: reference, bytes, what its Pod runs
    (f"registry.k8s.io/kube-proxy:{KUBERNETES}", 299943708, "/usr/local/bin/kube-proxy"),
    ("docker.io/kindest/local-path-provisioner:podlab", 271483975, "local-path-provisioner"),
    ("docker.io/kindest/kindnetd:podlab", 228631445, "/kindnetd"),
    (f"registry.k8s.io/kube-apiserver:{KUBERNETES}", 105407981, "kube-apiserver"),
    (f"registry.k8s.io/kube-controller-manager:{KUBERNETES}", 95516149, "kube-controller-manager"),
    ("registry.k8s.io/coredns/coredns:v1.14.2", 74293272, "/coredns"),
    (f"registry.k8s.io/kube-scheduler:{KUBERNETES}", 72779244, "kube-scheduler"),
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
