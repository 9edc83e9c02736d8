// The player of a race on the loss of one neuron: the race's own, with the neuron's numbers above the map and its rows,
// boundary and losses beside it.

import { Batches } from "../shared/batches.js";
import { formatNumber } from "../shared/numbers.js";
import { ViewKeeper } from "../shared/view.js";
import { unpack } from "../shared/wire.js";
import { Player } from "../race/player.js";
import { lastStep } from "../race/trails.js";
import { Cells } from "./cells.js";
import { Chain } from "./chain.js";
import { stepOf } from "./data.js";
import { NeuronPictures } from "./pictures.js";
import { spokenRow } from "./words.js";

const FIRST_ROW = { row: 1, a: 0, b: 0, t: 0 };
const OFFSET = "s.offset";

class Table {
  constructor({ names, columns }) {
    this.columns = columns;
    this.count = columns[0].length;
    this.two = names.length === 3;
    this.ends = columns.map((column) => [Math.min(...column), Math.max(...column)]);
  }

  row(i) {
    const { columns, two } = this;
    return { a: columns[0][i], b: two ? columns[1][i] : null, t: columns[columns.length - 1][i] };
  }
}

export class NeuronPlayer extends Player {
  build() {
    super.build();
    this.numbers = new Cells({
      weight: (name, value, done) => this.setWeight(name, value, done),
      feature: (name, value, done) => this.setFeature(name, value, done),
      row: (row) => this.readRow(row + 1),
      turn: (by) => this.readRow(((this.read.row || 1) - 1 + by + this.table.count) % this.table.count + 1),
    });
    this.read = { ...FIRST_ROW };
    this.keeper = new ViewKeeper(this.root, FIRST_ROW, (view) => this.hooks.onRow?.({ ...FIRST_ROW, ...view }));
    this.root.classList.add("dl-neuron");
    this.root.setAttribute("aria-label", "A neuron and the race on its loss. Space plays, arrow keys step, Home and End jump.");
    this.root.insertBefore(this.numbers.root, this.stage);
  }

  pictures() {
    return new NeuronPictures({ scene: (position) => this.scene(position), choose: (row) => this.readRow(row + 1) });
  }

  // The bias is a weight among the others here.
  get offered() {
    return super.offered.filter(({ name }) => name !== OFFSET);
  }

  show(bytes) {
    const { neuron, landscape } = unpack(bytes).header;
    const codes = JSON.stringify([neuron.chain, neuron.over]);
    if (codes !== this.codes) Object.assign(this, { codes, chain: new Chain(neuron) });
    const rows = JSON.stringify(landscape.codes.rows);
    if (rows !== this.rowsText) Object.assign(this, { rowsText: rows, table: new Table(landscape.codes.rows) });
    this.neuron = neuron;
    const told = this.keeper.take(neuron.read);
    if (told) this.read = told;
    super.show(bytes);
  }

  // ---- what is shown ------------------------------------------------------------------------------------------------

  get row() {
    const { read, table } = this;
    if (!read.row) return { a: read.a, b: table.two ? read.b : null, t: read.t };
    return table.row(Math.min(read.row, table.count) - 1);
  }

  get offset() {
    return this.live.surface.parameters.offset ?? this.neuron.offset;
  }

  weightsOf(lane, position) {
    const k = stepOf(lane, position, this.race.steps);
    return { first: lane.x[k], second: lane.y[k], offset: this.offset };
  }

  // Everything that numbers and pictures are drawn from.
  scene(position) {
    const lane = this.shown.includes(this.selected) ? this.selected : this.shown[0] || this.selected;
    if (!this.race || !lane || !this.look) return null;
    const { neuron, chain, table, row, look } = this;
    const weights = this.weightsOf(lane, position);
    const numbers = chain.numbers(weights, row);
    const { x0, x1, y0, y1 } = this.map.home;
    const right = neuron.classes ? this.countRight(weights) : null;
    const chosen = this.read.row ? Math.min(this.read.row, table.count) : 0;
    const k = stepOf(lane, position, this.race.steps);
    const batch = k < lastStep(lane, this.race.steps) ? this.batchOf(lane, k) : null;
    const scene = { batch, neuron, chain, table, row, look, weights, numbers, right, chosen, lane, k, lanes: this.shown, window: [[x0, x1], [y0, y1]], weightsOf: (each) => this.weightsOf(each, position) };
    return { ...scene, sentence: spokenRow(scene) };
  }

  // The rows that the step from here takes; null where it takes all.
  batchOf(lane, k) {
    if (!lane.batches) return null;
    const key = JSON.stringify(lane.batches);
    if (this.batchesKey !== key) Object.assign(this, { batchesKey: key, batches: new Batches(lane.batches) });
    return this.batches.at(k);
  }

  countRight(weights) {
    const { chain, table, neuron } = this;
    let right = 0;
    for (let i = 0; i < table.count; i += 1) {
      const row = table.row(i);
      const z = chain.z(weights, row);
      if (z === neuron.level ? false : z > neuron.level === (row.t === neuron.targets[1])) right += 1;
    }
    return right;
  }

  draw(budget) {
    const busy = super.draw(budget);
    const scene = this.scene(this.position);
    if (scene) this.numbers.show(scene);
    return busy;
  }

  words(x, y) {
    const [first, second] = this.neuron.two ? ["w₁", "w₂"] : ["w", "b"];
    return `${first} ${formatNumber(x, 5)}   ${second} ${formatNumber(y, 5)}`;
  }

  // ---- under the finger ---------------------------------------------------------------------------------------------

  // A row of the table, counted from 1.
  readRow(row) {
    this.read = { ...FIRST_ROW, row };
    this.keeper.changed(() => this.read);
    this.wake();
  }

  // One number of the row: from here on it is one made by hand.
  setFeature(name, value, done) {
    const { a, b, t } = this.row;
    this.read = { row: 0, a, b: b ?? 0, t, [name]: value };
    if (done) this.keeper.changed(() => this.read);
    this.wake();
  }

  // A weight of the point where all paths begin: they follow at once.
  setWeight(name, value, done) {
    if (name === "offset") {
      if (done) this.set(OFFSET, value);
      else this.move(OFFSET, value);
      return;
    }
    const lane = this.scene(this.position).lane;
    const { first, second } = this.weightsOf(lane, this.position);
    const start = name === "first" ? [value, second] : [first, value];
    if (this.playing || this.position) this.scrub(0);
    const { map } = this;
    map.dragStart = done ? null : start;
    if (done) map.pick(start, true);
    else {
      map.placeHandle();
      map.invalidate("overlay");
      this.follow(start);
    }
  }

  destroy() {
    this.keeper.destroy();
    super.destroy();
  }
}

export function mountNeuron(root, hooks = {}) {
  return new NeuronPlayer(root, hooks);
}
