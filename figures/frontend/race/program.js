// The stack machine that runs a landscape's postfix code (the language: programs/language.py) on blocks of points.
// Constants become filled blocks and registers keep theirs, so every operation is one loop over Float64Arrays.

import { Assembly } from "./kernel.js";

const loop1 = (f) => (out, n, a) => {
  for (let i = 0; i < n; i += 1) out[i] = f(a[i]);
};
const loop2 = (f) => (out, n, a, b) => {
  for (let i = 0; i < n; i += 1) out[i] = f(a[i], b[i]);
};

const OPERATIONS = {
  add: [2, (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] + b[i]; }],
  sub: [2, (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] - b[i]; }],
  mul: [2, (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] * b[i]; }],
  div: [2, (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] / b[i]; }],
  pow: [2, loop2(Math.pow)],
  min: [2, loop2(Math.min)],
  max: [2, loop2(Math.max)],
  lt: [2, loop2((a, b) => (a < b ? 1 : 0))],
  le: [2, loop2((a, b) => (a <= b ? 1 : 0))],
  eq: [2, loop2((a, b) => (a === b ? 1 : 0))],
  select: [3, (out, n, a, b, c) => { for (let i = 0; i < n; i += 1) out[i] = a[i] !== 0 ? b[i] : c[i]; }],
  neg: [1, loop1((a) => -a)],
  abs: [1, loop1(Math.abs)],
  sqrt: [1, loop1(Math.sqrt)],
  sign: [1, loop1(Math.sign)],
  exp: [1, loop1(Math.exp)],
  log: [1, loop1(Math.log)],
  sin: [1, loop1(Math.sin)],
  cos: [1, loop1(Math.cos)],
  tan: [1, loop1(Math.tan)],
  asin: [1, loop1(Math.asin)],
  acos: [1, loop1(Math.acos)],
  atan: [1, loop1(Math.atan)],
  sinh: [1, loop1(Math.sinh)],
  cosh: [1, loop1(Math.cosh)],
  tanh: [1, loop1(Math.tanh)],
};

// Turns code into run(x, y, n) -> Float64Array of the block's size, of which the first n hold f. parameters: the values
// of its inputs by name; rows: of a surface that is the mean over them.
export function compileProgram(code, size, parameters = {}, rows = null) {
  if (rows) return pointByPoint(code, size, parameters, rows);
  const tape = [];
  const free = [];
  const kept = new Set();
  const constants = new Map();
  const registers = new Map();
  const coordinates = { x: {}, y: {} };
  const stack = [];
  const release = (entry) => {
    if (entry.data && !kept.has(entry) && !stack.includes(entry)) free.push(entry);
  };
  for (const entry of code) {
    const given = typeof entry === "string" && entry[0] === "@" && Object.hasOwn(parameters, entry.slice(1));
    const word = given ? parameters[entry.slice(1)] : entry;
    if (typeof word === "number") {
      if (!constants.has(word)) constants.set(word, { data: new Float64Array(size).fill(word) });
      kept.add(constants.get(word));
      stack.push(constants.get(word));
    } else if (word === "x" || word === "y") {
      stack.push(coordinates[word]);
    } else if (word[0] === "=") {
      const top = stack[stack.length - 1];
      registers.set(word.slice(1), top);
      kept.add(top);
    } else if (word[0] === "$") {
      stack.push(registers.get(word.slice(1)));
    } else {
      if (!Object.hasOwn(OPERATIONS, word)) throw new Error(`the program holds ${word}; see programs/language.py`);
      const [count, kernel] = OPERATIONS[word];
      const operands = stack.splice(stack.length - count, count);
      operands.forEach((entry, i) => operands.indexOf(entry) === i && release(entry));
      const out = free.pop() || { data: new Float64Array(size) };
      tape.push({ kernel, out, operands });
      stack.push(out);
    }
  }
  const [result] = stack;
  const block = (entry, x, y) => entry.data || (entry === coordinates.x ? x : y);
  return (x, y, n) => {
    for (const { kernel, out, operands } of tape) {
      const [a, b, c] = operands;
      kernel(out.data, n, block(a, x, y), b && block(b, x, y), c && block(c, x, y));
    }
    return block(result, x, y);
  };
}

// A mean over rows is a loop of its own at every point.
function pointByPoint(code, size, parameters, rows) {
  const assembly = new Assembly({ value: code, rows });
  const point = [assembly.input(), assembly.input()];
  for (const [name, value] of Object.entries(parameters)) assembly.parameters[`@${name}`] = assembly.node("number", value);
  const kernel = assembly.kernel([assembly.ask("value", ...point)]);
  const results = new Float64Array(size);
  const inputs = new Float64Array(2);
  const out = new Float64Array(1);
  return (x, y, n) => {
    for (let i = 0; i < n; i += 1) {
      inputs[0] = x[i];
      inputs[1] = y[i];
      kernel(inputs, out);
      results[i] = out[0];
    }
    return results;
  };
}

// Of a surface { codes, parameters }, at single points: value(x, y) and gradient(x, y).
export function compileLandscape({ codes, parameters }) {
  const assembly = new Assembly(codes);
  const point = [assembly.input(), assembly.input()];
  for (const [name, value] of Object.entries(parameters)) assembly.parameters[`@${name}`] = assembly.node("number", value);
  const kernels = [["value"], ["dx", "dy"]].map((words) => assembly.kernel(words.map((word) => assembly.ask(word, ...point)), false));
  const inputs = new Float64Array(2);
  const out = new Float64Array(2);
  const at = (run, x, y) => {
    inputs[0] = x;
    inputs[1] = y;
    run(inputs, out);
    return out;
  };
  return {
    value: (x, y) => at(kernels[0], x, y)[0],
    gradient: (x, y) => [...at(kernels[1], x, y)],
  };
}
