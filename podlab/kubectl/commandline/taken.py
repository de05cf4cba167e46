"""What to do where kubectl took a word for something else than was meant: looked at before all other next steps."""

from __future__ import annotations

from podlab.text import Text

TAKEN: tuple[tuple[str, Text], ...] = (
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
        r"at least one annotation update is required",
        Text(
            ko='붙일 것을 더하십시오: `kubectl.annotate("pod", "web", "note=hello")`. 떼려면 `"note-"`입니다.',
            en='Add what to put on it: `kubectl.annotate("pod", "web", "note=hello")`; `"note-"` takes it off.',
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
