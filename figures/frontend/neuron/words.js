// What happens to the chosen row, in a sentence.

import { formatNumber } from "../shared/numbers.js";

const STILL = 1e-6;
const SQUARES = ["ŷ²", "(ŷ − 1)²"];
const SIGNS = ["(ŷ + 1)²", "(ŷ − 1)²"];
const NUMBER = ["(ŷ − y)²"];

// Of every kind: the answer, and the loss of the first and the second class.
const KINDS = {
  logistic: ["σ(z)", ["−ln(1 − ŷ)", "−ln ŷ"]],
  linear: ["z", SQUARES],
  sigmoid_squared: ["σ(z)", SQUARES],
  tanh: ["tanh z", SIGNS],
  relu: ["max(0, z)", SQUARES],
  perceptron: ["sign z", ["max(0, z)", "max(0, −z)"]],
  sign: ["sign z", SIGNS],
};

export function answerWords({ kind }) {
  return KINDS[kind][0];
}

// A loss for each class, or the one of a number.
export function lossWords({ kind, classes }) {
  return classes ? KINDS[kind][1] : NUMBER;
}

function pulls(scene) {
  const { neuron, numbers } = scene;
  const weights = neuron.two ? [["w₁", numbers.byFirst], ["w₂", numbers.bySecond], ["b", numbers.byBias]] : [["w", numbers.byFirst], ["b", numbers.byBias]];
  const up = weights.filter(([, slope]) => slope < 0).map(([name]) => name);
  const down = weights.filter(([, slope]) => slope > 0).map(([name]) => name);
  const parts = [up.length && `${listed(up)} up`, down.length && `${listed(down)} down`].filter(Boolean);
  return parts.join(" and ");
}

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}` : names[0];
}

export function spokenRow(scene) {
  const { neuron, numbers, row, right, table } = scene;
  const many = right === null ? "" : ` ${right} of ${table.count} rows are on the right side.`;
  if (![numbers.z, numbers.loss].every(Number.isFinite)) return `The numbers have grown beyond all bounds.${many}`;
  const said = formatNumber(numbers.answer);
  const wrong = neuron.classes && numbers.z > neuron.level !== (row.t === neuron.targets[1]);
  const verdict = neuron.classes ? `on the ${wrong ? "wrong" : "right"} side` : `off by ${formatNumber(numbers.answer - row.t)}`;
  const head = `The neuron says ${said} where the target is ${formatNumber(row.t)}, ${verdict}:`;
  if (neuron.kind === "perceptron") return `${head} ${wrong ? `the slope of the sign is 0, but the perceptron rule pulls ${pulls(scene)}.` : "the perceptron rule leaves it alone."}${many}`;
  if (neuron.kind === "sign") return `${head} the slope of the sign is 0, so the product is 0 and nothing can move.${many}`;
  if (Math.abs(numbers.lossByZ) < STILL) return `${head} ${numbers.lossByZ ? "hardly any" : "no"} gradient is left.${many}`;
  return `${head} this row pulls ${pulls(scene)}.${many}`;
}
