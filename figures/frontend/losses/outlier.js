// A point that is dragged, and what is fitted to all points under each loss. The fits of every place are in the payload.

import { element } from "../shared/dom.js";
import { Echo } from "../shared/echo.js";
import { guard, listen } from "../shared/failure.js";
import { clamp, formatNumber } from "../shared/numbers.js";
import { SvgPlot } from "../shared/plot.js";
import { saveCsv } from "../shared/save.js";
import { saveButtons, savePlots, tableOf } from "../shared/sheet.js";

const REST = 450; // milliseconds after which what the keys have moved counts as let go
const ON_THE_LINE = 1e-9;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 8], PageDown: [0, -8] };

// Between its knots a slope is straight.
function slopeAt({ knots, slopes }, error) {
  let i = 1;
  while (i < knots.length - 1 && knots[i] < error) i += 1;
  const part = (error - knots[i - 1]) / (knots[i] - knots[i - 1]);
  return slopes[i - 1] + part * (slopes[i] - slopes[i - 1]);
}

function nearest(grid, value) {
  return clamp(Math.round((value - grid[0]) / (grid[1] - grid[0])), 0, grid.length - 1);
}

export class Outlier {
  constructor(root, hooks) {
    Object.assign(this, { root, hooks, echo: new Echo(), held: false });
    this.plot = new SvgPlot("Points and the fit of each loss", ["x", "y"]);
    this.shares = new SvgPlot("Share of each point in the gradient, by loss", ["x of the point", "share of the gradient (%)"]);
    this.handle = element("button", { type: "button", class: "dz-handle" });
    this.stage = element("div", { class: "dz-stage" }, this.plot.root, this.handle);
    this.table = element("table", { class: "dz-table" });
    root.replaceChildren(
      element("div", { class: "dz-row" }, this.stage, element("div", { class: "dz-side" }, this.shares.root)),
      element("div", { class: "dz-bar" }, this.table, saveButtons((kind) => this.save(kind))),
    );
    listen(this.stage, "pointerdown", (event) => this.grab(event));
    listen(this.stage, "pointermove", (event) => this.held && this.carry(event));
    listen(this.stage, "pointerup", () => this.drop());
    listen(this.stage, "pointercancel", () => this.drop());
    listen(this.handle, "keydown", (event) => this.key(event));
    listen(this.handle, "blur", () => this.timer && this.drop());
  }

  show({ header, column }) {
    this.header = header;
    this.fits = header.losses.map((loss) => column(loss.fits));
    const old = this.echo.isOld(header.at);
    if (!this.at || (!this.held && !this.timer && !old)) this.at = header.at;
  }

  // ---- the hand -------------------------------------------------------------------------------------------------------

  grab(event) {
    const onHandle = event.target === this.handle;
    if (event.button || (!onHandle && event.pointerType !== "mouse")) return; // beside it a finger scrolls
    event.preventDefault();
    this.handle.focus({ preventScroll: true });
    this.stage.setPointerCapture(event.pointerId);
    this.held = true;
    this.carry(event);
  }

  carry(event) {
    const [x, y] = this.plot.valuesAt(event);
    this.place([nearest(this.header.across, x), nearest(this.header.up, y)]);
  }

  drop() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.held && !this.moved) return;
    this.held = this.moved = false;
    this.echo.tell(this.at);
    this.hooks.onSet?.({ ox: this.header.across[this.at[0]], oy: this.header.up[this.at[1]] });
  }

  key(event) {
    const step = KEYS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const far = event.shiftKey ? 4 : 1;
    this.place(this.at.map((place, i) => place + far * step[i]));
    this.moved = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(guard(this.root, () => this.drop()), REST);
  }

  place([i, j]) {
    this.at = [clamp(i, 0, this.header.across.length - 1), clamp(j, 0, this.header.up.length - 1)];
    this.draw();
  }

  // ---- what is fitted -------------------------------------------------------------------------------------------------

  get point() {
    return [this.header.across[this.at[0]], this.header.up[this.at[1]]];
  }

  // Of each loss: intercept, slope, and each point's share in the sizes of all gradients, the outlier's at the end.
  get fitted() {
    const { header, at } = this;
    const [xs, ys] = [[...header.x, this.point[0]], [...header.y, this.point[1]]];
    return header.losses.map((loss, k) => {
      const first = 2 * (at[0] * header.up.length + at[1]);
      const [intercept, slope] = this.fits[k].subarray(first, first + 2);
      const pulls = xs.map((x, i) => {
        const error = intercept + slope * x - ys[i];
        return Math.abs(slopeAt(loss, Math.abs(error) < ON_THE_LINE ? 0 : error));
      });
      const all = pulls.reduce((sum, pull) => sum + pull, 0);
      return { loss, intercept, slope, shares: pulls.map((pull) => (all ? pull / all : 0)) };
    });
  }

  // ---- drawing --------------------------------------------------------------------------------------------------------

  layout(look, width, wide) {
    const own = wide ? Math.floor(0.6 * width) - 8 : width;
    const { across, up } = this.header;
    this.look = look;
    this.color = (loss) => loss.colors[look.dark ? 1 : 0];
    this.plot.frame(look, own, wide ? 400 : 320, [across[0] - 0.4, across.at(-1) + 0.4], [up[0] - 0.6, up.at(-1) + 0.6]);
    this.shares.frame(look, wide ? width - own - 20 : width, wide ? 400 : 260, [across[0] - 0.6, across.at(-1) + 0.6], [0, 100]);
    this.draw();
  }

  draw() {
    const { plot, header, look } = this;
    const [x, y] = this.point;
    const fitted = this.fitted;
    const marks = [];
    for (const { loss, intercept, slope } of fitted) {
      const attributes = { stroke: this.color(loss), "stroke-dasharray": loss.dash.join(" ") || "none", "data-loss": loss.key };
      marks.push(plot.line(plot.x, plot.x.map((each) => intercept + slope * each), attributes));
    }
    header.x.forEach((each, i) => marks.push(plot.dot(each, header.y[i], 4.5, { fill: look.muted, stroke: look.background })));
    marks.push(plot.dot(x, y, 9, { fill: look.text, stroke: look.background, "stroke-width": 2, class: "dz-outlier" }));
    plot.front.replaceChildren(...marks);
    this.drawShares(fitted);
    const box = plot.root.viewBox.baseVal;
    this.handle.style.left = `${(100 * plot.toX(x)) / box.width}%`;
    this.handle.style.top = `${plot.toY(y)}px`;
    const told = fitted.map(({ loss, shares }) => `${loss.name} ${formatNumber(100 * shares.at(-1), 2)} %`).join(", ");
    this.handle.setAttribute("aria-label", `Outlier at ${formatNumber(x)}, ${formatNumber(y)}; its share in the gradient: ${told}. Arrow keys move it.`);
    const rows = fitted.map(({ loss, intercept, slope, shares }) => [
      loss.name,
      ...(header.line ? [formatNumber(slope)] : []),
      formatNumber(intercept),
      `${formatNumber(100 * shares.at(-1), 2)} %`,
    ]);
    this.table.replaceChildren(...tableOf(["Fit under", ...(header.line ? ["slope", "intercept"] : ["level"]), "outlier's share"], rows, fitted.map(({ loss }) => ({ color: this.color(loss), dash: loss.dash }))));
  }

  drawShares(fitted) {
    const { shares: plot, header, look } = this;
    const xs = [...header.x, this.point[0]];
    const width = Math.max(3, (plot.toX(1) - plot.toX(0)) / 4.6);
    const bars = fitted.flatMap(({ loss, shares }, k) =>
      shares.map((share, i) => {
        const outlier = i === shares.length - 1;
        const bar = plot.bar(xs[i], 100 * share, width, { fill: this.color(loss), "data-loss": loss.key, ...(outlier && { stroke: look.text, "stroke-width": 1.6 }) });
        bar.setAttribute("transform", `translate(${((k - 1) * (width + 1)).toFixed(2)} 0)`);
        return { bar, outlier };
      }),
    );
    bars.sort((a, b) => a.outlier - b.outlier); // the outlier's over a neighbor's
    plot.front.replaceChildren(...bars.map(({ bar }) => bar));
  }

  save(kind) {
    if (kind !== "csv") {
      savePlots("outlier", kind, [[this.plot, this.shares]], this.look);
      return;
    }
    const { header, fitted } = this;
    const [x, y] = this.point;
    const head = ["x", "y", "outlier", ...fitted.flatMap(({ loss }) => [`${loss.name} fit`, `${loss.name} share`])];
    const rows = [...header.x, x].map((each, i) => [
      each,
      [...header.y, y][i],
      i === header.x.length ? 1 : 0,
      ...fitted.flatMap(({ intercept, slope, shares }) => [intercept + slope * each, shares[i]]),
    ]);
    saveCsv("outlier", [head, ...rows]);
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
