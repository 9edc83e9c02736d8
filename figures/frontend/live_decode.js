// The blob of the live curves: length of the header, height in pixels, a JSON header padded to 8 bytes, 8-byte-aligned
// buffers. figures/live_blob.py and figures/live.py describe every field.

const ARRAYS = { f4: Float32Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

function column(spec, buffers) {
  if (!spec) return null;
  if ("knots" in spec) return between(column(spec.knots, buffers), spec.every, spec.n);
  if ("at" in spec) return new ARRAYS[spec.as || "f4"](buffers, spec.at, spec.n);
  const out = new Float64Array(spec.n);
  for (let i = 0; i < spec.n; i += 1) out[i] = spec.from + spec.step * i;
  return out;
}

function between(knots, every, count) {
  const out = new Float64Array(count);
  const last = knots.length - 1;
  for (let i = 0; i < count; i += 1) {
    const k = Math.min(Math.floor(i / every), last - 1);
    const end = Math.min((k + 1) * every, count - 1);
    out[i] = knots[k] + ((knots[k + 1] - knots[k]) * (i - k * every)) / Math.max(1, end - k * every);
  }
  return out;
}

function places({ low, span, places: whole }, buffers) {
  return Float32Array.from(column(whole, buffers), (place) => low + (span * place) / 65535);
}

function decodePictures(pictures, buffers) {
  if (!pictures) return null;
  const points = Object.fromEntries(
    Object.entries(pictures.points).map(([name, spec]) => [name, "places" in spec ? places(spec, buffers) : column(spec, buffers)]),
  );
  const album = pictures.album.map((entry) => {
    const read = { epoch: entry.epoch };
    if (entry.surface) read.surface = { ...entry.surface, cells: column(entry.surface.cells, buffers) };
    if (entry.curve) read.curve = { x: column(entry.curve.x, buffers), y: column(entry.curve.y, buffers) };
    if (entry.confusion) read.confusion = column(entry.confusion.counts, buffers);
    if (entry.weights) read.weights = { ...entry.weights, counts: column(entry.weights.counts, buffers) };
    if (entry.mistakes) read.mistakes = { ...entry.mistakes, images: column(entry.mistakes.images, buffers) };
    return read;
  });
  return { ...pictures, points, album };
}

export function decodeLive(bytes) {
  const whole = bytes.byteOffset === 0 ? bytes : bytes.slice();
  const preface = new DataView(whole.buffer, 0, 8);
  const length = preface.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
  const buffers = whole.slice(8 + length).buffer;
  const runs = header.runs.map((run) => ({
    ...run,
    clocks: { epoch: column(run.epoch, buffers), step: column(run.step, buffers), seconds: column(run.seconds, buffers) },
  }));
  const panels = header.panels.map((panel) => ({
    ...panel,
    x: column(panel.x, buffers),
    lines: panel.lines.map((line) => ({ ...line, rows: column(line.rows, buffers), y: column(line.y, buffers) })),
  }));
  return { ...header, height: preface.getUint16(4, true), runs, panels, pictures: decodePictures(header.pictures, buffers) };
}
