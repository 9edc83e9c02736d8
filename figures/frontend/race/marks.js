// Small drawn things: lane markers, minima, saddles, start, arrows, labels that keep out of each other's way.

import { clamp } from "../shared/numbers.js";

export function drawMarker(context, outline, x, y, radius, fill, edge, edgeWidth = 2) {
  context.beginPath();
  if (outline.length) {
    outline.forEach(([px, py], i) => context[i ? "lineTo" : "moveTo"](x + px * radius, y + py * radius));
    context.closePath();
  } else {
    context.arc(x, y, radius * 0.92, 0, 2 * Math.PI);
  }
  context.setLineDash([]);
  context.lineJoin = "round";
  if (edge) {
    context.strokeStyle = edge;
    context.lineWidth = edgeWidth * 2;
    context.stroke();
  }
  context.fillStyle = fill;
  context.fill();
}

function outlined(context, draw, inner, outer, width) {
  context.setLineDash([]);
  context.lineCap = "round";
  context.lineJoin = "round";
  draw();
  context.strokeStyle = outer;
  context.lineWidth = width + 2.6;
  context.stroke();
  draw();
  context.strokeStyle = inner;
  context.lineWidth = width;
  context.stroke();
}

// A four-pointed star, unlike any marker of a lane.
export function drawMinimum(context, x, y, radius, ink, paper) {
  context.beginPath();
  for (let i = 0; i < 8; i += 1) {
    const r = i % 2 ? radius * 0.34 : radius;
    const angle = (i * Math.PI) / 4 - Math.PI / 2;
    context[i ? "lineTo" : "moveTo"](x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  context.closePath();
  context.setLineDash([]);
  context.lineJoin = "round";
  context.strokeStyle = ink;
  context.lineWidth = 3;
  context.stroke();
  context.fillStyle = paper;
  context.fill();
}

export function drawSaddle(context, x, y, radius, ink, paper) {
  const r = radius * 0.66;
  outlined(
    context,
    () => {
      context.beginPath();
      context.moveTo(x - r, y - r);
      context.lineTo(x + r, y + r);
      context.moveTo(x - r, y + r);
      context.lineTo(x + r, y - r);
    },
    paper,
    ink,
    2.2,
  );
}

export function drawStart(context, x, y, radius, ink, paper) {
  outlined(
    context,
    () => {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.moveTo(x + 0.9, y);
      context.arc(x, y, 0.9, 0, 2 * Math.PI);
    },
    paper,
    ink,
    2,
  );
}

// edge: the color around it, or null.
export function drawArrow(context, x, y, dx, dy, color, edge, dash = [], { width = 2, head: largest = 8 } = {}) {
  const length = Math.hypot(dx, dy);
  if (!(length > 3)) return;
  const [ux, uy] = [dx / length, dy / length];
  const [tx, ty] = [x + dx, y + dy];
  const head = Math.min(largest, length * 0.5);
  for (const [style, grow] of edge ? [[edge, 2.4], [color, 0]] : [[color, 0]]) {
    context.strokeStyle = style;
    context.fillStyle = style;
    context.lineWidth = width + grow;
    context.lineCap = "butt";
    context.setLineDash(grow ? [] : dash);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(tx - ux * head * 0.8, ty - uy * head * 0.8);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(tx, ty);
    context.lineTo(tx - ux * head - uy * head * 0.5, ty - uy * head + ux * head * 0.5);
    context.lineTo(tx - ux * head + uy * head * 0.5, ty - uy * head - ux * head * 0.5);
    context.closePath();
    if (grow) {
      context.lineWidth = grow;
      context.stroke();
    }
    context.fill();
  }
}

const RINGS = [16, 34, 54, 78, 106];
const DIRECTIONS = [0, -0.6, 0.6, -1.2, 1.2, Math.PI, Math.PI - 0.6, Math.PI + 0.6, -Math.PI / 2, Math.PI / 2];

// Places labels beside their heads: items {x, y, width, height, key}; -> rectangles. `memory` keeps a label where it is,
// `taken` is a rectangle that belongs to something else.
export function placeLabels(items, width, height, memory, taken) {
  const blocked = items.map(({ x, y }) => ({ x: x - 8, y: y - 8, w: 16, h: 16 }));
  const placed = taken ? [taken] : [];
  const overlap = (a, b) =>
    Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) *
    Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));
  for (const item of items) {
    const spots = RINGS.flatMap((ring) => DIRECTIONS.map((angle) => [ring, angle]));
    const order = spots.map((_, i) => i);
    const before = memory.get(item.key);
    if (before !== undefined) order.unshift(before);
    let best = null;
    for (const at of order) {
      const [ring, angle] = spots[at];
      const [cx, cy] = [item.x + ring * Math.cos(angle), item.y + ring * Math.sin(angle)];
      const lean = Math.cos(angle);
      const x = Math.abs(lean) < 0.1 ? cx - item.width / 2 : lean > 0 ? cx : cx - item.width;
      const rect = { x, y: cy - item.height / 2, w: item.width, h: item.height };
      const inside = { ...rect, x: clamp(rect.x, 2, width - rect.w - 2), y: clamp(rect.y, 2, height - rect.h - 2) };
      const shift = Math.abs(inside.x - rect.x) + Math.abs(inside.y - rect.y);
      let cost = shift * 4 + ring * 0.05;
      for (const other of placed) cost += 20 * overlap(inside, other);
      for (const other of blocked) cost += 2 * overlap(inside, other);
      if (!best || cost < best.cost - 1e-9) best = { ...inside, cost, at };
      if (cost < 4) break;
    }
    memory.set(item.key, best.at);
    placed.push({ ...best, key: item.key });
  }
  return taken ? placed.slice(1) : placed;
}
