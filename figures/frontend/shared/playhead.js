// Play, step and scrub through so many steps: what the bar under every picture that plays begins with.

import { button, element, icon } from "./dom.js";
import { formatCount } from "./numbers.js";

export class Playhead {
  // hooks: first, back, toggle, forward, last, scrub(step); label: what the slider is for who cannot see.
  constructor(hooks, label) {
    this.play = button("play", "Play", hooks.toggle, { class: "dl-button dl-play" });
    this.slider = element("input", {
      type: "range",
      class: "dl-scrub",
      min: "0",
      step: "1",
      "aria-label": label,
      oninput: () => hooks.scrub(Number(this.slider.value)),
    });
    this.counter = element("output", { class: "dl-counter" });
    this.keys = element(
      "div",
      { class: "dl-keys" },
      button("first", "First step", hooks.first),
      button("back", "One step back", hooks.back),
      this.play,
      button("forward", "One step forward", hooks.forward),
      button("last", "Last step", hooks.last),
    );
  }

  show({ playing, step, steps }) {
    if (this.playing !== playing) {
      this.playing = playing;
      this.play.replaceChildren(icon(playing ? "pause" : "play"));
      this.play.setAttribute("aria-label", playing ? "Pause" : "Play");
      this.play.title = playing ? "Pause (space)" : "Play (space)";
    }
    if (this.step !== step || this.steps !== steps) {
      Object.assign(this, { step, steps });
      this.slider.max = String(steps);
      this.slider.value = String(step);
      this.slider.setAttribute("aria-valuetext", `step ${formatCount(step)} of ${formatCount(steps)}`);
      this.slider.style.setProperty("--part", `${(100 * step) / Math.max(1, steps)}%`);
      const [here, last] = [formatCount(step), formatCount(steps)];
      const room = last.slice(0, last.length - here.length).replace(/\d/g, "\u2007").replace(/,/g, "\u2008"); // as wide as they
      this.counter.textContent = `step ${room}${here} / ${last}`;
    }
  }
}
