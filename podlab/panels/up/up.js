// @ts-check
/// <reference path="../live.js" />

/** @typedef {{ text: string, took: number, running: boolean, failed: boolean }} Step */
/** @typedef {{ phase: "idle" | "working" | "done" | "failed" | "cancelled", cancelling: boolean, steps: Step[],
 *              pull: { text: string, part: number } | null, estimate: { seconds: number, took: number } | null,
 *              message: string, hint: string }} Shown */

/** How it ended. @type {Record<string, Tone>} */
const ICONS = { done: "ready", failed: "failing", cancelled: "done" };

/** The parts of the panel. @param {Record<string, string>} labels @param {(event: string) => void} ask */
function upParts(labels, ask) {
  const steps = element("ol", { class: "podlab-steps" });
  const pull = measure(labels.pulling);
  const estimate = measure(labels.estimate);
  const said = element("p", { class: "podlab-up-said" });
  const hint = element("p", { class: "podlab-up-hint" });
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const [start, cancel, embedded] = ["start", "cancel", "embedded"].map((event) =>
    button(labels[event], () => ask(event)),
  );
  const title = element("span", { class: "podlab-title" }, labels.panel);
  const command = element("code", { class: "podlab-up-command" }, labels.command);
  const bar = element("div", { class: "podlab-bar" }, title, command);
  const buttons = element("div", { class: "podlab-buttons" }, start, cancel, embedded);
  const body = element("div", { class: "podlab-up-body" }, steps, pull.root, estimate.root, said, hint, buttons);
  const root = element(
    "section",
    { role: "group", class: "podlab-panel podlab-up", "aria-label": labels.panel },
    bar,
    body,
    live,
  );
  return { root, steps, pull, estimate, said, hint, live, start, cancel, embedded };
}

/**
 * Draws what Python knew `since` seconds ago.
 * @param {ReturnType<typeof upParts>} parts @param {Shown} shown @param {number} since @param {Record<string, string>} labels
 */
function drawUp(parts, shown, since, labels) {
  const working = shown.phase === "working";
  parts.steps.replaceChildren(...shown.steps.map((step, n) => line(step, since, mark(shown, n))));
  parts.steps.hidden = !shown.steps.length;
  parts.pull.show(shown.pull?.part, shown.pull?.text ?? "");
  const took = (shown.estimate?.took ?? 0) + since;
  const about = shown.estimate && fill(labels.about, { took: Math.floor(took), estimate: shown.estimate.seconds });
  parts.estimate.show(working && shown.estimate ? Math.min(1, took / shown.estimate.seconds) : undefined, about ?? "");
  const shape = ICONS[shown.phase] ? [icon(ICONS[shown.phase])] : [];
  parts.said.replaceChildren(...shape, shown.cancelling ? labels.cancelling : shown.message);
  parts.hint.textContent = shown.hint;
  parts.start.hidden = working || shown.phase === "done";
  parts.start.textContent = shown.phase === "failed" ? labels.again : labels.start;
  parts.cancel.hidden = !working || shown.cancelling;
  parts.embedded.hidden = shown.phase !== "failed";
}

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  let asking = () => {};
  const parts = upParts(labels, (event) => {
    asking();
    asking = press(model, { event }, (how) => {
      if (how === "unheard" || how === "severed") parts.said.textContent = labels[how];
    });
  });
  el.append(parts.root);
  const announce = announcer(parts.live, labels.many);
  let heard = Date.now();
  let spoken = "";
  const draw = () => {
    const shown = /** @type {Shown} */ (model.get("shown"));
    drawUp(parts, shown, (Date.now() - heard) / 1000, labels);
    const sentence = shown.phase === "working" ? (shown.steps.at(-1)?.text ?? "") : shown.message;
    if (sentence && sentence !== spoken) announce(sentence);
    spoken = sentence;
  };
  const changed = () => {
    heard = Date.now();
    draw();
  };
  model.on("change:shown", changed);
  const ticking = setInterval(() => model.get("shown").phase === "working" && draw(), 1000);
  draw();
  return () => {
    clearInterval(ticking);
    model.off("change:shown", changed);
  };
}

/** How a step went: what failed says so; else the one at which all ended did not work. @param {Shown} shown @param {number} n @returns {Tone} */
function mark(shown, n) {
  const bad = shown.phase === "cancelled" ? "leaving" : "failing";
  if (shown.steps[n].failed) return bad;
  if (shown.phase === "working") return shown.steps[n].running ? "waiting" : "ready";
  const over = n === shown.steps.length - 1 && !shown.steps.some((step) => step.failed);
  return shown.phase === "done" || !over ? "ready" : bad;
}

/** @param {Step} step @param {number} since @param {Tone} tone */
function line(step, since, tone) {
  const running = tone === "waiting";
  const took = running ? String(Math.floor(step.took + since)) : step.took.toFixed(1);
  return element("li", {}, icon(tone), step.text, element("span", { class: "podlab-connection" }, ` ${took} s`));
}

/** A bar with a name and what it says in words. @param {string} label */
function measure(label) {
  const track = element("progress", { max: 1, "aria-label": label });
  const words = element("span", { class: "podlab-connection" });
  const root = element("div", { class: "podlab-measure", hidden: "" }, track, words);
  const show = (/** @type {number | undefined} */ part, /** @type {string} */ text) => {
    root.hidden = part === undefined;
    track.setAttribute("value", String(part ?? 0));
    words.textContent = text;
  };
  return { root, show };
}

export default { render };
