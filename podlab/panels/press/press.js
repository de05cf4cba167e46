// @ts-check
/// <reference path="../live.js" />
/// <reference path="asking.js" />

/** A button, or a question's answers, and below it what became of the press. @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const root = element("div", { class: "podlab-press" });
  const { ask, busy, told, stop } = asking(model, root);
  const options = /** @type {string[]} */ (model.get("options"));
  const hands = options.length
    ? answers(labels.label, options, (option) => ask({ option }))
    : button(labels.label, () => busy() || ask({}));
  root.append(hands, ...told);
  el.append(root);
  const draw = () => {
    root.hidden = !model.get("shown");
    root.querySelectorAll("input").forEach((each, at) => (each.checked = at === model.get("chosen")));
  };
  for (const name of ["shown", "chosen"]) model.on(`change:${name}`, draw);
  draw();
  return () => {
    stop();
    for (const name of ["shown", "chosen"]) model.off(`change:${name}`, draw);
  };
}

/**
 * One round button for each option.
 * @param {string} label @param {string[]} options @param {(option: number) => void} chosen
 */
function answers(label, options, chosen) {
  const name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const each = options.map((option, at) => {
    const input = element("input", { type: "radio", name });
    input.addEventListener("change", () => chosen(at));
    return element("label", {}, input, element("span", {}, ...coded(option)));
  });
  return element("div", { class: "podlab-answers", role: "radiogroup", "aria-label": label }, ...each);
}

export default { render };
