// @ts-check
/// <reference path="../live.js" />

/** @typedef {{ name: string, ready: string, status: string, tone: Tone, id: string, healthy: boolean, sentence: string,
 *              evidence: string[], next_step: string, command: string }} Told */

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const connection = element("span", { class: "podlab-connection" });
  const body = element("div", { class: "podlab-explain-body" });
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const bar = element(
    "div",
    { class: "podlab-bar" },
    element("span", { class: "podlab-title" }, labels.title),
    connection,
  );
  const root = element(
    "section",
    { role: "group", class: "podlab-panel podlab-explain", "aria-label": labels.panel },
    bar,
    body,
    live,
  );
  el.append(root);
  const announce = announcer(live, labels.many);
  const parts = page(labels, announce);
  const absent = element("p", { class: "podlab-empty" }, labels.absent);
  let visible = false;
  let said = "";

  const draw = () => {
    if (!visible) return;
    const state = model.get("connection");
    connection.replaceChildren(icon(state), labels[state]);
    const told = /** @type {Told | null} */ (model.get("finding"));
    if (state === "connecting" && !told) return;
    if (told) parts.show(told);
    const shown = told ? parts.root : absent;
    if (body.firstChild !== shown) body.replaceChildren(shown);
    const sentence = told ? told.sentence : labels.absent;
    if (said && said !== sentence) announce(sentence);
    said = sentence;
  };
  model.on("change:finding", draw);
  model.on("change:connection", draw);
  const forget = seen(model, root, (now) => {
    visible = now;
    draw();
  });
  return () => {
    forget();
    model.off("change:finding", draw);
    model.off("change:connection", draw);
  };
}

/** What is shown of a Pod that is there; the button stays the same element, so that it keeps the focus.
 *  @param {Record<string, string>} labels @param {(text: string) => void} announce */
function page(labels, announce) {
  const status = element("p", { class: "podlab-explain-status" });
  const sentence = element("p", { class: "podlab-explain-sentence" });
  const evidence = element("ul", { class: "podlab-evidence", "aria-label": labels.evidence });
  const next = element("p");
  const line = element("code", { class: "podlab-line" });
  const said = element("p", { class: "podlab-said", hidden: "" });
  const copy = button(labels.copy, async () => {
    const text = line.textContent ?? "";
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    said.textContent = fill(done ? labels.copied : labels.not_copied, { line: text });
    said.hidden = false;
    announce(said.textContent);
  });
  const heading = (/** @type {string} */ text) => element("div", { class: "podlab-group" }, text);
  const step = element("div", { class: "podlab-buttons" }, line, copy);
  const root = element(
    "div",
    {},
    status,
    sentence,
    heading(labels.evidence),
    evidence,
    heading(labels.next),
    next,
    step,
    said,
  );
  const show = (/** @type {Told} */ told) => {
    status.replaceChildren(icon(told.tone), element("strong", {}, told.name), ` ${told.status} ${told.ready}`);
    sentence.textContent = told.sentence;
    root.dataset.finding = told.id;
    evidence.replaceChildren(...told.evidence.map((each) => element("li", {}, each)));
    next.replaceChildren(...coded(told.next_step));
    line.textContent = told.command;
  };
  return { root, show };
}

export default { render };
