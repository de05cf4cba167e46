"""The panels' JavaScript, checked as the Python is: layout (prettier), types (tsc over JSDoc), size (eslint).

python tools/javascript.py [--fix]

Where npm is not there it says so and passes; in CI (CI=true) that is a failure. What was found in order is not
looked at again until a file, a rule or a tool is another.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import npm

ROOT = Path(__file__).resolve().parents[1]
FILES = "podlab/**/*.js"
PACKAGES = ["eslint", "prettier", "typescript"]
LONGEST = 60
"""Lines of a function."""
CHECKED = npm.FOLDER / "checked"
"""The state that was in order."""
TYPES = {
    "compilerOptions": {
        "allowJs": True,
        "checkJs": True,
        "noEmit": True,
        "incremental": True,
        "tsBuildInfoFile": str(npm.FOLDER / "tsc.tsbuildinfo"),
        "strict": True,
        "types": [],
        "target": "es2022",
        "module": "esnext",
        "lib": ["dom", "dom.iterable", "es2022"],
    },
    "include": [str(ROOT / FILES)],
}
RULES = f"""export default [{{
  files: ["**/*.js"],
  rules: {{ "max-lines-per-function": ["error", {LONGEST}], "no-unused-expressions": "error" }},
}}];
"""


def commands(fix: bool) -> list[list[str]]:
    """What is run, from the root."""
    settings = npm.FOLDER / "tsconfig.json"
    settings.write_text(json.dumps(TYPES), encoding="utf-8")
    rules = npm.FOLDER / "eslint.config.mjs"
    rules.write_text(RULES, encoding="utf-8")
    tools = npm.MODULES / ".bin"
    return [
        [
            str(tools / "prettier"),
            "--print-width",
            "120",
            "--log-level",
            "warn",
            "--cache",
            "--cache-location",
            str(npm.FOLDER / "prettier.json"),
            "--write" if fix else "--check",
            FILES,
        ],
        [str(tools / "tsc"), "-p", str(settings)],
        [
            str(tools / "eslint"),
            "--config",
            str(rules),
            "--cache",
            "--cache-location",
            str(npm.FOLDER / "eslint.json"),
            "podlab",
        ],
    ]


def state_of(files: list[Path]) -> str:
    """What the outcome follows from."""
    told = hashlib.sha256(Path(__file__).read_bytes() + repr(npm.VERSIONS).encode())
    for file in files:
        told.update(f"\n{file.relative_to(ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    return told.hexdigest()


def main(fix: bool) -> int:
    """The exit code: 0 when all is well."""
    if why := npm.install(PACKAGES):
        print(f"JavaScript: NOT CHECKED: {why}")
        return int(os.environ.get("CI") == "true")
    state = state_of(sorted(ROOT.glob(FILES)))
    if not fix and CHECKED.exists() and CHECKED.read_text(encoding="utf-8") == state:
        return 0
    code = max(subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands(fix))
    if not code and not fix:
        CHECKED.write_text(state, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main("--fix" in sys.argv[1:]))
