"""`kubectl config set`, `unset`, `set-cluster` and `set-credentials`: single values of the kubeconfig.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/config (set.go, unset.go, set_cluster.go, set_credentials.go)
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from podlab.apimachinery.gobase64 import CorruptBase64, decoded
from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.verbs.config import Misused, entry, misused, read, write

Object = dict[str, Any]
SECTIONS = {"clusters": "cluster", "contexts": "context", "users": "user"}
CLUSTER = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority",
           "certificate-authority-data", "proxy-url", "disable-compression")  # fmt: skip
CONTEXT = ("cluster", "user", "namespace")
USER = ("client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "as",
        "as-uid", "as-groups", "as-user-extra", "username", "password")  # fmt: skip
FIELDS = {"clusters": CLUSTER, "contexts": CONTEXT, "users": USER}
TRUTHS = ("insecure-skip-tls-verify", "disable-compression")


def set_(command: Command, *arguments: str, set_raw_bytes: bool = False) -> None:
    """Set one value: `clusters.NAME.server https://…`, `current-context NAME`."""
    if len(arguments) != 2:
        raise misused(arguments)
    config, (property_name, value) = read(command), arguments
    if property_name == "current-context":
        write(command, {**config, "current-context": value})
    else:
        if property_name in SECTIONS:
            names = " ".join(str(each.get("name")) for each in config.get(property_name) or [])
            raise PodlabError(f"error: can't set a map to a value: map[{names}]")
        section, name, field = _place(config, property_name)
        found = entry(config, section, name)
        if found is None:
            found = {"name": name, SECTIONS[section]: _new(section)}
            config[section] = [*(config.get(section) or []), found]
        found[SECTIONS[section]] = {**(found.get(SECTIONS[section]) or {}), field: _value(field, value, set_raw_bytes)}
        write(command, config)
    command.out(f'Property "{property_name}" set.\n')


def _new(section: str) -> Object:
    return {"cluster": "", "user": ""} if section == "contexts" else {"server": ""} if section == "clusters" else {}


def _place(config: Object, text: str) -> tuple[str, str, str]:
    """Section, name and field; a name that is there may have dots in it."""
    section, _, rest = text.partition(".")
    if section not in SECTIONS:
        raise PodlabError(f"error: unable to parse {text} after [] at api.Config")
    known = [str(each.get("name")) for each in config.get(section) or []]
    name = next((each for each in known if rest == each or rest.startswith(f"{each}.")), rest.partition(".")[0])
    field = rest[len(name) + 1 :]
    if field and field not in FIELDS[section]:
        kind = {"clusters": "Cluster", "contexts": "Context", "users": "AuthInfo"}[section]
        raise PodlabError(f"error: unable to parse {field} after [{section} {name}] at api.{kind}")
    return section, name, field


def _value(field: str, value: str, raw: bool) -> object:
    if field in TRUTHS:
        if value.lower() not in ("true", "false", "1", "0", "t", "f"):
            raise PodlabError(f'error: strconv.ParseBool: parsing "{value}": invalid syntax')
        return value.lower() in ("true", "1", "t")
    if field.endswith("-data") and raw:
        return base64.b64encode(value.encode()).decode()
    if field.endswith("-data"):
        try:
            decoded(value)
        except CorruptBase64 as error:
            raise PodlabError(f"error: error decoding bytes: {error}") from None
    return value


def unset(command: Command, *arguments: str) -> None:
    """Take one value out: `contexts.NAME.namespace`, `users.NAME`, `current-context`."""
    if len(arguments) != 1:
        raise misused(arguments)
    config, property_name = read(command), arguments[0]
    if property_name == "current-context":
        config["current-context"] = ""
    elif property_name in SECTIONS:
        config[property_name] = None
    else:
        section, name, field = _place(config, property_name)
        found = entry(config, section, name)
        if found is None and field:
            raise PodlabError(f"error: current map key `{name}` is invalid")
        if found is not None and field:
            (found.get(SECTIONS[section]) or {}).pop(field, None)
        else:
            config[section] = [each for each in config.get(section) or [] if each is not found]
    write(command, config)
    command.out(f'Property "{property_name}" unset.\n')


def set_cluster(
    command: Command,
    *arguments: str,
    server: str = "",
    certificate_authority: str = "",
    embed_certs: bool = False,
    insecure_skip_tls_verify: bool = False,
    proxy_url: str = "",
    tls_server_name: str = "",
) -> None:
    """Make a cluster, or change what is said of it."""
    if len(arguments) != 1:
        raise misused(arguments)
    if insecure_skip_tls_verify and certificate_authority:
        raise PodlabError("error: you cannot specify a certificate authority and insecure mode at the same time")
    if embed_certs and not certificate_authority:
        raise PodlabError("error: you must specify a --certificate-authority to embed")
    given: Object = {"server": server, "tls-server-name": tls_server_name, "proxy-url": proxy_url}
    given = {key: value for key, value in given.items() if value}
    if server and not tls_server_name:
        given["tls-server-name"] = None
    given["insecure-skip-tls-verify"] = insecure_skip_tls_verify or None  # what is not said is taken back
    if insecure_skip_tls_verify:
        given |= {"certificate-authority": None, "certificate-authority-data": None}
    if certificate_authority:
        given |= _certificate(command, "certificate-authority", certificate_authority, embed_certs)
    _put(command, "clusters", arguments[0], given)
    command.out(f'Cluster "{arguments[0]}" set.\n')


def _certificate(command: Command, key: str, name: str, embed: bool) -> Object:
    """A file's path or, embedded, what is in it; the other of both is taken away."""
    path = Path(name) if Path(name).is_absolute() else command.folder / name
    if not embed:
        return {key: str(path.absolute()), f"{key}-data": None}
    try:
        data = path.read_bytes()
    except OSError as error:
        why = f"stat {name}: {(error.strerror or '').lower()}"
        raise PodlabError(f"error: could not stat {key} file {name}: {why}") from None
    return {key: None, f"{key}-data": base64.b64encode(data).decode()}


def set_credentials(
    command: Command,
    *arguments: str,
    client_certificate: str = "",
    client_key: str = "",
    embed_certs: bool = False,
    token: str = "",
    username: str = "",
    password: str = "",
    auth_provider: str = "",
    auth_provider_arg: Sequence[str] = (),
    exec_command: str = "",
    exec_api_version: str = "",
    exec_arg: Sequence[str] = (),
    exec_env: Sequence[str] = (),
    exec_interactive_mode: str = "",
    exec_provide_cluster_info: bool | None = None,
) -> None:
    """Make a user, or change how one proves to be that user."""
    if len(arguments) != 1:
        raise misused(arguments, "unexpected")
    _check_pairs(auth_provider_arg, "auth-provider-arg")
    _check_pairs(exec_env, "exec-env")
    methods = [*(["--token"] if token else []), *(["--username/--password"] if username or password else [])]
    if len(methods) > 1:
        many = "you cannot specify more than one authentication method at the same time"
        raise PodlabError(f"error: {many}: {', '.join(methods)}")
    if embed_certs and not (client_certificate or client_key):
        raise PodlabError("error: you must specify a --client-certificate or --client-key to embed")
    if exec_interactive_mode not in (*INTERACTIVE, ""):
        raise PodlabError(f"error: invalid interactive mode type, can be only {', '.join(INTERACTIVE)}")
    given: Object = {"token": token or None} if token or username or password else {}
    given |= {"username": username or None, "password": password or None} if methods else {}
    for key, name in (("client-certificate", client_certificate), ("client-key", client_key)):
        given |= _certificate(command, key, name, embed_certs) if name else {}
    there = (entry(read(command), "users", arguments[0]) or {}).get("user") or {}
    if provider := _provider(there.get("auth-provider"), auth_provider, auth_provider_arg):
        given["auth-provider"] = provider
    told: Object = {"apiVersion": exec_api_version, "args": list(exec_arg), "interactiveMode": exec_interactive_mode}
    told |= {"provideClusterInfo": exec_provide_cluster_info}
    if plugin := _plugin(there.get("exec"), exec_command, told, exec_env):
        given["exec"] = plugin
    _put(command, "users", arguments[0], given)
    command.out(f'User "{arguments[0]}" set.\n')


def _provider(there: Object | None, name: str, arguments: Sequence[str]) -> Object:
    """How an auth-provider is asked, changed by `key=value` and `key-`; {} where there is none."""
    if name and (there or {}).get("name") != name:
        there = {"config": {}, "name": name}
    if not there:
        return {}
    removed = {each[:-1] for each in arguments if "=" not in each}
    kept = {key: value for key, value in (there.get("config") or {}).items() if key not in removed}
    pairs = (each.partition("=") for each in arguments if "=" in each)
    return {**there, "config": {**kept, **{key: value for key, _, value in pairs}}}


def _plugin(there: Object | None, name: str, told: Object, env: Sequence[str]) -> Object:
    """The exec plugin with what is told of it, and its variables changed by `key=value` and `key-`; {} for none."""
    if name:
        there = {**(there or {}), "command": name, "args": None}
    if not there:
        return {}
    made = {**there, **{key: value for key, value in told.items() if value or value is False}}
    removed = {each[:-1] for each in env if "=" not in each}
    if removed:
        made["env"] = [each for each in made.get("env") or [] if each.get("name") not in removed]
    for key, _, value in (each.partition("=") for each in env if "=" in each):
        there_now = next((each for each in made.get("env") or [] if each.get("name") == key), None)
        if there_now is None:
            made["env"] = [*(made.get("env") or []), {"name": key, "value": value}]
        else:
            there_now["value"] = value
    return made


INTERACTIVE = ("IfAvailable", "Never", "Always")


def _put(command: Command, section: str, name: str, given: Object) -> None:
    """Change an entry, made if it is not there; None takes a field away."""
    config = read(command)
    found = entry(config, section, name)
    if found is None:
        found = {"name": name, SECTIONS[section]: _new(section)}
        config[section] = [*(config.get(section) or []), found]
    changed = {**(found.get(SECTIONS[section]) or {}), **given}
    found[SECTIONS[section]] = {key: value for key, value in changed.items() if value is not None}
    write(command, config)


def _check_pairs(pairs: Sequence[str], what: str) -> None:
    """Refuse what is neither `key=value` nor `key-`."""
    wrong = [each for each in pairs if each.find("=") < 1 and (each == "-" or not each.endswith("-"))]
    if wrong:
        raise Misused(f"error: invalid {what} format: {', '.join(wrong)}")
