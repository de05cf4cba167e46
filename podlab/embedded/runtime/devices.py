"""What a container finds under /dev, as the container runtime makes it; /dev/shm is a file system of its own.

Upstream: github.com/opencontainers/runtime-spec config-linux.md (default devices), runc libcontainer/rootfs_linux.go
"""

from __future__ import annotations

from podlab.embedded.runtime.volume import Mount, Volume

NUMBERS = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
"""Major and minor of those that are no links."""
STREAMS = ("stdin", "stdout", "stderr")
DEVICES = tuple(f"/dev/{name}" for name in (*NUMBERS, *STREAMS, "ptmx"))
LINKS = {"/dev/fd": "/proc/self/fd", "/dev/ptmx": "pts/ptmx"}
LINKS |= {f"/dev/{name}": f"/proc/self/fd/{at}" for at, name in enumerate(STREAMS)}
"""Links that are shown as such, while a process's streams are found by their own names."""
SHARED_BYTES = 64 * 2**20
"""Bytes that /dev/shm holds."""
_DEVICES = Volume({"/fd": None, "/mqueue": None, "/pts": None, "/shm": None}, mode=0o755, memory=True)
_QUEUES, _TERMINALS = Volume(mode=0o1777, memory=True), Volume(mode=0o755, memory=True)
_SHARED = Volume(mode=0o1777, memory=True, limit=SHARED_BYTES)
_MOUNTED = (("/dev/mqueue", _QUEUES), ("/dev/pts", _TERMINALS), ("/dev", _DEVICES))
MOUNTS = tuple(Mount(path, volume, common=True) for path, volume in _MOUNTED)
"""What is mounted at /dev and in it, but for the Pod's shared memory."""


def device(path: str) -> bool:
    """Whether what has this name is a device; what is in /dev/shm is a file like another."""
    return path in DEVICES or path.startswith("/dev/pts/")


def shared() -> Volume:
    """The memory that a Pod's containers share, one after the other too.

    Upstream: github.com/containerd/containerd internal/cri/server/sandbox_run_linux.go (setupSandboxFiles)
    """
    return _SHARED.alike()
