// The race under the finger: lanes that have a program are moved here, from any start, at any rate, on any setting of the
// surface's parameters, without asking the server.

import { Batches } from "../shared/batches.js";
import { Assembly } from "./kernel.js";
import { laneRunner, pathRoom } from "./runner.js";

// A step is told from rounding where it is so large a part of the position, as in figures/race/player.py.
const RESOLVED = 2 ** -42;
const SENT = ["x", "y", "gap", "gradient", "distance", "rate", "evaluations", "memory", "diverged"];

// Domain, minimum, minima and saddles of a surface whose parameters move: facts(values) -> { domain, ... }.
function factsOf({ moving, minima, saddles }, names) {
  const assembly = new Assembly({});
  const words = Object.fromEntries(names.map((name) => [`@${name}`, assembly.input()]));
  const known = moving.searched ? 0 : minima.length;
  const count = 5 + 2 * (known + saddles.length);
  const run = assembly.kernel(assembly.read(moving.facts, words, count, false));
  const inputs = new Float64Array(names.length);
  const out = new Float64Array(count);
  return (values) => {
    names.forEach((name, i) => { inputs[i] = values[name]; });
    run(inputs, out);
    const points = Array.from({ length: (count - 5) / 2 }, (_, i) => [out[5 + 2 * i], out[6 + 2 * i]]);
    return {
      domain: [[out[0], out[1]], [out[2], out[3]]],
      minimum: out[4],
      minima: points.slice(0, known),
      saddles: points.slice(known),
    };
  };
}

export class LiveRace {
  // before: that of the race before, whose compiled lanes are taken over where they are the same.
  constructor(race, before = null) {
    this.race = race;
    this.followers = new Map();
    this.runners = new Map();
    this.known = before ? before.runners : new Map();
    this.sent = { start: race.start, values: Object.fromEntries(race.handles.map(({ name, value }) => [name, value])) };
    this.parameters = race.handles.filter(({ lane }) => lane === null);
    const { moving, codes } = race.landscape;
    this.landscape = { ...race.landscape, movingCodes: moving && { ...moving, rows: codes.rows }, parameters: {}, base: race.base };
    this.surface = this.landscape;
  }

  // Whether any lane can be moved here.
  get possible() {
    return this.race.lanes.some((lane) => lane.program);
  }

  // Whether all lanes of this handle can.
  follows({ lane }) {
    return lane === null ? this.possible && Boolean(this.landscape.moving) : Boolean(this.race.lanes[lane].program);
  }

  // Whether the surface's parameters are those that were sent.
  unmoved(values) {
    return this.parameters.every(({ name }) => values[name] === this.sent.values[name]);
  }

  // The surface at these values, with its codes and its parameters by their inputs: the same object while it is the same.
  surfaceAt(values) {
    const { landscape } = this;
    if (!landscape.moving || this.unmoved(values)) return (this.surface = landscape);
    const parameters = Object.fromEntries(this.parameters.map(({ name, input }) => [input, values[name]]));
    if (JSON.stringify(parameters) === JSON.stringify(this.surface.parameters)) return this.surface;
    this.facts ||= factsOf(landscape, Object.keys(parameters));
    const facts = this.facts(parameters);
    const base = landscape.base === null || landscape.moving.searched ? null : facts.minimum;
    this.surface = { ...landscape, ...facts, codes: landscape.movingCodes, parameters, base };
    return this.surface;
  }

  follower(lane) {
    if (!this.followers.has(lane)) {
      const places = {};
      let size = 0;
      for (const [name, count] of Object.entries(lane.program.memory)) {
        places[name] = size;
        size += count;
      }
      const sent = Object.fromEntries(SENT.map((name) => [name, lane[name]]));
      this.followers.set(lane, { room: pathRoom(this.race.steps, size), places, sent, derived: null });
    }
    return this.followers.get(lane);
  }

  // Programs that differ in their inputs only are compiled once.
  runner(lane, surface) {
    const key = JSON.stringify([lane.program.init, lane.program.step, lane.program.own, lane.program.memory, Object.keys(lane.program.inputs), lane.program.noisy, Boolean(lane.batches), surface.codes, Object.keys(surface.parameters)]);
    if (!this.runners.has(key)) this.runners.set(key, this.known.get(key) || laneRunner(lane.program, surface, true, Boolean(lane.batches)));
    return this.runners.get(key);
  }

  // Every lane from this start and with these values; one that has no program keeps its path and is marked as stale.
  // Those whose path stays as it is are not run again.
  to({ start, values }) {
    const surface = this.surfaceAt(values);
    const shared = JSON.stringify([start, surface.parameters]);
    const sent = String(start) === String(this.sent.start) && surface === this.landscape;
    for (const lane of this.race.lanes) {
      const rate = this.race.handles.find((handle) => handle.lane === lane.index);
      const lr = rate && values[rate.name];
      const asSent = sent && (!rate || lr === this.sent.values[rate.name]);
      lane.stale = !lane.program && !asSent;
      if (!lane.program) continue;
      const at = asSent ? "" : `${shared} ${lr}`;
      if ((lane.at || "") === at) continue;
      const follower = this.follower(lane);
      lane.at = at;
      follower.measured = asSent;
      if (asSent) {
        Object.assign(lane, follower.sent);
        continue;
      }
      this.walk(lane, start, surface, rate ? { [rate.input]: lr } : {}, true);
      Object.assign(lane, { x: follower.room.x, y: follower.room.y, diverged: follower.room.diverged });
    }
  }

  walk(lane, start, surface, changed, lean = false) {
    const follower = this.follower(lane);
    if (lane.batches && !follower.batches) follower.batches = new Batches(lane.batches);
    if (follower.codes !== surface.codes) Object.assign(follower, { codes: surface.codes, runner: this.runner(lane, surface) });
    follower.given = { inputs: { ...lane.program.inputs, ...changed }, parameters: surface.parameters, tilts: this.race.tilts, batches: follower.batches };
    follower.holds = lane.at || "";
    follower.start = start;
    follower.runner.path(start, follower.room, { ...follower.given, lean });
  }

  // What a lean walk has left out.
  complete(lane, { room, start, given, runner }) {
    if (!room.lean) return;
    runner.path(start, room, given);
    if (lane.at) lane.diverged = room.diverged;
  }

  // What a lane runs on now: the inputs of its program, and the surface.
  given(lane) {
    const moved = lane.at && this.followers.get(lane)?.given;
    return { inputs: moved ? moved.inputs : lane.program.inputs, surface: moved ? this.surface : this.landscape };
  }

  // The vectors that make up step k of a lane, in the plane; those that only its program knows are null where it has none.
  anatomy(lane, k, gradientAt) {
    const step = [lane.x[k + 1] - lane.x[k], lane.y[k + 1] - lane.y[k]];
    const point = [lane.x[k], lane.y[k]];
    const rate = Number.isFinite(lane.rate[k]) ? lane.rate[k] : 1;
    const kept = lane.momentum === null ? null : lane.memory[lane.momentum];
    if (!lane.program) {
      const sample = Math.floor((k + 1) / this.race.stride);
      const momentum = kept && [0, 1].map((i) => kept.series[i]?.values[Math.min(sample, kept.series[i].values.length - 1)] ?? 0);
      return { point, step, rate, momentum, gradient: gradientAt(...point), asked: [], own: null };
    }
    const follower = this.walked(lane);
    const { room, places } = follower;
    const momentum = kept && [0, 1].map((i) => room.memory[places[kept.name] + i][k + 1]);
    return { point, step, rate, momentum, ...follower.runner.anatomy(k, room, follower.given) };
  }

  // The root of its second moment beside the size of the curvature of each axis, along the path of a lane as it is now.
  curvature(lane) {
    const { room, given, runner } = this.walked(lane);
    const names = ["√v x", "√v y", "|Hxx|", "|Hyy|"];
    const columns = names.map(() => new Float64Array(Math.floor(this.race.steps / this.race.stride) + 1));
    runner.curvature(room, given, this.race.stride, columns);
    return names.map((name, i) => ({ name, values: columns[i] }));
  }

  // The path of a lane as it is now, walked here; null for one without a program.
  walked(lane) {
    if (!lane.program) return null;
    const follower = this.follower(lane);
    if (follower.holds !== (lane.at || "")) this.walk(lane, this.sent.start, this.landscape, {});
    this.complete(lane, follower);
    return follower;
  }

  // The length of the gradient that each step of a lane sees, null where it has no program.
  sampled(lane) {
    const follower = this.walked(lane);
    return follower && follower.runner.sampled(follower.room, follower.given);
  }

  // Milliseconds that one step of a lane takes in this browser, measured once; null where it has no program.
  pace(lane) {
    const follower = this.walked(lane);
    if (follower) follower.pace ??= follower.runner.pace(follower.room, follower.given);
    return follower && follower.pace;
  }

  // What the charts show of the paths as they are now.
  measure() {
    for (const [lane, follower] of this.followers) {
      if (follower.measured) continue;
      follower.measured = true;
      this.complete(lane, follower);
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
    const { steps, stride } = this.race;
    const { base, minima } = this.surface;
    const { gap, gradient, distance, memory } = derived;
    for (let k = 0; k <= steps; k += 1) {
      gap[k] = base === null ? room.value[k] : Math.max(room.value[k] - base, 0);
      gradient[k] = Math.sqrt(room.dx[k] * room.dx[k] + room.dy[k] * room.dy[k]);
      if (!distance) continue;
      let nearest = Infinity;
      for (const [x, y] of minima) nearest = Math.min(nearest, (room.x[k] - x) ** 2 + (room.y[k] - y) ** 2);
      distance[k] = Math.sqrt(nearest);
    }
    for (const { name, series } of memory) {
      series.forEach(({ values }, i) => {
        const [from, slope] = i ? [room.y, room.dy] : [room.x, room.dx];
        const own = name === "effective step" ? null : room.memory[places[name] + i];
        for (let s = 0; s < values.length; s += 1) {
          const k = s * stride;
          const moved = own || k >= steps ? NaN : from[k + 1] - from[k];
          const effective = Math.abs(moved) > RESOLVED * Math.abs(from[k + 1]) ? -moved / slope[k] : NaN;
          values[s] = own ? own[k] : Number.isFinite(effective) ? effective : NaN;
        }
      });
    }
  }
}
