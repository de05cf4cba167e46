"""How much of the machine a tab takes: the notebooks of a page share one Python."""

from __future__ import annotations

from typing import Any

from tests.browser import tab
from tests.browser.tab import Site

ALSO = """async (path) => {
  const panel = await window.jupyterapp.commands.execute("docmanager:open", { path });
  await panel.sessionContext.ready;
  window.jupyterapp.shell.activateById(panel.id);
}"""
KERNELS = "[...window.jupyterapp.serviceManager.kernels.running()].length"
HEAP = "import pyodide_js\nprint(pyodide_js._module.HEAP8.length >> 20)"
LARGEST = 64
"""MiB that Python takes before the first cell: what it starts with, and what the kernel adds."""


def test_the_notebooks_of_a_page_share_one_kernel_and_no_dialog_asks_for_it(site: Site, browser: Any) -> None:
    page = site.page(browser)
    site.open(page, "en/02-create.ipynb")
    assert site.run(page, "shared = 1") == ""
    assert 0 < int(site.run(page, HEAP)) <= LARGEST
    for slug in ("03-get", "04-describe"):
        page.evaluate(ALSO, f"en/{slug}.ipynb")
        page.wait_for_selector(tab.READY, timeout=1000 * tab.PATIENCE)
    assert page.locator(".jp-Dialog").count() == 0
    assert page.evaluate(KERNELS) == 1
    assert site.run(page, "print(shared)") == "1\n"
    page.context.close()
