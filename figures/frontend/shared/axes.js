// What all line charts share: thinned curves, axes with titles, labels that keep apart.

import { axisName, clamp } from "./numbers.js";

// Vertices of a curve with at most four a pixel column: first, lowest, highest, last. Gaps become NaN.
export function thinCurve(xs, ys, count, toX, toY) {
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

// Draws x, y pairs as one stroke with gaps at NaN.
export function strokeCurve(context, points) {
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
}

// plot: {left, top, width, height, xScale, yScale, xTitle, yTitle, toX, toY} in CSS pixels. bare: sides ("x", "y") without
// numbers. An axis without a title gets none. -> the ticks {up, across}.
export function drawAxes(context, look, plot, bare = "") {
  const bottom = plot.top + plot.height;
  context.font = look.font(11);
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  let above = Infinity;
  const up = plot.yScale.ticks(Math.max(2, plot.height / 30));
  for (const { value, label } of up.ticks) {
    const y = Math.round(plot.toY(value)) + 0.5;
    if (y < plot.top - 1 || y > bottom + 1) continue;
    context.strokeStyle = look.grid;
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.width, y);
    context.stroke();
    if (above - y < 13 || bare.includes("y")) continue;
    above = y;
    context.fillStyle = look.muted;
    context.fillText(label, plot.left - 6, y);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = look.muted;
  const across = plot.xScale.ticks(Math.max(2, plot.width / 62));
  for (const { value, label } of across.ticks) {
    const x = Math.round(plot.toX(value)) + 0.5;
    context.strokeStyle = look.grid;
    context.beginPath();
    context.moveTo(x, bottom);
    context.lineTo(x, bottom + 4);
    context.stroke();
    if (!bare.includes("x")) context.fillText(label, x, bottom + 5);
  }
  context.strokeStyle = look.grid;
  context.strokeRect(plot.left + 0.5, plot.top + 0.5, plot.width - 1, plot.height);
  if (plot.xTitle) drawTitles(context, look, plot, { up, across });
  return { up, across };
}

// The titles of both axes around a plot, or around several that have them in common.
export function drawTitles(context, look, plot, { up, across }) {
  context.font = look.font(11, 600);
  context.fillStyle = look.text;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillText(axisName(plot.xTitle, across), plot.left + plot.width / 2, plot.top + plot.height + 18);
  context.save();
  context.translate(10, plot.top + plot.height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(axisName(plot.yTitle, up), 0, 0);
  context.restore();
}

// Gives every label, which wants to stand at `y`, a place `at` between top and bottom that no other has.
export function keepApart(labels, top, bottom) {
  labels.sort((a, b) => a.y - b.y);
  const gap = Math.min(13, (bottom - top) / Math.max(1, labels.length));
  labels.forEach((label, i) => { label.at = Math.max(label.y, i ? labels[i - 1].at + gap : top + 4); });
  for (let i = labels.length - 1, floor = bottom; i >= 0; i -= 1, floor -= gap) labels[i].at = Math.min(labels[i].at, floor);
  return labels;
}

export function fitText(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}

// A cross where a curve ends before the others, at most at the edge of the plot.
export function strokeCross(context, x, y, top, bottom) {
  const at = clamp(y, top + 5, bottom - 5);
  context.setLineDash([]);
  context.beginPath();
  for (const side of [-4, 4]) {
    context.moveTo(x - 4, at - side);
    context.lineTo(x + 4, at + side);
  }
  context.stroke();
}
