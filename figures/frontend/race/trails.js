// Paths as they lie on the screen: thinned polylines, drawn segment by segment so that a frame costs what it adds.

import { clamp } from "../shared/numbers.js";

// How strong a path is drawn that the server has not yet moved to where the others are.
export const STALE = 0.2;

const FAR = 1e6;
const APART = 0.6;
const APART_IF_LIGHT = 1.8;

// The last entry of a lane that is a real point (a diverged one is frozen from there on).
export function lastStep(lane, steps) {
  return lane.diverged >= 0 ? Math.max(0, lane.diverged - 1) : steps;
}

// Points that move less than `apart` pixels are left out; far-away ones are pulled in along the ray so that canvas can draw
// them. room: columns of a path before, which are written over.
export function screenPath(lane, laneY, steps, view, width, height, apart = APART, room = null) {
  const end = lastStep(lane, steps);
  const kx = width / (view.x1 - view.x0);
  const ky = height / (view.y1 - view.y0);
  const { ks, xs, ys, lengths, whole } = room && room.ks.length > steps ? room : pathColumns(steps + 1);
  const laneX = lane.x;
  let n = 0;
  let [lastX, lastY, length] = [Infinity, Infinity, 0];
  for (let k = 0; k <= end; k += 1) {
    const x = clamp((laneX[k] - view.x0) * kx, -FAR, FAR);
    const y = clamp((view.y1 - laneY[k]) * ky, -FAR, FAR);
    const moved = Math.sqrt((x - lastX) * (x - lastX) + (y - lastY) * (y - lastY));
    if (moved < apart && k < end) continue;
    if (n) length += Math.min(moved, 1e5);
    ks[n] = k;
    xs[n] = lastX = x;
    ys[n] = lastY = y;
    lengths[n] = length;
    n += 1;
  }
  // A path is laid down in pieces of 8 px, so that slow steps do not pile up their soft edges; the rest is drawn as tip.
  let piece = 0;
  for (let i = 0; i < n; i += 1) {
    if (lengths[i] - lengths[piece] >= 8 || i === n - 1) piece = i;
    whole[i] = piece;
  }
  const columns = { ks, xs, ys, lengths, whole };
  const shown = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.subarray(0, n)]));
  return { ...shown, room: columns, drawn: 0, stays: leaving(shown.xs, shown.ys, width, height) };
}

function pathColumns(size) {
  const numbers = () => new Float64Array(size);
  return { ks: new Int32Array(size), xs: numbers(), ys: numbers(), lengths: numbers(), whole: new Int32Array(size) };
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

// Dashes and round joins are most of what a long line costs.
function plain(context) {
  context.setLineDash([]);
  context.lineJoin = "bevel";
  context.lineCap = "butt";
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
  // heights(lane): how high the points of a lane lie in the picture.
  constructor(ghost, halo, color, heights) {
    this.heights = heights;
    this.ghost = ghost.getContext("2d");
    this.layers = [halo, color].map((canvas) => canvas.getContext("2d"));
    this.paths = new Map();
    this.ghosts = true;
    this.light = false;
  }

  // While a finger moves the paths, what nothing is drawn on need not be laid over the picture; light: paths are plain lines
  // of fewer points.
  follow(ghosts, light) {
    Object.assign(this, { ghosts, light });
    for (const [context, shown] of [[this.ghost, ghosts], [this.layers[0], !light]]) {
      const visibility = shown ? "" : "hidden";
      if (context.canvas.style.visibility !== visibility) context.canvas.style.visibility = visibility;
    }
  }

  rebuild(lanes, steps, view, width, height, look) {
    this.width = width;
    this.height = height;
    const before = this.paths;
    const apart = this.light ? APART_IF_LIGHT : APART;
    this.paths = new Map(lanes.map((lane) => [lane, screenPath(lane, this.heights(lane), steps, view, width, height, apart, before.get(lane)?.room)]));
    if (this.ghosts) this.ghost.clearRect(0, 0, width, height);
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
    for (const context of this.light ? this.layers.slice(1) : this.layers) context.clearRect(0, 0, this.width, this.height);
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
      if (this.light) plain(color);
      color.stroke();
      path.drawn = to;
    }
    this.step = k;
  }
}
