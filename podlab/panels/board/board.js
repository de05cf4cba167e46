// @ts-check
/// <reference path="./live.js" />
/// <reference path="./detail.js" />

/** @typedef {{ uid: string, name: string, ready: string, status: string, restarts: number, restarted: string,
 *              created: string, ip: string, node: string, tone: Tone }} Row */
/** @typedef {{ tr: HTMLElement, cells: Record<string, HTMLElement>, row: Row, tag: HTMLElement,
 *              toggle: HTMLElement, detail: HTMLElement | null, opened: ReturnType<typeof openedRow> | null }} Line */

const COLUMNS = ["name", "ready", "status", "restarts", "age", "ip", "node"];
const LINGER = 2500;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const parts = frame(labels);
  el.append(parts.root);
  const clock = serverClock(model);
  const announce = announcer(parts.live, labels.many);
  /** @type {Map<string, Line>} */
  const lines = new Map();
  let first = true;
  let visible = false;

  const tick = () => {
    for (const line of lines.values()) showTimes(line, clock.now(), labels);
  };
  const drawRows = () => {
    if (!visible) return;
    const rows = /** @type {Row[]} */ (model.get("rows"));
    const present = new Set(rows.map((row) => row.uid));
    for (const [uid, line] of lines) if (!present.has(uid)) leave(uid, line);
    for (const row of rows) if (!lines.has(row.uid)) enter(row);
    for (const row of rows) change(/** @type {Line} */ (lines.get(row.uid)), row);
    place(parts.body, rows.flatMap((row) => {
      const line = /** @type {Line} */ (lines.get(row.uid));
      return line.detail ? [line.tr, line.detail] : [line.tr];
    }));
    parts.empty.hidden = parts.body.childElementCount > 0 || model.get("connection") === "connecting";
    first = false;
    tick();
  };
  const drawConnection = () => {
    if (!visible) return;
    const state = model.get("connection");
    parts.connection.replaceChildren(icon(state), labels[state]);
    parts.root.dataset.connection = state;
    if (state === "lost") announce(labels.lost);
  };
  /** @param {Row} row */
  const enter = (row) => {
    const line = newLine(row, labels);
    lines.set(row.uid, line);
    line.toggle.addEventListener("click", () => toggle(line));
    if (row.uid in model.get("details")) toggle(line);
    if (first) return;
    mark(line, labels.appeared);
    announce(fill(labels.changed, row));
  };
  /** @param {Line} line @param {Row} row */
  const change = (line, row) => {
    const before = line.row;
    line.row = row;
    showRow(line, labels);
    if (before.status === row.status && before.ready === row.ready && before.restarts === row.restarts) return;
    flash(line.tr);
    announce(fill(labels.changed, row));
  };
  /** Opens or closes a row's detail; Python sends what is in it. @param {Line} line */
  const toggle = (line) => {
    const uid = line.row.uid;
    const tell = (/** @type {string} */ event, values = {}) => say(model, { event, uid, ...values });
    if (line.detail) {
      line.detail.remove();
      line.detail = line.opened = null;
      tell("shut");
    } else {
      line.opened = openedRow(line.row.name, labels, tell, announce);
      const cell = element("td", { role: "cell", colspan: COLUMNS.length }, line.opened.root);
      line.detail = element("tr", { role: "row", class: "podlab-detail", id: `podlab-${uid}-${Math.random()}` }, cell);
      line.tr.after(line.detail);
      line.toggle.setAttribute("aria-controls", line.detail.id);
      tell("open");
      drawDetails();
    }
    line.toggle.setAttribute("aria-expanded", String(line.detail !== null));
  };
  const drawDetails = () => {
    if (!visible) return;
    const details = model.get("details");
    for (const [uid, line] of lines) if (line.opened && details[uid]) line.opened.draw(details[uid], clock.now);
  };
  /** @param {{ event: string, uid: string, text: string }} answer */
  const answered = (answer) => {
    if (answer.event === "said") lines.get(answer.uid)?.opened?.say(answer.text);
  };
  /** @param {string} uid @param {Line} line */
  const leave = (uid, line) => {
    lines.delete(uid);
    line.detail?.remove();
    line.tr.classList.add("podlab-gone");
    line.cells.status.replaceChildren(icon("leaving"), labels.deleted);
    announce(fill(labels.left, line.row));
    setTimeout(() => {
      line.tr.remove();
      parts.empty.hidden = parts.body.childElementCount > 0;
    }, LINGER);
  };

  model.on("change:rows", drawRows);
  model.on("change:connection", drawConnection);
  model.on("change:connection", drawRows);
  model.on("change:details", drawDetails);
  model.on("msg:custom", answered);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const forget = seen(model, parts.root, (now) => {
    visible = now;
    clearInterval(timer);
    if (!now) return;
    timer = setInterval(tick, 1000);
    drawConnection();
    drawRows();
    drawDetails();
  });
  return () => {
    forget();
    clock.stop();
    clearInterval(timer);
    model.off("change:rows", drawRows);
    model.off("change:connection", drawConnection);
    model.off("change:connection", drawRows);
    model.off("change:details", drawDetails);
    model.off("msg:custom", answered);
  };
}

/** @param {Record<string, string>} labels */
function frame(labels) {
  const heads = COLUMNS.map((name) => element("th", { scope: "col", role: "columnheader" }, labels[`${name}_head`]));
  const body = element("tbody", { role: "rowgroup" });
  const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
  const table = element("table", { role: "table", "aria-label": labels.caption }, head, body);
  const connection = element("span", { class: "podlab-connection" });
  const empty = element("p", { class: "podlab-empty", hidden: "" }, labels.empty);
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const title = element("span", { class: "podlab-title" }, labels.caption);
  const bar = element("div", { class: "podlab-bar" }, title, connection);
  const scroll = element("div", { class: "podlab-scroll", tabindex: "0", role: "group", "aria-label": labels.caption }, table);
  const root = element("section", { class: "podlab-panel podlab-board", "aria-label": labels.panel }, bar, scroll, empty, live);
  if (labels.note) root.append(element("p", { class: "podlab-note" }, labels.note));
  return { root, body, connection, empty, live };
}

/** @param {Row} row @param {Record<string, string>} labels @returns {Line} */
function newLine(row, labels) {
  const tag = element("span", { class: "podlab-tag" });
  /** @type {Record<string, HTMLElement>} */
  const cells = {};
  for (const name of COLUMNS) cells[name] = element("td", { role: "cell", class: `podlab-${name}` });
  const toggle = element("button", { type: "button", class: "podlab-toggle", "aria-expanded": "false" }, row.name);
  cells.name = element("th", { scope: "row", role: "rowheader", class: "podlab-name" }, toggle, tag);
  cells.restarts.dataset.head = labels.restarts_head;
  const tr = element("tr", { role: "row", "data-name": row.name }, ...COLUMNS.map((name) => cells[name]));
  return { tr, cells, row, tag, toggle, detail: null, opened: null };
}

/** @param {Line} line @param {Record<string, string>} labels */
function showRow({ tr, cells, row }, labels) {
  if (cells.ready.textContent !== row.ready) cells.ready.textContent = row.ready;
  if (cells.status.textContent !== row.status || tr.dataset.tone !== row.tone) {
    cells.status.replaceChildren(icon(row.tone), row.status);
    cells.status.title = labels[`${row.tone}_word`];
  }
  for (const name of /** @type {("ip" | "node")[]} */ (["ip", "node"])) {
    const text = row[name] || "<none>";
    if (cells[name].textContent !== text) cells[name].textContent = text;
  }
  tr.dataset.tone = row.tone;
}

/** Ages and "N (3s ago)" tick here, by the server's clock. @param {Line} line @param {number} now @param {Record<string, string>} labels */
function showTimes({ cells, row }, now, labels) {
  const since = (/** @type {string} */ time) => age((now - Date.parse(time)) / 1000);
  const restarts = row.restarts && row.restarted ? fill(labels.ago, { n: row.restarts, age: since(row.restarted) }) : `${row.restarts}`;
  if (cells.restarts.textContent !== restarts) cells.restarts.textContent = restarts;
  const text = row.created ? since(row.created) : "<unknown>";
  if (cells.age.textContent !== text) cells.age.textContent = text;
}

/** Puts rows in order and moves only what is out of place; rows that are leaving keep theirs. @param {HTMLElement} body @param {HTMLElement[]} rows */
function place(body, rows) {
  let at = body.firstElementChild;
  for (const tr of rows) {
    while (at && at.classList.contains("podlab-gone")) at = at.nextElementSibling;
    if (at === tr) at = at.nextElementSibling;
    else body.insertBefore(tr, at);
  }
}

/** @param {Line} line @param {string} word */
function mark(line, word) {
  line.tag.textContent = word;
  flash(line.tr);
  setTimeout(() => (line.tag.textContent = ""), LINGER);
}

/** @param {HTMLElement} tr */
function flash(tr) {
  if (calm.matches) return;
  tr.animate([{ backgroundColor: "var(--podlab-flash)" }, { backgroundColor: "transparent" }], { duration: 1500, easing: "ease-out" });
}

export default { render };
