"""What is amiss with a probe: it is not there, or asks for what nginx does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podlab.lessons.check import Pod
from podlab.lessons.faults.fault import container
from podlab.text import Text

PAGES = ("/", "/index.html", "/50x.html")  # what is in nginx' own folder
NO_PROBE = Text(
    ko="{probe}{이/가} 없어졌습니다. 증상은 사라지지만, 진짜 고장도 이제 아무도 알아채지 못합니다",
    en="the {probe} is gone: so is the symptom, but now nobody would notice a real failure",
)


def probe(pod: Pod, name: str) -> Mapping[str, Any] | None:
    """The first container's probe of that name."""
    found: Mapping[str, Any] | None = container(pod).get(name)
    return found or None


def wrong_page(asked: Mapping[str, Any]) -> Text | None:
    """What is wrong with the place that this probe asks at."""
    page = asked.get("httpGet")
    if page is None:
        return Text(ko="프로브는 웹 페이지를 물어야 합니다(httpGet)", en="the probe has to ask for a page (httpGet)")
    if isinstance(page.get("port"), int) and page["port"] != 80:  # a name: whether it is the right one, Ready tells
        told = Text(
            ko="프로브가 포트 {port}에 묻습니다. nginx는 80번 포트에서 답합니다",
            en="the probe asks at port {port}; nginx answers at port 80",
        )
        return told.format(port=page.get("port"))
    if page.get("path", "/") in PAGES:
        return None
    told = Text(
        ko="프로브가 {path} 페이지를 묻습니다. nginx에는 그런 페이지가 없습니다",
        en="the probe asks for {path}; nginx has no such page",
    )
    return told.format(path=page["path"])
