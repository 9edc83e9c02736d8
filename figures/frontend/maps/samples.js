// Which samples of a map are computed when: a coarse grid first, and with every halving of its stride those between.
// A map has `side` x `side` samples in the middles of its cells, row 0 at the top.

// The samples that rows `from` to `to` of the grid of a stride add to those of the stride twice as wide: index by index.
export function rowSamples(side, stride, whole, from, to) {
  const samples = [];
  for (let row = from; row < to; row += 1) {
    const known = !whole && row % 2 === 0;
    for (let column = known ? 1 : 0; column < side / stride; column += known ? 2 : 1) {
      samples.push(row * stride * side + column * stride);
    }
  }
  return Uint32Array.from(samples);
}

// The value at a part (0 to 1) of an axis { low, high, log }.
export function along(axis, part) {
  if (!axis.log) return axis.low + part * (axis.high - axis.low);
  return axis.low * (axis.high / axis.low) ** part;
}

export function partOf(axis, value) {
  if (!axis.log) return (value - axis.low) / (axis.high - axis.low);
  return Math.log(value / axis.low) / Math.log(axis.high / axis.low);
}

// Where the samples lie: two Float64Arrays.
export function places(side, samples, across, up) {
  const [a, b] = [new Float64Array(samples.length), new Float64Array(samples.length)];
  samples.forEach((sample, p) => {
    const row = Math.floor(sample / side);
    a[p] = along(across, (sample - row * side + 0.5) / side);
    b[p] = along(up, 1 - (row + 0.5) / side);
  });
  return [a, b];
}
