"""Pods that are being deleted."""

from __future__ import annotations

from podlab.diagnosis.rule import Rule
from podlab.diagnosis.symptoms import held, terminating
from podlab.text import Text

LEAVING: tuple[Rule, ...] = (
    Rule(
        "held-by-finalizers",
        held,
        Text(
            ko="삭제가 요청되었지만 파이널라이저({finalizers})가 남아 있어 파드가 사라지지 않습니다.",
            en="Deletion was asked for, but its finalizers ({finalizers}) keep the Pod from going away.",
        ),
        Text(
            ko="파이널라이저를 넣은 컨트롤러가 일을 마쳤는지 확인합니다.",
            en="Find out whether the controller that set them has finished its work.",
        ),
        "kubectl get pod {name} -o jsonpath='{{.metadata.finalizers}}'",
    ),
    Rule(
        "terminating",
        terminating,
        Text(
            ko="파드가 종료되는 중입니다. 컨테이너에는 정리할 시간이 {grace}초까지 주어집니다.",
            en="The Pod is being deleted; its containers have up to {grace} seconds to finish.",
        ),
        Text(ko="사라질 때까지 기다립니다.", en="Wait until it is gone."),
        "kubectl wait --for=delete pod/{name} --timeout=60s",
        healthy=True,
    ),
)
