// A picture on a canvas with two linear axes, drawn anew whenever the neuron moves.

import { drawAxes } from "../shared/axes.js";
import { makeScale } from "../shared/numbers.js";
import { drawMarker } from "../race/marks.js";

const PLOT_MARGIN = { left: 46, right: 10, top: 22, bottom: 34 };

export class NeuronPlot {
  constructor(host) {
    this.host = host;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "dl-chart-canvas";
    this.canvas.setAttribute("role", "img");
    host.append(this.canvas);
  }

  resize(ratio) {
    const { clientWidth: width, clientHeight: height } = this.host;
    Object.assign(this, { outerWidth: width, outerHeight: height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
  }

  // An empty picture with these axes; what is drawn inside `inside` is cut off at them.
  frame(look, { x, y, xTitle, yTitle, title }, under, inside) {
    const { outerWidth, outerHeight, ratio } = this;
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, outerWidth, outerHeight);
    const { left, top } = PLOT_MARGIN;
    const width = Math.max(20, outerWidth - left - PLOT_MARGIN.right);
    const height = Math.max(20, outerHeight - top - PLOT_MARGIN.bottom);
    const [xScale, yScale] = [makeScale("linear", ...x), makeScale("linear", ...y)];
    const toX = (value) => left + xScale.at(value) * width;
    const toY = (value) => top + (1 - yScale.at(value)) * height;
    Object.assign(this, { look, context, left, top, width, height, xScale, yScale, toX, toY });
    under?.(context);
    drawAxes(context, look, { left, top, width, height, xScale, yScale, toX, toY, xTitle, yTitle });
    context.font = look.font(12, 600);
    context.fillStyle = look.text;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(title, left, 10);
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    inside(context);
    context.restore();
  }

  // The values at a place of the window.
  valuesAt(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left - this.left) / this.width, 1 - (event.clientY - box.top - this.top) / this.height];
  }

  // A line through values, broken where one is no number.
  curve(values, count, [low, high], color, width, dash = []) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.lineJoin = "round";
    context.beginPath();
    let open = false;
    for (let i = 0; i <= count; i += 1) {
      const x = low + ((high - low) * i) / count;
      const y = this.toY(values(x));
      if (!Number.isFinite(y)) {
        open = false;
        continue;
      }
      context[open ? "lineTo" : "moveTo"](this.toX(x), Math.max(-1e4, Math.min(1e4, y)));
      open = true;
    }
    context.stroke();
    context.setLineDash([]);
  }

  // A straight line between two places in pixels.
  segment([x0, y0], [x1, y1], color, width, dash = []) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
    context.setLineDash([]);
  }

  // The chosen row: its marker, larger, in a ring.
  chosen(x, y, color, outline) {
    const { context, look } = this;
    drawMarker(context, outline, x, y, 6.5, color, look.halo);
    context.strokeStyle = look.text;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 11, 0, 2 * Math.PI);
    context.stroke();
  }

  // The number of the row whose marker is nearest to a press, within `reach` pixels; -1 where there is none. place(row): in
  // pixels.
  nearest(event, table, place, reach) {
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let [best, near] = [-1, reach];
    for (let i = 0; i < table.count; i += 1) {
      const [x, y] = place(table.row(i));
      const away = Math.hypot(x - px, y - py);
      if (away < near) [best, near] = [i, away];
    }
    return best;
  }
}
