"""What a container shows of its system: devices, file systems, other users, interfaces."""

from __future__ import annotations

import pytest

from podlab.embedded.runtime.machine.process import Process
from podlab.embedded.runtime.volume import Mount, Volume
from tests.embedded.runtime.test_shell import machine, run, sh


@pytest.mark.parametrize(
    ("image", "script", "output"),
    [
        (
            "nginx",
            "readlink /bin /sbin /lib64 /var/run; readlink -f /bin/sh",
            "usr/bin\nusr/sbin\nusr/lib64\n/run\n/usr/bin/dash\n",
        ),
        ("nginx", "ls /sbin/nginx; /bin/echo hi", "/sbin/nginx\nhi\n"),
        ("alpine", "readlink /bin; ls /bin/sh; readlink /var/run", "/bin/sh\n../run\n"),
        ("nginx", "stat -c '%h %s %a' /dev /dev/shm /dev/pts /mnt", "5 320 755\n2 40 1777\n2 0 755\n2 4096 755\n"),
        ("nginx", "readlink /dev/stdin /dev/fd; echo x > /dev/stdout", "/proc/self/fd/0\n/proc/self/fd\nx\n"),
        ("nginx", "ls -l /dev/null | cut -c1-26", "crw-rw-rw- 1 root root 1, \n"),
        ("nginx", "stat -c '%t,%T %f' /dev/tty", "5,0 21b6\n"),
        ("nginx", "mkdir -p /opt/a/b; stat -c %h /opt /opt/a", "1\n3\n"),
        (
            "nginx",
            "df -h /dev/shm",
            "Filesystem      Size  Used Avail Use% Mounted on\nshm              64M     0   64M   0% /dev/shm\n",
        ),
        ("nginx", "df --output=source,target /dev/shm", "Filesystem     Mounted on\nshm            /dev/shm\n"),
        ("nginx", "df -BM --total /dev/shm | tail -1", "total                64M    0M       64M   0% -\n"),
        ("busybox", "df -i /dev/shm | tail -1", "shm                    3085512         1   3085511   0% /dev/shm\n"),
        ("busybox", "df -t tmpfs | sed -n '$p' | tr -s ' '", "tmpfs 12342048 0 12342048 0% /sys/firmware\n"),
        ("nginx", "stat -f -c '%T %s %b %f' /dev/shm", "tmpfs 4096 16384 16384\n"),
        ("nginx", "getconf PAGE_SIZE; getconf NAME_MAX /; getconf PATH", "4096\n255\n/bin:/usr/bin\n"),
        ("nginx", "su -s /bin/sh nobody -c 'id -un; echo $HOME; touch /etc/x'", "nobody\n/nonexistent\n"),
        (
            "nginx",
            "su nobody; su -c whoami; runuser -u www-data -- id -u",
            "This account is currently not available.\nroot\n33\n",
        ),
        ("nginx", "hostname -I; hostname -a; getent passwd 33 | cut -d: -f1", "10.244.0.7 \n\nwww-data\n"),
        (
            "busybox",
            "ip -o -4 addr show dev lo",
            "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n",
        ),
        (
            "busybox",
            "ip -6 addr show lo | head -2",
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qlen 1000\n    inet6 ::1/128 scope host \n",
        ),
        ("busybox", "ip neigh show dev lo; ip rule | head -1", "0:\tfrom all lookup local \n"),
        ("busybox", "mount -t mqueue", "mqueue on /dev/mqueue type mqueue (rw,nosuid,nodev,noexec,relatime)\n"),
        (
            "busybox",
            "ps -o pid,pgid,sid,user,group,nice,args",
            "PID   PGID  SID   USER     GROUP    NI    COMMAND\n"
            "    1     1     1 root     0            0 ps -o pid,pgid,sid,user,group,nice,args\n",
        ),
    ],
)
def test_it_shows_what_a_container_of_kind_shows(image: str, script: str, output: str) -> None:
    assert sh(script, container=machine(image))[1] == output


@pytest.mark.parametrize(
    ("image", "script", "code", "error"),
    [
        (
            "nginx",
            "ln /etc/hostname /dev/shm/h",
            1,
            "ln: failed to create hard link '/dev/shm/h' => '/etc/hostname': Invalid cross-device link\n",
        ),
        ("busybox", "rmdir /dev/shm", 1, "rmdir: '/dev/shm': Device or resource busy\n"),
        (
            "nginx",
            "df --output=size,what",
            1,
            "df: option --output: field 'what' unknown\nTry 'df --help' for more information.\n",
        ),
        (
            "nginx",
            "stat -f /nope",
            1,
            "stat: cannot read file system information for '/nope': No such file or directory\n",
        ),
        ("nginx", "getconf WHAT", 2, "getconf: Unrecognized variable `WHAT'\n"),
        (
            "nginx",
            "su who",
            1,
            "su: user who does not exist or the user entry does not contain all the required fields\n",
        ),
        ("nginx", "getent services http", 2, ""),
        ("busybox", "ip link set lo down", 1, "ip: SIOCSIFFLAGS: Operation not permitted\n"),
        ("busybox", "ip addr what", 1, "ip: invalid argument 'what' to 'ip'\n"),
        ("busybox", "chroot /tmp", 127, "chroot: can't execute '/bin/sh': No such file or directory\n"),
        ("nginx", "unshare -n", 1, "unshare: unshare failed: Operation not permitted\n"),
        (
            "busybox",
            "nsenter -t 1 -n id",
            1,
            "nsenter: setns(): can't reassociate to namespace 'net': Operation not permitted\n",
        ),
    ],
)
def test_it_refuses_as_a_container_of_kind_does(image: str, script: str, code: int, error: str) -> None:
    assert sh(script, container=machine(image))[::2] == (code, error)


def test_what_is_started_from_outside_takes_the_ids_of_a_runtimes_threads() -> None:
    container = machine("busybox")
    started = [Process(container, ["sleep"], {}, bytearray().extend, bytearray().extend) for _ in range(2)]
    for process in started:
        container.processes.enter(process, threads=5)
    assert [process.pid for process in started] == [7, 13]


def test_a_row_of_limits_without_a_unit_ends_at_its_value() -> None:
    code, output, _ = run("cat", "/proc/1/limits")
    assert code == 0 and "\nMax nice priority         0                    0                    \n" in output


def test_proc_tells_of_sockets_that_listen() -> None:
    container = machine("nginx")
    container.sockets.bind(80, program="nginx")
    _, old, _ = run("cat", "/proc/net/tcp", container=container)
    _, new, _ = run("cat", "/proc/net/tcp6", container=container)
    assert old.splitlines()[1].startswith("   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000")
    assert new.splitlines()[1].startswith(f"   0: {'0' * 32}:0050 {'0' * 32}:0000 0A")


def test_proc_tells_of_a_process_who_runs_it_and_whether_it_runs() -> None:
    script = "sleep 9 & ls -ln /proc/1/exe | cut -c1-35; grep State /proc/self/status; grep State /proc/1/status"
    shown = sh(script, container=machine("busybox"))[1]
    assert shown == "lrwxrwxrwx    1 0        0         \nState:\tR (running)\nState:\tS (sleeping)\n"


def test_what_holds_passwords_is_for_its_group() -> None:
    script = "stat -c '%a %U %G' /etc/shadow; su -s /bin/sh nobody -c 'cat /etc/shadow' 2>&1"
    assert sh(script)[1] == "640 root shadow\ncat: /etc/shadow: Permission denied\n"


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("ping -c 1 -q -s 100 127.0.0.1 | head -1", "PING 127.0.0.1 (127.0.0.1): 100 data bytes\n"),
        ("ip route show dev eth0 | head -1", "default via 10.244.0.1 dev eth0 \n"),
        ("route | tail -1 | cut -c1-24", "10.244.0.1      *       \n"),
        ("rmdir /dev/mqueue 2>&1", "rmdir: '/dev/mqueue': Device or resource busy\n"),
    ],
)
def test_busybox_shows_what_it_shows_on_kind(script: str, output: str) -> None:
    assert sh(script, container=machine("busybox"))[1] == output


def test_what_cannot_be_removed_keeps_what_is_above_it() -> None:
    volume = Volume({"/a": b"", "/sub": None}, memory=True)
    container = machine("busybox", (Mount("/d/deep", volume, read_only=True), Mount("/m", Volume({"/x": b""}))))
    code, _, error = sh("mkdir /d/own; rm -r /d /m; ls /d /m", container=container)
    assert code == 0 and error == (
        "rm: can't remove '/d/deep/a': Read-only file system\n"
        "rm: can't remove '/d/deep/sub': Read-only file system\n"
        "rm: can't remove '/m': Device or resource busy\n"
    )


def test_a_move_into_what_is_full_leaves_what_it_began() -> None:
    container = machine("busybox", (Mount("/m", Volume(memory=True, limit=4096)),))
    container.files.write("/m/full", bytes(4096))
    code, shown, error = sh("echo x > /a; mv /a /m/; ls /a /m", container=container)
    assert (code, shown, error) == (0, "/a\n\n/m:\na\nfull\n", "mv: write error: No space left on device\n")
