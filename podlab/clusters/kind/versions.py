"""Kubernetes minors that podlab is tested on; `python -m podlab.clusters.kind.versions` prints CI's matrix."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from podlab.errors import ClusterError
from podlab.text import Text

TESTED: dict[str, str] = {"1.36": "kindest/node:v1.36.1"}
"""Each tested minor, with a node image of it that kind publishes."""


def node_image(kubernetes: str, here: Iterable[str] = ()) -> str:
    """kind's node image for a tested minor such as `1.36`, or for any patch release such as `1.35.1`.

    Args:
        here: images that need no pull; for a minor the newest of them is taken before the published one.

    Raises:
        ClusterError: it is neither.
    """
    version = kubernetes.removeprefix("v")
    if version in TESTED:
        ready = [image for image in here if re.fullmatch(rf"kindest/node:v{re.escape(version)}\.\d+", image)]
        return max(ready, key=lambda image: int(image.rpartition(".")[2]), default=TESTED[version])
    if re.fullmatch(r"\d+\.\d+\.\d+", version):
        return f"kindest/node:v{version}"
    raise ClusterError(
        Text(
            ko="--kubernetes {version}: 어떤 노드 이미지인지 알 수 없습니다",
            en="--kubernetes {version}: no node image is known for it",
        ).format(version=kubernetes),
        Text(
            ko="시험한 버전: {tested}. 다른 버전은 끝자리까지 쓰거나(예: 1.35.1) --image로 지정하십시오",
            en="tested: {tested}. Of another version name the patch release (such as 1.35.1), or use --image",
        ).format(tested=", ".join(TESTED)),
    )


def warning(version: str) -> Text | None:
    """What to say about a server of this version (`v1.36.2`), where it is older or newer than those tested."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None or f"{found[1]}.{found[2]}" in TESTED:
        return None
    return Text(
        ko="Kubernetes {version}에서는 시험하지 않았습니다 (시험: {tested}). 출력이 수업과 조금 다를 수 있습니다",
        en="Kubernetes {version} is not among those tested ({tested}): outputs may differ a little from the lessons",
    ).format(version=version, tested=", ".join(TESTED))


if __name__ == "__main__":
    print(json.dumps([{"kubernetes": minor, "image": image} for minor, image in TESTED.items()]))
