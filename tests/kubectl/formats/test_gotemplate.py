"""Go templates: what a real kubectl printed for a Pod, and what it says of templates that are wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podlab.errors import PodlabError
from podlab.kubectl.formats.formats import parse_format
from podlab.kubectl.formats.gofmt import sprintf
from podlab.kubectl.formats.gotemplate import execute_template
from podlab.kubectl.formats.gotemplateparser import TemplateError, parse_template

POD = {
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"run": "web"}},
    "spec": {"containers": [{"name": "web", "resources": {}}], "terminationGracePeriodSeconds": 30},
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{.metadata.labels}} {{.spec.nope}}{{"\\n"}}', "map[run:web] <no value>\n"),
        ('{{printf "%s %d %q %5s|%-5s|%05d %x %t %%" .metadata.name 3 "a" "b" "c" 7 255 true}}',
         'web 3 "a"     b|c    |00007 ff true %'),
        ('{{len .spec.containers}} {{eq .metadata.name "web" "x"}} {{and true .x}} {{or .x "d"}} {{not .x}}',
         "1 true <no value> d true"),
        ('{{lt 1 2}} {{index .metadata.labels "run"}} {{print 1 2 "a" "b" 3}} {{println "x"}}',
         "true web 1 2ab3 x\n"),
        ('{{html "<a>"}} {{urlquery "a b"}} {{js "<"}} {{slice "abcdef" 1 3}} {{exists .metadata "name"}}',
         "&lt;a&gt; a+b \\u003C bc true"),
        ('{{base64decode "YQ=="}}', "a"),
        ("{{if .x}}a{{else if eq 1 1}}b{{else}}c{{end}}{{with .metadata}}{{.name}}{{end}}", "bweb"),
        ("{{range $i, $c := .spec.containers}}{{$i}}:{{$c.name}}{{end}}", "0:web"),
        ("{{range $k, $v := .metadata.labels}}{{$k}}={{$v}}{{end}}", "run=web"),
        ("{{$x := 1}}{{$x = 2}}{{$x}}{{- /* c */ -}}  z", "2z"),
        ("{{range .spec.containers}}{{.resources.limits.memory}}{{end}}", "<no value>"),
        ('{{.spec.terminationGracePeriodSeconds}} {{printf "%.2f" 3.14159}} {{1.0}} {{3 | printf "%d-%d" 2}}',
         "30 3.14 1 2-3"),
        ('{{define "a"}}<{{.}}>{{end}}{{template "a" .kind}}', "<Pod>"),
        ("{{range .none}}x{{else}}nothing{{end}}", "nothing"),
        ("{{range .spec.containers}}{{$.metadata.name}}{{break}}{{end}}", "web"),
    ],
)  # fmt: skip
def test_what_kubectl_prints(template: str, text: str) -> None:
    assert execute_template(parse_template(template), POD) == text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{foo}}", 'template: output:1: function "foo" not defined'),
        ("{{.metadata.name", "template: output:1: unclosed action"),
        ("{{range .spec.containers}}{{.name}}", "template: output:1: unexpected EOF"),
        ("{{end}}", "template: output:1: unexpected {{end}}"),
    ],
)
def test_what_cannot_be_read(template: str, said: str) -> None:
    with pytest.raises(PodlabError) as wrong:
        parse_format(f"go-template={template}")
    assert str(wrong.value) == f"error: error parsing template {template}, {said}"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{.metadata.name.foo}}",
         'output:1:11: executing "output" at <.metadata.name.foo>: can\'t evaluate field foo in type interface {}'),
        ("{{index .spec.containers 5}}",
         'output:1:2: executing "output" at <index .spec.containers 5>: error calling index: index out of range: 5'),
        ("{{eq .metadata.name 3}}",
         'output:1:2: executing "output" at <eq .metadata.name 3>: error calling eq: incompatible types'),
    ],
)  # fmt: skip
def test_what_does_not_fit(template: str, said: str) -> None:
    with pytest.raises(TemplateError) as wrong:
        parse_format(f"go-template={template}").text(POD)
    assert said in str(wrong.value)
    assert wrong.value.printed.startswith("Error executing template: template: ")


def test_a_missing_key_is_an_error_where_it_is_asked_for() -> None:
    with pytest.raises(TemplateError, match='map has no entry for key "foo"'):
        parse_format("go-template={{.foo}}", allow_missing=False).text(POD)


@pytest.mark.slow
@given(st.text(alphabet='{}.|$"()%-= \nabifrange01', max_size=40))
def test_no_template_is_a_traceback(text: str) -> None:
    with contextlib.suppress(TemplateError):
        execute_template(parse_template(text), POD)


@pytest.mark.slow
@given(st.text(alphabet="%dsvqxT*.05- +#", max_size=12), st.lists(st.one_of(st.integers(), st.text(), st.floats())))
def test_no_printf_is_a_traceback(pattern: str, values: list[object]) -> None:
    assert isinstance(sprintf(pattern, values), str)
