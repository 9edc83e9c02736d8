// Two histograms, the second of which is slid sideways, and how far they are apart by each measure.

import { element } from "../shared/dom.js";
import { listen } from "../shared/failure.js";
import { formatNumber } from "../shared/numbers.js";
import { SvgPlot } from "../shared/plot.js";
import { saveCsv } from "../shared/save.js";
import { saveButtons, savePlots, tableOf } from "../shared/sheet.js";
import { StopSlider } from "../shared/stop_slider.js";

const HIGHEST = 6.5; // of the distances that are drawn; KL goes far beyond
const STEEPEST = 3.2;

// Both corners of every bin, so that a line through them has the shape of bars.
function steps(middles, heights) {
  const half = (middles[1] - middles[0]) / 2;
  return [middles.flatMap((x) => [x - half, x + half]), [...heights].flatMap((height) => [height, height])];
}

export class Apart {
  constructor(root, hooks) {
    Object.assign(this, { root, hooks, grabbed: null });
    this.plot = new SvgPlot("Histograms P and Q", ["x", "probability of a bin"]);
    this.values = new SvgPlot("Each distance by the shift", ["shift of Q", "distance"]);
    this.slopes = new SvgPlot("Slope of each distance by the shift", ["shift of Q", "slope"]);
    this.slider = new StopSlider("shift", "Shift of Q", () => this.draw(), (changes) => this.hooks.onSet?.(changes));
    this.table = element("table", { class: "dz-table" });
    this.stage = element("div", { class: "dz-stage dz-slides" }, this.plot.root);
    root.replaceChildren(
      element("div", { class: "dz-row" }, element("div", { class: "dz-main" }, this.stage, this.slider.root), element("div", { class: "dz-side" }, this.values.root, this.slopes.root)),
      element("div", { class: "dz-bar" }, this.table, saveButtons((kind) => this.save(kind))),
    );
    listen(this.stage, "pointerdown", (event) => this.grab(event));
    listen(this.stage, "pointermove", (event) => this.grabbed && this.carry(event));
    listen(this.stage, "pointerup", () => this.drop());
    listen(this.stage, "pointercancel", () => this.drop());
  }

  show({ header, column }) {
    this.header = header;
    Object.assign(this, { p: column(header.p), q: column(header.q) });
    this.lines = header.distances.map((each) => ({ ...each, values: column(each.values), slopes: column(each.slopes) }));
    this.slider.take(header.shifts, header.at, this.grabbed !== null);
  }

  get at() {
    return this.slider.at;
  }

  // ---- the hand -------------------------------------------------------------------------------------------------------

  grab(event) {
    if (event.button) return;
    this.stage.setPointerCapture(event.pointerId);
    this.grabbed = { x: this.plot.valuesAt(event)[0], at: this.at };
  }

  carry(event) {
    const { shifts } = this.header;
    const moved = (this.plot.valuesAt(event)[0] - this.grabbed.x) / (shifts[1] - shifts[0]);
    this.slider.move(this.grabbed.at + Math.round(moved));
  }

  drop() {
    const begun = this.grabbed?.at;
    this.grabbed = null;
    if (begun !== undefined && begun !== this.at) this.slider.tell();
  }

  // ---- drawing --------------------------------------------------------------------------------------------------------

  layout(look, width, wide) {
    const { middles, shifts } = this.header;
    const own = wide ? Math.floor(0.58 * width) - 8 : width;
    const beside = wide ? width - own - 20 : width;
    this.look = look;
    this.color = (each) => each.colors[look.dark ? 1 : 0];
    const most = 1.12 * Math.max(...this.p, ...this.q);
    this.plot.frame(look, own, wide ? 380 : 280, [middles[0], middles.at(-1)], [0, most]);
    const ends = [shifts[0], shifts.at(-1)];
    this.values.frame(look, beside, wide ? 220 : 220, ends, [0, HIGHEST]);
    this.slopes.frame(look, beside, wide ? 190 : 190, ends, [-STEEPEST, STEEPEST]);
    this.draw();
  }

  get heights() {
    const bins = this.header.middles.length;
    return this.q.subarray(this.at * bins, (this.at + 1) * bins);
  }

  draw() {
    const { header, look, plot, at } = this;
    const ink = look.dark ? 1 : 0;
    const areas = [["p", this.p, "P"], ["q", this.heights, "Q"]].map(([key, heights]) => {
      const color = header.colors[key][ink];
      const [xs, ys] = steps(header.middles, heights);
      return plot.line([xs[0], ...xs, xs.at(-1)], [0, ...ys, 0], { stroke: color, fill: color, "fill-opacity": 0.32, "data-part": key });
    });
    const peak = (heights) => header.middles[heights.indexOf(Math.max(...heights))];
    const names = [["P", this.p], ["Q", this.heights]].map(([name, heights]) =>
      plot.text(name, plot.toX(peak(heights)), plot.toY(Math.max(...heights)) - 4, "middle", 1.3 * plot.small, look.text),
    );
    plot.front.replaceChildren(...areas, ...names);
    this.drawLines(this.values, "values");
    this.drawLines(this.slopes, "slopes");
    this.table.replaceChildren(...tableOf(["Distance", "value", "slope"], this.rows(at), this.lines.map((each) => ({ color: this.color(each), dash: each.dash }))));
  }

  rows(at) {
    return this.lines.map(({ name, values, slopes }) => {
      const infinite = Number.isNaN(values[at]);
      const slope = Math.abs(slopes[at]) < 1e-7 ? 0 : slopes[at];
      return [name, infinite ? "∞" : formatNumber(values[at]), infinite ? "none" : formatNumber(slope)];
    });
  }

  drawLines(plot, what) {
    const { shifts } = this.header;
    const here = shifts[this.at];
    const { top, bottom } = plot.box;
    const marks = [plot.rule(plot.toX(here), top, plot.toX(here), bottom, this.look.muted, "2 3")];
    if (what === "slopes") marks.push(plot.rule(plot.box.left, plot.toY(0), plot.box.right, plot.toY(0), this.look.muted));
    for (const line of this.lines) {
      const ys = [...line[what]];
      marks.push(plot.line(shifts, ys, { stroke: this.color(line), "stroke-dasharray": line.dash.join(" ") || "none", "data-distance": line.key }));
      if (Number.isFinite(ys[this.at])) marks.push(plot.dot(here, ys[this.at], 4.5, { fill: this.color(line), stroke: this.look.background }));
    }
    plot.front.replaceChildren(...marks);
  }

  save(kind) {
    if (kind !== "csv") {
      savePlots("distances", kind, [[this.plot, this.values, this.slopes]], this.look);
      return;
    }
    const head = ["shift", ...this.lines.flatMap(({ name }) => [name, `${name} slope`])];
    const cell = (value) => (Number.isNaN(value) ? "" : value);
    const rows = this.header.shifts.map((shift, i) => [shift, ...this.lines.flatMap(({ values, slopes }) => [Number.isNaN(values[i]) ? "inf" : values[i], cell(slopes[i])])]);
    saveCsv("distances", [head, ...rows]);
  }

  destroy() {}
}
