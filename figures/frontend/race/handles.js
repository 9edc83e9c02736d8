// Handles of numbers in the picture, a rate or a parameter of the surface: dragged sideways, or moved with the keys.
// What they write is short enough to be read: three digits on a logarithmic range, round steps on a linear one.

import { element } from "../shared/dom.js";
import { guard, listen } from "../shared/failure.js";
import { clamp, formatNumber, niceStep } from "../shared/numbers.js";

const PER_DECADE = 64; // pixels of a hand
const PER_RANGE = 260;
const SLOP = 3;
const REST = 450; // milliseconds after which a key's value counts as let go
const FINE = 10; // how much less a hand moves with the shift key
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

// Part of the range, 0 to 1, and back. A value from a link may lie beyond the range: the range reaches to it.
export function rangeOf({ low, high, log, value }) {
  if (!log) {
    const [from, to] = [Math.min(low, value), Math.max(high, value)];
    const step = niceStep(high - low, 200);
    const rounded = (x) => Number((Math.round(x / step) * step).toPrecision(12));
    return {
      low: from, high: to, pixels: PER_RANGE, step: step / (to - from),
      at: (x) => (x - from) / (to - from),
      value: (part) => clamp(rounded(from + part * (to - from)), from, to),
    };
  }
  const lowest = low || high / 1e6;
  const [from, to] = [value > 0 ? Math.min(lowest, value) : lowest, Math.max(high, value)];
  const decades = Math.log10(to / from);
  return {
    low: from, high: to, pixels: PER_DECADE * decades, step: 1 / (20 * decades),
    at: (x) => (x > from ? Math.log10(x / from) / decades : 0),
    value: (part) => clamp(Number((from * 10 ** (clamp(part, 0, 1) * decades)).toPrecision(3)), from, to),
  };
}

// 0.0005 rather than a power of ten, as on a slider.
function written(value) {
  const plain = value.toFixed(6);
  return Math.abs(value) < 1e-3 && value !== 0 && Number(plain) === value ? plain.replace(/0+$/, "").replace("-", "−") : formatNumber(value);
}

export class Handle {
  // hooks: move(name, value), release(name, value), cancel(name)
  constructor(hooks) {
    this.hooks = hooks;
    this.number = element("b", {});
    this.word = element("span", { class: "dl-word" });
    this.root = element("div", { class: "dl-handle", role: "slider", tabindex: "0", "aria-orientation": "horizontal" }, this.word, this.number);
    const { root } = this;
    listen(root, "pointerdown", (event) => this.grab(event));
    listen(root, "pointermove", (event) => this.carry(event));
    listen(root, "pointerup", () => this.drop());
    listen(root, "pointercancel", () => this.cancel());
    listen(root, "keydown", (event) => this.key(event));
    listen(root, "blur", () => this.settle());
  }

  // What it stands for: a setting of the payload, what it is called, and the same in full for who cannot see.
  show(setting, word, name) {
    Object.assign(this, { setting, name });
    this.word.textContent = word;
    this.root.title = `${name}: drag sideways, or arrow keys`;
    this.root.setAttribute("aria-label", name);
    if (!this.busy) this.range = rangeOf(setting);
    this.draw(this.busy ? this.moved : setting.value);
  }

  get busy() {
    return Boolean(this.grabbed?.moving || this.timer);
  }

  draw(value) {
    const { low, high } = this.range;
    this.shown = value;
    this.number.textContent = written(value);
    this.root.style.setProperty("--part", `${(100 * clamp(this.range.at(value), 0, 1)).toFixed(1)}%`);
    for (const [part, number] of [["min", low], ["max", high], ["now", value]]) this.root.setAttribute(`aria-value${part}`, String(number));
    this.root.setAttribute("aria-valuetext", written(value));
  }

  to(value) {
    if (value === this.shown) return;
    this.moved = value;
    this.draw(value);
    this.hooks.move(this.setting.name, value);
  }

  // ---- a hand -------------------------------------------------------------------------------------------------------

  grab(event) {
    if (event.button !== 0) return;
    this.settle();
    this.root.setPointerCapture(event.pointerId);
    this.range = rangeOf(this.setting);
    this.grabbed = { last: event.clientX, way: 0, part: this.range.at(this.shown), moving: false };
  }

  carry(event) {
    const { grabbed, range } = this;
    if (!grabbed) return;
    const way = event.clientX - grabbed.last;
    if (!grabbed.moving && Math.abs(way) < SLOP) return;
    if (!grabbed.moving) this.moved = this.shown;
    grabbed.moving = true;
    grabbed.last = event.clientX;
    grabbed.part = clamp(grabbed.part + way / range.pixels / (event.shiftKey ? FINE : 1), 0, 1);
    this.to(range.value(grabbed.part));
  }

  drop() {
    const { grabbed } = this;
    this.grabbed = null;
    if (grabbed?.moving) this.hooks.release(this.setting.name, this.moved);
  }

  cancel() {
    const { grabbed } = this;
    this.grabbed = null;
    if (!grabbed?.moving) return;
    this.draw(this.setting.value);
    this.hooks.cancel(this.setting.name);
  }

  // ---- keys ---------------------------------------------------------------------------------------------------------

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || this.grabbed) return;
    const { range } = this;
    const ends = { Home: range.low, End: range.high };
    if (!(event.key in KEYS) && !(event.key in ends)) return;
    event.preventDefault();
    event.stopPropagation();
    const way = (KEYS[event.key] * range.step) / (event.shiftKey ? FINE : 1);
    let value = event.key in ends ? ends[event.key] : range.value(clamp(range.at(this.shown) + way, 0, 1));
    if (!event.shiftKey && this.setting.log && event.key in KEYS) value = clamp(Number(value.toPrecision(2)), range.low, range.high);
    clearTimeout(this.timer);
    this.timer = setTimeout(guard(this.root, () => this.settle()), REST);
    if (value !== this.shown) this.to(value);
    else this.moved = value;
  }

  // Lets go of what the keys have moved.
  settle() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.moved !== this.setting.value) this.hooks.release(this.setting.name, this.moved);
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.grabbed = null;
  }
}
