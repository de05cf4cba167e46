"""What a container finds under /sys: its interfaces, the processors, and its own limits; nothing of it is written.

Upstream: Documentation/filesystems/sysfs.rst in the Linux kernel; values as kind's node shows them
"""

from __future__ import annotations

from functools import lru_cache

from podlab.embedded.runtime.machine import kernel
from podlab.embedded.runtime.machine.process import Machine
from podlab.embedded.runtime.volume import Mount, Volume

FOLDERS = "block bus class dev devices firmware fs kernel module power"
FILES = {
    "/class/net/eth0/mtu": b"1500\n",
    "/class/net/eth0/operstate": b"up\n",
    "/class/net/lo/mtu": b"65536\n",
    "/kernel/mm/transparent_hugepage/enabled": b"always [madvise] never\n",
    "/devices/system/cpu/online": f"0-{kernel.PROCESSORS - 1}\n".encode(),
}


def mount(machine: Machine) -> Mount:
    """What is mounted at /sys."""
    limits = [(path[4:], data) for path, data in machine.settings.items() if path.startswith("/sys/")]
    return _mount(tuple(limits))


@lru_cache(64)
def _mount(limits: tuple[tuple[str, bytes], ...]) -> Mount:
    made = Volume(mode=0o555)
    for folder in FOLDERS.split():
        made.make_directory(f"/{folder}")
    for path, data in FILES.items():
        made.put(path, data)
    for number in range(kernel.PROCESSORS):
        made.make_directory(f"/devices/system/cpu/cpu{number}")
    for path, data in limits:
        made.put(path, data)
    return Mount("/sys", made, True, common=True)
