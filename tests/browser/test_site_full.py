"""A browser whose storage is full: the lesson goes on, and says what is not kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.tab import Site

# of a notebook that it cannot save JupyterLite tells in a dialog, which would be in the way
FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
  if (window.full && !given[0]?.name?.endsWith(".ipynb")) throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, given);
};
"""
START = """from podlab import start
kubectl = start("02", language="en")
"""
SLOWEST = """Math.max(...performance.getEntriesByType("resource").filter((each) => each.name.includes("/api/drive"))
  .map((each) => each.duration))"""
MORE = 'kubectl.create("configmap", "more")\nprint("created")\n'


@pytest.mark.timeout(900)
def test_where_storage_is_full_the_cluster_goes_on_in_memory_and_says_so(site: Site, browser: Any) -> None:
    page = site.page(browser)
    page.add_init_script(FULL)
    site.open(page, "en/02-create.ipynb")
    assert "beware" not in site.run(page, START)
    page.evaluate("window.full = true")
    told = site.run(page, MORE + START)
    assert "created" in told
    assert "beware: the browser did not keep the state of the cluster" in told
    assert "✗ the browser did not keep" in site.run(page, "!podlab doctor")
    assert 0 < page.workers[0].evaluate(SLOWEST) < 5000, "a write waited for an answer that never comes"
    page.evaluate("window.full = false")
    assert "beware" not in site.run(page, START)
