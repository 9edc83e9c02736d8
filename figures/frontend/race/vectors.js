// Vectors on the map. Over the whole plane: which way the negative gradient points, on a grid, at compressed lengths, for
// gradients span decades and an arrow stays in its cell. Of one step: what makes it up, named (gradient, momentum, look-ahead
// point and the gradient there, the step), at one scale around the point it begins at, magnified where it is too short.

import { formatNumber } from "../shared/numbers.js";
import { drawArrow } from "./marks.js";

// ---- over the plane -------------------------------------------------------------------------------------------------------

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

// ---- of one step ----------------------------------------------------------------------------------------------------------

const SEEN = 80; // pixels that the step is drawn with at the least
const LONGEST = 150; // pixels after which any other vector is cut short

// parts: what LiveRace.anatomy gives. -> [{ name, from, vector, kind }] in the plane, and points [{ name, at }].
// cloud: where other batches would lead by their gradient alone.
export function vectorsOf({ point, step, rate, momentum, gradient, asked, own, whole, cloud }, word) {
  const down = (slope) => slope.map((part) => -rate * part);
  const minus = (a, b) => [a[0] - b[0], a[1] - b[1]];
  const vectors = [];
  const points = [];
  if (own) {
    points.push({ name: "own sequence", at: own[0] }, { name: "own sequence", at: own[1] });
    vectors.push({ name: `momentum, −${word}μm`, from: own[0], vector: minus(point, own[0]), kind: "momentum" });
    vectors.push({ name: `−${word}∇f at the look-ahead point`, from: point, vector: down(gradient), kind: "there" });
  } else {
    const batch = cloud && cloud.length ? " of the batch" : "";
    vectors.push({ name: `−${word}∇f${batch}`, from: point, vector: down(gradient), kind: "gradient" });
    if (batch) vectors.push({ name: `−${word}∇f of all rows`, from: point, vector: down(whole), kind: "whole" });
    if (momentum) vectors.push({ name: `momentum, −${word}m`, from: point, vector: down(momentum), kind: "momentum" });
  }
  for (const there of asked) {
    const away = minus(there.point, point);
    const up = away[0] * gradient[0] + away[1] * gradient[1] > 0;
    const name = up ? "ascent point" : "look-ahead point";
    points.push({ name, at: there.point });
    vectors.push({ name: `to the ${name}`, from: point, vector: away, kind: "away" });
    vectors.push({ name: `−${word}∇f at the ${name}`, from: there.point, vector: down(there.gradient), kind: "there" });
  }
  vectors.push({ name: "step", from: point, vector: step, kind: "step" });
  const known = ({ vector, from }) => [...vector, ...from].every(Number.isFinite) && Math.hypot(...vector) > 0;
  const dots = (cloud || []).map((slope) => [point[0] - rate * slope[0], point[1] - rate * slope[1]]).filter((at) => at.every(Number.isFinite));
  return { point, step, spread: spreadOf(cloud || []), dots, vectors: vectors.filter(known), points: points.filter(({ at }) => at.every(Number.isFinite)) };
}

// Standard deviation of a coordinate of these gradients, the root of the mean over both.
function spreadOf(cloud) {
  let sum = 0;
  for (const i of [0, 1]) {
    const mean = cloud.reduce((total, slope) => total + slope[i], 0) / cloud.length;
    sum += cloud.reduce((total, slope) => total + (slope[i] - mean) ** 2, 0) / cloud.length;
  }
  return Math.sqrt(sum / 2);
}

function style(look, lane) {
  return {
    whole: [look.text, [7, 2, 1, 2]],
    gradient: [look.text, [2, 2]],
    there: [look.text, [6, 3]],
    momentum: [look.muted, []],
    away: [look.muted, [1, 3]],
    step: [look.laneColor(lane), []],
  };
}

export class Anatomy {
  constructor(map) {
    this.map = map;
    this.parts = null;
  }

  // Around the point on the screen, at one scale; returns what the key lists, or nothing where there is no step.
  draw(context, lane, parts) {
    const { map } = this;
    this.parts = parts;
    if (!parts || !parts.vectors.length) return [];
    const { x0, x1, y0, y1 } = map.view;
    const [kx, ky] = [map.width / (x1 - x0), map.height / (y1 - y0)];
    const long = Math.hypot(parts.step[0] * kx, parts.step[1] * ky);
    const scale = long > 0 && Number.isFinite(long) ? Math.max(1, SEEN / long) : 1;
    const [cx, cy] = map.place(...parts.point);
    const place = ([x, y]) => [cx + (x - parts.point[0]) * kx * scale, cy - (y - parts.point[1]) * ky * scale];
    const lift = map.ground.lift || 0; // on a line all vectors lie on each other: they are drawn one above the other
    const styles = style(map.look, lane);
    const short = new Set();
    let raised = 0;
    const dot = ([x, y]) => {
      for (const [color, radius] of [[map.look.halo, 3], [map.look.laneColor(lane), 2]]) {
        context.fillStyle = color;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
      }
    };
    for (const at of parts.dots) dot(place(at));
    for (const { name, from, vector, kind } of parts.vectors) {
      const [dx, dy] = [vector[0] * kx * scale, -vector[1] * ky * scale];
      const length = Math.hypot(dx, dy);
      const part = kind !== "step" && length > LONGEST ? LONGEST / length : 1;
      if (part < 1) short.add(name);
      const [color, dash] = styles[kind];
      const [x, y] = place(from);
      raised += lift;
      drawArrow(context, x, y - raised, dx * part, dy * part, color, map.look.halo, dash);
    }
    for (const { at } of parts.points) {
      const [x, y] = place(at);
      context.setLineDash([]);
      for (const [color, width] of [[map.look.halo, 4.5], [map.look.text, 1.8]]) {
        context.strokeStyle = color;
        context.lineWidth = width;
        context.beginPath();
        context.arc(x, y, 4.5, 0, 2 * Math.PI);
        context.stroke();
      }
    }
    this.scale = scale;
    const times = scale > 1.05 ? `, ×${formatNumber(scale, 2)}` : "";
    const listed = parts.vectors.map(({ name, kind }) => {
      const [color, dash] = styles[kind];
      const text = kind === "step" ? `${name} of ${lane.short}${times}` : `${name}${short.has(name) ? ", cut short" : ""}`;
      return [text, (x, y) => drawArrow(context, x - 9, y, 17, 0, color, map.look.halo, dash)];
    });
    const ring = (x, y) => {
      context.strokeStyle = map.look.text;
      context.lineWidth = 1.8;
      context.setLineDash([]);
      context.beginPath();
      context.arc(x, y, 4.5, 0, 2 * Math.PI);
      context.stroke();
    };
    const names = [...new Set(parts.points.map(({ name }) => name))];
    const cloud = parts.dots.length ? [[`${parts.dots.length} other batches, spread ${formatNumber(parts.spread, 2)}`, (x, y) => dot([x, y])]] : [];
    return [...listed, ...cloud, ...names.map((name) => [name, ring])];
  }
}

// The same in words, for the line below the map.
export function spoken({ vectors, dots, spread }, dimensions) {
  const told = vectors.filter(({ kind }) => kind !== "away");
  const inWords = (vector) => (dimensions === 1 ? formatNumber(vector[0]) : `(${formatNumber(vector[0])}, ${formatNumber(vector[1])})`);
  const words = told.map(({ name, vector }) => `${name} ${inWords(vector)}`);
  return [...words, ...(dots.length ? [`gradients of ${dots.length} other batches spread by ${formatNumber(spread, 2)}`] : [])].join("   ");
}
