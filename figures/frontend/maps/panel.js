// One map on the page: a raster of samples that grows finer, its axes, and what is drawn over it.

import { drawAxes } from "../shared/axes.js";
import { element } from "../shared/dom.js";
import { listen } from "../shared/failure.js";
import { clamp, makeScale } from "../shared/numbers.js";
import { along, partOf } from "./samples.js";

export const SIDE = 512; // samples along each axis of the finest map
const NUDGES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Panel {
  // hooks: { label, hover(point or null), pick(point), open(), over(context, panel) }.
  constructor(hooks) {
    this.hooks = hooks;
    this.base = element("canvas", { class: "dm-base" });
    this.top = element("canvas", {
      class: "dm-top",
      tabindex: "0",
      role: "application",
      "aria-roledescription": "map",
      "aria-label": hooks.label,
    });
    this.root = element("div", { class: "dm-plot" }, this.base, this.top);
    this.kind = new Int16Array(SIDE * SIDE);
    this.number = new Float64Array(SIDE * SIDE);
    this.pixels = new ImageData(SIDE, SIDE);
    this.ink = new Uint32Array(this.pixels.data.buffer);
    this.forget();
    this.stride = null; // of the pass that is complete
    listen(this.top, "pointermove", (event) => this.hooks.hover(this.pointOf(event)));
    listen(this.top, "pointerleave", () => this.hooks.hover(null));
    listen(this.top, "click", (event) => {
      const point = this.pointOf(event);
      if (point) this.hooks.pick(point);
    });
    listen(this.top, "dblclick", () => this.hooks.open?.());
    listen(this.top, "keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.key === "Enter") this.hooks.open?.();
    const nudge = NUDGES[event.key];
    if (!nudge || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? 8 : 1;
    const moved = this.axes.map((axis, i) => along(axis, clamp(partOf(axis, this.hooks.picked()[i]) + (nudge[i] * far) / 64, 0.5 / SIDE, 1 - 0.5 / SIDE)));
    this.hooks.pick(moved);
  }

  // axes: [{ title, low, high, log }, ...] of x and y.
  setAxes(axes) {
    this.axes = axes;
  }

  layout(width, height, ratio) {
    Object.assign(this, { width, height, ratio });
    for (const canvas of [this.base, this.top]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.root.style.height = `${height}px`;
  }

  // What was drawn is no longer there.
  forget() {
    this.raster = document.createElement("canvas");
    this.raster.width = this.raster.height = SIDE;
    this.stale = true;
  }

  plotIn(left, top, width, height) {
    const [across, up] = this.axes;
    const [xScale, yScale] = [across, up].map(({ log, low, high }) => makeScale(log ? "log" : "linear", low, high));
    const inner = { left: left + 50, top: top + 6, width: width - 58, height: height - 46 };
    return {
      ...inner,
      xScale,
      yScale,
      xTitle: across.title,
      yTitle: up.title,
      toX: (value) => inner.left + xScale.at(value) * inner.width,
      toY: (value) => inner.top + (1 - yScale.at(value)) * inner.height,
    };
  }

  get plot() {
    return this.plotIn(0, 0, this.width, this.height);
  }

  pointOf(event) {
    const box = this.top.getBoundingClientRect();
    const { left, top, width, height } = this.plot;
    const across = (((event.clientX - box.left) / box.width) * this.width - left) / width;
    const up = 1 - (((event.clientY - box.top) / box.height) * this.height - top) / height;
    if (!(across >= 0 && across <= 1 && up >= 0 && up <= 1)) return null;
    return [along(this.axes[0], across), along(this.axes[1], up)];
  }

  // What is known at a point: { kind, number } of the nearest sample that is complete.
  at([x, y]) {
    if (this.stride === null) return null;
    const nearest = (part) => clamp(Math.round((part * SIDE - 0.5) / this.stride) * this.stride, 0, SIDE - this.stride);
    const sample = nearest(1 - partOf(this.axes[1], y)) * SIDE + nearest(partOf(this.axes[0], x));
    return { kind: this.kind[sample], number: this.number[sample] };
  }

  // ink(kind, number, sample): a color as 0xAABBGGRR.
  take(samples, { kind, number }, stride, ink) {
    const half = stride >> 1;
    samples.forEach((sample, p) => {
      this.kind[sample] = kind[p];
      this.number[sample] = number[p];
      this.block(sample, stride, half, ink(kind[p], number[p], sample));
    });
    this.stale = true;
  }

  // The square around a sample; the last ones of a coarse row or column stand for what lies beyond them, too.
  block(sample, stride, half, color) {
    const row = Math.floor(sample / SIDE);
    const column = sample - row * SIDE;
    const end = (place) => (place + stride >= SIDE ? SIDE : place - half + stride);
    const [left, right, bottom] = [Math.max(0, column - half), end(column), end(row)];
    for (let j = Math.max(0, row - half); j < bottom; j += 1) this.ink.fill(color, j * SIDE + left, j * SIDE + right);
  }

  // The same samples in other colors.
  recolor(ink) {
    if (this.stride === null) return;
    const half = this.stride >> 1;
    for (let row = 0; row < SIDE; row += this.stride) {
      for (let column = 0; column < SIDE; column += this.stride) {
        const sample = row * SIDE + column;
        this.block(sample, this.stride, half, ink(this.kind[sample], this.number[sample], sample));
      }
    }
    this.stale = true;
  }

  // Nothing is known any more.
  clear() {
    this.stride = null;
    delete this.root.dataset.stride;
    this.ink.fill(0);
    this.stale = true;
  }

  // kind -> how many of the samples of the finest complete pass.
  counts() {
    const found = new Map();
    if (this.stride === null) return found;
    for (let row = 0; row < SIDE; row += this.stride) {
      for (let column = 0; column < SIDE; column += this.stride) {
        const kind = this.kind[row * SIDE + column];
        found.set(kind, (found.get(kind) || 0) + 1);
      }
    }
    return found;
  }

  // Draws map and axes with any context that knows what a canvas knows.
  drawBase(context, look, plot) {
    if (this.stale) {
      this.raster.getContext("2d").putImageData(this.pixels, 0, 0);
      this.stale = false;
    }
    context.imageSmoothingEnabled = false;
    context.drawImage(this.raster, plot.left, plot.top, plot.width, plot.height);
    drawAxes(context, { ...look, grid: "transparent" }, plot);
    context.strokeStyle = look.grid;
    context.lineWidth = 1;
    context.strokeRect(plot.left + 0.5, plot.top + 0.5, plot.width - 1, plot.height);
  }

  draw(look) {
    const context = this.base.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.drawBase(context, look, this.plot);
    this.drawTop(look);
  }

  drawTop(look) {
    const context = this.top.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.hooks.over(context, look, this.plot);
  }
}
