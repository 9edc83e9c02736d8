// The bar under the graph: play, step, scrub, save.

import { button, element } from "../shared/dom.js";
import { Playhead } from "../shared/playhead.js";

export class WalkBar {
  // hooks: first, back, toggle, forward, last, scrub(step), save(kind).
  constructor(hooks) {
    this.head = new Playhead(hooks, "Step of the walk");
    this.root = element(
      "div",
      { class: "dl-transport", role: "group", "aria-label": "Walk through the graph" },
      this.head.keys,
      this.head.slider,
      this.head.counter,
      element(
        "div",
        { class: "dl-keys" },
        button("image", "Save this picture as PNG", () => hooks.save("png")),
        element("button", { type: "button", class: "dl-tab", "aria-label": "Save this picture as SVG", onclick: () => hooks.save("svg") }, "SVG"),
      ),
    );
  }

  show(state) {
    this.head.show(state);
  }
}
