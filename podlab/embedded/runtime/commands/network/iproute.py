"""`ip`, as busybox and iproute2 show a Pod's network; nothing of it can be changed."""

from __future__ import annotations

import zlib

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.machine.stdio import Io


def hardware(ip: str) -> str:
    """A hardware address for an address, always the same."""
    number = zlib.crc32(ip.encode())
    return ":".join(f"{byte:02x}" for byte in (0x66, 0x54, *number.to_bytes(4, "big")))


def gateway(ip: str) -> str:
    """Where a Pod's packets go first."""
    return ip.rpartition(".")[0] + ".1"


FAMILIES = {"-4": "inet", "-6": "inet6", "-0": "link"}
OBJECTS = ("address", "route", "link", "tunnel", "neighbour", "neighbor", "rule")
CHANGES = frozenset("add del delete set flush change replace append".split())  # noqa: SIM905
SHOWS = ("show", "list", "lst", "sh", "s", "l", "ls")


async def ip(io: Io, words: list[str]) -> int:
    """`ip [-4|-6] [-o] [-br] addr|link|route|neigh|rule [show] [dev NAME]`"""
    options = [word for word in words if word.startswith("-")]
    asked = [word for word in words if not word.startswith("-")]
    if any(word in ("-f", "-family") for word in options) and asked:
        options.append({"inet": "-4", "inet6": "-6", "link": "-0"}.get(asked.pop(0), ""))
    known = {
        "-4",
        "-6",
        "-0",
        "-o",
        "-oneline",
        "-f",
        "-family",
        *(("-br", "-brief", "-c", "-d") if not io.busybox else ()),
    }
    if odd := next((word for word in options if word not in known), ""):
        return usage.show(io, "ip") if io.busybox else io.fail(f"ip: podlab does not simulate ip {odd}")
    what = next((name for name in OBJECTS if asked and name.startswith(asked[0])), "")
    if not what:
        unknown = f'Object "{"".join(asked[:1])}" is unknown, try "ip help".'
        return usage.show(io, "ip") if io.busybox or not asked else io.fail(unknown)
    if set(asked[1:2]) & CHANGES:
        return _refused(io, what, asked)
    device = _device(asked)
    if wrong := _misread(io, what, asked, device):
        return wrong
    family = next((FAMILIES[word] for word in options if word in FAMILIES), "")
    lines = _shown(io, what, asked, device, family, brief="-br" in options or "-brief" in options)
    if isinstance(lines, int):
        return lines
    one = "-o" in options or "-oneline" in options
    for line in _single(lines, addresses=what == "address") if one else lines:
        io.say(line)
    return 0


def _misread(io: Io, what: str, asked: list[str], device: str) -> int:
    """The exit code of words that name no interface and nothing that can be done; 0 where they are understood."""
    busy = io.busybox
    if device not in ("", "lo", "eth0"):
        return io.fail(f"ip: can't find device '{device}'" if busy else f'Device "{device}" does not exist.')
    if asked[1:2] and asked[1] not in (*SHOWS, "get", "lo", "eth0", "dev", "table"):
        unknown = f'Command "{asked[1]}" is unknown, try "ip {what} help".'
        return io.fail(f"ip: invalid argument '{asked[1]}' to 'ip'") if busy else io.fail(unknown, 255)
    return 0


def _refused(io: Io, what: str, asked: list[str]) -> int:
    if io.process.machine.user.holds("NET_ADMIN"):
        return io.fail("ip: podlab does not simulate changing a Pod's network", 2)
    flags = what == "link" and asked[1] == "set" and set(asked[2:]) & {"up", "down"} and io.busybox
    why = "SIOCSIFFLAGS" if flags else "RTNETLINK answers"
    return io.fail(f"{'ip: ' if io.busybox else ''}{why}: Operation not permitted", 1 if flags else 2)


def _device(asked: list[str]) -> str:
    """The device that a command line names, after `dev` or alone."""
    if "dev" in asked[:-1]:
        return asked[asked.index("dev") + 1]
    if asked[1:2] and asked[1] in ("lo", "eth0"):
        return asked[1]
    return asked[2] if len(asked) > 2 and asked[1] in SHOWS else ""


def _shown(io: Io, what: str, asked: list[str], device: str, family: str, *, brief: bool) -> list[str] | int:
    """The lines, or the exit code of what cannot be shown."""
    if what == "address":
        return _brief(io) if brief else _addresses(io, device, family)
    if what == "link":
        return _links(io, device)
    if what == "route":
        return _routes(io, asked, device, family)
    if what == "rule":
        rows = (("0", "local"), ("32766", "main"), ("32767", "default"))
        return [f"{number}:\tfrom all lookup {name} " for number, name in rows]
    gate = gateway(io.process.machine.ip)
    near = what in ("neighbour", "neighbor") and device != "lo" and family != "inet6"
    return (
        [f"{gate} dev eth0 lladdr {hardware(gate)} {'ref 1 used 0/0/0 probes 1 ' * io.busybox}REACHABLE"]
        if near
        else []
    )


def _routes(io: Io, asked: list[str], device: str, family: str) -> list[str] | int:
    own, gate = io.process.machine.ip, gateway(io.process.machine.ip)
    if "table" in asked:
        return io.fail("ip: podlab does not simulate routing tables but the main one")
    if family == "inet6" or device == "lo":
        return []
    tail = "src" if not io.busybox else " src"
    if asked[1:2] == ["get"] and asked[2:]:
        near = asked[2].startswith("127.") or asked[2] == own
        way = f"dev lo {tail} {asked[2]}" if near else f"via {gate} dev eth0 {tail} {own}"
        return [f"{'local ' if near else ''}{asked[2]} {way} "]
    on = "" if "dev" in asked and not io.busybox else "dev eth0 "
    return [
        f"default via {gate} {on}",
        f"{own.rpartition('.')[0]}.0/24 via {gate} {on}{tail} {own} ",
        f"{gate} {on}scope link {tail} {own} ",
    ]


def _brief(io: Io) -> list[str]:
    return [
        "lo               UNKNOWN        127.0.0.1/8 ::1/128 ",
        f"eth0@if12        UP             {io.process.machine.ip}/24 ",
    ]


LASTS = "       valid_lft forever preferred_lft forever"


def _head(io: Io, name: str, family: str = "") -> str:
    """The first line of an interface; busybox leaves out its queue where only addresses of IPv6 are asked for."""
    queue = "" if family == "inet6" else "qdisc noqueue "
    if name == "lo":
        state = "qlen 1000" if io.busybox else "state UNKNOWN group default qlen 1000"
        return f"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 {queue}{state}"
    flags = "UP,LOWER_UP,M-DOWN" if io.busybox else "UP,LOWER_UP"
    return (
        f"2: eth0@if12: <BROADCAST,MULTICAST,{flags}> mtu 1500 {queue}{'' if io.busybox else 'state UP group default '}"
    )


def _hardware_line(io: Io, name: str) -> str:
    if name == "lo":
        return "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00"
    peer = "" if io.busybox else " link-netnsid 0"
    return f"    link/ether {hardware(io.process.machine.ip)} brd ff:ff:ff:ff:ff:ff{peer}"


def _addresses(io: Io, device: str, family: str) -> list[str]:
    own, lines = io.process.machine.ip, list[str]()
    mac = hardware(own).split(":")
    near = f"fe80::{int(mac[0], 16) ^ 2:x}{mac[1]}:{mac[2]}ff:fe{mac[3]}:{mac[4]}{mac[5]}"
    four = {"lo": "127.0.0.1/8 scope host lo", "eth0": f"{own}/24 brd {own.rpartition('.')[0]}.255 scope global eth0"}
    six = {"lo": "::1/128 scope host ", "eth0": f"{near}/64 scope link "}
    for name in [device] if device else ["lo", "eth0"]:
        lines.append(_head(io, name, family if io.busybox else ""))
        lines += [_hardware_line(io, name)] if family in ("", "link") else []
        lines += [f"    inet {four[name]}", LASTS] if family in ("", "inet") else []
        lines += [f"    inet6 {six[name]}", LASTS] if family in ("", "inet6") else []
    return lines


def _links(io: Io, device: str) -> list[str]:
    names = [device] if device else ["lo", "eth0"]
    return [line for name in names for line in (_head(io, name), _hardware_line(io, name))]


def _single(lines: list[str], *, addresses: bool) -> list[str]:
    """Each thing in one line: an address with its interface, an interface with its hardware."""
    if not addresses:
        joined: list[str] = []
        for line in lines:
            joined[-1:] = [f"{joined[-1]}\\{line}"] if line.startswith(" ") and joined else [*joined[-1:], line]
        return joined
    found, name = list[str](), ""
    for line in lines:
        if not line.startswith(" "):
            name = f"{line.split(':')[0]}: {line.split(':')[1].strip().partition('@')[0]}"
        elif line.startswith("    inet"):
            found.append(f"{name}{line}\\")
        elif line == LASTS:
            found[-1] += LASTS
    return found
