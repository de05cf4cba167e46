"""`kubectl debug --custom` with files that are no part of a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from tests.kubectl.canned import Canned


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe\xc0", "error converting YAML to JSON: yaml: invalid trailing UTF-8 octet"),
        (
            "word".encode("utf-16"),
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type "
            "v1.Container",
        ),
    ],
)
def test_a_file_that_is_no_text_is_told(content: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_bytes(content)
    kubectl = Kubectl(Canned(tmp_path), folder=tmp_path)
    with pytest.raises(PodlabError) as told:
        kubectl.debug("web", image="busybox", custom="odd.yaml")
    assert str(told.value) == f"error: odd.yaml does not contain a valid container spec: {why}"
