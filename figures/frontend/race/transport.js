// The bar under the picture: play, step, scrub, speed, loop, arrows, picture file.

import { button, element, fillMenu, menu } from "../shared/dom.js";
import { Playhead } from "../shared/playhead.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

export class Transport {
  constructor(hooks) {
    this.head = new Playhead(hooks, "Step");
    this.speed = menu("Speed", () => hooks.setSpeed(Number(this.speed.value)));
    fillMenu(this.speed, SPEEDS.map((speed) => [String(speed), `${speed}×`]), "1");
    this.loop = button("loop", "Loop", hooks.toggleLoop, { "aria-pressed": "false" });
    this.arrows = button("arrows", "Arrows: gradient, momentum, step", hooks.toggleArrows, { "aria-pressed": "false" });
    this.slopes = button("slopes", "Gradient field: arrows downhill over the plane", hooks.toggleSlopes, { "aria-pressed": "false" });
    this.anatomy = button("anatomy", "What the step is made of, for the chosen optimizer", hooks.toggleAnatomy, { "aria-pressed": "false" });
    this.root = element(
      "div",
      { class: "dl-transport", role: "group", "aria-label": "Playback" },
      this.head.keys,
      this.head.slider,
      this.head.counter,
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
    this.head.show({ playing, step, steps });
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
