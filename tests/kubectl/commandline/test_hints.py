"""The next step for the lines of kubectl's that a learner meets."""

from __future__ import annotations

import re

import pytest

from podlab.kubectl.commandline.hints import doubt, hint_for, miscased


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('strict decoding error: unknown field "spec.containers[0].imagee"', "Did you mean `image`?"),
        ('strict decoding error: unknown field "spec.zzz"', "There is no field spec.zzz."),
        ('Error from server (NotFound): pods "web" not found', "it is deleted already, or its name is another"),
        ('Error from server (NotFound): pods "-o" not found', "an option is an argument"),
        ('strict decoding error: unknown field "containers"', "There is a field `containers`, but not here"),
        ("error: unknown flag: --selectr\nSee 'kubectl get --help' for usage.", "Did you mean `--selector`?"),
        ("error: unknown flag: --namespac\nSee 'kubectl get --help' for usage.", "Did you mean `--namespace`?"),
        ('the output format "wid", allowed formats are: json,name,wide,yaml', "Did you mean `wide`?"),
        ('the output format "Wide", allowed formats are: json,name,wide,yaml', "Did you mean `wide`?"),
        (
            'unable to match a printer suitable for the output format "table", allowed formats are: json,wide',
            "There is no table",
        ),
        ('error: unknown command "pods" for "kubectl"', "comes before it: `%kubectl get pods`"),
        (
            "error: unknown command \"deployment/web status\"\nSee 'kubectl rollout -h' for help and examples",
            "`%kubectl rollout status deployment/web`",
        ),
        (
            "cannot unmarshal string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta",
            "metadata takes lines",
        ),
        ('the server doesn\'t have a resource type "pods -o wide"', "Each word has quotes of its own"),
        ('the server doesn\'t have a resource type "pod web -o wide"', "Each word has quotes of its own"),
        ('the server doesn\'t have a resource type "pod my-web"', '`"pod", "my-web"`'),
        ("error: error parsing a.json: unexpected EOF", "The JSON ends too early: close each `{`"),
        ("error: unknown flag: --zzz\nSee 'kubectl get --help' for usage.", "`%kubectl get --help`"),
        ("error: unknown flag: --image\nSee 'kubectl --help' for usage.", "A command comes first"),
        ("error: unknown flag: --image\nSee 'kubectl create --help' for usage.", '`kubectl.run("web", image="nginx")`'),
        ("error: unknown flag: --all-namespace\nSee 'kubectl get --help' for usage.", "mean `--all-namespaces`?"),
        ('error: unknown command "rollout deployment/web" for "kubectl"', "`%kubectl rollout --help`"),
        ('invalid argument "[\'x\']" for "--command" flag: strconv.ParseBool: parsing', "takes true or false"),
        ('unable to parse requirement: <nil>: Invalid value: "app:web": name part', '`selector="app=web"`'),
        ("error: unexpected label spec: {'life': 'one'}", "Labels are one text"),
        ("error: couldn't find port via --port flag or introspection", "`port=80`"),
        ("error: unable to listen on any of the requested ports: [{8080 80}]", '`":80"`'),
        ("error: Pod 'web' does not have a named port ''", '`PortForward(kubectl, "pod/web", 80)`'),
        (
            "error: unknown shorthand flag: 'o' in -o\nSee 'kubectl describe --help' for usage.",
            "describe has one format",
        ),
        ("error: unknown flag: --command\nSee 'kubectl exec --help' for usage.", '`kubectl.exec("web", "ls", "/")`'),
        ("error: at least one annotation update is required", '"note=hello"'),
        (
            'error: unknown command "rollout undo deployment/web" for "kubectl"',
            '`kubectl.rollout("undo", "deployment/web")`',
        ),
        ('spec.containers[0].volumeMounts[0].name: Not found: "logs"', "no volume named logs below `volumes:`"),
        ("quantities must match the regular expression '^([+-]", "`128Mi` of memory"),
        ("unable to parse requirement: found '[blue' expected: '('", '`selector="color in (blue, green)"`'),
        ('error: unable to upgrade connection: container not found ("helper")', "The container helper is not running"),
        ("is invalid: spec.containers: Forbidden: pod updates may not add or remove containers", "create it again"),
        (
            'The Pod "My_Pod" is invalid: \n* metadata.name: Invalid value: "My Pod": a\n'
            '* metadata.labels: Invalid value: "My Pod": a valid label',
            "A name takes lower-case letters",
        ),
        ('error: invalid label value: "팀=빨강": a valid label must be', "A label takes Latin letters"),
        ("error: Pod 'web' does not have a named port 'http'", "This Pod has no port named http: give its number"),
        (
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
            "takes a number",
        ),
        ("json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string", "needs quotes"),
        (
            "json: cannot unmarshal string into Go struct field C.spec.containers.stdin of type bool",
            "`true` or `false`",
        ),
        ('from server for: "STDIN": resource name may not be empty', "write `name:` below `metadata:`"),
        ('error: field "contaners" does not exist', "Did you mean `containers`?"),
        ('error: field "image" does not exist', "Leave off the last step"),
        ('Error from server (NotFound): namespaces "ame" not found', "A name has no option of its own"),
        ("error: unknown flag: --for\nSee 'kubectl get --help' for usage.", "`%kubectl events --for pod/web`"),
        ("invalid selector: 'type:x'; can't understand 'type:x'", '`field_selector="type=x"`'),
        ('that match label selector "a=b,", field selector "": found \'\', expected: identifier', "breaks off"),
        ("error: unable to find one of 'kustomization.yaml', 'kustomization.yml'", "`%kubectl apply -f web.yaml`"),
        ("error: invalid taint spec: key=value, name part must", "`key=value:NoSchedule`"),
        (
            'error executing jsonpath "{a.b}": Error executing template: unrecognized identifier a. P',
            "begins with a dot",
        ),
        ('error: the server doesn\'t have a resource type " services"', '`kubectl.get("pods,services")`'),
        ('error: the server doesn\'t have a resource type "pods, services"', '`kubectl.get("pods,services")`'),
        ("error: unknown flag: --command\nSee 'kubectl create job --help' for usage.", '"once", "--", "echo", "done"'),
        (
            "error: exactly one NAME is required, got 2\nSee 'kubectl create configmap -h' for help",
            '`from_literal="key=value"`',
        ),
        ('error: pods "blue" restarting is not supported', "a Pod is deleted and made anew"),
        (
            'error: failed to create deployment: deployments.apps "web" already exists',
            "`kubectl delete deployment web`",
        ),
        ('Invalid value: "map[spec:map[replicas:5]]": unrecognized type: int32', "stands there without quotes"),
        ('exec: "hostname -i": executable file not found in $PATH', '`kubectl.exec("web", "ls", "/")`'),
        ("struct field Container.spec.containers.env of type []v1.EnvVar", "`- {name: COLOR, value: blue}`"),
        ('strict decoding error: unknown field "spec.containers[0].env[0].COLOR"', "`- {name: COLOR, value: blue}`"),
        (
            'strict decoding error: unknown field "spec.containers[0].readinessProbe.path"',
            "a field `path`, but not here",
        ),
        (
            "cannot unmarshal bool into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy",
            "spec.restartPolicy takes a text",
        ),
        ('volumeMounts[0].name: Required value\n* volumeMounts[0].name: Not found: ""', "the one that the path above"),
        ('Error from server (NotFound): pods "output=wide" not found', '`output="wide"`'),
        ('unable to parse requirement: <nil>: Invalid value: "앱": name part', "Latin letters only"),
        ("error: --for must be in resource/name form", '`kubectl.events(for_="pod/web")`'),
        ("error: invalid literal source GREETING, expected key=value", '`from_literal="key=value"`'),
        (
            'invalid argument "echo" for "--command" flag: strconv.ParseBool: parsing\nSee \'kubectl run --help\'',
            '`kubectl.run("web", "echo", "done", image="busybox")`',
        ),
        ('invalid argument "3개" for "-r, --replicas" flag: strconv.ParseInt: parsing', "--replicas takes a number"),
        ('exec: "-c": executable file not found in $PATH', "`-c` was taken for the program to run"),
        ('error: unknown command "rollout satus" for "kubectl"', "Did you mean `kubectl rollout status`?"),
        ("error: source and destination are required", "both from where and to where"),
        ("error: unable to find specified revision 9 in history", '`kubectl.rollout("history"'),
        ("error: unknown flag: --tcp\nSee 'kubectl create service --help' for usage.", "service clusterip web"),
        ("error: unknown flag: --from-literal\nSee 'kubectl create secret --help' for usage.", "secret generic web"),
        (
            "error: exactly one NAME is required, got 0\nSee 'kubectl create namespace -h' for help and examples",
            "`%kubectl create namespace web`",
        ),
        ('field selector "phase=Running": field label not supported: phase', '"status.phase=Running"'),
        ("error: at least one resource must be specified to use a selector", '`kubectl.delete("pods", all=True)`'),
        ("error: name cannot be provided when a selector is specified", "not both"),
        ('Error from server (NotFound): namespaces "amespace" not found', "A long option has two dashes"),
        ("Error: flags cannot be placed before plugin name: -n", "-n took the next word for its value"),
        ('Error from server (NotFound): pods "—all" not found', "a dash of a text"),
        ('Error from server (NotFound): pods "“web”" not found', "only looks like a sign of the keyboard"),
        ('error: the server doesn\'t have a resource type "pods;"', "A `;` joins no commands here"),
        ("error: unknown flag: --condition\nSee 'kubectl wait --help' for usage.", 'for_="condition=Ready"'),
        ('Error from server (NotFound): pods "|" not found', "begin the line with `!kubectl`"),
        ('Error from server (NotFound): pods "yaml" not found', '`output="yaml"`'),
        ('Error from server (NotFound): pods "pod" not found', '`"pod/NAME"`'),
        ('Error from server (NotFound): pods "web " not found', "There is a blank in that name"),
        ('error: unknown command "gett" for "kubectl"', "`%kubectl` alone lists"),
        ("error: flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage.", "follow -n"),
        ("error: must specify one of -f and -k", '`kubectl.apply("nginx-pod.yaml")`'),
        ("error: You must provide one or more resources by argument or filename.", '`kubectl.delete("pod", "web")`'),
        ("POD or TYPE/NAME is a required argument for the logs command", '`kubectl.logs("web", container="web")`'),
        ("error: exec [POD] [COMMAND] is not supported anymore.", "`%kubectl exec web -- ls /`"),
        ('error: required flag(s) "image" not set', "the argument `image=`"),
        ("error: you must specify at least one command for the container", '`kubectl.exec("web", "ls", "/")`'),
        ("error: at least one label update is required", "one word with a `=`"),
        ("error: at least one annotation update is required", "one word with a `=`"),
        ("error: all resources must be specified before label changes: server", "at the blank before `server`"),
        ("error: all resources must be specified before label changes: pod/api", "move `pod/api` to the front"),
        ('(NotFound): pods "path={.items}" not found', "`-o jsonpath={.items}`"),
        ("cannot unmarshal array into Go struct field Container.spec.containers.image of type string", "no list"),
        ("error: NAME is required for run\nSee 'kubectl run -h' for help and examples", "The Pod's name comes first"),
        ("error: We accept only this format: explain RESOURCE", "`%kubectl explain pod.spec.containers`"),
        ('error: unknown command "GET" for "kubectl"\n\nDid you mean this?\n\tset\n', "in lower case"),
        ('(NotFound): pods "IP:.status.podIP" not found', "a comma and no blank"),
        (
            '(BadRequest): invalid character\nError from server (NotFound): pods "{labels:" not found',
            "A patch is one word",
        ),
        ("Invalid value: {}: `selector` does not match template `labels`", "the same `key: value` in both"),
        ('Unsupported value: "never": supported values: "Always", "Never"', 'upper and lower case: "Always", "Never".'),
        ('spec.containers[1].name: Duplicate value: "a"', "`a` is there already: in one list each has a name"),
        (
            "cannot unmarshal number into Go struct field Container.spec.containers.ports of type v1.ContainerPort",
            "Port: 80",
        ),
        ("cannot unmarshal object into Go struct field Container.spec.containers.args of type string", "needs quotes"),
        ("error: Required resource not specified.", '`kubectl.get("pods")`'),
        ('error: deployment "web" exceeded its progress deadline', "`kubectl rollout undo deployment/web`"),
        ("error: Service colors does not have a service port 80", "`kubectl get service colors`"),
        ('error: unable to find container named "web"', "There is no container web"),
        ("error: at least one image update is required", '"web=nginx:1.27"'),
        ("error: exactly one NAME is required, got 0", "one name"),
        ('error: no context exists with the name: "other"', "`%kubectl config get-contexts`"),
        ('error: Invalid image name "nginx latest": invalid reference format', "without blanks"),
        ("error: arguments in resource/name form must have a single resource and name", "`pod/web`"),
        ("error: required resource not specified", '`kubectl.rollout("status", "deployment/web")`'),
        ("error: Unexpected args: [nginx-pod.yaml]\nSee 'kubectl apply -h'", "`%kubectl apply -f nginx-pod.yaml`"),
        ("error: one or more resources must be specified as <resource> <name> or", '"tier=front"'),
        ('error: strconv.Atoi: parsing "http": invalid syntax', "which http is not"),
        ("error: one of src or dest must be a remote file specification", '`kubectl.cp("web:/etc/hosts", "hosts")`'),
        ("(BadRequest): invalid character 's' looking for beginning of object key string", "may be a Python value"),
        ('error: --raw must be a valid URL path: parse "api/v1": invalid URI for request', "begins with `/`"),
        ("error: at least one taint update is required", '`"key=value:NoSchedule"`'),
        ('error: unrecognized condition: "ready"', '`for_="condition=Ready"`'),
        ('invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"', '`timeout="60s"`'),
        ('invalid argument "five" for "--replicas" flag: strconv.ParseInt: parsing "five"', "which five is not"),
        ("error: TYPE/NAME and list of ports are required for port-forward", '"8080:80"'),
        ("error: No closing quotation", "not closed"),
        ("error: there is no need to specify a resource type as a separate argument when", "`type/name`"),
        ("unable to parse requirement: <nil>: Invalid value", '`selector="app=web"`'),
        ('the server doesn\'t have a resource type "pods nginx"', '`"pods", "nginx"`'),
        ('the server doesn\'t have a resource type "-o"', "An option was taken for a type"),
        ('error: unable to parse "{bad": yaml', "A patch may be a Python value"),
        ("error: timed out waiting for the condition on pods/web", "raise `timeout`"),
        ("error trying to reach service: dial tcp 10.0.0.1:81: connect: connection refused", "has that port open"),
        ('error: unable to match a printer suitable for the output format "Wide", allowed', "There is no Wide."),
        ("error: resource(s) were provided, but no name was specified", "`all=True`"),
        (
            "cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            "`key: val",
        ),
        ("cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec", "lines of `key: value` below it"),
        ("cannot unmarshal number into Go struct field Container.args of type int32", "takes a number"),
        ('no matches for kind "Deployment" in version "v1"', "`apiVersion: apps/v1`"),
        ('no matches for kind "Pood" in version "v1"', "Did you mean `Pod`?"),
        ('no matches for kind "Widget" in version "v1"', "apiVersion v1 has no kind Widget"),
        ('exec: "lss": executable file not found in $PATH', "has no program `lss`"),
        ('exec: "ls /etc": stat ls /etc: no such file or directory', '`kubectl.exec("web", "ls", "/")`'),
        ('exec: "/bin/x": stat /bin/x: no such file or directory', "has no program `/bin/x`"),
        (
            "error: container ngnix is not valid for pod web out of: nginx, log",
            "The containers of web are: nginx, log.",
        ),
        ('previous terminated container "c" in pod "web" not found', "was never restarted"),
        ("error: must specify --patch or --patch-file containing the contents of the patch", "Add what to change"),
        ("error: unexpected custom-columns spec: NAME.x, expected <header>:<json-path-expr>", "`HEADING:path`"),
        ("error: error parsing jsonpath {.items, unclosed action", "`jsonpath={.status.podIP}`"),
        ("cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container", "put `- `"),
    ],
)
def test_the_hint_fits_the_line(line, hint):
    found = hint_for(line)
    assert found is not None and hint in found.en
    assert not re.search(
        r"\{\w*\}", (found.en + found.ko).replace("{.status.phase}", "").replace("{.status.podIP}", "")
    )


@pytest.mark.parametrize(
    ("line", "verb", "words"),
    [
        ("error: unknown command \"x\"\nSee 'kubectl rollout -h' for help and examples", "", "rollout --help"),
        ("error: unknown shorthand flag: 'x' in -x\nSee 'kubectl --help' for usage.", "", "--help"),
        ("error: a selector must be specified", "create poddisruptionbudget", "create poddisruptionbudget --help"),
    ],
)
def test_where_no_step_is_known_the_commands_help_is_one(line, verb, words):
    found = hint_for(line, verb)
    assert found is not None and f"`%kubectl {words}`" in found.en and f"`%kubectl {words}`" in found.ko


def test_what_no_server_has_a_path_for_depends_on_the_command():
    line = "Error from server (NotFound): the server could not find the requested resource"
    told = {verb: hint_for(line, verb) for verb in ("scale", "get", "label")}
    assert told["scale"] and "deployment/web --replicas=2" in told["scale"].en
    assert told["get"] and "in the plural" in told["get"].en
    assert told["label"] is None


@pytest.mark.parametrize(
    "line",
    [
        'Error from server (NotFound): pods "web" is gone',
        "error: podlab does not do `kubectl completion`: use the real kubectl",
        'error: error when applying patch of "web.yaml"',
        "error: failed to create quota: it is there",
    ],
)
def test_what_came_of_a_command_is_no_question_of_its_use(line):
    assert hint_for(line, "get") is None


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({"apiVersion": "v1", "kind": "pod", "metadata": {"name": "web"}}, "Did you mean `Pod`?"),
        ({"apiVersion": "v1", "kind": "Deployement", "metadata": {"name": "web"}}, "Did you mean `Deployment`?"),
        ({"apiVersion": "apps/v1", "kind": "Pod", "metadata": {"name": "web"}}, "`apiVersion: v1`"),
        ({"apiVersion": "v1", "kind": "Pod", "metadata": None, "name": "web"}, "There is a field `name`, but not here"),
        ({"apiVersion": "v1", "kind": "Pod", "metadata": {}}, "write `name:` below `metadata:`"),
        ({"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"}}, ""),
        ({"apiVersion": "stable.example.com/v1", "kind": "CronTab", "metadata": {"name": "mine"}}, ""),
    ],
)
def test_what_a_server_would_not_take_is_said_when_it_is_written_down(obj, said):
    found = doubt(obj)
    assert said in found.en if said else found is None


def test_a_field_in_other_letters_is_named():
    found = miscased({"apiVersion": "v1", "Kind": "Pod"})
    assert found and found.en.startswith("It is `kind`, not `Kind`")
    assert miscased({"apiVersion": "v1", "kind": "Pod"}) is None and miscased("text") is None
