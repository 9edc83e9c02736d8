// Scales of the live curves. They hold still: a range grows when a value leaves it, and shrinks when most of it is empty.

import { makeScale, niceStep } from "../shared/numbers.js";

const WIDE = 60; // the largest over the smallest positive value from which an automatic scale is logarithmic
const SLIVER = 0.1; // of a level: less than this is no change worth an axis of its own
const EMPTY = 0.45; // share of a range that values must fill for it to stay

const LENGTHS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

// The next round number that is not below `value`.
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const lead of LENGTHS) if (lead * power >= value * (1 - 1e-9)) return lead * power;
  return 10 * power;
}

export function extent(columns, keep = () => true) {
  const out = { low: Infinity, high: -Infinity, smallest: Infinity, negative: false };
  for (const values of columns) {
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i];
      if (!Number.isFinite(value) || !keep(value)) continue;
      if (value < out.low) out.low = value;
      if (value > out.high) out.high = value;
      if (value > 0 && value < out.smallest) out.smallest = value;
      if (value < 0) out.negative = true;
    }
  }
  return out;
}

// fromZero: whether the axis begins there however far away that is.
function linearRange({ low, high }, [floor, ceiling], fromZero) {
  const least = floor === null ? low : Math.max(low, floor);
  const most = ceiling === null ? high : Math.min(high, ceiling);
  const bottom = Math.min(least, most);
  const span = Math.max(least, most) - bottom || Math.abs(most) || 1;
  const step = niceStep(span, 8);
  if (fromZero && bottom > 0) return [0, Math.ceil((1.1 * most) / niceStep(most, 8)) * niceStep(most, 8)];
  let from = Math.floor(bottom / step - 1e-9 + 1e-12) * step;
  let to = Math.ceil(most / step + 1e-9) * step;
  // Losses and shares are read from zero where zero is near.
  if (bottom >= 0 && bottom < 0.35 * span) from = 0;
  if (to <= from) to = from + step;
  return [from, to];
}

function logRange({ smallest, high }) {
  const bottom = Math.max(smallest, high * 1e-32);
  const from = 10 ** (Math.floor(3 * Math.log10(bottom) - 1e-9) / 3);
  const to = 10 ** (Math.ceil(3 * Math.log10(high) + 1e-9) / 3);
  return [from, Math.max(to, from * 2)];
}

export function isWide(seen) {
  return seen.high > WIDE * seen.smallest;
}

// kind: "auto", "linear" or "log". wide: whether an automatic scale is logarithmic. level: what stands still, or null; an
// automatic scale that would hold no more than a sliver of it begins at zero, so that standing still looks like it.
// before: what this function gave last for the same chart, or null.
export function rangeY(kind, seen, limits, before, wide = isWide(seen), level = null) {
  if (!(seen.high >= seen.low)) return before || { kind: "linear", low: 0, high: 1 };
  const positive = seen.high > 0 && seen.smallest < Infinity && !seen.negative;
  const log = positive && (kind === "log" || (kind === "auto" && (wide || before?.kind === "log")));
  const still = kind === "auto" && level !== null && seen.high - seen.low < SLIVER * level;
  const [low, high] = log ? logRange(seen) : linearRange(seen, limits, still);
  const fresh = { kind: log ? "log" : "linear", low, high };
  if (!before || before.kind !== fresh.kind) return fresh;
  const inside = fresh.low >= before.low * (1 - 1e-9 * Math.sign(before.low)) && fresh.high <= before.high * (1 + 1e-9 * Math.sign(before.high));
  const size = (range) => (log ? Math.log(range.high / range.low) : range.high - range.low);
  return inside && size(fresh) >= EMPTY * size(before) ? before : fresh;
}

// last: the newest place of any run; until: where the budget ends, or null; active: whether more is to come.
export function rangeX(kind, first, last, until, active) {
  let high = last;
  if (active) high = last > 0 ? roundUp(last * 1.02) : Math.min(10, until || 10);
  if (active && until) high = Math.min(Math.max(last, until), high);
  if (kind === "log") return { kind, low: Math.max(first, high * 1e-6) || 1, high: Math.max(high, first * 1.01) || 10 };
  return { kind: "linear", low: 0, high: high || 1 };
}

export function toScale({ kind, low, high }) {
  return makeScale(kind, low, high);
}
