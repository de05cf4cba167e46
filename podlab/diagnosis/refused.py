"""What a node, its kernel or its kubelet refuses: rights, profiles, mounts, room, and probes that ask wrongly."""

from __future__ import annotations

from podlab.diagnosis.restrictions import probe_errs, rejected, resize_pending, restricted_end
from podlab.diagnosis.rule import DESCRIBE, LOGS, Rule
from podlab.diagnosis.symptoms import failed_mount, waits
from podlab.text import Text

MISFIT = r'to rootfs at "(?P<path>[^"]+)".*not a directory'

REFUSED: tuple[Rule, ...] = (
    Rule(
        "sysctl-forbidden",
        rejected("SysctlForbidden", r'"(?P<sysctl>[^"]+)"'),
        Text(
            ko="노드가 파드를 거부했습니다. sysctl {sysctl}{은/는} 노드에서 허용되지 않았습니다.",
            en="The node rejected the Pod: it does not allow the sysctl {sysctl}.",
        ),
        Text(
            ko="securityContext.sysctls에서 그 줄을 빼고, 파드를 지운 뒤 다시 만듭니다.",
            en="Take it out of securityContext.sysctls, delete the Pod and create it again: a rejected Pod stays so.",
        ),
        DESCRIBE,
    ),
    Rule(
        "apparmor-unavailable",
        rejected("AppArmor"),
        Text(
            ko="파드가 AppArmor 프로파일을 요구하지만 노드에는 AppArmor가 켜져 있지 않아 거부되었습니다.",
            en="The Pod asks for an AppArmor profile, and the node has no AppArmor: it was rejected.",
        ),
        Text(
            ko="appArmorProfile을 빼거나 AppArmor가 있는 노드에 파드를 다시 만듭니다.",
            en="Remove appArmorProfile, or create the Pod again on a node that has AppArmor.",
        ),
        DESCRIBE,
    ),
    Rule(
        "node-full",
        rejected(r"OutOf\w+", r"resource: (?P<resource>[\w./-]+), requested: (?P<requested>\d+)"),
        Text(
            ko="노드에 {resource}{이/가} 모자라 kubelet이 파드를 거부했습니다(nodeName은 스케줄러를 거치지 않습니다).",
            en="The kubelet rejected the Pod: too little {resource} is left (nodeName bypasses the scheduler).",
        ),
        Text(
            ko="nodeName을 빼서 스케줄러가 고르게 하거나 requests를 줄입니다.",
            en="Leave out nodeName and let the scheduler choose, or lower the requests.",
        ),
        "kubectl describe nodes",
    ),
    Rule(
        "node-labels-differ",
        rejected("NodeAffinity"),
        Text(
            ko="파드가 놓인 노드의 레이블이 nodeSelector나 노드 어피니티와 맞지 않아 거부되었습니다.",
            en="The Pod was put on a node whose labels do not fit its nodeSelector or node affinity: it was rejected.",
        ),
        Text(
            ko="nodeName을 빼거나 노드의 레이블에 맞게 고친 뒤 파드를 다시 만듭니다.",
            en="Leave out nodeName, or make the two agree; then create the Pod again.",
        ),
        "kubectl get nodes --show-labels",
    ),
    Rule(
        "volume-overfull",
        rejected("Evicted", r'EmptyDir volume "(?P<volume>[^"]+)" exceeds the limit "(?P<limit>[^"]+)"'),
        Text(
            ko="emptyDir 볼륨 {volume}{이/가} sizeLimit {limit}{을/를} 넘어 파드가 축출(Evicted)되었습니다.",
            en="The emptyDir volume {volume} outgrew its sizeLimit of {limit}, so the Pod was evicted.",
        ),
        Text(
            ko="sizeLimit을 늘리거나 덜 쓰게 한 뒤 파드를 다시 만듭니다.",
            en="Raise sizeLimit or write less, and create the Pod again.",
        ),
        DESCRIBE,
    ),
    Rule(
        "seccomp-profile-missing",
        waits("CreateContainerError", message=r'cannot load seccomp profile "(?P<profile>[^"]+)"'),
        Text(
            ko="컨테이너 {container}{을/를} 만들 수 없습니다. 노드에 seccomp 프로파일 {profile}{이/가} 없습니다.",
            en="Container {container} cannot be created: the node has no seccomp profile {profile}.",
        ),
        Text(
            ko="그 파일을 노드에 두거나 seccompProfile을 RuntimeDefault로 바꿉니다.",
            en="Put that file on the node, or make seccompProfile RuntimeDefault.",
        ),
        DESCRIBE,
    ),
    Rule(
        "runs-as-root",
        waits(
            "CreateContainerConfigError",
            message="runAsNonRoot and image will run as root|runAsUser breaks non-root policy",
        ),
        Text(
            ko="runAsNonRoot가 true인데 컨테이너 {container}{은/는} root로 실행되려 합니다.",
            en="runAsNonRoot is true, and container {container} would run as root.",
        ),
        Text(
            ko="securityContext.runAsUser에 0이 아닌 번호를 적거나, root가 아닌 사용자로 만든 이미지를 씁니다.",
            en="Give securityContext.runAsUser a number other than 0, or use an image made for another user.",
        ),
        DESCRIBE,
    ),
    Rule(
        "undefined-variable",
        waits("CreateContainerConfigError", message=r"missing value for (?P<variables>[\w., -]+)"),
        Text(
            ko="컨테이너 {container}의 subPathExpr가 쓰는 변수 {variables}{이/가} 정의되어 있지 않습니다.",
            en="subPathExpr of container {container} uses {variables}, which is not defined.",
        ),
        Text(ko="그 변수를 컨테이너의 env에 정의합니다.", en="Define it in the container's env."),
        DESCRIBE,
    ),
    Rule(
        "bad-subpath",
        waits("CreateContainerConfigError", message=r"SubPath `(?P<path>[^`]*)`"),
        Text(
            ko="컨테이너 {container}의 subPath {path}{은/는} 볼륨 안의 상대 경로가 아닙니다.",
            en="The subPath {path} of container {container} is no relative path inside the volume.",
        ),
        Text(ko="앞의 `/`나 `..` 없이 적습니다.", en="Write it without a leading `/` and without `..`."),
        DESCRIBE,
    ),
    Rule(
        "mount-misfit",
        lambda pod, events: (
            waits("RunContainerError", "CrashLoopBackOff", message=MISFIT)(pod, events)
            or restricted_end(pod, reason="StartError", message=MISFIT)
        ),
        Text(
            ko="컨테이너 {container}의 {path}에 마운트할 수 없습니다. 한쪽은 파일이고 다른 쪽은 디렉터리입니다.",
            en="Nothing mounts at {path} of container {container}: one of the two is a file, the other a directory.",
        ),
        Text(
            ko="subPath가 볼륨에 정말 있는 키의 이름인지 확인합니다. 없는 이름은 빈 디렉터리가 됩니다.",
            en="See that subPath names a key of the volume: a name that is not there becomes an empty directory.",
        ),
        DESCRIBE,
    ),
    Rule(
        "hostpath-type",
        failed_mount(r"hostPath type check failed: (?P<path>\S+) is not an? (?P<kind>.+)"),
        Text(
            ko="노드의 {path}{은/는} hostPath의 type이 요구하는 것({kind})이 아닙니다.",
            en="{path} on the node is not what the type of the hostPath volume asks for ({kind}).",
        ),
        Text(
            ko="경로를 고치거나, 없을 때 만들어지도록 type을 DirectoryOrCreate나 FileOrCreate로 바꿉니다.",
            en="Correct the path, or have it made: type DirectoryOrCreate or FileOrCreate.",
        ),
        DESCRIBE,
    ),
    Rule(
        "probe-scheme",
        probe_errs("server gave HTTP response to HTTPS client"),
        Text(
            ko="프로브는 HTTPS로 묻는데 컨테이너 {container}{은/는} HTTP로 답합니다.",
            en="The probe asks over HTTPS, and container {container} answers in plain HTTP.",
        ),
        Text(ko="프로브의 scheme을 HTTP로 바꿉니다.", en="Make the probe's scheme HTTP."),
        DESCRIBE,
    ),
    Rule(
        "probe-port-name",
        probe_errs(r'strconv\.Atoi: parsing "(?P<port>[^"]+)"'),
        Text(
            ko="프로브가 말하는 포트 {port}{이/가} 컨테이너 {container}의 ports에 없습니다.",
            en="The probe names the port {port}, which container {container} does not have among its ports.",
        ),
        Text(
            ko="ports에 그 이름을 더하거나 프로브에 번호를 적습니다.",
            en="Add that name to ports, or give the probe a number.",
        ),
        DESCRIBE,
    ),
    Rule(
        "probe-command-missing",
        probe_errs(r'exec: "(?P<command>[^"]+)": (executable file not found|stat )'),
        Text(
            ko="프로브의 명령 {command}{이/가} 컨테이너 {container}의 이미지에 없어 프로브가 아무것도 말하지 못합니다.",
            en="The image of container {container} has no {command}, so the probe can tell nothing.",
        ),
        Text(ko="이미지에 있는 명령을 씁니다.", en="Use a command that the image has."),
        DESCRIBE,
    ),
    Rule(
        "restricted-crash",
        lambda pod, events: restricted_end(pod),
        Text(
            ko="컨테이너 {container}{이/가} 종료 코드 {code}{으로/로} 끝났습니다. 권한이 줄어 있습니다({limits}).",
            en="Container {container} ended with exit code {code}; it runs with fewer rights than usual ({limits}).",
        ),
        Text(
            ko="로그에서 Permission denied, Operation not permitted, Read-only file system을 찾습니다.",
            en="Look in its log for Permission denied, Operation not permitted or Read-only file system.",
        ),
        LOGS,
    ),
    Rule(
        "resize-waits",
        resize_pending,
        Text(
            ko="파드는 실행 중이지만 새로 요청한 자원은 아직 받지 못했습니다({reason}).",
            en="The Pod runs, but has not got the resources that it now asks for ({reason}).",
        ),
        Text(
            ko="메시지에서 모자란 자원을 확인하고, 요청을 줄이거나 다른 파드를 지웁니다.",
            en="See in the message what is short; ask for less, or delete other Pods.",
        ),
        "kubectl describe nodes",
    ),
)
