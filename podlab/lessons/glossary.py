"""The words of the lessons, each explained in one line; the Korean ones are those of the Kubernetes site's glossary.

Upstream: content/ko/docs/reference/glossary (kubernetes/website)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from podlab.text import Language, Text


@dataclass(frozen=True, slots=True)
class Term:
    """A word in both languages, the word as a pattern, and what it means."""

    word: Text
    meaning: Text
    pattern: Text | None = None

    def regex(self, language: Language) -> str:
        """What finds the word: in Korean a particle may follow, in English an ending."""
        if self.pattern:
            return self.pattern.in_(language)
        word = re.escape(self.word.in_(language))
        first = f"[{word[0].upper()}{word[0]}]" if language == "en" else word[0]
        head = rf"(?<![\w가-힣/.-]){first}{word[1:]}"
        return rf"{head}(?![A-Za-z])" if language == "ko" else rf"{head}s?(?![\w/-])"


def _term(ko: str, en: str, meaning_ko: str, meaning_en: str) -> Term:
    return Term(Text(ko, en), Text(meaning_ko, meaning_en))


TERMS = (
    _term(
        "클러스터",
        "cluster",
        "쿠버네티스가 함께 다루는 컴퓨터(노드)의 묶음",
        "the computers (nodes) that one Kubernetes runs on",
    ),
    _term("노드", "node", "파드가 올라가는 컴퓨터 한 대", "one computer that Pods run on"),
    _term(
        "파드",
        "Pod",
        "함께 놓이고 함께 다루는 컨테이너의 묶음. 가장 작은 배포 단위",
        "containers that are placed and handled together; the smallest unit of deployment",
    ),
    _term(
        "초기화 컨테이너",
        "init container",
        "앱 컨테이너보다 먼저 실행되고 끝나야 하는 컨테이너",
        "a container that has to finish before the Pod's other containers start",
    ),
    _term(
        "사이드카",
        "sidecar",
        "같은 파드에서 주 컨테이너를 돕는 컨테이너. 1.29부터는 초기화 컨테이너의 한 종류이기도 함",
        "helps the main container of its Pod; an idea, and since 1.29 a kind of init container",
    ),
    _term(
        "컨테이너",
        "container",
        "이미지에서 시작해, 저만의 파일 시스템을 가지고 격리되어 도는 프로세스",
        "a process started from an image, isolated and with a file system of its own",
    ),
    _term(
        "이미지",
        "image",
        "프로그램과 그에 필요한 파일을 담은 꾸러미. 컨테이너는 여기서 시작함",
        "a package of a program and the files it needs; containers start from it",
    ),
    _term(
        "레지스트리",
        "registry",
        "이미지를 보관하고 나누어 주는 서버. 예: Docker Hub",
        "a server that stores images and hands them out, such as Docker Hub",
    ),
    _term("nginx", "nginx", "널리 쓰이는 웹 서버 프로그램", "a widely used web server program"),
    _term(
        "네임스페이스",
        "namespace",
        "한 클러스터의 오브젝트를 나누는 칸. 이름은 칸 안에서만 유일하면 됨",
        "a compartment of a cluster; names have to be unique only inside it",
    ),
    _term(
        "컨트롤 플레인",
        "control plane",
        "클러스터 전체를 정하고 살피는 프로그램들: API 서버, 스케줄러, 컨트롤러",
        "the programs that decide for the whole cluster: API server, scheduler, controllers",
    ),
    _term(
        "API 서버",
        "API server",
        "쿠버네티스의 창구. 모두가 이곳에 묻고, 이곳에 오브젝트를 저장함",
        "the front desk of Kubernetes: everybody asks it, and it stores the objects",
    ),
    _term(
        "kubelet",
        "kubelet",
        "노드마다 하나씩 돌며, 그 노드의 컨테이너를 시작하고 살피는 프로그램",
        "the program on each node that starts and watches the containers there",
    ),
    _term(
        "스케줄러",
        "scheduler",
        "새 파드가 올라갈 노드를 고르는 프로그램",
        "the program that chooses a node for each new Pod",
    ),
    _term(
        "컨트롤러",
        "controller",
        "실제 상태가 원하는 상태와 같아지도록 계속 맞추는 프로그램",
        "a program that keeps making the real state the wanted one",
    ),
    _term(
        "오브젝트",
        "object",
        "API 서버에 저장된 것 하나. 파드, 노드, 네임스페이스가 모두 오브젝트임",
        "one thing that the API server stores: a Pod, a node, a namespace",
    ),
    _term(
        "매니페스트",
        "manifest",
        "원하는 상태를 적은 파일. 보통 YAML",
        "a file that says what state is wanted, usually in YAML",
    ),
    _term(
        "레이블", "label", "오브젝트를 골라내려고 붙이는 키와 값", "a key and a value on an object, to pick it out by"
    ),
    _term("셀렉터", "selector", "레이블로 오브젝트를 고르는 조건", "a condition on labels that picks out objects"),
    _term(
        "어노테이션",
        "annotation",
        "오브젝트에 적어 두는 메모. 고르는 데는 쓰지 않음",
        "a note on an object that nothing selects by",
    ),
    _term(
        "uid",
        "uid",
        "오브젝트가 만들어질 때 받는 번호. 이름이 같아도 새로 만들면 다름",
        "the number that an object gets when it is made; one made anew under the same name gets another",
    ),
    _term(
        "YAML",
        "YAML",
        "들여쓰기로 구조를 나타내는 글의 형식. 사람이 읽고 쓰기 쉬움",
        "a format of text that shows structure by indentation, easy for people to read and write",
    ),
    _term("볼륨", "volume", "파드의 컨테이너가 붙여 쓰는 저장 공간", "storage that the containers of a Pod can use"),
    Term(
        Text("마운트", "mount"),
        Text(
            "볼륨을 컨테이너의 한 경로에 붙이는 것. 이 과정은 ‘붙인다’고도 씀",
            "to make a volume appear at a path inside a container",
        ),
        Text(r"(?<![\w가-힣])마운트|(?<=볼륨을 )붙(?:이면|였습니다|입니다)", r"(?<![\w-])mount(?:s|ed)?(?![\w-])"),
    ),
    _term(
        "포트",
        "port",
        "한 주소에서 프로그램을 가리키는 번호. 웹은 보통 80번",
        "a number that stands for one program at an address; the web usually has 80",
    ),
    _term(
        "프로브",
        "probe",
        "kubelet이 컨테이너가 괜찮은지 되풀이해 묻는 검사",
        "a test by which the kubelet asks again and again whether a container is well",
    ),
    Term(
        Text("어드미션", "admission"),
        Text(
            "API 서버가 저장하기 전에 요청을 검사하고 고치는 단계",
            "where the API server checks and completes a request before it stores it",
        ),
        Text(r"(?<![\w가-힣])어드미션(?: 컨트롤러)?", r"(?<![\w-])admission(?: controllers?)?(?![\w-])"),
    ),
    _term(
        "디플로이먼트",
        "Deployment",
        "같은 파드를 원하는 수만큼 지키고, 새 버전으로 차례로 바꾸는 컨트롤러",
        "keeps a number of like Pods, and replaces them step by step for a new version",
    ),
    _term(
        "레플리카셋",
        "ReplicaSet",
        "같은 파드를 정한 수만큼 지킴. 디플로이먼트가 만듦",
        "keeps a fixed number of like Pods; Deployments make them",
    ),
    _term(
        "스테이트풀셋",
        "StatefulSet",
        "이름과 순서와 저장 공간이 정해진 파드를 지키는 컨트롤러",
        "a controller for Pods with fixed names, order and storage",
    ),
    _term(
        "데몬셋", "DaemonSet", "노드마다 파드를 하나씩 두는 컨트롤러", "a controller that puts one Pod on every node"
    ),
    Term(
        Text("서비스", "Service"),
        Text(
            "셀렉터로 고른 파드들에게 닿는 변하지 않는 주소",
            "an address that stays, for the Pods that a selector picks out",
        ),
        Text(r"(?<![\w가-힣])서비스(?=[가를와는의로에 (])(?!는 어떻게)", r"(?<![\w-])Services?(?![\w-])"),
    ),
    _term(
        "kube-proxy",
        "kube-proxy",
        "노드마다 하나씩 돌며, 서비스의 IP로 온 연결을 파드로 보내는 프로그램",
        "the program on each node that sends connections to a Service on to its Pods",
    ),
    _term(
        "게이트웨이",
        "gateway",
        "클러스터 밖에서 온 요청을 안의 서비스로 들여보내는 문",
        "a door through which requests from outside come to the Services of the cluster",
    ),
    _term(
        "Docker", "Docker", "컴퓨터에서 컨테이너를 실행하는 프로그램", "a program that runs containers on a computer"
    ),
    _term(
        "이벤트",
        "event",
        "누가 언제 무엇을 했는지 적은 짧은 기록. 한 시간쯤 보관됨",
        "a short record of who did what and when; kept for about an hour",
    ),
    _term(
        "테인트",
        "taint",
        "허락한(톨러레이션이 있는) 파드만 노드에 오게 하는 표시",
        "a mark on a node that keeps off Pods without a matching toleration",
    ),
    _term(
        "톨러레이션",
        "toleration",
        "테인트가 있는 노드에도 놓일 수 있다는 파드의 허락",
        "a Pod's leave to be put on a node with that taint",
    ),
    _term(
        "컨피그맵",
        "ConfigMap",
        "비밀이 아닌 설정을 키와 값으로 담는 오브젝트",
        "an object that holds settings, none of them secret, as keys and values",
    ),
)

# What no hover text may break: code, links, pictures, headings, tags and addresses.
CLOSED = re.compile(
    r"```.*?```|`[^`\n]*`|<abbr\b.*?</abbr>|<[^>\n]*>|!?\[[^\]\n]*\]\([^)\n]*\)|^#[^\n]*$|https?://\S+",
    re.DOTALL | re.MULTILINE,
)


def mark(text: str, language: Language, met: set[str]) -> str:
    """The Markdown with hover text at the first use of each term that was not `met` before; `met` grows."""
    for term in TERMS:
        name = term.word.en
        if name in met:
            continue
        found = next(_uses(text, term.regex(language)), None)
        if found is not None:
            met.add(name)
            start, end = found
            text = f"{text[:start]}{abbr(text[start:end], term, language)}{text[end:]}"
    return text


def abbr(shown: str, term: Term, language: Language) -> str:
    """The word with its meaning as hover text."""
    meaning = escape(term.meaning.in_(language)).replace("|", "&#124;")
    return f'<abbr title="{meaning}">{shown}</abbr>'


def _uses(text: str, pattern: str) -> Iterator[tuple[int, int]]:
    """Where the word stands in open text; a word that is bold as a whole is taken with its stars."""
    closed = [match.span() for match in CLOSED.finditer(text)]
    for match in re.finditer(pattern, text):
        start, end = match.span()
        if any(start < right and left < end for left, right in closed):
            continue
        before, after = text[max(0, start - 2) : start] == "**", text[end : end + 2] == "**"
        if before and after:
            yield start - 2, end + 2
        elif not before and not after:  # stars beside a tag would no longer be read as bold
            yield start, end
