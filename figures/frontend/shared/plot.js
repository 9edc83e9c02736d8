// A chart made of SVG elements: axes with titles, lines, bars and marks; what a page shows is what a file holds.

import { svg } from "./dom.js";
import { axisName, clamp, makeScale } from "./numbers.js";

const short = (number) => Number(number.toFixed(2));
let plots = 0;

export class SvgPlot {
  // titles of both axes; label: for who cannot see it.
  constructor(label, titles) {
    plots += 1;
    this.clip = `dz-clip-${plots}`;
    this.titles = titles;
    this.root = svg("svg", { role: "img", "aria-label": label, class: "dz-plot" });
    this.back = svg("g", {});
    this.front = svg("g", { "clip-path": `url(#${this.clip})` });
    this.inner = svg("rect", {});
    this.root.append(svg("defs", {}, svg("clipPath", { id: this.clip }, this.inner)), this.back, this.front);
  }

  // Size in CSS pixels, the ends of both axes and their scales, "linear" or "log"; draws the axes.
  frame(look, width, height, x, y, scales = ["linear", "linear"]) {
    const size = (points) => parseFloat(look.font(points).split(" ")[1]);
    const [small, title] = [size(11), size(11.5)];
    const box = { left: 3.6 * small + title, top: 8, right: width - 10, bottom: height - small - title - 18 };
    Object.assign(this, { look, width, height, x, y, box, small, across: makeScale(scales[0], ...x), up: makeScale(scales[1], ...y) });
    for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) this.root.setAttribute(name, value);
    const { left, top, right, bottom } = box;
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) this.inner.setAttribute(name, short(value));
    const up = this.up.ticks(clamp((bottom - top) / 34, 2, 8));
    const across = this.across.ticks(clamp((right - left) / 62, 2, 10));
    const parts = [];
    for (const { value, label } of up.ticks) {
      parts.push(this.rule(left, this.toY(value), right, this.toY(value)), this.text(label, left - 6, this.toY(value) + 0.35 * small, "end", small, look.muted));
    }
    for (const { value, label } of across.ticks) {
      const atEnd = this.toX(value) + 0.3 * small * label.length > width; // a digit is as wide as 0.55 of the size
      parts.push(this.rule(this.toX(value), bottom, this.toX(value), bottom + 4), this.text(label, atEnd ? width - 1 : this.toX(value), bottom + small + 5, atEnd ? "end" : "middle", small, look.muted));
    }
    const middle = short((top + bottom) / 2);
    const turned = this.text(axisName(this.titles[1], up), 0, 0, "middle", title, look.text);
    turned.setAttribute("transform", `translate(${short(title)} ${middle}) rotate(-90)`);
    parts.push(
      svg("rect", { x: short(left), y: top, width: short(right - left), height: short(bottom - top), fill: "none", stroke: look.grid }),
      this.text(axisName(this.titles[0], across), (left + right) / 2, height - 5, "middle", title, look.text),
      turned,
    );
    this.back.replaceChildren(...parts);
    this.front.replaceChildren();
  }

  toX(value) {
    const { left, right } = this.box;
    return left + this.across.at(value) * (right - left);
  }

  toY(value) {
    const { top, bottom } = this.box;
    return bottom - this.up.at(value) * (bottom - top);
  }

  // The values at a place of the window.
  valuesAt(event) {
    const place = this.root.getBoundingClientRect();
    const { left, top, right, bottom } = this.box;
    const across = (((event.clientX - place.left) / place.width) * this.width - left) / (right - left);
    const up = (bottom - ((event.clientY - place.top) / place.height) * this.height) / (bottom - top);
    return [this.across.invert(across), this.up.invert(up)];
  }

  rule(x1, y1, x2, y2, stroke = this.look.grid, dash = "none") {
    return svg("line", { x1: short(x1), y1: short(y1), x2: short(x2), y2: short(y2), stroke, "stroke-dasharray": dash });
  }

  text(words, x, y, anchor, size, fill) {
    return svg("text", { x: short(x), y: short(y), "text-anchor": anchor, "font-size": size, fill }, words);
  }

  // A line through values, broken where one is no number. Far outside it is cut, for drawing surfaces have ends.
  line(xs, ys, attributes) {
    let path = "";
    let open = false;
    xs.forEach((x, i) => {
      if (!Number.isFinite(ys[i])) {
        open = false;
        return;
      }
      path += `${open ? "L" : "M"}${short(this.toX(x))} ${short(clamp(this.toY(ys[i]), -5000, 5000))}`;
      open = true;
    });
    return svg("path", { d: path, fill: "none", "stroke-width": 2.2, "stroke-linejoin": "round", ...attributes });
  }

  dot(x, y, radius, attributes) {
    return svg("circle", { cx: short(this.toX(x)), cy: short(this.toY(y)), r: radius, ...attributes });
  }

  bar(x, height, width, attributes) {
    const [from, to] = [this.toY(0), this.toY(height)].sort((a, b) => a - b);
    return svg("rect", { x: short(this.toX(x) - width / 2), y: short(from), width: short(width), height: short(Math.max(0, to - from)), ...attributes });
  }
}
