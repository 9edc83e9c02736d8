// The large picture: what the paths lie on, trails, heads with names, marks, and everything a pointer does on it.
// What they lie on is a ground: the plane here, or the curve of a function of x alone (line/curve.js).

import { axisName, clamp, formatNumber, linearTicks } from "../shared/numbers.js";
import { Field } from "./field.js";
import { Overlay } from "./overlay.js";
import { Pointer } from "./pointer.js";
import { compileLandscape } from "./program.js";
import { Trails, clipSegment, indexAt, lastStep } from "./trails.js";
import { drawSlopes, slopesOf } from "./vectors.js";

const MARGIN = { left: 46, right: 54, top: 15, bottom: 34 };
const UNDER = 60; // pixels over the lower edge, above the key
const LAYERS = ["axes", "field", "slopes", "ghost", "halo", "trail", "overlay"];

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

// The plane: the surface as a colored field with contours, axes, color bar, arrows downhill.
class PlaneGround {
  constructor(map) {
    this.map = map;
    this.margin = MARGIN;
    map.field = new Field(() => map.invalidate("field"));
  }

  get busy() {
    return this.map.field.busy;
  }

  home(race, width, height) {
    return homeView(race, width, height);
  }

  setSurface(surface, follows) {
    this.map.field.setSurface(surface, follows);
  }

  forget() {
    this.map.field.forget();
  }

  request() {
    const { field, view, width, height, ratio, look } = this.map;
    field.request(view, width, height, ratio, look.field);
  }

  // What a point of the picture stands for, where a point lies in it, and how high a lane's points lie.
  onto(x, y) {
    return [x, y];
  }

  height(x, y) {
    return y;
  }

  heights(lane) {
    return lane.y;
  }

  draw(dirty, budget) {
    this.map.field.work(budget);
    if (dirty.has("field")) this.drawField();
    if (dirty.has("axes")) this.drawAxes();
    if (dirty.has("slopes")) this.drawSlopes();
  }

  // Between the field and the heads; what the key lists of it.
  mark() {
    return [];
  }

  scaled(view, [px, py], factor) {
    const { home, width, height } = this.map;
    const x = view.x0 + (px / width) * (view.x1 - view.x0);
    const y = view.y1 - (py / height) * (view.y1 - view.y0);
    const wide = (view.x1 - view.x0) * factor;
    if (factor > 1 && wide > 6 * (home.x1 - home.x0)) return null;
    if (factor < 1 && wide < 1e-12 * Math.max(Math.abs(x), home.x1 - home.x0)) return null;
    return {
      x0: x - (x - view.x0) * factor,
      x1: x + (view.x1 - x) * factor,
      y0: y - (y - view.y0) * factor,
      y1: y + (view.y1 - y) * factor,
    };
  }

  moved(view, [dx, dy]) {
    const { width, height } = this.map;
    const [sx, sy] = [(dx / width) * (view.x1 - view.x0), (dy / height) * (view.y1 - view.y0)];
    return { x0: view.x0 - sx, x1: view.x1 - sx, y0: view.y0 + sy, y1: view.y1 + sy };
  }

  drawField() {
    const { map } = this;
    const context = map.canvases.field.getContext("2d");
    const painted = map.field.painted;
    context.clearRect(0, 0, map.width, map.height);
    if (!painted) return;
    const [left, top] = map.toScreen(painted.view.x0, painted.view.y1);
    const [right, bottom] = map.toScreen(painted.view.x1, painted.view.y0);
    context.imageSmoothingQuality = "high";
    context.drawImage(painted.canvas, left, top, right - left, bottom - top);
    map.invalidate("axes");
  }

  drawSlopes() {
    const { canvases, hooks, width, height, look } = this.map;
    const context = canvases.slopes.getContext("2d");
    canvases.slopes.style.display = hooks.slopes() ? "" : "none";
    if (!hooks.slopes()) return;
    context.clearRect(0, 0, width, height);
    drawSlopes(context, this.map.slopes(), look.dark ? look.paper : look.ink);
  }

  drawAxes() {
    drawFrame(this.map, this.map.names[1], (context) => this.drawColorBar(context));
  }

  drawColorBar(context) {
    const scale = this.map.field.painted?.scale;
    if (!scale) return;
    const { look, width, height, zoomHeight } = this.map;
    const bar = { x: width + 8, y: 16, w: 9, h: height - 16 - (zoomHeight ? zoomHeight + 8 : 0) };
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
}

// Ticks with numbers, and the names of both axes. upward: the name of the vertical one; below: pixels between the picture
// and the ticks under it; more(context) draws besides, from the corner of the picture.
export function drawFrame(map, upward, more, below = 0) {
  const context = map.canvases.axes.getContext("2d");
  const { look, view, width, height, margin } = map;
  context.clearRect(0, 0, map.outerWidth, map.outerHeight);
  context.save();
  context.translate(margin.left, margin.top);
  context.font = look.font(11);
  context.fillStyle = look.muted;
  context.strokeStyle = look.grid;
  context.lineWidth = 1;
  const across = linearTicks(view.x0, view.x1, Math.max(2, width / 80));
  const up = linearTicks(view.y0, view.y1, Math.max(2, height / 55));
  context.font = look.font(12, 600);
  const named = context.measureText(axisName(map.names[0], across)).width;
  context.font = look.font(11);
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { value, label } of across.ticks) {
    const x = Math.round(map.toScreen(value, 0)[0]) + 0.5;
    context.strokeRect(x, height + below, 0, 4);
    const half = context.measureText(label).width / 2;
    if (x - half > -20 && x + half < width - named - 6) context.fillText(label, x, height + below + 7);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, label } of up.ticks) {
    const y = Math.round(map.toScreen(0, value)[1]) + 0.5;
    context.strokeRect(-4, y, 4, 0);
    if (y > 21 && y < height - 6) context.fillText(label, -7, y);
  }
  context.font = look.font(12, 600);
  context.fillStyle = look.text;
  context.textAlign = "right";
  context.textBaseline = "top";
  context.fillText(axisName(map.names[0], across), width, height + below + 6);
  const title = axisName(upward, up);
  context.textAlign = title === upward ? "right" : "left";
  context.fillText(title, title === upward ? -7 : -margin.left + 2, title === upward ? 0 : -14);
  more(context);
  context.restore();
}

export class PlaneMap {
  constructor(host, hooks, Ground = PlaneGround) {
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
    this.ground = new Ground(this);
    this.trails = new Trails(this.canvases.ghost, this.canvases.halo, this.canvases.trail, (lane) => this.ground.heights(lane));
    this.dirty = new Set();
    this.overlay = new Overlay(this);
    this.zoomed = null;
    this.hover = null;
    this.dragStart = null;
    this.pointer = new Pointer(this);
  }

  // What the axes are called.
  get names() {
    return this.race.axes || ["x", "y"];
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
    const another = this.race?.landscape.key !== race.landscape.key;
    if (this.race && another) this.pointer.forget();
    if (another || String(this.race.start) !== String(race.start)) this.overlay.labelMemory.clear();
    this.race = race;
    this.pending = null;
    this.hover = null;
    this.setSurface(!another);
  }

  // The race's surface as it is now; its parameters may move under the finger.
  setSurface(follows = true) {
    this.exact = compileLandscape(this.race.landscape);
    this.ground.setSurface(this.race.landscape, follows);
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

  // From the first race on; before the map has a size (it may be hidden) it is that of a square.
  get view() {
    return this.zoomed || this.home;
  }

  resize(width, height, ratio) {
    Object.assign(this, { outerWidth: width, outerHeight: height, ratio });
    const margin = (this.margin = this.ground.margin);
    this.width = Math.max(40, width - margin.left - margin.right);
    this.height = Math.max(40, height - margin.top - margin.bottom);
    for (const [name, canvas] of Object.entries(this.canvases)) {
      const [w, h] = name === "axes" ? [width, height] : [this.width, this.height];
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      canvas.style.width = `${w}px`;
      canvas.style.height = `${h}px`;
      canvas.style.left = name === "axes" ? "0" : `${margin.left}px`;
      canvas.style.top = name === "axes" ? "0" : `${margin.top}px`;
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.layout();
  }

  // No picture of before is there any more.
  forget() {
    this.ground.forget?.();
  }

  layout() {
    if (!this.race) return;
    if (this.width && this.ground.margin.bottom !== this.margin.bottom) {
      this.resize(this.outerWidth, this.outerHeight, this.ratio);
      return;
    }
    this.home = this.ground.home(this.race, this.width || 1, this.height || 1);
    if (!this.width || !this.look) return;
    this.ground.request();
    this.invalidate("field", "axes", "slopes", "trails", "overlay");
    this.placeHandle();
  }

  toScreen(x, y) {
    const { x0, x1, y0, y1 } = this.view;
    return [((x - x0) / (x1 - x0)) * this.width, ((y1 - y) / (y1 - y0)) * this.height];
  }

  // Where a point lies in the picture.
  place(x, y) {
    return this.toScreen(x, this.ground.height(x, y));
  }

  // Where a start or a head is shown: on a line without f there it stands at the lower edge, above its x.
  shownAt(x, y) {
    const [px, py] = this.place(x, y);
    return [px, Number.isNaN(py) ? this.height - UNDER : py];
  }

  toPlane(px, py) {
    const { x0, x1, y0, y1 } = this.view;
    return this.ground.onto(x0 + (px / this.width) * (x1 - x0), y1 - (py / this.height) * (y1 - y0));
  }

  // The point that lies beside another by these shares of the picture. On a line up is on, as on any slider.
  beside([x, y], [across, up]) {
    const { x0, x1, y0, y1 } = this.view;
    const on = this.race.landscape.dimensions === 1 ? across + up : across;
    return this.ground.onto(x + on * (x1 - x0), y + up * (y1 - y0));
  }

  // One frame; `position` is the step with its fraction. Returns whether work is left.
  draw(position, budget) {
    if (!this.race || !this.width || !this.look) return false;
    this.ground.draw(this.dirty, budget);
    if (this.dirty.has("trails")) {
      this.trails.rebuild(this.lanes, this.race.steps, this.view, this.width, this.height, this.look);
    }
    const step = Math.floor(position);
    if (this.dirty.has("trails") || step !== this.trails.step) this.trails.drawTo(step, this.look);
    this.overlay.draw(position);
    this.dirty.clear();
    return this.ground.busy;
  }

  slopes() {
    return slopesOf(this.exact.gradient, this.view, this.width, this.height);
  }

  // Where a lane's head is on the screen at a fractional step, and whether it has left the picture or diverged.
  headOf(lane, position) {
    const end = lastStep(lane, this.race.steps);
    const at = Math.min(position, end);
    const k = Math.floor(at);
    const [xa, ya] = this.shownAt(lane.x[k], lane.y[k]);
    const part = k < end ? at - k : 0;
    const [xb, yb] = part ? this.place(lane.x[k + 1], lane.y[k + 1]) : [xa, ya];
    const head = { lane, k, x: xa + part * (xb - xa), y: ya + part * (yb - ya) };
    head.diverged = lane.diverged >= 0 && position >= lane.diverged;
    head.out = !(head.x >= 0 && head.x <= this.width && head.y >= 0 && head.y <= this.height);
    if (head.out) {
      // Back to the last piece of the path that crosses the picture: there it left.
      const path = this.trails.paths.get(lane);
      const far = 1e6;
      let to = [clamp(head.x, -far, far), clamp(head.y, -far, far)];
      let from = to;
      let cut = null;
      for (let i = path ? indexAt(path, k) : -1; !cut && i >= 0; i -= 1) {
        from = [path.xs[i], path.ys[i]];
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

  placeHandle() {
    if (!this.race) return;
    const [x, y] = this.dragStart || this.pending || this.race.start;
    const [px, py] = this.shownAt(x, y);
    const inside = px >= 0 && px <= this.width && py >= 0 && py <= this.height;
    this.handle.hidden = !inside || !this.hooks.canPick();
    this.handle.style.left = `${this.ground.margin.left + px}px`;
    this.handle.style.top = `${this.ground.margin.top + py}px`;
    const [across, up] = this.names;
    const where = this.race.landscape.dimensions === 1 ? `x ${formatNumber(x, 4)}` : `${across} ${formatNumber(x, 4)}, ${up} ${formatNumber(y, 4)}`;
    this.handle.setAttribute("aria-label", `Start at ${where}. Drag it, or move it with the arrow keys.`);
  }

  scaled(view, at, factor) {
    return this.ground.scaled(view, at, factor);
  }

  moved(view, shift) {
    return view && this.ground.moved(view, shift);
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
    clearTimeout(this.pointer.clickTimer);
    if (!this.zoomed) return;
    this.setZoom(null);
    this.hooks.changed();
  }

  // shown: whether the paths from there have been followed already, so that nothing new is to be played.
  pick([x, y], shown = false) {
    this.pending = [x, y];
    this.placeHandle();
    this.invalidate("overlay");
    this.hooks.pick(x, y, shown);
  }

  headNear([px, py]) {
    for (const lane of this.lanes) {
      const head = this.headOf(lane, this.hooks.position());
      if (Math.hypot(head.x - px, head.y - py) < 11 && lane !== this.hooks.selected()) return lane;
    }
    return null;
  }

  destroy() {
    this.pointer.forget();
  }
}
