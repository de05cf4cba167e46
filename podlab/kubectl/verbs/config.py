"""`kubectl config`: the contexts of the kubeconfig that this command uses, and changes of that file.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/config
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from podlab.errors import PodlabError
from podlab.kubeconfig.config import KEYS, PATHS
from podlab.kubeconfig.files import ORIGIN, Files
from podlab.kubectl.command import Command
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.tabwriter import align

Object = dict[str, Any]
SECRETS = {"client-certificate-data": "DATA+OMITTED", "client-key-data": "DATA+OMITTED", "token": "REDACTED",
           "password": "REDACTED", "certificate-authority-data": "DATA+OMITTED"}  # fmt: skip
ORDER = ("server", "cluster", "user", "namespace", "tls-server-name", "insecure-skip-tls-verify",
         "certificate-authority", "certificate-authority-data", "proxy-url", "client-certificate",
         "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "as", "as-uid", "as-groups",
         "as-user-extra", "username", "password", "auth-provider", "exec")  # fmt: skip
BEFORE, SECTIONS, AFTER = ("preferences",), ("clusters", "users", "contexts"), ("extensions",)
"""The parts of a kubeconfig in their order; those at both ends only where they say something."""
ACTIVE = 'warning: this removed your active {what}, use "kubectl config use-context" to select a different one\n'


def read(command: Command) -> Object:
    """The kubeconfig as it is: all files as one."""
    return Files(command.client.kubeconfig).read()


def write(command: Command, config: Object) -> None:
    """Put what has changed where it came from."""
    Files(command.client.kubeconfig).write(config)


def _path(command: Command) -> Path:
    """The file that is spoken of."""
    return Files(command.client.kubeconfig).default


def entry(config: Object, section: str, name: str) -> Object | None:
    """One cluster, context or user by its name."""
    return next((each for each in config.get(section) or [] if each.get("name") == name), None)


class Misused(PodlabError):
    """The wrong number of words: kubectl prints the command's help, then this."""


def misused(arguments: Sequence[str], word: str = "Unexpected") -> PodlabError:
    """What is said of too few words, or too many."""
    return Misused(f"error: {word} args: [{' '.join(arguments)}]")


def view(
    command: Command,
    *arguments: str,
    minify: bool = False,
    flatten: bool = False,
    raw: bool = False,
    output: str = "yaml",
    merge: bool = True,
) -> None:
    """Print the kubeconfig, its secrets left out."""
    if not merge and command.client.kubeconfig is None:
        raise PodlabError("error: if merge==false a precise file must be specified")
    if not merge and not _path(command).exists():
        raise PodlabError(f"error: open {_path(command)}: no such file or directory")
    if arguments:
        see = "See 'kubectl config view -h' for help and examples"
        raise PodlabError(f"error: unexpected arguments: [{' '.join(arguments)}]\n{see}")
    config = read(command)
    if minify:
        config = _minified(config, command.client.context or str(config["current-context"]))
    if flatten:
        _flatten(config)
    elif not raw:
        for section, key in (("clusters", "cluster"), ("users", "user")):
            for each in config[section]:
                each[key] = {k: SECRETS.get(k, v) if v else v for k, v in each[key].items()}
    style = parse_format(output, tables=False)
    command.out(style.text(_ordered(config), by_name=False))


def _flatten(config: Object) -> None:
    """Put what is in the files that are named in their names' place."""
    for section in ("users", "clusters"):
        for each in config[section]:
            value = each[KEYS[section]]
            for name in PATHS[section]:
                if value.get(name) and name != "tokenFile":
                    if value.get(f"{name}-data"):
                        raise PodlabError("error: cannot have values for both path and contents")
                    path = each[ORIGIN].absolute().parent / value.pop(name)
                    try:
                        value[f"{name}-data"] = base64.b64encode(path.read_bytes()).decode()
                    except OSError as error:
                        why = (error.strerror or str(error)).lower()
                        raise PodlabError(f"error: open {path}: {why}") from error


def _ordered(config: Object) -> Object:
    """As Go's struct has its fields."""
    whole = {key: config.get(key) for key in ("kind", "apiVersion", *BEFORE, *SECTIONS, "current-context", *AFTER)}
    whole = {key: value for key, value in whole.items() if value or key not in (*BEFORE, *AFTER)}
    for section, key in (("clusters", "cluster"), ("users", "user"), ("contexts", "context")):
        whole[section] = [
            {"name": each["name"], key: {k: each[key][k] for k in sorted(each[key], key=_place)}}
            for each in config[section]
        ] or None
    return whole


def _place(field: str) -> int:
    return ORDER.index(field) if field in ORDER else len(ORDER)


def _minified(config: Object, name: str) -> Object:
    found = entry(config, "contexts", name)
    if not name or found is None:
        raise PodlabError(
            f"error: cannot locate context {name}" if name else "error: current-context must exist in order to minify"
        )
    wanted = {"contexts": name, "clusters": found["context"]["cluster"], "users": found["context"]["user"]}
    for section, what in (("clusters", "cluster"), ("users", "user")):
        if wanted[section] and entry(config, section, wanted[section]) is None:
            raise PodlabError(f"error: cannot locate {what} {wanted[section]}")
    return {**config, "current-context": name} | {
        section: [each for each in config[section] if each["name"] == one] for section, one in wanted.items()
    }


def current_context(command: Command, *arguments: str) -> None:
    """Print the current context."""
    name = command.client.context or read(command).get("current-context")
    if not name:
        raise PodlabError("error: current-context is not set")
    command.out(f"{name}\n")


def get_contexts(command: Command, *arguments: str, no_headers: bool = False, output: str = "") -> None:
    """List the contexts."""
    if output not in ("", "name"):
        raise PodlabError(
            f"error: --output {output} is not available in kubectl config get-contexts; resetting to default output "
            "format"
        )
    config = read(command)
    there = {str(each.get("name")): each.get("context") or {} for each in config.get("contexts") or []}
    names = list(arguments) or sorted(there)
    found = [name for name in names if name in there]
    if output == "name":
        command.out("".join(f"{name}\n" for name in found))
    else:
        rows = [] if no_headers else ["CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE"]
        for name in found:
            mark = "*" if name == (command.client.context or config.get("current-context")) else ""
            cells = [there[name].get(key) or "" for key in ("cluster", "user", "namespace")]
            rows.append("\t".join([mark, name, *cells]))
        command.out(align("".join(f"{row}\n" for row in rows), min_width=6, padding=3))
    for name in names:
        if name not in there:
            command.failures.append(PodlabError(f"error: context {name} not found"))


def get_clusters(command: Command, *arguments: str) -> None:
    """List the clusters."""
    _names(command, "clusters")


def get_users(command: Command, *arguments: str) -> None:
    """List the users."""
    _names(command, "users")


def _names(command: Command, section: str) -> None:
    names = sorted(str(each.get("name")) for each in read(command).get(section) or [])
    command.out("NAME\n" + "".join(f"{name}\n" for name in names))


def use_context(command: Command, *arguments: str) -> None:
    """Make a context the current one."""
    if len(arguments) != 1:
        raise misused(arguments)
    (name,) = arguments
    config = read(command)
    if entry(config, "contexts", name) is None:
        raise PodlabError(f'error: no context exists with the name: "{name}"')
    write(command, {**config, "current-context": name})
    command.out(f'Switched to context "{name}".\n')


def _one(arguments: tuple[str, ...], verb: str) -> str:
    if len(arguments) != 1:
        raise PodlabError(
            f"error: Unexpected args: {list(arguments)}\nSee 'kubectl config {verb} -h' for help and examples"
        )
    return arguments[0]


def set_context(command: Command, *arguments: str, current: bool = False, cluster: str = "", user: str = "") -> None:
    """Make a context, or change what it names."""
    config = read(command)
    name = str(config.get("current-context") or "") if current else arguments[0] if arguments else ""
    if current and arguments:
        raise PodlabError("error: you cannot specify both a context name and --current")
    if not name:
        raise PodlabError(
            "error: no current context is set"
            if current
            else "error: you must specify a non-empty context name or --current"
        )
    found = entry(config, "contexts", name)
    given = {key: value for key, value in (("cluster", cluster), ("user", user)) if value}
    given |= {"namespace": command.namespace} if command.enforce_namespace else {}
    if found is None:
        config["contexts"] = [
            *(config.get("contexts") or []),
            {"name": name, "context": {"cluster": "", "user": "", **given}},
        ]
    else:
        changed = {**(found.get("context") or {}), **given}
        found["context"] = {key: value for key, value in changed.items() if value or key != "namespace"}
    write(command, config)
    command.out(f'Context "{name}" {"created" if found is None else "modified"}.\n')


def rename_context(command: Command, *arguments: str) -> None:
    """Give a context another name."""
    if len(arguments) != 2:
        raise misused(arguments)
    old, new = arguments
    config, path = read(command), _path(command)
    found = entry(config, "contexts", old)
    if found is None:
        raise PodlabError(f'error: cannot rename the context "{old}", it\'s not in {path}')
    if entry(config, "contexts", new) is not None:
        raise PodlabError(f'error: cannot rename the context "{old}", the context "{new}" already exists in {path}')
    found["name"] = new
    if config.get("current-context") == old:
        config["current-context"] = new
    write(command, config)
    command.out(f'Context "{old}" renamed to "{new}".\n')


def delete_context(command: Command, *arguments: str) -> None:
    """Take a context out of the file."""
    if not arguments:
        raise Misused("")
    name = _one(arguments, "delete-context")
    active = read(command).get("current-context") == name
    _delete(
        command, "contexts", "context", name, lambda: command.err(ACTIVE.format(what="context")) if active else None
    )


def delete_cluster(command: Command, *arguments: str) -> None:
    """Take a cluster out of the file."""
    _delete(command, "clusters", "cluster", _one(arguments, "delete-cluster"), lambda: None)


def delete_user(command: Command, *arguments: str) -> None:
    """Take a user out of the file."""
    if not arguments:
        raise PodlabError(
            "error: user to delete is required\nSee 'kubectl config delete-user -h' for help and examples"
        )
    _delete(command, "users", "user", _one(arguments, "delete-user"), lambda: None)


def _delete(command: Command, section: str, what: str, name: str, warn: Callable[[], None]) -> None:
    config, path = read(command), _path(command)
    if entry(config, section, name) is None:
        raise PodlabError(f"error: cannot delete {what} {name}, not in {path}")
    warn()
    config[section] = [each for each in config[section] if each.get("name") != name]
    write(command, config)
    command.out(f"deleted {what} {name} from {path}\n")
