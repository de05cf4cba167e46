"""What the kubelet publishes into a volume: files behind links, so that all of them change at one moment."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from podlab.embedded.kubelet.environment import ConfigError, field_value
from podlab.embedded.kubelet.volumes import envfiles, hostpath, mounts, sources
from podlab.embedded.kubelet.volumes.sources import MountError
from podlab.embedded.runtime.files import FileError, Files
from podlab.embedded.runtime.volume import Volume
from tests.embedded.simulation import Simulation, logs

MOUNTS = [
    {"name": "conf", "mountPath": "/etc/conf"},
    {"name": "conf", "mountPath": "/etc/one", "subPath": "a"},
]


class Pod:
    """A Pod with one volume, set up from one ConfigMap."""

    def __init__(self, **source: Any) -> None:
        self.data = {"a": "1", "b": "2"}
        spec = {"volumes": [{"name": "conf", "configMap": {"name": "c", **source}}]}
        self.pod = {"metadata": {"uid": "u", "name": "p"}, "spec": spec}
        self.held: dict[str, Volume] = {}
        self.publish(0.0)

    def publish(self, now: float) -> None:
        """What a sync of the kubelet does."""
        sources.set_up(self.pod, self.held, lambda *_: {"data": self.data}, {}, lambda *_: bytes, Volume(), now)

    def files(self) -> Files:
        """What a container that starts now sees."""
        return Files(Volume(), mounts.of_container({"spec": {}}, {"volumeMounts": MOUNTS}, self.held, {}))


def test_the_keys_are_links_into_a_directory_named_by_the_time() -> None:
    files = Pod().files()
    folder = files.link("/etc/conf/..data")
    assert folder and folder.startswith("..1970_01_01_00_00_00.")
    assert files.list("/etc/conf") == sorted(["..data", folder, "a", "b"])
    assert files.link("/etc/conf/a") == "..data/a" and files.read("/etc/conf/a") == b"1"
    assert files.resolve("/etc/conf/a") == f"/etc/conf/{folder}/a"


def test_a_token_is_signed_when_somebody_looks_for_it() -> None:
    asked: list[str] = []

    @cache
    def sign() -> bytes:
        asked.append("sign")
        return b"a.b.c"

    projected = {"sources": [{"serviceAccountToken": {"path": "token"}}]}
    spec = {"containers": [{"name": "c"}], "volumes": [{"name": "v", "projected": projected}]}
    pod, held = {"metadata": {"uid": "u", "name": "p"}, "spec": spec}, dict[str, Volume]()
    for signed in (["sign"], ["sign"]):  # a container that starts again finds the same
        sources.set_up(pod, held, lambda *_: None, {}, lambda *_: sign, Volume(), 0.0)
        container = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
        files = Files(Volume(), mounts.of_container(pod, container, held, {}))
        assert files.list("/") == ["v"]
        assert asked == [] or held["v"].folder == files.link("/v/..data")
        assert files.read("/v/token") == b"a.b.c" and files.mode("/v/token") == 0o644
        assert files.list("/v") == sorted(["..data", held["v"].folder, "token"])
        assert asked == signed


def test_a_change_reaches_the_mount_but_no_sub_path() -> None:
    pod = Pod()
    files, before = pod.files(), pod.files().link("/etc/conf/..data")
    pod.publish(5.0)
    assert files.link("/etc/conf/..data") == before  # nothing changed, nothing is published
    pod.data = {"a": "9"}
    pod.publish(60.0)
    assert files.read("/etc/conf/a") == b"9" and not files.exists("/etc/conf/b")
    assert files.link("/etc/conf/..data") != before
    assert files.read("/etc/one") == b"1" and pod.files().read("/etc/one") == b"9"


def test_modes_are_the_items_own_or_the_default() -> None:
    items = [{"key": "a", "path": "a", "mode": 0o600}, {"key": "b", "path": "deep/b"}]
    files = Pod(defaultMode=0o440, items=items).files()
    assert (
        files.mode("/etc/conf") == 0o777
        and files.mode("/etc/conf/a") == 0o600
        and files.mode("/etc/conf/deep/b") == 0o440
    )
    assert files.link("/etc/conf/deep") == "..data/deep" and files.read("/etc/conf/deep/b") == b"2"


@pytest.mark.parametrize("path", ["/etc/conf/a", "/etc/conf/new", "/etc/one"])
def test_what_is_published_cannot_be_written(path: str) -> None:
    with pytest.raises(FileError, match="Read-only file system"):
        Pod().files().write(path, b"x")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(MountError, match="references non-existent config key: z"):
        Pod(items=[{"key": "z", "path": "z"}])


def test_annotations_are_quoted_as_go_does() -> None:
    pod = {"metadata": {"name": "p", "namespace": "n", "uid": "u", "annotations": {"a": 'say "hi"\n'}}, "spec": {}}
    assert field_value(pod, "metadata.annotations", {}) == 'a="say \\"hi\\"\\n"'


def test_a_link_in_a_volume_of_their_own_leaves_it_writable_and_its_parts_mountable() -> None:
    held = {"conf": Volume()}
    files = Files(Volume(), mounts.of_container({"spec": {}}, {"volumeMounts": MOUNTS[:1]}, held, {}))
    files.make_link("/etc/conf/..data", "x")
    files.write("/etc/conf/a", b"")
    later = Files(Volume(), mounts.of_container({"spec": {}}, {"volumeMounts": MOUNTS}, held, {}))
    later.write("/etc/conf/a", b"1")
    later.write("/etc/one", b"2")
    assert files.read("/etc/conf/a") == b"2"


def test_the_path_of_an_item_may_be_written_in_any_way() -> None:
    pod = Pod(items=[{"key": "a", "path": "./a"}])
    files, before = pod.files(), pod.files().link("/etc/conf/..data")
    pod.publish(60.0)
    assert files.read("/etc/conf/a") == b"1" and files.link("/etc/conf/..data") == before


@pytest.mark.parametrize(
    ("path", "kind", "wanted"),
    [
        ("/nodir", "Directory", "hostPath type check failed: /nodir is not a directory"),
        ("/nofile", "File", "hostPath type check failed: /nofile is not a file"),
        ("/etc", "File", "hostPath type check failed: /etc is not a file"),
        ("/etc/passwd", "Directory", "hostPath type check failed: /etc/passwd is not a directory"),
        ("/nosock", "Socket", "hostPath type check failed: /nosock is not a socket file"),
        ("/noblock", "BlockDevice", "hostPath type check failed: /noblock is not a block device"),
        ("/nodir/file", "FileOrCreate", "open /nodir/file: no such file or directory"),
        ("/etc", "Directory", ""),
        ("/new/dir", "DirectoryOrCreate", ""),
        ("/tmp/file", "FileOrCreate", ""),
        ("/anything", "", ""),
    ],
)
def test_a_path_of_the_node_is_what_its_type_says(path: str, kind: str, wanted: str) -> None:
    node = hostpath.new_node()
    try:
        hostpath.prepare({"path": path, "type": kind}, node)
    except LookupError as error:
        assert error.args[0] == wanted
    else:
        assert wanted == "" and path in node.entries


def test_a_node_has_its_name_in_its_files() -> None:
    host = hostpath.new_node("lab-worker", "172.18.0.9")
    pod = {"spec": {"volumes": [{"name": "h", "hostPath": {"path": "/"}}]}}
    mounted = mounts.of_container(pod, {"volumeMounts": [{"name": "h", "mountPath": "/host"}]}, {"h": host}, {})
    node = Files(Volume(), mounted)
    assert node.read("/host/etc/hostname") == b"lab-worker\n"
    assert node.read("/host/etc/hosts").endswith(b"\n172.18.0.9\tlab-worker\n")


def test_two_pods_see_the_nodes_one_file() -> None:
    node = hostpath.new_node()
    spec = {"spec": {"volumes": [{"name": "h", "hostPath": {"path": "/tmp/shared"}}]}}
    hostpath.prepare({"path": "/tmp/shared"}, node)
    one, other = (
        Files(Volume(), mounts.of_container(spec, {"volumeMounts": [{"name": "h", "mountPath": at}]}, {"h": node}, {}))
        for at in ("/one", "/other")
    )
    one.write("/one/file", b"said")
    assert other.read("/other/file") == b"said" and one.list("/one") == ["file"]


def test_all_that_a_projected_volume_misses_is_named() -> None:
    missing = [{"configMap": {"name": "a"}}, {"secret": {"name": "b"}}]
    pod = {"metadata": {"uid": "u"}, "spec": {"volumes": [{"name": "v", "projected": {"sources": missing}}]}}
    with pytest.raises(MountError) as raised:
        sources.set_up(pod, {}, lambda *_: None, {}, lambda *_: bytes, Volume(), 0.0)
    assert str(raised.value).endswith(': [configmap "a" not found, secret "b" not found]')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A='1'\n", "1"),
        ("# note\n\n  A='x y' # why\n", "x y"),
        ("B='2'\nA='one\ntwo'\n", "one\ntwo"),
        ("A= 'x'\n", ""),
        ("B='2'\n", ""),
        ("A=1\n", None),
        ("A ='1'\n", None),
        ("A='1\n", None),
        ("A='1' 2\n", None),
        ("words\n", None),
    ],
)
def test_a_file_of_variables_quotes_its_values(text: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(envfiles.NoEnvFile):
            envfiles.value(text, "A")
    else:
        assert envfiles.value(text, "A") == value


async def test_a_variable_comes_from_a_file_that_an_init_container_wrote(sim: Simulation) -> None:
    written = {"name": "w", "image": "busybox", "command": ["sh", "-c", "echo \"A='pg'\" > /d/env"]}
    mounted = {**written, "volumeMounts": [{"name": "d", "mountPath": "/d"}]}

    def pod(name: str, key: str) -> dict[str, Any]:
        reference = {"volumeName": "d", "path": "env", "key": key}
        env = [{"name": "A", "valueFrom": {"fileKeyRef": reference}}]
        main = {"name": "c", "image": "busybox", "command": ["sh", "-c", "echo $A"], "env": env}
        spec = {"restartPolicy": "Never", "initContainers": [mounted], "containers": [main]}
        return {"kind": "Pod", "metadata": {"name": name}, "spec": {**spec, "volumes": [{"name": "d", "emptyDir": {}}]}}

    sim.create(pod("p", "A"))
    sim.create(pod("q", "B"))
    await sim.run(20)
    assert await logs(sim, "p", container="c") == "pg\n"
    waiting = sim.pod("q")["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "CreateContainerConfigError"
    assert waiting["message"].startswith('environment variable key "B" not found in file "/var/lib/kubelet/pods/')


def test_only_a_volume_that_is_mounted_has_files_of_variables() -> None:
    reference, volume = {"volumeName": "d", "path": "env", "key": "A"}, Volume()
    volume.put("/env", b"A='1'\n")
    pod: dict[str, Any] = {"metadata": {"uid": "u"}, "spec": {"containers": [{"name": "c"}]}}
    with pytest.raises(ConfigError, match='cannot find the volume "d" referenced by FileKeyRef'):
        envfiles.of_reference(pod, {"d": volume}, reference)
    pod["spec"]["initContainers"] = [{"name": "i", "volumeMounts": [{"name": "d", "mountPath": "/d"}]}]
    assert envfiles.of_reference(pod, {"d": volume}, reference) == "1"


async def test_what_is_mounted_is_told_by_depth_and_memory_is_the_pods(sim: Simulation) -> None:
    """As recorded on kind: a Pod whose containers may have 64Mi has no larger volume in memory."""
    places = [("z", "/z/y/x"), ("z", "/b"), ("s", "/a/q"), ("m", "/mem")]
    container = {
        "name": "c",
        "image": "busybox",
        "command": ["cat", "/proc/mounts"],
        "resources": {"limits": {"memory": "64Mi"}},
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in places],
    }
    written = {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.name"}}]}
    volumes = [
        {"name": "z", "emptyDir": {}},
        {"name": "s", "downwardAPI": written},
        {"name": "m", "emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}},
    ]
    spec = {"restartPolicy": "Never", "containers": [container], "volumes": volumes}
    sim.create({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    await sim.run(10)
    rows = [line.split() for line in (await logs(sim, "p", container="c")).splitlines()]
    at = next(number for number, row in enumerate(rows) if row[1] == "/b")
    assert [row[1] for row in rows[at : at + 9]] == [
        *("/b", "/mem", "/a/q", "/etc/hosts", "/dev/termination-log"),
        *("/etc/hostname", "/etc/resolv.conf", "/dev/shm", "/z/y/x"),
    ]
    sizes = {row[1]: next((part for part in row[3].split(",") if part.startswith("size=")), "") for row in rows}
    token = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert [sizes[path] for path in ("/mem", "/a/q", token)] == ["size=8192k", "size=65536k", "size=65536k"]


def _with_image(name: str, reference: str) -> dict[str, Any]:
    mounts = [{"name": "v", "mountPath": "/v"}, {"name": "v", "mountPath": "/w", "subPath": "etc/nginx"}]
    commands = "head -c 5 /v/usr/share/nginx/html/index.html; ls /w; touch /v/x"
    container = {"name": "c", "image": "busybox", "command": ["sh", "-c", commands], "volumeMounts": mounts}
    spec = {"restartPolicy": "Never", "containers": [container]}
    volumes = [{"name": "v", "image": {"reference": reference, "pullPolicy": "IfNotPresent"}}]
    return {"kind": "Pod", "metadata": {"name": name}, "spec": {**spec, "volumes": volumes}}


async def test_an_image_is_a_volume_that_nobody_writes_to(sim: Simulation) -> None:
    sim.create(_with_image("p", "nginx:1.27"))
    await sim.run(5)
    told = [event["object"] for event in sim.seen["events"]]
    pulled = [event for event in told if event["message"] == 'Pulling image "nginx:1.27"']
    assert [event["involvedObject"].get("fieldPath") for event in pulled] == [None]
    log = await logs(sim, "p", container="c")
    assert log.startswith("<!DOC") and "nginx.conf\n" in log
    assert log.endswith("touch: /v/x: Read-only file system\n")


async def test_what_mounts_an_image_that_is_not_there_waits_for_it(sim: Simulation) -> None:
    """As on kind: the container's own image is not pulled meanwhile."""
    sim.create(_with_image("q", "quay.io/crio/artifact:v2"))
    await sim.run(2)
    waiting = sim.pod("q")["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "ErrImagePull" and "quay.io/crio/artifact:v2: not found" in waiting["message"]
    told = [event["object"] for event in sim.seen["events"] if event["object"]["involvedObject"]["name"] == "q"]
    seen = [(event["reason"], event["involvedObject"].get("fieldPath")) for event in told if event["count"] == 1]
    assert seen[:5] == [
        ("Scheduled", None),
        ("Pulling", None),
        ("Failed", None),
        ("ImageNotSimulated", None),
        ("Failed", "spec.containers{c}"),
    ]
    assert not any("busybox" in event["message"] for event in told)


async def test_what_takes_more_memory_than_it_may_have_is_killed(sim: Simulation) -> None:
    """As the documentation's page on memory says: within its limit it runs, beyond it is OOMKilled and comes back."""
    for name, size in (("within", "150M"), ("beyond", "250M")):
        args = ["--vm", "1", "--vm-bytes", size, "--vm-hang", "1"]
        limits = {"resources": {"limits": {"memory": "200Mi"}}}
        container = {"name": "c", "image": "polinux/stress", "command": ["stress"], "args": args, **limits}
        sim.create({"kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}})
    await sim.run(5)
    within, beyond = (sim.pod(name)["status"]["containerStatuses"][0] for name in ("within", "beyond"))
    ended = beyond["state"].get("terminated") or beyond["lastState"]["terminated"]
    assert "running" in within["state"] and within["restartCount"] == 0
    assert (ended["reason"], ended["exitCode"], beyond["restartCount"] > 0) == ("OOMKilled", 137, True)
