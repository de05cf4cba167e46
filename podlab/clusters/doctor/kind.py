"""What only a kind cluster needs of a machine: the engine and its limits, kind, the kernel, networks, leftovers."""

from __future__ import annotations

import ipaddress
import json
import re
from pathlib import Path
from typing import Any

from podlab.clusters.doctor.finding import Check, Finding
from podlab.clusters.kind import engine
from podlab.clusters.kind.command import environment, install_kind
from podlab.clusters.machine.probe import Probe
from podlab.text import Text

KIND_FLOOR = (0, 27)
GIB = 1 << 30
DISK_FLOOR = 4 * GIB
MEMORY_FLOOR, MEMORY_ENOUGH = 2 * GIB, 3 * GIB
INOTIFY = {"max_user_watches": 524288, "max_user_instances": 512}


def container_engine(probe: Probe, home: Path) -> Finding:
    """A container engine answers."""
    found = engine.find(probe)
    if not found.trouble:
        return Finding("engine", "ok", Text(*[f"{found.name} {found.version}"] * 2))
    why = Text(
        ko="kind 클러스터에 필요합니다. 내장 클러스터에는 필요 없습니다",
        en="a kind cluster needs it. The embedded cluster does not",
    )
    return Finding("engine", "error", found.seen, why, found.fix)


def kind_command(probe: Probe, home: Path) -> Finding:
    """The kind command is there and new enough."""
    if not probe.which("kind"):
        why = Text(
            ko="kind 클러스터를 만드는 명령입니다. 내장 클러스터에는 필요 없습니다",
            en="it makes kind clusters. The embedded cluster does not need it",
        )
        return Finding(
            "kind",
            "error",
            Text(ko="kind 명령이 없습니다", en="there is no kind command"),
            why,
            install_kind(),
        )
    answer = probe.run(["kind", "version", "--quiet"])
    found = re.search(r"(\d+)\.(\d+)", answer.out)
    seen = Text(*[f"kind {answer.out.strip()}"] * 2)
    if found and (int(found[1]), int(found[2])) >= KIND_FLOOR:
        return Finding("kind", "ok", seen)
    why = Text(
        ko="{}.{} 이상에서 시험했습니다".format(*KIND_FLOOR), en="tested with {}.{} and newer".format(*KIND_FLOOR)
    )
    return Finding("kind", "error", seen, why, install_kind())


def disk(probe: Probe, home: Path) -> Finding:
    """There is room for a node image."""
    free = probe.free(home)
    seen = Text(ko="빈 디스크: {free:.1f} GiB", en="free disk: {free:.1f} GiB").format(free=free / (1 << 30))
    if free >= DISK_FLOOR:
        return Finding("disk", "ok", seen)
    why = Text(
        ko="kind의 노드 이미지와 클러스터에는 약 4 GiB가 필요합니다",
        en="kind's node image and a cluster take about 4 GiB",
    )
    return Finding(
        "disk",
        "error",
        seen,
        why,
        Text(ko="디스크를 비우십시오: docker system prune", en="make room: docker system prune"),
    )


def engine_context(probe: Probe, home: Path) -> Finding | None:
    """The engine is on this machine."""
    found = engine.find(probe)
    if found.trouble or found.name != "docker":
        return None
    host = (
        probe.environ.get("DOCKER_HOST")
        or probe.run(["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]).out.strip()
    )
    if not host.startswith(("tcp://", "ssh://")) or "127.0.0.1" in host or "localhost" in host:
        return Finding("engine-context", "ok", Text(ko="엔진은 이 컴퓨터에 있음", en="the engine is on this machine"))
    return Finding(
        "engine-context",
        "error",
        Text(ko="docker가 다른 컴퓨터를 가리킵니다: {host}", en="docker points at another machine: {host}").format(
            host=host
        ),
        Text(
            ko="kind는 API 서버를 그 컴퓨터의 127.0.0.1에 엽니다. 여기서는 닿지 않습니다",
            en="kind opens the API server on that machine's 127.0.0.1, which cannot be reached from here",
        ),
        Text(
            ko="docker context use default (DOCKER_HOST는 지웁니다)",
            en="docker context use default (and unset DOCKER_HOST)",
        ),
    )


def provider_variable(probe: Probe, home: Path) -> Finding | None:
    """KIND_EXPERIMENTAL_PROVIDER names an engine that is there."""
    wanted = probe.environ.get("KIND_EXPERIMENTAL_PROVIDER")
    if not wanted:
        return None
    seen = Text(*[f"KIND_EXPERIMENTAL_PROVIDER={wanted}"] * 2)
    if wanted in engine.ENGINES and probe.which(wanted):
        return Finding("provider-variable", "ok", seen)
    return Finding(
        "provider-variable",
        "error",
        seen,
        Text(
            ko="kind가 이 컴퓨터에 없는 엔진을 쓰려고 합니다",
            en="it makes kind use an engine that this machine does not have",
        ),
        Text(*["unset KIND_EXPERIMENTAL_PROVIDER"] * 2),
    )


def snap(probe: Probe, home: Path) -> Finding | None:
    """Docker is not snap's, which sees only parts of the file system."""
    path = probe.which("docker") or ""
    if not path.startswith("/snap/"):
        return None
    return Finding(
        "snap",
        "note",
        Text(ko="snap으로 설치한 Docker입니다: {path}", en="Docker is installed by snap: {path}").format(path=path),
        Text(
            ko="snap의 Docker는 홈 폴더 밖의 파일을 읽지 못해 kind가 실패하기도 합니다",
            en="snap's Docker cannot read files outside the home folder, and kind may fail for it",
        ),
        Text(
            ko="TMPDIR을 홈 폴더 안에 두거나, Docker의 패키지를 쓰십시오: https://docs.docker.com/engine/install/",
            en="let TMPDIR be inside your home, or use Docker's package: https://docs.docker.com/engine/install/",
        ),
    )


def rootless(probe: Probe, home: Path) -> Finding | None:
    """A rootless engine may limit memory, CPU and processes, as the kubelet asks of it."""
    about = info(probe)
    if "rootless" not in str(about.get("SecurityOptions")):
        return None
    seen = Text(ko="엔진이 루트 권한 없이(rootless) 실행됩니다", en="the engine runs rootless")
    needed = [key for key in ("MemoryLimit", "CpuCfsQuota", "PidsLimit") if about.get(key) is False]
    if not needed and str(about.get("CgroupVersion")) == "2":
        return Finding("rootless", "ok", seen)
    return Finding(
        "rootless",
        "error",
        seen,
        Text(
            ko="kind의 노드에는 cgroup v2와 위임된 cpu, memory, pids 제어기가 필요합니다",
            en="kind's nodes need cgroup v2 with the controllers cpu, memory and pids delegated",
        ),
        Text(*["https://kind.sigs.k8s.io/docs/user/rootless/ (Delegate=yes)"] * 2),
    )


def cgroups(probe: Probe, home: Path) -> Finding | None:
    """Control groups are of version 2."""
    version = str(info(probe).get("CgroupVersion") or "")
    if not version:
        return None
    seen = Text(*[f"cgroup v{version}"] * 2)
    if version != "1":
        return Finding("cgroups", "ok", seen)
    return Finding(
        "cgroups",
        "note",
        seen,
        Text(
            ko="Kubernetes 1.35부터 kubelet은 따로 허락하지 않으면 cgroup v1에서 시작하지 않습니다",
            en="from Kubernetes 1.35 on, a kubelet does not start on cgroup v1 unless it is told to",
        ),
        Text(
            ko="커널 매개변수 systemd.unified_cgroup_hierarchy=1로 다시 시작하십시오",
            en="boot with the kernel parameter systemd.unified_cgroup_hierarchy=1",
        ),
    )


def inotify(probe: Probe, home: Path) -> Finding | None:
    """The kernel's limits on watched files are high enough for several nodes."""
    found = {name: (probe.read(f"/proc/sys/fs/inotify/{name}") or "").strip() for name in INOTIFY}
    low = {name: found[name] for name, floor in INOTIFY.items() if found[name].isdigit() and int(found[name]) < floor}
    if not any(found.values()):
        return None
    seen = Text(*["inotify: " + ", ".join(f"{name}={value}" for name, value in (low or found).items())] * 2)
    if not low:
        return Finding("inotify", "ok", seen)
    return Finding(
        "inotify",
        "note",
        seen,
        Text(
            ko="노드가 여럿이면 'too many open files'로 실패할 수 있습니다",
            en="with several nodes it may fail with 'too many open files'",
        ),
        Text(*["sudo sysctl " + " ".join(f"fs.inotify.{name}={INOTIFY[name]}" for name in low)] * 2),
    )


def memory(probe: Probe, home: Path) -> Finding | None:
    """The engine has memory for a node."""
    total = info(probe).get("MemTotal")
    if not isinstance(total, int) or not total:
        return None
    seen = Text(ko="엔진의 메모리: {n:.1f} GiB", en="the engine's memory: {n:.1f} GiB").format(n=total / GIB)
    if total >= MEMORY_ENOUGH:
        return Finding("memory", "ok", seen)
    why = Text(
        ko="2 GiB보다 적으면 kubeadm이 도중에 죽습니다. 파드를 위한 자리도 필요합니다",
        en="with less than 2 GiB kubeadm dies on its way, and Pods need room too",
    )
    fix = Text(
        ko="Docker Desktop: Settings → Resources → Memory. WSL2: .wslconfig의 memory=",
        en="Docker Desktop: Settings → Resources → Memory. WSL2: memory= in .wslconfig",
    )
    return Finding("memory", "error" if total < MEMORY_FLOOR else "note", seen, why, fix)


def processors(probe: Probe, home: Path) -> Finding | None:
    """The engine has two processors."""
    count = info(probe).get("NCPU")
    if not isinstance(count, int) or not count:
        return None
    seen = Text(ko="엔진의 CPU: {n}개", en="the engine's CPUs: {n}").format(n=count)
    if count >= 2:
        return Finding("cpu", "ok", seen)
    why = Text(ko="CPU 하나로는 시작이 몇 분 걸릴 수 있습니다", en="with one, a start may take minutes")
    fix = Text(*["Docker Desktop: Settings → Resources → CPUs"] * 2)
    return Finding("cpu", "note", seen, why, fix)


def subnet(probe: Probe, home: Path) -> Finding | None:
    """No other network (a VPN's, say) has the addresses of kind's."""
    found = engine.find(probe)
    if found.trouble:
        return None
    asked = [found.name, "network", "inspect", "kind", "--format", "{{range .IPAM.Config}}{{.Subnet}} {{end}}"]
    ours = [each for each in map(_network, probe.run(asked).out.split()) if each]
    routes = probe.run(["ip", "-4", "route"]).out.splitlines()
    clashes = [line.strip() for line in routes if _is_foreign_route(line) and _overlaps(line.split()[0], ours)]
    if not ours:
        return None
    if not clashes:
        return Finding("subnet", "ok", Text(ko="kind의 주소 범위: {n}", en="kind's addresses: {n}").format(n=ours[0]))
    return Finding(
        "subnet",
        "error",
        Text(ko="kind의 주소 범위 {n}{과/와} 겹치는 경로: {r}", en="a route overlaps kind's addresses {n}: {r}").format(
            n=ours[0], r=clashes[0]
        ),
        Text(
            ko="VPN과 겹치면 노드가 서로, 또는 바깥에 닿지 못합니다",
            en="where a VPN has the same addresses, nodes reach neither each other nor the outside",
        ),
        Text(
            ko="VPN을 끊거나, 클러스터를 지우고 다른 범위로 만드십시오: {engine} network rm kind, "
            "{engine} network create kind --subnet 10.201.0.0/16",
            en="disconnect the VPN, or delete the clusters and take other addresses: {engine} network rm kind, "
            "{engine} network create kind --subnet 10.201.0.0/16",
        ).format(engine=found.name),
    )


def leftovers(probe: Probe, home: Path) -> Finding | None:
    """Every kind cluster belongs to somebody who knows of it."""
    found = engine.find(probe)
    if found.trouble or not probe.which("kind"):
        return None
    names = probe.run(["kind", "get", "clusters", "--quiet"], environ=environment(found.name)).out.split()
    left = [name for name in names if not (home / "clusters" / name / "cluster.json").exists()]
    if not left:
        return Finding("leftovers", "ok", Text(ko="kind 클러스터: {n}개", en="kind clusters: {n}").format(n=len(names)))
    return Finding(
        "leftovers",
        "note",
        Text(
            ko="podlab이 만들지 않은 kind 클러스터: {names}", en="kind clusters that podlab did not make: {names}"
        ).format(names=", ".join(left)),
        Text(ko="하나마다 메모리를 0.6 GiB쯤 씁니다", en="each takes about 0.6 GiB of memory"),
        Text(
            ko="필요 없으면: kind delete cluster --name {n}", en="if nobody needs it: kind delete cluster --name {n}"
        ).format(n=left[0]),
    )


def wsl(probe: Probe, home: Path) -> Finding | None:
    """Windows' Linux: its memory is limited elsewhere, and its Windows folders are slow."""
    if "microsoft" not in (probe.read("/proc/version") or "").lower():
        return None
    seen = Text(*["WSL2"] * 2)
    if not home.as_posix().startswith("/mnt/"):
        return Finding("wsl", "ok", seen)
    return Finding(
        "wsl",
        "note",
        seen,
        Text(
            ko="상태 폴더가 Windows 쪽({home})에 있어 느리고, 파일 권한을 지킬 수 없습니다",
            en="the state folder is on the Windows side ({home}): slow, and without file permissions",
        ).format(home=home),
        Text(ko="Linux 쪽 폴더를 쓰십시오: PODLAB_HOME=~/.podlab", en="use a folder of Linux: PODLAB_HOME=~/.podlab"),
    )


def info(probe: Probe) -> dict[str, Any]:
    """What docker says about itself and its host; empty where there is none."""
    if not probe.which("docker"):
        return {}
    try:
        said = json.loads(probe.run(["docker", "info", "--format", "{{json .}}"]).out)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


CHECKS: tuple[Check, ...] = (
    container_engine,
    engine_context,
    provider_variable,
    snap,
    rootless,
    kind_command,
    cgroups,
    inotify,
    memory,
    processors,
    disk,
    subnet,
    leftovers,
)


def _network(text: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return None


def _is_foreign_route(line: str) -> bool:
    # the engine's own bridges carry kind's addresses; the default route overlaps everything
    return not line.startswith("default") and not re.search(r"\bdev (br-|docker|podman|cni|veth)", line)


def _overlaps(text: str, networks: list[ipaddress.IPv4Network]) -> bool:
    route = _network(text)
    return route is not None and any(route.overlaps(each) for each in networks)
