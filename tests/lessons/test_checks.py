"""Checks are held against what a real cluster recorded: each stage of a Pod, and the mistakes a learner makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from podlab import text
from podlab.errors import PodlabError
from podlab.lessons import create, delete, describe, get
from podlab.lessons.check import Result, Seen, find
from podlab.lessons.judge import absent, differs, ready, trouble, written
from podlab.lessons.lesson import LESSONS, MANIFEST, POD, lesson, manifest
from podlab.text import Text

GOLDEN = Path(__file__).parent.parent / "golden"


def recorded(scenario: str, name: str) -> list[dict]:
    """All the states that a Pod went through in a recording."""
    lines = (GOLDEN / scenario / "watch-pods.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    return [e["object"] for e in events if e["type"] != "DELETED" and e["object"]["metadata"]["name"] == name]


def is_ready(pod: dict) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


STAGES = recorded("seed", POD)
EVENTS = """\
LAST SEEN   TYPE      REASON      OBJECT                  MESSAGE
2s          Normal    Scheduled   pod/nginx-pod-example   Successfully assigned default/nginx-pod-example to node
1s          Normal    Pulling     pod/nginx-pod-example   Pulling image "nginx:latest"
1s          Normal    Pulled      pod/nginx-pod-example   Successfully pulled image "nginx:latest" in 24ms
1s          Normal    Created     pod/nginx-pod-example   Container created
1s          Normal    Started     pod/nginx-pod-example   Container started
"""
READY = next(pod for pod in STAGES if is_ready(pod))


@pytest.mark.parametrize("pod", STAGES, ids=lambda pod: pod["metadata"]["resourceVersion"])
def test_ready_passes_exactly_where_the_cluster_says_ready_and_the_pod_stays(pod):
    expected = is_ready(pod) and "deletionTimestamp" not in pod["metadata"]
    assert ready(POD, MANIFEST)(Seen((pod,))).passed is expected


def test_running_is_not_ready():
    unready = [pod for pod in recorded("probes", "never-ready") if pod["status"].get("phase") == "Running"]
    unready = unready or [
        pod
        for line in (GOLDEN / "probes" / "watch-pods.jsonl").read_text(encoding="utf-8").splitlines()
        if (pod := json.loads(line)["object"])["status"].get("phase") == "Running" and not is_ready(pod)
    ]
    assert unready
    for pod in unready:
        assert not ready(pod["metadata"]["name"], "x.yaml")(Seen((pod,)))


def test_a_missing_pod_says_which_cell_to_run():
    result = ready(POD, MANIFEST)(Seen())
    assert not result and POD in result.message.en and MANIFEST in str(result.look and result.look.ko)


@pytest.mark.parametrize(
    ("scenario", "reasons"),
    [
        ("bad-image", {"ErrImagePull", "ImagePullBackOff", "ContainerCreating", "Pending"}),
        ("unschedulable", {"Unschedulable", "Pending"}),
        ("crash-loop", {"CrashLoopBackOff", "Error", "ContainerCreating", "Pending", "Running"}),
    ],
)
def test_what_is_wrong_is_named_by_its_reason(scenario, reasons):
    lines = (GOLDEN / scenario / "watch-pods.jsonl").read_text(encoding="utf-8").splitlines()
    pods = [json.loads(line)["object"] for line in lines]
    found = {trouble(pod["status"]) for pod in pods if not is_ready(pod)}
    assert sorted(reasons)[0] in found or found & reasons
    last = pods[-1]
    result = ready(last["metadata"]["name"], "x.yaml")(Seen((last,)))
    assert result.look is not None


def test_absent_is_about_the_name():
    done = Text(ko="없음", en="gone")
    assert absent(POD, done)(Seen())
    assert absent("other", done)(Seen((READY,)))
    assert not absent(POD, done)(Seen((READY,)))


def edited(old: str, new: str) -> Seen:
    source = manifest(MANIFEST)
    assert old in source
    return Seen(files={MANIFEST: source.replace(old, new)})


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Seen(), "there is no nginx-pod.yaml in this folder"),
        (Seen(files={MANIFEST: ""}), "manifest holds no fields"),
        (Seen(files={MANIFEST: "- just\n- a list\n"}), "manifest holds no fields"),
        (Seen(files={MANIFEST: "a: b: c"}), "line 1 is not YAML"),
        (Seen(files={MANIFEST: "kind: Pod\n\tname: x"}), "line 2 is not YAML"),
        (edited("kind: Pod", "kind: Deployment"), "kind should be Pod, but is Deployment"),
        (edited("kind: Pod", "Kind: Pod"), "the field kind is missing"),
        (edited("name: nginx-pod-example", "name: nginx"), "metadata.name should be nginx-pod-example, but is nginx"),
        (edited("app: webserver", "app: web"), "metadata.labels.app should be webserver, but is web"),
        (edited("    - name: nginx-container", "      name: nginx-container"), "spec.containers has to be a list (-)"),
        (edited("      ports:\n        - containerPort: 80\n", ""), "the field spec.containers[0].ports is missing"),
        (edited("- containerPort: 80", ""), "the field spec.containers[0].ports is missing"),
        (
            edited("containerPort: 80", 'containerPort: "80"'),
            "write 80 without quotation marks in spec.containers[0].ports[0].containerPort",
        ),
        (edited("image:", "imagee:"), "the field spec.containers[0].image is missing"),
        (
            edited("containerPort: 80", "containerPort: 8080"),
            "spec.containers[0].ports[0].containerPort should be 80, but is 8080",
        ),
    ],
)
def test_the_manifest_check_names_the_first_field_that_is_wrong(seen, said):
    result = written(MANIFEST, create.WANTED)(seen)
    assert not result and result.message.en == said


def test_the_manifest_check_passes_the_kits_own_file_with_comments_and_other_order():
    assert written(MANIFEST, create.WANTED)(Seen(files={MANIFEST: "# mine\n" + manifest(MANIFEST)}))


def test_more_than_is_wanted_is_welcome():
    assert differs({"a": 1, "b": [1, 2]}, {"b": [1]}, "") is None


def test_the_answers_that_a_lesson_asks_for():
    seen = Seen((READY,))
    right = {
        "03-address": READY["status"]["podIP"],
        "03-default": "Always",
        "03-name": f"pod/{POD}",
        "03-columns": f"$ kubectl get pods -o custom-columns=NAME:.metadata.name\nNAME\n{POD}",
        "04-ip": READY["status"]["podIP"],
        "04-restarts": "0",
        "04-conditions": " ".join(c["type"] for c in READY["status"]["conditions"]),
        "04-events": EVENTS,
        "04-prefix": f"Name:             {POD}\nNamespace: default",
        "02-page": "<title>a</title><h1>Welcome to nginx!</h1>",
    }
    for name, answer in right.items():
        assert find(name).test(Seen(seen.pods, answer=answer)), name
        assert not find(name).test(Seen(seen.pods, answer="")), name
        assert not find(name).test(Seen(seen.pods, answer="wrong")), name
        assert not find(name).test(Seen((), answer="wrong")), name


def test_the_node_is_not_the_pod():
    assert not find("04-ip").test(Seen((READY,), answer=READY["status"]["hostIP"]))


def test_events_of_an_earlier_pod_of_that_name_are_told_apart():
    found = find("04-events").test(Seen((READY,), answer=f"{EVENTS}\n{EVENTS}"))
    assert not found and "earlier Pod" in found.message.en


def test_events_out_of_order_are_not_the_story():
    lines = EVENTS.splitlines()
    assert find("04-events").test(Seen((READY,), answer=EVENTS))
    for i in range(1, len(lines) - 1):
        swapped = [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]
        assert not find("04-events").test(Seen((READY,), answer="\n".join(swapped)))
        assert not find("04-events").test(Seen((READY,), answer="\n".join(lines[:i] + lines[i + 1 :])))


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("events", "\n".join(reversed(EVENTS.splitlines())), "in another order: Started → Created → Pulled"),
        ("events", "", "the answer is empty"),
        ("events", EVENTS.replace("Pulled ", "Pushed "), "missing: Pulled"),
        ("conditions", "Ready", "5 conditions are True, and you named 1"),
        ("conditions", "Ready, Willing", "no such conditions: Willing"),
        ("conditions", "", "the answer is empty"),
        ("prefix", "", "the answer is empty"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong_with_it(name, answer, said):
    found = find(f"04-{name}").test(Seen((READY,), answer=answer))
    assert not found and said in found.message.en and found.look


@pytest.mark.parametrize(
    ("answer", "said", "look"),
    [
        (POD, "their kind in front", 'output="name"'),
        (f"NAME    READY\n{POD}    1/1", "their kind in front", 'output="name"'),
        ("pod/other", "not the Pods that we want: pod/other", "NAME"),
        ("", "the answer is empty", "NAME"),
    ],
)
def test_a_name_without_its_kind_is_told_how_to_get_it(answer, said, look):
    found = find("03-name").test(Seen((READY,), answer=answer))
    assert not found and said in found.message.en and look in found.look.en


def test_a_table_handed_over_is_not_repeated_in_the_answer():
    assert "…" in find("04-ip").test(Seen((READY,), answer="NAME\nweb")).message.en


def test_names_with_commas_and_rows_that_a_restart_repeats_are_right_answers():
    names = ", ".join(each["type"] for each in READY["status"]["conditions"])
    assert find("04-conditions").test(Seen((READY,), answer=names))
    assert find("04-events").test(Seen((READY,), answer=EVENTS + "\n".join(EVENTS.splitlines()[3:])))


def test_a_label_on_a_second_pod_is_noticed():
    twin = {**READY, "metadata": {**READY["metadata"], "name": "twin"}}
    assert find("03-label").test(Seen((READY,)))
    assert not find("03-label").test(Seen((READY, twin)))
    assert not find("03-label").test(Seen())


def test_my_own_pod_counts_when_it_is_made_and_deleted():
    mine = find("05-mine").test
    history = tuple({"involvedObject": {"kind": "Pod", "name": name, "uid": "u"}} for name in ("short-lived", POD))
    assert mine(Seen(answer='pod "short-lived" deleted from default namespace', events=history))
    assert not mine(Seen(answer='pod "never-made" deleted from default namespace', events=history))
    assert not mine(Seen(answer=f'pod "{POD}" deleted from default namespace', events=history))
    other = {**READY, "metadata": {**READY["metadata"], "name": "short-lived"}}
    assert not mine(Seen((other,), answer='pod "short-lived" deleted from default namespace'))
    assert not mine(Seen(answer="pod/short-lived created"))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_check_gives_a_result_whatever_it_sees(lesson):
    """Half-made objects and strange answers are no excuse for an exception."""
    bare = {"metadata": {"name": POD}, "spec": {"containers": [{}]}}
    typo = {"metadata": {"name": "typo"}, "spec": {"containers": [{}]}, "status": {"phase": "Pending"}}
    for each in lesson.module.CHECKS:
        for pods in ((), (bare,), (typo, bare), (READY,), (STAGES[-1],)):
            for answer in ("", "\x00", "<h1>", "deleted", "a\nb", "0"):
                for files in ({}, {MANIFEST: "\x00"}, {"my-pod.yaml": "[]", MANIFEST: "kind: [}"}):
                    result = each.test(Seen(pods, files, answer))
                    assert isinstance(result, Result) and result.message.ko and result.message.en
                    assert not re.search(r": ?-?$|\(-\)", result.message.en), "a list with nothing in it"


def test_an_unknown_check_names_those_that_there_are():
    with pytest.raises(PodlabError) as error:
        find("02-reddy")
    assert "02-ready" in str(error.value.hint)
    with pytest.raises(PodlabError, match="lesson"):
        find("77-x")
    with pytest.raises(PodlabError, match="check 'page'") as error:
        find("page")
    assert "`02-page`, `06-page`" in str(error.value.hint)
    assert find("０２－page") is find("02-page")


def test_a_result_reads_the_same_with_and_without_html():
    result = Result(False, Text(ko="`a` 없음", en="no `a` <here>"), Text(ko="b", en="see `b`"))
    text.use("en")
    try:
        bundle = result._repr_mimebundle_()
    finally:
        text.use(None)
    assert bundle["text/plain"] == "✘ Not yet: no `a` <here>\n→ see `b`"
    assert "no <code>a</code> &lt;here&gt;" in bundle["text/html"]


def test_modules_have_nothing_in_common_by_accident():
    for module in (create, get, describe, delete):
        names = [each.name for each in (*module.CHECKS, *module.QUESTIONS)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("answer", ["2", "-4", "0.5", "hello"])
def test_the_first_cell_takes_whatever_the_learner_puts_there(answer):
    assert find("00-cell").test(Seen(answer=answer))
    assert not find("00-cell").test(Seen())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_who_has_done_nothing_passes_nothing_but_the_clear_table(lesson):
    passed = [each.name for each in lesson.module.CHECKS if each.test(Seen())]
    assert passed == (["clear"] if lesson.number == "02" else [])


GONE = {"involvedObject": {"kind": "Pod", "name": "my-pod", "uid": "1"}}


@pytest.mark.parametrize(
    ("manifest", "passed"), [("owner: me", False), ("imagee: nginx", False), ("image: nginx", True)]
)
def test_what_an_earlier_lesson_cleared_away_is_not_this_ones_deed(manifest, passed):
    assert bool(find("03-tidy").test(Seen(files={"my-pod.yaml": manifest}, events=(GONE,)))) is passed
    web = {"involvedObject": {"kind": "Deployment" if passed else "Pod", "name": "web" if passed else "web-and-helper"}}
    assert bool(find("07-tidy").test(Seen(events=(web,)))) is passed


@pytest.mark.parametrize("number", ["03", "04"])
@pytest.mark.parametrize("pods", [(), ({**READY, "metadata": {**READY["metadata"], "deletionTimestamp": "now"}},)])
def test_where_the_pod_is_gone_every_check_leads_to_the_first_cell(number, pods):
    own = ("tidy", "alone")  # about a Pod of the learner's own
    for each in lesson(number).module.CHECKS:
        if each.name not in own:
            found = each.test(Seen(pods, answer="x"))
            assert not found and f'start("{number}")' in found.look.en and f'start("{number}")' in found.hints[-1].ko
