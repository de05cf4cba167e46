"""What to do about a command that leaves something out: what to add, as it is written."""

from __future__ import annotations

from podlab.text import Text

MISSING: tuple[tuple[str, Text], ...] = (
    (
        r"flag needs an argument: .*?(?P<flag>--?[\w-]+)(\n|$)",
        Text(
            ko="{flag} 뒤에 값이 있어야 합니다. 예: `-n default`, `-o wide`",
            en="A value has to follow {flag}, as in `-n default` or `-o wide`.",
        ),
    ),
    (
        r"must specify one of -f and -k",
        Text(
            ko='어느 파일인지 적으십시오: `kubectl.apply("nginx-pod.yaml")`, `%kubectl apply -f nginx-pod.yaml`',
            en='Say which file: `kubectl.apply("nginx-pod.yaml")`, or `%kubectl apply -f nginx-pod.yaml`.',
        ),
    ),
    (
        r"You must provide one or more resources",
        Text(
            ko='무엇인지 적으십시오: `kubectl.delete("pod", "web")`, `%kubectl delete pod web`',
            en='Say which: `kubectl.delete("pod", "web")`, or `%kubectl delete pod web`.',
        ),
    ),
    (
        r"required argument for the logs command",
        Text(
            ko='파드 하나의 이름을 적고, 컨테이너는 따로 고릅니다: `kubectl.logs("web", container="web")`, '
            "`%kubectl logs web -c web`",
            en='Name one Pod, and its container apart: `kubectl.logs("web", container="web")`, or '
            "`%kubectl logs web -c web`.",
        ),
    ),
    (
        r'required flag\(s\) "(?P<flag>[^"]*)" not set',
        Text(
            ko="옵션 --{flag}{을/를} 더해야 합니다. 파이썬에서는 `{flag}=` 인자입니다.",
            en="The option --{flag} has to be there; in Python it is the argument `{flag}=`.",
        ),
    ),
    (
        r"at least one command for the container",
        Text(
            ko='컨테이너에서 실행할 명령을 더하십시오: `kubectl.exec("web", "ls", "/")`',
            en='Add the command to run in the container: `kubectl.exec("web", "ls", "/")`.',
        ),
    ),
    (
        r"at least one label update is required",
        Text(
            ko='붙일 것은 `=`로 이어 공백 없이 적습니다: `kubectl.label("pod", "web", "tier=front")`. 떼려면 '
            '`"tier-"`입니다.',
            en='What to put on it is one word with a `=`: `kubectl.label("pod", "web", "tier=front")`; `"tier-"` takes '
            "it off.",
        ),
    ),
    (
        r"NAME is required for run",
        Text(
            ko='파드의 이름을 먼저 적으십시오: `%kubectl run web --image=nginx`, `kubectl.run("web", image="nginx")`',
            en='The Pod\'s name comes first: `%kubectl run web --image=nginx`, or `kubectl.run("web", image="nginx")`.',
        ),
    ),
    (
        r"at least one image update is required",
        Text(
            ko='컨테이너와 이미지를 더하십시오: `kubectl.set_image("pod/web", "web=nginx:1.27")`',
            en='Add container and image: `kubectl.set_image("pod/web", "web=nginx:1.27")`.',
        ),
    ),
    (
        r"exactly one NAME is required",
        Text(
            ko='이름을 하나 적으십시오: `kubectl.create("configmap", "web", from_literal="key=value")`',
            en='Give it one name: `kubectl.create("configmap", "web", from_literal="key=value")`.',
        ),
    ),
    (
        r"must have a single resource and name",
        Text(ko="`/` 뒤에 이름을 적으십시오: `pod/web`", en="A name comes behind the `/`: `pod/web`."),
    ),
    (
        r"error: required resource not specified",
        Text(
            ko='무엇의 롤아웃인지 적으십시오: `kubectl.rollout("status", "deployment/web")`',
            en='Say whose rollout: `kubectl.rollout("status", "deployment/web")`.',
        ),
    ),
    (
        r"one or more resources must be specified as <resource> <name>",
        Text(
            ko='종류, 이름, 바꿀 것을 저마다 따옴표로 감쌉니다: `kubectl.label("pod", "web", "tier=front")`',
            en='Type, name and change have quotes of their own: `kubectl.label("pod", "web", "tier=front")`.',
        ),
    ),
    (
        r"at least one taint update is required",
        Text(
            ko='걸 것을 더하십시오: `"key=value:NoSchedule"`. 떼려면 `"key-"`입니다.',
            en='Add what to put on it: `"key=value:NoSchedule"`; `"key-"` takes it off.',
        ),
    ),
    (
        r"Required resource not specified|You must specify the type of resource",
        Text(
            ko='무엇을 볼지 적으십시오: `kubectl.get("pods")`, `kubectl.describe("pod", "web")`',
            en='Say what to look at: `kubectl.get("pods")`, `kubectl.describe("pod", "web")`.',
        ),
    ),
    (
        r"list of ports are required",
        Text(
            ko='포트를 더하십시오: `kubectl.port_forward("pod/web", "8080:80")`',
            en='Add the ports: `kubectl.port_forward("pod/web", "8080:80")`.',
        ),
    ),
    (
        r"couldn't find port via --port flag",
        Text(
            ko="이 파드나 디플로이먼트에는 적힌 포트가 없습니다. `port=80`(`--port=80`)처럼 포트를 더하십시오.",
            en="What you expose names no port of its own: add one, such as `port=80` (`--port=80`).",
        ),
    ),
    (
        r"does not have a named port ''",
        Text(
            ko='`kubectl.port_forward("pod/web", "8080:80")`처럼 쓰거나, 파드의 포트만 적습니다: '
            '`PortForward(kubectl, "pod/web", 80)`',
            en='It is `kubectl.port_forward("pod/web", "8080:80")`, or the port of the Pod alone: '
            '`PortForward(kubectl, "pod/web", 80)`.',
        ),
    ),
    (
        r"must specify --patch or --patch-file",
        Text(
            ko='무엇을 바꿀지 더하십시오: `patch={{"metadata": {{"labels": {{"tier": "front"}}}}}}`',
            en='Add what to change: `patch={{"metadata": {{"labels": {{"tier": "front"}}}}}}`.',
        ),
    ),
)
