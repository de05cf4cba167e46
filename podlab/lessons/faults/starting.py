"""Pods whose containers do not start: a tag, a name, a key that are not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podlab.lessons.check import Pod
from podlab.lessons.faults.fault import Fault, container, no_nginx
from podlab.lessons.quiz import Option
from podlab.text import Text

REASON = "jsonpath={.status.containerStatuses[0].state.waiting.reason}"
EVENTS = Text(
    ko='`kubectl.describe("pod", "{name}")` 맨 아래의 Events에서 `Failed`로 시작하는 줄을 읽으십시오',
    en='read the lines that say `Failed` in the Events of `kubectl.describe("pod", "{name}")`',
)
LIMITED = Option(
    Text(ko="메모리 제한이 너무 작다", en="the memory limit is too small"),
    Text(
        ko="제한을 넘으려면 먼저 컨테이너가 실행되어야 합니다. 이 컨테이너는 시작된 적이 없습니다.",
        en="To go over a limit, a container has to run. This one has never started.",
    ),
)


def _colourless(pod: Pod) -> Text | None:
    """What is amiss with the variable PRICE_COLOUR: it has to come from the ConfigMap, and has to be there."""
    found = container(pod).get("env") or []
    env: Mapping[str, Any] = next((each for each in found if each["name"] == "PRICE_COLOUR"), {})
    source = (env.get("valueFrom") or {}).get("configMapKeyRef") or {}
    if source.get("name") != "prices":
        return Text(
            ko="PRICE_COLOUR 값이 컨피그맵 prices에서 오지 않습니다",
            en="PRICE_COLOUR does not come from the ConfigMap prices",
        )
    if source.get("optional"):
        return Text(
            ko="optional이면 키가 없어도 시작되지만, 가격표는 색 없이 인쇄됩니다",
            en="with optional the container starts without the key, and prints its labels without a colour",
        )
    return None


MENU = Fault(
    key="menu",
    story=Text(
        ko="빵집의 오늘 메뉴를 보여 주는 웹 서버입니다. 어제까지는 잘 되었고, 밤사이 누가 새 버전으로 올렸습니다. "
        "nginx이기만 하면 버전은 무엇이든 괜찮습니다.",
        en="A web server that shows what the bakery has today. It was fine until yesterday; overnight, somebody "
        "moved it to a newer version. Any version will do, as long as it is nginx.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: menu
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: menu
    image: nginx:1.27-fresh
""",
    sign="STATUS ImagePullBackOff",
    until=f"{REASON}=ImagePullBackOff",
    guesses=(
        Option(
            Text(ko="nginx가 시작하자마자 죽는다", en="nginx starts and dies at once"),
            Text(
                ko="죽으려면 먼저 시작되어야 합니다. RESTARTS가 0이고, 로그도 없습니다.",
                en="It would have to start first. RESTARTS is 0, and there is no log.",
            ),
        ),
        Option(
            Text(ko="이미지는 있지만 그 태그가 없다", en="there is such an image, but not with that tag"),
            Text(
                ko="Events에 `nginx:1.27-fresh: not found`라고 나옵니다. nginx라는 이름은 맞고, 태그가 없습니다.",
                en="The Events say `nginx:1.27-fresh: not found`. The name nginx is right, the tag does not exist.",
            ),
            right=True,
        ),
        Option(
            Text(ko="노드에 자리가 없다", en="no node has room for it"),
            Text(
                ko="그랬다면 STATUS가 Pending이고 노드도 정해지지 않았을 것입니다.",
                en="Then STATUS would be Pending, and no node would have been chosen.",
            ),
        ),
    ),
    amiss=lambda pod: (
        no_nginx(pod)
        or (
            Text(ko="아직 nginx:1.27-fresh를 찾고 있습니다", en="it still asks for nginx:1.27-fresh")
            if container(pod)["image"].endswith(":1.27-fresh")
            else None
        )
    ),
    learned=Text(ko="있는 태그로 고치자 파드가 이어서 시작했습니다", en="with a tag that exists, the Pod went on"),
    hints=(
        EVENTS.format(name="menu"),
        Text(
            ko="`not found` 앞에 있는 것이 kubelet이 찾은 이미지의 온전한 이름입니다. 콜론 뒤가 태그입니다",
            en="what stands before `not found` is the full name of the image; after the colon comes the tag",
        ),
        Text(
            ko='태그를 1.27로 고치십시오: `kubectl.set_image("pod/menu", "menu=nginx:1.27")`',
            en='make the tag 1.27: `kubectl.set_image("pod/menu", "menu=nginx:1.27")`',
        ),
    ),
    repair=(("nginx:1.27-fresh", "nginx:1.27"),),
)

FLYER = Fault(
    key="flyer",
    story=Text(
        ko="이번 주 전단을 보여 주는 웹 서버입니다. 매니페스트는 점심시간에 급하게 썼습니다. nginx 1.27로 돌아야 "
        "합니다.",
        en="It serves this week's flyer. The manifest was written in a hurry, over lunch. It should run nginx 1.27.",
    ),
    manifest="""\
apiVersion: v1
kind: Pod
metadata:
  name: flyer
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: flyer
    image: ngnix:1.27
""",
    sign="STATUS ImagePullBackOff",
    until=f"{REASON}=ImagePullBackOff",
    guesses=(
        Option(
            Text(ko="이미지의 이름이 틀렸다", en="the image's name is wrong"),
            Text(
                ko="Events를 한 글자씩 읽으면 `ngnix`입니다. 그런 이미지는 없습니다.",
                en="Read the Events letter by letter: it says `ngnix`. There is no such image.",
            ),
            right=True,
        ),
        Option(
            Text(ko="1.27이라는 태그가 사라졌다", en="the tag 1.27 has been removed"),
            Text(
                ko="nginx:1.27은 있습니다. 하지만 이 파드가 찾는 것은 nginx가 아닙니다. 이름을 다시 읽으십시오.",
                en="nginx:1.27 is there. But this Pod is not asking for nginx: read the name again.",
            ),
        ),
        LIMITED,
    ),
    amiss=no_nginx,
    learned=Text(ko="이름을 바로 쓰자 이미지를 찾았습니다", en="with its name spelt right, the image was found"),
    hints=(
        EVENTS.format(name="flyer"),
        Text(
            ko="이미지의 이름을 소리 내어 읽어 보십시오. 글자 둘의 자리가 바뀌었습니다",
            en="read the image's name aloud: two letters have changed places",
        ),
        Text(
            ko='`kubectl.set_image("pod/flyer", "flyer=nginx:1.27")`을 실행하십시오',
            en='run `kubectl.set_image("pod/flyer", "flyer=nginx:1.27")`',
        ),
    ),
    repair=(("ngnix", "nginx"),),
)

PRICE_TAG = Fault(
    key="price-tag",
    story=Text(
        ko="가격표를 인쇄하는 파드입니다. 글자의 색은 컨피그맵 `prices`에 적어 두고 `PRICE_COLOUR`로 받습니다. "
        "색을 매니페스트에 직접 적어서는 안 됩니다.",
        en="It prints price labels. Their colour is kept in the ConfigMap `prices` and handed over as "
        "`PRICE_COLOUR`; it must not be written into the Pod itself.",
    ),
    manifest="""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: prices
data:
  color: blue
---
apiVersion: v1
kind: Pod
metadata:
  name: price-tag
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: price-tag
    image: nginx:1.27
    env:
    - name: PRICE_COLOUR
      valueFrom:
        configMapKeyRef: {name: prices, key: colour}
""",
    sign="STATUS CreateContainerConfigError",
    until=f"{REASON}=CreateContainerConfigError",
    guesses=(
        Option(
            Text(ko="컨피그맵 prices가 없다", en="there is no ConfigMap prices"),
            Text(
                ko='있습니다: `kubectl.get("configmap", "prices", output="yaml")`. 그 안을 보십시오.',
                en='There is: `kubectl.get("configmap", "prices", output="yaml")`. Look inside.',
            ),
        ),
        LIMITED,
        Option(
            Text(ko="컨피그맵에 그 키가 없다", en="the ConfigMap does not have that key"),
            Text(
                ko="파드는 `colour`를 찾는데 컨피그맵에는 `color`가 있습니다.",
                en="The Pod looks for `colour`, and the ConfigMap has `color`.",
            ),
            right=True,
        ),
    ),
    amiss=_colourless,
    learned=Text(
        ko="키의 이름이 양쪽에서 같아지자 컨테이너가 시작했습니다",
        en="with the same key on both sides, the container started",
    ),
    hints=(
        EVENTS.format(name="price-tag"),
        Text(
            ko='거기 적힌 키를 `kubectl.get("configmap", "prices", output="yaml")`의 data와 견주어 보십시오',
            en='compare the key that it names with the data of `kubectl.get("configmap", "prices", output="yaml")`',
        ),
        Text(
            ko='컨피그맵에 키를 더하십시오: `kubectl.patch("configmap", "prices", patch={"data": {"colour": '
            '"blue"}})`. '
            "kubelet이 다시 해 보고 스스로 시작합니다",
            en='add the key: `kubectl.patch("configmap", "prices", patch={"data": {"colour": "blue"}})`. The kubelet '
            "tries again and starts the container by itself",
        ),
    ),
    repair=(("  color: blue", "  colour: blue"),),
)

STARTING = (MENU, FLYER, PRICE_TAG)
