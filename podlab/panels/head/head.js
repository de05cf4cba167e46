// @ts-check
/// <reference path="../live.js" />
/// <reference path="scrolling.js" />

const YAML = "text/x-yaml";
const OURS = /^%%(manifest|kubectl)\b/; // what follows the first line of such a cell is a manifest
const PICTURE = /^```mermaid/m;
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
const SETTLED = 200; // milliseconds without a change of the notebook until its cells are looked at

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const root = element("div", { class: "podlab-head" });
  el.append(root);
  const draw = () => void (root.innerHTML = model.get("html"));
  model.on("change:html", draw);
  draw();
  window.addEventListener("keydown", letKeysThrough, true);
  let stop = () => {};
  const attached = setTimeout(() => {
    const page = /** @type {HTMLElement} */ (el.closest(".jp-Notebook") ?? document.body);
    const stops = [careFor(notebookOf(el)), reachScrolling(page, model.get("labels"))];
    stop = () => stops.forEach((each) => each());
  }, SETTLED);
  return () => {
    clearTimeout(attached);
    stop();
    window.removeEventListener("keydown", letKeysThrough, true);
    model.off("change:html", draw);
  };
}

/**
 * Lets a key act on the answers, the button or the wide output that has the focus. In JupyterLab, arrow keys would go from cell
 * to cell, and Enter into a cell; it leaves a key alone only below this attribute.
 * @param {KeyboardEvent} event
 */
function letKeysThrough(event) {
  const at =
    event.target instanceof Element ? event.target.closest(`.podlab-words :is(input, button), .${SCROLLS}`) : null;
  const ours = at?.matches("button") ? ["Enter", " "] : at?.matches("input") ? ARROWS : SIDEWAYS;
  at?.toggleAttribute("data-lm-suppress-shortcuts", ours.includes(event.key) && !event.shiftKey);
}

/**
 * The notebook around an element, of the page's app, where the page shows it (`podlab lab` asks for that).
 * @param {HTMLElement} el @returns {any}
 */
function notebookOf(el) {
  const app = /** @type {any} */ (window).jupyterapp;
  const panel = app && [...app.shell.widgets("main")].find((/** @type {any} */ each) => each.node.contains(el));
  return panel?.content;
}

/**
 * Colours its manifests and keeps its pictures in the theme's colours.
 * @param {any} notebook @returns {() => void} how to stop
 */
function careFor(notebook) {
  if (!notebook?.model?.contentChanged) return () => {};
  const stops = [colourCells(notebook), redrawPictures(notebook)];
  return () => stops.forEach((stop) => stop());
}

/**
 * Draws mermaid's pictures again when the theme changes: JupyterLab leaves them in the colours of the theme before, dark
 * letters on a dark page.
 * @param {any} notebook @returns {() => void} how to stop
 */
function redrawPictures(notebook) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const redraw = () => {
    for (const cell of notebook.isDisposed ? [] : notebook.widgets) {
      const text = cell.model?.type === "markdown" && cell.rendered ? cell.model.sharedModel.getSource() : "";
      if (!PICTURE.test(text) || !cell.renderer) continue;
      const trusted = Boolean(cell.model.trusted);
      void cell.renderer.renderModel({ data: { "text/markdown": text }, metadata: {}, trusted, setData() {} });
    }
  };
  const watch = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(redraw, SETTLED);
  });
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  return () => {
    clearTimeout(timer);
    watch.disconnect();
  };
}

/**
 * Lets JupyterLab colour the manifests among the cells as YAML. A cell has no setting for that; the page's app can do it.
 * @param {any} notebook @returns {() => void} how to stop
 */
function colourCells(notebook) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const paint = () => {
    for (const { model: cell } of notebook.widgets) {
      if (cell?.type !== "code") continue;
      const wanted = OURS.test(cell.sharedModel.getSource()) ? YAML : notebook.codeMimetype;
      if ((cell.mimeType === YAML) !== (wanted === YAML)) cell.mimeType = wanted;
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(paint, SETTLED);
  };
  notebook.model.contentChanged.connect(later);
  paint();
  return () => {
    clearTimeout(timer);
    if (!notebook.isDisposed) notebook.model?.contentChanged.disconnect(later);
  };
}

export default { render };
