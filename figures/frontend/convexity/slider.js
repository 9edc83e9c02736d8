// A slider over a list of values that are known beforehand; the page is told when the hand has let go.

import { element } from "../shared/dom.js";
import { Echo, rested } from "../shared/echo.js";
import { guard, listen } from "../shared/failure.js";
import { formatNumber } from "../shared/numbers.js";

export class StopSlider {
  // name: of the setting; label: in words; onMove(at) and onTell(changes).
  constructor(name, label, onMove, onTell) {
    Object.assign(this, { name, onMove, onTell, echo: new Echo(), at: undefined });
    this.input = element("input", { class: "dz-slider", type: "range", min: "0", step: "1", "aria-label": label });
    this.told = element("output", { class: "dz-told" });
    this.root = element("div", { class: "dz-shift" }, element("span", {}, label), this.input, this.told);
    listen(this.input, "input", () => this.move(Number(this.input.value)));
    const tell = rested(guard(this.root, () => this.onTell({ [this.name]: this.stops[this.at] })));
    listen(this.input, "change", () => {
      this.echo.tell(this.at); // what is said of it before it was told is old as well
      tell();
    });
  }

  // What the page says: the values and which of them.
  take(stops, at) {
    this.stops = stops;
    this.input.max = String(stops.length - 1);
    const old = this.echo.isOld(at); // asked of the first, too: an answer that says it again is older than the hand
    if (this.at === undefined || !old) this.at = at;
    this.write();
  }

  move(at) {
    this.at = at;
    this.write();
    this.onMove();
  }

  write() {
    const words = formatNumber(this.stops[this.at]);
    this.input.value = String(this.at);
    this.input.setAttribute("aria-valuetext", words);
    this.told.textContent = words;
  }
}
