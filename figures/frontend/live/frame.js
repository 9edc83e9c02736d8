// What a chart gets beside its lines: ranges of its axes, marks on the clock that is shown, and itself in words.

import { formatNumber, LARGEST } from "../shared/numbers.js";
import { CLOCKS } from "./controls.js";
import { newest, translate } from "./panel.js";
import { extent, isWide, rangeX, rangeY } from "./scale.js";

const LOOKS = { loss: { train_loss: "train", val_loss: "val" }, metric: { train_metric: "train", val_metric: "val" } };
const BLOWN_UP = 1e3; // times the first loss: what lies beyond leaves the chart instead of flattening the others

// Span of the verdict, best epochs, forks, and looks into the epoch under way.
export function marksOf(data, panel, clock, hidden, dark, apart = false) {
  if (data.kind === "sweep") return { looks: [] };
  const on = (run, epoch) => (clock === "epoch" ? epoch : translate(run.clocks.epoch, run.clocks[clock], epoch));
  const color = (run, part) => run.colors[part][dark ? 1 : 0];
  const shown = data.runs.filter((run) => !hidden.has(run.id));
  const focus = data.runs[data.focus];
  const { finding } = data;
  const span = finding && shown.includes(focus) ? { ...finding, run: focus, from: on(focus, finding.from), to: on(focus, finding.to) } : null;
  const losses = panel.key === "loss" || panel.key === "val_loss";
  const best = shown
    .filter((run) => losses && run.best && run.best[1] !== null)
    .map((run) => ({ run, x: on(run, run.best[0]), y: run.best[1], color: color(run, "val") }));
  const forks = shown.filter((run) => run.fork !== null).map((run) => ({ run, x: on(run, run.fork), color: data.runs.length > 1 ? color(run, "val") : null }));
  const looks = [];
  for (const run of shown) {
    for (const [field, part] of Object.entries(data.kind === "live" ? LOOKS[panel.key] || {} : {})) {
      (run.looks[field] || []).forEach((y, i) => y !== null && looks.push({ run, x: on(run, run.looks.epoch[i]), y, color: color(run, part) }));
    }
  }
  return { span, best, forks: forks.filter((fork, i) => apart || forks.findIndex((other) => other.x === fork.x) === i), looks };
}

// Of several runs a chart each: {run, title, lines, gap}; null where there are not several.
export function cellsOf(data, lines) {
  const runs = data.runs.filter((run) => lines.some((line) => line.run === run));
  if (runs.length < 2) return null;
  return runs.map((run) => {
    const own = lines.filter((line) => line.run === run);
    const gap = ["training", "validation"].map((name) => own.find((line) => line.name === name));
    return { run, title: run.name, lines: own, gap: gap.every(Boolean) ? gap : null };
  });
}

// zoomed: a range that was selected, or null.
export function horizontal(data, panel, clock, lines, looks, zoomed, wantsLog) {
  const kind = panel.xLog || wantsLog ? "log" : "linear";
  if (panel.x) {
    const { low, high } = extent([panel.x]);
    const pad = kind === "log" ? (high / low || 2) ** 0.05 : (high - low || 1) * 0.05;
    return kind === "log" ? { kind, low: low / pad, high: high * pad } : { kind, low: low - pad, high: high + pad };
  }
  if (zoomed) return { kind: zoomed[0] > 0 ? kind : "linear", low: zoomed[0], high: zoomed[1] };
  let [first, last] = [Infinity, 0];
  for (const { xs } of lines) {
    last = Math.max(last, xs[xs.length - 1] || 0);
    const positive = xs.findIndex((x) => x > 0);
    if (positive >= 0) first = Math.min(first, xs[positive]);
  }
  for (const { x } of looks) last = Math.max(last, x);
  const active = data.runs.some((run) => run.active);
  const until = clock === "epoch" ? Math.max(0, ...data.runs.map((run) => run.until || 0)) || null : null;
  return rangeX(kind, Number.isFinite(first) ? first : 1, last, until, active);
}

// wanted: "auto", "linear" or "log"; before: the range that this chart had, or null.
export function vertical(panel, lines, looks, zoomed, baseline, wanted, before) {
  const inView = (x) => !zoomed || (x >= zoomed[0] && x <= zoomed[1]);
  const columns = lines.map(({ xs, ys }) => (zoomed ? ys.filter((_, i) => inView(xs[i])) : ys));
  columns.push(looks.filter(({ x }) => inView(x)).map(({ y }) => y));
  const starts = panel.key === "loss" ? [baseline, ...lines.map(({ ys }) => ys[0])].filter((value) => value > 0 && value < 1e30) : [];
  const most = starts.length ? BLOWN_UP * Math.max(...starts) : LARGEST;
  const [floor] = panel.limits;
  const seen = extent(columns, (value) => value <= most && Math.abs(value) < LARGEST && (floor === null || value >= floor));
  if (panel.guide !== null && seen.high >= seen.low) {
    // A guide that is near comes into view.
    if (seen.high < panel.guide && seen.high > panel.guide / 4) seen.high = panel.guide * 1.1;
    if (panel.guide === 0) seen.low = Math.min(seen.low, -0.05 * Math.abs(seen.high));
  }
  // Training loss may fall to rounding error; a scale for that would flatten the validation loss, which decides.
  const judged = lines.filter(({ part, ys }) => part === "val" && ys.some(Number.isFinite));
  const wide = isWide(judged.length ? extent(judged.map(({ ys }) => ys), (value) => value <= most) : seen);
  return rangeY(wanted, seen, panel.limits, before, wide, baseline && !zoomed ? baseline : null);
}

// The chart for who cannot see it.
export function inWords(data, panel, clock, lines) {
  const by = data.kind === "sweep" ? panel.xTitle : CLOCKS[clock];
  const told = lines.slice(0, 8).map((line) => {
    const i = newest(line.ys);
    return i < 0 ? `${line.fullName} has no number` : `${line.fullName} is ${formatNumber(line.ys[i])} at ${by} ${formatNumber(line.xs[i], 4)}`;
  });
  const { best } = data.runs[data.focus];
  if (panel.key === "loss" && data.runs.length === 1 && best && best[1] !== null) {
    told.push(`Best validation loss ${formatNumber(best[1])} at epoch ${formatNumber(best[0], 4)}`);
  }
  const { finding } = data;
  if (finding) told.push(`${finding.name} from epoch ${formatNumber(finding.from)} to ${formatNumber(finding.to)}`);
  if (data.note) told.push(data.note.replace(/\.$/, ""));
  return [`${panel.title} by ${by}`, ...told].map((text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`).join(" ");
}
