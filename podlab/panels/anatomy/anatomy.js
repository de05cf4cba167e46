// @ts-check
/// <reference path="../live.js" />

/** @typedef {{ volume: string, path: string, read_only: boolean }} Mount */
/** @typedef {{ name: string, kind: string, image: string, state: string, tone: Tone, restarts: number,
 *              ports: string[], mounts: Mount[] }} Container */
/** @typedef {{ name: string, kind: string, used_by: string[] }} Volume */
/** @typedef {{ name: string, ready: string, status: string, tone: Tone, ip: string, node: string,
 *              containers: Container[], volumes: Volume[] }} Anatomy */

/** @param {{ model: Model, el: HTMLElement }} view */
function render({ model, el }) {
  const labels = model.get("labels");
  const connection = element("span", { class: "podlab-connection" });
  const title = element("span", { class: "podlab-title" }, labels.panel);
  const body = element("div", {
    class: "podlab-scroll podlab-anatomy-body",
    tabindex: "0",
    role: "group",
    "aria-label": labels.panel,
  });
  const live = element("div", { class: "podlab-spoken", "aria-live": "polite", role: "status" });
  const root = element(
    "section",
    { role: "group", class: "podlab-panel podlab-anatomy", "aria-label": labels.panel },
    element("div", { class: "podlab-bar" }, title, connection),
    body,
    live,
  );
  el.append(root);
  const announce = announcer(live, labels.changed);
  let visible = false;
  let said = "";

  const draw = () => {
    if (!visible) return;
    const state = model.get("connection");
    connection.replaceChildren(icon(state), labels[state]);
    const pod = /** @type {Anatomy | null} */ (model.get("pod"));
    const last = /** @type {{ pod: Anatomy, at: number } | null} */ (model.get("last"));
    const gone = !pod && last ? past(last.pod, last.at, labels) : null;
    if (pod) body.replaceChildren(node(pod, labels));
    else if (state !== "connecting") body.replaceChildren(...(gone ?? [absent(labels.absent)]));
    const sentence = pod ? fill(labels.changed, pod) : (gone?.[0].textContent ?? labels.absent);
    if (state !== "connecting" && said && said !== sentence) announce(sentence);
    if (state !== "connecting") said = sentence;
  };
  model.on("change:pod", draw);
  model.on("change:connection", draw);
  const forget = seen(model, root, (now) => {
    visible = now;
    draw();
  });
  return () => {
    forget();
    model.off("change:pod", draw);
    model.off("change:connection", draw);
  };
}

/** @param {string} words */
function absent(words) {
  return element("p", { class: "podlab-empty" }, words);
}

/** A Pod that is gone, as it was. @param {Anatomy} pod @param {number} at @param {Record<string, string>} labels */
function past(pod, at, labels) {
  const time = new Date(at).toLocaleTimeString([], { hour12: false });
  const picture = element("div", { class: "podlab-past", "aria-hidden": "true" }, node(pod, labels));
  return [absent(fill(labels.past, { name: pod.name, time })), picture];
}

/** @param {Anatomy} pod @param {Record<string, string>} labels */
function node(pod, labels) {
  const where = pod.node ? fill(labels.node, pod) : labels.no_node;
  const address = pod.ip ? fill(labels.ip, pod) : labels.no_ip;
  const head = element(
    "div",
    { class: "podlab-box-head" },
    element("strong", {}, fill(labels.pod, pod)),
    element("span", {}, icon(pod.tone), `${pod.status} ${pod.ready}`),
    element("span", { class: "podlab-address" }, address),
  );
  const marks = new Map(pod.volumes.map((volume, n) => [volume.name, String.fromCharCode(65 + (n % 26))]));
  const inside = element("ul", { class: "podlab-containers", "aria-label": labels.containers });
  for (const each of pod.containers) inside.append(container(each, marks, labels));
  const box = element("div", { class: "podlab-box podlab-pod" }, head, inside);
  if (pod.containers.length > 1) box.append(element("p", { class: "podlab-localhost" }, labels.localhost));
  if (pod.volumes.length) box.append(volumes(pod.volumes, marks, labels));
  return element("div", { class: "podlab-box podlab-node" }, element("div", { class: "podlab-box-head" }, where), box);
}

/** @param {Container} each @param {Map<string, string>} marks @param {Record<string, string>} labels */
function container(each, marks, labels) {
  const box = element(
    "li",
    { class: "podlab-box podlab-container", "data-name": each.name },
    element(
      "div",
      { class: "podlab-box-head" },
      element("strong", {}, each.name),
      element("span", {}, labels[each.kind]),
    ),
    element("div", {}, icon(each.tone), each.state),
    element("div", {}, `${labels.image} `, element("code", {}, each.image)),
  );
  for (const port of each.ports) box.append(element("div", {}, `${labels.ports} `, element("code", {}, port)));
  for (const mount of each.mounts) {
    const words = fill(labels.mounts, mount) + (mount.read_only ? ` (${labels.read_only})` : "");
    box.append(element("div", {}, letter(marks.get(mount.volume) ?? "?"), words));
  }
  return box;
}

/** @param {Volume[]} all @param {Map<string, string>} marks @param {Record<string, string>} labels */
function volumes(all, marks, labels) {
  const list = element("ul", { class: "podlab-volumes", "aria-label": labels.volumes });
  for (const volume of all) {
    const users = volume.used_by.length ? fill(labels.used_by, { names: volume.used_by.join(", ") }) : labels.unused;
    list.append(
      element(
        "li",
        { class: "podlab-box podlab-volume" },
        letter(marks.get(volume.name) ?? "?"),
        element("strong", {}, volume.name),
        ` ${volume.kind}`,
        element("div", {}, users),
      ),
    );
  }
  return list;
}

/** The letter that joins a mount to its volume. @param {string} text */
function letter(text) {
  return element("span", { class: "podlab-letter", "aria-hidden": "true" }, text);
}

export default { render };
