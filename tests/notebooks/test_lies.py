"""Every lie is caught: each word of the stored outputs is changed, one at a time, and a comparison must notice.

A lie is a word of the same shape: `1/1` becomes `2/2`, `Running` becomes `Svoojoh`. What the sanitizer may hide is
listed here, by where it stands and not by how it looks, so that a pattern that hides too much fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from podlab.testing.guard import findings
from podlab.testing.sanitizer import sanitize

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
STORED = sorted(NOTEBOOKS.glob("[ke][on]/*.ipynb"))
NOTEBOOK = pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}-{path.stem}")

LOOKS = r"[Ww]aiting for (deployment |daemon set |statefulset |\d+ pods |partitioned roll out ).*\.\.\."
"""Of a rollout: as many lines as the command looked in time."""
HIDDEN_COLUMNS = {"AGE", "LAST SEEN", "IP", "NODE"}
HIDDEN_LINES = (
    r"podlab: .*",  # which cluster start() has chosen
    r"\s*(Node|Start Time|Started|IP|Container ID|Image ID):\s+\S.*",
    r"\s*(/var/run/secrets/kubernetes.io/serviceaccount from )?kube-api-access-\w{5}(:| \(ro\))",
    r"\s*- name: kube-api-access-\w{5}|\s*name: kube-api-access-\w{5}",
    r'\s*(creationTimestamp|lastTransitionTime|startedAt|startTime|resourceVersion): ".*"',
    r"\s*(- )?(uid|containerID|imageID|nodeName|hostIP|podIP|ip): \S+",
    r"\$ kubectl get events --field-selector[ =]involvedObject\.uid=\S+",
    r"node/\S+",
    r".* (is|는) \d+\.\d+\.\d+\.\d+(입니다)?",  # a check that tells the Pod's address
    r"\S+-control-plane Running \S+",  # the aside of 04
    LOOKS,
    r"\d+(\.\d+){3}",  # what `hostname -i` says in 06
    r"(Server:|Address:|IPs?:)\s+\d+(\.\d+){3}",  # what `nslookup` and `describe service` say in 08
    r"wget: can't connect to remote host \(\d+(\.\d+){3}\): Connection refused",  # the Service without Pods of 08
)
HIDDEN_WORDS = (
    r"\S+-control-plane\S*",  # the node's name, in a message
    r"\d[\d.hms]*s|\(\d[\d.hms]*s",  # how long a pull took
    r"\d{6,}",  # the size of an image
    r"db-[0-9a-z]{6,10}",  # a StatefulSet's revision
)


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Each stored text of the notebook, with its kind."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                yield "error", output["evalue"]
                yield "error", "\n".join(output["traceback"])
            elif output["output_type"] == "stream":
                yield "stream", "".join(output["text"])
            else:
                yield from ((mime, "".join(text)) for mime, text in output["data"].items())


def lie(word: str) -> str:
    """Another word of the same shape."""
    turned = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), word)
    turned = re.sub(r"[A-Z]", lambda letter: chr((ord(letter[0]) - 64) % 26 + 65), turned)
    turned = re.sub(r"[a-z]", lambda letter: chr((ord(letter[0]) - 96) % 26 + 97), turned)
    return re.sub(r"[가-힣]", lambda letter: chr((ord(letter[0]) - 0xAC00 + 1) % 11172 + 0xAC00), turned)


@cache
def uncaught(text: str) -> list[tuple[str, str, str]]:
    """Words that can be changed unnoticed, each with its line and its column's heading, if it stands in a table."""
    return list(_uncaught(text))


def _uncaught(text: str) -> Iterator[tuple[str, str, str]]:
    head: dict[int, str] = {}
    start = 0
    honest = sanitize(text)
    for line in text.splitlines(keepends=True):
        if re.match(r"(NAME|LAST SEEN|\s+Type\s+Reason)\s", line):
            head = {each.start(): each[0] for each in re.finditer(r"\S+(?: \S+)*", line)}
        for word in re.finditer(r"\S+", line):
            place = start + word.start()
            other = text[:place] + lie(word[0]) + text[place + len(word[0]) :]
            if other != text and sanitize(other) == honest:
                yield (
                    word[0],
                    line.rstrip("\n"),
                    head.get(max((at for at in head if at <= word.start()), default=-1), ""),
                )
        start += len(line)


def may_be_hidden(word: str, line: str, column: str) -> bool:
    if any(re.fullmatch(pattern, line) for pattern in HIDDEN_LINES):
        return True
    return column.upper() in HIDDEN_COLUMNS or any(re.fullmatch(rf"(?:{p})[.,;)]*", word) for p in HIDDEN_WORDS)


def test_there_are_notebooks():
    sources = {path.stem for path in (NOTEBOOKS / "src").glob("*.md")}
    assert {path.stem for path in STORED if path.parent.name == "ko"} == sources
    assert {path.stem for path in STORED if path.parent.name == "en"} == sources


@pytest.mark.slow
@NOTEBOOK
def test_every_word_of_a_stored_output_is_compared_but_for_what_may_differ(path):
    words = 0
    for kind, text in texts(path):
        if kind == "text/html":
            continue
        words += len(text.split())
        lies = [each for each in uncaught(text) if not may_be_hidden(*each)]
        assert not lies, f"nobody would notice these words change: {lies}"
    assert words > 20


@pytest.mark.slow
@NOTEBOOK
def test_every_cell_of_a_panel_is_compared_but_for_the_age(path):
    for kind, text in texts(path):
        if kind != "text/html" or "<table>" not in text:
            continue
        for cell in re.findall(r"<t[hd][^>]*>[^<]+</t[hd]>", text):
            inner = re.sub(r"<[^>]*>", "", cell)
            caught = sanitize(text.replace(cell, cell.replace(inner, lie(inner)))) != sanitize(text)
            assert caught or lie(inner) == inner or re.fullmatch(r"<td>\d[\dydhms]*</td>", cell), cell


@pytest.mark.slow
@NOTEBOOK
def test_the_order_of_lines_is_compared(path):
    for kind, text in texts(path):
        lines = text.splitlines()
        for i in range(len(lines) - 1):
            if kind == "text/html" or sanitize(lines[i]) == sanitize(lines[i + 1]):
                continue
            if re.fullmatch(LOOKS, lines[i]) and re.fullmatch(LOOKS, lines[i + 1]):
                continue
            swapped = [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]
            assert sanitize("\n".join(swapped)) != sanitize("\n".join(lines)), lines[i]


@NOTEBOOK
def test_the_guard_has_nothing_to_say(path):
    assert findings(json.loads(path.read_text(encoding="utf-8"))) == []


@NOTEBOOK
def test_nothing_of_the_machine_or_the_run_is_stored(path):
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert "widget-view" not in text and "widget-state" not in text and "application/vnd" not in text
    for local in ("/tmp/", "/root", "/home/", "/Users/", "\\u001b", "Traceback", "ipykernel_"):
        assert local not in text


@NOTEBOOK
def test_no_output_tells_the_version_of_nginx_or_its_log(path):
    for _, text in texts(path):
        assert not re.search(r"nginx/\d|docker-entrypoint|\[notice\]", text)


@NOTEBOOK
def test_cells_are_counted_from_one_and_have_ids_made_from_their_text(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    ids = [cell["id"] for cell in cells]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[0-9a-f]{8}(-\d+)?", each) for each in ids)
