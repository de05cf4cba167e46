"""Scripts as tutorials write them print on podlab what they printed on kind: output, complaints and exit code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from podlab.embedded.runtime.commands import usage
from podlab.embedded.runtime.machine import cgroups, sysfs
from tests.embedded.runtime.test_shell import machine, run

RECORDED = (Path(__file__).parent / "recorded/shells.txt").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^### (\w+) (\w+) (\d+)\n(.*?)--- out\n(.*?)--- err\n(.*?)(?=^### |\Z)", RECORDED, re.S | re.M)
IMAGES = {"box": "busybox", "web": "nginx"}


@pytest.mark.slow
@pytest.mark.parametrize(("pod", "shell", "code", "script", "out", "err"), BLOCKS)
def test_scripts_print_what_they_print_on_kind(
    pod: str, shell: str, code: str, script: str, out: str, err: str
) -> None:
    container = machine(IMAGES[pod])
    container.hostname = pod
    done = run(shell, "-c", f"mkdir -p /tmp/w; cd /tmp/w\n{script.removesuffix(chr(10))}", container=container)
    assert done == (int(code), out, err)


def test_there_are_many_scripts() -> None:
    assert len(BLOCKS) >= 40


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("ls -Z", "ls: invalid option -- 'Z'\n"),
        ("cp one", ""),
        ("head -n", "head: option requires an argument -- 'n'\n"),
        ("tail -5 /etc/passwd", None),
        ("rm -f", None),
        ("nc -z host 80", "nc: invalid option -- 'z'\n"),
        ("stat -c %n /", None),
        ("uname --help", ""),
    ],
)
def test_busybox_looks_at_its_words_first(words: str, complaint: str | None) -> None:
    name, *rest = words.split()
    assert usage.problem(name, rest) == complaint


def test_what_bash_can_and_podlab_cannot_is_refused_plainly() -> None:
    for script in ("help cd", "shopt -s failglob", "mapfile -C f a"):
        code, out, err = run("bash", "-c", script, container=machine("nginx"))
        assert code and not out and "podlab does not simulate" in err, script


def test_limits_are_seen_in_the_files_of_control_groups() -> None:
    container = machine("busybox")
    container.settings.update(cgroups.files(500, 100, 64 * 2**20))
    container.files.mounts = (sysfs.mount(container), *container.files.mounts)
    names = "cpu/cpu.cfs_quota_us cpu/cpu.shares memory/memory.limit_in_bytes memory.max"
    script = f"cd /sys/fs/cgroup; cat {names} cpu.max; echo x > memory.max"
    code, out, err = run("sh", "-c", script, container=container)
    assert out.splitlines() == ["50000", "102", "67108864", "67108864", "50000 100000"]
    assert code == 1 and "Read-only file system" in err
