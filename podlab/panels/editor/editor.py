"""ManifestEditor: a manifest's text, what the cluster would say to it line by line, and what its fields mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Dict, List

from podlab.errors import PodlabError
from podlab.kubectl.kubectl import Kubectl
from podlab.panels import writer
from podlab.panels.editor.draft import Draft
from podlab.panels.editor.meaning import Meaning
from podlab.panels.editor.places import at
from podlab.panels.editor.problems import Problem
from podlab.panels.editor.review import Plan, Review, Reviewer
from podlab.panels.panel import Object, Panel, coded, module
from podlab.panels.row import row
from podlab.panels.worker import Worker
from podlab.text import Text

if TYPE_CHECKING:
    from podlab.client import Client

LABELS = {
    "panel": Text(ko="매니페스트 편집기", en="Manifest editor"),
    "text": Text(ko="{name} 파일의 내용", en="The text of {name}"),
    "saved": Text(ko="저장됨", en="saved"),
    "unsaved": Text(ko="아직 저장하지 않음", en="not saved yet"),
    "new": Text(ko="아직 없는 파일", en="no such file yet"),
    "changed_file": Text(ko="파일이 다른 곳에서 바뀜", en="the file was changed elsewhere"),
    "save": Text(ko="저장", en="Save"),
    "apply": Text(ko="저장하고 적용", en="Save and apply"),
    "diff": Text(ko="클러스터와 비교", en="Compare with the cluster"),
    "close": Text(ko="닫기", en="Close"),
    "conflict": Text(
        ko="여기서 고치는 동안 {name} 파일이 다른 곳에서 바뀌었습니다. 어느 쪽을 남깁니까?",
        en="While you were editing, {name} was changed elsewhere. Which one is to stay?",
    ),
    "take_file": Text(ko="파일의 내용을 가져옵니다", en="Take the file's text"),
    "take_mine": Text(ko="여기 쓴 것으로 저장합니다", en="Save what is written here"),
    "problems": Text(ko="고칠 곳", en="Problems"),
    "line": Text(ko="{line}번째 줄", en="line {line}"),
    "checking": Text(ko="확인하는 중…", en="Checking…"),
    "good": Text(ko="API 서버가 받아들일 매니페스트입니다.", en="The API server would accept this."),
    "nothing": Text(ko="아직 매니페스트가 없습니다.", en="There is no manifest here yet."),
    "some": Text(ko="고칠 곳이 {count}군데 있습니다.", en="Problems found: {count}."),
    "meaning": Text(ko="커서가 있는 필드", en="The field at the caret"),
    "no_meaning": Text(
        ko="필드 이름에 커서를 두면 그 뜻이 나옵니다.", en="Put the caret on a field to read what it means."
    ),
    "not_known": Text(ko="여기에 그런 필드는 없습니다. 쓸 수 있는 필드", en="There is no such field here. There are"),
    "required": Text(ko="꼭 있어야 함", en="required"),
    "values": Text(ko="쓸 수 있는 값", en="values"),
    "fields": Text(ko="안에 쓸 수 있는 필드(*는 꼭 있어야 함)", en="fields inside (* required)"),
    "keys": Text(
        ko="탭 키는 다음 단추로 갑니다. 들여쓰기는 공백 두 칸, Ctrl+S는 저장입니다.",
        en="Tab goes on to the buttons; indent with two spaces; Ctrl+S saves.",
    ),
    "waiting_kernel": Text(
        ko="커널의 답을 기다립니다. 셀이 실행 중이면 끝난 뒤에 나타날 수 있습니다.",
        en="Waiting for the kernel. If a cell is running, this may come after it.",
    ),
    "no_difference": Text(ko="다른 점이 없습니다.", en="There is no difference."),
    "many": Text(ko="상태가 {count}번 바뀌었습니다.", en="The state changed {count} times."),
}
PLANS = {
    "created": Text(ko="{kind} {name}: 적용하면 새로 만들어집니다.", en="{kind} {name}: would be created."),
    "configured": Text(ko="{kind} {name}: 적용하면 바뀝니다.", en="{kind} {name}: would be changed."),
    "unchanged": Text(
        ko="{kind} {name}: 클러스터에 있는 것과 같습니다.", en="{kind} {name}: the same as in the cluster."
    ),
}
NO_FILE = Text(ko="{name!r}{은/는} 파일의 이름이 아닙니다", en="{name!r} is not the name of a file")
HOW = Text(
    ko='이렇게 씁니다: `ManifestEditor(kubectl, "web.yaml")`',
    en='It is written like this: `ManifestEditor(kubectl, "web.yaml")`',
)
SAVED = Text(ko="{name} 파일에 저장했습니다.", en="Saved as {name}.")
LOADED = Text(ko="{name} 파일의 내용을 가져왔습니다.", en="Here is the text of {name}.")
NOT_APPLIED = Text(ko="적용되지 않았습니다: {error}", en="It was not applied: {error}")
FOLLOWED = Text(
    ko="{name} 파일이 다른 곳에서 바뀌어 새 내용을 가져왔습니다.",
    en="{name} was changed elsewhere; here is its new text.",
)


class ManifestEditor(Panel):
    """A manifest to edit: errors at their lines by a dry run on the server, what a field means, diff, save, apply.

    Applying saves the file first, so that the kubectl line shown beside it is what happened.

    Args:
        source: the `Kubectl` that `start()` gave, or a `Client`.
        filename: the file; it need not be there yet.
        namespace: another namespace than the source's own, for objects that name none.
    """

    _esm = module("editor/yaml", "editor/desk", "editor/editor")
    document: Any = Dict().tag(sync=True)
    file: Any = Dict().tag(sync=True)
    verdict: Any = Dict(allow_none=True, default_value=None).tag(sync=True)
    meaning: Any = Dict(allow_none=True, default_value=None).tag(sync=True)
    pods: Any = List().tag(sync=True)

    def __init__(self, source: Kubectl | Client, filename: str | Path, namespace: str | None = None) -> None:
        given = source if isinstance(source, Kubectl) else Kubectl(source)
        folder = (given.folder or Path.cwd()).absolute()
        self._kubectl = Kubectl(given.client, namespace or given.namespace, folder)
        self._reviewer = Reviewer(self._kubectl)
        if not str(filename).strip() or (folder / filename).is_dir():
            raise PodlabError(NO_FILE.format(name=str(filename)), HOW)
        self._name = str(filename)
        self._draft = Draft(folder / filename, self._name)
        self._draft.load()
        self._turn, self._by, self._caret = 0, "", (1, 0)
        self._review: Review | None = None
        self._reviewed = -1
        self._told: dict[str, Any] | None = None
        self._worker = Worker(f"podlab-editor {self._name}", self._failed)
        named = {key: LABELS[key].format(name=self._name) for key in ("text", "conflict")}
        super().__init__(source, namespace, LABELS | named)

    def __repr__(self) -> str:
        return f"ManifestEditor({self._name!r}, namespace={self._namespace!r})"

    def _changed(self, event: Object) -> None:
        if event["type"] != "MODIFIED":
            self._worker.do("review", self._check)
        writer.schedule(self)

    def _draw(self, pods: list[Object]) -> Mapping[str, Any]:
        if self._draft.follow():
            self._turn, self._by = self._turn + 1, ""
            self._say("said", FOLLOWED.format(name=self._name))
            self._worker.do("review", self._check)
        return {
            "document": {"text": self._draft.text, "turn": self._turn, "by": self._by},
            "file": {"state": self._draft.state(), "name": self._name},
            "verdict": told(self._review, self._reviewed) if self._review else None,
            "meaning": self._told,
            "pods": [row(pod).as_dict() for pod in pods if self._is_here(pod)],
        }

    def _is_here(self, pod: Object) -> bool:
        plans = self._review.plans if self._review else ()
        return any(each.kind == "Pod" and each.name == pod["metadata"]["name"] for each in plans)

    def _act(self, content: Mapping[str, Any]) -> None:
        event = content.get("event")
        if "text" in content:
            self._draft.text = str(content["text"])
            self._turn, self._by = int(content.get("turn") or 0), str(content.get("by", ""))
        actions = {"save": self._save, "apply": self._apply, "diff": self._diff, "load": self._load}
        if event in actions:  # somebody waits for it: what the text is worth is looked at afterwards
            over = bool(content.get("over"))
            self._worker.do(str(event), lambda: actions[str(event)](over), instead="review")
        if "text" in content and event != "apply":  # which looks for itself
            self._worker.do("review", self._check)
        if "line" in content:
            self._caret = int(content["line"]), int(content.get("column", 0))
            self._worker.do("explain", self._explain)

    def _check(self) -> None:
        turn, text = self._turn, self._draft.text
        try:
            self._review = self._reviewer.review(text, self._name)
        except PodlabError as error:
            self._review = Review((Problem(0, str(error)),))
        self._reviewed = turn
        writer.schedule(self)

    def _explain(self) -> None:
        line, column = self._caret
        try:
            path = at(self._draft.text, line, column)
            found = self._reviewer.explain(self._draft.text, line, path)
            self._told = explained(*found, tuple(each for each in path if isinstance(each, str))) if found else None
        except PodlabError:
            self._told = None  # without a server there is no schema; the verdict says that it is out of reach
        writer.schedule(self)

    def _save(self, over: bool) -> None:
        self._draft.save(over)
        self._say("said", SAVED.format(name=self._name))
        writer.schedule(self)

    def _load(self, _: bool) -> None:
        self._draft.load()
        self._turn, self._by = self._turn + 1, ""
        self._say("said", LOADED.format(name=self._name))
        self._check()

    def _apply(self, over: bool) -> None:
        try:
            self._draft.save(over)
        except PodlabError:
            self._worker.do("review", self._check)
            raise
        try:
            self._say("output", repr(self._kubectl.apply(self._name)))
        except PodlabError as error:
            printed = repr(error.output) if error.output is not None else f"$ kubectl apply -f {self._name}"
            self._say("output", f"{printed}\n{error}" + (f"\n→ {error.hint}" if error.hint else ""))
            self._check()
            self._refuse(error)
            return
        self._check()

    def _refuse(self, error: PodlabError) -> None:
        """A review that finds nothing wrong must not stand above an apply that was refused."""
        if self._review is not None and not self._review.problems:
            self._review = Review((Problem(0, str(NOT_APPLIED.format(error=str(error).splitlines()[0]))),))
            writer.schedule(self)

    def _diff(self, _: bool) -> None:
        line = f"$ kubectl diff -f {self._name}"
        try:
            found = "".join(str(self._kubectl.diff(each)) for each in self._reviewer.objects(self._draft.text))
            self._say("diff", f"{line}\n{found.rstrip() or LABELS['no_difference']}")
        except PodlabError as error:
            self._say("output", f"{line}\n{error}")

    def _failed(self, error: Exception) -> None:
        self._say("said", str(error) or type(error).__name__)
        writer.schedule(self)

    def _say(self, event: str, text: object) -> None:
        self.send({"event": event, "text": str(text)})
        self._hear_while_busy()

    def _twin(self, pods: list[Object], now: datetime) -> str:
        self._check()
        self._explain()
        return twin(self._name, self._draft.text, self._review or Review())


def told(review: Review, turn: int = 0) -> dict[str, Any]:
    """What the panel shows of a review, in the language of now; `turn` says of which text it is."""
    return {
        "turn": turn,
        "problems": [each.as_dict() for each in review.problems],
        "plans": [_planned(each) for each in review.plans],
        "summary": str(summary(review)),
    }


def summary(review: Review) -> Text:
    """The review in one sentence."""
    if review.problems:
        return LABELS["some"].format(count=len(review.problems))
    return LABELS["good"] if review.plans else LABELS["nothing"]


def _planned(plan: Plan) -> str:
    return str(PLANS[plan.change].format(kind=plan.kind, name=plan.name))


def explained(resource: str, found: Meaning, path: tuple[str, ...]) -> dict[str, Any]:
    """What the panel shows of a field."""
    fields = [f"{name}*" if name in found.needed else name for name in found.fields]
    return {
        "path": ".".join(path) or resource,
        "known": found.known,
        "type": found.type if found.known else "",
        "required": found.required and found.known,
        "description": found.description if found.known else "",
        "values": list(found.values) if found.known else [],
        "fields": fields,
        "command": f"kubectl explain {'.'.join([resource, *found.path])}",
    }


def twin(name: str, text: str, review: Review) -> str:
    """The manifest with its line numbers, and what there is to say about it, as plain HTML."""
    rows = text.rstrip("\n").split("\n") if text.strip() else []
    numbered = "\n".join(f"{number:>3}  {escape(line)}" for number, line in enumerate(rows, 1))
    sentences = [
        f"{LABELS['line'].format(line=each.line)}: {each.text}" if each.line else each.text for each in review.problems
    ]
    items = "".join(f"<li>{coded(each)}</li>" for each in (*sentences, *map(_planned, review.plans)))
    parts = [f"<p><strong>{escape(name)}</strong>: {escape(str(summary(review)))}</p>"]
    parts += [f"<ul>{items}</ul>"] if items else []
    return "\n".join([*parts, *([f"<pre>{numbered}</pre>"] if numbered else [])])
