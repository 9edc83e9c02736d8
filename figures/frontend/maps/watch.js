// What is noted of every path of a map while it runs: where it ends, or when it is near enough to the minimum.
// The same is told of descend's paths by experiments/maps/ends.py.

export const MOVING = -1;
export const LEFT = -2;
export const DIVERGED = -3;
export const UNDEFINED = -4;
export const RESTING = -5;
export const SWINGING = -6;

const CELLS = 192;
const NOWHERE = -1;
const SEVERAL = -2;

// Which disc a place may lie in: one cell after another, NOWHERE, a disc's number, or SEVERAL.
function discGrid(rest, window) {
  const margin = Math.max(0, ...rest.map(({ radius }) => radius));
  const [[x0, x1], [y0, y1]] = window;
  const [left, bottom] = [x0 - margin, y0 - margin];
  const [wide, high] = [(x1 - x0 + 2 * margin) / CELLS, (y1 - y0 + 2 * margin) / CELLS];
  const cells = new Int16Array(CELLS * CELLS).fill(NOWHERE);
  rest.forEach(({ x, y, radius }, number) => {
    const columns = [x - radius, x + radius].map((at) => Math.floor((at - left) / wide));
    const rows = [y - radius, y + radius].map((at) => Math.floor((at - bottom) / high));
    for (let row = Math.max(0, rows[0]); row <= Math.min(CELLS - 1, rows[1]); row += 1) {
      for (let column = Math.max(0, columns[0]); column <= Math.min(CELLS - 1, columns[1]); column += 1) {
        const cell = row * CELLS + column;
        cells[cell] = cells[cell] === NOWHERE ? number : SEVERAL;
      }
    }
  });
  return { cells, left, bottom, perX: 1 / wide, perY: 1 / high };
}

// Where paths end: the number of the point at rest whose disc they end in and the step since which they stay in it,
// else a code from above and the steps taken.
export class EndWatch {
  // slope(x, y): the length of the gradient; flat: below it a point is at rest.
  constructor({ rest, window, flat }, slope) {
    Object.assign(this, { window, flat, slope });
    this.x = Float64Array.from(rest, (each) => each.x);
    this.y = Float64Array.from(rest, (each) => each.y);
    this.square = Float64Array.from(rest, (each) => each.radius * each.radius);
    Object.assign(this, discGrid(rest, window));
    this.current = NOWHERE;
    this.since = 0;
  }

  isIn(number, x, y) {
    const [dx, dy] = [x - this.x[number], y - this.y[number]];
    return dx * dx + dy * dy <= this.square[number];
  }

  find(x, y) {
    const column = (x - this.left) * this.perX;
    const row = (y - this.bottom) * this.perY;
    if (!(column >= 0 && column < CELLS && row >= 0 && row < CELLS)) return NOWHERE;
    const number = this.cells[Math.floor(row) * CELLS + Math.floor(column)];
    if (number >= 0) return this.isIn(number, x, y) ? number : NOWHERE;
    if (number === NOWHERE) return NOWHERE;
    for (let i = 0; i < this.x.length; i += 1) if (this.isIn(i, x, y)) return i;
    return NOWHERE;
  }

  begin(x, y) {
    this.current = this.find(x, y);
    this.since = 0;
  }

  step(k, x, y) {
    const { current } = this;
    if (current >= 0) {
      const dx = x - this.x[current];
      const dy = y - this.y[current];
      if (dx * dx + dy * dy <= this.square[current]) return;
    }
    const next = this.find(x, y);
    if (next !== current) {
      this.current = next;
      this.since = k;
    }
  }

  // k: entries of the path; bad: the first that is not finite, or -1.
  end(out, p, k, x, y, value, bad) {
    out.number[p] = k;
    if (bad >= 0) {
      out.kind[p] = bad === 0 ? UNDEFINED : DIVERGED;
      out.number[p] = bad;
      return;
    }
    const [[x0, x1], [y0, y1]] = this.window;
    if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1)) out.kind[p] = LEFT;
    else if (this.current >= 0) {
      out.kind[p] = this.current;
      out.number[p] = this.since;
    } else out.kind[p] = this.slope(x, y) <= this.flat ? RESTING : MOVING;
  }
}

// When paths are near the lowest value for good: 0 and the step, else a code from above; and the value at the end.
export class GoalWatch {
  // lowest: NaN where none is known. steps: the budget, whose last fifth tells who swings.
  constructor({ lowest, tolerance, window, steps }) {
    const [[x0, x1], [y0, y1]] = window;
    Object.assign(this, { lowest, tolerance, window, diagonal: Math.hypot(x1 - x0, y1 - y0) });
    this.late = steps - Math.max(1, Math.floor(steps / 5));
    this.first = this.goal = this.x = this.y = this.lateX = this.lateY = this.way = 0.5;
    this.reached = -1;
  }

  begin(x, y, value) {
    this.first = value;
    const floor = 1e-9 * this.tolerance * Math.max(1, Math.abs(this.lowest));
    this.goal = this.lowest + Math.max(this.tolerance * (value - this.lowest), floor);
    this.x = this.lateX = x;
    this.y = this.lateY = y;
    this.way = 0;
    this.reached = value <= this.goal ? 0 : -1;
  }

  step(k, x, y, value) {
    if (!(value <= this.goal)) this.reached = -1;
    else if (this.reached < 0) this.reached = k;
    if (k <= this.late) {
      this.lateX = x;
      this.lateY = y;
    } else {
      const dx = x - this.x;
      const dy = y - this.y;
      this.way += Math.sqrt(dx * dx + dy * dy);
    }
    this.x = x;
    this.y = y;
  }

  end(out, p, k, x, y, value, bad) {
    out.value[p] = bad >= 0 ? NaN : value;
    out.number[p] = this.reached;
    const [[x0, x1], [y0, y1]] = this.window;
    const inside = x >= x0 && x <= x1 && y >= y0 && y <= y1;
    const net = Math.hypot(x - this.lateX, y - this.lateY);
    if (bad >= 0) out.kind[p] = bad === 0 ? UNDEFINED : DIVERGED;
    else if (this.reached >= 0) out.kind[p] = 0;
    else if (value > this.first && !inside) out.kind[p] = DIVERGED;
    else if (this.way > 1e-4 * this.diagonal && this.way >= 5 * net) out.kind[p] = SWINGING;
    else out.kind[p] = MOVING;
  }
}
