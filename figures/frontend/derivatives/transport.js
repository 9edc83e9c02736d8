// The bar under the graph: play, step, scrub, save.

import { button, element, icon } from "../shared/dom.js";

export class WalkBar {
  // hooks: first, back, toggle, forward, last, scrub(step), save(kind).
  constructor(hooks) {
    this.play = button("play", "Play", hooks.toggle, { class: "dl-button dl-play" });
    this.slider = element("input", {
      type: "range",
      class: "dl-scrub",
      min: "0",
      step: "1",
      "aria-label": "Step of the walk",
      oninput: () => hooks.scrub(Number(this.slider.value)),
    });
    this.counter = element("output", { class: "dl-counter" });
    this.root = element(
      "div",
      { class: "dl-transport", role: "group", "aria-label": "Walk through the graph" },
      element(
        "div",
        { class: "dl-keys" },
        button("first", "First step", hooks.first),
        button("back", "One step back", hooks.back),
        this.play,
        button("forward", "One step forward", hooks.forward),
        button("last", "Last step", hooks.last),
      ),
      this.slider,
      this.counter,
      element(
        "div",
        { class: "dl-keys" },
        button("image", "Save this picture as PNG", () => hooks.save("png")),
        element("button", { type: "button", class: "dl-tab", "aria-label": "Save this picture as SVG", onclick: () => hooks.save("svg") }, "SVG"),
      ),
    );
  }

  show({ playing, step, steps }) {
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.play.title = playing ? "Pause (space)" : "Play (space)";
    this.slider.max = String(steps);
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", `step ${step} of ${steps}`);
    this.slider.style.setProperty("--part", `${(100 * step) / Math.max(1, steps)}%`);
    this.counter.textContent = `step ${step} / ${steps}`;
  }
}
