"""What to do about a command that was not called as kubectl or Python wants it: one next step a line."""

from __future__ import annotations

from podlab.text import Text

TYPES = (
    r"po|pods?|no|nodes?|svc|services?|deploy|deployments?|rs|replicasets?|sts|statefulsets?|ds|daemonsets?|jobs?|"
    r"cronjobs?|cm|configmaps?|secrets?|ns|namespaces?|ev|pvc|persistentvolumeclaims?|ingress(?:es)?"
)
SLIPS: tuple[tuple[str, Text], ...] = (
    (
        r"unknown flag: --\S+\nSee 'kubectl --help'",
        Text(
            ko="`kubectl` 바로 뒤에는 명령이 오고, 옵션은 그다음입니다. `%kubectl`만 실행하면 모든 명령이 나옵니다.",
            en="A command comes first behind `kubectl`, then its options. `%kubectl` alone lists all commands.",
        ),
    ),
    (
        r"unknown flag: --image\nSee 'kubectl create --help'",
        Text(
            ko='파드는 `kubectl.run("web", image="nginx")`으로, 디플로이먼트는 `kubectl.create("deployment", "web", '
            'image="nginx")`으로 만듭니다.',
            en='A Pod is made by `kubectl.run("web", image="nginx")`, a Deployment by `kubectl.create("deployment", '
            '"web", image="nginx")`.',
        ),
    ),
    (
        r"unknown flag: --(?P<flag>[^\s]+)\nSee 'kubectl (?P<verb>[^']+) --help'",
        Text(
            ko="--{flag} 옵션은 없습니다. 철자를 확인하십시오. `%kubectl {verb} --help`가 있는 옵션을 보여 줍니다.",
            en="There is no option --{flag}. Check its spelling; `%kubectl {verb} --help` lists those there are.",
        ),
    ),
    (
        r'unknown command "(?P<group>rollout|set|auth|top|config|certificate|plugin) [^"]*" for "kubectl"',
        Text(
            ko="{group} 뒤에는 무엇을 할지가 먼저 옵니다. `%kubectl {group} --help`가 고를 수 있는 것을 보여 줍니다.",
            en="What to do comes first behind {group}: `%kubectl {group} --help` lists what there is.",
        ),
    ),
    (
        rf'unknown command "(?P<type>{TYPES})" for "kubectl"',
        Text(
            ko="{type}{은/는} 종류입니다. 무엇을 할지를 앞에 적으십시오: `%kubectl get {type}`",
            en="{type} is a type; what to do with it comes before it: `%kubectl get {type}`",
        ),
    ),
    (
        r'unknown command "(?P<what>[^"]*?) (?P<action>status|undo|history|restart|pause|resume)"\s+See .kubectl roll',
        Text(
            ko="무엇을 할지가 먼저 옵니다: `%kubectl rollout {action} {what}`",
            en="What to do comes first: `%kubectl rollout {action} {what}`",
        ),
    ),
    (
        r'unknown command "[^"]*" for "kubectl"',
        Text(
            ko="그런 명령은 없습니다. `%kubectl`만 실행하면 쓸 수 있는 명령이 모두 나옵니다.",
            en="There is no such command. `%kubectl` alone lists all there are.",
        ),
    ),
    (
        r"exec \[POD\] \[COMMAND\] is not supported",
        Text(
            ko="컨테이너에서 실행할 명령 앞에 `--`를 적으십시오: `%kubectl exec web -- ls /`. 셀에서는 셸에 글자를 칠 "
            "수 없으니 `-it`는 터미널에서 씁니다.",
            en="Put `--` before the container's command: `%kubectl exec web -- ls /`. Nobody can type into a shell in "
            "a cell; `-it` is for a terminal.",
        ),
    ),
    (
        r'field "(?P<field>[^"]*)" does not exist',
        Text(
            ko="{field}{이라는/라는} 필드는 없습니다. 한 단계 위까지만 적으면 그 아래의 필드가 모두 나옵니다.",
            en="There is no field {field}. Leave off the last step, and all fields below are listed.",
        ),
    ),
    (
        r'deployment "(?P<name>[^"]*)" exceeded its progress deadline',
        Text(
            ko="새 파드가 제때 준비되지 못했습니다. 이유는 `kubectl get pods`에서 보고, 앞의 버전으로는 "
            "`kubectl rollout undo deployment/{name}`로 돌아갑니다.",
            en="The new Pods did not get ready in time. `kubectl get pods` shows why; `kubectl rollout undo "
            "deployment/{name}` goes back to the version before.",
        ),
    ),
    (
        r"Service (?P<name>\S+) does not have a service port",
        Text(
            ko="서비스에 있는 포트를 적습니다. `kubectl get service {name}`의 PORT(S) 열에 있습니다.",
            en="Take a port that the Service has: it is in the column PORT(S) of `kubectl get service {name}`.",
        ),
    ),
    (
        r"(?P<what>Pod|Service) '[^']*' does not have a named port '(?P<port>[^']*)'",
        Text(
            ko="{port}{이라는/라는} 이름의 포트가 이 {what}에 없습니다. 번호로 적으십시오: `8080:80`",
            en="This {what} has no port named {port}: give its number, as in `8080:80`.",
        ),
    ),
    (
        r"cannot unmarshal (?P<got>\w+) into Go struct field \w+\.(?P<field>\S+) of type (u?int|float)",
        Text(
            ko="{field}에는 따옴표 없는 숫자를 적습니다.",
            en="{field} takes a number, without quotes.",
        ),
    ),
    (
        r"cannot unmarshal (?P<got>\w+) into Go struct field \w+\.(?P<field>\S+) of type bool",
        Text(
            ko="{field}에는 따옴표 없이 `true`나 `false`를 적습니다.",
            en="{field} takes `true` or `false`, without quotes.",
        ),
    ),
    (
        r"cannot unmarshal (?P<got>\w+) into Go struct field \w+\.(?P<field>\S+) of type (?P<type>\w+)",
        Text(
            ko='{field}에는 글자를 적습니다. 숫자나 true, false라면 따옴표로 감쌉니다: `"80"`',
            en='{field} takes a text: a number, `true` or `false` needs quotes there, as in `"80"`.',
        ),
    ),
    (
        r'unable to find container named "(?P<name>[^"]*)"',
        Text(
            ko="{name}{이라는/라는} 컨테이너가 없습니다. 컨테이너의 이름은 `kubectl describe`의 Containers에 있습니다.",
            en="There is no container {name}: Containers in `kubectl describe` has their names.",
        ),
    ),
    (
        r"no context exists with the name",
        Text(
            ko="그런 컨텍스트는 없습니다. `%kubectl config get-contexts`가 있는 것을 보여 줍니다.",
            en="There is no such context; `%kubectl config get-contexts` lists those there are.",
        ),
    ),
    (
        r"Invalid image name .*invalid reference format",
        Text(
            ko="이미지는 `이름:태그`로 적습니다. 소문자로, 공백 없이 적습니다: `nginx:1.27`",
            en="An image is `name:tag`, in lower case and without blanks: `nginx:1.27`.",
        ),
    ),
    (
        r"Unexpected args: \[(?P<file>[^\]\s]+\.(ya?ml|json))",
        Text(
            ko="파일은 `-f` 뒤에 적습니다: `%kubectl apply -f {file}`",
            en="A file comes behind `-f`: `%kubectl apply -f {file}`.",
        ),
    ),
    (
        r'strconv\.(Atoi|ParseInt): parsing "(?P<value>[^"]*)": invalid syntax\s*$',
        Text(
            ko="여기에는 숫자를 적습니다. {value}{은/는} 숫자가 아닙니다. 예: `port=80`",
            en="This takes a number, which {value} is not; for example `port=80`.",
        ),
    ),
    (
        r"one of src or dest must be a remote file specification",
        Text(
            ko='한쪽은 파드 안의 경로여야 합니다: `kubectl.cp("web:/etc/hosts", "hosts")`',
            en='One of the two has to be a path in a Pod: `kubectl.cp("web:/etc/hosts", "hosts")`.',
        ),
    ),
    (
        r"invalid character .* looking for beginning of",
        Text(
            ko='patch에는 파이썬 값을 적어도 됩니다: `patch={{"metadata": {{"labels": {{"tier": "front"}}}}}}`',
            en='A patch may be a Python value: `patch={{"metadata": {{"labels": {{"tier": "front"}}}}}}`.',
        ),
    ),
    (
        r"--raw must be a valid URL path",
        Text(
            ko='경로는 `/`로 시작합니다: `kubectl.get(raw="/api/v1/namespaces")`',
            en='The path begins with `/`: `kubectl.get(raw="/api/v1/namespaces")`.',
        ),
    ),
    (
        r"unrecognized condition",
        Text(
            ko='무엇을 기다릴지 적으십시오: `for_="condition=Ready"`, `for_="delete"`, '
            '`for_="jsonpath={{.status.phase}}=Running"`',
            en='Say what to wait for: `for_="condition=Ready"`, `for_="delete"`, '
            '`for_="jsonpath={{.status.phase}}=Running"`.',
        ),
    ),
    (
        r"time: (missing unit|invalid duration|unknown unit)",
        Text(
            ko='시간은 단위를 붙여 따옴표 안에 적습니다: `timeout="60s"`, `timeout="2m"`',
            en='A time has a unit, and quotes in Python: `timeout="60s"`, `timeout="2m"`.',
        ),
    ),
    (
        r'invalid argument "(?P<value>[^"]*)" for "(?:-\w, )?--(?P<flag>[^"]*)" flag: strconv\.ParseBool',
        Text(
            ko="--{flag}에는 true나 false를 적습니다(파이썬에서는 `True`, `False`).",
            en="--{flag} takes true or false (in Python `True` or `False`).",
        ),
    ),
    (
        r'invalid argument "(?P<value>[^"]*)" for "(?:-\w, )?--(?P<flag>[^"]*)" flag: strconv',
        Text(
            ko="--{flag}에는 숫자를 적습니다. {value}{은/는} 숫자가 아닙니다.",
            en="--{flag} takes a number, which {value} is not.",
        ),
    ),
    (
        r"error parsing [^\n]*: unexpected EOF",
        Text(
            ko="JSON이 중간에 끝났습니다. 연 괄호 `{{`, `[`와 따옴표를 모두 닫으십시오.",
            en="The JSON ends too early: close each `{{`, `[` and quotation mark that was opened.",
        ),
    ),
    (
        r"No closing quotation",
        Text(ko="따옴표를 열고 닫지 않았습니다.", en="A quotation mark was opened and not closed."),
    ),
    (
        r'unable to parse requirement.*"(?P<key>[\w./-]+): *(?P<value>[\w.-]+)"',
        Text(
            ko='셀렉터에서는 `:`가 아니라 `=`로 적습니다: `selector="{key}={value}"`',
            en='A selector has `=` where a manifest has `:`: `selector="{key}={value}"`.',
        ),
    ),
    (
        r"unexpected label spec",
        Text(
            ko='레이블은 문자열 하나로 적습니다: `labels="app=web,tier=front"`',
            en='Labels are one text: `labels="app=web,tier=front"`.',
        ),
    ),
    (
        r"unable to listen on any of the requested ports: \[\{(?P<local>\d+) (?P<remote>\d+)",
        Text(
            ko="여러분의 컴퓨터에서 {local}번 포트를 쓸 수 없습니다. 다른 프로그램이 쓰고 있을 수 있습니다. 왼쪽을 "
            '비우면 빈 포트를 고릅니다: `":{remote}"`',
            en="Port {local} of your computer cannot be had; something else may be using it. Leave out the left side, "
            'and a free one is taken: `":{remote}"`.',
        ),
    ),
    (
        r"unable to parse requirement: found '[^']*' expected: '\('",
        Text(
            ko='`in` 뒤의 값은 둥근 괄호로 묶습니다: `selector="color in (blue, green)"`',
            en='The values behind `in` stand in round brackets: `selector="color in (blue, green)"`.',
        ),
    ),
    (
        r'container not found \("(?P<name>[^"]*)"\)',
        Text(
            ko="{name} 컨테이너가 지금은 실행되고 있지 않습니다. `kubectl get pods`의 STATUS를 보고, 다시 시작되면 "
            "같은 명령을 실행하십시오.",
            en="The container {name} is not running now. See STATUS in `kubectl get pods`, and run the command again "
            "when it has started.",
        ),
    ),
    (
        r"unable to parse requirement",
        Text(
            ko='셀렉터는 문자열 하나로 적습니다: `selector="app=web"`, `selector="app=web,tier=front"`',
            en='A selector is one text: `selector="app=web"`, `selector="app=web,tier=front"`.',
        ),
    ),
    (
        r'resource type "[\w.]+ (?:[^"]* )?-[^"]*"',
        Text(
            ko='한 문자열에는 낱말 하나만 적고, 옵션은 인자로 적습니다: `kubectl.get("pods", output="wide")`. 한 줄로 '
            "적으려면 `%kubectl get pods -o wide`입니다.",
            en='Each word has quotes of its own, and an option is an argument: `kubectl.get("pods", output="wide")`. '
            "As one line it is `%kubectl get pods -o wide`.",
        ),
    ),
    (
        r'resource type "(?P<type>[\w.]+) +(?P<name>[^"]+)"',
        Text(
            ko='종류와 이름을 따로 적으십시오: `"{type}", "{name}"`',
            en='The type and the name are two words: `"{type}", "{name}"`.',
        ),
    ),
    (
        r'resource type "-[^"]*"',
        Text(
            ko='옵션이 종류로 읽혔습니다. 파이썬에서는 옵션을 인자로 씁니다: `kubectl.get("pods", output="wide")`',
            en='An option was taken for a type. In Python it is an argument: `kubectl.get("pods", output="wide")`.',
        ),
    ),
    (
        r'unable to parse "(?P<text>[^"]*)"',
        Text(
            ko='patch에는 파이썬 값을 적어도 됩니다: `patch={{"metadata": {{"labels": {{"tier": "front"}}}}}}`',
            en='A patch may be a Python value: `patch={{"metadata": {{"labels": {{"tier": "front"}}}}}}`.',
        ),
    ),
    (
        r'exec: "(\S+ [^"]*": executable file not found|[^"]*": stat (?P<first>\S+) (?P<rest>.*): no such file)',
        Text(
            ko='명령의 낱말은 저마다 따옴표로 감쌉니다: `kubectl.exec("web", "ls", "/")`',
            en='Each word of the command has quotes of its own: `kubectl.exec("web", "ls", "/")`.',
        ),
    ),
    (
        r'exec: "(?P<flag>-[^"]*)": executable file not found',
        Text(
            ko='`{flag}`{이/가} 실행할 프로그램으로 읽혔습니다. 파이썬에서는 옵션을 인자로 적고(`container="web"`), '
            "`%kubectl` 줄에서는 `--` 앞에 적습니다.",
            en="`{flag}` was taken for the program to run. In Python an option is an argument, such as "
            '`container="web"`; in a line of `%kubectl` it stands before the `--`.',
        ),
    ),
    (
        r'exec: "(?P<program>[^"]*)": (executable file not found|stat .*no such file)',
        Text(
            ko="이 컨테이너에는 `{program}`{이라는/라는} 프로그램이 없습니다. 철자를 확인하십시오. 어떤 프로그램이 "
            "있는지는 이미지마다 다릅니다.",
            en="This container has no program `{program}`. Check its spelling; which programs there are depends on the "
            "image.",
        ),
    ),
    (
        r"container \S+ is not valid for pod (?P<pod>\S+) out of: (?P<there>[^\n]+)",
        Text(
            ko="파드 {pod}의 컨테이너는 다음과 같습니다: {there}. 그 가운데 하나를 적으십시오.",
            en="The containers of {pod} are: {there}. Name one of these.",
        ),
    ),
    (
        r"previous terminated container .* not found",
        Text(
            ko="다시 시작된 적이 없는 컨테이너에는 이전 로그가 없습니다. `previous=True`(`-p`)를 빼면 "
            "지금의 로그가 나옵니다.",
            en="A container that was never restarted has no earlier log. Without `previous=True` (`-p`) you get the "
            "present one.",
        ),
    ),
    (
        r"unexpected custom-columns spec",
        Text(
            ko="열은 `제목:경로`로 적고 쉼표로 잇습니다: `custom-columns=NAME:.metadata.name,IP:.status.podIP`",
            en="A column is `HEADING:path`, with commas between: "
            "`custom-columns=NAME:.metadata.name,IP:.status.podIP`.",
        ),
    ),
    (
        r"error parsing jsonpath",
        Text(
            ko="경로는 중괄호로 감쌉니다. 열고 닫은 괄호의 짝을 확인하십시오: `jsonpath={{.status.podIP}}`",
            en="A path stands in braces; see that each bracket is closed: `jsonpath={{.status.podIP}}`.",
        ),
    ),
)
