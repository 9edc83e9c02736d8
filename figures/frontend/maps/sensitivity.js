// One line a rule: the value at the end of the budget against 64 rates. A flat line forgives a wrong rate.

import { drawAxes, keepApart, strokeCurve } from "../shared/axes.js";
import { element, readLook } from "../shared/dom.js";
import { guard, listen } from "../shared/failure.js";
import { clamp, formatNumber, makeScale } from "../shared/numbers.js";
import { saveCsv } from "../shared/save.js";
import { along, partOf } from "./samples.js";
import { pictureWidth, savePng, saveSvg, takeAway } from "./take.js";

const COLUMNS = 64;
const LOWEST = 1e-12; // of the first height: below it a line runs along the edge
const LABELS = 100;
const NOBODY = ""; // the name of a second axis that nothing depends on

export class Sensitivity {
  constructor(root, crew, hooks) {
    Object.assign(this, { root, crew, hooks, lines: [], hovered: null });
    this.canvas = element("canvas", { class: "dm-chart", role: "img" });
    this.plotHost = element("div", { class: "dm-plot" }, this.canvas);
    this.readout = element("div", { class: "dm-readout" });
    this.legend = element("div", { class: "dm-legend", role: "status" });
    this.notes = element("div", { class: "dm-notes" });
    this.progress = element("span", { class: "dm-progress" });
    root.replaceChildren(this.plotHost, element("div", { class: "dm-bar" }, this.readout, takeAway((what) => this.takeAway(what))), this.notes, this.legend);
    listen(this.canvas, "pointermove", (event) => this.hover(event));
    listen(this.canvas, "pointerleave", () => this.hover(null));
    this.observer = new ResizeObserver(guard(root, () => this.relayout()));
    this.observer.observe(root);
    listen(root, "transitionend", (event) => event.target === root && this.restyle());
  }

  show(header) {
    this.header = header;
    this.look = readLook(this.root);
    this.canvas.setAttribute("aria-label", "Value at the end against the rate, one line a rule; the table below has the numbers.");
    this.notes.replaceChildren(this.progress, ...header.notes.map((note) => element("span", {}, note)));
    const key = JSON.stringify([header.surface, header.rules.map(({ computed, ...own }) => own), header.starts, header.goal, header.steps]);
    this.relayout();
    if (key !== this.key) {
      this.key = key;
      for (const { name } of this.lines) this.crew.stop(name);
      this.lines = header.rules.map((rule) => ({ rule, name: `line ${rule.key}`, kind: null, number: null, value: null }));
      for (const line of this.lines) if (line.rule.program) this.compute(line);
    }
    header.rules.forEach(({ computed }, i) => {
      if (computed?.kind) this.take(this.lines[i], computed);
    });
    this.tell();
  }

  compute(line) {
    const { header } = this;
    const { rule } = line;
    const { value, gradient, hessian, rows } = header.surface;
    const sheet = {
      program: rule.program,
      surface: { value, gradient, hessian, rows },
      moving: true,
      inputs: rule.program.inputs,
      steps: header.steps,
      axes: [rule.axis, { name: NOBODY, low: 0, high: 1, log: false }],
      starts: header.starts,
      goal: { ...header.goal, lowest: header.goal.lowest ?? NaN, window: header.window },
      rows: 1,
      cost: (header.steps / 500) * header.starts.length,
    };
    this.crew.compute(line.name, sheet, COLUMNS, [1], {
      piece: (samples, data) => {
        Object.assign(line, { kind: data.kind, number: data.number, value: data.value });
        this.tell();
      },
    });
  }

  // What the server has computed of a rule that has no program; a single sample stands for all of a flat line.
  take(line, { lowest, kind, number, value }) {
    const all = (numbers, from = 0) => Float64Array.from({ length: COLUMNS }, (_, p) => numbers[numbers.length > 1 ? p : 0] + from);
    Object.assign(line, { kind: all(kind, lowest), number: all(number, lowest), value: all(value) });
  }

  tell() {
    this.plotHost.dataset.lines = String(this.lines.filter(({ kind }) => kind).length);
    this.wake();
    if (this.lines.every(({ kind }) => kind)) this.showLegend();
    else this.legend.replaceChildren();
    const open = this.lines.filter(({ kind }) => !kind).map(({ rule }) => rule.label);
    this.progress.textContent = open.length ? `Computing ${open.join(", ")}` : "";
  }

  above(line, p) {
    const { lowest } = this.header.goal;
    const value = line.value[p];
    return Number.isFinite(value) ? (lowest === null ? value : Math.max(value - lowest, LOWEST * this.header.first)) : NaN;
  }

  // Whether all lines are of learning rates.
  get everyRate() {
    return this.lines.every(({ rule }) => rule.axis.name === "lr");
  }

  // A rule and the number that its line varies, where that is no rate.
  title({ rule: { label, axis } }) {
    return this.everyRate || !axis.words ? label : `${label}, ${axis.words}`;
  }

  rate(line, p) {
    return along(line.rule.axis, (p + 0.5) / COLUMNS);
  }

  plotIn(left, top, width, height) {
    const { first, goal } = this.header;
    const known = goal.lowest !== null;
    const all = this.lines.filter(({ kind }) => kind).flatMap((line) => Array.from({ length: COLUMNS }, (_, p) => this.above(line, p))).filter((value) => Number.isFinite(value) && Math.abs(value) < 1e12);
    const low = known ? Math.max(LOWEST * first, Math.min(...all, first) / 2) : Math.min(...all, 0);
    const high = known ? 100 * first : Math.min(Math.max(...all, 1), 1e6);
    const ends = this.lines.map(({ rule }) => rule.axis);
    const xScale = makeScale("log", Math.min(...ends.map((axis) => axis.low)), Math.max(...ends.map((axis) => axis.high)));
    const yScale = makeScale(known ? "log" : "linear", low, high > low ? high : low + 1);
    const inner = { left: left + 58, top: top + 6, width: width - 58 - LABELS, height: height - 46 };
    return {
      ...inner,
      xScale,
      yScale,
      xTitle: this.everyRate ? "learning rate" : "learning rate, or the number beside the rule",
      yTitle: known ? "value above the minimum at the end" : "value at the end",
      toX: (value) => inner.left + xScale.at(value) * inner.width,
      toY: (value) => inner.top + (1 - clamp(yScale.at(value), 0, 1)) * inner.height,
    };
  }

  drawIn(context, look, plot) {
    drawAxes(context, look, plot);
    const ends = [];
    const shown = this.lines.filter(({ kind }) => kind);
    const order = [...shown].sort((one, other) => Number(one.rule.label === this.hovered) - Number(other.rule.label === this.hovered));
    for (const line of order) {
      const { rule } = line;
      context.strokeStyle = rule.colors[look.dark ? 1 : 0];
      context.lineWidth = rule.label === this.hovered ? 3.4 : 2;
      context.setLineDash(rule.dash);
      const points = [];
      for (let p = 0; p < COLUMNS; p += 1) {
        const height = this.above(line, p);
        points.push(plot.toX(this.rate(line, p)), Number.isFinite(height) ? plot.toY(height) : plot.top);
      }
      strokeCurve(context, points);
      context.setLineDash([]);
      const lowest = points.filter((_, i) => i % 2).reduce((best, y, i, all) => (y > all[best] ? i : best), 0);
      ends.push({ line, x: points[2 * lowest], y: points[2 * lowest + 1], from: [points[2 * lowest], points[2 * lowest + 1]] });
    }
    context.font = look.font(12, 600);
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { line, at } of keepApart(ends.map((end) => ({ ...end })), plot.top + 6, plot.top + plot.height - 6)) {
      const x = plot.left + plot.width + 8;
      context.strokeStyle = line.rule.colors[look.dark ? 1 : 0];
      context.lineWidth = 2.4;
      context.setLineDash(line.rule.dash);
      context.beginPath();
      context.moveTo(x, at);
      context.lineTo(x + 16, at);
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = look.text;
      context.fillText(line.rule.short, x + 20, at);
    }
  }

  wake() {
    this.frame ||= requestAnimationFrame(
      guard(this.root, () => {
        this.frame = null;
        const context = this.canvas.getContext("2d");
        context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
        context.clearRect(0, 0, this.width, this.height);
        this.drawIn(context, this.look, this.plotIn(0, 0, this.width, this.height));
      }),
    );
  }

  // All of it, where the browser has lost what was drawn.
  repaint() {
    this.relayout();
  }

  relayout() {
    const width = this.root.clientWidth;
    if (!this.header || !width) return;
    this.ratio = Math.max(1, window.devicePixelRatio || 1);
    this.width = width;
    this.height = clamp(0.56 * width, 300, Math.max(300, window.innerHeight - 330));
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${this.height}px`;
    this.wake();
  }

  restyle() {
    if (!this.header) return;
    this.look = readLook(this.root);
    if (this.lines.every(({ kind }) => kind)) this.showLegend();
    this.wake();
  }

  hover(event) {
    const plot = this.plotIn(0, 0, this.width, this.height);
    const shown = this.lines.filter(({ kind }) => kind);
    let text = "";
    this.hovered = null;
    if (event && shown.length) {
      const box = this.canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      let nearest = Infinity;
      for (const line of shown) {
        const rate = plot.xScale.invert(clamp((x - plot.left) / plot.width, 0, 1));
        const p = clamp(Math.round(partOf(line.rule.axis, rate) * COLUMNS - 0.5), 0, COLUMNS - 1);
        const height = this.above(line, p);
        const away = Math.abs((Number.isFinite(height) ? plot.toY(height) : plot.top) - y);
        if (away >= nearest) continue;
        nearest = away;
        this.hovered = line.rule.label;
        const at = line.rule.axis.words ? ` at ${line.rule.axis.words} ${formatNumber(this.rate(line, p))}` : "";
        text = `${line.rule.label}${at}: ${Number.isFinite(height) ? this.told(height) : "diverges"}`;
      }
    }
    this.readout.textContent = text;
    this.wake();
  }

  // A height in words: the lowest that is drawn stands for all below it.
  told(height) {
    const { lowest } = this.header.goal;
    return `${lowest !== null && height <= LOWEST * this.header.first ? "≤ " : ""}${formatNumber(height)}`;
  }

  // Of a line: its best rate, the height there, and the rates that arrive.
  summary(line) {
    const places = Array.from({ length: COLUMNS }, (_, p) => p);
    const best = places.reduce((one, p) => (this.above(line, p) < this.above(line, one) || Number.isNaN(this.above(line, one)) ? p : one), 0);
    const decades = (places.filter((p) => line.kind[p] === 0).length * Math.log10(line.rule.axis.high / line.rule.axis.low)) / COLUMNS;
    const value = this.told(this.above(line, best));
    if (!line.rule.axis.words) return ["none to choose", value, decades ? "all" : "none"];
    return [formatNumber(this.rate(line, best)), value, decades ? `${decades.toFixed(1)} decades` : "none"];
  }

  showLegend() {
    const head = ["Rule", ...(this.everyRate ? ["Best rate", "Value there", "Rates that converge"] : ["Best number", "Value there", "Numbers that converge"])].map((text) => element("th", { scope: "col" }, text));
    const rows = this.lines.map((line) => {
      const chip = element("i", { class: "dm-chip" });
      const color = line.rule.colors[this.look.dark ? 1 : 0];
      // Two rules may share a color: then one of them is dashed, here as in the picture.
      chip.style.background = line.rule.dash.length ? `repeating-linear-gradient(90deg, ${color} 0 3px, transparent 3px 4.5px)` : color;
      return element("tr", {}, element("th", { scope: "row" }, chip, this.title(line)), ...this.summary(line).map((text) => element("td", {}, text)));
    });
    this.legend.replaceChildren(element("table", {}, element("caption", {}, this.everyRate ? "Who is sensitive to the rate" : "Who is sensitive to its number"), element("tr", {}, ...head), ...rows));
  }

  takeAway(what) {
    if (!this.lines.every(({ kind }) => kind)) return;
    const name = `sensitivity-${this.header.surface.key}`;
    if (what === "csv") {
      const rows = this.lines.flatMap((line) => Array.from({ length: COLUMNS }, (_, p) => [line.rule.label, line.rule.axis.name, line.rule.axis.name ? this.rate(line, p) : "", line.value[p], line.kind[p] === 0 ? line.number[p] : ""]));
      saveCsv(name, [["rule", "number", "its value", "final value", "steps to tolerance"], ...rows]);
      return;
    }
    const high = 0.72 * pictureWidth();
    const panels = [{ title: "", high, draw: (context, x, y, width, height) => this.drawIn(context, this.look, this.plotIn(x, y, width, height)) }];
    const legend = this.lines.map((line) => {
      const [rate, height, decades] = this.summary(line);
      return { color: line.rule.colors[this.look.dark ? 1 : 0], text: `${this.title(line)}: best ${rate}, value there ${height}, converges over ${decades}` };
    });
    const sheet = { title: `Sensitivity to the rate: ${this.header.surface.name}`, panels, legend };
    (what === "png" ? savePng : saveSvg)(name, sheet, this.look);
  }

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    for (const { name } of this.lines) this.crew.stop(name);
  }
}
