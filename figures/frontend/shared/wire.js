// The blob that carries a picture's numbers: figures/frontend/wire.py describes it.

const ARRAYS = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

// The header, height in pixels, whether starts can be picked, and column(spec): the numbers that the header tells of.
export function unpack(bytes) {
  const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const preface = new DataView(whole.buffer, whole.byteOffset, 8);
  const length = preface.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
  const start = whole.byteOffset + 8 + length;
  const column = (spec) => {
    if (!spec) return null;
    if ("knots" in spec) return interpolated(column(spec.knots), spec.every, spec.n);
    if ("at" in spec) return new ARRAYS[spec.as || "f4"](whole.buffer, start + spec.at, spec.n);
    return progression(spec);
  };
  return { header, height: preface.getUint16(4, true), pickable: preface.getUint16(6, true) === 1, column };
}

function progression({ from, step, n }) {
  const out = new Float64Array(n);
  if (from === null) return out.fill(NaN);
  for (let i = 0; i < n; i += 1) out[i] = from + step * i;
  return out;
}

function interpolated(knots, every, count) {
  const out = new Float64Array(count);
  const last = knots.length - 1;
  for (let i = 0; i < count; i += 1) {
    const k = Math.min(Math.floor(i / every), last - 1);
    const end = Math.min((k + 1) * every, count - 1);
    out[i] = knots[k] + ((knots[k + 1] - knots[k]) * (i - k * every)) / Math.max(1, end - k * every);
  }
  return out;
}
