// L1 and L2 over a bowl: the shape that touches a contour, or the sum, and the path of the optimum while lambda grows.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { SvgPlot } from "../shared/plot.js";
import { tableOf } from "../shared/sheet.js";
import { StopSlider } from "../shared/stop_slider.js";
import { takeButtons } from "./take.js";

const TURNS = 240; // points of an outline
const LEVELS = [0.03, 0.1, 0.22, 0.4, 0.65, 1, 1.5, 2.2]; // of the height from the lowest place to 0
const DASHES = [[], [8, 4]];
const SUBSCRIPTS = ["₁", "₂"];

// The outline of a convex function around a place where it is lower: along every ray it rises.
function outline(f, [x, y], level) {
  const points = [[], []];
  for (let i = 0; i <= TURNS; i += 1) {
    const [c, s] = [Math.cos((2 * Math.PI * i) / TURNS), Math.sin((2 * Math.PI * i) / TURNS)];
    let far = 1;
    while (f(x + far * c, y + far * s) < level && far < 1e6) far *= 2;
    let near = 0;
    for (let k = 0; k < 40; k += 1) {
      const middle = (near + far) / 2;
      if (f(x + middle * c, y + middle * s) < level) near = middle;
      else far = middle;
    }
    points[0].push(x + near * c);
    points[1].push(y + near * s);
  }
  return points;
}

export class Shapes {
  constructor(root, hooks) {
    Object.assign(this, { root, hooks, name: "penalties" });
    this.plane = new SvgPlot("Contours of the loss, the shape of the penalty, and the optimum", ["", ""]);
    this.path = new SvgPlot("Both weights by lambda", ["λ", "weight"]);
    this.slider = new StopSlider("lambda", "λ", () => this.draw(), (changes) => this.hooks.onSet?.(changes));
    this.result = element("table", { class: "dz-table" });
    this.told = element("div", { class: "dz-words" });
    root.replaceChildren(
      this.slider.root,
      element("div", { class: "dz-row" }, this.plane.root, element("div", { class: "dz-side" }, this.path.root, this.told)),
      element("div", { class: "dz-bar" }, this.result, takeButtons(this)),
    );
  }

  show({ header, column }) {
    this.header = header;
    const flat = column(header.optima);
    this.optima = header.lambdas.map((_, i) => [flat[2 * i], flat[2 * i + 1]]);
    this.plane.titles = header.names.map((name, i) => `w${SUBSCRIPTS[i]}: ${name}`);
    this.slider.take(header.lambdas, header.at);
  }

  // ---- what is minimised ----------------------------------------------------------------------------------------------

  loss(x, y) {
    const { level, slope, curvature } = this.header;
    return level + slope[0] * x + slope[1] * y + (curvature[0] * x * x + 2 * curvature[1] * x * y + curvature[2] * y * y) / 2;
  }

  penalty(x, y) {
    const { mix } = this.header;
    return mix * (Math.abs(x) + Math.abs(y)) + ((1 - mix) * (x * x + y * y)) / 2;
  }

  get here() {
    return this.optima[this.slider.at];
  }

  get radius() {
    return this.penalty(...this.here);
  }

  get shape() {
    const { mix } = this.header;
    if (mix === 0) return `|w| ≤ ${formatNumber(Math.sqrt(2 * this.radius))}`;
    return `${mix === 1 ? "|w₁| + |w₂|" : "the penalty"} ≤ ${formatNumber(this.radius)}`;
  }

  // ---- drawing --------------------------------------------------------------------------------------------------------

  layout(look, width, wide) {
    this.look = look;
    const own = wide ? Math.floor(0.52 * width) : width;
    const beside = wide ? width - own - 16 : width;
    const height = wide ? 400 : Math.min(360, width);
    // The same scale on both axes: a circle is round.
    const [least] = this.optima;
    const reach = 1.5 * Math.max(...least.map(Math.abs));
    this.plane.frame(look, own, height, [-1, 1], [-1, 1]);
    const { left, top, right, bottom } = this.plane.box;
    const each = (2 * reach) / Math.min(bottom - top, right - left);
    const [half, tall] = [(each * (right - left)) / 2, (each * (bottom - top)) / 2];
    const middle = least.map((weight) => 0.35 * weight);
    this.plane.frame(look, own, height, [middle[0] - half, middle[0] + half], [middle[1] - tall, middle[1] + tall]);
    const weights = this.optima.flat();
    const [low, high] = [Math.min(0, ...weights), Math.max(0, ...weights)];
    const margin = 0.07 * (high - low);
    const { lambdas } = this.header;
    this.path.frame(look, beside, wide ? 300 : 250, [lambdas[1] / 1.6, lambdas.at(-1)], [low - margin, high + margin], ["log", "linear"]);
    this.draw();
  }

  color(name) {
    return this.header.colors[name][this.look.dark ? 1 : 0];
  }

  draw() {
    this.drawPlane();
    this.drawPath();
    const { header } = this;
    const lambda = header.lambdas[this.slider.at];
    const rows = this.here.map((weight, i) => [
      `w${SUBSCRIPTS[i]}: ${header.names[i]}`,
      weight === 0 ? "exactly 0" : formatNumber(weight),
      header.zeroFrom[i] === null ? "never" : formatNumber(header.zeroFrom[i]),
    ]);
    const lines = this.here.map((_, i) => ({ color: this.color(i ? "second" : "first"), dash: DASHES[i] }));
    this.result.replaceChildren(...tableOf([`At λ = ${formatNumber(lambda)}`, "weight", "0 from λ ="], rows, lines));
    this.told.textContent = `λ = ${formatNumber(lambda)} belongs to ${this.shape}; mean squared error ${formatNumber(this.loss(...this.here))}.`;
  }

  drawPlane() {
    const { plane, look, header } = this;
    const lambda = header.lambdas[this.slider.at];
    const sum = header.form === "penalty";
    const f = sum ? (x, y) => this.loss(x, y) + lambda * this.penalty(x, y) : (x, y) => this.loss(x, y);
    const lowest = sum ? this.here : this.optima[0];
    const [bottom, top] = [f(...lowest), f(0, 0)];
    const heights = top > bottom ? LEVELS.map((part) => bottom + part * (top - bottom)) : LEVELS.map((part) => bottom + part * header.level);
    const marks = [];
    const { box } = plane;
    for (const height of heights) {
      const [xs, ys] = outline(f, lowest, height);
      marks.push(plane.line(xs, ys, { stroke: look.muted, "stroke-width": 1, "stroke-opacity": 0.75, "data-contour": "" }));
    }
    marks.push(plane.rule(plane.toX(0), box.top, plane.toX(0), box.bottom, look.text), plane.rule(box.left, plane.toY(0), box.right, plane.toY(0), look.text));
    if (!sum) {
      const inside = (x, y) => this.penalty(x, y);
      if (this.radius > 0) {
        const [xs, ys] = outline(inside, [0, 0], this.radius);
        marks.push(plane.line(xs, ys, { stroke: this.color("shape"), fill: this.color("shape"), "fill-opacity": 0.22, "data-shape": "" }));
      }
      const here = this.loss(...this.here);
      if (here > bottom * (1 + 1e-9)) {
        const [xs, ys] = outline(f, lowest, here);
        marks.push(plane.line(xs, ys, { stroke: look.text, "stroke-width": 2.2, "data-touching": "" }));
      }
    }
    const [xs, ys] = [0, 1].map((i) => this.optima.map((weights) => weights[i]));
    marks.push(plane.line(xs, ys, { stroke: this.color("path"), "stroke-width": 2.6, "stroke-dasharray": "2 3", "data-path": "" }));
    marks.push(plane.dot(...this.optima[0], 4.5, { fill: look.background, stroke: look.text, "stroke-width": 1.8 }));
    const words = plane.text("least loss", plane.toX(this.optima[0][0]) + 9, plane.toY(this.optima[0][1]) - 7, "start", plane.small, look.text);
    words.setAttribute("style", `paint-order:stroke;stroke:${look.background};stroke-width:3px`);
    marks.push(words, plane.dot(...this.here, 8, { fill: this.color("path"), stroke: look.background, "stroke-width": 2, "data-optimum": "" }));
    plane.front.replaceChildren(...marks);
  }

  drawPath() {
    const { path, look, header } = this;
    const { lambdas, zeroFrom } = header;
    const [low] = path.x;
    const xs = lambdas.map((lambda) => Math.max(lambda, low)); // 0 has no place on this axis: it stands at its end
    const here = xs[this.slider.at];
    const { top, bottom } = path.box;
    const marks = [path.rule(path.box.left, path.toY(0), path.box.right, path.toY(0), look.text), path.rule(path.toX(here), top, path.toX(here), bottom, look.muted, "2 3")];
    [0, 1].forEach((i) => {
      const color = this.color(i ? "second" : "first");
      // The place where it becomes 0 is known exactly and may lie between two strengths.
      const points = xs.map((x, k) => [x, this.optima[k][i]]);
      const end = zeroFrom[i];
      if (end !== null && end > low && end < xs.at(-1)) points.push([end, 0]);
      points.sort((a, b) => a[0] - b[0]);
      marks.push(path.line(points.map(([x]) => x), points.map(([, y]) => y), { stroke: color, "stroke-width": 2.6, "stroke-dasharray": DASHES[i].join(" ") || "none", "data-weight": i + 1 }));
      if (end !== null && end > low && end < xs.at(-1)) marks.push(path.dot(end, 0, 4.5, { fill: look.background, stroke: color, "stroke-width": 2, "data-zero": i + 1 }));
      marks.push(path.dot(here, this.here[i], 5.5, { fill: color, stroke: look.background, "stroke-width": 1.5 }));
      const above = path.toY(this.optima[0][i]) - 6;
      const y = above - path.small < top ? above + 12 + path.small : above; // below a line that leaves no room above it
      const label = path.text(`w${SUBSCRIPTS[i]}`, path.box.left + 6, y, "start", path.small, color);
      label.setAttribute("font-weight", 700);
      marks.push(label);
    });
    path.front.replaceChildren(...marks);
  }

  get charts() {
    return [[this.plane, this.path]];
  }

  get table() {
    const head = ["lambda", ...this.header.names, "penalty", "mean squared error"];
    return [head, ...this.header.lambdas.map((lambda, i) => [lambda, ...this.optima[i], this.penalty(...this.optima[i]), this.loss(...this.optima[i])])];
  }

  destroy() {}
}
