"""Pods live as the recorded ones did: the same states in the same order, the same events."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedded.simulation import GOLDEN, Simulation, simulate
from tests.golden import compare


def differences(simulation: Simulation, scenario: str, folder: Path) -> list[str]:
    """What differs from the recorded watch streams, but for what the recording marks as a matter of timing."""
    simulation.write(folder)
    marked = GOLDEN / scenario / "timing"
    timing = marked.read_text(encoding="utf-8").splitlines() if marked.exists() else []
    found = []
    for stream in ("watch-pods.jsonl", "watch-events.jsonl"):
        wanted, got = compare.life(GOLDEN / scenario / stream), compare.life(folder / stream)
        for key in sorted(wanted.keys() | got.keys()):
            if f"{stream.removesuffix('.jsonl')} {key}" not in timing and wanted.get(key) != got.get(key):
                found += [f"{key}:", *map(str, wanted.get(key, [])), "but got", *map(str, got.get(key, []))]
    return found


async def seed(sim: Simulation) -> None:
    for _ in range(2):
        sim.apply("seed", "nginx-pod.yaml")
        await sim.until(lambda: sim.ready("nginx-pod-example"))
        await sim.run(2.0)
        sim.delete("nginx-pod-example")
        await sim.until(lambda: sim.gone("nginx-pod-example"))


async def two_containers(sim: Simulation) -> None:
    sim.apply("two-containers", "two.yaml")
    await sim.run(5.4)
    sim.delete("two", 1)
    await sim.until(lambda: sim.gone("two"))


async def completed(sim: Simulation) -> None:
    sim.apply("completed", "done.yaml")
    await sim.run(11)
    for name in ("ok", "fail", "onfailure"):
        sim.delete(name, 1)
    await sim.run(1)


async def crash_loop(sim: Simulation) -> None:
    sim.apply("crash-loop", "crash.yaml")
    await sim.until(lambda: bool(sim.pod("crash")["status"].get("containerStatuses")))
    await sim.until(lambda: sim.pod("crash")["status"]["containerStatuses"][0]["restartCount"] == 3)
    await sim.run(2.5)
    sim.delete("crash", 1)
    await sim.until(lambda: sim.gone("crash"))


async def termination(sim: Simulation) -> None:
    sim.apply("termination", "t.yaml")
    await sim.until(lambda: all(map(sim.ready, ("stubborn", "held", "hooked"))))
    await sim.run(0.5)
    for name in ("stubborn", "hooked", "held"):
        sim.delete(name)
    await sim.until(lambda: sim.gone("stubborn") and sim.gone("hooked"))
    pods = sim.registry.resource("pods")
    sim.registry.change(pods, "held", "termination", lambda pod: pod["metadata"].pop("finalizers"), subresource="")
    await sim.until(lambda: sim.gone("held"))


async def bad_image(sim: Simulation) -> None:
    sim.apply("bad-image", "bad.yaml")
    await sim.run(34.7)
    pods = sim.registry.resource("pods")

    def mended(pod: dict) -> None:  # type: ignore[type-arg]
        pod["spec"]["containers"][0]["image"] = "nginx:latest"

    sim.registry.change(pods, "bad", "bad-image", mended, subresource="")
    await sim.until(lambda: sim.ready("bad"))
    await sim.run(1.1)
    sim.delete("bad", 1)
    await sim.until(lambda: sim.gone("bad"))


async def unschedulable(sim: Simulation) -> None:
    sim.apply("unschedulable", "big.yaml")
    await sim.run(2)
    for name in ("big", "picky"):
        sim.delete(name)
    await sim.run(1)


async def init_containers(sim: Simulation) -> None:
    sim.apply("init-containers", next(path.name for path in (GOLDEN / "init-containers/input").glob("*.yaml")))
    await sim.run(17)
    for name in ("init-ok", "init-bad", "sidecar"):
        sim.delete(name, 1)
    await sim.until(lambda: sim.gone("sidecar"))


async def pull(sim: Simulation, image: str) -> None:
    """Let the node have an image, as the recorded one had it."""
    container = {"name": "c", "image": image, "command": ["true"]}
    sim.create({"kind": "Pod", "metadata": {"name": "first"}, "spec": {"containers": [container]}})
    await sim.run(2)
    sim.delete("first", 0)
    await sim.until(lambda: sim.gone("first"))
    await sim.run(3)
    for stream in sim.seen.values():
        stream.clear()


async def refusals(sim: Simulation) -> None:
    await pull(sim, "busybox")
    sim.apply("kubelet-refusals", "refusals.yaml")
    await sim.run(12.6)
    for pod in sim.registry.list(sim.registry.resource("pods"), sim.namespace):
        sim.delete(pod["metadata"]["name"], 1)
    await sim.run(4)


async def own_rules(sim: Simulation) -> None:
    await pull(sim, "busybox")
    sim.apply("kubelet-own-rules", "rules.yaml")
    await sim.run(12.6)
    for pod in sim.registry.list(sim.registry.resource("pods"), sim.namespace):
        sim.delete(pod["metadata"]["name"], 1)
    await sim.run(4)


SCRIPTS = {
    "seed": seed,
    "two-containers": two_containers,
    "completed": completed,
    "crash-loop": crash_loop,
    "termination": termination,
    "bad-image": bad_image,
    "unschedulable": unschedulable,
    "init-containers": init_containers,
    "kubelet-refusals": refusals,
    "kubelet-own-rules": own_rules,
}


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCRIPTS)
def test_as_recorded(scenario: str, tmp_path: Path) -> None:
    namespace = "default" if (GOLDEN / scenario / "input" / "default-namespace").exists() else scenario
    simulation = simulate(SCRIPTS[scenario], namespace)
    assert differences(simulation, scenario, tmp_path) == []
