// What stands above the chart: panels as tabs and a menu, the horizontal axis, logarithmic scales; and the runs' legend.

import { element, fillMenu, menu, svg } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

export const CLOCKS = { epoch: "epoch", step: "step", seconds: "seconds" };

function toggle(text, label, onclick) {
  const name = `${text}: ${label}`; // what is seen is part of what is heard
  return element("button", { type: "button", class: "dl-tab", "aria-label": name, title: label, "aria-pressed": "false", onclick }, text);
}

export class Controls {
  // hooks: panel(key), clock(name), aside(), logY(), logX()
  constructor(hooks) {
    this.hooks = hooks;
    this.tabs = element("div", { class: "dl-tabs", role: "group", "aria-label": "What the chart shows" });
    this.inside = menu("Inside the network", () => this.inside.value && hooks.panel(this.inside.value));
    this.inside.classList.add("dl-inside");
    this.across = menu("Horizontal axis", () => hooks.clock(this.across.value));
    this.aside = toggle("", "", () => hooks.aside());
    this.logX = toggle("log x", "Logarithmic horizontal axis", () => hooks.logX());
    this.logY = toggle("log y", "Logarithmic vertical axis", () => hooks.logY());
    this.root = element("div", { class: "dl-live-head" }, this.tabs, element("div", { class: "dl-live-axes" }, this.aside, this.across, this.logX, this.logY));
  }

  show(data, now, clock, aside) {
    const outer = data.panels.filter((panel) => !panel.inside);
    const inner = data.panels.filter((panel) => panel.inside);
    const key = JSON.stringify(data.panels.map((panel) => [panel.key, panel.text]));
    if (key !== this.key) {
      this.key = key;
      const look = data.panels.length === 1 ? "dl-tab dl-only" : "dl-tab";
      const tabs = outer.map((panel) =>
        element("button", { type: "button", class: look, "data-panel": panel.key, onclick: () => this.hooks.panel(panel.key) }, panel.text),
      );
      this.tabs.replaceChildren(...tabs, ...(inner.length ? [this.inside] : []));
      fillMenu(this.inside, [["", "Inside the network"], ...inner.map((panel) => [panel.key, panel.text])], "");
    }
    for (const tab of this.tabs.querySelectorAll("[data-panel]")) tab.setAttribute("aria-pressed", String(tab.dataset.panel === now.key));
    this.inside.value = now.inside ? now.key : "";
    this.inside.classList.toggle("dl-chosen", now.inside);
    this.aside.hidden = !now.lines.some((line) => line.part === "aside");
    if (!this.aside.hidden) {
      const [text, help] = now.aside;
      this.aside.textContent = text;
      this.aside.title = help;
      this.aside.setAttribute("aria-label", `${text}: ${help}`);
      this.aside.setAttribute("aria-pressed", String(aside));
    }
    this.logX.hidden = data.kind === "sweep";
    // A comparison is by what the page says; its own menu stands beside the chart.
    this.across.hidden = data.kind !== "live";
    fillMenu(this.across, Object.entries(CLOCKS), clock);
  }

  showScales(logX, logY) {
    this.logX.setAttribute("aria-pressed", String(logX));
    this.logY.setAttribute("aria-pressed", String(logY));
  }
}

export class Legend {
  // hooks: run(id), apart()
  constructor(hooks) {
    this.hooks = hooks;
    this.apart = toggle("a chart each", "Every run apart, all on common scales", () => hooks.apart());
    this.root = element("div", { class: "dl-legend", role: "group", "aria-label": "Runs shown" });
    this.values = new Map();
  }

  // One chip a run where there are several; names are only ever text.
  show(data, hidden, dark, apart) {
    const several = data.runs.length > 1;
    const key = JSON.stringify([several, data.runs.map((run) => [run.id, run.name, run.title, run.colors]), dark, data.kind]);
    if (key !== this.key) {
      this.key = key;
      this.chips = new Map();
      this.values = new Map();
      for (const run of several ? data.runs : []) this.addChip(run, run.colors.val[dark ? 1 : 0]);
      this.partNames = several ? [element("span"), element("span")] : [];
      const [dashed, solid] = [[5, 3], []].map((dash) => this.swatch("currentColor", 1.8, dash));
      this.parts = element("span", { class: "dl-live-parts" }, ...(several ? [dashed, this.partNames[0], solid, this.partNames[1]] : []));
      this.root.replaceChildren(...this.chips.values(), this.parts, ...(several ? [this.apart] : []));
    }
    this.apart.setAttribute("aria-pressed", String(apart));
    for (const [id, chip] of this.chips) chip.setAttribute("aria-pressed", String(!hidden.has(id)));
  }

  addChip(run, color) {
    const value = element("span", { class: "dl-value" });
    const chip = element(
      "button",
      { type: "button", class: "dl-chip", title: `Show or hide ${run.title}`, onclick: () => this.hooks.run(run.id) },
      this.swatch(color, 3, []),
      element("span", {}, run.name),
      value,
    );
    this.chips.set(run.id, chip);
    this.values.set(run.id, value);
  }

  swatch(color, width, dash) {
    const line = svg("line", { x1: 0, y1: 7, x2: 22, y2: 7, stroke: color, "stroke-width": width, "stroke-dasharray": dash.join(" ") });
    return svg("svg", { viewBox: "0 0 22 14", width: 22, height: 14, "aria-hidden": "true" }, line);
  }

  // What dashed and solid lines mean on this panel.
  nameParts(panel, lines) {
    if (!this.partNames.length) return;
    const layers = panel.lines.some((line) => "depth" in line);
    const names = lines.some((line) => line.part === "train") ? (layers ? ["first layer", "last layer"] : ["training", "validation"]) : ["", ""];
    this.partNames.forEach((node, i) => { node.textContent = names[i]; });
    this.parts.style.visibility = names[0] ? "visible" : "hidden";
  }

  // Where each run stands: {line, i} at the cursor.
  tell(here) {
    for (const [id, node] of this.values) {
      const own = here.filter(({ line }) => line.run.id === id);
      const main = own.find(({ line }) => line.part !== "train" && line.part !== "aside") || own[0];
      node.textContent = main ? formatNumber(main.line.ys[main.i], 4) : "";
    }
  }
}
