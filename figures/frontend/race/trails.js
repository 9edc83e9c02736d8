// Paths as they lie on the screen: thinned polylines, drawn segment by segment so that a frame costs what it adds.

import { clamp } from "../shared/numbers.js";

// How strong a path is drawn that the server has not yet moved to where the others are.
export const STALE = 0.2;

// The last entry of a lane that is a real point (a diverged one is frozen from there on).
export function lastStep(lane, steps) {
  return lane.diverged >= 0 ? Math.max(0, lane.diverged - 1) : steps;
}

// Points that move less than 0.6 px are left out; far-away ones are pulled in along the ray so that canvas can draw them.
export function screenPath(lane, steps, view, width, height) {
  const end = lastStep(lane, steps);
  const kx = width / (view.x1 - view.x0);
  const ky = height / (view.y1 - view.y0);
  const ks = [];
  const xs = [];
  const ys = [];
  const lengths = [];
  const far = 1e6;
  for (let k = 0; k <= end; k += 1) {
    const x = clamp((lane.x[k] - view.x0) * kx, -far, far);
    const y = clamp((view.y1 - lane.y[k]) * ky, -far, far);
    const last = ks.length - 1;
    const moved = last < 0 ? Infinity : Math.sqrt((x - xs[last]) ** 2 + (y - ys[last]) ** 2);
    if (moved < 0.6 && k < end) continue;
    ks.push(k);
    xs.push(x);
    ys.push(y);
    lengths.push(last < 0 ? 0 : lengths[last] + Math.min(moved, 1e5));
  }
  // A path is laid down in pieces of 8 px, so that slow steps do not pile up their soft edges; the rest is drawn as tip.
  const whole = [];
  let piece = 0;
  for (let i = 0; i < ks.length; i += 1) {
    if (lengths[i] - lengths[piece] >= 8 || i === ks.length - 1) piece = i;
    whole.push(piece);
  }
  return { ks, xs, ys, lengths, whole, drawn: 0, stays: leaving(xs, ys, width, height) };
}

// Index of the first kept point after which a path never is in the picture again: from there on only the faint path
// shows where it crosses, for one that swings ever wider would hide all others.
function leaving(xs, ys, width, height) {
  let i = xs.length - 1;
  while (i >= 0 && !(xs[i] >= 0 && xs[i] <= width && ys[i] >= 0 && ys[i] <= height)) i -= 1;
  return i < 0 ? xs.length - 1 : Math.min(i + 1, xs.length - 1);
}

// Index of the last kept point whose step is at most k.
export function indexAt(path, k) {
  let low = 0;
  let high = path.ks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (path.ks[middle] <= k) low = middle;
    else high = middle - 1;
  }
  return low;
}

// Cuts a segment to the rectangle (margin wider than the picture), or null where it misses it (Liang and Barsky).
export function clipSegment(x0, y0, x1, y1, width, height, margin) {
  let from = 0;
  let to = 1;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const sides = [
    [-dx, x0 + margin],
    [dx, width + margin - x0],
    [-dy, y0 + margin],
    [dy, height + margin - y0],
  ];
  for (const [p, q] of sides) {
    if (p === 0) {
      if (q < 0) return null;
      continue;
    }
    const r = q / p;
    if (p < 0) from = Math.max(from, r);
    else to = Math.min(to, r);
  }
  return from <= to ? [x0 + from * dx, y0 + from * dy, x0 + to * dx, y0 + to * dy] : null;
}

function trace(context, path, from, to, width, height) {
  context.beginPath();
  let open = false;
  for (let i = from; i < to; i += 1) {
    const cut = clipSegment(path.xs[i], path.ys[i], path.xs[i + 1], path.ys[i + 1], width, height, 60);
    if (!cut) {
      open = false;
      continue;
    }
    if (!open || cut[0] !== path.xs[i] || cut[1] !== path.ys[i]) context.moveTo(cut[0], cut[1]);
    context.lineTo(cut[2], cut[3]);
    open = cut[2] === path.xs[i + 1] && cut[3] === path.ys[i + 1];
  }
}

export function strokeStyle(context, lane, color, offset) {
  context.strokeStyle = color;
  context.lineWidth = 2.4;
  context.lineJoin = "round";
  context.lineCap = lane.dash.length ? "butt" : "round";
  context.setLineDash(lane.dash);
  context.lineDashOffset = offset;
}

export function haloStyle(context, color) {
  context.strokeStyle = color;
  context.lineWidth = 5;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.setLineDash([]);
}

// Three layers: the whole path thin and faint, and what has been run so far as a halo with the color above it.
// Draws what is new up to step k, or everything after a step back.
export class Trails {
  constructor(ghost, halo, color) {
    this.ghost = ghost.getContext("2d");
    this.layers = [halo, color].map((canvas) => canvas.getContext("2d"));
    this.paths = new Map();
    this.ghosts = true;
    this.light = false;
  }

  rebuild(lanes, steps, view, width, height, look) {
    this.width = width;
    this.height = height;
    this.paths = new Map(lanes.map((lane) => [lane, screenPath(lane, steps, view, width, height)]));
    this.ghost.clearRect(0, 0, width, height);
    for (const [lane, path] of this.ghosts ? this.paths : []) {
      trace(this.ghost, path, 0, path.ks.length - 1, width, height);
      strokeStyle(this.ghost, lane, look.laneColor(lane), 0);
      this.ghost.globalAlpha = lane.stale ? STALE : 1;
      this.ghost.lineWidth = 1.1;
      this.ghost.stroke();
    }
    this.clear();
  }

  clear() {
    for (const context of this.layers) context.clearRect(0, 0, this.width, this.height);
    for (const path of this.paths.values()) path.drawn = 0;
    this.step = 0;
  }

  drawTo(k, look) {
    if (k < this.step) this.clear();
    const [halo, color] = this.layers;
    for (const [lane, path] of this.paths) {
      const to = Math.min(path.whole[indexAt(path, k)], path.stays);
      if (to <= path.drawn) continue;
      halo.globalAlpha = color.globalAlpha = lane.stale ? STALE : 1;
      if (!this.light) {
        trace(halo, path, path.drawn, to, this.width, this.height);
        haloStyle(halo, look.halo);
        halo.stroke();
      }
      trace(color, path, path.drawn, to, this.width, this.height);
      strokeStyle(color, lane, look.laneColor(lane), path.lengths[path.drawn]);
      color.stroke();
      path.drawn = to;
    }
    this.step = k;
  }
}
