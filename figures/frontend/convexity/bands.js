// Filled contours of a surface, which the server has traced, and the strip of colors that says what they stand for.

import { svg } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const twoPlaces = (number) => Number(number.toFixed(2));

// band: { points: x, y, x, y, ..., starts: the first point of each outline }.
export function bandPath(plot, { points, starts }, fill, line) {
  let path = "";
  for (let k = 0; k < starts.length; k += 1) {
    const end = k + 1 < starts.length ? starts[k + 1] : points.length / 2;
    for (let i = starts[k]; i < end; i += 1) path += `${i > starts[k] ? "L" : "M"}${twoPlaces(plot.toX(points[2 * i]))} ${twoPlaces(plot.toY(points[2 * i + 1]))}`;
    path += "Z";
  }
  return svg("path", { d: path, fill, "fill-rule": "evenodd", stroke: line, "stroke-width": 0.7, "stroke-opacity": 0.5 });
}

// A strip of the bands' colors with the levels between them, as wide as the charts; it goes into files like a chart.
export class ColorStrip {
  constructor() {
    this.root = svg("svg", { role: "img", "aria-label": "Colors of the loss, from low to high", class: "dz-plot dz-strip" });
  }

  frame(look, width, title, levels, colors) {
    const size = parseFloat(look.font(11).split(" ")[1]);
    const height = Math.ceil(size + 22);
    Object.assign(this, { width, height });
    for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) this.root.setAttribute(name, value);
    const left = 6.2 * size;
    const each = (width - left - 24) / colors.length;
    const parts = [svg("text", { x: 2, y: 12, "font-size": size, fill: look.text }, title)];
    colors.forEach((color, i) => parts.push(svg("rect", { x: twoPlaces(left + i * each), y: 3, width: twoPlaces(each + 0.5), height: 12, fill: color })));
    const every = Math.max(1, Math.ceil(46 / each));
    levels.forEach((level, i) => {
      if (i % every) return;
      parts.push(svg("text", { x: twoPlaces(left + i * each), y: 17 + size, "font-size": size, "text-anchor": "middle", fill: look.muted }, formatNumber(level, 2)));
    });
    this.root.replaceChildren(...parts);
  }
}
