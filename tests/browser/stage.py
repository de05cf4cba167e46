"""A bare page with one panel on it and a model in place of the kernel: what the drawing does, without JupyterLab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podlab.panels.panel import HERE, module

# what a panel is made of, where that is not its own module alone
PARTS = {
    "board": ("board/detail", "board/board"),
    "editor": ("editor/yaml", "editor/desk", "editor/editor"),
    "found": ("press/asking", "found/found"),
    "head": ("head/scrolling", "head/head"),
    "press": ("press/asking", "press/press"),
}
THEMES = {
    "light": {
        "--jp-content-font-color1": "rgba(0,0,0,0.87)",
        "--jp-layout-color1": "#ffffff",
        "--jp-border-color1": "#bdbdbd",
    },
    "dark": {
        "--jp-content-font-color1": "rgba(255,255,255,1)",
        "--jp-layout-color1": "#111111",
        "--jp-border-color1": "#616161",
    },
}
PAGE = """<!doctype html><html lang="{language}"><head><title>panel</title><meta charset="utf-8">
<style>:root {{ {variables} }} body {{ margin: 0; background: var(--jp-layout-color1); }} {css}</style></head>
<body data-jp-theme-light="{is_light}"><main id="at"></main></body></html>"""
START = """async ([source, state]) => {
  const url = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
  const panel = (await import(url)).default;
  const heard = {};
  window.model = {
    state, sent: [],
    get: (key) => window.model.state[key],
    set: (changes) => {
      Object.assign(window.model.state, changes);
      for (const key of Object.keys(changes)) for (const f of heard["change:" + key] ?? []) f();
    },
    on: (event, f) => (heard[event] ??= []).push(f),
    off: (event, f) => (heard[event] = (heard[event] ?? []).filter((g) => g !== f)),
    say: (message) => (heard["msg:custom"] ?? []).forEach((f) => f(message)),
    fire: (event) => (heard[event] ?? []).forEach((f) => f()),
    deaf: false,
    send: (content) => {
      window.model.sent.push(content);
      if (content.press && !window.model.deaf) window.model.say({ event: "done", press: content.press });
    },
    listeners: () => Object.values(heard).flat().length,
  };
  window.leave = panel.render({ model: window.model, el: document.querySelector("#at") });
}"""

CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const back = getComputedStyle(document.body).backgroundColor;
  const solid = (c) => {
    canvas.fillStyle = back; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (c) => {
    const [a, b] = [light(solid(c)), light(solid(back))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  return [...document.querySelectorAll(".podlab-panel *")]
    .filter((e) => e.checkVisibility())
    .filter((e) => e.tagName === "svg" || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => [e.className.baseVal ?? e.className, ratio(getComputedStyle(e).color)]);
}"""


class Stage:
    """One panel on a page, and the traits that its kernel would set."""

    def __init__(
        self, page: Any, panel: str, state: Mapping[str, Any], theme: str = "light", language: str = "en"
    ) -> None:
        variables = ";".join(f"{name}:{value}" for name, value in THEMES[theme].items())
        css = (HERE / "panel.css").read_text(encoding="utf-8")
        is_light = "true" if theme == "light" else "false"
        page.set_content(PAGE.format(language=language, variables=variables, css=css, is_light=is_light))
        page.evaluate(START, [module(*PARTS.get(panel, (f"{panel}/{panel}",))), dict(state)])
        self.page = page

    def set(self, **traits: Any) -> None:
        """Change traits as the kernel does."""
        self.page.evaluate("(changes) => window.model.set(changes)", traits)

    def sent(self) -> list[str]:
        """The events that the view has told the kernel."""
        return [str(event) for event in self.page.evaluate("window.model.sent.map((m) => m.event)")]
