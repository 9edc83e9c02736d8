// The race as the player draws it, from the payload that figures/race/player.py describes.

import { unpack } from "../shared/wire.js";

function anchored(offsets, anchor) {
  const out = new Float64Array(offsets.length);
  for (let k = 0; k < out.length; k += 1) out[k] = anchor + offsets[k];
  return out;
}

export function readRace(bytes) {
  const { header, height, pickable, column } = unpack(bytes);
  const lanes = header.lanes.map((lane, index) => ({
    ...lane,
    index,
    x: anchored(column(lane.x), lane.anchor[0]),
    y: anchored(column(lane.y), lane.anchor[1]),
    gap: column(lane.gap),
    gradient: column(lane.gradient),
    distance: column(lane.distance),
    rate: column(lane.rate),
    evaluations: column(lane.evaluations),
    evaluationsKey: JSON.stringify("step" in (lane.evaluations || {}) ? lane.evaluations : index),
    memory: lane.memory.map((state) => ({
      ...state,
      series: state.series.map((one) => ({ name: one.name, values: column(one.values) })),
    })),
  }));
  return { ...header, height, pickable, lanes, tilts: header.tilts && header.tilts.map(column) };
}
