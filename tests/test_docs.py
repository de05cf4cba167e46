"""README, Makefile, environment.yml, pyproject.toml, the workflow and the lessons say the same."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from podlab.__main__ import main
from podlab.embedded.runtime.images.registry import IMAGES
from podlab.lessons.lesson import LESSONS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN, ENGLISH = README.split("\n## 한국어\n")[1].split("\n## English\n")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PLAIN = {"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
"""What makes a terminal's output plain."""
CONDA_NAMES = {"kubernetes": "python-kubernetes", "jupyterlab-language-pack-ko-KR": "jupyterlab-language-pack-ko-kr"}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def lines(text: str) -> list[str]:
    return [line for block in blocks(text, "sh") for line in block.splitlines()]


def requirement(line: str) -> tuple[str, str]:
    name, conditions = re.fullmatch(r"([\w.-]+)\s*(.*)", line.split("#")[0].split(";")[0].strip()).groups()  # type: ignore[union-attr]
    return name, conditions


def test_the_first_thing_to_read_is_how_to_start() -> None:
    assert lines(README)[:2] == ["make lab", "make test"]
    assert lines(KOREAN)[:2] == ["make lab", "make lab CLUSTER=kind"]


def test_both_languages_are_whole() -> None:
    assert [blocks(KOREAN, kind) for kind in ("sh", "bat", "python")] == [
        blocks(ENGLISH, kind) for kind in ("sh", "bat", "python")
    ]
    shape = r"^(#+ |\| `[^`]+`|```\w+)"
    assert re.findall(shape, KOREAN.strip().rstrip("-"), re.M) == re.findall(shape, ENGLISH, re.M)


def test_every_lesson_is_listed_in_both_languages() -> None:
    for part, which in ((KOREAN, "ko"), (ENGLISH, "en")):
        rows = re.findall(r"^\| `(\d\d-[^`]+)` \| (.+?) \| (\d+) \|$", part, re.M)
        assert rows == [(each.slug, each.title.in_(which), str(each.minutes)) for each in LESSONS]  # type: ignore[arg-type]


@pytest.mark.parametrize("line", sorted({line for line in lines(README) if line.startswith("make ")}))
def test_each_make_command_is_there(line: str) -> None:
    words = shlex.split(line)
    assert re.search(rf"^{words[1]}:", MAKEFILE, re.M)
    if shutil.which("make"):
        subprocess.run([*words, "--dry-run", "--silent"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_alone_lists_the_targets() -> None:
    said = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    wanted = {
        "lab",
        "test",
        "install",
        "check",
        "test-kind",
        "test-browser",
        "notebooks",
        "bench",
        "down",
        "clean",
        "help",
    }
    assert wanted <= set(re.findall(r"^\s+make (\S+)", said, re.M))


def test_each_command_and_option_of_the_tables_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    for command, described in re.findall(r"^\| `podlab (\w+)[^`]*` \| (.+) \|$", ENGLISH, re.M):
        options = re.findall(r"--[a-z-]+", described)
        if command == "kubectl":
            continue
        assert main([command, "--help"]) == 0
        told = capsys.readouterr().out
        for option in options:
            assert option.removeprefix("--no-") in told.replace("--no-", "--"), (command, option)


def test_each_variable_of_the_table_is_read_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "podlab").rglob("*.py"))
    for name in re.findall(r"^\| `([A-Z_]+)` \|", ENGLISH, re.M):
        assert f'"{name}"' in code


@pytest.mark.cluster
def test_the_commands_do_what_they_say(tmp_path: Path) -> None:
    environ = os.environ | {"PODLAB_HOME": str(tmp_path / "home")}
    commands = [shlex.split(line)[1:] for line in lines(ENGLISH) if line.startswith("podlab ") and line != "podlab lab"]
    try:
        for command in commands:
            done = podlab(*command, environ=environ)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert podlab("status", environ=environ).returncode in (0, 3)
    finally:
        podlab("down", "--all", environ=environ)


@pytest.mark.cluster
@pytest.mark.parametrize("code", blocks(ENGLISH, "python"))
def test_the_python_code_runs(code: str, tmp_path: Path) -> None:
    environ = os.environ | {
        "PODLAB_HOME": str(tmp_path / "home"),
        "PODLAB_CLUSTER": "embedded",
        "PYTHONPATH": str(ROOT),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], env=environ, capture_output=True, encoding="utf-8", cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert "control-plane" in done.stdout
    finally:
        podlab("down", "--all", environ=environ)


def test_environment_yml_and_pyproject_agree() -> None:
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    extras = PROJECT["optional-dependencies"]
    stated = dict(map(requirement, [*PROJECT["dependencies"], *extras["lab"], *extras["test"]]))
    stated = {CONDA_NAMES.get(name, name): conditions for name, conditions in stated.items()}
    assert conda[-1] == {"pip": ["-e .[lab,test,dev]"]}
    named = dict(map(requirement, conda[:-1]))
    assert named.pop("python") == PROJECT["requires-python"]
    named.pop("pip")
    for other in ("kubernetes-kind", "kubernetes-client"):
        assert named.pop(other, "") == ""
    assert named == {name: stated[name] for name in named}


def test_the_readme_names_the_oldest_python() -> None:
    floor = PROJECT["requires-python"].removeprefix(">=")
    assert f"Python {floor} 이상" in KOREAN
    assert f"Python {floor} or newer" in ENGLISH


def test_links_lead_somewhere() -> None:
    for file in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / file).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://|#)([^)]+)\)", text):
            assert (ROOT / target).exists(), target


def test_the_folders_to_open_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("### Which folder to open")[1].split("\n### ")[0]
    rows = re.findall(r"^\| (?!you want|---)([^|]+) \| `([^`]+)` \| (.+) \|$", table, re.M)
    assert len(rows) >= 13
    for change, folder, told in rows:
        assert (ROOT / folder).is_dir(), change
        for name in re.findall(r"`([\w/]+\.(?:py|json))`", told):
            places = (ROOT / name, ROOT / "podlab" / name, ROOT / folder / name)
            assert any(place.is_file() for place in places), (change, name)


def test_what_the_directions_call_by_name_is_in_the_folder_to_open() -> None:
    table = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("### Which folder to open")[1].split("\n### ")[0]
    )
    for folder, told in re.findall(r"^\| [^|]+ \| `(podlab/[^`]+)` \| (.+) \|$", table, re.M):
        code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
        for name in re.findall(r"`([A-Z]\w+)`", told):
            assert re.search(rf"^(?:class )?{name}\b", code, re.M), (folder, name)


def test_each_image_of_the_tables_is_simulated() -> None:
    text = (ROOT / "docs" / "embedded.md").read_text(encoding="utf-8")
    known = {image.reference.rpartition(":")[0] for image in IMAGES}
    korean, english = (part.split("\n## ")[0] for part in re.split(r"\n### (?:이미지|Images)\n", text)[1:])
    named = [re.findall(r"`([^`]+)`", row) for row in re.findall(r"^\| (`[^|]+) \|", english, re.M)]
    assert len(named) >= 8
    assert named == [re.findall(r"`([^`]+)`", row) for row in re.findall(r"^\| (`[^|]+) \|", korean, re.M)]
    for name in (name for row in named for name in row):
        assert any(f"/{reference}".endswith(f"/{name}") for reference in known), name


def test_the_workflow_uses_make_targets_that_are_there() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    for target in re.findall(r"run: make ([\w-]+)", workflow):
        assert re.search(rf"^{target}:", MAKEFILE, re.M), target
    assert "schedule" in yaml.safe_load(workflow)[True]


def podlab(*words: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environ = (environ or dict(os.environ)) | PLAIN | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "podlab", *words]
    return subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
