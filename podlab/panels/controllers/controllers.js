// @ts-check
/// <reference path="../live.js" />

/** @typedef {{ uid: string, name: string, ready: string, status: string, restarts: number, created: string,
 *              node: string, tone: Tone }} Pod */
/** @typedef {{ uid: string, kind: string, name: string, tone: Tone, said: string, mark: string, note: string,
 *              image: string, ready: number, wanted: number, kept: string, resting: string[], pods: Pod[],
 *              children: Owner[] }} Owner */
/** @typedef {{ kind: string, name: string, said: string }} Sentence */
/** @typedef {{ li: HTMLElement, toggle: HTMLElement, head: HTMLElement, meter: HTMLElement, facts: HTMLElement,
 *              inside: HTMLElement, sets: Group, pods: Group, kept: HTMLElement, mark: HTMLElement }} Branch */
/** @typedef {{ list: HTMLElement, members: Map<string, { li: HTMLElement, branch?: Branch, pod?: Leaf }> }} Group */
/** @typedef {{ li: HTMLElement, state: HTMLElement, age: HTMLElement, node: HTMLElement, created: string }} Leaf */

/** @param {Record<string, any>} attributes @returns {Group} */
function group(attributes) {
  return { list: element("ul", attributes), members: new Map() };
}

/** The tree on the page: changed in place, so that focus and what is folded stay. */
class TreeView {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.labels = model.get("labels");
    this.parts = frame(this.labels);
    this.roots = { list: this.parts.roots, members: new Map() };
    this.clock = serverClock(model);
    this.announce = announcer(this.parts.live, this.labels.many);
    /** @type {Map<string, Sentence>} */
    this.sentences = new Map();
    this.first = true;
    this.visible = false;
  }

  draw() {
    if (!this.visible) return;
    const state = this.model.get("connection");
    this.parts.connection.replaceChildren(icon(state), this.labels[state]);
    this.parts.refused.textContent = this.model.get("refused");
    const owners = /** @type {Owner[] | null} */ (this.model.get("controllers"));
    if (!owners) return;
    this.owners(this.roots, owners);
    this.parts.empty.hidden = owners.length > 0;
    this.speak(owners);
    this.first = false;
    this.tick();
  }

  /** @param {Group} into @param {Owner[]} owners @param {string[]} resting those that are there, and shown no more */
  owners(into, owners, resting = []) {
    this.leave(
      into,
      owners.map((each) => each.uid),
      resting,
    );
    for (const each of owners) {
      if (!into.members.has(each.uid)) into.members.set(each.uid, this.branch(each));
      this.change(/** @type {Branch} */ (into.members.get(each.uid)?.branch), each);
    }
    place(
      into.list,
      owners.map((each) => /** @type {{ li: HTMLElement }} */ (into.members.get(each.uid)).li),
    );
  }

  /** @param {Group} into @param {Pod[]} pods */
  pods(into, pods) {
    this.leave(
      into,
      pods.map((each) => each.uid),
    );
    for (const each of pods) {
      if (!into.members.has(each.uid)) into.members.set(each.uid, this.leaf(each));
      showPod(/** @type {Leaf} */ (into.members.get(each.uid)?.pod), each, this.labels);
    }
    place(
      into.list,
      pods.map((each) => /** @type {{ li: HTMLElement }} */ (into.members.get(each.uid)).li),
    );
  }

  /**
   * Those that are gone stay in sight for a moment, struck out; what only rests is not said to be deleted.
   * @param {Group} from @param {string[]} present @param {string[]} resting
   */
  leave(from, present, resting = []) {
    for (const [uid, { li, pod, branch }] of from.members) {
      if (present.includes(uid)) continue;
      from.members.delete(uid);
      const rests = resting.includes(uid);
      if (!rests) li.classList.add("podlab-gone");
      li.inert = true;
      const told = rests ? [icon("done"), this.labels.emptied] : [icon("leaving"), this.labels.deleted];
      (pod?.state ?? branch?.head)?.replaceChildren(...told);
      if (branch) branch.inside.hidden = true;
      setTimeout(() => li.remove(), LINGER);
    }
  }

  /** @param {Owner} owner */
  branch(owner) {
    const branch = newBranch(owner, this.labels);
    branch.toggle.addEventListener("click", () => fold(branch, !branch.inside.hidden));
    if (!this.first) flash(branch.li);
    return { li: branch.li, branch };
  }

  /** @param {Pod} pod */
  leaf(pod) {
    const leaf = newLeaf(pod);
    if (!this.first) {
      const tag = element("span", { class: "podlab-tag" }, this.labels.appeared);
      leaf.li.firstElementChild?.append(tag);
      setTimeout(() => tag.remove(), LINGER);
      flash(leaf.li);
    }
    return { li: leaf.li, pod: leaf };
  }

  /** @param {Branch} branch @param {Owner} owner */
  change(branch, owner) {
    showOwner(branch, owner, this.labels);
    this.owners(branch.sets, owner.children, owner.resting);
    this.pods(branch.pods, owner.pods);
    branch.pods.list.hidden = owner.pods.length === 0;
    branch.sets.list.hidden = owner.children.length === 0;
  }

  /** Says what changed at the roots: a screen reader does not want to hear each Pod. @param {Owner[]} owners */
  speak(owners) {
    const before = this.sentences;
    this.sentences = new Map(owners.map(({ uid, kind, name, said }) => [uid, { kind, name, said }]));
    if (this.first) return;
    for (const [uid, sentence] of this.sentences)
      if (before.get(uid)?.said !== sentence.said) this.announce(fill(this.labels.changed, sentence).trim());
    for (const [uid, sentence] of before)
      if (!this.sentences.has(uid)) this.announce(fill(this.labels.left, sentence).trim());
  }

  /** Ages tick here, by the server's clock. */
  tick() {
    /** @param {Group} of */
    const each = (of) => {
      for (const { pod, branch } of of.members.values()) {
        if (pod) pod.age.textContent = age((this.clock.now() - Date.parse(pod.created)) / 1000);
        if (branch) [branch.sets, branch.pods].forEach(each);
      }
    };
    each(this.roots);
  }
}

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const tree = new TreeView(model);
  el.append(tree.parts.root);
  tree.parts.roots.addEventListener("keydown", (event) => steer(tree.parts.roots, event));
  const draw = () => tree.draw();
  const heard = ["change:controllers", "change:connection", "change:refused"];
  for (const event of heard) model.on(event, draw);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  const forget = seen(model, tree.parts.root, (now) => {
    tree.visible = now;
    clearInterval(timer);
    if (!now) return;
    timer = setInterval(() => tree.tick(), 1000);
    tree.draw();
  });
  return () => {
    forget();
    tree.clock.stop();
    clearInterval(timer);
    for (const event of heard) model.off(event, draw);
  };
}

/** @param {Record<string, string>} labels */
function frame(labels) {
  const connection = element("span", { class: "podlab-connection" });
  const roots = element("ul", {
    ...{ class: "podlab-tree", "aria-label": labels.caption, "data-lm-suppress-shortcuts": "true" },
  });
  const empty = element("p", { class: "podlab-empty", hidden: "" }, labels.empty);
  const refused = element("p", { class: "podlab-refusal" });
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const bar = element("div", { class: "podlab-bar" });
  bar.append(element("span", { class: "podlab-title" }, labels.caption), connection);
  const root = element("section", {
    role: "group",
    class: "podlab-panel podlab-controllers",
    "aria-label": labels.panel,
  });
  root.append(bar, roots, empty, refused, live);
  if (labels.note) root.append(element("p", { class: "podlab-note" }, labels.note));
  return { root, roots, connection, empty, refused, live };
}

/** @param {Owner} owner @param {Record<string, string>} labels @returns {Branch} */
function newBranch(owner, labels) {
  const called = [owner.kind, owner.name].filter(Boolean).join(" ");
  const toggle = element("button", { type: "button", class: "podlab-toggle", "aria-expanded": "true" }, called);
  const mark = element("span", { class: "podlab-tag" });
  const head = element("div", { class: "podlab-owner-state" });
  const meter = element("div", { class: "podlab-meter", "aria-hidden": "true" });
  const facts = element("div", { class: "podlab-owner-facts" });
  const kept = element("div", { class: "podlab-owner-facts" });
  const sets = group({ class: "podlab-sets", "aria-label": called });
  const pods = group({ class: "podlab-leaves", "aria-label": `${called}: ${labels.pods}` });
  const inside = element("div", {}, meter, facts, sets.list, pods.list, kept);
  const li = element(
    "li",
    { class: "podlab-box podlab-owner", "data-name": owner.name, "data-kind": owner.kind },
    element("div", {}, toggle, mark),
    head,
    inside,
  );
  return { li, toggle, head, meter, facts, inside, sets, pods, kept, mark };
}

/** @param {Branch} branch @param {Owner} owner @param {Record<string, string>} labels */
function showOwner(branch, owner, labels) {
  if (branch.head.textContent !== owner.said || branch.li.dataset.tone !== owner.tone)
    branch.head.replaceChildren(icon(owner.tone), owner.said);
  branch.li.dataset.tone = owner.tone;
  if (branch.mark.textContent !== owner.mark) branch.mark.textContent = owner.mark;
  const none = owner.pods.length || owner.children.length || !owner.wanted ? "" : labels.no_pods;
  const facts = [owner.note, owner.image, none].filter(Boolean).join(" · ");
  if (branch.facts.textContent !== facts) branch.facts.textContent = facts;
  if (branch.kept.textContent !== owner.kept) branch.kept.textContent = owner.kept;
  branch.meter.hidden = !owner.wanted;
  const squares = Math.min(owner.wanted, 20);
  const full = Math.round((Math.min(owner.ready, owner.wanted) / (owner.wanted || 1)) * squares);
  const key = `${full}/${squares}`;
  if (branch.meter.dataset.drawn === key) return;
  branch.meter.dataset.drawn = key;
  const made = Array.from({ length: squares }, (_, n) => element("span", n < full ? { class: "podlab-full" } : {}));
  branch.meter.replaceChildren(...made);
}

/** @param {Pod} pod @returns {Leaf} */
function newLeaf(pod) {
  const state = element("span", { class: "podlab-leaf-state" });
  const time = element("span", { class: "podlab-leaf-age" });
  const name = element("div", { class: "podlab-leaf-name" }, pod.name);
  const node = element("span", { class: "podlab-leaf-node" });
  const line = element("div", {}, state, " ", time, " ", node);
  const li = element("li", { class: "podlab-leaf", "data-name": pod.name }, name, line);
  return { li, state, age: time, node, created: pod.created };
}

/** @param {Leaf} leaf @param {Pod} pod @param {Record<string, string>} labels */
function showPod(leaf, pod, labels) {
  const restarts = pod.restarts ? fill(labels.restarts, { n: pod.restarts }) : "";
  const words = [`${pod.status} ${pod.ready}`, restarts].filter(Boolean).join(" · ");
  if (leaf.node.textContent !== pod.node) leaf.node.textContent = pod.node;
  if (leaf.state.textContent === words && leaf.li.dataset.tone === pod.tone) return;
  leaf.state.replaceChildren(icon(pod.tone), words);
  leaf.li.dataset.tone = pod.tone;
}

/** @param {Branch} branch @param {boolean} closed */
function fold(branch, closed) {
  branch.inside.hidden = closed;
  branch.toggle.setAttribute("aria-expanded", String(!closed));
}

/** Arrows go from controller to controller, open and fold them, as in any tree. @param {HTMLElement} roots @param {KeyboardEvent} event */
function steer(roots, event) {
  const all = /** @type {HTMLElement[]} */ ([...roots.querySelectorAll(".podlab-toggle")]);
  const toggles = all.filter((each) => each.offsetParent !== null && !each.closest("[inert]"));
  const at = toggles.indexOf(/** @type {HTMLElement} */ (event.target));
  if (at < 0) return;
  const open = toggles[at].getAttribute("aria-expanded") === "true";
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => toggles[at + 1]?.focus(),
    ArrowUp: () => toggles[at - 1]?.focus(),
    Home: () => toggles[0].focus(),
    End: () => toggles[toggles.length - 1].focus(),
    ArrowLeft: () => open && toggles[at].click(),
    ArrowRight: () => open || toggles[at].click(),
  };
  if (!keys[event.key]) return;
  keys[event.key]();
  event.preventDefault();
  event.stopPropagation();
}

export default { render };
