"""The tools of the simulated images: as coreutils, sed, mawk, findutils and tar print, seen on a real cluster."""

from __future__ import annotations

import io
import tarfile

import pytest

from tests.embedded.runtime.test_shell import machine, sh

LINES = "printf 'b 2\\na 1\\nc 3\\n' | "


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("echo hello world | sed s/world/pod/", "hello pod\n"),
        ("echo aaa | sed 's/a/b/2;s/c$/d/'", "aba\n"),
        ("echo a/b | sed 's|/|-|g'", "a-b\n"),
        ("echo abc | sed -E 's/(b)(c)/\\2\\1/'", "acb\n"),
        ("seq 5 | sed -n '2,3p'", "2\n3\n"),
        ("seq 5 | sed '2,$d'", "1\n"),
        ("seq 5 | sed '/3/q'", "1\n2\n3\n"),
        ("echo one > /tmp/f; sed -i s/one/two/ /tmp/f; cat /tmp/f", "two\n"),
        ("printf 'a b c\\n' | awk '{print $2}'", "b\n"),
        ("printf 'a:b\\nc:d\\n' | awk -F: 'NR==2 {print $1 \"-\" $NF}'", "c-d\n"),
        (LINES + "awk '{s += $2} END {print s, NR}'", "6 3\n"),
        (LINES + "awk '$2 > 1 && /c/'", "c 3\n"),
        ("printf 'a:b:c\\n' | cut -d: -f1,3", "a:c\n"),
        ("echo abcdef | cut -c2-4", "bcd\n"),
        ("seq 5 | xargs echo; seq 4 | xargs -n 2 echo got", "1 2 3 4 5\ngot 1 2\ngot 3 4\n"),
        ("echo a b | xargs -I{} sh -c 'echo in {}'", "in a b\n"),
        ("echo secret | base64; echo c2VjcmV0Cg== | base64 -d", "c2VjcmV0Cg==\nsecret\n"),
        ("echo hi | md5sum", "764efa883dda1e11db47671c4a3bbd9e  -\n"),
        ("timeout 1 sleep 5; echo $?; timeout 5 echo fast", "124\nfast\n"),
        ("expr 1 + 2; expr 2 \\* 3; expr abc : 'a\\(.*\\)'", "3\n6\nbc\n"),
        ("basename /a/b.c .c", "b\n"),
        ("grep -n root /etc/passwd | cut -d: -f1; echo abc | grep -o b; seq 9 | grep -c 5", "1\nb\n1\n"),
        ("seq 9 | grep -A1 -B1 5", "4\n5\n6\n"),
        ("grep -ril welcome /usr/share/nginx/html", "/usr/share/nginx/html/index.html\n"),
        ("touch /tmp/f; chmod 600 /tmp/f; stat -c %a /tmp/f; ls -l /tmp/f | cut -c1-10", "600\n-rw-------\n"),
        ("find /etc/nginx -name '*.conf' -type f", "/etc/nginx/conf.d/default.conf\n/etc/nginx/nginx.conf\n"),
        ("command -v cat cd; type ls exit", "/usr/bin/cat\nls is /usr/bin/ls\nexit is a special shell builtin\n"),
        ("echo 'x=5; f() { echo $x; }' > /tmp/l; . /tmp/l; f", "5\n"),
        ("HOME=/root; echo ~ ~/a '~'; umask", "/root /root/a ~\n0022\n"),
        ("echo $; echo a $ b", "$\na $ b\n"),
        ("env A=1 sh -c 'echo $A'", "1\n"),
        ("cd /tmp; echo a > f; ln -s f l; ln -s /tmp d; cat l d/f; readlink l; readlink -f d/l", "a\na\nf\n/tmp/f\n"),
        ("cd /tmp; echo a > f; ln -s f l; echo b > l; cat f; rm l; ls; test -L l; echo $?", "b\nf\n1\n"),
        (
            "cd /tmp; touch f; ls -l f | cut -c1-10; ln -s no l; test -e l || test -L l && ls -l l | cut -c1-10",
            "-rw-r--r--\nlrwxrwxrwx\n",
        ),
        (
            "cd /tmp; ln -s no dead; du -s /tmp; stat -L dead 2>/dev/null; mkdir dead 2>/dev/null || echo end",
            "4\t/tmp\nend\n",
        ),
        (
            "mkdir -p /tmp/a/b; ln -s .. /tmp/a/b/up; du /tmp/a; cp -r /tmp/a /tmp/c; readlink /tmp/c/b/up",
            "4\t/tmp/a/b\n8\t/tmp/a\n..\n",
        ),
        ("cd /tmp; ln -s x x; echo hi > x || echo no", "no\n"),
        ("ln -s /dev/null /tmp/n; cat /tmp/n; ln -s /dev/stdout /tmp/o; echo out > /tmp/o", "out\n"),
        ("ls -la / | head -1 | cut -c1-5", "total\n"),
        ("mkdir /tmp/d; cd /tmp/d; echo a > f; ln -s f l; mkdir e; ls -l | head -1", "total 8\n"),
        ("cd /tmp; ln -s b a; ln -s a b; cat a 2>/dev/null || echo lost; find . -type l | sort", "lost\n./a\n./b\n"),
        ("cd /tmp; echo x > f; ln -s f l; tar c . | tar t | sort", "./\n./f\n./l\n"),
        ("echo 'echo ran $1' > /tmp/s; chmod +x /tmp/s; /tmp/s x", "ran x\n"),
    ],
)
def test_output(script: str, output: str) -> None:
    assert sh(script)[:2] == (0, output)


@pytest.mark.parametrize(
    ("script", "code", "complaint"),
    [
        ("touch /tmp/s; /tmp/s", 126, "sh: 1: /tmp/s: Permission denied\n"),
        ("echo x | sed s/x", 1, "sed: -e expression #1, char 3: unterminated `s' command\n"),
        ("stat /nope", 1, "stat: cannot statx '/nope': No such file or directory\n"),
        ("timeout 5 nosuch", 127, "timeout: failed to run command 'nosuch': No such file or directory\n"),
        ("command -v nosuch", 127, ""),
        (". /nosuch; echo on", 2, "sh: 1: .: cannot open /nosuch: No such file\n"),
        ("echo 'abc", 2, "sh: 1: Syntax error: Unterminated quoted string\n"),
        ("ps", 127, "sh: 1: ps: not found\n"),
    ],
)
def test_complaints(script: str, code: int, complaint: str) -> None:
    assert sh(script) == (code, "", complaint)


def test_tar_packs_and_unpacks_what_kubectl_cp_sends() -> None:
    container = machine()
    script = "mkdir -p /tmp/d; echo x > /tmp/d/f; tar cf /tmp/a.tar -C /tmp d; tar xmf /tmp/a.tar -C /opt; cat /opt/d/f"
    assert sh(script, container=container) == (0, "x\n", "")
    with tarfile.open(fileobj=io.BytesIO(container.files.read("/tmp/a.tar"))) as archive:
        assert archive.getnames() == ["d", "d/f"]


def test_tar_without_its_directory() -> None:
    complaint = "tar: /nodir: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n"
    assert sh("tar -xmf - -C /nodir") == (2, "", complaint)


def test_tar_tells_of_a_name_before_it_looks_for_the_file() -> None:
    complaint = "tar: Removing leading `/' from member names\ntar: /none: Cannot stat: No such file or directory\n"
    last = "tar: Exiting with failure status due to previous errors\n"
    assert sh("tar cf /tmp/a.tar /none") == (2, "", complaint + last)
    assert sh("cd /tmp; tar cf a.tar none")[2].startswith("tar: none: Cannot stat")


MISSING = "rm /n; mkdir /a/b; cp /n /x; mv /n /x; touch /a/b; head /n; sort /n; cat /n"


def test_each_image_complains_in_its_own_words() -> None:
    assert sh(MISSING)[2].splitlines() == [
        "rm: cannot remove '/n': No such file or directory",
        "mkdir: cannot create directory '/a/b': No such file or directory",
        "cp: cannot stat '/n': No such file or directory",
        "mv: cannot stat '/n': No such file or directory",
        "touch: cannot touch '/a/b': No such file or directory",
        "head: cannot open '/n' for reading: No such file or directory",
        "sort: cannot read: /n: No such file or directory",
        "cat: /n: No such file or directory",
    ]
    assert sh(MISSING, container=machine("busybox"))[2].splitlines() == [
        "rm: can't remove '/n': No such file or directory",
        "mkdir: can't create directory '/a/b': No such file or directory",
        "cp: can't stat '/n': No such file or directory",
        "mv: can't rename '/n': No such file or directory",
        "touch: /a/b: No such file or directory",
        "head: /n: No such file or directory",
        "sort: /n: No such file or directory",
        "cat: can't open '/n': No such file or directory",
    ]


def test_directories_are_copied_and_moved() -> None:
    script = "mkdir -p /tmp/a/b; echo x > /tmp/a/b/c; cp -r /tmp/a /tmp/d; mv /tmp/d /tmp/e; cat /tmp/e/b/c; ls /tmp"
    assert sh(script) == (0, "x\na\ne\n", "")


def test_busybox_has_its_own_tools_in_its_own_place() -> None:
    assert sh("which ls; ping -c1 localhost | head -1", container=machine("busybox"))[1] == (
        "/bin/ls\nPING localhost (127.0.0.1): 56 data bytes\n"
    )
    assert sh("sort /n; nohup ls", container=machine("busybox"))[0] == 127
    assert sh("sort /n")[0] == 2
