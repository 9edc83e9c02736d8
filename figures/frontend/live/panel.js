// From a panel of the payload to what a chart draws: its lines with colors, places and labels.

const RAMP = {
  light: ["#1f1a7a", "#6a1f9c", "#a62a8b", "#d1495b", "#e07b1a"],
  dark: ["#8f86ff", "#c37bf0", "#ee7fb5", "#fb9a6b", "#f7d65a"],
};

const DASHES = { train: [5, 3], best: [1.5, 3], aside: [1, 2] };
const WIDTHS = { train: 1.6, layer: 1.7, best: 1.8, aside: 1.3 };

function channel(color, i) {
  return parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16);
}

// The color of a layer by its depth, 0 at the input and 1 at the output.
export function depthColor(depth, dark) {
  const stops = RAMP[dark ? "dark" : "light"];
  const place = depth * (stops.length - 1);
  const k = Math.min(stops.length - 2, Math.floor(place));
  const mixed = [0, 1, 2].map((i) => Math.round(channel(stops[k], i) + (place - k) * (channel(stops[k + 1], i) - channel(stops[k], i))));
  return `rgb(${mixed.join(" ")})`;
}

function gather(clock, rows, count) {
  if (!rows) return clock.subarray ? clock.subarray(0, count) : clock;
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) out[i] = clock[rows[i]];
  return out;
}

const FEW_LAYERS = 9; // and their names stand apart at the ends of their lines

function styleOf(line, run, look) {
  const color = line.part === "layer" ? depthColor(line.depth, look.dark) : (run.colors[line.part === "aside" ? "train" : line.part] || run.colors.val)[look.dark ? 1 : 0];
  return { color, dash: DASHES[line.part] || [], width: WIDTHS[line.part] || 2.2 };
}

// What stands at a line's end: the part of a single run, the run's name among several, each of a few layers, of many the
// first and the last.
function labelOf(line, run, panel, many) {
  if (panel.points) return line.name;
  if (line.part === "layer") return isFirstOrLast(line) || panel.lines.length <= FEW_LAYERS ? line.name : "";
  if (!many) return line.part === "only" ? "" : line.part === "aside" ? panel.aside[0] : line.name;
  return line.part === "train" || line.part === "aside" ? "" : run.name;
}

function isFirstOrLast({ part, depth }) {
  return part !== "layer" || depth === 0 || depth === 1;
}

// aside: whether lines that are shown on request are shown.
export function linesOf(data, panel, xName, hidden, look, aside) {
  const many = data.runs.length > 1;
  const cache = new Map();
  return panel.lines
    .filter((line) => aside || line.part !== "aside")
    .filter((line) => line.run === null || line.run === undefined || !hidden.has(data.runs[line.run].id))
    .map((line) => {
      const run = data.runs[line.run ?? 0];
      const at = (name) => {
        const key = `${line.run}|${name}|${line.rows ? `${line.rows.byteOffset} ${line.rows.length}` : ""}`;
        if (!cache.has(key)) cache.set(key, gather(panel.x || run.clocks[name], line.rows, line.y.length));
        return cache.get(key);
      };
      return {
        ...styleOf(line, run, look),
        run,
        part: line.part,
        depth: line.depth,
        name: line.name,
        fullName: !many || data.kind === "comparison" ? line.name : line.part === "only" ? run.name : `${run.name}, ${line.name}`,
        label: labelOf(line, run, panel, many),
        told: isFirstOrLast(line), // below the chart, where there is little room
        xs: at(xName),
        epochs: at("epoch"),
        ys: line.y,
        rows: line.rows,
        ended: run.diverged,
      };
    });
}

// The entry of rising `values` that is nearest to `x`; -1 where there is none.
export function nearest(values, x) {
  let low = 0;
  let high = values.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - values[low - 1] <= values[low] - x ? low - 1 : low;
}

// The newest finite entry, or -1.
export function newest(values) {
  let i = values.length - 1;
  while (i >= 0 && !Number.isFinite(values[i])) i -= 1;
  return i;
}

// A number of a report at any place of another clock: seconds at an epoch, or an epoch at seconds.
export function translate(from, to, value) {
  const n = Math.min(from.length, to.length);
  if (!n) return value;
  if (value <= from[0]) return from[0] > 0 ? to[0] * (value / from[0]) : to[0];
  if (value >= from[n - 1]) return from[n - 1] > 0 ? to[n - 1] * (value / from[n - 1]) : to[n - 1];
  let low = 0;
  let high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= value) low = middle;
    else high = middle;
  }
  const span = from[high] - from[low] || 1;
  return to[low] + ((to[high] - to[low]) * (value - from[low])) / span;
}
