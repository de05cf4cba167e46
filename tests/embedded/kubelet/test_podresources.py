"""Resources of a whole Pod, as kind told them of a Pod with its own and with one container's requests."""

from __future__ import annotations

from podlab.embedded.kubelet.status import podresources

OWN = {"limits": {"cpu": "200m", "memory": "64Mi"}, "requests": {"cpu": "100m", "memory": "32Mi"}}
CONTAINERS = [{"name": "c", "resources": {"requests": {"cpu": "20m"}}}, {"name": "d"}]


def test_a_pods_own_resources_go_before_its_containers() -> None:
    spec = {"resources": OWN, "containers": CONTAINERS}
    assert podresources.requested(spec) == OWN["requests"]
    assert podresources.reported(spec, measured=True) == OWN


def test_without_its_own_a_pod_has_its_containers() -> None:
    spec = {"containers": CONTAINERS}
    assert podresources.requested(spec) == {"cpu": "20m"}
    limits = {"memory": podresources.UNLIMITED_MEMORY}
    assert podresources.reported(spec, measured=True) == {"limits": limits, "requests": {"cpu": "20m"}}
