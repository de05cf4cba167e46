"""The commands of the simulated images: a table of what a container's shell can call besides its builtins."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from podlab.embedded.runtime.commands import conditions, coreutils, otherusers, smallcommands, systemlimits, usage
from podlab.embedded.runtime.commands.accounts import USERS, login_group, names, number
from podlab.embedded.runtime.commands.dates import date
from podlab.embedded.runtime.commands.expr import expr
from podlab.embedded.runtime.commands.files import (
    archives,
    checksums,
    compressing,
    copying,
    disks,
    filecommands,
    filedetails,
    filesystems,
    finding,
    installing,
    links,
    listing,
)
from podlab.embedded.runtime.commands.getopt import getopt
from podlab.embedded.runtime.commands.network import connections, curl, hostnames, interfaces, iproute, lookups, wget
from podlab.embedded.runtime.commands.processes import kill, runners, surroundings, tables
from podlab.embedded.runtime.commands.text import (
    calculations,
    calendars,
    comparing,
    dumps,
    grep,
    joining,
    numbers,
    packed,
    printing,
    shaping,
    sorting,
    textcommands,
    translate,
)
from podlab.embedded.runtime.commands.text.awk.command import awk
from podlab.embedded.runtime.commands.text.differences.diff import diff
from podlab.embedded.runtime.commands.text.rearranging import paragraphs, pieces, topology
from podlab.embedded.runtime.commands.text.sed.command import sed
from podlab.embedded.runtime.machine import executables, kernel
from podlab.embedded.runtime.machine.stdio import Command, Io, options


async def printenv(io: Io, words: list[str]) -> int:
    """`printenv`: values of the names, each on a line; 1 when one is not set. Without names it is `env`."""
    if not words:
        return await runners.env(io, words)
    given = io.env if io.env is not None else io.process.env
    found = [given[word] for word in words if word in given]
    for value in found:
        io.say(value)
    return int(len(found) < len(words))


async def groups(io: Io, words: list[str]) -> int:
    """`groups [NAME]…` is `id -Gn`, with each name before its own where there are some."""
    named, code = options(words)[1], 0
    if io.busybox or not named:
        return await identity(io, ["-Gn", *named], "groups")
    for name in named:
        uid = number(io, USERS, name)
        if uid is None:
            code = io.fail(f"groups: '{name}': no such user")
        else:
            group = login_group(io, uid)
            io.say(f"{name} : {names(io, '/etc/group').get(group, str(group))}")
    return code


async def arch(io: Io, words: list[str]) -> int:
    """`arch`: all nodes here are x86_64."""
    io.say("x86_64")
    return 0


async def sleep(io: Io, words: list[str]) -> int:
    """`sleep`: the cluster's seconds, s, m, h or d, added up; 1 where a word is no such number."""
    total = 0.0
    if not words:
        wrong = "sleep: missing operand\nTry 'sleep --help' for more information."
        return usage.show(io, "sleep") if io.busybox else io.fail(wrong)
    for word in words:
        if word in ("infinity", "inf"):
            total = 1e9
            continue
        match = re.fullmatch(r"(\d+\.?\d*|\.\d+)([smhd]?)", word)
        if match is None:
            gnu = f"sleep: invalid time interval '{word}'\n{coreutils.hint('sleep')}"
            return io.fail(f"sleep: invalid number '{word}'" if io.busybox else gnu)
        total += float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
    await io.process.sleep(total)
    return 0


async def true(io: Io, words: list[str]) -> int:
    """`true`."""
    return 0


async def false(io: Io, words: list[str]) -> int:
    """`false`."""
    return 1


async def identity(io: Io, words: list[str], called: str = "id") -> int:
    """`id`: user and groups by number and name, or one of them with -u, -g, -G (-n names it)."""
    who = io.process.machine.user
    users, groups = names(io, "/etc/passwd"), names(io, "/etc/group")
    flags, asked = options(words)
    if asked:
        uid = number(io, USERS, asked[0])
        if uid is None or uid not in users:
            wrong = f"unknown user {asked[0]}" if io.busybox else f"'{asked[0]}': no such user"
            return io.fail(f"id: {wrong}")
        who = replace(who, uid=uid, gid=login_group(io, uid), groups=(login_group(io, uid),))
    if flags & {"u", "g", "G"}:
        numbers = who.groups if "G" in flags else [who.uid if "u" in flags else who.gid]
        known = users if "u" in flags else groups
        io.say(" ".join(known.get(number, str(number)) if "n" in flags else str(number) for number in numbers))
        unknown = [one for one in numbers if "n" in flags and one not in known]
        for one in unknown:
            kind = "user" if "u" in flags else "group"
            io.fail(f"{called}: {'unknown' if io.busybox else f'cannot find name for {kind}'} ID {one}")
        return int(bool(unknown))
    shown = ",".join(_named(number, groups) for number in who.groups)
    io.say(f"uid={_named(who.uid, users)} gid={_named(who.gid, groups)} groups={shown}")
    return 0


def _named(number: int, known: Mapping[int, str]) -> str:
    return f"{number}({known[number]})" if number in known else str(number)


async def whoami(io: Io, words: list[str]) -> int:
    """`whoami`: the name of the process's user in /etc/passwd; 1 where it has none."""
    uid = io.process.machine.user.uid
    name = names(io, "/etc/passwd").get(uid)
    if name is None:
        busy = io.busybox
        return io.fail(
            f"whoami: unknown uid {uid}" if busy else f"whoami: cannot find name for user ID {uid}: No such file"
        )
    io.say(name)
    return 0


async def uname(io: Io, words: list[str]) -> int:
    """`uname`: -s when nothing is asked for; one kernel for all nodes."""
    parts = {"s": "Linux", "n": io.process.machine.hostname, "r": kernel.VERSION, "v": kernel.BUILD}
    parts |= {"m": "x86_64", "o": "GNU/Linux"}
    flags, _ = options(words)
    io.say(" ".join(value for key, value in parts.items() if key in (flags or {"s"}) or "a" in flags))
    return 0


async def pwd(io: Io, words: list[str]) -> int:
    """`pwd`: the working folder."""
    io.say(io.cwd)
    return 0


async def which(io: Io, words: list[str]) -> int:
    """`which [-a]`: where the commands are, or all of each name; 1 when one is nowhere in PATH."""
    machine = io.process.machine
    if not io.busybox and (odd := next((word for word in words if re.match(r"-(?!a+$|-$)", word)), "")):
        return io.fail(f"Illegal option {odd[:2]}\nUsage: /usr/bin/which [-a] args", 2)
    folders = (io.env or io.process.env).get("PATH", "")
    asked = folders.split(":") if any(word.startswith("-a") for word in words) else [folders]
    found = {
        name: [executables.on_path(name, machine.image, machine.files, one, io.process.cwd) for one in asked]
        for name in words
        if not name.startswith("-")
    }
    for path in filter(None, itertools.chain(*found.values())):
        io.say(path)
    return int(not all(map(any, found.values())))


async def nproc(io: Io, words: list[str]) -> int:
    """`nproc`: the processors of a node."""
    io.say(str(kernel.PROCESSORS))
    return 0


PLAIN: Mapping[str, Command] = MappingProxyType(
    {
        "[": conditions.bracket,
        "[[": conditions.double_bracket,
        "arp": interfaces.arp,
        "awk": awk,
        "base64": checksums.base64,
        "bc": calculations.bc,
        "cal": calendars.cal,
        "chroot": runners.chroot,
        "basename": textcommands.basename,
        "cat": filecommands.cat,
        "chmod": filedetails.chmod,
        "chown": filedetails.chown,
        "chgrp": filedetails.chgrp,
        "cp": copying.cp,
        "curl": curl.curl,
        "cut": textcommands.cut,
        "date": date,
        "dig": lookups.dig,
        "dirname": textcommands.dirname,
        "du": filedetails.du,
        "echo": printing.echo,
        "egrep": grep.egrep,
        "env": runners.env,
        "expr": expr,
        "false": false,
        "fgrep": grep.fgrep,
        "find": finding.find,
        "free": smallcommands.free,
        "getconf": systemlimits.getconf,
        "flock": runners.flock,
        "fmt": paragraphs.fmt,
        "getopt": getopt,
        "install": installing.install,
        "tsort": topology.tsort,
        "sum": checksums.bsd_sum,
        "b2sum": checksums.checksum("blake2b"),
        "getent": lookups.getent,
        "grep": grep.grep,
        "head": textcommands.head,
        "host": lookups.host,
        "hostname": hostnames.hostname,
        "id": identity,
        "ifconfig": interfaces.ifconfig,
        "ip": iproute.ip,
        "join": joining.join,
        "kill": kill.kill,
        "ln": links.ln,
        "ls": listing.ls,
        "dir": listing.columns,
        "vdir": listing.long,
        "md5sum": checksums.checksum("md5"),
        "mkdir": filecommands.mkdir,
        "mkfifo": filedetails.mkfifo,
        "mknod": filedetails.mknod,
        "mktemp": filedetails.mktemp,
        "mv": copying.mv,
        "nc": connections.nc,
        "netstat": interfaces.netstat,
        "nl": smallcommands.nl,
        "nohup": runners.nohup,
        "nproc": nproc,
        "nslookup": lookups.nslookup,
        "pidof": tables.pidof,
        "ping": connections.ping,
        "printenv": printenv,
        "printf": printing.printf,
        "ps": tables.ps,
        "pwd": pwd,
        "readlink": links.readlink,
        "realpath": links.realpath,
        "rev": smallcommands.rev,
        "rm": filecommands.rm,
        "rmdir": filecommands.rmdir,
        "route": interfaces.route,
        "sed": sed,
        "seq": printing.seq,
        "sha1sum": checksums.checksum("sha1"),
        "sha256sum": checksums.checksum("sha256"),
        "sleep": sleep,
        "sort": sorting.sort,
        "ss": interfaces.ss,
        "stat": filedetails.stat,
        "tac": smallcommands.tac,
        "tail": textcommands.tail,
        "tar": archives.tar,
        "tee": filecommands.tee,
        "telnet": connections.telnet,
        "test": conditions.test_,
        "timeout": runners.timeout,
        "touch": filecommands.touch,
        "tr": translate.tr,
        "traceroute": connections.traceroute,
        "true": true,
        "truncate": smallcommands.truncate,
        "tty": smallcommands.tty,
        "cksum": smallcommands.cksum,
        "csplit": pieces.csplit,
        "split": pieces.split,
        "dmesg": smallcommands.dmesg,
        "last": smallcommands.last,
        "who": smallcommands.who,
        "w": smallcommands.w,
        "uname": uname,
        "uniq": sorting.uniq,
        "uptime": smallcommands.uptime,
        "wc": textcommands.wc,
        "wget": wget.wget,
        "which": which,
        "whoami": whoami,
        "xargs": runners.xargs,
        "dd": disks.dd,
        "df": filesystems.df,
        "envsubst": shaping.envsubst,
        "mountpoint": disks.mountpoint,
        "mount": disks.mount,
        "umount": disks.umount,
        "su": otherusers.su,
        "runuser": otherusers.runuser,
        "nologin": otherusers.nologin,
        "unshare": runners.unshare,
        "nsenter": runners.nsenter,
        "sync": disks.sync,
        "usleep": disks.usleep,
        "fallocate": disks.fallocate,
        "unlink": links.unlink,
        "link": links.link,
        "gzip": compressing.gzip,
        "gunzip": compressing.gunzip,
        "zcat": compressing.zcat,
        "zmore": compressing.zcat,
        "uncompress": compressing.gunzip,
        "zgrep": packed.searching(),
        "zegrep": packed.searching("-E"),
        "zfgrep": packed.searching("-F"),
        "mawk": awk,
        "nawk": awk,
        "diff": diff,
        "cmp": comparing.cmp,
        "comm": comparing.comm,
        "numfmt": numbers.numfmt,
        "od": dumps.od,
        "hexdump": dumps.hexdump,
        "hd": dumps.hd,
        "xxd": dumps.xxd,
        "fold": shaping.fold,
        "expand": shaping.expand,
        "unexpand": shaping.unexpand,
        "dos2unix": shaping.ends("dos2unix", dos=False),
        "unix2dos": shaping.ends("unix2dos", dos=True),
        "paste": shaping.paste,
        "shuf": shaping.shuf,
        "strings": shaping.strings,
        "factor": shaping.factor,
        "less": shaping.pager,
        "more": shaping.pager,
        "top": tables.top,
        "pgrep": tables.pgrep,
        "pkill": tables.pkill,
        "killall": tables.killall,
        "watch": runners.watch,
        "nice": runners.nice,
        "setsid": runners.setsid,
        "time": runners.timed,
        "sha512sum": checksums.checksum("sha512"),
        "sha224sum": checksums.checksum("sha224"),
        "sha384sum": checksums.checksum("sha384"),
        "dnsdomainname": hostnames.dnsdomainname,
        "clear": smallcommands.clear,
        "groups": groups,
        "arch": arch,
        "logger": true,
        "base32": checksums.base32,
        "sysctl": smallcommands.sysctl,
        "stty": smallcommands.stty,
        "logname": smallcommands.logname,
        "hostid": surroundings.hostid,
        "locale": surroundings.locale,
        "pinky": surroundings.pinky,
        "stdbuf": surroundings.stdbuf,
        "users": surroundings.users,
        "yes": printing.yes,
    }
)
"""Every command that some image has."""
COMMANDS: Mapping[str, Command] = MappingProxyType({name: usage.checked(name, one) for name, one in PLAIN.items()})
"""The same, each with busybox's look at its words."""


async def run_command(io: Io, words: list[str]) -> int:
    """Run a command that a shell carries out itself."""
    return await COMMANDS[words[0]](io, words[1:])
