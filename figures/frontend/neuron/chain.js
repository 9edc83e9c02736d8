// The numbers of one row of a neuron, forward and backward, from the codes of landscapes/neurons/kinds.py.

import { Assembly } from "../race/kernel.js";

const CHAIN = ["answer", "loss", "loss_by_answer", "answer_by_z", "loss_by_z"];

// (x, t) -> the results of these codes, in one array that the next call writes anew.
function together(codes) {
  const assembly = new Assembly({});
  const words = { x: assembly.input(), "@t": assembly.input() };
  const run = assembly.kernel(codes.map((code) => assembly.read(code, words, 1, false)[0]));
  const inputs = new Float64Array(2);
  const out = new Float64Array(codes.length);
  return (x, t) => {
    inputs[0] = x;
    inputs[1] = t;
    run(inputs, out);
    return out;
  };
}

export class Chain {
  constructor({ chain, over }) {
    this.all = together(CHAIN.map((name) => chain[name]));
    this.forward = together([chain.answer, chain.loss]);
    this.overAnswer = together([over]);
  }

  // weights: { first, second, offset }, where second is the bias of one feature; row: { a, b, t }, b null of one feature.
  z({ first, second, offset }, { a, b }) {
    return a * first + (b === null ? second : b * second) + offset;
  }

  answer(z) {
    return this.forward(z, 0)[0];
  }

  lossOfZ(z, t) {
    return this.forward(z, t)[1];
  }

  lossOfAnswer(answer, t) {
    return this.overAnswer(answer, t)[0];
  }

  // Everything that the two rows of numbers show.
  numbers(weights, row) {
    const z = this.z(weights, row);
    const [answer, loss, lossByAnswer, answerByZ, lossByZ] = this.all(z, row.t);
    return {
      z, answer, loss, lossByAnswer, answerByZ, lossByZ,
      byFirst: lossByZ * row.a,
      bySecond: row.b === null ? lossByZ : lossByZ * row.b,
      byBias: lossByZ,
    };
  }
}
