"""The command line, `podlab` and `python -m podlab`: what scripts rely on is documented in README."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from podlab.errors import PodlabError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    _speak_utf8()
    if words[:1] == ["kubectl"]:  # nothing of it is ours to parse
        from podlab.commands import kubectl

        return _run(lambda: kubectl.run(words[1:]))
    return _run(lambda: _app(words))


def _app(words: list[str]) -> int:
    import typer

    from podlab.commands import terminal, usage

    try:
        return int(_commands()(words, prog_name="podlab", standalone_mode=False) or 0)
    except usage.UsageError as error:
        return usage.fail(error, words)
    except typer.Abort:  # a question that nobody answered
        return terminal.FAILED


@cache
def _commands() -> Callable[..., Any]:
    """What reads a command line and runs it."""
    import typer

    from podlab.commands import clock, clusters, doctor, lab, node, progress, site, workshop

    app = typer.Typer(
        name="podlab",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Learn Kubernetes Pods by doing. Kubernetes 파드를 직접 해 보며 배웁니다.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command("lab")(lab.run)
    app.command("up")(clusters.up)
    app.command("down")(clusters.down)
    app.command("status")(clusters.status)
    app.command("kubeconfig")(clusters.kubeconfig)
    app.command("kubectl", help="Everything kubectl does here. kubectl 명령을 그대로 씁니다.")(lambda: None)
    app.command("reset")(lab.reset)
    app.command("progress")(progress.run)
    app.command("clock")(clock.run)
    app.command("node")(node.run)
    app.command("doctor")(doctor.run)
    room = typer.Typer(no_args_is_help=True, help="Seats for a room of learners. 여러 사람이 함께 쓰는 교실.")
    for command in (workshop.seats, workshop.check, workshop.reset, workshop.remove):
        room.command(command.__name__)(command)
    app.add_typer(room, name="workshop")
    tab = typer.Typer(no_args_is_help=True, help="The lessons as a static site. 정적 사이트로 된 수업.")
    tab.command("build")(site.build)
    tab.command("serve")(site.serve)
    app.add_typer(tab, name="site")
    return typer.main.get_command(app)


def _run(command: Callable[[], int]) -> int:
    from podlab.commands import terminal

    try:
        return command()
    except PodlabError as error:
        return terminal.fail(error)
    except KeyboardInterrupt:
        return terminal.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return terminal.FAILED


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
