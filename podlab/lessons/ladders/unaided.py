"""Hints for a Pod that was made without a manifest that a lesson knows, by what keeps it from being Ready."""

from __future__ import annotations

from podlab.lessons.ladders.steps import steps

IMAGE = steps(
    ("노드가 이미지를 가져오지 못하고 있습니다", "the node cannot get the image"),
    (
        '`kubectl.describe("pod", "{name}")`의 Image에서 이름과 태그의 철자를 보십시오',
        'see how name and tag are spelt at Image in `kubectl.describe("pod", "{name}")`',
    ),
    (
        '`kubectl.delete("pod", "{name}", now=True)`로 지우고, `nginx:latest`처럼 있는 이미지로 다시 만드십시오',
        'run `kubectl.delete("pod", "{name}", now=True)`, and make it again of an image that there is, such as '
        "`nginx:latest`",
    ),
)
CRASH = steps(
    ("컨테이너의 프로세스가 시작하자마자 끝납니다", "the container's process ends as soon as it has begun"),
    ("끝난 까닭은 그 프로세스의 로그와 종료 코드에 있습니다", "its log and its exit code say why it has ended"),
    (
        '`kubectl.logs("{name}", previous=True)`를 읽고 파드를 지운 다음, 계속 실행되는 명령으로 다시 만드십시오',
        'read `kubectl.logs("{name}", previous=True)`, delete the Pod, and make it again with a command that goes on '
        "running",
    ),
)
UNSCHEDULED = steps(
    ("스케줄러가 맞는 노드를 찾지 못했습니다", "the scheduler has found no node that fits"),
    (
        "이벤트 `FailedScheduling`이 노드마다 왜 안 되는지 적습니다",
        "the Event `FailedScheduling` says for each node why not",
    ),
    (
        "파드를 지우고, 그 이벤트가 말하는 것(요청한 양, `nodeSelector`)을 고쳐 다시 만드십시오",
        "delete the Pod, and make it again without what that Event complains of: too large a request, a `nodeSelector`",
    ),
)
CONFIG = steps(
    (
        "컨테이너를 시작하는 데 필요한 컨피그맵이나 시크릿, 또는 그 키가 없습니다",
        "a ConfigMap or Secret that the container needs, or a key of it, is not there",
    ),
    (
        '`kubectl.describe("pod", "{name}")`의 Events에 무엇이 없는지 나옵니다',
        'the Events of `kubectl.describe("pod", "{name}")` say what is missing',
    ),
    (
        '`kubectl.describe("configmaps")`로 이름과 키를 보고, 파드가 찾는 이름과 키로 만드십시오. 생기면 파드는 저절로 '
        "시작합니다",
        'see names and keys with `kubectl.describe("configmaps")`, and make what the Pod asks for: once it is there, '
        "the Pod starts by itself",
    ),
)
OTHER = steps(
    ("파드에 일어난 일은 이벤트가 알려 줍니다", "Events tell what has happened to a Pod"),
    (
        '`kubectl.describe("pod", "{name}")`의 Events에서 `Warning`인 줄을 찾으십시오',
        'find the lines that say `Warning` in the Events of `kubectl.describe("pod", "{name}")`',
    ),
    (
        "마지막 `Warning`이 말하는 값을 고쳐, 파드를 지우고 다시 만드십시오",
        "mend the value that the last `Warning` names: delete the Pod, and make it again",
    ),
)
LADDERS = {
    **dict.fromkeys(("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"), IMAGE),
    **dict.fromkeys(("CrashLoopBackOff", "Error", "Completed", "OOMKilled"), CRASH),
    "Unschedulable": UNSCHEDULED,
    "CreateContainerConfigError": CONFIG,
}
