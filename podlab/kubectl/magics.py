"""`%kubectl …` and `%%manifest FILE` for a notebook.

`%kubectl` takes a kubectl command line as it stands in any text about kubectl. `%%manifest` writes its cell to a file
and says whether it can be one.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podlab.client import Client
from podlab.errors import ManifestError, PodlabError
from podlab.kubectl import line as commandline
from podlab.kubectl.commandline import odd
from podlab.kubectl.commandline.hints import doubt, miscased
from podlab.kubectl.commandline.parse import words_of
from podlab.kubectl.commandline.preferences import preferred
from podlab.kubectl.commandline.wording import in_words
from podlab.kubectl.kubectl import Kubectl
from podlab.kubectl.manifests import doubts
from podlab.kubectl.manifests.documents import parse, strange
from podlab.kubectl.manifests.kustomizationfile import FILES
from podlab.kubectl.manifests.manifest import what_is_missing
from podlab.kubectl.manifests.repeated import repeated
from podlab.kubectl.output import Output
from podlab.text import Text

WRITTEN = Text(ko="{name} 파일에 저장했습니다: {objects}", en="Saved as {name}: {objects}")
EMPTY = Text(ko="비어 있습니다. 매니페스트가 아직 없습니다.", en="it is empty, so there is no manifest in it yet.")
NAMELESS = Text(ko="이름 없음", en="no name")
TWICE = Text(
    ko="`%%kubectl` 뒤에 명령이 없습니다. 그 아래의 줄은 명령이 아니라 명령이 읽을 매니페스트입니다.",
    en="There is no command behind `%%kubectl`. The lines below it are no commands, but a manifest for one to read.",
)
ONCE = Text(ko="명령은 % 하나로 적습니다: `%kubectl {line}`", en="A command takes one %: `%kubectl {line}`.")
USAGE = Text(
    ko="`%%manifest` 뒤에 파일 이름을 씁니다. 예: %%manifest nginx-pod.yaml",
    en="`%%manifest` takes a file name, such as %%manifest nginx-pod.yaml",
)


@dataclass(slots=True)
class Magics:
    """The two magics of one notebook."""

    shell: Any

    def kubectl(self, line: str, cell: str | None = None) -> Output | None:
        """`%kubectl get pods`: the Output; `%%kubectl apply -f -` reads the cell."""
        if not line.strip() and cell and cell.strip():
            raise PodlabError(TWICE, ONCE.format(line=cell.strip().splitlines()[0].removeprefix("kubectl ")))
        meant = preferred(list(words_of(line)))
        if meant.warning:
            sys.stderr.write(meant.warning)
        output, _, error = commandline.run(
            meant.words,
            lambda given: commandline.connected(self._bound(), commandline.with_policy(given, meant)),
            stdin=io.BytesIO((cell or "").encode()),
            line=f"kubectl {line}".rstrip(),
        )
        if error is not None:
            found = odd.shell_sign(meant.words) or odd.lookalike(meant.words) or odd.spaced(meant.words)
            error.hint = found or error.hint
            error.output = output
            raise error
        beyond = odd.behind_dashes(meant.words) if output and output.exit_code else None
        asked = beyond or (question(cell) if cell and _reads_files(meant.words) else None)
        if found := odd.shell_sign(meant.words) or odd.quoted(meant.words) or asked:
            sys.stderr.write(f"→ {found}\n")
        return output

    def manifest(self, line: str, cell: str = "") -> None:
        """`%%manifest nginx-pod.yaml`: write the cell to the file, and say what is in it or what is wrong with it."""
        name = line.strip().strip("\"'")
        if not name:
            raise ManifestError(USAGE)
        print(write_manifest(Path(name), name, cell))

    def _bound(self) -> Kubectl:
        """The notebook's `kubectl`, else one for the kubeconfig of this process."""
        found = self.shell.user_ns.get("kubectl")
        return found if isinstance(found, Kubectl) else Kubectl(Client())


def _reads_files(words: Sequence[str]) -> bool:
    return any(re.match("-f|--filename", word) for word in words)


QUESTIONS = (
    doubts.glued,
    miscased,
    doubts.unquoted,
    doubt,
    doubts.podless,
    doubts.misplaced,
    doubts.curly,
    doubts.imaged,
)
"""What is asked of each object that was written down; the first that knows something speaks."""


def write_manifest(path: Path, name: str, text: str) -> Text:
    """Write the file, and the sentence about it: the same whether the file was new or not.

    Raises:
        ManifestError: it cannot be written; or, when it is written, that it is no YAML or no object, and where.
    """
    store(path, name, text)
    try:
        found = list(parse(text, name))
        layer = path.name in FILES and all(isinstance(each.obj, dict) for each in found)
        wrong = "" if layer else next(filter(None, (what_is_missing(each.obj) for each in found)), "")
        if wrong:
            line = f'error: error validating "{name}": error validating data: {wrong}'
            raise ManifestError(
                line, strange(text, name) or next(filter(None, (miscased(each.obj) for each in found)), None)
            )
    except ManifestError as error:
        raise in_words(error, str(error)) from None
    if not found:
        return WRITTEN.format(name=name, objects=EMPTY)
    if layer:
        return WRITTEN.format(name=name, objects="Kustomization")
    said, hint = WRITTEN.format(name=name, objects=_listed([each.obj for each in found])), question(text)
    return Text(f"{said.ko}\n→ {hint.ko}", f"{said.en}\n→ {hint.en}") if hint else said


def question(text: str) -> Text | None:
    """What may be wrong in a manifest although it can be read."""
    try:
        found = [each.obj for each in parse(text, "") if isinstance(each.obj, dict)]
    except ManifestError:
        return None
    asked = (each(obj) for obj in found for each in QUESTIONS)
    return (repeated(text) if found else None) or next(filter(None, asked), None)


def store(path: Path, name: str, text: str) -> None:
    """Put the text into the file, whole or not at all.

    Raises:
        ManifestError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")  # a full disk must not cost what the file held
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # a name with NUL, a text with half a surrogate pair
        said = getattr(error, "strerror", None) or str(error)
        raise ManifestError(f"error: open {name}: {said.lower()}", NOT_WRITTEN) from error


NOT_WRITTEN = Text(
    ko="파일을 쓸 수 없습니다. 폴더의 쓰기 권한과 디스크의 남은 공간을 확인합니다.",
    en="The file cannot be written. See whether the folder is writable and the disk has room.",
)


def _listed(objects: list[dict[str, Any]]) -> Text:
    heads = [(obj["kind"], obj.get("metadata")) for obj in objects]
    names = [(kind, head.get("name") if isinstance(head, dict) else None) for kind, head in heads]
    ko, en = (", ".join(f"{kind} {name or NAMELESS.in_(which)}" for kind, name in names) for which in ("ko", "en"))
    return Text(ko, en)


def load_ipython_extension(shell: Any) -> None:
    """Register the magics; a second time changes nothing."""
    magics = Magics(shell)
    shell.register_magic_function(magics.kubectl, "line_cell", "kubectl")
    shell.register_magic_function(magics.manifest, "cell", "manifest")
