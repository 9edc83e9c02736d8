// The payload: length of the header, height in pixels, whether starts can be picked, a JSON header padded to 8 bytes, and
// 8-byte-aligned float32 buffers. figures/player.py describes every field.

function series(spec, count, buffers) {
  if (spec === null || spec === undefined) return null;
  if (Array.isArray(spec)) return new Float32Array(buffers, spec[0], spec[1]);
  const out = new Float64Array(count);
  if ("constant" in spec) return out.fill(spec.constant === null ? NaN : spec.constant);
  for (let k = 0; k < count; k += 1) out[k] = spec.slope * k;
  return out;
}

function anchored(offsets, anchor) {
  const out = new Float64Array(offsets.length);
  for (let k = 0; k < out.length; k += 1) out[k] = anchor + offsets[k];
  return out;
}

export function decode(bytes) {
  const whole = bytes.byteOffset % 8 === 0 && bytes.byteOffset === 0 ? bytes : bytes.slice();
  const preface = new DataView(whole.buffer, whole.byteOffset, 8);
  const length = preface.getUint32(0, true);
  const height = preface.getUint16(4, true);
  const pickable = preface.getUint16(6, true) === 1;
  const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
  const buffers = whole.slice(8 + length).buffer;
  const count = header.steps + 1;
  const samples = Math.ceil(count / header.stride);
  const lanes = header.lanes.map((lane, index) => ({
    ...lane,
    index,
    x: anchored(series(lane.x, count, buffers), lane.anchor[0]),
    y: anchored(series(lane.y, count, buffers), lane.anchor[1]),
    gap: series(lane.gap, count, buffers),
    gradient: series(lane.gradient, count, buffers),
    distance: series(lane.distance, count, buffers),
    rate: series(lane.rate, count, buffers),
    evaluations: series(lane.evaluations, count, buffers),
    evaluationsKey: JSON.stringify("slope" in (lane.evaluations || {}) ? lane.evaluations : index),
    memory: lane.memory.map((state) => ({
      ...state,
      series: state.series.map((one) => ({ name: one.name, values: series(one.values, samples, buffers) })),
    })),
  }));
  return { ...header, height, pickable, lanes };
}
