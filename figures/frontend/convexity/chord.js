// Two losses over the same weights, the segment from A to B on both, and along it: the loss with its chord, and the
// smallest eigenvalue of the Hessian. Everything along the segment comes from the surfaces' own programs.

import { compileRows } from "../race/program.js";
import { element, svg } from "../shared/dom.js";
import { Echo } from "../shared/echo.js";
import { guard, listen } from "../shared/failure.js";
import { clamp, formatNumber } from "../shared/numbers.js";
import { SvgPlot } from "../shared/plot.js";
import { bandPath, ColorStrip } from "./bands.js";
import { takeButtons } from "./take.js";

const REST = 450; // milliseconds after which what the keys have moved counts as let go
const ROUNDING = 1e-12;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const SMALL = 0.1;
const NAMES = ["A", "B"];

const round = (value, reach) => clamp(Math.round(value / SMALL) * SMALL, -reach, reach);

function smallestEigenvalue(dxx, dxy, dyy) {
  return (dxx + dyy) / 2 - Math.hypot((dxx - dyy) / 2, dxy);
}

// Both tests in words.
function verdict({ above, lowest }) {
  const chord = above ? `Above its chord by up to ${formatNumber(above)}` : "Never above its chord";
  const curved = lowest < 0 ? `eigenvalue down to ${formatNumber(lowest)}` : "no negative eigenvalue";
  return `${chord}, ${curved}: ${above || lowest < 0 ? "not convex." : "convex on this way."}`;
}

export class Chord {
  constructor(root, hooks) {
    Object.assign(this, { root, hooks, echo: new Echo(), held: null, moved: false, timer: null, name: "chord" });
    this.columns = [0, 1].map((k) => {
      const map = new SvgPlot("The loss over both weights, with the segment from A to B", ["", ""]);
      const along = new SvgPlot("The loss along the segment and its chord", ["part of the way from A to B", "loss"]);
      const curvature = new SvgPlot("The smallest eigenvalue of the Hessian along the segment", ["part of the way from A to B", "smallest eigenvalue"]);
      const handles = NAMES.map((name) => element("button", { type: "button", class: "dz-handle", "data-end": name }));
      const stage = element("div", { class: "dz-stage" }, map.root, ...handles);
      const title = element("div", { class: "dz-title" });
      const told = element("div", { class: "dz-words" });
      const field = svg("g", { "clip-path": `url(#${map.clip})` });
      map.root.insertBefore(field, map.front);
      listen(stage, "pointerdown", (event) => this.grab(event, k));
      listen(stage, "pointermove", (event) => this.held && this.carry(event, k));
      listen(stage, "pointerup", () => this.drop());
      listen(stage, "pointercancel", () => this.drop());
      handles.forEach((handle, end) => {
        listen(handle, "keydown", (event) => this.key(event, end));
        listen(handle, "blur", () => this.timer && this.drop());
      });
      return { map, along, curvature, handles, stage, title, told, field, root: element("div", { class: "dz-half" }, title, told, stage, along.root, curvature.root) };
    });
    this.strip = new ColorStrip();
    root.replaceChildren(
      element("div", { class: "dz-row" }, ...this.columns.map((column) => column.root)),
      this.strip.root,
      element("div", { class: "dz-bar" }, element("span", {}, "Orange: above the chord, or curved downward."), takeButtons(this)),
    );
  }

  show({ header, column }) {
    this.header = header;
    this.readers = header.surfaces.map(({ codes }) => [codes.value, codes.hessian].map((code) => compileRows(code, header.samples, header.rows)));
    this.bands = header.surfaces.map(({ bands }) => bands.map(({ points, starts }) => ({ points: column(points), starts })));
    this.columns.forEach(({ map, title }, k) => {
      map.titles = header.weights;
      title.textContent = header.surfaces[k].name;
    });
    const old = this.echo.isOld(header.at);
    if (!this.ends || (!this.held && !this.timer && !old)) this.ends = [header.at.slice(0, 2), header.at.slice(2)];
  }

  // ---- the hand -------------------------------------------------------------------------------------------------------

  grab(event, k) {
    const column = this.columns[k];
    const end = column.handles.indexOf(event.target);
    if (event.button || (end < 0 && event.pointerType !== "mouse")) return; // beside them a finger scrolls
    event.preventDefault();
    const at = column.map.valuesAt(event);
    const far = this.ends.map(([x, y]) => Math.hypot(x - at[0], y - at[1]));
    this.held = { end: end < 0 ? Number(far[1] < far[0]) : end };
    column.handles[this.held.end].focus({ preventScroll: true });
    column.stage.setPointerCapture(event.pointerId);
    this.carry(event, k);
  }

  carry(event, k) {
    this.place(this.held.end, this.columns[k].map.valuesAt(event));
  }

  drop() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.held && !this.moved) return;
    this.held = null;
    this.moved = false;
    const at = this.ends.flat();
    this.echo.tell(at);
    this.hooks.onSet?.(Object.fromEntries(this.header.names.map((name, i) => [name, at[i]])));
  }

  key(event, end) {
    const step = KEYS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 * SMALL : 2 * SMALL;
    this.place(end, this.ends[end].map((each, i) => each + size * step[i]));
    this.moved = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(guard(this.root, () => this.drop()), REST);
  }

  place(end, at) {
    this.ends[end] = at.map((each) => Number(round(each, this.header.reach).toFixed(1)));
    this.draw();
  }

  // ---- what is true along the segment ---------------------------------------------------------------------------------

  // Of each loss, at every sample: value, chord and smallest eigenvalue; and the most above the chord, where, and the
  // lowest eigenvalue.
  get alongs() {
    const [[ax, ay], [bx, by]] = this.ends;
    const count = this.header.samples;
    const parts = Array.from({ length: count }, (_, i) => i / (count - 1));
    const [xs, ys] = [parts.map((part) => ax + part * (bx - ax)), parts.map((part) => ay + part * (by - ay))];
    return this.readers.map(([valueOf, hessianOf]) => {
      const values = [...valueOf(xs, ys)[0]];
      const [dxx, dxy, dyy] = hessianOf(xs, ys);
      const smallest = parts.map((_, i) => smallestEigenvalue(dxx[i], dxy[i], dyy[i]));
      const chord = parts.map((part) => (1 - part) * values[0] + part * values.at(-1));
      const gaps = values.map((value, i) => value - chord[i]);
      const most = Math.max(...gaps);
      const real = most > ROUNDING * (1 + Math.max(...chord.map(Math.abs)));
      const lowest = Math.min(...smallest);
      return { parts, values, chord, smallest, gaps, above: real ? most : 0, at: parts[gaps.indexOf(most)], lowest: Math.abs(lowest) > ROUNDING ? lowest : 0 };
    });
  }

  // ---- drawing --------------------------------------------------------------------------------------------------------

  layout(look, width, wide) {
    const { reach, levels, colors } = this.header;
    const own = wide ? Math.floor((width - 16) / 2) : width;
    this.look = look;
    const larger = Math.min(1.4, parseFloat(look.font(11).split(" ")[1]) / 11); // in a presentation
    this.heights = [250, wide ? 155 : 180, wide ? 135 : 150].map((height) => Math.round(larger * height));
    const inks = colors[look.dark ? 1 : 0];
    const ends = [-reach, reach];
    this.columns.forEach(({ map, field }, k) => {
      map.frame(look, own, this.heights[0], ends, ends);
      field.replaceChildren(...this.bands[k].map((band, i) => bandPath(map, band, inks[i], look.halo)));
    });
    this.strip.frame(look, width, "loss (both)", levels, inks);
    this.own = own;
    this.draw();
  }

  draw() {
    const alongs = this.alongs;
    alongs.forEach((along, k) => {
      this.drawMap(this.columns[k], along, k);
      this.drawAlong(this.columns[k].along, along, k);
      this.drawCurvature(this.columns[k].curvature, along, k);
      this.columns[k].told.textContent = verdict(along);
    });
    this.last = alongs;
  }

  color(k) {
    return this.header.surfaces[k].colors[this.look.dark ? 1 : 0];
  }

  drawMap({ map, handles }, along, k) {
    const { look } = this;
    const xs = along.parts.map((part) => this.ends[0][0] + part * (this.ends[1][0] - this.ends[0][0]));
    const ys = along.parts.map((part) => this.ends[0][1] + part * (this.ends[1][1] - this.ends[0][1]));
    const marks = [
      map.line(xs, ys, { stroke: look.paper, "stroke-width": 5 }),
      map.line(xs, ys, { stroke: look.ink, "stroke-width": 2 }),
    ];
    if (along.above) {
      const above = ys.map((y, i) => (along.gaps[i] > 0 ? y : NaN));
      marks.push(map.line(xs, above, { stroke: look.paper, "stroke-width": 7 }), map.line(xs, above, { stroke: this.header.alarm[0], "stroke-width": 4.5, "data-above": this.header.surfaces[k].key }));
    }
    this.ends.forEach(([x, y], end) => {
      marks.push(map.dot(x, y, 10, { fill: look.ink, stroke: look.paper, "stroke-width": 2 }));
      const letter = map.text(NAMES[end], map.toX(x), map.toY(y) + 0.36 * map.small, "middle", map.small, look.paper);
      letter.setAttribute("font-weight", 700);
      marks.push(letter);
      const handle = handles[end];
      handle.style.left = `${(100 * map.toX(x)) / map.width}%`;
      handle.style.top = `${map.toY(y)}px`;
      const told = along.above ? `stands above its chord by up to ${formatNumber(along.above)}` : "never stands above its chord";
      handle.setAttribute("aria-label", `End ${NAMES[end]} at ${formatNumber(x)}, ${formatNumber(y)}; ${this.header.surfaces[k].name} ${told}. Arrow keys move it.`);
    });
    map.front.replaceChildren(...marks);
  }

  drawAlong(plot, { parts, values, chord, gaps, above }, k) {
    const { look } = this;
    const [low, high] = [Math.min(...values, ...chord), Math.max(...values, ...chord)];
    const margin = 0.08 * (high - low || 1);
    plot.frame(look, this.own, this.heights[1], [0, 1], [low - margin, high + margin]);
    const marks = [];
    if (above) marks.push(...this.areas(plot, parts, values, chord, gaps.map((gap) => gap > 0)));
    marks.push(
      plot.line([0, 1], [chord[0], chord.at(-1)], { stroke: look.text, "stroke-width": 1.6, "stroke-dasharray": "6 4", "data-line": "chord" }),
      plot.line(parts, values, { stroke: this.color(k), "stroke-width": 2.6, "data-line": "loss" }),
    );
    [0, 1].forEach((part) => {
      marks.push(plot.dot(part, part ? values.at(-1) : values[0], 4.5, { fill: look.text, stroke: look.background }));
    });
    plot.front.replaceChildren(...marks);
  }

  drawCurvature(plot, { parts, smallest }, k) {
    const { look } = this;
    const [low, high] = [Math.min(0, ...smallest), Math.max(0, ...smallest)];
    const margin = 0.1 * Math.max(high - low, 1e-3);
    plot.frame(look, this.own, this.heights[2], [0, 1], [low - margin, high + margin]);
    const zero = parts.map(() => 0);
    plot.front.replaceChildren(
      ...this.areas(plot, parts, smallest, zero, smallest.map((value) => value < 0)),
      plot.rule(plot.box.left, plot.toY(0), plot.box.right, plot.toY(0), look.text),
      plot.line(parts, smallest, { stroke: this.color(k), "data-line": "smallest" }),
    );
  }

  // Between two curves, wherever a sample says so.
  areas(plot, xs, upper, lower, inside) {
    const made = [];
    let first = -1;
    inside.forEach((is, i) => {
      if (is && first < 0) first = i;
      if (first >= 0 && (!is || i === inside.length - 1)) {
        const [from, to] = [Math.max(0, first - 1), i];
        const row = (curve) => xs.slice(from, to + 1).map((x, j) => `${plot.toX(x).toFixed(1)} ${plot.toY(curve[from + j]).toFixed(1)}`);
        const path = `M${[...row(upper), ...row(lower).reverse()].join("L")}Z`;
        made.push(svg("path", { d: path, fill: this.header.alarm[this.look.dark ? 1 : 0], "fill-opacity": 0.4, "data-area": "" }));
        first = -1;
      }
    });
    return made;
  }

  // ---- files ----------------------------------------------------------------------------------------------------------

  get charts() {
    return [this.columns.map(({ map }) => map), this.columns.map(({ along }) => along), this.columns.map(({ curvature }) => curvature), [this.strip]];
  }

  get table() {
    const [[ax, ay], [bx, by]] = this.ends;
    const head = ["part", ...this.header.weights, ...this.header.surfaces.flatMap(({ name }) => [name, `${name} chord`, `${name} smallest eigenvalue`])];
    const rows = this.last[0].parts.map((part, i) => [part, ax + part * (bx - ax), ay + part * (by - ay), ...this.last.flatMap(({ values, chord, smallest }) => [values[i], chord[i], smallest[i]])]);
    return [head, ...rows];
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
