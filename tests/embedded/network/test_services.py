"""Services carry traffic and have names, as recorded by kubectl exec on a kind cluster."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.embedded.simulation import Simulation, logs
from tests.embedded.simulation import execute as started

Obj = dict[str, Any]


def pod(name: str, image: str = "busybox", **more: Any) -> Obj:
    container = {"name": "c", "image": image} | ({"command": ["sleep", "100000"]} if image == "busybox" else {})
    spec = {"containers": [{**container, **more.pop("container", {})}], **more}
    return {"kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}


def service(name: str, app: str, **spec: Any) -> Obj:
    given = {"selector": {"app": app}, "ports": [{"name": "http", "port": 80}], **spec}
    return {"kind": "Service", "metadata": {"name": name}, "spec": given}


async def running(sim: Simulation) -> None:
    sim.create(pod("web", "nginx"))
    sim.create(pod("box"))
    for made in (service("web", "web"), service("none", "none"), service("headless", "web", clusterIP="None")):
        sim.create(made)
    sim.create(
        {**service("ext", ""), "spec": {"type": "ExternalName", "externalName": "web.default.svc.cluster.local"}}
    )
    await sim.until(lambda: sim.ready("web") and sim.ready("box"))
    await sim.run(3)


async def execute(sim: Simulation, name: str, *command: str) -> tuple[int | None, str, str]:
    """Run a command while time passes."""
    task = asyncio.ensure_future(started(sim, name, *command))
    await sim.until(task.done)
    return task.result()


async def box(sim: Simulation, script: str) -> tuple[int | None, str, str]:
    return await execute(sim, "box", "sh", "-c", script)


@pytest.mark.parametrize("name", ["web", "web.default", "web.default.svc.cluster.local", "headless", "ext"])
async def test_a_service_is_reached_by_its_names(sim: Simulation, name: str) -> None:
    await running(sim)
    code, out, err = await box(sim, f"wget -qO- http://{name} | head -4 | tail -1")
    assert (code, out, err) == (0, "<title>Welcome to nginx!</title>\n", "")
    assert f"{sim.pod('box')['status']['podIP']} - - " in await logs(sim, "web")


async def test_a_service_without_endpoints_refuses(sim: Simulation) -> None:
    await running(sim)
    code, _, err = await box(sim, "wget -qO- http://none")
    ip = sim.registry.get(sim.registry.resource("services"), "none", "default")["spec"]["clusterIP"]
    assert (code, err) == (1, f"wget: can't connect to remote host ({ip}): Connection refused\n")
    assert await box(sim, "wget -qO- http://nosuch") == (1, "", "wget: bad address 'nosuch'\n")


async def test_names_are_looked_up(sim: Simulation) -> None:
    await running(sim)
    find = sim.registry.resource("services")
    ip = sim.registry.get(find, "web", "default")["spec"]["clusterIP"]
    head = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
    code, out, _ = await box(sim, "nslookup web.default.svc.cluster.local")
    assert (code, out) == (0, f"{head}Name:\tweb.default.svc.cluster.local\nAddress: {ip}\n\n\n")
    pod_ip = sim.pod("web")["status"]["podIP"]
    code, out, _ = await box(sim, "nslookup -type=SRV _http._tcp.headless.default.svc.cluster.local")
    label = pod_ip.replace(".", "-")
    name = "_http._tcp.headless.default.svc.cluster.local"
    assert out == f"{head}{name}\tservice = 0 100 80 {label}.headless.default.svc.cluster.local\n\n"
    assert (await box(sim, "nslookup nosuch.default.svc.cluster.local"))[0] == 1
    for asked, told in (
        ("ns cluster.local", "cluster.local\tnameserver = kube-dns.kube-system.svc.cluster.local"),
        ("txt dns-version.cluster.local", 'dns-version.cluster.local\ttext = "1.1.0"'),
    ):
        assert (await box(sim, f"nslookup -type={asked}"))[:2] == (0, f"{head}{told}\n\n")


async def test_an_endpoint_has_a_name_behind_any_service_and_getent_gives_the_whole_name(sim: Simulation) -> None:
    """As recorded on kind."""
    sim.create(pod("bee", "nginx", hostname="buzz", subdomain="bee"))
    sim.create(service("bee", "bee"))
    await sim.until(lambda: sim.ready("bee"))
    await sim.run(3)
    ip, name = sim.pod("bee")["status"]["podIP"], "buzz.bee.default.svc.cluster.local"
    assert await execute(sim, "bee", "curl", "-so", "/dev/null", "-w", "%{http_code}", "buzz.bee") == (0, "200", "")
    assert await execute(sim, "bee", "getent", "hosts", "buzz.bee") == (0, f"{ip:15} {name}\n", "")
    assert await execute(sim, "bee", "getent", "hosts", "buzz") == (0, f"{ip:15} {name} buzz\n", "")
    bare = sim.registry.get(sim.registry.resource("services"), "bee", "default")["spec"]["clusterIP"]
    whole = "bee.default.svc.cluster.local"
    for asked in ("bee.default", bare):
        assert await execute(sim, "bee", "getent", "hosts", asked) == (0, f"{bare:15} {whole}\n", "")
    _, out, _ = await execute(sim, "bee", "getent", "ahosts", bare)
    assert out.splitlines()[0] == f"{bare:15} STREAM {bare}"


async def test_endpoints_that_are_not_ready_get_nothing(sim: Simulation) -> None:
    await running(sim)
    probe = {"exec": {"command": ["test", "-f", "/tmp/ready"]}, "periodSeconds": 1}
    sim.create(pod("late", "nginx", container={"readinessProbe": probe}))
    sim.create(service("late", "late"))
    await sim.until(lambda: sim.phase("late") == "Running")
    await sim.run(3)
    assert "Connection refused" in (await box(sim, "wget -qO- http://late"))[2]
    await execute(sim, "late", "touch", "/tmp/ready")
    await sim.until(lambda: sim.ready("late"))
    await sim.run(2)
    assert "Welcome" in (await box(sim, "wget -qO- http://late"))[1]


async def test_a_port_that_is_taken_cannot_be_bound(sim: Simulation) -> None:
    two = pod("two", "nginx")
    two["spec"]["containers"].append({"name": "d", "image": "nginx"})
    sim.create(two)
    await sim.until(lambda: any(s["restartCount"] for s in sim.pod("two")["status"].get("containerStatuses") or []))
    said = await logs(sim, "two", container="d", previous=True)
    assert said.count("nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n") == 5
    assert said.endswith("nginx: [emerg] still could not bind()\n")


async def test_node_ports_and_the_hosts_network(sim: Simulation) -> None:
    await running(sim)
    port = {"name": "http", "port": 8080, "targetPort": 80, "nodePort": 30080}
    sim.create(service("open", "web", type="NodePort", ports=[port]))
    sim.create(pod("host", "nginx", hostNetwork=True))
    await sim.until(lambda: sim.ready("host"))
    await sim.run(2)
    node = sim.pod("host")["status"]["hostIP"]
    assert sim.pod("host")["status"]["podIP"] == node
    for place in (f"{node}:30080", "open:8080", node):
        assert "Welcome" in (await box(sim, f"wget -qO- http://{place}"))[1], place


async def test_the_proxy_of_a_service(api_of: Any, sim: Simulation) -> None:
    await running(sim)
    answered = await api_of(sim, "/api/v1/namespaces/default/services/web:http/proxy/")
    assert answered[0] == 200 and b"Welcome to nginx!" in answered[1]
    code, body = await api_of(sim, "/api/v1/namespaces/default/services/none/proxy/")
    assert code == 503 and b'no endpoints available for service \\"none\\"' in body
    for asked, refusal in (
        ("web:nope", 'no endpoints available for service "web:nope"'),
        ("http:web:nope", 'no endpoints available for service "http:web:nope"'),
        ("web", 'no endpoints available for service "web"'),
        ("none:nope", 'no endpoints available for service "none"'),
        ("web:81", 'no service port 81 found for service "web"'),
    ):
        code, body = await api_of(sim, f"/api/v1/namespaces/default/services/{asked}/proxy/")
        assert (code, json.loads(body)["message"]) == (503, refusal)


UNREACHED = "error trying to reach service: "
PLAIN = f"{UNREACHED}tls: first record does not look like a TLS handshake"


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ("pods/https:web:80", 503, PLAIN),
        ("pods/ftp:web:80", 400, 'invalid pod request "ftp:web:80"'),
        ("pods/a:b:c:d", 400, 'invalid pod request "a:b:c:d"'),
        ("pods/web:0", 503, f"{UNREACHED}dial tcp POD:0: connect: connection refused"),
        ("pods/web:70000", 503, f"{UNREACHED}dial tcp: address 70000: invalid port"),
        ("services/https:web:http", 503, PLAIN),
        ("services/a:b:c:d", 400, 'invalid service request "a:b:c:d"'),
    ],
)
async def test_a_proxy_is_told_whom_it_should_reach(
    api_of: Any, sim: Simulation, asked: str, code: int, message: str
) -> None:
    await running(sim)
    found, body = await api_of(sim, f"/api/v1/namespaces/default/{asked}/proxy/")
    message = message.replace("POD", sim.pod("web")["status"]["podIP"])
    assert (found, json.loads(body)["message"]) == (code, message)


async def test_a_proxy_takes_no_ports_name_of_a_pod_and_reaches_a_nodes_other_ports(
    api_of: Any, sim: Simulation
) -> None:
    await running(sim)
    code, body = await api_of(sim, "/api/v1/namespaces/default/pods/web:http/proxy/")
    assert (code, body) == (500, b"stream error: stream ID 1; INTERNAL_ERROR; received from peer\n")
    assert (await api_of(sim, "/api/v1/namespaces/default/pods/:web:/proxy/"))[0] == 200
    node = sim.pod("web")["spec"]["nodeName"]
    assert (await api_of(sim, f"/api/v1/nodes/https:{node}:10250/proxy/healthz"))[1] == b"ok"
    code, body = await api_of(sim, f"/api/v1/nodes/{node}:99/proxy/healthz")
    refused = f"{UNREACHED}dial tcp {sim.pod('web')['status']['hostIP']}:99: connect: connection refused"
    assert (code, json.loads(body)["message"]) == (503, refused)
    code, body = await api_of(sim, "/api/v1/nodes/a:b:c:d/proxy/healthz")
    assert (code, json.loads(body)["message"]) == (400, 'invalid node request "a:b:c:d"')


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("db.example.com", ["alias\tcanonical name = db.example.com", ""] * 2),
        ("web", ["alias\tcanonical name = web", ""] * 2),
        ("none.such.svc.cluster.local", ["", ""]),
        ("1.2.3.4", ["** server can't find alias: NXDOMAIN", ""] * 2),
    ],
)
async def test_an_external_name_is_told_as_far_as_it_is_known(sim: Simulation, target: str, answer: list[str]) -> None:
    """As recorded on kind: what is outside is only another name, for A and AAAA alike."""
    await running(sim)
    sim.create({**service("alias", ""), "spec": {"type": "ExternalName", "externalName": target}})
    _, out, _ = await box(sim, "nslookup alias.default.svc.cluster.local")
    assert out.replace("alias.default.svc.cluster.local", "alias").splitlines()[3:] == answer


@pytest.fixture
def api_of() -> Any:
    async def ask(sim: Simulation, path: str) -> tuple[int, bytes]:
        from podlab.embedded.network.controlplane import handler
        from podlab.embedded.runtime.network.messages import Request

        headers = {"authorization": "Bearer admin", "host": "127.0.0.1"}
        found = await handler(sim.core.app)(Request("GET", path, headers, secure=True))
        return found.status, found.body

    return ask


async def test_nginx_does_what_its_configuration_says(sim: Simulation) -> None:
    await running(sim)
    lines = "server { listen 8081; location / { return 200 'hello $uri'; } location /web { proxy_pass http://web/; } }"
    await execute(sim, "web", "sh", "-c", f'echo "{lines}" > /etc/nginx/conf.d/more.conf; nginx -s reload')
    ip = sim.pod("web")["status"]["podIP"]
    await sim.run(1)
    code, out, err = await box(sim, f"wget -qO- http://{ip}:8081/a")
    assert (code, out, err) == (0, "hello ", "")
    assert "Welcome" in (await box(sim, f"wget -qO- http://{ip}:8081/web"))[1]
    await execute(sim, "web", "sh", "-c", "echo 'foo bar;' > /etc/nginx/conf.d/bad.conf")
    code, _, err = await execute(sim, "web", "nginx", "-t")
    assert code == 1 and 'unknown directive "foo" in /etc/nginx/conf.d/bad.conf:1\n' in err


async def test_the_api_server_answers_containers(sim: Simulation) -> None:
    await running(sim)
    code, out, _ = await execute(sim, "web", "curl", "-sSk", "https://kubernetes.default.svc/healthz")
    assert (code, out) == (0, "ok")


async def test_with_and_without_tls_are_told_apart(sim: Simulation) -> None:
    await running(sim)
    plain = "http://kubernetes.default:443/version"
    assert (await execute(sim, "web", "curl", "-s", plain))[1] == "Client sent an HTTP request to an HTTPS server.\n"
    code, out, err = await execute(sim, "web", "curl", "-skS", "https://localhost:80")
    assert (code, out) == (35, "") and "SSL routines::wrong version number" in err


@pytest.mark.parametrize(
    ("script", "target"),
    [
        ("wget -T 1 http://example.com", "example.com"),
        ("nslookup www.naver.co.kr; nslookup kubernetes.io", "www.naver.co.kr"),
        ("wget -T 1 http://8.8.8.8; wget -T 1 http://1.1.1.1", "8.8.8.8"),
        ("nslookup nosuch; nslookup web.default; wget http://web.nosuch; wget -T 1 10.9.9.9", ""),
    ],
)
async def test_who_asks_for_the_world_outside_is_told_once(sim: Simulation, script: str, target: str) -> None:
    await running(sim)
    await box(sim, script)
    events = sim.registry.list(sim.registry.resource("events"), namespace="default")
    said = [each for each in events if each["reason"] == "OutsideNotSimulated"]
    assert [each["involvedObject"]["name"] for each in said] == ["box"] * bool(target)
    assert all(f'"{target}"' in each["message"] and each["count"] == 1 for each in said)


async def test_the_busybox_that_the_documentation_names_knows_short_names_with_dots(sim: Simulation) -> None:
    """As its pages show: nslookup before 1.29 tries every suffix, and tells what an address is called."""
    await running(sim)
    old = {**pod("old", "busybox:1.28"), "metadata": {"name": "old"}}
    old["spec"]["containers"][0]["command"] = ["sleep", "100000"]
    sim.create(old)
    await sim.until(lambda: sim.ready("old"))
    ip = sim.registry.get(sim.registry.resource("services"), "web", "default")["spec"]["clusterIP"]
    head = "Server:    10.96.0.10\nAddress 1: 10.96.0.10\n\n"
    tail = f"Name:      web.default\nAddress 1: {ip} web.default.svc.cluster.local\n"
    assert await execute(sim, "old", "nslookup", "web.default") == (0, head + tail, "")
    assert await execute(sim, "old", "nslookup", "nope") == (1, head, "nslookup: can't resolve 'nope'\n")
    assert (await box(sim, "nslookup web.default"))[0] == 1
