"""Words of a line that kubectl takes as they stand and nobody meant so: a shell's signs, lookalike letters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

from podlab.kubectl.lookalikes import plain
from podlab.text import Text

SIGN = Text(
    ko="`{sign}`{은/는} 셸의 기호입니다. 줄을 `%kubectl` 대신 `!kubectl`로 시작하면 셸이 실행합니다.",
    en="`{sign}` is for a shell: begin the line with `!kubectl`, not `%kubectl`, and a shell runs it.",
)
LOOKS = Text(
    ko="`{word}`의 `{sign}`{은/는} 자판의 `{meant}`{과/와} 비슷하게 생긴 다른 글자입니다. 이렇게 적습니다: `{plain}`",
    en="The `{sign}` in `{word}` only looks like the keyboard's `{meant}`. It is written like this: `{plain}`.",
)

DASHES = Text(
    ko="`--` 뒤에 적은 것은 모두 컨테이너의 명령입니다. kubectl의 옵션 `{option}`{은/는} 그 앞에 적습니다: "
    "`%kubectl {line}`",
    en="All behind `--` is the container's command. An option of kubectl's, as `{option}`, stands before it: "
    "`%kubectl {line}`.",
)
BEHIND = Text(
    ko="파드의 이름 뒤에 적은 것은 모두 컨테이너의 명령입니다. 네임스페이스는 인자로 적습니다: "
    '`kubectl.exec({call}, namespace="{name}")`',
    en="All behind the Pod's name is the container's command. The namespace is an argument: "
    '`kubectl.exec({call}, namespace="{name}")`.',
)
SPACED = Text(
    ko="쉼표 뒤에는 공백을 두지 않습니다: `%kubectl {line}`",
    en="No blank stands behind a comma: `%kubectl {line}`.",
)
OWN_N = ("head", "tail", "sed", "grep", "cat", "echo", "sort", "nl", "sh", "bash")
"""Programs that know a `-n` themselves."""


def shell_sign(words: Iterable[str]) -> Text | None:
    """The first word that is for a shell, before what a container is told."""
    for word in _own(words):
        if found := re.match(r"(\||\|\||&&|&|;|<|2?>>?|2>&1)$|(>>?)[\w./~-]+$", word):
            return SIGN.format(sign=found[1] or found[2])
    return None


def lookalike(words: Iterable[str]) -> Text | None:
    """The first word with a quotation mark, a dash or the like that is not the keyboard's."""
    for word in _own(words):
        if found := re.search(r"^[–—−－‑]+(?=\w)|[“”‘’；：，＝（）]", word):
            meant = plain(found[0])
            bare = re.sub("^([\"'])(.*)\\1$", r"\2", plain(word))
            bare = re.sub("^-(?=[a-z-]{3})", "--", bare) if found[0] in "–—" else bare
            return LOOKS.format(word=word, sign=found[0], meant=meant, plain=bare.rstrip(";"))
    return None


def quoted(words: Iterable[str]) -> Text | None:
    """A word between quotation marks that are part of it, where nothing went wrong: no name can be so."""
    return lookalike(word for word in _own(words) if re.match("^[“‘].*[”’]$", word) and " " not in word)


def spaced(words: Iterable[str]) -> Text | None:
    """Types or names with a blank behind their comma, which kubectl takes for the next word."""
    given = list(words)
    line = re.sub(r",\s+(?=\w)", ",", shlex.join(given))
    return SPACED.format(line=line) if any(re.match(r"[a-z][\w.-]*,$", word) for word in given[1:-1]) else None


def behind_dashes(words: Iterable[str]) -> Text | None:
    """A namespace for kubectl that stands behind `--`, where all is the container's, and its command failed."""
    given = list(words)
    at = given.index("--") if "--" in given else len(given)
    told = given[at + 1 :]
    from_here = _namespace_in(told)
    if given[:1] != ["exec"] or not from_here:
        return None
    option = told[from_here:]
    line = shlex.join([*given[:at], *option, "--", *told[:from_here]])
    return DASHES.format(option=shlex.join(option), line=line)


def behind_name(pod: str, told: Sequence[str]) -> Text | None:
    """The same of a call in Python, where what follows the Pod's name is the container's."""
    at = _namespace_in(told)
    if not at:
        return None
    name = told[-1].rpartition("=")[2]
    return BEHIND.format(call=", ".join(f'"{word}"' for word in (pod, *told[:at])), name=name)


def _namespace_in(told: Sequence[str]) -> int:
    """Where a namespace for kubectl stands at the end of a container's command; 0 for nowhere."""
    if told and told[-1].startswith("--namespace="):
        return len(told) - 1
    if len(told) < 3 or told[-2] not in ("-n", "--namespace"):
        return 0
    mine = told[-2] == "-n" and (told[-1].isdigit() or (told[0] in OWN_N and not re.match("default$|kube-", told[-1])))
    return 0 if mine else len(told) - 2


def _own(words: Iterable[str]) -> list[str]:
    """The words before `--`: those behind it are the container's."""
    given = list(words)
    return given[: given.index("--")] if "--" in given else given
