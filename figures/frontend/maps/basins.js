// The map of basins: every start of the window in the color of the point that its path ends in.

import { laneRunner, pathRoom } from "../race/runner.js";
import { formatCount, formatNumber } from "../shared/numbers.js";
import { fading, packed, percent } from "./colors.js";
import { rgbOf } from "../shared/colors.js";
import { SIDE } from "./panel.js";
import { EndWatch, DIVERGED, LEFT, MOVING, RESTING, UNDEFINED } from "./watch.js";
import { slopeOf } from "./sweep.js";

const MOST_ROWS = 9;
const CODES = { [MOVING]: "moving", [LEFT]: "left", [DIVERGED]: "diverged", [UNDEFINED]: "undefined", [RESTING]: "resting" };
const WORDS = {
  moving: "still on its way",
  left: "ends outside the window",
  diverged: "diverges, or leaves where f is defined",
  undefined: "f is not defined at the start",
  resting: "at rest on a flat or a line of points",
};

const MOST_LETTERS = 8; // of one kind that are named in a row
const PLURALS = { minimum: "minima", saddle: "saddles", maximum: "maxima" };

function endName(header, kind) {
  const point = header.ends.rest[kind];
  return point ? `${point.name} at (${formatNumber(point.x)}, ${formatNumber(point.y)})` : WORDS[CODES[kind]];
}

const lettered = (kind, letters) => `${kind} ${letters.join(", ")}`;

// The lettered points in which no start ends, a row a kind: saddles E, F.
function unmet(header, look, kinds) {
  const byKind = new Map();
  header.ends.rest.forEach(({ name, letter }, i) => {
    if (!letter || kinds.includes(i)) return;
    const kind = name.slice(0, -letter.length).trim();
    byKind.set(kind, [...(byKind.get(kind) || []), i]);
  });
  return [...byKind].map(([kind, points]) => ({
    color: colorOf(header, look, points[0]),
    text: points.length > MOST_LETTERS ? `${points.length} ${PLURALS[kind]}` : lettered(points.length > 1 ? PLURALS[kind] : kind, points.map((i) => header.ends.rest[i].letter)),
  }));
}

function colorOf(header, look, kind) {
  const own = header.ends.rest[kind]?.colors ?? header.colors[CODES[kind]];
  return own[look.dark ? 1 : 0];
}

// Paths of single starts, on the page itself.
class Tracer {
  constructor(header, rule) {
    const size = Object.values(rule.program.memory).reduce((sum, each) => sum + each, 0);
    const { value, gradient, hessian, rows } = header.surface;
    this.runner = laneRunner(rule.program, { codes: { value, gradient, hessian, rows } });
    this.room = pathRoom(header.steps, size);
    this.watch = new EndWatch({ ...header.ends, window: header.window }, slopeOf({ value, gradient, hessian, rows }));
  }

  from(start, inputs) {
    const { room, watch } = this;
    this.runner.path(start, room, { inputs });
    const bad = room.diverged;
    const last = bad < 0 ? room.steps : Math.max(0, bad - 1);
    if (bad !== 0) {
      watch.begin(room.x[0], room.y[0]);
      for (let k = 1; k <= last; k += 1) watch.step(k, room.x[k], room.y[k]);
    }
    const out = { kind: [0], number: [0] };
    watch.end(out, 0, last, room.x[last], room.y[last], room.value[last], bad);
    return { x: room.x, y: room.y, last, kind: out.kind[0], number: out.number[0] };
  }
}

// What the server has told: the path from one start, and of others where they end.
function toldByServer({ panel, rule: { computed } }, start) {
  const { from, x, y, end } = computed;
  if (String(from) === String(start)) return { x, y, last: x.length - 1, kind: end[0], number: end[1] };
  const { kind, number } = panel.at(start) ?? { kind: MOVING, number: 0 };
  return { x, y, last: -1, kind, number };
}

function trace(board, one, start) {
  if (one.rule.computed) return toldByServer(one, start);
  const key = JSON.stringify([one.rule.program.init, one.rule.program.step, board.header.surface.key, board.header.surface.value, board.header.surface.rows, board.header.steps, board.header.window]);
  if (one.tracerKey !== key) {
    one.tracer = new Tracer(board.header, one.rule);
    one.tracerKey = key;
  }
  return one.tracer.from(start, one.inputs);
}

function drawPath(context, look, plot, path) {
  const far = 4 * (plot.width + plot.height);
  const stroke = (color, width) => {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    let open = false;
    for (let k = 0; k <= path.last; k += 1) {
      const [x, y] = [plot.toX(path.x[k]), plot.toY(path.y[k])];
      if (Math.abs(x) > far || Math.abs(y) > far) break;
      const inside = x >= plot.left && x <= plot.left + plot.width && y >= plot.top && y <= plot.top + plot.height;
      if (inside) context[open ? "lineTo" : "moveTo"](x, y);
      open = inside;
    }
    context.stroke();
  };
  stroke(look.halo, 4);
  stroke(look.dark ? "#FFFFFF" : "#000000", 1.6);
}

function drawMark(context, look, plot, [x, y]) {
  const [px, py] = [plot.toX(x), plot.toY(y)];
  for (const [radius, color] of [[6, look.halo], [4.5, look.dark ? "#FFFFFF" : "#000000"], [2, look.halo]]) {
    context.fillStyle = color;
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

function drawRest(context, look, plot, rest) {
  const named = rest.filter(({ letter }) => letter);
  for (const { x, y, letter } of named) {
    const [px, py] = [plot.toX(x), plot.toY(y)];
    context.fillStyle = look.paper;
    context.strokeStyle = "#1B2027";
    context.lineWidth = 1.2;
    context.beginPath();
    context.arc(px, py, 8, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.font = look.font(11, 700);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = "#1B2027";
    context.fillText(letter, px, py + 0.5);
  }
}

export const BASINS = {
  title: "Basins",
  file: "basins",
  shaped: true,
  opens: true,
  about: "every start in the color of the point that its path ends in",
  shares: "Share of starts by end",

  axes: ({ window: [[x0, x1], [y0, y1]] }) => [
    { name: "x", title: "start x", low: x0, high: x1, log: false },
    { name: "y", title: "start y", low: y0, high: y1, log: false },
  ],

  slides: () => true,

  begin: (board) => {
    board.mark = board.header.at;
  },

  mark: (board) => board.mark,

  sheet(board, one) {
    const { header } = board;
    const { value, gradient, hessian, rows } = header.surface;
    return {
      program: one.rule.program,
      surface: { value, gradient, hessian, rows },
      moving: false,
      inputs: one.inputs,
      steps: header.steps,
      axes: this.axes(header),
      ends: { ...header.ends, window: header.window },
    };
  },

  ink(header, look) {
    const kinds = new Map();
    return (kind, number) => {
      if (!kinds.has(kind)) {
        const color = colorOf(header, look, kind);
        const plain = kind < 0 && kind !== RESTING;
        kinds.set(kind, plain ? [packed(rgbOf(color))] : fading(color, look.background, header.steps));
      }
      const colors = kinds.get(kind);
      return colors[colors.length > 1 ? number : 0];
    };
  },

  over(board, one, context, look, plot) {
    drawRest(context, look, plot, board.header.ends.rest);
    const start = board.hovered || board.mark;
    drawPath(context, look, plot, trace(board, one, start));
    drawMark(context, look, plot, start);
  },

  pick(board, slot, point) {
    board.mark = point;
    board.hooks.onSet?.({ at_x: point[0], at_y: point[1] });
  },

  words(board, point) {
    const start = point || board.mark;
    const ends = [...board.boards.values()].map((one) => {
      const { kind, number } = trace(board, one, start);
      const lead = board.boards.size > 1 ? `${one.rule.label}: ` : "";
      const steps = kind >= 0 ? ` after ${formatCount(number)} steps` : kind === DIVERGED ? ` at step ${formatCount(number)}` : "";
      return `${lead}${endName(board.header, kind)}${steps}`;
    });
    return `From (${start.map((value) => formatNumber(value)).join(", ")}): ${ends.join("; ")}`;
  },

  address(board) {
    const query = new URLSearchParams(board.header.race);
    [...board.boards.values()].forEach(({ rule, inputs }, i) => {
      if (rule.rate) query.set(`o${i + 1}.${rule.rate.name}`, String(inputs[rule.rate.name]));
    });
    query.set("start", board.mark.join(","));
    return `descent?${query}`;
  },

  legend(board) {
    const { header, look } = board;
    const counts = [...board.boards.values()].map(({ panel }) => panel.counts());
    const all = counts.map((each) => [...each.values()].reduce((sum, count) => sum + count, 0));
    const kinds = [...new Set(counts.flatMap((each) => [...each.keys()]))];
    const total = (kind) => counts.reduce((sum, each) => sum + (each.get(kind) || 0), 0);
    kinds.sort((one, other) => total(other) - total(one));
    const few = kinds.filter((kind, i) => i < MOST_ROWS || kind < 0);
    const rows = few.map((kind) => ({
      color: colorOf(header, look, kind),
      text: endName(header, kind),
      shares: counts.map((each, i) => percent(each.get(kind) || 0, all[i])),
    }));
    const others = kinds.filter((kind) => !few.includes(kind));
    if (others.length) {
      const shares = counts.map((each, i) => percent(others.reduce((sum, kind) => sum + (each.get(kind) || 0), 0), all[i]));
      rows.push({ color: "transparent", text: `${others.length} other points at rest`, shares });
    }
    return [...rows, ...unmet(header, look, kinds).map((row) => ({ ...row, shares: all.map((sum) => percent(0, sum)) }))];
  },

  rows(board) {
    const { header } = board;
    const boards = [...board.boards.values()];
    const rows = [["x", "y", ...boards.flatMap(({ rule }) => [`${rule.label}: end`, `${rule.label}: steps`])]];
    const stride = Math.max(2, ...boards.map(({ panel }) => panel.stride ?? SIDE));
    const [[x0, x1], [y0, y1]] = header.window;
    for (let row = 0; row < SIDE; row += stride) {
      for (let column = 0; column < SIDE; column += stride) {
        const sample = row * SIDE + column;
        const place = [x0 + ((column + 0.5) / SIDE) * (x1 - x0), y0 + (1 - (row + 0.5) / SIDE) * (y1 - y0)];
        rows.push([...place, ...boards.flatMap(({ panel }) => [endName(header, panel.kind[sample]), panel.number[sample]])]);
      }
    }
    return rows;
  },
};
