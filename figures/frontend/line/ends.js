// Where the paths from all along the axis end: for every lane a strip of the axis, from coarse to fine, a little in each
// frame. The browser's own programs move the points, so that the strips follow a rate while it moves.

import { pathRoom } from "../race/runner.js";
import { formatCount } from "../shared/numbers.js";
import { LEFT, MOVING, UNDEFINED, endOf } from "./turns.js";

const STARTS = 256;
const COARSEST = 16;

export class AxisEnds {
  constructor() {
    this.strips = new Map();
  }

  // The ends of a lane: { ends: Int16Array, stride, whole }, or null for one that only the server can move.
  of(lane) {
    return this.strips.get(lane.index) || null;
  }

  // Begins anew where a lane, the surface or the window is another. live: the race under the finger (race/live.js).
  ask(lanes, live, turns, { x0, x1 }, domain) {
    const strips = new Map();
    for (const lane of lanes) {
      if (!lane.program) continue;
      const { inputs, surface } = live.given(lane);
      const { init, step, noisy } = lane.program;
      const key = JSON.stringify([x0, x1, domain, live.race.steps, inputs, surface.parameters, surface.codes.value, init, step, noisy]);
      const before = this.strips.get(lane.index);
      if (before?.key === key) {
        strips.set(lane.index, before);
        continue;
      }
      // Until it is run anew the strip stays, as long as its numbers name the same turning points.
      const stays = before && before.x0 === x0 && before.x1 === x1 && before.turns.length === turns.length;
      const ends = stays ? before.ends : new Int16Array(STARTS).fill(MOVING);
      strips.set(lane.index, { key, lane, inputs, surface, turns, domain, x0, x1, ends, stride: COARSEST, next: 0, whole: false });
    }
    this.strips = strips;
  }

  get busy() {
    return [...this.strips.values()].some(({ whole }) => !whole);
  }

  // Some milliseconds of it, the coarse before the fine; whether anything is new.
  work(live, budget) {
    const until = performance.now() + budget;
    let news = false;
    while (performance.now() < until) {
      const waiting = [...this.strips.values()].filter(({ whole }) => !whole);
      if (!waiting.length) break;
      const strip = waiting.reduce((a, b) => (b.stride > a.stride || (b.stride === a.stride && b.next < a.next) ? b : a));
      this.advance(strip, live);
      news = true;
    }
    return news;
  }

  advance(strip, live) {
    const { lane, inputs, surface, ends, x0, x1 } = strip;
    strip.runner ||= live.runner(lane, surface);
    strip.room ||= pathRoom(live.race.steps, Object.values(lane.program.memory).reduce((sum, each) => sum + each, 0));
    const cell = strip.next;
    const start = x0 + ((x1 - x0) * (cell + 0.5)) / STARTS;
    const { x, diverged } = strip.runner.path([start, 0], strip.room, { inputs, parameters: surface.parameters, tilts: live.race.tilts });
    ends.fill(endOf(x, live.race.steps, diverged, strip.turns, strip.domain), cell, Math.min(STARTS, cell + strip.stride));
    // Of a finer round every other cell has been run by the one before.
    strip.next += strip.stride === COARSEST ? strip.stride : 2 * strip.stride;
    if (strip.next < STARTS) return;
    strip.stride /= 2;
    strip.next = strip.stride;
    strip.whole = strip.stride < 1;
    if (strip.whole) strip.room = strip.runner = null;
  }

  // Every end that is on the axis now, in the order of their numbers.
  get present() {
    return [...new Set([...this.strips.values()].flatMap(({ ends }) => [...ends]))].sort((a, b) => a - b);
  }

  // Shares of the axis by end, the largest first: [[end, share]].
  static shares({ ends }) {
    const counts = new Map();
    for (const end of ends) counts.set(end, (counts.get(end) || 0) + 1);
    return [...counts].map(([end, count]) => [end, count / STARTS]).sort((a, b) => b[1] - a[1]);
  }

  static runs({ ends }) {
    const runs = [];
    for (let i = 0; i < STARTS; i += 1) {
      const last = runs[runs.length - 1];
      if (last && last.end === ends[i]) last.to = (i + 1) / STARTS;
      else runs.push({ end: ends[i], from: i / STARTS, to: (i + 1) / STARTS });
    }
    return runs;
  }
}

// What is said of the starts that have an end.
export function endInWords(end, turns, steps, written) {
  if (end >= 0) return `to the ${turns[end].minimum ? "minimum" : "maximum"} at x ${written(turns[end].x)}`;
  if (end === UNDEFINED) return "lie where f is not defined";
  if (end === MOVING) return `to no rest within ${formatCount(steps)} steps`;
  return end === LEFT ? "to out of the window" : "to divergence";
}
