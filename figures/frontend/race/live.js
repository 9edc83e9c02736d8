// The race under the finger: lanes that have a program are moved here, from any start, without asking the server.

import { laneRunner, pathRoom } from "./runner.js";

const SENT = ["x", "y", "gap", "gradient", "distance", "rate", "evaluations", "memory", "diverged"];

export class LiveRace {
  constructor(race) {
    this.race = race;
    this.followers = new Map();
  }

  // Whether any lane can be moved here.
  get possible() {
    return this.race.lanes.some((lane) => lane.program);
  }

  follower(lane) {
    if (!this.followers.has(lane)) {
      const sizes = Object.entries(lane.program.memory);
      const places = {};
      let size = 0;
      for (const [name, count] of sizes) {
        places[name] = size;
        size += count;
      }
      const surface = { codes: this.race.landscape.codes };
      const sent = Object.fromEntries(SENT.map((name) => [name, lane[name]]));
      const room = pathRoom(this.race.steps, size);
      this.followers.set(lane, { runner: laneRunner(lane.program, surface), room, places, sent, derived: null });
    }
    return this.followers.get(lane);
  }

  // Every lane from this start; one that has no program keeps its path and is marked as stale.
  from(start) {
    for (const lane of this.race.lanes) {
      lane.stale = !lane.program;
      if (lane.stale) continue;
      const { runner, room } = this.follower(lane);
      runner.path(start, room, { tilts: this.race.tilts });
      Object.assign(lane, { x: room.x, y: room.y, diverged: room.diverged });
    }
  }

  // What the charts show of the paths as they are now.
  measure() {
    for (const [lane, follower] of this.followers) {
      follower.derived ||= this.derivedRoom(follower);
      this.derive(follower);
      const { derived, room, sent } = follower;
      const rate = sent.rate.some(Number.isFinite) ? room.rate : sent.rate;
      Object.assign(lane, derived, { evaluations: room.evaluations, rate });
    }
  }

  derivedRoom({ sent }) {
    const column = () => new Float64Array(this.race.steps + 1);
    const memory = sent.memory.map((state) => ({
      ...state,
      series: state.series.map((one) => ({ name: one.name, values: new Float64Array(one.values.length) })),
    }));
    return { gap: column(), gradient: column(), distance: sent.distance && column(), memory };
  }

  derive({ room, derived, places }) {
    const { steps, stride, base, landscape } = this.race;
    const { gap, gradient, distance, memory } = derived;
    for (let k = 0; k <= steps; k += 1) {
      gap[k] = base === null ? room.value[k] : Math.max(room.value[k] - base, 0);
      gradient[k] = Math.sqrt(room.dx[k] * room.dx[k] + room.dy[k] * room.dy[k]);
      if (!distance) continue;
      let nearest = Infinity;
      for (const [x, y] of landscape.minima) nearest = Math.min(nearest, (room.x[k] - x) ** 2 + (room.y[k] - y) ** 2);
      distance[k] = Math.sqrt(nearest);
    }
    for (const { name, series } of memory) {
      series.forEach(({ values }, i) => {
        const [from, slope] = i ? [room.y, room.dy] : [room.x, room.dx];
        const own = name === "effective step" ? null : room.memory[places[name] + i];
        for (let s = 0; s < values.length; s += 1) {
          const k = s * stride;
          const effective = own || k >= steps ? NaN : -(from[k + 1] - from[k]) / slope[k];
          values[s] = own ? own[k] : Number.isFinite(effective) ? effective : NaN;
        }
      });
    }
  }

  // Every lane as it was sent.
  restore() {
    for (const [lane, { sent }] of this.followers) Object.assign(lane, sent);
    for (const lane of this.race.lanes) lane.stale = false;
  }
}
