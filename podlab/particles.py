"""Korean particles by the final sound of the word before them, Latin words, numbers and names included."""

from __future__ import annotations

import re
from typing import Literal

Sound = Literal["vowel", "l", "consonant"]

# The pairs that a text may write as `{을/를}`: first the form after a consonant, then that after a vowel.
PAIRS = ("을/를", "이/가", "은/는", "과/와", "으로/로", "이어야/여야", "이라는/라는", "이라고/라고", "이/")
MARKS = {pair: f"\ue000{pair}\ue000" for pair in PAIRS}  # a sign that no text has
MARKED = re.compile("|".join(MARKS.values()))

FINALS = "\0ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
DIGITS: dict[str, Sound] = {
    "0": "consonant",  # 영, and 십, 백, 천, 만
    "1": "l",
    "2": "vowel",
    "3": "consonant",
    "4": "vowel",
    "5": "vowel",
    "6": "consonant",
    "7": "l",
    "8": "l",
    "9": "vowel",
}
LETTERS: dict[str, Sound] = {"l": "l", "r": "l", "m": "consonant", "n": "consonant"}  # 엘 알 엠 엔; the others end open

# How words are read whose letters would tell otherwise.
READINGS = {
    "app": "앱",
    "bash": "배시",
    "check": "체크",
    "client": "클라이언트",
    "configmap": "컨피그맵",
    "context": "컨텍스트",
    "cpu": "시피유",
    "cronjob": "크론잡",
    "daemonset": "데몬셋",
    "default": "디폴트",
    "deployment": "디플로이먼트",
    "docker": "도커",
    "group": "그룹",
    "job": "잡",
    "kubectl": "큐브컨트롤",
    "kubelet": "큐블릿",
    "limit": "리밋",
    "log": "로그",
    "memory": "메모리",
    "nginx": "엔진엑스",
    "pod": "파드",
    "redis": "레디스",
    "replicaset": "레플리카셋",
    "secret": "시크릿",
    "set": "셋",
    "sh": "에스에이치",
    "statefulset": "스테이트풀셋",
    "type": "타입",
    "web": "웹",
    "yaml": "야믈",
}
ENDINGS: tuple[tuple[str, Sound], ...] = (
    (r"(?:[^aeiou]|[aeiou]{2})le|l", "l"),
    (r"le", "l"),
    (r"[mn]e?|ng", "consonant"),
    (r"ck|[aei]c|ook", "consonant"),
    (r"[aeiou][bp]|[aeiou]pe", "consonant"),
    (r"(?:^|[^aeiou])[aeiou]t|ket|let|git", "consonant"),
)


def choose(text: str) -> str:
    """The text with each marked pair of particles decided by what stands before it."""
    while mark := MARKED.search(text):
        pair = mark[0].strip("\ue000")
        first, _, second = pair.partition("/")
        sound = sound_of(text[: mark.start()])
        closed = sound == "consonant" or (sound == "l" and pair != "으로/로")
        text = f"{text[: mark.start()]}{first if closed else second}{text[mark.end() :]}"
    return text


def sound_of(text: str) -> Sound:
    """How the last word of a text ends when it is read aloud; what stands in brackets after it is not."""
    text = re.sub(r"(?<=[^\s(])\s?\([^()]*\)[^\w가-힣]*$", "", text)
    words = re.findall(r"[가-힣]+|[A-Za-z]+|\d+", text)
    if not words:
        return "vowel"
    word = words[-1]
    if re.match("[가-힣]", word):
        return _hangul(word)
    return DIGITS[str(int(word[-1]))] if word.isdecimal() else _latin(word)


def _hangul(word: str) -> Sound:
    final = FINALS[(ord(word[-1]) - 0xAC00) % 28]
    return "vowel" if final == "\0" else "l" if final == "ㄹ" else "consonant"


def _latin(word: str) -> Sound:
    if word.lower() in READINGS:
        return _hangul(READINGS[word.lower()])
    if word.isupper() or len(word) == 1:
        return LETTERS.get(word[-1].lower(), "vowel")
    return next((sound for ending, sound in ENDINGS if re.search(f"(?:{ending})$", word.lower())), "vowel")
