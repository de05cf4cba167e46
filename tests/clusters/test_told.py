"""What is known of a longer task, moment by moment."""

from __future__ import annotations

from podlab.clusters.progress import Estimate, Failed, Layer, Progress, Pull, Step

HALF = Pull("nginx:latest", (Layer("done", 30_000_000, 30_000_000), Layer("downloading", 10_000_000, 50_000_000)))


def test_steps_follow_each_other_and_a_pull_belongs_to_its_step() -> None:
    known = Progress().after("a", 1.0).after(HALF, 1.5)
    assert (known.running, known.pull) == (Step("a", 1.0), HALF)
    known = known.after("b", 3.0)
    assert (known.steps, known.pull) == ((Step("a", 1.0, 3.0), Step("b", 3.0)), None)
    known = known.ended(4.0)
    assert known.running is None
    assert known.ended(9.0) == known


def test_a_step_that_failed_stays_so_while_others_clear_up() -> None:
    known = Progress().after("make", 1.0).after(HALF, 1.5).after(Failed(), 2.0)
    assert (known.steps, known.pull, known.failed) == ((Step("make", 1.0, 2.0, failed=True),), None, True)
    known = known.after("delete", 2.0).ended(3.0)
    assert [step.failed for step in known.steps] == [True, False]
    assert known.after(Failed(), 4.0) == known


def test_an_estimate_counts_from_when_it_was_told() -> None:
    known = Progress().after("a", 1.0).after(Estimate(17.0), 2.0).after("b", 3.0)
    assert (known.estimate, known.estimated) == (17.0, 2.0)


def test_each_is_a_line_for_a_person() -> None:
    assert str(HALF) == "nginx:latest: 1 of 2 layers, 40 of 80 MB"
    assert str(Pull("nginx:latest", (Layer("done"), Layer()))) == "nginx:latest: 1 of 2 layers"
    assert str(Estimate(16.6)) == "It took 17 s the last time"
