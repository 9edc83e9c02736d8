// A small network: a column a layer, a square a unit with what it answers, a line a weight. Positive and negative differ in
// color and dashes, the size of a weight is the width of its line.

import { fitText } from "../shared/axes.js";
import { blended, rgbOf } from "../shared/colors.js";
import { formatNumber } from "../shared/numbers.js";

const WIDEST_LINE = 5; // of a line, in pixels, for the largest weight of all
const FAINTEST_WEIGHT = 0.02; // of the largest weight; less is not drawn
const UNIT_SIDE = 40; // side of a unit

// Centers of the units by column; the first column are the inputs.
export function networkLayout(sizes, width, height, margins) {
  const inner = { x: width - margins.left - margins.right, y: height - margins.top - margins.bottom };
  const most = Math.max(...sizes);
  const side = Math.max(6, Math.min(UNIT_SIDE, inner.y / most - 4, (0.55 * inner.x) / sizes.length));
  const columns = sizes.map((size, layer) => {
    const x = margins.left + side / 2 + ((inner.x - side) * layer) / (sizes.length - 1);
    const step = Math.min(inner.y / size, side + 16);
    const first = margins.top + inner.y / 2 - (step * (size - 1)) / 2;
    return Array.from({ length: size }, (_, i) => [x, first + step * i]);
  });
  return { side, columns };
}

// Draws into a context of look.width x look.height and returns what is to be seen in words.
export function drawNetwork(context, look, pictures, network) {
  const { sizes, weights, spread, maps, side: cells } = network;
  const [positive, negative] = pictures.signs.map((pair) => pair[look.dark ? 1 : 0]);
  const names = sizes[0] <= pictures.inputs.length ? pictures.inputs : [];
  context.font = look.font(11);
  const widest = Math.max(0, ...names.map((name) => context.measureText(name).width));
  const outs = pictures.classes.length === sizes.at(-1) ? pictures.classes : pictures.target && sizes.at(-1) === 1 ? [pictures.target] : [];
  const widestOut = Math.max(0, ...outs.map((name) => context.measureText(name).width));
  const margins = { left: Math.min(0.2 * look.width, widest) + 8, right: Math.min(0.2 * look.width, widestOut) + 8, top: 6, bottom: 22 };
  const { side, columns } = networkLayout(sizes, look.width, look.height, margins);
  let top = 0;
  for (const weight of weights) top = Math.max(top, Math.abs(weight));

  let at = 0;
  context.lineCap = "butt";
  for (let layer = 1; layer < sizes.length; layer += 1) {
    for (let to = 0; to < sizes[layer]; to += 1) {
      for (let from = 0; from < sizes[layer - 1]; from += 1) {
        const share = top ? weights[at] / top : 0;
        at += 1;
        if (Math.abs(share) < FAINTEST_WEIGHT) continue;
        const [[x0, y0], [x1, y1]] = [columns[layer - 1][from], columns[layer][to]];
        context.strokeStyle = share > 0 ? positive : negative;
        context.globalAlpha = 0.35 + 0.65 * Math.abs(share);
        context.lineWidth = Math.max(0.6, WIDEST_LINE * Math.abs(share));
        context.setLineDash(share > 0 ? [] : [6, 3]);
        context.beginPath();
        context.moveTo(x0 + side / 2, y0);
        context.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1 - side / 2, y1);
        context.stroke();
      }
    }
  }
  context.setLineDash([]);
  context.globalAlpha = 1;

  const paper = rgbOf(look.background);
  const inks = [rgbOf(negative), rgbOf(positive)];
  const small = document.createElement("canvas");
  if (maps) small.width = small.height = cells;
  const ink = maps ? small.getContext("2d") : null;
  let unit = 0;
  let still = 0;
  columns.forEach((column, layer) => {
    const moving = layer ? Math.max(...spread.slice(unit, unit + column.length)) : 1;
    column.forEach(([x, y], i) => {
      const box = [x - side / 2, y - side / 2, side, side];
      context.fillStyle = look.background;
      context.fillRect(...box);
      if (layer) {
        const dead = spread[unit] <= 1e-6 * moving || !moving;
        if (dead) still += 1;
        if (maps) {
          const image = ink.createImageData(cells, cells);
          for (let row = 0; row < cells; row += 1) {
            for (let k = 0; k < cells; k += 1) {
              const value = (maps[unit * cells * cells + (cells - 1 - row) * cells + k] - 127) / 127;
              image.data.set([...blended(inks[value > 0 ? 1 : 0], paper, Math.abs(value)), 255], 4 * (row * cells + k));
            }
          }
          ink.putImageData(image, 0, 0);
          context.imageSmoothingEnabled = true;
          context.drawImage(small, ...box);
        } else if (!dead) {
          context.fillStyle = `rgb(${blended(rgbOf(look.text), paper, 0.12 + 0.6 * (spread[unit] / moving)).join(" ")})`;
          context.fillRect(...box);
        }
        context.strokeStyle = dead ? look.muted : look.text;
        context.lineWidth = 1;
        context.setLineDash(dead ? [2, 2] : []);
        context.strokeRect(...box);
        context.setLineDash([]);
        unit += 1;
      } else {
        context.strokeStyle = look.muted;
        context.lineWidth = 1;
        context.strokeRect(...box);
      }
      const label = layer === 0 ? names[i] : layer === sizes.length - 1 ? outs[i] : "";
      if (!label) return;
      context.fillStyle = look.text;
      context.textBaseline = "middle";
      context.textAlign = layer ? "left" : "right";
      context.fillText(fitText(context, label, layer ? margins.right - 6 : margins.left - 6), layer ? x + side / 2 + 4 : x - side / 2 - 4, y);
    });
  });
  context.fillStyle = look.muted;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  const words = still ? `; ${still} ${still === 1 ? "unit never moves" : "units never move"}` : "";
  const text = `${sizes.join("-")}, largest weight ${formatNumber(top, 3)}${words}`;
  context.fillText(fitText(context, text, look.width - 8), look.width / 2, look.height - 3);
  return text;
}
