// Gradient descent without L2 and with it: the length of the weights, the loss and the direction, by step.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { SvgPlot } from "../shared/plot.js";
import { tableOf } from "../shared/sheet.js";
import { StopSlider } from "../shared/stop_slider.js";
import { takeButtons } from "./take.js";

const LANES = [{ dash: [] }, { dash: [8, 4] }];

export class Growth {
  constructor(root, hooks) {
    Object.assign(this, { root, hooks, name: "growth" });
    this.length = new SvgPlot("Length of the weights by step", ["step", "|w|"]);
    this.loss = new SvgPlot("Cross-entropy by step", ["step", "cross-entropy"]);
    this.angle = new SvgPlot("Angle to the widest margin by step", ["step", "angle to the widest margin (°)"]);
    this.slider = new StopSlider("decay", "λ of L2", () => this.draw(), (changes) => this.hooks.onSet?.(changes));
    this.row = element("div", { class: "dz-row" });
    this.result = element("table", { class: "dz-table" });
    root.replaceChildren(this.slider.root, this.row, element("div", { class: "dz-bar" }, this.result, takeButtons(this)));
  }

  show({ header, column }) {
    this.header = header;
    this.steps = [...column(header.steps)];
    const lanes = (names) => names && names.map((each) => [...column(each)]);
    Object.assign(this, { lengths: lanes(header.lengths), losses: lanes(header.losses), angles: lanes(header.angles) });
    this.plots = this.angles ? [this.length, this.loss, this.angle] : [this.length, this.loss];
    this.row.replaceChildren(...this.plots.map((plot) => plot.root));
    this.slider.take(header.decays, header.at);
  }

  layout(look, width, wide) {
    this.look = look;
    const count = this.plots.length;
    const own = wide ? Math.floor((width - 16 * (count - 1)) / count) : width;
    const height = wide ? 330 : 240;
    const ends = [1, this.steps.at(-1)];
    const top = 1.06 * Math.max(...this.lengths[0]);
    const losses = this.losses.flat();
    this.length.frame(look, own, height, ends, [0, top], ["log", "linear"]);
    this.loss.frame(look, own, height, ends, [0.7 * Math.min(...losses), 1.4 * Math.max(...losses)], ["log", "log"]);
    if (this.angles) this.angle.frame(look, own, height, ends, [0, 1.06 * Math.max(...this.angles.flat())], ["log", "linear"]);
    this.draw();
  }

  color(lane) {
    return this.header.colors[lane][this.look.dark ? 1 : 0];
  }

  draw() {
    const { look, header, steps } = this;
    const at = this.slider.at;
    const shown = [0, at];
    const both = (plot, curves) =>
      shown.map((place, lane) => plot.line(steps, curves[place], { stroke: this.color(lane), "stroke-width": 2.6, "stroke-dasharray": LANES[lane].dash.join(" ") || "none", "data-lane": lane ? "held" : "free" }));
    const theory = [];
    if (header.margin) {
      // In the end a line of this slope: it is laid through the last point.
      const last = this.lengths[0].at(-1);
      const line = steps.map((step) => last + Math.log(step / steps.at(-1)) / header.margin);
      theory.push(this.length.line(steps, line.map((value) => (value < 0 ? NaN : value)), { stroke: look.muted, "stroke-width": 1.6, "stroke-dasharray": "2 3", "data-lane": "theory" }));
    }
    this.length.front.replaceChildren(...theory, ...both(this.length, this.lengths));
    this.loss.front.replaceChildren(...both(this.loss, this.losses));
    if (this.angles) this.angle.front.replaceChildren(...both(this.angle, this.angles));
    const rows = shown.map((place, lane) => [
      lane ? `With λ = ${formatNumber(header.decays[place])}` : "Without L2",
      formatNumber(this.lengths[place].at(-1)),
      formatNumber(this.losses[place].at(-1)),
      ...(this.angles ? [`${formatNumber(this.angles[place].at(-1))}°`] : []),
    ]);
    const lines = shown.map((_, lane) => ({ color: this.color(lane), dash: LANES[lane].dash }));
    if (header.margin) {
      rows.push(["In the end: ln t / margin", "", "", ""]);
      lines.push({ color: look.muted, dash: [2, 3] });
    }
    const head = [`After ${formatNumber(steps.at(-1), 6)} steps`, "|w|", "cross-entropy", ...(this.angles ? ["angle"] : [])];
    this.result.replaceChildren(...tableOf(head, rows, lines));
  }

  get charts() {
    return [this.plots];
  }

  get table() {
    const { header, steps } = this;
    const shown = [0, this.slider.at];
    const head = ["step", ...shown.flatMap((place) => ["length", "cross-entropy", ...(this.angles ? ["angle"] : [])].map((what) => `${what}, lambda ${header.decays[place]}`))];
    const rows = steps.map((step, i) => [step, ...shown.flatMap((place) => [this.lengths[place][i], this.losses[place][i], ...(this.angles ? [this.angles[place][i]] : [])])]);
    return [head, ...rows];
  }

  destroy() {}
}
