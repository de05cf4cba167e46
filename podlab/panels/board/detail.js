// @ts-check
/// <reference path="../live.js" />

/** @typedef {{ reason: string, code: number } | null} Ended */
/** @typedef {{ name: string, kind: string, image: string, state: string, tone: Tone, restarts: number, ports: string[],
 *              mounts: { volume: string, path: string }[], probes: string[], message: string, last: Ended, exit: Ended }} Part */
/** @typedef {{ ip: string, node: string, pod_labels: string[], containers: Part[], pane: string, line: string, text: string,
 *              conditions: { type: string, status: string, reason: string, message: string }[],
 *              volumes: { name: string, kind: string, used_by: string[] }[],
 *              events: { type: string, reason: string, container: string, message: string, count: number, time: string }[] }} Detail */
/** @typedef {(event: string, values?: Record<string, any>) => void} Tell */

/**
 * The inside of an opened row. It is drawn once and then changed part by part, so that focus and selections stay.
 * @param {string} name @param {Record<string, string>} labels @param {Tell} tell @param {(text: string) => void} announce
 */
function openedRow(name, labels, tell, announce) {
  const facts = element("div", { class: "podlab-facts" });
  const buttons = element("div", { class: "podlab-buttons", role: "group", "aria-label": name });
  const question = element("div", { class: "podlab-buttons", hidden: "" });
  const said = element("p", { class: "podlab-said", hidden: "" });
  const output = element("pre", { class: "podlab-pane", tabindex: "0", hidden: "" });
  const waiting = element("p", { class: "podlab-empty" }, labels.waiting_kernel);
  const root = element("div", { class: "podlab-detail-inside" }, waiting, buttons, question, said, output, facts);
  let line = "";
  let pane = "";
  let drawn = "";

  const panes = ["describe", "yaml"].map((which) => [which, button(labels[which], () => choose(which))]);
  const choose = (/** @type {string} */ which) => tell("pane", { pane: which === pane ? "" : which });
  const say = (/** @type {string} */ text) => {
    said.textContent = text;
    said.hidden = !text;
    announce(text);
  };
  const copy = button(labels.copy, async () => {
    say(fill((await copied(line)) ? labels.copied : labels.not_copied, { line }));
  });
  const remove = deletion(question, name, labels, () => {
    say(labels.waiting_kernel);
    tell("delete");
  });
  buttons.append(.../** @type {Node[]} */ (panes.map(([, made]) => made)), copy, remove);

  /** @param {Detail} detail @param {() => number} now */
  const draw = (detail, now) => {
    waiting.hidden = true;
    ({ line, pane } = detail);
    for (const [which, made] of panes)
      /** @type {HTMLElement} */ (made).setAttribute("aria-pressed", String(which === pane));
    output.hidden = !pane;
    const heading = pane.startsWith("logs:") ? fill(labels.logs_of, { name: pane.slice(5) }) : (labels[pane] ?? "");
    output.setAttribute("aria-label", heading);
    const text = `$ ${line}\n${detail.text}`;
    if (output.textContent !== text) {
      const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 30;
      output.textContent = text;
      if (atEnd && pane.startsWith("logs:")) output.scrollTop = output.scrollHeight;
    }
    const { text: _, ...rest } = detail;
    const key = JSON.stringify(rest);
    if (key !== drawn) showFacts(facts, detail, labels, choose);
    drawn = key;
    tick(now());
  };
  /** The ages of Events go on. @param {number} now */
  const tick = (now) => {
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (facts.querySelectorAll("[data-time]"))) {
      const { time = "", wording = "", count } = each.dataset;
      const since = spoken(age((now - Date.parse(time)) / 1000), labels.units);
      each.textContent = fill(wording, { age: since, count });
    }
  };
  return { root, draw, say, tick };
}

/** Whether the text is on the clipboard now. @param {string} text */
async function copied(text) {
  const written = navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  return (await written) ?? false;
}

/**
 * A button that asks in `question` before it deletes.
 * @param {HTMLElement} question @param {string} name @param {Record<string, string>} labels @param {() => void} confirmed
 */
function deletion(question, name, labels, confirmed) {
  const remove = button(labels.delete, () => {
    question.hidden = false;
    yes.focus();
  });
  const yes = button(labels.confirm, () => {
    question.hidden = true;
    confirmed();
    remove.focus();
  });
  const no = button(labels.cancel, () => {
    question.hidden = true;
    remove.focus();
  });
  question.append(fill(labels.really, { name }), yes, no);
  return remove;
}

/** @param {HTMLElement} facts @param {Detail} detail @param {Record<string, string>} labels
 *  @param {(pane: string) => void} choose */
function showFacts(facts, detail, labels, choose) {
  const focused = /** @type {HTMLElement | null} */ (
    facts.contains(document.activeElement) ? document.activeElement : null
  );
  const containers = detail.containers.map((each) => part(each, detail.pane, labels, choose));
  const conditions = detail.conditions.map(
    (c) => `${c.type}: ${c.status}${c.reason ? ` (${c.reason})` : ""}${c.message ? ` ${c.message}` : ""}`,
  );
  const volumes = detail.volumes.map((v) => {
    const users = v.used_by.length ? fill(labels.used_by, { names: v.used_by.join(", ") }) : labels.unused;
    return `${v.name} (${v.kind}), ${users}`;
  });
  const events = detail.events.map((e) => {
    const wording = e.count > 1 ? labels.times : labels.once;
    const when = element("span", { "data-time": e.time, "data-count": e.count, "data-wording": wording });
    const whose = e.container ? [element("strong", {}, e.container), ": "] : [];
    const words = [`${e.type} ${e.reason}: `, ...whose, `${e.message} (`, when, ")"];
    return element("li", {}, icon(e.type === "Warning" ? "failing" : "done"), ...words);
  });
  facts.replaceChildren(
    element(
      "p",
      {},
      `${labels.address}: ${detail.ip || labels.none} · ${labels.node_name}: ${detail.node || labels.none} · ${labels.labels}: ${detail.pod_labels.join(", ") || labels.none}`,
    ),
    ...group(labels.containers, containers),
    ...group(labels.events, events.length ? events : [labels.no_events]),
    ...group(labels.conditions, conditions),
    ...group(labels.volumes, volumes),
  );
  const again = focused?.dataset.name;
  if (again) /** @type {HTMLElement | null} */ (facts.querySelector(`[data-name="${CSS.escape(again)}"]`))?.focus();
}

/** @param {Part} each @param {string} pane @param {Record<string, string>} labels @param {(pane: string) => void} choose */
function part(each, pane, labels, choose) {
  const facts = [
    `${labels[each.kind]}, ${labels.image} ${each.image}`,
    ...each.ports.map((port) => `${labels.ports} ${port}`),
  ];
  if (each.exit) facts.push(fill(labels.exit_code, each.exit));
  if (each.restarts) facts.push(fill(labels.restarted_times, { n: each.restarts }));
  if (each.last)
    facts.push(fill(labels.last_state, { state: `${each.last.reason} (${fill(labels.exit_code, each.last)})` }));
  facts.push(
    ...each.probes.map((probe) => `${labels.probe} ${probe}`),
    ...each.mounts.map((mount) => fill(labels.mounts, mount)),
  );
  const logs = button(labels.logs, () => choose(`logs:${each.name}`));
  logs.dataset.name = `logs ${each.name}`;
  logs.setAttribute("aria-label", fill(labels.logs_of, each));
  logs.setAttribute("aria-pressed", String(pane === `logs:${each.name}`));
  const item = element(
    "li",
    {},
    icon(each.tone),
    element("strong", {}, each.name),
    ` ${each.state} `,
    logs,
    element("div", {}, facts.join("; ")),
  );
  if (each.message) item.append(element("div", { class: "podlab-message" }, each.message));
  return item;
}

/** @param {string} title @param {(HTMLElement | string)[]} items */
function group(title, items) {
  if (!items.length) return [];
  const list = element("ul", {}, ...items.map((item) => (typeof item === "string" ? element("li", {}, item) : item)));
  return [element("div", { class: "podlab-group" }, title), list];
}
