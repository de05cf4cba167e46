"""Hints: three steps for what is wrong now, from the first when something else is wrong; then the solution."""

from __future__ import annotations

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.lessons import hints
from podlab.lessons.check import Result, Seen
from podlab.lessons.checking import check, checked
from podlab.lessons.faults.table import FAULTS
from podlab.lessons.hints import STEPS, Asked, hint, ladder, solution
from podlab.lessons.ladders.challenges import SOLUTIONS
from podlab.lessons.lesson import LESSONS
from podlab.lessons.progress import progress
from podlab.text import Text

STATES = (Seen(), Seen(answer="x"), Seen(answer="1 2\n3"), Seen(files={"nginx-pod.yaml": "kind: ["}))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PODLAB_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    hints.forget()
    text.use("en")
    yield
    text.use(None)


class Server:
    """A namespace that holds these Pods; a client and a kubectl in one."""

    def __init__(self, *pods):
        self.pods, self.namespace, self.client, self.refused = list(pods), "default", self, []

    def get(self, path):
        return {"items": self.pods if path.endswith("/pods") else []}


def leaving(name="nginx-pod-example"):
    return {"metadata": {"name": name, "deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"containers": [{}]}}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_check_has_three_steps_in_both_languages_and_says_what_is_wrong(lesson):
    for each in lesson.module.CHECKS:
        for seen in STATES:
            found = each.test(seen)
            if not found:
                steps = ladder(each, found)
                assert len(steps) == STEPS
                assert all(step.ko and step.en for step in steps)


def test_the_steps_come_one_after_the_other_and_the_last_stays():
    server = Server()
    assert not check(server, "02-ready")
    told = [hint() for _ in range(4)]
    assert [each.step for each in told] == [1, 2, 3, 3]
    assert [each.more for each in told] == [False, False, True, True]
    assert len({each.text.en for each in told}) == 3
    assert [str(each).startswith("You have seen all 3 hints") for each in told] == [False, False, False, True]
    assert "`solution()`" in str(told[3])
    assert progress().entries["02-ready"]["hints"] == 3


def test_when_something_else_is_wrong_the_hints_begin_anew():
    server = Server()
    check(server, "02-ready")
    first = next(hint() for _ in range(2))
    server.pods.append(leaving())
    again = hint()
    assert again.step == 1 and again.text != first.text


def test_a_pod_that_goes_to_and_fro_does_not_send_anybody_back_to_the_first_hint():
    server = Server()
    steps = []
    for restarts, phase in [(0, "Pending"), (1, "Running"), (2, "Running"), (2, "Pending")]:
        status = {"phase": phase, "containerStatuses": [{"restartCount": restarts}]}
        server.pods = [{"metadata": {"name": "once"}, "spec": {"restartPolicy": "Always"}, "status": status}]
        assert not check(server, "10-once")
        steps.append(hint().step)
    assert steps == [1, 2, 3, 3]


def test_there_is_nothing_to_hint_at_when_it_is_done():
    server = Server({"metadata": {"name": "my-pod"}, "spec": {"containers": [{}]}})  # stays: nothing to wait for
    assert not check(server, "03-tidy")
    hint()
    assert check(Server(), "02-clear")
    assert hint().step == 0 and "passes already" in str(hint())


def test_without_a_check_it_says_what_to_do():
    with pytest.raises(PodlabError) as error:
        hint()
    assert "run a check first" in str(error.value.hint)
    with pytest.raises(PodlabError, match="there is no check"):
        hint("02-reddy")


def test_an_answer_that_is_nothing_is_none():
    said = check(Server(), "00-cell", None)
    assert not said and "the answer is empty" in str(said)


@pytest.mark.parametrize("name", ["00_cell", "00 cell", "00"])
def test_a_name_that_is_nearly_a_checks_says_which_there_are(name):
    with pytest.raises(PodlabError, match="there is no check") as error:
        hint(name)
    assert "00-cell" in str(error.value.hint)


def test_a_solution_is_kept_as_seen_and_runs_as_python():
    check(Server(), "02-ready")
    shown = solution()
    compile(shown.code, "solution", "exec")
    assert progress().entries["02-ready"]["solution"] == 1
    assert shown.code in str(shown)
    assert "<pre>" in shown.html()


def test_a_failed_check_has_buttons_and_its_text_stays_the_same():
    server = Server()
    result = check(server, "02-ready")
    bundle = result._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == str(result)
    assert bundle["text/html"] == result.html()


def test_a_button_gives_the_hints_then_the_solution():
    server = Server()
    view = hints.Board(Asked(server, "02-ready"), check(server, "02-ready")).view
    for _ in range(3):
        assert view.shown == ["hint"]
        view.press("hint")
    assert view.shown == ["hint", "solution"]
    view.press("solution")
    assert progress().entries["02-ready"]["solution"] == 1


def test_a_later_result_takes_the_place_of_the_one_before_and_the_buttons_stay():
    server = Server()
    found = check(server, "02-ready")
    board = hints.Board(Asked(server, "02-ready"), found)
    board.view.press("hint")
    board.show(found)
    assert board.view.shown == ["hint"] and "Hint 1 of 3" in board.view.said
    board.show(Result(True, Text(ko="됨", en="it is so")))
    assert "it is so" in board.view.found and board.view.said == "" and board.view.shown == []


def test_what_a_failed_check_says_is_looked_at_again_by_a_press() -> None:
    server = Server({"metadata": {"name": "nginx-pod-example"}})
    begun = check(server, "02-clear")
    board = hints.Board(Asked(server, "02-clear"), begun, lambda waits: checked(server, "02-clear", "", waits))
    assert not begun and "again" in board.view.shown
    board.view.press("again")
    assert "Not yet" in board.view.found and "again" in board.view.shown
    server.pods.clear()
    board.view.press("again")
    assert "Passed" in board.view.found and "again" not in board.view.shown
    assert progress().entries["02-clear"]["passed"]


def test_a_hint_where_all_is_well_by_now_takes_not_yet_off_the_screen() -> None:
    server = Server({"metadata": {"name": "nginx-pod-example"}})
    board = hints.Board(
        Asked(server, "02-clear"), check(server, "02-clear"), lambda waits: checked(server, "02-clear", "", waits)
    )
    server.pods.clear()
    board.view.press("hint")
    assert "Passed" in board.view.found and board.view.said == ""


def test_what_was_answered_is_not_asked_for_again_by_a_press() -> None:
    board = hints.Board(Asked(Server(), "06-page", "old"), check(Server(), "06-page", "old"))
    assert board.view.shown == ["hint"]


def test_what_is_waited_for_is_said_at_once_and_the_answer_takes_its_place() -> None:
    server, told = Server(leaving()), []
    board = hints.Board(Asked(server, "02-ready"), again=lambda waits: checked(server, "02-ready", "", waits))

    def said(change):
        told.append(change["new"])
        server.pods.clear()

    board.view.observe(said, "found")
    board.view.press("again")
    first, last = told
    assert "⏳ Waiting:</b> the Pod nginx-pod-example is shutting down" in first and "Not yet" not in first
    assert "Not yet:</b> there is no Pod" in last


def test_no_solution_makes_a_pod_that_a_fault_is_called_after() -> None:
    made = "\n".join(SOLUTIONS.values())
    assert [fault.key for fault in FAULTS if f'"{fault.key}"' in made] == []
