// The loss over the answer: what one row costs, with every row as a dot on the curve of its class.

import { drawMarker } from "../race/marks.js";
import { formatNumber } from "../shared/numbers.js";
import { NeuronPlot } from "./plot.js";
import { lossWords } from "./words.js";

const TITLES = { answer: "answer ŷ", z: "z", error: "error ŷ − y" };

export class AnswerPlot {
  constructor(host) {
    this.plot = new NeuronPlot(host);
  }

  resize(ratio) {
    this.plot.resize(ratio);
  }

  // Where a row stands on the horizontal axis.
  along({ neuron, chain }, z, row) {
    if (neuron.along === "z") return z;
    const answer = chain.answer(z);
    return neuron.along === "error" ? answer - row.t : answer;
  }

  height({ neuron, chain }, x, t) {
    return neuron.along === "z" ? chain.lossOfZ(x, t) : neuron.along === "error" ? chain.lossOfAnswer(x + t, t) : chain.lossOfAnswer(x, t);
  }

  draw(scene) {
    this.scene = scene;
    const { neuron, look } = scene;
    const { window: x, top } = neuron;
    const axes = { x, y: [-0.05 * top, top], xTitle: TITLES[neuron.along], yTitle: "loss L of a row", title: "What an answer costs" };
    const groups = neuron.classes ? neuron.targets : [0];
    const color = (group) => neuron.colors[group][look.dark ? 1 : 0];
    this.plot.frame(look, axes, null, (context) => {
      groups.forEach((t, group) => this.plot.curve((at) => this.height(scene, at, t), 240, x, color(group), 2.4, group ? [] : [7, 4]));
      context.globalAlpha = 0.75;
      for (let i = 0; i < scene.table.count; i += 1) {
        const row = scene.table.row(i);
        const [px, py] = this.place(scene, row);
        const group = neuron.classes ? Number(row.t === neuron.targets[1]) : 0;
        drawMarker(context, neuron.outlines[group], px, py, 3.4, color(group), look.halo, 0.7);
      }
      context.globalAlpha = 1;
      this.tangent(scene, context);
      const [px, py] = this.place(scene, scene.row);
      const group = neuron.classes ? Number(scene.row.t === neuron.targets[1]) : 0;
      this.plot.chosen(px, py, color(group), neuron.outlines[group]);
      this.names(scene, context, color);
    });
    this.plot.canvas.setAttribute("aria-label", `Loss over ${TITLES[neuron.along]}; the chosen row costs ${formatNumber(scene.numbers.loss)}`);
  }

  // In pixels; what lies beyond the picture stands at its edge.
  place(scene, row) {
    const { plot } = this;
    const z = scene.chain.z(scene.weights, row);
    const loss = scene.chain.lossOfZ(z, row.t);
    const hold = (value, low, high) => Math.max(low, Math.min(high, Number.isFinite(value) ? value : high));
    return [
      hold(plot.toX(this.along(scene, z, row)), plot.left + 4, plot.left + plot.width - 4),
      hold(plot.toY(loss), plot.top + 5, plot.top + plot.height - 4),
    ];
  }

  // The slope at the chosen row: the first factor of the backward pass, or the perceptron rule over z.
  tangent(scene, context) {
    const { plot } = this;
    const { neuron, numbers, row } = scene;
    const slope = neuron.along === "z" ? numbers.lossByZ : numbers.lossByAnswer;
    if (!Number.isFinite(slope)) return;
    const [x, y] = this.place(scene, row);
    const across = plot.width / (neuron.window[1] - neuron.window[0]);
    const down = -slope * (plot.height / (1.05 * neuron.top)) / across;
    const reach = 46 / Math.hypot(1, down);
    for (const [color, width] of [[scene.look.halo, 4.5], [scene.look.text, 1.6]]) {
      plot.segment([x - reach, y - reach * down], [x + reach, y + reach * down], color, width);
    }
    context.setLineDash([]);
  }

  // What the curves are called, below each other where both are lowest.
  names({ neuron, look }, context, color) {
    const { plot } = this;
    context.font = look.font(12, 600);
    context.textBaseline = "top";
    context.textAlign = "center";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = look.background;
    lossWords(neuron).forEach((words, group) => {
      const name = neuron.classes ? `y = ${formatNumber(neuron.targets[group])}: ${words}` : words;
      const [x, y] = [plot.left + plot.width / 2, plot.top + 6 + 17 * group];
      context.strokeText(name, x, y);
      context.fillStyle = color(group);
      context.fillText(name, x, y);
    });
  }

  nearest(event) {
    return this.plot.nearest(event, this.scene.table, (row) => this.place(this.scene, row), 20);
  }
}
