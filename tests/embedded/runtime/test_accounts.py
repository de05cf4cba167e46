"""Who a container's processes are, where they are at home, and what they reach of their first process."""

from __future__ import annotations

import pytest

from podlab.embedded.kubelet.environment import environment
from podlab.embedded.runtime.images import find
from podlab.embedded.runtime.images.image import Image
from podlab.embedded.runtime.machine.identity import identity
from podlab.embedded.runtime.servers.nginx.configuration.config import unescaped
from tests.embedded.runtime.test_shell import machine, sh


def nginx() -> Image:
    found = find("docker.io/library/nginx:1.27")
    assert found
    return found


@pytest.mark.parametrize(("uid", "group", "home"), [(0, 0, "/root"), (33, 33, "/var/www"), (1000, 0, "/")])
def test_a_user_has_the_group_and_the_home_of_the_images_accounts(uid: int, group: int, home: str) -> None:
    image = nginx()
    pod = {"spec": {"securityContext": {"runAsUser": uid}}}
    assert identity(pod, {}, image.owner, image.group).gid == group
    assert image.home(uid) == home


@pytest.mark.parametrize(
    ("image", "script", "output"),
    [
        ("alpine", "id guest; wc -l < /etc/passwd", "uid=405(guest) gid=100(users) groups=100(users)\n17\n"),
        ("nginx:alpine", "grep nginx /etc/passwd", "nginx:x:101:101:nginx:/var/cache/nginx:/sbin/nologin\n"),
        ("curlimages/curl", "id -gn curl_user", "curl_group\n"),
        ("busybox", "id -un 65534", ""),
    ],
)
def test_images_on_alpine_know_alpines_users_and_their_own(image: str, script: str, output: str) -> None:
    assert sh(script, container=machine(image))[1] == output


@pytest.mark.parametrize(("hosts", "name"), [(True, "node-1"), (False, "web")])
def test_in_the_nodes_network_the_host_is_the_node(hosts: bool, name: str) -> None:
    pod = {"metadata": {"name": "web", "namespace": "default"}, "spec": {"hostNetwork": hosts, "nodeName": "node-1"}}
    found = environment(pod, {}, nginx(), lambda plural, named: None, [], {}, "/var/www")
    assert (found["HOSTNAME"], found["HOME"]) == (name, "/var/www")


def test_in_nginxs_quotes_only_some_letters_are_escaped() -> None:
    assert unescaped(r"a\n\"b\"\t\d") == 'a\n"b"\t\\d'
