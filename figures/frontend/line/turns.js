// Where a function of one variable turns, and which of its minima a path comes to. As landscapes/line/turning.py finds them.

const TURN_LOOKS = 801;
const TURN_HALVINGS = 60;
const TURN_REACH = 0.02; // share of the window from a minimum within which a path has come to it

export const MOVING = -1;
export const LEFT = -2;
export const DIVERGED = -3;
export const UNDEFINED = -4; // there is no f where it starts

// Minima and maxima between two ends, from left to right: [{ x, minimum, radius }]. at: { value(x, y), gradient(x, y) }.
export function turnsOf(at, low, high) {
  const found = [];
  const slope = (x) => Math.sign(at.gradient(x, 0)[0]);
  let before = null;
  let undefinedSince = false;
  for (let i = 0; i < TURN_LOOKS; i += 1) {
    const x = low + ((high - low) * i) / (TURN_LOOKS - 1);
    const sign = slope(x);
    if (Number.isNaN(sign)) undefinedSince = true;
    if (!sign) continue;
    if (before && before.sign !== sign && !undefinedSince) found.push(turnBetween(at, slope, before, { x, i }));
    before = { x, sign, i };
    undefinedSince = false;
  }
  const sound = found.filter(({ value, beside }) => Number.isFinite(value) && Math.abs(value) <= 1e6 * (1 + beside));
  sound.forEach((turn, i) => {
    const gaps = [sound[i - 1], sound[i + 1]].filter(Boolean).map((other) => Math.abs(other.x - turn.x) / 3);
    turn.radius = Math.min(TURN_REACH * (high - low), ...gaps);
  });
  return sound;
}

function turnBetween(at, slope, before, after) {
  let [left, right] = [before.x, after.x];
  // Level in between, or a root that was met: its middle.
  for (let i = 0; i < TURN_HALVINGS && after.i === before.i + 1; i += 1) {
    const middle = left + (right - left) / 2;
    const sign = slope(middle);
    if (sign === 0 || sign === before.sign) left = middle;
    if (sign === 0 || sign !== before.sign) right = middle;
  }
  const x = left + (right - left) / 2;
  const beside = Math.max(Math.abs(at.value(before.x, 0)), Math.abs(at.value(after.x, 0)));
  return { x, minimum: before.sign < 0, value: at.value(x, 0), beside };
}

// The number of the turning point that a path has come to, or how else it ends. Who bounces is there now and then: the last
// three entries of the path must be near. x: its column; steps: the place of the last entry.
export function endOf(x, steps, diverged, turns, [low, high]) {
  if (diverged >= 0) return diverged ? DIVERGED : UNDEFINED;
  const last = x[steps];
  const found = turns.findIndex((turn) => Math.abs(last - turn.x) <= turn.radius);
  const stays = found >= 0 && [1, 2].every((back) => Math.abs(x[Math.max(0, steps - back)] - turns[found].x) <= turns[found].radius);
  if (stays) return found;
  return last < low || last > high ? LEFT : MOVING;
}
