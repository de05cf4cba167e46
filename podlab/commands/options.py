"""The options of `podlab up`, and those that other commands have in common with it."""

from __future__ import annotations

from typing import Annotated

import typer

from podlab import text

ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="auto|embedded|kind|context:NAME",
        help="Which kind of cluster. 클러스터의 종류.",
        show_default=False,
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Agree to the first use of a context. 컨텍스트를 처음 쓰는 데 동의합니다.")
]

NameOption = Annotated[
    str | None, typer.Option("--name", help="The cluster's name. 클러스터 이름.", show_default=False)
]

ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image", metavar="NODE_IMAGE", envvar="PODLAB_NODE_IMAGE", help="kind's node image. kind의 노드 이미지."
    ),
]
KubernetesOption = Annotated[
    str | None,
    typer.Option(
        "--kubernetes", metavar="1.36", help="kind: Kubernetes' version. Kubernetes 버전.", show_default=False
    ),
]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=0, max=20, help="Nodes beside the control plane. 워커 노드의 수.")
]
RecreateOption = Annotated[
    bool, typer.Option("--recreate", help="kind: delete what is there and make it anew. 지우고 다시 만듭니다.")
]
LoadOption = Annotated[
    list[str] | None,
    typer.Option("--load", metavar="IMAGE", help="kind: put the engine's image into every node. 노드에 넣을 이미지."),
]
OfflineOption = Annotated[
    bool,
    typer.Option("--offline", help="kind: the lessons' images, and a registry, beside it. 네트워크 없이 쓸 준비."),
]
ExportOption = Annotated[
    bool, typer.Option("--export-kubeconfig", help="Add it to your own kubeconfig. 자신의 kubeconfig에도 넣기.")
]
SpeedOption = Annotated[
    float | None,
    typer.Option("--speed", min=0.001, help="An embedded cluster's seconds per second. 내장 클러스터의 배속."),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="ko|en",
        help="Instead of LANGUAGE and the locale. LANGUAGE와 로캘 대신.",
        show_default=False,
    ),
]


def speak(language: str | None) -> None:
    """Choose the language that somebody asked for.

    Raises:
        typer.BadParameter: it is none of podlab's.
    """
    try:
        text.use(language)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--language") from error
