"""What /proc/net tells of a Pod's sockets.

Upstream: net/ipv4/tcp_ipv4.c (tcp4_seq_show) and net/ipv6/tcp_ipv6.c in the Linux kernel
"""

from __future__ import annotations

from podlab.embedded.runtime.machine.process import Machine
from podlab.embedded.runtime.network.namespace import ANY

LAST = "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
HEAD = {
    False: f"  sl  local_address rem_address   {LAST}",
    True: f"  sl  local_address{' ' * 25}remote_address{' ' * 24}{LAST}",
}
LISTENS = "0A 00000000:00000000 00:00000000 00000000     0        0"


def sockets(machine: Machine, *, newer: bool) -> bytes:
    """The sockets that listen, over IPv4 or the `newer` protocol."""
    lines = [HEAD[newer] if newer else f"{HEAD[newer]:149}"]
    for one in machine.sockets.namespace.listeners:
        if one.protocol == "tcp" and (not newer or (one.newer and one.address == ANY)):
            raw = bytes(int(part) for part in one.address.split("."))[::-1].hex().upper()
            nobody = "0" * (32 if newer else 8)
            local, number = nobody if newer else raw, len(lines) - 1
            last = f"{LISTENS} {9250000 + one.port} 1 0000000000000000 100 0 0 10 0"
            row = f"{number:4}: {local}:{one.port:04X} {nobody}:0000 {last}"
            lines.append(row if newer else f"{row:149}")
    return "".join(f"{line}\n" for line in lines).encode()
