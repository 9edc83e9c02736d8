// Where the units of the first layer switch: a line each, with ticks on the side where it is on.

import { fitText } from "../shared/axes.js";

export const UNIT_STATES = [
  { name: "unit switches, on at its ticks", dashes: [] },
  { name: "dead", dashes: [6, 4] },
  { name: "never switches", dashes: [1.5, 3.5] },
];
const UNIT_TICK = 5;
const UNIT_TICKS_APART = 26;

export const unitColor = (state, look) => [look.text, look.dark ? "#FF8C42" : "#C44E00", look.muted][state];

// The two ends of a x + b y + c = 0 inside a box of pixels, null where it does not pass.
function unitEnds([a, b, c], plot) {
  const { left, top, width, height } = plot;
  const dataX = (share) => plot.xScale.low + share * (plot.xScale.high - plot.xScale.low);
  const dataY = (share) => plot.yScale.low + share * (plot.yScale.high - plot.yScale.low);
  // The same line in pixels, from three values.
  const at = (u, v) => a * dataX(u) + b * dataY(1 - v) + c;
  const o = at(0, 0);
  const [du, dv] = [at(1, 0) - o, at(0, 1) - o];
  const points = [];
  for (const v of [0, 1]) {
    const u = -(o + dv * v) / du;
    if (u >= 0 && u <= 1) points.push([u, v]);
  }
  for (const u of [0, 1]) {
    const v = -(o + du * u) / dv;
    if (v >= 0 && v <= 1) points.push([u, v]);
  }
  if (points.length < 2) return null;
  const first = points[0];
  const last = points.reduce((far, p) => (Math.hypot(p[0] - first[0], p[1] - first[1]) > Math.hypot(far[0] - first[0], far[1] - first[1]) ? p : far));
  const on = Math.hypot(du / width, dv / height) || 1;
  return {
    from: [left + first[0] * width, top + first[1] * height],
    to: [left + last[0] * width, top + last[1] * height],
    on: [du / width / on, dv / height / on],
  };
}

// Draws them inside the plot and says in words how many there are.
export function drawUnitLines(context, plot, { lines, state, units }, look) {
  const count = state.length;
  const drawn = Array.from({ length: count }, (_, k) => unitEnds(lines.subarray(3 * k, 3 * k + 3), plot));
  context.lineCap = "butt";
  for (const wanted of [2, 1, 0]) {
    for (let k = 0; k < count; k += 1) {
      if (state[k] !== wanted || !drawn[k]) continue;
      const { from, to, on } = drawn[k];
      const color = unitColor(wanted, look);
      for (const [ink, width, dashes] of [[look.background, 3.6, []], [color, wanted ? 1.8 : 1.6, UNIT_STATES[wanted].dashes]]) {
        context.strokeStyle = ink;
        context.lineWidth = width;
        context.setLineDash(dashes);
        context.beginPath();
        context.moveTo(...from);
        context.lineTo(...to);
        context.stroke();
      }
      context.setLineDash([]);
      const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
      const ticks = Math.max(1, Math.floor(length / UNIT_TICKS_APART));
      context.lineWidth = 1.2;
      context.beginPath();
      for (let i = 0; i < ticks; i += 1) {
        const share = (i + 0.5) / ticks;
        const [x, y] = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
        context.moveTo(x, y);
        context.lineTo(x + UNIT_TICK * on[0], y + UNIT_TICK * on[1]);
      }
      context.stroke();
    }
  }
  const text = unitsTold(state, drawn, units);
  context.font = look.font(11, 600);
  context.textAlign = "right";
  context.textBaseline = "top";
  const shown = fitText(context, text, plot.width - 12);
  const wide = context.measureText(shown).width;
  context.fillStyle = look.background;
  context.globalAlpha = 0.85;
  context.fillRect(plot.left + plot.width - wide - 9, plot.top + 1, wide + 8, 17);
  context.globalAlpha = 1;
  context.fillStyle = look.text;
  context.fillText(shown, plot.left + plot.width - 5, plot.top + 4);
  return text;
}

function unitsTold(state, drawn, units) {
  const dead = state.filter((one) => one === 1).length;
  const outside = drawn.filter((line) => !line).length;
  const parts = [`${dead} of ${state.length} units dead`];
  if (outside) parts.push(`${outside} outside the picture`);
  if (units > state.length) parts.push(`the first ${state.length} of ${units} drawn`);
  return parts.join(", ");
}
