"""`cluster-info`: where the servers are, and where the lists and logs of `dump` go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl, line
from tests.kubectl.canned import Canned


def test_a_folder_gets_a_file_of_each_list_and_of_each_pods_logs(tmp_path: Path) -> None:
    kubectl = Kubectl(Canned(tmp_path), folder=tmp_path)
    words = ["cluster-info", "dump", "--namespaces=default", "--output-directory=out", "-o", "yaml"]
    output, code, error = line.run(words, lambda _: kubectl)
    assert (output.stdout, code, error) == ("Cluster info dumped to out\n", 0, None)
    found = sorted(str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*") if each.is_file())
    lists = "daemonsets deployments events pods replicasets replication-controllers services"
    assert found == sorted(["default/web/logs.txt", "nodes.yaml", *(f"default/{each}.yaml" for each in lists.split())])
    logs = (tmp_path / "out" / "default" / "web" / "logs.txt").read_text(encoding="utf-8")
    assert logs.startswith("==== START logs for container web of pod default/web ====\n")


def test_the_servers_address_is_shown_as_the_kubeconfig_has_it(tmp_path: Path) -> None:
    client = Canned(tmp_path)
    client.connection = replace(client.connection, slashes="/")
    shown = Kubectl(client).cluster_info().stdout.splitlines()[:2]
    at = f"{client.server}/"
    assert shown[0] == f"Kubernetes control plane is running at {at}"
    assert shown[1] == f"web is running at {at}/api/v1/namespaces/kube-system/services/web/proxy"


def test_what_is_in_the_folders_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    kubectl = Kubectl(Canned(tmp_path), folder=tmp_path)
    with pytest.raises(PodlabError, match=r"^error: mkdir out: not a directory$"):
        kubectl.cluster_info("dump", output_directory="out/below")
