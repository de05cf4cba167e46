"""What a container finds under /proc: of the machine, of its mounts, and of its processes.

Upstream: Documentation/filesystems/proc.rst in the Linux kernel; values as kind's node shows them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.machine import kernel

Mounted = tuple[str, str, str, str]
"""Device, path, kind, and how: a row of /proc/mounts."""
FIRST: tuple[Mounted, ...] = (
    ("overlay", "/", "overlay", "{root},relatime"),
    ("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"),
    ("tmpfs", "/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755"),
    ("devpts", "/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666"),
    ("mqueue", "/dev/mqueue", "mqueue", "rw,nosuid,nodev,noexec,relatime"),
    ("sysfs", "/sys", "sysfs", "ro,nosuid,nodev,noexec,relatime"),
)
LAST: tuple[Mounted, ...] = (("shm", "/dev/shm", "tmpfs", "rw,nosuid,nodev,noexec,relatime,size=65536k"),)
SECRETS = "/var/run/secrets"


def mounts(files: Files) -> list[Mounted]:
    """What is mounted in a container, in the order of /proc/mounts."""
    first = [(*row[:3], row[3].format(root="ro" if files.read_only else "rw")) for row in FIRST]
    own = []
    for mount in sorted(files.mounts, key=lambda one: (one.path.startswith(SECRETS), one.path)):
        how = "ro" if mount.read_only else "rw"
        in_memory = mount.path.startswith(SECRETS)
        kind = "tmpfs" if in_memory else "ext4"
        own.append(("tmpfs" if in_memory else "/dev/vda", mount.path, kind, f"{how},relatime"))
    return [*first, *own, *LAST]


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
        "/proc/cpuinfo": cpus.encode(),
        "/proc/meminfo": memory.encode(),
        "/proc/version": f"Linux version {kernel.VERSION} (podlab) {kernel.BUILD}\n".encode(),
        "/proc/filesystems": b"nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n",
        "/proc/loadavg": b"0.10 0.10 0.10 1/120 10\n",
        "/proc/uptime": b"3600.00 3500.00\n",
        "/proc/sys/net/ipv4/ip_forward": b"1\n",
    }


def of_process(
    pid: int, argv: Sequence[str], env: Mapping[str, str], user: tuple[int, int], parent: int = 0
) -> dict[str, bytes]:
    """A process's files under /proc/PID, by their names."""
    name = argv[0].rpartition("/")[2][:15] if argv else ""
    uid, gid = user
    status = (
        f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{parent}\n"
    )
    status += f"TracerPid:\t0\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\nFDSize:\t64\n"
    return {
        "cmdline": b"".join(word.encode(errors="surrogateescape") + b"\0" for word in argv),
        "comm": f"{name}\n".encode(),
        "environ": b"".join(f"{key}={value}".encode(errors="surrogateescape") + b"\0" for key, value in env.items()),
        "status": f"{status}VmRSS:\t    1900 kB\nThreads:\t1\n".encode(),
        "cgroup": b"0::/\n",
    }


OF_PROCESS = ("cmdline", "comm", "environ", "status", "cgroup", "mounts")
PLACES = MappingProxyType(
    {
        **_of_machine(),
        **dict.fromkeys(("/proc/mounts", "/proc/sys/kernel/hostname"), b""),
        **dict.fromkeys((f"/proc/{pid}/{name}" for pid in ("1", "self") for name in OF_PROCESS), b""),
    }
)
"""What every container has under /proc; what is empty here is told when it is read."""
