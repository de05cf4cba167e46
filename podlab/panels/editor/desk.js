// @ts-check
// The parts of the editor's panel, and what draws into each of them.
/// <reference path="../live.js" />
/// <reference path="./yaml.js" />

/** @typedef {{ line: number, text: string, severity: "error" | "warning" }} Problem */
/** @typedef {{ turn: number, problems: Problem[], plans: string[], summary: string }} Verdict */
/** @typedef {{ path: string, known: boolean, type: string, required: boolean, description: string, values: string[],
 *              fields: string[], command: string }} Meaning */
/** @typedef {{ name: string, ready: string, status: string, tone: Tone }} Seen */

/** @param {Problem} problem @param {Record<string, string>} labels */
function located(problem, labels) {
  return problem.line ? `${fill(labels.line, problem)}: ${problem.text}` : problem.text;
}

/** @typedef {ReturnType<typeof desk>} Parts */

/** The left half: the text with its line numbers, and what is said of it. @param {Record<string, string>} labels */
function writingParts(labels) {
  const id = `podlab-editor-${Math.random()}`;
  const gutter = element("div", { class: "podlab-gutter", "aria-hidden": "true" });
  const area = /** @type {HTMLTextAreaElement} */ (
    element("textarea", {
      ...{ class: "podlab-text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" },
      ...{ rows: "12", "aria-label": labels.text, "aria-describedby": id, "data-lm-suppress-shortcuts": "true" },
    })
  );
  const window = element("div", { class: "podlab-gutter-window" }, gutter);
  const colours = element("pre", { class: "podlab-colours", "aria-hidden": "true" });
  const paper = element("div", { class: "podlab-paper" }, colours, area);
  const sheet = element("div", { class: "podlab-sheet" }, window, paper);
  const verdict = element("div", { class: "podlab-verdict", id });
  const [save, apply, diff] = ["save", "apply", "diff"].map((name) => button(labels[name], () => {}));
  const about = { class: "podlab-buttons", role: "group", "aria-label": labels.panel };
  const buttons = element("div", about, save, apply, diff);
  return { gutter, area, colours, sheet, verdict, save, apply, diff, buttons };
}

/** What the panel answers with: a conflict with the file, a sentence, a diff. @param {Record<string, string>} labels */
function answerParts(labels) {
  const [takeFile, takeMine] = ["take_file", "take_mine"].map((name) => button(labels[name], () => {}));
  const about = { class: "podlab-buttons podlab-conflict", role: "alert", hidden: "" };
  const conflict = element("div", about, icon("failing"), element("span", {}, labels.conflict), takeFile, takeMine);
  const said = element("p", { class: "podlab-said" });
  const output = element("pre", { class: "podlab-pane", tabindex: "0", "aria-label": labels.diff, hidden: "" });
  const shut = button(labels.close, () => {});
  shut.hidden = true;
  const pods = element("p", { class: "podlab-live-pods" });
  return { takeFile, takeMine, conflict, said, output, shut, pods };
}

/** The parts of the panel. @param {Record<string, string>} labels */
function desk(labels) {
  const connection = element("span", { class: "podlab-connection" });
  const state = element("span", { class: "podlab-title" });
  const bar = element("div", { class: "podlab-bar" }, state, connection);
  const writing = writingParts(labels);
  const answer = answerParts(labels);
  answer.shut.addEventListener("click", () => {
    answer.output.hidden = answer.shut.hidden = true;
    writing.diff.focus();
  });
  const left = element("div", { class: "podlab-editor-left" }, answer.conflict, writing.sheet, writing.verdict);
  left.append(writing.buttons, answer.said, answer.output, answer.shut, answer.pods);
  const about = { class: "podlab-meaning", role: "group", "aria-label": labels.meaning, tabindex: "0" };
  const meaning = element("div", about);
  const keys = element("p", { class: "podlab-note" }, labels.keys);
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const body = element("div", { class: "podlab-editor-body" }, left, meaning);
  const root = element(
    "section",
    { role: "group", class: "podlab-panel podlab-editor", "aria-label": labels.panel },
    bar,
    body,
  );
  root.append(keys, live);
  return { ...writing, ...answer, connection, state, meaning, live, root, labels };
}

/** Number the lines and colour them; those with a problem are marked. @param {Parts} parts @param {string} text @param {Problem[]} problems */
function number(parts, text, problems) {
  const { area, gutter, colours } = parts;
  colours.replaceChildren(...coloured(text));
  const count = text.split("\n").length;
  const marked = new Map(problems.map((each) => [each.line, each.severity]));
  gutter.replaceChildren(
    ...Array.from({ length: count }, (_, at) => {
      const severity = marked.get(at + 1);
      const row = element("div", severity ? { class: `podlab-marked podlab-${severity}` } : {});
      row.append(...(severity ? [icon(severity === "error" ? "failing" : "waiting")] : []), String(at + 1));
      return row;
    }),
  );
  area.rows = Math.max(6, Math.min(24, count));
  area.setAttribute("aria-invalid", String(problems.some((each) => each.severity === "error")));
}

/** Show what the cluster would say. @param {Parts} parts @param {Verdict} found @param {(line: number) => void} goTo */
function judge(parts, found, goTo) {
  const { area, verdict, labels } = parts;
  const worst = found.problems.some((each) => each.severity === "error")
    ? "failing"
    : found.problems.length
      ? "waiting"
      : "ready";
  const head = element(
    "p",
    { class: "podlab-verdict-head" },
    icon(found.problems.length || found.plans.length ? worst : "connecting"),
    found.summary,
  );
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
}

/** Show what the field at the caret means. @param {Parts} parts @param {Meaning | null} found */
function explain(parts, found) {
  const { meaning, labels } = parts;
  if (!found) {
    meaning.replaceChildren(element("p", { class: "podlab-empty" }, labels.no_meaning));
    return;
  }
  const type = found.type ? ` <${found.type}>` : "";
  const needed = found.required ? ` ${labels.required}` : "";
  const head = element("p", {}, element("strong", {}, found.path), element("code", {}, type), needed);
  const more = found.known ? labels.fields : labels.not_known;
  meaning.replaceChildren(
    element("div", { class: "podlab-group" }, labels.meaning),
    head,
    ...(found.description ? [element("p", { lang: "en" }, found.description)] : []),
    ...(found.values.length
      ? [element("p", {}, `${labels.values}: `, element("code", {}, found.values.join(", ")))]
      : []),
    ...(found.fields.length ? [element("p", {}, `${more}: `, element("code", {}, found.fields.join(", ")))] : []),
    element("code", { class: "podlab-line" }, found.command),
  );
  meaning.scrollTop = 0;
}

/** Show an answer below the text. @param {Parts} parts @param {string} text @param {boolean} isDiff */
function showAnswer(parts, text, isDiff) {
  const { output, shut } = parts;
  output.replaceChildren(
    ...text.split("\n").map((row) => {
      const sign = isDiff ? { "+": "added", "-": "removed" }[row[0]] : undefined;
      return element("span", sign ? { class: `podlab-${sign}` } : {}, `${row}\n`);
    }),
  );
  output.hidden = shut.hidden = false;
}

/** Show the Pods that the manifest names. @param {Parts} parts @param {Seen[]} seen */
function showPods(parts, seen) {
  const { pods } = parts;
  pods.replaceChildren(
    ...seen.flatMap((pod) => [icon(pod.tone), element("strong", {}, pod.name), ` ${pod.status} ${pod.ready} `]),
  );
}
