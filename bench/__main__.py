"""`python -m bench [--many N] [--only embedded|kind] [--rounds N]`: prints figures; exit 1 where a goal is missed."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench import churn, click, get, growth, kind, lab, server
from podlab import clusters
from podlab.clusters import state
from podlab.clusters.kind import command as kind_command
from podlab.clusters.kind import engine
from podlab.clusters.machine.probe import Machine
from podlab.commands import terminal
from podlab.errors import PodlabError

NAME = "podlab-bench"


def main() -> int:
    """Measure both kinds of cluster in turn; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--many", type=int, default=1000, help="Pods that are there while one is asked for")
    parser.add_argument("--only", choices=["embedded", "kind"])
    parser.add_argument("--rounds", type=int, default=5, help="clusters made each way to see what podlab adds to kind")
    options = parser.parse_args()
    met, figures = True, {}
    for each in [options.only] if options.only else ["embedded", "kind"]:
        print(f"{each}:")
        if each == "kind" and (why := _no_kind()):
            print(f"  not measured: {why}")
            continue
        with tempfile.TemporaryDirectory(prefix="podlab-bench-") as home:
            os.environ["PODLAB_HOME"] = home
            try:
                cluster, figures[each] = server.measure(each, NAME, options.many)
                figures[each].show()
                met &= get.run(cluster)
                met &= lab.run(cluster)
                met &= click.run(cluster, Path(home))
                met &= churn.run(cluster, Path(home))
                if each == "embedded":
                    met &= growth.run(Path(home))
            finally:
                if any(one.name == NAME for one in state.clusters()):  # else why it was not made is the news
                    clusters.down(NAME)
        if each == "kind" and options.rounds:
            met &= kind.run(NAME, options.rounds)
    return 0 if met & _goals(figures) else 1


def _no_kind() -> str:
    found = engine.find(Machine())
    try:
        kind_command.need_kind(Machine().which("kind"))
    except PodlabError as error:
        return str(error)
    return str(found.seen) if found.trouble else ""


def _goals(figures: dict[str, server.Figures]) -> bool:
    checks = []
    if ours := figures.get("embedded"):
        checks += [
            ("an answering server within 1.0 s", ours.up <= 1.0),
            ("the seed Pod Ready within 1.0 s", ours.seed <= 1.0),
            ("at most 80 MiB resident when idle", ours.resident <= 80),
            ("at most 0.5 % of a core when idle", ours.idle <= 0.5),
            ("a GET among many Pods costs no more", ours.get_of_many <= ours.get * 1.5),
        ]
        if real := figures.get("kind"):
            checks.append(("a GET takes no longer than kube-apiserver's", ours.get <= real.get))
            checks.append(("30 Pods Ready 5 times sooner", ours.thirty * 5 <= real.thirty))
    for goal, reached in checks:
        print(f"{'met   ' if reached else 'MISSED'} {goal}")
    return all(reached for _, reached in checks)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PodlabError as error:
        sys.exit(terminal.fail(error))
