"""The verbs: where each lives, what is said of it, and what podlab leaves to the real kubectl."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.commandline.surface import Flag, commands
from podlab.kubectl.common import Common
from podlab.text import Text

REFUSED = Text(
    ko="error: podlab에는 `{what}`{이/가} 없습니다. `podlab kubeconfig`가 알려 주는 kubeconfig로 진짜 kubectl을 "
    "씁니다.",
    en="error: podlab does not do `{what}`: use the real kubectl with the kubeconfig that `podlab kubeconfig` names.",
)


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: `module:function`, and what it does."""

    home: str
    does: Text

    def function(self) -> Callable[..., Any]:
        """What carries it out."""
        module, _, name = self.home.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(f"podlab.kubectl.verbs.{module}"), name)
        return found


def refused(what: str) -> Text:
    """The sentence about a command or a flag that kubectl has and podlab has not."""
    return REFUSED.format(what=what)


@cache
def keywords_of(verb: str) -> dict[str, str]:
    """The keyword arguments of a verb's function by their plain names: `for` → `for_`."""
    parameters = inspect.signature(VERBS[verb].function()).parameters.values()
    return {each.name.strip("_"): each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}


def accepts(verb: str, flag: Flag) -> bool:
    """Whether podlab does what the flag asks of this verb."""
    return flag.keyword in keywords_of(verb) or flag.keyword in COMMON


COMMON = tuple(each.name for each in fields(Common))


def verb_of(name: str) -> Verb:
    """The verb of a command that is in kubectl.

    Raises:
        PodlabError: it is left to the real kubectl, or kubectl has none of that name either.
    """
    if name in VERBS:
        return VERBS[name]
    if name in commands():
        raise PodlabError(refused(f"kubectl {name}"))
    raise PodlabError(f'error: unknown command "{name}" for "kubectl"')


VERBS = {
    "create": Verb(
        "create:create",
        Text(ko="파일의 오브젝트를 새로 만듭니다.", en="Create the objects of a file."),
    ),
    "create namespace": Verb("create_policy:namespace", Text(ko="네임스페이스를 만듭니다.", en="Create a namespace.")),
    "create configmap": Verb("create_config:configmap", Text(ko="컨피그맵을 만듭니다.", en="Create a ConfigMap.")),
    "create secret generic": Verb("create_config:secret", Text(ko="시크릿을 만듭니다.", en="Create a Secret.")),
    "create secret tls": Verb(
        "create_config:secret_tls",
        Text(ko="인증서와 키로 시크릿을 만듭니다.", en="Create a Secret of a certificate and its key."),
    ),
    "create secret docker-registry": Verb(
        "create_config:secret_docker_registry",
        Text(ko="이미지를 받을 때 쓰는 시크릿을 만듭니다.", en="Create a Secret for pulling images."),
    ),
    "create deployment": Verb(
        "create_workloads:deployment", Text(ko="디플로이먼트를 만듭니다.", en="Create a Deployment.")
    ),
    "create job": Verb("create_workloads:job", Text(ko="잡을 만듭니다.", en="Create a Job.")),
    "create cronjob": Verb("create_workloads:cronjob", Text(ko="크론잡을 만듭니다.", en="Create a CronJob.")),
    "create serviceaccount": Verb(
        "create_rbac:serviceaccount", Text(ko="서비스어카운트를 만듭니다.", en="Create a ServiceAccount.")
    ),
    "create role": Verb("create_rbac:role", Text(ko="롤을 만듭니다.", en="Create a Role.")),
    "create clusterrole": Verb(
        "create_rbac:clusterrole", Text(ko="클러스터롤을 만듭니다.", en="Create a ClusterRole.")
    ),
    "create rolebinding": Verb("create_rbac:rolebinding", Text(ko="롤바인딩을 만듭니다.", en="Create a RoleBinding.")),
    "create clusterrolebinding": Verb(
        "create_rbac:clusterrolebinding", Text(ko="클러스터롤바인딩을 만듭니다.", en="Create a ClusterRoleBinding.")
    ),
    "create token": Verb(
        "create_rbac:token", Text(ko="서비스어카운트의 토큰을 받습니다.", en="Ask for a ServiceAccount's token.")
    ),
    "create service clusterip": Verb(
        "create_service:clusterip", Text(ko="ClusterIP 서비스를 만듭니다.", en="Create a ClusterIP Service.")
    ),
    "create service nodeport": Verb(
        "create_service:nodeport", Text(ko="NodePort 서비스를 만듭니다.", en="Create a NodePort Service.")
    ),
    "create service loadbalancer": Verb(
        "create_service:loadbalancer", Text(ko="LoadBalancer 서비스를 만듭니다.", en="Create a LoadBalancer Service.")
    ),
    "create service externalname": Verb(
        "create_service:externalname", Text(ko="ExternalName 서비스를 만듭니다.", en="Create an ExternalName Service.")
    ),
    "create ingress": Verb("create_service:ingress", Text(ko="인그레스를 만듭니다.", en="Create an Ingress.")),
    "create quota": Verb("create_policy:quota", Text(ko="리소스쿼터를 만듭니다.", en="Create a ResourceQuota.")),
    "create priorityclass": Verb(
        "create_policy:priorityclass", Text(ko="프라이어리티클래스를 만듭니다.", en="Create a PriorityClass.")
    ),
    "create poddisruptionbudget": Verb(
        "create_policy:poddisruptionbudget",
        Text(ko="PodDisruptionBudget을 만듭니다.", en="Create a PodDisruptionBudget."),
    ),
    "apply": Verb(
        "apply:apply",
        Text(
            ko="파일의 오브젝트를 만들거나, 있으면 파일과 같게 바꿉니다.",
            en="Create a file's objects, or change them to what it says.",
        ),
    ),
    "apply view-last-applied": Verb(
        "last_applied:view", Text(ko="마지막으로 apply한 매니페스트를 보여 줍니다.", en="Show what was applied last.")
    ),
    "apply set-last-applied": Verb(
        "last_applied:set_",
        Text(ko="마지막으로 apply한 것으로 기억할 매니페스트를 정합니다.", en="Set what counts as applied last."),
    ),
    "apply edit-last-applied": Verb(
        "last_applied:edit",
        Text(ko="마지막으로 apply한 매니페스트를 편집기에서 고칩니다.", en="Edit what was applied last."),
    ),
    "diff": Verb(
        "diff:diff",
        Text(ko="apply하면 무엇이 달라지는지 보여 줍니다.", en="Show what apply would change."),
    ),
    "replace": Verb(
        "replace:replace",
        Text(ko="오브젝트를 파일의 것으로 통째로 바꿉니다.", en="Replace objects by those of a file."),
    ),
    "delete": Verb(
        "delete:delete",
        Text(ko="오브젝트를 지우고, 사라질 때까지 기다립니다.", en="Delete objects and wait until they are gone."),
    ),
    "run": Verb(
        "run:run",
        Text(ko="이미지 하나로 파드를 만듭니다.", en="Create a Pod from one image."),
    ),
    "label": Verb(
        "label:label",
        Text(ko="레이블을 붙이거나(key=value) 뗍니다(key-).", en="Set labels (key=value) or remove them (key-)."),
    ),
    "annotate": Verb(
        "label:annotate",
        Text(
            ko="어노테이션을 붙이거나(key=value) 뗍니다(key-).",
            en="Set annotations (key=value) or remove them (key-).",
        ),
    ),
    "patch": Verb(
        "patch:patch",
        Text(ko="오브젝트의 일부를 바꿉니다.", en="Change part of an object."),
    ),
    "set image": Verb(
        "settings:set_image",
        Text(ko="컨테이너의 이미지를 바꿉니다.", en="Change a container's image."),
    ),
    "scale": Verb(
        "scale:scale",
        Text(ko="레플리카 수를 바꿉니다.", en="Change the number of replicas."),
    ),
    "rollout status": Verb(
        "rollout:status",
        Text(ko="롤아웃이 끝날 때까지 진행을 보여 줍니다.", en="Follow a rollout to its end."),
    ),
    "rollout restart": Verb(
        "rollout_changes:restart",
        Text(ko="워크로드의 파드를 새로 만듭니다.", en="Make a workload's Pods anew."),
    ),
    "auth can-i": Verb(
        "auth:can_i",
        Text(ko="이 일을 할 권한이 있는지 답합니다.", en="Tell whether one may do this."),
    ),
    "api-resources": Verb(
        "discovery:api_resources",
        Text(ko="이 클러스터의 리소스 종류를 보여 줍니다.", en="List the cluster's resource types."),
    ),
    "version": Verb(
        "discovery:version",
        Text(ko="클라이언트와 서버의 버전을 보여 줍니다.", en="Show the versions of client and server."),
    ),
    "get": Verb(
        "get:get",
        Text(ko="오브젝트를 보여 줍니다.", en="Show objects."),
    ),
    "describe": Verb(
        "describe:describe",
        Text(ko="오브젝트를 이벤트까지 자세히 보여 줍니다.", en="Show objects in detail, with their Events."),
    ),
    "logs": Verb(
        "logs:logs",
        Text(ko="컨테이너가 출력한 것을 보여 줍니다.", en="Show what a container has printed."),
    ),
    "exec": Verb(
        "exec:exec_",
        Text(ko="컨테이너 안에서 명령을 실행합니다.", en="Run a command in a container."),
    ),
    "wait": Verb(
        "wait:wait",
        Text(ko="조건이 맞을 때까지 기다립니다.", en="Wait until a condition holds."),
    ),
    "explain": Verb(
        "explain:explain",
        Text(ko="필드의 뜻을 설명합니다.", en="Explain fields."),
    ),
    "events": Verb(
        "events:events",
        Text(ko="이벤트를 보여 줍니다.", en="Show Events."),
    ),
    "port-forward": Verb(
        "port_forward:port_forward",
        Text(ko="파드의 포트를 이 컴퓨터로 이어 줍니다.", en="Bring a Pod's port to this computer."),
    ),
    "expose": Verb("expose:expose", Text(ko="파드를 서비스로 노출합니다.", en="Expose Pods by a Service.")),
    "autoscale": Verb(
        "autoscale:autoscale", Text(ko="워크로드에 오토스케일러를 답니다.", en="Give a workload an autoscaler.")
    ),
    "taint": Verb("taint:taint", Text(ko="노드에 테인트를 달거나 뗍니다.", en="Set taints of Nodes, or remove them.")),
    "cordon": Verb("drain:cordon", Text(ko="노드에 새 파드가 오지 않게 합니다.", en="Keep new Pods away from a Node.")),
    "uncordon": Verb(
        "drain:uncordon", Text(ko="노드에 다시 파드가 올 수 있게 합니다.", en="Let new Pods come to a Node again.")
    ),
    "drain": Verb("drain:drain", Text(ko="노드를 비웁니다.", en="Empty a Node of its Pods.")),
    "top node": Verb("top:top_node", Text(ko="노드의 사용량을 보여 줍니다.", en="Show what Nodes use.")),
    "top pod": Verb("top:top_pod", Text(ko="파드의 사용량을 보여 줍니다.", en="Show what Pods use.")),
    "set env": Verb(
        "set_env:set_env", Text(ko="컨테이너의 환경 변수를 바꿉니다.", en="Change containers' environment variables.")
    ),
    "set resources": Verb(
        "settings:set_resources",
        Text(ko="컨테이너의 요청량과 제한을 바꿉니다.", en="Change containers' requests and limits."),
    ),
    "set serviceaccount": Verb(
        "settings:set_serviceaccount",
        Text(ko="파드 템플릿의 서비스어카운트를 바꿉니다.", en="Change the ServiceAccount of a Pod template."),
    ),
    "set selector": Verb(
        "set_env:set_selector", Text(ko="서비스의 셀렉터를 바꿉니다.", en="Change a Service's selector.")
    ),
    "set subject": Verb(
        "set_env:set_subject", Text(ko="롤바인딩에 주체를 더합니다.", en="Add subjects to a role binding.")
    ),
    "rollout history": Verb(
        "rollout_changes:history", Text(ko="롤아웃의 리비전을 보여 줍니다.", en="Show a rollout's revisions.")
    ),
    "rollout undo": Verb(
        "rollout_changes:undo", Text(ko="이전 리비전으로 돌아갑니다.", en="Go back to an earlier revision.")
    ),
    "rollout pause": Verb("rollout_changes:pause", Text(ko="롤아웃을 멈춥니다.", en="Hold a rollout.")),
    "rollout resume": Verb(
        "rollout_changes:resume", Text(ko="멈춘 롤아웃을 다시 진행합니다.", en="Let a held rollout go on.")
    ),
    "attach": Verb(
        "attach:attach", Text(ko="실행 중인 컨테이너의 입출력에 연결합니다.", en="Attach to a running container.")
    ),
    "cp": Verb("cp:cp", Text(ko="컨테이너와 파일을 주고받습니다.", en="Copy files to and from a container.")),
    "debug": Verb(
        "debug:debug",
        Text(ko="파드나 노드를 살펴볼 컨테이너를 띄웁니다.", en="Start a container for looking into a Pod or a Node."),
    ),
    "edit": Verb("edit:edit", Text(ko="오브젝트를 편집기에서 고칩니다.", en="Change an object in an editor.")),
    "proxy": Verb(
        "proxy:proxy", Text(ko="API 서버를 이 컴퓨터의 포트로 이어 줍니다.", en="Serve the API server on a local port.")
    ),
    "kustomize": Verb(
        "kustomize:kustomize",
        Text(ko="kustomization이 만드는 오브젝트를 보여 줍니다.", en="Show the objects that a kustomization builds."),
    ),
    "api-versions": Verb("discovery:api_versions", Text(ko="API 버전을 나열합니다.", en="List the API versions.")),
    "cluster-info": Verb(
        "discovery:cluster_info", Text(ko="컨트롤 플레인의 주소를 보여 줍니다.", en="Show where the control plane is.")
    ),
    "auth reconcile": Verb(
        "reconcile:reconcile",
        Text(ko="롤과 바인딩에 매니페스트의 권한을 채웁니다.", en="Give roles and bindings what a manifest allows."),
    ),
    "cluster-info dump": Verb(
        "cluster_dump:dump",
        Text(
            ko="클러스터의 오브젝트와 로그를 모아 보여 줍니다.",
            en="Show the cluster's objects and logs, to find trouble.",
        ),
    ),
    "auth whoami": Verb("auth:whoami", Text(ko="지금 누구인지 보여 줍니다.", en="Show who one is.")),
    "certificate approve": Verb(
        "certificate:approve", Text(ko="인증서 서명 요청을 승인합니다.", en="Approve a certificate signing request.")
    ),
    "certificate deny": Verb(
        "certificate:deny", Text(ko="인증서 서명 요청을 거절합니다.", en="Deny a certificate signing request.")
    ),
    "kuberc set": Verb(
        "kuberc:set_", Text(ko="kuberc 파일에 기본값이나 별칭을 적습니다.", en="Keep a default or an alias in kuberc.")
    ),
    "kuberc view": Verb("kuberc:view", Text(ko="kuberc 파일을 보여 줍니다.", en="Show kuberc.")),
    "completion": Verb(
        "completion:completion",
        Text(ko="셸의 자동 완성은 진짜 kubectl의 몫입니다.", en="A shell's completion is left to the real kubectl."),
    ),
    "plugin list": Verb("plugin:list_", Text(ko="kubectl 플러그인을 나열합니다.", en="List kubectl's plugins.")),
    "config view": Verb("config:view", Text(ko="kubeconfig를 보여 줍니다.", en="Show the kubeconfig.")),
    "config current-context": Verb(
        "config:current_context", Text(ko="현재 컨텍스트를 보여 줍니다.", en="Show the current context.")
    ),
    "config get-contexts": Verb("config:get_contexts", Text(ko="컨텍스트를 나열합니다.", en="List the contexts.")),
    "config get-clusters": Verb("config:get_clusters", Text(ko="클러스터를 나열합니다.", en="List the clusters.")),
    "config get-users": Verb("config:get_users", Text(ko="사용자를 나열합니다.", en="List the users.")),
    "config use-context": Verb(
        "config:use_context", Text(ko="현재 컨텍스트를 바꿉니다.", en="Change the current context.")
    ),
    "config set-context": Verb(
        "config:set_context", Text(ko="컨텍스트를 만들거나 고칩니다.", en="Make or change a context.")
    ),
    "config set": Verb("config_set:set_", Text(ko="kubeconfig의 값 하나를 정합니다.", en="Set one value of it.")),
    "config unset": Verb("config_set:unset", Text(ko="kubeconfig의 값 하나를 뺍니다.", en="Take one value out of it.")),
    "config set-cluster": Verb(
        "config_set:set_cluster", Text(ko="클러스터를 만들거나 고칩니다.", en="Make or change a cluster.")
    ),
    "config set-credentials": Verb(
        "config_set:set_credentials", Text(ko="사용자를 만들거나 고칩니다.", en="Make or change a user.")
    ),
    "config rename-context": Verb(
        "config:rename_context", Text(ko="컨텍스트의 이름을 바꿉니다.", en="Give a context another name.")
    ),
    "config delete-context": Verb("config:delete_context", Text(ko="컨텍스트를 지웁니다.", en="Delete a context.")),
    "config delete-cluster": Verb(
        "config:delete_cluster",
        Text(ko="kubeconfig에서 클러스터를 뺍니다.", en="Take a cluster out of the kubeconfig."),
    ),
    "config delete-user": Verb(
        "config:delete_user", Text(ko="kubeconfig에서 사용자를 뺍니다.", en="Take a user out of the kubeconfig.")
    ),
}
