"""What to do about an error: one next step for each line of kubectl's that a learner meets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from podlab.kubectl.commandline.missing import MISSING
from podlab.kubectl.commandline.refused import REFUSED
from podlab.kubectl.commandline.slips import SLIPS
from podlab.kubectl.commandline.surface import commands, everywhere
from podlab.kubectl.commandline.taken import TAKEN
from podlab.text import Text


def hint_for(line: str, verb: str = "") -> Text | None:
    """The next step for an error line; None if there is none to give.

    Args:
        verb: the command that was called: where no better step is known, its help is one.
    """
    unknown = re.search(r'unknown field "([^"]*)"', line)
    unknown = unknown or re.search(r'error: field "([^"]*)" does not exist', line)
    if (
        unknown
        and not re.search(r"\benv\[\d+\]\.", unknown[1])
        and (meant := field_meant(unknown[1], unknown[0].startswith("error")))
    ):
        return meant
    kind = re.search(r'no matches for kind "([^"]*)" in version "([^"]*)"', line)
    if kind and (meant := _kind(kind[1])):
        return meant
    meant = next(
        (hint.format(**m.groupdict()) for words, hint in (*REFUSED, *TAKEN) if (m := re.search(words, line, re.S))),
        None,
    )
    if meant := meant or _flag(line) or _format(line) or _subcommand(line) or _unserved(line, verb):
        return meant
    for pattern, hint in (*HINTS, *MISSING, *SLIPS):
        found = re.search(pattern, line, re.S)
        if found:
            return hint.format(**found.groupdict())
    told = re.search(r"See 'kubectl (?:(.*) )?--?h(?:elp)?'", line)
    if told:
        return USAGE.format(words=f"{told[1] or ''} --help".strip())
    return USAGE.format(words=f"{verb} --help") if verb and OWN_WORDS.match(line) else None


OWN_WORDS = re.compile(r"error: (?!podlab|failed|unable)(?!.*error when)")
"""A line about how a command was called, not about what came of it."""
USAGE = Text(
    ko="이 명령을 쓰는 법과 옵션: `%kubectl {words}`",
    en="How this command is used, and its options: `%kubectl {words}`",
)


def field_meant(field: str, asked: bool = False) -> Text | None:
    """The field that somebody meant who wrote this one; a field that there is stands in the wrong place.

    Args:
        asked: it was asked about, and is in no manifest that could be indented otherwise.
    """
    word = field.rpartition(".")[2]
    if word in FIELDS:
        if asked:
            return None
        return MISPLACED.format(word=word)
    near = difflib.get_close_matches(word, FIELDS, 1, 0.75)
    return MEANT.format(field=field, near=near[0]) if near else None


def _flag(line: str) -> Text | None:
    """The option of that command that somebody meant who wrote this one."""
    said = re.search(r"unknown flag: --([^\s=]+)\nSee 'kubectl ([^']+) --help'", line)
    usage = commands().get(said[2]) if said else None
    near = difflib.get_close_matches(said[1], {**everywhere(), **usage.flags}, 1, 0.7) if said and usage else []
    return MEANT_FLAG.format(flag=said[1], near=near[0]) if said and near else None


def _format(line: str) -> Text | None:
    """The output format that somebody meant who wrote this one."""
    said = re.search(r'the output format "([^"]*)", allowed formats are: (\S+)', line)
    near = difflib.get_close_matches(said[1].lower(), said[2].split(","), 1, 0.6) if said else []
    return MEANT_FORMAT.format(given=said[1], near=near[0]) if said and near else None


def _subcommand(line: str) -> Text | None:
    """What of a group of commands somebody meant who wrote this one."""
    said = re.search(r'unknown command "(rollout|set|auth|top|config) ([\w-]+)" for "kubectl"', line)
    there = [name.removeprefix(f"{said[1]} ") for name in commands() if name.startswith(f"{said[1]} ")] if said else []
    near = difflib.get_close_matches(said[2], there, 1, 0.7) if said else []
    return MEANT_COMMAND.format(near=f"{said[1]} {near[0]}") if said and near else None


def _unserved(line: str, verb: str) -> Text | None:
    """What the API server has no path for: a Pod's number, or a path that was written by hand."""
    if "the server could not find the requested resource" not in line:
        return None
    return {"scale": UNSCALABLE, "get": NO_PATH}.get(verb)


def doubt(obj: Mapping[str, Any]) -> Text | None:
    """What an API server would not take in an object that is only written down yet: its kind, or where its name is."""
    kind, metadata = str(obj.get("kind") or ""), obj.get("metadata")
    if VERSIONS.get(kind, obj.get("apiVersion")) != obj.get("apiVersion"):
        return OTHER_VERSION.format(kind=kind, version=VERSIONS[kind])
    near = [] if kind in VERSIONS else difflib.get_close_matches(kind.capitalize(), VERSIONS, 1, 0.85)
    if near:
        return MEANT_KIND.format(kind=kind, near=near[0])
    if isinstance(metadata, Mapping) and (metadata.get("name") or metadata.get("generateName")):
        return None
    return MISPLACED.format(word="name") if "name" in obj else None if kind.endswith("List") else NAMELESS


def miscased(obj: object) -> Text | None:
    """The first field of an object that is there in other letters than it has to be."""
    fields = obj if isinstance(obj, Mapping) else {}
    for name in ("apiVersion", "kind", "metadata"):
        other = next((key for key in fields if str(key).lower() == name.lower() and key != name), None)
        if other and name not in fields:
            return CASE.format(name=name, other=other)
    return None


def _kind(kind: str) -> Text | None:
    """Where a kind is that was looked for in the wrong group, or the kind that somebody meant."""
    if kind in VERSIONS:
        return OTHER_VERSION.format(kind=kind, version=VERSIONS[kind])
    near = difflib.get_close_matches(kind.capitalize(), VERSIONS, 1, 0.7)
    return MEANT_KIND.format(kind=kind, near=near[0]) if near else None


VERSIONS = {
    "Pod": "v1", "Service": "v1", "ConfigMap": "v1", "Secret": "v1", "Namespace": "v1", "ServiceAccount": "v1",
    "PersistentVolumeClaim": "v1", "Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1", "Job": "batch/v1", "CronJob": "batch/v1", "Ingress": "networking.k8s.io/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}  # fmt: skip
"""The kinds that a learner writes, and the apiVersion of each."""
MEANT_FLAG = Text(
    ko="--{flag} 옵션은 없습니다. 혹시 `--{near}`입니까?",
    en="There is no option --{flag}. Did you mean `--{near}`?",
)
MEANT_COMMAND = Text(ko="혹시 `kubectl {near}`입니까?", en="Did you mean `kubectl {near}`?")
UNSCALABLE = Text(
    ko="수를 늘리고 줄이는 것은 디플로이먼트와 같은 컨트롤러입니다: `%kubectl scale deployment/web --replicas=2`",
    en="Controllers such as a Deployment have a number of Pods: `%kubectl scale deployment/web --replicas=2`",
)
NO_PATH = Text(
    ko="API 서버에 그런 경로는 없습니다. 종류는 여러 개를 뜻하는 이름으로 적습니다: `/api/v1/namespaces/default/pods`",
    en="The API server has no such path; a type stands there in the plural: `/api/v1/namespaces/default/pods`.",
)
MEANT_FORMAT = Text(
    ko="{given}{이라는/라는} 출력 형식은 없습니다. 혹시 `{near}`입니까?",
    en="There is no output format {given}. Did you mean `{near}`?",
)
OTHER_VERSION = Text(
    ko="{kind}의 apiVersion은 다릅니다: `apiVersion: {version}`",
    en="The apiVersion of a {kind} is another: `apiVersion: {version}`",
)
MEANT_KIND = Text(
    ko="{kind}{이라는/라는} kind는 없습니다. 혹시 `{near}`입니까? 대소문자까지 맞아야 합니다.",
    en="There is no kind {kind}. Did you mean `{near}`? Upper and lower case count.",
)
# Fields of a Pod and its neighbours that a learner may misspell.
FIELDS = (
    "apiVersion", "args", "command", "configMapKeyRef", "failureThreshold", "httpGet", "path", "periodSeconds",
    "valueFrom", "containerPort", "containers", "cpu", "emptyDir", "env", "envFrom", "image",
    "imagePullPolicy", "initContainers", "kind", "labels", "limits",
    "livenessProbe", "matchLabels", "memory", "metadata",
    "mountPath", "name", "namespace", "nodeSelector", "ports", "protocol", "readinessProbe", "replicas", "requests",
    "resources", "restartPolicy", "securityContext", "selector", "spec", "startupProbe", "targetPort", "template",
    "terminationGracePeriodSeconds", "tolerations", "value", "volumeMounts", "volumes", "workingDir",
)  # fmt: skip
MEANT = Text(
    ko="`{field}`{이라는/라는} 필드는 없습니다. 혹시 `{near}`입니까?",
    en="There is no field `{field}`. Did you mean `{near}`?",
)

MISPLACED = Text(
    ko="`{word}` 필드는 있지만 여기가 아닙니다. 들여쓰기를 보십시오. 아래에 들어갈 것은 두 칸 더 들여 씁니다.",
    en="There is a field `{word}`, but not here. Look at its indentation: what belongs below is two spaces further in.",
)

CASE = Text(
    ko="`{other}`{이/가} 아니라 `{name}`입니다. 대소문자까지 맞아야 합니다.",
    en="It is `{name}`, not `{other}`: upper and lower case count.",
)
NAMELESS = Text(
    ko="이름이 없습니다. `metadata:` 아래에 두 칸 들여 `name:`을 적으십시오.",
    en="It has no name: write `name:` below `metadata:`, two spaces further in.",
)
NO_NAMESPACE = Text(
    ko="네임스페이스 {name}{이/가} 없습니다. `kubectl get namespaces`로 있는 것을 봅니다.",
    en="There is no namespace {name}; `kubectl get namespaces` lists those there are.",
)
ABSENT = Text(
    ko="{name}{이/가} 이 네임스페이스에 없습니다. 이미 지웠거나 이름이 다릅니다. 있는 것은 "
    "`kubectl get {resource}`로 봅니다.",
    en="This namespace has no {name}: it is deleted already, or its name is another. `kubectl get {resource}` "
    "shows those there are.",
)

HINTS: tuple[tuple[str, Text], ...] = (
    (r"resource name may not be empty|name or generateName is required", NAMELESS),
    (
        r'\(AlreadyExists\).*?: (?P<resource>[\w.]+) "(?P<name>[^"]*)" already exists',
        Text(
            ko="이름이 {name}인 오브젝트가 이미 있습니다. 바꾸려면 `kubectl apply`를 쓰고, 새로 만들려면 먼저 "
            "`kubectl delete {resource} {name}`{으로/로} 지웁니다.",
            en="There is one named {name} already. `kubectl apply` changes it; to start afresh, `kubectl delete "
            "{resource} {name}` first.",
        ),
    ),
    (
        r'\(NotFound\).*namespaces "(?P<name>[^"]*)" not found',
        NO_NAMESPACE,
    ),
    (
        r'\(NotFound\).*?: (?P<resource>[\w.]+) "(?P<name>-[^"]*)" not found',
        Text(
            ko='{name}{은/는} 이름으로 읽혔습니다. 파이썬에서는 옵션을 인자로 씁니다: `output="wide"`. kubectl의 줄을 '
            "그대로 쓰려면 `%kubectl`로 시작합니다.",
            en='{name} was taken for a name. In Python an option is an argument, such as `output="wide"`; for a line '
            "of kubectl as it stands, begin with `%kubectl`.",
        ),
    ),
    (
        r'\(NotFound\).*?: (?P<resource>[\w.]+) "(?P<name>[^"]*)" not found',
        ABSENT,
    ),
    (
        r'strict decoding error: unknown field "(?P<field>[^"]*)"',
        Text(
            ko="{field} 필드는 없습니다. 철자와 들여쓰기를 확인합니다. `kubectl explain`이 쓸 수 있는 필드를 보여 "
            "줍니다.",
            en="There is no field {field}. Check its spelling and its indentation; `kubectl explain` lists the fields.",
        ),
    ),
    (
        r'no matches for kind "(?P<kind>[^"]*)" in version "(?P<version>[^"]*)"',
        Text(
            ko="apiVersion {version}에는 {kind}{이라는/라는} kind가 없습니다. 대소문자까지 맞아야 합니다(파드는 "
            "apiVersion: "
            "v1, kind: Pod).",
            en="apiVersion {version} has no kind {kind}. Upper and lower case count (a Pod: apiVersion: v1, kind: "
            "Pod).",
        ),
    ),
    (
        r'no kind "(?P<kind>[^"]*)" is registered',
        Text(
            ko="kind는 대문자로 시작합니다: {kind}{이/가} 아니라 Pod처럼 씁니다.",
            en="A kind begins with a capital letter: Pod, not {kind}.",
        ),
    ),
    (
        r"cannot unmarshal \w+ into Go struct field \w+\.(?P<field>\S+) of type \[\]",
        Text(
            ko="{field}에는 목록이 와야 합니다. 항목마다 앞에 `- `를 붙입니다(파이썬에서는 `[…]`).",
            en="{field} takes a list: put `- ` before each of its items (in Python it is `[…]`).",
        ),
    ),
    (
        r"timed out waiting for the condition",
        Text(
            ko="기다리던 상태가 제때 오지 않았습니다. `kubectl describe`의 Events가 무엇을 기다리는지 알려 줍니다. "
            "시간이 더 필요하면 `timeout`을 늘립니다. 기다린 조건의 이름(`Ready`)도 확인하십시오.",
            en="What was waited for did not come in time. The Events of `kubectl describe` say what it waits for; "
            "if it only needs longer, raise `timeout`. And see whether the condition is spelt right (`Ready`).",
        ),
    ),
    (
        r"(?s)error when applying patch:.*: context deadline exceeded$",
        Text(
            ko="지우기는 했지만 아직 끝나는 중이라 새로 만들지 못했습니다. 같은 명령을 다시 하거나, 처음부터 "
            "`--timeout=60s`처럼 기다릴 시간을 줍니다.",
            en="It was deleted, but had not ended yet, so nothing was created in its place. Apply again, or give it "
            "time from the start, as in `--timeout=60s`.",
        ),
    ),
    (
        r"error trying to reach service|connect: connection refused",
        Text(
            ko="파드에 닿았지만 그 포트를 연 프로세스가 없습니다. 포트 번호와 파드가 Ready인지 보고, 막 시작했다면 "
            "잠시 뒤 다시 합니다.",
            en="Nothing has that port open in the Pod. Check the port's number and whether the Pod is Ready; "
            "just after its start, try again in a moment.",
        ),
    ),
    (
        r'unable to match a printer suitable for the output format "(?P<given>[^"]*)"',
        Text(
            ko="출력 형식은 소문자로 씁니다: wide, yaml, json, name. {given}{은/는} 없습니다.",
            en="Output formats are lower-case: wide, yaml, json, name. There is no {given}.",
        ),
    ),
    (
        r"resource\(s\) were provided, but no name was specified",
        Text(
            ko='어느 것인지 이름이 없습니다. `"pod/web"`처럼 종류와 이름을 적거나, 레이블로 고르거나(`selector=`), '
            "모두라면 `all=True`를 붙입니다.",
            en='Which of them? Give type and name (`"pod/web"`), pick by label (`selector=`), or say `all=True` for '
            "every one.",
        ),
    ),
    (
        r"cannot unmarshal \w+ into Go struct field \w+\.(?P<field>\S+) of type (map|v1\.)",
        Text(
            ko="{field} 아래에는 `키: 값` 줄이 와야 합니다. 다음 줄부터 두 칸 들여 한 줄에 하나씩 적습니다.",
            en="{field} takes lines of `key: value` below it, one each, two spaces further in.",
        ),
    ),
    (
        r"Required value",
        Text(
            ko="꼭 있어야 하는 필드가 빠졌습니다. 위에 나온 경로의 필드를 매니페스트에 더합니다.",
            en="A field that must be there is missing: add the one that the path above names.",
        ),
    ),
    (
        r"(metadata\.name|\.name): Invalid value",
        Text(
            ko="이름에는 영어 소문자, 숫자, '-'만 쓸 수 있습니다(예: nginx-pod-example).",
            en="A name takes lower-case letters, digits and '-' only, such as nginx-pod-example.",
        ),
    ),
    (
        r"pod updates may not (change fields|add or remove containers)",
        Text(
            ko="실행 중인 파드는 이미지 말고는 거의 바꿀 수 없습니다. 지운 뒤 다시 만듭니다: `kubectl delete -f …`, "
            "`kubectl apply -f …`.",
            en="Little but the image of an existing Pod can change. Delete it and create it again: `kubectl delete "
            "-f …`, `kubectl apply -f …`.",
        ),
    ),
    (
        r"is invalid: ",
        Text(
            ko="위에 나온 경로의 값을 매니페스트에서 고칩니다.",
            en="Correct the value in the manifest that the path above names.",
        ),
    ),
    (
        r"\(Forbidden\)",
        Text(
            ko="지금 사용자에게는 이 일을 할 권한이 없습니다. `kubectl auth can-i --list`가 할 수 있는 일을 보여 "
            "줍니다.",
            en="This user may not do that; `kubectl auth can-i --list` shows what it may.",
        ),
    ),
    (
        r"You must be logged in to the server",
        Text(
            ko="kubeconfig의 인증 정보(토큰이나 인증서)가 없거나 만료되었습니다. `podlab up`이 새로 만들어 줍니다.",
            en="The credentials in the kubeconfig (token or certificate) are missing or expired; `podlab up` renews "
            "them.",
        ),
    ),
    (
        r"already has a value \((?P<value>[^)]*)\), and --overwrite is false",
        Text(
            ko="이미 값이 {value}입니다. 바꾸려면 `overwrite=True`(`--overwrite`)를 붙입니다.",
            en="It has the value {value}. To replace that, add `overwrite=True` (`--overwrite`).",
        ),
    ),
    (
        r'the path "(?P<path>[^"]*)" does not exist',
        Text(
            ko="{path} 파일이 이 폴더에 없습니다. 파일 이름과 노트북이 있는 폴더를 확인합니다.",
            en="There is no file {path} here. Check its name, and which folder the notebook is in.",
        ),
    ),
    (
        r"no objects passed to",
        Text(
            ko="파일이 비었거나 주석뿐입니다. 매니페스트를 쓰고 저장했는지 확인합니다.",
            en="The file is empty or has only comments. See whether the manifest was written and saved.",
        ),
    ),
    (
        r"(?P<field>kind|apiVersion) not set",
        Text(
            ko="모든 매니페스트에는 apiVersion과 kind가 있어야 합니다. {field}{을/를} 더합니다.",
            en="Every manifest has an apiVersion and a kind: add {field}.",
        ),
    ),
    (
        r"invalid object to validate",
        Text(
            ko="파일의 내용이 오브젝트가 아닙니다. `apiVersion:`, `kind:`, `metadata:`로 시작하는 매니페스트여야 "
            "합니다.",
            en="What the file holds is not an object: a manifest begins with `apiVersion:`, `kind:` and `metadata:`.",
        ),
    ),
)
