"""Commands that show a namespace's interfaces, routes and sockets: ifconfig, route, arp, netstat, ss."""

from __future__ import annotations

from podlab.embedded.runtime.commands.network.iproute import gateway, hardware
from podlab.embedded.runtime.machine.stdio import Io, options
from podlab.embedded.runtime.network.namespace import ANY, Listener

NETSTAT_USAGE = """BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: netstat [-ral] [-tuwx] [-en]

Display networking information
"""


async def ifconfig(io: Io, words: list[str]) -> int:
    """`ifconfig [-a] [NAME]`"""
    own = io.process.machine.ip
    named = [word for word in words if not word.startswith("-")]
    asked = named[0] if named else ""
    if named[1:] and not io.process.machine.user.holds("NET_ADMIN"):
        return io.fail(f"ifconfig: SIOCSIF{'FLAGS' if named[1] in ('up', 'down') else 'ADDR'}: Operation not permitted")
    if asked not in ("", "eth0", "lo"):
        return io.fail(f"ifconfig: {asked}: error fetching interface information: Device not found")
    tables = {
        "eth0": f"eth0      Link encap:Ethernet  HWaddr {hardware(own).upper()}  \n"
        f"          inet addr:{own}  Bcast:{own.rpartition('.')[0]}.255  Mask:255.255.255.0\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n",
        "lo": "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n"
        "          inet6 addr: ::1/128 Scope:Host\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n",
    }
    counts = (
        "          RX packets:{1} errors:0 dropped:0 overruns:0 frame:0\n"
        "          TX packets:{1} errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:{0} \n"
        "          RX bytes:{2} ({2}.0 B)  TX bytes:{2} ({2}.0 B)\n\n"
    )
    for name in [asked] if asked else ["eth0", "lo"]:
        io.out((tables[name] + counts.format(*((1000, 0, 0) if name == "lo" else (0, 10, 860)))).encode())
    return 0


async def route(io: Io, words: list[str]) -> int:
    """`route [-n]`; changes need rights that a container seldom has."""
    if {"add", "del"} & set(words):
        if io.process.machine.user.holds("NET_ADMIN"):
            return io.fail("route: podlab does not simulate changing a Pod's network")
        return io.fail(
            "route: SIOCADDRT: Operation not permitted"
            if "add" in words
            else "route: SIOCDELRT: Operation not permitted"
        )
    return _routes(io, numeric=any("n" in word for word in words), old="-e" in words)


def _routes(io: Io, *, numeric: bool, old: bool) -> int:
    """The routing table, as `route` shows it or in netstat's `old` way."""
    own = io.process.machine.ip
    gate = gateway(own)
    last = "Flags   MSS Window  irtt Iface" if old else "Flags Metric Ref    Use Iface"
    io.say(f"Kernel IP routing table\nDestination     Gateway         Genmask         {last}")
    rows = [
        ("0.0.0.0" if numeric else "default", gate, "0.0.0.0", "UG"),
        (f"{own.rpartition('.')[0]}.0", gate, "255.255.255.0", "UG"),
        (gate, "0.0.0.0" if numeric else "*", "255.255.255.255", "UH"),
    ]
    for target, via, mask, flags in rows:
        numbers = f"{flags:8}  0 0          0" if old else f"{flags:5} 0      0        0"
        io.say(f"{target:15} {via:15} {mask:15} {numbers} eth0")
    return 0


async def arp(io: Io, words: list[str]) -> int:
    """`arp [-a] [-n] [-i NAME]`"""
    if "lo" in words:
        io.say("No match found in 0 entries")
        return 0
    gate = gateway(io.process.machine.ip)
    io.say(f"? ({gate}) at {hardware(gate)} [ether]  on eth0")
    return 0


async def netstat(io: Io, words: list[str]) -> int:
    """`netstat [-tulnarep]`: what listens in the Pod's namespace."""
    flags, _ = options(words)
    if "r" in flags:
        return _routes(io, numeric="n" in flags, old=True)
    if "p" in flags and io.busybox:
        return io.fail(f"netstat: invalid option -- 'p'\n{NETSTAT_USAGE}")
    kind = "only servers" if "l" in flags else "servers and established" if "a" in flags else "w/o servers"
    io.say(f"Active Internet connections ({kind})")
    io.say(
        "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
        + ("PID/Program name" if "p" in flags else "")
    )
    shown = [one for one in _sockets(io) if flags & {"l", "a"} and _wanted(one, flags)]
    for one, host in _places(io, shown):
        peer = ":::*" if host == "::" else "0.0.0.0:*"
        state = "LISTEN" if one.protocol == "tcp" else ""
        program = f"1/{one.program or 'app'}" if "p" in flags else ""
        io.say(f"{one.protocol:4}       0      0 {f'{host}:{one.port}':23} {peer:23} {state:11} {program}")
    if not flags & set("tuwp") and io.busybox:
        io.say(f"Active UNIX domain sockets ({kind})")
        io.say("Proto RefCnt Flags       Type       State         I-Node Path")
    return 0


def _places(io: Io, shown: list[Listener]) -> list[tuple[Listener, str]]:
    """Each with its address, and with that of IPv6, which busybox's own servers take for both."""
    rows: list[tuple[Listener, str]] = []
    for one in shown:
        both = one.address == ANY and one.program in ("nc", "httpd") and io.busybox
        rows += [] if both else [(one, one.address)]
        rows += [(one, "::")] if both or (one.newer and one.address == ANY and one.program == "nginx") else []
    return rows


def _sockets(io: Io) -> list[Listener]:
    return sorted(io.process.machine.sockets.namespace.listeners, key=lambda one: (one.protocol, one.port))


def _wanted(one: Listener, flags: set[str]) -> bool:
    return not flags & {"t", "u"} or one.protocol[0] in flags


async def ss(io: Io, words: list[str]) -> int:
    """`ss [-tulnap]`"""
    flags, _ = options(words)
    shown = [one for one in _sockets(io) if _wanted(one, flags)]
    rows = [(f"{one.address}:{one.port}", f"{ANY}:*") for one in shown]
    width = max([len(local) for local, _ in rows] + [18])
    netid = "" if "t" in flags and "u" not in flags else "Netid "
    io.say(f"{netid}State  Recv-Q Send-Q {'Local Address:Port':>{width}} Peer Address:PortProcess")
    for local, peer in rows:
        io.say(f"{'tcp   ' if netid else ''}LISTEN 0      511    {local:>{width}} {peer:>16}          ")
    return 0
