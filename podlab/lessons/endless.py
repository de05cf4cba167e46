"""A cell that may never end, told before it begins: what waits for somebody to type, or goes on until it is stopped."""

from __future__ import annotations

import re

from podlab.text import Text

STOP = Text(
    ko="`{line}` 명령은 스스로 끝나지 않을 수 있습니다. 멈추려면 도구 모음의 ■ 단추를 누르십시오.",
    en="`{line}` may not end by itself. The ■ in the toolbar stops it.",
)
DOCKER = Text(
    ko="docker의 컨테이너는 클러스터가 아니라 이 컴퓨터에서 실행되고, 셀은 그것이 끝날 때까지 기다립니다. ■ 단추로 "
    "멈추고 파드로 하십시오: `%kubectl run web --image=nginx`",
    en="A container of docker's runs on this computer, not in the cluster, and the cell waits until it ends. Stop it "
    "with ■, and make a Pod: `%kubectl run web --image=nginx`",
)
TYPED = Text(
    ko="셀에는 글자를 칠 터미널이 없습니다. 명령을 하나씩 적으십시오: `%kubectl exec web -- ls /`. 셸은 터미널에서 "
    "엽니다(파일 > 새로 만들기 > 터미널). 셀이 끝나지 않으면 ■ 단추로 멈춥니다.",
    en="A cell has no terminal to type into. Give one command at a time: `%kubectl exec web -- ls /`. A shell is for a "
    "terminal (File > New > Terminal). If the cell does not end, ■ stops it.",
)
INSIDE = Text(
    ko="{address} 같은 파드의 주소에는 클러스터 안에서만 닿습니다. 파드에서 물으십시오: "
    "`%kubectl exec web -- curl http://{address}`. 셀이 끝나지 않으면 ■ 단추로 멈춥니다.",
    en="An address such as {address} can be reached from within the cluster only. Ask in a Pod: "
    "`%kubectl exec web -- curl http://{address}`. If the cell does not end, ■ stops it.",
)
WATCHED = Text(
    ko="`{line}` 명령은 멈출 때까지 계속되고, 여기서는 멈춘 뒤에야 나온 것을 보여 줍니다. ■ 단추로 멈추십시오. "
    "바뀌는 모습은 `PodBoard(kubectl)`에서 바로 보입니다.",
    en="`{line}` goes on until it is stopped, and here it shows what came only then. The ■ in the toolbar stops it. "
    "`PodBoard(kubectl)` shows changes as they happen.",
)
FORWARDED = Text(
    ko="`{line}` 명령은 멈출 때까지 셀을 붙들고 있습니다. ■ 단추로 멈추고 패널을 쓰십시오: "
    '`PortForward(kubectl, "pod/web", 80)`',
    en="`{line}` keeps the cell until it is stopped. Stop it with ■, and take the panel: "
    '`PortForward(kubectl, "pod/web", 80)`',
)
TYPING = r"(?:-it|-ti|-i|-t|--stdin|--tty)\b"
ENDLESS: tuple[tuple[str, Text], ...] = (
    (rf"[!%]\s*%?kubectl\s(?:.*\s)?(?:exec|run|attach|debug)\s(?:(?!--\s).)*?{TYPING}", TYPED),
    (r"kubectl\.(?:exec|run|attach|debug)\(.*\b(?:tty|stdin)\s*=\s*True", TYPED),
    (r"[!%]\s*%?kubectl\s+exec\s.*?\s(?:--\s+)?(?:/bin/)?(?:ba|a)?sh\s*$", TYPED),
    (r"(?:\w+\s*=\s*)?kubectl\.exec\([^,]+,\s*['\"](?:/bin/)?(?:ba|a)?sh['\"]\s*(?:,\s*\w+\s*=[^,]*)*\)\s*$", TYPED),
    (r"(?:\w+\s*=\s*)?kubectl\.\w+\(.*\b(?:watch|watch_only|follow)\s*=\s*True", WATCHED),
    (r"!\s*(?:curl|wget|ping|nc|telnet|nslookup)\b.*?\b(?P<address>10\.\d+\.\d+\.\d+)", INSIDE),
    (r"!\s*(?:sudo\s+)?(?:docker|podman|nerdctl)\s+(?:container\s+)?run\b(?!.*(?:\s-\w*d\w*\b|--detach))", DOCKER),
    (r"!\s*(?:sudo\s+)?(?:docker|podman|nerdctl)\s+(?:attach|start\s.*-\w*a|logs\b.*\s(?:-f\b|--follow))", STOP),
    (r"!\s*(?:sudo\s+)?(?:docker|podman|nerdctl)[ -]compose\s+(?:\S+\s+)*up\b(?!.*(?:\s-d\b|--detach))", STOP),
    (r"%\s*kubectl\s.*?(?:\s(?:-w|--watch|--follow)\b(?!=false)|\blogs\b.*?\s-f\b)", WATCHED),
    (r"%\s*kubectl\s+port-forward\b", FORWARDED),
    (r"%\s*kubectl\s+proxy\b|(?:\w+\s*=\s*)?kubectl\.proxy\(", STOP),
    (r"!\s*(?:podlab )?kubectl\s.*?(?:\s(?:-w|--watch|--follow)\b(?!=false)|\blogs\b.*?\s-f\b)", STOP),
    (r"!\s*(?:podlab )?kubectl\s+(?:port-forward|proxy|edit)\b", STOP),
    (r"!\s*(?:ping\s(?!.*-c)|tail\s+.*-[fF]|watch\s|top\s*$|htop|vim?\b|nano\b|less\s|more\s|man\s|ssh\s)", STOP),
    (r"!\s*(?:(?:ba|z)?sh|python3?|node|cat|yes|sleep\s+(?:infinity|\d{3,}))\s*$", STOP),
    (r"!\s*(?:podlab\s+(?:lab|site\s+serve)|jupyter\s+(?:lab|notebook)|python3?\s+-m\s+http\.server)\b", STOP),
)
"""The first that a line matches is told; shell lines that end by themselves are not here."""


def hint_for(cell: str) -> Text | None:
    """What to know before the cell runs; None where all of it ends by itself."""
    if cell.lstrip().startswith("%%"):
        return None
    for line in map(str.strip, cell.splitlines()):
        for pattern, hint in ENDLESS:
            if found := re.match(pattern, line):
                return hint.format(**{"line": line.lstrip("!% "), **found.groupdict()})
    return None
