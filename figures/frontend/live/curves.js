// The live curves: one chart of one or several runs, and what the network looks like beside it.
// mountLive(root) -> view; view.show(bytes) takes a payload (payload.js); view.destroy() ends it.
//
// What a person has chosen (panel, scales, zoom, cursor, hidden runs, picture) outlives every new payload, and is told to
// a page that has given a view (hooks.onView) as what differs from DEFAULTS; experiments/training/view.py has the same names.

import { element, readLook } from "../shared/dom.js";
import { guard, listen } from "../shared/failure.js";
import { clamp } from "../shared/numbers.js";
import { onRestored } from "../shared/restored.js";
import { ViewKeeper } from "../shared/view.js";
import { Album } from "./album.js";
import { LiveChart } from "./chart.js";
import { CLOCKS, Controls, Legend } from "./controls.js";
import { cellsOf, horizontal, inWords, marksOf, vertical } from "./frame.js";
import { linesOf, nearest, newest, translate } from "./panel.js";
import { readRuns } from "./payload.js";
import { leading, Readout } from "./readout.js";
import { toScale } from "./scale.js";

const DEFAULTS = { panel: "", picture: "", clock: "own", x: "linear", y: "own", aside: false, apart: false, hidden: "", zoom: "" };
const TWO_COLUMNS = 700;
const ONE_HAND = 600;

class LiveCurves {
  constructor(root) {
    this.root = root;
    this.hooks = {};
    this.view = new ViewKeeper(root, DEFAULTS, (view) => this.hooks.onView?.(view));
    this.choice = { panel: null, y: null, clock: null, logX: false, aside: false, apart: false };
    this.hidden = new Set();
    this.ranges = new Map();
    this.zoomed = null;
    this.cursor = null;
    this.pointerY = null;
    this.build();
  }

  build() {
    this.controls = new Controls({
      panel: (panel) => this.choose({ panel, y: null }),
      clock: (clock) => this.chooseClock(clock),
      aside: () => this.choose({ aside: !this.choice.aside }),
      logX: () => this.choose({ logX: !this.choice.logX }),
      logY: () => this.choose({ y: this.yKind === "log" ? "linear" : "log" }),
    });
    this.plotHost = element("div", { class: "dl-live-plot" });
    this.chart = new LiveChart(this.plotHost, { move: (x, y) => this.point(x, y), zoom: (range) => this.zoom(range) });
    this.readout = new Readout();
    this.plotHost.append(this.readout.tip);
    this.legend = new Legend({ run: (id) => this.toggleRun(id), apart: () => this.choose({ apart: !this.choice.apart }) });
    this.album = new Album({ kind: () => this.chosenPicture(), epoch: (epoch) => this.showEpoch(epoch) });
    const left = element("div", { class: "dl-live-left" }, this.controls.root, this.plotHost, this.readout.root);
    this.root.classList.add("dl-live");
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    this.root.append(this.legend.root, element("div", { class: "dl-live-stage" }, left, this.album.root));
    listen(this.root, "keydown", (event) => this.pressed(event));
    listen(this.root, "pointerdown", (event) => {
      this.root.classList.add("dl-pointed");
      if (event.target.tagName === "CANVAS") this.root.focus({ preventScroll: true });
    });
    listen(this.root, "transitionend", (event) => event.target === this.root && this.restyle());
    onRestored(this.root, () => this.repaint());
    this.observer = new ResizeObserver(guard(this.root, () => this.relayout()));
    for (const host of [this.root, this.plotHost, this.album.host]) this.observer.observe(host);
  }

  // ---- data ---------------------------------------------------------------------------------------------------------

  show(bytes) {
    const data = readRuns(bytes);
    const subject = JSON.stringify([data.kind, data.runs.map((run) => run.id)]);
    const given = this.view.take(data.view || {});
    if (subject !== this.subject) {
      this.subject = subject;
      this.ranges.clear();
      this.zoomed = this.cursor = null;
    }
    if (given) this.applyView(given);
    this.data = data;
    this.root.style.setProperty("--dl-height", `${data.height || 420}px`);
    this.root.classList.toggle("dl-no-picture", !data.roomForPicture && !data.pictures);
    this.root.classList.toggle("dl-several", data.runs.length > 1);
    this.look = readLook(this.root);
    this.lookKey = JSON.stringify(this.look);
    this.refresh();
    this.relayout();
  }

  applyView({ panel, picture, clock, x, y, aside, apart, hidden, zoom }) {
    const own = (value) => (value === "own" ? null : value);
    this.choice = { panel: panel || null, y: own(y), clock: own(clock), logX: x === "log", aside, apart };
    this.hidden = new Set(hidden ? hidden.split(".") : []);
    this.album.chosen = picture || null;
    const [low, high] = zoom.split("~").map(Number);
    this.zoomed = Number.isFinite(low) && low < high ? [low, high] : null;
  }

  viewState() {
    const { panel, y, clock, logX, aside, apart } = this.choice;
    const zoom = this.zoomed ? this.zoomed.map((value) => Number(value.toPrecision(6))).join("~") : "";
    return {
      panel: panel || "",
      picture: this.album.chosen || "",
      clock: clock || "own",
      x: logX ? "log" : "linear",
      y: y || "own",
      aside,
      apart,
      hidden: [...this.hidden].join("."),
      zoom,
    };
  }

  changed() {
    if (this.data?.view) this.view.changed(() => this.viewState());
  }

  chosenPicture() {
    this.drawCursor();
    this.changed();
  }

  get panel() {
    const { panels } = this.data;
    return panels.find((panel) => panel.key === this.choice.panel) || panels[0];
  }

  get clock() {
    return this.choice.clock || this.data.x;
  }

  get focus() {
    return this.data.runs[this.data.focus];
  }

  choose(part) {
    Object.assign(this.choice, part);
    this.pointerY = null;
    this.refresh();
    this.changed();
  }

  chooseClock(clock) {
    const { clocks } = this.focus;
    const moved = (value) => translate(clocks[this.clock], clocks[clock], value);
    if (this.cursor !== null) this.cursor = moved(this.cursor);
    if (this.zoomed) this.zoomed = this.zoomed.map(moved);
    this.choose({ clock });
  }

  zoom(range) {
    this.zoomed = range;
    this.refresh();
    this.changed();
  }

  toggleRun(id) {
    if (!this.hidden.delete(id)) this.hidden.add(id);
    this.refresh();
    this.changed();
  }

  refresh() {
    if (!this.data) return;
    const { data, look, panel, clock, zoomed, hidden } = this;
    const { aside, apart } = this.choice;
    this.controls.show(data, panel, clock, aside);
    this.legend.show(data, hidden, look.dark, apart);
    this.album.show(data.pictures, look);
    const lines = linesOf(data, panel, clock, hidden, look, aside);
    this.legend.nameParts(panel, lines);
    const marks = marksOf(data, panel, clock, hidden, look.dark, apart);
    const baseline = panel.key === "loss" ? data.baseline : null;
    const x = horizontal(data, panel, clock, lines, marks.looks, zoomed, this.choice.logX);
    const wanted = this.choice.y || panel.scale;
    const key = `${panel.key} ${this.choice.y} ${zoomed}`;
    const y = vertical(panel, lines, marks.looks, zoomed, baseline, wanted, this.ranges.get(key) || null);
    this.ranges.set(key, y);
    this.yKind = y.kind;
    this.controls.showScales(x.kind === "log", y.kind === "log");
    const words = inWords(data, panel, clock, lines);
    this.root.setAttribute("aria-label", `${words} Arrow keys move the cursor, Escape leaves it.`);
    const bare = !marks.looks.length && !lines.some((line) => newest(line.ys) >= 0);
    const cells = apart && !bare ? cellsOf(data, lines) : null;
    this.root.classList.toggle("dl-apart", Boolean(cells));
    this.chart.setData(
      {
        ...marks,
        lines,
        cells,
        baseline,
        xScale: toScale(x),
        yScale: toScale(y),
        xTitle: panel.xTitle || CLOCKS[clock],
        yTitle: panel.title,
        guide: panel.guide,
        guideText: panel.guideText,
        band: panel.band,
        points: Boolean(panel.points),
        note: bare ? data.note : "",
      },
      words,
    );
    this.chart.draw(look);
    this.drawCursor();
  }

  // ---- cursor -------------------------------------------------------------------------------------------------------

  point(x, y = null) {
    if (!this.chart.data) return;
    this.pointerY = x === null ? null : y;
    this.cursor = x === null ? null : this.snapped(x);
    this.drawCursor();
  }

  // The report that is nearest to a place of the axis.
  snapped(x) {
    const places = this.chart.data.lines.filter(({ xs }) => xs.length).map(({ xs }) => xs[nearest(xs, x)]);
    return places.reduce((best, place) => (Math.abs(place - x) < Math.abs(best - x) ? place : best), places[0] ?? x);
  }

  // So many reports on, or back, within what is shown.
  step(by) {
    const columns = this.chart.data.lines.map(({ xs }) => xs).filter((xs) => xs.length);
    if (!columns.length) return;
    const longest = columns.reduce((a, b) => (b[b.length - 1] > a[a.length - 1] ? b : a));
    const { low, high } = this.chart.data.xScale;
    const shown = longest.filter((x) => x >= low && x <= high * (1 + 1e-9));
    if (!shown.length) return;
    const here = this.cursor === null ? shown.length - (by < 0 ? 0 : 1) : nearest(shown, this.cursor);
    this.point(shown[clamp(here + by, 0, shown.length - 1)]);
  }

  // The cursor at a picture of the album; null is the newest.
  showEpoch(epoch) {
    const { clocks } = this.focus;
    this.pointerY = null;
    this.cursor = epoch === null || this.clock === "epoch" ? epoch : translate(clocks.epoch, clocks[this.clock], epoch);
    this.drawCursor();
  }

  pressed(event) {
    this.root.classList.remove("dl-pointed");
    if (event.altKey || event.ctrlKey || event.metaKey || !this.chart.data) return;
    if (["SELECT", "INPUT"].includes(event.target.tagName)) return;
    const stride = event.shiftKey ? 10 : 1;
    const acts = {
      ArrowLeft: () => this.step(-stride),
      ArrowRight: () => this.step(stride),
      Home: () => this.step(-Infinity),
      End: () => this.step(Infinity),
      Escape: () => (this.zoomed ? this.zoom(null) : this.point(null)),
    };
    if (!(event.key in acts)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  drawCursor() {
    if (!this.chart.data) return;
    const { chart, cursor, data, panel } = this;
    const { lines } = chart.data;
    chart.drawCursor(cursor);
    const ends = () => lines.map((line) => ({ line, i: newest(line.ys) })).filter(({ i }) => i >= 0);
    const here = cursor === null ? ends() : chart.at(cursor);
    const under = chart.data.cells && this.pointerY !== null ? here.filter(({ line }) => line.run === chart.cell.run) : here;
    const lead = leading(under, chart.plot, this.pointerY, this.focus);
    this.legend.tell(here);
    this.readout.show({ data, panel, lines, here, lead, cursor, plot: chart.plot, width: chart.width, zoomed: this.zoomed });
    const { clocks } = this.focus;
    this.album.draw(cursor === null || this.clock === "epoch" ? cursor : translate(clocks[this.clock], clocks.epoch, cursor));
  }

  // ---- layout -------------------------------------------------------------------------------------------------------

  restyle() {
    if (!this.data) return;
    const look = readLook(this.root);
    if (JSON.stringify(look) === this.lookKey) return;
    this.look = look;
    this.lookKey = JSON.stringify(look);
    this.refresh();
  }

  relayout() {
    const width = this.root.clientWidth;
    if (!width || !this.data) return;
    this.root.classList.toggle("dl-wide", width >= TWO_COLUMNS);
    this.root.classList.toggle("dl-narrow", width < ONE_HAND);
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const hosts = [this.plotHost, this.album.host];
    const key = JSON.stringify([ratio, ...hosts.map((host) => [host.clientWidth, host.clientHeight])]);
    if (key === this.layoutKey) return;
    this.layoutKey = key;
    this.chart.resize(this.plotHost.clientWidth, this.plotHost.clientHeight, ratio);
    this.album.resize(ratio);
    this.chart.draw(this.look);
    this.drawCursor();
  }

  // All of it, where the browser has lost what was drawn.
  repaint() {
    this.layoutKey = null;
    this.relayout();
  }

  destroy() {
    this.observer.disconnect();
    this.view.destroy();
    this.root.replaceChildren();
  }
}

export function mountLive(root) {
  return new LiveCurves(root);
}
