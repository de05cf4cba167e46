"""`podlab doctor`: what is missing, why it matters, and the command that mends it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from podlab.clusters import choice, state
from podlab.clusters.doctor import doctor
from podlab.clusters.machine.probe import Machine
from podlab.commands import terminal
from podlab.commands.options import ClusterOption, LanguageOption, speak


def run(
    cluster: ClusterOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts. 스크립트용.")] = False,
    language: LanguageOption = None,
) -> None:
    """Look for what may go wrong; exit code 1 where something must be mended. 문제를 찾아 고치는 방법을 알려 줍니다."""
    speak(language)
    wants_kind = choice.parse(cluster).kind == "kind"
    findings = doctor.examine(Machine(), state.home(), for_kind=wants_kind)
    if as_json:
        print(json.dumps([finding.as_dict() for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            terminal.show(finding)
    if doctor.worst(findings) == "error":
        raise typer.Exit(terminal.FAILED)
