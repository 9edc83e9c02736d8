// The color field and its contours, computed from the program for whatever part of the plane is in view.
// Work is cut into slices: a coarse picture at once, the fine one over the next frames. The scale is that of
// figures/field.py: level = log(1 + c s) / log(1 + c), s the share of the span.

import { compileProgram } from "./program.js";

const BLOCK = 1024;
const MAX_CURVE = 1e7;
const FIRST = 40; // milliseconds
export const CONTOURS = 12;

function curveFor(share, level) {
  if (share >= level) return 0;
  let low = -6;
  let high = Math.log10(MAX_CURVE);
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (Math.log1p(10 ** middle * share) / Math.log1p(10 ** middle) < level) low = middle;
    else high = middle;
  }
  return 10 ** low;
}

// The scale that shows these values best.
export function fieldScale(values) {
  const finite = Float64Array.from(values.filter(Number.isFinite)).sort();
  let low = 0;
  let high = 1;
  let curve = 0;
  if (finite.length) {
    low = finite[0];
    high = finite[finite.length - 1];
    if (!(high > low)) high = low + Math.max(1, Math.abs(low));
    else {
      const share = (part) => (finite[Math.floor(part * (finite.length - 1))] - low) / (high - low);
      curve = Math.min(curveFor(share(0.1), 0.2), curveFor(share(0.5), 0.5));
    }
  }
  const top = Math.log1p(curve);
  return {
    low,
    high,
    curve,
    logarithmic: curve > 10,
    level(value) {
      const share = clampShare((value - low) / (high - low));
      return curve ? Math.log1p(curve * share) / top : share;
    },
    value: (level) => low + (high - low) * (curve ? Math.expm1(level * top) / curve : level),
  };
}

function clampShare(share) {
  return share > 0 ? (share < 1 ? share : 1) : share <= 0 ? 0 : 1;
}

function paletteOf(stops) {
  const colors = stops.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const place = (i / 255) * (colors.length - 1);
    const left = Math.min(Math.floor(place), colors.length - 2);
    for (let c = 0; c < 3; c += 1) {
      table[4 * i + c] = colors[left][c] + (place - left) * (colors[left + 1][c] - colors[left][c]);
    }
    table[4 * i + 3] = 255;
  }
  return table;
}

// Marching squares on a grid of levels: for every contour a Path2D in grid coordinates scaled by (sx, sy).
function traceContours(levels, columns, rows, sx, sy, fromRow, toRow, paths) {
  const at = [0, 0, 0, 0];
  for (let j = fromRow; j < toRow; j += 1) {
    for (let i = 0; i < columns - 1; i += 1) {
      const p = j * columns + i;
      at[0] = levels[p];
      at[1] = levels[p + 1];
      at[2] = levels[p + columns + 1];
      at[3] = levels[p + columns];
      const low = Math.min(at[0], at[1], at[2], at[3]);
      const high = Math.max(at[0], at[1], at[2], at[3]);
      if (!(high > low)) continue;
      const first = Math.max(1, Math.floor(low * (CONTOURS + 1)) + 1);
      const last = Math.min(CONTOURS, Math.ceil(high * (CONTOURS + 1)) - 1);
      for (let contour = first; contour <= last; contour += 1) {
        crossCell(at, contour / (CONTOURS + 1), i, j, sx, sy, paths[contour]);
      }
    }
  }
}

const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

function crossCell(at, level, i, j, sx, sy, path) {
  const xs = [];
  const ys = [];
  for (let edge = 0; edge < 4; edge += 1) {
    const next = (edge + 1) % 4;
    const [a, b] = [at[edge], at[next]];
    if (a > level === b > level) continue;
    const t = (level - a) / (b - a);
    xs.push((i + CORNERS[edge][0] + t * (CORNERS[next][0] - CORNERS[edge][0])) * sx);
    ys.push((j + CORNERS[edge][1] + t * (CORNERS[next][1] - CORNERS[edge][1])) * sy);
  }
  // Four crossings are a saddle of the cell: its middle says which corners belong together.
  const turn = xs.length === 4 && (at[0] + at[1] + at[2] + at[3]) / 4 > level === at[0] > level ? 1 : 0;
  for (let k = 0; k + 1 < xs.length; k += 2) {
    const [a, b] = [(k + turn) % xs.length, (k + 1 + turn) % xs.length];
    path.moveTo(xs[a], ys[a]);
    path.lineTo(xs[b], ys[b]);
  }
}

export class Field {
  constructor(onPaint) {
    this.onPaint = onPaint;
    this.cache = new Map();
    this.wanted = null;
    this.job = null;
    this.first = false;
    this.painted = null;
  }

  // follows: the picture of the surface before stays until the first of this one is there.
  setSurface({ program, codes, parameters, domain }, follows = false) {
    const code = Object.keys(parameters).length ? codes.value : program.value;
    const key = JSON.stringify([code, parameters, domain, codes.rows]);
    if (key === this.key) return;
    this.key = key;
    this.domain = domain;
    this.run = compileProgram(code, BLOCK, parameters, codes.rows);
    this.cache.clear();
    this.wanted = null;
    this.first = follows && this.painted !== null;
    if (!follows) this.painted = null;
  }

  // Pictures of before are no longer there.
  forget() {
    this.cache.clear();
    this.wanted = this.job = this.painted = null;
  }

  // Asks for the picture of a view {x0, x1, y0, y1} at width x height CSS pixels; it arrives over the next frames.
  request(view, width, height, ratio, look) {
    const key = JSON.stringify([view, width, height, ratio, look]);
    if (this.wanted === key && (this.job || this.painted?.key === key)) return;
    this.wanted = key;
    const known = this.cache.get(key);
    if (known) {
      this.job = null;
      this.painted = known;
      this.onPaint();
      return;
    }
    this.job = this.paint(key, view, width, height, ratio, look);
  }

  get busy() {
    return this.job !== null;
  }

  // Works for at most `budget` milliseconds; called once a frame. The coarse picture of a surface under the finger may take
  // longer: one that is always replaced before it is done would never be seen.
  work(budget) {
    const begun = performance.now();
    while (this.job) {
      this.deadline = begun + (this.first ? Math.max(budget, FIRST) : budget);
      if (performance.now() >= this.deadline) return;
      if (this.job.next().done) this.job = null;
    }
  }

  *sampleGrid(view, columns, rows) {
    const values = new Float64Array(columns * rows);
    const xs = new Float64Array(BLOCK);
    const ys = new Float64Array(BLOCK);
    for (let start = 0; start < values.length; start += BLOCK) {
      const count = Math.min(BLOCK, values.length - start);
      for (let i = 0; i < count; i += 1) {
        const row = Math.floor((start + i) / columns);
        xs[i] = view.x0 + ((start + i - row * columns) / (columns - 1)) * (view.x1 - view.x0);
        ys[i] = view.y1 - (row / (rows - 1)) * (view.y1 - view.y0);
      }
      values.set(this.run(xs, ys, count).subarray(0, count), start);
      if (performance.now() > this.deadline) yield;
    }
    return values;
  }

  *paint(key, view, width, height, ratio, look) {
    const palette = paletteOf(look.palette);
    let scale = null;
    for (const cell of [9, 2]) {
      const columns = Math.max(8, Math.ceil(width / cell) + 1);
      const rows = Math.max(8, Math.ceil(height / cell) + 1);
      const values = yield* this.sampleGrid(view, columns, rows);
      if (!scale) scale = this.scaleFor(values, view, columns, rows);
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      const context = canvas.getContext("2d");
      const levels = yield* this.fill(context, values, columns, rows, scale, palette);
      yield* this.contour(context, levels, columns, rows, ratio, look);
      this.painted = { key, view, canvas, scale };
      this.first = false;
      if (cell === 2) {
        this.cache.set(key, this.painted);
        if (this.cache.size > 6) this.cache.delete(this.cache.keys().next().value);
      }
      this.onPaint();
      yield;
    }
  }

  // Values beyond the domain may be huge; the scale looks at the domain as long as enough of it is in view.
  scaleFor(values, view, columns, rows) {
    const [[left, right], [bottom, top]] = this.domain;
    const inside = values.filter((_, p) => {
      const x = view.x0 + ((p % columns) / (columns - 1)) * (view.x1 - view.x0);
      const y = view.y1 - (Math.floor(p / columns) / (rows - 1)) * (view.y1 - view.y0);
      return x >= left && x <= right && y >= bottom && y <= top;
    });
    return fieldScale(inside.length > values.length / 8 ? inside : values);
  }

  *fill(context, values, columns, rows, scale, palette) {
    const image = new ImageData(columns, rows);
    const levels = new Float32Array(values.length);
    for (let p = 0; p < values.length; p += 1) {
      const value = values[p];
      if (Number.isNaN(value)) {
        levels[p] = NaN;
        continue;
      }
      const level = scale.level(value);
      levels[p] = level;
      const color = 4 * Math.round(level * 255);
      image.data[4 * p] = palette[color];
      image.data[4 * p + 1] = palette[color + 1];
      image.data[4 * p + 2] = palette[color + 2];
      image.data[4 * p + 3] = 255;
      if (p % 4096 === 0 && performance.now() > this.deadline) yield;
    }
    const small = document.createElement("canvas");
    small.width = columns;
    small.height = rows;
    small.getContext("2d").putImageData(image, 0, 0);
    const { width, height } = context.canvas;
    const [dx, dy] = [width / (columns - 1), height / (rows - 1)];
    context.imageSmoothingQuality = "high";
    context.drawImage(small, -dx / 2, -dy / 2, width + dx, height + dy);
    return levels;
  }

  *contour(context, levels, columns, rows, ratio, look) {
    const paths = Array.from({ length: CONTOURS + 1 }, () => new Path2D());
    const [sx, sy] = [context.canvas.width / (columns - 1), context.canvas.height / (rows - 1)];
    for (let j = 0; j < rows - 1; j += 8) {
      traceContours(levels, columns, rows, sx, sy, j, Math.min(j + 8, rows - 1), paths);
      if (performance.now() > this.deadline) yield;
    }
    context.strokeStyle = look.contour;
    context.globalAlpha = look.contourAlpha;
    context.lineWidth = ratio * 0.9;
    context.lineJoin = "round";
    for (const path of paths) {
      context.stroke(path);
      if (performance.now() > this.deadline) yield;
    }
  }
}
