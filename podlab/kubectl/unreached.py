"""What kubectl says where a command line names no cluster, or one that does not answer.

Upstream: staging/src/k8s.io/client-go/discovery/cached/memory/memcache.go, tools/clientcmd/client_config.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from podlab.apimachinery.gotext import quote
from podlab.client import Client
from podlab.errors import ApiError, ClusterError, ManifestError, PodlabError
from podlab.kubeconfig.connection import Misconfigured
from podlab.kubectl.commandline.parse import Line
from podlab.kubectl.commandline.wording import in_words, of_discovery, server_line
from podlab.kubectl.klog import logged
from podlab.kubectl.output import Output
from podlab.kubectl.resources import discovered

NO_LIST = "couldn't get current server API group list: "
MISNAMED = re.compile(r'^(?:Error in configuration: |error: no server found for )(context|cluster)\b.*?"?([^\s"]+)"?$')
"""A context or a cluster that is not there."""
PLAIN = ("api-resources", "api-versions", "apply", "auth can-i", "auth whoami", "autoscale", "cluster-info", "cordon",
         "diff", "drain", "explain", "expose", "proxy", "replace", "run", "set env", "top node", "uncordon", "version",
         "wait")  # fmt: skip
"""Which commands ask for more than a namespace first, and say so plainly; of those that create, all but one do."""


LATE = ("annotate", "apply edit-last-applied", "apply view-last-applied", "delete", "describe", "edit", "get", "label",
        "patch")  # fmt: skip
"""Which commands that are told the namespace find what is wrong in the kubeconfig only with the objects."""


def in_words_of(parsed: Line, error: ClusterError) -> ClusterError:
    """The error of what the kubeconfig does not have, or has amiss, as the command puts it."""
    verb, given = parsed.verb, parsed.globals
    if isinstance(error, Misconfigured):
        late = verb in LATE and given.get("namespace") and not (parsed.flags.get("filename") or parsed.flags.get("raw"))
        words = f"Error in configuration: {str(error).removeprefix('error: ')}"
        return ClusterError(words, error.hint) if late else error
    creates = verb.startswith("create") and verb != "create token"
    plain = verb in PLAIN or creates or verb.startswith(("certificate ", "cluster-info")) or parsed.flags.get("raw")
    if not (plain or given.get("namespace")):
        return error
    found = ClusterError(MISNAMED.sub(r'error: \1 "\2" does not exist', str(error)), error.hint)
    found.output = Output(exit_code=2) if verb == "diff" else error.output
    return found


def log(error: PodlabError, parsed: Line, client: Client) -> Iterator[str]:
    """What is logged before the error, once for each time that the server was asked for its resources."""
    server = client.server
    if isinstance(error, ApiError) and error.code in (400, 404):
        why = str(error.status["message"]) if "body" in error.status else ""
    else:
        cause = error.__cause__ if isinstance(error, ManifestError) else None
        why = of_discovery(cause if isinstance(cause, PodlabError) else error, server)
    if why:
        for again in range(times_asked(parsed, error, server)):
            if again and client.connection.exec:  # what a plugin writes is seen each time
                with suppress(PodlabError):
                    client.get("/api")
            yield logged("memcache.go:265", f'"Unhandled Error" err={_value(NO_LIST + why)}')


def as_first_asked(error: PodlabError, parsed: Line, server: str) -> PodlabError:
    """The error as kubectl tells it where it fails to ask for the server's resources, before anything else."""
    asked = parsed.verb in (*PLAINLY, "api-versions") or times_asked(parsed, error, server)
    if isinstance(error, ApiError) and parsed.verb == "auth can-i":  # that goes on without them
        return error
    if isinstance(error, (ApiError, ClusterError)) and asked and (why := of_discovery(error, server)):
        line = f"error: couldn't get available api versions from server: {why}"
        if parsed.verb == "api-versions":
            return in_words(error, line)
        if isinstance(error, ApiError):
            return in_words(error, server_line({**error.status, "message": why}))
    return error


def _value(text: str) -> str:
    """A text in a logged line, as klog writes it."""
    if "\n" not in text:
        return quote(text)
    return "<\n" + "".join(f"\t{line}\n" for line in text.removesuffix("\n").split("\n")) + " >"


ASKED = {
    4: ("attach", "certificate approve", "certificate deny", "cordon", "create job", "debug", "drain", "exec", "logs",
        "port-forward", "rollout history", "rollout pause", "rollout restart", "rollout resume", "rollout status",
        "rollout undo", "set env", "set image", "set resources", "set selector", "set serviceaccount", "set subject",
        "uncordon", "wait"),
    2: ("auth can-i", "create clusterrole", "create role", "events", "explain", "taint"),
    1: ("api-resources", "api-versions", "diff", "run"),
    0: ("apply", "auth whoami", "cluster-info dump", "cp", "replace", "top node", "top pod", "version"),
}  # fmt: skip
"""How often a command of kubectl asks for the server's resources before it gives up; others 5 times."""
ALWAYS = ("api-resources", "api-versions")
"""Which commands ask a server that has answered before, too."""
PLAINLY = ("top node", "top pod", "version")
"""Which commands tell of what they ask the server first, and log nothing."""
ONLY_WITH = {"create job": "from", "events": "for"}
"""Which flag makes a command ask for the server's resources."""
ONLY_WITHOUT = {"auth can-i": "list"}


def times_asked(parsed: Line, error: PodlabError, server: str) -> int:
    """How often kubectl logs that it cannot ask the server."""
    verb, flags = parsed.verb, parsed.flags
    if flags.get("raw") or (discovered.is_known(server) and verb not in ALWAYS):
        return 0
    if isinstance(error, ManifestError):
        return str(error).count("unable to recognize")
    if (ONLY_WITH.get(verb) and not flags.get(ONLY_WITH[verb])) or flags.get(ONLY_WITHOUT.get(verb, "")):
        return 0
    found = next((times for times, verbs in ASKED.items() if verb in verbs), None)
    if found is not None:
        return found + (verb == "wait" and bool(flags.get("all") or flags.get("selector")))
    types = 1 + (parsed.arguments[0].count(",") if parsed.arguments else 0)
    return 0 if verb.startswith("create") else 4 + types
