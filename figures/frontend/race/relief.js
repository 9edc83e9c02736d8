// The race on the surface in three dimensions: painted once a view, with trails and heads above it that move with the step.
// The height is the field's level: f itself, or its logarithmic level where values span decades.

import { listen } from "../shared/failure.js";
import { clamp, formatNumber, linearTicks } from "../shared/numbers.js";
import { TILT, bestView, boxOf, cameraOf, isSeen } from "./camera.js";
import { CONTOURS, fieldScale } from "./field.js";
import { drawMinimum, drawSaddle, drawStart } from "./marks.js";
import { Overlay } from "./overlay.js";
import { compileLandscape, compileProgram } from "./program.js";
import { haloStyle, indexAt, lastStep, strokeStyle } from "./trails.js";

const CELLS = 68;
const LIFT = 0.012;
const STRIDE = 0.02; // longer steps are laid over the surface in pieces
const SHEETS = ["axes", "surface", "trail", "overlay"];

function painter(palette) {
  const stops = palette.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const known = new Map();
  return (level, light) => {
    const key = Math.round(level * 96) * 32 + Math.round(light * 31);
    if (!known.has(key)) {
      const place = clamp(level, 0, 1) * (stops.length - 1);
      const left = Math.min(Math.floor(place), stops.length - 2);
      const shade = 0.72 + 0.34 * light;
      const mixed = stops[left].map((c, i) => Math.min(255, Math.round((c + (place - left) * (stops[left + 1][i] - c)) * shade)));
      known.set(key, `rgb(${mixed.join(" ")})`);
    }
    return known.get(key);
  };
}

export class Relief {
  // hooks: wake(), selected(), position(), select(lane), hover(hover), changed()
  constructor(host, hooks) {
    this.host = host;
    this.hooks = { ...hooks, arrows: () => false, slopes: () => false, anatomy: () => null };
    this.canvases = {};
    for (const name of SHEETS) {
      const canvas = document.createElement("canvas");
      canvas.className = `dl-layer dl-relief-${name}`;
      canvas.setAttribute("aria-hidden", "true");
      host.append(canvas);
      this.canvases[name] = canvas;
    }
    this.overlay = new Overlay(this);
    this.trails = { paths: new Map() };
    this.chosen = null;
    this.hover = null;
    this.lanes = [];
    this.listen();
  }

  setRace(race) {
    const built = JSON.stringify([race.landscape, race.start]);
    const other = built !== this.built;
    this.built = built;
    if (other && this.race && this.race.landscape.key !== race.landscape.key) this.chosen = null;
    const place = JSON.stringify([race.landscape.key, race.start]);
    if (place !== this.seenFrom) this.usual = null;
    this.seenFrom = place;
    this.race = race;
    this.exact = compileLandscape(race.landscape);
    if (other) this.grid = null;
    this.hover = null;
    this.overlay.labelMemory.clear();
    this.invalidate();
  }

  setLook(look) {
    this.look = look;
    this.invalidate();
  }

  setShown(lanes) {
    this.lanes = lanes;
    this.invalidate();
  }

  invalidate() {
    this.stale = true;
    this.hooks.wake();
  }

  resize(width, height, ratio) {
    Object.assign(this, { width, height, ratio });
    for (const canvas of Object.values(this.canvases)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.invalidate();
  }

  // ---- what there is ------------------------------------------------------------------------------------------------

  sample() {
    const box = (this.box = boxOf(this.race));
    const size = CELLS + 1;
    const count = size * size;
    const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
    for (let p = 0; p < count; p += 1) {
      xs[p] = box.x0 + ((p % size) / CELLS) * (box.x1 - box.x0);
      ys[p] = box.y0 + (Math.floor(p / size) / CELLS) * (box.y1 - box.y0);
    }
    const { program, codes, parameters } = this.race.landscape;
    const code = Object.keys(parameters).length ? codes.value : program.value;
    const values = Float64Array.from(compileProgram(code, count, parameters, codes.rows)(xs, ys, count));
    this.scale = fieldScale(values);
    const heights = values.map((value) => (Number.isNaN(value) ? NaN : this.scale.level(value)));
    this.grid = { size, levels: heights };
    this.heightAt = (x, y) => {
      const [i, j] = [(x / box.wide + 0.5) * CELLS, (y / box.deep + 0.5) * CELLS];
      const [a, b] = [Math.min(Math.floor(i), CELLS - 1), Math.min(Math.floor(j), CELLS - 1)];
      const p = b * size + a;
      const [u, v] = [i - a, j - b];
      const level = (heights[p] * (1 - u) + heights[p + 1] * u) * (1 - v) + (heights[p + size] * (1 - u) + heights[p + size + 1] * u) * v;
      return box.unit(0, 0, level)[2];
    };
  }

  place(x, y, lift = LIFT) {
    const [u, v, w] = this.box.unit(x, y, this.scale.level(this.exact.value(x, y)));
    return [u, v, w + lift];
  }

  toScreen(x, y) {
    return this.camera.toScreen(this.place(x, y));
  }

  // The points of a path over the box, with the step of each; null where it leaves the box.
  laid(lane) {
    const points = [];
    const end = lastStep(lane, this.race.steps);
    let before = null;
    for (let k = 0; k <= end; k += 1) {
      const [x, y] = [lane.x[k], lane.y[k]];
      if (!this.box.holds(x, y)) {
        if (before) points.push(null);
        before = null;
        continue;
      }
      const [u, v] = this.box.unit(x, y, 0);
      const far = before ? Math.hypot(u - before.u, v - before.v) : 0;
      if (before && far < 0.002 && k < end) continue;
      const pieces = before ? Math.min(60, Math.ceil(far / STRIDE)) : 1;
      for (let i = 1; i < pieces; i += 1) {
        const part = i / pieces;
        points.push({ k: before.k + part * (k - before.k), at: this.place(before.x + part * (x - before.x), before.y + part * (y - before.y)) });
      }
      points.push({ k, at: this.place(x, y) });
      before = { u, v, x, y, k };
    }
    return points;
  }

  usualView() {
    const points = [[this.place(...this.race.start), 4]];
    for (const [x, y] of this.race.landscape.minima) if (this.box.holds(x, y)) points.push([this.place(x, y), 0.5]);
    for (const lane of this.race.lanes) {
      const path = this.laid(lane).filter(Boolean);
      if (!path.length) continue;
      points.push([path[path.length - 1].at, 4]);
      const every = Math.max(1, Math.floor(path.length / 12));
      for (let i = 0; i < path.length; i += every) points.push([path[i].at, 0.15]);
    }
    return bestView(this.box, points, this.heightAt, this.width, this.height);
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw(position) {
    if (!this.race || !(this.width > 40) || !this.look) return false;
    if (!this.grid) this.sample();
    if (this.stale) {
      this.stale = false;
      this.usual = this.usual || this.usualView();
      this.camera = cameraOf(this.box, ...(this.chosen || this.usual), this.width, this.height);
      this.project();
      this.drawAxes();
      this.drawSurface();
    }
    this.drawTrails(position);
    this.drawOverlay(position);
    return false;
  }

  project() {
    this.trails.paths = new Map(
      this.lanes.map((lane) => {
        const path = { ks: [], xs: [], ys: [], seen: [] };
        for (const point of this.laid(lane)) {
          const [x, y] = point ? this.camera.toScreen(point.at) : [NaN, NaN];
          path.ks.push(point ? point.k : path.ks.length ? path.ks[path.ks.length - 1] : 0);
          path.xs.push(x);
          path.ys.push(y);
          path.seen.push(Boolean(point) && isSeen(this.box, this.camera, point.at, this.heightAt));
        }
        return [lane, path];
      }),
    );
  }

  drawSurface() {
    const context = this.canvases.surface.getContext("2d");
    const { box, camera, look } = this;
    const { size, levels } = this.grid;
    context.clearRect(0, 0, this.width, this.height);
    const step = this.turning ? 2 : 1;
    const paint = painter(look.field.palette);
    const sides = [];
    const heights = [];
    for (let p = 0; p < size * size; p += 1) {
      const [i, j] = [p % size, Math.floor(p / size)];
      const at = [(i / CELLS - 0.5) * box.wide, (j / CELLS - 0.5) * box.deep, box.unit(0, 0, levels[p])[2]];
      heights.push(at[2]);
      sides.push(camera.toScreen(at));
    }
    context.lineJoin = "round";
    const order = (reverse) => {
      const places = [];
      for (let i = 0; i < CELLS; i += step) places.push(i);
      return reverse ? places.reverse() : places;
    };
    // From the far corner to the near one.
    for (const j of order(camera.ca > 0)) {
      for (const i of order(camera.sa < 0)) {
        const p = j * size + i;
        const corners = [p, p + step, p + step * size + step, p + step * size];
        const level = (levels[corners[0]] + levels[corners[1]] + levels[corners[2]] + levels[corners[3]]) / 4;
        if (Number.isNaN(level)) continue;
        const across = (heights[corners[1]] - heights[corners[0]]) / ((step / CELLS) * box.wide);
        const up = (heights[corners[3]] - heights[corners[0]]) / ((step / CELLS) * box.deep);
        const light = clamp((0.45 * across - 0.35 * up + 1) / Math.sqrt(1 + across * across + up * up) / 1.2, 0, 1);
        const color = paint(level, light);
        context.fillStyle = context.strokeStyle = color;
        context.lineWidth = 0.8;
        context.beginPath();
        corners.forEach((corner, n) => context[n ? "lineTo" : "moveTo"](...sides[corner]));
        context.closePath();
        context.fill();
        context.stroke(); // over the seam
        this.drawContours(context, corners, levels, sides);
      }
    }
  }

  drawContours(context, corners, levels, sides) {
    const { look } = this;
    const at = corners.map((corner) => levels[corner] * (CONTOURS + 1));
    const [low, high] = [Math.min(...at), Math.max(...at)];
    for (let contour = Math.max(1, Math.ceil(low)); contour <= Math.min(CONTOURS, Math.floor(high)); contour += 1) {
      const cuts = [];
      for (let edge = 0; edge < 4; edge += 1) {
        const next = (edge + 1) % 4;
        if (at[edge] > contour === at[next] > contour) continue;
        const t = (contour - at[edge]) / (at[next] - at[edge]);
        const [a, b] = [sides[corners[edge]], sides[corners[next]]];
        cuts.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
      }
      if (cuts.length < 2) continue;
      context.strokeStyle = look.field.contour;
      context.globalAlpha = look.field.contourAlpha;
      context.lineWidth = 0.9;
      context.beginPath();
      context.moveTo(...cuts[0]);
      context.lineTo(...cuts[1]);
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  drawAxes() {
    const context = this.canvases.axes.getContext("2d");
    const { box, camera, look } = this;
    context.clearRect(0, 0, this.width, this.height);
    const [w, d] = [box.wide / 2, box.deep / 2];
    const low = box.unit(0, 0, 0)[2];
    const high = box.unit(0, 0, 1)[2];
    context.strokeStyle = look.grid;
    context.lineWidth = 1;
    context.setLineDash([]);
    context.beginPath();
    [[-w, -d], [w, -d], [w, d], [-w, d], [-w, -d]].forEach(([x, y], n) => context[n ? "lineTo" : "moveTo"](...camera.toScreen([x, y, low])));
    const left = [[-w, -d], [w, -d], [w, d], [-w, d]].reduce((a, b) => (camera.toScreen([...b, 0])[0] < camera.toScreen([...a, 0])[0] ? b : a));
    context.moveTo(...camera.toScreen([...left, low]));
    context.lineTo(...camera.toScreen([...left, high]));
    context.stroke();
    context.font = look.font(11);
    context.fillStyle = look.muted;
    context.textBaseline = "middle";
    const front = camera.ca > 0 ? -d : d;
    const side = camera.sa > 0 ? w : -w;
    const out = 0.05;
    const label = (text, point, beyond, bold = false) => {
      const [x, y] = camera.toScreen(point);
      const [bx, by] = camera.toScreen(beyond);
      context.textAlign = bx < x - 3 ? "right" : bx > x + 3 ? "left" : "center";
      if (bold) Object.assign(context, { font: look.font(12, 600), fillStyle: look.text });
      context.fillText(text, bx, by);
      Object.assign(context, { font: look.font(11), fillStyle: look.muted });
    };
    for (const { value, label: text } of linearTicks(box.x0, box.x1, 5).ticks) {
      const x = box.unit(value, 0, 0)[0];
      label(text, [x, front, low], [x, front + Math.sign(front) * out, low]);
    }
    label("x", [0.5 * w, front, low], [0.1 * w, front + Math.sign(front) * 3 * out, low], true);
    for (const { value, label: text } of linearTicks(box.y0, box.y1, 5).ticks) {
      const y = box.unit(0, value, 0)[1];
      label(text, [side, y, low], [side + Math.sign(side) * out, y, low]);
    }
    label("y", [side, 0.5 * d, low], [side + Math.sign(side) * 3 * out, 0.1 * d, low], true);
    context.textAlign = "right";
    for (const level of [0, 0.25, 0.5, 0.75, 1]) {
      const [x, y] = camera.toScreen([...left, box.unit(0, 0, level)[2]]);
      context.fillText(formatNumber(Number(this.scale.value(level).toPrecision(2)), 2), x - 5, y);
    }
    const [x, y] = camera.toScreen([...left, high]);
    Object.assign(context, { font: look.font(12, 600), fillStyle: look.text });
    context.fillText("f", x - 5, y - 16);
  }

  drawTrails(position) {
    const context = this.canvases.trail.getContext("2d");
    const { look } = this;
    context.clearRect(0, 0, this.width, this.height);
    for (const [lane, path] of this.trails.paths) {
      const end = indexAt(path, position);
      const pass = (from, to, wanted) => {
        context.beginPath();
        let open = false;
        for (let i = from; i < to; i += 1) {
          const drawn = path.seen[i] === wanted && !Number.isNaN(path.xs[i]) && !Number.isNaN(path.xs[i + 1]);
          if (drawn && !open) context.moveTo(path.xs[i], path.ys[i]);
          if (drawn) context.lineTo(path.xs[i + 1], path.ys[i + 1]);
          open = drawn;
        }
      };
      const color = look.laneColor(lane);
      pass(end, path.ks.length - 1, true);
      strokeStyle(context, lane, color, 0);
      context.lineWidth = 1.1;
      context.globalAlpha = 0.5;
      context.stroke();
      pass(0, end, false);
      strokeStyle(context, lane, color, 0);
      context.globalAlpha = 0.3;
      context.stroke();
      pass(0, end, true);
      haloStyle(context, look.halo);
      context.globalAlpha = 0.7;
      context.stroke();
      strokeStyle(context, lane, color, 0);
      context.globalAlpha = 1;
      context.stroke();
    }
    context.setLineDash([]);
  }

  drawOverlay(position) {
    const context = this.canvases.overlay.getContext("2d");
    const { look, race, overlay } = this;
    context.clearRect(0, 0, this.width, this.height);
    const marks = [
      ...race.landscape.saddles.map((at) => [drawSaddle, at, 8]),
      ...race.landscape.minima.map((at) => [drawMinimum, at, 9]),
      [drawStart, race.start, 7],
    ];
    for (const [mark, [x, y], radius] of marks) {
      if (!this.box.holds(x, y)) continue;
      context.globalAlpha = isSeen(this.box, this.camera, this.place(x, y), this.heightAt) ? 1 : 0.35;
      mark(context, ...this.toScreen(x, y), radius, look.ink, look.paper);
    }
    context.globalAlpha = 1;
    const heads = this.lanes.map((lane) => this.headOf(lane, position));
    for (const head of heads) overlay.drawHead(context, head);
    overlay.drawLabels(context, heads);
    overlay.drawHover(context);
    overlay.drawKey(context);
  }

  headOf(lane, position) {
    const end = lastStep(lane, this.race.steps);
    const at = Math.min(position, end);
    const k = Math.floor(at);
    const part = k < end ? at - k : 0;
    const [x, y] = part ? [lane.x[k] + part * (lane.x[k + 1] - lane.x[k]), lane.y[k] + part * (lane.y[k + 1] - lane.y[k])] : [lane.x[k], lane.y[k]];
    const head = { lane, k, diverged: lane.diverged >= 0 && position >= lane.diverged, out: !this.box.holds(x, y) };
    const [u, v] = [clamp(x, this.box.x0, this.box.x1), clamp(y, this.box.y0, this.box.y1)];
    [head.x, head.y] = this.toScreen(u, v);
    if (head.out) {
      const middle = this.camera.toScreen([0, 0, 0]);
      head.angle = Math.atan2(head.y - middle[1], head.x - middle[0]);
    }
    return head;
  }

  // ---- hands --------------------------------------------------------------------------------------------------------

  turn(by, up = 0) {
    if (!this.camera) return;
    const turned = ((((this.camera.turn + by + 180) % 360) + 360) % 360) - 180;
    this.chosen = [turned, clamp(this.camera.tilt + up, TILT.low, TILT.high)];
    this.invalidate();
    this.hooks.changed();
  }

  reset() {
    this.chosen = null;
    this.invalidate();
    this.hooks.changed();
  }

  listen() {
    const { overlay } = this.canvases;
    const local = (event) => {
      const frame = overlay.getBoundingClientRect();
      return [event.clientX - frame.left, event.clientY - frame.top];
    };
    listen(overlay, "pointerdown", (event) => {
      if (event.button !== 0) return;
      overlay.setPointerCapture(event.pointerId);
      this.grip = { id: event.pointerId, at: local(event) };
    });
    listen(overlay, "pointermove", (event) => {
      const at = local(event);
      if (this.grip?.id !== event.pointerId) {
        this.point(at);
        return;
      }
      const [dx, dy] = [at[0] - this.grip.at[0], at[1] - this.grip.at[1]];
      this.grip.at = at;
      this.turning = true;
      this.turn(-dx * 0.45, event.pointerType === "touch" ? 0 : dy * 0.3);
    });
    const release = () => {
      this.grip = null;
      if (!this.turning) return;
      this.turning = false;
      this.invalidate();
    };
    listen(overlay, "pointerup", release);
    listen(overlay, "pointercancel", release);
    listen(overlay, "pointerleave", () => this.point(null));
    listen(overlay, "dblclick", () => this.reset());
  }

  // The nearest point of a path that was run, within 40 pixels.
  point(at) {
    this.hover = null;
    if (at && this.camera) {
      let best = 40;
      for (const [lane, path] of this.trails.paths) {
        for (let i = indexAt(path, this.hooks.position()); i >= 0; i -= 1) {
          const gap = Math.hypot(path.xs[i] - at[0], path.ys[i] - at[1]);
          if (!(gap < best)) continue;
          best = gap;
          const k = Math.round(path.ks[i]);
          this.hover = { lane, k, x: lane.x[k], y: lane.y[k], f: this.exact.value(lane.x[k], lane.y[k]) };
        }
      }
    }
    this.hooks.hover(this.hover);
    this.hooks.wake();
  }
}
