// @ts-check
/// <reference path="../live.js" />
// What whatever can be pressed needs: one press at a time, and two lines that say what became of it.

/**
 * @param {Model} model @param {HTMLElement} root what is busy meanwhile
 * @returns {{ ask: (content: any) => void, busy: () => boolean, told: HTMLElement[], stop: () => void }}
 */
function asking(model, root) {
  const labels = model.get("labels");
  const said = element("span", { class: "podlab-pressed", role: "status" });
  const failed = element("span", { class: "podlab-pressed podlab-error", role: "status" });
  let hush = () => {};
  let busy = false;
  const ask = (/** @type {any} */ content) => {
    hush();
    hush = press(model, content, (how) => {
      busy = how === "working" || how === "heard";
      root.setAttribute("aria-busy", String(busy));
      said.textContent = how === "done" ? "" : how === "heard" ? labels.working : labels[how];
      said.classList.toggle("podlab-error", how === "unheard" || how === "severed");
    });
  };
  const draw = () => void (failed.textContent = model.get("failed"));
  model.on("change:failed", draw);
  const live = () => setTimeout(() => tellSevered(root, labels.severed)); // once the page has marked what is gone
  model.on("comm_live_update", live);
  draw();
  const stop = () => {
    hush();
    model.off("change:failed", draw);
    model.off("comm_live_update", live);
  };
  return { ask, busy: () => busy, told: [said, failed], stop };
}

/**
 * Says once, above all that stands together, that its kernel is gone; without that, ipywidgets marks each part of it.
 * @param {HTMLElement} root @param {string} severed
 */
function tellSevered(root, severed) {
  let whole = root;
  for (let up = root.parentElement; up; up = up.parentElement) if (up.matches(".podlab-words")) whole = up;
  if (root.closest(".jupyter-widgets-disconnected")) whole.dataset.severed = severed;
  else delete whole.dataset.severed;
}
