// Arrows over the whole plane: which way the negative gradient points, on a grid. Lengths are compressed: gradients span
// decades, and an arrow stays in its cell.

import { drawArrow } from "./marks.js";

const CELL = 44;
const SHORTEST = 0.28; // of the longest
const HEAD = 5;

// Where the arrows of a view stand and how long they are, in pixels: [x, y, dx, dy]. gradient(x, y) -> [gx, gy].
export function slopesOf(gradient, view, width, height) {
  const [columns, rows] = [Math.max(2, Math.round(width / CELL)), Math.max(2, Math.round(height / CELL))];
  const [wide, high] = [width / columns, height / rows];
  const [kx, ky] = [width / (view.x1 - view.x0), height / (view.y1 - view.y0)];
  const arrows = [];
  const sizes = [];
  for (let j = 0; j < rows; j += 1) {
    for (let i = 0; i < columns; i += 1) {
      const [px, py] = [(i + 0.5) * wide, (j + 0.5) * high];
      const [gx, gy] = gradient(view.x0 + px / kx, view.y1 - py / ky);
      const size = Math.hypot(gx, gy);
      const [dx, dy] = [-gx * kx, gy * ky];
      const seen = Math.hypot(dx, dy);
      if (!(size > 0) || !Number.isFinite(size) || !(seen > 0) || !Number.isFinite(seen)) continue;
      arrows.push({ px, py, ux: dx / seen, uy: dy / seen, size });
      sizes.push(size);
    }
  }
  if (!sizes.length) return [];
  sizes.sort((a, b) => a - b);
  const [middle, largest] = [sizes[sizes.length >> 1], sizes[sizes.length - 1]];
  const top = Math.log1p(largest / middle);
  const longest = 0.8 * Math.min(wide, high);
  return arrows.map(({ px, py, ux, uy, size }) => {
    const length = longest * (SHORTEST + ((1 - SHORTEST) * Math.log1p(size / middle)) / top);
    return [px - (ux * length) / 2, py - (uy * length) / 2, ux * length, uy * length];
  });
}

export function drawSlopes(context, arrows, color) {
  for (const [x, y, dx, dy] of arrows) drawArrow(context, x, y, dx, dy, color, null, [], { width: 1.3, head: HEAD });
}
