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


def test_sidecars_and_the_largest_init_container_count_and_so_does_what_a_cluster_adds() -> None:
    limits, requests = {"memory": "32Mi"}, {"cpu": "10m", "memory": "8Mi"}
    sidecar = {"name": "s", "restartPolicy": "Always", "resources": {"limits": limits, "requests": requests}}
    init = {"name": "i", "resources": {"requests": {"cpu": "40m"}}}
    slots = {"example.com/slot": "2"}
    main = {"name": "c", "resources": {"limits": slots, "requests": slots}}
    spec = {"initContainers": [sidecar, init], "containers": [main]}
    wanted = {"cpu": "50m", "example.com/slot": "2", "memory": "8Mi"}
    assert podresources.requested(spec) == wanted
    assert podresources.reported(spec, measured=False) == {"limits": limits | slots, "requests": wanted}
    measured = {"limits": {"memory": podresources.UNLIMITED_MEMORY}, "requests": {"cpu": "50m", "memory": "8Mi"}}
    assert podresources.reported(spec, measured=True) == measured


def test_a_control_group_has_a_limit_only_where_each_container_has_one() -> None:
    limits = {"cpu": "100m", "memory": "16Mi"}
    main = {"name": "c", "resources": {"limits": limits}}
    assert podresources.reported({"containers": [main]}, measured=True) == {"limits": limits}
    free = podresources.reported({"containers": [main, {"name": "d"}]}, measured=True)
    assert free == {"limits": {"memory": podresources.UNLIMITED_MEMORY}}
