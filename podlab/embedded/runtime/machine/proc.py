"""What a container finds under /proc: of the machine, and of its processes; made when it is looked at.

Upstream: Documentation/filesystems/proc.rst in the Linux kernel; values as kind's node shows them
"""

from __future__ import annotations

import posixpath
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import partial
from typing import Generic, TypeVar

from podlab.embedded.runtime import devices
from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.machine import kernel, sysfs
from podlab.embedded.runtime.machine.identity import ALL, CAPABILITIES
from podlab.embedded.runtime.machine.mounts import mounts
from podlab.embedded.runtime.machine.netfiles import sockets
from podlab.embedded.runtime.machine.process import Machine, Process
from podlab.embedded.runtime.volume import Mount, Volume

T = TypeVar("T")
Find = Callable[[Machine, str], Callable[[], T] | None]
BITS = {name: bit for bit, name in enumerate(CAPABILITIES.split())}
CLEARED = "0" * 16


def _of_machine() -> dict[str, bytes]:
    """What does not change: path → content."""
    processor = (
        "processor\t: {0}\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\nsiblings\t: {1}\ncore id\t\t: {0}\n"
        "cpu cores\t: {1}\nflags\t\t: fpu tsc msr cx8 sse sse2 ht syscall nx lm sse4_1 sse4_2 avx avx2\n\n"
    )
    rows = {"MemTotal": kernel.MEMORY, "MemFree": kernel.MEMORY // 2, "MemAvailable": kernel.MEMORY * 5 // 6}
    rows |= {"Buffers": 134360, "Cached": kernel.MEMORY // 3, "SwapCached": 0, "SwapTotal": 0, "SwapFree": 0}
    memory = "".join(f"{name + ':':16}{value:>8} kB\n" for name, value in rows.items())
    cpus = "".join(processor.format(number, kernel.PROCESSORS) for number in range(kernel.PROCESSORS))
    return {
        "/cpuinfo": cpus.encode(),
        "/meminfo": memory.encode(),
        "/version": f"Linux version {kernel.VERSION} (podlab) {kernel.BUILD}\n".encode(),
        "/filesystems": b"nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n",
        "/loadavg": b"0.10 0.10 0.10 1/120 10\n",
        "/uptime": b"3600.00 3500.00\n",
        "/cmdline": b"console=ttyS0\n",
        "/swaps": b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
        "/partitions": b"major minor  #blocks  name\n\n 254        0  268435456 vda\n",
        "/stat": b"cpu  100 0 100 10000 0 0 0 0 0 0\n",
        **_sysctls(),
        "/net/dev": NET_DEV.encode(),
    }


def _sysctls() -> dict[str, bytes]:
    """What is below /proc/sys where no Pod says otherwise."""
    return {
        "/sys/net/ipv4/ip_forward": b"1\n",
        "/sys/net/core/somaxconn": b"4096\n",
        "/sys/net/ipv4/ip_unprivileged_port_start": b"0\n",
        "/sys/net/ipv4/ip_local_port_range": b"32768\t60999\n",
        "/sys/net/ipv4/ping_group_range": b"0\t2147483647\n",
        "/sys/net/ipv4/tcp_syncookies": b"1\n",
        "/sys/net/ipv4/tcp_keepalive_time": b"7200\n",
        "/sys/net/ipv4/tcp_keepalive_intvl": b"75\n",
        "/sys/net/ipv4/tcp_keepalive_probes": b"9\n",
        "/sys/net/ipv4/tcp_fin_timeout": b"60\n",
        "/sys/net/core/rmem_max": b"212992\n",
        "/sys/net/core/wmem_max": b"212992\n",
        "/sys/net/ipv4/tcp_max_syn_backlog": b"4096\n",
        "/sys/kernel/msgmax": b"8192\n",
        "/sys/kernel/msgmnb": b"16384\n",
        "/sys/kernel/msgmni": b"32000\n",
        "/sys/kernel/sem": b"32000\t1024000000\t500\t32000\n",
        "/sys/kernel/shmmax": b"18446744073692774399\n",
        "/sys/kernel/shmall": b"18446744073692774399\n",
        "/sys/kernel/shmmni": b"4096\n",
        "/sys/kernel/shm_rmid_forced": b"0\n",
        "/sys/kernel/threads-max": b"192730\n",
        "/sys/vm/swappiness": b"60\n",
        "/sys/kernel/ostype": b"Linux\n",
        "/sys/kernel/osrelease": f"{kernel.VERSION}\n".encode(),
        "/sys/kernel/pid_max": b"4194304\n",
        "/sys/vm/overcommit_memory": b"1\n",
        "/sys/vm/max_map_count": b"65530\n",
        "/sys/fs/file-max": b"9223372036854775807\n",
        "/sys/kernel/random/boot_id": f"{uuid.uuid5(uuid.NAMESPACE_OID, 'node')}\n".encode(),
        "/sys/kernel/random/uuid": b"",
    }


_RECEIVED = "bytes    packets errs drop fifo frame compressed multicast"
_SENT = "bytes    packets errs drop fifo colls carrier compressed"
NET_DEV = (
    f"Inter-|   Receive{' ' * 48}|  Transmit\n face |{_RECEIVED}|{_SENT}\n"
    f"    lo:       0       0{'    0' * 4}{'          0' * 2}        0       0{'    0' * 4}     0       0          0\n"
    f"  eth0:    1096      14{'    0' * 4}{'          0' * 2}      866      12{'    0' * 4}     0       0          0\n"
)
LIMITS = (
    ("Max cpu time", "unlimited", "unlimited", "seconds"),
    ("Max file size", "unlimited", "unlimited", "bytes"),
    ("Max data size", "unlimited", "unlimited", "bytes"),
    ("Max stack size", "8388608", "unlimited", "bytes"),
    ("Max core file size", "0", "unlimited", "bytes"),
    ("Max resident set", "unlimited", "unlimited", "bytes"),
    ("Max processes", "96365", "96365", "processes"),
    ("Max open files", "20000", "20000", "files"),
    ("Max locked memory", "8388608", "8388608", "bytes"),
    ("Max address space", "unlimited", "unlimited", "bytes"),
    ("Max file locks", "unlimited", "unlimited", "locks"),
    ("Max pending signals", "96365", "96365", "signals"),
    ("Max msgqueue size", "819200", "819200", "bytes"),
    ("Max nice priority", "0", "0", ""),
    ("Max realtime priority", "0", "0", ""),
    ("Max realtime timeout", "unlimited", "unlimited", "us"),
)
FIXED = _of_machine()


def _words(process: Process) -> bytes:
    if process.title:
        return process.title.encode() + b"\0"
    return b"".join(word.encode(errors="surrogateescape") + b"\0" for word in process.argv)


def _environ(process: Process) -> bytes:
    return b"".join(f"{key}={value}".encode(errors="surrogateescape") + b"\0" for key, value in process.env.items())


def _mask(names: frozenset[str]) -> str:
    return f"{sum(1 << BITS[name] for name in names & ALL):016x}"


MEMORY = {
    "Peak": 3152, "Size": 3152, "Lck": 0, "Pin": 0, "HWM": 1928, "RSS": 1928, "Data": 196, "Stk": 132, "Exe": 576,
    "Lib": 1560, "PTE": 48, "Swap": 0,
}  # fmt: skip
"""KiB that a small process has."""


def _state(process: Process) -> str:
    """Who began last is who reads this, and so is running."""
    return "R (running)" if process.pid == max(process.machine.processes.running, default=0) > 1 else "S (sleeping)"


def _status(process: Process) -> bytes:
    who = process.machine.user
    uid, gid = process.owner, who.gid if process.uid is None else process.uid
    held = _mask(who.bounds) if uid == 0 else CLEARED
    rows = {
        "Name": process.name, "Umask": "0022", "State": _state(process), "Tgid": process.pid, "Ngid": 0,
        "Pid": process.pid, "PPid": process.parent, "TracerPid": 0, "Uid": "\t".join([str(uid)] * 4),
        "Gid": "\t".join([str(gid)] * 4), "FDSize": 64, "Groups": "".join(f"{group} " for group in who.groups),
        "NStgid": process.pid, "NSpid": process.pid, "NSpgid": process.pid, "NSsid": process.pid, "Kthread": 0,
        **{f"Vm{name}": f"{size:8} kB" for name, size in MEMORY.items()}, "HugetlbPages": "       0 kB",
        "CoreDumping": 0, "THP_enabled": 1, "untag_mask": "0xffffffffffffffff", "Threads": 1, "SigQ": "2/96365",
        "SigPnd": CLEARED, "ShdPnd": CLEARED, "SigBlk": CLEARED, "SigIgn": CLEARED, "SigCgt": CLEARED,
        "CapInh": CLEARED, "CapPrm": held, "CapEff": held, "CapBnd": _mask(who.bounds), "CapAmb": CLEARED,
        "NoNewPrivs": int(who.no_new_privileges), "Seccomp": 2 * who.filtered,
        "Seccomp_filters": int(who.filtered), "Speculation_Store_Bypass": "thread vulnerable",
        "SpeculationIndirectBranch": "conditional enabled", "Cpus_allowed": 3, "Cpus_allowed_list": "0-1",
        "Mems_allowed": "1", "Mems_allowed_list": "0", "voluntary_ctxt_switches": 10, "nonvoluntary_ctxt_switches": 1,
    }  # fmt: skip
    return "".join(f"{key}:\t{value}\n" for key, value in rows.items()).encode()


def _limits(process: Process) -> bytes:
    rows = [("Limit", "Soft Limit", "Hard Limit", "Units"), *LIMITS]
    lines = [f"{name:25} {soft:20} {hard:20} " + (f"{unit:10}" if unit else "") for name, soft, hard, unit in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def _mounts(process: Process) -> bytes:
    return "".join(f"{' '.join(row)} 0 0\n" for row in mounts(process.machine.files)).encode()


def _mountinfo(process: Process) -> bytes:
    rows = enumerate(mounts(process.machine.files), 1000)
    lines = [f"{at} {at - 1} 0:{at % 256} / {row[1]} {row[3]} - {row[2]} {row[0]} {row[3]}\n" for at, row in rows]
    return "".join(lines).encode()


def _stat(process: Process) -> bytes:
    pid, state = process.pid, _state(process)[0]
    return f"{pid} ({process.name}) {state} {process.parent} {pid} {pid} {'0 ' * 46}0\n".encode()


OF_PROCESS: dict[str, Callable[[Process], bytes]] = {
    "cgroup": lambda process: b"0::/\n",
    "cmdline": _words,
    "comm": lambda process: f"{process.name}\n".encode(),
    "environ": _environ,
    "limits": _limits,
    "mountinfo": _mountinfo,
    "mounts": _mounts,
    "oom_score": lambda process: b"0\n",
    "oom_score_adj": lambda process: b"1000\n",
    "stat": _stat,
    "statm": lambda process: b"788 482 454 144 0 59 0\n",
    "status": _status,
}
"""The files of one process, by their names."""


def _program(process: Process) -> str:
    if process.argv[:1] == ["/pause"]:
        return "/pause"
    if process.machine.image.busybox:
        return "/bin/busybox"
    name = process.name
    return f"/usr/sbin/{name}" if name == "nginx" else f"/usr/bin/{name}"


def _namespace(name: str) -> Callable[[Process], str]:
    return lambda process: f"{name}:[{4026532000 + len(name)}]"


NAMESPACES = "cgroup ipc mnt net pid time user uts"
LINKS: dict[str, Callable[[Process], str]] = {
    "cwd": lambda process: process.cwd,
    "exe": _program,
    "root": lambda process: "/",
    **{f"ns/{name}": _namespace(name) for name in NAMESPACES.split()},
    "fd/0": lambda process: "/dev/null",
    "fd/1": lambda process: "pipe:[1001]",
    "fd/2": lambda process: "pipe:[1002]",
}


class _View(MutableMapping[str, T], Generic[T]):
    """A mapping whose values are told when they are asked for; nothing is kept of it, nothing can be put in it."""

    __slots__ = ("_find", "_machine", "_paths")

    def __init__(self, machine: Machine, find: Find[T], paths: Callable[[Machine], Iterable[str]]) -> None:
        self._machine, self._find, self._paths = machine, find, paths

    def __getitem__(self, key: str) -> T:
        if tell := self._find(self._machine, key):
            return tell()
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return self._find(self._machine, str(key)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths(self._machine))

    def __len__(self) -> int:
        return len(list(self._paths(self._machine)))

    def __bool__(self) -> bool:
        return True

    def __setitem__(self, key: str, value: T) -> None:
        """The kernel's files are not written."""

    def __delitem__(self, key: str) -> None:
        """Nor removed."""


def volume(machine: Machine) -> Volume:
    """What a container has at /proc."""
    made = Volume(mode=0o555)
    made.entries = _View(machine, _file, _files)
    made.links = _View(machine, _link, _links)  # type: ignore[assignment]
    made.owners = _View(machine, _owner, _files)  # type: ignore[assignment]
    return made


def _above(paths: Iterable[str]) -> frozenset[str]:
    """The folders that paths lead through, without the root."""
    found = set()
    for path in paths:
        while (path := posixpath.dirname(path)) not in ("/", ""):
            found.add(path)
    return frozenset(found)


FOLDERS = _above(FIXED) | {"/sys/kernel"}
OWN_FOLDERS = _above(OF_PROCESS) | {"fd", "ns", ""}


def _file(machine: Machine, path: str) -> Callable[[], bytes | None] | None:
    """What tells a file's content, or that it is a folder; None for what is not there."""
    pid, _, name = path[1:].partition("/")
    if pid.isdecimal():
        process = machine.processes.running.get(int(pid))
        if process is None:
            return None
        return partial(OF_PROCESS[name], process) if name in OF_PROCESS else _folder if name in OWN_FOLDERS else None
    if path == "/sys/kernel/hostname":
        return lambda: f"{machine.hostname}\n".encode()
    if path == "/sys/kernel/random/uuid":
        return lambda: _identifier(machine)
    if path in ("/net/tcp", "/net/tcp6"):
        return partial(sockets, machine, newer=path.endswith("6"))
    if path == "/mounts":
        running = machine.processes.running
        return partial(_mounts, running[min(running)]) if running else lambda: b""
    for known in (machine.settings.get(f"/proc{path}"), FIXED.get(path)):
        if known is not None:
            return partial(_told, known)
    return _folder if path in FOLDERS or path in _above(_settings(machine)) else None


def _settings(machine: Machine) -> list[str]:
    return [path[5:] for path in machine.settings if path.startswith("/proc/")]


def _files(machine: Machine) -> Iterator[str]:
    settings = _settings(machine)
    yield from {
        *FIXED,
        *settings,
        *FOLDERS,
        *_above(settings),
        "/sys/kernel/hostname",
        "/mounts",
        "/net/tcp",
        "/net/tcp6",
    }
    for pid in machine.processes.running:
        yield from (f"/{pid}/{name}" if name else f"/{pid}" for name in (*OF_PROCESS, *OWN_FOLDERS))


def _link(machine: Machine, path: str) -> Callable[[], str] | None:
    pid, _, name = path[1:].partition("/")
    process = machine.processes.running.get(int(pid)) if pid.isdecimal() and name in LINKS else None
    return partial(LINKS[name], process) if process else None


def _owner(machine: Machine, path: str) -> Callable[[], tuple[int, int]] | None:
    """Whose a process's files are: who it runs as."""
    pid = path[1:].partition("/")[0]
    process = machine.processes.running.get(int(pid)) if pid.isdecimal() else None
    if process is None:
        return None
    gid = process.machine.user.gid if process.uid is None else process.uid
    return partial(_told, (process.owner, gid))


def _links(machine: Machine) -> list[str]:
    return [f"/{pid}/{name}" for pid in machine.processes.running for name in LINKS]


def _identifier(machine: Machine) -> bytes:
    """A new one each time that somebody reads it."""
    seed = f"{machine.clock.now()} {[(pid, one.steps) for pid, one in machine.processes.running.items()]}"
    drawn = random.Random(seed).getrandbits(128)
    return f"{uuid.UUID(int=drawn, version=4)}\n".encode()


def _told(value: T) -> T:
    return value


def _folder() -> None:
    return None


def mounted(machine: Machine, shared: Volume) -> None:
    """Give a container its /proc and its Pod's shared memory, and its files a time."""
    files = machine.files
    files.now, files.elsewhere = machine.clock.now, elsewhere(machine)
    kernels, memory = (Mount("/proc", volume(machine), True), sysfs.mount(machine)), Mount("/dev/shm", shared)
    files.mounts = (*kernels, *files.mounts, memory, *devices.MOUNTS)


def elsewhere(machine: Machine) -> Callable[[str], tuple[Files, str] | None]:
    """Where /proc/PID/root leads: to the files of the container that a process is of."""

    def found(path: str) -> tuple[Files, str] | None:
        pid, _, rest = path.removeprefix("/proc/").partition("/")
        if not pid.isdecimal() or not (rest == "root" or rest.startswith("root/")):
            return None
        process = machine.processes.running.get(int(pid))
        return (process.machine.files, "/" + rest[5:]) if process else None

    return found
