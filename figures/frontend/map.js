// The map: field, axes, trails, heads with names, marks, and everything a pointer does on it.

import { Field } from "./field.js";
import { drawArrow, drawMarker, drawMinimum, drawSaddle, drawStart, placeLabels } from "./marks.js";
import { axisName, clamp, formatNumber, linearTicks } from "./numbers.js";
import { compileLandscape } from "./program.js";
import { Trails, clipSegment, haloStyle, indexAt, lastStep, strokeStyle } from "./trails.js";

const MARGIN = { left: 46, right: 54, top: 15, bottom: 34 };
const LAYERS = ["axes", "field", "ghost", "halo", "trail", "overlay"];
const CLICK_SLOP = 5;

// The domain widened to the shape of the picture, so that one unit is as long in x as in y, unless that shows too little.
function homeView(race, width, height) {
  let [[x0, x1], [y0, y1]] = race.landscape.domain;
  const [sx, sy] = race.start;
  const pad = 0.04;
  if (sx < x0) x0 = sx - pad * (x1 - sx);
  if (sx > x1) x1 = sx + pad * (sx - x0);
  if (sy < y0) y0 = sy - pad * (y1 - sy);
  if (sy > y1) y1 = sy + pad * (sy - y0);
  const stretch = (width / height) * ((y1 - y0) / (x1 - x0));
  if (stretch > 1 && stretch < 2.6) {
    const extra = ((stretch - 1) * (x1 - x0)) / 2;
    return { x0: x0 - extra, x1: x1 + extra, y0, y1 };
  }
  if (stretch < 1 && stretch > 1 / 2.6) {
    const extra = ((1 / stretch - 1) * (y1 - y0)) / 2;
    return { x0, x1, y0: y0 - extra, y1: y1 + extra };
  }
  return { x0, x1, y0, y1 };
}

// A number near this one that is short enough for the color bar: beyond thousands and thousandths a power of ten.
function shortest(value, rough) {
  const rounded = Number(value.toPrecision(rough ? 1 : 2));
  const power = Math.log10(Math.abs(rounded));
  return !rough || rounded === 0 || (power >= -3 && power < 5) ? rounded : Math.sign(value) * 10 ** Math.round(power);
}

export class PlaneMap {
  constructor(host, hooks) {
    this.host = host;
    this.hooks = hooks;
    this.canvases = {};
    for (const name of LAYERS) {
      const canvas = document.createElement("canvas");
      canvas.className = `dl-layer dl-${name}`;
      canvas.setAttribute("aria-hidden", "true");
      host.append(canvas);
      this.canvases[name] = canvas;
    }
    this.handle = document.createElement("button");
    this.handle.type = "button";
    this.handle.className = "dl-start";
    host.append(this.handle);
    this.field = new Field(() => this.invalidate("field"));
    this.trails = new Trails(this.canvases.ghost, this.canvases.halo, this.canvases.trail);
    this.dirty = new Set();
    this.labelMemory = new Map();
    this.pointers = new Map();
    this.zoomed = null;
    this.hover = null;
    this.dragStart = null;
    this.listen();
  }

  get zoomHeight() {
    return this.host.querySelector(".dl-zoom")?.offsetHeight || 0;
  }

  invalidate(...what) {
    for (const one of what) this.dirty.add(one);
    this.hooks.wake();
  }

  // A new race: trails and marks are rebuilt, the field only where program or domain changed.
  setRace(race) {
    this.race = race;
    this.exact = compileLandscape(race.landscape.program);
    this.field.setProgram(race.landscape.program, race.landscape.domain);
    this.labelMemory.clear();
    this.pending = null;
    this.hover = null;
    this.layout();
  }

  setLook(look) {
    this.look = look;
    this.layout();
  }

  setShown(lanes) {
    this.lanes = lanes;
    this.invalidate("trails", "overlay");
  }

  setZoom(view) {
    this.zoomed = view;
    this.layout();
  }

  get view() {
    return this.zoomed || this.home;
  }

  resize(width, height, ratio) {
    Object.assign(this, { outerWidth: width, outerHeight: height, ratio });
    this.width = Math.max(40, width - MARGIN.left - MARGIN.right);
    this.height = Math.max(40, height - MARGIN.top - MARGIN.bottom);
    for (const [name, canvas] of Object.entries(this.canvases)) {
      const [w, h] = name === "axes" ? [width, height] : [this.width, this.height];
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      canvas.style.width = `${w}px`;
      canvas.style.height = `${h}px`;
      canvas.style.left = name === "axes" ? "0" : `${MARGIN.left}px`;
      canvas.style.top = name === "axes" ? "0" : `${MARGIN.top}px`;
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.layout();
  }

  layout() {
    if (!this.race || !this.width || !this.look) return;
    this.home = homeView(this.race, this.width, this.height);
    this.field.request(this.view, this.width, this.height, this.ratio, this.look.field);
    this.invalidate("field", "axes", "trails", "overlay");
    this.placeHandle();
  }

  toScreen(x, y) {
    const { x0, x1, y0, y1 } = this.view;
    return [((x - x0) / (x1 - x0)) * this.width, ((y1 - y) / (y1 - y0)) * this.height];
  }

  toPlane(px, py) {
    const { x0, x1, y0, y1 } = this.view;
    return [x0 + (px / this.width) * (x1 - x0), y1 - (py / this.height) * (y1 - y0)];
  }

  // One frame; `position` is the step with its fraction. Returns whether work is left.
  draw(position, budget) {
    if (!this.race || !this.width || !this.look) return false;
    this.field.work(budget);
    if (this.dirty.has("field")) this.drawField();
    if (this.dirty.has("axes")) this.drawAxes();
    if (this.dirty.has("trails")) {
      this.trails.rebuild(this.lanes, this.race.steps, this.view, this.width, this.height, this.look);
    }
    const step = Math.floor(position);
    if (this.dirty.has("trails") || step !== this.trails.step) this.trails.drawTo(step, this.look);
    this.drawOverlay(position);
    this.dirty.clear();
    return this.field.busy;
  }

  drawField() {
    const context = this.canvases.field.getContext("2d");
    const painted = this.field.painted;
    context.clearRect(0, 0, this.width, this.height);
    if (!painted) return;
    const [left, top] = this.toScreen(painted.view.x0, painted.view.y1);
    const [right, bottom] = this.toScreen(painted.view.x1, painted.view.y0);
    context.imageSmoothingQuality = "high";
    context.drawImage(painted.canvas, left, top, right - left, bottom - top);
    this.invalidate("axes");
  }

  drawAxes() {
    const context = this.canvases.axes.getContext("2d");
    const { look, width, height } = this;
    context.clearRect(0, 0, this.outerWidth, this.outerHeight);
    context.save();
    context.translate(MARGIN.left, MARGIN.top);
    context.font = look.font(11);
    context.fillStyle = look.muted;
    context.strokeStyle = look.grid;
    context.lineWidth = 1;
    const across = linearTicks(this.view.x0, this.view.x1, Math.max(2, width / 80));
    const up = linearTicks(this.view.y0, this.view.y1, Math.max(2, height / 55));
    context.font = look.font(12, 600);
    const named = context.measureText(axisName("x", across)).width;
    context.font = look.font(11);
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const { value, label } of across.ticks) {
      const x = Math.round(this.toScreen(value, 0)[0]) + 0.5;
      context.strokeRect(x, height, 0, 4);
      const half = context.measureText(label).width / 2;
      if (x - half > -20 && x + half < width - named - 6) context.fillText(label, x, height + 7);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { value, label } of up.ticks) {
      const y = Math.round(this.toScreen(0, value)[1]) + 0.5;
      context.strokeRect(-4, y, 4, 0);
      if (y > 21 && y < height - 6) context.fillText(label, -7, y);
    }
    context.font = look.font(12, 600);
    context.fillStyle = look.text;
    context.textAlign = "right";
    context.textBaseline = "top";
    context.fillText(axisName("x", across), width, height + 6);
    const upward = axisName("y", up);
    context.textAlign = upward === "y" ? "right" : "left";
    context.fillText(upward, upward === "y" ? -7 : -MARGIN.left + 2, upward === "y" ? 0 : -14);
    this.drawColorBar(context);
    context.restore();
  }

  drawColorBar(context) {
    const scale = this.field.painted?.scale;
    if (!scale) return;
    const { look, width, height } = this;
    const bar = { x: width + 8, y: 16, w: 9, h: height - 16 - (this.zoomHeight ? this.zoomHeight + 8 : 0) };
    const ramp = context.createLinearGradient(0, bar.y + bar.h, 0, bar.y);
    look.field.palette.forEach((color, i, all) => ramp.addColorStop(i / (all.length - 1), color));
    context.fillStyle = ramp;
    context.fillRect(bar.x, bar.y, bar.w, bar.h);
    context.font = look.font(10);
    context.fillStyle = look.muted;
    context.textAlign = "left";
    context.textBaseline = "middle";
    let above = -Infinity;
    for (const level of [1, 0.8, 0.6, 0.4, 0.2, 0]) {
      const value = shortest(scale.value(level), scale.logarithmic);
      const y = clamp(bar.y + (1 - scale.level(value)) * bar.h, bar.y + 5, bar.y + bar.h - 5);
      if (y - above < 16) continue;
      above = y;
      context.fillText(formatNumber(value, 2), bar.x + bar.w + 3, y);
    }
    context.font = look.font(12, 600);
    context.fillStyle = look.text;
    context.textBaseline = "top";
    context.fillText("f", bar.x + 1, 0);
  }

  // Where a lane's head is on the screen at a fractional step, and whether it has left the picture or diverged.
  headOf(lane, position) {
    const end = lastStep(lane, this.race.steps);
    const at = Math.min(position, end);
    const k = Math.floor(at);
    const [xa, ya] = this.toScreen(lane.x[k], lane.y[k]);
    const part = k < end ? at - k : 0;
    const [xb, yb] = part ? this.toScreen(lane.x[k + 1], lane.y[k + 1]) : [xa, ya];
    const head = { lane, k, x: xa + part * (xb - xa), y: ya + part * (yb - ya) };
    head.diverged = lane.diverged >= 0 && position >= lane.diverged;
    head.out = !(head.x >= 0 && head.x <= this.width && head.y >= 0 && head.y <= this.height);
    if (head.out) {
      // Back to the last piece of the path that crosses the picture: there it left.
      const limited = (x, y) => [clamp(x, -1e6, 1e6), clamp(y, -1e6, 1e6)];
      let to = limited(head.x, head.y);
      let from = limited(xa, ya);
      let cut = null;
      for (let i = k; !cut && i >= 0; i -= 1) {
        from = limited(...this.toScreen(lane.x[i], lane.y[i]));
        cut = clipSegment(...from, ...to, this.width, this.height, 0);
        if (!cut) to = from;
      }
      [head.x, head.y] = cut ? cut.slice(2) : to;
      head.angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
      head.x = clamp(head.x, 8, this.width - 8);
      head.y = clamp(head.y, 8, this.height - 8);
    }
    return head;
  }

  drawOverlay(position) {
    const context = this.canvases.overlay.getContext("2d");
    const { look, race } = this;
    context.clearRect(0, 0, this.width, this.height);
    for (const [x, y] of race.landscape.saddles) drawSaddle(context, ...this.toScreen(x, y), 8, look.ink, look.paper);
    for (const [x, y] of race.landscape.minima) drawMinimum(context, ...this.toScreen(x, y), 9, look.ink, look.paper);
    const [startX, startY] = this.dragStart || this.pending || race.start;
    drawStart(context, ...this.toScreen(startX, startY), this.dragStart ? 9 : 7, look.ink, look.paper);
    const heads = this.lanes.map((lane) => this.headOf(lane, position));
    this.drawTips(context, heads, position);
    if (this.hooks.arrows()) for (const head of heads) this.drawArrows(context, head);
    for (const head of heads) this.drawHead(context, head);
    this.drawLabels(context, heads);
    this.drawHover(context);
    this.drawKey(context);
  }

  // The part of the path between the last drawn point and the moving head.
  drawTips(context, heads, position) {
    for (const { lane, x, y, out } of heads) {
      const path = this.trails.paths.get(lane);
      if (!path || out) continue;
      const to = indexAt(path, Math.floor(position));
      const from = Math.min(path.drawn, to);
      for (const style of ["halo", "color"]) {
        context.beginPath();
        context.moveTo(path.xs[from], path.ys[from]);
        for (let i = from + 1; i <= to; i += 1) context.lineTo(path.xs[i], path.ys[i]);
        context.lineTo(x, y);
        if (style === "halo") haloStyle(context, this.look.halo);
        else strokeStyle(context, lane, this.look.laneColor(lane), path.lengths[from]);
        context.globalAlpha = style === "halo" ? 0.7 : 1;
        context.stroke();
      }
      context.globalAlpha = 1;
    }
  }

  drawHead(context, head) {
    const { look } = this;
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
    const chosen = head.lane === this.hooks.selected();
    drawMarker(context, head.lane.outline, head.x, head.y, chosen ? 8.5 : 7, color, look.halo, 2);
  }

  drawLabels(context, heads) {
    const { look } = this;
    context.font = look.font(12, 600);
    context.setLineDash([]);
    const items = heads.map((head) => {
      const text = head.diverged ? `${head.lane.label} diverged at step ${head.lane.diverged}` : head.lane.label;
      if (!this.textWidths || this.textFont !== context.font) {
        this.textWidths = new Map();
        this.textFont = context.font;
      }
      if (!this.textWidths.has(text)) this.textWidths.set(text, context.measureText(text).width + 12);
      return { ...head, key: head.lane.index, text, width: this.textWidths.get(text), height: 18 };
    });
    const spots = placeLabels(items, this.width, this.height, this.labelMemory, this.keyBox);
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
    const end = lastStep(lane, this.race.steps);
    const [gx, gy] = this.exact.gradient(lane.x[k], lane.y[k]);
    const arrow = (dx, dy, length, color, dash) => {
      const { x0, x1, y0, y1 } = this.view;
      const [px, py] = [(dx / (x1 - x0)) * this.width, (-dy / (y1 - y0)) * this.height];
      const size = Math.hypot(px, py);
      if (!(size > 0) || !Number.isFinite(size)) return;
      const scale = (length || clamp(size, 14, 90)) / size;
      drawArrow(context, head.x, head.y, px * scale, py * scale, color, this.look.halo, dash);
    };
    arrow(-gx, -gy, 46, this.look.text, [2, 2]);
    if (lane.momentum !== null && lane.momentum !== undefined) {
      const [mx, my] = lane.memory[lane.momentum].series;
      const sample = Math.floor(k / this.race.stride);
      arrow(-mx.values[sample], -my.values[sample], 46, this.look.muted, []);
    }
    if (k < end) arrow(lane.x[k + 1] - lane.x[k], lane.y[k + 1] - lane.y[k], 0, this.look.laneColor(lane), []);
  }

  drawHover(context) {
    if (!this.hover?.lane) return;
    const { lane, k } = this.hover;
    const [x, y] = this.toScreen(lane.x[k], lane.y[k]);
    context.setLineDash([]);
    for (const [style, width] of [[this.look.halo, 4.5], [this.look.text, 1.8]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, 6, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  // What the marks mean, in the lower left corner.
  drawKey(context) {
    const { look, race } = this;
    const entries = [["start", (x, y) => drawStart(context, x, y, 5, look.ink, look.paper)]];
    if (race.landscape.minima.length) entries.push(["minimum", (x, y) => drawMinimum(context, x, y, 7, look.ink, look.paper)]);
    if (race.landscape.saddles.length) entries.push(["saddle", (x, y) => drawSaddle(context, x, y, 6, look.ink, look.paper)]);
    if (this.hooks.arrows()) {
      const arrow = (color, dash) => (x, y) => drawArrow(context, x - 9, y, 17, 0, color, look.halo, dash);
      entries.push(["−∇f", arrow(look.text, [2, 2])]);
      if (this.lanes.some((lane) => lane.momentum !== null)) entries.push(["−m", arrow(look.muted, [])]);
      entries.push(["step", arrow(look.laneColor(this.hooks.selected() || this.lanes[0] || race.lanes[0]), [])]);
    }
    context.font = look.font(11);
    const widths = entries.map(([text]) => context.measureText(text).width + 34);
    const total = widths.reduce((sum, w) => sum + w, 0);
    const [left, top] = [6, this.height - 26];
    this.keyBox = { x: left, y: top, w: total, h: 20 };
    context.globalAlpha = 0.82;
    context.fillStyle = look.background;
    context.beginPath();
    context.roundRect(left, top, total, 20, 5);
    context.fill();
    context.globalAlpha = 1;
    let x = left;
    context.textAlign = "left";
    context.textBaseline = "middle";
    entries.forEach(([text, mark], i) => {
      mark(x + 14, top + 10);
      context.fillStyle = look.text;
      context.fillText(text, x + 27, top + 10.5);
      x += widths[i];
    });
  }

  placeHandle() {
    if (!this.race) return;
    const [x, y] = this.dragStart || this.pending || this.race.start;
    const [px, py] = this.toScreen(x, y);
    const inside = px >= 0 && px <= this.width && py >= 0 && py <= this.height;
    this.handle.hidden = !inside || !this.hooks.canPick();
    this.handle.style.left = `${MARGIN.left + px}px`;
    this.handle.style.top = `${MARGIN.top + py}px`;
    this.handle.setAttribute("aria-label", `Start at x ${formatNumber(x, 4)}, y ${formatNumber(y, 4)}. Drag it, or move it with the arrow keys.`);
  }

  // ---- pointer ------------------------------------------------------------------------------------------------------

  local(event) {
    const box = this.canvases.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  listen() {
    const overlay = this.canvases.overlay;
    overlay.addEventListener("pointerdown", (event) => this.down(event));
    overlay.addEventListener("pointermove", (event) => this.move(event));
    overlay.addEventListener("pointerup", (event) => this.up(event));
    overlay.addEventListener("pointercancel", (event) => this.up(event));
    overlay.addEventListener("pointerleave", () => this.leave());
    this.host.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    overlay.addEventListener("dblclick", () => this.reset());
    this.handle.addEventListener("pointerdown", (event) => this.grab(event));
    this.handle.addEventListener("pointermove", (event) => this.carry(event));
    this.handle.addEventListener("pointerup", (event) => this.drop(event));
    this.handle.addEventListener("pointercancel", () => this.cancelDrag());
    this.handle.addEventListener("keydown", (event) => this.nudge(event));
    this.handle.addEventListener("dblclick", () => this.reset());
  }

  down(event) {
    if (event.button !== 0) return;
    this.canvases.overlay.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.local(event));
    this.press = { at: this.local(event), view: this.view, moved: this.pointers.size > 1, plane: this.toPlane(...this.local(event)) };
    if (this.pointers.size === 2) this.beginPinch();
  }

  beginPinch() {
    const [a, b] = [...this.pointers.values()];
    this.pinch = { gap: Math.hypot(a[0] - b[0], a[1] - b[1]), view: this.view, middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }

  move(event) {
    const at = this.local(event);
    this.aimed = true;
    if (!this.pointers.has(event.pointerId)) {
      this.point(at);
      return;
    }
    this.pointers.set(event.pointerId, at);
    if (this.pinch && this.pointers.size === 2) {
      const [a, b] = [...this.pointers.values()];
      const { view, gap, middle } = this.pinch;
      const factor = gap / Math.max(10, Math.hypot(a[0] - b[0], a[1] - b[1]));
      const shift = [(a[0] + b[0]) / 2 - middle[0], (a[1] + b[1]) / 2 - middle[1]];
      this.zoomTo(this.moved(this.scaled(view, middle, factor), shift));
      return;
    }
    const shift = [at[0] - this.press.at[0], at[1] - this.press.at[1]];
    if (Math.hypot(...shift) > CLICK_SLOP) this.press.moved = true;
    if (this.press.moved && this.pointers.size === 1 && !this.pinch) {
      this.host.classList.add("dl-panning");
      this.zoomTo(this.moved(this.press.view, shift));
    }
  }

  up(event) {
    const was = this.pointers.delete(event.pointerId);
    this.host.classList.remove("dl-panning");
    if (this.pinch) {
      if (this.pointers.size === 0) this.pinch = null;
      return;
    }
    if (!was || event.type === "pointercancel" || this.press.moved) return;
    const head = this.headNear(this.local(event));
    if (head) {
      this.hooks.select(head);
      return;
    }
    if (!this.hooks.canPick()) return;
    // A second click may follow to reset a zoomed view; at home there is nothing to wait for.
    const plane = this.press.plane;
    clearTimeout(this.clickTimer);
    if (!this.zoomed) this.pick(plane);
    else this.clickTimer = setTimeout(() => this.pick(plane), 260);
  }

  headNear([px, py]) {
    for (const lane of this.lanes) {
      const head = this.headOf(lane, this.hooks.position());
      if (Math.hypot(head.x - px, head.y - py) < 11 && lane !== this.hooks.selected()) return lane;
    }
    return null;
  }

  leave() {
    this.aimed = false;
    if (this.hover) this.point(null);
  }

  // Exact f under the pointer, and the nearest point of a visible path within 60 pixels.
  point(at) {
    this.hover = null;
    if (at) {
      const [x, y] = this.toPlane(...at);
      this.hover = { x, y, f: this.exact.value(x, y), lane: null, k: 0 };
      let best = 60;
      const step = Math.floor(this.hooks.position());
      for (const [lane, path] of this.trails.paths) {
        for (let i = indexAt(path, step); i >= 0; i -= 1) {
          const gap = Math.hypot(path.xs[i] - at[0], path.ys[i] - at[1]);
          if (gap < best) {
            best = gap;
            Object.assign(this.hover, { lane, k: path.ks[i] });
          }
        }
      }
    }
    this.hooks.hover(this.hover);
    this.invalidate("overlay");
  }

  // The wheel zooms once the pointer itself has moved over the map; a page scrolled past is never caught.
  wheel(event) {
    if (!this.aimed && !event.ctrlKey && !event.metaKey) return;
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 200 : 1;
    const factor = Math.exp(clamp(event.deltaY * unit, -240, 240) * (event.ctrlKey ? 0.008 : 0.0022));
    const next = this.scaled(this.view, this.local(event), factor);
    if (!next) return;
    event.preventDefault();
    this.zoomTo(next);
    this.point(this.local(event));
  }

  scaled(view, [px, py], factor) {
    const x = view.x0 + (px / this.width) * (view.x1 - view.x0);
    const y = view.y1 - (py / this.height) * (view.y1 - view.y0);
    const wide = (view.x1 - view.x0) * factor;
    if (factor > 1 && wide > 6 * (this.home.x1 - this.home.x0)) return null;
    if (factor < 1 && wide < 1e-12 * Math.max(Math.abs(x), this.home.x1 - this.home.x0)) return null;
    return {
      x0: x - (x - view.x0) * factor,
      x1: x + (view.x1 - x) * factor,
      y0: y - (y - view.y0) * factor,
      y1: y + (view.y1 - y) * factor,
    };
  }

  moved(view, [dx, dy]) {
    if (!view) return null;
    const [sx, sy] = [(dx / this.width) * (view.x1 - view.x0), (dy / this.height) * (view.y1 - view.y0)];
    return { x0: view.x0 - sx, x1: view.x1 - sx, y0: view.y0 + sy, y1: view.y1 + sy };
  }

  zoomTo(view) {
    if (!view) return;
    this.setZoom(view);
    this.hooks.changed();
  }

  zoomBy(factor) {
    this.zoomTo(this.scaled(this.view, [this.width / 2, this.height / 2], factor));
  }

  reset() {
    clearTimeout(this.clickTimer);
    if (!this.zoomed) return;
    this.setZoom(null);
    this.hooks.changed();
  }

  pick([x, y]) {
    this.pending = [x, y];
    this.placeHandle();
    this.invalidate("overlay");
    this.hooks.pick(x, y);
  }

  grab(event) {
    if (event.button !== 0) return;
    this.handle.setPointerCapture(event.pointerId);
    this.grabbed = { at: this.local(event), start: this.toScreen(...(this.pending || this.race.start)) };
  }

  carry(event) {
    if (!this.grabbed) {
      this.aimed = true;
      return;
    }
    const at = this.local(event);
    const [dx, dy] = [at[0] - this.grabbed.at[0], at[1] - this.grabbed.at[1]];
    if (!this.dragStart && Math.hypot(dx, dy) < 3) return;
    const [px, py] = [this.grabbed.start[0] + dx, this.grabbed.start[1] + dy];
    this.dragStart = this.toPlane(clamp(px, 0, this.width), clamp(py, 0, this.height));
    this.placeHandle();
    const [x, y] = this.dragStart;
    this.hooks.hover({ x, y, f: this.exact.value(x, y), lane: null, k: 0 });
    this.invalidate("overlay");
  }

  drop() {
    const to = this.dragStart;
    this.cancelDrag();
    if (to) this.pick(to);
  }

  cancelDrag() {
    this.grabbed = null;
    this.dragStart = null;
    this.hooks.hover(null);
    this.placeHandle();
    this.invalidate("overlay");
  }

  nudge(event) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = this.pending || this.race.start;
    const part = event.shiftKey ? 0.05 : 0.01;
    const view = this.view;
    this.pending = [x + direction[0] * part * (view.x1 - view.x0), y + direction[1] * part * (view.y1 - view.y0)];
    this.placeHandle();
    this.invalidate("overlay");
    clearTimeout(this.nudgeTimer);
    this.nudgeTimer = setTimeout(() => this.pick(this.pending), 450);
  }

  destroy() {
    clearTimeout(this.clickTimer);
    clearTimeout(this.nudgeTimer);
  }
}
