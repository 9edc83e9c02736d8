// The rows and what the neuron makes of them: the boundary between the classes, or the line through the numbers.

import { drawMarker } from "../race/marks.js";
import { lastStep } from "../race/trails.js";
import { formatCount } from "../shared/numbers.js";
import { NeuronPlot } from "./plot.js";

const ROOM = 0.08; // of the range of a feature on both sides
const SHADE_CELL = 7; // pixels of the shade

function spread(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const room = ROOM * (high - low) || 1;
  return [low - room, high + room];
}

export class DataPlot {
  constructor(host) {
    this.plot = new NeuronPlot(host);
  }

  resize(ratio) {
    this.plot.resize(ratio);
    this.shade = document.createElement("canvas");
  }

  // scene: see pictures.js.
  draw(scene) {
    const { neuron, table } = scene;
    if (this.table !== table) Object.assign(this, { table, ends: table.columns.map(spread) });
    this.scene = scene;
    if (!neuron.two) this.drawLine(scene);
    else if (neuron.classes) this.drawPlane(scene);
    else this.drawAgreement(scene);
    this.describe(scene);
  }

  // Where a row lies in the picture, in pixels.
  place(row) {
    const { plot, scene } = this;
    if (scene.neuron.two && !scene.neuron.classes) return [plot.toX(scene.chain.answer(scene.chain.z(scene.weights, row))), plot.toY(row.t)];
    return [plot.toX(row.a), plot.toY(scene.neuron.two ? row.b : row.t)];
  }

  // Two features of two classes: the plane, shaded by the answer, and where every lane draws the line.
  drawPlane(scene) {
    const { neuron } = scene;
    const [x, y] = this.ends;
    const axes = { x, y, xTitle: neuron.features[0], yTitle: neuron.features[1], title: titled("Rows and boundary", scene) };
    this.plot.frame(scene.look, axes, () => this.drawShade(scene), () => {
      for (const lane of scene.lanes) this.boundary(scene.weightsOf(lane), scene.look.laneColor(lane), lane === scene.lane ? 3 : 1.5, lane.dash);
      this.dots(scene);
    });
  }

  drawShade({ chain, weights, neuron, look }) {
    const { plot, shade } = this;
    const [columns, rows] = [Math.ceil(plot.width / SHADE_CELL), Math.ceil(plot.height / SHADE_CELL)];
    shade.width = columns;
    shade.height = rows;
    const context = shade.getContext("2d");
    const image = context.createImageData(columns, rows);
    const ends = neuron.colors.map((color) => channelsOf(color[look.dark ? 1 : 0]));
    const [low, high] = neuron.targets;
    const span = Math.max(1e-9, high - low);
    const strength = look.dark ? 95 : 80;
    for (let j = 0; j < rows; j += 1) {
      const b = plot.yScale.invert(1 - (j + 0.5) / rows);
      for (let i = 0; i < columns; i += 1) {
        const a = plot.xScale.invert((i + 0.5) / columns);
        const part = Math.max(-1, Math.min(1, (2 * (chain.answer(chain.z(weights, { a, b })) - low)) / span - 1));
        const color = ends[part > 0 ? 1 : 0];
        const at = 4 * (j * columns + i);
        image.data.set(color, at);
        image.data[at + 3] = Math.abs(part) * strength;
      }
    }
    context.putImageData(image, 0, 0);
    plot.context.imageSmoothingEnabled = true;
    plot.context.drawImage(shade, plot.left, plot.top, plot.width, plot.height);
  }

  // Where first a + second b + offset is what stands for neither class.
  boundary({ first, second, offset }, color, width, dash) {
    const { plot } = this;
    const level = this.scene.neuron.level - offset;
    const [[x0, x1], [y0, y1]] = this.ends;
    let ends = null;
    if (Math.abs(second) * (y1 - y0) > Math.abs(first) * (x1 - x0)) ends = [[x0, (level - first * x0) / second], [x1, (level - first * x1) / second]];
    else if (first) ends = [[(level - second * y0) / first, y0], [(level - second * y1) / first, y1]];
    if (!ends || !ends.flat().every(Number.isFinite)) return;
    const [from, to] = ends.map(([a, b]) => [plot.toX(a), plot.toY(b)]);
    if (width > 2) plot.segment(from, to, plot.look.halo, width + 3);
    plot.segment(from, to, color, width, dash);
  }

  // One feature: target over feature, and the answer of every lane as a curve.
  drawLine(scene) {
    const { neuron, chain } = scene;
    const [x, t] = this.ends;
    const y = neuron.classes ? padded(neuron.targets, 0.18) : t;
    const axes = { x, y, xTitle: neuron.features[0], yTitle: neuron.classes ? "target, answer" : neuron.target, title: titled(neuron.classes ? "Rows and answers" : "Rows and the line", scene) };
    this.plot.frame(scene.look, axes, null, (context) => {
      for (const lane of scene.lanes) {
        const weights = scene.weightsOf(lane);
        const thick = lane === scene.lane;
        this.plot.curve((a) => chain.answer(chain.z(weights, { a, b: null })), 160, x, scene.look.laneColor(lane), thick ? 3 : 1.5, lane.dash);
        if (!neuron.classes || !weights.first) continue;
        const at = this.plot.toX((neuron.level - weights.offset - weights.second) / weights.first);
        if (Number.isFinite(at)) this.plot.segment([at, this.plot.top], [at, this.plot.top + this.plot.height], scene.look.laneColor(lane), thick ? 2 : 1, [2, 4]);
      }
      context.globalAlpha = 1;
      this.dots(scene);
    });
  }

  // Two features of a number: what is against what the neuron says.
  drawAgreement(scene) {
    const t = this.ends[2];
    const axes = { x: t, y: t, xTitle: "answer ŷ", yTitle: scene.neuron.target, title: titled("Target against answer", scene) };
    this.plot.frame(scene.look, axes, null, () => {
      this.plot.curve((x) => x, 1, t, scene.look.muted, 1.5, [4, 4]);
      this.dots(scene);
    });
  }

  dots(scene) {
    const { context, look, plot } = { context: this.plot.context, look: scene.look, plot: this.plot };
    const { neuron, table } = scene;
    const small = table.count > 200 ? 2.6 : 4;
    context.globalAlpha = 0.9;
    for (let i = 0; i < table.count; i += 1) {
      const row = table.row(i);
      const [x, y] = this.place(row);
      const group = neuron.classes ? Number(row.t === neuron.targets[1]) : 0;
      drawMarker(context, neuron.outlines[group], x, y, small, neuron.colors[group][look.dark ? 1 : 0], look.halo, 0.8);
    }
    context.globalAlpha = 1;
    this.rings(scene);
    const { row } = scene;
    const [x, y] = this.place(row);
    const group = neuron.classes ? Number(row.t === neuron.targets[1]) : 0;
    if (!neuron.two) {
      const to = plot.toY(scene.numbers.answer);
      if (Number.isFinite(to)) plot.segment([x, y], [x, Math.max(-1e4, Math.min(1e4, to))], look.text, 1.5, [3, 3]);
    }
    plot.chosen(x, y, neuron.colors[group][look.dark ? 1 : 0], neuron.outlines[group]);
  }

  // Around the rows that the next step takes.
  rings({ batch, table, look }) {
    if (!batch) return;
    const { context } = this.plot;
    context.strokeStyle = look.text;
    context.lineWidth = 1.2;
    for (const i of batch) {
      const [x, y] = this.place(table.row(i));
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  nearest(event) {
    return this.plot.nearest(event, this.scene.table, (row) => this.place(row), 24);
  }

  describe({ neuron, table, lane, right, k }) {
    const what = neuron.two && neuron.classes ? "the boundary" : "the answer";
    const told = right === null ? "" : `; ${right} of ${table.count} rows are on the right side`;
    this.plot.canvas.setAttribute("aria-label", `${table.count} rows with ${what} of ${lane.label} at step ${formatCount(k)}${told}`);
  }
}

function titled(words, { batch }) {
  return batch ? `${words}; ringed: the next batch` : words;
}

function padded([low, high], part) {
  return [low - part * (high - low), high + part * (high - low)];
}

function channelsOf(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

// The step of a lane that the position stands for.
export function stepOf(lane, position, steps) {
  return Math.min(Math.floor(position + 1e-9), lastStep(lane, steps));
}
