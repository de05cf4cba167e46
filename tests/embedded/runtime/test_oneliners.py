"""One line after another that the shells of kind's images were given: podlab's give the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.embedded.runtime.test_shell import machine, run

ROWS = json.loads((Path(__file__).parent / "recorded/oneliners.json").read_text(encoding="utf-8"))
"""[shell, script, exit code, standard output, standard error]: what Debian 12's busybox 1.35.0 (ash), dash and bash
5.2.15 did with a script after `-c`: the builds that kind's images have."""
SHELLS = {"ash": ("busybox", "sh"), "dash": ("nginx", "sh"), "bash": ("nginx", "bash")}


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(SHELLS))
def test_a_shell_does_what_it_does_in_kinds_images(kind: str) -> None:
    image, name = SHELLS[kind]
    wrong = []
    for shell, script, *recorded in ROWS:
        found = list(run(name, "-c", script, container=machine(image))) if shell == kind else recorded
        if found != recorded:
            wrong.append(f"{script}\n  recorded {recorded}\n  found    {found}")
    assert not wrong, "\n".join(wrong)


def test_there_are_many() -> None:
    assert len(ROWS) >= 300
