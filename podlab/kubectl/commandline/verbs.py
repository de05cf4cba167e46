"""The verbs: where each lives, and what `--help` says of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from podlab.text import Text


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: `module:function`, its usage, and what it does."""

    home: str
    usage: str
    does: Text

    def function(self) -> Callable[..., Any]:
        """What carries it out."""
        module, _, name = self.home.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(f"podlab.kubectl.verbs.{module}"), name)
        return found


VERBS = {
    "create": Verb(
        "create:create",
        "kubectl create -f FILENAME",
        Text(ko="파일의 오브젝트를 새로 만듭니다.", en="Create the objects of a file."),
    ),
    "create namespace": Verb(
        "generators:namespace",
        "kubectl create namespace NAME",
        Text(ko="네임스페이스를 만듭니다.", en="Create a namespace."),
    ),
    "create configmap": Verb(
        "generators:configmap",
        "kubectl create configmap NAME [--from-literal=key1=value1] [--from-file=[key=]source]",
        Text(ko="컨피그맵을 만듭니다.", en="Create a ConfigMap."),
    ),
    "create secret generic": Verb(
        "generators:secret",
        "kubectl create secret generic NAME [--from-literal=key1=value1] [--from-file=[key=]source]",
        Text(ko="시크릿을 만듭니다.", en="Create a Secret."),
    ),
    "create deployment": Verb(
        "generators:deployment",
        "kubectl create deployment NAME --image=image -- [COMMAND] [args...]",
        Text(ko="디플로이먼트를 만듭니다.", en="Create a Deployment."),
    ),
    "create serviceaccount": Verb(
        "generators:serviceaccount",
        "kubectl create serviceaccount NAME",
        Text(ko="서비스어카운트를 만듭니다.", en="Create a ServiceAccount."),
    ),
    "apply": Verb(
        "apply:apply",
        "kubectl apply -f FILENAME",
        Text(
            ko="파일의 오브젝트를 만들거나, 있으면 파일과 같게 바꿉니다.",
            en="Create a file's objects, or change them to what it says.",
        ),
    ),
    "diff": Verb(
        "diff:diff",
        "kubectl diff -f FILENAME",
        Text(ko="apply하면 무엇이 달라지는지 보여 줍니다.", en="Show what apply would change."),
    ),
    "replace": Verb(
        "replace:replace",
        "kubectl replace -f FILENAME",
        Text(ko="오브젝트를 파일의 것으로 통째로 바꿉니다.", en="Replace objects by those of a file."),
    ),
    "delete": Verb(
        "delete:delete",
        "kubectl delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])",
        Text(ko="오브젝트를 지우고, 사라질 때까지 기다립니다.", en="Delete objects and wait until they are gone."),
    ),
    "run": Verb(
        "run:run",
        'kubectl run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] -- [COMMAND]',
        Text(ko="이미지 하나로 파드를 만듭니다.", en="Create a Pod from one image."),
    ),
    "label": Verb(
        "label:label",
        "kubectl label [--overwrite] TYPE NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
        Text(ko="레이블을 붙이거나(key=value) 뗍니다(key-).", en="Set labels (key=value) or remove them (key-)."),
    ),
    "annotate": Verb(
        "label:annotate",
        "kubectl annotate [--overwrite] TYPE NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
        Text(
            ko="어노테이션을 붙이거나(key=value) 뗍니다(key-).",
            en="Set annotations (key=value) or remove them (key-).",
        ),
    ),
    "patch": Verb(
        "patch:patch",
        "kubectl patch TYPE NAME -p PATCH [--type=strategic|merge|json]",
        Text(ko="오브젝트의 일부를 바꿉니다.", en="Change part of an object."),
    ),
    "set image": Verb(
        "set_image:set_image",
        "kubectl set image TYPE NAME CONTAINER_NAME=IMAGE",
        Text(ko="컨테이너의 이미지를 바꿉니다.", en="Change a container's image."),
    ),
    "scale": Verb(
        "scale:scale",
        "kubectl scale --replicas=COUNT TYPE NAME",
        Text(ko="레플리카 수를 바꿉니다.", en="Change the number of replicas."),
    ),
    "rollout status": Verb(
        "rollout:status",
        "kubectl rollout status TYPE NAME",
        Text(ko="롤아웃이 끝날 때까지 진행을 보여 줍니다.", en="Follow a rollout to its end."),
    ),
    "rollout restart": Verb(
        "rollout:restart",
        "kubectl rollout restart TYPE NAME",
        Text(ko="워크로드의 파드를 새로 만듭니다.", en="Make a workload's Pods anew."),
    ),
    "auth can-i": Verb(
        "auth:can_i",
        "kubectl auth can-i VERB TYPE",
        Text(ko="이 일을 할 권한이 있는지 답합니다.", en="Tell whether one may do this."),
    ),
    "api-resources": Verb(
        "discovery:api_resources",
        "kubectl api-resources",
        Text(ko="이 클러스터의 리소스 종류를 보여 줍니다.", en="List the cluster's resource types."),
    ),
    "version": Verb(
        "discovery:version",
        "kubectl version",
        Text(ko="클라이언트와 서버의 버전을 보여 줍니다.", en="Show the versions of client and server."),
    ),
    "get": Verb(
        "get:get",
        "kubectl get TYPE [NAME | -l label] [-o wide|yaml|json|name|jsonpath=...|custom-columns=...]",
        Text(ko="오브젝트를 보여 줍니다.", en="Show objects."),
    ),
    "describe": Verb(
        "describe:describe",
        "kubectl describe TYPE [NAME_PREFIX | -l label]",
        Text(ko="오브젝트를 이벤트까지 자세히 보여 줍니다.", en="Show objects in detail, with their Events."),
    ),
    "logs": Verb(
        "logs:logs",
        "kubectl logs [-f] [-p] POD [-c CONTAINER]",
        Text(ko="컨테이너가 출력한 것을 보여 줍니다.", en="Show what a container has printed."),
    ),
    "exec": Verb(
        "exec:exec_",
        "kubectl exec [-it] POD [-c CONTAINER] -- COMMAND [args...]",
        Text(ko="컨테이너 안에서 명령을 실행합니다.", en="Run a command in a container."),
    ),
    "wait": Verb(
        "wait:wait",
        "kubectl wait TYPE/NAME --for=condition=Ready|delete|jsonpath=... [--timeout=30s]",
        Text(ko="조건이 맞을 때까지 기다립니다.", en="Wait until a condition holds."),
    ),
    "explain": Verb(
        "explain:explain",
        "kubectl explain TYPE[.FIELD]",
        Text(ko="필드의 뜻을 설명합니다.", en="Explain fields."),
    ),
    "events": Verb(
        "events:events",
        "kubectl events [--for TYPE/NAME]",
        Text(ko="이벤트를 보여 줍니다.", en="Show Events."),
    ),
    "port-forward": Verb(
        "portforward:port_forward",
        "kubectl port-forward TYPE/NAME [LOCAL_PORT:]REMOTE_PORT",
        Text(ko="파드의 포트를 이 컴퓨터로 이어 줍니다.", en="Bring a Pod's port to this computer."),
    ),
}
GROUPS = {"create", "set", "rollout", "auth", "create secret"}
ALIASES = {
    "create ns": "create namespace",
    "create cm": "create configmap",
    "create deploy": "create deployment",
    "create sa": "create serviceaccount",
}
