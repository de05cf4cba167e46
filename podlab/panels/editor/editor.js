// @ts-check
/// <reference path="../live.js" />
/// <reference path="./desk.js" />

const TYPING = 400; // milliseconds without a key until the text is sent
const PATIENCE = 2000; // milliseconds without an answer until the view says that it waits
const RESTING = 150; // milliseconds that the caret rests until its field is explained
const TRAITS = ["document", "file", "verdict", "pods", "connection"];

/** @typedef {ReturnType<typeof setTimeout> | undefined} Timer */

/** One view of the editor: what is typed in it, and what it waits for. */
class Editing {
  /** @param {Model} model @param {Parts} parts */
  constructor(model, parts) {
    this.model = model;
    this.parts = parts;
    this.labels = parts.labels;
    this.announce = announcer(parts.live, parts.labels.many);
    this.me = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.turn = model.get("document").turn ?? 0;
    this.visible = false;
    this.said = "";
    this.place = "";
    this.asking = () => {};
    /** @type {Timer} */
    this.typing = undefined;
    /** @type {Timer} */
    this.patience = undefined;
    /** @type {Timer} */
    this.moving = undefined;
  }

  /** The line and column of the caret, from 1 and 0. */
  caret() {
    const { area } = this.parts;
    const before = area.value.slice(0, area.selectionStart).split("\n");
    return { line: before.length, column: before[before.length - 1].length };
  }

  /** @param {string} event */
  tell(event, values = {}) {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => (this.parts.said.textContent = this.labels.waiting_kernel), PATIENCE);
    if (event === "text") return void say(this.model, { event, ...values });
    this.asking();
    this.asking = press(this.model, { event, ...values }, (how) => {
      if (how !== "done") this.parts.said.textContent = this.labels[how === "heard" ? "working" : how];
    });
  }

  answered() {
    clearTimeout(this.patience);
    if (this.parts.said.textContent === this.labels.waiting_kernel) this.parts.said.textContent = "";
  }

  /** Send what is written, and where the caret is. @param {string} event */
  act(event, values = {}) {
    clearTimeout(this.typing);
    this.typing = undefined;
    this.tell(event, { text: this.parts.area.value, turn: this.turn, by: this.me, ...this.caret(), ...values });
  }

  typed() {
    this.turn += 1;
    number(this.parts, this.parts.area.value, []);
    this.parts.verdict.querySelector(".podlab-verdict-head")?.replaceChildren(icon("connecting"), this.labels.checking);
    this.showState("unsaved");
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.act("text"), TYPING);
  }

  moved() {
    clearTimeout(this.moving);
    this.moving = setTimeout(() => {
      const now = JSON.stringify(this.caret());
      if (now !== this.place && !this.typing) say(this.model, { event: "caret", ...this.caret() });
      this.place = now;
    }, RESTING);
  }

  /** Put the caret on a line, behind its indentation. @param {number} line */
  goTo(line) {
    const { area } = this.parts;
    const rows = area.value.split("\n");
    const row = rows[line - 1] ?? "";
    const from = rows.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.focus();
    area.setSelectionRange(from + (row.match(/^[ -]*/)?.[0].length ?? 0), from + row.length);
    this.moved();
  }

  /** @param {string} state */
  showState(state) {
    const label = this.labels[state === "changed" ? "changed_file" : state];
    this.parts.state.textContent = `${this.model.get("file").name ?? ""}: ${label}`;
    this.parts.conflict.hidden = state !== "changed";
  }

  drawText() {
    const { area } = this.parts;
    const found = this.model.get("document");
    if (found.text === undefined || found.by === this.me || this.typing || area.value === found.text) return;
    const [from, to] = [area.selectionStart, area.selectionEnd];
    area.value = found.text ?? "";
    area.setSelectionRange(from, to);
    this.turn = Math.max(this.turn, found.turn ?? 0);
    number(this.parts, area.value, []);
  }

  draw() {
    if (!this.visible) return;
    const { model, parts, labels } = this;
    const state = model.get("connection");
    parts.connection.replaceChildren(icon(state), labels[state]);
    parts.root.dataset.connection = state;
    this.drawText();
    if (!this.typing && model.get("file").state) this.showState(model.get("file").state);
    showPods(parts, model.get("pods"));
    const verdict = /** @type {Verdict | null} */ (model.get("verdict"));
    if (verdict && !this.typing && verdict.turn >= this.turn) this.drawVerdict(verdict);
  }

  /** @param {Verdict} verdict */
  drawVerdict(verdict) {
    this.answered();
    judge(this.parts, verdict, (line) => this.goTo(line));
    number(this.parts, this.parts.area.value, verdict.problems);
    const problems = verdict.problems.map((each) => located(each, this.labels));
    const sentence = [verdict.summary, ...problems].slice(0, 2).join(" ");
    if (this.said && this.said !== sentence) this.announce(sentence);
    this.said = sentence;
  }

  drawMeaning() {
    if (this.visible) explain(this.parts, this.model.get("meaning"));
  }

  /** @param {{ event: string, text: string, press?: string }} answer */
  heard(answer) {
    if (answer.press) return; // which its press hears
    this.answered();
    this.parts.said.textContent = answer.event === "said" ? answer.text : "";
    if (answer.event !== "said") showAnswer(this.parts, answer.text, answer.event === "diff");
    const lines = answer.text.split("\n");
    const heads = lines[1]?.trimEnd().endsWith(":"); // "… is invalid:", and what is wrong comes below
    this.announce(lines.slice(0, heads ? 4 : 2).join(" "));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    event.stopPropagation(); // the notebook has its own meaning for many keys
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      this.act("save");
    }
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.isComposing) {
      event.preventDefault();
      const { area } = this.parts;
      const row = area.value.slice(0, area.selectionStart).split("\n").pop() ?? "";
      insert(area, "\n" + indentation(row));
    }
  }

  /** Hear the text and the buttons. */
  hearHands() {
    const { area, gutter, colours, save, apply, diff, takeFile, takeMine } = this.parts;
    area.addEventListener("input", () => this.typed());
    for (const event of ["keyup", "click", "select"]) area.addEventListener(event, () => this.moved());
    area.addEventListener("focus", () => say(this.model, { event: "look" }));
    area.addEventListener("scroll", () => {
      gutter.style.transform = `translateY(${-area.scrollTop}px)`;
      colours.style.transform = `translate(${-area.scrollLeft}px, ${-area.scrollTop}px)`;
    });
    area.addEventListener("keydown", (event) => this.pressed(event));
    save.addEventListener("click", () => this.act("save"));
    apply.addEventListener("click", () => this.act("apply"));
    diff.addEventListener("click", () => this.act("diff"));
    takeFile.addEventListener("click", () => this.tell("load"));
    takeMine.addEventListener("click", () => this.act("save", { over: true }));
  }

  /** Hear the kernel. @returns {() => void} how to stop */
  hearKernel() {
    const draw = () => this.draw();
    const drawMeaning = () => this.drawMeaning();
    const heard = (/** @type {{ event: string, text: string }} */ answer) => this.heard(answer);
    for (const name of TRAITS) this.model.on(`change:${name}`, draw);
    this.model.on("change:meaning", drawMeaning);
    this.model.on("msg:custom", heard);
    return () => {
      for (const name of TRAITS) this.model.off(`change:${name}`, draw);
      this.model.off("change:meaning", drawMeaning);
      this.model.off("msg:custom", heard);
    };
  }
}

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const parts = desk(model.get("labels"));
  el.append(parts.root);
  const editing = new Editing(model, parts);
  editing.hearHands();
  const deaf = editing.hearKernel();
  parts.area.value = model.get("document").text ?? "";
  number(parts, parts.area.value, []);
  explain(parts, null);
  const forget = seen(model, parts.root, (now) => {
    editing.visible = now;
    editing.draw();
    editing.drawMeaning();
  });
  return () => {
    if (editing.typing) editing.act("text");
    forget();
    for (const timer of [editing.typing, editing.patience, editing.moving]) clearTimeout(timer);
    deaf();
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

export default { render };
