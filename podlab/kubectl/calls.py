"""A Python call of `Kubectl` → what a verb's function gets; and the way back from a misspelt name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.commandline.flags import of_call, see
from podlab.kubectl.commandline.hints import hint_for
from podlab.kubectl.commandline.surface import Usage, commands
from podlab.kubectl.common import Common, Kustomization
from podlab.kubectl.verbs.table import COMMON, accepts, keywords_of, refused
from podlab.text import Text

LITERAL = Text(
    ko='키와 값은 이렇게 적습니다: `from_literal="{key}={value}"`',
    en='A key and its value are written like this: `from_literal="{key}={value}"`.',
)
MEANT = Text(ko="혹시 `{name}`입니까?", en="Did you mean `{name}`?")
GET = Text(
    ko='kubectl의 명령은 `kubectl.get("pods")`처럼 씁니다. `%kubectl`만 실행하면 모든 명령이 나옵니다.',
    en='A command of kubectl looks like `kubectl.get("pods")`; `%kubectl` alone lists them all.',
)
TEMPLATES = ("go-template", "go-template-file", "template", "templatefile", "jsonpath", "jsonpath-file",
             "jsonpath-as-json")  # fmt: skip


class NoSuchMethod(PodlabError, AttributeError):
    """`kubectl.gett`: no verb has this name."""

    def __init__(self, name: str, there: Iterable[str]) -> None:
        line = Text(ko="kubectl에는 `{name}`{이/가} 없습니다.", en="kubectl has no `{name}`.").format(name=name)
        super().__init__(line, _of_group(name) or did_you_mean(name, there, 0.7) or GET.format(name=name))


GROUPED = Text(
    ko='이렇게 씁니다: `kubectl.{group}("{rest}", …)`', en='It is written like this: `kubectl.{group}("{rest}", …)`'
)


def _of_group(name: str) -> Text | None:
    """Where a command below another was called by both names: `rollout_status`."""
    group, _, rest = name.partition("_")
    rest = rest.replace("_", "-")
    rest = {"pods": "pod", "nodes": "node"}.get(rest, rest) if group == "top" else rest
    return GROUPED.format(group=group, rest=rest) if rest and f"{group} {rest}" in commands() else None


UNROLLED = Text(
    ko="목록은 앞에 `*`를 붙여 풉니다: `kubectl.{verb}(*[…])`. 또는 하나씩 쉼표로 늘어놓습니다.",
    en="A list takes a `*` in front, `kubectl.{verb}(*[…])`, or give its items one after another.",
)
WORDS = Text(
    ko="kubectl {verb}에는 문자열을 쉼표로 늘어놓습니다. 여기에는 {kind} 값이 있습니다.",
    en="kubectl {verb} takes texts in quotes, one after another; here is a {kind} among them.",
)
EXAMPLE = Text(ko="예: `kubectl.{call}`", en="For example: `kubectl.{call}`.")
CALLS = {
    "set image": 'set_image("deployment/web", "web=nginx:1.27")',
    "get": 'get("pods,services")',
    "create configmap": 'create("configmap", "web", from_literal="key=value")',
    "create job": 'create("job", "once", "--", "echo", "done", image="busybox")',
    "exec": 'exec("web", "ls", "/")',
    "run": 'run("web", image="nginx:latest")',
    "patch": 'patch("pod", "web", patch={"metadata": {"labels": {"tier": "front"}}})',
    "delete": 'delete("pod", "web")',
    "logs": 'logs("web")',
    "wait": 'wait("pod/web", for_="condition=Ready")',
}
POSITION = Text(
    ko='이름은 종류 다음에 그냥 적습니다: `kubectl.{verb}("pod", "web")`',
    en='A name is written after its type, without a word before it: `kubectl.{verb}("pod", "web")`.',
)


PAIR = Text(
    ko='키와 값은 한 문자열입니다: `kubectl.{verb}("pod", "web", "{key}={value}")`',
    en='Key and value are one text: `kubectl.{verb}("pod", "web", "{key}={value}")`.',
)

OUTPUT = Text(
    ko='출력 형식은 이렇게 고릅니다: `output="{format}"`', en='A format is chosen like this: `output="{format}"`.'
)
SELECTOR = Text(
    ko='레이블로 고를 때는 `selector`입니다: `selector="app=web"`',
    en='To pick by label it is `selector`: `selector="app=web"`.',
)
ALONE = Text(
    ko='파드의 이름만 먼저 적습니다: `kubectl.{verb}("web", …)`',
    en='The Pod\'s name comes first, by itself: `kubectl.{verb}("web", …)`.',
)
OF_A_POD = ("logs", "exec", "attach", "debug")
OTHERWISE = (("create", "image"), ("describe", "output"), ("exec", "command"), ("exec", "cmd"), ("exec", "args"),
             ("create service", "tcp"), ("create secret", "from_literal"), ("wait", "condition"),
             ("wait", "until"), ("create job", "command"))  # fmt: skip
POSITIONS = ("name", "names", "pod", "pods", "deployment", "service", "type", "resource", "kind")
FORMATS = ("wide", "yaml", "json")


def in_text(verb: str, arguments: Iterable[object]) -> list[str]:
    """The positional arguments as words.

    Raises:
        PodlabError: one of them is no word, such as a list of words, or what another command returned.
    """
    found = list(arguments)
    for each in found:
        if isinstance(each, Mapping) and each and verb in ("label", "annotate"):
            key, value = next(iter(each.items()))
            raise PodlabError(
                WORDS.format(verb=verb, kind=type(each).__name__), PAIR.format(verb=verb, key=key, value=value)
            )
        if not isinstance(each, (str, int, float, Path)):
            call = CALLS.get(verb, 'get("pods", "web")')
            raise PodlabError(WORDS.format(verb=verb, kind=type(each).__name__), EXAMPLE.format(call=call))
    return [str(each) for each in found]


KINDLESS = Text(
    ko="`kubectl {verb}` 뒤에는 어떤 것인지가 옵니다: {kinds}", en="`kubectl {verb}` is followed by which: {kinds}"
)
KIND_FIRST = Text(
    ko='예: `kubectl.{group}("{what}", "{kind}", …)`', en='For example: `kubectl.{group}("{what}", "{kind}", …)`'
)


def kindless(verb: str) -> PodlabError:
    """What to say of a command that has commands below it, of which none was named: `create service`."""
    kinds = [name.removeprefix(f"{verb} ") for name in commands() if name.startswith(f"{verb} ")]
    group, _, what = verb.partition(" ")
    return PodlabError(
        KINDLESS.format(verb=verb, kinds=", ".join(kinds)), KIND_FIRST.format(group=group, what=what, kind=kinds[0])
    )


def no_list(verb: str, arguments: Iterable[object]) -> None:
    """Refuse a list among files and objects.

    Raises:
        PodlabError: there is one.
    """
    found = next((each for each in arguments if isinstance(each, (list, tuple, set))), None)
    if found is not None:
        raise PodlabError(WORDS.format(verb=verb, kind=type(found).__name__), UNROLLED.format(verb=verb))


STUMBLED = Text(
    ko="error: podlab의 kubectl이 이 명령을 처리하지 못했습니다 ({what})",
    en="error: podlab's kubectl stumbled over this command ({what})",
)
OUR_FAULT = Text(
    ko="podlab의 잘못입니다. 같은 명령을 진짜 kubectl과 `podlab kubeconfig`로 할 수 있습니다.",
    en="This is a fault of podlab's. The real kubectl can do the same with what `podlab kubeconfig` names.",
)


def fault(error: Exception) -> PodlabError:
    """One line in place of a stack, for what podlab did not foresee."""
    what = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(": ")
    found = PodlabError(STUMBLED.format(what=what.replace("{", "(").replace("}", ")")), OUR_FAULT)
    found.__cause__ = error
    return found


def did_you_mean(word: str, there: Iterable[str], like: float = 0.65) -> Text | None:
    """A hint with the name that is most like a word; None if none is like it."""
    near = difflib.get_close_matches(word.lower(), list(there), 1, like)
    return MEANT.format(name=near[0]) if near else None


def keywords(verb: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], Common]:
    """The keyword arguments of a verb's function, and the flags that many verbs have in common.

    Raises:
        PodlabError: kubectl has no such flag, podlab does not do it, or its value is none.
    """
    usage, known = commands()[verb], keywords_of(verb)
    found: dict[str, Any] = {}
    for keyword, value in given.items():
        flag = usage.by_keyword(keyword)
        if flag is None:
            raise _unknown(usage, keyword, value)
        if not accepts(verb, flag):
            raise PodlabError(refused(f"kubectl {verb} --{flag.name}"))
        found[flag.keyword] = of_call(verb, flag, value)
    _files(usage, found)
    _template(found)
    common = Common(**{name: found[name] for name in COMMON if name in found and name not in known})
    return {known[name]: value for name, value in found.items() if name in known}, common


def _unknown(usage: Usage, keyword: str, value: Any) -> PodlabError:
    name = keyword.strip("_").replace("_", "-")
    there = sorted([*(flag.keyword for flag in usage.flags.values() if accepts(usage.name, flag)), "namespace"])
    letter = usage.by_letter(keyword.strip("_"))
    if letter and letter.keyword in there:
        near: Text | None = MEANT.format(name=letter.keyword)
    elif keyword in POSITIONS:
        near = (ALONE if usage.name in OF_A_POD else POSITION).format(verb=usage.name)
    elif keyword in FORMATS and "output" in there:
        near = OUTPUT.format(format=keyword)
    elif (usage.name, keyword) in OTHERWISE:
        near = hint_for(f"error: unknown flag: --{name}{see(usage.name)}")
    elif keyword in ("label", "labels") and "selector" in there:
        near = SELECTOR
    elif usage.name in ("label", "annotate") and isinstance(value, str):
        near = PAIR.format(verb=usage.name, key=keyword, value=value)
    else:
        near = did_you_mean(keyword.strip("_"), there)
    if near is None and "from_literal" in there:
        near = LITERAL.format(key=keyword, value=value)
    line = f"error: unknown flag: --{name}{see(usage.name)}"
    return PodlabError(line, near or hint_for(line))


def _files(usage: Usage, found: dict[str, Any]) -> None:
    """`-k` names one more file, of which the objects are built."""
    if not found.get("kustomize"):
        return
    if found.get("filename"):
        raise PodlabError("error: only one of -f or -k can be specified")
    found["filename"] = [Kustomization(found["kustomize"])]


def _template(found: dict[str, Any]) -> None:
    """`--template` belongs to the output format."""
    template, output = found.get("template"), found.get("output") or "go-template"
    if template and output in TEMPLATES:
        found["output"] = f"{output}={template}"


def is_manifest(argument: object) -> bool:
    """Whether a positional argument is a manifest, and not a resource or a name."""
    return isinstance(argument, (Mapping, Path)) or argument == "-" or str(argument).lower().endswith(MANIFESTS)


MANIFESTS = (".yaml", ".yml", ".json")
