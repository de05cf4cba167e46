"""What becomes of the containers: crashes, probes, readiness. The last row matches every Pod."""

from __future__ import annotations

from podlab.diagnosis.rule import DESCRIBE, LAST_RUN, LOGS, SEE_EVENTS, Rule
from podlab.diagnosis.symptoms import (
    all_ended,
    anything,
    assigned,
    being_stopped,
    condition,
    crashing,
    ended,
    ended_well,
    exits_with_zero,
    fresh,
    gate_closed,
    given_up,
    init_failed,
    init_running,
    killed_by_liveness,
    killed_by_startup,
    not_ready,
    oom,
    outside,
    phase,
    placed,
    ready,
    restarted,
    restarting,
    starting,
    status,
    waiting,
)
from podlab.text import Text

RUNNING: tuple[Rule, ...] = (
    Rule(
        "out-of-memory",
        oom,
        Text(
            ko="컨테이너 {container}{이/가} 메모리 제한({limit})을 넘어 OOMKilled되었습니다.",
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
            ko="매니페스트의 `command`와 `args`를 확인합니다.",
            en="Check `command` and `args` in the manifest.",
        ),
        DESCRIBE,
    ),
    Rule(
        "outside-not-simulated",
        lambda pod, events: None if ready(pod, events) else outside(pod, events),
        Text(
            ko="파드가 클러스터 밖의 {target}에 접속하려 했지만, 내장 클러스터는 밖으로 나가는 통신을 흉내 내지 "
            "않습니다. 그래서 실패했을 수 있습니다.",
            en="The Pod has asked for {target}, and the embedded cluster simulates no traffic to the outside; that may "
            "be why it fails.",
        ),
        Text(
            ko="클러스터 안의 서비스에 접속하게 하거나, kind 같은 실제 클러스터에서 실행합니다.",
            en="Let it ask a Service of this cluster, or run it on a real cluster, such as kind.",
        ),
        DESCRIBE,
    ),
    Rule(
        "init-failed",
        init_failed,
        Text(
            ko="초기화 컨테이너 {container}{이/가} 종료 코드 {code}{으로/로} 실패해 다음 컨테이너들이 시작되지 "
            "못합니다.",
            en="Init container {container} failed with exit code {code}, so the next containers cannot start.",
        ),
        Text(ko="그 컨테이너의 로그를 읽습니다.", en="Read that container's log."),
        LOGS,
    ),
    Rule(
        "liveness-failed",
        killed_by_liveness,
        Text(
            ko="활성 프로브가 실패해 kubelet이 컨테이너 {container}{을/를} 다시 시작하고 있습니다(재시작 "
            "{restarts}번).",
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
            ko="컨테이너 {container}{이/가} 제때 시작되지 못해 스타트업 프로브가 실패했습니다.",
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
            ko="컨테이너 {container}{이/가} 종료 코드 0으로 곧 끝나는데 restartPolicy 때문에 계속 다시 시작됩니다.",
            en="Container {container} ends with exit code 0 at once, and restartPolicy starts it again and again.",
        ),
        Text(
            ko="끝나는 작업이라면 restartPolicy를 OnFailure나 Never로 하고, 아니라면 계속 실행되는 명령을 씁니다.",
            en="For work that ends, make restartPolicy OnFailure or Never; else give it a command that goes on.",
        ),
        LAST_RUN,
    ),
    Rule(
        "crash-loop",
        crashing,
        Text(
            ko="컨테이너 {container}{이/가} 종료 코드 {code}{으로/로} 자꾸 끝나, kubelet이 간격을 늘리며 다시 "
            "시작합니다"
            "(재시작 {restarts}번).",
            en="Container {container} keeps ending with exit code {code}; the kubelet restarts it, waiting longer each "
            "time (restarts so far: {restarts}).",
        ),
        Text(
            ko="끝난 컨테이너의 로그에서 이유를 읽습니다.",
            en="Read the reason in the log of the run that ended.",
        ),
        LAST_RUN,
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
            (phase("Failed")(pod, events) and (ended(pod) or {"evidence": ["phase: Failed"], "code": "?"}))
            or given_up(pod)
        ),
        Text(
            ko="컨테이너 {container}{이/가} 종료 코드 {code}{으로/로} 끝났고, restartPolicy에 따라 다시 시작되지 "
            "않습니다.",
            en="Container {container} ended with exit code {code}, and restartPolicy does not start it again.",
        ),
        Text(ko="로그에서 이유를 읽습니다.", en="Read the reason in its log."),
        "kubectl logs {name} --all-containers",
    ),
    Rule(
        "starting-up",
        starting,
        Text(
            ko="컨테이너 {container}{이/가} 실행되었고, 스타트업 프로브가 성공하기를 기다립니다.",
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
            ko="컨테이너 {container}{이/가} 종료 코드 {code}{으로/로} 끝나 다시 시작되고 있습니다.",
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
        "being-stopped",
        being_stopped,
        Text(
            ko="kubelet이 파드를 실패로 정하고 컨테이너를 끝내는 중입니다. 파드의 phase가 곧 Failed가 됩니다.",
            en="The kubelet has given the Pod up and is ending its containers; its phase is about to be Failed.",
        ),
        Text(
            ko="describe 출력의 Events에서 까닭을 읽습니다(activeDeadlineSeconds나 축출일 때가 많습니다).",
            en="Read the reason under Events in the description: mostly activeDeadlineSeconds, or an eviction.",
        ),
        DESCRIBE,
    ),
    Rule(
        "partly-ended",
        lambda pod, events: ended_well(pod),
        Text(
            ko="컨테이너 {container}{은/는} 종료 코드 0으로 끝났고, 파드는 나머지 컨테이너가 끝날 때까지 계속됩니다.",
            en="Container {container} has ended with exit code 0; the Pod goes on until the others have, too.",
        ),
        Text(ko="아직 실행 중인 컨테이너를 봅니다.", en="See which containers still run."),
        DESCRIBE,
        healthy=True,
    ),
    Rule(
        "init-running",
        init_running,
        Text(
            ko="초기화 컨테이너 {container}{이/가} 실행되는 중입니다. 끝나야 다음 컨테이너가 시작됩니다.",
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
            ko="컨테이너 {container}{은/는} 실행 중이지만 준비되지 않았습니다(준비성 프로브). "
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
        "readiness-gate",
        gate_closed,
        Text(
            ko="컨테이너는 모두 준비되었지만, readinessGates의 조건 {gate}{이/가} True인 것을 kubelet이 볼 때까지 "
            "파드는 준비되지 않습니다. 서비스는 이 파드로 요청을 보내지 않습니다.",
            en="All containers are ready; the Pod is not until the kubelet sees {gate}, a condition under "
            "readinessGates, be True, and Services send it no requests.",
        ),
        Text(
            ko="그 조건을 누가 정하는지 찾습니다. kubelet은 정하지 않습니다.",
            en="Find out who sets that condition; the kubelet does not.",
        ),
        DESCRIBE,
    ),
    Rule(
        "ready-without-outside",
        lambda pod, events: outside(pod, events) if ready(pod, events) else None,
        Text(
            ko="파드는 준비되었습니다. 다만 내장 클러스터는 밖으로 나가는 통신을 흉내 내지 않아 {target}에는 접속할 수 "
            "없습니다.",
            en="The Pod is ready, but the embedded cluster simulates no traffic to the outside: {target} cannot be "
            "reached.",
        ),
        Text(
            ko="클러스터 안의 서비스에 접속하거나, kind 같은 실제 클러스터에서 실행합니다.",
            en="Ask a Service of this cluster, or use a real cluster, such as kind.",
        ),
        DESCRIBE,
        healthy=True,
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
        "node-by-name",
        placed,
        Text(
            ko="파드가 노드 {node}{을/를} 이름으로 지정하여 스케줄러를 거치지 않으며, 그 노드의 kubelet은 아직 "
            "아무것도 알리지 않았습니다.",
            en="The Pod names its node, {node}, so no scheduler looks at it; the kubelet there has told nothing yet.",
        ),
        Text(
            ko="그 노드가 있고 Ready인지 확인합니다. 없는 노드라면 파드는 곧 지워집니다.",
            en="See whether that node exists and is Ready; if there is none, the Pod will soon be removed.",
        ),
        "kubectl get nodes",
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
