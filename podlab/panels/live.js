// @ts-check
// What every live panel needs: elements, icons, ages, the server's clock, visibility, announcements.
// Python puts this text in front of a panel's own module (a widget's module is one text, it cannot import its neighbour).

/** @typedef {"ready" | "waiting" | "failing" | "done" | "leaving"} Tone */
/** @typedef {{ get(key: string): any, on(event: string, f: (...args: any[]) => void): void,
 *              off(event: string, f: (...args: any[]) => void): void, send(content: any): void }} Model */

/** Milliseconds between two signs of life of a view; the one that cannot be sent tells that the kernel is gone. */
const HEARTBEAT = 15_000;
/** Milliseconds that something gone stays in sight, or something new is called so. */
const LINGER = 2500;
/** Milliseconds without an answer until a press is said once more, and how often it is said. */
const UNHEARD = 2500;
const TRIES = 4;
/** Milliseconds by which a reading of the clock is no more than late; beyond that the clock itself was set. */
const LATE = 10_000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** One shape for each tone, so that colour is never the only carrier. @type {Record<string, string>} */
const SHAPES = {
  ready: "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 4.4 1 1L7 12 3.6 8.6l1-1L7 10Z",
  waiting:
    "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 2.6ZM7.2 4h1.6v3.7l2.6 1.5-.8 1.4-3.4-2Z",
  failing: "M8 1 15.5 14.5H.5ZM7.2 5.8v4.4h1.6V5.8Zm0 5.4v1.6h1.6v-1.6Z",
  done: "M2 2h12v12H2Zm1.6 1.6v8.8h8.8V3.6Zm7.2 1.8 1 1L7.2 11 4.4 8.2l1-1 1.8 1.8Z",
  leaving: "M7.2 1h1.6v8.2l2.8-2.8 1.1 1.1L8 12.2 3.3 7.5l1.1-1.1 2.8 2.8ZM2 13.4h12V15H2Z",
  live: "M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
  connecting: "M2 7h3v2H2Zm4.5 0h3v2h-3ZM11 7h3v2h-3Z",
  lost: "M2.9 1.8 14.2 13.1l-1.1 1.1L1.8 2.9ZM8 3c2.6 0 5 1 6.8 2.7l-1.2 1.2A7.900 7.900 0 0 0 9 4.700L7.400 3Zm-.8 9.200h1.600v1.600H7.200Z",
};

/**
 * An element with attributes and children; text is set as text, never as HTML.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** A sentence whose `names` are set as code. @param {string} text */
function coded(text) {
  return text.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part));
}

/** @param {string} shape @returns {SVGSVGElement} */
function icon(shape) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `podlab-icon podlab-${shape}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[shape] ?? SHAPES.failing);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/**
 * A duration as kubectl's AGE prints it; a moment that is yet to come is now, since the clock here is only near the
 * server's, and what the server tells of has been.
 * Upstream: k8s.io/apimachinery/pkg/util/duration (HumanDuration)
 * @param {number} seconds
 */
function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const [m, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86400)];
  const two = (
    /** @type {number} */ big,
    /** @type {string} */ b,
    /** @type {number} */ small,
    /** @type {string} */ c,
  ) => (small ? `${big}${b}${small}${c}` : `${big}${b}`);
  if (s < 120) return `${s}s`;
  if (m < 10) return two(m, "m", s % 60, "s");
  if (m < 180) return `${m}m`;
  if (h < 8) return two(h, "h", m % 60, "m");
  if (h < 48) return `${h}h`;
  if (d < 8) return two(d, "d", h % 24, "h");
  if (d < 730) return `${d}d`;
  if (d < 2920) return two(Math.floor(d / 365), "y", d % 365, "d");
  return `${Math.floor(d / 365)}y`;
}

/** An age within a sentence, in its language's units: `3m12s` is 3분 12초. @param {string} text @param {string} units */
function spoken(text, units) {
  const words = units.split(" ");
  const said = text.replace(/(\d+)([ydhms])/g, (_, n, unit) => n + words["ydhms".indexOf(unit)]);
  return said.replace(/(?<=[가-힣])(?=\d)/g, " ");
}

/** Fill in `{name}`s. @param {string} text @param {Record<string, any>} values */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * The API server's clock in milliseconds, kept by an offset from the browser's. What was said a while ago, as to a
 * page that was busy, makes it late, never early: of two readings that differ by little the later one holds.
 * @param {Model} model
 */
function serverClock(model) {
  let offset = -Infinity;
  const set = () => {
    const heard = model.get("server_time") - Date.now();
    if (heard > offset || offset - heard > LATE) offset = heard;
  };
  set();
  model.on("change:server_time", set);
  return { now: () => Date.now() + offset, stop: () => model.off("change:server_time", set) };
}

/** Says something to the kernel. One that is gone or restarting cannot hear it, which is no error of the page. @param {Model} model @param {any} content */
function say(model, content) {
  try {
    model.send(content);
    return true;
  } catch (error) {
    console.debug("podlab: no kernel to tell", error);
    return false;
  }
}

/**
 * Asks the kernel for something until it says that it has heard; done once, however often it is said.
 * @param {Model} model @param {any} content
 * @param {(how: "working" | "heard" | "done" | "unheard" | "severed") => void} told
 * @returns {() => void} how to stop asking
 */
function press(model, content, told) {
  const name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  let left = TRIES;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const stop = () => {
    clearTimeout(timer);
    model.off("msg:custom", heard);
  };
  const heard = (/** @type {{ event: "heard" | "done", press: string }} */ answer) => {
    if (answer?.press !== name) return;
    clearTimeout(timer);
    if (answer.event === "done") stop();
    told(answer.event);
  };
  const again = () => {
    if (!left) return told("unheard");
    left -= 1;
    timer = setTimeout(again, UNHEARD);
    if (say(model, { ...content, press: name })) return;
    stop();
    told("severed");
  };
  model.on("msg:custom", heard);
  told("working");
  again();
  return stop;
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const made = element("button", { type: "button", class: "podlab-button" }, text);
  made.addEventListener("click", act);
  return made;
}

/**
 * Tells Python whether this view can be seen, and the panel when that changes; a hidden view costs nothing.
 * @param {Model} model @param {HTMLElement} el @param {(visible: boolean) => void} changed
 */
function seen(model, el, changed) {
  const view = crypto.getRandomValues(new Uint32Array(2)).join("-");
  let onScreen = true;
  /** @type {boolean | undefined} */
  let visible;
  const tell = (/** @type {string} */ event) => {
    if (!say(model, { event, view }) && event !== "gone") sever();
  };
  const update = () => {
    const now = onScreen && document.visibilityState !== "hidden";
    if (now === visible) return;
    visible = now;
    tell(now ? "show" : "hide");
    changed(now);
  };
  /** The kernel that this view talked to is gone for good: say so, and let nothing go on as if it were alive. */
  const sever = () => {
    changed(false);
    stop();
    el.classList.add("podlab-severed");
    for (const at of el.querySelectorAll(".podlab-connection, .podlab-spoken"))
      at.replaceChildren(icon("lost"), model.get("labels").severed);
  };
  // by then the kernel's end of the line is gone, and what is said to it fails
  const listen = () => setTimeout(() => tell(visible ? "show" : "hide"));
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries[entries.length - 1].isIntersecting;
    update();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", update);
  const heartbeat = setInterval(() => visible && tell("show"), HEARTBEAT);
  const stop = () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", update);
    clearInterval(heartbeat);
    model.off("comm_live_update", listen);
  };
  model.on("comm_live_update", listen);
  update();
  return () => {
    stop();
    tell("gone");
  };
}

/** Says changes to screen readers, at most once a second. @param {HTMLElement} region @param {string} many */
function announcer(region, many) {
  /** @type {string[]} */
  let waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return (/** @type {string} */ sentence) => {
    waiting.push(sentence);
    timer ??= setTimeout(() => {
      region.textContent = waiting.length > 3 ? fill(many, { count: waiting.length }) : waiting.join(" ");
      waiting = [];
      timer = undefined;
    }, 1000);
  };
}

/** Puts elements in order and moves only what is out of place; those that are leaving keep theirs. @param {HTMLElement} body @param {HTMLElement[]} rows */
function place(body, rows) {
  let at = body.firstElementChild;
  for (const tr of rows) {
    while (at && at.classList.contains("podlab-gone")) at = at.nextElementSibling;
    if (at === tr) at = at.nextElementSibling;
    else body.insertBefore(tr, at);
  }
}

/** @param {HTMLElement} tr */
function flash(tr) {
  if (calm.matches) return;
  tr.animate([{ backgroundColor: "var(--podlab-flash)" }, { backgroundColor: "transparent" }], {
    duration: 1500,
    easing: "ease-out",
  });
}
