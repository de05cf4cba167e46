// @ts-check
/// <reference path="../live.js" />
/// <reference path="../press/asking.js" />

const DRAWN = ["found", "said", "shown"];

/** What was found, the buttons, and what they bring. @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const root = element("div", { class: "podlab-words podlab-found" });
  const found = element("div", { tabindex: -1 });
  const said = element("div");
  const row = element("div", { class: "podlab-press" });
  const { ask, busy, told, stop } = asking(model, row);
  const deeds = /** @type {string[]} */ (model.get("deeds"));
  const hands = deeds.map((deed) => button(labels[deed], () => busy() || ask({ deed })));
  row.append(...hands, ...told);
  root.append(found, row, said);
  el.append(root);
  const draw = () => {
    write(found, model.get("found"));
    write(said, model.get("said"));
    const pressed = hands.find((each) => each === document.activeElement);
    hands.forEach((each, at) => (each.hidden = !model.get("shown").includes(deeds[at])));
    if (pressed?.hidden) found.focus({ preventScroll: true });
  };
  for (const name of DRAWN) model.on(`change:${name}`, draw);
  draw();
  return () => {
    stop();
    for (const name of DRAWN) model.off(`change:${name}`, draw);
  };
}

/** HTML, if it is not there already: what is said once more would be read out once more. @param {HTMLElement & { was?: string }} at @param {string} html */
function write(at, html) {
  if (at.was !== html) at.innerHTML = at.was = html;
}

export default { render };
