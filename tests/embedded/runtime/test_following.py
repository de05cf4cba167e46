"""`tail -F`, as recorded from busybox and from the coreutils of nginx' image."""

from __future__ import annotations

import pytest

from tests.embedded.simulation import Simulation, logs

SCRIPT = """(tail -F /tmp/x > /tmp/out 2>&1 &); sleep 2; echo one > /tmp/x; sleep 2; echo two >> /tmp/x; sleep 2
echo 3 > /tmp/x; sleep 2; cat /tmp/out; tail -f /tmp/nothere; echo rc $?"""

BUSYBOX = """tail: can't open '/tmp/x': No such file or directory
tail: /tmp/x has appeared; following end of new file
one
two
3
tail: can't open '/tmp/nothere': No such file or directory
tail: no files
rc 1
"""
COREUTILS = """tail: cannot open '/tmp/x' for reading: No such file or directory
tail: '/tmp/x' has appeared;  following new file
one
two
tail: /tmp/x: file truncated
3
tail: cannot open '/tmp/nothere' for reading: No such file or directory
tail: no files remaining
rc 1
"""


@pytest.mark.parametrize(("image", "said"), [("busybox", BUSYBOX), ("nginx", COREUTILS)])
async def test_a_file_is_followed_that_appears_grows_and_is_written_anew(
    sim: Simulation, image: str, said: str
) -> None:
    container = {"name": "c", "image": image, "command": ["sh", "-c", SCRIPT]}
    spec = {"containers": [container], "restartPolicy": "Never"}
    sim.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    await sim.until(lambda: sim.phase("p") == "Succeeded")
    assert await logs(sim, "p") == said
