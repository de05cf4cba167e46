"""A Pod and its Events → one sentence of what is going on, and one next step.

`FINDINGS` is read from the top: the first rule that matches decides, so the most telling signs stand first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podlab.symptoms import (
    Object,
    Values,
    all_ended,
    anything,
    assigned,
    condition,
    crashing,
    ended,
    exits_with_zero,
    fresh,
    held,
    init_failed,
    init_running,
    killed_by_liveness,
    killed_by_startup,
    mount_failed,
    not_ready,
    oom,
    phase,
    pull_failed,
    ready,
    restarted,
    restarting,
    starting,
    status,
    terminating,
    unscheduled,
    waiting,
    waits,
)
from podlab.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """What is going on with a Pod.

    Attributes:
        id: stable name of the finding, such as `image-not-found`.
        sentence: what is going on.
        evidence: where it is seen, such as `nginx-container: waiting, reason ImagePullBackOff`.
        next_step: the one thing to do now.
        command: the kubectl line that does it or shows more.
        healthy: nothing has to be mended (running, completed, on its way).
    """

    id: str
    sentence: Text
    evidence: list[str]
    next_step: Text
    command: str
    healthy: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: when it matches, and what it says then."""

    id: str
    matches: Callable[[Object, Sequence[Object]], Values | None]
    sentence: Text
    next_step: Text
    command: str
    healthy: bool = False


def diagnose(pod: Object, events: Sequence[Object] = ()) -> Finding:
    """What is going on with a Pod, from the object and its Events.

    Args:
        events: the Events about this Pod, in any order; without them less can be told.
    """
    for rule in FINDINGS:
        values = rule.matches(pod, events)
        if values is not None:
            name, namespace = pod["metadata"]["name"], pod["metadata"].get("namespace", "default")
            filled = {"name": name, "namespace": namespace, "container": "", **values}
            evidence = filled.pop("evidence", [])
            return Finding(
                rule.id,
                rule.sentence.format(**filled),
                [str(line) for line in evidence] if isinstance(evidence, list) else [],
                rule.next_step.format(**filled),
                rule.command.format(**filled),
                rule.healthy,
            )
    raise AssertionError("the last rule matches every Pod")


DESCRIBE = "kubectl describe pod {name}"
LOGS = "kubectl logs {name} -c {container}"
PREVIOUS = "kubectl logs {name} -c {container} --previous"
SEE_EVENTS = Text(
    ko="describe 출력의 Events에서 마지막 줄을 읽습니다.",
    en="Read the last lines under Events in the description.",
)
FIX_IMAGE = Text(
    ko="매니페스트의 image를 고친 뒤 다시 apply합니다. 이미지는 실행 중인 파드에서도 바꿀 수 있습니다.",
    en="Correct `image` in the manifest and apply it again; the image of an existing Pod may change.",
)

FINDINGS: tuple[Rule, ...] = (
    Rule(
        "held-by-finalizers",
        held,
        Text(
            ko="삭제가 요청되었지만 finalizer({finalizers})가 남아 있어 파드가 사라지지 않습니다.",
            en="Deletion was asked for, but its finalizers ({finalizers}) keep the Pod from going away.",
        ),
        Text(
            ko="finalizer를 넣은 컨트롤러가 일을 마쳤는지 확인합니다.",
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
    Rule(
        "evicted",
        phase("Failed", "Evicted"),
        Text(
            ko="노드에 자원이 모자라 파드가 축출(Evicted)되었습니다.",
            en="The node ran short of a resource and evicted the Pod.",
        ),
        Text(
            ko="메시지에서 모자란 자원을 확인하고, 파드를 지운 뒤 requests를 알맞게 적어 다시 만듭니다.",
            en="See in the message what ran short; delete the Pod and create it again with fitting requests.",
        ),
        DESCRIBE,
    ),
    Rule(
        "deadline-exceeded",
        phase("Failed", "DeadlineExceeded"),
        Text(
            ko="activeDeadlineSeconds가 지나 파드가 멈추었습니다.",
            en="The Pod was stopped: it outlived its activeDeadlineSeconds.",
        ),
        Text(ko="더 오래 걸려도 된다면 그 값을 늘립니다.", en="Raise that value if it may take longer."),
        DESCRIBE,
    ),
    Rule(
        "completed",
        phase("Succeeded"),
        Text(
            ko="모든 컨테이너가 종료 코드 0으로 끝났습니다. 할 일을 마친 파드입니다.",
            en="All containers ended with exit code 0: the Pod has done its work.",
        ),
        Text(ko="무엇을 출력했는지 로그로 확인합니다.", en="See in its log what it printed."),
        "kubectl logs {name}",
        healthy=True,
    ),
    Rule(
        "scheduling-gated",
        unscheduled("", "SchedulingGated"),
        Text(
            ko="schedulingGates가 남아 있어 스케줄러가 아직 이 파드를 보지 않습니다.",
            en="The Pod has schedulingGates, so the scheduler does not look at it yet.",
        ),
        Text(ko="게이트를 없애야 스케줄됩니다.", en="It is scheduled once the gates are removed."),
        "kubectl get pod {name} -o jsonpath='{{.spec.schedulingGates}}'",
    ),
    Rule(
        "insufficient-resources",
        unscheduled(r"Insufficient (?P<resource>[\w./-]+)"),
        Text(
            ko="어느 노드에도 요청한 만큼의 {resource}이(가) 남아 있지 않아 파드가 스케줄되지 못합니다.",
            en="No node has as much {resource} left as the Pod requests, so it cannot be scheduled.",
        ),
        Text(
            ko="resources.requests를 줄이거나 다른 파드를 지워 자리를 만듭니다.",
            en="Lower resources.requests, or make room by deleting other Pods.",
        ),
        "kubectl describe nodes",
    ),
    Rule(
        "no-matching-node",
        unscheduled(r"didn't match Pod's node affinity/selector"),
        Text(
            ko="nodeSelector나 노드 어피니티에 맞는 노드가 없습니다.",
            en="No node fits the Pod's nodeSelector or node affinity.",
        ),
        Text(
            ko="노드의 레이블과 매니페스트의 nodeSelector를 비교합니다.",
            en="Compare the nodes' labels with the manifest's nodeSelector.",
        ),
        "kubectl get nodes --show-labels",
    ),
    Rule(
        "untolerated-taint",
        unscheduled(r"untolerated taint"),
        Text(
            ko="노드에 이 파드가 용인(toleration)하지 않는 테인트가 있습니다.",
            en="The nodes carry a taint that the Pod does not tolerate.",
        ),
        Text(
            ko="테인트를 없애거나 파드에 toleration을 더합니다. 노드가 고장 난 것은 아닌지도 확인합니다.",
            en="Remove the taint or give the Pod a toleration; see first whether the node is healthy.",
        ),
        "kubectl describe nodes",
    ),
    Rule(
        "nodes-cordoned",
        unscheduled(r"were unschedulable"),
        Text(
            ko="노드가 스케줄 대상에서 빠져 있어(cordon) 파드를 둘 곳이 없습니다.",
            en="The nodes are cordoned, so there is no place for the Pod.",
        ),
        Text(ko="`kubectl uncordon`으로 노드를 다시 엽니다.", en="Open a node again with `kubectl uncordon`."),
        "kubectl get nodes",
    ),
    Rule(
        "unschedulable",
        unscheduled(""),
        Text(
            ko="스케줄러가 이 파드를 둘 노드를 찾지 못했습니다.",
            en="The scheduler has found no node for this Pod.",
        ),
        Text(ko="스케줄러가 말한 이유를 Events에서 읽습니다.", en="Read the scheduler's reason under Events."),
        DESCRIBE,
    ),
    Rule(
        "invalid-image-name",
        waits("InvalidImageName"),
        Text(
            ko="컨테이너 {container}의 이미지 이름 {image}은(는) 쓸 수 없는 형식입니다.",
            en="The image name of container {container}, {image}, is not a valid one.",
        ),
        FIX_IMAGE,
        DESCRIBE,
    ),
    Rule(
        "image-never-pulled",
        waits("ErrImageNeverPull"),
        Text(
            ko="imagePullPolicy가 Never인데 이미지 {image}이(가) 노드에 없습니다.",
            en="imagePullPolicy is Never, and the node does not have the image {image}.",
        ),
        Text(
            ko="이미지를 노드에 넣거나 imagePullPolicy를 IfNotPresent로 바꿉니다.",
            en="Load the image into the node, or make imagePullPolicy IfNotPresent.",
        ),
        DESCRIBE,
    ),
    Rule(
        "image-pull-limit",
        pull_failed(r"toomanyrequests|rate limit|429 Too Many"),
        Text(
            ko="레지스트리가 이 주소에서 너무 자주 내려받았다며 이미지 {image}을(를) 주지 않습니다.",
            en="The registry refuses {image}: too many pulls came from this address.",
        ),
        Text(
            ko="잠시 기다리거나, 노드에 이미 있는 태그를 씁니다.",
            en="Wait a while, or use a tag that the node already has.",
        ),
        DESCRIBE,
    ),
    Rule(
        "image-not-found",
        pull_failed(r"not found|manifest unknown|repository does not exist|pull access denied|insufficient_scope"),
        Text(
            ko="이미지 {image}을(를) 레지스트리에서 찾을 수 없습니다. 이름이나 태그가 틀렸거나, 비공개 이미지입니다.",
            en="The registry has no image {image}: its name or tag is wrong, or it is private.",
        ),
        FIX_IMAGE,
        DESCRIBE,
    ),
    Rule(
        "image-registry-unreachable",
        pull_failed(r"no such host|dial tcp|i/o timeout|connection refused|TLS handshake|x509"),
        Text(
            ko="노드가 레지스트리에 연결하지 못해 이미지 {image}을(를) 내려받지 못합니다.",
            en="The node cannot reach the registry, so it cannot pull {image}.",
        ),
        Text(
            ko="네트워크와 레지스트리의 이름을 확인합니다. 연결되면 kubelet이 스스로 다시 시도합니다.",
            en="Check the network and the registry's name; the kubelet tries again by itself.",
        ),
        DESCRIBE,
    ),
    Rule(
        "image-pull-failed",
        waits("ErrImagePull", "ImagePullBackOff", "ImageInspectError", "RegistryUnavailable"),
        Text(
            ko="컨테이너 {container}의 이미지 {image}을(를) 내려받지 못하고 있습니다.",
            en="The image {image} of container {container} cannot be pulled.",
        ),
        SEE_EVENTS,
        DESCRIBE,
    ),
    Rule(
        "missing-config",
        waits("CreateContainerConfigError", message=r'(?P<kind>configmap|secret) "(?P<missing>[^"]+)" not found'),
        Text(
            ko="컨테이너 {container}에 필요한 {kind} {missing}이(가) 없습니다.",
            en="Container {container} needs the {kind} {missing}, which is not there.",
        ),
        Text(
            ko="그 이름으로 만들면 컨테이너가 저절로 시작됩니다.",
            en="Create it under that name; the container then starts by itself.",
        ),
        "kubectl get {kind}",
    ),
    Rule(
        "missing-key",
        waits(
            "CreateContainerConfigError", message=r"couldn't find key (?P<key>\S+) in (?P<kind>\w+) (?P<missing>\S+)"
        ),
        Text(
            ko="{kind} {missing}에 키 {key}이(가) 없습니다.",
            en="The {kind} {missing} has no key {key}.",
        ),
        Text(ko="키의 이름을 맞춥니다.", en="Make the key's name the same on both sides."),
        DESCRIBE,
    ),
    Rule(
        "config-error",
        waits("CreateContainerConfigError", "CreateContainerError"),
        Text(
            ko="컨테이너 {container}을(를) 만들 수 없습니다. 설정에 문제가 있습니다.",
            en="Container {container} cannot be created: its configuration is wrong.",
        ),
        SEE_EVENTS,
        DESCRIBE,
    ),
    Rule(
        "volume-source-missing",
        mount_failed,
        Text(
            ko="볼륨에 쓸 {kind} {missing}이(가) 없어 컨테이너가 시작되지 못합니다.",
            en="The {kind} {missing} of a volume is not there, so no container can start.",
        ),
        Text(
            ko="그 이름으로 만들면 파드가 저절로 이어서 시작됩니다.",
            en="Create it under that name; the Pod then goes on by itself.",
        ),
        "kubectl get {kind}",
    ),
    Rule(
        "out-of-memory",
        oom,
        Text(
            ko="컨테이너 {container}이(가) 메모리 제한({limit})을 넘어 OOMKilled되었습니다.",
            en="Container {container} was OOMKilled: it used more memory than its limit of {limit}.",
        ),
        Text(
            ko="프로그램이 메모리를 덜 쓰게 하거나 resources.limits.memory를 늘립니다.",
            en="Make the program use less, or raise resources.limits.memory.",
        ),
        DESCRIBE,
    ),
    Rule(
        "command-not-found",
        lambda pod, events: (
            ended(pod, "StartError") or ended(pod, "ContainerCannotRun") or waiting(pod, ("RunContainerError",))
        ),
        Text(
            ko="컨테이너 {container}의 명령을 실행할 수 없습니다. 흔히 이미지에 그런 실행 파일이 없어서입니다.",
            en="The command of container {container} cannot be started; most often the image has no such file.",
        ),
        Text(
            ko="매니페스트의 command와 args를 확인합니다.",
            en="Check `command` and `args` in the manifest.",
        ),
        DESCRIBE,
    ),
    Rule(
        "init-failed",
        init_failed,
        Text(
            ko="초기화 컨테이너 {container}이(가) 종료 코드 {code}로 실패해 다음 컨테이너들이 시작되지 못합니다.",
            en="Init container {container} failed with exit code {code}, so the next containers cannot start.",
        ),
        Text(ko="그 컨테이너의 로그를 읽습니다.", en="Read that container's log."),
        LOGS,
    ),
    Rule(
        "liveness-failed",
        killed_by_liveness,
        Text(
            ko="활성 프로브가 실패해 kubelet이 컨테이너 {container}을(를) 다시 시작하고 있습니다(재시작 {restarts}번).",
            en="The liveness probe fails, so the kubelet restarts container {container} (restarts so far: {restarts}).",
        ),
        Text(
            ko="프로브의 경로와 포트가 맞는지, 프로그램이 그만큼 빨리 준비되는지 확인합니다.",
            en="Check the probe's path and port, and whether the program is up in time for it.",
        ),
        DESCRIBE,
    ),
    Rule(
        "startup-failed",
        killed_by_startup,
        Text(
            ko="컨테이너 {container}이(가) 제때 시작되지 못해 스타트업 프로브가 실패했습니다.",
            en="Container {container} did not start in time: its startup probe failed.",
        ),
        Text(
            ko="failureThreshold나 periodSeconds를 늘리거나 프로브를 고칩니다.",
            en="Raise failureThreshold or periodSeconds, or correct the probe.",
        ),
        DESCRIBE,
    ),
    Rule(
        "exits-at-once",
        exits_with_zero,
        Text(
            ko="컨테이너 {container}이(가) 종료 코드 0으로 곧 끝나는데 restartPolicy 때문에 계속 다시 시작됩니다.",
            en="Container {container} ends with exit code 0 at once, and restartPolicy starts it again and again.",
        ),
        Text(
            ko="끝나는 작업이라면 restartPolicy를 OnFailure나 Never로 하고, 아니라면 계속 실행되는 명령을 씁니다.",
            en="For work that ends, make restartPolicy OnFailure or Never; else give it a command that goes on.",
        ),
        PREVIOUS,
    ),
    Rule(
        "crash-loop",
        crashing,
        Text(
            ko="컨테이너 {container}이(가) 종료 코드 {code}로 자꾸 끝나, kubelet이 간격을 늘리며 다시 시작합니다"
            "(재시작 {restarts}번).",
            en="Container {container} keeps ending with exit code {code}; the kubelet restarts it, waiting longer each "
            "time (restarts so far: {restarts}).",
        ),
        Text(
            ko="끝난 컨테이너의 로그에서 이유를 읽습니다.",
            en="Read the reason in the log of the run that ended.",
        ),
        PREVIOUS,
    ),
    Rule(
        "node-lost",
        lambda pod, events: (
            {"evidence": ["Ready: False or Unknown, reason NodeLost"]}
            if status(pod).get("reason") == "NodeLost" or status(pod).get("phase") == "Unknown"
            else None
        ),
        Text(
            ko="노드와 연락이 끊겨 파드가 어떤 상태인지 알 수 없습니다.",
            en="The node does not answer, so the Pod's state is not known.",
        ),
        Text(ko="노드의 상태를 봅니다.", en="Look at the node."),
        "kubectl get nodes",
    ),
    Rule(
        "failed",
        lambda pod, events: (
            phase("Failed")(pod, events) and (ended(pod) or {"evidence": ["phase: Failed"], "code": "?"})
        ),
        Text(
            ko="컨테이너 {container}이(가) 종료 코드 {code}로 끝났고, restartPolicy에 따라 다시 시작되지 않습니다.",
            en="Container {container} ended with exit code {code}, and restartPolicy does not start it again.",
        ),
        Text(ko="로그에서 이유를 읽습니다.", en="Read the reason in its log."),
        "kubectl logs {name} --all-containers",
    ),
    Rule(
        "starting-up",
        starting,
        Text(
            ko="컨테이너 {container}이(가) 실행되었고, 스타트업 프로브가 성공하기를 기다립니다.",
            en="Container {container} runs; its startup probe has not succeeded yet.",
        ),
        Text(ko="조금 더 기다립니다.", en="Wait a little longer."),
        "kubectl get pod {name} --watch",
        healthy=True,
    ),
    Rule(
        "last-run-failed",
        lambda pod, events: None if condition(pod, "Ready").get("status") == "True" else restarting(pod),
        Text(
            ko="컨테이너 {container}이(가) 종료 코드 {code}로 끝나 다시 시작되고 있습니다.",
            en="Container {container} ended with exit code {code} and is being started again.",
        ),
        Text(ko="끝난 컨테이너의 로그에서 이유를 읽습니다.", en="Read the reason in the log of the run that ended."),
        LOGS,
    ),
    Rule(
        "ending",
        lambda pod, events: all_ended(pod),
        Text(
            ko="모든 컨테이너가 종료 코드 0으로 끝났고, 파드의 phase가 곧 Succeeded가 됩니다.",
            en="All containers ended with exit code 0; the Pod's phase is about to be Succeeded.",
        ),
        Text(ko="무엇을 출력했는지 로그로 확인합니다.", en="See in its log what it printed."),
        "kubectl logs {name}",
        healthy=True,
    ),
    Rule(
        "init-running",
        init_running,
        Text(
            ko="초기화 컨테이너 {container}이(가) 실행되는 중입니다. 끝나야 다음 컨테이너가 시작됩니다.",
            en="Init container {container} is running; the next container starts when it has ended.",
        ),
        Text(ko="오래 걸리면 그 로그를 봅니다.", en="If it takes long, look at its log."),
        LOGS,
        healthy=True,
    ),
    Rule(
        "not-ready",
        not_ready,
        Text(
            ko="컨테이너 {container}은(는) 실행 중이지만 준비되지 않았습니다(준비성 프로브). "
            "서비스는 이 파드로 요청을 보내지 않습니다.",
            en="Container {container} runs but is not ready (readiness probe), so Services send it no requests.",
        ),
        Text(
            ko="프로브가 무엇을 묻는지와 프로그램이 무엇을 답하는지 비교합니다.",
            en="Compare what the probe asks with what the program answers.",
        ),
        DESCRIBE,
    ),
    Rule(
        "restarted",
        restarted,
        Text(
            ko="파드는 준비되었습니다. 다만 컨테이너가 {restarts}번 다시 시작되었습니다.",
            en="The Pod is ready, but its containers have been restarted (count: {restarts}).",
        ),
        Text(ko="왜 다시 시작되었는지 Last State에서 봅니다.", en="See under Last State why they did."),
        DESCRIBE,
        healthy=True,
    ),
    Rule(
        "ready",
        ready,
        Text(ko="파드가 실행 중이고 준비되었습니다.", en="The Pod is running and ready."),
        Text(ko="더 할 일이 없습니다.", en="There is nothing to mend."),
        "kubectl get pod {name} -o wide",
        healthy=True,
    ),
    Rule(
        "not-yet-scheduled",
        fresh,
        Text(
            ko="파드가 만들어졌고, 스케줄러가 노드를 고르기를 기다립니다.",
            en="The Pod has been created and waits for the scheduler to choose a node.",
        ),
        Text(
            ko="잠깐 기다립니다. 오래 걸리면 Events를 봅니다.",
            en="Wait a moment; if it takes long, look at its Events.",
        ),
        DESCRIBE,
        healthy=True,
    ),
    Rule(
        "creating",
        lambda pod, events: waiting(pod, ("ContainerCreating", "PodInitializing")) or assigned(pod),
        Text(
            ko="노드가 정해졌고, kubelet이 이미지를 내려받고 컨테이너를 만드는 중입니다.",
            en="A node is chosen; the kubelet is pulling images and creating containers.",
        ),
        Text(ko="준비될 때까지 기다립니다.", en="Wait until it is ready."),
        "kubectl wait --for=condition=Ready pod/{name} --timeout=60s",
        healthy=True,
    ),
    Rule(
        "unknown",
        anything,
        Text(ko="파드의 phase는 {phase}입니다.", en="The Pod's phase is {phase}."),
        SEE_EVENTS,
        DESCRIBE,
        healthy=True,
    ),
)
