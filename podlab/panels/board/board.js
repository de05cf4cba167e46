// @ts-check
/// <reference path="../live.js" />
/// <reference path="./detail.js" />

/** @typedef {{ uid: string, name: string, ready: string, status: string, restarts: number, restarted: string,
 *              created: string, ip: string, node: string, tone: Tone }} Row */
/** @typedef {{ tr: HTMLElement, cells: Record<string, HTMLElement>, row: Row, tag: HTMLElement,
 *              toggle: HTMLElement, detail: HTMLElement | null, opened: ReturnType<typeof openedRow> | null,
 *              asking: () => void }} Line */

const COLUMNS = ["name", "ready", "status", "restarts", "age", "ip", "node"];

const YOUNG = 60_000; // milliseconds since its creation that a Pod which comes into sight is called new

/** One view of the board: a line for each Pod, changed in place. */
class BoardView {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.labels = model.get("labels");
    this.parts = frame(this.labels);
    this.clock = serverClock(model);
    this.announce = announcer(this.parts.live, this.labels.many);
    /** @type {Map<string, Line>} */
    this.lines = new Map();
    this.first = true;
    this.visible = false;
  }

  tick() {
    for (const line of this.lines.values()) {
      showTimes(line, this.clock.now(), this.labels);
      line.opened?.tick(this.clock.now());
    }
  }

  drawRows() {
    if (!this.visible) return;
    const { lines, parts } = this;
    const rows = /** @type {Row[]} */ (this.model.get("rows"));
    const present = new Set(rows.map((row) => row.uid));
    for (const [uid, line] of lines) if (!present.has(uid)) this.leave(uid, line);
    for (const row of rows) if (!lines.has(row.uid)) this.enter(row);
    for (const row of rows) this.change(/** @type {Line} */ (lines.get(row.uid)), row);
    const ordered = rows.map((row) => /** @type {Line} */ (lines.get(row.uid)));
    place(
      parts.body,
      ordered.flatMap((line) => (line.detail ? [line.tr, line.detail] : [line.tr])),
    );
    parts.empty.hidden = parts.body.childElementCount > 0 || this.model.get("connection") === "connecting";
    this.first = false;
    this.tick();
  }

  drawConnection() {
    if (!this.visible) return;
    const state = this.model.get("connection");
    this.parts.connection.replaceChildren(icon(state), this.labels[state]);
    this.parts.root.dataset.connection = state;
    if (state === "lost") this.announce(this.labels.lost);
  }

  drawDetails() {
    if (!this.visible) return;
    const details = this.model.get("details");
    for (const [uid, line] of this.lines) if (details[uid]) line.opened?.draw(details[uid], this.clock.now);
  }

  /** @param {Row} row */
  enter(row) {
    const line = newLine(row, this.labels);
    this.lines.set(row.uid, line);
    line.toggle.addEventListener("click", () => this.toggle(line));
    if (row.uid in this.model.get("details")) this.toggle(line);
    if (this.first || this.clock.now() - Date.parse(row.created) > YOUNG) return;
    mark(line, this.labels.appeared);
    this.announce(fill(this.labels.changed, row));
  }

  /** @param {Line} line @param {Row} row */
  change(line, row) {
    const before = line.row;
    line.row = row;
    showRow(line, this.labels);
    if (before.status === row.status && before.ready === row.ready && before.restarts === row.restarts) return;
    flash(line.tr);
    this.announce(fill(this.labels.changed, row));
  }

  /** @param {string} uid @param {Line} line */
  leave(uid, line) {
    this.lines.delete(uid);
    line.detail?.remove();
    line.tr.classList.add("podlab-gone");
    line.tag.textContent = "";
    line.cells.status.replaceChildren(icon("leaving"), this.labels.deleted);
    this.announce(fill(this.labels.left, line.row));
    setTimeout(() => {
      line.tr.remove();
      this.parts.empty.hidden = this.parts.body.childElementCount > 0;
    }, LINGER);
  }

  /** Opens or closes a row's detail; Python sends what is in it. @param {Line} line */
  toggle(line) {
    const uid = line.row.uid;
    const tell = (/** @type {string} */ event, values = {}) => this.ask(line, event, values);
    if (line.detail) {
      line.detail.remove();
      line.detail = line.opened = null;
      tell("shut");
    } else {
      line.opened = openedRow(line.row.name, this.labels, tell, this.announce);
      const cell = element("td", { role: "cell" }, line.opened.root);
      line.detail = element("tr", { role: "row", class: "podlab-detail", id: `podlab-${uid}-${Math.random()}` }, cell);
      line.tr.after(line.detail);
      this.span();
      line.toggle.setAttribute("aria-controls", line.detail.id);
      tell("open");
      this.drawDetails();
    }
    line.toggle.setAttribute("aria-expanded", String(line.detail !== null));
  }

  /** What is opened takes the place of what was asked for before; a delete does not. @param {Line} line @param {string} event */
  ask(line, event, values = {}) {
    if (event !== "delete") line.asking();
    const stop = press(this.model, { event, uid: line.row.uid, ...values }, (how) => {
      if (how === "unheard" || how === "severed") line.opened?.say(this.labels[how]);
    });
    if (event !== "delete") line.asking = stop;
  }

  /** An opened row is as wide as the columns that are shown: one more would take its width from the name. */
  span() {
    const shown = COLUMNS.filter((_, n) => this.parts.heads[n].offsetParent !== null).length;
    for (const { detail } of this.lines.values()) detail?.firstElementChild?.setAttribute("colspan", String(shown));
  }

  /** @param {{ event: string, uid: string, text: string }} answer */
  answered(answer) {
    if (answer.event === "said") this.lines.get(answer.uid)?.opened?.say(answer.text);
  }
}

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const board = new BoardView(model);
  el.append(board.parts.root);
  /** @type {[string, (...given: any[]) => void][]} */
  const heard = [
    ["change:rows", () => board.drawRows()],
    ["change:connection", () => board.drawConnection()],
    ["change:connection", () => board.drawRows()],
    ["change:details", () => board.drawDetails()],
    ["msg:custom", (answer) => board.answered(answer)],
  ];
  for (const [event, handler] of heard) model.on(event, handler);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const width = new ResizeObserver(() => board.span());
  width.observe(board.parts.root);
  const forget = seen(model, board.parts.root, (now) => {
    board.visible = now;
    clearInterval(timer);
    if (!now) return;
    timer = setInterval(() => board.tick(), 1000);
    board.drawConnection();
    board.drawRows();
    board.drawDetails();
  });
  return () => {
    forget();
    width.disconnect();
    board.clock.stop();
    clearInterval(timer);
    for (const [event, handler] of heard) model.off(event, handler);
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
  const scroll = element(
    "div",
    { class: "podlab-scroll", tabindex: "0", role: "group", "aria-label": labels.caption },
    table,
  );
  const root = element(
    "section",
    { role: "group", class: "podlab-panel podlab-board", "aria-label": labels.panel },
    bar,
    scroll,
    empty,
    live,
  );
  if (labels.note) root.append(element("p", { class: "podlab-note" }, labels.note));
  return { root, body, heads, connection, empty, live };
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
  return { tr, cells, row, tag, toggle, detail: null, opened: null, asking: () => {} };
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
  const restarts =
    row.restarts && row.restarted
      ? fill(labels.ago, { n: row.restarts, age: spoken(since(row.restarted), labels.units) })
      : `${row.restarts}`;
  if (cells.restarts.textContent !== restarts) cells.restarts.textContent = restarts;
  const text = row.created ? since(row.created) : "<unknown>";
  if (cells.age.textContent !== text) cells.age.textContent = text;
}

/** @param {Line} line @param {string} word */
function mark(line, word) {
  line.tag.textContent = word;
  flash(line.tr);
  setTimeout(() => (line.tag.textContent = ""), LINGER);
}

export default { render };
