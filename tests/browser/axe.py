"""axe-core on a page of JupyterLab: what it finds wrong with what is ours there, colours too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.labserver import NOTEBOOK

AXE = Path(__file__).parents[2] / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
OURS = f"{NOTEBOOK} :is(.jp-OutputArea-output, .jp-MarkdownOutput)"
BODY = "body { overflow: visible !important }"
"""JupyterLab's body has no height and hides what is outside: to axe-core all is hidden then, and has no colour."""
ROOM = f"""() => new Promise((resolve) => {{
  const inside = document.querySelector("{NOTEBOOK} .jp-WindowedPanel-inner");
  let before = -1, steady = 0;
  const look = () => {{
    const now = Math.ceil(inside.getBoundingClientRect().height);
    steady = now === before ? steady + 1 : 0;
    before = now;
    if (steady < 20) requestAnimationFrame(look);
    else resolve(now + 300);
  }};
  look();
}})"""
"""How high the whole notebook is, once that has stayed the same for some frames."""
RUN = """async (ours) => {
  const found = await axe.run({ include: [[ours]] });
  return {
    colours: found.passes.filter((each) => each.id === "color-contrast").flatMap((each) => each.nodes).length,
    violations: found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]),
  };
}"""
NARROW = "() => window.jupyterapp.shell.collapseLeft()"
THEME = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"


def show_all(page: Any, theme: str, width: int) -> None:
    """The whole notebook at once, in that theme: what is not on the screen is neither drawn nor looked at."""
    page.evaluate(NARROW)  # the list of files would leave a narrow page no room
    page.evaluate(THEME, theme)
    page.wait_for_selector(f"body[data-jp-theme-light={str('Light' in theme).lower()}]", state="attached")
    height = 0
    for _ in range(10):  # a panel that comes into sight draws more
        before, height = height, page.evaluate(ROOM)
        if height == before:
            return
        page.set_viewport_size({"width": width, "height": height})


def violations(page: Any, ours: str = OURS) -> list[Any]:
    """What axe-core finds wrong, where it is installed: `python tools/npm.py axe-core`."""
    if not AXE.exists():
        return []
    page.add_style_tag(content=BODY)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN, ours)
    assert found["colours"], "no colour was looked at"
    return list(found["violations"])
