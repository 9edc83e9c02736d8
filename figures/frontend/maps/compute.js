// A piece of a sheet (what is computed): where paths end, in a worker or, while workers load, on the page itself.

import { places } from "./samples.js";
import { Sweep, slopeOf } from "./sweep.js";
import { EndWatch, GoalWatch } from "./watch.js";

const sweeps = new Map();

async function sweepOf({ program, surface, moving }) {
  const key = JSON.stringify([program.init, program.step, program.memory, Object.keys(program.inputs), surface, moving]);
  if (!sweeps.has(key)) {
    const sweep = new Sweep(program, surface);
    let run;
    try {
      run = await sweep.compiled(moving);
    } catch {
      run = sweep.walked(); // the policy of the page forbids a module from a blob
    }
    sweeps.set(key, { sweep, run });
    if (sweeps.size > 48) sweeps.delete(sweeps.keys().next().value);
  }
  return sweeps.get(key);
}

// sheet: { program, surface, moving, inputs, steps, axes: [{ name, low, high, log }], starts, ends or goal }.
async function compute({ sheet, side, samples }) {
  const { sweep, run } = await sweepOf(sheet);
  const count = samples.length;
  const [a, b] = places(side, samples, ...sheet.axes);
  const slots = new Float64Array(3 + sweep.names.length);
  sweep.names.forEach((name, i) => { slots[3 + i] = sheet.inputs[name]; });
  const [first, second] = sheet.axes.map(({ name }) => sweep.slot(name));
  const job = { slots, first, second, a, b, count, steps: sheet.steps };
  const out = () => ({ kind: new Int16Array(count), number: new Float64Array(count), value: new Float64Array(count) });
  if (sheet.ends) {
    const done = out();
    run(job, new EndWatch(sheet.ends, slopeOf(sheet.surface)), done);
    return done;
  }
  const runs = sheet.starts.map(([x, y]) => {
    const done = out();
    [slots[0], slots[1]] = [x, y];
    run(job, new GoalWatch({ ...sheet.goal, steps: sheet.steps }), done);
    return done;
  });
  return runs.length === 1 ? runs[0] : median(runs, out());
}

// Of several starts: steps and value of the middle one, and what happens to most that do not arrive where most do not.
function median(runs, done) {
  const middle = Math.floor((runs.length - 1) / 2);
  const order = (numbers) => numbers.sort((one, other) => one - other)[middle];
  for (let p = 0; p < done.kind.length; p += 1) {
    const steps = order(runs.map((each) => (each.kind[p] === 0 ? each.number[p] : Infinity)));
    done.value[p] = order(runs.map((each) => (Number.isNaN(each.value[p]) ? Infinity : each.value[p])));
    done.number[p] = Number.isFinite(steps) ? steps : -1;
    if (Number.isFinite(steps)) continue;
    const counts = new Map();
    for (const { kind } of runs) if (kind[p] !== 0) counts.set(kind[p], (counts.get(kind[p]) || 0) + 1);
    done.kind[p] = [...counts].sort((one, other) => other[1] - one[1])[0][0];
  }
  return done;
}

// What a worker says to a message { task, sheet, side, samples }.
export async function answerTo(data) {
  const began = performance.now();
  try {
    const { kind, number, value } = await compute(data);
    return { task: data.task, kind, number, value, took: performance.now() - began };
  } catch (problem) {
    return { task: data.task, problem: String(problem?.message ?? problem) };
  }
}
