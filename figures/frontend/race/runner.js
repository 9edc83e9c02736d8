// A lane of the race that moves in the browser: the program of its rule (optimizers/path_program.py) on the surface.

import { Assembly } from "./kernel.js";

const MOST_MEMORY = 256;
const CLOUD = 100; // other batches, drawn as dots
const FIXED = ["x", "y", "@k", "@tilt_x", "@tilt_y"];

// An assembly whose inputs are those of a step: the point, the step's number and noise, the program's own, the surface's
// parameters, and from `first` on the `size` numbers that the rule remembers. words: the node of each.
function prepared(program, surface) {
  const sizes = Object.values(program.memory);
  const size = sizes.reduce((sum, each) => sum + each, 0);
  if (!(size <= MOST_MEMORY)) throw new Error(`the program remembers ${size} numbers; at most ${MOST_MEMORY} are allowed`);
  const names = Object.keys(program.inputs);
  const assembly = new Assembly(surface.codes);
  const words = {};
  for (const word of FIXED) words[word] = assembly.input();
  for (const name of names) words[`@${name}`] = assembly.input();
  const parameters = Object.keys(surface.parameters || {});
  for (const name of parameters) assembly.parameters[`@${name}`] = assembly.input();
  const first = assembly.slots;
  for (let i = 0; i < size; i += 1) words[`@${i}`] = assembly.input();
  return { assembly, words, names, parameters, first, size };
}

// program: { inputs: { name: value }, memory: { name: size }, init, step, noisy, own, scale }; surface: { codes: { value,
// gradient, hessian, rows }, parameters: { name: value } }; batched: whether each step sees some of the rows only. Throws
// where a program is not one.
export function laneRunner(program, surface, compiling = true, batched = false) {
  const { assembly, words, names, parameters, first, size } = prepared(program, surface);
  const begun = { ...words };
  for (let i = 0; i < size; i += 1) delete begun[`@${i}`];
  const surfaceAt = (x, y) => ["value", "dx", "dy"].map((word) => assembly.ask(word, x, y));
  const started = [...assembly.read(program.init, begun, size), ...surfaceAt(words.x, words.y)];
  // From step to step value and slopes are handed on: they are asked for at the new point, all at once.
  const [value, dx, dy] = [assembly.input(), assembly.input(), assembly.input()];
  assembly.asked.set(`value ${words.x} ${words.y}`, [value]);
  assembly.asked.set(`gradient ${words.x} ${words.y}`, [dx, dy]);
  const stepped = assembly.read(program.step, words, 4 + size, true, null, batched);
  const own = program.own ? assembly.read(program.own, words, 2, false) : [];
  // Where else than at the point itself a step takes the gradient.
  const elsewhere = [...assembly.asked].filter(([key]) => key.startsWith("gradient ") && !`${key} `.startsWith(`gradient ${words.x} ${words.y} `));
  const taken = batched ? ["dx", "dy"].map((word) => assembly.ask(word, words.x, words.y, true)) : [];
  const asked = elsewhere.flatMap(([key, nodes]) => [...key.split(" ").slice(1, 3).map(Number), ...nodes]);
  const after = surfaceAt(stepped[0], stepped[1]);
  // Of rows, what no step asks for is most of the work: it is left out of a lean step.
  const used = new Set(assembly.order(stepped));
  const nothing = assembly.node("number", 0);
  const handed = [value, dx, dy].map((node, i) => (used.has(node) ? after[i] : nothing));
  const runner = {
    names,
    parameters,
    first,
    size,
    slots: new Float64Array(assembly.slots),
    results: new Float64Array(4 + size + 3),
    begin: assembly.kernel(started, compiling),
    step: assembly.kernel([...stepped, ...after], compiling),
    lean: assembly.rows && handed.includes(nothing) && assembly.kernel([...stepped, ...handed], compiling),
    own: own.length && assembly.kernel(own, compiling),
    asked: asked.length && assembly.kernel(asked, compiling),
    taken: taken.length && assembly.kernel(taken, compiling),
    places: asked.length / 4,
  };
  let curved = null;
  let alone = null;
  return {
    // Into four columns: for x and y the root of the second moment that led to each stride-th entry of a path that was
    // walked, then the size of the curvature there. Compiled when it is asked for.
    curvature: (room, given, stride, out) => {
      if (!curved) {
        const scale = assembly.read(program.scale, words, 2, false);
        curved = assembly.kernel([...scale, ...["dxx", "dyy"].map((word) => assembly.ask(word, words.x, words.y))], compiling);
      }
      measure(runner, program, surface, curved, room, given || {}, stride, out);
    },
    // The length of the gradient that each step of a path that was walked sees: of its batch, with its noise.
    sampled: (room, given) => sampledNorms(runner, program, surface, room, given || {}),
    // Milliseconds that a step of a path that was walked takes on this machine: the step alone, not what is drawn of it.
    pace: (room, given) => {
      if (!alone) {
        const bare = prepared(program, surface);
        alone = bare.assembly.kernel(bare.assembly.read(program.step, bare.words, 4 + size, true, null, batched), compiling);
      }
      return paceOf(runner, program, surface, alone, room, given || {});
    },
    anatomy: (k, room, given) => dissect(runner, program, surface, k, room, given || {}),
    path: (start, out, given) => walk(runner, program, surface, start, out, given || {}),
  };
}

// Room for a path of so many steps, entry 0 being the start.
export function pathRoom(steps, memory) {
  const column = () => new Float64Array(steps + 1);
  return { steps, diverged: -1, lean: false, x: column(), y: column(), value: column(), dx: column(), dy: column(), rate: column(), evaluations: column(), memory: Array.from({ length: memory }, column) };
}

function give(runner, program, surface, given) {
  const inputs = { ...program.inputs, ...given.inputs };
  const parameters = { ...surface.parameters, ...given.parameters };
  runner.names.forEach((name, i) => { runner.slots[FIXED.length + i] = inputs[name]; });
  runner.parameters.forEach((name, i) => { runner.slots[FIXED.length + runner.names.length + i] = parameters[name]; });
}

function noiseOf(program, given, k) {
  return program.noisy && given.tilts ? [given.tilts[0][k], given.tilts[1][k]] : [0, 0];
}

// The slots as they are before step k of a path that was walked.
function standAt({ slots, first, size }, room, k, noise) {
  slots[0] = room.x[k];
  slots[1] = room.y[k];
  slots[2] = k;
  slots[3] = noise[0];
  slots[4] = noise[1];
  for (let i = 0; i < size; i += 1) slots[first + i] = room.memory[i][k];
  slots[first + size] = room.value[k];
  slots[first + size + 1] = room.dx[k];
  slots[first + size + 2] = room.dy[k];
}

function sampledNorms(runner, program, surface, room, given) {
  const norms = new Float64Array(room.steps + 1);
  const slopes = new Float64Array(2);
  give(runner, program, surface, given);
  const last = room.diverged < 0 ? room.steps : Math.max(0, room.diverged - 1);
  for (let k = 0; k < last; k += 1) {
    const noise = noiseOf(program, given, k);
    if (runner.taken) {
      standAt(runner, room, k, noise);
      runner.taken(runner.slots, slopes, given.batches ? given.batches.at(k) : null);
    } else {
      slopes[0] = room.dx[k];
      slopes[1] = room.dy[k];
    }
    norms[k] = Math.sqrt((slopes[0] + noise[0]) ** 2 + (slopes[1] + noise[1]) ** 2);
  }
  norms.fill(last ? norms[last - 1] : NaN, last); // after the last step nothing is sampled
  return norms;
}

const ROUND_MS = 2; // a browser's clock may be as coarse as a tenth of a millisecond
const CALM_ROUNDS = 8; // as many without a gain: by then a browser has translated what it runs often
const MOST_ROUNDS = 50;

// The least of some rounds: what else the machine does only adds.
function paceOf(runner, program, surface, alone, room, given) {
  const steps = room.diverged < 0 ? room.steps : Math.max(1, room.diverged);
  const batches = given.batches ? Array.from({ length: steps }, (_, k) => given.batches.at(k)) : null;
  give(runner, program, surface, given);
  const pass = () => {
    for (let k = 0; k < steps; k += 1) {
      standAt(runner, room, k, noiseOf(program, given, k));
      alone(runner.slots, runner.results, batches && batches[k]);
    }
  };
  let [least, calm] = [Infinity, 0];
  for (let round = 0; round < MOST_ROUNDS && calm < CALM_ROUNDS; round += 1) {
    const begun = performance.now();
    let passes = 0;
    do {
      pass();
      passes += 1;
    } while (performance.now() - begun < ROUND_MS);
    const each = (performance.now() - begun) / (passes * steps);
    calm = each < 0.97 * least ? 0 : calm + 1;
    least = Math.min(least, each);
  }
  return least;
}

// What step k of a path that was walked is made of: the gradient as the rule took it, where else it took one and which,
// and, where its points are look-ahead points, its own sequence before and after the step. Where a step sees some of the rows:
// the gradient of all of them, and of other batches of the same size.
function dissect(runner, program, surface, k, room, given) {
  const { slots, first, size } = runner;
  const noise = noiseOf(program, given, k);
  const at = (j) => standAt(runner, room, j, noise);
  const own = (j) => {
    const out = new Float64Array(2);
    at(j);
    const place = runner.names.indexOf("lr");
    if (place >= 0) slots[FIXED.length + place] = room.rate[Math.max(0, j - 1)];
    runner.own(slots, out);
    return [...out];
  };
  give(runner, program, surface, given);
  at(k);
  const found = new Float64Array(4 * runner.places);
  const rows = given.batches ? given.batches.at(k) : null;
  if (runner.asked) runner.asked(slots, found, rows);
  const here = new Float64Array([room.dx[k], room.dy[k]]);
  if (runner.taken) runner.taken(slots, here, rows);
  const others = runner.taken && given.batches ? given.batches.others(CLOUD) : [];
  const cloud = others.map((other) => {
    const out = new Float64Array(2);
    runner.taken(slots, out, other);
    return [out[0] + noise[0], out[1] + noise[1]];
  });
  const asked = Array.from({ length: runner.places }, (_, i) => {
    const [x, y, dx, dy] = found.subarray(4 * i, 4 * i + 4);
    return { point: [x, y], gradient: [dx + noise[0], dy + noise[1]] };
  });
  return { gradient: [here[0] + noise[0], here[1] + noise[1]], whole: [room.dx[k], room.dy[k]], cloud, asked, own: runner.own ? [own(k), own(k + 1)] : null };
}

function measure(runner, program, surface, curved, room, given, stride, out) {
  const { slots, first, size } = runner;
  const found = new Float64Array(4);
  give(runner, program, surface, given);
  for (let s = 0; s < out[0].length; s += 1) {
    const k = s * stride;
    [slots[0], slots[1], slots[2]] = [room.x[k], room.y[k], k - 1];
    for (let i = 0; i < size; i += 1) slots[first + i] = room.memory[i][k];
    curved(slots, found);
    for (const i of [0, 1]) out[i][s] = k ? found[i] : NaN; // no step led to the start
    for (const i of [2, 3]) out[i][s] = Math.abs(found[i]);
  }
}

// Moves the point and writes its path. As descend does: where point or value is not finite the path has diverged and
// stays at its last finite entry. given: { inputs, parameters, tilts: [Float64Array, Float64Array], batches, lean }, where a
// lean walk leaves out the values and slopes that no step asks for: the same points, until a value is not finite.
function walk(runner, program, surface, start, out, given) {
  const { slots, results, size, first, begin } = runner;
  out.lean = Boolean(given.lean && runner.lean);
  const step = out.lean ? runner.lean : runner.step;
  const { steps } = out;
  [slots[0], slots[1]] = start;
  give(runner, program, surface, given);
  const tilts = program.noisy ? given.tilts : null;
  begin(slots, results);
  out.x[0] = slots[0];
  out.y[0] = slots[1];
  for (let i = 0; i < size; i += 1) {
    slots[first + i] = results[i];
    out.memory[i][0] = results[i];
  }
  const handed = first + size; // the slots of value and slopes
  slots[handed] = out.value[0] = results[size];
  slots[handed + 1] = out.dx[0] = results[size + 1];
  slots[handed + 2] = out.dy[0] = results[size + 2];
  out.evaluations[0] = 0;
  out.diverged = Number.isFinite(results[size]) ? -1 : 0;
  let k = 0;
  while (k < steps && out.diverged < 0) {
    slots[2] = k;
    if (tilts) {
      slots[3] = tilts[0][k];
      slots[4] = tilts[1][k];
    }
    step(slots, results, given.batches ? given.batches.at(k) : null);
    out.rate[k] = results[2];
    out.evaluations[k + 1] = out.evaluations[k] + results[3];
    k += 1;
    const value = results[4 + size];
    if (Number.isFinite(results[0]) && Number.isFinite(results[1]) && Number.isFinite(value)) {
      slots[0] = out.x[k] = results[0];
      slots[1] = out.y[k] = results[1];
      slots[handed] = out.value[k] = value;
      slots[handed + 1] = out.dx[k] = results[5 + size];
      slots[handed + 2] = out.dy[k] = results[6 + size];
      for (let i = 0; i < size; i += 1) slots[first + i] = out.memory[i][k] = results[4 + i];
    } else out.diverged = k;
  }
  const last = out.diverged < 0 ? k : Math.max(0, k - 1);
  if (last > 0 && last === k) out.rate[last] = out.rate[last - 1];
  const frozen = [out.x, out.y, out.value, out.dx, out.dy, out.rate, ...out.memory];
  for (const column of frozen) column.fill(column[last], last + 1);
  out.evaluations.fill(out.evaluations[k], k + 1);
  return out;
}
