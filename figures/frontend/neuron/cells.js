// The two rows of numbers: forward from the features to the loss, and below, from right to left, back to the weights.

import { element } from "../shared/dom.js";
import { formatNumber, niceStep } from "../shared/numbers.js";
import { answerWords, lossWords } from "./words.js";

class Cell {
  // symbol: what the number is; factor: the number below it, of the backward pass.
  constructor(symbol, factor, slider) {
    this.number = element("output", { class: "dl-number" });
    this.back = factor ? element("output", { class: "dl-number" }) : null;
    this.slider = slider;
    this.symbol = element("span", { class: "dl-symbol" });
    this.factor = element("span", { class: "dl-symbol" });
    this.symbol.textContent = symbol;
    this.factor.textContent = factor || "";
    this.root = element(
      "div",
      { class: "dl-cell" },
      element("div", { class: "dl-forward" }, this.symbol, this.number, slider),
      factor ? element("div", { class: "dl-backward" }, this.factor, this.back) : element("div", { class: "dl-backward dl-nothing" }),
    );
  }

  show(forward, back) {
    write(this.number, forward);
    if (this.back) write(this.back, back);
  }
}

function write(output, value) {
  const text = typeof value === "string" ? value : formatNumber(value);
  if (output.textContent !== text) output.textContent = text;
}

// A slider over a range that may be moved along; hooks: move(value), release(value).
class Slider {
  constructor(label, hooks) {
    this.root = element("input", {
      type: "range",
      class: "dl-scrub dl-weight",
      "aria-label": label,
      oninput: () => { this.held = true; hooks.move(Number(this.root.value)); },
      onchange: () => { this.held = false; hooks.release(Number(this.root.value)); },
    });
  }

  show(value, [low, high], step = null) {
    const { root } = this;
    const ends = [Math.min(low, value), Math.max(high, value)];
    const fine = String(step ?? niceStep(ends[1] - ends[0], 400));
    for (const [name, text] of [["min", String(ends[0])], ["max", String(ends[1])], ["step", step === null ? "any" : fine]]) {
      if (root.getAttribute(name) !== text) root.setAttribute(name, text);
    }
    if (!this.held && root.value !== String(value)) root.value = String(value);
    root.style.setProperty("--part", `${(100 * (Number(root.value) - ends[0])) / Math.max(1e-12, ends[1] - ends[0])}%`);
    root.setAttribute("aria-valuetext", formatNumber(value));
  }
}

export class Cells {
  // hooks: weight(name, value, done), feature(name, value, done), row(step).
  constructor(hooks) {
    this.hooks = hooks;
    this.grid = element("div", { class: "dl-cells" });
    this.sentence = element("p", { class: "dl-sentence" });
    this.name = element("output", { class: "dl-row-name" });
    this.rowSlider = new Slider("Row", { move: (value) => hooks.row(value - 1), release: () => {} });
    const turn = (label, text, by) => element("button", { type: "button", class: "dl-button dl-turn", "aria-label": label, title: label, onclick: () => hooks.turn(by) }, text);
    this.bar = element(
      "div",
      { class: "dl-rows", role: "group", "aria-label": "Row" },
      turn("Row before", "‹", -1),
      this.rowSlider.root,
      turn("Next row", "›", 1),
      this.name,
    );
    this.root = element("div", { class: "dl-neuron-numbers" }, this.bar, this.grid, this.sentence);
  }

  // What a picture of the page writes where it stands.
  get written() {
    return this.root.querySelectorAll(".dl-symbol, .dl-number, .dl-row-name, .dl-sentence, .dl-names > div");
  }

  build(neuron) {
    const { two } = neuron;
    const rule = neuron.kind === "perceptron";
    const slider = (label, act) => new Slider(label, { move: (value) => act(value, false), release: (value) => act(value, true) });
    const { weight, feature } = this.hooks;
    const of = (name) => neuron.features[name];
    const sliders = {
      a: slider(`x${two ? "₁" : ""}, ${of(0)} of the row`, (value, done) => feature("a", value, done)),
      first: slider(`Weight w${two ? "₁" : ""}`, (value, done) => weight("first", value, done)),
      b: two && slider(`x₂, ${of(1)} of the row`, (value, done) => feature("b", value, done)),
      second: slider(two ? "Weight w₂" : "Bias b", (value, done) => weight("second", value, done)),
      offset: two && slider("Bias b", (value, done) => weight("offset", value, done)),
      t: slider("Target y of the row", (value, done) => feature("t", value, done)),
    };
    const cell = (symbol, factor, name) => new Cell(symbol, factor, name ? sliders[name].root : null);
    this.sliders = sliders;
    this.cells = two
      ? {
          a: cell("x₁", "∂z/∂w₁ = x₁", "a"), first: cell("w₁", "∂L/∂w₁", "first"),
          b: cell("x₂", "∂z/∂w₂ = x₂", "b"), second: cell("w₂", "∂L/∂w₂", "second"),
          bias: cell("b", "∂L/∂b", "offset"),
        }
      : { a: cell("x", "∂z/∂w = x", "a"), first: cell("w", "∂L/∂w", "first"), bias: cell("b", "∂L/∂b", "second") };
    Object.assign(this.cells, {
      z: cell(two ? "z = w·x + b" : "z = wx + b", rule ? "∂L/∂z by rule" : "∂L/∂z"),
      answer: cell(`ŷ = ${answerWords(neuron)}`, "∂ŷ/∂z"),
      loss: cell("L", rule ? "∂(ŷ − y)²/∂ŷ" : "∂L/∂ŷ"),
      t: cell("y", null, "t"),
    });
    const head = element("div", { class: "dl-cell dl-names" }, element("div", { class: "dl-forward" }, "forward →"), element("div", { class: "dl-backward" }, "← backward"));
    this.grid.replaceChildren(head, ...Object.values(this.cells).map((each) => each.root));
    const count = Object.keys(this.cells).length;
    this.grid.style.setProperty("--dl-columns", String(count));
    this.grid.style.setProperty("--dl-few", String(count % 3 ? 4 : 3));
    for (const name of ["first", "second", "bias"]) this.cells[name]?.root.classList.add("dl-product");
    this.shape = shapeOf(neuron);
  }

  show(scene) {
    const { neuron, weights, row, numbers, table } = scene;
    if (this.shape !== shapeOf(neuron)) this.build(neuron);
    const { cells, sliders } = this;
    const group = neuron.classes ? Number(row.t === neuron.targets[1]) : null;
    cells.a.show(row.a, row.a);
    cells.first.show(weights.first, numbers.byFirst);
    if (neuron.two) {
      cells.b.show(row.b, row.b);
      cells.second.show(weights.second, numbers.bySecond);
      cells.bias.show(weights.offset, numbers.byBias);
    } else cells.bias.show(weights.second + weights.offset, numbers.byBias);
    cells.z.show(numbers.z, numbers.lossByZ);
    cells.answer.show(numbers.answer, numbers.answerByZ);
    cells.loss.show(numbers.loss, numbers.lossByAnswer);
    cells.loss.symbol.textContent = `L = ${lossWords(neuron)[group ?? 0]}`;
    cells.t.show(row.t);
    const [[x0, x1], [y0, y1]] = scene.window;
    sliders.a.show(row.a, table.ends[0]);
    sliders.first.show(weights.first, [x0, x1]);
    sliders.second.show(weights.second, [y0, y1]);
    if (neuron.two) {
      sliders.b.show(row.b, table.ends[1]);
      sliders.offset.show(weights.offset, [-10, 10]);
    }
    const [low, high] = neuron.targets || table.ends[table.ends.length - 1];
    sliders.t.show(row.t, [low, high], neuron.targets ? high - low : null);
    this.rowSlider.show(scene.chosen || 1, [1, table.count], 1);
    write(this.name, scene.chosen ? `Row ${scene.chosen} of ${table.count}${group === null ? "" : `: ${neuron.classes[group]}`}` : "A row made by hand");
    write(this.sentence, scene.sentence);
  }
}

function shapeOf({ two, kind, features }) {
  return JSON.stringify([two, kind, features]);
}
