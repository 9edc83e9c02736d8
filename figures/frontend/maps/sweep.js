// One rule from many starts, or at many rates: the program of its path (optimizers/path_program.py) as one loop.
// Where the policy of the page allows a module from a blob, the loop becomes JavaScript once; else it is walked through.
// Of a program only known words and finite numbers are ever written into the source (see race/kernel.js).

import { Assembly } from "../race/kernel.js";

const MOST_REMEMBERED = 256;
const STILL = 64; // steps in a row without any move, after which a path rests
const NUMBER = 0; // what a value depends on: nothing,
const INPUT = 1; // what is given,
const CLOCK = 2; // the number of the step as well,
const PATH = 3; // or where the path is

// x and y as they are at the step, k, what is given by name, what is remembered; value and slopes are handed on from
// the step before, which knows them.
export class Sweep {
  constructor(program, surface) {
    const sizes = Object.values(program.memory);
    const size = sizes.reduce((sum, each) => sum + each, 0);
    if (!(size <= MOST_REMEMBERED)) throw new Error(`the program remembers ${size} numbers; at most ${MOST_REMEMBERED} are allowed`);
    const assembly = new Assembly(surface);
    this.assembly = assembly;
    this.names = Object.keys(program.inputs);
    this.size = size;
    this.columns = assembly.rows ? assembly.rows.columns : [];
    const words = {};
    for (const word of ["x", "y", "@k"]) words[word] = assembly.input();
    words["@tilt_x"] = words["@tilt_y"] = assembly.node("number", 0);
    for (const name of this.names) words[`@${name}`] = assembly.input();
    const begun = { ...words };
    for (let i = 0; i < size; i += 1) words[`@${i}`] = assembly.input();
    const here = (x, y) => [assembly.ask("value", x, y), assembly.ask("dx", x, y), assembly.ask("dy", x, y)];
    this.begun = [...here(words.x, words.y), ...assembly.read(program.init, begun, size)];
    const [value, dx, dy] = [assembly.input(), assembly.input(), assembly.input()];
    assembly.asked.set(`value ${words.x} ${words.y}`, [value]);
    assembly.asked.set(`gradient ${words.x} ${words.y}`, [dx, dy]);
    const [x, y, , , ...memory] = assembly.read(program.step, words, 4 + size);
    this.stepped = [x, y, ...here(x, y), ...memory];
  }

  // The slot of an input, whose name may be x, y or that of a hyperparameter.
  slot(name) {
    if (name === "x" || name === "y") return name === "x" ? 0 : 1;
    return 3 + this.names.indexOf(name);
  }

  // A loop over rows, where it belongs: nothing that a row is in is known before the path is.
  place({ over, means, body }, { depends, name, text, inBegin, inStep }) {
    for (const [section, within] of [[text.begin, inBegin], [text.step, inStep]]) {
      const own = means.filter((node) => within.has(node));
      const inOwn = new Set(this.assembly.order(own));
      const lines = body.filter((node) => inOwn.has(node));
      if (own.length) section.push(this.assembly.loop({ over, means: own, body: lines }, (node) => name.get(node) || `t${node}`));
    }
    for (const node of means) {
      depends.set(node, PATH);
      name.set(node, `t${node}`);
    }
  }

  // run(job, watch, out): job { slots, first, second, a, b, count, steps }: path p has a[p] in slot `first` and b[p] in
  // `second`; watch hears of every entry (watch.js).
  async compiled(moving) {
    const url = URL.createObjectURL(new Blob([this.source(moving)], { type: "text/javascript" }));
    try {
      const { sweep } = await import(url);
      return (job, watch, out) => sweep({ ...job, columns: this.columns }, watch, out);
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  // moving: whether what is given differs from path to path. Where it does not, whatever depends on the step alone is
  // worked out once for all paths.
  source(moving) {
    const { assembly, size, names } = this;
    const { nodes } = assembly;
    const order = assembly.order([...this.begun, ...this.stepped]);
    const inStep = new Set(assembly.order(this.stepped));
    const inBegin = new Set(assembly.order(this.begun));
    const depends = new Map();
    const name = new Map();
    const slotNames = ["x", "y", "k", ...names.map((_, i) => `g${i}`), ...Array.from({ length: size }, (_, i) => `m${i}`), "value", "dx", "dy"];
    const text = { top: [], given: [], clock: [], begun: [], begin: [], step: [] };
    for (const step of assembly.steps(order)) {
      if (typeof step !== "number") {
        this.place(step, { depends, name, text, inBegin, inStep });
        continue;
      }
      const node = step;
      const { word, operands } = nodes[node];
      if (word === "number") {
        depends.set(node, NUMBER);
        name.set(node, `t${node}`);
        text.top.push(`const t${node} = ${Object.is(operands[0], -0) ? "-0" : operands[0]};`);
      } else if (word === "input") {
        const slot = operands[0];
        depends.set(node, slot === 2 ? CLOCK : slot > 2 && slot < 3 + names.length ? INPUT : PATH);
        name.set(node, slotNames[slot]);
      } else {
        const most = Math.max(...operands.map((each) => depends.get(each)));
        depends.set(node, most);
        name.set(node, `t${node}`);
        const line = `const t${node} = ${assembly.source(node, operands.map((each) => name.get(each)))};`;
        if (most <= INPUT) text.given.push(line);
        else if (most === CLOCK) {
          if (inBegin.has(node)) text.begun.push(line);
          if (inStep.has(node)) text.clock.push(line);
        } else {
          if (inBegin.has(node)) text.begin.push(line);
          if (inStep.has(node)) text.step.push(line);
        }
      }
    }
    // What the clock alone decides and the path needs.
    const asked = new Set(this.stepped.filter((node) => depends.get(node) === CLOCK));
    for (const node of inStep) {
      if (depends.get(node) !== PATH || nodes[node].word === "input") continue;
      for (const each of nodes[node].operands) if (depends.get(each) === CLOCK && name.get(each) !== "k") asked.add(each);
    }
    asked.delete(order.find((node) => name.get(node) === "k"));
    const given = [...names.map((_, i) => `const g${i} = slots[${3 + i}];`), ...text.given];
    const tables = [...asked].map((node) => `const c${node} = new Float64Array(steps);`);
    const fill = `for (let k = 0; k < steps; k += 1) {\n${text.clock.join("\n")}\n${[...asked].map((node) => `c${node}[k] = t${node};`).join("\n")}\n}`;
    const clock = moving ? text.clock : [...asked].map((node) => `const t${node} = c${node}[k];`);
    const next = this.stepped.map((node) => name.get(node));
    const memory = Array.from({ length: size }, (_, i) => `m${i}`);
    return `${text.top.join("\n")}
  export function sweep(job, watch, out) {
  const { slots, first, second, a, b, count, steps, columns } = job;
  ${assembly.columnNames}
  ${moving ? "" : [...given, ...tables, asked.size ? fill : ""].join("\n")}
  for (let p = 0; p < count; p += 1) {
  slots[first] = a[p];
  slots[second] = b[p];
  let x = slots[0], y = slots[1];
  ${moving ? given.join("\n") : ""}
  let value, dx, dy${memory.map((each) => `, ${each}`).join("")};
  {
  const k = 0;
  ${text.begun.join("\n")}
  ${text.begin.join("\n")}
  ${["value", "dx", "dy", ...memory].map((each, i) => `const n${i} = ${name.get(this.begun[i])};`).join("\n")}
  ${["value", "dx", "dy", ...memory].map((each, i) => `${each} = n${i};`).join("\n")}
  }
  let k = 0, still = 0, bad = value - value === 0 ? -1 : 0;
  if (bad < 0) {
  watch.begin(x, y, value);
  while (k < steps) {
  ${clock.join("\n")}
  ${text.step.join("\n")}
  ${next.map((each, i) => `const n${i} = ${each};`).join("\n")}
  k += 1;
  if (!(n0 - n0 === 0 && n1 - n1 === 0 && n2 - n2 === 0)) { bad = k; break; }
  still = n0 === x && n1 === y ? still + 1 : 0;
  ${["x", "y", "value", "dx", "dy", ...memory].map((each, i) => `${each} = n${i};`).join(" ")}
  watch.step(k, x, y, value);
  if (still >= ${STILL}) break;
  }
  }
  watch.end(out, p, k, x, y, value, bad);
  }
  }
`;
  }

  walked() {
    const { assembly, size } = this;
    const start = assembly.kernel(this.begun, false);
    const step = assembly.kernel(this.stepped, false);
    const inputs = new Float64Array(assembly.slots);
    const results = new Float64Array(5 + size);
    const memory = 3 + this.names.length;
    return ({ slots, first, second, a, b, count, steps }, watch, out) => {
      for (let p = 0; p < count; p += 1) {
        slots[first] = a[p];
        slots[second] = b[p];
        inputs.set(slots.subarray(0, memory));
        inputs[2] = 0;
        start(inputs, results);
        const keep = (from) => {
          for (let i = 0; i < size; i += 1) inputs[memory + i] = results[from + 3 + i];
          for (let i = 0; i < 3; i += 1) inputs[memory + size + i] = results[from + i];
        };
        keep(0);
        let [x, y, value] = [inputs[0], inputs[1], results[0]];
        let [k, still, bad] = [0, 0, Number.isFinite(value) ? -1 : 0];
        if (bad < 0) watch.begin(x, y, value);
        while (bad < 0 && k < steps && still < STILL) {
          inputs[2] = k;
          step(inputs, results);
          k += 1;
          if (!(Number.isFinite(results[0]) && Number.isFinite(results[1]) && Number.isFinite(results[2]))) bad = k;
          else {
            still = results[0] === x && results[1] === y ? still + 1 : 0;
            inputs[0] = x = results[0];
            inputs[1] = y = results[1];
            value = results[2];
            keep(2);
            watch.step(k, x, y, value);
          }
        }
        watch.end(out, p, k, x, y, value, bad);
      }
    };
  }
}

// The length of the gradient of a surface.
export function slopeOf(surface) {
  const assembly = new Assembly(surface);
  const [x, y] = [assembly.input(), assembly.input()];
  const run = assembly.kernel([assembly.ask("dx", x, y), assembly.ask("dy", x, y)], false);
  const [given, slopes] = [new Float64Array(2), new Float64Array(2)];
  return (atX, atY) => {
    given[0] = atX;
    given[1] = atY;
    run(given, slopes);
    return Math.hypot(slopes[0], slopes[1]);
  };
}
