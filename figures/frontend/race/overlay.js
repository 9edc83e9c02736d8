// What moves over the field: marks, heads with their names, arrows, the ring under the pointer, and the key to the marks.

import { clamp, formatCount } from "../shared/numbers.js";
import { Anatomy } from "./vectors.js";
import { drawArrow, drawMarker, drawMinimum, drawSaddle, drawStart, placeLabels } from "./marks.js";
import { STALE, haloStyle, indexAt, lastStep, strokeStyle } from "./trails.js";

const KEY_ROW = 20;
const KEY_EDGE = 6;
const MARK = 9; // how far the sign of a minimum reaches

// Pixels from the lower edge in which a key of so many rows covers what is drawn there.
export function keyRoom(rows) {
  return KEY_EDGE + KEY_ROW * rows + MARK + 2;
}

export class Overlay {
  constructor(map) {
    this.map = map;
    this.labelMemory = new Map();
    this.anatomy = new Anatomy(map);
    this.dissected = []; // what the key lists of it,
    this.marked = []; // and of the marks of the ground
  }

  draw(position) {
    const context = this.map.canvases.overlay.getContext("2d");
    const { look, race } = this.map;
    context.clearRect(0, 0, this.map.width, this.map.height);
    const heads = this.map.lanes.map((lane) => this.map.headOf(lane, position));
    this.marked = this.map.ground.mark(context, heads);
    for (const [x, y] of race.landscape.saddles) drawSaddle(context, ...this.map.place(x, y), 8, look.ink, look.paper);
    for (const [x, y] of race.landscape.minima) drawMinimum(context, ...this.map.place(x, y), 9, look.ink, look.paper);
    const [startX, startY] = this.map.dragStart || this.map.pending || race.start;
    drawStart(context, ...this.map.shownAt(startX, startY), this.map.dragStart ? 9 : 7, look.ink, look.paper);
    this.drawTips(context, heads, position);
    const chosen = this.map.hooks.anatomy();
    if (this.map.hooks.arrows()) for (const head of heads) if (head.lane !== chosen?.lane) this.drawArrows(context, head);
    for (const head of heads) {
      context.globalAlpha = head.lane.stale ? STALE : 1;
      this.drawHead(context, head);
    }
    context.globalAlpha = 1;
    this.drawLabels(context, heads);
    this.dissected = chosen ? this.anatomy.draw(context, chosen.lane, chosen.parts) : [];
    this.drawHover(context);
    this.drawKey(context);
  }

  // The part of the path between the last drawn point and the moving head.
  drawTips(context, heads, position) {
    for (const { lane, x, y, out } of heads) {
      const path = this.map.trails.paths.get(lane);
      if (!path || out) continue;
      const to = indexAt(path, Math.floor(position));
      const from = Math.min(path.drawn, to);
      for (const style of ["halo", "color"]) {
        context.beginPath();
        context.moveTo(path.xs[from], path.ys[from]);
        for (let i = from + 1; i <= to; i += 1) context.lineTo(path.xs[i], path.ys[i]);
        context.lineTo(x, y);
        if (style === "halo") haloStyle(context, this.map.look.halo);
        else strokeStyle(context, lane, this.map.look.laneColor(lane), path.lengths[from]);
        context.globalAlpha = (style === "halo" ? 0.7 : 1) * (lane.stale ? STALE : 1);
        context.stroke();
      }
      context.globalAlpha = 1;
    }
  }

  drawHead(context, head) {
    const { look } = this.map;
    const color = look.laneColor(head.lane);
    if (head.diverged || head.out) {
      const r = 6;
      context.setLineDash([]);
      context.lineCap = "round";
      for (const [style, width] of [[look.halo, 6], [color, 3]]) {
        context.strokeStyle = style;
        context.lineWidth = width;
        context.beginPath();
        if (head.diverged) {
          context.moveTo(head.x - r, head.y - r);
          context.lineTo(head.x + r, head.y + r);
          context.moveTo(head.x - r, head.y + r);
          context.lineTo(head.x + r, head.y - r);
        } else {
          for (const turn of [2.5, -2.5]) {
            context.moveTo(head.x + 2 * Math.cos(head.angle), head.y + 2 * Math.sin(head.angle));
            context.lineTo(head.x + 9 * Math.cos(head.angle + turn), head.y + 9 * Math.sin(head.angle + turn));
          }
        }
        context.stroke();
      }
      return;
    }
    const chosen = head.lane === this.map.hooks.selected();
    drawMarker(context, head.lane.outline, head.x, head.y, chosen ? 8.5 : 7, color, look.halo, 2);
  }

  drawLabels(context, heads) {
    const { look } = this.map;
    context.font = look.font(12, 600);
    context.setLineDash([]);
    const items = heads.filter(({ lane }) => !lane.stale).map((head) => {
      const { short, diverged } = head.lane;
      const ended = diverged ? `${short} diverged at step ${formatCount(diverged)}` : `${short}: f is not defined here`;
      const text = head.diverged ? ended : short;
      if (!this.textWidths || this.textFont !== context.font) {
        this.textWidths = new Map();
        this.textFont = context.font;
      }
      if (!this.textWidths.has(text)) this.textWidths.set(text, context.measureText(text).width + 12);
      return { ...head, key: head.lane.index, text, width: this.textWidths.get(text), height: 18 };
    });
    const spots = placeLabels(items, this.map.width, this.map.height, this.labelMemory, this.keyBox);
    context.textAlign = "left";
    context.textBaseline = "middle";
    spots.forEach((spot, i) => {
      const { x, y, lane, text } = items[i];
      const [nearX, nearY] = [clamp(x, spot.x, spot.x + spot.w), clamp(y, spot.y, spot.y + spot.h)];
      if (Math.hypot(nearX - x, nearY - y) > 16) {
        for (const [style, width] of [[look.halo, 3.4], [look.laneColor(lane), 1.4]]) {
          context.strokeStyle = style;
          context.lineWidth = width;
          context.beginPath();
          context.moveTo(x, y);
          context.lineTo(nearX, nearY);
          context.stroke();
        }
      }
      context.globalAlpha = 0.88;
      context.fillStyle = look.background;
      context.beginPath();
      context.roundRect(spot.x, spot.y, spot.w, spot.h, 4);
      context.fill();
      context.globalAlpha = 1;
      context.fillStyle = look.laneColor(lane);
      context.fillRect(spot.x, spot.y + 3, 3, spot.h - 6);
      context.fillStyle = look.text;
      context.fillText(text, spot.x + 7, spot.y + spot.h / 2 + 0.5);
    });
  }

  drawArrows(context, head) {
    if (head.out || head.diverged) return;
    const { lane, k } = head;
    const end = lastStep(lane, this.map.race.steps);
    const [gx, gy] = this.map.exact.gradient(lane.x[k], lane.y[k]);
    const arrow = (dx, dy, length, color, dash) => {
      const { x0, x1, y0, y1 } = this.map.view;
      const [px, py] = [(dx / (x1 - x0)) * this.map.width, (-dy / (y1 - y0)) * this.map.height];
      const size = Math.hypot(px, py);
      if (!(size > 0) || !Number.isFinite(size)) return;
      const scale = (length || clamp(size, 14, 90)) / size;
      drawArrow(context, head.x, head.y, px * scale, py * scale, color, this.map.look.halo, dash);
    };
    arrow(-gx, -gy, 46, this.map.look.text, [2, 2]);
    if (lane.momentum !== null && lane.momentum !== undefined) {
      const [mx, my] = lane.memory[lane.momentum].series;
      const sample = Math.floor(k / this.map.race.stride);
      arrow(-mx.values[sample], -my.values[sample], 46, this.map.look.muted, []);
    }
    if (k < end) arrow(lane.x[k + 1] - lane.x[k], lane.y[k + 1] - lane.y[k], 0, this.map.look.laneColor(lane), []);
  }

  drawHover(context) {
    if (!this.map.hover?.lane) return;
    const { lane, k } = this.map.hover;
    const [x, y] = this.map.place(lane.x[k], lane.y[k]);
    context.setLineDash([]);
    for (const [style, width] of [[this.map.look.halo, 4.5], [this.map.look.text, 1.8]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, 6, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  // What the marks mean, in the lower left corner.
  drawKey(context) {
    const { look, race } = this.map;
    const entries = [["start", (x, y) => drawStart(context, x, y, 5, look.ink, look.paper)]];
    if (race.landscape.minima.length) entries.push(["minimum", (x, y) => drawMinimum(context, x, y, 7, look.ink, look.paper)]);
    if (race.landscape.saddles.length) entries.push(["saddle", (x, y) => drawSaddle(context, x, y, 6, look.ink, look.paper)]);
    if (this.map.hooks.arrows()) {
      const arrow = (color, dash) => (x, y) => drawArrow(context, x - 9, y, 17, 0, color, look.halo, dash);
      entries.push(["−∇f", arrow(look.text, [2, 2])]);
      if (this.map.lanes.some((lane) => lane.momentum !== null)) entries.push(["−m", arrow(look.muted, [])]);
      entries.push(["step", arrow(look.laneColor(this.map.hooks.selected() || this.map.lanes[0] || race.lanes[0]), [])]);
    }
    if (this.map.hooks.slopes()) entries.push(["−∇f, lengths compressed", (x, y) => drawArrow(context, x - 9, y, 17, 0, look.text, null, [], { width: 1.3, head: 5 })]);
    entries.push(...this.marked, ...this.dissected);
    context.font = look.font(11);
    const rows = [[]];
    let wide = 0;
    for (const [text, mark] of entries) {
      const width = context.measureText(text).width + 34;
      if (wide + width > this.map.width - 12 && rows[rows.length - 1].length) {
        rows.push([]);
        wide = 0;
      }
      rows[rows.length - 1].push({ text, mark, x: wide });
      wide += width;
      rows.widest = Math.max(rows.widest || 0, wide);
    }
    const [left, high] = [KEY_EDGE, KEY_ROW * rows.length];
    const top = this.map.height - KEY_EDGE - high;
    this.keyBox = { x: left, y: top, w: rows.widest, h: high };
    context.globalAlpha = 0.82;
    context.fillStyle = look.background;
    context.beginPath();
    context.roundRect(left, top, rows.widest, high, 5);
    context.fill();
    context.globalAlpha = 1;
    context.textAlign = "left";
    context.textBaseline = "middle";
    rows.forEach((row, i) => row.forEach(({ text, mark, x }) => {
      const middle = top + KEY_ROW * (i + 0.5);
      mark(left + x + 14, middle);
      context.fillStyle = look.text;
      context.fillText(text, left + x + 27, middle + 0.5);
    }));
  }
}
