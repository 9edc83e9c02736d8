// The live curves: one chart of one or several runs, and what the network looks like beside it.
// mountLive(root) -> view; view.show(bytes) takes a payload (live_decode.js); view.destroy() ends it.
//
// What a person has chosen (panel, scales, zoom, cursor, hidden runs) outlives every new payload.

import { element, fillMenu, menu, readLook, svg } from "./dom.js";
import { LiveChart } from "./live_chart.js";
import { decodeLive } from "./live_decode.js";
import { linesOf, nearest, newest, translate } from "./live_panel.js";
import { PICTURES, PictureView } from "./live_picture.js";
import { extent, rangeX, rangeY, toScale } from "./live_scale.js";
import { clamp, formatNumber } from "./numbers.js";

const WIDE_FROM = 700;
const NARROW_TO = 600;
const CLOCKS = { epoch: "epoch", step: "step", seconds: "seconds" };
const FEW = 4; // lines up to which the line below the chart tells all of them

class LiveCurves {
  constructor(root) {
    this.root = root;
    this.choice = { panel: null, y: null, x: null, xLog: false, picture: null };
    this.hidden = new Set();
    this.ranges = new Map();
    this.zoomed = null;
    this.cursor = null;
    this.pointerY = null;
    this.build();
  }

  build() {
    this.tabs = element("div", { class: "dl-tabs", role: "group", "aria-label": "What the chart shows" });
    this.inside = menu("Inside the network", () => this.choose({ panel: this.inside.value }));
    this.inside.classList.add("dl-inside");
    this.across = menu("Horizontal axis", () => this.chooseClock(this.across.value));
    this.logY = this.toggle("log y", "Logarithmic vertical axis", () => this.choose({ y: this.yKind === "log" ? "linear" : "log" }));
    this.logX = this.toggle("log x", "Logarithmic horizontal axis", () => this.choose({ xLog: !this.choice.xLog }));
    this.controls = element("div", { class: "dl-live-head" }, this.tabs, element("div", { class: "dl-live-axes" }, this.across, this.logX, this.logY));
    this.plotHost = element("div", { class: "dl-live-plot" });
    this.tip = element("div", { class: "dl-live-tip", hidden: true });
    this.chart = new LiveChart(this.plotHost, {
      move: (x, y) => this.point(x, y),
      zoom: (range) => this.zoom(range),
    });
    this.plotHost.append(this.tip);
    this.legend = element("div", { class: "dl-legend", role: "group", "aria-label": "Runs shown" });
    this.readout = element("div", { class: "dl-live-readout" });
    this.left = element("div", { class: "dl-live-left" }, this.controls, this.plotHost, this.readout);
    this.kinds = element("div", { class: "dl-tabs", role: "group", "aria-label": "Picture of the network" });
    this.pictureHost = element("div", { class: "dl-live-canvas" });
    this.picture = new PictureView(this.pictureHost);
    this.scrub = element("input", { type: "range", class: "dl-scrub", min: 0, max: 0, step: 1, "aria-label": "Epoch of the picture", oninput: () => this.scrubbed() });
    this.epochText = element("span", { class: "dl-live-epoch" });
    this.key = element("div", { class: "dl-live-key" });
    this.right = element(
      "div",
      { class: "dl-live-right" },
      element("div", { class: "dl-live-head" }, this.kinds),
      this.pictureHost,
      this.key,
      element("div", { class: "dl-live-foot" }, this.scrub, this.epochText),
    );
    this.stage = element("div", { class: "dl-live-stage" }, this.left, this.right);
    this.root.classList.add("dl-live");
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "group");
    this.root.append(this.legend, this.stage);
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.root.addEventListener("pointerdown", () => this.root.classList.add("dl-pointed"));
    this.root.addEventListener("transitionend", (event) => event.target === this.root && this.restyle());
    this.observer = new ResizeObserver(() => this.relayout());
    for (const host of [this.root, this.plotHost, this.pictureHost]) this.observer.observe(host);
  }

  toggle(text, label, onclick) {
    return element("button", { type: "button", class: "dl-tab", "aria-label": label, title: label, "aria-pressed": "false", onclick }, text);
  }

  // ---- data ---------------------------------------------------------------------------------------------------------

  show(bytes) {
    const data = decodeLive(bytes);
    const shown = JSON.stringify([data.kind, data.runs.map((run) => run.id)]);
    if (shown !== this.shown) {
      this.ranges.clear();
      this.zoomed = this.cursor = null;
      this.shown = shown;
    }
    this.data = data;
    this.root.style.setProperty("--dl-height", `${data.height || 420}px`);
    this.root.classList.toggle("dl-no-picture", !data.roomForPicture && !data.pictures);
    this.root.classList.toggle("dl-several", data.runs.length > 1 && data.kind !== "sweep");
    this.look = readLook(this.root);
    this.lookKey = JSON.stringify(this.look);
    this.buildLegend();
    this.buildTabs();
    this.relayout();
    this.refresh();
  }

  get panel() {
    const { panels } = this.data;
    return panels.find((panel) => panel.key === this.choice.panel) || panels[0];
  }

  get clock() {
    return this.choice.x || this.data.x;
  }

  get focus() {
    return this.data.runs[this.data.focus];
  }

  choose(part) {
    Object.assign(this.choice, part);
    if ("panel" in part) {
      this.choice.y = null;
      this.pointerY = null;
    }
    this.buildTabs();
    this.refresh();
  }

  chooseClock(x) {
    const { clocks } = this.focus;
    const before = this.clock;
    const moved = (value) => translate(clocks[before], clocks[x], value);
    if (this.cursor !== null) this.cursor = moved(this.cursor);
    if (this.zoomed) this.zoomed = this.zoomed.map(moved);
    this.choose({ x });
  }

  zoom(range) {
    this.zoomed = range;
    this.refresh();
  }

  // ---- controls -----------------------------------------------------------------------------------------------------

  buildTabs() {
    const { panels } = this.data;
    const outer = panels.filter((panel) => !panel.inside);
    const inner = panels.filter((panel) => panel.inside);
    const key = JSON.stringify(panels.map((panel) => [panel.key, panel.text]));
    if (key !== this.tabsKey) {
      this.tabsKey = key;
      const single = panels.length === 1;
      this.tabs.replaceChildren(
        ...outer.map((panel) =>
          element("button", { type: "button", class: single ? "dl-tab dl-only" : "dl-tab", "data-panel": panel.key, onclick: () => this.choose({ panel: panel.key }) }, panel.text),
        ),
        ...(inner.length ? [this.inside] : []),
      );
      fillMenu(this.inside, [["", "Inside the network"], ...inner.map((panel) => [panel.key, panel.text])], "");
    }
    const now = this.panel;
    for (const tab of this.tabs.querySelectorAll("[data-panel]")) tab.setAttribute("aria-pressed", String(tab.dataset.panel === now.key));
    this.inside.value = now.inside ? now.key : "";
    this.inside.classList.toggle("dl-chosen", now.inside);
    const sweep = this.data.kind === "sweep";
    this.across.hidden = this.logX.hidden = sweep;
    if (!sweep) fillMenu(this.across, Object.entries(CLOCKS).map(([name, text]) => [name, `by ${text}`]), this.clock);
    this.logX.setAttribute("aria-pressed", String(this.choice.xLog));
    this.buildKinds();
  }

  buildKinds() {
    const { pictures } = this.data;
    const kinds = Object.keys(PICTURES).filter((kind) => pictures?.album.some((entry) => entry[kind]));
    const key = JSON.stringify([kinds, pictures?.classes, this.look.dark]);
    this.pictureKinds = kinds;
    const now = this.pictureKind;
    if (key !== this.kindsKey) {
      this.kindsKey = key;
      this.kinds.replaceChildren(
        ...kinds.map((kind) =>
          element("button", { type: "button", class: kinds.length > 1 ? "dl-tab" : "dl-tab dl-only", "data-picture": kind, onclick: () => this.choose({ picture: kind }) }, PICTURES[kind]),
        ),
      );
    }
    for (const tab of this.kinds.children) tab.setAttribute("aria-pressed", String(tab.dataset.picture === now));
    this.buildKey(now);
  }

  get pictureKind() {
    return this.pictureKinds?.includes(this.choice.picture) ? this.choice.picture : this.pictureKinds?.[0];
  }

  // What colors and shapes in the picture mean.
  buildKey(kind) {
    const { pictures } = this.data;
    const key = JSON.stringify([kind, pictures?.classes, Boolean(pictures?.points.train_x), this.look.dark]);
    if (key === this.keyKey) return;
    this.keyKey = key;
    const entries = [];
    const dark = this.look.dark ? 1 : 0;
    if (kind === "surface") {
      pictures.classes.slice(0, 6).forEach((name, i) => entries.push(this.swatch(pictures.markers[i] || [], pictures.colors[i][dark], true, name)));
    }
    if ((kind === "surface" || kind === "curve") && pictures.points.train_x) {
      const [train, val] = kind === "curve" ? (dark ? ["#56B4E9", "#E69F00"] : ["#0072B2", "#D55E00"]) : [this.look.muted, this.look.muted];
      entries.push(this.swatch([], train, true, "training"), this.swatch([], val, false, "validation"));
    }
    if (kind === "mistakes") entries.push(element("span", {}, "true class → predicted class, surest first"));
    if (kind === "confusion") entries.push(element("span", {}, "validation rows by true and predicted class"));
    this.key.replaceChildren(...entries);
  }

  swatch(outline, color, filled, name) {
    const look = { fill: filled ? color : "none", stroke: color, "stroke-width": 1.6 };
    const mark = outline.length
      ? svg("polygon", { points: outline.map(([x, y]) => `${6 + 4.6 * x},${6 + 4.6 * y}`).join(" "), ...look })
      : svg("circle", { cx: 6, cy: 6, r: 4, ...look });
    return element("span", { class: "dl-live-swatch" }, svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, mark), element("span", {}, name));
  }

  buildLegend() {
    const { runs, kind } = this.data;
    const several = runs.length > 1 && kind !== "sweep";
    const key = JSON.stringify([several, runs.map((run) => [run.id, run.name, run.title, run.colors]), this.look.dark, kind]);
    if (key !== this.legendKey) {
      this.legendKey = key;
      this.chips = new Map();
      this.chipValues = new Map();
      for (const run of several ? runs : []) {
        const value = element("span", { class: "dl-value" });
        const line = svg("line", { x1: 0, y1: 7, x2: 20, y2: 7, stroke: run.colors.val[this.look.dark ? 1 : 0], "stroke-width": 3 });
        const chip = element(
          "button",
          { type: "button", class: "dl-chip", title: `Show or hide ${run.title}`, onclick: () => this.toggleRun(run.id) },
          svg("svg", { viewBox: "0 0 20 14", width: 20, height: 14, "aria-hidden": "true" }, line),
          element("span", {}, run.name),
          value,
        );
        this.chips.set(run.id, chip);
        this.chipValues.set(run.id, value);
      }
      const parts = several ? [this.dashKey([5, 3], 1.6), this.dashKey([], 2.2)] : [];
      this.partNames = parts.map(() => element("span", {}));
      this.parts = element("span", { class: "dl-live-parts" }, ...parts.flatMap((part, i) => [part, this.partNames[i]]));
      this.legend.replaceChildren(...this.chips.values(), this.parts);
    }
    for (const [id, chip] of this.chips) chip.setAttribute("aria-pressed", String(!this.hidden.has(id)));
  }

  dashKey(dash, width) {
    const line = svg("line", { x1: 0, y1: 7, x2: 22, y2: 7, stroke: "currentColor", "stroke-width": width, "stroke-dasharray": dash.join(" ") });
    return svg("svg", { viewBox: "0 0 22 14", width: 22, height: 14, "aria-hidden": "true" }, line);
  }

  toggleRun(id) {
    if (this.hidden.has(id)) this.hidden.delete(id);
    else this.hidden.add(id);
    this.buildLegend();
    this.refresh();
  }

  // ---- from data to chart -------------------------------------------------------------------------------------------

  refresh() {
    if (!this.data) return;
    const { data, look, panel, clock } = this;
    const lines = linesOf(data, panel, clock, this.hidden, look);
    const loss = panel.key === "loss" && data.kind === "live";
    const marks = this.marks(panel, clock, lines, look);
    const x = this.xRange(lines, marks.looks, panel);
    const y = this.yRange(panel, lines, marks.looks, x, data.baseline, loss);
    this.yKind = y.kind;
    this.logY.setAttribute("aria-pressed", String(y.kind === "log"));
    if (this.partNames.length) this.nameParts(lines);
    const chart = {
      lines,
      xScale: toScale(x),
      yScale: toScale(y),
      xTitle: panel.xTitle || CLOCKS[clock],
      yTitle: panel.title,
      guide: panel.guide,
      guideText: panel.guideText,
      band: panel.band,
      baseline: loss ? data.baseline : null,
      points: Boolean(panel.points),
      note: lines.some((line) => newest(line.ys) >= 0) || marks.looks.length ? "" : data.note,
      ...marks,
    };
    this.chart.setData(chart, this.words(panel, clock, lines));
    this.root.setAttribute("aria-label", `${this.words(panel, clock, lines)} Arrow keys move the cursor, Escape leaves it.`);
    this.chart.draw(look);
    this.drawCursor();
  }

  nameParts(lines) {
    const names = lines.some((line) => line.part === "train")
      ? this.panel.lines.some((line) => "depth" in line) ? ["first layer", "last layer"] : ["training", "validation"]
      : [];
    this.partNames.forEach((node, i) => { node.textContent = names[i] || ""; });
    this.parts.style.visibility = names.length ? "visible" : "hidden";
  }

  // Span of the verdict, best epochs, forks and looks, on the clock that is shown.
  marks(panel, clock, lines, look) {
    const { data, focus } = this;
    if (data.kind === "sweep") return { looks: [] };
    const dark = look.dark ? 1 : 0;
    const on = (run, epoch) => (clock === "epoch" ? epoch : translate(run.clocks.epoch, run.clocks[clock], epoch));
    const shown = data.runs.filter((run) => !this.hidden.has(run.id));
    const { finding } = data;
    const span = finding && shown.includes(focus) ? { ...finding, from: on(focus, finding.from), to: on(focus, finding.to) } : null;
    const best = panel.key === "loss" || panel.key === "val_loss"
      ? shown.filter((run) => run.best && run.best[1] !== null).map((run) => ({ x: on(run, run.best[0]), y: run.best[1], color: run.colors.val[dark] }))
      : [];
    const forks = shown.filter((run) => run.fork !== null).map((run) => ({ x: on(run, run.fork), color: data.runs.length > 1 ? run.colors.val[dark] : null }));
    const looks = [];
    const fields = { loss: { train_loss: "train", val_loss: "val" }, metric: { train_metric: "train", val_metric: "val" } }[panel.key] || {};
    for (const run of shown) {
      for (const [field, part] of Object.entries(fields)) {
        (run.looks[field] || []).forEach((y, i) => y !== null && looks.push({ x: on(run, run.looks.epoch[i]), y, color: run.colors[part][dark] }));
      }
    }
    const once = forks.filter((fork, i) => forks.findIndex((other) => other.x === fork.x) === i);
    return { span, best, forks: once, looks };
  }

  xRange(lines, looks, panel) {
    const kind = panel.xLog || this.choice.xLog ? "log" : "linear";
    if (panel.x) {
      const { low, high } = extent([panel.x]);
      const pad = kind === "log" ? (high / low || 2) ** 0.05 : (high - low || 1) * 0.05;
      return kind === "log" ? { kind, low: low / pad, high: high * pad } : { kind, low: low - pad, high: high + pad };
    }
    if (this.zoomed) return { kind: this.zoomed[0] > 0 ? kind : "linear", low: this.zoomed[0], high: this.zoomed[1] };
    let [first, last] = [Infinity, 0];
    for (const { xs } of lines) {
      if (!xs.length) continue;
      last = Math.max(last, xs[xs.length - 1] || 0);
      for (let i = 0; i < xs.length; i += 1) {
        if (!(xs[i] > 0)) continue;
        first = Math.min(first, xs[i]);
        break;
      }
    }
    for (const { x } of looks) last = Math.max(last, x);
    const active = this.data.runs.some((run) => run.active);
    const until = this.clock === "epoch" ? Math.max(0, ...this.data.runs.map((run) => run.until || 0)) || null : null;
    return rangeX(kind, Number.isFinite(first) ? first : 1, last, until, active);
  }

  yRange(panel, lines, looks, x, baseline, loss) {
    const { zoomed } = this;
    const inView = zoomed ? (line, i) => line.xs[i] >= zoomed[0] && line.xs[i] <= zoomed[1] : null;
    let columns = lines.map((line) => line.ys);
    if (inView) columns = lines.map((line) => Array.from(line.ys).filter((_, i) => inView(line, i)));
    columns.push(looks.filter((one) => !inView || (one.x >= zoomed[0] && one.x <= zoomed[1])).map((one) => one.y));
    // A run that blows up would flatten everyone else: what is a thousand times the first loss leaves the chart.
    const starts = loss ? [baseline, ...lines.map((line) => line.ys[0])].filter((value) => Number.isFinite(value) && value > 0 && value < 1e30) : [];
    const most = starts.length ? 1e3 * Math.max(...starts) : Infinity;
    const [floor, ceiling] = panel.limits;
    const seen = extent(columns, (value) => value <= most && Math.abs(value) < 3.4e38 && (floor === null || value >= floor));
    if (panel.guide !== null && panel.guide !== undefined && seen.high >= seen.low) {
      if (seen.high < panel.guide && seen.high > panel.guide / 4) seen.high = panel.guide * 1.1;
      if (panel.guide === 0) seen.low = Math.min(seen.low, -0.05 * Math.abs(seen.high));
    }
    const wanted = this.choice.y || panel.scale;
    const key = `${panel.key}|${this.choice.y}|${zoomed}`;
    const range = rangeY(wanted, seen, panel.limits, this.ranges.get(key) || null);
    this.ranges.set(key, range);
    return range;
  }

  // The chart in words, for who cannot see it.
  words(panel, clock, lines) {
    const told = lines.slice(0, 8).map((line) => {
      const i = newest(line.ys);
      return i < 0 ? `${line.name} has no number` : `${line.name} is ${formatNumber(line.ys[i])} at ${CLOCKS[clock]} ${formatNumber(line.xs[i], 4)}`;
    });
    const { finding } = this.data;
    const best = this.focus.best && panel.key === "loss" && this.focus.best[1] !== null && this.data.runs.length === 1
      ? [`Best validation loss ${formatNumber(this.focus.best[1])} at epoch ${formatNumber(this.focus.best[0], 4)}`] : [];
    const verdict = finding ? [`${finding.name} from epoch ${formatNumber(finding.from)} to ${formatNumber(finding.to)}`] : [];
    const by = this.data.kind === "sweep" ? panel.xTitle : CLOCKS[clock];
    return `${[`${panel.title} by ${by}`, ...told, ...best, ...verdict].join(". ")}.`.replace(/^./, (first) => first.toUpperCase());
  }

  // ---- cursor -------------------------------------------------------------------------------------------------------

  point(x, y) {
    if (!this.data) return;
    this.pointerY = x === null ? null : (y ?? null);
    this.cursor = x === null ? null : this.snapped(x);
    this.drawCursor();
  }

  // The report that is nearest to a place of the axis.
  snapped(x) {
    let best = x;
    let away = Infinity;
    for (const { xs } of this.chart.data.lines) {
      const i = nearest(xs, x);
      if (i < 0 || !(Math.abs(xs[i] - x) < away)) continue;
      away = Math.abs(xs[i] - x);
      best = xs[i];
    }
    return best;
  }

  // One report on or back from the cursor.
  step(by) {
    const lines = this.chart.data.lines.filter((line) => line.xs.length);
    if (!lines.length) return;
    const longest = lines.reduce((a, b) => (b.xs[b.xs.length - 1] > a.xs[a.xs.length - 1] ? b : a)).xs;
    const { low, high } = this.chart.data.xScale;
    let first = 0;
    while (first < longest.length - 1 && longest[first] < low) first += 1;
    let last = longest.length - 1;
    while (last > 0 && longest[last] > high * (1 + 1e-9)) last -= 1;
    const here = this.cursor === null ? last + (by < 0 ? 1 : 0) : nearest(longest, this.cursor);
    this.cursor = longest[clamp(here + by, first, last)];
    this.pointerY = null;
    this.drawCursor();
  }

  pressed(event) {
    this.root.classList.remove("dl-pointed");
    if (event.altKey || event.ctrlKey || event.metaKey || !this.data || !this.chart.data) return;
    if (["SELECT", "INPUT"].includes(event.target.tagName)) return;
    const stride = event.shiftKey ? 10 : 1;
    const acts = {
      ArrowLeft: () => this.step(-stride),
      ArrowRight: () => this.step(stride),
      Home: () => this.step(-1e9),
      End: () => this.step(1e9),
      Escape: () => (this.zoomed ? this.zoom(null) : this.point(null)),
    };
    if (!(event.key in acts)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  scrubbed() {
    const { album } = this.data.pictures;
    const i = Number(this.scrub.value);
    const epoch = album[i].epoch;
    const { clocks } = this.focus;
    this.pointerY = null;
    this.cursor = i === album.length - 1 ? null : this.clock === "epoch" ? epoch : translate(clocks.epoch, clocks[this.clock], epoch);
    this.drawCursor();
  }

  drawCursor() {
    if (!this.chart.data) return;
    this.chart.drawCursor(this.cursor);
    this.tell();
    this.drawPicture();
  }

  // The line below the chart, the values in the legend and, of many lines, the list beside the cursor.
  tell() {
    const { lines } = this.chart.data;
    const { data } = this;
    const here = this.cursor === null ? lines.map((line) => ({ line, i: newest(line.ys) })).filter(({ i }) => i >= 0) : this.chart.at(this.cursor);
    const lead = this.leading(here);
    const parts = [];
    if (lead) parts.push([null, this.whenText(lead)]);
    const several = data.runs.length > 1 && data.kind !== "sweep";
    if (several) {
      for (const [id, node] of this.chipValues) {
        const own = here.filter(({ line }) => line.run.id === id);
        const main = own.find(({ line }) => line.part !== "train") || own[0];
        node.textContent = main ? formatNumber(main.line.ys[main.i], 4) : "";
      }
    }
    const told = lines.length > FEW && !several ? here.filter(({ line }) => line.label || line === lead?.line) : several && lead ? here.filter(({ line }) => line.run === lead.line.run) : here;
    for (const { line, i } of told) parts.push([line.color, `${line.name} ${formatNumber(line.ys[i], 4)}`]);
    if (this.cursor === null && !several && data.kind === "live" && this.panel.key === "loss" && this.focus.best?.[1] != null) {
      parts.push([null, `best ${formatNumber(this.focus.best[1], 4)} at epoch ${formatNumber(this.focus.best[0], 4)}`]);
    }
    const nodes = parts.map(([color, text]) => {
      const node = element("span", {}, text);
      if (color) node.style.setProperty("--dl-own", color);
      return node;
    });
    this.readout.replaceChildren(...nodes);
    this.readout.dataset.cursor = this.cursor === null ? "" : String(this.cursor);
    this.showTip(this.cursor !== null && lines.length > FEW ? here : [], lead);
  }

  // Of what stands at the cursor, the line next to the pointer, else the first of the run in focus.
  leading(here) {
    if (this.pointerY !== null && this.chart.plot) {
      const away = ({ line, i }) => Math.abs(this.chart.plot.toY(line.ys[i]) - this.pointerY);
      const known = here.filter((one) => Number.isFinite(away(one)));
      if (known.length) return known.reduce((a, b) => (away(b) < away(a) ? b : a));
    }
    return here.find(({ line }) => line.run === this.focus) || here[0] || null;
  }

  whenText({ line, i }) {
    if (this.data.kind === "sweep") return `${this.panel.xTitle} ${formatNumber(line.xs[i], 4)}`;
    const row = line.rows ? line.rows[i] : i;
    const { epoch, step, seconds } = line.run.clocks;
    const when = [`epoch ${formatNumber(epoch[row], 5)}`];
    if (Number.isFinite(step[row])) when.push(`step ${Math.round(step[row]).toLocaleString("en-US")}`);
    if (Number.isFinite(seconds[row])) when.push(`${formatNumber(seconds[row], 3)} s`);
    return when.join(", ");
  }

  showTip(here, lead) {
    this.tip.hidden = !here.length;
    if (!here.length) return;
    const { plot } = this.chart;
    const rows = [...here].sort((a, b) => (plot.toY(a.line.ys[a.i]) || 0) - (plot.toY(b.line.ys[b.i]) || 0));
    this.tip.replaceChildren(
      ...rows.slice(0, 20).map((one) => {
        const row = element("div", { class: one.line === lead?.line ? "dl-lead" : "" }, element("span", {}, one.line.name), element("b", {}, formatNumber(one.line.ys[one.i], 4)));
        row.style.setProperty("--dl-own", one.line.color);
        return row;
      }),
    );
    const x = plot.toX(this.cursor);
    const onLeft = x > plot.left + plot.width / 2;
    this.tip.style.left = onLeft ? "" : `${x + 12}px`;
    this.tip.style.right = onLeft ? `${this.chart.width - x + 12}px` : "";
  }

  // ---- picture ------------------------------------------------------------------------------------------------------

  drawPicture() {
    const { pictures } = this.data;
    const album = pictures?.album || [];
    let i = album.length - 1;
    if (this.cursor !== null && album.length > 1) {
      const { clocks } = this.focus;
      const epoch = this.clock === "epoch" ? this.cursor : translate(clocks[this.clock], clocks.epoch, this.cursor);
      i = Math.max(0, nearest(album.map((entry) => entry.epoch), epoch));
    }
    const kind = this.pictureKind;
    while (i > 0 && kind && !album[i][kind]) i -= 1;
    const entry = album[i];
    this.scrub.max = String(Math.max(0, album.length - 1));
    this.scrub.value = String(Math.max(0, i));
    this.scrub.style.setProperty("--part", `${album.length > 1 ? (100 * i) / (album.length - 1) : 100}%`);
    this.scrub.style.visibility = album.length > 1 ? "visible" : "hidden";
    this.epochText.textContent = entry ? `epoch ${formatNumber(entry.epoch, 4)}` : "";
    const key = [this.data, entry, kind, this.lookKey, this.layoutKey];
    if (this.pictureState?.every((part, j) => part === key[j])) return;
    this.pictureState = key;
    this.picture.draw(pictures, entry, kind, this.look);
  }

  // ---- layout -------------------------------------------------------------------------------------------------------

  restyle() {
    if (!this.data) return;
    const look = readLook(this.root);
    if (JSON.stringify(look) === this.lookKey) return;
    this.look = look;
    this.lookKey = JSON.stringify(look);
    this.buildLegend();
    this.buildTabs();
    this.refresh();
  }

  relayout() {
    const width = this.root.clientWidth;
    if (!width || !this.data) return;
    this.root.classList.toggle("dl-wide", width >= WIDE_FROM);
    this.root.classList.toggle("dl-narrow", width < NARROW_TO);
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const hosts = [this.plotHost, this.pictureHost];
    const key = JSON.stringify([ratio, ...hosts.map((host) => [host.clientWidth, host.clientHeight])]);
    if (key === this.layoutKey) return;
    this.layoutKey = key;
    this.chart.resize(this.plotHost.clientWidth, this.plotHost.clientHeight, ratio);
    this.picture.resize(this.pictureHost.clientWidth, this.pictureHost.clientHeight, ratio);
    if (this.chart.data) {
      this.chart.draw(this.look);
      this.drawCursor();
    }
  }

  destroy() {
    this.gone = true;
    this.observer.disconnect();
    this.root.replaceChildren();
  }
}

export function mountLive(root) {
  return new LiveCurves(root);
}
