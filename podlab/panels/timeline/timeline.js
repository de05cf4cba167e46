// @ts-check
/// <reference path="../live.js" />

/** @typedef {{ phase: string, word: string, tone: Tone, start: number, end: number | null }} Span */
/** @typedef {{ begin: number, end: number | null, lanes: { name: string, spans: Span[] }[],
 *              moments: { at: number, kind: string, lane: string, text: string }[] }} Life */

const REPLAY = 6000;
const STEPS = 1000;

/** The parts of the panel. @param {Record<string, string>} labels */
function timelineParts(labels) {
  const connection = element("span", { class: "podlab-connection" });
  const chart = element("div", { class: "podlab-lanes" });
  const list = element("ol", { class: "podlab-moments", "aria-label": labels.happened });
  const empty = element("p", { class: "podlab-empty", hidden: "" }, labels.absent);
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const slider = /** @type {HTMLInputElement} */ (
    element("input", { type: "range", min: 0, max: STEPS, value: STEPS, "aria-label": labels.position })
  );
  const replay = button(labels.replay, () => {});
  const controls = element("div", { class: "podlab-buttons" }, replay, slider);
  const inside = element("div", { class: "podlab-timeline-body" }, chart, controls, list);
  const title = element("span", { class: "podlab-title" }, labels.title);
  const bar = element("div", { class: "podlab-bar" }, title, connection);
  const about = { role: "group", class: "podlab-panel podlab-timeline", "aria-label": labels.panel };
  const root = element("section", about, bar, inside, empty, live);
  return { connection, chart, list, empty, live, slider, replay, inside, root };
}

/** One view of a Pod's life, at the present or where the replay stands. */
class TimelineView {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.labels = model.get("labels");
    this.parts = timelineParts(this.labels);
    this.clock = serverClock(model);
    this.announce = announcer(this.parts.live, this.labels.many);
    this.visible = false;
    this.known = -1;
    /** Where the replay stands, from 0 to 1; 1 follows the present. */
    this.head = 1;
    this.playing = 0;
    this.parts.replay.addEventListener("click", () => this.play());
    this.parts.slider.addEventListener("input", () => {
      cancelAnimationFrame(this.playing);
      this.head = Number(this.parts.slider.value) / STEPS;
      this.draw();
    });
  }

  life() {
    return /** @type {Life | null} */ (this.model.get("life"));
  }

  draw() {
    if (!this.visible) return;
    const { parts, labels } = this;
    const state = this.model.get("connection");
    parts.connection.replaceChildren(icon(state), labels[state]);
    const life = this.life() ?? null; // a tab's Python gives undefined for None
    parts.empty.hidden = life !== null || state === "connecting";
    parts.inside.hidden = life === null;
    if (life === null) return;
    const present = life.end ?? Math.max(this.clock.now(), life.moments[life.moments.length - 1].at);
    const at = life.begin + (present - life.begin) * this.head;
    drawLanes(parts.chart, life, at, present, labels);
    drawMoments(parts.list, life, at);
    parts.slider.value = String(Math.round(this.head * STEPS));
    parts.slider.setAttribute("aria-valuetext", duration(at - life.begin));
    for (const each of this.known < 0 ? [] : life.moments.slice(this.known)) this.announce(each.text);
    this.known = life.moments.length;
  }

  play() {
    cancelAnimationFrame(this.playing);
    const begun = performance.now();
    const step = () => {
      this.head = Math.min(1, (performance.now() - begun) / REPLAY);
      this.draw();
      if (this.head < 1) this.playing = requestAnimationFrame(step);
    };
    step();
  }
}

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const view = new TimelineView(model);
  el.append(view.parts.root);
  const draw = () => view.draw();
  model.on("change:life", draw);
  model.on("change:connection", draw);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const forget = seen(model, view.parts.root, (now) => {
    view.visible = now;
    clearInterval(timer);
    cancelAnimationFrame(view.playing);
    if (!now) return;
    timer = setInterval(() => view.life()?.end ?? draw(), 500);
    draw();
  });
  return () => {
    forget();
    view.clock.stop();
    clearInterval(timer);
    cancelAnimationFrame(view.playing);
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
    return element(
      "div",
      { class: "podlab-lane" },
      element("div", { class: "podlab-lane-name" }, lane.name || labels.pod),
      bar,
    );
  });
  const axis = element(
    "div",
    { class: "podlab-axis", "aria-hidden": "true" },
    element("span", {}, "0s"),
    element("span", {}, duration(whole)),
  );
  chart.replaceChildren(...rows, axis, legend(life, at));
}

/** What the bars mean: a narrow one has no room for its word. @param {Life} life @param {number} at */
function legend(life, at) {
  const spans = life.lanes.flatMap((lane) => lane.spans).filter((span) => span.start <= at);
  const words = new Map(spans.map((span) => [span.word, span.tone]));
  const entries = [...words].map(([word, tone]) => element("span", {}, icon(tone), word));
  return element("div", { class: "podlab-legend" }, ...entries);
}

/** @param {HTMLElement} list @param {Life} life @param {number} at */
function drawMoments(list, life, at) {
  const key = life.moments.map((each) => `${each.at} ${each.text}`).join("\n");
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(
      ...life.moments.map((each) =>
        element("li", {}, element("code", {}, duration(each.at - life.begin)), ` ${each.text}`),
      ),
    );
  }
  life.moments.forEach((each, n) => list.children[n].classList.toggle("podlab-later", each.at > at));
}

/** Milliseconds as seconds with one digit below ten, else as kubectl's ages. @param {number} ms */
function duration(ms) {
  const tenths = Math.max(0, Math.round(ms / 100)) / 10;
  return tenths < 10 ? `${tenths}s` : age(ms / 1000);
}

export default { render };
