// A slider over a list of values that are known beforehand; the page is told when the hand has let go.

import { element } from "./dom.js";
import { Echo, rested } from "./echo.js";
import { guard, listen } from "./failure.js";
import { clamp, formatNumber } from "./numbers.js";

export class StopSlider {
  // name: of the setting; label: in words; onMove(at) and onTell(changes).
  constructor(name, label, onMove, onTell) {
    Object.assign(this, { name, onMove, onTell, echo: new Echo(), at: undefined });
    this.input = element("input", { class: "dz-slider", type: "range", min: "0", step: "1", "aria-label": label });
    this.told = element("output", { class: "dz-told" });
    this.root = element("div", { class: "dz-shift" }, element("span", {}, label), this.input, this.told);
    listen(this.input, "input", () => this.move(Number(this.input.value)));
    const told = rested(guard(this.root, () => this.set()));
    listen(this.input, "change", () => {
      this.echo.tell(this.at); // what is said of it before it was told is old as well
      told();
    });
  }

  // What the page says: the values and which of them. held: whether a hand has hold of it elsewhere.
  take(stops, at, held = false) {
    this.stops = stops;
    this.input.max = String(stops.length - 1);
    const old = this.echo.isOld(at); // asked of the first, too: an answer that says it again is older than the hand
    if (this.at === undefined || !(old || held)) this.at = at;
    this.write();
  }

  move(at) {
    this.at = clamp(at, 0, this.stops.length - 1);
    this.write();
    this.onMove();
  }

  // A hand that had hold of it elsewhere has let go.
  tell() {
    this.echo.tell(this.at);
    this.set();
  }

  set() {
    this.onTell({ [this.name]: this.stops[this.at] });
  }

  write() {
    const words = formatNumber(this.stops[this.at]);
    this.input.value = String(this.at);
    this.input.setAttribute("aria-valuetext", words);
    this.told.textContent = words;
  }
}
