"""What is different in a browser tab, and what a browser cannot reach."""

from __future__ import annotations

import sys

from podlab.clusters.cluster import Cluster, silent
from podlab.clusters.progress import Report
from podlab.errors import ClusterError
from podlab.text import Text


def is_tab() -> bool:
    """Whether this Python runs in a browser."""
    return sys.platform == "emscripten"


class Absent:
    """The provider of what a browser cannot reach: there is none, and none can be made."""

    def find(self) -> list[Cluster]:
        """None."""
        return []

    def up(self, name: str, report: Report = silent) -> Cluster:
        """Refuse. Raises ClusterError."""
        raise ClusterError(
            Text(
                ko="브라우저 탭에서는 이 탭 안의 클러스터만 쓸 수 있습니다",
                en="a browser tab has the cluster in this tab and no other",
            ),
            Text(
                ko="kind나 다른 클러스터를 쓰려면 podlab을 컴퓨터에 설치하십시오",
                en="for kind or another cluster, install podlab on a computer",
            ),
        )

    def down(self, cluster: Cluster, report: Report = silent) -> None:
        """There is nothing to delete."""
