// The chart of the live curves. Two canvases: one with axes and curves, drawn anew when data or size change, and one over
// it with cursor and selection, so that a pointer that moves redraws no curve.

import { drawAxes, drawTitles, fitText, keepApart, strokeCross, strokeCurve, thinCurve } from "../shared/axes.js";
import { listen } from "../shared/failure.js";
import { clamp, formatNumber } from "../shared/numbers.js";
import { nearest, newest } from "./panel.js";

const TOP = 22;
const BOTTOM = 34;
const LEFT = 58;
const DRAG = 6; // pixels from which a drag selects a range
const SPARSE = 40; // points up to which each is marked
const CELL = 130; // the least width of a chart among several
const HEAD = 18; // above each of several charts, for its name
const GUTTER = 12;

export class LiveChart {
  // hooks: move(x or null, pixel y, touch), zoom([low, high] or null)
  constructor(host, hooks) {
    this.host = host;
    this.hooks = hooks;
    [this.base, this.over] = ["dl-live-base", "dl-live-over"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = name;
      host.append(canvas);
      return canvas;
    });
    this.base.setAttribute("role", "img");
    this.labelRoom = 0;
    this.cells = [];
    this.cell = null;
    this.listen();
  }

  listen() {
    const { over } = this;
    listen(over, "pointerdown", (event) => {
      if (event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      this.from = event.pointerType === "mouse" ? this.local(event) : null;
      this.moved(event);
    });
    listen(over, "pointermove", (event) => this.moved(event));
    listen(over, "pointerup", (event) => {
      const range = this.selection;
      this.from = this.selection = null;
      if (range && range[1] - range[0] > DRAG) this.hooks.zoom(range.map((x) => this.invert(x)));
      this.moved(event);
    });
    listen(over, "pointercancel", () => { this.from = this.selection = null; });
    listen(over, "pointerleave", (event) => event.pointerType === "mouse" && !this.from && this.hooks.move(null));
    listen(over, "dblclick", () => this.hooks.zoom(null));
  }

  // Of the chart that is drawn, or, of several, of the one under the pointer.
  get plot() {
    return this.cell?.plot;
  }

  cellAt(x, y) {
    const away = ({ plot }) => Math.hypot(x - plot.left - plot.width / 2, y - plot.top - plot.height / 2);
    return this.cells.reduce((a, b) => (away(b) < away(a) ? b : a));
  }

  local(event) {
    const box = this.over.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  moved(event) {
    if (!this.plot) return;
    const { x, y } = this.local(event);
    if (!this.from || event.type === "pointerdown") this.cell = this.cellAt(x, y);
    const { left, width } = this.plot;
    if (this.from) {
      const ends = [this.from.x, x].map((one) => clamp(one, left, left + width)).sort((a, b) => a - b);
      this.selection = ends[1] - ends[0] > DRAG ? ends : null;
    }
    this.hooks.move(this.invert(clamp(x, left, left + width)), y, event.pointerType !== "mouse");
  }

  invert(x) {
    return this.plot.xScale.invert((x - this.plot.left) / this.plot.width);
  }

  resize(width, height, ratio) {
    Object.assign(this, { width, height, ratio });
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }

  // data: {lines, looks, xScale, yScale, xTitle, yTitle, span, guide, guideText, band, baseline, best, forks, note, points},
  // and cells where each run has a chart of its own: {run, title, lines, gap}, gap being its training and validation line.
  setData(data, describe) {
    this.data = data;
    this.base.setAttribute("aria-label", describe);
  }

  draw(look) {
    if (!this.width || !this.data) return;
    const { data } = this;
    const context = this.base.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.look = look;
    const before = this.cell?.run;
    this.cells = data.cells ? this.layOut(data.cells) : [{ ...data, plot: this.whole(context, look) }];
    for (const cell of this.cells) {
      this.cell = cell;
      this.drawCell(context, look);
    }
    this.cell = this.cells.find(({ run }) => run === before) || this.cells[0];
    if (data.note) this.drawNote(context, look);
    this.drawn = (this.drawn || 0) + 1;
  }

  drawCell(context, look) {
    const { plot, lines, gap, ticks } = this.cell;
    this.drawSpan(context, look);
    const drawn = drawAxes(context, look, plot, this.cell.bare);
    if (ticks) drawTitles(context, look, ticks, drawn);
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top - 1, plot.width + 1, plot.height + 2);
    context.clip();
    if (gap) this.drawGap(context, gap);
    this.drawGuides(context, look);
    this.drawLooks(context);
    for (const line of lines) this.drawLine(context, line);
    context.restore();
    this.drawEnds(context);
    this.drawBest(context, look);
    if (this.cell.title) this.drawName(context, look);
    else this.drawLabels(context, look);
  }

  placed(plot) {
    const { xScale, yScale, xTitle, yTitle } = this.data;
    Object.assign(plot, { xScale, yScale, xTitle, yTitle });
    plot.toX = (x) => plot.left + xScale.at(x) * plot.width;
    plot.toY = (y) => (Number.isFinite(y) ? plot.top + (1 - clamp(yScale.at(y), -0.5, 1.5)) * plot.height : NaN);
    return plot;
  }

  // The room of a single chart, with labels at the ends of its lines.
  whole(context, look) {
    context.font = look.font(11, 600);
    const widest = Math.max(0, ...this.data.lines.map((line) => context.measureText(line.label).width));
    const room = clamp(widest + 14, 18, 0.3 * this.width);
    // Room for labels grows at once and shrinks only when much of it is empty: curves do not move with a digit.
    if (room > this.labelRoom || room < this.labelRoom - 40) this.labelRoom = room;
    return this.placed({ left: LEFT, top: TOP, width: this.width - LEFT - this.labelRoom, height: this.height - TOP - BOTTOM });
  }

  // Charts of one size on common scales, with numbers at the left and at the foot of each column.
  layOut(cells) {
    const { data } = this;
    const across = this.width - LEFT;
    const most = clamp(Math.floor(across / CELL), 1, cells.length);
    const size = (columns) => [across / columns, (this.height - BOTTOM) / Math.ceil(cells.length / columns)];
    const skew = (columns) => Math.abs(Math.log(size(columns)[0] / size(columns)[1]));
    const columns = Array.from({ length: most }, (_, i) => i + 1).reduce((a, b) => (skew(b) <= skew(a) ? b : a));
    const [wide, high] = size(columns);
    const own = (marks, run) => (marks || []).filter((mark) => mark.run === run);
    return cells.map((cell, i) => {
      const plot = this.placed({ left: LEFT + (i % columns) * wide, top: Math.floor(i / columns) * high + HEAD, width: wide - GUTTER, height: high - HEAD - 6 });
      plot.xTitle = plot.yTitle = "";
      const titled = { left: LEFT, top: HEAD, width: across - GUTTER, height: this.height - BOTTOM - 6 - HEAD, xTitle: data.xTitle, yTitle: data.yTitle };
      return {
        ...cell,
        plot,
        bare: `${i % columns ? "y" : ""}${i + columns < cells.length ? "x" : ""}`,
        ticks: i ? null : titled,
        span: data.span?.run === cell.run ? { ...data.span, name: "" } : null,
        best: own(data.best, cell.run),
        forks: own(data.forks, cell.run),
        looks: own(data.looks, cell.run),
      };
    });
  }

  drawName(context, look) {
    const { plot, title, gap } = this.cell;
    const ends = (gap || []).map((line) => line.ys[newest(line.ys)]);
    const told = ends.length && ends.every(Number.isFinite) ? `gap ${formatNumber(Math.abs(ends[1] - ends[0]), 3)}` : "";
    context.textBaseline = "alphabetic";
    context.font = look.font(11);
    context.textAlign = "right";
    context.fillStyle = look.muted;
    context.fillText(told, plot.left + plot.width, plot.top - 5);
    const taken = told ? context.measureText(told).width + 6 : 0;
    context.font = look.font(11, 600);
    context.textAlign = "left";
    context.fillStyle = look.text;
    context.fillText(fitText(context, title, plot.width - taken), plot.left, plot.top - 5);
  }

  // The room between training and validation.
  drawGap(context, [train, val]) {
    const { plot } = this;
    const points = (line) => [...line.ys.keys()].map((i) => [plot.toX(line.xs[i]), plot.toY(line.ys[i])]).filter(([, y]) => Number.isFinite(y));
    context.beginPath();
    for (const [x, y] of [...points(val), ...points(train).reverse()]) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = val.color;
    context.globalAlpha = 0.16;
    context.fill();
    context.globalAlpha = 1;
  }

  drawSpan(context, look) {
    const { plot, span } = this.cell;
    if (!span) return;
    const [a, b] = [span.from, span.to].map((x) => clamp(plot.toX(x), plot.left, plot.left + plot.width));
    if (b < plot.left + 1 || a > plot.left + plot.width - 1) return;
    const right = Math.max(b, a + 3);
    const color = span.alarm ? (look.dark ? "#F0E442" : "#BFA900") : look.muted;
    context.fillStyle = color;
    context.globalAlpha = look.dark ? 0.16 : 0.1;
    context.fillRect(a, plot.top, right - a, plot.height);
    context.globalAlpha = 1;
    context.fillRect(a, plot.top - 3, right - a, 3);
    context.font = look.font(12, 600);
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    const text = fitText(context, span.name, plot.width);
    const wide = context.measureText(text).width;
    context.fillStyle = look.text;
    context.fillText(text, clamp((a + right - wide) / 2, plot.left, Math.max(plot.left, plot.left + plot.width - wide)), plot.top - 8);
  }

  drawGuides(context, look) {
    const { data, plot } = this;
    if (data.band) {
      const [low, high] = data.band.map((value) => plot.toY(value));
      context.fillStyle = "#009E73";
      context.globalAlpha = 0.12;
      context.fillRect(plot.left, high, plot.width, low - high);
      context.globalAlpha = 1;
    }
    const level = (value, text, dash, color) => {
      const y = plot.toY(value);
      if (!(y >= plot.top && y <= plot.top + plot.height)) return;
      context.strokeStyle = color;
      context.lineWidth = 1.2;
      context.setLineDash(dash);
      context.beginPath();
      context.moveTo(plot.left, y);
      context.lineTo(plot.left + plot.width, y);
      context.stroke();
      context.setLineDash([]);
      if (!text) return;
      context.font = look.font(11);
      context.textAlign = "right";
      context.textBaseline = y < plot.top + 16 ? "top" : "bottom";
      context.fillStyle = look.muted;
      context.fillText(text, plot.left + plot.width - 5, y + (y < plot.top + 16 ? 3 : -2));
    };
    if (data.guide !== null && data.guide !== undefined) level(data.guide, data.guideText, [6, 4], look.muted);
    if (data.baseline !== null && data.baseline !== undefined) level(data.baseline, this.cell === this.cells[0] ? "constant prediction" : "", [1.5, 3.5], look.muted);
    context.lineWidth = 1;
    let written = -Infinity;
    for (const { x, color } of [...(this.cell.forks || [])].sort((a, b) => a.x - b.x)) {
      const at = plot.toX(x);
      context.strokeStyle = color || look.muted;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(at, plot.top);
      context.lineTo(at, plot.top + plot.height);
      context.stroke();
      context.setLineDash([]);
      if (at - written < 30) continue;
      written = at;
      context.font = look.font(11);
      context.textAlign = "left";
      context.textBaseline = "bottom";
      context.fillStyle = look.muted;
      context.fillText("fork", at + 4, plot.top + plot.height - 4);
    }
  }

  drawLooks(context) {
    const { plot } = this;
    context.globalAlpha = 0.4;
    for (const { x, y, color } of this.cell.looks || []) {
      const [a, b] = [plot.toX(x), plot.toY(y)];
      if (!Number.isFinite(b)) continue;
      context.fillStyle = color;
      context.beginPath();
      context.arc(a, b, 2.2, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  drawLine(context, line) {
    const { plot } = this;
    const points = thinCurve((i) => line.xs[i], line.ys, line.ys.length, plot.toX, plot.toY);
    context.strokeStyle = line.color;
    context.lineWidth = line.width;
    context.lineJoin = "round";
    context.setLineDash(line.dash);
    strokeCurve(context, points);
    context.setLineDash([]);
    if (this.data.points || points.length / 2 <= SPARSE) this.drawPoints(context, line, points);
  }

  // A cross where the curve of a run that diverged ends.
  drawEnds(context) {
    const { plot } = this;
    for (const line of this.cell.lines) {
      const end = line.ended ? newest(line.ys) : -1;
      const x = end < 0 ? NaN : plot.toX(line.xs[end]);
      if (!(x >= plot.left - 1 && x <= plot.left + plot.width + 1)) continue;
      context.strokeStyle = line.color;
      context.lineWidth = 2.2;
      strokeCross(context, x, plot.toY(line.ys[end]), plot.top, plot.top + plot.height);
    }
  }

  drawPoints(context, line, points) {
    const radius = this.data.points ? 4 : line.part === "layer" || line.part === "train" ? 1.8 : 2.3;
    context.fillStyle = line.color;
    for (let i = 0; i < points.length; i += 2) {
      if (Number.isNaN(points[i])) continue;
      context.beginPath();
      context.arc(points[i], points[i + 1], radius, 0, 2 * Math.PI);
      context.fill();
    }
  }

  drawBest(context, look) {
    const { plot } = this;
    for (const { x, y, color } of this.cell.best || []) {
      const [a, b] = [plot.toX(x), plot.toY(y)];
      if (!(a >= plot.left - 1 && a <= plot.left + plot.width + 1 && b >= plot.top && b <= plot.top + plot.height)) continue;
      context.fillStyle = look.background;
      context.strokeStyle = color;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(a, b, 4.6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
      if (this.data.best.length > 1) continue; // of many, each is known by its color
      context.font = look.font(11);
      // At the right edge the curve comes from below or above on the left: the word stands over its end.
      const late = a > plot.left + plot.width - 16;
      context.textAlign = late ? "right" : "center";
      const under = !late && b < plot.top + plot.height - 22;
      context.textBaseline = under ? "top" : "bottom";
      context.lineWidth = 3;
      context.strokeStyle = look.background;
      context.strokeText("best", late ? a + 4 : a, b + (under ? 7 : -7));
      context.fillStyle = look.text;
      context.fillText("best", late ? a + 4 : a, b + (under ? 7 : -7));
    }
  }

  drawLabels(context, look) {
    const { plot } = this;
    const bottom = plot.top + plot.height;
    const ends = [];
    for (const line of this.cell.lines) {
      if (!line.label) continue;
      const i = this.lastShown(line);
      if (i < 0) continue;
      ends.push({ line, x: Math.min(plot.toX(line.xs[i]), plot.left + plot.width), y: clamp(plot.toY(line.ys[i]), plot.top, bottom) });
    }
    keepApart(ends, plot.top, bottom);
    context.font = look.font(11, 600);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const { line, x, y, at } of ends) {
      context.setLineDash([]);
      if (Math.abs(at - y) > 2) {
        context.strokeStyle = line.color;
        context.lineWidth = 1.2;
        context.beginPath();
        context.moveTo(x + 1, y);
        context.lineTo(x + 6, at);
        context.stroke();
      }
      const text = fitText(context, line.label, this.width - x - 9);
      context.strokeStyle = look.background;
      context.lineWidth = 3;
      context.strokeText(text, x + 8, at);
      context.fillStyle = look.text;
      context.fillText(text, x + 8, at);
    }
  }

  // The newest entry inside the shown range.
  lastShown(line) {
    let i = newest(line.ys);
    while (i > 0 && line.xs[i] > this.data.xScale.high * (1 + 1e-9)) i -= 1;
    return i;
  }

  drawNote(context, look) {
    const { plot } = this;
    context.font = look.font(14);
    context.fillStyle = look.muted;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const words = this.data.note.split(" ");
    const rows = [];
    for (const word of words) {
      const joined = rows.length ? `${rows[rows.length - 1]} ${word}` : word;
      if (rows.length && context.measureText(joined).width <= plot.width - 30) rows[rows.length - 1] = joined;
      else rows.push(word);
    }
    rows.slice(0, 4).forEach((row, i, all) => {
      context.fillText(fitText(context, row, plot.width - 20), plot.left + plot.width / 2, plot.top + plot.height / 2 + 20 * (i - (all.length - 1) / 2));
    });
  }

  // Where the lines stand at a place of the axis: {line, i} for each that reaches so far.
  at(x) {
    const { plot } = this;
    const found = [];
    for (const line of this.data?.lines || []) {
      const i = nearest(line.xs, x);
      if (i < 0) continue;
      const away = Math.abs(plot.toX(line.xs[i]) - plot.toX(x));
      const within = x >= line.xs[0] && x <= line.xs[line.xs.length - 1];
      if (within || away < 14) found.push({ line, i });
    }
    return found;
  }

  // cursor: a place on the horizontal axis, or null.
  drawCursor(cursor) {
    const context = this.over.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const { plot, look } = this;
    if (!plot) return;
    if (this.selection) {
      context.fillStyle = look.text;
      context.globalAlpha = 0.12;
      context.fillRect(this.selection[0], plot.top, this.selection[1] - this.selection[0], plot.height);
      context.globalAlpha = 1;
    }
    if (cursor === null) return;
    const here = this.at(cursor);
    for (const cell of this.cells) this.drawCursorOn(context, cell, cursor, here);
  }

  drawCursorOn(context, { plot, lines }, cursor, here) {
    const { look } = this;
    const x = plot.toX(cursor);
    if (x < plot.left - 1 || x > plot.left + plot.width + 1) return;
    context.strokeStyle = look.text;
    context.globalAlpha = 0.5;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, plot.top);
    context.lineTo(x, plot.top + plot.height);
    context.stroke();
    context.globalAlpha = 1;
    for (const { line, i } of here) {
      if (!lines.includes(line)) continue;
      const y = plot.toY(line.ys[i]);
      if (!(y >= plot.top - 1 && y <= plot.top + plot.height + 1)) continue;
      context.beginPath();
      context.arc(plot.toX(line.xs[i]), y, 3.6, 0, 2 * Math.PI);
      context.fillStyle = line.color;
      context.fill();
      context.lineWidth = 1.5;
      context.strokeStyle = look.background;
      context.stroke();
    }
  }
}
