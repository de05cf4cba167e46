"""Commands that show a namespace's interfaces, routes and sockets: ip, ifconfig, route, arp, netstat, ss."""

from __future__ import annotations

import zlib

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.machine.stdio import Io, options
from podlab.embedded.runtime.network.namespace import ANY, Listener

NETSTAT_USAGE = """BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) multi-call binary.

Usage: netstat [-ral] [-tuwx] [-en]

Display networking information
"""


def _hardware(ip: str) -> str:
    """A hardware address for an address, always the same."""
    number = zlib.crc32(ip.encode())
    return ":".join(f"{byte:02x}" for byte in (0x66, 0x54, *number.to_bytes(4, "big")))


def _gateway(ip: str) -> str:
    return ip.rpartition(".")[0] + ".1"


async def ip(io: Io, words: list[str]) -> int:
    """`ip [-4|-br] addr|link|route|neigh [show] [dev NAME]`"""
    asked = [word for word in words if not word.startswith("-")]
    if odd := set(words) - {*asked, "-4", "-br", "-c", "-d"}:
        return io.fail(f"ip: podlab does not simulate ip {min(odd)}")
    return _told(io, words, asked)


def _told(io: Io, words: list[str], asked: list[str]) -> int:
    what = asked[0] if asked else ""
    if set(asked[1:2]) & CHANGES:
        allowed = io.process.machine.user.holds("NET_ADMIN")
        why = (
            "podlab does not simulate changing a Pod's network"
            if allowed
            else "RTNETLINK answers: Operation not permitted"
        )
        return io.fail(f"ip: {why}", 2)
    device = _device(asked)
    if device not in ("", "lo", "eth0"):
        return io.fail(f"ip: can't find device '{device}'" if io.busybox else f'Device "{device}" does not exist.')
    if what and "address".startswith(what):
        _addresses(io, asked, brief="-br" in words, four="-4" in words)
    elif what and "link".startswith(what):
        _links(io, device)
    elif what and "route".startswith(what):
        own, gate = io.process.machine.ip, _gateway(io.process.machine.ip)
        if set(asked[1:]) & {"table"}:
            return io.fail("ip: podlab does not simulate routing tables but the main one")
        tail = " src" if not io.busybox else "  src"
        if asked[1:2] == ["get"] and asked[2:]:
            near = asked[2].startswith("127.") or asked[2] == own
            way = f"dev lo {tail.strip()} {asked[2]}" if near else f"via {gate} dev eth0{tail} {own}"
            io.say(f"{'local ' if near else ''}{asked[2]} {way} ")
            return 0
        io.say(f"default via {gate} dev eth0 ")
        io.say(f"{own.rpartition('.')[0]}.0/24 via {gate} dev eth0{tail} {own} ")
        io.say(f"{gate} dev eth0 scope link{tail} {own} ")
    elif what and "neighbour".startswith(what):
        io.say(
            f"{_gateway(io.process.machine.ip)} dev eth0 lladdr {_hardware(_gateway(io.process.machine.ip))} REACHABLE"
        )
    else:
        return usage.show(io, "ip") if io.busybox else io.fail(f'Object "{what}" is unknown, try "ip help".')
    return 0


CHANGES = frozenset("add del delete set flush change replace append".split())  # noqa: SIM905


def _device(asked: list[str]) -> str:
    """The device that a command line names, after `dev` or alone."""
    if "dev" in asked[:-1]:
        return asked[asked.index("dev") + 1]
    return asked[2] if len(asked) > 2 and asked[1] in ("show", "list", "s", "sh") else ""


def _addresses(io: Io, asked: list[str], *, brief: bool, four: bool) -> None:
    own, mac = io.process.machine.ip, _hardware(io.process.machine.ip)
    device = _device(asked) or next((word for word in asked if word in ("lo", "eth0")), "")
    if brief:
        io.say("lo               UNKNOWN        127.0.0.1/8 ::1/128 ")
        io.say(f"eth0@if12        UP             {own}/24 ")
        return
    state = ("qlen 1000", "M-DOWN") if io.busybox else ("state UNKNOWN group default qlen 1000", "LOWER_UP")
    six = "" if four else "    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n"
    lo = f"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue {state[0]}\n"
    lo += "" if four else "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
    lo += f"    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n{six}"
    up = (
        "UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue "
        if io.busybox
        else "UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default "
    )
    eth = f"2: eth0@if12: <BROADCAST,MULTICAST,{up}\n"
    eth += "" if four else f"    link/ether {mac} brd ff:ff:ff:ff:ff:ff{'' if io.busybox else ' link-netnsid 0'}\n"
    eth += f"    inet {own}/24 brd {own.rpartition('.')[0]}.255 scope global eth0\n"
    eth += "       valid_lft forever preferred_lft forever\n"
    io.out((("" if device == "eth0" else lo) + ("" if device == "lo" else eth)).encode())


def _links(io: Io, device: str) -> None:
    if device != "eth0":
        io.say("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000")
        io.say("    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00")
    if device == "lo":
        return
    io.say("2: eth0@if12: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue ")
    io.say(f"    link/ether {_hardware(io.process.machine.ip)} brd ff:ff:ff:ff:ff:ff")


async def ifconfig(io: Io, words: list[str]) -> int:
    """`ifconfig [-a] [NAME]`"""
    own = io.process.machine.ip
    asked = next((word for word in words if not word.startswith("-")), "")
    if asked not in ("", "eth0", "lo"):
        return io.fail(f"ifconfig: {asked}: error fetching interface information: Device not found")
    tables = {
        "eth0": f"eth0      Link encap:Ethernet  HWaddr {_hardware(own).upper()}  \n"
        f"          inet addr:{own}  Bcast:{own.rpartition('.')[0]}.255  Mask:255.255.255.0\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n",
        "lo": "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n"
        "          inet6 addr: ::1/128 Scope:Host\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n",
    }
    counts = (
        "          RX packets:10 errors:0 dropped:0 overruns:0 frame:0\n"
        "          TX packets:10 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:{} \n"
        "          RX bytes:860 (860.0 B)  TX bytes:860 (860.0 B)\n\n"
    )
    for name in [asked] if asked else ["eth0", "lo"]:
        io.out((tables[name] + counts.format(1000 if name == "lo" else 0)).encode())
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
    return _routes(io, numeric="-n" in words, old=False)


def _routes(io: Io, *, numeric: bool, old: bool) -> int:
    """The routing table, as `route` shows it or in netstat's `old` way."""
    own = io.process.machine.ip
    gate = _gateway(own)
    last = "Flags   MSS Window  irtt Iface" if old else "Flags Metric Ref    Use Iface"
    io.say(f"Kernel IP routing table\nDestination     Gateway         Genmask         {last}")
    rows = [
        ("0.0.0.0" if numeric else "default", gate, "0.0.0.0", "UG"),
        (f"{own.rpartition('.')[0]}.0", gate, "255.255.255.0", "UG"),
        (gate, "0.0.0.0", "255.255.255.255", "UH"),
    ]
    for target, via, mask, flags in rows:
        numbers = f"{flags:8}  0 0          0" if old else f"{flags:5} 0      0        0"
        io.say(f"{target:15} {via:15} {mask:15} {numbers} eth0")
    return 0


async def arp(io: Io, words: list[str]) -> int:
    """`arp -a`"""
    gate = _gateway(io.process.machine.ip)
    io.say(f"? ({gate}) at {_hardware(gate)} [ether]  on eth0")
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
    for one in shown:
        six = one.address == ANY and one.program in ("nc", "httpd") and io.busybox
        host, peer = ("::", ":::*") if six else (one.address, "0.0.0.0:*")
        state = "LISTEN" if one.protocol == "tcp" else ""
        program = f"1/{one.program or 'app'}" if "p" in flags else ""
        io.say(f"{one.protocol:4}       0      0 {f'{host}:{one.port}':23} {peer:23} {state:11} {program}")
    return 0


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
