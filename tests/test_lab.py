"""How JupyterLab is started: settings, port, environment, shim; and once for real."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
import urllib3

from podlab import lab
from podlab.clusters import Cluster, state

PATIENT = urllib3.Retry(connect=10, backoff_factor=0.1)  # JupyterLab listens some seconds after its address is told
CLUSTER = Cluster("a", "embedded", Path("/state/a/kubeconfig"))


def a_lab(**changes: object) -> lab.Lab:
    values = {
        "folder": Path("/lessons"),
        "language": "ko",
        "cluster": CLUSTER,
        "port": 8888,
        "browser": False,
        "token": "secret",
        "notebook": "ko/00-welcome.ipynb",
    }
    return lab.Lab(**values | changes)  # type: ignore[arg-type]


def test_the_token_is_in_the_url_and_not_on_the_command_line() -> None:
    assert a_lab().url == "http://127.0.0.1:8888/lab/tree/ko/00-welcome.ipynb?token=secret"
    assert "secret" not in " ".join(a_lab().arguments())


def test_settings_of_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True)
    theirs = {"@jupyterlab/translation-extension:plugin": {"x": 1}, "other": {"y": 2}}
    path.write_text(json.dumps(theirs), encoding="utf-8")
    assert lab.write_settings("ko", tmp_path)
    made = json.loads(path.read_text(encoding="utf-8"))
    assert made["other"] == {"y": 2}
    assert made["@jupyterlab/translation-extension:plugin"] == {"x": 1, "locale": "ko_KR"}
    assert made["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false"}
    assert lab.write_settings("en", tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["@jupyterlab/translation-extension:plugin"]["locale"] == "en"


def test_kernels_of_this_environment_load_the_hints_beside_what_they_load_already(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "ipython" / "ipython_kernel_config.json"
    path.parent.mkdir(parents=True)
    theirs = {"InteractiveShellApp": {"extensions": ["mine"], "x": 1}, "other": 2}
    path.write_text(json.dumps(theirs), encoding="utf-8")
    for _ in range(2):
        assert lab.write_hints(tmp_path)
        made = json.loads(path.read_text(encoding="utf-8"))
        assert made["InteractiveShellApp"] == {"extensions": ["mine", lab.HINTS], "x": 1}
        assert (made["other"], made["IPKernelApp"]) == (2, {"log_level": logging.ERROR})
    path.write_text("[]", encoding="utf-8")
    assert not lab.write_hints(tmp_path)


def test_settings_that_cannot_be_read_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert not lab.write_settings("ko", tmp_path)
    assert path.read_text(encoding="utf-8") == "{"


def test_a_taken_port_gives_way_to_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert lab.free_port(port) > port


def test_our_kubectl_is_last_where_there_is_none(tmp_path: Path) -> None:
    made = lab.environment(a_lab(), tmp_path / "shims", {"PATH": str(tmp_path)})
    assert made["PATH"].split(os.pathsep)[0] == str(tmp_path)
    assert made["PATH"].split(os.pathsep)[-1] == str(tmp_path / "shims")
    assert made["KUBECONFIG"] == str(CLUSTER.kubeconfig)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX executable")
def test_a_kubectl_that_is_there_stays_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "kubectl").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "kubectl").chmod(0o755)
    assert "shims" not in lab.environment(a_lab(), tmp_path / "shims", {"PATH": str(tmp_path)})["PATH"]


@pytest.mark.cluster
@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX executable")
def test_our_kubectl_works_on_the_cluster_that_kubeconfig_names(cluster: Cluster, tmp_path: Path) -> None:
    lab.write_shims(tmp_path)
    environ = {"KUBECONFIG": str(cluster.kubeconfig), "PODLAB_HOME": str(tmp_path / "empty"), "PATH": str(tmp_path)}
    environ["PYTHONPATH"] = str(Path(lab.__file__).parent.parent)
    done = subprocess.run(
        ["kubectl", "get", "ns", "default", "-o", "name"], env=environ, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr, done.returncode) == ("namespace/default\n", "", 0)


def test_a_state_folder_stays_where_it_is_for_kernels_that_begin_elsewhere() -> None:
    assert lab.environment(a_lab(), Path("/s"), {"PODLAB_HOME": "state"})["PODLAB_HOME"] == str(Path.cwd() / "state")
    assert "PODLAB_HOME" not in lab.environment(a_lab(), Path("/s"), {})


def test_a_cluster_goes_by_its_name_and_a_foreign_file_by_its_path(podlab_home: Path) -> None:
    ours = Cluster("ours", "kind", state.kubeconfig_path("ours"))
    state.remember(ours)
    assert lab.environment(a_lab(cluster=ours), Path("/s"), {})["PODLAB_CLUSTER"] == "ours"
    assert lab.environment(a_lab(), Path("/s"), {})["PODLAB_CLUSTER"] == str(CLUSTER.kubeconfig)
    state.forget("ours")


def test_a_cluster_that_was_only_found_gives_way_to_the_next_podlab_up() -> None:
    assert "PODLAB_CLUSTER" not in lab.environment(a_lab(pinned=False), Path("/s"), {})


@pytest.mark.cluster
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_lab_starts_at_the_welcome_notebook_and_ctrl_c_leaves_only_the_cluster(
    cluster: Cluster, tmp_path: Path
) -> None:
    import pty

    leader, terminal = pty.openpty()
    command = [sys.executable, "-m", "podlab", "lab", str(tmp_path / "work"), "--no-browser", "--cluster", cluster.name]
    environ = os.environ | {"LANGUAGE": "en", "PYTHONPATH": str(Path(lab.__file__).parent.parent)}
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, env=environ, text=True)
    os.close(terminal)
    assert process.stderr
    url = next(found for line in process.stderr if (found := re.search(r"http://\S+/lab/tree/\S+token=\S+", line)))[0]
    base, token = url.partition("/lab/")[0], url.partition("token=")[2]
    urllib3.PoolManager(retries=PATIENT).request("GET", f"{base}/api")
    request = urllib.request.Request(f"{base}/api/kernels?token={token}", b"{}", method="POST")
    kernel = json.load(urllib.request.urlopen(request))
    assert kernel["name"] == "python3"
    assert psutil.Process(process.pid).cwd() == str(tmp_path / "work" / "en"), "where terminals begin"
    page = urllib.request.urlopen(f"{base}/api/contents/en/00-welcome.ipynb?token={token}&content=0")
    assert json.load(page)["path"] == "en/00-welcome.ipynb"
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(30) == 0
    os.close(leader)
    assert f"podlab down --name {cluster.name}" in said
    assert cluster.answers()
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{base}/api", timeout=2)
