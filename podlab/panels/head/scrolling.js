// @ts-check
/// <reference path="../live.js" />

const SCROLLS = "podlab-scrolls";
/** What may go on beyond the right edge; a panel sees to its own. */
const WIDE = ".jp-RenderedText, .jp-OutputArea pre:not(.podlab-panel pre), .jp-RenderedMarkdown :is(table, pre)";
const SIDEWAYS = ["ArrowLeft", "ArrowRight"];
const STILL = 200; // milliseconds without a change of the page until its outputs are measured

/**
 * Lets the Tab key reach each output that goes on beyond the right edge, so that arrow keys scroll it, and names it for
 * screen readers.
 * @param {HTMLElement} page @param {Record<string, string>} labels @returns {() => void} how to stop
 */
function reachScrolling(page, labels) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const measure = () => {
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll(WIDE))) {
      const wide = each.scrollWidth > each.clientWidth && getComputedStyle(each).overflowX === "auto";
      if (wide !== each.classList.contains(SCROLLS)) (wide ? reach : leave)(each, labels);
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(measure, STILL);
  };
  const grown = new MutationObserver(later);
  const resized = new ResizeObserver(later);
  grown.observe(page, { subtree: true, childList: true, characterData: true });
  resized.observe(page);
  later();
  return () => {
    clearTimeout(timer);
    grown.disconnect();
    resized.disconnect();
  };
}

/** @param {HTMLElement} each @param {Record<string, string>} labels */
function reach(each, labels) {
  const line = /^\$ (.+)/.exec(each.textContent ?? "")?.[1];
  const isTable = each.tagName === "TABLE"; // which has a role of its own
  each.classList.add(SCROLLS);
  each.tabIndex = 0;
  if (!isTable) each.setAttribute("role", "group");
  each.setAttribute("aria-label", isTable ? labels.table : fill(labels[line ? "command" : "output"], { line }));
}

/** @param {HTMLElement} each */
function leave(each) {
  each.classList.remove(SCROLLS);
  for (const name of ["tabindex", "role", "aria-label"]) each.removeAttribute(name);
}
