"""No command line is a traceback: verbs with flags that they have and have not, and junk for values."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl, line
from podlab.kubectl.commandline.surface import commands
from tests.kubectl.canned import Canned

IMPATIENT = {"drain": ("timeout", "1ms"), "proxy": ("unix-socket", "missing/socket")}
"""A flag's value with which a verb ends: these answers never let a Pod go, and no folder is there."""
JUNK = st.sampled_from(
    ["", "-", "--", "=", "a=b", "a-", "web", "pod/web", "pods", "deploy/web", "nodes", "web:80", ":80", "80:http", "1",
     "-1", "abc", "5s", "1m-", "9" * 30, "0x1f", "{}", "[", '{"spec":{}}', '{"spec":{"containers":[{}]}}', "null",
     "a,b",
     "'", '"', "{{.x}}", "{.x", "{.items[*]}", "jsonpath={.a[}", "custom-columns=A", "go-template={{", "yaml", "json",
     "name", "wide", "condition=Ready", "jsonpath={.a}=", "x:/y", "a=b:NoSchedule", "cpu=1", "cpu=x", "a in (b", "!x",
     "한글", "\x00", "\ud800", "../..", ".", "missing.yaml", "odd.yaml", "wide.yaml", "*", "a=b,c", "cronjob/web",
     "true"]
)  # fmt: skip


def words_of(name: str) -> st.SearchStrategy[list[str]]:
    given, value = IMPATIENT.get(name, ("", ""))
    flags = [each for each in commands()[name].flags.values() if each.name != given]
    begun = [*name.split(), *([f"--{given}={value}"] if given else [])]
    flag = st.sampled_from(flags).flatmap(
        lambda each: (
            JUNK.map(lambda value: [f"--{each.name}={value}"]) if each.alone is None else st.just([f"--{each.name}"])
        )
    )
    part = st.one_of(JUNK.map(lambda value: [value]), flag) if flags else JUNK.map(lambda value: [value])
    return st.lists(part, max_size=5).map(lambda parts: [*begun, *(word for each in parts for word in each)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "odd.yaml").write_text("- a\n- {b: [c]}\n---\nkind: 3\napiVersion: v1\nmetadata: x\n", encoding="utf-8")
    (tmp_path / "wide.yaml").write_bytes("kind: Pod\napiVersion: v1\nmetadata: {name: x}\nspec: 3\n".encode("utf-16"))
    (tmp_path / "kubeconfig").write_text("contexts: []\n", encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", list(commands()))
def test_no_words_are_a_traceback(name: str, folder: Path) -> None:
    kubectl = Kubectl(Canned(folder), folder=folder)

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(words_of(name), st.sampled_from(["", "kind: Pod", "\x00", "a: [", '{"kind": "Pod", "apiVersion": "v1"}']))
    def check(words: list[str], stdin: str) -> None:
        output, code, error = line.run(words, lambda _: kubectl, stdin=io.BytesIO(stdin.encode()))
        assert isinstance(code, int) and (error is None or str(error))
        assert "stumbled" not in str(error), error
        assert isinstance(output.stdout, str)

    check()


@pytest.mark.slow
@given(st.lists(st.text(max_size=8) | JUNK, max_size=6))
def test_no_junk_is_a_traceback(words: list[str]) -> None:
    _, code, error = line.run(words, lambda _: (_ for _ in ()).throw(PodlabError("no cluster")))
    assert error is not None or code in (0, 1)


def test_a_misspelt_method_or_noun_or_flag_is_told(tmp_path: Path) -> None:
    kubectl = Kubectl(Canned(tmp_path))
    for call, meant in (
        (lambda: kubectl.gett("pods"), "get"),
        (lambda: kubectl.get("podz"), "pod"),
        (lambda: kubectl.get("pods", selectr="a=b"), "selector"),
    ):
        with pytest.raises(PodlabError) as wrong:
            call()
        assert wrong.value.hint is not None
        assert all(f"`{meant}`" in sentence for sentence in (wrong.value.hint.ko, wrong.value.hint.en))
    assert not hasattr(kubectl, "_repr_html_")


def test_a_notebook_is_told_what_to_use_instead_of_an_editor(tmp_path: Path) -> None:
    with pytest.raises(PodlabError) as refused:
        Kubectl(Canned(tmp_path)).edit("pod", "web")
    assert refused.value.hint is not None
    assert all("ManifestEditor" in sentence for sentence in (refused.value.hint.ko, refused.value.hint.en))


def test_a_file_of_powershell_is_read_as_kubectl_reads_it(tmp_path: Path) -> None:
    manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: u16}\nspec: {containers: [{name: c, image: nginx}]}\n"
    (tmp_path / "u16.yaml").write_bytes(manifest.encode("utf-16"))
    assert str(Kubectl(Canned(tmp_path), folder=tmp_path).apply("u16.yaml", server_side=True)) == (
        "pod/u16 serverside-applied\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["logs", "web", "--since=abc"],
         'error: invalid argument "abc" for "--since" flag: time: invalid duration "abc"\n'
         "See 'kubectl logs --help' for usage."),
        (["delete", "pod", "x", "--timeout=abc"],
         'error: invalid argument "abc" for "--timeout" flag: time: invalid duration "abc"\n'
         "See 'kubectl delete --help' for usage."),
        (["create", "configmap", "t", "--from-literal=a=1", "--from-literal=a=2"],
         'error: cannot add key "a", another key by that name already exists in Data for ConfigMap "t"'),
        (["create", "configmap", "t", "--from-env-file=e.env", "--from-literal=a=b"],
         "error: from-env-file cannot be combined with from-file or from-literal"),
        *(([verb, "--filename=wide.yaml", "--selector=-"],
           'error: the provided selector "-" is not valid: unable to parse requirement: <nil>: Invalid value: "-": '
           "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
           "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
           "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')") for verb in ("apply", "create", "delete")),
        (["port-forward", "pod/web"],
         "error: TYPE/NAME and list of ports are required for port-forward\n"
         "See 'kubectl port-forward -h' for help and examples"),
        (["port-forward", "pod/web", "abc"], "error: Pod 'web' does not have a named port 'abc'"),
        (["port-forward", "svc/web", "81"], "error: Service web does not have a service port 81"),
    ],
)  # fmt: skip
def test_what_kubectl_says_of_words(words: list[str], said: str, folder: Path) -> None:
    _, code, error = line.run(words, lambda _: Kubectl(Canned(folder), folder=folder))
    assert (code, str(error)) == (1, said)


@pytest.mark.parametrize("field", [".status", ".spec", ".spec.containers"])
def test_an_unsortable_field_is_a_line_and_no_stack(field: str, folder: Path) -> None:
    _, code, error = line.run(["get", "pods", f"--sort-by={field}"], lambda _: Kubectl(Canned(folder)))
    assert code == 1 and "is an unsortable type" in str(error)


def test_literals_keep_their_quotes_and_overrides_merge(folder: Path) -> None:
    kubectl = Kubectl(Canned(folder), folder=folder)
    quoted = kubectl.create("configmap", "t", from_literal='c="q"', dry_run="client", output="jsonpath={.data.c}")
    assert str(quoted) == '"q"'
    overrides = '{"spec":{"containers":[{"name":"a","tty":true}]}}'
    made = kubectl.run("a", image="nginx", dry_run="client", env="B=", overrides=overrides, output="json")
    assert made.objects[0]["spec"]["containers"] == [{"name": "a", "tty": True}]
    plain = kubectl.run("a", image="nginx", dry_run="client", env="B=", output="json")
    assert plain.objects[0]["spec"]["containers"][0]["env"] == [{"name": "B"}]


@pytest.mark.parametrize("words", [("echo", "hi"), ("--", "echo", "hi")])
def test_two_dashes_may_stand_before_the_words_of_a_container(words: tuple[str, ...], folder: Path) -> None:
    made = Kubectl(Canned(folder), folder=folder).run("a", *words, image="busybox", dry_run="client", output="json")
    assert made.objects[0]["spec"]["containers"][0]["args"] == ["echo", "hi"]
    assert made.command == "kubectl run a --image=busybox --dry-run=client -o json -- echo hi"


def test_get_takes_files(folder: Path) -> None:
    (folder / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n", encoding="utf-8")
    assert str(Kubectl(Canned(folder), folder=folder).get(filename="pod.yaml", output="name")) == "pod/web\n"


@pytest.mark.parametrize("words", [["describe", "cronjob/web"], ["patch", "pod", "web", "--patch-file=\ud800"]])
def test_what_was_found_is_no_traceback(words: list[str], folder: Path) -> None:
    kubectl = Kubectl(Canned(folder), folder=folder)
    _, code, error = line.run(words, lambda _: kubectl)
    assert isinstance(code, int) and "stumbled" not in str(error)


def test_errors_of_wrong_use_are_kubectls(folder: Path) -> None:
    """As kubectl 1.36 printed them."""
    kubectl = Kubectl(Canned(folder), folder=folder)
    count = "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
    for words, wanted, code in (
        (["scale", "deploy", "web", "--replicas=-1"], count, 1),
        (["scale", "deploy", "web"], 'error: required flag(s) "replicas" not set', 1),
        (["diff", "-f", "zz.yaml"], 'error: the path "zz.yaml" does not exist', 2),
        (["cp", "zzz.txt", "a:/tmp/"], "error: zzz.txt doesn't exist in local filesystem", 1),
    ):
        _, found, error = line.run(words, lambda _: kubectl)
        assert (str(error), found) == (wanted, code)


@pytest.mark.parametrize(("given", "warned"), [(True, "helpers.go:7"), ("true", "helpers.go:733"), ("client", "")])
def test_a_deletion_that_is_only_tried_deletes_nothing_however_it_is_asked_for(tmp_path, given, warned):
    told = Kubectl(Canned(tmp_path)).delete("pod", "web", dry_run=given)
    assert told.stdout == 'pod "web" deleted from default namespace (dry run)\n'
    assert warned in told.stderr and bool(told.stderr) == bool(warned)
    with pytest.raises(PodlabError, match="Invalid dry-run value"):
        Kubectl(Canned(tmp_path)).delete("pod", "web", dry_run="foo")


def test_a_folder_is_no_file_of_preferences(tmp_path: Path) -> None:
    _, code, error = line.run(["kuberc", "view", f"--kuberc={tmp_path}"], lambda _: Kubectl(Canned(tmp_path)))
    assert (code, str(error)) == (1, f"error: error reading kuberc file: read {tmp_path}: is a directory")
