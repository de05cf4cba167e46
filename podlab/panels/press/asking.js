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
  draw();
  const stop = () => {
    hush();
    model.off("change:failed", draw);
  };
  return { ask, busy: () => busy, told: [said, failed], stop };
}
