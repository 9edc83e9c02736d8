// The lanes of a race as chips: look, name, value at the cursor, and the handle of the rate; then the surface's parameters.
// Nodes stay while a race changes its numbers only: who holds a handle, or has the focus there, keeps it.

import { element, svg } from "../shared/dom.js";
import { Handle } from "./handles.js";

function swatch(lane, color) {
  const line = svg("line", { x1: 0, y1: 7, x2: 26, y2: 7, stroke: color, "stroke-width": 2.4, "stroke-dasharray": lane.dash.join(" ") });
  const mark = lane.outline.length
    ? svg("polygon", { points: lane.outline.map(([x, y]) => `${13 + 5.5 * x},${7 + 5.5 * y}`).join(" "), fill: color })
    : svg("circle", { cx: 13, cy: 7, r: 5, fill: color });
  return svg("svg", { viewBox: "0 0 26 14", width: 26, height: 14, "aria-hidden": "true" }, line, mark);
}

class LaneChip {
  constructor(hooks) {
    this.look = element("span", { class: "dl-swatch" });
    this.name = element("span", { class: "dl-name" });
    this.value = element("span", { class: "dl-value" });
    this.chip = element("button", { type: "button", class: "dl-chip", "aria-pressed": "true", onclick: () => hooks.toggle(this.lane.label) }, this.look, this.name, this.value);
    this.root = element("div", { class: "dl-lane" }, this.chip);
  }

  show(lane, look) {
    this.lane = lane;
    this.look.replaceChildren(swatch(lane, look.laneColor(lane)));
    this.name.textContent = lane.label;
    this.chip.title = `Show or hide ${lane.label}`;
  }
}

export class Legend {
  // hooks: toggle(label), and those of Handle
  constructor(hooks) {
    this.hooks = hooks;
    this.root = element("div", { class: "dl-legend", role: "group", "aria-label": "Optimizers shown" });
    this.chips = [];
    this.handles = new Map();
  }

  // offered: the handles of the race that can be moved. Returns whether all nodes are new.
  show(race, look, offered) {
    const built = JSON.stringify([race.lanes.map((lane) => lane.rule), offered.map(({ name }) => name)]);
    const other = built !== this.built;
    if (other) this.build(race, offered);
    this.built = built;
    race.lanes.forEach((lane, i) => this.chips[i].show(lane, look));
    for (const setting of offered) {
      const { name, lane, input } = setting;
      const word = input.replaceAll("_", " ");
      const full = lane === null ? `${word[0].toUpperCase()}${word.slice(1)} of the surface` : `${race.lanes[lane].label}, rate in the picture`;
      this.handles.get(name).show(setting, lane === null ? word : "rate", full);
    }
    return other;
  }

  build(race, offered) {
    this.destroy();
    this.chips = race.lanes.map(() => new LaneChip(this.hooks));
    this.handles = new Map(offered.map(({ name }) => [name, new Handle(this.hooks)]));
    this.root.replaceChildren(...this.chips.map((chip) => chip.root));
    for (const { name, lane } of offered) (lane === null ? this.root : this.chips[lane].root).append(this.handles.get(name).root);
  }

  press(hidden) {
    for (const { chip, lane } of this.chips) chip.setAttribute("aria-pressed", String(!hidden.includes(lane.label)));
  }

  // The value beside each name. words(lane) -> text
  tell(words) {
    for (const { value, lane } of this.chips) {
      const text = words(lane);
      if (value.textContent !== text) value.textContent = text;
    }
  }

  destroy() {
    for (const handle of this.handles.values()) handle.forget();
  }
}
