"""One hint below the error of a cell that is no Python, or that comes before `start()`."""

from __future__ import annotations

import pytest

from podlab.errors import PodlabError
from podlab.lessons import slips
from podlab.lessons.uses import USES, called


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("kubectl.get('pods')", "→ This kernel is new, or was restarted: run this notebook's first code cell"),
        ("check(1, '02-ready')", "→ This kernel is new, or was restarted"),
        (
            "kubectl get pods -o wide",
            "→ A cell is Python; a kubectl command takes a % in front: `%kubectl get pods -o wide`",
        ),
        ("%kubectl get pods", "→ `%kubectl` and `%%manifest` are there after the first code cell"),
        ("%%manifest x.yaml\na: 1", "→ `%kubectl` and `%%manifest` are there after the first code cell"),
        ("Podboard(1)", "→ Did you mean `PodBoard`?"),
        ("page2", "→ There is no `page2` yet: if a cell further up makes it"),
    ],
)
def test_one_hint(shell, capsys, cell, hint):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr().out
    assert said.count("→ ") == 1
    assert hint in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("get pods", "→ A kubectl command begins with `%kubectl`: `%kubectl get pods`"),
        ('kubectl.get("pods" output="wide")', '→ It is written like this: `kubectl.get("pods", output="wide")`'),
        ("kubectl.get pods", "→ It is written like this: `kubectl.get("),
        ('check(kubectl, "02-ready"', "→ A bracket was opened and not closed. For example: `check(kubectl"),
        ('kubectl.get("pods)', "→ A quotation mark was opened and not closed by one of the same kind"),
        ("kubectl.get('pods\")", "→ A quotation mark was opened and not closed by one of the same kind"),
        ("kubectl.", "→ It is written like this: `kubectl.get("),
        ("apiVersion: v1\nkind: Pod", "make its very first line `%%manifest web.yaml`"),
        ("kind: Pod\nmetadata:\n  name: web", "make its very first line `%%manifest web.yaml`"),
        ("# mine\n%%manifest x.yaml\na: 1", "→ `%%manifest` begins the cell"),
        ("  %%manifest x.yaml\na: 1", "→ `%%manifest` begins the cell"),
        ("import pdolab", "→ Did you mean `podlab`?"),
        ("%kubctl get pods", "→ Did you mean `%kubectl`?"),
        ("%%manifesto x.yaml\na: 1", "→ Did you mean `%%manifest`?"),
        ("from podlab import PodBord", "→ Did you mean `PodBoard`?"),
        ("import podlabb", "→ Did you mean `podlab`?"),
        ("from podlab import check start", "→ All that is podlab's is imported like this: `from podlab import"),
        ("import podlab\npodlab.chek", "→ Did you mean `check`?"),
        ("from podlab.lessons import practice as p\np.strt()", "→ Did you mean `start`?"),
        ("from podlab import Kubectl\nKubectl.get('pods')", "→ It is written like this: `kubectl.get("),
        ("$ kubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("user@host:~$ kubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("PS C:\\Users> kubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("minikube start", "There is a cluster already"),
        ("if True\n    print(1)", "and the like ends with `:`, as in `if True:`"),
        ("sudo kubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("k get pods", "takes a % in front: `%kubectl get pods`"),
        ("%k get pods", "takes a % in front: `%kubectl get pods`"),
        ("%get pods", "→ A kubectl command begins with `%kubectl`: `%kubectl get pods`"),
        ("docker ps", "not docker. What does the same: `%kubectl get pods`"),
        ("%docker exec -it web sh", "not docker. What does the same: `%kubectl exec web -- ls /`"),
        ("docker", "not docker. What does the same: `%kubectl get pods`"),
        ("$ export A=b", "only what begins with `%` or `!` is a command: `!export A=b`"),
        ("cat <<EOF | kubectl apply -f -\napiVersion: v1\nEOF", "the very first line is `%%kubectl apply -f -`"),
        ("kubectl.get(“pods”)", '→ `“` only looks like Python\'s `"`. It is written like this: `kubectl.get("pods")`'),
        (
            "kubectl.get（'pods'）",
            "→ `（` only looks like Python's `(`. It is written like this: `kubectl.get('pods')`",
        ),
        (
            "kubectl.get('pod'，'파드')",
            "→ `，` only looks like Python's `,`. It is written like this: `kubectl.get('pod'",
        ),
        ("for a in 'x':\nprint(a)", "→ What belongs to `for a in 'x':`, which ends with `:`, stands four spaces"),
        ("a = 1\nif a = 1:\n    pass", "→ One `=` gives a name its value"),
        ("a = {}\nif a.b = 1:\n    pass", "→ One `=` gives a name its value"),
        ("print kubectl.get('pods')", "→ `print` takes brackets: `print(kubectl.get('pods'))`"),
        ("kubectl get('pods')", "→ A dot joins `kubectl` and the command: `kubectl.get('pods')`"),
        ("kubectl get pods | grep web", "begins with !: `!kubectl get pods | grep web`"),
        ("kubectl get pods > pods.txt", "begins with !: `!kubectl get pods > pods.txt`"),
        ("kubectl.port_forward('pod/web', 8080:80)", '`kubectl.port_forward("pod/web", "8080:80")`'),
        ("%%yaml\na: 1", "its very first line `%%manifest web.yaml`"),
        ("kubectl->get('pods')", "→ A dot joins `kubectl` and the command: `kubectl.get('pods')`"),
        ("ㅏkubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("kubectl get pods; kubectl get nodes", "takes a % in front: `%kubectl get pods`"),
        ("watch kubectl get pods", "→ The board shows changes as they happen: `PodBoard(kubectl)`"),
        ("helm install web nginx", "only what begins with `%` or `!` is a command: `!helm install web nginx`"),
        ("- name: web\n  image: nginx", "make its very first line `%%manifest web.yaml`"),
        ("---\napiVersion: v1", "make its very first line `%%manifest web.yaml`"),
        ("a = 1\n  print(a)", "→ The blanks before `print(a)` do not fit the line above"),
    ],
)
def test_what_no_python_could_read_is_one_line_and_a_hint(shell, capsys, cell, hint):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr().out
    assert said.count("→ ") == 1 and hint in said
    assert "Traceback" not in said


CONNECTED = """
from podlab import *
class Client:
    server, namespace, refused = "https://1", "default", []
kubectl = Kubectl(Client())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("check('02-ready')", '`check(kubectl, "02-ready")`'),
        ("check('02-ready', kubectl)", '`check(kubectl, "02-ready")`'),
        ("check(None, '02-ready')", '`check(kubectl, "02-ready")`'),
        ("check(kubectl, 2)", "the checks of lesson 02: 02-clear"),
        ("quiz()", '`quiz("02")`'),
        ("PodBoard()", "`PodBoard(kubectl)`"),
        ("PodBoard('x')", "`PodBoard(kubectl)`"),
        ("PodAnatomy(kubectl)", '`PodAnatomy(kubectl, "web")`'),
        ("Explain('x', kubectl)", '`Explain(kubectl, "web")`'),
        ("ManifestEditor('x.yaml')", '`ManifestEditor(kubectl, "web.yaml")`'),
        ("FindFault('09-oven')", '`FindFault(kubectl, "09-oven")`'),
        ("exam('x')", "`exam(kubectl, seed=7)`"),
        ("progress(5)", "`progress()`"),
        ("kubectl('get', 'pods')", "`kubectl.get("),
        ("kubectl['get']", "`kubectl.get("),
        ("kubectl.pods", "`%kubectl` alone lists them all"),
        ("check[kubectl, '02-ready']", '`check(kubectl, "02-ready")`'),
        ("kubectl and tuple([1])['spec']  # of .objects", '`.objects[0]["metadata"]`'),
        ("%kubectl.get('pods')", "A call in Python has no `%`: `kubectl.get('pods')`"),
        ("%kubectl('get pods')", "takes a % in front: `%kubectl get pods`"),
        ("%% kubectl get pods", "takes a % in front: `%kubectl get pods`"),
        ("from podlab import progress\nprogress()[0]", "`progress()`"),
        ("FindFault.__new__(FindFault).Explain()", "→ Did you mean `explain`?"),
        ("kubectl.replace('a.yaml', force=yes)", "→ In Python this is written `True`."),
        ("from podlab.lessons import practice\npractice.stop('farm')", "What there is: `start`, `running`"),
        ("from podlab.lessons import practice\npractice.start('my farm')", "podlab up --name lab"),
        ("kubectl.create('service', 'web', port=80)", '`kubectl.create("service", "clusterip", …)`'),
        ("kubectl.get(['pods', 'services'])", '`kubectl.get("pods,services")`'),
        ("kubectl.set_image('deployment/web', {'a': 'b'})", '`kubectl.set_image("deployment/web", "web=nginx:1.27")`'),
        ("seen = blue", "if it is a text, put quotes round it"),
        ("kubectl,get('pods')", "→ A dot joins `kubectl` and the command: `kubectl.get('pods')`"),
        ("kubectl.get('pods', output=='wide')", "→ `output` is an option; in Python it is an argument: `output=…`"),
        ("ㅏㅕㅠㄷㅊ시.get('pods')", "→ This was typed with the Korean layout: switch it off, and type `kubectl`."),
        ("%alias k=kubectl", "takes a % in front: `%kubectl get pods`"),
        ("quiz('０２').answer(9, 'a')", "there is no question 9"),
        ("FindFault('09-oven', kubectl)", '`FindFault(kubectl, "09-oven")`'),
        ("from podlab.lessons import practice\npractice.start(workers='two')", 'practice.start("farm", workers=2)'),
        ("ManifestEditor(kubectl, '')", '`ManifestEditor(kubectl, "web.yaml")`'),
        ("quiz('09_logs').answer(9, 'a')", "there is no question 9"),
        ("answer('a')", '`quiz("02").answer(1, "b")`'),
        ("quiz('02')()", "`quiz("),
        ("kubectl.check('02-ready')", '`check(kubectl, "02-ready")`'),
        ("kubectl.rollout_status('deployment/web')", '`kubectl.rollout("status", …)`'),
        ("kubectl.top_pods()", '`kubectl.top("pod", …)`'),
        ("kubectl.apply([{'kind': 'Pod'}])", "`kubectl.apply(*[…])`"),
        ("kubectl.exec('web', ['ls'])", '`kubectl.exec("web", "ls", "/")`'),
        ("kubectl.patch('pod', 'web', {'a': 1})", '`kubectl.patch("pod", "web", patch={'),
        ("PodBoard(kubectl, selector='app in (web')", '`selector="app in (web, db)"`'),
        ("PodBoard(kubectl, 'pod/web')", "→ It is written like this: `PodBoard(kubectl)`"),
        ("Timeline(kubectl, 'pods', 'web')", '→ It is written like this: `Timeline(kubectl, "web")`'),
        ("PodAnatomy(kubectl, 'deployment/web')", '→ It is written like this: `PodAnatomy(kubectl, "web")`'),
        ("Explain(kubectl, ['web'])", "takes the name of a Pod; here is 'list'"),
        ("PortForward(kubectl, 'service/web', '80:8080')", '`PortForward(kubectl, "service/web", 80)`'),
        ("start('02-creat')", "did you mean '02-create'?"),
        ("from podlab.lessons import practise", "→ Did you mean `practice`?"),
        ("len(Output())", 'count the objects: `len(kubectl.get("pods").objects)`'),
        ("'web' in Output()", '`"web" in str(kubectl.get("pods"))`'),
        ("'pods: ' + Output()", "its text is `str(…)`"),
        ("Output() + 'x'", "its text is `str(…)`"),
        ("import kubernetes.clinet", "→ Did you mean `client`?"),
        ("from kubernetes import confg", "→ Did you mean `config`?"),
        ("import kubernetes.client as client\nclient.CoreV1API()", "→ Did you mean `CoreV1Api`?"),
        ("kubectl.delete('pods', all=true)", "→ In Python this is written `True`."),
        ("kubectl.wait('pod/web', condition='Ready')", 'for_="condition=Ready"'),
        ("kubectl.gett('pods')", "Did you mean `get`?"),
        ("kubectl.run()", '`kubectl.run("web", image="nginx", port=80)`'),
        ("kubectl.cp('a')", "`kubectl.cp("),
        ("kubectl.get(pods)", 'A text has quotes: `"pods"`'),
        ("kubectl.apply(nginx-pod.yaml)", 'A text has quotes: `"nginx-pod.yaml"`'),
        ("kubectl.get(n='x')", "Did you mean `namespace`?"),
        ("kubectl.label('pod', 'web', app='x')", '`kubectl.label("pod", "web", "app=x")`'),
        ("kubectl and [][0]", "it may be empty"),
        ("kubectl and {}['a']", "There is no such key"),
        ("kubectl.get(['pods'])", '`kubectl.get("pods,services")`'),
        ("kubectl.delete('pod', name='x')", "without a word before it"),
        ("kubectl.apply(f='a.yaml')", "Did you mean `filename`?"),
        ("for a in Output(): pass", '`for pod in kubectl.get("pods").objects:`'),
        (
            "{'metadata': {}}.metadata",
            "→ An object is a dict of Python: a field is taken with brackets, not with a dot",
        ),
        ("{'metadata': {}}.status.phase", '`kubectl.get("pod", "web", output="yaml").objects[0]["status"]`'),
        ("kubectl and {}['spec']", '`kubectl.get("pod", "web", output="yaml").objects[0]["spec"]`'),
        ("{'metadata': {}}.name", "→ There is no such key"),
        ("[{'metadata': {}}].metadata", '→ This is a list: pick one of it, then the field: `[0]["metadata"]`'),
        ("Output().stdout.contains('web')", "→ Whether a text holds another is asked by `in`"),
        ("PodBoard", "→ Without brackets nothing was done. It is written like this: `PodBoard(kubectl)`"),
        ("check", '→ Without brackets nothing was done. It is written like this: `check(kubectl, "02-ready")`'),
        ("kubectl.get", "→ Without brackets nothing was done. It is written like this: `kubectl.get("),
        ("import kubectl", "→ `kubectl` is not imported"),
        ("KUBECTL.get('pods')", "→ Did you mean `kubectl`?"),
        ("Output()['items']", "its objects are `….objects[0]`"),
        ("hint(kubectl)", "the lessons are 00"),
        ("kubectl.get['pods']", "`kubectl.get("),
        ("kubectl.rollout.undo('deployment/web')", "`kubectl.rollout("),
        ("PodAnatomy.__new__(PodAnatomy).refresh()", '`PodAnatomy(kubectl, "web")`'),
        ("import podlab.panel", "`from podlab import check, quiz, start`"),
        ("raise KeyboardInterrupt", "run this cell again, or go to the next"),
        ("open('nginx.yml')", "Did you mean `nginx.yaml`?"),
        ("open('no/such/file')", "There is no such file in this folder"),
    ],
)
def test_a_call_that_was_none_shows_how_it_is_made(shell, capsys, tmp_path, monkeypatch, cell, hint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nginx.yaml").touch()
    shell.run_cell(CONNECTED)
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr()
    assert hint in said.out
    assert "Traceback" not in said.out + said.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("Kubectl = None\nkubectl = Kubectl\ndel Kubectl\nKubectl.get('pods')", "→ Did you mean `kubectl`?"),
        ("kubectl = 1\nk.get('pods')", "→ Did you mean `kubectl`?"),
        ("class Output:\n    pass\nawait Output()", "→ Leave out the `await`: it waits until it is done by itself"),
        ("!kubectl-is-not-here; exit 3", None),
        ("!kubctl get pods", "→ Did you mean `!kubectl get pods`?"),
        ("!nothing-like-it", None),
        ("!kubectl no-such-verb; exit 3", "Begin the line with `%`, and a next step comes with it: `%kubectl no-such"),
        ("%%sh\nkubectl() { return 3; }\nkubectl get x", "next step comes with it: `%kubectl get x`"),
    ],
)
def test_what_only_a_shell_or_another_name_stumbles_over(shell, capfd, cell, hint):
    shell.run_cell(cell, store_history=True)
    said = capfd.readouterr().out
    assert said.count("→ ") == (1 if hint else 0)
    assert (hint or "") in said and "Traceback" not in said


@pytest.mark.parametrize("name", USES)
def test_each_example_calls_the_name(name):
    assert called(USES[name]) == ("quiz" if name == "answer" else "FindFault" if name == "guess" else name)
    compile(USES[name], name, "eval")


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("hnit = hint()", "→ `hint` is imported like this: `from podlab import hint`"),
        ("check(kubectl, '05-mine', answer)", "→ There is no `answer` yet"),
        ("guess", "→ There is no `guess` yet"),
        ("check(kubectl, 00-cell, 2)", '→ A text has quotes: `"00-cell"`'),
        ("Up(kind)", '→ A text has quotes: `"kind"`'),
        ("kubectl.delete('pods', --all)", "→ `all` is an option; in Python it is an argument: `all=True`"),
        ("kubectl.delete('pod', 'web', force)", "→ `force` is an option; in Python it is an argument: `force=True`"),
        ("kubectl.get('pods', namespace=kube-system)", '→ A text has quotes: `"kube-system"`'),
        (
            "podlab reset 02",
            "→ A podlab command is for a terminal; in a cell it takes a ! in front: `!podlab reset 02`",
        ),
        ("podlab progress --export a.html", "`!podlab progress --export a.html`"),
    ],
)
def test_when_the_lesson_has_begun_nobody_is_sent_back_to_its_first_cell(shell, capsys, cell, hint):
    shell.run_cell("from podlab import Up, check\nkubectl = type('K', (), {'get': print, 'delete': print})()")
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr().out
    assert hint in said and said.count("→ ") == 1, said


@pytest.mark.parametrize(
    "cell",
    [
        "1 / 0",
        "x = (",
        "%nomagic",
        *(
            pytest.param(cell, marks=pytest.mark.slow)  # IPython looks through all modules for each traceback
            for cell in ("def f(:", "'a'.nothing", "len(1)", "import nothing", "[][1]", "{}.a", "[].a", "print 'a")
        ),
    ],
)
def test_other_errors_are_shown_as_ever(shell, capsys, cell):
    shell.run_cell(cell, store_history=True)
    said = capsys.readouterr()
    assert "→ " not in said.out
    assert "Error" in said.out + said.err


@pytest.mark.parametrize(
    "cell", ["print", "dict", "'a'.split", "import json\njson.dumps", "1", "from podlab import Text"]
)
def test_what_others_made_may_stand_without_brackets(shell, capsys, cell):
    shell.run_cell(cell, store_history=True)
    assert "→ " not in capsys.readouterr().out


def test_a_second_time_changes_nothing(shell):
    before = shell.custom_exceptions
    slips.install(shell)
    assert shell.custom_exceptions == before


def test_a_magic_for_cells_with_one_sign(shell, capsys):
    shell.register_magic_function(print, "cell", "manifest")
    shell.run_cell("%manifest a.yaml", store_history=True)
    assert "→ `%%manifest` has two `%`: `%%manifest a.yaml`" in capsys.readouterr().out


class ApiException(Exception):
    """An answer as the official client raises it."""

    status, body = 404, '{"reason": "NotFound", "message": "pods \\"web\\" not found"}'


ApiException.__module__ = "kubernetes.client.exceptions"


def test_what_the_official_client_was_told_is_one_sentence(shell, capsys):
    shell.user_ns["ApiException"] = ApiException
    shell.run_cell("raise ApiException('(404)\\nReason: Not Found\\nHTTP response headers: {}')", store_history=True)
    said = capsys.readouterr().out
    assert 'ApiException: (404) pods "web" not found\n→ This namespace has no web' in said
    assert "headers" not in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ('kubectl.delete("pod" "web")', 'resource type "podweb"', '`kubectl.delete("pod", "web")`'),
        ("kubectl.get('pods', 'web' \"yaml\")", 'pods "webyaml" not found', "`kubectl.get('pods', 'web', \"yaml\")`"),
        ('kubectl.get("pods" "web")', "no connection", None),
        ('kubectl.get("pods", "web")', 'pods "web" not found', None),
        ("kubectl.get(", "podsweb", None),
    ],
)
def test_a_comma_that_is_missing_between_two_texts(shell, capsys, line, said, hint):
    shell.user_ns["kubectl"] = Refusing(said)
    shell.run_cell(line, store_history=True)
    told = capsys.readouterr().out
    assert hint in told if hint else "no comma" not in told


class Refusing:
    """What says no to every command."""

    def __init__(self, said):
        self.said = said

    def get(self, *_):
        raise PodlabError(self.said)

    delete = get
