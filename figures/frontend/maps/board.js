// What the maps of one kind share: panels side by side, a line that reads what is under the pointer, passes from coarse
// to fine, and a coarse one while a hand moves a rate.

import { element, readLook } from "../shared/dom.js";
import { guard, listen } from "../shared/failure.js";
import { clamp, formatNumber } from "../shared/numbers.js";
import { saveCsv } from "../shared/save.js";
import { Panel, SIDE } from "./panel.js";
import { rowSamples } from "./samples.js";
import { pictureWidth, savePng, saveSvg, takeAway } from "./take.js";

const REST = 300; // milliseconds without a move after which a coarse map grows finer
const IN_HAND = 45; // milliseconds that a map may take while a rate moves
const PATIENCE = 5000; // milliseconds in which an answer to what was sent may come
const WIDE = 720;
const COARSEST = 16;
const FIRST = 8; // 64 x 64

export class Board {
  // kind: what differs from board to board; see basins.js and rates.js.
  constructor(root, crew, hooks, kind) {
    Object.assign(this, { root, crew, hooks, kind, boards: new Map(), hovered: null });
    this.row = element("div", { class: "dm-panels" });
    this.readout = element("div", { class: "dm-readout" });
    this.legend = element("div", { class: "dm-legend", role: "status" });
    this.link = element("a", { class: "dm-link", target: "_self" });
    this.progress = element("span", { class: "dm-progress" });
    this.take = takeAway((what) => this.takeAway(what));
    this.notes = element("div", { class: "dm-notes" });
    this.root.replaceChildren(this.row, element("div", { class: "dm-bar" }, this.readout, this.link, this.take), this.legend, this.notes);
    this.observer = new ResizeObserver(guard(root, () => this.relayout()));
    this.observer.observe(root);
    listen(root, "transitionend", (event) => event.target === root && this.restyle());
  }

  show(header) {
    this.header = header;
    this.look = { ...readLook(this.root), paper: "#FFFFFF" };
    this.inks = null;
    const slots = header.rules.map(({ slot }) => slot);
    for (const slot of [...this.boards.keys()]) if (!slots.includes(slot)) this.drop(slot);
    for (const rule of header.rules) {
      if (!this.boards.has(rule.slot)) this.boards.set(rule.slot, this.board(rule));
      const one = this.boards.get(rule.slot);
      one.rule = rule;
      one.inputs = this.kept(one, rule);
      one.panel.setAxes(this.kind.axes(header));
      one.panel.hooks.label = `${rule.label}: ${this.kind.about}`;
      one.panel.top.setAttribute("aria-label", `${one.panel.hooks.label}. Arrow keys move the mark${this.kind.opens ? ", Enter opens the race" : ""}.`);
      this.showRate(one);
    }
    this.row.replaceChildren(...slots.map((slot) => this.boards.get(slot).root));
    this.kind.begin?.(this);
    this.relayout();
    for (const one of this.boards.values()) this.refine(one);
    this.showNotes();
    this.read(null);
  }

  // What the server says of a rate that a hand holds, or has let go of a moment ago, is out of date.
  kept(one, rule) {
    const inputs = { ...(rule.program ?? rule).inputs };
    const { rate } = rule;
    if (!rate || one.key === undefined || one.label !== rule.label) {
      one.label = rule.label;
      return inputs;
    }
    const late = one.sent && one.sent.rate !== inputs[rate.name] && performance.now() - one.sent.at < PATIENCE;
    if (!one.held && !late) return inputs;
    return { ...inputs, [rate.name]: one.inputs[rate.name] };
  }

  drop(slot) {
    this.crew.stop(slot);
    this.boards.delete(slot);
  }

  board(rule) {
    const slot = rule.slot;
    const panel = new Panel({
      hover: (point) => this.read(point),
      pick: (point) => this.pick(slot, point),
      picked: () => this.kind.mark(this, slot),
      open: () => this.kind.opens && this.link.click(),
      over: (context, look, plot) => this.kind.over(this, this.boards.get(slot), context, look, plot),
    });
    const name = element("span", { class: "dm-name" });
    const value = element("output", { class: "dm-value" });
    const slider = element("input", { class: "dm-slider", type: "range", min: "0", step: "1" });
    const one = { slot, panel, name, value, slider, wanted: null, shown: null };
    one.root = element("div", { class: "dm-panel" }, element("div", { class: "dm-head" }, name, slider, value), panel.root);
    listen(slider, "input", () => this.move(one, one.rule.rate.stops[Number(slider.value)]));
    listen(slider, "change", () => this.let(one));
    return one;
  }

  // ---- the rate in the hand -----------------------------------------------------------------------------------------

  showRate(one) {
    const { rate, label } = one.rule;
    one.name.textContent = label;
    const offered = rate && this.kind.slides(this.header, rate.name);
    one.slider.hidden = one.value.hidden = !offered;
    if (!offered) return;
    const now = one.inputs[rate.name];
    const stops = rate.stops;
    one.slider.max = String(stops.length - 1);
    one.slider.setAttribute("aria-label", `Rate of ${label}`);
    const place = stops.reduce((best, stop, i) => (Math.abs(Math.log(stop / now)) < Math.abs(Math.log(stops[best] / now)) ? i : best), 0);
    one.slider.value = String(place);
    this.tellRate(one);
  }

  tellRate(one) {
    const text = `rate ${formatNumber(one.inputs[one.rule.rate.name])}`;
    one.value.textContent = text;
    one.slider.setAttribute("aria-valuetext", text);
  }

  move(one, rate) {
    one.held = true;
    one.inputs = { ...one.inputs, [one.rule.rate.name]: rate };
    this.tellRate(one);
    this.kind.moved?.(this, one);
    this.showLink();
    this.coarse(one);
    clearTimeout(one.timer);
    one.timer = setTimeout(guard(this.root, () => this.refine(one)), REST);
  }

  let(one) {
    const { name } = one.rule.rate;
    one.held = false;
    one.sent = { rate: one.inputs[name], at: performance.now() };
    this.hooks.onSet?.({ [`${one.slot}.${name}`]: one.inputs[name] });
  }

  // ---- computing ----------------------------------------------------------------------------------------------------

  sheet(one) {
    const sheet = this.kind.sheet(this, one);
    const size = one.rule.program.step.length + this.header.surface.gradient.length;
    sheet.cost = ((sheet.steps / 500) * (sheet.starts?.length || 1) * size) / 100;
    return sheet;
  }

  // One coarse map, and when it is there the next for the rate that the hand has come to since.
  coarse(one) {
    one.again = one.moving;
    if (one.moving) return;
    const sheet = this.sheet(one);
    const key = JSON.stringify(sheet);
    const able = (IN_HAND * this.crew.pace * this.crew.size) / this.boards.size / sheet.cost;
    const stride = able >= 128 ** 2 ? FIRST / 2 : able >= 64 ** 2 ? FIRST : COARSEST;
    one.moving = true;
    one.key = null;
    this.crew.compute(one.slot, sheet, SIDE, [stride], {
      piece: (samples, data) => this.piece(one, samples, data, stride),
      end: () => {
        one.moving = false;
        this.complete(one, key, stride);
        if (one.again) this.coarse(one);
      },
    });
  }

  // The map as fine as it gets, from what is known of it.
  refine(one) {
    if (one.rule.computed) {
      this.showComputed(one);
      return;
    }
    const sheet = this.sheet(one);
    const key = JSON.stringify(sheet);
    if (one.key === key) return;
    const known = one.shown === key ? one.panel.stride : null;
    one.moving = one.again = false;
    one.key = key;
    const finest = this.kind.finest || 1;
    const strides = [COARSEST, FIRST, 4, 2, 1].filter((each) => each >= finest && (known === null || each < known));
    if (known === null && one.shown !== null) strides.shift(); // the old map stays until one of 64 x 64 is there
    let stride = null;
    if (!strides.length) return;
    this.crew.compute(
      one.slot,
      sheet,
      SIDE,
      strides,
      {
        piece: (samples, data) => {
          stride = strides[0];
          this.piece(one, samples, data, stride);
        },
        pass: () => {
          this.complete(one, key, strides.shift());
        },
      },
      known,
    );
    this.tellProgress();
  }

  // What the server has computed by now, of a rule that has no program.
  showComputed(one) {
    const { stride, lowest, kind, number } = one.rule.computed;
    this.crew.stop(one.slot);
    one.moving = one.again = false;
    one.key = null;
    if (!stride) {
      // The map of another rule would be taken for this one's.
      if (one.shown !== `computed ${one.rule.key}`) one.panel.clear();
      this.tellProgress();
      this.showLegend();
      this.wake();
      return;
    }
    const from = (codes) => Float64Array.from(codes, (each) => each + lowest);
    this.piece(one, rowSamples(SIDE, stride, true, 0, SIDE / stride), { kind: from(kind), number: from(number) }, stride);
    this.complete(one, `computed ${one.rule.key}`, stride);
  }

  piece(one, samples, data, stride) {
    one.panel.take(samples, data, stride, this.ink);
    this.wake();
  }

  complete(one, key, stride) {
    one.shown = key;
    one.panel.stride = stride;
    one.panel.root.dataset.stride = String(stride);
    one.panel.root.dataset.passes = String(Number(one.panel.root.dataset.passes || 0) + 1);
    this.tellProgress();
    if (!one.moving) this.showLegend();
    if (!this.hovered) this.read(null);
    this.wake();
  }

  tellProgress() {
    const open = [...this.boards.values()].filter(({ panel, rule }) => (rule.computed ? !rule.computed.last : !(panel.stride && panel.stride <= (this.kind.finest || 1))));
    const least = Math.min(...open.map(({ panel }) => (panel.stride ? SIDE / panel.stride : 0)));
    const shares = open.flatMap(({ rule }) => (rule.computed ? [rule.computed.share] : []));
    const share = shares.length ? `, ${Math.floor(100 * Math.min(...shares))} % of the next` : "";
    this.progress.textContent = !open.length ? "" : least ? `${least} × ${least}, growing finer${share}` : `computing${share}`;
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  get ink() {
    this.inks ||= this.kind.ink(this.header, this.look);
    return this.inks;
  }

  wake() {
    this.frame ||= requestAnimationFrame(
      guard(this.root, () => {
        this.frame = null;
        for (const { panel } of this.boards.values()) panel.draw(this.look);
      }),
    );
  }

  // All of it, where the browser has lost what was drawn.
  repaint() {
    for (const { panel } of this.boards.values()) panel.forget();
    this.relayout();
  }

  relayout() {
    if (!this.header) return;
    const width = this.root.clientWidth;
    if (!width) return;
    const wide = width >= WIDE;
    const beside = wide ? this.boards.size : 1;
    const alone = wide && beside === 1;
    this.root.classList.toggle("dm-alone", alone);
    const own = alone ? Math.floor(0.68 * width) : Math.floor((width - 12 * (beside - 1)) / beside);
    const tallest = clamp(window.innerHeight - 250, 280, 760);
    const high = Math.round(clamp(this.shape() * (own - 58) + 46, 240, tallest));
    const across = this.kind.shaped ? Math.min(own, Math.round((high - 46) / this.shape()) + 58) : own;
    this.row.style.gridTemplateColumns = alone ? `${across}px` : `repeat(${beside}, minmax(0, ${across}px))`;
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    for (const { panel } of this.boards.values()) panel.layout(across, high, ratio);
    this.wake();
  }

  // Height over width of a map: that of its window, as far as it is not too slender.
  shape() {
    const [[x0, x1], [y0, y1]] = this.header.window;
    return this.kind.shaped ? clamp((y1 - y0) / (x1 - x0), 0.5, 1.2) : 0.75;
  }

  restyle() {
    if (!this.header) return;
    this.look = { ...readLook(this.root), paper: "#FFFFFF" };
    this.inks = null;
    for (const { panel } of this.boards.values()) panel.recolor(this.ink);
    this.showLegend();
    this.wake();
  }

  // ---- words --------------------------------------------------------------------------------------------------------

  pick(slot, point) {
    this.kind.pick(this, slot, point.map((value) => Number(value.toPrecision(6))));
    this.read(null);
    this.wake();
  }

  read(point) {
    this.hovered = point;
    this.readout.textContent = this.kind.words(this, point);
    this.showLink();
    for (const { panel } of this.boards.values()) panel.drawTop(this.look);
  }

  showLink() {
    const address = this.kind.address?.(this);
    this.link.hidden = !address;
    if (!address) return;
    this.link.href = address;
    this.link.textContent = "Race from here";
  }

  showNotes() {
    const notes = this.header.notes.map((note) => element("span", {}, note));
    this.notes.replaceChildren(this.progress, ...notes);
  }

  // [{ color, text, shares }] as a table that is read out, too.
  showLegend() {
    const several = this.boards.size > 1;
    const rows = this.kind.legend(this);
    const head = several ? [element("tr", {}, element("th", { scope: "col" }, "End"), ...[...this.boards.values()].map(({ rule }) => element("th", { scope: "col" }, rule.label)))] : [];
    const body = rows.map(({ color, text, shares }) => {
      const chip = element("i", { class: "dm-chip" });
      chip.style.background = color;
      return element("tr", {}, element("th", { scope: "row" }, chip, text), ...shares.map((share) => element("td", {}, share)));
    });
    this.legend.replaceChildren(element("table", {}, element("caption", {}, this.kind.shares), ...head, ...body));
  }

  takeAway(what) {
    const name = `${this.kind.file}-${this.header.surface.key}`;
    const boards = [...this.boards.values()];
    if (what === "csv") return saveCsv(name, this.kind.rows(this));
    const high = Math.round(this.shape() * (pictureWidth() - 58) + 46);
    const panels = boards.map((one) => ({
      title: `${one.rule.label}${one.slider.hidden ? "" : `, ${one.value.textContent}`}`,
      high,
      draw: (context, x, y, width, height) => {
        const plot = one.panel.plotIn(x, y, width, height);
        one.panel.drawBase(context, this.look, plot);
        this.kind.over(this, one, context, this.look, plot);
      },
    }));
    const legend = this.kind.legend(this).map(({ color, text, shares }) => ({ color, text: `${text}: ${shares.join(" | ")}` }));
    const sheet = { title: `${this.kind.title}: ${this.header.surface.name}`, panels, legend };
    (what === "png" ? savePng : saveSvg)(name, sheet, this.look);
    return undefined;
  }

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    for (const one of this.boards.values()) {
      clearTimeout(one.timer);
      this.crew.stop(one.slot);
    }
  }
}
