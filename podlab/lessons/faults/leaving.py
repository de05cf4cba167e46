"""A Pod that does not go away."""

from __future__ import annotations

from podlab.lessons.check import Pod
from podlab.lessons.faults.fault import Fault
from podlab.lessons.quiz import Option
from podlab.text import Text

FINALIZER = "bakery.example/backup"


def _kept(pod: Pod) -> Text | None:
    """What is amiss with the ledger: the old Pod has to be gone, and nothing may hold the new one."""
    if pod["metadata"].get("deletionTimestamp"):
        return Text(
            ko="앞의 파드가 아직 지워지는 중입니다(deletionTimestamp가 있습니다). 파이널라이저가 남아 있는 동안은 "
            "강제로 지워도, 다시 적용해도 그대로입니다",
            en="the old Pod is still being deleted (it has a deletionTimestamp). As long as it has a finalizer, "
            "deleting it by force does not help, nor does applying it again",
        )
    if FINALIZER in (pod["metadata"].get("finalizers") or []):
        return Text(
            ko="새 파드에도 같은 파이널라이저가 있습니다. 다음에 지울 때 또 걸립니다",
            en="the new Pod has the same finalizer: the next to delete it will be stuck again",
        )
    return None


LEDGER = Fault(
    key="ledger",
    story=Text(
        ko="장부입니다. 지우고 다시 만들려 했는데, 지우는 데서 멈추어 있습니다. 예전에는 백업 프로그램이 있어서 파드가 "
        "사라지기 전에 "
        "장부를 베껴 두었지만, 그 프로그램은 지난달에 없앴습니다. 새 ledger 파드가 떠 있어야 합니다.",
        en="The ledger was to be deleted and made anew, and the deleting does not come to an end. There used to be a "
        "program that copied the ledger before its Pod went; it was done away with last month. In the end "
        "there should be a new Pod ledger.",
    ),
    manifest=f"""\
apiVersion: v1
kind: Pod
metadata:
  name: ledger
  finalizers: [{FINALIZER}]
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: ledger
    image: nginx:1.27
""",
    sign="READY 0/1",
    until="jsonpath={.status.containerStatuses[0].ready}=false",
    guesses=(
        Option(
            Text(ko="nginx가 끝내라는 신호를 듣지 않는다", en="nginx does not obey the signal to end"),
            Text(
                ko="컨테이너는 이미 끝났습니다. 듣지 않더라도 유예 기간이 지나면 SIGKILL이 옵니다.",
                en="The container has ended already. If it did not obey, SIGKILL would come after the grace period.",
            ),
        ),
        Option(
            Text(ko="노드의 kubelet이 답하지 않는다", en="the kubelet of its node does not answer"),
            Text(
                ko="노드는 Ready이고, 컨테이너를 끝낸 것이 바로 kubelet입니다.",
                en="The node is Ready, and it was the kubelet that ended the container.",
            ),
        ),
        Option(
            Text(ko="파이널라이저(finalizer)가 남아 있다", en="it still has a finalizer"),
            Text(
                ko="`metadata.finalizers`가 빌 때까지 API 서버는 파드를 지우지 않습니다. 비워 줄 프로그램은 이제 "
                "없습니다.",
                en="The API server keeps the Pod until `metadata.finalizers` is empty. The program that would empty it "
                "is "
                "gone.",
            ),
            right=True,
        ),
    ),
    amiss=_kept,
    learned=Text(
        ko="앞의 파드는 사라졌고, 새 파드는 아무것에도 붙들려 있지 않습니다",
        en="the old Pod is gone, and nothing holds the new one",
    ),
    hints=(
        Text(
            ko='`kubectl.get("pod", "ledger", output="yaml")`의 metadata를 보십시오. describe에는 나오지 않습니다',
            en='look at the metadata of `kubectl.get("pod", "ledger", output="yaml")`; describe does not show it',
        ),
        Text(
            ko="`deletionTimestamp`가 있으니 지우기로 이미 정해졌습니다. `finalizers`가 비기를 기다릴 뿐입니다",
            en="it has a `deletionTimestamp`: the deletion is settled, and only waits until `finalizers` is empty",
        ),
        Text(
            ko='`kubectl.patch("pod", "ledger", patch={"metadata": {"finalizers": None}})`로 비우고, ledger.yaml에서 '
            'finalizers 줄을 지운 뒤 `kubectl.apply("ledger.yaml")`을 실행하십시오',
            en='empty it with `kubectl.patch("pod", "ledger", patch={"metadata": {"finalizers": None}})`, take the '
            "line "
            'finalizers out of ledger.yaml, and run `kubectl.apply("ledger.yaml")`',
        ),
    ),
    repair=((f"  finalizers: [{FINALIZER}]\n", ""),),
    deleted=True,
)

LEAVING = (LEDGER,)
