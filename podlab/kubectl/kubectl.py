"""`Kubectl`: kubectl's verbs as methods, for one cluster and one namespace."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from podlab.client import Client
from podlab.errors import PodlabError
from podlab.kubectl import nearby
from podlab.kubectl.calls import NoSuchMethod, fault, in_text, is_manifest, keywords, kindless, no_list
from podlab.kubectl.command import Command, Echo
from podlab.kubectl.commandline import odd
from podlab.kubectl.commandline.flags import written
from podlab.kubectl.commandline.hints import hint_for
from podlab.kubectl.commandline.surface import commands, names
from podlab.kubectl.forwarding import Forward
from podlab.kubectl.output import Output
from podlab.kubectl.resources.merge import Schemas
from podlab.kubectl.resources.restmapper import RestMapper
from podlab.kubectl.verbs.table import verb_of
from podlab.text import Text

Argument = str | Path | Mapping[str, Any]


class Kubectl:
    """kubectl for one cluster: what kubectl does, returning what kubectl prints.

    Every verb takes kubectl's own arguments; its long flags are keyword arguments: `kubectl get pods -o wide` is
    `kubectl.get("pods", output="wide")`. It returns an `Output`. A failure raises a PodlabError whose `str()` is
    kubectl's line and whose `output` holds what was printed before it.

    Args:
        client: the connection to the cluster.
        namespace: where the verbs work; None means the client's.
        folder: what relative file names are relative to; None means the current folder at each call.
    """

    def __init__(self, client: Client, namespace: str | None = None, folder: str | Path | None = None) -> None:
        self.client = client
        self.namespace = namespace or client.namespace
        self.folder = None if folder is None else Path(folder)
        self.mapper = RestMapper(client)
        self.schemas = Schemas(client)

    def __repr__(self) -> str:
        return f"Kubectl({self.client.server}, namespace={self.namespace})"

    def __getattr__(self, name: str) -> Any:
        raise NoSuchMethod(name, [each for each in dir(type(self)) if not each.startswith("_")])

    def create(self, *arguments: Argument, **flags: Any) -> Output:
        """`kubectl create`: `create("pod.yaml")`, `create("namespace", "team")`."""
        words = [str(each) for each in arguments if not isinstance(each, Mapping)]
        if words and f"create {words[0]}" in names():
            return self._below("create", words, flags)
        return self._do_files("create", arguments, flags)

    def apply(self, *arguments: Argument, **flags: Any) -> Output:
        """`kubectl apply`: `apply("pod.yaml")`; an object as a dict will do, too."""
        if arguments and f"apply {arguments[0]}" in names():
            return self._below("apply", [str(each) for each in arguments], flags)
        return self._do_files("apply", arguments, flags)

    def diff(self, *arguments: Argument, **flags: Any) -> Output:
        """`kubectl diff`: `diff("pod.yaml")`, what `apply` would change; `exit_code` is 1 if anything."""
        return self._do_files("diff", arguments, flags)

    def replace(self, *arguments: Argument, **flags: Any) -> Output:
        """`kubectl replace`: `replace("pod.yaml", force=True)`."""
        return self._do_files("replace", arguments, flags)

    def delete(self, *arguments: Argument, **flags: Any) -> Output:
        """`kubectl delete`: `delete("pod", "web")`, `delete("pod.yaml")`, `delete("pods", selector="app=web")`."""
        if arguments and all(is_manifest(each) for each in arguments):
            return self._do_files("delete", arguments, flags)
        return self.do("delete", [str(each) for each in arguments], flags)

    def run(self, name: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl run`: `run("web", image="nginx", port=80)`; further arguments are the container's."""
        return self.do("run", [name], flags, after=_behind_dashes(arguments))

    def label(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl label`: `label("pod", "web", "tier=front", overwrite=True)`; `"tier-"` removes it."""
        return self.do("label", arguments, flags)

    def annotate(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl annotate`: `annotate("pod", "web", "note=hello")`."""
        return self.do("annotate", arguments, flags)

    def patch(self, *arguments: str, patch: str | Mapping[str, Any] | list[Any] = "", **flags: Any) -> Output:
        """`kubectl patch`: `patch("pod", "web", patch={"metadata": …})`, with `type="merge"` or `"json"`."""
        text = patch if isinstance(patch, str) else json.dumps(patch, ensure_ascii=False)
        return self.do("patch", arguments, {**flags, **({"patch": text} if text else {})})

    def set(self, what: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl set`: `set("env", "deployment/web", "COLOR=blue")`, `set("resources", …)`."""
        return self._below("set", [what, *arguments], flags)

    def set_image(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl set image`: `set_image("pod/web", "web=nginx:1.27")`."""
        return self.do("set image", arguments, flags)

    def scale(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl scale`: `scale("deployment", "web", replicas=3)`."""
        return self.do("scale", arguments, flags)

    def rollout(self, action: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl rollout`: `rollout("status", "deployment/web")`, `rollout("restart", "deployment/web")`."""
        return self._below("rollout", [action, *arguments], flags)

    def auth(self, action: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl auth`: `auth("can-i", "create", "pods")`."""
        return self._below("auth", [action, *arguments], flags)

    def get(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl get`: `get("pods", output="wide")`, `get("pod", "web", output="yaml")`, `get(raw="/version")`."""
        return self.do("get", arguments, flags)

    def describe(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl describe`: `describe("pod", "web")`."""
        return self.do("describe", arguments, flags)

    def logs(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl logs`: `logs("web", container="sidecar", previous=True, tail=10)`."""
        return self.do("logs", arguments, flags)

    def exec(self, pod: str, *command: str, **flags: Any) -> Output:
        """`kubectl exec`: `exec("web", "nginx", "-v")`; `exit_code` is the command's."""
        return self.do("exec", [pod], flags, after=_behind_dashes(command))

    def wait(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl wait`: `wait("pod/web", for_="condition=Ready", timeout="60s")`."""
        return self.do("wait", arguments, flags)

    def explain(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl explain`: `explain("pod.spec.containers")`."""
        return self.do("explain", arguments, flags)

    def events(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl events`: `events(for_="pod/web")`."""
        return self.do("events", arguments, flags)

    def expose(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl expose`: `expose("deployment", "web", port=80)`."""
        return self.do("expose", arguments, flags)

    def autoscale(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl autoscale`: `autoscale("deployment", "web", min=1, max=5, cpu="80%")`."""
        return self.do("autoscale", arguments, flags)

    def taint(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl taint`: `taint("nodes", "n1", "key=value:NoSchedule")`."""
        return self.do("taint", arguments, flags)

    def cordon(self, *nodes: str, **flags: Any) -> Output:
        """`kubectl cordon`: `cordon("n1")`."""
        return self.do("cordon", nodes, flags)

    def uncordon(self, *nodes: str, **flags: Any) -> Output:
        """`kubectl uncordon`: `uncordon("n1")`."""
        return self.do("uncordon", nodes, flags)

    def drain(self, *nodes: str, **flags: Any) -> Output:
        """`kubectl drain`: `drain("n1", ignore_daemonsets=True)`."""
        return self.do("drain", nodes, flags)

    def top(self, what: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl top`: `top("pods")`, `top("nodes")`."""
        return self._below("top", [what, *arguments], flags)

    def config(self, action: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl config`: `config("view")`, `config("get-contexts")`."""
        return self._below("config", [action, *arguments], flags)

    def kuberc(self, action: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl kuberc …`: `kuberc("view")`."""
        return self._below("kuberc", [action, *arguments], flags)

    def plugin(self, action: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl plugin`: `plugin("list")`."""
        return self._below("plugin", [action, *arguments], flags)

    def cp(self, source: str, target: str, **flags: Any) -> Output:
        """`kubectl cp`: `cp("notes.txt", "web:/tmp/")`, `cp("web:/etc/nginx", "nginx")`."""
        return self.do("cp", (source, target), flags)

    def debug(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl debug`: `debug("web", "--", "ps", image="busybox", target="web")`."""
        return self.do("debug", arguments, flags)

    def attach(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl attach`: `attach("web")`, until its container ends."""
        return self.do("attach", arguments, flags)

    def edit(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl edit`, which needs a terminal: a notebook has `ManifestEditor` and `patch`."""
        return self.do("edit", arguments, flags)

    def proxy(self, **flags: Any) -> Output:
        """`kubectl proxy`: `proxy(port=8001)`, the API server on a local port until it is interrupted."""
        return self.do("proxy", (), flags)

    def kustomize(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl kustomize`: `kustomize("overlays/dev")`."""
        return self.do("kustomize", arguments, flags)

    def api_versions(self, **flags: Any) -> Output:
        """`kubectl api-versions`: `api_versions()`."""
        return self.do("api-versions", (), flags)

    def completion(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl completion`, which is left to the real kubectl."""
        return self.do("completion", arguments, flags)

    def cluster_info(self, *arguments: str, **flags: Any) -> Output:
        """`kubectl cluster-info`: `cluster_info()`, `cluster_info("dump", output_directory="state")`."""
        if arguments[:1] == ("dump",):
            return self.do("cluster-info dump", arguments[1:], flags)
        return self.do("cluster-info", arguments, flags)

    def certificate(self, action: str, *arguments: str, **flags: Any) -> Output:
        """`kubectl certificate`: `certificate("approve", "ann")`, `certificate("deny", "ann")`."""
        return self._below("certificate", [action, *arguments], flags)

    def api_resources(self, **flags: Any) -> Output:
        """`kubectl api-resources`: `api_resources()`."""
        return self.do("api-resources", (), flags)

    def version(self, **flags: Any) -> Output:
        """`kubectl version`: `version()`."""
        return self.do("version", (), flags)

    def port_forward(self, *arguments: str, **flags: Any) -> Forward:
        """`kubectl port-forward`: `port_forward("pod/web", "8080:80")`; `close()` of what it returns ends it."""
        command, act = self._prepared("port-forward", arguments, flags)
        command.background = True
        _carry_out(command, act)
        forward: Forward = command.kept
        return forward

    def do(
        self,
        verb: str,
        arguments: tuple[str, ...] | list[str],
        flags: Mapping[str, Any],
        *,
        after: tuple[str, ...] | list[str] = (),
        stdin: IO[bytes] | None = None,
        echo: Echo | None = None,
        line: str = "",
    ) -> Output:
        """Carry out a verb.

        Args:
            verb: one of `VERBS`, such as `get` or `set image`.
            after: the words behind `--`.
            echo: told each piece of text as it is printed.
            line: the kubectl line to show; made from the call where there is none.

        Raises:
            PodlabError: kubectl's line for what went wrong; its `output` is what was printed before.
        """
        try:
            command, act = self._prepared(verb, arguments, flags, after, stdin, echo, line)
            output = _carry_out(command, act)
            asked = verb in ("get", "exec", "patch") and (echo is None or sys.stderr.isatty())
            found = nearby.doubt(output, flags, self.client) if asked else None
            if verb == "exec" and output.exit_code and not line:
                found = odd.behind_name(str(arguments[0]), after) or found
            return replace(output, hint=found) if found else output
        except PodlabError as error:
            error.hint = error.hint or hint_for(str(error), verb)
            if echo is None or sys.stderr.isatty():
                error.hint = nearby.unmet(error, flags) or self._nearby(error, flags) or error.hint
            raise

    def _nearby(self, error: PodlabError, flags: Mapping[str, Any]) -> Text | None:
        return nearby.hint_for(error, self.client, self.mapper, str(flags.get("namespace") or self.namespace))

    def _prepared(
        self,
        verb: str,
        arguments: Sequence[str],
        flags: Mapping[str, Any],
        after: Sequence[str] = (),
        stdin: IO[bytes] | None = None,
        echo: Echo | None = None,
        line: str = "",
    ) -> tuple[Command, Callable[[], None]]:
        """The command of a call, and what carries it out."""
        found, words, after = verb_of(verb), in_text(verb, arguments), in_text(verb, after)
        if "--" in words:
            words, after = words[: words.index("--")], [*words[words.index("--") + 1 :], *after]
        given = {keyword: value for keyword, value in flags.items() if value is not None}
        if "\0" in "".join(map(str, (*words, *after, *given.values()))):
            raise PodlabError("error: a command line has no NUL characters")
        namespace = None if given.get("namespace") is None else str(given["namespace"])
        given.pop("namespace", None)
        chosen, common = keywords(verb, given)
        shown = {**({"namespace": namespace} if namespace else {}), **given}
        command = Command(
            self.client,
            self.mapper,
            self.schemas,
            namespace or ("" if namespace == "" and verb == "config set-context" else self.namespace),
            namespace is not None,
            self.folder or Path.cwd(),
            stdin,
            line or written(verb, words, shown, after),
            echo,
            common,
            tuple(after),
        )
        self.client.take_sent()
        if "record" in given:
            command.err("Flag --record has been deprecated, --record will be removed in the future\n")
        return command, partial(found.function(), command, *words, *after, **chosen)

    def _below(self, group: str, words: Sequence[str], flags: Mapping[str, Any]) -> Output:
        """A command of a group, such as `create secret tls`: as many words as name one."""
        for length in (2, 1):
            verb = " ".join([group, *words[:length]])
            if len(words) >= length and verb in names():
                if commands()[names()[verb]].is_group:
                    raise kindless(names()[verb])
                return self.do(names()[verb], list(words[length:]), flags)
        return self.do(f"{group} {words[0]}", [], flags)

    def _do_files(self, verb: str, arguments: tuple[Argument, ...], flags: Mapping[str, Any]) -> Output:
        """A verb whose positional arguments are manifests: files, folders, or objects as dicts."""
        no_list(verb, arguments)
        objects = [each for each in arguments if isinstance(each, Mapping)]
        files = [str(each) for each in arguments if not isinstance(each, Mapping) and each not in ("-f", "--filename")]
        named = flags.get("filename")
        files += [str(each) for each in ([named] if isinstance(named, (str, Path)) else named or ())]
        if not objects:
            return self.do(verb, [], {**({"filename": files} if files else {}), **_without_filename(flags)})
        text = "\n---\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
        given = {"filename": [*files, "-"], **_without_filename(flags)}
        return self.do(verb, [], given, stdin=io.BytesIO(text.encode()))


def _carry_out(command: Command, act: Callable[[], None]) -> Output:
    try:
        act()
    except PodlabError as error:
        command.failed(error)
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        command.failed(fault(error))
    return command.finish()


def _behind_dashes(words: tuple[str, ...]) -> tuple[str, ...]:
    """The container's words; the `--` of the command line may stand before them."""
    return words[1:] if words[:1] == ("--",) else words


def _without_filename(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {keyword: value for keyword, value in flags.items() if keyword != "filename"}
