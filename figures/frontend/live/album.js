// The pictures of the network by epoch: which of them, and how it is labelled.

import { element, svg } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { nearest } from "./panel.js";
import { PICTURES, PictureView, TAB_NAMES } from "./picture.js";
import { UNIT_STATES, unitColor } from "./units.js";

export class Album {
  // hooks: kind(name), epoch(epoch or null for the newest)
  constructor(hooks) {
    this.hooks = hooks;
    this.chosen = null;
    this.kinds = [];
    this.tabs = element("div", { class: "dl-tabs", role: "group", "aria-label": "Picture of the network" });
    this.host = element("div", { class: "dl-live-canvas" });
    this.view = new PictureView(this.host);
    this.scrub = element("input", { type: "range", class: "dl-scrub", min: 0, max: 0, step: 1, "aria-label": "Epoch of the picture", oninput: () => this.scrubbed() });
    this.epochText = element("span", { class: "dl-live-epoch" });
    this.key = element("div", { class: "dl-live-key" });
    this.root = element(
      "div",
      { class: "dl-live-right" },
      element("div", { class: "dl-live-head" }, this.tabs),
      this.host,
      this.key,
      element("div", { class: "dl-live-foot" }, this.scrub, this.epochText),
    );
  }

  get kind() {
    return this.kinds.includes(this.chosen) ? this.chosen : this.kinds[0];
  }

  show(pictures, look) {
    this.pictures = pictures;
    this.look = look;
    this.kinds = Object.keys(PICTURES).filter((kind) => pictures?.album.some((entry) => entry[kind]));
    const wanted = JSON.stringify(this.kinds);
    if (wanted !== this.tabsKey) {
      this.tabsKey = wanted;
      const style = this.kinds.length > 1 ? "dl-tab" : "dl-tab dl-only";
      this.tabs.replaceChildren(
        ...this.kinds.map((kind) => element("button", { type: "button", class: style, "data-picture": kind, title: PICTURES[kind], onclick: () => this.choose(kind) }, TAB_NAMES[kind] || PICTURES[kind])),
      );
    }
    for (const tab of this.tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.picture === this.kind));
    this.buildKey();
    this.drawn = null;
  }

  choose(kind) {
    this.chosen = kind;
    this.show(this.pictures, this.look);
    this.hooks.kind(kind);
  }

  // What colors and shapes in the picture mean.
  buildKey() {
    const { pictures, kind, look } = this;
    const wanted = JSON.stringify([kind, pictures?.classes, Boolean(pictures?.points.train_x), look.dark, kind === "units" && pictures.album.length]);
    if (wanted === this.keyFor) return;
    this.keyFor = wanted;
    const entries = [];
    const dark = look.dark ? 1 : 0;
    if (kind === "surface") {
      pictures.classes.slice(0, 6).forEach((name, i) => entries.push(this.swatch(pictures.markers[i], pictures.colors[i][dark], true, name)));
    }
    if (kind === "units") {
      const present = new Set(pictures.album.flatMap((entry) => [...(entry.units?.state ?? [])]));
      UNIT_STATES.forEach(({ name, dashes }, i) => {
        if (i === 0 || present.has(i)) entries.push(this.stroke(unitColor(i, look), dashes.join(" "), name));
      });
    }
    if ((kind === "surface" || kind === "curve") && pictures.points.train_x) {
      const parts = kind === "surface" ? [look.muted, look.muted] : [dark ? "#2A86D1" : "#0072B2", "#D55E00"];
      entries.push(this.swatch([], parts[0], true, "training"), this.swatch([], parts[1], false, "validation"));
    }
    if (kind === "mistakes") entries.push(element("span", {}, "true → predicted class, surest first"));
    if (kind === "network") {
      const [positive, negative] = pictures.signs.map((pair) => pair[dark]);
      entries.push(this.stroke(positive, "", "positive"), this.stroke(negative, "3 2", "negative weight"));
      entries.push(element("span", {}, pictures.album.some((entry) => entry.network?.maps) ? "squares: what units answer" : "squares: how much units move"));
    }
    if (kind === "weights") entries.push(element("span", {}, "all weights, without biases and scales"));
    if (kind === "confusion") entries.push(element("span", {}, "validation rows by true and predicted class"));
    this.key.replaceChildren(...entries);
  }

  swatch(outline, color, filled, name) {
    const ink = { fill: filled ? color : "none", stroke: color, "stroke-width": 1.6 };
    const mark = outline.length
      ? svg("polygon", { points: outline.map(([x, y]) => `${6 + 4.6 * x},${6 + 4.6 * y}`).join(" "), ...ink })
      : svg("circle", { cx: 6, cy: 6, r: 4, ...ink });
    return element("span", { class: "dl-live-swatch" }, svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, mark), element("span", {}, name));
  }

  stroke(color, dashes, name) {
    const line = svg("line", { x1: 0, y1: 6, x2: 16, y2: 6, stroke: color, "stroke-width": 2.4, "stroke-dasharray": dashes });
    return element("span", { class: "dl-live-swatch" }, svg("svg", { viewBox: "0 0 16 12", width: 16, height: 12, "aria-hidden": "true" }, line), element("span", {}, name));
  }

  scrubbed() {
    const i = Number(this.scrub.value);
    const { album } = this.pictures;
    this.hooks.epoch(i === album.length - 1 ? null : album[i].epoch);
  }

  resize(ratio) {
    this.view.resize(this.host.clientWidth, this.host.clientHeight, ratio);
    this.drawn = null;
  }

  // The picture nearest to an epoch, or the newest for null.
  draw(epoch) {
    const album = this.pictures?.album || [];
    const { kind } = this;
    let i = epoch === null ? album.length - 1 : nearest(album.map((entry) => entry.epoch), epoch);
    while (i > 0 && kind && !album[i][kind]) i -= 1;
    const entry = album[i];
    this.scrub.max = String(Math.max(0, album.length - 1));
    this.scrub.value = String(Math.max(0, i));
    this.scrub.style.setProperty("--part", `${album.length > 1 ? (100 * i) / (album.length - 1) : 100}%`);
    this.scrub.style.visibility = album.length > 1 ? "visible" : "hidden";
    this.epochText.textContent = entry ? `epoch ${formatNumber(entry.epoch, 4)}` : "";
    if (this.drawn && this.drawn.entry === entry && this.drawn.kind === kind) return;
    this.drawn = { entry, kind };
    this.view.draw(this.pictures, entry, kind, this.look);
  }
}
