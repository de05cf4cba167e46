"""What is told of a cell that may never end, before it begins; nothing of cells that end by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab import text
from podlab.lessons import endless, slips
from podlab.lessons.lesson import notebooks
from podlab.text import LANGUAGES
from tests.interactive import interactive
from tests.lessons.sources import cells

TYPED, DOCKER, INSIDE = "no terminal to type into", "not in the cluster", "from within the cluster only"
STOP, WATCHED = "may not end by itself", "it shows what came only then"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("!docker run -p 80:80 nginx", DOCKER),
        ("! sudo docker run --rm nginx", DOCKER),
        ("a = 1\n!podman run nginx", DOCKER),
        ("!docker logs -f web", STOP),
        ("!docker compose up", STOP),
        ("!kubectl get pods -w", STOP),
        ("!kubectl get pods --watch", STOP),
        ("!kubectl logs -f web", STOP),
        ("!kubectl port-forward pod/web 8080:80", STOP),
        ("!podlab lab", STOP),
        ("!ping 127.0.0.1", STOP),
        ("!tail -f /var/log/syslog", STOP),
        ("!vi web.yaml", STOP),
        ("!bash", STOP),
        ("!python -m http.server 8000", STOP),
        ("!curl http://10.244.0.5", INSIDE),
        ("!ping 10.96.0.1", INSIDE),
        ("!kubectl exec -it web -- bash", TYPED),
        ("%kubectl exec -it web -- bash", TYPED),
        ("%kubectl exec web -it -- sh", TYPED),
        ("%kubectl run box --image=busybox -it --rm -- sh", TYPED),
        ("%kubectl -n default attach -i web", TYPED),
        ("kubectl.exec('web', 'sh', stdin=True, tty=True)", TYPED),
        ("%kubectl exec web -- bash", TYPED),
        ("%kubectl exec web -c box -- /bin/sh", TYPED),
        ("kubectl.exec('web', 'sh')", TYPED),
        ("kubectl.exec('web', 'bash', container='box')", TYPED),
        ("%kubectl get pods -w", WATCHED),
        ("%kubectl logs -f web", WATCHED),
        ("kubectl.get('pods', watch=True)", WATCHED),
        ("log = kubectl.logs('web', follow=True)", WATCHED),
        ("%kubectl port-forward pod/web 8080:80", 'PortForward(kubectl, "pod/web", 80)'),
        ("kubectl.proxy(port=8001)", STOP),
    ],
)
def test_a_cell_that_may_never_end(cell: str, said: str) -> None:
    found = endless.hint_for(cell)
    assert found and said in found.en and "■" in found.ko


@pytest.mark.parametrize(
    "cell",
    [
        "!docker run -d -p 80:80 nginx",
        "!docker run --name web --detach nginx",
        "!docker ps",
        "!docker stop lab-worker",
        "!docker compose up -d",
        "!kubectl get pods -o wide",
        "!kubectl apply -f web.yaml",
        "!kubectl get pods --watch=false",
        "%kubectl get pods -w=false",
        "%kubectl exec web -- bash -c ls",
        "kubectl.exec('web', 'sh', '-c', 'ls')",
        "kubectl.get('pods', watch=False)",
        "%kubectl exec web -- ls -t /",
        "%kubectl exec web -- sort -i notes",
        "%kubectl logs web",
        "kubectl.exec('web', 'ls', '/')",
        "!ping -c 1 127.0.0.1",
        "!curl http://127.0.0.1:8080",
        "!cat web.yaml",
        "!python notes.py",
        "!sleep 1",
        "!podlab status",
        "%%manifest a.yaml\n!docker run nginx",
        "print('!docker run nginx')",
    ],
)
def test_a_cell_that_ends(cell: str) -> None:
    assert endless.hint_for(cell) is None


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((notebooks() / "src").glob("*.md")), ids=lambda path: str(path.stem))
def test_the_lessons_own_cells_all_end(path: Path) -> None:
    for language in LANGUAGES:
        assert [cell for cell in cells(path.stem, language, "code") if endless.hint_for(cell)] == []


def test_it_is_told_above_what_the_cell_prints(capsys: pytest.CaptureFixture[str]) -> None:
    text.use("en")
    with interactive() as shell:
        slips.install(shell)
        shell.run_cell("kubectl = type('K', (), {'attach': lambda self, *a, **k: print('prompt')})()")
        shell.run_cell("kubectl.attach('web', stdin=True)")
    text.use(None)
    said = capsys.readouterr().out
    assert said.index(TYPED) < said.index("prompt")
    assert said.count("→ ") == 1
