// @ts-check
/// <reference path="./live.js" />

/** @typedef {{ line: number, text: string, severity: "error" | "warning" }} Problem */
/** @typedef {{ turn: number, problems: Problem[], plans: string[], summary: string }} Verdict */
/** @typedef {{ path: string, known: boolean, type: string, required: boolean, description: string, values: string[],
 *              fields: string[], command: string }} Meaning */
/** @typedef {{ name: string, ready: string, status: string, tone: Tone }} Seen */

const TYPING = 400; // milliseconds without a key until the text is sent
const PATIENCE = 2000; // milliseconds without an answer until the view says that it waits

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const parts = desk(labels);
  const { area, root } = parts;
  el.append(root);
  const announce = announcer(parts.live, labels.many);
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  let turn = model.get("document").turn ?? 0;
  let visible = false;
  let said = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience;

  const caret = () => {
    const before = area.value.slice(0, area.selectionStart).split("\n");
    return { line: before.length, column: before[before.length - 1].length };
  };
  const tell = (/** @type {string} */ event, values = {}) => {
    clearTimeout(patience);
    patience = setTimeout(() => (parts.said.textContent = labels.waiting_kernel), PATIENCE);
    say(model, { event, ...values });
  };
  const answered = () => {
    clearTimeout(patience);
    if (parts.said.textContent === labels.waiting_kernel) parts.said.textContent = "";
  };
  /** What is written, and where the caret is. */
  const written = () => ({ text: area.value, turn, by: me, ...caret() });
  const send = () => {
    clearTimeout(typing);
    typing = undefined;
    tell("text", written());
  };
  const typed = () => {
    turn += 1;
    parts.number(area.value, []);
    parts.checking();
    showState("unsaved");
    clearTimeout(typing);
    typing = setTimeout(send, TYPING);
  };
  const act = (/** @type {string} */ event, values = {}) => {
    clearTimeout(typing);
    typing = undefined;
    tell(event, { ...written(), ...values });
  };

  const showState = (/** @type {string} */ state) => {
    parts.state.textContent = `${model.get("file").name ?? ""}: ${labels[state === "changed" ? "changed_file" : state]}`;
    parts.conflict.hidden = state !== "changed";
  };
  const drawText = () => {
    const found = model.get("document");
    if (found.text === undefined || found.by === me || typing || area.value === found.text) return;
    const [from, to] = [area.selectionStart, area.selectionEnd];
    area.value = found.text ?? "";
    area.setSelectionRange(from, to);
    turn = Math.max(turn, found.turn ?? 0);
    parts.number(area.value, []);
  };
  const draw = () => {
    if (!visible) return;
    const state = model.get("connection");
    parts.connection.replaceChildren(icon(state), labels[state]);
    root.dataset.connection = state;
    drawText();
    if (!typing && model.get("file").state) showState(model.get("file").state);
    parts.pods(model.get("pods"));
    const verdict = /** @type {Verdict | null} */ (model.get("verdict"));
    if (!verdict || typing || verdict.turn < turn) return;
    answered();
    parts.judge(verdict, goTo);
    parts.number(area.value, verdict.problems);
    const sentence = [verdict.summary, ...verdict.problems.map((each) => located(each, labels))].slice(0, 2).join(" ");
    if (said && said !== sentence) announce(sentence);
    said = sentence;
  };
  const drawMeaning = () => visible && parts.explain(model.get("meaning"));
  const goTo = (/** @type {number} */ line) => {
    const rows = area.value.split("\n");
    const from = rows.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
    area.focus();
    area.setSelectionRange(from + (rows[line - 1]?.match(/^[ -]*/)?.[0].length ?? 0), from + (rows[line - 1]?.length ?? 0));
    moved();
  };
  /** @param {{ event: string, text: string }} answer */
  const heard = (answer) => {
    answered();
    parts.said.textContent = answer.event === "said" ? answer.text : "";
    if (answer.event !== "said") parts.print(answer.text, answer.event === "diff");
    announce(answer.text.split("\n").slice(0, 2).join(" "));
  };

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let moving;
  let place = "";
  const moved = () => {
    clearTimeout(moving);
    moving = setTimeout(() => {
      const now = JSON.stringify(caret());
      if (now !== place && !typing) say(model, { event: "caret", ...caret() });
      place = now;
    }, 150);
  };
  area.addEventListener("input", typed);
  for (const event of ["keyup", "click", "select"]) area.addEventListener(event, moved);
  area.addEventListener("focus", () => say(model, { event: "look" }));
  area.addEventListener("scroll", parts.scroll);
  area.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the notebook has its own meaning for many keys
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      act("save");
    }
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.isComposing) {
      event.preventDefault();
      const row = area.value.slice(0, area.selectionStart).split("\n").pop() ?? "";
      insert(area, "\n" + indentation(row));
    }
  });
  parts.save.addEventListener("click", () => act("save"));
  parts.apply.addEventListener("click", () => act("apply"));
  parts.diff.addEventListener("click", () => act("diff"));
  parts.takeFile.addEventListener("click", () => tell("load"));
  parts.takeMine.addEventListener("click", () => act("save", { over: true }));

  const traits = ["document", "file", "verdict", "pods", "connection"];
  for (const name of traits) model.on(`change:${name}`, draw);
  model.on("change:meaning", drawMeaning);
  model.on("msg:custom", heard);
  area.value = model.get("document").text ?? "";
  parts.number(area.value, []);
  parts.explain(null);
  const forget = seen(model, root, (now) => {
    visible = now;
    draw();
    drawMeaning();
  });
  return () => {
    if (typing) send();
    forget();
    for (const timer of [typing, patience, moving]) clearTimeout(timer);
    for (const name of traits) model.off(`change:${name}`, draw);
    model.off("change:meaning", drawMeaning);
    model.off("msg:custom", heard);
  };
}

/** The spaces that a new line below begins with. @param {string} row */
function indentation(row) {
  const space = row.match(/^ */)?.[0] ?? "";
  const inItem = /^ *- +[^\s#:]+:\s/.test(row + " ") ? "  " : "";
  const opens = /:\s*$/.test(row) ? "  " : "";
  return space + inItem + opens;
}

/** Writes at the caret, so that it can be undone. @param {HTMLTextAreaElement} area @param {string} text */
function insert(area, text) {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input"));
}

/** @param {Problem} problem @param {Record<string, string>} labels */
function located(problem, labels) {
  return problem.line ? `${fill(labels.line, problem)}: ${problem.text}` : problem.text;
}

/** The parts of the panel; each function changes one of them. @param {Record<string, string>} labels */
function desk(labels) {
  const id = `podlab-editor-${Math.random()}`;
  const connection = element("span", { class: "podlab-connection" });
  const state = element("span", { class: "podlab-title" });
  const bar = element("div", { class: "podlab-bar" }, state, connection);
  const gutter = element("div", { class: "podlab-gutter", "aria-hidden": "true" });
  const area = /** @type {HTMLTextAreaElement} */ (element("textarea", {
    class: "podlab-text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", rows: "12",
    "aria-label": labels.text, "aria-describedby": id, "data-lm-suppress-shortcuts": "true",
  }));
  const sheet = element("div", { class: "podlab-sheet" }, element("div", { class: "podlab-gutter-window" }, gutter), area);
  const verdict = element("div", { class: "podlab-verdict", id });
  const [save, apply, diff] = ["save", "apply", "diff"].map((name) => button(labels[name], () => {}));
  const buttons = element("div", { class: "podlab-buttons", role: "group", "aria-label": labels.panel }, save, apply, diff);
  const [takeFile, takeMine] = ["take_file", "take_mine"].map((name) => button(labels[name], () => {}));
  const conflict = element("div", { class: "podlab-buttons podlab-conflict", role: "alert", hidden: "" },
    icon("failing"), element("span", {}, labels.conflict), takeFile, takeMine);
  const said = element("p", { class: "podlab-said" });
  const output = element("pre", { class: "podlab-pane", tabindex: "0", "aria-label": labels.diff, hidden: "" });
  const shut = button(labels.close, () => {
    output.hidden = shut.hidden = true;
    diff.focus();
  });
  shut.hidden = true;
  const pods = element("p", { class: "podlab-live-pods" });
  const left = element("div", { class: "podlab-editor-left" }, conflict, sheet, verdict, buttons, said, output, shut, pods);
  const meaning = element("div", { class: "podlab-meaning", role: "region", "aria-label": labels.meaning, tabindex: "0" });
  const keys = element("p", { class: "podlab-note" }, labels.keys);
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const body = element("div", { class: "podlab-editor-body" }, left, meaning);
  const root = element("section", { class: "podlab-panel podlab-editor", "aria-label": labels.panel }, bar, body, keys, live);

  const number = (/** @type {string} */ text, /** @type {Problem[]} */ problems) => {
    const count = text.split("\n").length;
    const marked = new Map(problems.map((each) => [each.line, each.severity]));
    gutter.replaceChildren(...Array.from({ length: count }, (_, at) => {
      const severity = marked.get(at + 1);
      const row = element("div", severity ? { class: `podlab-marked podlab-${severity}` } : {});
      row.append(...(severity ? [icon(severity === "error" ? "failing" : "waiting")] : []), String(at + 1));
      return row;
    }));
    area.rows = Math.max(6, Math.min(24, count));
    area.setAttribute("aria-invalid", String(problems.some((each) => each.severity === "error")));
  };
  const scroll = () => (gutter.style.transform = `translateY(${-area.scrollTop}px)`);
  const checking = () => {
    verdict.querySelector(".podlab-verdict-head")?.replaceChildren(icon("connecting"), labels.checking);
  };
  const judge = (/** @type {Verdict} */ found, /** @type {(line: number) => void} */ goTo) => {
    const worst = found.problems.some((each) => each.severity === "error") ? "failing" : found.problems.length ? "waiting" : "ready";
    const head = element("p", { class: "podlab-verdict-head" }, icon(found.problems.length || found.plans.length ? worst : "connecting"), found.summary);
    const rows = found.problems.map((each) => {
      const text = located(each, labels);
      if (!each.line) return element("li", {}, ...coded(text));
      const link = element("button", { type: "button", class: "podlab-place" }, ...coded(text));
      link.addEventListener("click", () => goTo(each.line));
      return element("li", { class: `podlab-${each.severity}` }, link);
    });
    const plans = found.plans.map((each) => element("li", {}, each));
    const list = element("ul", { "aria-label": labels.problems }, ...rows, ...plans);
    const focused = verdict.contains(document.activeElement);
    verdict.replaceChildren(head, ...(rows.length + plans.length ? [list] : []));
    if (focused) area.focus();
  };
  const explain = (/** @type {Meaning | null} */ found) => {
    if (!found) {
      meaning.replaceChildren(element("p", { class: "podlab-empty" }, labels.no_meaning));
      return;
    }
    const type = found.type ? ` <${found.type}>` : "";
    const needed = found.required ? ` ${labels.required}` : "";
    const head = element("p", {}, element("strong", {}, found.path), element("code", {}, type), needed);
    const more = found.known ? labels.fields : labels.not_known;
    meaning.replaceChildren(
      element("div", { class: "podlab-group" }, labels.meaning), head,
      ...(found.description ? [element("p", { lang: "en" }, found.description)] : []),
      ...(found.values.length ? [element("p", {}, `${labels.values}: `, element("code", {}, found.values.join(", ")))] : []),
      ...(found.fields.length ? [element("p", {}, `${more}: `, element("code", {}, found.fields.join(", ")))] : []),
      element("code", { class: "podlab-line" }, found.command),
    );
    meaning.scrollTop = 0;
  };
  const print = (/** @type {string} */ text, /** @type {boolean} */ isDiff) => {
    output.replaceChildren(...text.split("\n").map((row) => {
      const sign = isDiff ? { "+": "added", "-": "removed" }[row[0]] : undefined;
      return element("span", sign ? { class: `podlab-${sign}` } : {}, `${row}\n`);
    }));
    output.hidden = shut.hidden = false;
  };
  const showPods = (/** @type {Seen[]} */ seen) => {
    pods.replaceChildren(...seen.flatMap((pod) => [icon(pod.tone), element("strong", {}, pod.name), ` ${pod.status} ${pod.ready} `]));
  };
  return { root, area, state, connection, conflict, said, live, save, apply, diff, takeFile, takeMine,
    number, scroll, checking, judge, explain, print, pods: showPods };
}

export default { render };
