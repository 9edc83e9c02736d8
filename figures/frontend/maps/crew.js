// The workers of a page of maps, and who does what next. A sheet is computed in passes, from coarse to fine; what a new
// sheet makes out of date is not asked for any more, and what still comes of it is dropped. Until the first worker has
// loaded, the page itself computes, piece by piece: under load that takes longer than a first map.

import { answerTo } from "./compute.js";
import { rowSamples } from "./samples.js";

const PIECE = 18; // milliseconds that a piece of work should take
const MOST_WORKERS = 8;

// A sheet may have fewer rows than columns: one for a line.
function rowsOf({ sheet, side, stride }) {
  return sheet.rows || side / stride;
}

// Does what a worker does, on the page itself, and lets the page breathe before each piece.
class StandIn {
  constructor() {
    this.waiting = Promise.resolve();
  }

  postMessage(data) {
    this.waiting = this.waiting.then(() => new Promise((done) => { setTimeout(done); })).then(async () => {
      if (this.onmessage) this.onmessage({ data: await answerTo(data) });
    });
  }

  terminate() {
    this.onmessage = null;
  }
}

export class Crew {
  constructor(fail) {
    this.fail = fail;
    this.workers = [];
    this.sheets = new Map();
    this.tasks = new Map();
    this.next = 0;
    this.pace = 8; // samples a millisecond of one worker, as far as is known
  }

  get size() {
    return Math.max(1, Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS));
  }

  // Workers begin to load with the first call, so that they are ready for the second.
  start() {
    if (this.workers.length) return;
    this.standIn = this.hire(new StandIn(), 1);
    if (import.meta.url === document.baseURI.split("#")[0]) return; // written into a page, with no file of a worker beside it
    for (let i = 0; i < this.size; i += 1) {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      this.hire(worker, 0);
      worker.onerror = (event) => {
        event.preventDefault();
        this.fail(new Error(event.message || "A worker of the map could not be loaded"));
      };
    }
  }

  // most: how many pieces it may hold; none before it has loaded.
  hire(worker, most) {
    const one = { worker, tasks: 0, most };
    worker.onmessage = ({ data }) => (data.ready ? this.ready_(one) : this.done(one, data));
    this.workers.push(one);
    return one;
  }

  ready_(one) {
    one.most = 2;
    this.standIn.most = 0;
    this.feed();
  }

  // Computes a sheet in passes of these strides (descending, each half the one before), in place of the one that has the
  // same name. told: { piece(samples, results), pass(stride), end() }.
  compute(name, sheet, side, strides, told, known = null) {
    this.start();
    this.sheets.set(name, { name, sheet, side, strides: [...strides], told, stride: null, row: 0, open: 0, known });
    this.feed();
  }

  stop(name) {
    this.sheets.delete(name);
  }

  get busy() {
    return this.sheets.size > 0;
  }

  // The next piece of the sheet that is furthest behind.
  piece() {
    const able = [...this.sheets.values()].filter((sheet) => sheet.stride !== null || sheet.strides.length);
    const sheet = able.sort((one, other) => (other.stride ?? 1e9) - (one.stride ?? 1e9)).find((each) => this.ready(each));
    if (!sheet) return null;
    const { side, stride } = sheet;
    const rows = rowsOf(sheet);
    const cost = sheet.sheet.cost || 1;
    const many = Math.max(1, Math.round((PIECE * this.pace) / cost / rows));
    const from = sheet.row;
    sheet.row = Math.min(rows, from + many);
    return { sheet, samples: rowSamples(side, stride, sheet.whole, from, sheet.row) };
  }

  // Whether there is a row to hand out; a pass begins when the one before it is complete.
  ready(sheet) {
    if (sheet.stride !== null && sheet.row < rowsOf(sheet)) return true;
    if (sheet.open > 0 || !sheet.strides.length) return false;
    const before = sheet.stride ?? sheet.known;
    sheet.stride = sheet.strides.shift();
    sheet.whole = before !== 2 * sheet.stride;
    sheet.row = 0;
    return true;
  }

  feed() {
    for (let round = 0; round < 2; round += 1) {
      for (const one of this.workers) {
        if (one.tasks > round || one.tasks >= one.most) continue;
        const piece = this.piece();
        if (!piece) return;
        this.next += 1;
        one.tasks += 1;
        piece.sheet.open += 1;
        this.tasks.set(this.next, piece);
        one.worker.postMessage({ task: this.next, sheet: piece.sheet.sheet, side: piece.sheet.side, samples: piece.samples });
      }
    }
  }

  done(one, data) {
    const { sheet, samples } = this.tasks.get(data.task);
    this.tasks.delete(data.task);
    one.tasks -= 1;
    if (data.problem) {
      this.fail(new Error(data.problem));
      return;
    }
    const pace = (samples.length / Math.max(0.5, data.took)) * (sheet.sheet.cost || 1);
    this.pace = 0.7 * this.pace + 0.3 * pace;
    sheet.open -= 1;
    if (this.sheets.get(sheet.name) === sheet) {
      sheet.told.piece(samples, data);
      if (!sheet.open && sheet.row >= rowsOf(sheet)) {
        sheet.told.pass?.(sheet.stride);
        if (!sheet.strides.length && this.sheets.get(sheet.name) === sheet) {
          this.sheets.delete(sheet.name);
          sheet.told.end?.();
        }
      }
    }
    this.feed();
  }

  destroy() {
    for (const { worker } of this.workers) worker.terminate();
    this.workers = [];
    this.sheets.clear();
  }
}
