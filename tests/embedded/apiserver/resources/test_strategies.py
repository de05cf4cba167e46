"""How a strategy of no known type is shown, as kind shows it."""

from __future__ import annotations

from podlab.embedded.apiserver.resources import daemonsets, deployments


def test_an_unknown_strategy_is_shown_with_what_it_has() -> None:
    spec = {"strategy": {"type": "Blue", "rollingUpdate": {"maxSurge": "x%"}}}
    shown = '{"Type":"Blue","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":"x%"}}'
    said = f'Unsupported value: {shown}: supported values: "Recreate", "RollingUpdate"'
    found = deployments.validate({"metadata": {"name": "d", "namespace": "n"}, "spec": spec}, None)
    assert said in [cause.message for cause in found if cause.field == "spec.strategy"]
    bare = daemonsets.validate({"metadata": {"name": "d"}, "spec": {"updateStrategy": {"type": "Slow"}}}, None)
    said = 'Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"'
    assert said in [cause.message for cause in bare if cause.field == "spec.updateStrategy"]
