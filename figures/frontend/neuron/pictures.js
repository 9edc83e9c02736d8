// What stands beside the map of a neuron's loss: its rows and boundary, and what an answer costs.

import { element } from "../shared/dom.js";
import { listen } from "../shared/failure.js";
import { AnswerPlot } from "./answers.js";
import { DataPlot } from "./data.js";

export class NeuronPictures {
  // hooks: scene() -> what is drawn, null before there is a race; choose(i): row i, counted from 0, was pressed.
  constructor(hooks) {
    this.hooks = hooks;
    this.plots = [0, 1].map(() => element("div", { class: "dl-plot" }));
    this.root = element("div", { class: "dl-charts dl-neuron-pictures" }, ...this.plots.map((plot) => element("div", { class: "dl-panel" }, plot)));
    this.pictures = [new DataPlot(this.plots[0]), new AnswerPlot(this.plots[1])];
    for (const picture of this.pictures) {
      listen(picture.plot.canvas, "pointerdown", (event) => {
        if (event.button !== 0 || !picture.scene) return;
        const row = picture.nearest(event);
        if (row >= 0) this.hooks.choose(row);
      });
    }
  }

  update() {}

  follow() {}

  resize(ratio) {
    for (const picture of this.pictures) picture.resize(ratio);
  }

  draw(position) {
    const scene = this.hooks.scene(position);
    if (scene) for (const picture of this.pictures) if (picture.plot.outerWidth) picture.draw(scene);
  }
}
