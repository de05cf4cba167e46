"""What to do about a value in a manifest that the API server does not take: looked at before all other next steps."""

from __future__ import annotations

from podlab.text import Text

REFUSED: tuple[tuple[str, Text], ...] = (
    (
        r"`selector` does not match template `labels`",
        Text(
            ko="셀렉터의 `matchLabels`와 템플릿의 `labels`가 서로 다릅니다. 두 곳에 같은 `키: 값`을 적으십시오.",
            en="The selector's `matchLabels` and the template's `labels` differ: write the same `key: value` in both.",
        ),
    ),
    (
        r'Unsupported value: "[^"]*": supported values: (?P<there>"[^"]*"(, "[^"]*")*)',
        Text(
            ko="다음 가운데 하나를 대소문자까지 그대로 적으십시오: {there}",
            en="Write one of these just as it is here, in upper and lower case: {there}.",
        ),
    ),
    (
        r"cannot unmarshal (string|number) into Go struct field \S+ of type v1\.(?P<whose>Container|Service)Port\b",
        Text(
            ko="`ports:`의 항목은 저마다 `키: 값`으로 적습니다: 컨테이너에서는 `- containerPort: 80`, 서비스에서는 "
            "`- port: 80`",
            en="Each item of `ports:` is a `key: value`: `- containerPort: 80` of a container, `- port: 80` of a "
            "Service.",
        ),
    ),
    (
        r'(?P<field>\w+): Duplicate value: "(?P<value>[^"]*)"',
        Text(
            ko="`{value}`{은/는} 이미 있습니다. 같은 목록에서는 {field} 값이 저마다 달라야 합니다.",
            en="`{value}` is there already: in one list each has a {field} of its own.",
        ),
    ),
    (
        r"cannot unmarshal (object|array) into Go struct field \w+\.(?P<field>\S+) of type string",
        Text(
            ko="{field}에는 글자만 올 수 있고 목록이나 `키: 값`은 올 수 없습니다. 글자 안에 `: `이 있으면 따옴표로 "
            '감쌉니다: `"hi: there"`',
            en="{field} takes texts, no list in their place and no `key: value`; one with a `: ` in it needs quotes: "
            '`"hi: there"`.',
        ),
    ),
    (
        r"unrecognized type: (?P<type>int|float|bool)",
        Text(
            ko="숫자와 true, false는 따옴표 없이 적습니다: `5`, 파이썬의 `True`",
            en="A number, true or false stands there without quotes: `5`, in Python `True`.",
        ),
    ),
    (
        r'volumeMounts\[\d+\]\.name: Not found: "(?P<name>[^"]+)"',
        Text(
            ko="`volumes:` 아래에 이름이 {name}인 볼륨이 없습니다. 두 곳의 이름이 같아야 합니다.",
            en="There is no volume named {name} below `volumes:`; the two names have to be the same.",
        ),
    ),
    (
        r'(of type \[\]v1\.EnvVar|unknown field "[^"]*\benv\[\d+\]\.(?!name|value)\w+")',
        Text(
            ko="`env:`의 항목은 저마다 `name`과 `value`로 적습니다: `- {{name: COLOR, value: blue}}`",
            en="Each item of `env:` has a `name` and a `value`: `- {{name: COLOR, value: blue}}`.",
        ),
    ),
    (
        r"cannot unmarshal (bool|number) into Go struct field \w+\.(?P<field>\S+) of type v1\.\w*"
        r"(Policy|Protocol|Scheme|Type|Effect|Operator)",
        Text(
            ko="{field}에는 글자를 적습니다. YAML에서 따옴표 없는 `No`, `yes`, `on`은 글자가 아니라 true나 "
            "false입니다.",
            en="{field} takes a text; in YAML `No`, `yes` and `on` without quotes are true or false.",
        ),
    ),
    (
        r"quantities must match the regular expression",
        Text(
            ko="양은 숫자와 단위를 공백 없이 적고 대소문자를 가립니다: 메모리는 `128Mi`, CPU는 `50m`이나 `0.5`.",
            en="An amount is a number and its unit without a blank, in these very letters: `128Mi` of memory, `50m` or "
            "`0.5` of CPU.",
        ),
    ),
    (
        r"^(?!.*metadata\.name: Invalid)(.*)(invalid label (key|value)|metadata\.labels: Invalid value)",
        Text(
            ko="레이블에는 영어 글자와 숫자, `-`, `_`, `.`만 쓸 수 있고, 처음과 끝은 글자나 숫자입니다: `team=red`",
            en="A label takes Latin letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit: "
            "`team=red`.",
        ),
    ),
)
