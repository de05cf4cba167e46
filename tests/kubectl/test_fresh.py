"""What a real kubectl 1.36 answered on kind to a few hundred lines: podlab's answers the same on any cluster.

`python tools/differential.py KUBECONFIG tests/kubectl/lines/NAME.txt --folder tests/kubectl/lines/files --name fresh
--record tests/kubectl/lines/NAME.jsonl` records them.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from podlab.client import Client
from podlab.clusters.cluster import Cluster
from podlab.kubectl import Kubectl

LINES = Path(__file__).parent / "lines"
TOOL = Path(__file__).parents[2] / "tools" / "differential.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("differential", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


differential = load()


@pytest.fixture
def side(name: str, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A namespace of its own, and a kubeconfig that may be changed."""
    space = f"{name}-ours"
    own = tmp_path / "kubeconfig"
    own.write_text(Path(cluster.kubeconfig).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(LINES / "files")
    monkeypatch.setenv("KUBECONFIG", str(own))
    kubectl = Kubectl(Client(cluster.kubeconfig))
    kubectl.create("namespace", space)
    kubectl.wait("sa/default", for_="create", namespace=space, timeout="30s")
    yield differential.Side(space, str(own)), kubectl
    kubectl.delete("namespace", space, wait=False)


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("fresh", 150),
        ("surface", 60),
        ("words", 15),
        ("layers", 20),
        ("later", 35),
        ("once", 18),
        ("mended", 8),
        ("forms", 15),
        ("singles", 20),
        ("order", 30),
        ("custom", 15),
        ("several", 25),
    ],
)
def test_podlabs_answers_are_kubectls(name: str, least: int, side: tuple[Any, Kubectl]) -> None:
    place, _ = side
    rows = [json.loads(text) for text in (LINES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len([row for row in rows if "answer" in row]) > least
    wrong = []
    for row in rows:
        found = differential.answer(row["line"], place, "")
        wrong += [] if found == row["answer"] else [f"{row['line']}\nkubectl: {row['answer']}\npodlab: {found}"]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("port", [30080, 32783, 45678])
def test_a_servers_port_is_no_node_port(port: int) -> None:
    assert differential.normal(f"running at https://127.0.0.1:{port}\n") == "running at https://SERVER\n"
