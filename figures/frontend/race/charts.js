// Line charts that share the map's step: whole curves faint, what has been played so far strong.

import { drawAxes, fitText, keepApart, strokeCross, strokeCurve, thinCurve } from "../shared/axes.js";
import { listen } from "../shared/failure.js";
import { clamp, makeScale } from "../shared/numbers.js";

const FRAME = { left: 56, right: 14, top: 8, bottom: 32 };

// Which scale shows these values: logarithmic where all are positive, linear where they span little, else both ways.
export function chooseScale(values, wanted) {
  let low = Infinity;
  let high = -Infinity;
  let smallest = Infinity;
  let positive = 0;
  let negative = 0;
  for (const series of values) {
    for (const value of series) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > 0) positive += 1;
      if (value < 0) negative += 1;
      if (value !== 0 && Math.abs(value) < smallest) smallest = Math.abs(value);
    }
  }
  if (!(high >= low)) return makeScale("linear", 0, 1);
  if (wanted === "log" && positive && !negative) {
    const bottom = Math.max(smallest, high * 1e-32);
    const room = Math.max((high / bottom) ** 0.04, 1.15);
    return makeScale("log", bottom / room, high * room);
  }
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (wanted === "log" && largest > 1e3 * Math.max(smallest, largest * 1e-6)) {
    const knee = Math.max(smallest, largest * 1e-6);
    return makeScale("symlog", low < 0 ? low * 1.3 : -knee, high > 0 ? high * 1.3 : knee, knee);
  }
  return makeScale("linear", low - pad, high + pad);
}

export class Chart {
  constructor(host, hooks) {
    this.host = host;
    this.hooks = hooks;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "dl-chart-canvas";
    this.canvas.setAttribute("role", "img");
    host.append(this.canvas);
    listen(this.canvas, "pointerdown", (event) => {
      if (event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.scrubbing = true;
      this.scrub(event);
    });
    listen(this.canvas, "pointermove", (event) => this.scrubbing && this.scrub(event));
    for (const end of ["pointerup", "pointercancel"]) listen(this.canvas, end, () => { this.scrubbing = false; });
    this.layers = [];
    this.sheets = [];
    this.used = 0;
  }

  // series: {color, dash, label, xs: (i) -> x, ys, count, group, cursor: (step) -> x}; whoever shares a group shares xs.
  setData({ series, xTitle, yTitle, scale, xMax, stepAt, describe }) {
    Object.assign(this, { series, xTitle, yTitle, yScale: scale, xScale: makeScale("linear", 0, xMax || 1), stepAt });
    this.canvas.setAttribute("aria-label", describe);
    this.stale = true;
    this.hooks.wake();
  }

  resize(width, height, ratio) {
    Object.assign(this, { outerWidth: width, outerHeight: height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.sheets = [];
    this.stale = true;
  }

  setLook(look) {
    this.look = look;
    this.stale = true;
  }

  toX(x) {
    return this.left + this.xScale.at(x) * this.width;
  }

  toY(value) {
    if (!Number.isFinite(value)) return NaN;
    const part = this.yScale.at(value);
    return FRAME.top + (1 - clamp(part, -0.5, 1.5)) * this.height;
  }

  scrub(event) {
    const box = this.canvas.getBoundingClientRect();
    const part = clamp((event.clientX - box.left - this.left) / this.width, 0, 1);
    this.hooks.scrub(this.stepAt(this.xScale.invert(part)));
  }

  // A sheet of the chart's size, empty; those of the time before are used again.
  layer() {
    const canvas = this.sheets[this.used] || (this.sheets[this.used] = document.createElement("canvas"));
    this.used += 1;
    const context = canvas.getContext("2d");
    if (canvas.width !== this.canvas.width || canvas.height !== this.canvas.height) {
      canvas.width = this.canvas.width;
      canvas.height = this.canvas.height;
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return [canvas, context];
  }

  rebuild() {
    const { look } = this;
    this.used = 0;
    const measure = this.canvas.getContext("2d");
    measure.font = look.font(11);
    const widest = Math.max(0, ...this.series.map((one) => measure.measureText(one.label).width));
    this.left = FRAME.left;
    this.right = clamp(widest + FRAME.right, 20, 0.34 * this.outerWidth);
    this.width = this.outerWidth - this.left - this.right;
    this.height = this.outerHeight - FRAME.top - FRAME.bottom;
    const [base, context] = this.layer();
    const { left, width, height, xScale, yScale, xTitle, yTitle } = this;
    const places = { toX: (x) => this.toX(x), toY: (value) => this.toY(value) };
    drawAxes(context, look, { left, top: FRAME.top, width, height, xScale, yScale, xTitle, yTitle, ...places });
    this.base = base;
    const groups = new Map();
    for (const one of this.series) {
      if (!groups.has(one.group)) groups.set(one.group, []);
      groups.get(one.group).push(one);
    }
    this.layers = [...groups.values()].map((members) => {
      const [canvas, ink] = this.layer();
      this.drawSeries(ink, members);
      return { canvas, cursor: members[0].cursor };
    });
    context.globalAlpha = 0.26;
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const { canvas } of this.layers) context.drawImage(canvas, 0, 0);
    context.globalAlpha = 1;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawEndLabels(context);
    this.stale = false;
  }

  drawSeries(context, members) {
    context.save();
    context.beginPath();
    context.rect(this.left, FRAME.top - 2, this.width + 2, this.height + 4);
    context.clip();
    context.lineJoin = "round";
    context.lineWidth = 1.9;
    for (const one of members) {
      const points = thinCurve(one.xs, one.ys, one.count, (x) => this.toX(x), (y) => this.toY(y));
      context.strokeStyle = one.color;
      context.setLineDash(one.dash);
      strokeCurve(context, points);
      if (one.ended) this.drawEnd(context, one, points);
    }
    context.restore();
  }

  // A cross where a curve ends before the others because its path diverged.
  drawEnd(context, one, points) {
    const [x, y] = points.slice(-2);
    const bottom = FRAME.top + this.height;
    if (!(x > this.left) || Number.isNaN(y)) return;
    strokeCross(context, x, y, FRAME.top, bottom);
  }

  drawEndLabels(context) {
    const ends = [];
    for (const one of this.series) {
      let i = one.count - 1;
      while (i > 0 && !Number.isFinite(this.toY(one.ys[i]))) i -= 1;
      const y = this.toY(one.ys[i]);
      if (Number.isFinite(y)) ends.push({ one, x: this.toX(one.xs(i)), y: clamp(y, FRAME.top, FRAME.top + this.height) });
    }
    keepApart(ends, FRAME.top, FRAME.top + this.height);
    context.font = this.look.font(11);
    context.textAlign = "left";
    context.textBaseline = "middle";
    const x = this.left + this.width + 8;
    for (const { one, at, y } of ends) {
      context.strokeStyle = one.color;
      context.lineWidth = 1.2;
      context.setLineDash([]);
      context.beginPath();
      context.moveTo(x - 7, y);
      context.lineTo(x - 2, at);
      context.stroke();
      context.fillStyle = this.look.text;
      context.fillText(fitText(context, one.label, this.right - 9), x, at);
    }
  }

  draw(position) {
    if (!this.series || !this.look || !this.outerWidth || this.outerHeight <= FRAME.top + FRAME.bottom) return; // no room
    if (this.stale) this.rebuild();
    const context = this.canvas.getContext("2d");
    const { width, height } = this.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.base, 0, 0);
    for (const layer of this.layers) {
      const x = Math.round(this.toX(layer.cursor(position)) * this.ratio);
      if (x > 0) context.drawImage(layer.canvas, 0, 0, x, height, 0, 0, x, height);
    }
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawCursor(context, position);
  }

  drawCursor(context, position) {
    const { look } = this;
    if (this.layers.length === 1) {
      const x = this.toX(this.layers[0].cursor(position));
      context.strokeStyle = look.text;
      context.globalAlpha = 0.55;
      context.lineWidth = 1;
      context.setLineDash([]);
      context.beginPath();
      context.moveTo(x, FRAME.top);
      context.lineTo(x, FRAME.top + this.height);
      context.stroke();
      context.globalAlpha = 1;
    }
    for (const one of this.series) {
      const place = Math.min(one.count - 1, position / one.stride);
      const sample = Math.floor(place);
      const [here, next] = [one.ys[sample], one.ys[Math.min(one.count - 1, sample + 1)]].map((value) => this.toY(value));
      const y = Number.isFinite(next) ? here + (place - sample) * (next - here) : here;
      if (!(y >= FRAME.top - 1 && y <= FRAME.top + this.height + 1)) continue;
      context.beginPath();
      context.arc(this.toX(one.cursor(position)), y, 3.4, 0, 2 * Math.PI);
      context.fillStyle = one.color;
      context.fill();
      context.lineWidth = 1.4;
      context.strokeStyle = look.background;
      context.stroke();
    }
  }
}
