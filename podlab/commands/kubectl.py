"""`podlab kubectl …`: everything after it goes to the kit's kubectl as it stands."""

from __future__ import annotations

import sys

from podlab.clusters import choose
from podlab.commands import terminal


def run(arguments: list[str]) -> int:
    """Run the kubectl command line on the chosen cluster; kubectl's exit code."""
    from podlab.kubectl import commandline

    with terminal.steps() as report:
        cluster, _ = choose(report=report)
    return int(commandline.main(arguments, cluster.kubeconfig, cluster.namespace, sys.stdin))
