"""Scripts that work on texts and files do on podlab what they do with Debian 12's tools and with busybox."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from podlab.embedded.runtime import images, programs, rootfs
from podlab.embedded.runtime.machine.children import start
from podlab.embedded.runtime.machine.process import Process
from tests.embedded.runtime.test_scripts_by_exec import SHELLS
from tests.embedded.runtime.test_scripts_on_stdin import HOSTS, PATH, nowhere
from tests.embedded.runtime.test_shell import machine, run

RECORDED = json.loads((Path(__file__).parent / "recorded/texts.json").read_text(encoding="utf-8"))
"""[shell, script, exit code, standard output, standard error]: in a root of Debian 12 and in one of busybox 1.35."""


NOPE = "ls: cannot access '/nope': No such file or directory\n"
LOCALE = 'LANG=x\nLANGUAGE=\nLC_CTYPE="C"\n'
HINT = "Try 'stdbuf --help' for more information.\n"
CGI = r"""mkdir -p /w/cgi-bin; cd /w/cgi-bin; httpd -p 80 -h /w; echo '#!/bin/sh' | tee q s > s; cat s > q; chmod +x q s
echo 'echo; echo "q=$QUERY_STRING m=$REQUEST_METHOD"' >> q; wget -qO- 'localhost/cgi-bin/q?a=1'
echo 'echo Status: 404 Gone; echo; echo no' >> s; wget -qO- localhost/cgi-bin/s; true"""
COMM = "comm: file 2 is not in sorted order\ncomm: input is not in sorted order\n"
RETURNED = "bye 0 a\n3\nf\n"
LAST = "63) SIGRTMAX-1\t64) SIGRTMAX\t"
TRAP = "trap: usage: trap [-lp] [[arg] signal_spec ...]"
GONE = "ls: -d: No such file or directory\n"
UPDATE = "tar: Cannot update compressed archives\ntar: Error is not recoverable: exiting now\n"
LS = "ls is /usr/bin/ls\n/tmp/ls\n"


def ran(shell: str, script: str) -> list[Any]:
    """[exit code, standard output, standard error] of a script; its time passes as it needs it."""
    image, name = SHELLS[shell]
    mounts = (rootfs.one_file("/etc/hosts", HOSTS % b"web"), rootfs.one_file("/etc/hostname", b"web\n"))
    container, out, err = machine(image, mounts), bytearray(), bytearray()
    found = images.find(images.normalize(image))
    assert found
    container.processes.running[1] = Process(container, list(found.command), {}, nowhere, nowhere)

    async def executed() -> int:
        env = {"PATH": PATH, "HOME": "/root", "HOSTNAME": "web"}
        process = Process(container, [name, "-c", script], env, out.extend, err.extend, time=1_800_000_000.0)
        container.processes.enter(process)
        with container.clock.hold():
            return await start(process, lambda: programs.run(process)).outcome()

    return [asyncio.run(executed()), out.decode(errors="replace"), err.decode(errors="replace")]


@pytest.mark.slow
@pytest.mark.parametrize(("shell", "script", "code", "out", "err"), RECORDED)
def test_scripts_do_what_they_do_with_the_real_tools(shell: str, script: str, code: int, out: str, err: str) -> None:
    assert ran(shell, script) == [code, out, err]


@pytest.mark.parametrize(
    ("shell", "script", "code", "out", "err"),
    [
        ("bash", "f() { trap 'echo bye $? $1' RETURN; return 3; }; f a; echo $?; f() { echo f; }; f", 0, RETURNED, ""),
        ("bash", "echo 'return 4' > /tmp/s; trap 'echo r' RETURN; . /tmp/s; echo $?", 0, "r\n4\n", ""),
        ("bash", "set -T; trap 'echo r' RETURN; f() { echo f; }; f; (f)", 0, "f\nr\nf\nr\n", ""),
        (
            "bash",
            "trap 'echo x' exit TERM; trap 15; trap -l | tail -1; trap -p",
            0,
            f"{LAST}\ntrap -- 'echo x' EXIT\nx\n",
            "",
        ),
        ("bash", "trap -x; echo $?", 0, "2\n", f"bash: line 1: trap: -x: invalid option\n{TRAP}\n"),
        ("bash", "command -x; command -- echo a; command -pv true; exec -- echo b", 0, "a\ntrue\nb\n", None),
        ("dash", "command -x ls; command -- echo a", 0, "a\n", "sh: 1: command: Illegal option -x\n"),
        ("bash", "set -x; export A=1 B='x y'", 0, "", "+ export A=1 'B=x y'\n+ A=1\n+ B='x y'\n"),
        ("bash", 'shopt -s extglob; f=a.b.c; echo "${f%%+(.*)}"', 0, "a\n", ""),
        ("bash", "printf '%#o %#o %#5o %#x' 8 0 8 0", 0, "010 0   010 0", ""),
        ("bash", "seq 3 | sed -e 2q -e 's/^/>/'", 0, ">1\n2\n", ""),
        (
            "box",
            "touch a; chmod -x a; chmod +x a; chmod -rw a; chmod -v -x a",
            0,
            "mode of 'a' changed to 0000 (---------)\n",
            "",
        ),
        ("box", "touch -- -a; ls -- -a; rm -- -a; mkdir -- -d; rmdir -- -d; ls -d -- -d", 1, "-a\n", GONE),
        ("bash", "cd /tmp; touch -- -n; ls -- -n; tar cf t -- -n; env -- nohup -- nice -- seq -- 1", 0, "-n\n1\n", ""),
        ("bash", "cd /tmp; touch -d @5 d f; mkdir e; touch -d @5 e; > e/x; find e -maxdepth 0 -newer f", 0, "e\n", ""),
        (
            "box",
            "mkdir d; touch d/a; touch -d @5 d; echo > d/a; stat -c %Y d; rm d/a; test d -nt d/a; find d -mtime +1",
            0,
            "5\n",
            "",
        ),
        (
            "bash",
            "mkdir /tmp/d; cd /tmp/d; > f; touch -d @5 .; mv f g; stat -c %h /etc; find /tmp/d -mtime +9",
            0,
            "1\n",
            "",
        ),
        ("bash", "cd /tmp; mkdir -p a/b; tar czf t.gz a; tar xvf t.gz --strip=1; tar -rf t.gz a", 2, "a/b/\n", UPDATE),
        ("dash", "(echo a; sleep 0.1; echo b) | while read l; do echo $l | tr a-z A-Z; done", 0, "A\nB\n", ""),
        (
            "bash",
            "f() { [ -p /dev/stdin ] && cat || echo $1; }; f x; echo y | f x; [[ -p /dev/stdin ]]",
            1,
            "x\ny\n",
            "",
        ),
        ("dash", "timeout 0.1 sh -c 'trap \"echo c; exit 9\" TERM; sleep 2'; echo $?", 0, "c\n124\n", "Terminated\n"),
        ("box", "timeout 0.1 sh -c 'trap \"echo c; exit 9\" TERM; sleep 1'; echo $?", 0, "c\n9\n", ""),
        ("dash", "timeout -k 0.1 0.1 sh -c 'trap \"\" TERM; sleep 1; echo n'; echo $?", 0, "137\n", "Killed\n"),
        ("dash", "PATH= ls; PATH=/nope true; ls -d /", 0, "/\n", "sh: 1: ls: not found\n"),
        (
            "bash",
            "set -u; [[ -o nounset && ! -o errexit ]] && echo u; declare -n r=HOME; [ -R r ] && echo r",
            0,
            "u\nr\n",
            "",
        ),
        (
            "bash",
            "a=(); echo ${a[@]-gone} ${a[@]+set}; f() { declare -gA M; M[$1]=2; }; f k; echo ${!M[@]}",
            0,
            "gone\nk\n",
            "",
        ),
        ("bash", "PS4='> ${LINENO}: '; set -x; a=(1 $HOME)", 0, "", "> 1: a=(1 $HOME)\n"),
        ("bash", "set -E; trap 'echo E' ERR; x=$(false) || echo h; printf '%d' \"'é\"", 0, "h\n195", ""),
        ("box", 'echo a 90ms 100ms | awk \'{sub(/ms/,"",$2); sub(/ms/,"",$3); print ($2>$3)}\'', 0, "1\n", ""),
        ("dash", "echo a 9 | awk '{print ($2<10); $2=\"9\"; print ($2<10); $2=9; print ($2<10)}'", 0, "1\n0\n1\n", ""),
        (
            "dash",
            "echo '{print \"f\" $0}' | awk -f - /etc/hostname; echo s/w/W/ | sed -f /dev/stdin /etc/hostname",
            0,
            "fweb\nWeb\n",
            "",
        ),
        (
            "box",
            "cd /tmp; echo > a; find . -type f -size -1k; find . -type f -size 1k; find . -type f -size 1c",
            0,
            "./a\n./a\n",
            "",
        ),
        ("box", CGI, 0, "q=a=1 m=GET\n", "wget: server returned error: HTTP/1.1 404 Gone\n"),
        ("bash", "{ echo o; echo e >&2; } > >(sed s/^/O:/) 2> >(sed s/^/E:/); sleep 0.1", 0, "O:o\nO:E:e\n", ""),
        ("bash", "a=(1 2 3); echo ${a[${#a[@]}-1]}; a[${#a[@]}]=4; a[$((1+1))]=x; echo ${a[@]}", 0, "3\n1 2 x 4\n", ""),
        (
            "bash",
            "declare -A m; s=k:v; m[${s%:*}]=${s#*:}; m['x y']=1; echo ${m[${s%:*}]} ${m[x y]} ${#m[k]}",
            0,
            "v 1 1\n",
            "",
        ),
        ("bash", "trap 'echo $LINENO' ERR\nf() {\n return 7; }\nf", 7, "4\n", ""),
        ("bash", "comm -13 <(printf 'b\\na\\n') <(printf 'b\\na\\n0\\n')", 1, "0\n", COMM),
        (
            "box",
            "echo > /tmp/가.txt; ls /tmp; ls -1 /tmp/*.txt; find /tmp -type f",
            0,
            "???.txt\n/tmp/???.txt\n/tmp/가.txt\n",
            "",
        ),
        (
            "bash",
            "cd /proc/sys/kernel/random; cat uuid uuid | uniq | wc -lc; wc -c < boot_id",
            0,
            "      2      74\n37\n",
            "",
        ),
        ("box", "echo 1 | sed '1a\\\\  two'; echo 1 | sed '1i  x'", 0, "1\n  two\nx\n1\n", ""),
        ("bash", "echo $((EPOCHSECONDS > 1600000000)) ${#EPOCHREALTIME}", 0, "1 17\n", ""),
        ("bash", "getopt -o ab: --long all,by: -- -a --by 'x y' f", 0, " -a --by 'x y' -- 'f'\n", ""),
        ("bash", "printf 'b c\\na b\\n' | tsort", 0, "a\nb\nc\n", ""),
        ("bash", "echo 'user=root' | grep -oP 'user=\\K\\w+'", 0, "root\n", ""),
        ("bash", "echo abab | grep -o '\\(ab\\)\\1'", 0, "abab\n", ""),
        ("bash", "echo 'a1' | grep -c '\\d'", 1, "0\n", ""),
        ("bash", "awk 'BEGIN { print 1/0; printf \"%s %s\", 1 }'", 2, "inf\n1 ", None),
        ("bash", "printf 'a\\r\\n' | sort | od -An -tx1", 0, " 61 0d 0a\n", ""),
        ("bash", "f() { [ $1 = 0 ] || f $(($1 - 1)); }; f 200; echo deep", 0, "deep\n", ""),
        ("bash", "cd /tmp; echo 1 > f; echo 2 > g; cp --backup=t f g; ls", 0, "f\ng\ng.~1~\n", ""),
        ("bash", "install -Dm600 /etc/hostname /tmp/a/b; stat -c %a /tmp/a/b", 0, "600\n", ""),
        ("bash", "install -m 700 -d /tmp/p; stat -c %a /tmp/p", 0, "700\n", ""),
        ("bash", "printf a | sed s/a/b/; echo", 0, "b\n", ""),
        ("bash", "cd /tmp; > k; chmod +x k; PATH=$PATH:/tmp; command -v k; which k; env k", 0, "/tmp/k\n/tmp/k\n", ""),
        ("box", "cd /tmp; > k; chmod +x k; PATH=$PATH:/tmp; type k; which k; env k", 0, "k is /tmp/k\n/tmp/k\n", ""),
        ("dash", "cd /tmp; > ls; chmod +x ls; type ls; PATH=/tmp:$PATH; command -v ls; ls", 0, LS, ""),
        ("bash", "shopt -s lastpipe; echo a b | read x y; echo $y", 0, "b\n", ""),
        ("bash", "ln -s f /tmp/l; find /tmp -xtype l", 0, "/tmp/l\n", ""),
        ("bash", "vdir /nope", 2, "", "vdir: cannot access '/nope': No such file or directory\n"),
        ("bash", "set -e; echo ${Y?must}; echo n", 1, "", "bash: line 1: Y: must\n"),
        ("bash", "s=가나; echo ${s%?}${s#???}; echo $s | cut -c1-3", 0, "가\ufffd나\n가\n", ""),
        ("dash", "case 안 in ?) echo 1;; ???) echo 3;; esac; expr substr 가나 4 3", 0, "3\n나\n", ""),
        ("box", "echo 가나 | awk '{print substr($0, 4), index($0, \"나\"), match($0, /나/)}'", 0, "나 4 4\n", ""),
        ("bash", "ls /nope 2>/dev/null |& wc -l; { ls /nope; } |& cat", 0, f"1\n{NOPE}", ""),
        ("dash", "trap 'exit 7' TERM; (kill -TERM $$; echo in); echo end", 7, "in\n", ""),
        ("bash", "trap 'echo t' TERM; x=$(kill $$; echo a); echo $x", 0, "t\na\n", None),
        ("dash", "echo x > /dev/full", 1, "", "sh: 1: echo: echo: I/O error\n"),
        ("bash", "cat /etc/hostname > /dev/full", 1, "", "cat: write error: No space left on device\n"),
        ("box", "busybox nope", 127, "", "nope: applet not found\n"),
        ("dash", "runuser -u nobody -- sh -c 'kill 1'", 1, "", "sh: 1: kill: Operation not permitted\n\n"),
        (
            "bash",
            "> /tmp/u; chown www-data: /tmp/u; stat -c %U:%G /tmp/u; groups bin",
            0,
            "www-data:www-data\nbin : bin\n",
            "",
        ),
        ("bash", "> /tmp/u; chmod 5644 /tmp/u; [ -u /tmp/u -o -g /tmp/u ] || [ ! -k /tmp/u ]", 0, "", ""),
        (
            "bash",
            "> /tmp/u; touch -d 2020-02-03 /tmp/u; ls -l --time-style=+%d.%m /tmp/u | awk '{print $6}'",
            0,
            "03.02\n",
            "",
        ),
        ("bash", "sort -k x /etc/hosts", 2, "", "sort: invalid number at field start: invalid count at start of 'x'\n"),
        ("bash", "LC_ALL=C LANG=x locale | head -3; users; stdbuf -oL echo x", 0, f"{LOCALE}x\n", ""),
        ("box", "hostid | wc -c", 0, "9\n", ""),
        ("dash", "stdbuf -iL cat", 125, "", f"stdbuf: line buffering stdin is meaningless\n{HINT}"),
        ("box", "[ /etc/hosts -nt /nope ]", 1, "", ""),
        ("dash", "sleep 5 & kill %1", 1, "", "sh: 1: kill: No such process\n\n"),
        ("dash", "printf 'a%ld' 1", 2, "a", "sh: 1: printf: %l: invalid directive\n"),
        ("box", "printf '%s %k\\t' a", 1, "a ", "sh: %k\\t: invalid format\n"),
        ("bash", "dc", 127, "", "bash: line 1: dc: command not found\n"),
        (
            "box",
            "printf 'a\\nb\\n' > /tmp/x; echo a | diff - /tmp/x",
            1,
            "--- -\n+++ /tmp/x\n@@ -1 +1,2 @@\n a\n+b\n",
            "",
        ),
        ("box", "install", 127, "", "sh: install: not found\n"),
        ("dash", "a-b() { :; }", 2, "", "sh: 1: Syntax error: Bad function name\n"),
    ],
)
def test_a_few_of_each_kind(shell: str, script: str, code: int, out: str, err: str | None) -> None:
    done = ran(shell, script)
    assert done[:2] == [code, out] and (err is None or done[2] == err)


def test_what_is_not_simulated_is_refused_plainly() -> None:
    for script in ("tar -df x.tar", "help cd", "diff -e x y", "echo | grep -T x", "split -n 2/3 /etc/passwd"):
        code, out, err = run("bash", "-c", script, container=machine("nginx"))
        assert code and not out and "podlab does not simulate" in err, script


def test_there_are_many() -> None:
    assert len(RECORDED) >= 270


SPOKEN = "export LANG=C.UTF-8; "
TURNED = "rev: stdin: 0: Invalid or incomplete multibyte or wide character\n"


@pytest.mark.parametrize(
    ("shell", "script", "code", "out", "err"),
    [
        ("bash", "s=안녕; echo ${s%???}${#s}", 0, "안6\n", ""),
        ("bash", SPOKEN + "s=안녕; echo ${s%?}${#s}${s#?}${s/?/x}${s:0:1}", 0, "안2녕x녕안\n", ""),
        ("bash", SPOKEN + "unset LANG; s=안녕; echo ${#s}", 0, "6\n", ""),
        ("bash", SPOKEN + "f() { local LANG=; echo ${#s}; }; s=안녕; f; echo ${#s}", 0, "6\n2\n", ""),
        ("bash", SPOKEN + "LC_ALL=C bash -c 's=안; echo ${#s}'; s=안; echo ${#s}", 0, "3\n1\n", ""),
        ("bash", "LANG=C.UTF-8 expr length 안녕; LANG=ko_KR.UTF-8 expr length 안녕", 0, "2\n6\n", ""),
        ("bash", SPOKEN + "case 안 in ?) echo one;; esac; [[ 안 == ? ]] && echo y", 0, "one\ny\n", ""),
        ("dash", SPOKEN + "s=안녕; echo ${#s}; echo 안녕 | rev", 0, "6\n녕안\n", ""),
        ("box", SPOKEN + "case 안 in ?) echo one;; *) echo more;; esac; echo 안녕 | rev", 0, "more\n녕안\n", ""),
        ("dash", "echo 안녕 | rev; echo 안녕 | wc -m; LANG=C.UTF-8; echo 안녕 | wc -m", 0, "7\n7\n", TURNED),
        ("dash", SPOKEN + "echo 안녕 | wc -m; expr substr 안녕하 1 2; echo 안녕하 | cut -c1-3", 0, "3\n안녕\n안\n", ""),
        ("bash", SPOKEN + "echo 안녕 | awk '{print length($0), index($0, \"녕\")}'", 0, "6 4\n", ""),
        ("bash", SPOKEN + "echo abc안 | tr 안 x; echo a | tr a 안 | wc -c", 0, "abcxxx\n2\n", ""),
    ],
)  # fmt: skip
def test_a_language_in_utf_8_makes_letters_of_bytes(shell: str, script: str, code: int, out: str, err: str) -> None:
    """Values of Debian 12's tools and busybox's, in containers with and without LANG."""
    assert ran(shell, script) == [code, out, err]


@pytest.mark.parametrize("shell", ["box", "bash", "dash"])
def test_a_script_is_read_from_standard_input(shell: str) -> None:
    assert ran(shell, ". /dev/stdin <<E\nmine=1\nE\necho $mine") == [0, "1\n", ""]
