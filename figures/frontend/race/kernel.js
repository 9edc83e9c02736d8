// Programs (the language: programs/language.py) as functions of numbers: run(inputs, outputs) over two Float64Arrays.
// Where the page may compile, the operations become JavaScript once; where its content security policy forbids that,
// they are walked through one by one. Of a code only known words and finite numbers are ever written into the source.

const MOST_WORDS = 100_000;
const MOST_NODES = 40_000;

// Word -> [operands, source, the same as a function].
const MEANINGS = {
  add: [2, (a, b) => `${a} + ${b}`, (a, b) => a + b],
  sub: [2, (a, b) => `${a} - ${b}`, (a, b) => a - b],
  mul: [2, (a, b) => `${a} * ${b}`, (a, b) => a * b],
  div: [2, (a, b) => `${a} / ${b}`, (a, b) => a / b],
  lt: [2, (a, b) => `${a} < ${b} ? 1 : 0`, (a, b) => (a < b ? 1 : 0)],
  le: [2, (a, b) => `${a} <= ${b} ? 1 : 0`, (a, b) => (a <= b ? 1 : 0)],
  eq: [2, (a, b) => `${a} === ${b} ? 1 : 0`, (a, b) => (a === b ? 1 : 0)],
  select: [3, (a, b, c) => `${a} !== 0 ? ${b} : ${c}`, (a, b, c) => (a !== 0 ? b : c)],
  neg: [1, (a) => `-${a}`, (a) => -a],
};
for (const word of ["pow", "min", "max", "hypot"]) {
  MEANINGS[word] = [2, (a, b) => `Math.${word}(${a}, ${b})`, (a, b) => Math[word](a, b)]; // of two, whoever passes more
}
for (const word of ["abs", "sqrt", "sign", "floor", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"]) {
  MEANINGS[word] = [1, (a) => `Math.${word}(${a})`, Math[word]];
}

// What a program may ask the surface at a point: which of its codes answers, and with which result.
const CALLS = { value: ["value", 1, 0], dx: ["gradient", 2, 0], dy: ["gradient", 2, 1], dxx: ["hessian", 3, 0], dxy: ["hessian", 3, 1], dyy: ["hessian", 3, 2] };

const MOST_TABLE_ROWS = 1000;

// The same rows for every surface that has them, so that what is the same stays one object.
const checkedTables = new WeakMap();

function checkedRows(rows) {
  if (!checkedTables.has(rows)) {
    const { names, columns } = rows;
    if (!Array.isArray(names) || !Array.isArray(columns) || names.length !== columns.length) throw new Error("a surface's rows have a name for each column");
    const count = columns.length && columns[0].length;
    const sound = (column) => Array.isArray(column) && column.length === count && column.every(Number.isFinite);
    if (!(count >= 1 && count <= MOST_TABLE_ROWS && columns.every(sound))) throw new Error(`a surface has 1 to ${MOST_TABLE_ROWS} rows of finite numbers`);
    checkedTables.set(rows, { names, columns: columns.map((column) => Float64Array.from(column)) });
  }
  return checkedTables.get(rows);
}

const ALL = "mean"; // over every row of the surface's table,
const SOME = "mean of a batch"; // or over those of the step

// Codes put together: operations that are equal are done once, whichever code they come from. What is worked out of a
// row's columns is done in a loop over the rows.
export class Assembly {
  // surface: the codes { value, gradient, hessian }, and rows { names, columns: [Float64Array] } where it is a mean over
  // them; parameters: the words of its inputs by their nodes.
  constructor(surface) {
    this.surface = surface;
    this.parameters = {};
    this.nodes = [];
    this.index = new Map();
    this.asked = new Map();
    this.slots = 0;
    this.rows = surface.rows ? checkedRows(surface.rows) : null;
    this.perRow = new Set();
    this.columns = {};
    if (!this.rows) return;
    this.rows.names.forEach((name, i) => { this.columns[`@${name}`] = this.node("column", i); });
  }

  node(word, ...operands) {
    const key = `${word} ${operands.join(" ")}`;
    let node = this.index.get(key);
    if (node === undefined) {
      if (this.nodes.length >= MOST_NODES) throw new Error(`the program takes more than ${MOST_NODES} operations`);
      node = this.nodes.push({ word, operands }) - 1;
      this.index.set(key, node);
      if (word === "column" || (Object.hasOwn(MEANINGS, word) && operands.some((each) => this.perRow.has(each)))) this.perRow.add(node);
    }
    return node;
  }

  // The mean of a block for each row; of what no row is in, itself.
  mean(node, word) {
    return this.perRow.has(node) ? this.node(word, node) : node;
  }

  input() {
    this.slots += 1;
    return this.node("input", this.slots - 1);
  }

  // batch: whether only the rows of the step answer.
  ask(word, x, y, batch = false) {
    const [part, count, place] = CALLS[word];
    const over = batch && this.rows ? SOME : ALL;
    const key = `${part} ${x} ${y}${over === SOME ? " batch" : ""}`;
    if (!this.asked.has(key)) {
      const words = { ...this.parameters, ...this.columns, x, y };
      const results = this.read(this.surface[part], words, count, false, this.rows ? over : null);
      if (results.some((node) => this.perRow.has(node))) throw new Error("the program leaves a block for each row");
      this.asked.set(key, results);
    }
    return this.asked.get(key)[place];
  }

  // The nodes of a code's results. words: what its inputs stand for; batch: whether what it asks the surface is of the rows
  // of the step; mean: what the word is for a surface with rows. Throws on whatever the language does not have.
  read(code, words, count, calls = true, mean = null, batch = false) {
    if (!Array.isArray(code) || code.length > MOST_WORDS) throw new Error(`a program is a list of at most ${MOST_WORDS} entries`);
    const stack = [];
    const registers = new Map();
    for (const word of code) {
      if (typeof word === "number" && Number.isFinite(word)) stack.push(this.node("number", word));
      else if (typeof word !== "string") throw new Error("a program holds words and finite numbers only");
      else if (Object.hasOwn(words, word)) stack.push(words[word]);
      else if (word[0] === "=" && stack.length && !registers.has(word.slice(1))) registers.set(word.slice(1), stack[stack.length - 1]);
      else if (word[0] === "$" && registers.has(word.slice(1))) stack.push(registers.get(word.slice(1)));
      else if (calls && Object.hasOwn(CALLS, word) && stack.length >= 2) stack.push(this.ask(word, ...stack.splice(-2), batch));
      else if (word === "mean" && mean && stack.length) stack.push(this.mean(stack.pop(), mean));
      else if (Object.hasOwn(MEANINGS, word) && stack.length >= MEANINGS[word][0]) {
        stack.push(this.node(word, ...stack.splice(-MEANINGS[word][0])));
      } else throw new Error(`the program holds ${word}; see programs/language.py`);
    }
    if (stack.length !== count) throw new Error(`the program leaves ${stack.length} results; it should leave ${count}`);
    return stack;
  }

  // The nodes that these are made of, each after its operands.
  order(outputs) {
    const needed = new Set();
    const waiting = [...outputs];
    while (waiting.length) {
      const node = waiting.pop();
      if (needed.has(node)) continue;
      needed.add(node);
      const { word, operands } = this.nodes[node];
      if (takesNodes(word)) waiting.push(...operands);
    }
    return [...needed].sort((a, b) => a - b);
  }

  // The order as steps: a node alone, or a loop { over, means, body } of the means that can be had together and the nodes
  // of their body. What is worked out for each row stands in loops only.
  steps(order) {
    const { nodes, perRow } = this;
    const means = order.filter((node) => isMean(nodes[node].word));
    if (!means.length) return order;
    const bodies = new Map(means.map((node) => [node, this.order([node]).filter((each) => perRow.has(each))]));
    const needs = new Map(means.map((node) => [node, bodies.get(node).flatMap((each) => (nodes[each].word === "column" ? [] : nodes[each].operands)).filter((each, i, all) => !perRow.has(each) && all.indexOf(each) === i)]));
    const ready = new Set();
    const steps = [];
    for (const node of order) {
      if (perRow.has(node) || ready.has(node)) continue;
      if (!isMean(nodes[node].word)) {
        ready.add(node);
        steps.push(node);
        continue;
      }
      const over = nodes[node].word;
      const together = means.filter((each) => nodes[each].word === over && !ready.has(each) && needs.get(each).every((need) => ready.has(need)));
      const body = [...new Set(together.flatMap((each) => bodies.get(each)))].sort((a, b) => a - b);
      together.forEach((each) => ready.add(each));
      steps.push({ over, means: together, body });
    }
    return steps;
  }

  // The source of an operation over operands whose names are given.
  source(node, names) {
    return MEANINGS[this.nodes[node].word][1](...names);
  }

  // The source that names the columns row0, row1, ... of an array `columns`.
  get columnNames() {
    return this.rows ? this.rows.columns.map((_, i) => `const row${i} = columns[${i}];`).join("\n") : "";
  }

  // The source of a loop over rows: constants t... of its means. name: of a node.
  loop({ over, means, body }, name) {
    const count = over === ALL ? this.rows.columns[0].length : "rows.length";
    const line = (node) => {
      const { word, operands } = this.nodes[node];
      return `const t${node} = ${word === "column" ? `row${operands[0]}[r]` : this.source(node, operands.map(name))};`;
    };
    const lines = this.branched(body, means, line, name) || body.map(line);
    const sums = means.map((node) => `s${node} += t${this.nodes[node].operands[0]};`);
    return [
      `let ${means.map((node) => `s${node} = 0`).join(", ")};`,
      `for (let q = 0; q < ${count}; q += 1) {\nconst r = ${over === ALL ? "q" : "rows[q]"};`,
      ...lines,
      ...sums,
      "}",
      ...means.map((node) => `const t${node} = s${node} / ${count};`),
    ].join("\n");
  }

  // The lines of a body in which what one side of a select alone needs is worked out on that side only: an exponential and a
  // logarithm a row where there were two of each, and the same bits. Null where selects of one condition wait for each other.
  branched(body, means, line, name) {
    const { nodes } = this;
    const inside = new Set(body);
    const summed = new Set(means.map((node) => nodes[node].operands[0]));
    const users = new Map(body.map((node) => [node, []]));
    for (const node of body) if (nodes[node].word !== "column") for (const each of new Set(nodes[node].operands)) users.get(each)?.push(node);
    const side = new Map(); // node -> "condition yes" or "condition no"
    const sideIn = (node, user) => {
      if (side.has(user)) return side.get(user);
      const [condition, yes, no] = nodes[user].word === "select" ? nodes[user].operands : [];
      if (condition === undefined || node === condition || yes === no || !inside.has(condition)) return null;
      return `${condition} ${node === yes ? "yes" : "no"}`;
    };
    for (const node of [...body].reverse()) {
      const sides = new Set(users.get(node).map((user) => sideIn(node, user)));
      const [only] = sides;
      if (sides.size === 1 && only && !summed.has(node)) side.set(node, only);
    }
    if (!side.size) return null;
    const groups = new Map(); // condition -> its selects
    for (const node of body) {
      const [condition] = nodes[node].word === "select" ? nodes[node].operands : [];
      if (condition === undefined || side.has(node)) continue;
      if (body.some((each) => side.get(each)?.startsWith(`${condition} `))) groups.set(condition, [...(groups.get(condition) || []), node]);
    }
    const lines = [];
    const written = new Set();
    const begun = new Set();
    const needs = (node) => (nodes[node].word === "column" ? [] : nodes[node].operands.filter((each) => inside.has(each)));
    const write = (node) => {
      if (written.has(node)) return true;
      const { word, operands } = nodes[node];
      const selects = word === "select" && groups.get(operands[0])?.includes(node) ? groups.get(operands[0]) : null;
      const key = selects ? operands[0] : -1 - node;
      if (begun.has(key)) return false;
      begun.add(key);
      if (!selects) {
        if (!needs(node).every(write)) return false;
        lines.push(line(node));
        written.add(node);
        return true;
      }
      const sides = ["yes", "no"].map((each) => body.filter((one) => side.get(one) === `${key} ${each}`));
      const own = new Set(sides.flat());
      if (![...own, ...selects].flatMap(needs).filter((each) => !own.has(each)).every(write)) return false;
      const block = (nodesOfSide, place) => [...nodesOfSide.map(line), ...selects.map((each) => `t${each} = ${name(nodes[each].operands[place])};`)].join("\n");
      lines.push(`let ${selects.map((each) => `t${each}`).join(", ")};\nif (${name(key)} !== 0) {\n${block(sides[0], 1)}\n} else {\n${block(sides[1], 2)}\n}`);
      selects.forEach((each) => written.add(each));
      return true;
    };
    return body.every((node) => side.has(node) || write(node)) ? lines : null;
  }

  // run(inputs, outputs, rows), whose outputs are the values of these nodes; rows: those of the batch.
  kernel(outputs, compiling = true) {
    const order = this.order(outputs);
    return (compiling && compiled(this, order, outputs)) || walked(this, order, outputs);
  }
}

const isMean = (word) => word === ALL || word === SOME;
const takesNodes = (word) => isMean(word) || Object.hasOwn(MEANINGS, word);

function compiled(assembly, order, outputs) {
  const { nodes, rows } = assembly;
  const name = (node) => `t${node}`;
  const lines = assembly.steps(order).map((step) => {
    if (typeof step !== "number") return assembly.loop(step, name);
    const { word, operands } = nodes[step];
    if (word === "number") return `const t${step} = ${operands[0]};`;
    if (word === "input") return `const t${step} = inputs[${operands[0]}];`;
    return `const t${step} = ${assembly.source(step, operands.map(name))};`;
  });
  lines.push(...outputs.map((node, i) => `outputs[${i}] = t${node};`));
  try {
    if (!rows) return new Function("inputs", "outputs", lines.join("\n"));
    return new Function("columns", `${assembly.columnNames}\nreturn (inputs, outputs, rows) => {\n${lines.join("\n")}\n};`)(rows.columns);
  } catch (problem) {
    if (problem instanceof EvalError) return null;
    throw problem;
  }
}

function walked(assembly, order, outputs) {
  const { nodes } = assembly;
  const place = new Map(order.map((node, i) => [node, i]));
  const values = new Float64Array(order.length);
  const tape = [];
  const given = [];
  const entry = (node) => {
    const { word, operands } = nodes[node];
    return [MEANINGS[word][2], place.get(node), ...operands.map((operand) => place.get(operand)), 0, 0].slice(0, 5);
  };
  for (const step of assembly.steps(order)) {
    if (typeof step !== "number") {
      tape.push(walkedLoop(assembly, step, place, values, entry));
      continue;
    }
    const { word, operands } = nodes[step];
    if (word === "number") values[place.get(step)] = operands[0];
    else if (word === "input") given.push([place.get(step), operands[0]]);
    else tape.push(entry(step));
  }
  const results = outputs.map((node) => place.get(node));
  return (inputs, written, rows) => {
    for (const [i, slot] of given) values[i] = inputs[slot];
    for (const step of tape) {
      if (typeof step === "function") step(rows);
      else {
        const [meaning, i, a, b, c] = step;
        values[i] = meaning(values[a], values[b], values[c]);
      }
    }
    for (let i = 0; i < results.length; i += 1) written[i] = values[results[i]];
  };
}

function walkedLoop({ nodes, rows: { columns } }, { over, means, body }, place, values, entry) {
  const read = body.filter((node) => nodes[node].word === "column").map((node) => [place.get(node), columns[nodes[node].operands[0]]]);
  const tape = body.filter((node) => nodes[node].word !== "column").map(entry);
  const summed = means.map((node) => [place.get(node), place.get(nodes[node].operands[0])]);
  return (rows) => {
    const count = over === ALL ? columns[0].length : rows.length;
    for (const [i] of summed) values[i] = 0;
    for (let q = 0; q < count; q += 1) {
      const r = over === ALL ? q : rows[q];
      for (const [i, column] of read) values[i] = column[r];
      for (const [meaning, i, a, b, c] of tape) values[i] = meaning(values[a], values[b], values[c]);
      for (const [i, a] of summed) values[i] += values[a];
    }
    for (const [i] of summed) values[i] /= count;
  };
}
