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

// Of a mean over rows, at a block of `size` points at once: run(x, y) -> its results, each a Float64Array of the size. All
// points by all rows make one long block, so an operation is one loop; this is fast where the page may not compile.
export function compileRows(code, size, rows) {
  const count = rows.columns[0].length;
  const long = () => new Float64Array(size * count);
  const tile = (out, data) => { for (let r = 0; r < count; r += 1) out.set(data, r * size); };
  const mean = (out, data) => {
    for (let i = 0; i < size; i += 1) {
      let sum = 0;
      for (let k = i; k < data.length; k += size) sum += data[k];
      out[i] = sum / count;
    }
  };
  const known = new Map(rows.columns.map((column, c) => {
    const data = long();
    for (let r = 0; r < count; r += 1) data.fill(column[r], r * size, (r + 1) * size);
    return [`@${rows.names[c]}`, { long: data, perRow: true }];
  }));
  for (const word of ["x", "y"]) known.set(word, { short: new Float64Array(size), long: long(), perRow: false });
  const constant = (value) => {
    if (!known.has(value)) {
      const data = long().fill(value);
      known.set(value, { short: data, long: data, perRow: false });
    }
    return known.get(value);
  };
  const tape = [];
  const stack = [];
  const free = [];
  const registers = new Map();
  const kept = new Set(known.values());
  const result = (perRow) => (perRow ? { long: free.pop() || long(), perRow } : { short: new Float64Array(size), long: null, perRow });
  const asLong = (entry) => {
    if (!entry.long) {
      entry.long = long();
      tape.push(() => tile(entry.long, entry.short));
    }
    return entry.long;
  };
  for (const word of code) {
    if (typeof word === "number") stack.push(constant(word));
    else if (known.has(word)) stack.push(known.get(word));
    else if (word[0] === "=") {
      registers.set(word.slice(1), stack[stack.length - 1]);
      kept.add(stack[stack.length - 1]);
    } else if (word[0] === "$" && registers.has(word.slice(1))) stack.push(registers.get(word.slice(1)));
    else if (word === "mean") {
      const entry = stack.pop();
      if (!entry.perRow) stack.push(entry);
      else {
        const out = result(false);
        tape.push(() => mean(out.short, entry.long));
        stack.push(out);
      }
    } else {
      if (!Object.hasOwn(OPERATIONS, word)) throw new Error(`the program holds ${word}; see programs/language.py`);
      const [operandCount, kernel] = OPERATIONS[word];
      const operands = stack.splice(stack.length - operandCount, operandCount);
      const perRow = operands.some((entry) => entry.perRow);
      const [a, b, c] = operands.map((entry) => (perRow ? asLong(entry) : entry.short));
      for (const entry of new Set(operands)) if (entry.perRow && !kept.has(entry) && !known.has(entry) && !stack.includes(entry)) free.push(entry.long);
      const out = result(perRow);
      const data = perRow ? out.long : out.short;
      const length = perRow ? size * count : size;
      tape.push(() => kernel(data, length, a, b, c));
      stack.push(out);
    }
  }
  const [across, up] = [known.get("x"), known.get("y")];
  return (x, y) => {
    across.short.set(x);
    up.short.set(y);
    tile(across.long, x);
    tile(up.long, y);
    for (const step of tape) step();
    return stack.map((entry) => entry.short.subarray(0, size));
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
