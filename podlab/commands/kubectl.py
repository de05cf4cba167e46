"""`podlab kubectl …`: everything after it goes to the kit's kubectl as it stands."""

from __future__ import annotations

import sys
from itertools import takewhile

from podlab.clusters import choose
from podlab.commands import terminal

ELSEWHERE = ("-h", "--help", "--kubeconfig", "--server", "-s")
"""With one of these the chosen cluster is not asked."""


def run(arguments: list[str]) -> int:
    """Run the kubectl command line on the chosen cluster; kubectl's exit code."""
    from podlab.kubectl import line as commandline

    if not needs_cluster(arguments):
        return commandline.main(arguments, None, None, sys.stdin)
    with terminal.steps() as report:
        cluster, _ = choose(report=report)
    return commandline.main(arguments, cluster.kubeconfig, cluster.namespace, sys.stdin)


def needs_cluster(arguments: list[str]) -> bool:
    """Whether the command line is for the chosen cluster: not where it asks for help or names its own."""
    ours = list(takewhile(lambda word: word != "--", arguments))
    return bool(ours) and not any(word.partition("=")[0] in ELSEWHERE for word in ours)
