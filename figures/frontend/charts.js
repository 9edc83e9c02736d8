// Line charts that share the map's step: whole curves faint, what has been played so far strong.

import { axisName, clamp, makeScale } from "./numbers.js";

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

// Vertices of a curve with at most four a pixel column: first, lowest, highest, last. Gaps become NaN.
function thin(xs, ys, count, toX, toY) {
  const out = [];
  let column = NaN;
  let first, low, high, last;
  const flush = () => {
    if (Number.isNaN(column)) return;
    const kept = [first];
    const [a, b] = low.i < high.i ? [low, high] : [high, low];
    if (a.i > first.i && a.i < last.i) kept.push(a);
    if (b.i > kept[kept.length - 1].i && b.i < last.i) kept.push(b);
    if (last.i > first.i) kept.push(last);
    for (const { x, y } of kept) out.push(x, y);
    column = NaN;
  };
  for (let i = 0; i < count; i += 1) {
    const y = toY(ys[i]);
    if (!Number.isFinite(y)) {
      flush();
      out.push(NaN, NaN);
      continue;
    }
    const point = { x: toX(xs(i)), y, i };
    const here = Math.floor(point.x);
    if (here !== column) {
      flush();
      column = here;
      first = low = high = last = point;
    } else {
      if (y < low.y) low = point;
      if (y > high.y) high = point;
      last = point;
    }
  }
  flush();
  return out;
}

export class Chart {
  constructor(host, hooks) {
    this.host = host;
    this.hooks = hooks;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "dl-chart-canvas";
    this.canvas.setAttribute("role", "img");
    host.append(this.canvas);
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.scrubbing = true;
      this.scrub(event);
    });
    this.canvas.addEventListener("pointermove", (event) => this.scrubbing && this.scrub(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { this.scrubbing = false; });
    this.layers = [];
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

  layer() {
    const canvas = document.createElement("canvas");
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return [canvas, context];
  }

  rebuild() {
    const { look } = this;
    const measure = this.canvas.getContext("2d");
    measure.font = look.font(11);
    const widest = Math.max(0, ...this.series.map((one) => measure.measureText(one.label).width));
    this.left = FRAME.left;
    this.right = clamp(widest + FRAME.right, 20, 0.34 * this.outerWidth);
    this.width = this.outerWidth - this.left - this.right;
    this.height = this.outerHeight - FRAME.top - FRAME.bottom;
    const [base, context] = this.layer();
    this.drawAxes(context);
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

  drawAxes(context) {
    const { look } = this;
    context.font = look.font(11);
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    let above = Infinity;
    const up = this.yScale.ticks(Math.max(2, this.height / 30));
    for (const { value, label } of up.ticks) {
      const y = Math.round(this.toY(value)) + 0.5;
      if (y < FRAME.top - 1 || y > FRAME.top + this.height + 1) continue;
      context.strokeStyle = look.grid;
      context.beginPath();
      context.moveTo(this.left, y);
      context.lineTo(this.left + this.width, y);
      context.stroke();
      if (above - y < 13) continue;
      above = y;
      context.fillStyle = look.muted;
      context.fillText(label, this.left - 6, y);
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    const bottom = FRAME.top + this.height;
    context.fillStyle = look.muted;
    const across = this.xScale.ticks(Math.max(2, this.width / 62));
    for (const { value, label } of across.ticks) {
      const x = Math.round(this.toX(value)) + 0.5;
      context.strokeStyle = look.grid;
      context.beginPath();
      context.moveTo(x, bottom);
      context.lineTo(x, bottom + 4);
      context.stroke();
      context.fillText(label, x, bottom + 5);
    }
    context.strokeStyle = look.grid;
    context.strokeRect(this.left + 0.5, FRAME.top + 0.5, this.width - 1, this.height);
    context.font = look.font(11, 600);
    context.fillStyle = look.text;
    context.fillText(axisName(this.xTitle, across), this.left + this.width / 2, bottom + 18);
    context.save();
    context.translate(10, FRAME.top + this.height / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "middle";
    context.fillText(axisName(this.yTitle, up), 0, 0);
    context.restore();
  }

  drawSeries(context, members) {
    context.save();
    context.beginPath();
    context.rect(this.left, FRAME.top - 2, this.width + 2, this.height + 4);
    context.clip();
    context.lineJoin = "round";
    context.lineWidth = 1.9;
    for (const one of members) {
      const points = thin(one.xs, one.ys, one.count, (x) => this.toX(x), (y) => this.toY(y));
      context.strokeStyle = one.color;
      context.setLineDash(one.dash);
      context.beginPath();
      let open = false;
      for (let i = 0; i < points.length; i += 2) {
        if (Number.isNaN(points[i])) {
          open = false;
          continue;
        }
        context[open ? "lineTo" : "moveTo"](points[i], points[i + 1]);
        open = true;
      }
      context.stroke();
      if (one.ended) this.drawEnd(context, one, points);
    }
    context.restore();
  }

  // A cross where a curve ends before the others because its path diverged.
  drawEnd(context, one, points) {
    const [x, y] = points.slice(-2);
    const bottom = FRAME.top + this.height;
    if (!(x > this.left) || Number.isNaN(y)) return;
    const at = clamp(y, FRAME.top + 5, bottom - 5);
    context.setLineDash([]);
    context.beginPath();
    for (const side of [-4, 4]) {
      context.moveTo(x - 4, at - side);
      context.lineTo(x + 4, at + side);
    }
    context.stroke();
  }

  drawEndLabels(context) {
    const ends = [];
    for (const one of this.series) {
      let i = one.count - 1;
      while (i > 0 && !Number.isFinite(this.toY(one.ys[i]))) i -= 1;
      const y = this.toY(one.ys[i]);
      if (Number.isFinite(y)) ends.push({ one, x: this.toX(one.xs(i)), y: clamp(y, FRAME.top, FRAME.top + this.height) });
    }
    ends.sort((a, b) => a.y - b.y);
    const gap = Math.min(13, this.height / Math.max(1, ends.length));
    ends.forEach((end, i) => { end.at = Math.max(end.y, i ? ends[i - 1].at + gap : FRAME.top + 4); });
    for (let i = ends.length - 1, floor = FRAME.top + this.height; i >= 0; i -= 1, floor -= gap) {
      ends[i].at = Math.min(ends[i].at, floor);
    }
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
      context.fillText(this.fit(context, one.label, this.right - 9), x, at);
    }
  }

  fit(context, text, width) {
    if (context.measureText(text).width <= width) return text;
    let end = text.length;
    while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
    return `${text.slice(0, end)}…`;
  }

  draw(position) {
    if (!this.series || !this.look || !this.outerWidth) return;
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
