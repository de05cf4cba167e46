// @ts-check
/// <reference path="./live.js" />

/** @typedef {{ phase: string, word: string, tone: Tone, start: number, end: number | null }} Span */
/** @typedef {{ begin: number, end: number | null, lanes: { name: string, spans: Span[] }[],
 *              moments: { at: number, kind: string, lane: string, text: string }[] }} Life */

const REPLAY = 6000;
const STEPS = 1000;

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const connection = element("span", { class: "podlab-connection" });
  const chart = element("div", { class: "podlab-lanes" });
  const list = element("ol", { class: "podlab-moments", "aria-label": labels.happened });
  const empty = element("p", { class: "podlab-empty", hidden: "" }, labels.absent);
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const slider = /** @type {HTMLInputElement} */ (element("input", { type: "range", min: 0, max: STEPS, value: STEPS, "aria-label": labels.position }));
  const clock = serverClock(model);
  const announce = announcer(live, labels.many);
  let visible = false;
  let known = -1;
  /** Where the replay stands, from 0 to 1; 1 follows the present. */
  let head = 1;
  let playing = 0;

  const life = () => /** @type {Life | null} */ (model.get("life"));
  const draw = () => {
    if (!visible) return;
    const state = model.get("connection");
    connection.replaceChildren(icon(state), labels[state]);
    const now = life();
    empty.hidden = now !== null || state === "connecting";
    inside.hidden = now === null;
    if (now === null) return;
    const present = now.end ?? Math.max(clock.now(), now.moments[now.moments.length - 1].at);
    const at = now.begin + (present - now.begin) * head;
    drawLanes(chart, now, at, present, labels);
    drawMoments(list, now, at);
    slider.value = String(Math.round(head * STEPS));
    slider.setAttribute("aria-valuetext", duration(at - now.begin));
    for (const each of known < 0 ? [] : now.moments.slice(known)) announce(each.text);
    known = now.moments.length;
  };
  const play = () => {
    cancelAnimationFrame(playing);
    const begun = performance.now();
    const step = () => {
      head = Math.min(1, (performance.now() - begun) / REPLAY);
      draw();
      if (head < 1) playing = requestAnimationFrame(step);
    };
    step();
  };
  slider.addEventListener("input", () => {
    cancelAnimationFrame(playing);
    head = Number(slider.value) / STEPS;
    draw();
  });
  const controls = element("div", { class: "podlab-buttons" }, button(labels.replay, play), slider);
  const inside = element("div", { class: "podlab-timeline-body" }, chart, controls, list);
  const bar = element("div", { class: "podlab-bar" }, element("span", { class: "podlab-title" }, labels.title), connection);
  const root = element("section", { class: "podlab-panel podlab-timeline", "aria-label": labels.panel }, bar, inside, empty, live);
  el.append(root);

  model.on("change:life", draw);
  model.on("change:connection", draw);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const forget = seen(model, root, (now) => {
    visible = now;
    clearInterval(timer);
    cancelAnimationFrame(playing);
    if (!now) return;
    timer = setInterval(() => life()?.end === null && draw(), 500);
    draw();
  });
  return () => {
    forget();
    clock.stop();
    clearInterval(timer);
    cancelAnimationFrame(playing);
    model.off("change:life", draw);
    model.off("change:connection", draw);
  };
}

/** @param {HTMLElement} chart @param {Life} life @param {number} at @param {number} present @param {Record<string, string>} labels */
function drawLanes(chart, life, at, present, labels) {
  const whole = Math.max(present - life.begin, 1);
  const rows = life.lanes.map((lane) => {
    const bar = element("div", { class: "podlab-track" });
    for (const span of lane.spans) {
      const end = Math.min(span.end ?? present, at);
      if (span.start > at) continue;
      const words = fill(labels.took, { phase: span.word, age: duration(end - span.start) });
      const drawn = element("div", { class: `podlab-span podlab-${span.tone}`, title: words }, icon(span.tone), words);
      drawn.style.left = `${(100 * (span.start - life.begin)) / whole}%`;
      drawn.style.width = `${(100 * Math.max(end - span.start, whole / 400)) / whole}%`;
      bar.append(drawn);
    }
    return element("div", { class: "podlab-lane" }, element("div", { class: "podlab-lane-name" }, lane.name || labels.pod), bar);
  });
  const axis = element("div", { class: "podlab-axis", "aria-hidden": "true" }, element("span", {}, "0s"), element("span", {}, duration(whole)));
  chart.replaceChildren(...rows, axis);
}

/** @param {HTMLElement} list @param {Life} life @param {number} at */
function drawMoments(list, life, at) {
  const key = life.moments.map((each) => `${each.at} ${each.text}`).join("\n");
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(...life.moments.map((each) => element("li", {}, element("code", {}, duration(each.at - life.begin)), ` ${each.text}`)));
  }
  life.moments.forEach((each, n) => list.children[n].classList.toggle("podlab-later", each.at > at));
}

/** Milliseconds as seconds with one digit below ten, else as kubectl's ages. @param {number} ms */
function duration(ms) {
  const tenths = Math.max(0, Math.round(ms / 100)) / 10;
  return tenths < 10 ? `${tenths}s` : age(ms / 1000);
}

export default { render };
