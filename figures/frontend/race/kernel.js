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

// Codes put together: operations that are equal are done once, whichever code they come from.
export class Assembly {
  // surface: the codes { value, gradient, hessian }; parameters: the words of its inputs by their nodes.
  constructor(surface) {
    this.surface = surface;
    this.parameters = {};
    this.nodes = [];
    this.index = new Map();
    this.asked = new Map();
    this.slots = 0;
  }

  node(word, ...operands) {
    const key = `${word} ${operands.join(" ")}`;
    let node = this.index.get(key);
    if (node === undefined) {
      if (this.nodes.length >= MOST_NODES) throw new Error(`the program takes more than ${MOST_NODES} operations`);
      node = this.nodes.push({ word, operands }) - 1;
      this.index.set(key, node);
    }
    return node;
  }

  input() {
    this.slots += 1;
    return this.node("input", this.slots - 1);
  }

  ask(word, x, y) {
    const [part, count, place] = CALLS[word];
    const key = `${part} ${x} ${y}`;
    if (!this.asked.has(key)) this.asked.set(key, this.read(this.surface[part], { ...this.parameters, x, y }, count, false));
    return this.asked.get(key)[place];
  }

  // The nodes of a code's results. words: what its inputs stand for. Throws on whatever the language does not have.
  read(code, words, count, calls = true) {
    if (!Array.isArray(code) || code.length > MOST_WORDS) throw new Error(`a program is a list of at most ${MOST_WORDS} entries`);
    const stack = [];
    const registers = new Map();
    for (const word of code) {
      if (typeof word === "number" && Number.isFinite(word)) stack.push(this.node("number", word));
      else if (typeof word !== "string") throw new Error("a program holds words and finite numbers only");
      else if (Object.hasOwn(words, word)) stack.push(words[word]);
      else if (word[0] === "=" && stack.length && !registers.has(word.slice(1))) registers.set(word.slice(1), stack[stack.length - 1]);
      else if (word[0] === "$" && registers.has(word.slice(1))) stack.push(registers.get(word.slice(1)));
      else if (calls && Object.hasOwn(CALLS, word) && stack.length >= 2) stack.push(this.ask(word, ...stack.splice(-2)));
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
      if (Object.hasOwn(MEANINGS, word)) waiting.push(...operands);
    }
    return [...needed].sort((a, b) => a - b);
  }

  // The source of an operation over operands whose names are given.
  source(node, names) {
    return MEANINGS[this.nodes[node].word][1](...names);
  }

  // run(inputs, outputs), whose outputs are the values of these nodes.
  kernel(outputs, compiling = true) {
    const order = this.order(outputs);
    return (compiling && compiled(this.nodes, order, outputs)) || walked(this.nodes, order, outputs);
  }
}

function compiled(nodes, order, outputs) {
  const lines = order.map((node) => {
    const { word, operands } = nodes[node];
    if (word === "number") return `const t${node} = ${operands[0]};`;
    if (word === "input") return `const t${node} = inputs[${operands[0]}];`;
    return `const t${node} = ${MEANINGS[word][1](...operands.map((operand) => `t${operand}`))};`;
  });
  lines.push(...outputs.map((node, i) => `outputs[${i}] = t${node};`));
  try {
    return new Function("inputs", "outputs", lines.join("\n"));
  } catch (problem) {
    if (problem instanceof EvalError) return null;
    throw problem;
  }
}

function walked(nodes, order, outputs) {
  const place = new Map(order.map((node, i) => [node, i]));
  const values = new Float64Array(order.length);
  const tape = [];
  const given = [];
  order.forEach((node, i) => {
    const { word, operands } = nodes[node];
    if (word === "number") values[i] = operands[0];
    else if (word === "input") given.push([i, operands[0]]);
    else tape.push([MEANINGS[word][2], i, ...operands.map((operand) => place.get(operand)), 0, 0].slice(0, 5));
  });
  const results = outputs.map((node) => place.get(node));
  return (inputs, written) => {
    for (const [i, slot] of given) values[i] = inputs[slot];
    for (const [meaning, i, a, b, c] of tape) values[i] = meaning(values[a], values[b], values[c]);
    for (let i = 0; i < results.length; i += 1) written[i] = values[results[i]];
  };
}
