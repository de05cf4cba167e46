"""What is mounted in a container, as /proc/mounts and `mount` say it.

Upstream: Documentation/filesystems/proc.rst in the Linux kernel; values as kind's node shows them
"""

from __future__ import annotations

from podlab.embedded.runtime.files import Files
from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.volume import Mount

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
GROUPS = "cpu cpuacct cpuset memory devices freezer blkio pids"
KERNEL = "nosuid,nodev,noexec,relatime"
CGROUPS: tuple[Mounted, ...] = (
    ("tmpfs", "/sys/fs/cgroup", "tmpfs", f"rw,{KERNEL},mode=755"),
    *(("cgroup", f"/sys/fs/cgroup/{name}", "cgroup", f"ro,{KERNEL},{name}") for name in GROUPS.split()),
    ("systemd", "/sys/fs/cgroup/systemd", "cgroup", f"ro,{KERNEL},name=systemd"),
)
MASKED: tuple[Mounted, ...] = (
    *(("proc", f"/proc/{name}", "proc", f"ro,{KERNEL}") for name in ("bus", "fs", "irq", "sys")),
    ("tmpfs", "/proc/acpi", "tmpfs", "ro,relatime"),
    *(
        ("tmpfs", f"/proc/{name}", "tmpfs", "rw,nosuid,size=65536k,mode=755")
        for name in ("interrupts", "keys", "timer_list")
    ),
    ("tmpfs", "/sys/firmware", "tmpfs", "ro,relatime"),
)
"""What the container runtime mounts before and over what the kernel shows."""
SHARED: Mounted = ("shm", "/dev/shm", "tmpfs", "rw,nosuid,nodev,noexec,relatime,size=65536k")
OWN = ("/etc/hosts", "/dev/termination-log", "/etc/hostname", "/etc/resolv.conf")
"""What the kubelet mounts into every container, in its order."""
SECRETS = "/var/run/secrets/"


def mounts(files: Files) -> list[Mounted]:
    """What is mounted in a container, in the order of /proc/mounts.

    Upstream: github.com/containerd/containerd internal/cri/server/container_create_linux.go (orderedMounts)
    """
    first = [(*row[:3], row[3].format(root="ro" if files.read_only else "rw")) for row in FIRST]
    rows = [*(_row(mount) for mount in sorted(files.listed, key=_rank)), SHARED]
    return [*first, *CGROUPS, *sorted(rows, key=lambda row: row[1].count("/")), *MASKED]


def _rank(mount: Mount) -> int:
    """Volumes as the Pod lists them, then what the kubelet and the runtime mount."""
    if mount.path in OWN:
        return OWN.index(mount.path) + 1
    return OWN.index("/dev/termination-log") + 1 if mount.sub == "file" else 0


def _row(mount: Mount) -> Mounted:
    how = "ro" if mount.read_only else "rw"
    if mount.volume.memory:
        limit = mount.volume.limit
        size = kernel.MEMORY if limit is None else min(limit, TMPFS) // 1024
        return ("tmpfs", mount.path, "tmpfs", f"{how},relatime,size={size}k,noswap")
    return ("/dev/vda", mount.path, "ext4", f"{how},relatime")


TMPFS = 2**40
