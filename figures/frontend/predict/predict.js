// A picture to point at before anything is shown: where a path ends, or how far down a curve goes.
// data: {svg, width, height, frame: [left, top, right, bottom], rail, label}; told are pixels of the picture.

import { element } from "../shared/dom.js";

const STEP = 0.02; // of the frame, for an arrow key
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

class Predict {
  constructor(root) {
    this.hooks = {};
    this.mark = null;
    this.picture = element("img", { alt: "", draggable: "false" });
    this.dot = element("span", { class: "dq-mark", hidden: true, "aria-hidden": "true" });
    this.stage = element(
      "div",
      {
        class: "dq-stage",
        tabindex: "0",
        role: "application",
        onpointerdown: (event) => this.grab(event),
        onpointermove: (event) => this.held && this.point(event),
        onpointerup: () => this.release(),
        onpointercancel: () => this.release(),
        onkeydown: (event) => this.key(event),
      },
      this.picture,
      this.dot,
    );
    this.answer = element("button", { type: "button", disabled: true, onclick: () => this.tell() }, "That is my answer");
    this.hint = element("span", { class: "dq-hint" });
    const foot = element("div", { class: "dq-foot" }, this.answer, this.hint);
    this.box = root.appendChild(element("div", { class: "dq-predict" }, this.stage, foot));
  }

  show(data) {
    const same = this.data?.svg === data.svg;
    this.data = data;
    this.stage.setAttribute("aria-label", `${data.label} Press the picture, or move the mark with the arrow keys.`);
    this.stage.style.aspectRatio = `${data.width} / ${data.height}`;
    this.stage.style.width = `min(100%, calc(62dvh * ${data.width / data.height}))`;
    if (same) return;
    this.picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(data.svg)}`;
    const [, top, right, bottom] = data.frame;
    this.answer.disabled = true;
    this.hint.textContent = data.rail ? "First move the mark up or down." : "First press the picture where you expect it.";
    this.put(data.rail ? [right, (top + bottom) / 2] : null);
  }

  put(mark) {
    const { frame, rail, width, height } = this.data;
    const [left, top, right, bottom] = frame;
    this.mark = mark && [rail ? right : within(mark[0], left, right), within(mark[1], top, bottom)];
    this.dot.hidden = !this.mark;
    if (!this.mark) return;
    this.dot.style.left = `${(100 * this.mark[0]) / width}%`;
    this.dot.style.top = `${(100 * this.mark[1]) / height}%`;
  }

  // A hand has moved it.
  move(mark) {
    this.put(mark);
    this.answer.disabled = false;
    this.hint.textContent = "";
  }

  grab(event) {
    this.held = true;
    this.stage.setPointerCapture(event.pointerId);
    this.point(event);
  }

  release() {
    this.held = false;
  }

  point(event) {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    const across = (event.clientX - left) / width;
    const down = (event.clientY - top) / height;
    this.move([across * this.data.width, down * this.data.height]);
  }

  key(event) {
    const [left, top, right, bottom] = this.data.frame;
    if (event.key === "Enter" && !this.answer.disabled) return this.tell();
    const by = MOVES[event.key];
    if (!by) return undefined;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = this.mark ?? [(left + right) / 2, (top + bottom) / 2];
    this.move([x + by[0] * STEP * (right - left), y + by[1] * STEP * (bottom - top)]);
    return undefined;
  }

  tell() {
    this.answer.disabled = true;
    this.hooks.onAnswer?.({ x: this.mark[0], y: this.mark[1] });
  }

  destroy() {
    this.box.remove();
  }
}

export function mountPredict(root) {
  return new Predict(root);
}
