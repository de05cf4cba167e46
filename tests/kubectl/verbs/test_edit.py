"""`kubectl edit`, with editors that are shell lines, and what a real kubectl 1.36 said."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from podlab.answers import Response
from podlab.errors import ApiError
from podlab.kubectl import Kubectl, line
from tests.kubectl.canned import Canned


class Strict(Canned):
    """Refuses each patch with this code."""

    code = 422

    def request(self, method: str, path: str, *, body: object = None, accept: str = "", **more: Any) -> Response:
        if method != "PATCH":
            return super().request(method, path, body=body, accept=accept, **more)
        causes = [{"field": "spec.ports[0].port", "message": "Invalid value: 0"}]
        raise ApiError({"code": self.code, "reason": "Invalid", "message": "no", "details": {"causes": causes}})


class Gone(Strict):
    """Does not know the object any more."""

    code = 404


class Late(Strict):
    """Has changed it meanwhile."""

    code = 409


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def run(client: type[Canned], change: str, *flags: str) -> tuple[str, str, int]:
        script = f"import re,sys; p=sys.argv[1]; t=open(p).read(); open({str(tmp_path / 'seen')!r},'a').write(t)"
        (tmp_path / "ed.py").write_text(f"{script}; open(p,'w').write({change})\n", encoding="utf-8")
        monkeypatch.setenv("KUBE_EDITOR", f"{sys.executable} {tmp_path / 'ed.py'}")
        said: list[tuple[str, str]] = []
        kubectl = Kubectl(client(tmp_path), folder=tmp_path)
        _, code, error = line.run(
            ["edit", "svc/web", *flags], lambda _: kubectl, echo=lambda text, where: said.append((where, text))
        )
        told = ["".join(text for where, text in said if where == each) for each in ("stdout", "stderr")]
        return told[0], re.sub(r'"\S*/kubectl-edit-\w+', '"FILE', told[1]) + (f"{error}\n" if error else ""), code

    return run


CHANGE = "t.replace('80','81')"
KEPT = 'A copy of your changes has been stored to "FILE.yaml"\n'


@pytest.mark.parametrize(
    ("client", "change", "flags", "stdout", "stderr", "code"),
    [
        (Canned, CHANGE, (), "service/web edited\n", "", 0),
        (Canned, "t + '\\n# a note\\n'", (), "", "Edit cancelled, no changes made.\n", 0),
        (Strict, CHANGE, (), "",
         f'error: services "web" is invalid\n{KEPT}error: Edit cancelled, no valid changes were saved.\n', 1),
        (Canned, "''", (), "",
         f'error: services "web" is invalid\n{KEPT}error: Edit cancelled, no valid changes were saved.\n', 1),
        (Gone, CHANGE, (), "",
         'error: services "web" could not be found on the server\n'
         'The edits you made on deleted resources have been saved to "FILE.yaml"\n', 1),
        (Late, CHANGE, (), "", 'error: services "web" could not be patched: no\n', 1),
        (Canned, "t.replace('name: web', 'name: other')", (), "",
         f"{KEPT}error: At least one of apiVersion, kind and name was changed\n", 1),
        (Canned, CHANGE, ("-o", "name"), "",
         'error: unable to match a printer suitable for the output format "name", allowed formats are: '
         "json,kyaml,yaml\n", 1),
    ],
)  # fmt: skip
def test_what_becomes_of_an_edit(
    edit: Any, client: type[Canned], change: str, flags: tuple[str, ...], stdout: str, stderr: str, code: int
) -> None:
    out, err, exit_code = edit(client, change, *flags)
    again = re.sub(r"You can run `kubectl replace -f .*` to try this update again.\n", "", err)
    assert (out, again, exit_code) == (stdout, stderr, code)
    assert (again != err) == (client is Late)


def test_the_file_is_reopened_with_what_was_not_valid(edit: Any, tmp_path: Path) -> None:
    edit(Strict, CHANGE)
    assert '# services "web" was not valid:\n# * spec.ports[0].port: Invalid value: 0\n#\n' in (
        tmp_path / "seen"
    ).read_text(encoding="utf-8")


def test_json_is_edited_as_json(edit: Any, tmp_path: Path) -> None:
    edit(Canned, "t", "-o", "json")
    assert json.loads((tmp_path / "seen").read_text(encoding="utf-8"))["kind"] == "Service"


Created = Callable[..., tuple[str, str, int]]


@pytest.fixture
def created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Created:
    """What `create --edit` says of a manifest that an editor changes, each time by the next change; its texts."""
    (tmp_path / "cm.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def run(*changes: str, flags: Sequence[str] = ()) -> tuple[str, str, int]:
        steps = "".join(f"if n == {at}: t = {change}\n" for at, change in enumerate(changes))
        script = (
            f"import sys, os; p=sys.argv[1]; t=open(p, newline='').read(); seen={str(tmp_path / 'seen')!r}\n"
            "n=open(seen).read().count('==\\n') if os.path.exists(seen) else 0\n"
            f"open(seen,'a',newline='').write(t + '==\\n')\n{steps}open(p,'w',newline='').write(t)\n"
        )
        (tmp_path / "ed.py").write_text(script, encoding="utf-8")
        monkeypatch.setenv("KUBE_EDITOR", f"{sys.executable} {tmp_path / 'ed.py'}")
        said: list[str] = []
        kubectl = Kubectl(Canned(tmp_path), folder=tmp_path)
        words = ["create", "-f", "cm.yaml", "--edit", *flags]
        _, code, error = line.run(words, lambda _: kubectl, echo=lambda text, where: said.append(text))
        told = re.sub(r'"\S*/kubectl-edit-\w+', '"FILE', "".join(said))
        return told + (f"{error}\n" if error else ""), (tmp_path / "seen").read_bytes().decode(), code

    return run


def test_what_is_created_may_be_edited_first(created: Created) -> None:
    said, seen, _ = created("t.replace('k: v', 'k: w')", flags=["-o", "jsonpath={.data.k}"])
    assert said == "w" and "\n  k: v\n" in seen


NOTHING = "Edit cancelled, no changes made.\n"
INVALID = 'error: configmaps "a" is invalid\n'
UNSAVED = f"{KEPT}error: Edit cancelled, no valid changes were saved.\n"
NOT_VALID = '# configmaps "a" was not valid:\n# * <nil>: Invalid value: "The edited file failed validation": '
BREAK = "t.replace('k: v', 'k: [')"
UNPARSED = f"{NOT_VALID}yaml: line 4: did not find expected ',' or ']'\n#\n"
UNKNOWN = (
    '# The edited file had a syntax error: resource mapping not found for name: "a" namespace: "default" from '
    '"edited-file": no matches for kind "Gadget" in version "v1"\n# ensure CRDs are installed first\n#\n'
)


@pytest.mark.parametrize(
    ("changes", "said", "above", "code"),
    [
        (["t"], NOTHING, "", 0),
        (["t + '# a note\\n'"], NOTHING, "", 0),
        (["t.replace('metadata:', 'metadata:\\n  namespace: other')"], NOTHING, "", 0),
        (["t + '---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: b}\\n'"], NOTHING, "", 0),
        ([BREAK, "t.replace('k: [', 'k: w')"], f"{INVALID}configmap/a created\n", UNPARSED, 0),
        ([BREAK], f"{INVALID}{UNSAVED}", UNPARSED, 1),
        ([BREAK, "t.replace('k: [', 'k: {')"], f"{INVALID}{INVALID}{UNSAVED}", UNPARSED, 1),
        (["''"], f"{INVALID}{UNSAVED}", f"{NOT_VALID}invalid object to validate\n#\n", 1),
        (["'# only this\\n'"], f"{INVALID}{UNSAVED}", f"{NOT_VALID}invalid object to validate\n#\n", 1),
        (["t.replace('kind: ConfigMap', '')"], f"{INVALID}{UNSAVED}", f"{NOT_VALID}kind not set\n#\n", 1),
        (["'- a\\n'"], f"{INVALID}{UNSAVED}", f"{NOT_VALID}invalid object to validate\n#\n", 1),
        (["t.replace('ConfigMap', 'Gadget')"], UNSAVED, UNKNOWN, 1),
    ],
)
def test_a_manifest_that_is_wrong_is_edited_again(
    changes: list[str], said: str, above: str, code: int, created: Created
) -> None:
    told, seen, ended = created(*changes)
    assert (told, ended) == (said, code)
    assert above in seen and (above or seen.count("==\n") == 1)


@pytest.mark.parametrize(("flag", "ending"), [("true", "\r\n"), ("false", "\n")])
def test_lines_end_as_one_wants_them(flag: str, ending: str, created: Created) -> None:
    _, seen, _ = created("t", flags=[f"--windows-line-endings={flag}"])
    assert seen.endswith(f"  name: a{ending}  namespace: default{ending}==\n")
