"""ManifestEditor: what it says of a text, when it writes the file, what it asks the server."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from podlab import text
from podlab.client import Client
from podlab.errors import ApiError, ManifestError
from podlab.kubectl import Kubectl
from podlab.panels.editor.draft import Draft
from podlab.panels.editor.editor import LABELS, ManifestEditor, told, twin
from podlab.panels.editor.places import documents
from podlab.panels.editor.problems import Problem, of_answer, of_yaml
from podlab.panels.editor.review import Plan, Review
from podlab.panels.panel import CONNECTION, module
from podlab.panels.worker import Worker
from tests.panels.replay import GOLDEN, Replay

SEED = (Path(__file__).parents[3] / "notebooks" / "manifests" / "nginx-pod.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    text.use("en")
    yield
    text.use(None)


def answered(changed: str, message: str, **status: Any) -> list[Problem]:
    """What is told of a server's answer to a manifest."""
    error = ApiError({"code": 400, "message": message, **status})
    return of_answer(error, documents(changed)[0], lambda path: ("image", "imagePullPolicy", "name"))


def test_an_unknown_field_is_told_at_its_line_with_the_one_that_was_meant() -> None:
    message = 'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field '
    found = answered(SEED.replace("image:", "imagee:"), f'{message}"spec.containers[0].imagee"')
    assert found == [Problem(10, "There is no field `imagee` here. Did you mean `image`?")]


def test_a_value_of_the_wrong_type_is_told_at_its_line() -> None:
    go = "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type"
    found = answered(SEED.replace("80", '"80"'), f"{go} int32")
    assert found == [Problem(12, "`containerPort` takes a number, not a string.")]
    go = "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"
    (found_label,) = answered(SEED.replace("webserver", "1"), go)
    assert found_label.line == 6 and "Quotes make a string of it." in found_label.text


def test_a_value_in_a_list_is_named_by_the_list_and_its_place() -> None:
    go = "json: cannot unmarshal bool into Go struct field Container.spec.containers.args of type string"
    (found,) = answered(SEED.replace("ports:", 'args: ["a", true]\n      ports:'), go)
    assert found.text.startswith("`args[1]` takes a string, not true or false.")


def test_each_cause_is_told_at_the_line_of_its_field() -> None:
    causes = [
        {"reason": "FieldValueRequired", "message": "Required value", "field": "spec.containers[0].image"},
        {"reason": "FieldValueInvalid", "message": "Invalid value: 0", "field": "spec.containers[0].ports[0]"},
    ]
    found = answered(SEED, "invalid", reason="Invalid", details={"causes": causes})
    assert [each.line for each in found] == [10, 12]
    assert found[0].text == "`spec.containers[0].image` must have a value. (Required value)"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("containerPort: 80", "containerPort: 81", "containerPort"), ("nginx-container", "another", "name")],
)
def test_a_forbidden_change_is_told_at_its_line(old: str, new: str, field: str) -> None:
    """The server's words are recorded; they name only `spec`, and a diff."""
    transcript = (GOLDEN / "apply-and-diff" / "transcript.txt").read_text(encoding="utf-8")
    told_by_server = transcript.split(f"sed 's/{old}/{new}/'")[1]
    message = told_by_server.split("spec: ", 1)[1].split("--- exit")[0]
    changed = SEED.replace(old, new)
    causes = [{"reason": "FieldValueForbidden", "message": message, "field": "spec"}]
    (found,) = answered(changed, f"is invalid: spec: {message}", details={"causes": causes})
    assert new in changed.splitlines()[found.line - 1] and f"`{field}` of a Pod that exists" in found.text


def test_what_names_no_field_is_told_all_the_same() -> None:
    assert answered(SEED, "the server is on holiday") == [Problem(1, "the server is on holiday")]
    (found,) = of_answer(
        ManifestError('error: no matches for kind "pod" in version "v1"'), documents(SEED)[0], lambda _: ()
    )
    assert found.line == 2 and "Did you mean `Pod`? Upper and lower case count." in found.text


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        (SEED.replace("  labels:", "   labels:"), 5, "There can be no `:` here"),
        (SEED.replace("nginx:latest", '"nginx'), 12, "not closed"),
        (SEED.replace("      image", "\timage"), 10, "tab"),
        ("---\n" + SEED + "---\na: [1\n", 16, "not closed"),
        (SEED.replace("spec:", "metadata: {}\nspec:"), 7, "here already"),
        (SEED.replace("kind: Pod", "kind:\u00a0Pod"), 2, "(U+00A0) that only looks like a space"),
        (SEED.replace("kind: Pod", "kind\uff1aPod"), 2, "(U+FF1A) that only looks like `:`"),
    ],
)
def test_what_is_no_yaml_is_told_at_its_line(wrong: str, line: int, words: str) -> None:
    found = [each for document in documents(wrong) for each in of_yaml(document)]
    assert len(found) == 1 and words in found[0].text
    assert abs(found[0].line - line) <= 1, found


def test_every_sentence_is_korean_too() -> None:
    text.use("ko")
    (found,) = of_yaml(documents(SEED.replace("  labels:", "   labels:"))[0])
    assert re.search("[가-힣]", found.text)


def test_saving_never_loses_what_somebody_else_wrote(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "pod.yaml", "pod.yaml")
    draft.load()
    assert (draft.text, draft.state()) == ("", "new")
    draft.text = "kind: Pod\n"
    draft.save()
    assert draft.path.read_text(encoding="utf-8") == "kind: Pod\n" and draft.state() == "saved"
    draft.text = "kind: Pod # mine\n"
    assert draft.state() == "unsaved" and not draft.follow()
    draft.path.write_text("kind: Pod # theirs\n", encoding="utf-8")
    assert draft.state() == "changed" and not draft.follow()
    with pytest.raises(ManifestError, match="changed elsewhere"):
        draft.save()
    assert draft.path.read_text(encoding="utf-8") == "kind: Pod # theirs\n"
    draft.save(over=True)
    assert draft.path.read_text(encoding="utf-8") == "kind: Pod # mine\n"


def test_a_file_that_changes_is_followed_while_nothing_is_unsaved(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text("kind: Pod\n", encoding="utf-8")
    draft = Draft(tmp_path / "pod.yaml", "pod.yaml")
    draft.load()
    assert not draft.follow()
    draft.path.write_text("kind: Service\n", encoding="utf-8")
    assert draft.follow() and draft.text == "kind: Service\n" and draft.state() == "saved"


def test_what_is_no_text_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ManifestError, match="not utf-8"):
        Draft(tmp_path / "pod.yaml", "pod.yaml").load()


def test_the_worker_does_jobs_in_order_and_goes_on_after_a_failure() -> None:
    done, failed, ended = [], [], threading.Event()
    worker, gate = Worker("test", failed.append), threading.Event()
    worker.do("first", lambda: (gate.wait(5), done.append(1))[1])
    worker.do("second", lambda: done.append(2))
    worker.do("second", lambda: done.append(3))
    worker.do("broken", lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    worker.do("look", lambda: done.append(4))
    worker.do("act", lambda: done.append(5), instead="look")
    worker.do("last", ended.set)
    gate.set()
    assert ended.wait(5)
    assert done == [1, 3, 5] and isinstance(failed[0], ZeroDivisionError)


def test_the_twin_has_the_text_its_lines_and_what_is_said_of_them() -> None:
    review = Review((Problem(2, "<b>"),), (Plan("Pod", "web", "created"),))
    html = twin("a.yaml", "kind: Pod\nmetadata: <i>\n", review)
    assert "  2  metadata: &lt;i&gt;" in html
    assert "line 2: &lt;b&gt;" in html and "Pod web: would be created." in html
    assert told(Review())["summary"] == "There is no manifest here yet."


def test_a_server_that_is_away_is_said(tmp_path: Path) -> None:
    replay = Replay()
    client = Client(replay.kubeconfig(tmp_path))
    replay.close()
    (tmp_path / "pod.yaml").write_text(SEED, encoding="utf-8")
    panel = ManifestEditor(Kubectl(client, folder=tmp_path), "pod.yaml")
    bundle, _ = panel._repr_mimebundle_()
    assert bundle["text/plain"] == "ManifestEditor('pod.yaml', namespace='default')"
    panel._check()
    shown = panel._draw([])
    assert shown["verdict"]["problems"][0]["line"] == 0 and shown["verdict"]["plans"] == []
    assert shown["document"]["text"] == SEED and shown["file"]["state"] == "saved"
    panel.close()


def test_every_label_that_the_drawing_uses_comes_from_python() -> None:
    used = set(re.findall(r"\blabels\.(\w+)", module("editor/desk", "editor/editor")))
    assert used <= set(LABELS | CONNECTION)
    assert not set(LABELS) & set(CONNECTION)


@pytest.fixture
def kubectl(cluster: Any, tmp_path: Path) -> Iterator[Kubectl]:
    client = Client(cluster.kubeconfig, context=cluster.context, namespace=cluster.namespace)
    found = Kubectl(client, folder=tmp_path)
    yield found
    found.delete("pod", "edited", ignore_not_found=True, now=True)


@pytest.mark.cluster
def test_a_manifest_is_tried_applied_and_compared(kubectl: Kubectl, tmp_path: Path) -> None:
    said: list[Any] = []
    mine = SEED.replace("nginx-pod-example", "edited")
    panel = ManifestEditor(kubectl, "edited.yaml")
    panel.send = lambda content, buffers=None: said.append(content)
    panel._draft.text = mine.replace("      image:", "      imagee:")
    panel._check()
    assert [each["line"] for each in panel._draw([])["verdict"]["problems"]] == [10]
    panel._draft.text = mine
    panel._check()
    assert panel._draw([])["verdict"]["plans"] == ["Pod edited: would be created."]
    assert not (tmp_path / "edited.yaml").exists()
    panel._apply(False)
    assert (tmp_path / "edited.yaml").read_text(encoding="utf-8") == mine
    assert said[-1] == {"event": "output", "text": "$ kubectl apply -f edited.yaml\npod/edited created"}
    assert panel._draw([])["verdict"]["plans"] == ["Pod edited: the same as in the cluster."]
    panel._draft.text = mine.replace("webserver", "other")
    panel._diff(False)
    assert "+    app: other" in said[-1]["text"] and "-    app: webserver" in said[-1]["text"]
    panel._draft.text = mine.replace("      image:", "      imagee:")
    panel._check()
    assert [each["line"] for each in panel._draw([])["verdict"]["problems"]] == [10]
    panel._draft.text = mine + "  nodeName: elsewhere\n"
    panel._check()
    (problem,) = panel._draw([])["verdict"]["problems"]
    changed = panel._draft.text.splitlines()
    assert "nodeName" in changed[problem["line"] - 1] and "cannot be changed like this" in problem["text"]
    panel.close()


@pytest.mark.cluster
def test_what_is_pressed_comes_before_what_is_looked_at(kubectl: Kubectl) -> None:
    said: list[tuple[Any, int]] = []
    answered = threading.Event()
    panel = ManifestEditor(kubectl, "edited.yaml")
    panel.send = lambda content, buffers=None: (said.append((content, panel._reviewed)), answered.set())
    text = SEED.replace("nginx-pod-example", "edited")
    panel._act({"event": "apply", "text": text, "turn": 1, "by": "me", "line": 1, "column": 0})
    assert answered.wait(30)
    assert said[0] == ({"event": "output", "text": "$ kubectl apply -f edited.yaml\npod/edited created"}, -1)
    panel.close()


@pytest.mark.cluster
def test_the_field_at_the_caret_is_explained_by_the_server(kubectl: Kubectl, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(SEED, encoding="utf-8")
    panel = ManifestEditor(kubectl, "pod.yaml")
    panel._caret = (12, 12)
    for _ in range(1000):  # an embedded server that has just started serves its schema without descriptions first
        panel._explain()
        shown = panel._draw([])["meaning"]
        if shown["description"]:
            break
    assert shown["path"] == "spec.containers.ports.containerPort" and shown["required"]
    assert shown["type"] == "integer" and shown["description"].startswith("Number of port to expose")
    assert shown["command"] == "kubectl explain pod.spec.containers.ports.containerPort"
    assert str(kubectl.explain("pod.spec.containers.ports.containerPort")).find("Number of port") > 0
    panel._draft.text = SEED.replace("containerPort", "containerPorts")
    panel._explain()
    shown = panel._draw([])["meaning"]
    assert not shown["known"] and "containerPort*" in shown["fields"]
    panel.close()


def test_an_apply_that_is_refused_leaves_no_good_verdict(tmp_path: Path) -> None:
    replay = Replay()
    try:
        kubectl = Kubectl(Client(replay.kubeconfig(tmp_path)), folder=tmp_path)
        (tmp_path / "p.yaml").write_text(SEED, encoding="utf-8")
        editor = ManifestEditor(kubectl, "p.yaml")
        editor._review = Review((), (Plan("Pod", "p", "create"),))
        editor._refuse(ApiError({"code": 409, "message": 'object is being deleted: pods "p" already exists'}))
        assert "It was not applied" in str(told(editor._review)["problems"][0]["text"])
        assert told(editor._review)["summary"] != LABELS["good"].in_("en")
        editor.close()
    finally:
        replay.close()
