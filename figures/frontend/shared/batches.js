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

export class Batches {
  constructor({ rows, size, seed, replacement }) {
    Object.assign(this, { rows, size, seed, replacement, anEpoch: Math.ceil(rows / size), epoch: -1, order: null });
  }

  // The rows of step k; the array is good until the next call.
  at(k) {
    const { rows, size } = this;
    if (this.replacement) return Int32Array.from(hashed(this.seed, k, size), (bits) => Math.floor((bits / 2 ** 32) * rows));
    const epoch = Math.floor(k / this.anEpoch);
    if (epoch !== this.epoch) {
      const keys = hashed(this.seed, epoch, rows);
      this.order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b);
      this.epoch = epoch;
    }
    const place = k - epoch * this.anEpoch;
    return this.order.subarray(place * size, (place + 1) * size);
  }

  // Rows of so many batches that no step of this seed takes.
  others(count) {
    return Array.from({ length: count }, (_, i) => {
      const keys = hashed(this.seed ^ 0x55555555, i, this.replacement ? this.size : this.rows);
      if (this.replacement) return Int32Array.from(keys, (bits) => Math.floor((bits / 2 ** 32) * this.rows));
      return Int32Array.from({ length: this.rows }, (_, row) => row).sort((a, b) => keys[a] - keys[b] || a - b).subarray(0, this.size);
    });
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
