"""The house style's sizes: modules, functions, folders."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("podlab", "bench", "tools", "tests")
MODULES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
LONGEST_MODULE, LONGEST_FUNCTION, FULLEST_FOLDER = 400, 40, 15
TOP = {
    *("podlab", "notebooks", "tests", "bench", "tools", "docs"),
    *("README.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "environment.yml", "pyproject.toml"),
    *(".ci", ".github", ".gitignore", ".importlinter"),
}
LISTS = {"podlab/embedded/apiserver/resources", "podlab/kubectl/verbs", "podlab/lessons"}
"""Folders with a module for each thing of a kind that may grow: a kind, a verb, a lesson."""
VERBS = ROOT / "podlab" / "kubectl" / "verbs"
"""A verb's parameters are its flags, which a learner sees with Shift+Tab; there the statements alone count."""

FUNCTION = re.compile(r"^( *)(?:async )?def .*\n(?:(?:\1[ )].*)?\n)*", re.M)
"""A function by its indentation, with the empty lines below it."""


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Functions of a module with their lengths in lines; none where a glance finds none that could be too long."""
    text = path.read_text(encoding="utf-8")
    if not any(match[0].count("\n") > LONGEST_FUNCTION for match in FUNCTION.finditer(text)):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[ast.get_docstring(node) is not None :] if path.parent == VERBS else [node]
            yield node.name, (node.end_lineno or 0) - first[0].lineno + 1 if first else 0


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
    assert len(lengths) > 900


def test_no_function_is_too_long() -> None:
    ours = [path for path in MODULES if path.parts[len(ROOT.parts)] != "tests"]
    lengths = [(str(path.relative_to(ROOT)), *each) for path in ours for each in functions(path)]
    assert [each for each in lengths if each[2] > LONGEST_FUNCTION] == []
    assert {path for path, *_ in lengths} >= {"podlab/kubectl/verbs/get.py"}  # a long one is seen at all


def test_no_folder_is_too_full() -> None:
    counts: dict[str, int] = {}
    for path in MODULES:
        if path.is_relative_to(ROOT / "podlab") and path.name != "__init__.py":
            folder = path.parent.relative_to(ROOT).as_posix()
            counts[folder] = counts.get(folder, 0) + 1
    assert {name for name, count in counts.items() if count > FULLEST_FOLDER} == LISTS


def test_nothing_strange_stands_at_the_top() -> None:
    """What a tool leaves in the folder where it is tried is easily committed with the rest."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {name.split("/")[0] for name in listed.splitlines()} == TOP
