"""Manifests from files: what is read, and kubectl's words for what cannot be."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from podlab.errors import ManifestError, PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.manifests.documents import parse
from podlab.kubectl.manifests.manifest import manifests, resolve
from podlab.kubectl.resources.restmapper import Mapping, RestMapper
from tests.kubectl.recordings import GOLDEN

POD = Mapping("", "v1", "Pod", "pods", "pod", True, ("po",))


class Silent:
    """A client that nothing is asked of."""

    def take_sent(self) -> Any:
        from podlab.answers import Sent

        return Sent()


def command(folder: Path, stdin: bytes = b"") -> Command:
    client: Any = Silent()
    return Command(client, RestMapper(client, [POD]), None, "default", folder=folder, stdin=io.BytesIO(stdin))  # type: ignore[arg-type]


def said(folder: Path, *names: str, stdin: bytes = b"") -> list[str]:
    """What went wrong with these files."""
    one = command(folder, stdin)
    list(manifests(one, names))
    return [str(error) for error in one.failures]


@pytest.mark.parametrize(
    ("name", "en", "ko"),
    [
        ("bad-indent.yaml", "lines 4 to 5.", "4번째 줄에서 5번째 줄"),
        ("tab.yaml", "Line 4 of tab.yaml is indented with a tab", "4번째 줄을 탭으로"),
    ],
)  # fmt: skip
def test_a_broken_file_has_kubectls_line_and_a_place_that_begins_there(name: str, en: str, ko: str) -> None:
    with pytest.raises(ManifestError) as caught:
        list(parse((GOLDEN / "bad-manifests/input" / name).read_text(encoding="utf-8"), name))
    assert str(caught.value).startswith(f"error: error parsing {name}: error converting YAML to JSON: yaml: line 4: ")
    assert caught.value.hint is not None
    assert en in caught.value.hint.en
    assert ko in caught.value.hint.ko


@pytest.mark.parametrize(
    ("text", "en"),
    [
        ("spec:\n  - name: c\n    image:nginx\n", "In pod.yaml, line 3, a colon is missing, or the space after it"),
        ("kind: Pod\nspec\n  a: b\n", "In pod.yaml, line 2, a colon is missing, or the space after it"),
        ("```yaml\nkind: Pod\n```\n", "The ``` in line 1 of pod.yaml marks code in a web page"),
        ("kind: Pod\n---\nkind: Pod\n```\n", "The ``` in line 4 of pod.yaml"),
        ('kind: Pod\nname: "b\nspec: {}\n', "Look at pod.yaml, line 2: a quotation mark was opened and not closed."),
    ],
)
def test_the_cause_is_named_where_it_is_certain(text: str, en: str) -> None:
    with pytest.raises(ManifestError) as caught:
        list(parse(text, "pod.yaml"))
    assert caught.value.hint is not None and en in caught.value.hint.en


def test_a_file_of_nearly_the_same_name_is_offered(tmp_path: Path) -> None:
    (tmp_path / "nginx-pod.yaml").write_text("kind: Pod\n", encoding="utf-8")
    for name, hint in (
        ("nginx-pod.yml", "Did you mean `nginx-pod.yaml`?"),
        ("nginx-pod", "Did you mean `nginx-pod.yaml`?"),
        ("other.yaml", "`%%manifest other.yaml`"),
        ("-n", "-n was taken for a file"),
    ):
        one = command(tmp_path)
        list(manifests(one, [name]))
        assert one.failures[0].hint is not None and hint in one.failures[0].hint.en


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("podz", "Did you mean `pod`?"),
        ("nginx-pod-example", 'The type comes first, then the name: `"pod", "nginx-pod-example"`'),
        ("qwxyz", 'or `"deployment", "qwxyz"`'),
    ],
)
def test_a_type_that_there_is_not_has_a_next_step(name: str, hint: str) -> None:
    with pytest.raises(PodlabError) as caught:
        AsKnown(Silent()).by_name(name)  # type: ignore[arg-type]
    assert caught.value.hint is not None and hint in caught.value.hint.en


class AsKnown(RestMapper):
    """Asks nobody once more."""

    def all(self) -> list[Mapping]:
        return [POD]


def test_a_character_that_only_looks_right_is_named() -> None:
    with pytest.raises(ManifestError) as caught:
        list(parse("kind: Pod\nmetadata\uff1a {}\n", "pod.yaml"))
    assert "pod.yaml, line 2: There is a character (U+FF1A) that only looks like `:`" in caught.value.hint.en
    assert "`:`처럼 보이지만" in caught.value.hint.ko


@pytest.mark.parametrize(
    ("metadata", "kind"), [("x", "string"), ("[]", "array"), ("5", "number"), ("true", "bool"), ("''", "string")]
)
def test_metadata_that_are_none_are_refused_as_go_does(metadata: str, kind: str) -> None:
    (one,) = parse(f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\n", "x.yaml")
    with pytest.raises(ManifestError) as caught:
        resolve(RestMapper(Silent(), [POD]), one)  # type: ignore[arg-type]
    where = "Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
    assert str(caught.value) == f'error: unable to decode "x.yaml": json: cannot unmarshal {kind} into {where}'


BOMB = "a: &a [x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "document contains excessive aliasing"),
        ("a: &a\n  b: *a\n", "anchor value contains itself"),
        ("- " * 200_000, "exceeded max depth"),
    ],
)
def test_yaml_that_would_fill_the_memory_is_refused(text: str, why: str) -> None:
    with pytest.raises(ManifestError) as caught:
        list(parse(text, "bomb.yaml"))
    assert str(caught.value) == f"error: error parsing bomb.yaml: error converting YAML to JSON: yaml: {why}"


def test_an_alias_stands_for_what_it_names() -> None:
    (found,) = parse("one: &one {a: 1}\ntwo: *one\nthree: {<<: *one, b: 2}\n", "x")
    assert found.obj == {"one": {"a": 1}, "two": {"a": 1}, "three": {"a": 1, "b": 2}}


def test_yaml_is_read_as_go_reads_it() -> None:
    text = "y: y\nport: 0x50\noctal: 010\ntime: 12:30:45\ndate: 2026-01-01\nfloat: 1e3\nno: 'no'\n"
    (found,) = parse(text, "x")
    assert found.obj == {
        "true": True,
        "port": 80,
        "octal": 8,
        "time": "12:30:45",
        "date": "2026-01-01",
        "float": 1000,
        "false": "no",
    }


def test_documents_and_lists_are_taken_apart() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"
    several = "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  metadata: {name: b}\n"
    text = f"# a comment\n---\n{pod % 'a'}---\n---\n{several}"
    assert [each.name for each in parse(text, "x")] == ["a", "b"]


def test_a_folder_is_read_in_order_and_a_bad_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "pods").mkdir()
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"
    for name in ("b", "a"):
        (tmp_path / "pods" / f"{name}.yaml").write_text(pod % name, encoding="utf-8")
    (tmp_path / "pods" / "0.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "pods" / "notes.txt").write_text("no manifest", encoding="utf-8")
    one = command(tmp_path)
    assert [manifest.name for manifest, _ in manifests(one, ["pods"])] == ["a", "b"]
    assert ["pods/0.yaml" in str(error) for error in one.failures] == [True]


def test_what_is_no_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bin.yaml").write_bytes(b"\x7fELF\x02\x01\x00")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    (tmp_path / "big.yaml").write_bytes(b"# 10 MB\n" * 1_310_720)
    (tmp_path / "words.yaml").write_text("just some words\n", encoding="utf-8")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    yaml = "error converting YAML to JSON: yaml"
    assert said(tmp_path, "empty") == [
        "error: error reading [empty]: recognized file extensions are [.json .yaml .yml]"
    ]
    assert said(tmp_path, "nothing.yaml") == ['error: the path "nothing.yaml" does not exist']
    assert said(tmp_path, "bin.yaml") == [f"error: error parsing bin.yaml: {yaml}: control characters are not allowed"]
    assert said(tmp_path, "latin.yaml") == [f"error: error parsing latin.yaml: {yaml}: invalid leading UTF-8 octet"]
    assert said(tmp_path, "big.yaml") == [
        "error: error parsing big.yaml: the file is too large for a manifest (10.0 MiB)"
    ]
    assert said(tmp_path, "empty.yaml") == []
    (words,) = said(tmp_path, "words.yaml")
    assert 'error validating "words.yaml": error validating data: invalid object to validate' in words


def test_standard_input(tmp_path: Path) -> None:
    one = command(tmp_path, b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}')
    ((manifest, mapping),) = manifests(one, ["-"])
    assert (manifest.source, manifest.name, mapping) == ("STDIN", "x", POD)
