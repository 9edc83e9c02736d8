// The runs as the live curves draw them, from the payload that figures/live/payload.py describes.

import { unpack } from "../shared/wire.js";

function places({ low, span, places: whole }, column) {
  return Float32Array.from(column(whole), (place) => low + (span * place) / 65535);
}

function readPictures(pictures, column) {
  if (!pictures) return null;
  const points = Object.fromEntries(
    Object.entries(pictures.points).map(([name, spec]) => [name, "places" in spec ? places(spec, column) : column(spec)]),
  );
  const album = pictures.album.map((entry) => {
    const read = { epoch: entry.epoch };
    if (entry.surface) read.surface = { ...entry.surface, cells: column(entry.surface.cells) };
    if (entry.units) read.units = { ...entry.units, lines: column(entry.units.lines), state: column(entry.units.state), surface: read.surface };
    if (entry.curve) read.curve = { x: column(entry.curve.x), y: column(entry.curve.y) };
    if (entry.confusion) read.confusion = column(entry.confusion.counts);
    if (entry.network) {
      const { maps, weights, spread } = entry.network;
      read.network = { ...entry.network, weights: column(weights), spread: column(spread), maps: maps ? column(maps) : null };
    }
    if (entry.weights) read.weights = { ...entry.weights, counts: column(entry.weights.counts) };
    if (entry.mistakes) read.mistakes = { ...entry.mistakes, images: column(entry.mistakes.images) };
    return read;
  });
  return { ...pictures, points, album };
}

export function readRuns(bytes) {
  const { header, height, column } = unpack(bytes);
  const runs = header.runs.map((run) => ({
    ...run,
    clocks: { epoch: column(run.epoch), step: column(run.step), seconds: column(run.seconds) },
  }));
  const panels = header.panels.map((panel) => ({
    ...panel,
    x: column(panel.x),
    lines: panel.lines.map((line) => ({ ...line, rows: column(line.rows), y: column(line.y) })),
  }));
  return { ...header, height, runs, panels, pictures: readPictures(header.pictures, column) };
}
