"""The static site in a page: built once, served as plain files, with every other host out of reach."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from podlab.site import serve

NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
READY = f"{NOTEBOOK} .jp-Notebook-ExecutionIndicator[data-status=idle]"
CONNECTED = """async () => {
  await window.jupyterapp.restored;
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  await context.ready;
  await context.session.kernel.info;
}"""
OPEN = """async ([path, id]) => {
  const app = window.jupyterapp;
  const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook", kernel: { id } });
  await panel.context.ready;
  await panel.sessionContext.ready;
  app.shell.activateById(panel.id);
}"""
SILENTLY = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  return (await kernel.requestExecute({ code, silent: true, store_history: false }).done).content.status;
}"""
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"
PATIENCE = 300.0
"""Seconds that Python may take to start where a machine has much else to do."""
RUN = """async () => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  for (const [index, cell] of notebook.widgets.entries()) {
    if (cell.model.type !== "code") continue;
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    await window.jupyterapp.commands.execute("notebook:run-cell").catch(() => undefined);
  }
  return notebook.model.toJSON();
}"""

RUN_ONE = """async (code) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const index = notebook.widgets.findIndex((cell) => cell.model.type === "code");
  notebook.deselectAll();
  notebook.activeCellIndex = index;
  notebook.widgets[index].model.sharedModel.setSource(code);
  await window.jupyterapp.commands.execute("notebook:run-cell").catch(() => undefined);
  const outputs = notebook.widgets[index].model.toJSON().outputs;
  return outputs.map((o) => [].concat(o.text ?? o.evalue ?? o.data?.["text/plain"] ?? "").join("")).join("\\n");
}"""


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is served; `elsewhere` is what pages asked of other hosts, all refused."""

    url: str
    elsewhere: list[str] = field(default_factory=list)

    def page(self, browser: Any) -> Any:
        """A page of a browser that has never been here."""
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
        context.route("**/*", lambda route: self._let(route))
        return context.new_page()

    def open(self, page: Any, notebook: str) -> None:
        """Open a lesson by its link."""
        page.goto(f"{self.url}/lab/index.html?path={notebook}")
        page.wait_for_selector(READY, timeout=1000 * PATIENCE)

    def follow(self, page: Any, notebook: str) -> None:
        """Open another lesson in the kernel of the one that is open."""
        page.evaluate(OPEN, [notebook, page.evaluate(KERNEL)])
        page.wait_for_selector(READY, timeout=1000 * PATIENCE)

    def silently(self, page: Any, code: str) -> None:
        """Have the kernel do something that no cell says."""
        page.evaluate(CONNECTED)
        assert page.evaluate(SILENTLY, code) == "ok"

    def run(self, page: Any, code: str) -> str:
        """Put code into the notebook's first code cell and run it, whatever dialog is open; what it printed."""
        page.evaluate(CONNECTED)
        told: str = page.evaluate(RUN_ONE, code)
        return told

    def run_all(self, page: Any) -> dict[str, Any]:
        """Run every code cell in turn, past those that fail; the notebook with what they gave."""
        page.evaluate(CONNECTED)
        ran: dict[str, Any] = page.evaluate(RUN)
        return ran

    def _let(self, route: Any) -> None:
        if route.request.url.startswith((self.url, "blob:", "data:")):
            route.continue_()
            return
        self.elsewhere.append(route.request.url)
        route.abort()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Site]:
    """The folder behind a plain static server, until the end of the block."""
    with serve.server(folder, 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{running.server_address[1]}")
        finally:
            running.shutdown()
            thread.join()
