"""What a node and its kernel refuse: users, files, capabilities, profiles, sysctls, mounts, probes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.simulation import Simulation, logs

Obj = dict[str, Any]


def pod(command: str = "", spec: Obj | None = None, **container: Any) -> Obj:
    """A Pod that runs a command once."""
    made: Obj = {"name": "c", "image": "busybox", **container}
    if command:
        made["command"] = ["sh", "-c", command]
    rest = {"restartPolicy": "Never", **(spec or {})}
    return {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [made], **rest}}


def told(sim: Simulation) -> list[tuple[str, str]]:
    """Reason and message of all Events."""
    return [(event["object"]["reason"], event["object"]["message"]) for event in sim.seen["events"]]


async def output(sim: Simulation, obj: Obj) -> list[str]:
    """What a Pod that ends has said."""
    sim.create(obj)
    await sim.until(lambda: sim.phase("p") in ("Succeeded", "Failed"), limit=20)
    return (await logs(sim, "p")).splitlines()


USER = {"runAsUser": 1000, "runAsGroup": 3000, "fsGroup": 2000, "supplementalGroups": [4000]}
DATA = {"volumeMounts": [{"name": "d", "mountPath": "/data"}]}
EMPTY = {"volumes": [{"name": "d", "emptyDir": {}}]}


async def test_users_and_groups_show_in_id_and_files(sim: Simulation) -> None:
    commands = "id; touch /data/x; mkdir /data/d; ls -l /data; ls -ld /data /data/d; touch /etc/y"
    said = await output(sim, pod(commands, {"securityContext": USER, **EMPTY}, **DATA))
    assert said[0] == "uid=1000 gid=3000 groups=2000,3000,4000"
    assert [line.split()[:4] for line in said[2:4]] == [
        ["drwxr-sr-x", "2", "1000", "2000"],
        ["-rw-r--r--", "1", "1000", "2000"],
    ]
    assert [line.split()[0] for line in said[4:6]] == ["drwxrwsrwx", "drwxr-sr-x"]
    assert said[6] == "touch: /etc/y: Permission denied"


@pytest.mark.parametrize(
    ("context", "command", "wanted"),
    [
        ({"capabilities": {"drop": ["ALL"]}}, "chown 1000 /tmp", "chown: /tmp: Operation not permitted"),
        ({"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}, "chown 1000 /tmp; echo $?", "0"),
        ({"readOnlyRootFilesystem": True}, "touch /x", "touch: /x: Read-only file system"),
        ({"readOnlyRootFilesystem": True}, "echo a > /etc/hosts; echo $?", "0"),
        ({"runAsUser": 1000}, "chmod 700 /tmp", "chmod: /tmp: Operation not permitted"),
        ({"runAsUser": 1000}, "rm /etc/hosts", "rm: can't remove '/etc/hosts': Permission denied"),
        ({"runAsUser": 1000}, "pwd", "/made/for/me"),
    ],
)
async def test_the_kernel_refuses(sim: Simulation, context: Obj, command: str, wanted: str) -> None:
    made = pod(command, securityContext=context, **({"workingDir": "/made/for/me"} if command == "pwd" else {}))
    assert await output(sim, made) == [wanted]


async def test_a_secret_for_its_owner_alone_is_not_read_by_another_user(sim: Simulation) -> None:
    sim.create({"kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": "hidden"}})
    volumes = {"volumes": [{"name": "d", "secret": {"secretName": "s", "defaultMode": 0o400}}]}
    spec = {**volumes, "securityContext": {"runAsUser": 1000}}
    assert await output(sim, pod("cat /data/k", spec, **DATA)) == ["cat: can't open '/data/k': Permission denied"]
    sim.delete("p", 0)
    spec["securityContext"]["fsGroup"] = 2000
    assert await output(sim, pod("cat /data/k", spec, **DATA)) == ["hidden"]


@pytest.mark.parametrize(
    ("context", "wanted"),
    [
        ({"runAsUser": 101}, 'mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)'),
        (
            {"capabilities": {"drop": ["ALL"]}},
            'chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)',
        ),
        (
            {"readOnlyRootFilesystem": True},
            'mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
        ),
    ],
)
async def test_nginx_ends_without_the_rights_that_it_needs(sim: Simulation, context: Obj, wanted: str) -> None:
    said = await output(sim, pod(image="nginx", securityContext=context))
    assert said[-1] == f"nginx: [emerg] {wanted}"
    assert sim.pod("p")["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 1


async def test_nginx_starts_without_its_low_ports_capability(sim: Simulation) -> None:
    sim.create(pod(image="nginx", securityContext={"capabilities": {"drop": ["NET_BIND_SERVICE"]}}))
    await sim.until(lambda: sim.ready("p"), limit=10)  # containerd opens all ports to every user


@pytest.mark.parametrize(
    ("spec", "reason", "message"),
    [
        (
            {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}},
            "SysctlForbidden",
            'forbidden sysctl: "kernel.msgmax" not allowlisted',
        ),
        (
            {"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}},
            "AppArmor",
            "Cannot enforce AppArmor: AppArmor is not enabled on the host",
        ),
    ],
)
async def test_the_node_does_not_admit(sim: Simulation, spec: Obj, reason: str, message: str) -> None:
    sim.create(pod("sleep 60", spec))
    await sim.until(lambda: sim.phase("p") == "Failed", limit=5)
    status = sim.pod("p")["status"]
    assert (status["reason"], status["message"]) == (reason, f"Pod was rejected: {message}")
    assert set(status) == {"message", "observedGeneration", "phase", "qosClass", "reason", "startTime"}
    assert told(sim)[-1] == (reason, message)
    sim.delete("p")
    await sim.until(lambda: sim.gone("p"), limit=5)


LOCAL = {"seccompProfile": {"type": "Localhost", "localhostProfile": "nope.json"}}


@pytest.mark.parametrize(
    ("container", "reason", "message"),
    [
        (
            {"securityContext": LOCAL},
            "CreateContainerError",
            "failed to create containerd container: cannot load seccomp profile "
            '"/var/lib/kubelet/seccomp/nope.json": open /var/lib/kubelet/seccomp/nope.json: no such file or directory',
        ),
        (
            {"volumeMounts": [{"name": "d", "mountPath": "/l", "subPathExpr": "$(B)/$(A)"}]},
            "CreateContainerConfigError",
            "missing value for A, B",
        ),
        (
            {
                "env": [{"name": "A", "value": "/a"}],
                "volumeMounts": [{"name": "d", "mountPath": "/l", "subPathExpr": "$(A)"}],
            },
            "CreateContainerConfigError",
            "error SubPath `/a` must not be an absolute path",
        ),
        (
            {
                "env": [{"name": "A", "value": "../a"}],
                "volumeMounts": [{"name": "d", "mountPath": "/l", "subPathExpr": "$(A)"}],
            },
            "CreateContainerConfigError",
            "unable to provision SubPath `../a`: must not contain '..'",
        ),
    ],
)
async def test_a_container_is_not_created(sim: Simulation, container: Obj, reason: str, message: str) -> None:
    sim.create(pod("sleep 60", EMPTY, **container))
    await sim.run(3)
    waiting = sim.pod("p")["status"]["containerStatuses"][0]["state"]["waiting"]
    assert (waiting["reason"], waiting["message"]) == (reason, message)
    assert ("Failed", f"Error: {message}") in told(sim)


async def test_a_directory_is_not_mounted_onto_a_file(sim: Simulation) -> None:
    sim.create({"kind": "ConfigMap", "metadata": {"name": "cm"}, "data": {"k": "v"}})
    mount = {"name": "d", "mountPath": "/etc/passwd", "subPath": "nokey"}
    sim.create(pod("sleep 60", {"volumes": [{"name": "d", "configMap": {"name": "cm"}}]}, volumeMounts=[mount]))
    await sim.run(3)
    end = sim.pod("p")["status"]["containerStatuses"][0]["state"]["terminated"]
    uid = sim.pod("p")["metadata"]["uid"]
    source = f"/var/lib/kubelet/pods/{uid}/volume-subpaths/d/c/0"
    assert (end["exitCode"], end["reason"]) == (128, "StartError")
    assert end["message"].endswith(
        f'error mounting "{source}" to rootfs at "/etc/passwd": mount {source}:/etc/passwd '
        "(via /proc/self/fd/6), flags: 0x5001: not a directory"
    )


@pytest.mark.parametrize(
    ("probe", "wanted"),
    [
        (
            {"httpGet": {"port": 80, "scheme": "HTTPS"}},
            'Readiness probe failed: Get "https://10.244.0.2:80/": http: server gave HTTP response to HTTPS client',
        ),
        (
            {"httpGet": {"port": "web"}},
            'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax',
        ),
        (
            {"tcpSocket": {"port": "web"}},
            'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax',
        ),
        (
            {"httpGet": {"port": 80, "host": "nohost.example"}},
            'Readiness probe failed: Get "http://nohost.example:80/": dial tcp: '
            "lookup nohost.example on 127.0.0.11:53: no such host",
        ),
    ],
)
async def test_a_probe_that_asks_wrongly(sim: Simulation, probe: Obj, wanted: str) -> None:
    sim.create(pod(image="nginx", readinessProbe={**probe, "periodSeconds": 1}))
    await sim.run(4)
    assert ("Unhealthy", wanted) in told(sim) and not sim.ready("p")


@pytest.mark.parametrize(("image", "times"), [("mariadb:11", 1), ("ngnix", 0), ("nginx:no-such-tag", 0)])
async def test_an_image_that_may_exist_elsewhere_is_told_once(sim: Simulation, image: str, times: int) -> None:
    sim.create(pod(image=image))
    await sim.run(60)
    found = [message for reason, message in told(sim) if reason == "ImageNotSimulated"]
    assert len(found) == times and all(f'"{image}"' in message for message in found)
    assert [reason for reason, _ in told(sim)].count("Failed") >= 2


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("curlimages/curl", "container has runAsNonRoot and image has non-numeric user (curl_user)"),
        ("alpine", "container has runAsNonRoot and image will run as root"),
    ],
)
async def test_an_image_has_a_user_of_its_own(sim: Simulation, image: str, reason: str) -> None:
    sim.create(pod("id", {"securityContext": {"runAsNonRoot": True}}, image=image))
    await sim.run(5)
    assert any(message.removeprefix("Error: ").startswith(reason) for _, message in told(sim))


async def test_a_process_runs_as_the_images_user(sim: Simulation) -> None:
    wanted = "uid=100(curl_user) gid=101"
    assert (await output(sim, pod("id", image="curlimages/curl")))[0].startswith(wanted)
