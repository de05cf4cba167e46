"""The next step for the lines of kubectl's that a learner meets."""

from __future__ import annotations

import pytest

from podlab.kubectl.commandline.hints import hint_for


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('strict decoding error: unknown field "spec.containers[0].imagee"', "Did you mean `image`?"),
        ('strict decoding error: unknown field "spec.zzz"', "There is no field spec.zzz."),
        ('Error from server (NotFound): pods "web" not found', "it is deleted already, or its name is another"),
        ('Error from server (NotFound): pods "-o" not found', "an option is an argument"),
        ("error: timed out waiting for the condition on pods/web", "raise `timeout`"),
        ("error trying to reach service: dial tcp 10.0.0.1:81: connect: connection refused", "has that port open"),
        ('error: unable to match a printer suitable for the output format "Wide", allowed', "There is no Wide."),
        ("error: resource(s) were provided, but no name was specified", "`all=True`"),
        ("cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container", "put `- `"),
    ],
)
def test_the_hint_fits_the_line(line, hint):
    found = hint_for(line)
    assert found is not None and hint in found.en
    assert "{" not in found.en + found.ko
