"""The seed's path in a browser's Python: run by `run.mjs`; its last expression is what it found, as JSON."""

import asyncio
import base64
import json
import sys
import zlib
from pathlib import Path

from podlab import start
from podlab.clusters import state
from podlab.clusters.tab import Tab, running
from podlab.kubeconfig import eventloop
from podlab.lessons.lesson import MANIFEST, manifest

found = {"platform": sys.platform}
kubectl = start("02", language="en")
Path(MANIFEST).write_text(manifest(MANIFEST), encoding="utf-8")
version = kubectl.client.get("/api/v1/namespaces/default/pods")["metadata"]["resourceVersion"]
found["created"] = str(kubectl.create(filename="nginx-pod.yaml")).strip()
seen = []
for event in kubectl.client.watch("/api/v1/namespaces/default/pods", query={"resourceVersion": version}):
    if event["type"] == "BOOKMARK":  # on a slow machine a minute has passed
        continue
    conditions = {c["type"]: c["status"] for c in event["object"]["status"].get("conditions", [])}
    seen.append(event["object"]["status"]["phase"])
    if conditions.get("Ready") == "True":
        break
found["watched"] = seen[-1]
found["got"] = str(kubectl.get("pods"))
found["described"] = "Successfully assigned default/nginx-pod-example" in str(
    kubectl.describe("pod", "nginx-pod-example")
)
found["logged"] = "start worker processes" in str(kubectl.logs("nginx-pod-example"))
found["followed"] = "deleted" not in str(kubectl.logs("nginx-pod-example", tail=1))
found["said"] = str(kubectl.exec("nginx-pod-example", "sh", "-c", "echo hello | sed 's/h/j/'")).strip()
kubectl.run("short", image="nginx:1.27")


async def between_two_cells() -> None:
    """Nothing of the kit waits: the tab's own loop lets the cluster go on, and what it holds is kept."""
    store, host = running(cluster).core.store, asyncio.get_running_loop()
    runs = host.create_future()

    def heard(_: object) -> None:
        short, _ = store.get("/pods/default/short")
        if short["status"]["phase"] == "Running" and not runs.done():
            host.call_soon(lambda: runs.done() or runs.set_result(None))

    stop = store.subscribe(heard)
    heard(None)
    await asyncio.wait_for(runs, 60)
    stop()
    await asyncio.wait_for(until_kept(b"/pods/default/short"), 60)


async def until_kept(key: bytes) -> None:
    """The browser's own loop goes on until something is in the file that outlives the tab."""
    file = state.folder("lab") / "state.txt"
    while not file.exists() or key not in zlib.decompress(base64.b64decode(file.read_text().rstrip("."))):
        await asyncio.sleep(0)


cluster = state.cluster_named("lab")
await between_two_cells()  # noqa: F704
pods = kubectl.client.get("/api/v1/namespaces/default/pods/short")
found["between"] = pods["status"]["phase"]
running(cluster).forget()  # the tab is closed
kept = [path.name for path in state.folder("lab").iterdir()]
Tab().up("lab")  # and opened again
found["reloaded"] = [
    each["metadata"]["name"] for each in kubectl.client.get("/api/v1/namespaces/default/pods")["items"]
]
found["deleted"] = str(kubectl.delete("pod", "nginx-pod-example")).strip()
found["kept"] = "state.txt" in kept
found["home"] = str(state.home())
absent = ("uvicorn", "httptools", "cryptography", "websockets", "psutil", "kubernetes", "urllib3", "re2", "msgspec")
found["imported"] = [name for name in absent if name in sys.modules]
found["shared"] = eventloop.shared() is not None
json.dumps(found)
