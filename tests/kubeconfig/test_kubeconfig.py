"""Kubeconfigs: what a real kubectl said of each, and what is read of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from podlab.errors import ClusterError
from podlab.kubeconfig import fields
from podlab.kubeconfig.config import load, parse
from podlab.kubeconfig.connection import NOWHERE, Connection, Overrides, connect
from podlab.kubeconfig.credentials import Credentials

Object = dict[str, Any]
Change = Callable[[Object, Object, Object], object]
PLUGIN = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never"}


def written(folder: Path, change: Change = lambda config, cluster, user: None, name: str = "config") -> Path:
    cluster: Object = {"server": "https://127.0.0.1:6443"}
    user: Object = {"token": "secret"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "kind-lab", "cluster": cluster}],
        "users": [{"name": "kind-lab", "user": user}],
        "contexts": [{"name": "kind-lab", "context": {"cluster": "kind-lab", "user": "kind-lab", "namespace": "team"}}],
        "current-context": "kind-lab",
    }
    change(config, cluster, user)
    path = folder / name
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def connected(path: Path, **over: Any) -> Connection:
    return connect(load(path), Overrides(**over))


WRONG: list[tuple[Change, str]] = [
    (lambda config, cluster, user: user.update({"as-uid": "1"}),
     "error: requesting uid, groups or user-extra for kind-lab without impersonating a user"),
    (lambda config, cluster, user: cluster.update({"certificate-authority-data": "AAAA"}),
     "error: unable to load root certificates: unable to parse bytes as PEM block"),
    (lambda config, cluster, user: cluster.update({"proxy-url": "ftp://x"}),
     "error: invalid 'proxy-url' \"ftp://x\" for cluster \"kind-lab\": unsupported scheme \"ftp\", must be http, "
     "https, or socks5"),
    (lambda config, cluster, user: user.update({"username": "u"}),
     "error: more than one authentication method found for kind-lab; found [token basicAuth], only one is allowed"),
    (lambda config, cluster, user: user.update({"client-certificate-data": "AAAA"}),
     "error: client-key-data or client-key must be specified for kind-lab to use the clientCert authentication "
     "method."),
    (lambda config, cluster, user: config.update({"current-context": "foo"}),
     "Error in configuration: context was not found for specified context: foo"),
    (lambda config, cluster, user: user.update({"auth-provider": {"name": "gcp"}}),
     "error: The gcp auth plugin has been removed.\nPlease use the \"gke-gcloud-auth-plugin\" kubectl/client-go "
     "credential plugin instead.\nSee https://cloud.google.com/blog/products/containers-kubernetes/"
     "kubectl-auth-changes-in-gke for further details"),
    (lambda config, cluster, user: user.update({"client-certificate": "/nope", "client-key": "/no"}),
     "Error in configuration: \n* unable to read client-cert /nope for kind-lab due to open /nope: no such file or "
     "directory\n* unable to read client-key /no for kind-lab due to open /no: no such file or directory"),
    (lambda config, cluster, user: cluster.update({"certificate-authority-data": "AAAA",
                                                   "certificate-authority": "/nope"}),
     "Error in configuration: \n* certificate-authority-data and certificate-authority are both specified for "
     "kind-lab. certificate-authority-data will override.\n* unable to read certificate-authority /nope for kind-lab "
     "due to open /nope: no such file or directory"),
    (lambda config, cluster, user: cluster.update({"proxy-url": ":x"}),
     "error: invalid 'proxy-url' \":x\" for cluster \"kind-lab\": could not parse: :x"),
    (lambda config, cluster, user: cluster.update({"server": "https://"}),
     'error: host must be a URL or a host:port pair: "https://"'),
    (lambda config, cluster, user: cluster.update({"server": "https://127.0.0.1:x"}),
     'error: host must be a URL or a host:port pair: "https://127.0.0.1:x"'),
    (lambda config, cluster, user: user.update({"exec": {**PLUGIN, "command": "x", "interactiveMode": "Foo"}}),
     'error: invalid interactiveMode for kind-lab: "Foo"'),
    (lambda config, cluster, user: user.update({"exec": {"command": "x"}}),
     "Error in configuration: \n* apiVersion must be specified for kind-lab to use exec authentication plugin\n"
     "* interactiveMode must be specified for kind-lab to use exec authentication plugin"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "line"), WRONG)
def test_what_makes_no_sense(tmp_path: Path, change: Change, line: str) -> None:
    with pytest.raises(ClusterError) as wrong:
        connected(written(tmp_path, change))
    assert str(wrong.value) == line


FLAGS: list[tuple[dict[str, str], str]] = [
    ({"username": "u", "password": "p"},
     "error: more than one authentication method found for kind-lab; found [token basicAuth], only one is allowed"),
    ({"client_certificate": "no.crt", "client_key": "no.key"},
     "Error in configuration: \n* unable to read client-cert no.crt for kind-lab due to open no.crt: no such file or "
     "directory\n* unable to read client-key no.key for kind-lab due to open no.key: no such file or directory"),
    ({"certificate_authority": "no.crt"},
     "error: unable to read certificate-authority no.crt for kind-lab due to open no.crt: no such file or directory"),
]  # fmt: skip


@pytest.mark.parametrize(("over", "line"), FLAGS)
def test_flags_stand_beside_what_the_file_says(tmp_path: Path, over: dict[str, str], line: str) -> None:
    with pytest.raises(ClusterError) as wrong:
        connected(written(tmp_path), **over)
    assert str(wrong.value) == line


def test_the_slashes_that_end_an_address_are_kept_for_who_shows_it(tmp_path: Path) -> None:
    found = connected(written(tmp_path, lambda config, cluster, user: cluster.update({"server": "https://h//"})))
    assert (found.server, found.slashes) == ("https://h", "//")


def test_only_the_first_document_of_a_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + "---\nclusters: [\n", encoding="utf-8")
    assert connected(path).server == "https://127.0.0.1:6443"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("apiVersion: v1\nkind: Config\nclusters:\n- name: [x\n", "yaml: line 4: did not find expected ',' or ']'"),
        ("hello", "couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type "
                  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string '
                  '"json:\\"kind,omitempty\\"" }'),
        ("apiVersion: v1\nkind: Config\nclusters:\n- cluster: foo\n  name: x\n",
         "json: cannot unmarshal string into Go struct field NamedCluster.clusters.cluster of type v1.Cluster"),
        ("apiVersion: v1\nkind: Pod\n", 'no kind "Pod" is registered for version "v1" in scheme '
                                        '"k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"'),
        ("apiVersion: v1\nkind: Config\nname: \"abc\nusers: []\n", "yaml: line 5: found unexpected end of stream"),
        ("apiVersion: v1\nkind: Config\nclusters:\n- cluster: {\n",
         "yaml: line 4: did not find expected node content"),
        ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
        ("apiVersion: v1\nkind: Config\nx: *nope\n", "yaml: unknown anchor 'nope' referenced"),
    ],
)  # fmt: skip
def test_what_is_no_kubeconfig(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "broken"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ClusterError) as wrong:
        load(path)
    assert str(wrong.value) == f'error: error loading config file "{path}": {line}'
    assert wrong.value.hint


@pytest.mark.parametrize("change", [
    lambda config, cluster, user: config.pop("current-context"),
    lambda config, cluster, user: cluster.pop("server"),
    lambda config, cluster, user: config["contexts"][0]["context"].update({"cluster": "foo"}),
])  # fmt: skip
def test_who_is_told_nothing_goes_where_kubectl_goes(tmp_path: Path, change: Change) -> None:
    assert connected(written(tmp_path, change)).server == NOWHERE


def test_files_are_merged_and_the_first_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "ca.crt").write_text("-----BEGIN CERTIFICATE-----", encoding="utf-8")
    first = written(tmp_path / "a", lambda config, cluster, user: cluster.update({"certificate-authority": "ca.crt"}))
    second = written(tmp_path, lambda config, cluster, user: (cluster.update({"server": "https://other"}),
                                                              config["contexts"][0].update({"name": "b"})))  # fmt: skip
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'gone'}:{first}:{second}")
    config = load()
    assert sorted(config.contexts) == ["b", "kind-lab"] and config.current == "kind-lab"
    found = connect(config)
    assert (found.server, found.ca) == ("https://127.0.0.1:6443", "-----BEGIN CERTIFICATE-----")


def test_the_command_line_wins(tmp_path: Path) -> None:
    found = connected(written(tmp_path), server="https://x", token="t", as_="jane", as_group=("dev", "ops"))
    assert (found.server, found.token, found.namespace) == ("https://x", "t", "team")
    assert found.impersonate == (
        ("Impersonate-User", "jane"),
        ("Impersonate-Group", "dev"),
        ("Impersonate-Group", "ops"),
    )


def test_a_kubeconfig_may_impersonate(tmp_path: Path) -> None:
    found = connected(
        written(tmp_path, lambda config, cluster, user: user.update({"as": "jane", "as-groups": ["dev"]}))
    )
    assert found.impersonate == (("Impersonate-User", "jane"), ("Impersonate-Group", "dev"))


def test_a_token_file_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "tok").write_text("one\n", encoding="utf-8")
    path = written(tmp_path, lambda config, cluster, user: (user.clear(), user.update({"tokenFile": "tok"})))
    credentials = Credentials(connected(path))
    assert credentials.headers() == {"Authorization": "Bearer one"}
    (tmp_path / "tok").write_text("two", encoding="utf-8")
    assert credentials.headers() == {"Authorization": "Bearer two"}
    (tmp_path / "tok").unlink()
    with pytest.raises(ClusterError, match="no such file or directory"):
        credentials.headers()


def plugin(answer: str, code: int = 0) -> Object:
    script = f"import sys; sys.stdout.write({answer!r}); sys.exit({code})"
    return {**PLUGIN, "command": sys.executable, "args": ["-c", script]}


def told(status: object) -> str:
    return json.dumps({"apiVersion": PLUGIN["apiVersion"], "kind": "ExecCredential", "status": status})


def asked(tmp_path: Path, entry: Object) -> dict[str, str]:
    path = written(tmp_path, lambda config, cluster, user: (user.clear(), user.update({"exec": entry})))
    return Credentials(connected(path)).headers()


def test_a_plugin_gives_the_token(tmp_path: Path) -> None:
    answer = {"apiVersion": PLUGIN["apiVersion"], "kind": "ExecCredential", "status": {"token": "abc"}}
    assert asked(tmp_path, plugin(json.dumps(answer))) == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (plugin("", 3), f"exec: executable {sys.executable} failed with exit code 3"),
        ({**PLUGIN, "command": "no-such-plugin"}, "exec: executable no-such-plugin not found"),
        (plugin("{}"), "exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin returned "
                       "version client.authentication.k8s.io/__internal"),
        (plugin("junk"), f"decoding stdout: {fields.no_object('junk')}"),
        (plugin("5"), f"decoding stdout: {fields.no_object(5)}"),
        (plugin("{"), "decoding stdout: couldn't get version/kind; json parse error: unexpected end of JSON input"),
        (plugin('{"apiVersion": "v1", "kind": "Pod"}'),
         'decoding stdout: no kind "Pod" is registered for version "v1" in scheme "pkg/client/auth/exec/exec.go:64"'),
        (plugin(told("x")), "decoding stdout: json: cannot unmarshal string into Go struct field ExecCredential.status "
                            "of type v1.ExecCredentialStatus"),
        (plugin(told({"token": 5})), "decoding stdout: json: cannot unmarshal number into Go struct field "
                                     "ExecCredentialStatus.status.token of type string"),
        (plugin(told({"token": "a", "expirationTimestamp": "soon"})),
         'decoding stdout: parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"'),
        (plugin(told({})), "exec plugin didn't return a token or cert/key pair"),
        (plugin(told({"clientKeyData": "a"})), "exec plugin returned only certificate or key, not both"),
        (plugin(told({"clientCertificateData": "a", "clientKeyData": "b"})),
         "failed parsing client key/certificate: tls: failed to find any PEM data in certificate input"),
        ({**PLUGIN, "command": "./no/such"}, "exec: fork/exec "),
        ({**PLUGIN, "command": "/"}, "exec: fork/exec /: permission denied"),
    ],
)  # fmt: skip
def test_a_plugin_that_fails_ends_the_command(tmp_path: Path, entry: Object, line: str) -> None:
    with pytest.raises(ClusterError) as wrong:
        asked(tmp_path, entry)
    assert str(wrong.value).startswith(f"Unable to connect to the server: getting credentials: {line}")


def test_a_plugin_may_answer_in_yaml(tmp_path: Path) -> None:
    text = f"apiVersion: {PLUGIN['apiVersion']}\nkind: ExecCredential\nstatus: {{token: abc}}\n"
    assert asked(tmp_path, plugin(text)) == {"Authorization": "Bearer abc"}


def test_a_hint_follows_for_a_plugin_that_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as wrong:
        asked(tmp_path, {**PLUGIN, "command": "no-such-plugin", "installHint": "Install it with\n  brew\n"})
    assert str(wrong.value).endswith("client-go-credential-plugins\n\nInstall it with\n  brew\n")


def test_a_token_of_two_lines_is_no_header(tmp_path: Path) -> None:
    path = written(tmp_path, lambda config, cluster, user: user.update({"token": "a\nb"}))
    with pytest.raises(ClusterError, match="invalid header field value"):
        Credentials(connected(path)).headers()


def test_a_plugin_of_another_protocol_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="invalid apiVersion"):
        asked(tmp_path, {**plugin(""), "apiVersion": "client.authentication.k8s.io/v1alpha1"})


@pytest.mark.slow
@given(st.binary(max_size=60) | st.text(alphabet="ab:-[]{}\n '\"&*!|>", max_size=60).map(str.encode))
def test_no_file_is_a_traceback(data: bytes) -> None:
    try:
        assert isinstance(parse(data, Path("x")), dict)
    except ClusterError as wrong:
        assert str(wrong).startswith('error: error loading config file "x": ')


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as said:
        load(tmp_path)
    assert str(said.value) == f'error: error loading config file "{tmp_path}": read {tmp_path}: is a directory'
