// Which rows each step sees, as optimizers/batches.py has it: what is random is a hash of counters in 32-bit arithmetic.

function mixed(bits) {
  let x = bits >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

function hashed(seed, stream, count) {
  const start = mixed((mixed((seed ^ 0x9e3779b9) >>> 0) + stream) >>> 0);
  return Uint32Array.from({ length: count }, (_, i) => mixed((i + start) >>> 0));
}

function drawn(seed, stream, size, rows) {
  return Int32Array.from(hashed(seed, stream, size), (bits) => Math.floor((bits / 2 ** 32) * rows));
}

// All rows in the order of their numbers of a stream: the numbers and the places in one, which sorts without a comparison.
function shuffled(seed, stream, rows) {
  const keys = Float64Array.from(hashed(seed, stream, rows), (bits, i) => bits * 1024 + i).sort();
  return Int32Array.from(keys, (key) => key % 1024);
}

const MOST_KEPT = 2_000_000; // rows of batches that are remembered

export class Batches {
  constructor({ rows, size, seed, replacement }) {
    Object.assign(this, { rows, size, seed, replacement, anEpoch: Math.ceil(rows / size), made: new Map(), kept: 0 });
  }

  // The rows of step k.
  at(k) {
    const epoch = this.replacement ? k : Math.floor(k / this.anEpoch);
    let order = this.made.get(epoch);
    if (!order) {
      order = this.replacement ? drawn(this.seed, epoch, this.size, this.rows) : shuffled(this.seed, epoch, this.rows);
      this.kept += order.length;
      if (this.kept > MOST_KEPT) this.made.clear();
      this.kept = this.made.size ? this.kept : order.length;
      this.made.set(epoch, order);
    }
    if (this.replacement) return order;
    const place = k - epoch * this.anEpoch;
    return order.subarray(place * this.size, (place + 1) * this.size);
  }

  // Rows of so many batches that no step of this seed takes.
  others(count) {
    const seed = this.seed ^ 0x55555555;
    return Array.from({ length: count }, (_, i) => (this.replacement ? drawn(seed, i, this.size, this.rows) : shuffled(seed, i, this.rows).subarray(0, this.size)));
  }

  sizeAt(k) {
    return this.replacement ? this.size : Math.min(this.size, this.rows - (k % this.anEpoch) * this.size);
  }
}

// Rows that a lane has seen before each entry of its path: what it asks costs a row's part for each row of the step.
export function rowsSeen(lane, rows, steps) {
  const seen = new Float64Array(steps + 1);
  const batches = lane.batches && new Batches(lane.batches);
  for (let k = 0; k < steps; k += 1) {
    seen[k + 1] = seen[k] + (lane.evaluations[k + 1] - lane.evaluations[k]) * (batches ? batches.sizeAt(k) : rows);
  }
  return seen;
}
