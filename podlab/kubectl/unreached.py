"""What kubectl says where a command line names no cluster, or one that does not answer.

Upstream: staging/src/k8s.io/client-go/discovery/cached/memory/memcache.go, tools/clientcmd/client_config.go
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from podlab.errors import ApiError, ClusterError, PodlabError
from podlab.kubeconfig.config import load
from podlab.kubeconfig.connection import Connection, Overrides, connect
from podlab.kubectl.commandline.parse import Line, parse
from podlab.kubectl.klog import logged
from podlab.kubectl.output import Output

NO_LIST = '"Unhandled Error" err="couldn\'t get current server API group list: {why}"'
UNREACHABLE = 'Get \\"{server}/api?timeout=32s\\": {why}'
NO_WAY = re.compile(r"Unable to connect to the server: (dial tcp: .*|unsupported protocol scheme .*)")
MISNAMED = re.compile(r'^(?:Error in configuration: |error: no server found for )(context|cluster)\b.*?"?([^\s"]+)"?$')
"""A context or a cluster that is not there."""
PLAIN = ("api-resources", "api-versions", "apply", "auth can-i", "auth whoami", "autoscale", "cluster-info", "cordon",
         "diff", "drain", "explain", "expose", "proxy", "replace", "run", "set env", "top node", "uncordon", "version",
         "wait")  # fmt: skip
"""Which commands ask for more than a namespace first, and say so plainly; of those that create, all but one do."""


def in_words_of(parsed: Line, error: ClusterError) -> ClusterError:
    """The error of a name that the kubeconfig does not have, as the command puts it."""
    verb, given = parsed.verb, parsed.globals
    creates = verb.startswith("create") and verb != "create token"
    plain = verb in PLAIN or creates or verb.startswith(("certificate ", "cluster-info")) or parsed.flags.get("raw")
    if not (plain or given.get("namespace")):
        return error
    found = ClusterError(MISNAMED.sub(r'error: \1 "\2" does not exist', str(error)), error.hint)
    found.output = Output(exit_code=2) if verb == "diff" else error.output
    return found


def log(error: PodlabError, arguments: Sequence[str], kubeconfig: str | Path | None) -> str:
    """What is logged before the error, once for each time that the server was asked for its resources."""
    if isinstance(error, ApiError) and error.code in (400, 404) and "body" in error.status:
        said = logged("memcache.go:265", NO_LIST.format(why=error.status["message"]))
    elif isinstance(error, ClusterError):
        said = _said(str(error), _way(arguments, kubeconfig))
    else:
        return ""
    return said * times_asked(arguments) if said else ""


ASKED = {
    4: ("apply view-last-applied", "attach", "cordon", "create job", "debug", "drain", "exec", "logs", "port-forward",
        "rollout history", "rollout pause", "rollout restart", "rollout resume", "rollout status", "rollout undo",
        "set env", "set image", "set resources", "set selector", "set serviceaccount", "set subject", "uncordon",
        "wait"),
    2: ("auth can-i", "create clusterrole", "create role", "explain", "taint"),
    1: ("api-resources", "api-versions", "diff", "run"),
    0: ("apply", "auth whoami", "cp", "events", "replace", "top node", "top pod", "version"),
}  # fmt: skip
"""How often a command of kubectl asks for the server's resources before it gives up; others 5 times."""


def times_asked(arguments: Sequence[str]) -> int:
    """How often kubectl logs that it cannot ask the server."""
    parsed = parse(list(arguments))
    if parsed.flags.get("raw"):
        return 0
    found = next((times for times, verbs in ASKED.items() if parsed.verb in verbs), None)
    return found if found is not None else 0 if parsed.verb.startswith("create") else 5


def _way(arguments: Sequence[str], kubeconfig: str | Path | None) -> Connection | None:
    """How the server was asked; None if that cannot be told."""
    given = parse(list(arguments)).globals
    named = given.get("kubeconfig") or kubeconfig
    over = Overrides(context=given.get("context", ""), server=given.get("server") or "")
    try:
        return connect(load(Path(named) if named else None), over)
    except PodlabError:
        return None


def _said(line: str, way: Connection | None = None) -> str:
    """What kubectl logs each time that it cannot ask the server for its resources; "" for nothing."""
    refused = re.search(r"connection to the server (\S+) was refused", line)
    if refused and not (way and way.proxy):
        host = refused[1]
        why = f"dial tcp {host.replace('localhost', '127.0.0.1', 1)}: connect: connection refused"
        server = way.server if way else f"https://{host}"
    elif found := NO_WAY.match(line):
        why, server = found[1].replace('"', '\\"'), way.server if way else ""
    else:
        return ""
    return logged("memcache.go:265", NO_LIST.format(why=UNREACHABLE.format(server=server, why=why)))
