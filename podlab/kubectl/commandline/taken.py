"""What to do where kubectl took a word for something else than was meant: looked at before all other next steps."""

from __future__ import annotations

from podlab.text import Text

TAKEN: tuple[tuple[str, Text], ...] = (
    (
        r"all resources must be specified before [\w ]+ changes: (?P<word>[a-z.]+/\S+)",
        Text(
            ko="오브젝트를 모두 먼저 적고, 바꿀 내용은 그 뒤에 적습니다. `{word}`{을/를} 앞으로 옮기십시오.",
            en="All objects come first, and behind them what is to be changed: move `{word}` to the front.",
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "path=(?P<path>\{[^"]*)" not found',
        Text(
            ko="`jsonpath`는 붙여 적습니다: `-o jsonpath={path}`",
            en="`jsonpath` is one word: `-o jsonpath={path}`.",
        ),
    ),
    (
        r"all resources must be specified before [\w ]+ changes: (?P<word>\S+)",
        Text(
            ko="`{word}` 앞의 공백에서 바꿀 내용이 끊겼습니다. 공백을 빼거나, 값에 공백이 필요하면 전체를 따옴표로 "
            "감싸십시오: `'note=두 낱말'`",
            en="What is to be changed ended at the blank before `{word}`: take the blank out, or put quotes round the "
            "whole, as in `'note=two words'`.",
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "[\w-]+:\.?\w+\.[^"]*" not found',
        Text(
            ko="열 사이에는 공백 없이 쉼표만 적습니다: `custom-columns=NAME:.metadata.name,IP:.status.podIP`",
            en="Between columns stands a comma and no blank: `custom-columns=NAME:.metadata.name,IP:.status.podIP`.",
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "[{\[][^"]*" not found',
        Text(
            ko="patch는 낱말 하나여야 합니다. 전체를 작은따옴표로 감싸십시오: "
            '`-p \'{{"metadata": {{"labels": {{"tier": "front"}}}}}}\'`',
            en="A patch is one word: put single quotes round all of it, as in "
            '`-p \'{{"metadata": {{"labels": {{"tier": "front"}}}}}}\'`.',
        ),
    ),
    (
        r"We accept only this format: explain RESOURCE",
        Text(
            ko="필드는 점으로 이어 한 낱말로 적습니다: `%kubectl explain pod.spec.containers`",
            en="Type and fields are one word, joined by dots: `%kubectl explain pod.spec.containers`.",
        ),
    ),
    (
        r'unknown command "[A-Z]\w*" for "kubectl"',
        Text(
            ko="명령은 소문자로 적습니다: `%kubectl get pods`",
            en="A command is in lower case: `%kubectl get pods`.",
        ),
    ),
    (
        r"flags cannot be placed before plugin name: (?P<flag>\S+)",
        Text(
            ko="{flag}{이/가} 다음 낱말을 제 값으로 가져가 명령이 남지 않았습니다. 명령을 먼저 적으십시오: "
            "`%kubectl get pods -n default`",
            en="{flag} took the next word for its value, and no command is left. Write the command first: "
            "`%kubectl get pods -n default`.",
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "(?P<dash>[–—−])[^"]*" not found',
        Text(
            ko="`{dash}`{은/는} 옵션의 `-`가 아니라 비슷하게 생긴 줄표입니다. `-`나 `--`{으로/로} 고쳐 적으십시오.",
            en="`{dash}` is a dash of a text, not the `-` of an option: type `-` or `--` in its place.",
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "[^"]*(?P<sign>[“”‘’，（）：])[^"]*" not found',
        Text(
            ko="이름에 든 `{sign}`{은/는} 자판의 기호와 비슷하게 생긴 다른 글자입니다. 지우고 다시 적으십시오.",
            en="The `{sign}` in that name only looks like a sign of the keyboard: delete it, and type it anew.",
        ),
    ),
    (
        r'resource type "[\w./-]*;"',
        Text(
            ko="`;`로 명령을 이을 수 없습니다. `%kubectl` 줄에는 명령을 하나만 적고, 다음 명령은 다음 줄에 적으십시오.",
            en="A `;` joins no commands here: a line of `%kubectl` is one command, and the next has a line of its own.",
        ),
    ),
    (
        r"unknown flag: --(condition|until)\nSee 'kubectl wait --help'",
        Text(
            ko='무엇을 기다릴지는 `for_`에 적습니다: `kubectl.wait("pod/web", for_="condition=Ready")`',
            en='What to wait for is told by `for_`: `kubectl.wait("pod/web", for_="condition=Ready")`.',
        ),
    ),
    (
        r'namespaces "ame" not found',
        Text(
            ko="이름에는 옵션이 없습니다. 종류 다음에 그냥 적습니다: `%kubectl get pod web`",
            en="A name has no option of its own: it follows its type, as in `%kubectl get pod web`.",
        ),
    ),
    (
        r"unknown flag: --for\nSee 'kubectl get --help'",
        Text(
            ko="`--for`는 events 명령의 옵션입니다: `%kubectl events --for pod/web`",
            en="`--for` belongs to another command: `%kubectl events --for pod/web`.",
        ),
    ),
    (
        r"can't understand '(?P<key>[\w.]+): *(?P<value>[^']*)'",
        Text(
            ko='필드 셀렉터에서는 `:`이 아니라 `=`로 적습니다: `field_selector="{key}={value}"`',
            en='A field selector has `=` where a manifest has `:`: `field_selector="{key}={value}"`.',
        ),
    ),
    (
        r"match label selector \"[^\"]*\".*found '[^']*', expected",
        Text(
            ko='셀렉터가 중간에 끝났습니다. 조건 사이에만 쉼표를 적습니다: `selector="app=web,tier=front"`',
            en='The selector breaks off; a comma stands only between two conditions: `selector="app=web,tier=front"`.',
        ),
    ),
    (
        r"unable to find one of 'kustomization.yaml'",
        Text(
            ko="`-k`는 kustomization.yaml이 있는 폴더를 읽습니다. 매니페스트는 `-f`로 읽습니다: "
            "`%kubectl apply -f web.yaml`",
            en="`-k` reads a folder with a kustomization.yaml; a manifest comes behind `-f`: "
            "`%kubectl apply -f web.yaml`.",
        ),
    ),
    (
        r"error executing jsonpath .*unrecognized identifier (?P<word>\w+)",
        Text(
            ko="경로는 점으로 시작합니다: `jsonpath={{.{word}…}}`",
            en="A path begins with a dot: `jsonpath={{.{word}…}}`.",
        ),
    ),
    (
        r"--for must be in resource/name form",
        Text(
            ko='종류와 이름을 `/`로 잇습니다: `kubectl.events(for_="pod/web")`',
            en='A `/` joins type and name: `kubectl.events(for_="pod/web")`.',
        ),
    ),
    (
        r"invalid literal source",
        Text(
            ko='키와 값은 한 문자열입니다: `from_literal="key=value"`. 여럿이면 목록으로 건넵니다.',
            en='Key and value are one text: `from_literal="key=value"`; for several, give a list of them.',
        ),
    ),
    (
        r'for "--command" flag: strconv\.ParseBool.*\nSee .kubectl run',
        Text(
            ko='실행할 명령은 이름 다음에 낱말마다 적습니다: `kubectl.run("web", "echo", "done", image="busybox")`',
            en='The command follows the name, word by word: `kubectl.run("web", "echo", "done", image="busybox")`.',
        ),
    ),
    (
        r"unknown flag: --(command|args)\nSee 'kubectl create job --help'",
        Text(
            ko='명령은 `"--"` 다음에 낱말마다 적습니다: `kubectl.create("job", "once", "--", "echo", "done", '
            'image="busybox")`',
            en='The command follows `"--"`, word by word: `kubectl.create("job", "once", "--", "echo", "done", '
            'image="busybox")`.',
        ),
    ),
    (
        r'resource type "( [^"]*|[^"]*, [^"]*)"',
        Text(
            ko='종류를 여럿 적을 때는 쉼표 뒤에 공백을 두지 않습니다: `kubectl.get("pods,services")`',
            en='Several types are joined by commas without blanks: `kubectl.get("pods,services")`.',
        ),
    ),
    (
        r"exactly one NAME is required, got [2-9]\s+See .kubectl create (?P<what>configmap|secret generic) -h",
        Text(
            ko='값은 이렇게 건넵니다: `from_literal="key=value"`, 명령줄에서는 `--from-literal=key=value`',
            en='Values are given like this: `from_literal="key=value"`, or `--from-literal=key=value` in a line.',
        ),
    ),
    (
        r'(?P<kind>pods|jobs\.batch|replicasets\.apps) "[^"]*" (restarting|history|status|rollback|pausing)',
        Text(
            ko="롤아웃은 디플로이먼트, 데몬셋, 스테이트풀셋에만 있습니다. 파드는 지우고 다시 만듭니다.",
            en="Only Deployments, DaemonSets and StatefulSets have rollouts; a Pod is deleted and made anew.",
        ),
    ),
    (
        r'failed to create (?P<what>\w+): \S+ "(?P<name>[^"]*)" already exists',
        Text(
            ko="이름이 {name}인 오브젝트가 이미 있습니다. 다른 이름을 쓰거나, 먼저 지웁니다: "
            "`kubectl delete {what} {name}`",
            en="There is one named {name} already: take another name, or `kubectl delete {what} {name}` first.",
        ),
    ),
    (
        r"invalid taint spec",
        Text(
            ko="테인트에는 효과까지 적습니다: `key=value:NoSchedule`",
            en="A taint ends with its effect: `key=value:NoSchedule`.",
        ),
    ),
    (
        r'(namespaces|output format) "(amespace|utput)\b[^"]*"',
        Text(
            ko="긴 옵션은 `-`를 두 번 적습니다. 하나만 적으면 첫 글자만 옵션으로 읽힙니다: `--namespace`, `--output`",
            en="A long option has two dashes; with one, only its first letter is read as the option: `--namespace`, "
            "`--output`.",
        ),
    ),
    (
        r'unknown command "(?P<group>rollout|set|auth|top|config|create) (?P<first>[a-z-]+) (?P<rest>[^"]+)" for "kube',
        Text(
            ko='낱말마다 따옴표로 감쌉니다: `kubectl.{group}("{first}", "{rest}")`',
            en='Each word has quotes of its own: `kubectl.{group}("{first}", "{rest}")`.',
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "(?P<name>[a-z_]+)=(?P<value>[^"]*)" not found',
        Text(
            ko='인자의 이름은 따옴표 밖에 적습니다: `{name}="{value}"`',
            en='The name of an argument stands outside the quotes: `{name}="{value}"`.',
        ),
    ),
    (
        r'unable to parse requirement.*Invalid value: "[^"]*[^\x00-\x7f"]',
        Text(
            ko="레이블은 영어 글자로만 적을 수 있습니다: `app=web`",
            en="A label has Latin letters only: `app=web`.",
        ),
    ),
    (
        r"unknown flag: --(requests|limits|resources|memory|cpu)\nSee 'kubectl run --help'",
        Text(
            ko="`run`에는 자원의 요청과 제한을 적는 옵션이 없습니다. 매니페스트에서 컨테이너의 `resources`에 적습니다.",
            en="`run` has no option for requests and limits: a manifest has them, in `resources` of a container.",
        ),
    ),
    (
        r"no need to specify a resource type as a separate argument",
        Text(
            ko='`종류/이름`으로 적으면 모두 그렇게 적습니다: `"pod/a", "pod/b"`. 이미지는 `"컨테이너=이미지"`, '
            '출력 형식은 `output="yaml"`입니다.',
            en='With `type/name`, each one is written so: `"pod/a", "pod/b"`. An image is `"container=image"`, a '
            'format `output="yaml"`.',
        ),
    ),
    (
        r'\(NotFound\).*?: pods "(?P<name>pods?|po|deployments?|deploy|services?|svc)" not found',
        Text(
            ko='{name}{이/가} 파드의 이름으로 읽혔습니다. 파드의 이름만 적거나, `"{name}/이름"`처럼 붙여 적습니다.',
            en='{name} was taken for the name of a Pod: give the Pod\'s name alone, or write `"{name}/NAME"`.',
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "(?P<sign>\||>|>>|<|&&|;|2>&1)" not found',
        Text(
            ko="`{sign}`{은/는} 셸의 기호입니다. 줄을 `%kubectl` 대신 `!kubectl`로 시작하면 셸이 실행합니다.",
            en="`{sign}` is for a shell: begin the line with `!kubectl`, not `%kubectl`, and a shell runs it.",
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "(?P<format>wide|yaml|json)" not found',
        Text(
            ko='{format}{이/가} 이름으로 읽혔습니다. 출력 형식은 `output="{format}"`, `-o {format}`{으로/로} 고릅니다.',
            en='{format} was taken for a name. A format is chosen by `output="{format}"` or `-o {format}`.',
        ),
    ),
    (
        r'\(NotFound\).*?: [\w.]+ "( [^"]*|[^"]* )" not found',
        Text(
            ko="이름에 공백이 들어 있습니다. 따옴표 안의 공백을 지우십시오.",
            en="There is a blank in that name: take it out, from between the quotes.",
        ),
    ),
    (
        r"unknown (shorthand )?flag: ('o' in -o\S*|--output)\nSee 'kubectl describe --help'",
        Text(
            ko='describe에는 출력 형식이 없습니다. YAML은 get으로 봅니다: `kubectl.get("pod", "web", output="yaml")`',
            en='describe has one format only. For YAML it is get: `kubectl.get("pod", "web", output="yaml")`.',
        ),
    ),
    (
        r"unknown flag: --(command|cmd|args)\nSee 'kubectl exec --help'",
        Text(
            ko='명령은 파드의 이름 다음에 낱말마다 따옴표로 감싸 적습니다: `kubectl.exec("web", "ls", "/")`',
            en='The command follows the Pod\'s name, each word in quotes: `kubectl.exec("web", "ls", "/")`.',
        ),
    ),
    (
        r"unknown flag: --\S+\nSee 'kubectl create (?P<what>service) --help'",
        Text(
            ko="어떤 {what}인지 먼저 적습니다: `%kubectl create service clusterip web --tcp=80`",
            en="Which kind of {what} comes first: `%kubectl create service clusterip web --tcp=80`.",
        ),
    ),
    (
        r"unknown flag: --\S+\nSee 'kubectl create (?P<what>secret) --help'",
        Text(
            ko="어떤 {what}인지 먼저 적습니다: `%kubectl create secret generic web --from-literal=key=value`",
            en="Which kind of {what} comes first: `%kubectl create secret generic web --from-literal=key=value`.",
        ),
    ),
    (
        r"exactly one NAME is required.*\nSee 'kubectl (?P<words>create [\w -]+) -h'",
        Text(
            ko="이름을 하나만 적으십시오: `%kubectl {words} web`",
            en="Give it one name: `%kubectl {words} web`.",
        ),
    ),
    (
        r"field label not supported: (?P<field>\w+)\s*$",
        Text(
            ko='필드는 맨 위부터 점으로 이어 적습니다: `field_selector="status.phase=Running"`',
            en='A field is written from the top, with dots: `field_selector="status.phase=Running"`.',
        ),
    ),
    (
        r"at least one resource must be specified to use a selector",
        Text(
            ko='무엇 가운데에서 고를지 종류를 적으십시오: `kubectl.delete("pods", all=True)`, `selector="app=web"`',
            en='Say of which type to pick: `kubectl.delete("pods", all=True)`, or with `selector="app=web"`.',
        ),
    ),
    (
        r"name cannot be provided when a selector is specified",
        Text(
            ko="이름과 셀렉터 가운데 하나만 적습니다. 셀렉터에 공백이 있으면 그 뒤는 이름으로 읽힙니다: `-l app=web`",
            en="Give a name or a selector, not both; what follows a blank in a selector is taken for a name: "
            "`-l app=web`.",
        ),
    ),
    (
        r"at least one annotation update is required",
        Text(
            ko='붙일 것은 `=`로 이어 한 낱말로 적습니다: `kubectl.annotate("pod", "web", "note=hello")`. 떼려면 '
            '`"note-"`입니다.',
            en='What to put on it is one word with a `=`: `kubectl.annotate("pod", "web", "note=hello")`; `"note-"` '
            "takes it off.",
        ),
    ),
    (
        r"source and destination are required",
        Text(
            ko='어디에서 어디로인지 둘 다 적으십시오: `kubectl.cp("web:/etc/hosts", "hosts")`',
            en='Say both from where and to where: `kubectl.cp("web:/etc/hosts", "hosts")`.',
        ),
    ),
    (
        r"unable to find specified revision",
        Text(
            ko='그런 버전은 없습니다. `kubectl.rollout("history", "deployment/web")`이 있는 버전을 보여 줍니다.',
            en='There is no such revision: `kubectl.rollout("history", "deployment/web")` lists those there are.',
        ),
    ),
)
