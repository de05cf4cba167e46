"""Pods that are over, and what keeps containers from starting: node, image, configuration, volumes."""

from __future__ import annotations

from podlab.diagnosis.rule import DESCRIBE, FIX_IMAGE, SEE_EVENTS, Rule
from podlab.diagnosis.symptoms import mount_failed, phase, pull_failed, unscheduled, unsimulated, waits
from podlab.text import Text

ARRIVING: tuple[Rule, ...] = (
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
        "scheduler-error",
        unscheduled("", "SchedulerError"),
        Text(
            ko="스케줄러가 노드를 골랐지만 마지막 단계에서 실패했습니다. 잠시 뒤 스스로 다시 시도합니다.",
            en="The scheduler chose a node, but its last step failed; it tries again by itself in a moment.",
        ),
        Text(
            ko="몇 초 뒤 다시 봅니다. 계속되면 메시지에 나온 오브젝트를 확인합니다.",
            en="Look again in a few seconds; if it goes on, see to the object that the message names.",
        ),
        DESCRIBE,
    ),
    Rule(
        "insufficient-resources",
        unscheduled(r"Insufficient (?P<resource>[\w./-]*\w)"),
        Text(
            ko="어느 노드에도 요청한 만큼의 {resource}{이/가} 남아 있지 않아 파드가 스케줄되지 못합니다.",
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
            ko="노드에 이 파드가 용인하지 않는 테인트가 있습니다.",
            en="The nodes carry a taint that the Pod does not tolerate.",
        ),
        Text(
            ko="테인트를 없애거나 파드에 톨러레이션을 더합니다. 노드가 고장 난 것은 아닌지도 확인합니다.",
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
            ko="컨테이너 {container}의 이미지 이름 {image}{은/는} 쓸 수 없는 형식입니다.",
            en="The image name of container {container}, {image}, is not a valid one.",
        ),
        FIX_IMAGE,
        DESCRIBE,
    ),
    Rule(
        "image-never-pulled",
        waits("ErrImageNeverPull"),
        Text(
            ko="imagePullPolicy가 Never인데 이미지 {image}{이/가} 노드에 없습니다.",
            en="imagePullPolicy is Never, and the node does not have the image {image}.",
        ),
        Text(
            ko="이미지를 노드에 넣거나 imagePullPolicy를 IfNotPresent로 바꿉니다.",
            en="Load the image into the node, or make imagePullPolicy IfNotPresent.",
        ),
        DESCRIBE,
    ),
    Rule(
        "image-not-simulated",
        unsimulated,
        Text(
            ko="내장 클러스터는 이미지 {image}{을/를} 흉내 내지 않습니다. 실제로는 있을 수 있는 이미지입니다.",
            en="The embedded cluster does not simulate the image {image}, which may well exist.",
        ),
        Text(
            ko="docs/embedded.md에 있는 이미지로 바꾸거나, kind 같은 실제 클러스터에서 실행합니다.",
            en="Use an image that docs/embedded.md lists, or a real cluster, such as kind.",
        ),
        DESCRIBE,
    ),
    Rule(
        "image-pull-limit",
        pull_failed(r"toomanyrequests|rate limit|429 Too Many"),
        Text(
            ko="레지스트리가 이 주소에서 너무 자주 내려받았다며 이미지 {image}{을/를} 주지 않습니다.",
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
            ko="이미지 {image}{을/를} 레지스트리에서 찾을 수 없습니다. 이름이나 태그가 틀렸거나, 비공개 이미지입니다.",
            en="The registry has no image {image}: its name or tag is wrong, or it is private.",
        ),
        FIX_IMAGE,
        DESCRIBE,
    ),
    Rule(
        "image-registry-unreachable",
        pull_failed(r"no such host|dial tcp|i/o timeout|connection refused|TLS handshake|x509"),
        Text(
            ko="노드가 레지스트리에 연결하지 못해 이미지 {image}{을/를} 내려받지 못합니다.",
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
            ko="컨테이너 {container}의 이미지 {image}{을/를} 내려받지 못하고 있습니다.",
            en="The image {image} of container {container} cannot be pulled.",
        ),
        SEE_EVENTS,
        DESCRIBE,
    ),
    Rule(
        "missing-config",
        waits("CreateContainerConfigError", message=r'(?P<kind>configmap|secret) "(?P<missing>[^"]+)" not found'),
        Text(
            ko="컨테이너 {container}에 필요한 {kind} {missing}{이/가} 없습니다.",
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
            ko="{kind} {missing}에 키 {key}{이/가} 없습니다.",
            en="The {kind} {missing} has no key {key}.",
        ),
        Text(ko="키의 이름을 맞춥니다.", en="Make the key's name the same on both sides."),
        DESCRIBE,
    ),
    Rule(
        "config-error",
        waits("CreateContainerConfigError", "CreateContainerError"),
        Text(
            ko="컨테이너 {container}{을/를} 만들 수 없습니다. 설정에 문제가 있습니다.",
            en="Container {container} cannot be created: its configuration is wrong.",
        ),
        SEE_EVENTS,
        DESCRIBE,
    ),
    Rule(
        "volume-source-missing",
        mount_failed,
        Text(
            ko="볼륨에 쓸 {kind} {missing}{이/가} 없어 컨테이너가 시작되지 못합니다.",
            en="The {kind} {missing} of a volume is not there, so no container can start.",
        ),
        Text(
            ko="그 이름으로 만들면 파드가 저절로 이어서 시작됩니다.",
            en="Create it under that name; the Pod then goes on by itself.",
        ),
        "kubectl get {kind}",
    ),
)
