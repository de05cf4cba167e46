"""The small shell: what learners type into containers gives what dash and coreutils would print."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.embedded.runtime import devices, images, programs, rootfs
from podlab.embedded.runtime.expressions import arithmetic
from podlab.embedded.runtime.machine import executables, proc
from podlab.embedded.runtime.machine.identity import Identity
from podlab.embedded.runtime.machine.process import Process, Processes
from podlab.embedded.runtime.network.namespace import Namespace
from podlab.embedded.runtime.network.network import Network
from podlab.embedded.runtime.network.sockets import Sockets
from podlab.embedded.runtime.volume import Mount, Volume
from podlab.embedded.stepping import SteppingClock


def machine(image: str = "nginx", mounts: tuple[Mount, ...] = ()) -> Any:
    """A container without a runtime."""
    found = images.find(images.normalize(image))
    assert found

    clock = SteppingClock(1_800_000_000.0)
    files = rootfs.mounted(found, mounts, (rootfs.one_file("/etc/hostname", b"web\n"),), user=Identity())
    sockets = Sockets(Network(clock), Namespace("10.244.0.7"), files, "web", "c")
    made = SimpleNamespace(
        clock=clock,
        image=found,
        files=files,
        hostname="web",
        ip="10.244.0.7",
        memory_limit=0,
        user=Identity(),
        sockets=sockets,
        began=1_700_000_000.0,
        run=programs.run,
        processes=Processes(),
        settings={},
    )
    proc.mounted(made, devices.shared())
    return made


def run(*argv: str, container: Any = None, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """(exit code, standard output, standard error) of a command line; its time is over before it begins."""
    out, err = bytearray(), bytearray()
    container = container or machine()
    process = Process(container, list(argv), env or {}, out.extend, err.extend, time=1_700_000_000.0)
    container.processes.running[1] = process
    code = asyncio.run(programs.run(process))
    return code, out.decode(), err.decode()


def sh(script: str, **more: Any) -> tuple[int, str, str]:
    return run("sh", "-c", script, **more)


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("echo hello world", "hello world\n"),
        ("echo 'a  b' \"c  d\" e\\ f", "a  b c  d e f\n"),
        ("x=1; y=$x$x; echo $y ${y} ${z:-none} ${#y}", "11 11 none 2\n"),
        ("echo $(hostname)-$(echo in; echo ner)", "web-in ner\n"),
        ('echo "now: $(hostname) and $((2 * 3 + 1))"', "now: web and 7\n"),
        ("for i in 1 2 $(seq 3 4); do echo $i; done", "1\n2\n3\n4\n"),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n"),
        ("i=0; until test $i -ge 2; do i=$((i+1)); done; echo $i", "2\n"),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; [ $i = 3 ] && break; echo $i; done; echo end", "1\nend\n"),
        ("if true; then echo yes; else echo no; fi", "yes\n"),
        ("if false; then echo a; elif [ -f /etc/hostname ]; then echo b; else echo c; fi", "b\n"),
        ("case web in a|w*) echo fits;; *) echo other;; esac", "fits\n"),
        ("true && echo and || echo or; false && echo and || echo or", "and\nor\n"),
        ("! false && echo negated", "negated\n"),
        ("echo b; echo a | cat; (echo sub; exit 3); echo $?", "b\na\nsub\n3\n"),
        ("printf '%s-%d\\n' a 1 b 2", "a-1\nb-2\n"),
        ("seq 5 | head -n 3 | tail -1", "3\n"),
        (
            "echo abcdef | head -c 3; echo; echo abcdef | tail -c4; seq 9 | tail -n +9; seq 3 | head -n -1",
            "abc\ndef\n9\n1\n2\n",
        ),
        ("printf '%-3s|%3d|' a 7", "a  |  7|"),
        ("printf '%999999999d' 1 | wc -c", "1048576\n"),
        ("printf 'b\\na\\nb\\n' | sort | uniq | wc -l", "2\n"),
        ("echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f; cat < /tmp/f | grep -c o", "one\ntwo\n2\n"),
        ("cat <<EOF\nhi $((1+1))\nEOF", "hi 2\n"),
        ("f() { echo called $1; return 4; }; f me; echo $?", "called me\n4\n"),
        ("set -- a b; echo $# $1 $@; shift; echo $1", "2 a a b\nb\n"),
        ("ls /usr/share/nginx/html", "50x.html\nindex.html\n"),
        ("cd /etc && pwd && ls hostname && ls /etc/nginx/*.conf", "/etc\nhostname\n/etc/nginx/nginx.conf\n"),
        ("export A=1; env | grep ^A=; A=2 sh -c 'echo $A'", "A=1\n2\n"),
        ("mkdir -p /tmp/a/b && touch /tmp/a/b/c && ls /tmp/a/b && rm -r /tmp/a && ls /tmp", "c\n"),
        ("trap 'echo bye' EXIT; echo hi", "hi\nbye\n"),
        ("f=a.tar.gz; echo ${f%.gz} ${f%%.*} ${f#*.}", "a.tar a tar.gz\n"),
        ("echo x | tee /tmp/t | cat; cat /tmp/t", "x\nx\n"),
        ("id; whoami; uname", "uid=0(root) gid=0(root) groups=0(root)\nroot\nLinux\n"),
        ("printf 'a\\nb\\n' | while read line; do echo got $line; done", "got a\ngot b\n"),
        ("(sleep 1; echo later) & echo now; wait; echo done", "now\nlater\ndone\n"),
        ("bash -c '[[ abc == a* ]] && echo glob'", "glob\n"),
        ("echo out; echo err >&2", "out\n"),
        (
            "head -c 100000 /dev/zero | wc -c; cat /dev/zero | head -c 3 | wc -c; echo -n abc | head -c 2",
            "100000\n3\nab",
        ),
        ("cat /nope 2>/dev/null || echo missing", "missing\n"),
    ],
)
def test_output(script: str, output: str) -> None:
    assert sh(script)[1] == output


@pytest.mark.parametrize(
    ("script", "code", "complaint"),
    [
        ("exit 3", 3, ""),
        ("foo", 127, "sh: 1: foo: not found\n"),
        ("cat /nope", 1, "cat: /nope: No such file or directory\n"),
        ("ls /nope", 2, "ls: cannot access '/nope': No such file or directory\n"),
        ("cat < /nope", 2, "sh: 1: cannot open /nope: No such file\n"),
        ("echo x > /nope/y", 2, "sh: 1: cannot create /nope/y: Directory nonexistent\n"),
        ("set -e; false; echo not reached", 1, ""),
        ("head -n x", 1, "head: invalid number of lines: 'x'\n"),
        ("echo a | grep -E '('", 2, "grep: Unmatched ( or \\(\n"),
        (
            "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a+)+$'",
            1,
            "",
        ),
        ("rm /nope", 1, "rm: cannot remove '/nope': No such file or directory\n"),
        ("curl -s localhost:81", 7, ""),
    ],
)
def test_failures(script: str, code: int, complaint: str) -> None:
    assert sh(script) == (code, "", complaint)


def test_syntax_error_is_refused() -> None:
    code, out, err = sh("if true; then echo")
    assert (code, out) == (2, "")
    assert "Syntax error" in err


def test_mounts_are_read_and_written() -> None:
    shared, config = Volume(), Volume()
    config.put("/GREETING", b"hello")
    mounts = (Mount("/data", shared), Mount("/etc/site", config, read_only=True))
    container = machine(mounts=mounts)
    assert sh("ls /etc/site; cat /etc/site/GREETING; echo hi > /data/x", container=container)[1] == "GREETING\nhello"
    assert shared.entries["/x"] == b"hi\n"
    assert "Read-only file system" in sh("touch /etc/site/new", container=container)[2]


def test_each_image_has_its_commands() -> None:
    assert run("nginx", "-v") == (0, "", "nginx version: nginx/1.29.3\n")
    assert run("sh", "-c", "nginx -v", container=machine("busybox"))[0] == 127
    assert (
        executables.missing(["nosuch"], frozenset({"ls"}), ()) == 'exec: "nosuch": executable file not found in $PATH'
    )
    assert executables.missing(["/bin/ls"], frozenset({"ls"}), ()) == ""


@pytest.mark.slow
@given(st.text(alphabet="$`'\"\\|&;<>(){}[]*?!# \nabecho1=-", max_size=40))
def test_nothing_typed_breaks_the_server(script: str) -> None:
    container = machine()
    container.memory_limit = 0
    code, _, _ = sh(f"{script}", container=container)
    assert 0 <= code <= 255


@pytest.mark.slow
@given(st.integers(-1000, 1000), st.integers(1, 50))
def test_arithmetic_as_in_c(a: int, b: int) -> None:
    assert arithmetic.value(f"a / {b} * {b} + a % {b}", {"a": str(a)}) == a


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("me/app", "docker.io/me/app:latest"),
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        ("docker.io/redis:6.0.5", "docker.io/library/redis:6.0.5"),
        ("docker.io/me/app", "docker.io/me/app:latest"),
        ("index.docker.io/busybox", "docker.io/library/busybox:latest"),
    ],
)
def test_image_names(name: str, reference: str) -> None:
    assert images.normalize(name) == reference


def test_invalid_image_name() -> None:
    with pytest.raises(images.InvalidName, match=r'couldn\'t parse image name "NGINX:::x"'):
        images.normalize("NGINX:::x")


def test_a_redirection_goes_where_the_shell_is() -> None:
    assert sh("cd /tmp; echo here > note; cat /tmp/note; ls -1 /tmp /nosuch 2>/dev/null")[1] == "here\n/tmp:\nnote\n"


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("nosuch", "sh: nosuch: not found\n"),
        ("echo x > /nosuch/y", "sh: can't create /nosuch/y: nonexistent directory\n"),
        ("cat /nosuch", "cat: can't open '/nosuch': No such file or directory\n"),
        ("ls /nosuch", "ls: /nosuch: No such file or directory\n"),
    ],
)
def test_busybox_complains_in_its_own_words(script: str, output: str) -> None:
    code, _, err = sh(script, container=machine("busybox"))
    assert (err, code) == (output, 127 if script == "nosuch" else 1)


def test_a_file_that_is_no_program_cannot_be_started() -> None:
    files = machine("busybox").files
    assert executables.missing(["/etc/passwd"], frozenset(), (), files) == 'exec: "/etc/passwd": permission denied'
    assert executables.missing(["./x"], frozenset(), (), files) == 'exec: "./x": stat ./x: no such file or directory'


def test_an_image_name_with_capitals_is_told_so_first() -> None:
    with pytest.raises(images.InvalidName, match=r"repository name \(library/Busy Box\) must be lowercase"):
        images.normalize("Busy Box")
