// The picture of the network: decision surface, lines where its first units switch, fitted curve, its units and weights, grid of its worst mistakes, confusion
// matrix, or histogram of its weights.

import { drawAxes, fitText } from "../shared/axes.js";
import { blended, rgbOf } from "../shared/colors.js";
import { formatNumber, makeScale } from "../shared/numbers.js";
import { drawNetwork } from "./network.js";
import { extent } from "./scale.js";
import { drawUnitLines } from "./units.js";

export const PICTURES = {
  surface: "Decision surface",
  units: "Unit lines",
  curve: "Fitted curve",
  network: "Network",
  mistakes: "Worst mistakes",
  confusion: "Confusion matrix",
  weights: "Weights",
};

// Shorter, where all of them stand side by side.
export const TAB_NAMES = { surface: "Surface", confusion: "Confusion" };

const EDGES = { left: 46, right: 8, top: 6, bottom: 34 };
const UNSURE = 0.1; // how much of its color a cell has where all classes are alike
const SURE = { light: 0.55, dark: 0.5 };

export class PictureView {
  constructor(host) {
    this.host = host;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "dl-live-picture";
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "No picture of the network yet");
    host.append(this.canvas);
  }

  resize(width, height, ratio) {
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.cells = document.createElement("canvas");
  }

  // pictures: as decoded; entry: one of its album; kind: what of it to draw.
  draw(pictures, entry, kind, look) {
    if (!this.width) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (!entry || !entry[kind]) return;
    this.canvas.setAttribute("aria-label", `${PICTURES[kind]} at epoch ${formatNumber(entry.epoch, 4)}`);
    this[kind](context, pictures, entry[kind], look);
    this.drawn = (this.drawn || 0) + 1;
  }

  plot(xScale, yScale, xTitle, yTitle) {
    const plot = { left: EDGES.left, top: EDGES.top, xScale, yScale, xTitle, yTitle };
    plot.width = this.width - EDGES.left - EDGES.right;
    plot.height = this.height - EDGES.top - EDGES.bottom;
    plot.toX = (x) => plot.left + xScale.at(x) * plot.width;
    plot.toY = (y) => plot.top + (1 - yScale.at(y)) * plot.height;
    return plot;
  }

  cut(context, plot, draw) {
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    draw();
    context.restore();
  }

  // between(plot): what is drawn over the cells and under the points.
  surface(context, pictures, { x, y, size, cells }, look, between = null) {
    const plot = this.plot(makeScale("linear", ...x), makeScale("linear", ...y), pictures.axes[0] || "x₁", pictures.axes[1] || "x₂");
    const shown = this.shades(pictures, look);
    this.cells.width = this.cells.height = size;
    const ink = this.cells.getContext("2d");
    const image = ink.createImageData(size, size);
    for (let row = 0; row < size; row += 1) {
      for (let k = 0; k < size; k += 1) {
        const color = shown[cells[(size - 1 - row) * size + k]];
        image.data.set(color, 4 * (row * size + k));
      }
    }
    ink.putImageData(image, 0, 0);
    // Cells lie on the grid's points, so the outer ones reach half a cell beyond the edge.
    const [dx, dy] = [plot.width / (size - 1) / 2, plot.height / (size - 1) / 2];
    this.cut(context, plot, () => {
      context.imageSmoothingEnabled = true;
      context.drawImage(this.cells, plot.left - dx, plot.top - dy, plot.width + 2 * dx, plot.height + 2 * dy);
      if (between) between(plot);
      for (const part of ["train", "val"]) this.classPoints(context, pictures, plot, part, look);
    });
    drawAxes(context, { ...look, grid: "transparent" }, plot);
    context.strokeStyle = look.grid;
    context.strokeRect(plot.left + 0.5, plot.top + 0.5, plot.width - 1, plot.height - 1);
  }

  units(context, pictures, units, look) {
    let text = "";
    this.surface(context, pictures, units.surface, look, (plot) => {
      text = drawUnitLines(context, plot, units, look);
    });
    this.canvas.setAttribute("aria-label", `${this.canvas.getAttribute("aria-label")}: ${text}`);
  }

  // The 256 colors of cells.
  shades(pictures, look) {
    const key = `${look.dark}|${look.background}|${pictures.levels}|${pictures.colors.length}`;
    if (this.shadesKey === key) return this.shadesFor;
    const paper = rgbOf(look.background);
    const { levels } = pictures;
    this.shadesKey = key;
    this.shadesFor = Array.from({ length: 256 }, (_, cell) => {
      const winner = Math.min(pictures.colors.length - 1, Math.floor(cell / levels));
      const ink = rgbOf(pictures.colors[winner][look.dark ? 1 : 0]);
      const share = UNSURE + (SURE[look.dark ? "dark" : "light"] - UNSURE) * (levels > 1 ? (cell % levels) / (levels - 1) : 1);
      return [...blended(ink, paper, share), 255];
    });
    return this.shadesFor;
  }

  // Training points filled, validation points ringed; each class has a shape of its own.
  classPoints(context, pictures, plot, part, look) {
    const { points } = pictures;
    const [xs, ys, classes] = [points[`${part}_x`], points[`${part}_y`], points[`${part}_class`]];
    if (!xs) return;
    const radius = xs.length > 300 ? 2.9 : 3.6;
    for (let i = 0; i < xs.length; i += 1) {
      const label = classes ? Math.min(classes[i], pictures.colors.length - 1) : 0;
      const color = pictures.colors[label]?.[look.dark ? 1 : 0] || look.text;
      this.mark(context, pictures.markers[label] || [], plot.toX(xs[i]), plot.toY(ys[i]), radius, part === "train", color, look);
    }
  }

  mark(context, outline, x, y, radius, filled, color, look) {
    context.beginPath();
    if (outline.length) {
      outline.forEach(([a, b], i) => context[i ? "lineTo" : "moveTo"](x + radius * 1.15 * a, y + radius * 1.15 * b));
      context.closePath();
    } else context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = filled ? color : look.background;
    context.strokeStyle = filled ? look.background : color;
    context.lineWidth = filled ? 0.9 : 1.5;
    context.fill();
    context.stroke();
  }

  curve(context, pictures, { x, y }, look) {
    const { points } = pictures;
    const seen = extent([points.train_y || [], points.val_y || []].filter((values) => values.length));
    const own = seen.high >= seen.low ? seen : extent([y]);
    const pad = 0.15 * (own.high - own.low || 1);
    const across = extent([x]);
    const plot = this.plot(
      makeScale("linear", across.low, across.high), makeScale("linear", own.low - pad, own.high + pad),
      pictures.axes[0] || "x", pictures.target || "y",
    );
    drawAxes(context, look, plot);
    const colors = { train: look.dark ? "#2A86D1" : "#0072B2", val: "#D55E00" };
    this.cut(context, plot, () => {
      for (const part of ["train", "val"]) {
        const [xs, ys] = [points[`${part}_x`] || [], points[`${part}_y`] || []];
        for (let i = 0; i < xs.length; i += 1) {
          this.mark(context, [], plot.toX(xs[i]), plot.toY(ys[i]), 3, part === "train", colors[part], look);
        }
      }
      context.lineJoin = "round";
      for (const [color, width] of [[look.background, 5], [look.text, 2.4]]) {
        context.strokeStyle = color;
        context.lineWidth = width;
        context.beginPath();
        for (let i = 0; i < x.length; i += 1) context[i ? "lineTo" : "moveTo"](plot.toX(x[i]), Math.max(-1e4, Math.min(1e4, plot.toY(y[i]))));
        context.stroke();
      }
    });
  }

  network(context, pictures, network, look) {
    const { width, height } = this;
    const text = drawNetwork(context, { ...look, width, height }, pictures, network);
    this.canvas.setAttribute("aria-label", `${this.canvas.getAttribute("aria-label")}: ${text}`);
  }

  mistakes(context, pictures, { shape, images, true: labels, predicted }, look) {
    const count = labels.length;
    if (!count) {
      this.say(context, "No mistake on the validation rows.", look);
      return;
    }
    const [channels, rows, columns] = shape;
    const caption = 14;
    let across = 1;
    let side = 0;
    for (let n = 1; n <= count; n += 1) {
      const fits = Math.min(this.width / n, this.height / Math.ceil(count / n) - caption) - 4;
      if (fits > side) [across, side] = [n, fits];
    }
    const offset = (this.width - across * (side + 4)) / 2;
    this.cells.width = columns;
    this.cells.height = rows;
    const ink = this.cells.getContext("2d");
    const picture = ink.createImageData(columns, rows);
    const pixels = rows * columns;
    context.imageSmoothingEnabled = false;
    context.font = look.font(Math.min(11, Math.max(9, side / 4)));
    context.textAlign = "center";
    context.textBaseline = "top";
    for (let n = 0; n < count; n += 1) {
      const at = n * channels * pixels;
      for (let i = 0; i < pixels; i += 1) {
        for (let c = 0; c < 3; c += 1) picture.data[4 * i + c] = images[at + (channels >= 3 ? c : 0) * pixels + i];
        picture.data[4 * i + 3] = 255;
      }
      ink.putImageData(picture, 0, 0);
      const [x, y] = [offset + (n % across) * (side + 4) + 2, Math.floor(n / across) * (side + caption + 4)];
      context.drawImage(this.cells, x, y, side, side);
      context.fillStyle = look.text;
      const name = (label) => pictures.classes[label] ?? String(label);
      context.fillText(fitText(context, `${name(labels[n])} → ${name(predicted[n])}`, side + 3), x + side / 2, y + side + 2);
    }
  }

  confusion(context, pictures, counts, look) {
    const size = Math.round(Math.sqrt(counts.length));
    const names = Array.from({ length: size }, (_, i) => pictures.classes[i] ?? String(i));
    context.font = look.font(11);
    const widest = Math.min(0.26 * this.width, Math.max(...names.map((name) => context.measureText(name).width)));
    const left = 22 + widest + 6;
    const [top, bottom] = [4, 38];
    const [wide, high] = [(this.width - left - 6) / size, (this.height - top - bottom) / size];
    const ink = rgbOf(look.muted);
    const paper = rgbOf(look.background);
    const wrong = rgbOf(look.dark ? "#F0E442" : "#BFA900");
    for (let row = 0; row < size; row += 1) {
      let total = 0;
      for (let k = 0; k < size; k += 1) total += counts[row * size + k];
      for (let k = 0; k < size; k += 1) {
        const count = counts[row * size + k];
        const share = total ? count / total : 0;
        const part = count ? 0.08 + 0.82 * share : 0;
        const mixed = blended(k === row ? ink : wrong, paper, part);
        const [x, y] = [left + k * wide, top + row * high];
        context.fillStyle = `rgb(${mixed.join(" ")})`;
        context.fillRect(x + 0.5, y + 0.5, wide - 1, high - 1);
        if (high < 11 || wide < 13) continue;
        const bright = 0.3 * mixed[0] + 0.59 * mixed[1] + 0.11 * mixed[2] > 140;
        context.fillStyle = count ? (bright ? "#1F2430" : "#FFFFFF") : look.muted;
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.font = look.font(Math.min(13, Math.max(9, 0.4 * Math.min(wide, high))), k === row ? 600 : 400);
        context.fillText(fitText(context, String(count), wide - 2), x + wide / 2, y + high / 2);
      }
    }
    context.strokeStyle = look.grid;
    context.strokeRect(left + 0.5, top + 0.5, size * wide - 1, size * high - 1);
    context.font = look.font(11);
    context.fillStyle = look.muted;
    const every = Math.ceil(13 / Math.min(high, 13 * size));
    for (let i = 0; i < size; i += every) {
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillText(fitText(context, names[i], widest), left - 5, top + (i + 0.5) * high);
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(fitText(context, names[i], every * wide - 3), left + (i + 0.5) * wide, top + size * high + 4);
    }
    context.font = look.font(11, 600);
    context.fillStyle = look.text;
    context.fillText("predicted class", left + (size * wide) / 2, this.height - 15);
    context.save();
    context.translate(9, top + (size * high) / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "middle";
    context.fillText("true class", 0, 0);
    context.restore();
  }

  // One bar a bin; what is exactly zero stands in the middle one, in another color.
  weights(context, pictures, { counts, top, zeros, total }, look) {
    const bins = counts.length;
    const most = Math.max(1, ...counts);
    const plot = this.plot(makeScale("linear", -top || -1, top || 1), makeScale("linear", 0, 1.04 * most), "weight", "number of weights");
    drawAxes(context, look, plot);
    const colors = { other: look.muted, zero: "#009E73" };
    const wide = plot.width / bins;
    const bar = (i, from, to, color) => {
      context.fillStyle = color;
      context.fillRect(plot.left + i * wide + 0.5, plot.toY(to), Math.max(1, wide - 1), plot.toY(from) - plot.toY(to));
    };
    this.cut(context, plot, () => {
      for (let i = 0; i < bins; i += 1) {
        const own = i === (bins - 1) / 2 ? zeros : 0;
        if (own) bar(i, 0, own, colors.zero);
        if (counts[i] > own) bar(i, own, counts[i], colors.other);
      }
    });
    const share = total ? (100 * zeros) / total : 0;
    const text = zeros ? `${formatNumber(share, 3)} % are exactly zero` : "none is exactly zero";
    context.font = look.font(11, 600);
    context.fillStyle = zeros ? colors.zero : look.muted;
    context.textAlign = "right";
    context.textBaseline = "top";
    context.fillText(text, plot.left + plot.width - 5, plot.top + 4);
    this.canvas.setAttribute("aria-label", `${this.canvas.getAttribute("aria-label")}: of ${total} weights ${text}`);
  }

  say(context, text, look) {
    context.font = look.font(13);
    context.fillStyle = look.muted;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(fitText(context, text, this.width - 10), this.width / 2, this.height / 2);
  }
}
