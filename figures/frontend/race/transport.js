// The bar under the picture: play, step, scrub, speed, loop, arrows, picture file.

import { button, element, fillMenu, icon, menu } from "../shared/dom.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

export class Transport {
  constructor(hooks) {
    this.play = button("play", "Play", hooks.toggle, { class: "dl-button dl-play" });
    this.slider = element("input", {
      type: "range",
      class: "dl-scrub",
      min: "0",
      step: "1",
      "aria-label": "Step",
      oninput: () => hooks.scrub(Number(this.slider.value)),
    });
    this.counter = element("output", { class: "dl-counter" });
    this.speed = menu("Speed", () => hooks.setSpeed(Number(this.speed.value)));
    fillMenu(this.speed, SPEEDS.map((speed) => [String(speed), `${speed}×`]), "1");
    this.loop = button("loop", "Loop", hooks.toggleLoop, { "aria-pressed": "false" });
    this.arrows = button("arrows", "Arrows: gradient, momentum, step", hooks.toggleArrows, { "aria-pressed": "false" });
    this.slopes = button("slopes", "Gradient field: arrows downhill over the plane", hooks.toggleSlopes, { "aria-pressed": "false" });
    this.anatomy = button("anatomy", "What the step is made of, for the chosen optimizer", hooks.toggleAnatomy, { "aria-pressed": "false" });
    this.root = element(
      "div",
      { class: "dl-transport", role: "group", "aria-label": "Playback" },
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
        this.speed,
        this.loop,
        this.arrows,
        this.slopes,
        this.anatomy,
        button("image", "Save this picture as PNG", hooks.savePicture),
      ),
    );
  }

  // What there is no picture of on a line.
  suit(dimensions) {
    this.arrows.hidden = this.slopes.hidden = dimensions === 1;
  }

  show({ playing, step, steps, speed, loop, arrows, slopes, anatomy }) {
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
      this.slider.setAttribute("aria-valuetext", `step ${step} of ${steps}`);
      this.slider.style.setProperty("--part", `${(100 * step) / steps}%`);
      const width = String(steps).length;
      this.counter.textContent = `step ${String(step).padStart(width, "\u2007")} / ${steps}`;
    }
    if (this.speed.value !== String(speed)) this.speed.value = String(speed);
    this.loop.setAttribute("aria-pressed", String(loop));
    this.arrows.setAttribute("aria-pressed", String(arrows));
    this.slopes.setAttribute("aria-pressed", String(slopes));
    this.anatomy.setAttribute("aria-pressed", String(anatomy));
  }
}

export function validSpeed(speed) {
  return SPEEDS.includes(speed) ? speed : 1;
}
