"""Fields of another type: what kubectl 1.36 said of each."""

from __future__ import annotations

import pytest
import yaml

from podlab.kubeconfig.fields import wrong


@pytest.mark.parametrize(
    ("text", "given", "field", "held"),
    [
        ("{current-context: 5}", "number", "Config.current-context", "string"),
        ("{contexts: {a: b}}", "object", "Config.contexts", "[]v1.NamedContext"),
        ("{clusters: [{name: 7}]}", "number", "NamedCluster.clusters.name", "string"),
        ("{users: [{name: [7]}]}", "array", "NamedAuthInfo.users.name", "string"),
        ("{contexts: [{context: {cluster: 1}}]}", "number", "Context.contexts.context.cluster", "string"),
        ("{contexts: [{context: {namespace: [1]}}]}", "array", "Context.contexts.context.namespace", "string"),
    ],
)  # fmt: skip
def test_what_is_no_list_or_name(text: str, given: str, field: str, held: str) -> None:
    assert wrong(yaml.safe_load(text)) == f"json: cannot unmarshal {given} into Go struct field {field} of type {held}"


@pytest.mark.parametrize(
    ("text", "given", "field", "held"),
    [
        ("{server: 8080}", "number", "server", "string"),
        ("{server: [a]}", "array", "server", "string"),
        ("{server: {a: b}}", "object", "server", "string"),
        ('{insecure-skip-tls-verify: "yes"}', "string", "insecure-skip-tls-verify", "bool"),
        ("{disable-compression: 1, certificate-authority: true}", "bool", "certificate-authority", "string"),
        ("{certificate-authority-data: 5}", "number", "certificate-authority-data", "[]uint8"),
    ],
)
def test_what_is_no_cluster(text: str, given: str, field: str, held: str) -> None:
    said = f"json: cannot unmarshal {given} into Go struct field Cluster.clusters.cluster.{field} of type {held}"
    assert wrong({"clusters": [{"name": "a", "cluster": yaml.safe_load(text)}]}) == said


@pytest.mark.parametrize(
    ("text", "given", "struct", "field", "held"),
    [
        ("{as-groups: x}", "string", "AuthInfo", "as-groups", "[]string"),
        ("{as-groups: [1]}", "number", "AuthInfo", "as-groups", "string"),
        ("{as-user-extra: [1]}", "array", "AuthInfo", "as-user-extra", "map[string][]string"),
        ("{as-user-extra: {a: b}}", "string", "AuthInfo", "as-user-extra", "[]string"),
        ("{as-user-extra: {a: [1]}}", "number", "AuthInfo", "as-user-extra", "string"),
        ("{exec: x}", "string", "AuthInfo", "exec", "v1.ExecConfig"),
        ("{exec: {command: 5, args: x}}", "string", "ExecConfig", "exec.args", "[]string"),
        ("{exec: {command: a, env: [x]}}", "string", "ExecConfig", "exec.env", "v1.ExecEnvVar"),
        ("{auth-provider: x}", "string", "AuthInfo", "auth-provider", "v1.AuthProviderConfig"),
        ("{auth-provider: {name: 4}}", "number", "AuthProviderConfig", "auth-provider.name", "string"),
        ("{token: true, username: 1}", "bool", "AuthInfo", "token", "string"),
        ("{client-key-data: true}", "bool", "AuthInfo", "client-key-data", "[]uint8"),
    ],
)
def test_what_is_no_user(text: str, given: str, struct: str, field: str, held: str) -> None:
    said = f"json: cannot unmarshal {given} into Go struct field {struct}.users.user.{field} of type {held}"
    assert wrong({"users": [{"name": "a", "user": yaml.safe_load(text)}]}) == said


@pytest.mark.parametrize(("section", "kind"), [("clusters", "Cluster"), ("contexts", "Context"), ("users", "AuthInfo")])
def test_a_name_is_there_once(section: str, kind: str) -> None:
    said = wrong({section: [{"name": "a"}, {"name": "b"}, {"name": "a"}]})
    assert said == f'error converting *[]Named{kind} into *map[string]*api.{kind}: duplicate name "a" in list'


def test_what_is_not_said_is_not_wrong() -> None:
    user = {"client-certificate": None, "as-user-extra": {"a": None}}
    assert wrong({"current-context": None, "clusters": [None], "users": [{"name": "a", "user": user}]}) is None
