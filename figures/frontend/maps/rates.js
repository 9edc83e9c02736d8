// The map of rates: two hyperparameters of a rule, in the color of the steps that it needs to come near the minimum.

import { rgbOf } from "../shared/colors.js";
import { clamp, formatCount, formatNumber } from "../shared/numbers.js";
import { hex, packed, percent } from "./colors.js";
import { SIDE } from "./panel.js";
import { along } from "./samples.js";
import { DIVERGED, MOVING, SWINGING, UNDEFINED } from "./watch.js";

const HAPPENINGS = { [MOVING]: "slow", [DIVERGED]: "diverged", [UNDEFINED]: "undefined", [SWINGING]: "swinging" };
const HAPPENING_WORDS = {
  slow: "not there within the budget",
  diverged: "diverges, or leaves where f is defined",
  undefined: "f is not defined at the start",
  swinging: "oscillates",
};

const STRIPES = 24;
const FEW = 50; // this part of the budget, and less, has the brightest color

function values(header, point) {
  return header.axes.map(({ words }, i) => `${words} ${formatNumber(point[i])}`).join(", ");
}

function told(kind, number) {
  return kind === 0 ? `${formatCount(number)} steps` : HAPPENING_WORDS[HAPPENINGS[kind]];
}

// The palette of steps: few steps are bright, many dark.
function palette(header) {
  return header.palette.map((color) => packed(rgbOf(color)));
}

function level(header, steps, count) {
  const [few, all] = [Math.log1p(header.steps / FEW), Math.log1p(header.steps)];
  return Math.round(clamp((all - Math.log1p(steps)) / (all - few), 0, 1) * (count - 1));
}

function best(one, header) {
  const { panel } = one;
  let found = null;
  if (panel.stride === null) return null;
  for (let row = 0; row < SIDE; row += panel.stride) {
    for (let column = 0; column < SIDE; column += panel.stride) {
      const sample = row * SIDE + column;
      if (panel.kind[sample] !== 0 || (found && panel.number[sample] >= found.steps)) continue;
      const parts = [(column + 0.5) / SIDE, 1 - (row + 0.5) / SIDE];
      found = { steps: panel.number[sample], point: header.axes.map((axis, i) => along(axis, parts[i])) };
    }
  }
  return found;
}

function drawTheory(context, look, plot, { lines, best: pair }) {
  const inside = (x, y) => x >= plot.left && x <= plot.left + plot.width && y >= plot.top && y <= plot.top + plot.height;
  for (const { label, points } of lines) {
    const drawn = points.map(([x, y]) => [plot.toX(x), plot.toY(y)]).filter(([x, y]) => inside(x, y));
    if (!drawn.length) continue;
    for (const [color, width] of [[look.halo, 4], [look.dark ? "#FFFFFF" : "#000000", 1.8]]) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.setLineDash(width > 2 ? [] : [7, 4]);
      context.beginPath();
      drawn.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x, y));
      context.stroke();
    }
    context.setLineDash([]);
    const [x, y] = drawn[Math.floor(drawn.length * 0.62)];
    letter(context, look, label, Math.min(x + 7, plot.left + plot.width - 4), y, x > plot.left + 0.7 * plot.width ? "right" : "left");
  }
  if (!pair) return;
  const [x, y] = [plot.toX(pair.point[0]), plot.toY(pair.point[1])];
  if (!inside(x, y)) return;
  ring(context, look, x, y, 7);
  letter(context, look, pair.label, x, y - 14, "center");
}

function ring(context, look, x, y, radius) {
  for (const [color, width] of [[look.halo, 5], [look.dark ? "#FFFFFF" : "#000000", 2]]) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function letter(context, look, text, x, y, align) {
  context.font = look.font(12, 600);
  context.textAlign = align;
  context.textBaseline = "middle";
  context.strokeStyle = look.halo;
  context.lineWidth = 3.5;
  context.strokeText(text, align === "right" ? x - 14 : x, y);
  context.fillStyle = look.text;
  context.fillText(text, align === "right" ? x - 14 : x, y);
}

function drawCross(context, look, plot, [a, b]) {
  const [x, y] = [plot.toX(a), plot.toY(b)];
  if (!(x >= plot.left && x <= plot.left + plot.width && y >= plot.top - 1 && y <= plot.top + plot.height + 1)) return;
  for (const [color, width] of [[look.halo, 5], [look.dark ? "#FFFFFF" : "#000000", 2]]) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - 7, y);
    context.lineTo(x + 7, y);
    context.moveTo(x, y - 7);
    context.lineTo(x, y + 7);
    context.stroke();
  }
}

export const RATES = {
  title: "Rates",
  file: "rates",
  shaped: false,
  opens: true,
  finest: 2,
  about: "steps to the minimum over two hyperparameters",
  shares: "Share of the map",

  axes: ({ axes }) => axes,

  slides: ({ axes }, name) => axes.every((axis) => axis.name !== name),

  mark: (board) => board.header.axes.map(({ name }) => [...board.boards.values()][0].inputs[name]),

  sheet({ header }, one) {
    const { value, gradient, hessian, rows } = header.surface;
    return {
      program: one.rule.program,
      surface: { value, gradient, hessian, rows },
      moving: true,
      inputs: one.inputs,
      steps: header.steps,
      axes: header.axes.map(({ name, low, high, log }) => ({ name, low, high, log })),
      starts: header.starts,
      goal: { ...header.goal, lowest: header.goal.lowest ?? NaN, window: header.window },
    };
  },

  ink(header, look) {
    const colors = palette(header);
    const plain = new Map(Object.entries(HAPPENINGS).map(([code, name]) => [Number(code), packed(rgbOf(header.colors[name][look.dark ? 1 : 0]))]));
    const pale = packed(rgbOf(look.background));
    // Oscillation is striped, too: a second cue beside its color.
    const striped = (sample) => ((sample % SIDE) + Math.floor(sample / SIDE)) % STRIPES < STRIPES / 3;
    return (kind, number, sample) => {
      if (kind === 0) return colors[level(header, number, colors.length)];
      return kind === SWINGING && striped(sample) ? pale : plain.get(kind);
    };
  },

  over(board, one, context, look, plot) {
    drawTheory(context, look, plot, board.header.theory);
    drawCross(context, look, plot, this.mark(board));
  },

  pick(board, slot, point) {
    const one = board.boards.get(slot);
    const set = {};
    board.header.axes.forEach(({ name }, i) => {
      one.inputs = { ...one.inputs, [name]: point[i] };
      set[`${slot}.${name}`] = point[i];
    });
    board.hooks.onSet?.(set);
  },

  words(board, point) {
    const [one] = board.boards.values();
    const here = point || this.mark(board);
    const at = one.panel.at(here);
    return at ? `${values(board.header, here)}: ${told(at.kind, at.number)}` : values(board.header, here);
  },

  address(board) {
    const [one] = board.boards.values();
    const query = new URLSearchParams(board.header.race);
    for (const { name } of board.header.axes) query.set(`o1.${name}`, String(one.inputs[name]));
    return `descent?${query}`;
  },

  legend(board) {
    const { header, look } = board;
    const [one] = board.boards.values();
    const counts = one.panel.counts();
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const share = (kind) => [percent(counts.get(kind) || 0, all)];
    const found = best(one, header);
    const colors = palette(header);
    const rows = [];
    if (counts.has(0)) {
      const pair = found ? `; fewest steps: ${found.steps} at ${values(header, found.point)}` : "";
      rows.push({ color: hex(colors[level(header, found?.steps ?? 0, colors.length)]), text: `converges${pair}`, shares: share(0) });
    }
    for (const [code, name] of Object.entries(HAPPENINGS)) {
      if (counts.has(Number(code))) rows.push({ color: header.colors[name][look.dark ? 1 : 0], text: HAPPENING_WORDS[name], shares: share(Number(code)) });
    }
    return rows;
  },

  rows(board) {
    const { header } = board;
    const [{ panel }] = board.boards.values();
    const rows = [[...header.axes.map(({ words }) => words), "what happens", "steps"]];
    const stride = panel.stride ?? SIDE;
    for (let row = 0; row < SIDE; row += stride) {
      for (let column = 0; column < SIDE; column += stride) {
        const sample = row * SIDE + column;
        const parts = [(column + 0.5) / SIDE, 1 - (row + 0.5) / SIDE];
        const steps = panel.kind[sample] === 0 ? panel.number[sample] : "";
        rows.push([...header.axes.map((axis, i) => along(axis, parts[i])), panel.kind[sample] === 0 ? "converges" : HAPPENING_WORDS[HAPPENINGS[panel.kind[sample]]], steps]);
      }
    }
    return rows;
  },
};
